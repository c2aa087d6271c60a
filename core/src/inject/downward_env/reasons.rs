//! The reasons of `downward-env`.

use crate::inject::Reason;

pub(super) const AMOUNT_UNKNOWN: Reason = Reason {
    code: "AmountUnknown",
    sentence: "the value needs a request or limit that the container does not set",
    remedy: "Set it in the container, or with podwright.dev/requests or podwright.dev/limits.",
};
pub(super) const IMAGE_UNKNOWN: Reason = Reason {
    code: "ImageUnknown",
    sentence: "the container has no image yet",
    remedy: "Set the image. If another webhook sets it, no action is needed: podwright then runs again.",
};
pub(super) const PORT_UNKNOWN: Reason = Reason {
    code: "PortUnknown",
    sentence: "the container declares no such port",
    remedy: "Declare the port in the container's ports.",
};
pub(super) const NODE_ALLOCATABLE: Reason = Reason {
    code: "NodeAllocatable",
    sentence: "the container has no such limit, so the value is the node's allocatable amount",
    remedy: "Set the limit in the container or with podwright.dev/limits if the program sizes itself by this value.",
};
pub(super) const REQUEST_UNSET: Reason = Reason {
    code: "RequestUnset",
    sentence: "the container has no such request, so the value is 0",
    remedy: "Set the request in the container or with podwright.dev/requests.",
};
pub(super) const ENV_FROM: Reason = Reason {
    code: "EnvFromOverridden",
    sentence: "podwright cannot see the variables of envFrom, and overrides those with the same name",
    remedy: "Check the ConfigMaps and Secrets of envFrom for variables with these names. If one should stay, remove \
             its name from podwright.dev/downward-env.",
};
pub(super) const ENV_FROM_UNSEEN: Reason = Reason {
    code: "EnvFromUnseen",
    sentence: "envFrom may set this variable, and podwright cannot see it, so a profile does not add the variable",
    remedy: "No action needed. To set the variable anyway, name it in podwright.dev/downward-env on the Pod.",
};
pub(super) const SHARE_OF_LIMIT: Reason = Reason {
    code: "ShareOfLimit",
    sentence: "the value is a share of the memory limit: 90% for Go's heap and stacks, 75% for Node's heap",
    remedy: "No action needed. For another share, write it: GOMEMLIMIT=limits.memory*80%. A later change of the limit \
             does not change the value.",
};
pub(super) const WHOLE_CORES: Reason = Reason {
    code: "WholeCores",
    sentence: "the value is the CPU limit in whole cores, rounded up, and so at least 1",
    remedy: "No action needed. For another number, set the variable in the container.",
};
pub(super) const OPERATORS: Reason = Reason {
    code: "OpenTelemetryOperator",
    sentence: "the OpenTelemetry operator sets this variable, and podwright keeps it",
    remedy: "No action needed. podwright recognises the operator by its variable OTEL_RESOURCE_ATTRIBUTES_POD_NAME.",
};
pub(super) const SERVICE_IN_ATTRIBUTES: Reason = Reason {
    code: "ServiceNameInAttributes",
    sentence: "the Pod's OTEL_RESOURCE_ATTRIBUTES may have a service.name, and OTEL_SERVICE_NAME would override it",
    remedy: "No action needed if that name is right. Otherwise set OTEL_SERVICE_NAME in the container.",
};
pub(super) const NAME_TAKEN: Reason = Reason {
    code: "ReferenceTaken",
    sentence: "the value refers to an OTEL_RESOURCE_ variable, but the Pod has its own variable of that name",
    remedy: "Rename the Pod's OTEL_RESOURCE_POD_NAME, _POD_NAMESPACE, _POD_UID or _NODE_NAME.",
};
pub(super) const ATTRIBUTES_TOO_LONG: Reason = Reason {
    code: "AttributesTooLong",
    sentence: "the annotations of resource.opentelemetry.io make the variable longer than 4096 bytes",
    remedy: "Shorten or remove some of these annotations.",
};

/// All of them, for the documentation.
pub(super) const ALL: [Reason; 13] = [
    AMOUNT_UNKNOWN,
    IMAGE_UNKNOWN,
    PORT_UNKNOWN,
    NODE_ALLOCATABLE,
    REQUEST_UNSET,
    ENV_FROM,
    ENV_FROM_UNSEEN,
    SHARE_OF_LIMIT,
    WHOLE_CORES,
    OPERATORS,
    SERVICE_IN_ATTRIBUTES,
    NAME_TAKEN,
    ATTRIBUTES_TOO_LONG,
];
