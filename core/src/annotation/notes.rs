//! The rules of each key beyond its row in the table: for `podwright explain` and docs/annotations.md.

/// Rules and examples, a sentence or a few each, in the order in which they are to be read.
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

/// Rules that hold for every feature's key.
pub const COMMON: [&str; 5] = [
    "The field in the Pod comes first, then the container's annotation, then the Pod's, then the profile. A field that the \
     author set is kept, always; where an annotation asked otherwise, a warning says so.",
    "`true` takes the profile's value, `false` turns the feature off. A feature's own key turns that feature on, without \
     `inject`.",
    "For one container: `CONTAINER.podwright.dev/KEY`. It wins over the Pod's key and over `podwright.dev/containers`.",
    "A value that cannot be understood denies the Pod, with everything that is wrong in one message, unless the \
     configuration says `onInvalidAnnotation: Warn`.",
    "A key that is not known is a warning; one that resembles a known key denies the Pod, with what was most likely meant.",
];

const INJECT: [&str; 3] = [
    "A Namespace with the label `podwright.dev/inject: enabled` treats each of its Pods as `inject: \"true\"` unless the Pod \
     says \"false\"; with `disabled`, podwright leaves the Namespace alone, annotations included. `\"true\"` means `enabled` \
     there, `\"false\"` means `disabled`.",
    "`CONTAINER.podwright.dev/inject: \"false\"` leaves that container out of everything.",
    "The mirrors of static Pods are never touched, and debugging copies that lose the annotation are left alone.",
];

const PROFILE: [&str; 2] = [
    "Built in are `default` and `web`; `podwright config show` prints them. A configuration file replaces and adds profiles.",
    "A Namespace with the label `podwright.dev/profile: web` gives each of its Pods the profile `web`, unless the Pod names \
     another one. The webhook configuration needs an entry for each such profile: the manifests have `default` and `web`; \
     `podwright install --namespace-profile` and the chart's `namespaceProfiles` add others.",
];

const CONTAINERS: [&str; 2] = [
    "A name that no container has is a warning: another webhook may add that container later, and then its turn comes.",
    "Containers that the configuration excludes (`excludeContainers`: the proxies of Istio and Linkerd) are reached by a key \
     of their own alone.",
];

const DOWNWARD_ENV: [&str; 10] = [
    "Well-known names: `POD_NAME`, `POD_NAMESPACE`, `POD_UID`, `POD_IP`, `POD_IPS`, `HOST_IP`, `HOST_IPS`, `NODE_NAME`, \
     `K8S_NODE_NAME` (the same, for images with a `NODE_NAME` of their own), `SERVICE_ACCOUNT`, `CONTAINER_NAME`, `CONTAINER_IMAGE`, \
     `CPU_REQUEST`, `CPU_LIMIT`, `MEMORY_REQUEST`, `MEMORY_LIMIT`, \
     `ZONE` and `REGION` (labels of the node, which the API server copies to the Pod from 1.35 on).",
    "`NAME=FIELD`: `metadata.name`, `metadata.namespace`, `metadata.uid`, `metadata.labels['KEY']`, \
     `metadata.annotations['KEY']`, `spec.nodeName`, `spec.serviceAccountName`, `status.hostIP`, `status.hostIPs`, \
     `status.podIP`, `status.podIPs`.",
    "`NAME=requests.RESOURCE` and `NAME=limits.RESOURCE` of `cpu`, `memory` and `ephemeral-storage`, with a unit where one is \
     wanted: `MEMORY_MIB=limits.memory/1Mi`. Without a limit, the kubelet gives all that the node can allocate; the report \
     says so.",
    "`GOMEMLIMIT=limits.memory*90%` is a share of what is known at admission, as a literal. What podwright adds in the same \
     pass counts. It takes a unit, too, behind the share: `limits.memory*75%/1Mi`. A webhook that changes the limit later makes \
     it stale, as VPA's does.",
    "`NAME=container.name`, `container.image`, `container.port` (the first) and `container.port['http']`, as literals: the \
     Downward API does not give them. A webhook that changes the image later makes that one stale.",
    "What is injected stands before the author's own variables, so that `$(POD_IP)` in those expands.",
    "A name that the container has is left alone. A variable of the same name that comes from `envFrom` cannot be seen at \
     admission, and is overridden; the report and the status note it (`EnvFromOverridden`).",
    "Names are of letters, digits, `-`, `.` and `_`, and do not begin with a digit. A name twice in one list is an error.",
    "A profile adds no variable of `status` (`POD_IP`, `HOST_IP`) where the Pod may run on a virtual node.",
    "In app containers, native sidecars and init containers alike.",
];

const DOWNWARD_VOLUME: [&str; 6] = [
    "The volume is called `downward-api-pod-info` and holds the files `labels` and `annotations`.",
    "The path is compared cleaned: `/etc/podinfo/` is `/etc/podinfo`. `/`, `/dev`, `/dev/shm`, and `/proc`, `/sys` and \
     the files that the kubelet mounts (`/etc/hosts` and the like) with all that is below them, are errors.",
    "A container is skipped, with a warning, where something is mounted at the path or below it, where the path lies in a \
     read-only mount, or where its own `terminationMessagePath` lies there; all are, where the Pod has another volume of that name.",
    "A path with a drive (`C:\\podinfo`) is for Pods for Windows, and is skipped with a warning in others. `/etc/podinfo` is \
     `C:\\etc\\podinfo` on Windows.",
    "A profile adds no volume where the Pod may run on a virtual node.",
    "In app containers, native sidecars and init containers alike.",
];

const MESSAGE_PATH: [&str; 4] = [
    "The API server takes any path, and a container with one that cannot be made does not start. So the path is absolute and \
     clean (no `//`, no `..`, no `/` at its end), and neither `/`, `/dev` nor anything in `/proc` and `/sys`.",
    "A container is skipped, with a warning, where something is mounted at the path or below it, or where the path lies in a \
     read-only mount; what a ConfigMap, Secret, downwardAPI or projected volume gives is read-only.",
    "The API server writes `/dev/termination-log` where nothing is set. podwright replaces that default, unless `kubectl apply` or \
     server-side apply shows that the manifest has it. `false` always keeps it.",
    "A path with a drive (`C:\\last-word`) is for Pods for Windows, and is skipped with a warning in others.",
];

const MESSAGE_POLICY: [&str; 1] = [
    "The API server writes `File` where nothing is set. podwright replaces that default, unless `kubectl apply` or server-side \
     apply shows that the manifest has it. `false` always keeps it.",
];

const PROBES: [&str; 14] = [
    "Words, as a POSIX shell splits them; the first is the handler, the others are options: `http:3000/ready delay=15s \
     period=6s`, `https:web/healthz`, `http:/healthz`, `http`, `tcp:5432 failure=5`, `tcp`, `grpc:9090/my.Service`, \
     `exec:'pg_isready -U app' timeout=2s`.",
    "Or a whole Probe, as JSON or as YAML of several lines: `{\"httpGet\": {\"path\": \"/ready\", \"port\": 8080}, \"periodSeconds\": 5}`.",
    "Options: `delay`, `period`, `timeout`, `success`, `failure`, `grace`, and for http and https `header=Name:value`. Whole \
     seconds. Zero is for `delay` alone: the API server turns other zeros into its defaults without a word. `success` other \
     than 1 is for readiness alone, `grace` for the other two.",
    "`exec:'...'` is split again and run without a shell: `exec:'sh -c \"test -f /tmp/ready\"'` runs one.",
    "In a Pod for Windows (`spec.os.name: windows`, or the node selector `kubernetes.io/os: windows`), a backslash in `exec:` \
     stands for itself, except before a double quote: `exec:'powershell.exe -File C:\\probes\\alive.ps1'`. Elsewhere it is \
     a POSIX shell's.",
    "If an annotation names no port, podwright takes the container's TCP port with the handler's name: `http`, `https` or \
     `grpc`. Else it takes the first TCP port whose name does not mean another protocol (`https-metrics`, `redis`). A container \
     without such a port is skipped with a warning. If some containers of a Pod have a port with the handler's name, only they \
     get the probe.",
    "A port by name must be declared by the container: the API server does not check that, and the Pod would never be ready.",
    "`host` is an error, in a whole Probe too: PodSecurity refuses probes with one.",
    "A probe for the Pod or of a profile that names its port is for the containers that declare it; where none does, and for \
     `exec`, it is for the main container alone: the one that `kubectl.kubernetes.io/default-container` names, else the first.",
    "Never in init containers that run to their end. A profile's probes leave out containers that are expected to end (Jobs).",
    "If a profile names no port, podwright guesses one, but only where that cannot stop a healthy Pod. A guessed liveness or \
     startup probe needs a port with a fitting name and an annotation on the Pod itself. The report names each guess; \
     docs/profiles.md has the rules.",
    "A startup probe for the Pod or from a profile is not added to native sidecars, because the application waits for them. Use \
     `CONTAINER.podwright.dev/startup-probe` for a sidecar that needs nothing of the application.",
    "A `grace` that is not above the container's preStop sleep is a warning.",
    "A readiness that needs what is only there once the Pod is ready (a StatefulSet's own DNS name, without \
     `publishNotReadyAddresses`) never succeeds, and a port that is bound to loopback alone is not reached: turn it off there.",
];

const PRE_STOP_SLEEP: [&str; 6] = [
    "The API's own `sleep`, so that images without a shell can do it; the configuration's `preStopAction: Exec` runs the \
     command `sleep` instead, for servers before 1.30.",
    "The grace period of a Pod that left the default becomes 30 seconds and the longest sleep on top (sleeps overlap), so that \
     the application keeps the time it had. An author's own period is kept.",
    "A sleep that would not leave a second of the grace period is skipped, with a warning where an annotation asked for it: \
     a Pod with `terminationGracePeriodSeconds: 5` takes no sleep of 5 seconds.",
    "A preStop hook that is there is kept; a postStart hook stays beside ours.",
    "Never in init containers that run to their end. A profile's sleep leaves out containers that are expected to end, and \
     native sidecars in Jobs, whose end it would delay.",
    "In a Pod of another controller than Kubernetes' own, a profile's sleep keeps within the period that the Pod \
     has. An annotation's sleep extends it.",
];

const GRACE_PERIOD: [&str; 3] = [
    "The API server writes 30 where nothing is set. podwright replaces that default, unless `kubectl apply` or server-side apply \
     shows that the manifest has it. `false` always keeps it.",
    "A period below a sleep in a preStop or postStart that is there is skipped, with a warning: the API server refuses it.",
    "The report notes a period that is longer than the notice of a spot node: 120 seconds on AWS, 30 on Azure, 15 on GKE.",
];

const AMOUNTS: [&str; 10] = [
    "Of `cpu`, `memory` and `ephemeral-storage`. Negative amounts and fractions of bytes are errors (`128m` of memory is an \
     eighth of a byte; `128Mi` is meant), and so is cpu finer than `1m`.",
    "podwright warns of memory below `4Mi` and of 100 cores or more, and names a likely amount: `memory=128` is 128 bytes.",
    "Entry by entry: the container's over the Pod's over the profile's, also where only this key turned the feature on. \
     `requests: cpu=200m` has the profile's memory beside it.",
    "The API server copies a limit to the request where there is none, before podwright is called and after it. So a request \
     that equals its limit counts as set, and a lone limit of ours becomes the request too.",
    "A request above an existing limit becomes that limit; a limit below an existing request is left out; each with a warning. \
     Between our own levels the more specific one wins, and the other is fitted; on one level it is an error.",
    "What a LimitRange of the namespace sets comes before podwright and is kept.",
    "A Pod with resources of its own (`spec.resources`) is skipped: its containers share those.",
    "A profile's amounts leave out a DaemonSet's Pods: autoscalers plan nodes by the DaemonSet's own template.",
    "Quantities are compared by value: `1024Mi` is `1Gi`.",
    "The report has the Pod's QoS class, with these amounts and without them.",
];

const STATUS: [&str; 4] = [
    "For each key, the containers in which it is in force, kept, adjusted, skipped or noted, with the reason's code. Each list \
     names a container once, in the Pod's order.",
    "podwright replaces a status that somebody else wrote. If podwright did nothing, the new one has only the version.",
    "It proves nothing: everybody who may change a Pod can write it later. `podwright preview` shows what the Pod should have.",
    "Left out where it would break the API's limit on annotations (256 KiB).",
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
