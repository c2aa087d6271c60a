//! The forms of a key in a profile of the configuration file: the field's name, and the shapes of its value.
//!
//! Whatever its form, a value becomes the annotation's text and is read by the key's own `set`: nothing here knows what a
//! value means.

/// The forms that a setting may have in a profile, beside the annotation's text, `false` and `null`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueShape {
    /// A list of strings; as text, with commas.
    List,
    /// A mapping of resources to quantities; as text, `RESOURCE=QUANTITY` with commas.
    Amounts,
    /// A string.
    Text,
    /// One of these.
    Word(&'static [&'static str]),
    /// Whole seconds, as a number or as a duration.
    Duration,
    /// Words, or a whole Probe as a mapping.
    Probe,
}

/// The field that a key is in a profile: `downwardEnv` for `downward-env`.
pub fn field_name(key: &str) -> String {
    let mut words = key.split('-');
    let mut name = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::field_name;

    #[test]
    fn fields_are_named_as_kubernetes_names_them() {
        assert_eq!(field_name("termination-grace-period"), "terminationGracePeriod");
        assert_eq!(field_name("limits"), "limits");
    }
}
