//! The requests of a connection on their way to the router: counted as in flight, limited beside others, and told which answer
//! is the connection's last.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::HeaderValue;
use axum::http::header::{CONNECTION, CONTENT_LENGTH};
use axum::response::Response;
use hyper::Request;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::service::Service;
use hyper_util::service::TowerToHyperService;
use tokio::sync::OwnedSemaphorePermit;

use crate::server::connection::activity::{Activity, InFlight};
use crate::server::connection::limiter::Limiter;
use crate::server::lifecycle::shutdown::Stop;
use crate::server::request_context::{AnswerBytes, RequestContext};

/// A router whose requests are counted.
pub(crate) struct Counted {
    pub(crate) router: TowerToHyperService<Router>,
    pub(crate) activity: Activity,
    pub(crate) limiter: Arc<Limiter>,
    /// Shared by all requests of the connection.
    pub(crate) answers: AnswerBytes,
    /// Once it is announced, each answer says that it is its connection's last. Only HTTP/1.1 has a header for that.
    pub(crate) last_from: Option<Arc<Stop>>,
}

/// A response's body, in flight until the connection has taken all of it.
pub(crate) struct CountedBody {
    body: Body,
    _in_flight: InFlight,
    _room: Option<OwnedSemaphorePermit>,
}

impl Counted {
    pub(crate) fn new(router: Router, activity: Activity, limiter: Arc<Limiter>) -> Self {
        let router = TowerToHyperService::new(router);
        Self { router, activity, limiter, answers: AnswerBytes::default(), last_from: None }
    }
}

impl Service<Request<Incoming>> for Counted {
    type Response = Response<CountedBody>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        let (in_flight, alone) = self.activity.begin();
        let room = if alone { None } else { self.limiter.another_request() };
        let over_limit = !alone && room.is_none();
        RequestContext { answers: self.answers.clone(), over_limit, head_too_large: false }.add_to(&mut request);
        let answer = self.router.call(request);
        let stop = self.last_from.clone();
        Box::pin(async move {
            let answer = answer.await?;
            let mut answer = if over_limit { without_body(answer) } else { answer };
            if stop.is_some_and(|stop| stop.is_announced()) {
                in_flight.is_the_last();
                answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            Ok(answer.map(|body| CountedBody { body, _in_flight: in_flight, _room: room }))
        })
    }
}

/// The same response with its status alone. A client may leave a body untaken, and its stream would stay open until then;
/// headers are sent whether it wants them or not.
fn without_body(mut answer: Response) -> Response {
    answer.headers_mut().remove(CONTENT_LENGTH);
    answer.map(|_| Body::empty())
}

impl hyper::body::Body for CountedBody {
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
