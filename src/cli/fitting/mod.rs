//! Manifests and what becomes of each of their objects: what `preview` shows and `lint` complains about.
//!
//! The same code as the webhook's fits them. What is known of a Namespace is what the manifests themselves and the flags say.

mod finding;
mod namespaces;

use std::path::PathBuf;

use serde_json::Value;

use super::input::Input;
use super::{Error, config};
use crate::annotation::Faults;
use crate::inject::{self, Injection, Refused, Root, pod::Pod};
use crate::manifest::{Document, Object, Stream, Unread};
use crate::profile::Configuration;
use crate::workload::{Kind, Workload};
pub(super) use finding::{Finding, INVALID, Level, findings};
use namespaces::{Called, Namespaces};

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

/// A file that was read.
pub(super) struct Read<'i> {
    pub(super) input: &'i Input,
    pub(super) stream: Stream<'i>,
}

/// An object, and what becomes of it.
pub(super) struct Fitted<'r> {
    pub(super) file: &'r str,
    /// The numbers of the file and of the document in it.
    pub(super) document: (usize, usize),
    pub(super) within: &'r Document<'r>,
    pub(super) object: &'r Object,
    /// Its own namespace, or the one that it is going to be in.
    pub(super) namespace: &'r str,
    pub(super) fate: Fate,
}

/// What becomes of an object.
pub(super) enum Fate {
    /// A Pod, or a workload with a Pod template.
    Fitted {
        /// What is done to it and said of it.
        injection: Injection,
        /// Keys of ours that do nothing where they are.
        misplaced: Vec<String>,
    },
    /// Its annotations, or those of its template, cannot be understood.
    Denied {
        /// All that is wrong with them.
        faults: Faults,
        /// Keys of ours that do nothing where they are.
        misplaced: Vec<String>,
    },
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
                    let fate = fate(document, object, namespaces.call(namespace), configuration)?;
                    all.push(Fitted {
                        file: &read.input.name,
                        document: (file, nth),
                        within: document,
                        object,
                        namespace,
                        fate,
                    });
                }
            }
        }
        Ok(all)
    }
}

impl<'i> Read<'i> {
    /// Reads a file as kubectl would.
    pub(super) fn of(input: &'i Input) -> Result<Self, Unread> {
        crate::manifest::read(&input.text).map(|stream| Self { input, stream })
    }
}

fn fate(
    document: &Document<'_>,
    object: &Object,
    call: Called<'_>,
    configuration: &Configuration,
) -> Result<Fate, Error> {
    let (Some(root), Some(pod)) = (object.root, document.pod_value(object)) else {
        return Ok(match object.root {
            Some(_) => Fate::Odd("it has no Pod template; expected one at spec.template".to_owned()),
            None => Fate::Passed,
        });
    };
    let opt_in = match call {
        Called::With(opt_in) => opt_in,
        Called::Not(why) => return Ok(Fate::NotSent(why)),
    };
    let json = serde_json::to_vec(pod)?;
    let view = match Pod::parse(&json) {
        Ok(view) => view,
        Err(error) => return Ok(Fate::Odd(without_place(&error))),
    };
    let misplaced = misplaced(object, document.object_value(object))?;
    Ok(match inject::inject(&view, opt_in, configuration, root) {
        Ok(injection) => Fate::Fitted { injection, misplaced },
        Err(Refused::Faults(faults)) => Fate::Denied { faults, misplaced },
        Err(Refused::Unwritable(error)) => return Err(error.into()),
    })
}

/// What `/check` points out: our keys on the workload itself, and as labels.
fn misplaced(object: &Object, value: &Value) -> Result<Vec<String>, Error> {
    let group = object.api_version.split_once('/').map_or("", |(group, _)| group);
    let Some(kind) = Kind::find(group, &object.kind).filter(|kind| kind.template != Root::Pod) else {
        return Ok(Vec::new());
    };
    let json = serde_json::to_string(value)?;
    Ok(Workload::parse(kind, &json).map(|workload| workload.misplaced()).unwrap_or_default())
}

/// The place is one in JSON that nobody has seen.
fn without_place(error: &serde_json::Error) -> String {
    let told = error.to_string();
    told.rsplit_once(" at line ").map_or(told.clone(), |(told, _)| told.to_owned())
}

impl Fitted<'_> {
    /// `Deployment shop/web`
    pub(super) fn title(&self) -> String {
        let kind = if self.object.kind.is_empty() { "object" } else { &self.object.kind };
        format!("{kind} {}/{}", self.namespace, self.object.name).escape_debug().to_string()
    }

    /// Whether it cannot be read as what it says it is.
    pub(super) fn is_odd(&self) -> bool {
        matches!(self.fate, Fate::Odd(_))
    }

    /// What its author, or whoever applies it, is told.
    pub(super) fn warnings(&self) -> Vec<&str> {
        match &self.fate {
            Fate::Fitted { injection, misplaced } => {
                misplaced.iter().chain(&injection.report.warnings).map(String::as_str).collect()
            }
            Fate::Denied { misplaced, .. } => misplaced.iter().map(String::as_str).collect(),
            Fate::NotSent(_) | Fate::Passed | Fate::Odd(_) => Vec::new(),
        }
    }

    /// The patch, where there is anything to do.
    pub(super) fn patch(&self) -> Option<&inject::Patch> {
        match &self.fate {
            Fate::Fitted { injection, .. } => injection.patch.as_ref(),
            _ => None,
        }
    }
}
