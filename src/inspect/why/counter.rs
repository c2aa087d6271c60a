//! Step 9: the API server's counter of calls that it went on without.

use super::walk::Walk;
use crate::inspect::finding::Finding;
use crate::inspect::installed::Metrics;

const STEP: &str = "fail-open";
const METRIC: &str = "apiserver_admission_webhook_fail_open_count";

/// Reads the counter, where the user may.
pub(super) async fn step(walk: &Walk<'_>) -> Finding {
    let text = match walk.reader.object("/metrics").await {
        Ok(Some(text)) => text,
        Ok(None) => return Finding::skipped(STEP, "the API server has no /metrics"),
        Err(crate::cluster::RequestFailure::NotAllowed(_)) => {
            return Finding::skipped(STEP, "not allowed to see the API server's /metrics");
        }
        Err(failure) => return Finding::skipped(STEP, format!("cannot read the API server's /metrics: {failure}")),
    };
    let metrics = Metrics::parse(&text);
    let ours = |series: &str| series.contains(".podwright.dev\"");
    let count: f64 = metrics
        .series(METRIC)
        .filter(|(series, _)| ours(series))
        .filter_map(|(_, value)| value.parse::<f64>().ok())
        .sum();
    match count > 0.0 {
        false => Finding::passed(STEP, "this API server has never ignored a failed call to podwright"),
        true => Finding::warning(
            STEP,
            format!(
                "this API server ignored failed calls to podwright since it started: {count}; each may have missed a Pod"
            ),
        ),
    }
}
