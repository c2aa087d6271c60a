//! The place of the Pod in the patched document.

/// The place of the Pod in the patched document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Root {
    /// The document is the Pod.
    Pod,
    /// The document is a workload with the Pod template at `spec.template`.
    PodTemplate,
    /// The document is a CronJob, with the Pod template inside the template of its Jobs.
    CronJobTemplate,
    /// The document has the Pod template at `template`, such as a PodTemplate of the core group.
    TopTemplate,
}

impl Root {
    /// Returns a JSON pointer (RFC 6901) to the Pod or the Pod template.
    pub fn pointer(self) -> &'static str {
        match self {
            Self::Pod => "",
            Self::PodTemplate => "/spec/template",
            Self::CronJobTemplate => "/spec/jobTemplate/spec/template",
            Self::TopTemplate => "/template",
        }
    }

    /// Returns the path in the usual notation: `spec.template`.
    pub fn path(self) -> String {
        self.pointer().trim_start_matches('/').replace('/', ".")
    }
}
