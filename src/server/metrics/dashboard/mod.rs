//! The panels of the Grafana dashboard, as data: podwright itself does not use it.
//!
//! Tests make the dashboard of it, and check each name and label against the table of metrics.

mod load;
mod overview;

use super::table::Metric;

/// A row of panels.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The heading.
    pub title: &'static str,
    /// The panels from left to right.
    pub panels: &'static [Panel],
}

/// A panel.
#[derive(Clone, Copy)]
pub struct Panel {
    /// The heading.
    pub title: &'static str,
    /// The form.
    pub kind: PanelKind,
    /// The unit, by Grafana's name for it.
    pub unit: &'static str,
    /// The values that need attention.
    pub bad: Bad,
    /// A hint for the reader, in addition to the help of the metrics.
    pub note: &'static str,
    /// The metrics whose help is the description.
    pub about: &'static [&'static Metric],
    /// Expressions with their legends. `$target` is the selection of installations and Pods.
    pub queries: &'static [Query],
}

/// An expression and its legend, such as `{{pod}}`.
pub type Query = (&'static str, &'static str);

/// The form of a panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PanelKind {
    /// The present value as a number.
    Number,
    /// Lines over time.
    Lines,
    /// A histogram over time.
    Heatmap,
    /// The present values with their labels.
    Table,
}

/// The values that a number shows in red.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bad {
    /// None.
    Never,
    /// Values below this one.
    Below(u32),
    /// This value and those above.
    From(u32),
}

impl std::fmt::Debug for Panel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Panel").field("title", &self.title).field("queries", &self.queries).finish_non_exhaustive()
    }
}

/// The rows from top to bottom.
pub static ROWS: [&Row; 8] = [
    &overview::HEALTH,
    &overview::TRAFFIC,
    &overview::LATENCY,
    &overview::INJECTIONS,
    &overview::REASONS,
    &load::CONNECTIONS,
    &load::STATE,
    &load::RESOURCES,
];

const LINES: Panel =
    Panel { title: "", kind: PanelKind::Lines, unit: "short", bad: Bad::Never, note: "", about: &[], queries: &[] };
const NUMBER: Panel = Panel { kind: PanelKind::Number, ..LINES };
const TABLE: Panel = Panel { kind: PanelKind::Table, ..LINES };
