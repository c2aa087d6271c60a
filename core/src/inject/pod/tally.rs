//! Lists that are only counted.

use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, IgnoredAny, SeqAccess, Visitor};

use super::fields::Nullable;

/// An item of a list that counts itself and its own items.
pub(super) trait Counted {
    fn count(&self) -> usize;
}

impl Counted for IgnoredAny {
    fn count(&self) -> usize {
        1
    }
}

/// The length of a list; 0 for `null`.
pub(super) type Tally = Sum<IgnoredAny>;

/// The number of items in a list, with the items in them; 0 for `null`.
#[derive(Debug)]
pub(super) struct Sum<T>(pub(super) usize, PhantomData<T>);

impl<T> Default for Sum<T> {
    fn default() -> Self {
        Self(0, PhantomData)
    }
}

impl<'de, T: Counted + Deserialize<'de>> Deserialize<'de> for Sum<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let items = deserializer.deserialize_option(Nullable(PhantomData::<CountedList<T>>))?;
        Ok(items.map(|CountedList(sum)| sum).unwrap_or_default())
    }
}

/// A list that is not `null`.
struct CountedList<T>(Sum<T>);

impl<'de, T: Counted + Deserialize<'de>> Deserialize<'de> for CountedList<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(CountedListVisitor(PhantomData)).map(Self)
    }
}

struct CountedListVisitor<T>(PhantomData<T>);

impl<'de, T: Counted + Deserialize<'de>> Visitor<'de> for CountedListVisitor<T> {
    type Value = Sum<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Sum<T>, A::Error> {
        let mut sum = Sum::default();
        while let Some(item) = sequence.next_element::<T>()? {
            sum.0 += item.count();
        }
        Ok(sum)
    }
}

/// `true` if a list has any items. They are not read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HasItems(pub bool);

impl<'de> Deserialize<'de> for HasItems {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Tally::deserialize(deserializer).map(|tally| Self(tally.0 > 0))
    }
}
