//! Certificates: parsing, a CA that signs them, the folder of `podwright certs`, and rotation in a cluster.
//!
//! Never here: the operator's certificate files (`server::tls` reads them), the network, or a key in a log, an error or a
//! `Debug` output.

mod atomic_write;
mod authority;
mod ca_bundle;
mod certificate;
mod local_folder;
mod name;
pub mod rotation;
pub mod secret_keys;
mod timestamp;

pub use atomic_write::{Readers, write_atomically};
pub use authority::{Authority, AuthorityError, IssuedPair, Validity};
pub use ca_bundle::{Bundle, BundleError};
pub use certificate::{Certificate, CertificateProblem, pem_of};
pub use local_folder::{CaOrigin, CaProblem, Folder, FolderError, FolderRenewal};
pub use name::{InvalidName, Name, local_names, or_local};
pub use timestamp::written;
