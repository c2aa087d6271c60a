//! The source of a variable's value: the part of `NAME=SOURCE` behind the `=`.

use super::{FieldPath, ResourceField, WELL_KNOWN, resource};
use crate::annotation::Expected;
use crate::annotation::containers::is_container_name;
use crate::text::shorten;

/// The source of a variable's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// `valueFrom.fieldRef`: a field of the Pod, read by the kubelet.
    Field(FieldPath),
    /// `valueFrom.resourceFieldRef`: a request or limit of the container, read by the kubelet.
    Resource(ResourceField),
    /// `limits.memory*90%`: a part of a request or limit. The Downward API cannot calculate, so admission does, and
    /// the value is a literal: only where the amount is known by then.
    Share {
        /// The request or limit to share out, and the unit to count in.
        of: ResourceField,
        /// From 1 to 100.
        percent: u8,
    },
    /// `container.name`, which the Downward API cannot give: a literal.
    ContainerName,
    /// `container.image`, likewise.
    ContainerImage,
    /// `container.port`, the first, or `container.port['NAME']`: a literal.
    ContainerPort(Option<String>),
}

impl Origin {
    /// Reads what stands behind the `=`.
    ///
    /// # Errors
    /// A source that neither the Downward API for env nor admission can give; where it is a source for volumes only, or
    /// a slip of the keyboard, the message says so.
    pub fn parse(source: &str) -> Result<Self, Expected> {
        if let Some(of_container) = source.strip_prefix("container.") {
            return container(source, of_container);
        }
        if let Some((name, meant)) = WELL_KNOWN.iter().find(|(name, _)| *name == source) {
            let problem = format!("has the source \"{name}\", which is a well-known name; expected what it stands for");
            return Err(Expected::new(problem, format!("NAME={meant}")));
        }
        if source.starts_with("limits.") || source.starts_with("requests.") {
            let (of, percent) = resource::parse(source)?;
            return Ok(percent.map_or(Self::Resource(of), |percent| Self::Share { of, percent }));
        }
        FieldPath::parse(source).map(Self::Field)
    }
}

fn container(source: &str, of_container: &str) -> Result<Origin, Expected> {
    match of_container {
        "name" => return Ok(Origin::ContainerName),
        "image" => return Ok(Origin::ContainerImage),
        "port" => return Ok(Origin::ContainerPort(None)),
        _ => {}
    }
    let port = of_container.strip_prefix("port['").and_then(|rest| rest.strip_suffix("']"));
    match port {
        Some(name) if is_container_name(name) => Ok(Origin::ContainerPort(Some(name.to_owned()))),
        _ => Err(Expected::new(
            format!(
                "has the source \"{}\", which is not known of a container; \
                 expected container.name, container.image, container.port or container.port['NAME']",
                shorten(source)
            ),
            "HTTP_PORT=container.port['http']",
        )),
    }
}
