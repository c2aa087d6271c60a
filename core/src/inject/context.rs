//! Everything that one injection depends on, beside the Pod.

use super::pod::Owner;
use crate::annotation::{Directives, Faults};
use crate::profile::{Configuration, Plan};

/// The reader of the report.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reader {
    /// The command line, which shows the lines.
    Person,
    /// The webhook, which needs neither the lines nor the operations of the patch.
    Webhook,
    /// A person who applies a workload, and is told its warnings.
    Applier,
}

/// The settings of one injection: annotations, plan and configuration, and the reader of the report.
#[derive(Clone, Copy)]
pub(super) struct InjectContext<'p> {
    pub(super) directives: &'p Directives,
    pub(super) plan: &'p Plan<'p>,
    pub(super) configuration: &'p Configuration,
    /// The faults of annotations that podwright goes without.
    pub(super) faults: &'p Faults,
    pub(super) reader: Reader,
    /// The owner for whose sake the Namespace's opt-in does not reach the Pod.
    pub(super) withheld: Option<&'p Owner<'p>>,
}

impl InjectContext<'_> {
    /// Whether the Pod is another controller's and asks for nothing itself, so that not even its status is written.
    pub(super) fn leaves_all_alone(&self) -> bool {
        self.plan.keeps_defaults && self.plan.everything.is_none() && !self.directives.ask()
    }
}
