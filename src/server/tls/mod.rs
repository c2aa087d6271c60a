//! TLS on the webhook's port: the certificate that is shown, the clients that are let in, and both of them changing while
//! connections stay.
//!
//! TLS 1.2 and 1.3, and HTTP/2 before HTTP/1.1 by ALPN. The cryptography is ring's, named explicitly: a process-wide default
//! provider would depend on which crates happen to be linked. Never here: a key in an error or a log.

mod certificates;
mod clients;
mod files;
mod handshake;
mod identity;
mod in_force;
mod kept;
mod leaf;

pub use certificates::Certificates;
pub use identity::Identity;
pub use in_force::InForce;

pub(super) use certificates::Told;
pub(super) use handshake::hint;

/// The name of HTTP/2 in ALPN.
pub(super) const HTTP_2: &[u8] = b"h2";
