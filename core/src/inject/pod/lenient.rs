//! Fields that are only searched for signs. They refuse nothing, and keep no items.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, de::IgnoredAny};
use serde_json::value::RawValue;

use super::fields::Str;

/// A value, or its default if the field has another type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lenient<T>(pub(super) T);

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Lenient<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&'de RawValue>::deserialize(deserializer)?;
        Ok(Self(serde_json::from_str(raw.get()).unwrap_or_default()))
    }
}

/// A summary of a list, built item by item.
pub(super) trait Fold<'de>: Default {
    type Item: Deserialize<'de>;

    fn take(&mut self, item: Self::Item);
}

/// Reads a list into its summary.
pub(super) fn fold<'de, T: Fold<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_seq(FoldVisitor(PhantomData))
}

struct FoldVisitor<T>(PhantomData<T>);

impl<'de, T: Fold<'de>> Visitor<'de> for FoldVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<T, A::Error> {
        let mut folded = T::default();
        while let Some(Lenient(item)) = list.next_element::<Lenient<Option<T::Item>>>()? {
            item.into_iter().for_each(|item| folded.take(item));
        }
        Ok(folded)
    }
}

/// The first few texts of a list. Real manifests name fewer values of one label.
#[derive(Clone, Debug, Default)]
pub(super) struct Few<'a>(pub(super) Vec<Str<'a>>);

/// The most texts to keep.
const FEW: usize = 16;

impl<'de: 'a, 'a> Deserialize<'de> for Few<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FewVisitor;

        impl<'de> Visitor<'de> for FewVisitor {
            type Value = Few<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of strings")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Few<'de>, A::Error> {
                let mut few = Few::default();
                while few.0.len() < FEW {
                    let Some(text) = list.next_element()? else { return Ok(few) };
                    few.0.push(text);
                }
                while list.next_element::<IgnoredAny>()?.is_some() {}
                Ok(few)
            }
        }

        deserializer.deserialize_seq(FewVisitor)
    }
}
