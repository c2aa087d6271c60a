//! `-o json` and `-o yaml`.

use serde::Serialize;

use crate::inspect::WorkloadName;
use crate::inspect::inventory::{Counts, Inventory, Row, RowReason, State};

/// The inventory as an object. Later versions may add fields.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Document<'i> {
    api_version: &'static str,
    kind: &'static str,
    workloads: Vec<Workload<'i>>,
    totals: Totals,
    /// The facts that the user may not see, and other notes.
    notes: &'i [String],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Workload<'i> {
    namespace: &'i str,
    group: &'i str,
    kind: &'i str,
    name: &'i str,
    #[serde(flatten)]
    counts: PodCounts,
    profiles: &'i [String],
    versions: &'i [String],
    reasons: Vec<Reason<'i>>,
}

#[derive(Serialize)]
struct Totals {
    workloads: usize,
    #[serde(flatten)]
    counts: PodCounts,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PodCounts {
    pods: u64,
    injected: u64,
    missed: u64,
    stale: u64,
    denied: u64,
    left_alone: u64,
    unknown: u64,
}

#[derive(Serialize)]
struct Reason<'i> {
    state: &'static str,
    reason: String,
    settings: Vec<Setting<'i>>,
    pods: u64,
    #[serde(skip_serializing_if = "str::is_empty")]
    example: &'i str,
}

#[derive(Serialize)]
struct Setting<'i> {
    key: &'i str,
    container: &'i str,
    change: &'static str,
}

/// Makes the object.
pub(super) fn document<'i>(inventory: &'i Inventory, notes: &'i [String]) -> Document<'i> {
    let workloads: Vec<Workload<'i>> = inventory.rows().map(workload).collect();
    let totals = Totals { workloads: workloads.len(), counts: inventory.totals().into() };
    Document { api_version: "podwright.dev/v1alpha1", kind: "Inventory", workloads, totals, notes }
}

fn workload<'i>((namespace, name, row): (&'i str, &'i WorkloadName, &'i Row)) -> Workload<'i> {
    Workload {
        namespace,
        group: &name.group,
        kind: &name.kind,
        name: &name.name,
        counts: row.counts.into(),
        profiles: &row.profiles,
        versions: &row.versions,
        reasons: row.reasons.iter().map(Reason::from).collect(),
    }
}

impl From<Counts> for PodCounts {
    fn from(counts: Counts) -> Self {
        Self {
            pods: counts.pods,
            injected: counts.of(State::Injected),
            missed: counts.of(State::Missed),
            stale: counts.of(State::Stale),
            denied: counts.of(State::Denied),
            left_alone: counts.of(State::LeftAlone),
            unknown: counts.of(State::Unknown),
        }
    }
}

impl<'i> From<&'i RowReason> for Reason<'i> {
    fn from(reason: &'i RowReason) -> Self {
        let settings = reason.settings.iter();
        let setting = |it: &'i crate::inspect::Difference| Setting {
            key: &it.key,
            container: &it.container,
            change: it.change.as_str(),
        };
        let (state, example) = (reason.state.as_str(), reason.example.as_str());
        Self { state, reason: reason.sentence(), settings: settings.map(setting).collect(), pods: reason.pods, example }
    }
}
