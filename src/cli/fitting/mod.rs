//! Manifests and what becomes of each of their objects: what `preview` shows and `lint` complains about.
//!
//! The same code as the webhook's fits them. What is known of a Namespace is what the manifests themselves and the flags say.

mod finding;
mod namespaces;
mod quotas;
mod reading;

use std::path::PathBuf;
use std::process::ExitCode;

use serde_json::Value;

use super::input::FoundBy;
use super::{Error, UNREADABLE, WRONG, config};
use crate::annotation::Faults;
use crate::inject::{self, Injection, Refused, Root, pod::Pod};
use crate::manifest::{Document, Object};
use crate::profile::Configuration;
use crate::text::sentence;
use crate::workload::{WorkloadKind, owner_of_pods};
use finding::At;
pub(super) use finding::{Finding, GUESSED, INVALID, Level, REASONS};
use namespaces::{Called, Namespaces};
use quotas::Manifests;
pub(super) use reading::{Read, read};

/// What the objects are fitted by, beside their own annotations.
#[derive(Debug, clap::Args)]
pub(super) struct By {
    /// The configuration to go by, as `podwright serve --config` takes it [default: what is built in]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// The namespace of objects that name none
    #[arg(long, short, value_name = "NAME", default_value = "default")]
    namespace: String,

    /// As in a Namespace that opted in with this profile (its label podwright.dev/inject; a Namespace among the manifests
    /// speaks for itself)
    #[arg(long, value_name = "PROFILE")]
    namespace_profile: Option<String>,
}

/// An object, and what becomes of it.
pub(super) struct Fitted<'r> {
    pub(super) file: &'r str,
    /// The numbers of the file and of the document in it.
    pub(super) document: (usize, usize),
    pub(super) object: &'r Object,
    /// Its own namespace, or the one that it is going to be in.
    pub(super) namespace: &'r str,
    pub(super) fate: Fate,
    /// What is wrong or suspicious in it, in the order of the places.
    pub(super) findings: Vec<Finding>,
    /// The finding for podwright's own status in the manifest. `preview -o yaml` prints that status itself, so only `lint`
    /// reports it.
    pub(super) status: Option<Finding>,
}

/// What becomes of an object.
pub(super) enum Fate {
    /// A Pod, or a workload with a Pod template: what is done to it and said of it.
    Fitted(Injection),
    /// Its annotations, or those of its template, cannot be understood: all that is wrong with them.
    Denied(Faults),
    /// The webhook is not called for it: why.
    NotSent(&'static str),
    /// Neither a Pod nor a workload.
    Passed,
    /// Cannot be read as what it says it is: why.
    Odd(String),
}

impl By {
    /// The configuration, or its refusal with all its problems.
    pub(super) fn configuration(&self) -> Result<Configuration, config::Refused> {
        let configuration = config::configuration(self.config.as_deref())?;
        match &self.namespace_profile {
            Some(profile) if configuration.profile(profile).is_none() => {
                let known = configuration.profile_names().collect::<Vec<_>>().join(", ");
                Err(config::Refused::usage(format!(
                    "--namespace-profile {}: there is no such profile; expected one of {known}",
                    profile.escape_debug()
                )))
            }
            _ => Ok(configuration),
        }
    }

    /// Fits every object of every file.
    pub(super) fn fit<'r>(
        &'r self,
        reads: &'r [Read<'r>],
        configuration: &'r Configuration,
    ) -> Result<Vec<Fitted<'r>>, Error> {
        let namespaces = Namespaces::of(self, reads);
        let mut all = Vec::new();
        for (file, read) in reads.iter().enumerate() {
            for (nth, document) in read.stream.documents().iter().enumerate() {
                for object in document.objects() {
                    let namespace = object.namespace.as_deref().unwrap_or(&self.namespace);
                    let fate = match read.input.by {
                        FoundBy::Folder | FoundBy::Chart if is_partial(document, object) => Fate::Passed,
                        _ => fate(document, object, namespaces.call(namespace), configuration)?,
                    };
                    let at = At { file: &read.input.name, document, object };
                    let findings = finding::of(at, &fate, configuration)?;
                    let document = (file, nth);
                    let status = finding::status_in_manifest(at);
                    all.push(Fitted { file: at.file, document, object, namespace, fate, findings, status });
                }
            }
        }
        let manifests = Manifests { all: &all, reads, namespaces: &namespaces, configuration };
        for (quota, finding) in manifests.findings() {
            if let Some(quota) = all.get_mut(quota) {
                quota.findings.push(finding);
                quota.findings.sort_by_key(|finding| (finding.line, finding.column));
            }
        }
        Ok(all)
    }
}

/// The exit code: 2 where something could not be read, 1 where a Pod would be denied or a warning is not let pass, else 0.
pub(super) fn exit_code(all: &[Fitted<'_>], unread: bool, fail_on_warning: bool) -> ExitCode {
    match all.iter().flat_map(|fitted| &fitted.findings).map(|finding| finding.level).max() {
        _ if unread || all.iter().any(|fitted| matches!(fitted.fate, Fate::Odd(_))) => ExitCode::from(UNREADABLE),
        Some(Level::Error) => ExitCode::from(WRONG),
        Some(Level::Warning) if fail_on_warning => ExitCode::from(WRONG),
        _ => ExitCode::SUCCESS,
    }
}

/// Whether the object is a workload without a Pod template. In a folder, such an object is a kustomize patch for another file's
/// workload.
fn is_partial(document: &Document<'_>, object: &Object) -> bool {
    object.root.is_some() && document.pod_value(object).is_none()
}

fn fate(
    document: &Document<'_>,
    object: &Object,
    call: Called<'_>,
    configuration: &Configuration,
) -> Result<Fate, Error> {
    let (Some(root), Some(pod)) = (object.root, document.pod_value(object)) else {
        return Ok(match object.root {
            Some(root) => Fate::Odd(format!("it has no Pod template; expected one at {}", root.path())),
            None => Fate::Passed,
        });
    };
    let opt_in = match call {
        Called::With(opt_in) => opt_in,
        Called::Not(why) => return Ok(Fate::NotSent(why)),
    };
    let json = serde_json::to_vec(pod)?;
    let view = match Pod::parse(&json) {
        Ok(view) if root == Root::Pod && is_applied(pod) => view.applied_from(&String::from_utf8_lossy(&json)),
        Ok(view) => view,
        // Something else of the same shape: only Kubernetes' own kinds are sure to have Pods there.
        Err(_) if root != Root::Pod && WorkloadKind::find(object.group(), &object.kind).is_none() => {
            return Ok(Fate::Passed);
        }
        Err(error) => return Ok(Fate::Odd(without_place(&error))),
    };
    let view = if root == Root::Pod { view } else { view.owned_by(owner_of_pods(object.group(), &object.kind)) };
    Ok(match inject::inject(&view, opt_in, configuration, root) {
        Ok(injection) => Fate::Fitted(injection),
        Err(Refused::Faults(faults)) => Fate::Denied(faults),
        Err(Refused::Unwritable(error)) => return Err(error.into()),
    })
}

/// Whether `kubectl apply` can have created this Pod, and so left evidence of its manifest. It takes no `generateName`; a
/// controller leaves none; and a Pod with a uid is no manifest, but what an API server has.
fn is_applied(pod: &Value) -> bool {
    let has = |field: &str| pod.get("metadata").is_some_and(|metadata| metadata.get(field).is_some());
    has("name") && !has("uid") && !has("ownerReferences")
}

/// The place is one in JSON that nobody has seen; and serde repeats a string where it expected something else.
fn without_place(error: &serde_json::Error) -> String {
    let told = error.to_string();
    sentence(told.rsplit_once(" at line ").map_or(&told, |(told, _)| told))
}

impl Fitted<'_> {
    /// `Deployment shop/web`
    pub(super) fn title(&self) -> String {
        let kind = if self.object.kind.is_empty() { "object" } else { &self.object.kind };
        format!("{kind} {}/{}", self.namespace, self.object.name).escape_debug().to_string()
    }

    /// The patch, where there is anything to do.
    pub(super) fn patch(&self) -> Option<&inject::Patch> {
        match &self.fate {
            Fate::Fitted(injection) => injection.patch.as_ref(),
            _ => None,
        }
    }
}
