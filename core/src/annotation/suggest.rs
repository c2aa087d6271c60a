//! Suggestions for mistyped words.

/// Returns the candidate nearest to `word`, if one is near enough to be a typo.
///
/// Case, `-`, `_` and `.` do not count: `preStopSleep` matches `pre-stop-sleep`. A candidate of 3 letters allows one
/// wrong letter, one of 7 allows two, and one of 11 or more allows three.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let folded = fold(word);
    candidates
        .into_iter()
        .filter_map(|candidate| Some((distance(&folded, &fold(candidate))?, candidate)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Returns the words before a list of accepted values: `expected`, or `did you mean X? Expected`.
pub(crate) fn expected(meant: Option<&str>) -> String {
    meant.map_or_else(|| "expected".to_owned(), |meant| format!("did you mean {meant}? Expected"))
}

/// Returns the number of wrong letters, if they are few enough for a typo.
fn distance(word: &str, candidate: &str) -> Option<usize> {
    let allowed = (candidate.len().saturating_add(1) / 4).min(3);
    // A comparison is quadratic in the length, and 256 KiB of annotations can have many keys.
    let near = word.len().abs_diff(candidate.len()) <= allowed;
    near.then(|| strsim::osa_distance(word, candidate)).filter(|distance| *distance <= allowed)
}

/// Normalizes a word for a comparison. Keeps at most 64 characters, because a comparison is quadratic in the length.
fn fold(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '-' | '_' | '.')).take(64).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    const KEYS: [&str; 4] = ["inject", "downward-env", "pre-stop-sleep", "containers"];

    #[test]
    fn slips_are_recognised_and_strangers_are_not() {
        for (word, meant) in [
            ("Inject", Some("inject")),
            ("injcet", Some("inject")),
            ("downwardEnv", Some("downward-env")),
            ("downward_env", Some("downward-env")),
            ("pre-stop-slep", Some("pre-stop-sleep")),
            ("container", Some("containers")),
            ("readiness-probe", None),
            ("x", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, KEYS), meant, "{word}");
        }
    }
}
