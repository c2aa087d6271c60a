//! Names of variables that need no source.

/// Each well-known name and its source.
///
/// From 1.35 on, the API server copies the labels for `ZONE` and `REGION` from the node at binding (KEP-4742). Before,
/// the variables are empty.
pub const WELL_KNOWN: [(&str, &str); 18] = [
    ("POD_NAME", "metadata.name"),
    ("POD_NAMESPACE", "metadata.namespace"),
    ("POD_UID", "metadata.uid"),
    ("POD_IP", "status.podIP"),
    ("POD_IPS", "status.podIPs"),
    ("HOST_IP", "status.hostIP"),
    ("HOST_IPS", "status.hostIPs"),
    ("NODE_NAME", "spec.nodeName"),
    ("K8S_NODE_NAME", "spec.nodeName"),
    ("SERVICE_ACCOUNT", "spec.serviceAccountName"),
    ("CONTAINER_NAME", "container.name"),
    ("CONTAINER_IMAGE", "container.image"),
    ("CPU_REQUEST", "requests.cpu"),
    ("CPU_LIMIT", "limits.cpu"),
    ("MEMORY_REQUEST", "requests.memory"),
    ("MEMORY_LIMIT", "limits.memory"),
    ("ZONE", "metadata.labels['topology.kubernetes.io/zone']"),
    ("REGION", "metadata.labels['topology.kubernetes.io/region']"),
];
