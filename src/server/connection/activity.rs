//! What a connection is doing: waiting for its first request or the next, reading a head, or how many requests it has in
//! flight, from their headers to the last byte handed to the connection; and since when.
//!
//! hyper does not tell, and the end of a connection depends on it: one that is idle may be closed, one that is not must
//! be finished, and none may take for ever. Never more than times: which requests they are is nobody's business here.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::HeaderValue;
use axum::http::header::{CONNECTION, CONTENT_LENGTH};
use axum::response::Response;
use hyper::Request;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use tokio::io::AsyncRead;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::io::InspectReader;

use crate::server::connection::context::{ReplyShare, RequestContext};
use crate::server::connection::end_reason::Ended;
use crate::server::connection::guests::Guest;
use crate::server::connection::house::{House, Room};
use crate::server::connection::limits::Limits;
use crate::server::lifecycle::shutdown::Stop;

/// How often the end of a connection looks whether it is quiet.
const LOOK: Duration = Duration::from_millis(50);

/// What one connection is doing; clones see the same. Written for every request and read now and then, so nobody is told of a
/// change: each would cost more than the request's other bookkeeping together.
#[derive(Clone)]
pub(crate) struct Activity {
    state: Arc<Mutex<State>>,
}

struct State {
    waiting: Waiting,
    /// When it began to wait for that; for the rest of its first head, when it came, so that who begins a head late has no
    /// more time than others.
    since: Instant,
    /// When each request began, by its number: the first is the oldest.
    in_flight: BTreeMap<u64, Instant>,
    begun: u64,
    /// Why its answers say that they are the last.
    leaving: Option<Ended>,
}

/// What a connection waits for while nothing is in flight.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Waiting {
    FirstRequest,
    RestOfTheHead,
    NextRequest,
}

/// A router whose requests are counted.
pub(crate) struct Counted {
    router: TowerToHyperService<Router>,
    activity: Activity,
    guest: Arc<Guest>,
    /// Which all of the connection's requests carry along.
    share: ReplyShare,
    /// Once it is announced, or where the guest is to go, each answer says that it is its connection's last: HTTP/1.1 alone has
    /// words for that.
    last_from: Option<Arc<Stop>>,
}

/// A response's body, in flight until the connection has taken all of it.
pub(crate) struct Held {
    body: Body,
    _in_flight: InFlight,
}

/// One request in flight, until dropped.
struct InFlight {
    activity: Activity,
    number: u64,
    /// Beside others of its connection.
    _room: Option<OwnedSemaphorePermit>,
}

impl Activity {
    pub(crate) fn new() -> Self {
        let state = State {
            waiting: Waiting::FirstRequest,
            since: Instant::now(),
            in_flight: BTreeMap::new(),
            begun: 0,
            leaving: None,
        };
        Self { state: Arc::new(Mutex::new(state)) }
    }

    /// Begins a request, and says whether it is crowded: beside others of its connection, and without room in the house.
    fn begin(&self, house: &House) -> (InFlight, bool) {
        let mut state = self.state();
        let alone = state.in_flight.is_empty();
        let number = state.begun;
        state.begun += 1;
        state.in_flight.insert(number, Instant::now());
        let room = if alone { None } else { house.another_request() };
        let crowded = !alone && room.is_none();
        (InFlight { activity: self.clone(), number, _room: room }, crowded)
    }

    /// An HTTP/1.1 connection's stream, of which this sees when bytes come: the first ones after a pause begin a head.
    pub(crate) fn hears<S: AsyncRead>(&self, stream: S) -> InspectReader<S, impl FnMut(&[u8]) + use<S>> {
        let activity = self.clone();
        InspectReader::new(stream, move |bytes: &[u8]| {
            if !bytes.is_empty() {
                activity.heard();
            }
        })
    }

    fn heard(&self) {
        let mut state = self.state();
        match state.waiting {
            _ if !state.in_flight.is_empty() => {}
            Waiting::FirstRequest => state.waiting = Waiting::RestOfTheHead,
            Waiting::NextRequest => (state.waiting, state.since) = (Waiting::RestOfTheHead, Instant::now()),
            Waiting::RestOfTheHead => {}
        }
    }

    /// Whether it has begun a head and not ended it, with nothing else to finish.
    pub(crate) fn is_amid_a_head(&self) -> bool {
        let state = self.state();
        state.in_flight.is_empty() && state.waiting == Waiting::RestOfTheHead
    }

    /// From now on each answer is to say that it is the last.
    pub(crate) fn leave(&self, end: Ended) {
        self.state().leaving = Some(end);
    }

    /// Whether they are, also where the stop is announced, which nobody has told them.
    fn is_to_leave(&self, stop: &Stop) -> bool {
        let mut state = self.state();
        if stop.is_announced() {
            state.leaving = Some(Ended::Stop);
        }
        state.leaving.is_some()
    }

    /// Why answers say so, where they do.
    pub(crate) fn leaving(&self) -> Option<Ended> {
        self.state().leaving
    }

    /// Nothing in here can panic with the lock held; and were it so, the times would still be times.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns when the connection has waited, or a request been in flight, for longer than it may, with the end that this is.
    ///
    /// Looks now and then instead of being told of each request: that would cost every request a timer.
    pub(crate) async fn overdue(&self, limits: &Limits, guest: &Guest) -> Ended {
        let crowded = limits.clone().crowded();
        let mut room = guest.house().room();
        loop {
            let told = *room.borrow_and_update();
            let (left, end) = match told {
                Room::Wanted(_) if guest.may_not_idle() => self.state().left_in_a_crowd(limits, &crowded),
                _ => self.state().left(limits),
            };
            if left.is_zero() {
                return end;
            }
            // While others wait, shares become smaller with each address that comes.
            let look = if told.is_wanted() { limits.crowded } else { limits.head };
            // The sender outlives every connection, so that this never ends at once for want of one.
            let _ = timeout(left.min(look), room.changed()).await;
        }
    }

    /// Returns when nothing has been in flight for so long. Only asked at a connection's end, so it looks a few times.
    pub(crate) async fn quiet_for(&self, time: Duration) {
        let asked = Instant::now();
        loop {
            let left = {
                let state = self.state();
                let since = if state.in_flight.is_empty() { state.since.max(asked) } else { Instant::now() };
                time.saturating_sub(since.elapsed())
            };
            if left.is_zero() {
                return;
            }
            sleep(left.min(LOOK)).await;
        }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut state = self.activity.state();
        state.in_flight.remove(&self.number);
        if state.in_flight.is_empty() {
            (state.waiting, state.since) = (Waiting::NextRequest, Instant::now());
        }
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

impl Counted {
    pub(crate) fn new(router: Router, activity: Activity, guest: Arc<Guest>) -> Self {
        Self {
            router: TowerToHyperService::new(router),
            activity,
            guest,
            share: ReplyShare::default(),
            last_from: None,
        }
    }

    /// The same, whose answers close their connections once the stop is announced, or to make room.
    pub(crate) fn last_from(self, stop: Stop) -> Self {
        Self { last_from: Some(Arc::new(stop)), ..self }
    }
}

impl Service<Request<Incoming>> for Counted {
    type Response = Response<Held>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        let (in_flight, crowded) = self.activity.begin(self.guest.house());
        RequestContext { share: self.share.clone(), crowded, head_too_large: false }.attach(&mut request);
        let answer = self.router.call(request);
        let stop = self.last_from.clone();
        Box::pin(async move {
            let answer = answer.await?;
            let mut answer = if crowded { without_body(answer) } else { answer };
            if let Some(stop) = stop
                && in_flight.activity.is_to_leave(&stop)
            {
                answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            let answer = answer.map(|body| Held { body, _in_flight: in_flight });
            Ok(answer)
        })
    }
}

/// The same as its status says. A client has to take a body, and can leave it, and the stream is there until then; headers
/// alone are sent whether it wants them or not.
fn without_body(mut answer: Response) -> Response {
    answer.headers_mut().remove(CONTENT_LENGTH);
    answer.map(|_| Body::empty())
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
