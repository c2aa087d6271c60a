//! The `containers` key: to which containers the Pod-level and the profile's settings are restricted.

use std::collections::HashSet;

use super::Expected;
use crate::text::shorten;

/// `*`, or the named containers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// Every container.
    All,
    /// These, in the order written. A container added later by another webhook may bear one of these names.
    Named(Vec<String>),
}

/// The most names of one selection: more than a Pod has containers, and a bound to the work.
const MOST: usize = 256;

impl Selection {
    /// Reads comma-separated container names, or `*`.
    ///
    /// # Errors
    /// For each part that cannot be a container's name, and for a name that stands twice.
    pub fn parse(text: &str) -> Result<Self, Vec<Expected>> {
        if text == "*" {
            return Ok(Self::All);
        }
        if text.split(',').nth(MOST).is_some() {
            return Err(vec![Expected::new(format!("has too many names; expected at most {MOST}, or *"), "*")]);
        }
        let mut names: Vec<String> = Vec::new();
        let mut known = HashSet::new();
        let mut faults = Vec::new();
        for name in text.split(',').map(str::trim) {
            if !is_container_name(name) {
                let problem = format!(
                    "has the part \"{}\", which is not a container's name; expected comma-separated names, or *",
                    shorten(name)
                );
                faults.push(Expected::new(problem, "app,proxy"));
            } else if !known.insert(name) {
                faults.push(Expected::new(format!("names the container {name} twice"), "app,proxy"));
            } else {
                names.push(name.to_owned());
            }
        }
        if faults.is_empty() { Ok(Self::Named(names)) } else { Err(faults) }
    }
}

/// A DNS label (RFC 1123), as the API demands of `containers[*].name`.
pub fn is_container_name(name: &str) -> bool {
    let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=63).contains(&name.len()) && name.bytes().all(legal) && !name.starts_with('-') && !name.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::Selection;

    #[test]
    fn names_a_star_and_nothing_else() {
        assert_eq!(Selection::parse("*"), Ok(Selection::All));
        assert_eq!(Selection::parse("a, b"), Ok(Selection::Named(vec!["a".into(), "b".into()])));
        for text in ["", "a,", "A", "a b", "a,a", "*,a", "-a", "a_b"] {
            assert!(Selection::parse(text).is_err(), "{text}");
        }
        assert!(Selection::parse(&"a".repeat(63)).is_ok() && Selection::parse(&"a".repeat(64)).is_err());
        assert!(Selection::parse(&vec!["a"; 257].join(",")).is_err_and(|faults| faults.len() == 1));
        assert_eq!(Selection::parse("A,B").map_err(|faults| faults.len()), Err(2));
    }
}
