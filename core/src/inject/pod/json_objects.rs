//! JSON objects, and nothing else, for what is an object in the API.
//!
//! A derived reader takes a list too, for the fields in the order of our type: then `metadata: [{"a": "b"}]` would have
//! annotations that no patch can find. Never reads a field itself.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserializer;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};

/// A type that a derived reader makes of an object's members.
pub(crate) trait FromObject<'de>: Sized {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// Takes an object alone.
pub(crate) struct ObjectVisitor<T>(pub(crate) PhantomData<T>);

impl<'de, T: FromObject<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<T, M::Error> {
        T::read(MapAccessDeserializer::new(map))
    }
}

/// Reads these types from objects alone. Theirs is a derived reader with `#[serde(remote = "Self")]`, which makes it a
/// function, so that this can be what implements the trait.
macro_rules! objects {
    ($($name:ident $(<$of:ident>)?),+) => { $(
        impl<'de: 'a, 'a $(, $of: serde::Deserialize<'de>)?> $crate::inject::pod::FromObject<'de> for $name<'a $(, $of)?> {
            fn read<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::deserialize(deserializer)
            }
        }

        impl<'de: 'a, 'a $(, $of: serde::Deserialize<'de>)?> serde::Deserialize<'de> for $name<'a $(, $of)?> {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_map($crate::inject::pod::ObjectVisitor(std::marker::PhantomData))
            }
        }
    )+ };
}

pub(crate) use objects;
