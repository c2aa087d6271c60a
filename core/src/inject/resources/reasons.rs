//! The reasons that this feature gives.

use crate::inject::Reason;

pub(super) const POD_LEVEL: Reason = Reason {
    code: "PodLevelResources",
    sentence: "the Pod has resources of its own (spec.resources), which its containers share",
    remedy: "Nothing; or set amounts in the containers themselves.",
};
pub(super) const LIMIT_RANGE: Reason = Reason {
    code: "LimitRange",
    sentence: "a LimitRange of the namespace has set it, and its value is kept",
    remedy: "Nothing, where the namespace's policy is meant. Else set the amount in the Pod itself.",
};
pub(super) const FITTED_TO_LIMIT: Reason = Reason {
    code: "FittedToLimit",
    sentence: "a request above the limit is not valid, so it is the limit",
    remedy: "Raise the limit, or ask for a smaller request.",
};
pub(super) const FITTED_TO_REQUEST: Reason = Reason {
    code: "FittedToRequest",
    sentence: "a limit below the request is not valid, so it is the request",
    remedy: "Ask for a smaller request, or a larger limit.",
};
pub(super) const BELOW_REQUEST: Reason = Reason {
    code: "BelowRequest",
    sentence: "the limit would be below the request that is there",
    remedy: "Ask for a limit of at least the request.",
};
pub(super) const ALSO_THE_REQUEST: Reason = Reason {
    code: "AlsoTheRequest",
    sentence: "the request equals the limit, as the API server makes it where there is none",
    remedy: "Nothing; podwright.dev/requests asks for another one.",
};
pub(super) const NO_REQUEST: Reason = Reason {
    code: "NoRequest",
    sentence: "the container runs on and has no such request, so an autoscaler cannot tell the Pod's utilisation",
    remedy: "Set the request in the container, or reach it with CONTAINER.podwright.dev/requests.",
};
pub(super) const DAEMON_SET: Reason = Reason {
    code: "DaemonSet",
    sentence: "autoscalers plan nodes by the DaemonSet's own template, which would not have a profile's amounts",
    remedy: "Set the amounts in the DaemonSet's Pod template, or ask for them there with podwright.dev/requests or limits.",
};
pub(super) const UNLIKELY_AMOUNT: Reason = Reason {
    code: "UnlikelyAmount",
    sentence: "the amount looks like a typo: it is below 4Mi of memory, or at least 100 cores",
    remedy: "Add the unit: memory=128Mi, cpu=100m. If you mean this amount, ignore this.",
};
