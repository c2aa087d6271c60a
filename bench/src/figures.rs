//! Medians, and ratios of what was measured side by side. Machines are shared: a number means nothing but beside another one
//! of the same minute, so a ratio is the median of the rounds' ratios, not the ratio of two medians.

/// The middle one; of an even number the upper of the two.
pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}

/// The median of the ratios, round by round.
pub(crate) fn ratio(ours: &[f64], others: &[f64]) -> f64 {
    median(ours.iter().zip(others).map(|(ours, other)| ours / other).collect())
}

#[cfg(test)]
mod tests {
    use super::{median, ratio};

    #[test]
    fn a_round_in_which_the_machine_was_busy_does_not_count_twice() {
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
        assert_eq!(ratio(&[9.0, 1.0, 9.0], &[10.0, 1.1, 10.0]), 0.9);
    }
}
