//! Reads the API's objects from JSON objects only.
//!
//! A derived reader also accepts a list, with the fields in the order of the type. Then `metadata: [{"a": "b"}]` would
//! have annotations that no patch can address.

use std::fmt;
use std::marker::PhantomData;

use serde::Deserializer;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};

/// A type with a derived reader of an object's members.
pub(crate) trait FromObject<'de>: Sized {
    fn read<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error>;
}

/// A visitor that accepts only an object.
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

/// Implements `Deserialize` from objects only. The types derive a reader with `#[serde(remote = "Self")]`, which makes
/// it a plain function and leaves the trait to this macro.
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
