//! One connection, from the TCP stream to its end: the handshake, the choice between HTTP/1.1 and HTTP/2, and the
//! requests.
//!
//! The version is chosen by ALPN, never by reading ahead: hyper-util's `auto` builder waits for a client that is silent
//! after the handshake for ever (hyper#3962). Every wait in here has an end, and it is this connection's own.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::server::connection::activity::{Activity, Counted};
use crate::server::connection::end_reason::{Ended, HandshakeFailure};
use crate::server::connection::guests::Guest;
use crate::server::connection::house::House;
use crate::server::connection::limits::{HEADERS, HEADERS_READ, Limits, RESETS, STREAMS};
use crate::server::connection::lingering::Lingering;
use crate::server::lifecycle::shutdown::Stop;
use crate::server::metrics::Connections;
use crate::server::tls::{self, CurrentCertificate, HTTP_2};

/// How long a connection may stay without a request once it is to end: what a client had already sent still arrives, and a
/// client that does not answer a GOAWAY does not delay the end.
const QUIET: Duration = Duration::from_secs(1);
/// Dead peers behind a NAT or a lost node are found by HTTP/2 pings, as client-go does from its side.
const PING: Duration = Duration::from_secs(30);

/// How a client learns that it is to open its next connection elsewhere.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Farewell {
    /// By GOAWAY, which is sent ahead: HTTP/2 has an answer for requests that cross it.
    Ahead,
    /// By `Connection: close` on an answer, which is all that HTTP/1.1 has. One that idles is not closed at once, as hyper
    /// would do: the next request may be on its way, and the API server, which calls a Service's webhook by HTTP/1.1, does
    /// not send such a request again. Answers say so from the announcement on, so that those which are in use have ended by then.
    InAnswers,
}

/// With TLS or without.
#[derive(Clone)]
pub(crate) enum Transport {
    /// The admin port: HTTP/1.1 only.
    Plain,
    /// The webhook's port: by ALPN.
    Tls(CurrentCertificate),
}

/// What a listener offers on each of its connections.
pub(crate) struct Service {
    transport: Transport,
    router: Router,
    limits: Limits,
    connections: Connections,
    house: House,
}

/// One connection: whose it is, what it is doing, and when it is to end.
struct Visit {
    guest: Arc<Guest>,
    activity: Activity,
    stop: Stop,
}

impl Visit {
    fn counted(&self, router: &Router) -> Counted {
        Counted::new(router.clone(), self.activity.clone(), Arc::clone(&self.guest))
    }
}

impl Service {
    pub(crate) fn new(
        transport: Transport,
        router: Router,
        (limits, house): (Limits, House),
        connections: Connections,
    ) -> Self {
        Self { transport, router, limits, connections, house }
    }

    /// For whoever counts what is accepted.
    pub(crate) fn connections(&self) -> &Connections {
        &self.connections
    }

    /// Where its connections are counted.
    pub(crate) fn house(&self) -> &House {
        &self.house
    }

    /// Serves one connection until it ends, or until it is quiet after the stop.
    pub(crate) async fn serve(self: Arc<Self>, stream: TcpStream, guest: Guest, stop: Stop) {
        let visit = Visit { guest: Arc::new(guest), activity: Activity::new(), stop };
        let _open = self.connections.accepted();
        // The answer is one small write; without this it may wait for the client's acknowledgement of the one before.
        let _ = stream.set_nodelay(true);
        let stream = Lingering::new(stream, self.house.clone());
        let end = match &self.transport {
            Transport::Plain => Ok(self.http_1(stream, visit).await),
            Transport::Tls(in_force) => self.shake_hands(in_force, stream, visit).await,
        };
        match end {
            Ok(end) => self.connections.ended(end.word()),
            Err(reason) => self.connections.handshake_failed(reason.word()),
        }
    }

    async fn shake_hands(
        &self,
        in_force: &CurrentCertificate,
        stream: Lingering<TcpStream>,
        visit: Visit,
    ) -> Result<Ended, HandshakeFailure> {
        let handshake = tokio::time::timeout(self.limits.handshake, in_force.acceptor().accept(stream).into_fallible());
        let stream = tokio::select! {
            stream = handshake => stream,
            () = quiet_after(&visit.stop) => return Ok(Ended::Stop),
            () = self.house.in_the_way_after(self.limits.crowded) => {
                tracing::debug!("TLS handshake given up: others wait");
                return Err(HandshakeFailure::Crowded);
            }
        };
        match stream {
            Ok(Ok(stream)) if stream.get_ref().1.alpn_protocol() == Some(HTTP_2) => {
                Ok(self.http_2(stream, visit).await)
            }
            Ok(Ok(stream)) => Ok(self.http_1(stream, visit).await),
            Ok(Err((error, mut stream))) => {
                let reason = HandshakeFailure::of(&error);
                tracing::debug!(%error, reason = reason.word(), hint = tls::hint(&error), "TLS handshake failed");
                // So that the client reads our alert, which says why: with TLS 1.3 its request may be on its way.
                let _ = stream.shutdown().await;
                Err(reason)
            }
            Err(_) => {
                tracing::debug!("TLS handshake timed out");
                Err(HandshakeFailure::Timeout)
            }
        }
    }

    async fn http_1(&self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, visit: Visit) -> Ended {
        let service = visit.counted(&self.router).last_from(visit.stop.clone());
        let stream = visit.activity.hears(stream);
        // hyper's own timeout for a head begins with the wait for it: it would close connections that idle.
        let mut builder = http1::Builder::new();
        builder.header_read_timeout(None).max_header_size(HEADERS.into());
        self.drive(builder.serve_connection(TokioIo::new(stream), service), Farewell::InAnswers, visit).await
    }

    async fn http_2(&self, stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static, visit: Visit) -> Ended {
        let service = visit.counted(&self.router);
        let mut builder = http2::Builder::new(TokioExecutor::new());
        builder.timer(TokioTimer::new()).keep_alive_interval(PING);
        builder.max_concurrent_streams(STREAMS).max_header_list_size(HEADERS_READ);
        builder.max_pending_accept_reset_streams(RESETS);
        self.drive(builder.serve_connection(TokioIo::new(stream), service), Farewell::Ahead, visit).await
    }

    async fn drive<C>(&self, connection: C, farewell: Farewell, visit: Visit) -> Ended
    where
        C: GracefulConnection<Error = hyper::Error>,
    {
        let mut connection = std::pin::pin!(connection);
        let Visit { guest, activity, stop } = visit;
        let mut busy = false;
        let end = tokio::select! {
            // What has come is read first, however late this is woken.
            biased;
            ended = connection.as_mut() => return by_itself(ended, &activity),
            () = stop.begun() => Ended::Stop,
            () = guest.to_go() => {
                tracing::debug!("closing a connection: others wait, and its address has more than its share");
                busy = true;
                Ended::Crowded
            }
            end = activity.overdue(&self.limits, &guest) => {
                tracing::debug!(reason = end.word(), "closing a connection");
                // hyper would wait for the rest of the head, which had its time.
                if activity.is_amid_a_head() {
                    return end;
                }
                end
            }
        };
        let in_answers = farewell == Farewell::InAnswers && (busy || stop.is_announced());
        if in_answers {
            activity.leave(end);
        } else {
            connection.as_mut().graceful_shutdown();
        }
        let (quiet, most) = self.patience(end);
        // As long as any other that idles in a crowd: it had something to ask.
        let quiet = if busy { self.limits.crowded } else { quiet };
        tokio::select! {
            biased;
            ended = connection.as_mut() => drop(by_itself(ended, &activity)),
            () = activity.quiet_for(quiet) => {
                tracing::debug!("connection closed: quiet");
                if activity.is_amid_a_head() {
                    return end;
                }
                connection.as_mut().graceful_shutdown();
                let _ = tokio::time::timeout(quiet, connection).await;
            }
            () = tokio::time::sleep(most) => tracing::debug!("connection cut off"),
        }
        end
    }

    /// How long a connection that is to end so may be quiet, and how long it may take for what is in flight.
    fn patience(&self, end: Ended) -> (Duration, Duration) {
        let Limits { crowded, answer, .. } = self.limits;
        match end {
            // Who is to make room had its time, and a client that does not acknowledge a GOAWAY may go on asking. A second is
            // for an answer at the admin port, where the times are short.
            Ended::Crowded => (QUIET.min(crowded), QUIET.max(2 * crowded)),
            // Whoever waits for the end of all connections cuts them off, and says so.
            Ended::Stop => (QUIET, Duration::MAX),
            // What is in flight, beside a request that is overdue, has the time that any answer has.
            _ => (QUIET, answer),
        }
    }
}

async fn quiet_after(stop: &Stop) {
    stop.begun().await;
    tokio::time::sleep(QUIET).await;
}

fn by_itself(ended: Result<(), hyper::Error>, activity: &Activity) -> Ended {
    let Err(error) = ended else { return activity.leaving().unwrap_or(Ended::Client) };
    let end = Ended::of(&error);
    tracing::debug!(%error, reason = end.word(), "connection ended");
    end
}

#[cfg(test)]
mod tests;
