//! Reads a Pod from JSON: checks its size first, and adds evidence of the author's manifest.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::authored::{self, Evidence};
use super::json_objects::objects;
use super::{Annotations, Census, Extent, Field, ITEMS, JSON, ObjectMeta, Pod, census, needs_census};

/// The metadata of a Pod that is too large. Everything else is skipped.
#[derive(Debug, Default, Deserialize)]
#[serde(remote = "Self")]
pub(crate) struct Outline<'a> {
    #[serde(borrow, default)]
    metadata: Field<ObjectMeta<'a>>,
}

objects!(Outline);

impl<'a> From<Outline<'a>> for Pod<'a> {
    fn from(Outline { metadata }: Outline<'a>) -> Self {
        Self { metadata, extent: Extent::Beyond, ..Self::default() }
    }
}

impl<'a> Pod<'a> {
    /// Parses a Pod or a Pod template from JSON.
    ///
    /// # Errors
    /// The text is not JSON, or a field that podwright reads has another type than in the API.
    pub fn parse(json: &'a [u8]) -> Result<Self, serde_json::Error> {
        let mut bytes = json.len();
        if needs_census(bytes) {
            let census = serde_json::from_slice::<Census<'_>>(json)?;
            if census.is_beyond(bytes) {
                return Ok(serde_json::from_slice::<Outline<'_>>(json)?.into());
            }
            bytes = census.without_managed_fields(bytes);
        }
        Ok(Self { extent: Extent::Bytes(bytes), ..serde_json::from_slice(json)? }.with_evidence())
    }

    /// Reads the Pod of a template.
    ///
    /// # Errors
    /// A field that podwright reads has another type than in the API.
    pub(crate) fn of_template(metadata: ObjectMeta<'a>, spec: Option<&'a RawValue>) -> Result<Self, serde_json::Error> {
        let (json, metadata) = (spec.map_or("null", RawValue::get), Field::Present(metadata));
        let is_beyond = needs_census(json.len())
            && (json.len() > JSON || serde_json::from_str::<census::CountedSpec<'_>>(json)?.items() > ITEMS);
        if is_beyond {
            return Ok(Self { metadata, spec: Field::Missing, extent: Extent::Beyond, ..Self::default() });
        }
        Ok(Self { metadata, spec: serde_json::from_str(json)?, extent: Extent::Bytes(json.len()), ..Self::default() })
    }

    /// Adds the evidence that `kubectl apply` of this manifest would leave.
    #[must_use]
    pub fn applied_from(mut self, manifest: &str) -> Self {
        self.take_evidence(&authored::of_manifest(manifest).unwrap_or_default());
        self
    }

    /// Adds the evidence of the author's manifest: from the annotation of `kubectl apply`, and from server-side apply.
    #[must_use]
    pub(crate) fn with_evidence(mut self) -> Self {
        let Field::Present(metadata) = &self.metadata else { return self };
        let managed = metadata.managed_fields.evidence();
        let applied = metadata.annotations.as_ref().and_then(Annotations::last_applied);
        let applied = applied.and_then(|manifest| authored::of_manifest(manifest.as_str()));
        for evidence in [managed, applied.unwrap_or_default()] {
            self.take_evidence(&evidence);
        }
        self
    }

    fn take_evidence(&mut self, evidence: &Evidence) {
        let Field::Present(spec) = &mut self.spec else { return };
        spec.authored.take(evidence.spec);
        if evidence.containers.is_empty() {
            return;
        }
        for container in spec.containers.0.iter_mut().chain(&mut spec.init_containers.0) {
            if let Some(shown) = evidence.containers.get(container.name.as_str()) {
                container.authored.take(*shown);
            }
        }
    }

    /// Returns whether the Pod has more than [`ITEMS`](super::ITEMS) items or far more than 1 MiB of JSON. podwright
    /// read only its metadata then.
    pub fn is_beyond(&self) -> bool {
        matches!(self.extent, Extent::Beyond)
    }
}
