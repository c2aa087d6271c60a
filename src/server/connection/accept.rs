//! The accept loop: each connection becomes a task of its own, so that nothing one client does or leaves undone is felt
//! by another.
//!
//! An error of `accept` never ends the loop and never makes it spin: where the process is out of file descriptors, the
//! next call fails at once as well.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinError, JoinSet};

use crate::server::connection::end_reason::HandshakeFailure;
use crate::server::connection::guests::Guest;
use crate::server::connection::house::Door;
use crate::server::connection::limits::QUEUE;
use crate::server::connection::serve::Service;
use crate::server::lifecycle::health::Listening;
use crate::server::lifecycle::shutdown::Stop;
use crate::server::metrics::Connections;

const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Accepts until the stop, then waits for the connections that are left.
pub(crate) async fn accept(listener: TcpListener, service: Service, stop: Stop, listening: Listening) {
    let mut arrivals = Arrivals { service: Arc::new(service), stop, connections: JoinSet::new() };
    arrivals.accept_until_the_stop(&listener).await;
    if let Ok(listener) = listener.into_std() {
        arrivals.take_in_who_has_waited(&listener);
    }
    // From here on a new connection is refused by the kernel, and the client tries another replica at once.
    drop(listening);
    arrivals.service.house().close();
    while let Some(ended) = arrivals.connections.join_next().await {
        log_panic(ended);
    }
}

/// Those who came to a listener.
struct Arrivals {
    service: Arc<Service>,
    stop: Stop,
    connections: JoinSet<()>,
}

impl Arrivals {
    async fn accept_until_the_stop(&mut self, listener: &TcpListener) {
        let (service, stop) = (Arc::clone(&self.service), self.stop.clone());
        loop {
            // Beyond, the kernel holds them in its queue until another connection ends.
            let door = self.door();
            tokio::select! {
                accepted = next(listener, service.connections()), if door != Door::Shut => self.let_in(accepted, door),
                Some(ended) = self.connections.join_next() => log_panic(ended),
                () = service.house().busy(), if door == Door::Shut && !service.house().is_busy() => {}
                () = stop.begun() => return,
            }
            service.house().count(self.connections.len());
        }
    }

    /// Those for whom the kernel has already opened a connection, which it would reset. However many they are: "none" is the
    /// system's word here, and not that of a task that had its turn.
    fn take_in_who_has_waited(&mut self, listener: &std::net::TcpListener) {
        // No more than the queue can have held: some may come as fast as others are turned away.
        for _ in 0..QUEUE {
            if self.door() == Door::Shut {
                return;
            }
            match listener.accept() {
                Ok((stream, from)) => {
                    let taken = stream.set_nonblocking(true).and_then(|()| TcpStream::from_std(stream));
                    let _ = taken.map(|stream| self.let_in((stream, from), self.door()));
                }
                Err(error) if is_the_clients(&error) => {}
                Err(_) => return,
            }
        }
    }

    fn door(&self) -> Door {
        self.service.house().door(self.connections.len())
    }

    fn let_in(&mut self, (stream, from): (TcpStream, SocketAddr), door: Door) {
        let guest = Guest::enter(self.service.house(), from.ip());
        if door == Door::Watched && guest.is_to_go() {
            let _open = self.service.connections().accepted();
            self.service.connections().handshake_failed(HandshakeFailure::Crowded.word());
            return;
        }
        self.connections.spawn(Arc::clone(&self.service).serve(stream, guest, self.stop.clone()));
    }
}

/// The next connection, however long the errors last.
async fn next(listener: &TcpListener, connections: &Connections) -> (TcpStream, SocketAddr) {
    let mut pause = FIRST_PAUSE;
    loop {
        match listener.accept().await {
            Ok(accepted) => return accepted,
            Err(error) if is_the_clients(&error) => {}
            Err(error) => {
                connections.not_accepted();
                tracing::warn!(%error, pause = ?pause, "cannot accept a connection, trying again");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LONGEST_PAUSE);
            }
        }
    }
}

/// The client was gone before we came: nothing to wait for.
fn is_the_clients(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}

fn log_panic(ended: Result<(), JoinError>) {
    if let Err(error) = ended {
        tracing::error!(panic = error.is_panic(), "a connection's task failed; this is a bug in podwright");
    }
}
