//! `downward-env`: the Downward API as environment variables.

use std::borrow::Cow;

use super::by_name::ByName;
use super::draft::in_json;
use super::pod::{Container, ContainerPort, EnvVar, Pod};
use super::reason::{AUTHORS_NULL, KEPT_AUTHORS, VIRTUAL_NODE};
use super::{Draft, Entry, Feature, InContainer, Outcome, Reason, Value, Variable, api_defaults};
use crate::annotation::downward::{Divisor, EnvSource, Origin, ResourceField, Section};
use crate::annotation::quantity::Quantity;
use crate::profile::{Plan, Source, Wish};

const KEY: &str = "downward-env";

const AMOUNT_UNKNOWN: Reason = Reason {
    code: "AmountUnknown",
    sentence: "the share needs a request or limit that the container does not set",
    remedy: "Set it in the container, or with podwright.dev/requests or podwright.dev/limits.",
};
const IMAGE_UNKNOWN: Reason = Reason {
    code: "ImageUnknown",
    sentence: "the container has no image yet",
    remedy: "Set the image. If another webhook sets it, no action is needed: podwright then runs again.",
};
const PORT_UNKNOWN: Reason = Reason {
    code: "PortUnknown",
    sentence: "the container declares no such port",
    remedy: "Declare the port in the container's ports.",
};
const NODE_ALLOCATABLE: Reason = Reason {
    code: "NodeAllocatable",
    sentence: "the container has no such limit, so the value is the node's allocatable amount",
    remedy: "Set the limit in the container or with podwright.dev/limits if the program sizes itself by this value.",
};
const REQUEST_UNSET: Reason = Reason {
    code: "RequestUnset",
    sentence: "the container has no such request, so the value is 0",
    remedy: "Set the request in the container or with podwright.dev/requests.",
};
const ENV_FROM: Reason = Reason {
    code: "EnvFromOverridden",
    sentence: "podwright cannot see the variables of envFrom, and overrides those with the same name",
    remedy: "Check the ConfigMaps and Secrets of envFrom for variables with these names. If one should stay, remove \
             its name from podwright.dev/downward-env.",
};

/// The bytes of a variable as JSON, without its name and its value.
const VARIABLE_BYTES: usize = 112;

/// Adds variables before the author's, so that the author's `$(POD_IP)` expands.
pub(super) const FEATURE: Feature = Feature {
    keys: &[KEY],
    fit,
    reasons: &[AMOUNT_UNKNOWN, IMAGE_UNKNOWN, PORT_UNKNOWN, NODE_ALLOCATABLE, REQUEST_UNSET, ENV_FROM],
};

fn fit<'p>(pod: &'p Pod<'p>, plan: &'p Plan<'p>, draft: &mut Draft<'p>) {
    let is_virtual = pod.node().is_virtual;
    for (at, wishes) in pod.containers().zip(&plan.containers) {
        let container = at.container;
        let Some(wish) = wishes.downward_env else { continue };
        if container.authored.env.is_null() {
            draft.report(entry(container, "", &wish, Outcome::Skipped(AUTHORS_NULL)));
            continue;
        }
        draft.spend(wish.value.iter().map(|source| bytes(source, container)).sum());
        if draft.is_overspent() {
            return;
        }
        let existing = Existing::of(container);
        for source in wish.value {
            let amount = |of: &ResourceField| draft.amount(pod, at, *of);
            let (variable, outcome) = match judge(source, &existing, &amount) {
                (Some(_), _) if is_virtual && wish.by == Source::Profile && is_in_status(source) => {
                    (None, Outcome::Skipped(VIRTUAL_NODE))
                }
                judged => judged,
            };
            draft.report(entry(container, source.name.as_str(), &wish, outcome));
            variable.into_iter().for_each(|variable| draft.edit(at.slot, InContainer::Env(variable)));
        }
        if container.env_from.0 {
            draft.report(entry(container, "", &wish, Outcome::Noted(ENV_FROM)));
        }
    }
}

/// Estimates the bytes of a variable in the Pod's JSON.
fn bytes(source: &EnvSource, container: &Container<'_>) -> usize {
    let value = match &source.from {
        Origin::Field(path) => path.as_str().len(),
        Origin::ContainerName => in_json(container.name.as_str()),
        Origin::ContainerImage => in_json(container.image.as_str()),
        Origin::Resource(_) | Origin::Share { .. } | Origin::ContainerPort(_) => 0,
    };
    VARIABLE_BYTES + source.name.as_str().len() + value
}

fn entry<'p, T>(container: &'p Container<'p>, name: &'p str, wish: &Wish<'_, T>, outcome: Outcome) -> Entry<'p> {
    Entry { key: KEY, container: container.name.as_str(), item: Cow::Borrowed(name), by: wish.by, outcome }
}

/// The variables and ports of a container, by name.
struct Existing<'p> {
    container: &'p Container<'p>,
    env: ByName<'p, EnvVar<'p>>,
    ports: ByName<'p, ContainerPort<'p>>,
}

impl<'p> Existing<'p> {
    fn of(container: &'p Container<'p>) -> Self {
        Self {
            container,
            env: ByName::new(&container.env.0, |variable| variable.name.as_str()),
            ports: ByName::new(&container.ports.0, |port| port.name.as_str()),
        }
    }
}

/// The container's request or limit, with podwright's edits.
type AmountOf<'a> = dyn Fn(&ResourceField) -> Option<Quantity> + 'a;

/// Returns the variable to add, if any, and the outcome.
fn judge<'p>(source: &'p EnvSource, existing: &Existing<'p>, amount: &AmountOf<'_>) -> (Option<Variable<'p>>, Outcome) {
    let name = source.name.as_str();
    let wanted = variable(source, existing, amount);
    // If several variables have one name, the kubelet uses the last one.
    match (existing.env.last(name), wanted) {
        (None, Ok(wanted)) => (Some(wanted), in_force(source, amount)),
        (None, Err(reason)) => (None, Outcome::Skipped(reason)),
        (Some(there), Ok(wanted)) if api_defaults::same_variable(there, &wanted.value) => {
            (None, in_force(source, amount))
        }
        (Some(_), _) => (None, Outcome::Kept(KEPT_AUTHORS)),
    }
}

/// Returns whether the variable's value is a field of the Pod's `status`.
fn is_in_status(source: &EnvSource) -> bool {
    matches!(&source.from, Origin::Field(path) if path.as_str().starts_with("status."))
}

fn in_force(source: &EnvSource, amount: &AmountOf<'_>) -> Outcome {
    let Origin::Resource(of) = source.from else { return Outcome::InForce };
    match (amount(&of), of.section) {
        (Some(_), _) => Outcome::InForce,
        (None, Section::Limits) => Outcome::Noted(NODE_ALLOCATABLE),
        (None, Section::Requests) => Outcome::Noted(REQUEST_UNSET),
    }
}

fn variable<'p>(source: &'p EnvSource, existing: &Existing<'p>, amount: &AmountOf<'_>) -> Result<Variable<'p>, Reason> {
    let container = existing.container;
    let value = match &source.from {
        Origin::Field(path) => Value::Field(path),
        Origin::Resource(of) => Value::Resource(*of),
        Origin::Share { of, percent } => Value::Literal(share(*of, *percent, amount(of)).ok_or(AMOUNT_UNKNOWN)?.into()),
        Origin::ContainerName => Value::Literal(container.name.as_str().into()),
        Origin::ContainerImage => Value::Literal(image(container).ok_or(IMAGE_UNKNOWN)?.into()),
        Origin::ContainerPort(port) => {
            Value::Literal(port_number(port.as_deref(), existing).ok_or(PORT_UNKNOWN)?.into())
        }
    };
    Ok(Variable { name: source.name.as_str(), value })
}

/// Escapes the image: the kubelet expands `$(NAME)` in literals, and reads `$$` as `$`.
fn image(container: &Container<'_>) -> Option<String> {
    Some(container.image.as_str()).filter(|image| !image.is_empty()).map(|image| image.replace('$', "$$"))
}

fn share(of: ResourceField, percent: u8, amount: Option<Quantity>) -> Option<String> {
    let unit = Quantity::parse(of.divisor.unwrap_or(Divisor::ONE).as_str())?;
    Some(amount?.share(percent, unit)?.to_string())
}

fn port_number<'p>(wanted: Option<&str>, existing: &Existing<'p>) -> Option<&'p str> {
    let port = match wanted {
        Some(name) => existing.ports.first(name)?,
        None => existing.container.ports.0.first()?,
    };
    port.container_port.as_ref().map(super::pod::Scalar::text).filter(|number| number.parse::<u16>().is_ok())
}
