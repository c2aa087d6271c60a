//! The keys of podwright's certificates in the Secret (`--tls-secret`).
//!
//! manifests/validatingadmissionpolicy.yaml lists the same keys; a test compares the two lists.

/// The CA's certificate.
pub const CA: &str = "ca.crt";
/// The CA's private key.
pub const CA_KEY: &str = "ca.key";
/// The serving certificate.
pub const SERVING: &str = "tls.crt";
/// The serving certificate's private key.
pub const SERVING_KEY: &str = "tls.key";
/// The next CA's certificate, which is in all bundles before that CA signs.
pub const NEXT_CA: &str = "next-ca.crt";
/// The next CA's private key.
pub const NEXT_CA_KEY: &str = "next-ca.key";
/// Previous CAs. Each stays until the last certificate that it signed expires.
pub const PREVIOUS_CAS: &str = "previous-ca.crt";
/// The last serving certificate of each previous CA, without private key. podwright drops the CA when it expires.
pub const PREVIOUS_SERVING: &str = "previous-tls.crt";

/// All keys that podwright writes. It never touches other keys of the Secret.
pub const ALL: [&str; 8] = [CA, CA_KEY, SERVING, SERVING_KEY, NEXT_CA, NEXT_CA_KEY, PREVIOUS_CAS, PREVIOUS_SERVING];
