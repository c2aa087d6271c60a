//! `downward-env`: the Downward API as environment variables.

mod open_telemetry;
mod reasons;

use std::borrow::Cow;
use std::cell::OnceCell;

use super::by_name::ByName;
use super::draft::in_json;
use super::pod::{Container, ContainerPort, EnvVar, Pod, Slot, Str};
use super::reason::{AUTHORS_NULL, KEPT_AUTHORS, VIRTUAL_NODE};
use super::{Draft, Entry, Feature, InContainer, Outcome, Reason, Value, Variable, api_defaults};
use crate::annotation::downward::{Divisor, EnvSource, Origin, OtelVariable, ResourceField, Section, Setting};
use crate::annotation::quantity::Quantity;
use crate::profile::{Plan, Source, Wish};
use open_telemetry::Resource;
use reasons::{
    AMOUNT_UNKNOWN, ATTRIBUTES_TOO_LONG, ENV_FROM, ENV_FROM_UNSEEN, IMAGE_UNKNOWN, NAME_TAKEN, NODE_ALLOCATABLE,
    OPERATORS, PORT_UNKNOWN, REQUEST_UNSET, SERVICE_IN_ATTRIBUTES, SHARE_OF_LIMIT, WHOLE_CORES,
};

const KEY: &str = "downward-env";

/// The bytes of a variable as JSON, without its name and its value.
const VARIABLE_BYTES: usize = 112;

/// Adds variables before the author's, so that the author's `$(POD_IP)` expands.
pub(super) const FEATURE: Feature = Feature { keys: &[KEY], fit, reasons: &reasons::ALL };

fn fit<'p>(pod: &'p Pod<'p>, plan: &'p Plan<'p>, draft: &mut Draft<'p>) {
    let resource = OnceCell::new();
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
        let existing = Existing::of(container, pod, &resource);
        for source in wish.value {
            let amount = |of: &ResourceField| draft.amount(pod, at, *of);
            let judged = judge(source, &existing, &amount);
            let (variable, outcome) = match spared(source, &existing, wish.by) {
                Some(reason) if judged.0.is_some() => (None, Outcome::Skipped(reason)),
                _ => judged,
            };
            draft.report(entry(container, source.name.as_str(), &wish, outcome));
            variable.into_iter().for_each(|variable| add(source, variable, at.slot, draft));
        }
        if container.env_from.0 {
            draft.report(entry(container, "", &wish, Outcome::Noted(ENV_FROM)));
        }
    }
}

/// Returns the reason for which a profile does not add the variable.
fn spared(source: &EnvSource, existing: &Existing<'_, '_>, by: Source) -> Option<Reason> {
    if by != Source::Profile {
        return None;
    }
    let virtual_node = (is_in_status(source) && existing.pod.node().is_virtual).then_some(VIRTUAL_NODE);
    virtual_node.or((existing.container.env_from.0 && is_setting(source)).then_some(ENV_FROM_UNSEEN))
}

/// Adds the variable, behind those that it refers to.
fn add<'p>(source: &EnvSource, variable: Variable<'p>, slot: Slot, draft: &mut Draft<'p>) {
    let literal = variable.value.literal().filter(|_| is_open_telemetry(source)).unwrap_or_default();
    draft.spend(in_json(literal));
    for reference in open_telemetry::references_in(literal) {
        let name = reference.name;
        let is_there = |edit: &InContainer<'_>| matches!(edit, InContainer::Env(added) if added.name == name);
        if !draft.edits_of(slot).iter().any(is_there) {
            draft.edit(slot, InContainer::Env(Variable { name, value: Value::Field(&reference.field) }));
        }
    }
    draft.edit(slot, InContainer::Env(variable));
}

/// Estimates the bytes of a variable in the Pod's JSON.
fn bytes(source: &EnvSource, container: &Container<'_>) -> usize {
    let value = match &source.from {
        Origin::Field(path) => path.as_str().len(),
        Origin::ContainerName => in_json(container.name.as_str()),
        Origin::ContainerImage => in_json(container.image.as_str()),
        Origin::Resource(_)
        | Origin::Share { .. }
        | Origin::ContainerPort(_)
        | Origin::Setting(_)
        | Origin::OpenTelemetry(_) => 0,
    };
    VARIABLE_BYTES + source.name.as_str().len() + value
}

fn entry<'p, T>(container: &'p Container<'p>, name: &'p str, wish: &Wish<'_, T>, outcome: Outcome) -> Entry<'p> {
    Entry { key: KEY, container: container.name.as_str(), item: Cow::Borrowed(name), by: wish.by, outcome }
}

/// The variables and ports of a container, by name, and OpenTelemetry's resource of its Pod.
struct Existing<'r, 'p> {
    container: &'p Container<'p>,
    env: ByName<'p, EnvVar<'p>>,
    ports: ByName<'p, ContainerPort<'p>>,
    pod: &'p Pod<'p>,
    /// Computed for the first container that needs it.
    resource: &'r OnceCell<Resource<'p>>,
}

impl<'r, 'p> Existing<'r, 'p> {
    fn of(container: &'p Container<'p>, pod: &'p Pod<'p>, resource: &'r OnceCell<Resource<'p>>) -> Self {
        Self {
            container,
            env: ByName::new(&container.env.0, |variable| variable.name.as_str()),
            ports: ByName::new(&container.ports.0, |port| port.name.as_str()),
            pod,
            resource,
        }
    }

    /// Returns the literal of a variable of OpenTelemetry.
    fn resource(&self, variable: OtelVariable) -> Result<String, Reason> {
        let resource = self.resource.get_or_init(|| Resource::of(self.pod));
        let literal = resource.literal(variable, self.container).ok_or(ATTRIBUTES_TOO_LONG)?;
        if self.env.last(variable.as_str()).is_some() {
            return Ok(literal);
        }
        let attributes = self.env.last(OtelVariable::ResourceAttributes.as_str());
        if variable == OtelVariable::ServiceName && attributes.is_some_and(may_name_service) {
            return Err(SERVICE_IN_ATTRIBUTES);
        }
        let is_taken = open_telemetry::references_in(&literal).any(|it| self.env.last(it.name).is_some());
        if is_taken { Err(NAME_TAKEN) } else { Ok(literal) }
    }
}

/// Returns whether the author's attributes have a `service.name`, or come from a source that podwright cannot see.
fn may_name_service(attributes: &EnvVar<'_>) -> bool {
    attributes.value_from.is_present() || open_telemetry::names_service(literal_of(attributes))
}

fn literal_of<'e>(variable: &'e EnvVar<'_>) -> &'e str {
    variable.value.as_ref().map(Str::as_str).unwrap_or_default()
}

/// The container's request or limit, with podwright's edits.
type AmountOf<'a> = dyn Fn(&ResourceField) -> Option<Quantity> + 'a;

/// Returns the variable to add, if any, and the outcome.
fn judge<'p>(
    source: &'p EnvSource,
    existing: &Existing<'_, 'p>,
    amount: &AmountOf<'_>,
) -> (Option<Variable<'p>>, Outcome) {
    let name = source.name.as_str();
    let wanted = variable(source, existing, amount);
    // If several variables have one name, the kubelet uses the last one.
    match (existing.env.last(name), wanted) {
        (None, Ok(wanted)) => (Some(wanted), in_force(source, amount)),
        (None, Err(reason)) => (None, Outcome::Skipped(reason)),
        (Some(there), Ok(wanted)) if is_same(source, there, &wanted.value) => (None, in_force(source, amount)),
        (Some(_), _) if is_open_telemetry(source) && open_telemetry::is_operators(existing.container) => {
            (None, Outcome::PassedOver(OPERATORS))
        }
        (Some(_), _) => (None, Outcome::Kept(KEPT_AUTHORS)),
    }
}

/// Returns whether a variable has the wanted value. The OpenTelemetry operator appends to `OTEL_RESOURCE_ATTRIBUTES` and
/// to `NODE_OPTIONS`.
fn is_same(source: &EnvSource, there: &EnvVar<'_>, wanted: &Value<'_>) -> bool {
    let rest = wanted.literal().and_then(|wanted| literal_of(there).strip_prefix(wanted));
    let is_extended = match source.from {
        Origin::OpenTelemetry(OtelVariable::ResourceAttributes) => rest.is_some_and(|rest| rest.starts_with(',')),
        Origin::Setting(Setting { flag, .. }) if !flag.is_empty() => rest.is_some_and(|rest| rest.starts_with(' ')),
        _ => false,
    };
    is_extended || api_defaults::same_variable(there, wanted)
}

fn is_open_telemetry(source: &EnvSource) -> bool {
    matches!(source.from, Origin::OpenTelemetry(_))
}

/// Returns whether a program reads the variable as its own setting, so that a ConfigMap may well have it.
fn is_setting(source: &EnvSource) -> bool {
    matches!(source.from, Origin::OpenTelemetry(_) | Origin::Setting(_))
}

/// Returns whether the variable's value is a field of the Pod's `status`.
fn is_in_status(source: &EnvSource) -> bool {
    matches!(&source.from, Origin::Field(path) if path.as_str().starts_with("status."))
}

fn in_force(source: &EnvSource, amount: &AmountOf<'_>) -> Outcome {
    let of = match source.from {
        Origin::Resource(of) => of,
        Origin::Setting(Setting { percent: Some(_), .. }) => return Outcome::Noted(SHARE_OF_LIMIT),
        Origin::Setting(_) => return Outcome::Noted(WHOLE_CORES),
        _ => return Outcome::InForce,
    };
    match (amount(&of), of.section) {
        (Some(_), _) => Outcome::InForce,
        (None, Section::Limits) => Outcome::Noted(NODE_ALLOCATABLE),
        (None, Section::Requests) => Outcome::Noted(REQUEST_UNSET),
    }
}

fn variable<'p>(
    source: &'p EnvSource,
    existing: &Existing<'_, 'p>,
    amount: &AmountOf<'_>,
) -> Result<Variable<'p>, Reason> {
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
        Origin::Setting(setting) => self::setting(*setting, amount(&setting.of)).ok_or(AMOUNT_UNKNOWN)?,
        Origin::OpenTelemetry(variable) => Value::Literal(existing.resource(*variable)?.into()),
    };
    Ok(Variable { name: source.name.as_str(), value })
}

/// Escapes the image: the kubelet expands `$(NAME)` in literals, and reads `$$` as `$`.
fn image(container: &Container<'_>) -> Option<String> {
    Some(container.image.as_str()).filter(|image| !image.is_empty()).map(|image| image.replace('$', "$$"))
}

/// Returns the value of a runtime's setting. Without a limit, the node's amount would replace the runtime's own default.
fn setting<'p>(setting: Setting, limit: Option<Quantity>) -> Option<Value<'p>> {
    let Setting { flag, of, percent } = setting;
    match percent {
        None => limit.map(|_| Value::Resource(of)),
        Some(percent) => Some(Value::Literal(format!("{flag}{}", share(of, percent, limit)?).into())),
    }
}

fn share(of: ResourceField, percent: u8, amount: Option<Quantity>) -> Option<String> {
    let unit = Quantity::parse(of.divisor.unwrap_or(Divisor::ONE).as_str())?;
    Some(amount?.share(percent, unit)?.to_string())
}

fn port_number<'p>(wanted: Option<&str>, existing: &Existing<'_, 'p>) -> Option<&'p str> {
    let port = match wanted {
        Some(name) => existing.ports.first(name)?,
        None => existing.container.ports.0.first()?,
    };
    port.container_port.as_ref().map(super::pod::Scalar::text).filter(|number| number.parse::<u16>().is_ok())
}
