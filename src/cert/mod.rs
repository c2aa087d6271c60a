//! Certificates: the names a serving certificate is for, the CA that signs it, the folder or memory they are kept in for
//! local work, and what is to become of those that a cluster keeps (`keeper`).
//!
//! Never here: reading the operator's own certificate files (`server::tls` does), the network, or a key in a log, an
//! error or a `Debug` output.

mod atomic;
mod authority;
mod bundle;
mod certificate;
mod folder;
pub mod keeper;
mod name;

pub use atomic::{Readers, write_atomically};
pub use authority::{Authority, Pair, Validity, is_signed_by};
pub use bundle::Bundle;
pub use certificate::{Certificate, pem_of};
pub use folder::{Fate, Folder, Written};
pub use name::{Name, local_names, or_local};

use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Why a certificate could not be made, read or written: a sentence for the person who ran the command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(String);

impl Error {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// A moment as people and logs read it: RFC 3339, in UTC, whole seconds.
pub fn written(moment: SystemTime) -> String {
    let since = moment.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let seconds = i64::try_from(since.as_secs()).unwrap_or(i64::MAX);
    match jiff::Timestamp::from_second(seconds) {
        Ok(timestamp) => timestamp.to_string(),
        Err(_) => "a date out of range".to_owned(),
    }
}
