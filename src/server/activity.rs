//! What a connection is doing: waiting for its first request or the next, reading a head, or how many requests it has in
//! flight, from their headers to the last byte handed to the connection; and since when.
//!
//! hyper does not tell, and the end of a connection depends on it: one that is idle may be closed, one that is not must
//! be finished, and none may take for ever. Never more than times: which requests they are is nobody's business here.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io::{self, IoSlice};
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
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::ended::Ended;
use super::house::Room;
use super::limits::Limits;

/// What one connection is doing; clones see the same.
#[derive(Clone)]
pub(super) struct Activity {
    state: watch::Sender<State>,
}

struct State {
    waiting: Waiting,
    /// When it began to wait for that.
    since: Instant,
    /// When each request began, by its number: the first is the oldest.
    in_flight: BTreeMap<u64, Instant>,
    begun: u64,
}

/// What a connection waits for while nothing is in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waiting {
    FirstRequest,
    RestOfTheHead,
    NextRequest,
}

/// An HTTP/1.1 connection's bytes: the first ones after a pause begin a head.
pub(super) struct Heard<S> {
    stream: S,
    activity: Activity,
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
struct InFlight {
    state: watch::Sender<State>,
    number: u64,
}

impl Activity {
    pub(super) fn new() -> Self {
        let state =
            State { waiting: Waiting::FirstRequest, since: Instant::now(), in_flight: BTreeMap::new(), begun: 0 };
        Self { state: watch::Sender::new(state) }
    }

    fn begin(&self) -> InFlight {
        let mut number = 0;
        self.state.send_modify(|state| {
            number = state.begun;
            state.begun += 1;
            state.in_flight.insert(number, Instant::now());
        });
        InFlight { state: self.state.clone(), number }
    }

    fn heard(&self) {
        self.state.send_if_modified(|state| {
            let begins = state.in_flight.is_empty() && state.waiting != Waiting::RestOfTheHead;
            if begins {
                (state.waiting, state.since) = (Waiting::RestOfTheHead, Instant::now());
            }
            begins
        });
    }

    /// Returns when the connection has waited, or a request been in flight, for longer than it may, with the end that this is.
    ///
    /// Looks now and then instead of being told of each request: that would cost every request a timer.
    pub(super) async fn overdue(&self, limits: &Limits, mut room: watch::Receiver<Room>) -> Ended {
        let crowded = limits.clone().crowded();
        loop {
            let (left, end) = match *room.borrow_and_update() {
                Room::Left => self.state.borrow().left(limits),
                Room::Wanted => self.state.borrow().left_in_a_crowd(limits, &crowded),
            };
            if left.is_zero() {
                return end;
            }
            // The sender outlives every connection, so that this never ends at once for want of one.
            let _ = timeout(left.min(limits.head), room.changed()).await;
        }
    }

    /// Returns when nothing has been in flight for so long.
    pub(super) async fn quiet_for(&self, time: Duration) {
        let mut state = self.state.subscribe();
        // Neither wait can fail: this holds a sender.
        while state.wait_for(|state| state.in_flight.is_empty()).await.is_ok() {
            if timeout(time, state.changed()).await.is_err() {
                return;
            }
        }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.state.send_modify(|state| {
            state.in_flight.remove(&self.number);
            if state.in_flight.is_empty() {
                (state.waiting, state.since) = (Waiting::NextRequest, Instant::now());
            }
        });
    }
}

impl State {
    /// How long this may go on, and how the connection ends then.
    fn left(&self, limits: &Limits) -> (Duration, Ended) {
        let (since, limit, end) = match (self.in_flight.values().next(), self.waiting) {
            (Some(&oldest), _) => (oldest, limits.request, Ended::Request),
            (None, Waiting::FirstRequest) => (self.since, limits.first_request, Ended::FirstRequest),
            (None, Waiting::RestOfTheHead) => (self.since, limits.head, Ended::Head),
            (None, Waiting::NextRequest) => (self.since, limits.idle, Ended::Idle),
        };
        (limit.saturating_sub(since.elapsed()), end)
    }

    /// The same while others wait: what has time left by its own limits ends for their sake.
    fn left_in_a_crowd(&self, limits: &Limits, crowded: &Limits) -> (Duration, Ended) {
        match self.left(limits) {
            (own, _) if !own.is_zero() => (self.left(crowded).0, Ended::Crowded),
            overdue => overdue,
        }
    }
}

impl<S> Heard<S> {
    pub(super) fn new(stream: S, activity: Activity) -> Self {
        Self { stream, activity }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Heard<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.activity.heard();
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Heard<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
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
