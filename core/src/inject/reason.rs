//! Reasons: a code, a sentence and a remedy. Here are the type, and the reasons that any feature may give.

/// The reason for an outcome: a code that never changes its meaning, and a sentence for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    /// Stable, in the form of the API's own condition reasons: `RunsToCompletion`.
    pub code: &'static str,
    /// Goes on behind "skipped, ".
    pub sentence: &'static str,
    /// A sentence with the way to change it.
    pub remedy: &'static str,
}

/// The author's own value comes first.
pub(super) const KEPT_AUTHORS: Reason = Reason {
    code: "KeptAuthors",
    sentence: "it is set otherwise already, and that is kept",
    remedy: "Nothing, where the Pod's own value is meant. Else remove it from the Pod, and the annotation takes effect.",
};

/// Given where the author is known to have written the default value.
pub(super) const KEPT_DEFAULT: Reason = Reason {
    code: "KeptDefault",
    sentence: "the manifest sets it to the default, so podwright keeps it",
    remedy: "Remove the field from the manifest if podwright should set it. Only kubectl apply and server-side apply show \
             what a manifest has; with other clients podwright replaces the default.",
};

/// The author wrote `null`.
pub(super) const AUTHORS_NULL: Reason = Reason {
    code: "AuthorsNull",
    sentence: "the author's manifest sets it to null, which means none",
    remedy: "If the field should stay unset, ignore this. Otherwise remove the null from the manifest.",
};

/// Probes and hooks are for what runs on.
pub(super) const INIT_CONTAINER: Reason = Reason {
    code: "InitContainer",
    sentence: "the API takes no probes and no preStop in an init container that runs to its end",
    remedy: "Nothing; or make the container a native sidecar (restartPolicy: Always) if it is meant to run on.",
};

/// A profile's wishes are for containers that run on.
pub(super) const RUNS_TO_COMPLETION: Reason = Reason {
    code: "RunsToCompletion",
    sentence: "the container is expected to end, which a profile's probes and preStop could only disturb",
    remedy: "Nothing; an annotation on the Pod or for the container asks for it all the same.",
};

/// The owner would find a difference.
pub(super) const OWNERS_DEFAULT: Reason = Reason {
    code: "OwnersDefault",
    sentence: "another controller compares the Pod with its own, so a profile replaces no default",
    remedy: "Set this key in an annotation on the Pod, or add the owner's kind to ownerKinds in the configuration.",
};

/// A program stands in for the kubelet.
pub(super) const VIRTUAL_NODE: Reason = Reason {
    code: "VirtualNode",
    sentence: "the Pod may run on a virtual node, most of which cannot provide it and refuse the Pod",
    remedy: "Nothing; an annotation on the Pod asks for it all the same, where the virtual node can provide it.",
};

/// A path with a drive.
pub(super) const WINDOWS_PATH: Reason = Reason {
    code: "WindowsPath",
    sentence: "the path begins with a drive, and the Pod is not for Windows",
    remedy: "Set spec.os.name: windows or the node selector kubernetes.io/os: windows, or use a path such as /etc/podinfo.",
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
