//! The form of a row, and its registration.

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::{self, Registry, Unit};

/// The beginning of each name, except for the metrics of the process, which every process has.
pub(in crate::server) const PREFIX: &str = "podwright";

/// A label's name and a description of its values.
pub type Label = (&'static str, &'static str);

pub(in crate::server) type Labels<const N: usize> = [(&'static str, &'static str); N];
pub(in crate::server) type Counters<const N: usize> = Family<Labels<N>, Counter>;

/// One metric, as it is registered and explained.
#[derive(Clone, Copy)]
pub struct Metric {
    pub(in crate::server) name: &'static str,
    pub(super) unit: Option<&'static str>,
    /// The type in OpenMetrics.
    pub kind: MetricKind,
    /// The labels.
    pub labels: &'static [Label],
    /// The meaning for a stranger; without the full stop, which the format adds.
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

pub(super) const SECONDS: Option<&str> = Some("seconds");
pub(super) const BYTES: Option<&str> = Some("bytes");

pub(super) const COUNTER: Metric =
    Metric { name: "", unit: None, kind: MetricKind::Counter, labels: &[], help: "", question: "" };
pub(super) const GAUGE: Metric = Metric { kind: MetricKind::Gauge, ..COUNTER };
pub(super) const HISTOGRAM: Metric = Metric { kind: MetricKind::Histogram, ..COUNTER };
pub(super) const INFO: Metric = Metric { kind: MetricKind::Info, ..COUNTER };

impl Metric {
    /// The name in queries, such as `podwright_requests_total`. The series of a histogram have one more suffix.
    pub fn name(&self) -> String {
        let unit = self.unit.map(|unit| format!("_{unit}")).unwrap_or_default();
        let suffix = match self.kind {
            MetricKind::Counter => "_total",
            MetricKind::Info => "_info",
            MetricKind::Gauge | MetricKind::Histogram => "",
        };
        let prefix = if self.name.starts_with("process_") { String::new() } else { format!("{PREFIX}_") };
        format!("{prefix}{}{unit}{suffix}", self.name)
    }

    /// The unit: `seconds`, `bytes` or none.
    pub fn unit(&self) -> Option<&str> {
        self.unit
    }

    pub(in crate::server) fn registered_unit(&self) -> Option<Unit> {
        self.unit.map(|unit| Unit::Other(unit.to_owned()))
    }

    pub(in crate::server) fn register(&self, registry: &mut Registry, metric: impl registry::Metric) {
        match self.registered_unit() {
            Some(unit) => registry.register_with_unit(self.name, self.help, unit, metric),
            None => registry.register(self.name, self.help, metric),
        }
    }

    /// Registers a metric and returns a handle to it.
    pub(in crate::server) fn handle<M: registry::Metric + Clone + Default>(&self, registry: &mut Registry) -> M {
        let metric = M::default();
        self.register(registry, metric.clone());
        metric
    }
}
