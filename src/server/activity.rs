//! How many requests a connection has in flight, from its headers to the last byte handed to the connection.
//!
//! hyper does not tell, and the end of a connection depends on it: one that is idle may be closed, one that is not must
//! be finished. Never more than a count: which requests they are is nobody's business here.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::response::Response;
use hyper::Request;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use tokio::sync::watch;

/// The requests in flight on one connection; clones count together.
#[derive(Clone)]
pub(super) struct Activity {
    in_flight: watch::Sender<usize>,
}

/// A router whose requests are counted.
pub(super) struct Counted {
    router: TowerToHyperService<Router>,
    activity: Activity,
}

/// A response's body, in flight until the connection has taken all of it.
pub(super) struct Held {
    body: Body,
    _in_flight: InFlight,
}

/// One request in flight, until dropped.
struct InFlight(watch::Sender<usize>);

impl Activity {
    pub(super) fn new() -> Self {
        Self { in_flight: watch::Sender::new(0) }
    }

    fn begin(&self) -> InFlight {
        self.in_flight.send_modify(|count| *count += 1);
        InFlight(self.in_flight.clone())
    }

    /// Returns when nothing has been in flight for so long.
    pub(super) async fn quiet_for(&self, time: Duration) {
        let mut in_flight = self.in_flight.subscribe();
        // Neither wait can fail: this holds a sender.
        while in_flight.wait_for(|count| *count == 0).await.is_ok() {
            if tokio::time::timeout(time, in_flight.changed()).await.is_err() {
                return;
            }
        }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count = count.saturating_sub(1));
    }
}

impl Counted {
    pub(super) fn new(router: Router, activity: Activity) -> Self {
        Self { router: TowerToHyperService::new(router), activity }
    }
}

impl Service<Request<Incoming>> for Counted {
    type Response = Response<Held>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        let in_flight = self.activity.begin();
        let answer = self.router.call(request);
        Box::pin(async move { Ok(answer.await?.map(|body| Held { body, _in_flight: in_flight })) })
    }
}

impl hyper::body::Body for Held {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
