//! The form of a row in the table of metrics, and its registration.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::{self, Registry, Unit};

/// The prefix of each name. The standard metrics of a process have none.
pub(super) const PREFIX: &str = "podwright";

/// A label's name and a description of its values.
pub type Label = (&'static str, &'static str);

pub(super) type Labels<const N: usize> = [(&'static str, &'static str); N];
pub(super) type Counters<const N: usize> = Family<Labels<N>, Counter>;

/// A row of the table: a metric for the registry and the page.
#[derive(Clone, Copy)]
pub struct Metric {
    pub(super) name: &'static str,
    pub(super) unit: Option<&'static str>,
    /// The type in OpenMetrics.
    pub kind: MetricKind,
    /// The labels.
    pub labels: &'static [Label],
    /// The meaning, without the full stop, which the format adds.
    pub help: &'static str,
    /// The question that the metric answers.
    pub question: &'static str,
}

/// A type of OpenMetrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricKind {
    /// A number that only grows.
    Counter,
    /// The present value.
    Gauge,
    /// Numbers of observations by size or time.
    Histogram,
    /// A constant, in its labels.
    Info,
}

impl Metric {
    /// Returns the name in queries, such as `podwright_requests_total`. The series of a histogram have one more suffix.
    pub fn name(&self) -> String {
        let prefix = if self.name.starts_with("process_") { String::new() } else { format!("{PREFIX}_") };
        let unit = self.unit.map(|unit| format!("_{unit}")).unwrap_or_default();
        let suffix = match self.kind {
            MetricKind::Counter => "_total",
            MetricKind::Info => "_info",
            MetricKind::Gauge | MetricKind::Histogram => "",
        };
        format!("{prefix}{}{unit}{suffix}", self.name)
    }

    /// Returns the unit: `seconds`, `bytes` or none.
    pub fn unit(&self) -> Option<&str> {
        self.unit
    }

    pub(super) fn registered_unit(&self) -> Option<Unit> {
        self.unit.map(|unit| Unit::Other(unit.to_owned()))
    }

    pub(super) fn register(&self, registry: &mut Registry, metric: impl registry::Metric) {
        match self.registered_unit() {
            Some(unit) => registry.register_with_unit(self.name, self.help, unit, metric),
            None => registry.register(self.name, self.help, metric),
        }
    }

    pub(super) fn create<M: registry::Metric + Clone + Default>(&self, registry: &mut Registry) -> M {
        let metric = M::default();
        self.register(registry, metric.clone());
        metric
    }
}
