//! The reasons of this feature.

use super::super::Reason;

pub(super) const GRACE_BELOW_SLEEP: Reason = Reason {
    code: "GraceBelowSleep",
    sentence: "the probe's grace is not longer than the preStop sleep, so a failed container has no time to stop",
    remedy: "Set a grace longer than the sleep, or remove it to use the Pod's grace period.",
};
pub(super) const NO_PORT: Reason = Reason {
    code: "NoPort",
    sentence: "the probe names no port, and the container declares none that fits",
    remedy: "Declare a containerPort, or name one in the probe: http:8080/ready.",
};
pub(super) const PORT_NOT_DECLARED: Reason = Reason {
    code: "PortNotDeclared",
    sentence: "the container declares no TCP port with this name, so the probe would always fail",
    remedy: "Declare a port with this name in the container's ports, or use the port's number.",
};
pub(super) const OTHER_DECLARES: Reason = Reason {
    code: "OtherDeclaresPort",
    sentence: "the probe is for the containers that declare its port",
    remedy: "Set CONTAINER.podwright.dev/KEY if this container needs its own probe.",
};
pub(super) const MAIN_ALONE: Reason = Reason {
    code: "MainContainerAlone",
    sentence: "the probe is for the Pod's main container, or for those that already have it",
    remedy: "Set CONTAINER.podwright.dev/KEY if this container needs its own probe. The annotation \
             kubectl.kubernetes.io/default-container names the main container; without it, the first container is \
             the main one.",
};
pub(super) const NATIVE_SIDECAR: Reason = Reason {
    code: "NativeSidecar",
    sentence: "the application starts only after the startup probe of a native sidecar succeeds",
    remedy: "Set CONTAINER.podwright.dev/startup-probe if the sidecar starts without the application.",
};
pub(super) const OTHER_PROTOCOL: Reason = Reason {
    code: "OtherProtocol",
    sentence: "the profile names no port, and a declared port has the name or number of another protocol",
    remedy: "Name the port in an annotation on the Pod, such as podwright.dev/readiness-probe: http:8080/ready, or \
             name the declared port http.",
};
pub(super) const SEVERAL_PORTS: Reason = Reason {
    code: "SeveralPorts",
    sentence: "the profile names no port, and several declared ports are possible",
    remedy: "Name the port in an annotation on the Pod, such as podwright.dev/readiness-probe: http:8080/ready, or \
             name the declared port http.",
};
pub(super) const NO_NAMED_PORT: Reason = Reason {
    code: "NoNamedPort",
    sentence: "no declared port has a name for this probe, and a wrong guess would restart the container",
    remedy: "Name the port in an annotation on the Pod, such as podwright.dev/liveness-probe: http:8080/healthz, or \
             name the declared port http.",
};
pub(super) const MYSQL: Reason = Reason {
    code: "CountsConnections",
    sentence: "MySQL counts a bare TCP connection as a failed one, and blocks the node after too many",
    remedy: "Set a command in an annotation on the Pod, such as podwright.dev/readiness-probe: exec:'mysqladmin ping'.",
};
pub(super) const AUTHORS_PROBE: Reason = Reason {
    code: "AuthorsProbe",
    sentence: "the manifest has a probe of another kind in this container, and a guess may contradict it",
    remedy: "Name the port in an annotation on the Pod, such as podwright.dev/readiness-probe: http:8080/ready.",
};
pub(super) const BINDS_LOCALLY: Reason = Reason {
    code: "BindsLocally",
    sentence: "the command or its arguments bind a declared port to an address that the kubelet cannot reach",
    remedy: "Bind the port to all addresses, or probe it with a command: exec:'wget -qO- http://127.0.0.1:8080/ready'.",
};
pub(super) const HOST_NETWORK: Reason = Reason {
    code: "HostNetwork",
    sentence: "the Pod uses the host's network, where another program may answer on the port",
    remedy: "Name the port in an annotation on the Pod, such as podwright.dev/readiness-probe: tcp:8080.",
};
pub(super) const STATEFUL_SET: Reason = Reason {
    code: "StatefulSet",
    sentence: "the Pods of a StatefulSet may need one another before they are ready, and would wait forever",
    remedy: "If the Pods can start without one another, name the port in an annotation on the Pod, such as \
             podwright.dev/readiness-probe: tcp:8080.",
};
pub(super) const NAMESPACE_OPT_IN: Reason = Reason {
    code: "NamespaceOptIn",
    sentence: "only the Namespace opted in, and a wrong guess would restart the container",
    remedy: "Add podwright.dev/profile to the Pod, or name the port in an annotation on it, such as \
             podwright.dev/liveness-probe: http:8080/healthz.",
};

/// All reasons, for the documentation.
pub(super) const ALL: &[Reason] = &[
    GRACE_BELOW_SLEEP,
    NO_PORT,
    PORT_NOT_DECLARED,
    OTHER_DECLARES,
    MAIN_ALONE,
    NATIVE_SIDECAR,
    OTHER_PROTOCOL,
    SEVERAL_PORTS,
    NO_NAMED_PORT,
    MYSQL,
    AUTHORS_PROBE,
    BINDS_LOCALLY,
    HOST_NETWORK,
    STATEFUL_SET,
    NAMESPACE_OPT_IN,
];
