//! Examples for reasons whose remedy is easier to show than to describe.

const PROBE: &str = "podwright.dev/readiness-probe: \"http:8080/ready\"";
const SLEEP: &str = "podwright.dev/pre-stop-sleep: \"10s\"\npodwright.dev/termination-grace-period: \"45s\"";
const CONTAINER: &str = "app.podwright.dev/readiness-probe: \"http:8080/ready\"   # for the container app";
const POD_TEMPLATE: &str =
    "spec:\n  template:\n    metadata:\n      annotations:\n        podwright.dev/inject: \"true\"";
const AMOUNTS: &str = "podwright.dev/requests: \"cpu=100m,memory=128Mi\"";
const DURATION: &str =
    "podwright.dev/pre-stop-sleep: \"soon\"   # invalid\npodwright.dev/pre-stop-sleep: \"5s\"     # valid";
const RENDER: &str =
    "helm template my-chart | podwright lint -\nkubectl kustomize overlays/production | podwright lint -";
const LABEL: &str = "kubectl label namespace shop podwright.dev/inject=enabled";
const PROFILE_LABEL: &str = "kubectl label namespace shop podwright.dev/profile=web";
const ENTRY: &str =
    "podwright install --config profiles.yaml --namespace-profile default,web,batch | kubectl apply -f -";

/// Codes with their examples.
const EXAMPLES: [(&str, &str); 27] = [
    ("AmountUnknown", "podwright.dev/limits: \"cpu=1,memory=256Mi\""),
    ("AuthorsProbe", PROBE),
    ("BelowSleep", SLEEP),
    ("BindsLocally", "podwright.dev/readiness-probe: \"exec:'wget -qO- http://127.0.0.1:8080/ready'\""),
    ("Excluded", CONTAINER),
    ("Guessed", PROBE),
    ("Invalid", DURATION),
    ("InvalidAnnotation", DURATION),
    ("LabelNotAnnotation", POD_TEMPLATE),
    ("NamespaceOptIn", "podwright.dev/liveness-probe: \"http:8080/healthz\""),
    ("NeedsWebhookEntry", ENTRY),
    ("NoNamedPort", PROBE),
    ("NoPodTemplate", POD_TEMPLATE),
    ("NoPort", PROBE),
    ("NoRequest", AMOUNTS),
    ("NoRoom", SLEEP),
    ("NotReadOnNamespaces", LABEL),
    ("NotYaml", RENDER),
    ("OnTheWorkload", POD_TEMPLATE),
    ("OtherDeclaresPort", PROBE),
    ("PodsDenied", DURATION),
    ("QuotaByClass", "podwright.dev/requests: \"false\"   # on the Pod template"),
    ("SeveralPorts", PROBE),
    (
        "Unreadable",
        "podwright.dev/inject: true     # invalid: a boolean\npodwright.dev/inject: \"true\"   # valid: a string",
    ),
    ("UnknownNamespaceProfile", PROFILE_LABEL),
    ("UnknownOptIn", LABEL),
    ("UnlikelyAmount", AMOUNTS),
];

/// Returns the example for a code, if it has one.
pub(super) fn of(code: &str) -> Option<&'static str> {
    EXAMPLES.iter().find(|(known, _)| *known == code).map(|(_, example)| *example)
}

#[cfg(test)]
mod tests {
    use super::EXAMPLES;
    use crate::cli::reasons;

    #[test]
    fn every_example_belongs_to_a_code() {
        for (code, _) in EXAMPLES {
            assert!(reasons().any(|(_, reason)| reason.code == code), "{code}");
        }
    }
}
