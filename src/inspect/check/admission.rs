//! The admission of podwright's objects: a dry run of each, other webhooks, and policies that may refuse Pods.

use k8s_openapi::api::admissionregistration::v1::{
    MutatingWebhookConfiguration, RuleWithOperations, ValidatingWebhookConfiguration,
};
use serde_json::Value;

use super::rights::plural;
use crate::cluster::{Answer, ClusterReader};
use crate::inspect::command::{install_command, quoted};
use crate::inspect::finding::{Finding, Mend};
use crate::inspect::known::Known;
use crate::inspect::read::{Places, list};
use crate::inspect::webhook::is_for_new_pods;
use crate::text::within;

const BASE: &str = "/apis/admissionregistration.k8s.io/v1";
/// The most characters of an API server's message.
const MESSAGE: usize = 400;
/// The starts of names of webhook configurations that enforce policies.
const POLICY_ENGINES: [&str; 4] = ["kyverno-", "gatekeeper-", "kubewarden-", "policy."];

/// Checks the admission of the objects, and other webhooks for Pods.
pub(super) async fn findings(reader: &ClusterReader, objects: &[Value], places: &Places) -> Vec<Finding> {
    let [installed, order] = order(reader, &places.webhook_configuration).await;
    vec![installed, dry_runs(reader, objects, places).await, order, policies(reader, places).await]
}

/// Creates each object as a dry run. Objects in a Namespace that does not exist cannot be checked.
async fn dry_runs(reader: &ClusterReader, objects: &[Value], places: &Places) -> Finding {
    const STEP: &str = "dry-run";
    let (mut refused, mut checked, mut forbidden) = (Vec::new(), 0, 0);
    for object in objects {
        match reader.dry_run(&path(object), object).await {
            Ok(Answer::Accepted(_)) => checked += 1,
            Ok(Answer::Rejected { code: 409, .. }) => checked += 1,
            Ok(Answer::Rejected { code: 404, .. }) => {}
            Ok(answer) if answer.is_forbidden() => forbidden += 1,
            Ok(Answer::Rejected { message, .. }) => {
                refused.push(format!("{}: {}", title(object), within(&message, MESSAGE)))
            }
            Err(failure) => refused.push(format!("{}: {failure}", title(object))),
        }
    }
    let told = format!("a dry run of {checked} of {} objects", objects.len());
    match (refused.is_empty(), checked, forbidden) {
        (false, ..) => {
            let mend = Mend::told("Change the policy that the message names, or make an exception for podwright.");
            let failed =
                Finding::failed(STEP, "the API server refuses objects of the manifests", mend.page("docs/install.md"));
            refused.into_iter().fold(failed, Finding::detail)
        }
        (true, 0, 1..) => Finding::unknown(STEP, "not allowed to create the objects, so admission cannot be checked"),
        _ if checked == objects.len() => Finding::passed(STEP, format!("{told} passes admission")),
        _ => Finding::passed(STEP, format!("{told} passes admission"))
            .detail("To check the other objects too, create their Namespace:")
            .detail(format!("kubectl create namespace {}", quoted(&places.namespace))),
    }
}

fn text<'o>(object: &'o Value, steps: &[&str]) -> &'o str {
    steps.iter().try_fold(object, |value, step| value.get(*step)).and_then(Value::as_str).unwrap_or_default()
}

fn title(object: &Value) -> String {
    format!("{} {}", text(object, &["kind"]), text(object, &["metadata", "name"]))
}

/// Returns the path of the object's collection.
fn path(object: &Value) -> String {
    let (version, namespace) = (text(object, &["apiVersion"]), text(object, &["metadata", "namespace"]));
    let api = if version.contains('/') { format!("/apis/{version}") } else { format!("/api/{version}") };
    let resource = plural(text(object, &["kind"]));
    if namespace.is_empty() { format!("{api}/{resource}") } else { format!("{api}/namespaces/{namespace}/{resource}") }
}

/// Finds an existing installation, and the other webhooks that change Pods, by the order of their calls.
async fn order(reader: &ClusterReader, configuration: &str) -> [Finding; 2] {
    const INSTALLED: &str = "installed";
    const ORDER: &str = "other-webhooks";
    let path = format!("{BASE}/mutatingwebhookconfigurations");
    let title = "the MutatingWebhookConfigurations";
    let all: Vec<MutatingWebhookConfiguration> = match list(reader, &path, None, title).await {
        Known::Seen(all) => all,
        Known::Unseen(unseen) => return [INSTALLED, ORDER].map(|step| Finding::unknown(step, &unseen)),
    };
    let changes_pods = |it: &&MutatingWebhookConfiguration| {
        let rules = it.webhooks.iter().flatten().flat_map(|webhook| webhook.rules.iter().flatten());
        rules.into_iter().any(is_for_new_pods)
    };
    let names: Vec<String> = all.iter().filter(changes_pods).filter_map(|it| it.metadata.name.clone()).collect();
    let policies = mutating_policies(reader).await;
    let installed = match names.iter().any(|name| name == configuration) {
        true => Finding::skipped(
            INSTALLED,
            "podwright is installed already; to see its health, run `podwright check` without --pre",
        ),
        false => Finding::passed(INSTALLED, format!("no other installation has the name {configuration}")),
    };
    let (mut before, after): (Vec<&String>, Vec<&String>) =
        names.iter().filter(|name| *name != configuration).partition(|name| name.as_str() < configuration);
    // API servers call all policies before all webhooks.
    before.extend(&policies);
    let joined = |names: &[&String]| names.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(", ");
    let mut order = match before.is_empty() {
        true => Finding::passed(ORDER, "podwright is called before every other webhook for Pods"),
        false => Finding::warning(ORDER, format!("called before podwright: {}", joined(&before)))
            .detail("Their changes count as the author's. podwright keeps their values."),
    };
    if !after.is_empty() {
        order = order.detail(format!(
            "Called after podwright: {}. If they change a Pod, podwright is called again (reinvocationPolicy: IfNeeded).",
            joined(&after)
        ));
    }
    [installed, order]
}

/// Returns the names of the MutatingAdmissionPolicies for Pods. Older API servers have none.
async fn mutating_policies(reader: &ClusterReader) -> Vec<String> {
    let path = format!("{BASE}/mutatingadmissionpolicies");
    let Known::Seen(all) = list::<Value>(reader, &path, None, "the MutatingAdmissionPolicies").await else {
        return Vec::new();
    };
    let changes_pods = |it: &&Value| {
        let rules = it.get("spec").and_then(|spec| spec.get("matchConstraints")?.get("resourceRules")?.as_array());
        let rules = rules.into_iter().flatten().filter_map(|rule| serde_json::from_value(rule.clone()).ok());
        rules.into_iter().any(|rule: RuleWithOperations| is_for_new_pods(&rule))
    };
    let named = all
        .iter()
        .filter(changes_pods)
        .map(|it| format!("MutatingAdmissionPolicy {}", text(it, &["metadata", "name"])));
    named.collect()
}

/// Finds policies that may refuse podwright's Pods. Only their owner can tell if they do.
async fn policies(reader: &ClusterReader, places: &Places) -> Finding {
    const STEP: &str = "policies";
    let webhooks =
        list(reader, &format!("{BASE}/validatingwebhookconfigurations"), None, "the policies of webhooks").await;
    let policies =
        list(reader, &format!("{BASE}/validatingadmissionpolicies"), None, "the ValidatingAdmissionPolicies").await;
    let (webhooks, policies): (Vec<ValidatingWebhookConfiguration>, Vec<Value>) = match (webhooks, policies) {
        (Known::Seen(webhooks), Known::Seen(policies)) => (webhooks, policies),
        (Known::Unseen(unseen), _) | (_, Known::Unseen(unseen)) => return Finding::unknown(STEP, unseen),
    };
    let refuses_pods = |it: &ValidatingWebhookConfiguration| {
        let rules = it.webhooks.iter().flatten().flat_map(|webhook| webhook.rules.iter().flatten());
        rules.into_iter().any(is_for_new_pods)
    };
    let is_engine = |name: &str| POLICY_ENGINES.iter().any(|start| name.starts_with(start));
    let engines = webhooks.into_iter().filter_map(|it| {
        let refuses = refuses_pods(&it);
        it.metadata.name.filter(|name| refuses || is_engine(name))
    });
    let own = |name: &&str| !name.is_empty() && *name != "podwright";
    let policies = policies.iter().map(|it| text(it, &["metadata", "name"])).filter(own).map(str::to_owned);
    let all: Vec<String> = engines.chain(policies).collect();
    match all.is_empty() {
        true => Finding::passed(STEP, "found no policy that may refuse podwright's Pods"),
        false => Finding::warning(STEP, format!("these may refuse podwright's Pods: {}", all.join(", ")))
            .detail(
                "podwright's Pods meet the Pod Security Standard restricted. Other rules may concern images or labels.",
            )
            .mend(
                Mend::by(format!("{} | kubectl apply --dry-run=server -f -", install_command(&places.namespace)))
                    .text("After you create the Namespace, this dry run shows refusals:"),
            ),
    }
}
