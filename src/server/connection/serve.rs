//! Serves a connection from the TCP stream to its end: the handshake, the choice between HTTP/1.1 and HTTP/2, and the
//! requests.
//!
//! ALPN chooses the version. hyper-util's `auto` builder, which reads ahead, waits for ever for a client that is silent
//! after the handshake (hyper#3962). Every wait in here has an end.

use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::server::connection::activity::Activity;
use crate::server::connection::counted::counted;
use crate::server::connection::limiter::{Limiter, Slot};
use crate::server::connection::lingering_close::LingeringClose;
use crate::server::end_reason::{Ended, HandshakeFailure};
use crate::server::lifecycle::shutdown::Stop;
use crate::server::limits::{HEADERS, HEADERS_READ, Limits, RESETS, STREAMS};
use crate::server::metrics::Connections;
use crate::server::tls::{CurrentCertificate, HTTP_2};

/// The time that a closing connection may be quiet. Requests that the client has already sent still arrive within it,
/// and a client that ignores a GOAWAY does not delay the end.
const QUIET: Duration = Duration::from_secs(1);
/// The interval of HTTP/2 pings, which find dead peers behind a NAT or a lost node, like client-go's in the other
/// direction.
const PING: Duration = Duration::from_secs(30);

/// The message to a client, at the stop, to send its next request elsewhere.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CloseSignal {
    /// A GOAWAY, sent at once. HTTP/2 has an answer for requests that cross it.
    GoAway,
    /// `Connection: close` on a response, from the announcement on. HTTP/1.1 has nothing for an idle connection, and
    /// closing it could lose the next request: the API server does not send it again.
    LastAnswer,
}

/// The protocols of a listener.
#[derive(Clone)]
pub(crate) enum Transport {
    /// The admin port: HTTP/1.1 without TLS, and one request for each connection. A client with many requests has to
    /// queue again for each, so a kubelet's probe gets its turn.
    Plain,
    /// The webhook's port: TLS, and the version by ALPN.
    Tls(CurrentCertificate),
}

/// The service of a listener, which all its connections share.
pub(crate) struct Service {
    transport: Transport,
    router: Router,
    limits: Limits,
    pub(super) connections: Connections,
    pub(super) limiter: Arc<Limiter>,
}

pub(crate) struct Context {
    activity: Activity,
    stop: Stop,
    /// Held until the socket is closed, after a lingering close.
    slot: Slot,
}

impl Context {
    pub(crate) fn new(slot: Slot, stop: Stop) -> Self {
        Self { activity: Activity::new(), stop, slot }
    }

    /// Returns the reason for which the connection ended by itself.
    fn ended(&self, result: Result<(), hyper::Error>) -> Ended {
        match result {
            Ok(()) if self.activity.has_answered_last() => Ended::Stop,
            Ok(()) => Ended::Client,
            Err(error) => {
                let end = Ended::of(&error);
                tracing::debug!(%error, reason = end.word(), "connection ended");
                end
            }
        }
    }
}

impl Service {
    pub(crate) fn new(transport: Transport, router: Router, limits: Limits, connections: Connections) -> Self {
        let limiter = Limiter::new(&limits);
        Self { transport, router, limits, connections, limiter }
    }

    /// Serves one connection until it ends, or is quiet after the stop.
    pub(crate) async fn serve(self: Arc<Self>, stream: TcpStream, context: Context) {
        let _open = self.connections.accepted();
        // A response is one small write. Without this, it may wait for the client's acknowledgement of the previous
        // one.
        let _ = stream.set_nodelay(true);
        let stream = LingeringClose::new(stream);
        let end = match &self.transport {
            Transport::Plain => Ok(self.http_1(stream, &context).await),
            Transport::Tls(certificate) => self.tls(certificate, stream, &context).await,
        };
        match end {
            Ok(end) => self.connections.ended(end),
            Err(failure) => self.connections.handshake_failed(failure),
        }
    }

    async fn tls(
        &self,
        certificate: &CurrentCertificate,
        stream: LingeringClose<TcpStream>,
        context: &Context,
    ) -> Result<Ended, HandshakeFailure> {
        let given_up = |reason: HandshakeFailure| {
            tracing::debug!(reason = reason.word(), "gave up a TLS handshake");
            Err(reason)
        };
        let stream = tokio::select! {
            stream = certificate.acceptor().accept(stream).into_fallible() => stream,
            () = quiet_after(&context.stop) => return Ok(Ended::Stop),
            () = sleep(self.limits.handshake) => return given_up(HandshakeFailure::Timeout),
            () = at_limit_after(&self.limiter, self.limits.idle_at_limit) => {
                return given_up(HandshakeFailure::Crowded);
            }
        };
        match stream {
            Ok(stream) if stream.get_ref().1.alpn_protocol() == Some(HTTP_2) => Ok(self.http_2(stream, context).await),
            Ok(stream) => Ok(self.http_1(stream, context).await),
            Err((error, mut stream)) => {
                let reason = HandshakeFailure::of(&error);
                tracing::debug!(%error, reason = reason.word(), hint = reason.hint(), "TLS handshake failed");
                // With TLS 1.3 the client's request may be on its way. This close lets the client read the alert first.
                let _ = stream.shutdown().await;
                Err(reason)
            }
        }
    }

    pub(super) async fn http_1(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        context: &Context,
    ) -> Ended {
        let (activity, limits) = (context.activity.clone(), context.slot.request_limits());
        let requests = counted(self.router.clone(), activity, limits, Some(context.stop.clone()));
        let stream = context.activity.watch(stream);
        // hyper's own timeout for a head includes the wait for it, so it would close idle connections.
        let mut builder = http1::Builder::new();
        builder.header_read_timeout(None).max_header_size(HEADERS.into());
        builder.keep_alive(matches!(self.transport, Transport::Tls(_)));
        self.drive(builder.serve_connection(TokioIo::new(stream), requests), CloseSignal::LastAnswer, context).await
    }

    pub(super) async fn http_2(
        &self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        context: &Context,
    ) -> Ended {
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder.timer(TokioTimer::new()).keep_alive_interval(PING);
        builder.max_concurrent_streams(STREAMS).max_header_list_size(HEADERS_READ);
        builder.max_pending_accept_reset_streams(RESETS);
        let (activity, limits) = (context.activity.clone(), context.slot.request_limits());
        let requests = counted(self.router.clone(), activity, limits, None);
        let connection = builder.serve_connection(TokioIo::new(stream), requests);
        self.drive(connection, CloseSignal::GoAway, context).await
    }

    /// Runs the connection until it ends by itself, the stop begins, or it is overdue; then closes it.
    async fn drive<C>(&self, connection: C, signal: CloseSignal, context: &Context) -> Ended
    where
        C: GracefulConnection<Error = hyper::Error>,
    {
        let mut connection = pin!(connection);
        let end = tokio::select! {
            // Reads received bytes first, even if this task is woken late.
            biased;
            result = connection.as_mut() => return context.ended(result),
            () = context.stop.begun() => Ended::Stop,
            end = context.activity.overdue(&self.limits, &self.limiter) => end,
        };
        tracing::debug!(reason = end.word(), "closing a connection");
        // hyper would wait for the rest of a head, whose time is over.
        if end != Ended::Stop && context.activity.is_in_a_head() {
            return end;
        }
        if end != Ended::Stop || signal == CloseSignal::GoAway {
            connection.as_mut().graceful_shutdown();
        }
        let most = match end {
            // The drain ends connections, and logs it.
            Ended::Stop => Duration::MAX,
            // It was idle for long enough, and other connections wait.
            Ended::Crowded => self.limits.idle_at_limit / 10,
            // Other requests in flight have the time of any response.
            _ => self.limits.answer,
        };
        let _ = timeout(most, finish(connection, &context.activity)).await;
        end
    }
}

async fn finish<C>(mut connection: Pin<&mut C>, activity: &Activity)
where
    C: GracefulConnection<Error = hyper::Error>,
{
    tokio::select! {
        biased;
        _ = connection.as_mut() => {}
        () = activity.quiet_for(QUIET) => {
            if !activity.is_in_a_head() {
                connection.as_mut().graceful_shutdown();
                let _ = timeout(QUIET, connection).await;
            }
        }
    }
}

async fn quiet_after(stop: &Stop) {
    stop.begun().await;
    sleep(QUIET).await;
}

async fn at_limit_after(limiter: &Limiter, time: Duration) {
    sleep(time).await;
    limiter.at_limit().await;
}
