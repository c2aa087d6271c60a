//! The text formats of the metrics: OpenMetrics for clients that accept it, such as Prometheus, and the older
//! Prometheus format for all others. Both have the same series.
//!
//! Scrapes are written one at a time: each takes as long as ten reviews, and a kubelet's probe waits on the same port.
//! For the same reason only a few may wait.

use std::fmt;
use std::fmt::Write as _;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::text::{encode, encode_registry};
use tokio::sync::{Mutex, Semaphore};
use tokio::task::yield_now;

use super::registry::Metrics;

const OPEN_METRICS: &str = "application/openmetrics-text";
const OPEN_METRICS_1: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";
const PROMETHEUS: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Concurrent scrapes. A few collectors scrape at once by chance, and try again at the next interval.
const SCRAPES: usize = 8;

#[derive(Clone)]
struct Scraped {
    metrics: Arc<Metrics>,
    free: Arc<Semaphore>,
    turn: Arc<Mutex<()>>,
}

pub(crate) fn router(metrics: Arc<Metrics>) -> Router {
    let free = Arc::new(Semaphore::new(SCRAPES));
    Router::new().route("/metrics", get(scrape)).with_state(Scraped { metrics, free, turn: Arc::default() })
}

async fn scrape(State(Scraped { metrics, free, turn }): State<Scraped>, headers: HeaderMap) -> Response {
    let Ok(_free) = free.try_acquire() else {
        let text = format!("more than {SCRAPES} scrapes at once: try again, or scrape less often\n");
        return (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "1")], text).into_response();
    };
    let _turn = turn.lock().await;
    // Lets probes go first, also on a machine with one core.
    yield_now().await;
    let text = match accepts_open_metrics(&headers) {
        true => open_metrics(&metrics).map(|text| (OPEN_METRICS_1, text)),
        false => open_metrics(&metrics).and_then(|text| Ok((PROMETHEUS, prometheus(&text)?))),
    };
    match text {
        Ok((content_type, text)) => ([(header::CONTENT_TYPE, content_type)], text).into_response(),
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, "podwright could not write its metrics; this is a bug\n")
            .into_response(),
    }
}

/// Returns whether the client names OpenMetrics without `q=0`. `*/*` does not count: clients without a choice send it.
fn accepts_open_metrics(headers: &HeaderMap) -> bool {
    let mut accepted = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.any(|value| value.split(',').any(names_open_metrics))
}

fn names_open_metrics(range: &str) -> bool {
    let mut parts = range.split(';').map(str::trim);
    let is_named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(OPEN_METRICS));
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    is_named && weight.and_then(|weight| weight.parse::<f32>().ok()).is_none_or(|weight| weight > 0.0)
}

fn open_metrics(metrics: &Metrics) -> Result<String, fmt::Error> {
    let mut text = String::new();
    encode_registry(&mut text, &metrics.process)?;
    encode(&mut text, &metrics.registry)?;
    Ok(text)
}

/// Converts OpenMetrics to the older format: a family has the name of its series, there are no units, infos or end.
fn prometheus(open_metrics: &str) -> Result<String, fmt::Error> {
    let mut text = String::with_capacity(open_metrics.len());
    let mut help = "";
    for line in open_metrics.lines() {
        let mut words = line.splitn(4, ' ');
        match (words.next(), words.next(), words.next(), words.next()) {
            (Some("#"), Some("HELP"), _, sentence) => help = sentence.unwrap_or_default(),
            (Some("#"), Some("TYPE"), Some(family), Some(kind)) => {
                let (suffix, kind) = match kind {
                    "counter" => ("_total", kind),
                    "info" => ("_info", "gauge"),
                    _ => ("", kind),
                };
                write!(text, "# HELP {family}{suffix} {help}\n# TYPE {family}{suffix} {kind}\n")?;
            }
            (Some("#"), ..) => {}
            _ => writeln!(text, "{line}")?,
        }
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use axum::body::Body;
    use axum::http::Request;
    use prometheus_client::metrics::gauge::Gauge;
    use tokio::task::JoinSet;
    use tower::ServiceExt;

    use super::*;

    #[test]
    fn open_metrics_is_for_clients_that_name_it() {
        for (range, is_named) in [
            ("application/openmetrics-text", true),
            (" Application/OpenMetrics-Text; version=1.0.0; q=0.5", true),
            ("application/openmetrics-text;q=1", true),
            ("application/openmetrics-text;version=1.0.0;q=0", false),
            ("application/openmetrics-text;q=0.000", false),
            ("application/openmetrics-texts", false),
            ("text/plain;version=0.0.4", false),
            ("*/*", false),
            ("", false),
        ] {
            assert_eq!(names_open_metrics(range), is_named, "{range:?}");
        }
    }

    /// Uses one core, where each task runs until it waits.
    #[tokio::test]
    async fn many_scrapes_let_a_probe_pass() {
        let router = router(Arc::new(Metrics::new(Gauge::default(), [])));
        let written = Arc::new(AtomicUsize::new(0));
        let mut scrapes = JoinSet::new();
        for _ in 0..100 {
            let (router, written) = (router.clone(), Arc::clone(&written));
            scrapes.spawn(async move {
                let response = router.oneshot(Request::get("/metrics").body(Body::empty()).unwrap_or_default()).await;
                let status = response.map(|response| response.status());
                if status == Ok(StatusCode::OK) {
                    written.fetch_add(1, Ordering::SeqCst);
                } else {
                    assert_eq!(status, Ok(StatusCode::SERVICE_UNAVAILABLE));
                }
            });
        }
        let seen = Arc::clone(&written);
        let probe = tokio::spawn(async move {
            // Accepting, reading and answering take one turn each.
            for _ in 0..3 {
                yield_now().await;
            }
            seen.load(Ordering::SeqCst)
        });
        assert!(probe.await.is_ok_and(|before_it| before_it < SCRAPES), "the scrapes went first");
        scrapes.join_all().await;
        assert_eq!(written.load(Ordering::SeqCst), SCRAPES, "the others are refused at once");
    }
}
