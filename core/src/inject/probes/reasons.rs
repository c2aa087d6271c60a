//! Every reason that this feature gives.

use super::super::Reason;

pub(super) const GRACE_BELOW_SLEEP: Reason = Reason {
    code: "GraceBelowSleep",
    sentence: "its grace is not above the container's preStop sleep, so after a failure only the sleep would run",
    remedy: "Give the probe a grace that is longer than the sleep, or none: then the Pod's grace period counts.",
};
pub(super) const NO_PORT: Reason = Reason {
    code: "NoPort",
    sentence: "it names no port, and the container declares none that it could be",
    remedy: "Declare the port under ports, or name it in the probe: tcp:8080.",
};
pub(super) const PORT_NOT_DECLARED: Reason = Reason {
    code: "PortNotDeclared",
    sentence: "the container declares no TCP port of that name, so it would never succeed",
    remedy: "Declare the port by that name under ports, or give the probe its number.",
};
pub(super) const OTHER_DECLARES: Reason = Reason {
    code: "OtherDeclaresPort",
    sentence: "the probe is for the containers that declare its port",
    remedy: "Nothing; CONTAINER.podwright.dev/KEY gives this container a probe of its own.",
};
pub(super) const MAIN_ALONE: Reason = Reason {
    code: "MainContainerAlone",
    sentence: "the probe is for the Pod's main container, or where it was put before",
    remedy: "Nothing; CONTAINER.podwright.dev/KEY gives this container a probe of its own, and the annotation kubectl.kubernetes.io/default-container says which one is the main one.",
};
pub(super) const NATIVE_SIDECAR: Reason = Reason {
    code: "NativeSidecar",
    sentence: "the kubelet starts the application only after a native sidecar's startup probe succeeds",
    remedy: "Set CONTAINER.podwright.dev/startup-probe if the sidecar needs nothing of the application to start.",
};
pub(super) const OTHER_PROTOCOL: Reason = Reason {
    code: "OtherProtocol",
    sentence: "the profile names no port, and a declared port's name or number means another protocol",
    remedy: "Name the port in an annotation on the Pod, such as http:8080/ready, or declare it under the name http.",
};
pub(super) const SEVERAL_PORTS: Reason = Reason {
    code: "SeveralPorts",
    sentence: "the profile names no port, and several declared ports are possible",
    remedy: "Name the port in an annotation on the Pod, such as http:8080/ready, or declare it under the name http.",
};
pub(super) const NO_NAMED_PORT: Reason = Reason {
    code: "NoNamedPort",
    sentence: "no declared port has a name for this probe, and a wrong guess would restart the container",
    remedy: "Name the port in an annotation on the Pod, such as http:8080/healthz, or declare it under the name http.",
};
pub(super) const MYSQL: Reason = Reason {
    code: "CountsConnections",
    sentence: "MySQL counts each bare TCP connection as a failed one, and blocks the node after too many",
    remedy: "Use a command in an annotation on the Pod, such as exec:'mysqladmin ping'.",
};
pub(super) const AUTHORS_PROBE: Reason = Reason {
    code: "AuthorsProbe",
    sentence: "the author wrote a probe of another kind in this container, so a guess may contradict it",
    remedy: "Name the port in an annotation on the Pod, such as http:8080/ready.",
};
pub(super) const BINDS_LOCALLY: Reason = Reason {
    code: "BindsLocally",
    sentence: "the command or its arguments bind a declared port to an address that the kubelet cannot reach",
    remedy: "Bind the port to all addresses, or ask it with a command: exec:'wget -qO- http://127.0.0.1:8080/ready'.",
};
pub(super) const HOST_NETWORK: Reason = Reason {
    code: "HostNetwork",
    sentence: "the Pod uses the host's network, where another program may answer on the port",
    remedy: "Name the port in an annotation on the Pod, such as tcp:8080.",
};
pub(super) const STATEFUL_SET: Reason = Reason {
    code: "StatefulSet",
    sentence: "a StatefulSet's Pods may look for one another before they are ready, and would wait for ever",
    remedy: "Name the port in an annotation on the Pod, such as tcp:8080, if the Pods start without one another.",
};
pub(super) const NAMESPACE_OPT_IN: Reason = Reason {
    code: "NamespaceOptIn",
    sentence: "only the Namespace opted in, and a wrong guess would restart the container",
    remedy: "Add podwright.dev/profile to the Pod, or name the port in an annotation on it, such as http:8080/healthz.",
};

/// All of them, for the documentation.
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
