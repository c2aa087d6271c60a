//! The API server that a client speaks to, for messages.

use std::fmt;

/// An API server, and the choice that led to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Destination {
    /// The address, such as `https://192.0.2.7:6443`.
    pub(super) server: String,
    /// The context of the kubeconfig file; `None` in a Pod.
    pub(super) context: Option<String>,
    /// The kubeconfig file that the user named.
    pub(super) kubeconfig: Option<String>,
}

impl Destination {
    /// Returns the flags with which kubectl chooses the same API server, each after a space.
    pub(super) fn flags(&self) -> String {
        let flags = [("kubeconfig", &self.kubeconfig), ("context", &self.context)];
        let given = flags.into_iter().filter_map(|(flag, value)| Some(format!(" --{flag} {}", value.as_ref()?)));
        given.collect()
    }
}

impl fmt::Display for Destination {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the API server {}", self.server)?;
        match &self.context {
            Some(context) => write!(formatter, " (context {context})"),
            None => Ok(()),
        }
    }
}
