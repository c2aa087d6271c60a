//! The step from the API server to ready replicas.

use k8s_openapi::api::core::v1::{Pod, Service};
use k8s_openapi::api::discovery::v1::EndpointSlice;

use super::deployment::Installed;
use super::replicas::state_of;
use crate::cluster::ClusterReader;
use crate::inspect::finding::{Finding, Mend};
use crate::inspect::known::{Known, Unseen};
use crate::inspect::read::{list, object};
use crate::inspect::webhook::{Entry, ServicePort};

const STEP: &str = "endpoints";
const PAGE: &str = "docs/diagnose.md#endpoints";

/// Checks that the Service of an entry has ready endpoints.
pub async fn endpoints(reader: &ClusterReader, installed: &Installed, entry: &Entry) -> Finding {
    let Some(service) = &entry.service else {
        let url = entry.webhook.client_config.url.as_deref().unwrap_or_default();
        return Finding::skipped(STEP, format!("the API server calls the URL {url}, not a Service"));
    };
    let ServicePort { namespace, name, port } = service;
    let title = format!("Service {namespace}/{name}");
    let path = format!("/api/v1/namespaces/{namespace}/services/{name}");
    match object::<Service>(reader, &path, title.clone()).await {
        Known::Seen(read) if !has_port(&read, *port) => {
            let text = format!("{title} has no port {port}, which the entry {} calls", entry.name);
            return Finding::failed(STEP, text, installed.reinstall());
        }
        Known::Unseen(unseen @ Unseen::Absent(_)) => {
            return Finding::failed(STEP, unseen.to_string(), installed.reinstall());
        }
        _ => {}
    }
    let slices = format!("/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices");
    let labels = format!("kubernetes.io/service-name={name}");
    match list::<EndpointSlice>(reader, &slices, Some(&labels), format!("the EndpointSlices of {title}")).await {
        Known::Seen(slices) => match ready(&slices) {
            0 => none_ready(reader, installed, &title).await,
            ready => Finding::passed(STEP, format!("{title} has {ready} ready endpoint{}", plural(ready))),
        },
        Known::Unseen(unseen) => Finding::unknown(STEP, unseen),
    }
}

fn plural(count: usize) -> &'static str {
    if count == 1 { "" } else { "s" }
}

fn has_port(service: &Service, port: i32) -> bool {
    let ports = service.spec.iter().flat_map(|spec| spec.ports.iter().flatten());
    ports.into_iter().any(|it| it.port == port)
}

fn ready(slices: &[EndpointSlice]) -> usize {
    let endpoints = slices.iter().flat_map(|slice| slice.endpoints.iter().flatten());
    let ready = endpoints.filter(|it| it.conditions.as_ref().and_then(|conditions| conditions.ready) != Some(false));
    ready.map(|it| it.addresses.len()).sum()
}

async fn none_ready(reader: &ClusterReader, installed: &Installed, title: &str) -> Finding {
    let text = format!("{title} has no ready endpoint, so the API server cannot call podwright");
    let (namespace, name) = (&installed.namespace, installed.name());
    let deployment = match &installed.deployment {
        Known::Seen(deployment) => deployment,
        Known::Unseen(unseen @ Unseen::Absent(_)) => {
            return Finding::failed(STEP, text, installed.reinstall()).detail(unseen.to_string());
        }
        Known::Unseen(unseen) => {
            let mend = Mend::by(format!("kubectl rollout restart deployment/{name} -n {namespace}")).page(PAGE);
            return Finding::failed(STEP, text, mend).detail(unseen.to_string());
        }
    };
    if deployment.spec.replicas == Some(0) {
        return Finding::failed(STEP, text, installed.scale_up().page(PAGE))
            .detail(format!("Deployment {namespace}/{name} has 0 replicas"));
    }
    let pods = format!("/api/v1/namespaces/{namespace}/pods");
    let failed = |command: String| Finding::failed(STEP, text.clone(), Mend::by(command).page(PAGE));
    match list::<Pod>(reader, &pods, Some(&installed.selector()), format!("Pods in Namespace {namespace}")).await {
        Known::Seen(pods) if pods.is_empty() => {
            failed(format!("kubectl describe replicasets -n {namespace} -l {}", installed.selector()))
                .detail(format!("Deployment {namespace}/{name} has no Pods"))
        }
        Known::Seen(pods) => {
            let failed = failed(format!("kubectl describe pods -n {namespace} -l {}", installed.selector()));
            pods.iter().fold(failed, |failed, pod| failed.detail(state_of(pod)))
        }
        Known::Unseen(unseen) => {
            failed(format!("kubectl rollout restart deployment/{name} -n {namespace}")).detail(unseen.to_string())
        }
    }
}
