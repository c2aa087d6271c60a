//! Other installations of podwright: live ones, and objects that a deleted one left behind. Only cluster-scoped
//! objects count, because Kubernetes deletes the other objects with their Namespace.

use std::collections::BTreeSet;

use k8s_openapi::api::admissionregistration::v1::WebhookClientConfig;
use k8s_openapi::api::admissionregistration::v1::{MutatingWebhookConfiguration, ValidatingWebhookConfiguration};
use k8s_openapi::api::rbac::v1::{ClusterRole, ClusterRoleBinding};
use serde_json::Value;

use crate::cluster::ClusterReader;
use crate::inspect::command::quoted;
use crate::inspect::finding::{Finding, Mend};
use crate::inspect::known::{Known, Unseen};
use crate::inspect::read::{list, object};

const STEP: &str = "other-installations";
const ADMISSION: &str = "/apis/admissionregistration.k8s.io/v1";
const RBAC: &str = "/apis/rbac.authorization.k8s.io/v1";
/// The label of podwright's objects.
const LABEL: &str = "app.kubernetes.io/name=podwright";
/// The start of a ServiceAccount's user name.
const ACCOUNT: &str = "system:serviceaccount:";

/// The installation that is checked.
#[derive(Clone, Copy)]
pub(super) struct Own<'o> {
    pub(super) namespace: &'o str,
    pub(super) configuration: &'o str,
}

/// An object of another installation.
struct Other {
    /// Resource and name, as kubectl accepts them.
    name: String,
    /// The namespaced object that it needs.
    needs: Option<Needed>,
}

/// An object in a Namespace.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Needed {
    /// The kind and its name in paths.
    kind: (&'static str, &'static str),
    namespace: String,
    name: String,
}

/// Finds other installations.
pub(super) async fn finding(reader: &ClusterReader, own: Own<'_>) -> Finding {
    let others = match others(reader, own).await {
        Ok(others) => others,
        Err(unseen) => return Finding::unknown(STEP, unseen),
    };
    let (mut live, mut left) = (Vec::new(), Vec::new());
    for other in others {
        let Some(needed) = &other.needs else {
            live.push(other.name);
            continue;
        };
        match object::<Value>(reader, &needed.path(), needed.title()).await {
            Known::Unseen(Unseen::Absent(_)) => left.push((other.name, needed.title())),
            Known::Seen(_) => live.push(other.name),
            Known::Unseen(unseen) => return Finding::unknown(STEP, unseen),
        }
    }
    reported(&live, &left)
}

fn reported(live: &[String], left: &[(String, String)]) -> Finding {
    if !left.is_empty() {
        let names: Vec<String> = left.iter().map(|(name, _)| quoted(name)).collect();
        let mend = Mend::by(format!("kubectl delete {}", names.join(" ")))
            .text("If nobody is installing podwright there now, delete these objects:")
            .page("docs/install.md#uninstall");
        let failed = Finding::failed(STEP, "another installation left objects behind", mend);
        return left
            .iter()
            .fold(failed, |it, (name, needs)| it.detail(format!("{name} needs {needs}, which does not exist")));
    }
    match live.is_empty() {
        true => Finding::passed(STEP, "no other installation has objects in the cluster"),
        false => {
            let text = format!("another installation has objects in the cluster: {}", live.join(", "));
            Finding::warning(STEP, text).detail("Two installations both inject each Pod. Keep one.")
        }
    }
}

/// Returns the objects of other installations, in the order of their deletion.
async fn others(reader: &ClusterReader, own: Own<'_>) -> Result<Vec<Other>, Unseen> {
    let mut others = configurations(reader, own).await?;
    others.extend(roles_and_bindings(reader, own).await?);
    let policies: Vec<Value> = read(reader, ADMISSION, "validatingadmissionpolicies", Some(LABEL)).await?;
    for policy in policies {
        let Some((namespace, account)) = account_of(&policy).filter(|(namespace, _)| namespace != own.namespace) else {
            continue;
        };
        let name = policy.get("metadata").and_then(|metadata| metadata.get("name")?.as_str()).map(str::to_owned);
        others.push(Other::new("validatingadmissionpolicy", name, Some(Needed::account(&namespace, &account))));
    }
    Ok(others)
}

/// Returns the bindings of other installations, and the roles that only these have. A role without podwright's label, such
/// as `view`, belongs to somebody else.
async fn roles_and_bindings(reader: &ClusterReader, own: Own<'_>) -> Result<Vec<Other>, Unseen> {
    let bindings: Vec<ClusterRoleBinding> = read(reader, RBAC, "clusterrolebindings", Some(LABEL)).await?;
    let roles: Vec<ClusterRole> = read(reader, RBAC, "clusterroles", Some(LABEL)).await?;
    let mut roles: BTreeSet<String> = roles.into_iter().filter_map(|role| role.metadata.name).collect();
    let (own, foreign): (Vec<_>, Vec<_>) =
        bindings.into_iter().partition(|it| accounts(it).any(|(namespace, _)| namespace == own.namespace));
    roles.retain(|role| own.iter().all(|binding| binding.role_ref.name != *role));
    let mut others = Vec::new();
    for binding in foreign {
        let Some((namespace, account)) = accounts(&binding).next() else { continue };
        let needs = Some(Needed::account(namespace, account));
        others.push(Other::new("clusterrolebinding", binding.metadata.name.clone(), needs.clone()));
        if roles.remove(&binding.role_ref.name) {
            others.push(Other::new("clusterrole", Some(binding.role_ref.name), needs));
        }
    }
    Ok(others)
}

/// Returns Namespace and name of each ServiceAccount in a binding.
fn accounts(binding: &ClusterRoleBinding) -> impl Iterator<Item = (&str, &str)> {
    let accounts = binding.subjects.iter().flatten().filter(|subject| subject.kind == "ServiceAccount");
    accounts.filter_map(|it| Some((it.namespace.as_deref()?, it.name.as_str())))
}

/// Returns the webhook configurations of other installations.
async fn configurations(reader: &ClusterReader, own: Own<'_>) -> Result<Vec<Other>, Unseen> {
    let mutating: Vec<MutatingWebhookConfiguration> =
        read(reader, ADMISSION, "mutatingwebhookconfigurations", None).await?;
    let validating: Vec<ValidatingWebhookConfiguration> =
        read(reader, ADMISSION, "validatingwebhookconfigurations", None).await?;
    let mutating = mutating.into_iter().map(|it| {
        let entries = it.webhooks.into_iter().flatten().map(|entry| (entry.name, entry.client_config)).collect();
        ("mutatingwebhookconfiguration", it.metadata.name, entries)
    });
    let validating = validating.into_iter().map(|it| {
        let entries = it.webhooks.into_iter().flatten().map(|entry| (entry.name, entry.client_config)).collect();
        ("validatingwebhookconfiguration", it.metadata.name, entries)
    });
    let all = mutating.chain(validating).filter(|(_, name, _)| name.as_deref() != Some(own.configuration));
    let all = all.filter_map(|(resource, name, entries): (_, _, Vec<(String, WebhookClientConfig)>)| {
        let (_, client) = entries.into_iter().find(|(entry, _)| entry.ends_with(".podwright.dev"))?;
        let needs =
            client.service.map(|it| Needed { kind: ("Service", "services"), namespace: it.namespace, name: it.name });
        Some(Other::new(resource, name, needs))
    });
    Ok(all.collect())
}

async fn read<T: serde::de::DeserializeOwned>(
    reader: &ClusterReader,
    base: &str,
    resource: &str,
    labels: Option<&str>,
) -> Result<Vec<T>, Unseen> {
    match list(reader, &format!("{base}/{resource}"), labels, format!("the {resource}")).await {
        Known::Seen(all) => Ok(all),
        Known::Unseen(unseen) => Err(unseen),
    }
}

/// Returns Namespace and name of the ServiceAccount in an expression of podwright's admission policy.
pub(super) fn account_of(policy: &Value) -> Option<(String, String)> {
    let conditions = policy.get("spec")?.get("matchConditions")?.as_array()?;
    let expressions = conditions.iter().filter_map(|condition| condition.get("expression")?.as_str());
    let user = expressions.filter_map(|text| text.split_once(ACCOUNT)).map(|(_, rest)| rest).next()?;
    let user = user.split(['\'', '"']).next()?;
    user.split_once(':').map(|(namespace, name)| (namespace.to_owned(), name.to_owned()))
}

impl Other {
    fn new(resource: &str, name: Option<String>, needs: Option<Needed>) -> Self {
        Self { name: format!("{resource}/{}", name.unwrap_or_default()), needs }
    }
}

impl Needed {
    fn account(namespace: &str, name: &str) -> Self {
        let kind = ("ServiceAccount", "serviceaccounts");
        Self { kind, namespace: namespace.to_owned(), name: name.to_owned() }
    }

    fn path(&self) -> String {
        format!("/api/v1/namespaces/{}/{}/{}", self.namespace, self.kind.1, self.name)
    }

    fn title(&self) -> String {
        format!("{} {}/{}", self.kind.0, self.namespace, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::account_of;

    #[test]
    fn the_account_is_read_from_the_manifest() {
        let text = include_str!("../../../manifests/validatingadmissionpolicy.yaml");
        let policy: serde_json::Value =
            serde_saphyr::from_multiple(text).ok().and_then(|all: Vec<_>| all.into_iter().next()).unwrap_or_default();
        assert_eq!(account_of(&policy), Some(("podwright-system".to_owned(), "podwright".to_owned())));
    }
}
