//! What a serving certificate says of itself, and whether an API server would accept that.
//!
//! Never who signed it: which CA an API server trusts is in its webhook configuration, and not known here.

use std::time::SystemTime;

use crate::cert::{Certificate, written};

/// More names would make a long line of `/readyz?verbose`.
const SHOWN: usize = 5;

/// The first certificate of a chain.
#[derive(Clone)]
pub(super) struct Leaf(Certificate);

impl Leaf {
    /// Nothing where this is no X.509.
    pub(super) fn from_der(der: &[u8]) -> Option<Self> {
        Certificate::from_der(der).map(Self)
    }

    pub(super) fn not_after(&self) -> SystemTime {
        self.0.not_after()
    }

    /// Why an API server would refuse it, whoever signed it.
    pub(super) fn doubt(&self, now: SystemTime) -> Option<String> {
        let checked = self.0.check_validity(now).and_then(|()| self.0.check_for_servers());
        checked.err().map(|problem| problem.to_string())
    }

    /// Its names and its end, in a line.
    pub(super) fn told(&self) -> String {
        let names = self.0.names();
        let more = names.len().saturating_sub(SHOWN);
        let more = if more == 0 { String::new() } else { format!(" and {more} more") };
        let shown: Vec<String> = names.iter().take(SHOWN).map(ToString::to_string).collect();
        let shown = if shown.is_empty() { "no name".to_owned() } else { shown.join(", ") };
        format!("{shown}{more}, until {}", written(self.not_after()))
    }
}
