//! The field `functionConfig`: a podwright Configuration, whose labels may opt Namespaces in.

use serde_json::Value;

use super::results::{ResourceRef, ResultItem};
use crate::inject::Reason;
use crate::profile::file::{API_VERSION, ConfigurationFile, KIND};
use crate::profile::{Configuration, DEFAULT_PROFILE};
use crate::text::shorten;
use crate::workload::namespace::{InjectLabel, LABEL, PROFILE_LABEL};

/// The code for an invalid functionConfig.
const INVALID: &str = "InvalidConfiguration";

/// The reason that only `podwright fn` gives.
pub(in crate::cli) const REASON: Reason = Reason {
    code: INVALID,
    sentence: "the functionConfig is not a valid podwright Configuration, so podwright fn changes no item",
    remedy: "Correct the field that the result names. podwright config check FILE checks the same file, except for its labels.",
};

/// A valid `functionConfig`.
pub(super) struct FunctionConfig {
    pub(super) configuration: Configuration,
    /// The profile for all namespaces, by the labels: those of a Namespace, because containers get no flags.
    pub(super) namespace_profile: Option<String>,
}

impl FunctionConfig {
    /// Reads the Configuration and its labels.
    ///
    /// # Errors
    /// A result for each problem.
    pub(super) fn read(value: &Value) -> Result<Self, Vec<ResultItem>> {
        let reference = ResourceRef::of(value);
        if (reference.api_version.as_str(), reference.kind.as_str()) != (API_VERSION, KIND) {
            let (kind, version) = (shorten(&reference.kind), shorten(&reference.api_version));
            let text = format!(
                "the functionConfig is of kind \"{kind}\" in apiVersion \"{version}\"; expected kind: {KIND}, \
                 apiVersion: {API_VERSION}"
            );
            return Err(vec![ResultItem::error(INVALID, reference, String::new(), text)]);
        }
        // JSON is YAML, too. Positions would be those of the runner's text, so results have paths only.
        let file = ConfigurationFile::parse(&value.to_string()).map_err(|problems| {
            let named = problems.named().iter();
            let result = |path: &str, text: &str| {
                ResultItem::error(INVALID, reference.clone(), path.to_owned(), text.to_owned())
            };
            let more = problems.count() - problems.named().len();
            let more = (more > 0).then(|| result("", &format!("{more} more problems; correct these first")));
            named.map(|problem| result(&problem.path, &problem.message)).chain(more).collect::<Vec<_>>()
        })?;
        let configuration = file.configuration().clone();
        let namespace_profile = namespace_profile(value, &configuration).map_err(|(label, text)| {
            vec![ResultItem::error(INVALID, reference, format!("metadata.labels[{label}]"), text)]
        })?;
        Ok(Self { configuration, namespace_profile })
    }
}

/// Reads the labels; the error has the invalid label and the problem.
fn namespace_profile(value: &Value, configuration: &Configuration) -> Result<Option<String>, (&'static str, String)> {
    let label = |name: &str| value.get("metadata")?.get("labels")?.get(name);
    if let Some(name) = label(PROFILE_LABEL) {
        let known = name.as_str().filter(|name| configuration.profile(name).is_some());
        return known.map(|name| Some(name.to_owned())).ok_or_else(|| {
            let names = configuration.profile_names().collect::<Vec<_>>().join(", ");
            (
                PROFILE_LABEL,
                format!("unknown profile {}; expected one of {}", shorten(&name.to_string()), shorten(&names)),
            )
        });
    }
    let Some(inject) = label(LABEL) else { return Ok(None) };
    match inject.as_str().and_then(InjectLabel::of) {
        Some(InjectLabel::Enabled) => Ok(Some(DEFAULT_PROFILE.to_owned())),
        _ => {
            Err((LABEL, format!("unknown value {}; expected enabled, or no such label", shorten(&inject.to_string()))))
        }
    }
}
