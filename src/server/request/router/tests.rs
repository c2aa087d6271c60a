//! The routes with handlers that panic, fail or take long.
#![expect(clippy::expect_used, clippy::panic, reason = "these tests need panics")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, Method};
use serde_json::json;
use tower::ServiceExt;

use super::*;
use crate::admission::AnswerKind;
use crate::server::lifecycle::shutdown::Stop;
use crate::server::limits::Limits;
use crate::server::request::budget::Budget;

fn router(admission: Arc<Admission>) -> Router {
    let metrics = Arc::new(Metrics::new(Stop::never().in_flight(), []));
    let traces = crate::server::traces::Traces::from_env().expect("no endpoint");
    let limits = Limits::default();
    let bodies = BodyReader::new(&limits, Budget::new(&limits));
    super::router(admission, bodies, Observer { metrics, traces, events: Events::default() })
}

fn unchanged() -> Answer {
    Answer { body: b"{}".to_vec(), outcome: AnswerKind::Unchanged, counts: Vec::new(), faults: 0, summary: None }
}

#[tokio::test]
async fn a_panic_is_one_requests_500_and_the_next_is_answered() {
    let first = AtomicBool::new(true);
    let router = router(Arc::new(move |_: &[u8], _: Route<'_>| {
        assert!(!first.swap(false, Ordering::SeqCst), "the first request fails");
        Ok(unchanged())
    }));
    for expected in [StatusCode::INTERNAL_SERVER_ERROR, StatusCode::OK] {
        assert_eq!(status(&router).await, expected);
    }
}

#[tokio::test]
async fn our_own_fault_is_a_500_so_that_failure_policy_decides() {
    let router = router(Arc::new(|_: &[u8], _: Route<'_>| Err(Unanswerable::OurFault("a bug".to_owned()))));
    assert_eq!(status(&router).await, StatusCode::INTERNAL_SERVER_ERROR);
}

#[tokio::test]
async fn our_own_fault_is_logged_with_the_names_in_the_request_and_nothing_else() {
    let log = logged();
    let router = router(Arc::new(|_: &[u8], route: Route<'_>| match route {
        Route::Namespace { profile: "panics" } => panic!("of hunter2"),
        _ => Err(Unanswerable::OurFault("of hunter2".to_owned())),
    }));
    for profile in ["panics", "fails"] {
        let path = format!("/mutate/{profile}");
        let names = json!({"name": "web-0", "annotations": {"a": "hunter2"}});
        let review = json!({"request": {"uid": "u-9", "namespace": "shop", "object": {"metadata": names}}}).to_string();
        assert_eq!(posted(router.clone(), &path, review.into()).await, StatusCode::INTERNAL_SERVER_ERROR);
        // Other tests log too.
        let (log, path) = (log.text(), format!("path={path:?}"));
        let said: Vec<_> = log.lines().filter(|line| line.contains(&path)).collect();
        let names = "uid=\"u-9\" namespace=\"shop\" name=\"web-0\"";
        assert!(matches!(said[..], [line] if line.contains("ERROR") && line.contains(names)), "{log}");
        assert!(!log.contains("hunter2"), "{log}");
    }
}

#[tokio::test]
async fn large_reviews_do_not_hold_up_a_small_one() {
    let gate = Arc::new(Gate::default());
    let router = router({
        let gate = Arc::clone(&gate);
        Arc::new(move |body: &[u8], _: Route<'_>| {
            if body.len() > REVIEWED_IN_PLACE {
                gate.pass();
            }
            Ok(unchanged())
        })
    });
    let large = || tokio::spawn(posted(router.clone(), "/mutate", vec![b' '; REVIEWED_IN_PLACE + 1]));
    let large: Vec<_> = (0..LARGE_REVIEWS + 2).map(|_| large()).collect();
    while gate.arrived() < LARGE_REVIEWS {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert_eq!(status(&router).await, StatusCode::OK);
    assert!(!gate.opened(), "the small one was answered only after a large one");
    let late = posted(router.clone(), "/mutate?timeout=10ms", vec![b' '; REVIEWED_IN_PLACE + 1]).await;
    assert_eq!(late, StatusCode::GATEWAY_TIMEOUT, "the client no longer waits");
    assert_eq!(gate.arrived(), LARGE_REVIEWS, "more at once than the limit");
    gate.open();
    for large in large {
        assert!(large.await.is_ok_and(|status| status == StatusCode::OK));
    }
}

/// A gate for large reviews: how many arrived, and whether it is open.
#[derive(Default)]
struct Gate {
    state: Mutex<(usize, bool)>,
    changed: Condvar,
}

impl Gate {
    /// Opens by itself after a minute, so a test fails instead of hanging.
    fn pass(&self) {
        let mut state = locked(&self.state);
        state.0 += 1;
        let waited = self.changed.wait_timeout_while(state, Duration::from_secs(60), |(_, open)| !*open);
        if waited.is_ok_and(|(_, waited)| waited.timed_out()) {
            self.open();
        }
    }

    fn open(&self) {
        locked(&self.state).1 = true;
        self.changed.notify_all();
    }

    fn arrived(&self) -> usize {
        locked(&self.state).0
    }

    fn opened(&self) -> bool {
        locked(&self.state).1
    }
}

/// Starts the log of this process. tracing decides once for each line of the source whether it is on, so a log of one
/// thread would miss the lines that another thread reached first.
fn logged() -> Log {
    let log = Log::default();
    let lines = tracing_subscriber::fmt().with_writer(log.clone()).with_ansi(false);
    assert!(tracing::subscriber::set_global_default(lines.finish()).is_ok(), "another test has the log");
    tracing::callsite::rebuild_interest_cache();
    log
}

/// The logged text.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&locked(&self.0)).into_owned()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        locked(&self.0).write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl tracing_subscriber::fmt::MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn status(router: &Router) -> StatusCode {
    posted(router.clone(), "/mutate?timeout=10s", b"{}".to_vec()).await
}

async fn posted(router: Router, path: &str, body: Vec<u8>) -> StatusCode {
    let mut request = Request::new(Body::from(body));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = path.parse().unwrap_or_default();
    request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    router.oneshot(request).await.map_or_else(|never| match never {}, |response| response.status())
}
