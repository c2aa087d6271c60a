//! The rules and examples of each key, for `podwright explain` and docs/annotations.md.

/// Returns the rules and examples of a key, in reading order.
pub fn of(key: &str) -> &'static [&'static str] {
    match key {
        "inject" => &INJECT,
        "profile" => &PROFILE,
        "containers" => &CONTAINERS,
        "downward-env" => &DOWNWARD_ENV,
        "downward-volume" => &DOWNWARD_VOLUME,
        "termination-message-path" => &MESSAGE_PATH,
        "termination-message-policy" => &MESSAGE_POLICY,
        "startup-probe" | "readiness-probe" | "liveness-probe" => &PROBES,
        "pre-stop-sleep" => &PRE_STOP_SLEEP,
        "termination-grace-period" => &GRACE_PERIOD,
        "requests" | "limits" => &AMOUNTS,
        "status" => &STATUS,
        _ => &[],
    }
}

/// Rules of every feature's key.
pub const COMMON: [&str; 5] = [
    "Precedence: the field in the Pod, then the container's annotation, the Pod's annotation, and the profile. \
     podwright always keeps a field that the author set. It warns if an annotation has another value.",
    "`true` takes the profile's value; `false` turns the feature off. A feature's own key works without `inject`.",
    "`CONTAINER.podwright.dev/KEY` applies to one container. It overrides the Pod's key and \
     `podwright.dev/containers`.",
    "An invalid value denies the Pod, and one message lists all errors. With `onInvalidAnnotation: Warn` in the \
     configuration, podwright admits the Pod without that annotation and warns.",
    "An unknown key causes a warning. A key that resembles a known key denies the Pod, and the message suggests the \
     known key.",
];

const INJECT: [&str; 3] = [
    "In a Namespace with the label `podwright.dev/inject: enabled`, every Pod has `inject: \"true\"` unless it says \
     `\"false\"`. In a Namespace with `disabled`, podwright changes no Pod, not even one with annotations. The label \
     accepts `\"true\"` for `enabled` and `\"false\"` for `disabled`.",
    "`CONTAINER.podwright.dev/inject: \"false\"` leaves that container out of all settings.",
    "podwright does not change mirror Pods of static Pods, or debugging copies that lost the annotation.",
];

const PROFILE: [&str; 2] = [
    "The built-in profiles are `default` and `web`; `podwright config show` prints them. A configuration file can \
     replace them and add others.",
    "The Namespace label `podwright.dev/profile: web` gives each Pod in it the profile `web`, unless the Pod names another \
     one. Each such profile needs an entry in the webhook configuration. The manifests have entries for `default` and \
     `web`; `podwright install --namespace-profile` and the chart's `namespaceProfiles` add others.",
];

const CONTAINERS: [&str; 2] = [
    "A name that matches no container causes a warning. If another webhook adds that container later, podwright \
     injects it then.",
    "Containers in the configuration's `excludeContainers` (the proxies of Istio and Linkerd) get only the settings \
     of their own keys, such as `istio-proxy.podwright.dev/requests`.",
];

const DOWNWARD_ENV: [&str; 20] = [
    "Well-known names: `POD_NAME`, `POD_NAMESPACE`, `POD_UID`, `POD_IP`, `POD_IPS`, `HOST_IP`, `HOST_IPS`, \
     `NODE_NAME`, `K8S_NODE_NAME` (equal to `NODE_NAME`, for images that use that name themselves), \
     `SERVICE_ACCOUNT`, `CONTAINER_NAME`, `CONTAINER_IMAGE`, `CPU_REQUEST`, `CPU_LIMIT`, `MEMORY_REQUEST`, \
     `MEMORY_LIMIT`, `ZONE` and `REGION` (node labels; the API server copies them to the Pod from 1.35 on).",
    "`NAME=FIELD`: `metadata.name`, `metadata.namespace`, `metadata.uid`, `metadata.labels['KEY']`, \
     `metadata.annotations['KEY']`, `spec.nodeName`, `spec.serviceAccountName`, `status.hostIP`, `status.hostIPs`, \
     `status.podIP`, `status.podIPs`.",
    "`NAME=requests.RESOURCE` and `NAME=limits.RESOURCE` take `cpu`, `memory` and `ephemeral-storage`, with an \
     optional unit: `MEMORY_MIB=limits.memory/1Mi`. Without a limit, the value is the node's allocatable amount, and \
     the report notes it.",
    "`GOMEMLIMIT=limits.memory*90%` is a share of the limit, as a literal. podwright calculates it at admission and \
     includes limits that it adds to the same Pod. A unit can follow: `limits.memory*75%/1Mi`. The value is outdated \
     if another webhook, such as VPA's, changes the limit later.",
    "`NAME=container.name`, `container.image`, `container.port` (the first port) and `container.port['http']` become \
     literals, because the Downward API lacks them. The image is outdated if another webhook changes it later.",
    "One word sets up a runtime: `GOMEMLIMIT` (90% of the memory limit), `NODE_OPTIONS` (`--max-old-space-size` \
     with 75% of it), and `GOMAXPROCS`, `PYTHON_CPU_COUNT`, `OMP_NUM_THREADS`, `RAYON_NUM_THREADS` and \
     `TOKIO_WORKER_THREADS` (the CPU limit in whole cores, rounded up). If the container lacks the limit, podwright \
     skips the variable, and the runtime's default applies.",
    "An in-place resize does not reach the running process. Settings for the CPU follow the new limit when the \
     container restarts. Settings for memory are literals and stay. Go 1.25 and later computes `GOMAXPROCS` itself and \
     follows a resize, but only if the variable is not set.",
    "There is no word for the JVM and .NET, because they read the container's limits themselves. podwright does not merge \
     options: `NODE_OPTIONS` overrides the image's own, and an author's `NODE_OPTIONS` stays.",
    "`OTEL` adds `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES` by \
     [OpenTelemetry's conventions](https://opentelemetry.io/docs/specs/semconv/non-normative/k8s-attributes/). The \
     attributes are `k8s.namespace.name`, `k8s.pod.name`, `k8s.pod.uid`, `k8s.node.name`, `k8s.container.name`, the \
     workload (such as `k8s.deployment.name`), `service.namespace`, `service.instance.id` and `service.version`.",
    "The attributes of `OTEL` refer to further variables, which podwright inserts before them: \
     `OTEL_RESOURCE_POD_NAME`, `OTEL_RESOURCE_POD_NAMESPACE`, \
     `OTEL_RESOURCE_POD_UID` and `OTEL_RESOURCE_NODE_NAME`.",
    "The service's name is the first of these: the annotation `resource.opentelemetry.io/service.name`, the label \
     `app.kubernetes.io/instance`, the label `app.kubernetes.io/name`, the workload, the Pod.",
    "The service's version is the annotation `resource.opentelemetry.io/service.version`, the label \
     `app.kubernetes.io/version`, or the image's tag and digest. Any annotation `resource.opentelemetry.io/NAME` \
     becomes the attribute `NAME` (percent-encoded), and overrides podwright's attribute.",
    "The workload comes from the Pod's owner reference. A ReplicaSet `shop-HASH` means the Deployment `shop` if the Pod \
     has the label `pod-template-hash: HASH`. A Job `report-MINUTE` means the CronJob `report`.",
    "podwright keeps an author's `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`, and a `service.name` among the \
     attributes. It also keeps the variables of the OpenTelemetry operator. If the operator runs later, it appends to \
     podwright's attributes.",
    "A profile adds neither `OTEL` nor a runtime's word to a container with `envFrom`, because the author may have set \
     the variables there (`EnvFromUnseen`). An annotation adds them, and overrides `envFrom`.",
    "podwright inserts the variables before the author's own, so that the author's can use `$(POD_IP)`.",
    "podwright keeps a variable that the container already has. It cannot see variables from `envFrom` and overrides \
     one of the same name. The report and the status note this (`EnvFromOverridden`).",
    "Names have letters, digits, `-`, `.` and `_`, and no digit first. A repeated name in one list is an error.",
    "A profile adds no variable from `status` (`POD_IP`, `HOST_IP`) if the Pod may run on a virtual node.",
    "The key applies to app containers, native sidecars and init containers.",
];

const DOWNWARD_VOLUME: [&str; 6] = [
    "The volume `downward-api-pod-info` has the files `labels` and `annotations`.",
    "podwright normalizes the path: `/etc/podinfo/` means `/etc/podinfo`. Invalid are `/`, `/dev`, `/dev/shm`, \
     everything in `/proc` and `/sys`, and the files that the kubelet mounts, such as `/etc/hosts`.",
    "podwright skips a container, with a warning, if something is mounted at or below the path, if the path is in a \
     read-only mount, or if its `terminationMessagePath` is there. It skips all containers if the Pod has another \
     volume of that name.",
    "A path with a drive (`C:\\podinfo`) is for Windows Pods. podwright skips it in other Pods, with a warning. On \
     Windows, `/etc/podinfo` means `C:\\etc\\podinfo`.",
    "A profile adds no volume if the Pod may run on a virtual node.",
    "The key applies to app containers, native sidecars and init containers.",
];

const MESSAGE_PATH: [&str; 4] = [
    "The path is absolute and in its shortest form: no `//`, no `..` and no `/` at the end. The API server accepts \
     any path, but a container with an impossible path does not start. Invalid are `/`, `/dev`, `/dev/shm`, \
     everything in `/proc` and `/sys`, and the files that the kubelet mounts, such as `/etc/hosts`.",
    "podwright skips a container, with a warning, if something is mounted at or below the path, or if the path is in \
     a read-only mount. Volumes of a ConfigMap or Secret, and downwardAPI and projected volumes, are read-only.",
    "The API server writes `/dev/termination-log` if the field is absent. podwright replaces that default, unless \
     `kubectl apply` or server-side apply shows that the author set it. `false` always keeps it.",
    "A path with a drive (`C:\\final-message`) is for Windows Pods. podwright skips it in other Pods, with a warning.",
];

const MESSAGE_POLICY: [&str; 1] = [
    "The API server writes `File` if the field is absent. podwright replaces that default, unless `kubectl apply` or \
     server-side apply shows that the author set it. `false` always keeps it.",
];

const PROBES: [&str; 14] = [
    "The short form has words as in a POSIX shell, first the handler and then options: `http:3000/ready delay=15s \
     period=6s`, `https:web/healthz`, `http:/healthz`, `http`, `tcp:5432 failure=5`, `tcp`, `grpc:9090/my.Service`, \
     `exec:'pg_isready -U app' timeout=2s`.",
    "The full form is a Probe of the API, as JSON or as YAML of several lines: `{\"httpGet\": {\"path\": \"/ready\", \
     \"port\": 8080}, \"periodSeconds\": 5}`.",
    "Options: `delay`, `period`, `timeout`, `success`, `failure` and `grace`; for http and https also \
     `header=Name:value`. Times are whole seconds. Only `delay` can be zero, because the API server rejects other \
     zeros or silently replaces them. Only a readiness probe can have a `success` above 1. Only startup and liveness \
     probes can have `grace`.",
    "podwright splits the text of `exec:'...'` into words and uses no shell. To run a shell, write `exec:'sh -c \
     \"test -f /tmp/ready\"'`.",
    "In a Windows Pod (`spec.os.name: windows`, or the node selector `kubernetes.io/os: windows`), a backslash in \
     `exec:` is literal, except before a double quote: `exec:'powershell.exe -File C:\\probes\\alive.ps1'`. In other \
     Pods, it is an escape as in a POSIX shell.",
    "If an annotation has no port, podwright takes the container's TCP port with the handler's name: `http`, `https` \
     or `grpc`. Else it takes the first TCP port whose name does not mean another protocol, such as `https-metrics` \
     or `redis`. It skips a container without such a port, with a warning. If some containers of a Pod have a port \
     with the handler's name, only they get the probe.",
    "The container must declare a port that the probe uses by name. The API server does not check this, and the Pod \
     would never become ready.",
    "`host` is an error, also in the full form, because PodSecurity rejects probes with a host.",
    "If a probe from the Pod's key or a profile has a port, the containers that declare the port get the probe. If \
     none does, and for `exec`, only the main container gets it: the one in \
     `kubectl.kubernetes.io/default-container`, or the first.",
    "Init containers that run to completion get no probe. A profile adds no probe to containers that are expected to \
     end, as in Jobs.",
    "If a profile's probe has no port, podwright guesses one, but only if a wrong guess cannot stop a healthy Pod. A \
     guessed liveness or startup probe needs a port with a matching name and an annotation on the Pod itself. The \
     report names each guess; docs/profiles.md has the rules.",
    "Native sidecars get no startup probe from a Pod's key or a profile, because the application waits for them. For \
     a sidecar that does not need the application, use `CONTAINER.podwright.dev/startup-probe`.",
    "podwright warns if `grace` does not exceed the container's preStop sleep.",
    "A readiness probe never succeeds if it needs something that exists only after the Pod is ready, such as a \
     StatefulSet's DNS name without `publishNotReadyAddresses`. A probe also cannot reach a port that listens on \
     loopback only. Turn the probe off in both cases.",
];

const PRE_STOP_SLEEP: [&str; 7] = [
    "podwright uses the API's `sleep`, so the image needs no shell. For API servers or kubelets before 1.30, set \
     `preStopAction: Exec` in the configuration, which runs the command `sleep`.",
    "A kubelet before 1.30 ignores the sleep: the container stops at once. API servers up to 1.32 may have such nodes; \
     `kubectl get nodes` shows the versions.",
    "If the Pod has the default grace period, podwright extends it to 30 seconds plus the longest sleep, because the \
     containers sleep at the same time. So the application keeps its time to stop. podwright keeps a period that the \
     author set.",
    "podwright skips a sleep that leaves less than a second of the grace period: a Pod with \
     `terminationGracePeriodSeconds: 5` gets no sleep of 5 seconds. It warns if an annotation set the sleep.",
    "podwright keeps an existing preStop hook and then adds no sleep. A postStart hook stays beside the sleep.",
    "Init containers that run to completion get no sleep. A profile adds none to containers that are expected to end, \
     or to native sidecars in Jobs, because it would delay the Job's end.",
    "In a Pod of a controller outside Kubernetes, a profile's sleep must fit into the Pod's grace period. An \
     annotation's sleep extends the period.",
];

const GRACE_PERIOD: [&str; 3] = [
    "The API server writes 30 if the field is absent. podwright replaces that default, unless `kubectl apply` or \
     server-side apply shows that the author set it. `false` always keeps it.",
    "podwright skips a period below an existing sleep in a preStop or postStart hook, with a warning, because the API \
     server rejects it.",
    "The report notes a period that exceeds the termination notice of a spot node: 120 seconds on AWS, 30 on Azure, \
     15 on GKE.",
];

const AMOUNTS: [&str; 10] = [
    "The resources are `cpu`, `memory` and `ephemeral-storage`. Errors are negative amounts, fractions of a byte, and \
     cpu finer than `1m`. `128m` of memory is an eighth of a byte; write `128Mi`.",
    "podwright warns about memory below `4Mi` and about 100 cores or more, and suggests an amount. `memory=128` means \
     128 bytes.",
    "podwright merges the container's, the Pod's and the profile's amounts entry by entry, also without `inject`. \
     `requests: cpu=200m` keeps the profile's memory.",
    "The API server copies a limit to a missing request, before and after podwright. So podwright treats a request \
     that equals its limit as set, and a limit that podwright adds alone becomes the request too.",
    "podwright lowers a request to an existing limit, and skips a limit below an existing request, each with a \
     warning. If two layers conflict, the more specific one wins and podwright adjusts the other. A conflict within \
     one layer is an error.",
    "A LimitRange of the Namespace takes effect before podwright, and podwright keeps its amounts.",
    "podwright skips a Pod with `spec.resources`, because its containers share those.",
    "A profile adds no amounts to a DaemonSet's Pods, because autoscalers plan nodes with the DaemonSet's own \
     template.",
    "podwright compares quantities by value: `1024Mi` equals `1Gi`.",
    "The report shows the Pod's QoS class with and without these amounts.",
];

const STATUS: [&str; 4] = [
    "For each key, the status lists the containers by outcome, with the code of the reason. Each list names a \
     container once, in the Pod's order.",
    "podwright replaces a status that anyone else wrote. If podwright did nothing, the status has only the version.",
    "The status proves nothing, because anyone with write access to the Pod can change it. Use `podwright preview` to \
     see the expected result.",
    "podwright omits the status if it would exceed the API's limit for annotations (256 KiB).",
];

#[cfg(test)]
mod tests {
    use super::of;
    use crate::annotation::keys::KEYS;

    #[test]
    fn every_key_has_notes_of_bounded_length() {
        for key in KEYS {
            assert!(!of(key.name).is_empty(), "{}", key.name);
            for note in of(key.name) {
                assert!(note.ends_with('.') && note.len() < 500, "{}: {note}", key.name);
            }
        }
    }
}
