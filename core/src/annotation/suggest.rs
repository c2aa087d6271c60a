//! Near misses: what an author most likely meant.

/// The candidate that `word` is a slip of the keyboard away from, if any.
///
/// Case, `-`, `_` and `.` do not count (`preStopSleep` is `pre-stop-sleep`); beyond that one wrong letter is a near
/// miss for each four letters that the candidate has (the first already for three), at most three.
pub fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let folded = fold(word);
    candidates
        .into_iter()
        .filter_map(|candidate| Some((distance(&folded, &fold(candidate))?, candidate)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The number of wrong letters, if they are few enough for a near miss.
fn distance(word: &str, candidate: &str) -> Option<usize> {
    let allowed = (candidate.len().saturating_add(1) / 4).min(3);
    // Comparing is quadratic in the length, and an annotation's 256 KiB hold many keys.
    let near = word.len().abs_diff(candidate.len()) <= allowed;
    near.then(|| strsim::osa_distance(word, candidate)).filter(|distance| *distance <= allowed)
}

/// At most 64 characters, so that a hostile key cannot buy a quadratic comparison.
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
