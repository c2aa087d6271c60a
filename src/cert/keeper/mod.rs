//! What is to become of the certificates that a cluster keeps: a CA and a serving certificate in one Secret, which all replicas
//! share, and the CA in the `caBundle` of the webhook configurations.
//!
//! [`Replica::look`] is given what is there and what time it is, and says what to do: which change of the Secret, which
//! bundles, which pair to serve, and when to look again. docs/adr/0006-rotation.md has the scheme. The order that holds it
//! together: nothing is served before every bundle has had its CA for a while, and no CA leaves a bundle while a certificate
//! of it can still be served.
//!
//! Never here: the network, a clock, a file, and a key in a sentence or a `Debug` output.

mod bundles;
mod due;
mod found;
mod replica;
mod step;

pub use bundles::Bundles;
pub use due::{Lives, due};
pub use found::{Data, Found, Leaf};
pub use replica::{Decision, Distrust, Replica, Seen, Served};
pub use step::{Changes, Step};

/// The CA's certificate, in the Secret's data.
pub const CA: &str = "ca.crt";
/// The CA's key.
pub const CA_KEY: &str = "ca.key";
/// The serving certificate.
pub const LEAF: &str = "tls.crt";
/// The serving certificate's key.
pub const LEAF_KEY: &str = "tls.key";
/// The CA that is to come.
pub const NEXT: &str = "next-ca.crt";
/// Its key.
pub const NEXT_KEY: &str = "next-ca.key";
/// The CAs that were, as long as a certificate of theirs is valid.
pub const PREVIOUS: &str = "previous-ca.crt";
/// The last certificate of each of those, without its key: when it ends, its CA is of no more use.
pub const PREVIOUS_LEAF: &str = "previous-tls.crt";

/// All that is kept. Other keys of the Secret are somebody else's.
pub const KEYS: [&str; 8] = [CA, CA_KEY, LEAF, LEAF_KEY, NEXT, NEXT_KEY, PREVIOUS, PREVIOUS_LEAF];

#[cfg(test)]
mod tests;
