//! Step 2: the webhook entry that calls podwright for the Pod.

use super::subject::Target;
use super::walk::{Changed, Walk};
use crate::inspect::command::{label_namespace, quoted};
use crate::inspect::finding::{Finding, Mend};
use crate::inspect::known::Known;
use crate::inspect::webhook::{Call, Entries, Entry, NotCalled, Reach, Route};
use crate::profile::DEFAULT_PROFILE;
use crate::text::shorten;
use crate::workload::namespace::{InjectLabel, LABEL, PROFILE_LABEL};

const STEP: &str = "webhook-entry";
const PAGE: &str = "docs/diagnose.md#webhook-entry";

/// Finds the entry.
pub(super) fn step(walk: &Walk<'_>) -> Finding {
    let entries = match &walk.state.entries {
        Known::Seen(entries) => entries,
        Known::Unseen(unseen) => {
            let call = walk.state.call(&walk.pod);
            let usual = match &call {
                Call::By(entry) => format!("In podwright's own manifests, the entry {} calls podwright.", entry.name),
                Call::Unknown(why) => {
                    format!("It is also unknown whether podwright's own manifests have an entry: {why}")
                }
                Call::Not(_) => "podwright's own manifests have no entry for this Pod.".to_owned(),
            };
            return Finding::unknown(STEP, unseen).detail(usual);
        }
    };
    if entries.iter().next().is_none() {
        return not_installed(walk, entries);
    }
    match walk.state.call(&walk.pod) {
        Call::By(entry) => called(walk, entries, entry),
        Call::Unknown(why) => Finding::unknown(STEP, why),
        Call::Not(reason) => not_called(walk, entries, reason),
    }
}

/// Returns the finding if no opt-in of the subject can have an effect: nothing is installed, or the entries leave out the
/// Namespace whatever its opt-in is.
pub(super) fn obstacle(walk: &Walk<'_>) -> Option<Finding> {
    let seen = walk.state.entries.seen();
    if let Some(entries) = seen.filter(|entries| entries.iter().next().is_none()) {
        return Some(not_installed(walk, entries));
    }
    let reach = reach(walk)?;
    let has_effect = match walk.subject.target {
        Target::Namespace => reach.by_label,
        _ => !reach.is_left_out(),
    };
    match (has_effect, walk.state.entries.unseen()) {
        (true, _) => None,
        (false, None) => Some(left_out(walk)),
        (false, Some(unseen)) => Some(Finding::unknown(STEP, unseen).detail(format!(
            "The entries of podwright's own manifests leave out the Namespace {}.",
            walk.subject.namespace
        ))),
    }
}

/// Returns the opt-ins that can have an effect, if the Namespace is known.
pub(super) fn reach(walk: &Walk<'_>) -> Option<Reach> {
    let namespace = walk.state.namespaces.get(&walk.subject.namespace);
    Some(walk.state.entries().reach(namespace.seen()?))
}

fn left_out(walk: &Walk<'_>) -> Finding {
    let (namespace, configuration) = (&walk.subject.namespace, &walk.state.entries().configuration);
    let text = format!("the entries of {configuration} leave out the Namespace {namespace}");
    let mend = if namespace == "kube-system" || *namespace == walk.installed.namespace {
        Mend::told(
            "podwright leaves out kube-system and its own Namespace, because they must start without it. An opt-in has no \
             effect there. Run the workload in another Namespace.",
        )
    } else {
        let command = format!(
            "kubectl get mutatingwebhookconfiguration {configuration} -o jsonpath='{{range .webhooks[*]}}{{.name}}: \
             {{.namespaceSelector}}{{\"\\n\"}}{{end}}'"
        );
        let words = "An opt-in has no effect there. Change the Namespace's other labels or the selectors, which this command shows:";
        Mend::by(command).text(words)
    };
    Finding::failed(STEP, text, mend.page(PAGE))
}

fn not_installed(walk: &Walk<'_>, entries: &Entries) -> Finding {
    let text = format!(
        "{}MutatingWebhookConfiguration {} does not exist or has no entry for Pods, so the API server never calls podwright",
        if walk.installed.is_absent() { "podwright is not installed: " } else { "" },
        entries.configuration
    );
    Finding::failed(STEP, text, walk.installed.reinstall()).detail("Another name? Use --webhook-configuration NAME.")
}

fn called(walk: &Walk<'_>, entries: &Entries, entry: &Entry) -> Finding {
    let wanted = profile_label(walk).filter(|_| entry.route == Route::Profile(DEFAULT_PROFILE.to_owned()));
    if let Some(profile) = wanted.filter(|profile| *profile != DEFAULT_PROFILE && is_profile(walk, profile)) {
        let got = format!(". The entry {} injects the profile {DEFAULT_PROFILE} instead", entry.name);
        return no_entry(walk, entries, profile, &got);
    }
    let policy = if entry.fails_open { "Ignore" } else { "Fail" };
    Finding::passed(STEP, format!("{} calls podwright (failurePolicy: {policy})", entry.name))
}

fn not_called(walk: &Walk<'_>, entries: &Entries, reason: NotCalled) -> Finding {
    let namespace = &walk.subject.namespace;
    let configuration = &entries.configuration;
    if reason == NotCalled::NamespaceLeftOut && reach(walk).is_some_and(|reach| !reach.by_label) {
        return left_out(walk);
    }
    let without_entry = profile_label(walk).filter(|profile| !entries.profiles().any(|known| known == *profile));
    if let (NotCalled::NotOptedIn | NotCalled::NamespaceLeftOut, Some(profile)) = (reason, without_entry) {
        return no_entry(walk, entries, profile, "");
    }
    match reason {
        NotCalled::StaticPod => {
            let mend = Mend::told("The kubelet made it from a file of its node. Use a DaemonSet instead.");
            Finding::failed(STEP, "the Pod is static, and podwright leaves static Pods alone", mend.page(PAGE))
        }
        NotCalled::NamespaceLeftOut => left_out(walk),
        NotCalled::PodLeftOut => {
            let command = format!(
                "kubectl get mutatingwebhookconfiguration {configuration} -o jsonpath='{{range .webhooks[*]}}{{.name}}: \
                 {{.objectSelector}}{{\"\\n\"}}{{end}}'"
            );
            let text = format!("the objectSelector of the entries of {configuration} leaves out the Pod's labels");
            let mend = Mend::by(command).text("Change the Pod's labels or the selectors, which this command shows:");
            Finding::failed(STEP, text, mend.page(PAGE))
        }
        NotCalled::NotInstalled => not_installed(walk, entries),
        NotCalled::PodOptedOut | NotCalled::NamespaceOptedOut | NotCalled::NotOptedIn => {
            let label = label_namespace(namespace, &[(LABEL, Some("enabled"))]);
            let text = format!("no entry of {configuration} calls podwright: {reason}");
            walk.with_source(Changed::Namespace, Finding::failed(STEP, text, Mend::by(label).page(PAGE)))
        }
    }
}

/// Returns the finding for a profile of a Namespace's label without an entry.
fn no_entry(walk: &Walk<'_>, entries: &Entries, profile: &str, consequence: &str) -> Finding {
    let (namespace, configuration) = (&walk.subject.namespace, &entries.configuration);
    let (shown, exists) = (shorten(profile), is_profile(walk, profile));
    let text = format!(
        "the Namespace's label {PROFILE_LABEL}: {shown} has no entry in {configuration}, so it has no effect{consequence}"
    );
    let known: Vec<&str> = entries.profiles().collect();
    if !exists {
        let known = known.first().copied().unwrap_or(DEFAULT_PROFILE);
        let mend = Mend::by(label_namespace(namespace, &[(PROFILE_LABEL, Some(known))]));
        let mend = mend.text("Use a profile with an entry:").page(PAGE);
        return walk.with_source(Changed::Namespace, Finding::failed(STEP, text, mend));
    }
    let all = [known.as_slice(), &[profile]].concat();
    let mut all: Vec<&str> = all.into_iter().collect();
    all.sort_unstable();
    all.dedup();
    Finding::failed(STEP, text, add_entry(walk, &all))
}

/// Returns the remedy that gives each of these profiles an entry.
fn add_entry(walk: &Walk<'_>, profiles: &[&str]) -> Mend {
    let source = walk.installed.source.as_ref();
    let by_source = source.and_then(|source| source.add_profiles(&walk.installed.namespace, profiles));
    let by_install = || {
        let url = walk.state.entries().iter().find_map(|entry| entry.webhook.client_config.url.as_deref());
        let outside = url.map_or_else(String::new, |url| {
            format!(" --webhook-url {} --ca-file ca.crt", quoted(url.split("/mutate").next().unwrap_or(url)))
        });
        let (install, profiles) = (walk.installed.install_command(), quoted(&profiles.join(",")));
        let command = format!(
            "{install}{outside} --config configuration.yaml --namespace-profile {profiles} | kubectl apply -f -"
        );
        Mend::by(command).text("Add an entry for the profile, with your other options:")
    };
    by_source.unwrap_or_else(by_install).page(PAGE)
}

/// Returns the Namespace's label, unless the Namespace opted out.
fn profile_label<'w>(walk: &'w Walk<'_>) -> Option<&'w str> {
    let labels = walk.subject.namespace_object.seen()?.get("metadata")?.get("labels")?;
    let label = |key: &str| labels.get(key).and_then(serde_json::Value::as_str);
    let is_out = label(LABEL).and_then(InjectLabel::of) == Some(InjectLabel::Disabled);
    label(PROFILE_LABEL).filter(|_| !is_out)
}

fn is_profile(walk: &Walk<'_>, name: &str) -> bool {
    walk.state.profiles.configuration.profile(name).is_some()
}

/// Returns the entry whose Service and certificate count, also if no entry calls podwright for the Pod.
pub(super) fn representative<'w>(walk: &'w Walk<'_>) -> Option<&'w Entry> {
    let usual = || match &walk.subject.target {
        Target::Namespace => walk.state.entries.seen().and_then(|entries| entries.iter().next()),
        _ => None,
    };
    walk.state.entries.seen().and(walk.entry()).or_else(usual)
}
