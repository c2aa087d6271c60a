//! The inputs of one injection, apart from the Pod.

use super::pod::Owner;
use crate::annotation::{Directives, Faults};
use crate::profile::{Configuration, Plan};

/// The reader of the report.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// The command line, which shows the lines.
    Person,
    /// The command line for rendered manifests: the lines, and no status annotation.
    Renderer,
    /// The webhook, which uses neither the lines nor the operations of the patch.
    Webhook,
    /// The author of an applied workload: sees only the warnings.
    Applier,
}

/// The settings of one injection: annotations, plan and configuration, and the reader of the report.
#[derive(Clone, Copy)]
pub(super) struct InjectContext<'p> {
    pub(super) directives: &'p Directives,
    pub(super) plan: &'p Plan<'p>,
    pub(super) configuration: &'p Configuration,
    /// The invalid annotations that the configuration tolerates.
    pub(super) faults: &'p Faults,
    pub(super) reader: Reader,
    /// The owner that keeps the Namespace's opt-in from the Pod.
    pub(super) withheld: Option<&'p Owner<'p>>,
}

impl InjectContext<'_> {
    /// Returns whether podwright adds nothing at all, not even the status: another controller owns the Pod, and the Pod
    /// itself sets nothing.
    pub(super) fn leaves_all_alone(&self) -> bool {
        self.plan.keeps_defaults && self.plan.everything.is_none() && !self.directives.ask()
    }
}
