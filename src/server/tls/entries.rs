//! The profiles with a webhook entry, as the certificate controller observes them.

use std::sync::Arc;

use tokio::sync::watch;

/// The values of the label `podwright.dev/profile` that a webhook entry selects; clones share them. `None` if podwright
/// does not know the webhook configuration, as with certificates in files.
#[derive(Clone, Default)]
pub(in crate::server) struct CurrentEntries(Arc<watch::Sender<Option<Arc<[String]>>>>);

impl CurrentEntries {
    pub(super) fn set(&self, profiles: Option<Arc<[String]>>) {
        self.0.send_replace(profiles);
    }

    pub(in crate::server) fn profiles(&self) -> Option<Arc<[String]>> {
        self.0.borrow().clone()
    }
}
