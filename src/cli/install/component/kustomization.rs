//! The part of kustomize's format that the components use: included components, resources, strategic merge patches that name
//! their object, and JSON patches (RFC 6902) with a target.

use serde::Deserialize;
use serde_json::Value;

use super::merge::{is_deletion, merge};
use crate::cli::error::Error;
use crate::cli::install::installation::{Installation, InstalledObject};

/// A component's kustomization.yaml.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Kustomization {
    #[serde(rename = "apiVersion")]
    _api_version: String,
    #[serde(rename = "kind")]
    _kind: String,
    #[serde(default)]
    components: Vec<String>,
    #[serde(default)]
    resources: Vec<String>,
    #[serde(default)]
    patches: Vec<KustomizePatch>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KustomizePatch {
    target: Option<Target>,
    patch: String,
}

/// The objects that a JSON patch changes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Target {
    /// A kind, or alternatives before a common end, such as `(Mutating|Validating)WebhookConfiguration`.
    kind: String,
    name: String,
}

impl Kustomization {
    /// Returns the names of the included components.
    pub(super) fn components(&self) -> impl Iterator<Item = &str> {
        self.components.iter().map(|path| path.trim_start_matches("../"))
    }

    /// Returns the names of the files with further objects.
    pub(super) fn resources(&self) -> impl Iterator<Item = &str> {
        self.resources.iter().map(String::as_str)
    }

    /// Applies the patches in their order. Each must change at least one object.
    pub(super) fn patch(&self, installation: &mut Installation) -> Result<(), Error> {
        self.patches.iter().try_for_each(|patch| match &patch.target {
            Some(target) => by_operations(target, &patch.patch, installation),
            None => by_merge(&patch.patch, installation),
        })
    }
}

fn by_operations(target: &Target, patch: &str, installation: &mut Installation) -> Result<(), Error> {
    let operations: Value = serde_saphyr::from_str(patch)?;
    let operations: json_patch::Patch = serde_json::from_value(operations)?;
    let mut found = false;
    for object in installation.objects.iter_mut().filter(|object| target.matches(object)) {
        json_patch::patch(&mut object.value, &operations)?;
        found = true;
    }
    if found { Ok(()) } else { Err(unfit(&target.kind)) }
}

impl Target {
    fn matches(&self, object: &InstalledObject) -> bool {
        let alternatives = self.kind.strip_prefix('(').and_then(|rest| rest.split_once(')'));
        let is_kind = match alternatives {
            Some((starts, end)) => starts.split('|').any(|start| object.is(&format!("{start}{end}"))),
            None => object.is(&self.kind),
        };
        is_kind && object.field(&["metadata", "name"]) == self.name
    }
}

fn by_merge(patch: &str, installation: &mut Installation) -> Result<(), Error> {
    let patch: Value = serde_saphyr::from_str(patch)?;
    let name = |value: &Value| {
        let metadata = value.get("metadata").and_then(|metadata| metadata.get("name")).cloned();
        (value.get("kind").cloned(), metadata)
    };
    let place = installation.objects.iter().position(|object| name(&object.value) == name(&patch));
    let place = place.ok_or_else(|| unfit(&patch.to_string()))?;
    if is_deletion(&patch) {
        installation.objects.remove(place);
    } else if let Some(object) = installation.objects.get_mut(place) {
        merge(&mut object.value, &patch);
    }
    Ok(())
}

/// The error for a component that the binary cannot apply.
pub(super) fn unfit(what: &str) -> Error {
    Error::new(format!(
        "the component does not fit the manifests of this version: {what}; use kustomize instead, and report this error"
    ))
}
