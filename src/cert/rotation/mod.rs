//! Certificate rotation in a cluster. All replicas share one Secret with a CA and a serving certificate; the `caBundle` of the
//! webhook configurations has the CA.
//!
//! [`Replica::decide`] takes the observed objects and the time, and returns the next action: a change of the Secret, the
//! bundles, the pair to serve, and the time of the next check. docs/adr/0006-rotation.md describes the scheme. The order of
//! its steps makes it safe. No replica serves a certificate before its CA has been in every bundle for a while. No CA leaves a
//! bundle while a replica can still serve a certificate that it signed.
//!
//! Never here: the network, a clock, a file, or a key in a message or a `Debug` output.

mod bundles;
mod replica;
mod schedule;
mod secret_changes;
mod step;
mod stored;

pub use bundles::Bundles;
pub use replica::{Decision, Distrust, Observation, PlannedStep, Replica, Served};
pub use schedule::{LifetimeError, Lifetimes, renewal_time};
pub use secret_changes::{ChangeError, SecretChanges};
pub use step::RotationStep;
pub use stored::{PreviousCa, SecretData, ServingCertificate, StoredCertificates, StoredProblem};

#[cfg(test)]
mod tests;
