//! `podwright check`: podwright's health in a cluster, or with `--pre` the cluster's readiness for podwright.

mod admission;
mod api_server;
mod leftovers;
mod replicas;
mod rights;
mod webhooks;

use serde_json::Value;

use crate::cluster::ClusterReader;
use crate::inspect::finding::{Finding, Mark};
use crate::inspect::installed::{Installed, endpoints, trust};
use crate::inspect::read::Places;
use crate::inspect::state::ClusterState;

/// Findings with a heading.
#[derive(Clone, Debug)]
pub struct Group {
    /// The heading, such as `API server`.
    pub name: &'static str,
    /// The findings.
    pub findings: Vec<Finding>,
}

impl Group {
    fn new(name: &'static str, findings: Vec<Finding>) -> Self {
        Self { name, findings }
    }
}

/// Checks whether a cluster is ready for the objects of podwright's manifests. `places` names podwright's Namespace.
pub async fn ready_for(reader: &ClusterReader, objects: &[Value], places: &Places) -> Vec<Group> {
    let mut groups = vec![Group::new("API server", api_server::findings(reader).await)];
    if !answers(&groups) {
        return groups;
    }
    groups.push(Group::new("Rights", vec![rights::to_install(reader, objects).await]));
    groups.push(Group::new("Admission", admission::findings(reader, objects, places).await));
    groups.push(others(reader, &places.namespace, places).await);
    groups
}

/// Checks an installation. `certificates` has the problems of `podwright certs status`, if that could read its objects.
pub async fn healthy(
    reader: &ClusterReader,
    state: &ClusterState,
    installed: &Installed,
    certificates: Option<Vec<String>>,
) -> Vec<Group> {
    let mut groups = vec![Group::new("API server", api_server::findings(reader).await)];
    if !answers(&groups) {
        return groups;
    }
    if installed.is_absent() {
        groups.push(Group::new("Installation", vec![absent(installed)]));
        groups.push(others(reader, &installed.namespace, &installed.names.places).await);
        return groups;
    }
    groups.push(Group::new("Webhook configurations", webhooks::findings(reader, state, installed).await));
    let mut network = Vec::new();
    if let Some(entry) = state.entries.seen().and_then(|entries| entries.iter().next()) {
        network.push(endpoints(reader, installed, entry).await);
        network.extend(certificates_of((installed, certificates), trust(reader, installed, entry).await));
        groups.push(Group::new("Endpoints and certificates", network));
    }
    groups.push(Group::new("Replicas", replicas::findings(reader, state, installed).await));
    groups.push(Group::new("Rights and policies", rights::of_podwright(reader, installed).await));
    groups.push(others(reader, &installed.namespace, &installed.names.places).await);
    groups
}

/// Returns the finding about a cluster without podwright.
fn absent(installed: &Installed) -> Finding {
    let Places { namespace, webhook_configuration, .. } = &installed.names.places;
    let text = format!(
        "podwright is not installed: neither MutatingWebhookConfiguration {webhook_configuration} nor Deployment \
         {namespace}/podwright exists"
    );
    Finding::failed("installed", text, installed.reinstall())
        .detail("If your installation has other names, set --webhook-configuration and --podwright-namespace.")
        .detail("To check the cluster before an installation:")
        .detail("podwright check --pre")
}

async fn others(reader: &ClusterReader, namespace: &str, places: &Places) -> Group {
    let own = leftovers::Own { namespace, configuration: &places.webhook_configuration };
    Group::new("Other installations", vec![leftovers::finding(reader, own).await])
}

/// Returns whether the API server answers.
fn answers(groups: &[Group]) -> bool {
    let mut findings = groups.iter().flat_map(|group| &group.findings);
    findings.any(|it| it.step == api_server::REACHABLE && it.mark == Mark::Passed)
}

/// Joins the trust of the first entry with the problems of all certificates.
fn certificates_of((installed, problems): (&Installed, Option<Vec<String>>), trust: Finding) -> Vec<Finding> {
    let problems = problems.unwrap_or_default();
    let is_same = |problem: &String| trust.mark == Mark::Failed && problem.contains("caBundle");
    let others = problems.iter().filter(|problem| !is_same(problem)).cloned();
    let others: Vec<Finding> = others.map(|it| webhooks::certificate_problem(installed, it)).collect();
    [trust].into_iter().chain(others).collect()
}
