//! The building blocks of the view. They borrow if possible, and read `null` as missing.

use std::borrow::Cow;
use std::marker::PhantomData;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// A field that may be missing. `null` means missing, as in the API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Field<T> {
    /// Missing, or `null`.
    #[default]
    Missing,
    /// Set.
    Present(T),
}

impl<T> Field<T> {
    /// Returns the value, if any.
    pub fn as_ref(&self) -> Option<&T> {
        match self {
            Self::Missing => None,
            Self::Present(value) => Some(value),
        }
    }

    /// Returns whether the field has a value.
    pub fn is_present(&self) -> bool {
        self.as_ref().is_some()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Missing, Self::Present))
    }
}

/// A list. `null` is empty, which a derived `Vec` would refuse. [`super::census`] limits its length beforehand.
#[derive(Clone, Debug)]
pub struct List<T>(pub Vec<T>);

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let items = deserializer.deserialize_option(Nullable(PhantomData::<Vec<T>>))?;
        Ok(Self(items.unwrap_or_default()))
    }
}

/// A string, borrowed unless it has escapes. `null` is empty.
///
/// A separate type, because `Option<Cow<str>>` and `Vec<Cow<str>>` would silently allocate.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Str<'a>(Cow<'a, str>);

impl<'a> Str<'a> {
    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the text, still borrowed if it was.
    pub fn into_cow(self) -> Cow<'a, str> {
        self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Str<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(transparent)]
        struct Borrowed<'b>(#[serde(borrow)] Cow<'b, str>);

        deserializer
            .deserialize_option(Nullable(PhantomData::<Borrowed<'a>>))
            .map(|text| Self(text.map(|Borrowed(text)| text).unwrap_or_default()))
    }
}

/// `Option<T>` for types that borrow.
pub(super) struct Nullable<T>(pub(super) PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for Nullable<T> {
    type Value = Option<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a value of the field's kind, or null")
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        T::deserialize(deserializer).map(Some)
    }
}

/// A number or a string, as raw text. Quantities have both forms, and numbers out of range are not refused.
#[derive(Clone, Copy, Debug)]
pub struct Scalar<'a>(&'a RawValue);

impl<'a> Scalar<'a> {
    /// Returns the number, or the text between the quotes. Escapes are not resolved: no value in use has any.
    pub fn text(&self) -> &'a str {
        self.0.get().trim_matches('"')
    }

    /// Returns the whole number, if the text is one.
    pub fn integer(&self) -> Option<i64> {
        self.text().parse().ok()
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Scalar<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        <&'a RawValue>::deserialize(deserializer).map(Self)
    }
}
