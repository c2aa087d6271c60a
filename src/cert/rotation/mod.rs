//! Rotation of the certificates in a cluster: a CA and a serving certificate in one Secret, which all replicas share, and the
//! CA in the `caBundle` of the webhook configurations.
//!
//! [`Replica::decide`] takes the observed objects and the time, and returns the next action: a change of the Secret, the
//! bundles, the pair to serve, and the time of the next look. docs/adr/0006-rotation.md describes the scheme. Its order is the
//! safety: no replica serves a certificate before every bundle has had its CA for a while, and no CA leaves a bundle while a
//! replica can still serve a certificate that it signed.
//!
//! Never here: the network, a clock, a file, and a key in a sentence or a `Debug` output.

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
