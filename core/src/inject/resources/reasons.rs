//! The reasons of this feature.

use crate::inject::Reason;

pub(super) const POD_LEVEL: Reason = Reason {
    code: "PodLevelResources",
    sentence: "the Pod sets spec.resources, which its containers share",
    remedy: "Set amounts in the containers themselves if they need their own.",
};
pub(super) const LIMIT_RANGE: Reason = Reason {
    code: "LimitRange",
    sentence: "a LimitRange of the namespace already set a value, and podwright keeps it",
    remedy: "Set the amount in the Pod to override the LimitRange.",
};
pub(super) const FITTED_TO_LIMIT: Reason = Reason {
    code: "FittedToLimit",
    sentence: "a request cannot exceed the limit, so it equals the limit",
    remedy: "Raise the limit, or lower the request.",
};
pub(super) const FITTED_TO_REQUEST: Reason = Reason {
    code: "FittedToRequest",
    sentence: "a limit cannot be below the request, so it equals the request",
    remedy: "Lower the request, or raise the limit.",
};
pub(super) const BELOW_REQUEST: Reason = Reason {
    code: "BelowRequest",
    sentence: "the limit would be below the existing request",
    remedy: "Set a limit of at least the request.",
};
pub(super) const ALSO_THE_REQUEST: Reason = Reason {
    code: "AlsoTheRequest",
    sentence: "the API server sets the request to the limit, because the container has no request",
    remedy: "No action needed. To set another request, use podwright.dev/requests.",
};
pub(super) const NO_REQUEST: Reason = Reason {
    code: "NoRequest",
    sentence: "the container has no such request, so an autoscaler cannot calculate the Pod's utilisation",
    remedy: "Set the request in the container, or with CONTAINER.podwright.dev/requests.",
};
pub(super) const DAEMON_SET: Reason = Reason {
    code: "DaemonSet",
    sentence: "autoscalers plan nodes by the DaemonSet's template, which does not have a profile's amounts",
    remedy: "Set the amounts in the DaemonSet's Pod template, or set podwright.dev/requests or podwright.dev/limits \
             there.",
};
pub(super) const UNLIKELY_AMOUNT: Reason = Reason {
    code: "UnlikelyAmount",
    sentence: "the amount looks like a typo: less than 4Mi of memory, or at least 100 cores",
    remedy: "Add the unit: memory=128Mi, cpu=100m. If you mean this amount, no action is needed.",
};
