//! Near misses: what an author most likely meant.

/// The candidate that `word` is a slip of the keyboard away from, if any.
///
/// Case, `-`, `_` and `.` do not count (`preStopSleep` is `pre-stop-sleep`); beyond that one wrong letter is a near
/// miss for each four letters that the candidate has (the first already for three), at most three.
pub(crate) fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let folded = fold(word);
    candidates
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&folded, &fold(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= ((fold(candidate).len() + 1) / 4).min(3))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
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
