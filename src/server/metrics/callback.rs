//! Metrics that are computed at each scrape, so they cost requests nothing.

use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric, MetricEncoder};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;

use super::metric::{Metric, MetricKind};

/// The values of a metric, each with the value of its label: empty without a label. No value if it is unknown.
pub(crate) type Samples = Vec<(&'static str, f64)>;

pub(crate) struct Callback {
    metric: &'static Metric,
    samples: Box<dyn Fn() -> Samples + Send + Sync>,
}

/// Returns the one value of a metric without a label.
pub(crate) fn value(value: impl Into<Option<f64>>) -> Samples {
    value.into().map(|value| ("", value)).into_iter().collect()
}

impl Callback {
    pub(crate) fn new(metric: &'static Metric, samples: impl Fn() -> Samples + Send + Sync + 'static) -> Self {
        Self { metric, samples: Box::new(samples) }
    }
}

impl fmt::Debug for Callback {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.metric.name)
    }
}

impl Collector for Callback {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let samples = (self.samples)();
        if samples.is_empty() {
            return Ok(());
        }
        let Metric { name, help, kind, labels, .. } = self.metric;
        let kind = if *kind == MetricKind::Counter { MetricType::Counter } else { MetricType::Gauge };
        let unit = self.metric.registered_unit();
        let mut encoder = encoder.encode_descriptor(name, &format!("{help}."), unit.as_ref(), kind)?;
        for (value, number) in samples {
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
