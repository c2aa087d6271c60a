//! The form of a key in the configuration file: the field's name, and the YAML types of its value.
//!
//! A value of any type becomes the annotation's text, and the key's `set` parses it. So one grammar serves both.

/// The YAML types of a setting in a profile, in addition to the annotation's text, `false` and `null`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueShape {
    /// A list of strings. The annotation has commas between them.
    List,
    /// A mapping of resources to quantities. The annotation has `RESOURCE=QUANTITY` with commas.
    Amounts,
    /// A string.
    Text,
    /// One of these strings.
    Word(&'static [&'static str]),
    /// Whole seconds, as a number or as a duration.
    Duration,
    /// The short form of a probe, or a Probe of the API as a mapping.
    Probe,
}

/// Returns the profile field of a key: `downwardEnv` for `downward-env`.
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
