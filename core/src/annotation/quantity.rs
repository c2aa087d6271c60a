//! Kubernetes quantities (`100m`, `1.5Gi`, `1e3`), by exact value.
//!
//! A quantity above about 10^29 does not parse. It is never rounded, because callers keep the author's text.
//! docs/adr/0002-quantities.md says why this is not a crate.

/// A resource amount in units of 10^-9, the smallest unit of the API. Finer amounts are rounded up, as in
/// `k8s.io/apimachinery/pkg/api/resource`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quantity {
    nanos: i128,
}

const NANOS: i128 = 1_000_000_000;

/// The limit for a text. The API server writes quantities in their shortest form.
const BYTES: usize = 128;

impl Quantity {
    /// Parses a quantity as the API does: a sign, decimal digits with at most one point, and one suffix.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > BYTES {
            return None;
        }
        let (negative, unsigned) = match text.as_bytes().first()? {
            b'-' => (true, text.get(1..)?),
            b'+' => (false, text.get(1..)?),
            _ => (false, text),
        };
        let digits_end = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
        let (number, suffix) = unsigned.split_at_checked(digits_end)?;
        let (nanos, divisor) = factor(suffix)?;
        let (digits, places) = decimal(number)?;
        let nanos = divide_up(digits.checked_mul(nanos)?, 10i128.checked_pow(places)?.checked_mul(divisor)?)?;
        Some(Self { nanos: if negative { -nanos } else { nanos } })
    }

    /// Returns the quantity as the API server stores it: rounded up to thousandths (`SetDefaults_ResourceList`), and at
    /// most the largest `int64` (`k8s.io/apimachinery/pkg/api/resource`, `maxAllowed`).
    #[must_use]
    pub fn stored(self) -> Self {
        let milli = NANOS / 1000;
        let whole = divide_up(self.nanos, milli).and_then(|count| count.checked_mul(milli)).unwrap_or(self.nanos);
        Self { nanos: whole.min(i128::from(i64::MAX).saturating_mul(NANOS)) }
    }

    /// Returns the amount in units of 10^-9.
    pub fn nanos(self) -> i128 {
        self.nanos
    }

    /// Returns whether the quantity is zero. The kubelet treats a limit of zero as none
    /// (`MergeContainerResourceLimits`).
    pub fn is_zero(self) -> bool {
        self.nanos == 0
    }

    /// Returns whether the quantity is a whole number of `unit`s.
    pub fn is_multiple_of(self, unit: Self) -> bool {
        self.nanos.checked_rem(unit.nanos) == Some(0)
    }

    /// Returns a percentage of the amount in whole `divisor`s, rounded up as by the kubelet
    /// (`k8s.io/component-helpers`, `ConvertResourceCPUToString`). Returns `None` if the divisor is not positive.
    pub fn share(self, percent: u8, divisor: Self) -> Option<i128> {
        divide_up(self.nanos.checked_mul(i128::from(percent))?, divisor.nanos.checked_mul(100)?)
    }
}

/// Parses a decimal number to its digits and the number of decimal places.
fn decimal(number: &str) -> Option<(i128, u32)> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let mut digits: i128 = 0;
    for byte in whole.bytes().chain(fraction.bytes()) {
        let digit = byte.is_ascii_digit().then(|| i128::from(byte - b'0'))?;
        digits = digits.checked_mul(10)?.checked_add(digit)?;
    }
    Some((digits, u32::try_from(fraction.len()).ok()?))
}

/// Returns the value of a suffix as a fraction, in units of 10^-9.
fn factor(suffix: &str) -> Option<(i128, i128)> {
    let nanos = match suffix {
        "n" => 1,
        "u" => 1000,
        "m" => NANOS / 1000,
        "" => NANOS,
        "k" => NANOS * 1000,
        "M" => NANOS * 10i128.pow(6),
        "G" => NANOS * 10i128.pow(9),
        "T" => NANOS * 10i128.pow(12),
        "P" => NANOS * 10i128.pow(15),
        "E" => NANOS * 10i128.pow(18),
        "Ki" => NANOS << 10,
        "Mi" => NANOS << 20,
        "Gi" => NANOS << 30,
        "Ti" => NANOS << 40,
        "Pi" => NANOS << 50,
        "Ei" => NANOS << 60,
        _ => {
            let exponent: i32 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
            let nanos = exponent.checked_add(9)?;
            let power = 10i128.checked_pow(nanos.unsigned_abs())?;
            return Some(if nanos < 0 { (1, power) } else { (power, 1) });
        }
    };
    Some((nanos, 1))
}

fn divide_up(dividend: i128, divisor: i128) -> Option<i128> {
    if divisor <= 0 {
        return None;
    }
    // A 128-bit division would be most of the cost of parsing, and most quantities need none.
    if divisor == 1 {
        return Some(dividend);
    }
    let (quotient, rest) = (dividend.checked_div(divisor)?, dividend.checked_rem(divisor)?);
    if rest > 0 { quotient.checked_add(1) } else { Some(quotient) }
}

#[cfg(test)]
mod tests {
    use super::Quantity;

    #[test]
    fn the_same_amount_in_other_words_is_equal() {
        for (a, b) in [
            ("1Gi", "1024Mi"),
            ("1.5Gi", "1536Mi"),
            ("0.5", "500m"),
            ("1e3", "1k"),
            ("1E3", "1000"),
            ("9E", "9000P"),
            ("1Ei", "1024Pi"),
            ("+1", "1"),
            (".5", "500m"),
            ("5.", "5"),
            ("1e-3", "1m"),
            ("-1", "-1000m"),
            ("0", "0Gi"),
        ] {
            let read = Quantity::parse(a);
            assert!(read.is_some(), "{a}");
            assert_eq!(read, Quantity::parse(b), "{a} and {b}");
        }
        assert_ne!(Quantity::parse("9007199254740993"), Quantity::parse("9007199254740992"));
        assert!(Quantity::parse("1G") < Quantity::parse("1Gi"));
    }

    #[test]
    fn invalid_quantities() {
        let huge = "9".repeat(60);
        for text in [
            "",
            "Ki",
            ".",
            "1.2.3",
            "1 Gi",
            "1gi",
            "1KiB",
            "x",
            "--1",
            "1e",
            "1e99999999999",
            "1e400",
            &huge,
            "é",
            "1é",
        ] {
            assert_eq!(Quantity::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_stored_quantity_is_rounded_up_and_bounded() {
        for (text, stored) in [
            ("100u", "1m"),
            ("1.0001", "1001m"),
            ("1500m", "1500m"),
            ("0", "0"),
            ("10E", "9223372036854775807"),
            ("8Ei", "9223372036854775807"),
            ("7Ei", "7Ei"),
        ] {
            assert_eq!(Quantity::parse(text).map(Quantity::stored), Quantity::parse(stored), "{text}");
        }
    }

    #[test]
    fn shares_round_up_to_whole_divisors() {
        let share =
            |amount: &str, percent, divisor: &str| Quantity::parse(amount)?.share(percent, Quantity::parse(divisor)?);
        assert_eq!(share("1Gi", 90, "1"), Some(966_367_642));
        assert_eq!(share("1Gi", 75, "1Mi"), Some(768));
        assert_eq!(share("1500m", 100, "1"), Some(2));
        assert_eq!(share("500m", 50, "1m"), Some(250));
        assert_eq!(share("1", 1, "0"), None);
    }
}
