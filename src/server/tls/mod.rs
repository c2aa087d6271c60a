//! TLS on the webhook's port: the serving certificate, the CAs of clients, and changes of both while connections stay.
//!
//! TLS 1.2 and 1.3, and HTTP/2 before HTTP/1.1 by ALPN. The cryptography is ring's, named explicitly: a process-wide default
//! provider would depend on the linked crates. Keys are never in an error or a log.

mod clients;
mod cluster;
mod current;
mod files;
mod handshake;
mod identity;
mod source;

pub use identity::Identity;
pub use source::CertificateSource;

pub(super) use current::CurrentCertificate;
pub(super) use handshake::hint;
pub(super) use identity::HTTP_2;
