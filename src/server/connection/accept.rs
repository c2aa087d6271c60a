//! The accept loop. Each connection is its own task, so no client delays another.
//!
//! An error of `accept` never ends the loop and never makes it spin: without a free file descriptor, every call fails
//! at once.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::warning::RareWarning;
use crate::server::connection::serve::{Context, Service};
use crate::server::end_reason::HandshakeFailure;
use crate::server::lifecycle::health::Listening;
use crate::server::lifecycle::shutdown::Stop;
use crate::server::limits::QUEUE;

const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Accepts until the stop begins, then waits until all connections have ended.
pub(crate) async fn accept(listener: TcpListener, service: Service, stop: Stop, listening: Option<Listening>) {
    let mut acceptor =
        Acceptor { service: Arc::new(service), stop, tasks: JoinSet::new(), backoff: Backoff::default() };
    acceptor.accept_until_the_stop(&listener).await;
    if let Ok(listener) = listener.into_std() {
        acceptor.accept_the_queue(&listener);
    }
    // The kernel now refuses new connections, so clients try another replica at once.
    drop(listening);
    while acceptor.tasks.join_next().await.is_some() {}
}

struct Acceptor {
    service: Arc<Service>,
    stop: Stop,
    tasks: JoinSet<()>,
    backoff: Backoff,
}

/// The pauses after errors of `accept`. The acceptor keeps them, because each connection that ends restarts the wait
/// for the next one.
#[derive(Default)]
struct Backoff {
    /// The last pause, zero after a success.
    pause: Duration,
    until: Option<Instant>,
    warning: RareWarning,
}

impl Backoff {
    /// Waits for the end of the pause, if there is one.
    async fn over(&self) {
        if let Some(until) = self.until {
            sleep_until(until).await;
        }
    }

    /// Begins a pause, twice as long as the one before it.
    fn begin(&mut self, error: &io::Error) {
        self.pause = (self.pause * 2).clamp(FIRST_PAUSE, LONGEST_PAUSE);
        self.until = Some(Instant::now() + self.pause);
        if self.warning.is_due() {
            tracing::warn!(%error, pause = ?self.pause, "cannot accept a connection; trying again after the pause");
        }
    }

    fn end(&mut self) {
        (self.pause, self.until) = (Duration::ZERO, None);
    }
}

impl Acceptor {
    async fn accept_until_the_stop(&mut self, listener: &TcpListener) {
        let (service, stop) = (Arc::clone(&self.service), self.stop.clone());
        loop {
            tokio::select! {
                (stream, peer, room) = next(listener, &service, &mut self.backoff) => self.begin(stream, peer, room),
                Some(_) = self.tasks.join_next() => {}
                () = stop.begun() => return,
            }
        }
    }

    /// Accepts the connections in the kernel's queue: the kernel would reset them when the port closes. `WouldBlock`
    /// from a standard listener means an empty queue; from tokio's it can also mean that the task had its turn.
    fn accept_the_queue(&mut self, listener: &std::net::TcpListener) {
        // The queue held no more than these: new connections may arrive as fast as others are refused.
        for _ in 0..QUEUE {
            let Some(room) = self.service.limiter.room_now() else { return };
            match listener.accept() {
                Ok((stream, peer)) => {
                    let stream = stream.set_nonblocking(true).and_then(|()| TcpStream::from_std(stream));
                    let _ = stream.map(|stream| self.begin(stream, peer, room));
                }
                Err(error) if is_the_clients(&error) => {}
                Err(_) => return,
            }
        }
    }

    fn begin(&mut self, stream: TcpStream, peer: SocketAddr, room: OwnedSemaphorePermit) {
        let service = Arc::clone(&self.service);
        if let Some(slot) = service.limiter.slot(room, peer.ip()) {
            self.tasks.spawn(service.serve(stream, Context::new(slot, self.stop.clone())));
        } else {
            let _open = service.connections.accepted();
            service.connections.handshake_failed(HandshakeFailure::Crowded);
        }
    }
}

/// Waits for room, then returns the next connection with that room.
async fn next(
    listener: &TcpListener,
    service: &Service,
    backoff: &mut Backoff,
) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
    let room = service.limiter.room().await;
    loop {
        backoff.over().await;
        match listener.accept().await {
            Ok((stream, peer)) => {
                backoff.end();
                return (stream, peer, room);
            }
            Err(error) if is_the_clients(&error) => {}
            Err(error) => {
                service.connections.not_accepted();
                backoff.begin(&error);
            }
        }
    }
}

/// Returns whether the error is only this client's, which left before it was accepted.
fn is_the_clients(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn pauses_grow_also_when_the_wait_is_restarted() {
        let (mut backoff, begun) = (Backoff::default(), Instant::now());
        for _ in 0..8 {
            backoff.begin(&io::ErrorKind::Other.into());
            for _ in 0..3 {
                let _restarted = tokio::time::timeout(FIRST_PAUSE / 4, backoff.over()).await;
            }
            backoff.over().await;
        }
        // 10, 20, 40, …, 640, 1000 ms.
        assert_eq!(begun.elapsed().as_millis() / 10, 127 + 100);
        backoff.end();
        backoff.over().await;
        backoff.begin(&io::ErrorKind::Other.into());
        assert_eq!(backoff.pause, FIRST_PAUSE);
    }
}
