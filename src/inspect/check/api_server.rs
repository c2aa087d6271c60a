//! The API server: its version, and the APIs that podwright's manifests use.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::APIResourceList;
use k8s_openapi::apimachinery::pkg::version::Info;

use crate::cluster::{ClusterReader, KubernetesVersion};
use crate::inspect::finding::{Finding, Mend};
use crate::inspect::known::Known;
use crate::inspect::read::object;

/// The first step: without an answer, no other one has a meaning.
pub(super) const REACHABLE: &str = "reachable";
const PAGE: &str = "docs/install.md";
/// The oldest version with match conditions and ValidatingAdmissionPolicies.
const OLDEST: KubernetesVersion = KubernetesVersion { major: 1, minor: 30 };
/// The APIs and their resources.
const APIS: [(&str, &[&str]); 3] = [
    (
        "/apis/admissionregistration.k8s.io/v1",
        &["mutatingwebhookconfigurations", "validatingwebhookconfigurations", "validatingadmissionpolicies"],
    ),
    ("/apis/policy/v1", &["poddisruptionbudgets"]),
    ("/apis/networking.k8s.io/v1", &["networkpolicies"]),
];

/// Checks the API server.
pub(super) async fn findings(reader: &ClusterReader) -> Vec<Finding> {
    let info: Info = match object(reader, "/version", "the API server's version").await {
        Known::Seen(info) => info,
        Known::Unseen(unseen) => return vec![Finding::unknown(REACHABLE, unseen)],
    };
    let reachable = Finding::passed(REACHABLE, format!("the API server answers: {}", info.git_version));
    vec![reachable, version(&info), apis(reader).await]
}

fn version(info: &Info) -> Finding {
    const STEP: &str = "kubernetes-version";
    match KubernetesVersion::parse(&info.major, &info.minor) {
        Some(version) if version >= OLDEST => Finding::passed(
            STEP,
            format!("Kubernetes {}.{} is supported (1.30 or later)", version.major, version.minor),
        ),
        Some(version) => {
            let text = format!("Kubernetes {}.{} is too old: expected 1.30 or later", version.major, version.minor);
            Finding::failed(STEP, text, Mend::told("Upgrade the cluster.").page(PAGE))
        }
        None => Finding::unknown(STEP, format!("the version {:?}.{:?} is not a number", info.major, info.minor)),
    }
}

async fn apis(reader: &ClusterReader) -> Finding {
    const STEP: &str = "apis";
    let mut missing = Vec::new();
    for (path, resources) in APIS {
        match object::<APIResourceList>(reader, path, format!("the API {path}")).await {
            Known::Seen(list) => {
                let is_there = |name: &&str| list.resources.iter().any(|it| it.name == *name);
                missing.extend(resources.iter().filter(|name| !is_there(name)).map(|name| format!("{name} in {path}")));
            }
            Known::Unseen(unseen) => missing.push(unseen.to_string()),
        }
    }
    match missing.is_empty() {
        true => Finding::passed(STEP, "the API server has every API of podwright's manifests"),
        false => {
            let text = format!("the API server lacks {}", missing.join(", "));
            Finding::failed(
                STEP,
                text,
                Mend::told("Enable these APIs (--runtime-config of kube-apiserver).").page(PAGE),
            )
        }
    }
}
