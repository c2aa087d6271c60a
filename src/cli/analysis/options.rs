//! The analysis flags, and the analysis of all files.

use std::io::{self, Write as _, stderr};
use std::path::PathBuf;

use clap_complete::engine::ArgValueCandidates;

use super::files::ManifestFile;
use super::finding::{Finding, ObjectInFile, by_place};
use super::namespaces::Namespaces;
use super::object::{AnalyzedObject, DocumentIndex, StatusAnnotation, Verdict, is_partial, verdict};
use super::object_findings::{of_object, status_in_manifest};
use super::quotas::Quotas;
use crate::cli::error::Error;
use crate::cli::io::candidates::profiles;
use crate::cli::io::config_file;
use crate::cli::io::input::FoundBy;
use crate::manifest::Object;
use crate::profile::{Configuration, DEFAULT_PROFILE};

/// The settings in addition to the objects' annotations.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct AnalysisOptions {
    /// Configuration file, as for `podwright serve --config` [default: the built-in profiles]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,

    /// Namespace of objects without one
    #[arg(long, short, value_name = "NAME", default_value = "default")]
    namespace: String,

    /// Treat each namespace as opted in with this profile. If a Namespace among the manifests has the label
    /// podwright.dev/inject: disabled or podwright.dev/profile, its label takes precedence
    #[arg(long, value_name = "PROFILE", add = ArgValueCandidates::new(profiles))]
    namespace_profile: Option<String>,
}

impl AnalysisOptions {
    /// Reads the configuration, and checks that it has the flags' profile.
    pub(in crate::cli) fn configuration(&self) -> Result<Configuration, Error> {
        let configuration = config_file::configuration(self.config.as_deref())?;
        self.check_profile(&configuration)?;
        Ok(configuration)
    }

    /// Notes that nothing opted in any Pod, and names the flag for manifests of an opted-in Namespace.
    pub(in crate::cli) fn report_unconcerned(&self, all: &[AnalyzedObject<'_>]) -> io::Result<()> {
        let has_pods = all.iter().any(AnalyzedObject::has_pods);
        if !has_pods || self.namespace_profile.is_some() || all.iter().any(AnalyzedObject::is_concerned) {
            return Ok(());
        }
        writeln!(
            stderr(),
            "note: nothing opts in a Pod: the files have no podwright annotation, and no Namespace with podwright's \
             label. To check them as in an opted-in Namespace, use --namespace-profile {DEFAULT_PROFILE}"
        )
    }

    /// Returns whether `--config` names a file.
    pub(in crate::cli) fn has_config(&self) -> bool {
        self.config.is_some()
    }

    /// Sets the value of `--namespace-profile`, if the user gave none.
    pub(in crate::cli) fn default_namespace_profile(&mut self, profile: Option<String>) {
        self.namespace_profile = self.namespace_profile.take().or(profile);
    }

    /// Checks that this configuration has the flag's profile.
    pub(in crate::cli) fn check_profile(&self, configuration: &Configuration) -> Result<(), Error> {
        self.namespace_profile.as_deref().map_or(Ok(()), |name| config_file::check_profile(configuration, name))
    }

    /// Returns the object's namespace, or the flag's; an empty text for a Namespace.
    fn namespace_of<'r>(&'r self, object: &'r Object) -> &'r str {
        if object.is_namespace() { "" } else { object.namespace.as_deref().unwrap_or(&self.namespace) }
    }

    /// Analyzes every object of every file.
    pub(in crate::cli) fn analyze<'r>(
        &'r self,
        files: &'r [ManifestFile<'r>],
        configuration: &'r Configuration,
        status: StatusAnnotation,
    ) -> Result<Vec<AnalyzedObject<'r>>, Error> {
        let namespaces = Namespaces::new(files, self.namespace_profile.as_deref(), configuration);
        let mut all = Vec::new();
        for (file, manifest) in files.iter().enumerate() {
            for (nth, document) in manifest.stream.documents().iter().enumerate() {
                let document_index = DocumentIndex { file, document: nth };
                for object in document.objects() {
                    let namespace = self.namespace_of(object);
                    let at = ObjectInFile { file: &manifest.input.name, document, object };
                    let verdict = match manifest.input.by {
                        FoundBy::Folder | FoundBy::Chart if is_partial(document, object) => Verdict::OtherKind,
                        _ => verdict(at, namespaces.call(namespace), configuration, status)?,
                    };
                    let findings = of_object(at, &verdict, configuration)?;
                    let (file, document) = (at.file, document_index);
                    let status = status_in_manifest(at);
                    all.push(AnalyzedObject { file, document, object, namespace, verdict, findings, status });
                }
            }
        }
        let quotas = Quotas { all: &all, files, namespaces: &namespaces, configuration }.findings();
        add(&mut all, quotas);
        Ok(all)
    }
}

/// Adds findings to the objects with these indexes.
fn add(all: &mut [AnalyzedObject<'_>], findings: Vec<(usize, Finding)>) {
    for (index, finding) in findings {
        if let Some(object) = all.get_mut(index) {
            object.findings.push(finding);
            object.findings.sort_by_key(by_place);
        }
    }
}
