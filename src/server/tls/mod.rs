//! TLS on the webhook's port: the serving certificate, the CAs of clients, and changes of both without closing
//! connections.
//!
//! TLS 1.2 and 1.3, and by ALPN HTTP/2 before HTTP/1.1. The cryptography is ring's, named explicitly: a process-wide
//! default provider depends on the linked crates. Keys are never in an error or a log.

mod clients;
mod current;
mod entries;
mod files;
mod identity;
mod source;

pub use identity::Identity;
pub use source::CertificateSource;

pub(super) use current::CurrentCertificate;
pub(super) use identity::HTTP_2;
