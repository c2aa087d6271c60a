//! Rights: those of the user who installs podwright, and those of podwright's ServiceAccount.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use super::leftovers::account_of;
use crate::cluster::{Answer, ClusterReader};
use crate::inspect::finding::{Finding, Mark, Mend};
use crate::inspect::installed::Installed;
use crate::inspect::known::{Known, Unseen};
use crate::inspect::read::object;

const SELF: &str = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
const OTHERS: &str = "/apis/authorization.k8s.io/v1/subjectaccessreviews";
const PAGE: &str = "docs/install.md#requirements";

#[derive(Deserialize)]
struct Review {
    status: ReviewStatus,
}

#[derive(Deserialize)]
struct ReviewStatus {
    #[serde(default)]
    allowed: bool,
}

/// Checks that the user may create and change every object of the manifests.
pub(super) async fn to_install(reader: &ClusterReader, objects: &[Value]) -> Finding {
    const STEP: &str = "may-install";
    let mut missing: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for (resource, group, namespace) in resources(objects) {
        for verb in ["create", "patch"] {
            let attributes = json!({"verb": verb, "group": group, "resource": resource, "namespace": namespace});
            let review = json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
                "spec": {"resourceAttributes": attributes}});
            match allowed(reader, SELF, &review).await {
                Ok(true) => {}
                Ok(false) => missing.entry(named(&resource, &group)).or_default().push(verb),
                Err(why) => return Finding::unknown(STEP, format!("cannot check your rights: {why}")),
            }
        }
    }
    if missing.is_empty() {
        return Finding::passed(
            STEP,
            format!("you may create and change all {} objects of the manifests", objects.len()),
        );
    }
    let lines = missing.iter().map(|(resource, verbs)| format!("{} {resource}", verbs.join(", ")));
    let mend = Mend::told("Install as a user with the ClusterRole cluster-admin.").page(PAGE);
    lines.fold(Finding::failed(STEP, "you lack rights that the installation needs", mend), Finding::detail)
}

/// Returns the kinds of the objects: resource, group and namespace, each once.
fn resources(objects: &[Value]) -> Vec<(String, String, String)> {
    let text = |object: &Value, path: [&str; 2]| {
        let found = path.iter().filter(|step| !step.is_empty()).try_fold(object, |value, step| value.get(*step));
        found.and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    let mut all: Vec<(String, String, String)> = objects
        .iter()
        .map(|object| {
            let group = text(object, ["apiVersion", ""]);
            let group = group.split_once('/').map_or("", |(group, _)| group).to_owned();
            (plural(&text(object, ["kind", ""])), group, text(object, ["metadata", "namespace"]))
        })
        .collect();
    all.sort();
    all.dedup();
    all
}

/// Returns the name in paths of a kind of the manifests.
pub(super) fn plural(kind: &str) -> String {
    let kind = kind.to_lowercase();
    match kind.strip_suffix('y') {
        Some(stem) => format!("{stem}ies"),
        None => format!("{kind}s"),
    }
}

fn named(resource: &str, group: &str) -> String {
    if group.is_empty() { resource.to_owned() } else { format!("{resource}.{group}") }
}

/// Sends an access review; an error says why nobody told.
async fn allowed(reader: &ClusterReader, path: &str, review: &Value) -> Result<bool, String> {
    match reader.ask(path, review).await {
        Ok(Answer::Accepted(json)) => {
            let review: Review = serde_json::from_str(&json).map_err(|error| error.to_string())?;
            Ok(review.status.allowed)
        }
        Ok(answer) if answer.is_forbidden() => Err("not allowed to create SubjectAccessReviews".to_owned()),
        Ok(Answer::Rejected { message, .. }) => Err(message),
        Err(failure) => Err(failure.to_string()),
    }
}

/// Checks podwright's own rights, and the policy that limits them.
pub(super) async fn of_podwright(reader: &ClusterReader, installed: &Installed) -> Vec<Finding> {
    if installed.is_outside() {
        return vec![Finding::skipped("rights", "podwright runs outside of the cluster, with its own certificate")];
    }
    let (has_rights, writes_events) = (installed.manages_certificates(), installed.writes_events());
    let mut findings = match has_rights {
        true => vec![rights(reader, installed).await],
        false => {
            let text = "podwright reads its certificate from files, which needs no rights";
            vec![Finding::skipped("rights", text)]
        }
    };
    if writes_events {
        findings.push(events(reader, installed).await);
    }
    if has_rights || writes_events {
        findings.push(policy(reader, installed).await);
    }
    findings
}

/// Returns the name of podwright's ServiceAccount.
fn account(installed: &Installed) -> &str {
    let spec = installed.deployment.seen().and_then(|it| it.spec.template.spec.as_ref());
    spec.and_then(|spec| spec.service_account_name.as_deref()).unwrap_or("podwright")
}

/// Returns the name of podwright's ServiceAccount as a user.
fn user(installed: &Installed) -> String {
    format!("system:serviceaccount:{}:{}", installed.namespace, account(installed))
}

/// Sends an access review about podwright's ServiceAccount.
async fn may(reader: &ClusterReader, user: &str, attributes: Value) -> Result<bool, String> {
    let review = json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview",
        "spec": {"user": user, "resourceAttributes": attributes}});
    allowed(reader, OTHERS, &review).await
}

async fn events(reader: &ClusterReader, installed: &Installed) -> Finding {
    const STEP: &str = "events";
    let user = user(installed);
    let mut missing = Vec::new();
    for verb in ["create", "patch"] {
        match may(reader, &user, json!({"verb": verb, "group": "events.k8s.io", "resource": "events"})).await {
            Ok(true) => {}
            Ok(false) => missing.push(verb),
            Err(why) => return Finding::unknown(STEP, format!("cannot check the rights of {user}: {why}")),
        }
    }
    if missing.is_empty() {
        return Finding::passed(STEP, format!("{user} may write events in all Namespaces"));
    }
    let text = format!(
        "--events needs a right that {user} lacks: {} events.events.k8s.io in all Namespaces",
        missing.join(" and ")
    );
    let remedy = "Apply the component `events`, or set the chart's value events.enabled=true.";
    Finding::warning(STEP, text).mend(Mend::told(remedy).page("docs/operate.md#events"))
}

async fn rights(reader: &ClusterReader, installed: &Installed) -> Finding {
    const STEP: &str = "rights";
    let (namespace, names, user) = (installed.namespace.as_str(), &installed.names, user(installed));
    let configuration = names.places.webhook_configuration.as_str();
    let admission = "admissionregistration.k8s.io";
    let objects = [
        ("", "secrets", namespace, names.tls_secret.as_str()),
        (admission, "mutatingwebhookconfigurations", "", configuration),
        (admission, "validatingwebhookconfigurations", "", configuration),
    ];
    let mut missing = Vec::new();
    for (group, resource, namespace, name) in objects {
        for verb in ["get", "watch", "patch"] {
            let attributes =
                json!({"verb": verb, "group": group, "resource": resource, "namespace": namespace, "name": name});
            match may(reader, &user, attributes).await {
                Ok(true) => {}
                Ok(false) => missing.push(format!("{verb} {resource}/{name}")),
                Err(why) => return Finding::unknown(STEP, format!("cannot check the rights of {user}: {why}")),
            }
        }
    }
    match missing.is_empty() {
        true => Finding::passed(STEP, format!("{user} may renew its certificate and update its caBundles")),
        false => {
            let text = format!("{user} may not: {}", missing.join(", "));
            Finding::failed(STEP, text, installed.reinstall().page("docs/certificates.md"))
        }
    }
}

/// Checks the policy that limits podwright to its own fields.
async fn policy(reader: &ClusterReader, installed: &Installed) -> Finding {
    const STEP: &str = "policy";
    let base = "/apis/admissionregistration.k8s.io/v1";
    for (resource, kind) in [
        ("validatingadmissionpolicies", "ValidatingAdmissionPolicy podwright"),
        ("validatingadmissionpolicybindings", "ValidatingAdmissionPolicyBinding podwright"),
    ] {
        match object::<Value>(reader, &format!("{base}/{resource}/podwright"), kind).await {
            Known::Seen(policy) => {
                let wanted = (installed.namespace.clone(), account(installed).to_owned());
                if let Some((namespace, name)) = account_of(&policy).filter(|it| *it != wanted) {
                    let text = format!(
                        "{kind} limits the ServiceAccount {namespace}/{name}, so RBAC alone limits {}/{}",
                        wanted.0, wanted.1
                    );
                    return Finding::failed(STEP, text, installed.reinstall());
                }
            }
            Known::Unseen(unseen @ Unseen::Absent(_)) => {
                return Finding::warning(STEP, format!("{unseen}, so RBAC alone limits podwright's writes")).mend(
                    Mend::told("Apply the manifests again if you did not leave it out on purpose.").page("SECURITY.md"),
                );
            }
            Known::Unseen(unseen) => return Finding::new(STEP, Mark::Unknown, unseen.to_string()),
        }
    }
    Finding::passed(STEP, "a ValidatingAdmissionPolicy limits podwright to its own fields")
}

#[cfg(test)]
mod tests {
    use super::plural;

    #[test]
    fn kinds_have_their_names_in_paths() {
        for (kind, name) in [
            ("NetworkPolicy", "networkpolicies"),
            ("ValidatingAdmissionPolicy", "validatingadmissionpolicies"),
            ("Secret", "secrets"),
            ("PodDisruptionBudget", "poddisruptionbudgets"),
        ] {
            assert_eq!(plural(kind), name);
        }
    }
}
