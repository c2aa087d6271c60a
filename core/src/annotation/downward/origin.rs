//! The source of a variable's value: `SOURCE` in `NAME=SOURCE`.

use super::well_known::OTEL;
use super::{FieldPath, ResourceField, WellKnown, resource};
use crate::annotation::Expected;
use crate::annotation::containers::is_container_name;
use crate::text::shorten;

/// The source of a variable's value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A field of the Pod: `valueFrom.fieldRef`.
    Field(FieldPath),
    /// A request or limit of the container: `valueFrom.resourceFieldRef`.
    Resource(ResourceField),
    /// A share of a request or limit: `limits.memory*90%`. The Downward API cannot calculate, so podwright does it at
    /// admission and writes a literal.
    Share {
        /// The request or limit, and the unit of the result.
        of: ResourceField,
        /// From 1 to 100.
        percent: u8,
    },
    /// `container.name`, as a literal, because the Downward API lacks it.
    ContainerName,
    /// `container.image`, as a literal.
    ContainerImage,
    /// `container.port` (the first port) or `container.port['NAME']`, as a literal.
    ContainerPort(Option<String>),
    /// A runtime's own setting, such as `GOMEMLIMIT`. Without a limit, the runtime's default holds.
    Setting(Setting),
    /// One of the variables of the word `OTEL`, as a literal with references to variables before it.
    OpenTelemetry(OtelVariable),
}

/// The value of a runtime's own setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The option before the number, with its `=`; empty for most.
    pub flag: &'static str,
    /// The limit, and the unit of the number.
    pub of: ResourceField,
    /// The share of the limit, as a literal; `None` for the limit itself.
    pub percent: Option<u8>,
}

/// A variable of the word `OTEL`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtelVariable {
    /// `OTEL_SERVICE_NAME`
    ServiceName,
    /// `OTEL_RESOURCE_ATTRIBUTES`
    ResourceAttributes,
}

impl OtelVariable {
    /// Both variables.
    pub const ALL: [Self; 2] = [Self::ServiceName, Self::ResourceAttributes];

    /// Returns the variable's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ServiceName => "OTEL_SERVICE_NAME",
            Self::ResourceAttributes => "OTEL_RESOURCE_ATTRIBUTES",
        }
    }
}

impl Origin {
    /// Parses a source.
    ///
    /// # Errors
    /// The source is unknown. The example has a similar one.
    pub fn parse(source: &str) -> Result<Self, Expected> {
        if let Some(of_container) = source.strip_prefix("container.") {
            return container(source, of_container);
        }
        if let Some(known) = WellKnown::find(source).filter(|known| known.name != OTEL) {
            let problem = format!("invalid source \"{source}\": it is a well-known name; expected its source");
            return Err(Expected::new(problem, format!("NAME={}", known.flag_and_source().1)));
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
                "unknown source \"{}\": expected container.name, container.image, container.port or \
                 container.port['NAME']",
                shorten(source)
            ),
            "HTTP_PORT=container.port['http']",
        )),
    }
}
