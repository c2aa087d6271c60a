//! The value of the `containers` key, which restricts the Pod's and the profile's settings to some containers.

use std::collections::HashSet;

use super::Expected;
use crate::text::shorten;

/// All containers (`*`), or some of them by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selection {
    /// Every container.
    All,
    /// The named containers, in the order written. A name may be that of a container that another webhook adds later.
    Named(Vec<String>),
}

/// The limit for names: more than the containers of any real Pod.
const MOST: usize = 256;

impl Selection {
    /// Parses comma-separated container names, or `*`.
    ///
    /// # Errors
    /// One for each invalid container name, and one for each repeated name.
    pub fn parse(text: &str) -> Result<Self, Vec<Expected>> {
        if text == "*" {
            return Ok(Self::All);
        }
        if text.split(',').nth(MOST).is_some() {
            return Err(vec![Expected::new(format!("too many names: expected at most {MOST}, or * for all"), "*")]);
        }
        let mut names: Vec<String> = Vec::new();
        let mut known = HashSet::new();
        let mut faults = Vec::new();
        for name in text.split(',').map(str::trim) {
            if !is_container_name(name) {
                let problem =
                    format!("invalid container name \"{}\": expected comma-separated names, or *", shorten(name));
                faults.push(Expected::new(problem, "app,proxy"));
            } else if !known.insert(name) {
                let problem = format!("repeated container name \"{name}\": expected each name once");
                faults.push(Expected::new(problem, "app,proxy"));
            } else {
                names.push(name.to_owned());
            }
        }
        if faults.is_empty() { Ok(Self::Named(names)) } else { Err(faults) }
    }
}

/// Returns whether the API accepts the text as `containers[*].name`: a DNS label (RFC 1123).
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
