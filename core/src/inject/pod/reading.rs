//! From JSON to a Pod: counted before it is read, and with what is known of the author's manifest.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::authored::{self, Evidence};
use super::json_objects::objects;
use super::{Annotations, Census, Extent, Field, ITEMS, JSON, ObjectMeta, Pod, census, needs_census};

/// The metadata of a Pod that is too large; everything else is stepped over.
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
    /// Reads a Pod's JSON, or that of a Pod template.
    ///
    /// # Errors
    /// Text that is not JSON, or in which a field that is read is of another kind than the API's.
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

    /// The Pod that a template is for.
    ///
    /// # Errors
    /// A field that is read is of another kind than the API's.
    pub(crate) fn of_template(metadata: ObjectMeta<'a>, spec: Option<&'a RawValue>) -> Result<Self, serde_json::Error> {
        let (json, metadata) = (spec.map_or("null", RawValue::get), Field::Present(metadata));
        let is_beyond = needs_census(json.len())
            && (json.len() > JSON || serde_json::from_str::<census::CountedSpec<'_>>(json)?.items() > ITEMS);
        if is_beyond {
            return Ok(Self { metadata, spec: Field::Missing, extent: Extent::Beyond, ..Self::default() });
        }
        Ok(Self { metadata, spec: serde_json::from_str(json)?, extent: Extent::Bytes(json.len()), ..Self::default() })
    }

    /// The same Pod, created from this manifest by `kubectl apply`, which leaves evidence of what the author wrote.
    #[must_use]
    pub fn applied_from(mut self, manifest: &str) -> Self {
        self.take_evidence(&authored::of_manifest(manifest).unwrap_or_default());
        self
    }

    /// With what the author can be shown to have written: by the annotation of `kubectl apply`, and by server-side apply.
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

    /// Whether the Pod has more than [`ITEMS`](super::ITEMS) items or far more than 1 MiB of JSON, so that nothing but its
    /// metadata was read.
    pub fn is_beyond(&self) -> bool {
        matches!(self.extent, Extent::Beyond)
    }
}
