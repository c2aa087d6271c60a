//! The keys of the Secret (`--tls-secret`) that podwright keeps its certificates in.
//!
//! manifests/validatingadmissionpolicy.yaml lists the same keys; a test compares the two.

/// The CA's certificate.
pub const CA: &str = "ca.crt";
/// The CA's private key.
pub const CA_KEY: &str = "ca.key";
/// The serving certificate.
pub const SERVING: &str = "tls.crt";
/// The serving certificate's private key.
pub const SERVING_KEY: &str = "tls.key";
/// The next CA's certificate, which all bundles get before it signs.
pub const NEXT_CA: &str = "next-ca.crt";
/// The next CA's private key.
pub const NEXT_CA_KEY: &str = "next-ca.key";
/// Previous CAs, each as long as a certificate that it signed is valid.
pub const PREVIOUS_CAS: &str = "previous-ca.crt";
/// The last serving certificate of each previous CA, without its private key. Its end is the end of that CA's use.
pub const PREVIOUS_SERVING: &str = "previous-tls.crt";

/// All keys that podwright writes. Other keys of the Secret belong to others.
pub const ALL: [&str; 8] = [CA, CA_KEY, SERVING, SERVING_KEY, NEXT_CA, NEXT_CA_KEY, PREVIOUS_CAS, PREVIOUS_SERVING];
