//! Names of variables that need no source.

/// The word for OpenTelemetry's two variables.
pub(super) const OTEL: &str = "OTEL";

/// A name that needs no source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WellKnown {
    /// The name in the list, which is also the variable's.
    pub name: &'static str,
    /// The source that it stands for: `SOURCE`, or `FLAG=SOURCE` for a variable with a program's options.
    pub source: &'static str,
    /// The runtime's own documentation of the variable. Empty for podwright's own names.
    pub documentation: &'static str,
}

const fn field(name: &'static str, source: &'static str) -> WellKnown {
    WellKnown { name, source, documentation: "" }
}

const fn setting(name: &'static str, source: &'static str, documentation: &'static str) -> WellKnown {
    WellKnown { name, source, documentation }
}

/// Each well-known name and its source.
///
/// From 1.35 on, the API server copies the labels for `ZONE` and `REGION` from the node at binding (KEP-4742). Before,
/// the variables are empty.
///
/// A runtime's setting is here only if its documentation fixes the name and the unit. Go's guide to its garbage collector
/// leaves 5 to 10 % of the memory to other uses, and Node's documentation a quarter. Absent are the JVM and .NET, which
/// read the container's limits themselves, and `UV_THREADPOOL_SIZE`, which is no number of cores.
pub const WELL_KNOWN: [WellKnown; 26] = [
    field("POD_NAME", "metadata.name"),
    field("POD_NAMESPACE", "metadata.namespace"),
    field("POD_UID", "metadata.uid"),
    field("POD_IP", "status.podIP"),
    field("POD_IPS", "status.podIPs"),
    field("HOST_IP", "status.hostIP"),
    field("HOST_IPS", "status.hostIPs"),
    field("NODE_NAME", "spec.nodeName"),
    field("K8S_NODE_NAME", "spec.nodeName"),
    field("SERVICE_ACCOUNT", "spec.serviceAccountName"),
    field("CONTAINER_NAME", "container.name"),
    field("CONTAINER_IMAGE", "container.image"),
    field("CPU_REQUEST", "requests.cpu"),
    field("CPU_LIMIT", "limits.cpu"),
    field("MEMORY_REQUEST", "requests.memory"),
    field("MEMORY_LIMIT", "limits.memory"),
    field("ZONE", "metadata.labels['topology.kubernetes.io/zone']"),
    field("REGION", "metadata.labels['topology.kubernetes.io/region']"),
    setting("GOMEMLIMIT", "limits.memory*90%", "https://pkg.go.dev/runtime#hdr-Environment_Variables"),
    setting("GOMAXPROCS", "limits.cpu", "https://pkg.go.dev/runtime#GOMAXPROCS"),
    setting("NODE_OPTIONS", "--max-old-space-size=limits.memory*75%/1Mi", "https://nodejs.org/api/cli.html"),
    setting("PYTHON_CPU_COUNT", "limits.cpu", "https://docs.python.org/3/using/cmdline.html#envvar-PYTHON_CPU_COUNT"),
    setting("OMP_NUM_THREADS", "limits.cpu", "https://gcc.gnu.org/onlinedocs/libgomp/OMP_005fNUM_005fTHREADS.html"),
    setting("RAYON_NUM_THREADS", "limits.cpu", "https://docs.rs/rayon/latest/rayon/fn.max_num_threads.html"),
    setting("TOKIO_WORKER_THREADS", "limits.cpu", "https://docs.rs/tokio/latest/tokio/runtime/struct.Builder.html"),
    setting(
        OTEL,
        "OTEL_SERVICE_NAME,OTEL_RESOURCE_ATTRIBUTES",
        "https://opentelemetry.io/docs/specs/otel/resource/sdk/",
    ),
];

impl WellKnown {
    /// Finds a name.
    pub(super) fn find(name: &str) -> Option<&'static Self> {
        WELL_KNOWN.iter().find(|known| known.name == name)
    }

    /// Returns the flag before the source, with its `=`, and the source.
    pub(super) fn flag_and_source(&self) -> (&'static str, &'static str) {
        self.source.find('=').map_or(("", self.source), |at| self.source.split_at(at + 1))
    }
}
