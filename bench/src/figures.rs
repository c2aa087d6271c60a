//! Medians, and ratios of measurements side by side. Machines are shared, so a figure is comparable only with another
//! of the same minute. A ratio is therefore the median of the rounds' ratios, not the ratio of two medians.

/// The median; for an even number, the mean of the middle two, because the upper one would bias every ratio.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    let middle = |nth: usize| figures.get(nth).copied().unwrap_or(f64::NAN);
    f64::midpoint(middle(figures.len().saturating_sub(1) / 2), middle(figures.len() / 2))
}

/// The order of the contenders in a round. Each is first equally often, so that none always follows the same one.
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
