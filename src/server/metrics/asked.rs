//! Metrics that are looked up when somebody asks for them, so that they cost requests nothing.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, MetricEncoder};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

use super::table::{Kind, Metric};

/// What a metric stands at: its label's value, empty where it has no label, and the number. Nothing where it is not known.
pub(in crate::server) type Standing = Vec<(&'static str, f64)>;

/// A metric, and where to look.
pub(super) struct Asked {
    pub(super) metric: &'static Metric,
    pub(super) look: Box<dyn Fn() -> Standing + Send + Sync>,
}

impl fmt::Debug for Asked {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.metric.name)
    }
}

impl Collector for Asked {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let standing = (self.look)();
        if standing.is_empty() {
            return Ok(());
        }
        let Metric { name, unit, help, kind, labels, .. } = self.metric;
        let kind = if *kind == Kind::Counter { MetricType::Counter } else { MetricType::Gauge };
        let mut encoder = encoder.encode_descriptor(name, &format!("{help}."), unit.as_ref(), kind)?;
        for (value, number) in standing {
            match labels.first() {
                Some((label, _)) => write(encoder.encode_family(&[(*label, value)])?, kind, number)?,
                None => return write(encoder, kind, number),
            }
        }
        Ok(())
    }
}

fn write(encoder: MetricEncoder<'_>, kind: MetricType, number: f64) -> fmt::Result {
    match kind {
        MetricType::Counter => ConstCounter::new(number).encode(encoder),
        _ => ConstGauge::new(number).encode(encoder),
    }
}
