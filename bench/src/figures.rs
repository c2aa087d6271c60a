//! Medians, and ratios of what was measured side by side. Machines are shared: a number means nothing but beside another one
//! of the same minute, so a ratio is the median of the rounds' ratios, not the ratio of two medians.

/// The middle one; of an even number between the two: the upper alone would make every ratio a little worse.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    let middle = |nth: usize| figures.get(nth).copied().unwrap_or(f64::NAN);
    f64::midpoint(middle(figures.len().saturating_sub(1) / 2), middle(figures.len() / 2))
}

/// Whose turn it is in a round, of so many: each begins as often as any other, so that none always finds the machine as the
/// same one left it.
pub(crate) fn turns(round: u32, contenders: usize) -> impl Iterator<Item = usize> {
    let first = usize::try_from(round).unwrap_or_default();
    (0..contenders).map(move |nth| (first + nth) % contenders)
}

/// The median of the ratios, round by round.
pub(crate) fn ratio(ours: &[f64], others: &[f64]) -> f64 {
    median(ours.iter().zip(others).map(|(ours, other)| ours / other).collect())
}

#[cfg(test)]
mod tests {
    use super::{median, ratio, turns};

    #[test]
    fn a_round_in_which_the_machine_was_busy_does_not_count_twice() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(vec![4.0, 1.0, 3.0, 2.0]), 2.5);
        assert_eq!(ratio(&[9.0, 1.0, 9.0], &[10.0, 1.1, 10.0]), 0.9);
    }

    #[test]
    fn everyone_begins_in_turn() {
        let rounds = [0, 1, 2, 3].map(|round| turns(round, 3).collect::<Vec<_>>());
        assert_eq!(rounds, [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 1, 2]]);
    }
}
