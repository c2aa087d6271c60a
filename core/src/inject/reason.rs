//! Reasons: a code, a sentence and a remedy. This file has the type, and the reasons of more than one feature.

/// The reason for an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    /// A stable code in the form of the API's condition reasons: `RunsToCompletion`. Its meaning never changes.
    pub code: &'static str,
    /// A clause without a capital or a full stop. It follows a colon in warnings and in `podwright preview`.
    pub sentence: &'static str,
    /// Instructions to the author, in sentences. A warning may have room for the first one only.
    pub remedy: &'static str,
}

impl Reason {
    /// Returns the first sentence of the remedy.
    pub(super) fn first_step(&self) -> &'static str {
        self.remedy.split_inclusive(". ").next().unwrap_or(self.remedy).trim_end()
    }
}

/// The author's value has precedence over any layer.
pub(super) const KEPT_AUTHORS: Reason = Reason {
    code: "KeptAuthors",
    sentence: "the Pod already sets another value, and podwright keeps it",
    remedy: "Remove the Pod's value to use podwright's. If the Pod's value is right, no action is needed.",
};

/// The author provably wrote the default value.
pub(super) const KEPT_DEFAULT: Reason = Reason {
    code: "KeptDefault",
    sentence: "the manifest sets the default explicitly, and podwright keeps it",
    remedy: "Remove the field from the manifest to use podwright's value. Only kubectl apply and server-side apply \
             show which fields a manifest has; with other clients podwright replaces the default.",
};

/// The author wrote `null`.
pub(super) const AUTHORS_NULL: Reason = Reason {
    code: "AuthorsNull",
    sentence: "the manifest sets the field to null, so podwright leaves it unset",
    remedy: "Remove the null from the manifest to let podwright set the field. If the field should stay unset, no \
             action is needed.",
};

/// The API refuses probes and hooks in such a container.
pub(super) const INIT_CONTAINER: Reason = Reason {
    code: "InitContainer",
    sentence: "the API allows no probes and no preStop in an init container that runs to completion",
    remedy: "Make it a native sidecar (restartPolicy: Always) if it should keep running. Otherwise remove the \
             annotation.",
};

/// A profile's probes and hooks are for containers that keep running.
pub(super) const RUNS_TO_COMPLETION: Reason = Reason {
    code: "RunsToCompletion",
    sentence: "a profile adds no probes and no preStop to a container that is expected to end",
    remedy: "No action needed. To inject it anyway, set the key in an annotation on the Pod.",
};

/// The owner would see a difference from its template.
pub(super) const OWNERS_DEFAULT: Reason = Reason {
    code: "OwnersDefault",
    sentence: "the Pod's controller may delete a Pod with changed fields, so a profile replaces no default",
    remedy: "Set this key in an annotation on the Pod, or add the controller's kind to ownerKinds in the \
             configuration.",
};

/// A program replaces the kubelet on a virtual node.
pub(super) const VIRTUAL_NODE: Reason = Reason {
    code: "VirtualNode",
    sentence: "the Pod may run on a virtual node, and most virtual nodes refuse a Pod with this setting",
    remedy: "No action needed. If the virtual node supports the setting, set the key in an annotation on the Pod.",
};

/// Only Windows has paths with a drive letter.
pub(super) const WINDOWS_PATH: Reason = Reason {
    code: "WindowsPath",
    sentence: "the path begins with a drive letter, but the Pod is not for Windows",
    remedy: "Set spec.os.name: windows, or use a path such as /etc/podinfo. The node selector kubernetes.io/os: \
             windows works too.",
};

/// Reasons that any feature may give.
pub(super) const REASONS: [Reason; 8] = [
    KEPT_AUTHORS,
    KEPT_DEFAULT,
    AUTHORS_NULL,
    INIT_CONTAINER,
    RUNS_TO_COMPLETION,
    OWNERS_DEFAULT,
    VIRTUAL_NODE,
    WINDOWS_PATH,
];
