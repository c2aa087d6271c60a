//! podwright in a cluster: its Deployment, its replicas, the way from the API server to them, and the trust on it.

mod deployment;
mod endpoints;
mod handshake;
mod replicas;
mod trust;

pub use deployment::{Installed, InstalledNames};
pub use endpoints::endpoints;
pub use replicas::{Metrics, Replica, replicas};
pub use trust::trust;
