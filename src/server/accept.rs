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
use tokio::task::{JoinError, JoinSet, unconstrained};

use super::connection::Service;
use super::guests::Guest;
use super::health::Listening;
use super::metrics::Connections;
use super::shutdown::Stop;

const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Accepts until the stop, then waits for the connections that are left.
pub(super) async fn accept(listener: TcpListener, service: Service, stop: Stop, listening: Listening) {
    let mut arrivals = Arrivals { listener, service: Arc::new(service), stop, connections: JoinSet::new() };
    arrivals.accept_until_the_stop().await;
    arrivals.take_in_who_has_waited().await;
    let Arrivals { listener, mut connections, .. } = arrivals;
    // From here on a new connection is refused by the kernel, and the client tries another replica at once.
    drop((listener, listening));
    while let Some(ended) = connections.join_next().await {
        log_panic(ended);
    }
}

/// A listener, and those who came.
struct Arrivals {
    listener: TcpListener,
    service: Arc<Service>,
    stop: Stop,
    connections: JoinSet<()>,
}

impl Arrivals {
    async fn accept_until_the_stop(&mut self) {
        loop {
            // Beyond, the kernel holds them in its queue until another connection ends.
            let room = self.has_room();
            tokio::select! {
                accepted = next(&self.listener, self.service.connections()), if room => self.serve(accepted),
                Some(ended) = self.connections.join_next() => log_panic(ended),
                () = self.stop.begun() => return,
            }
            self.service.house().count(self.connections.len());
        }
    }

    /// Those for whom the kernel has already opened a connection, which it would reset.
    async fn take_in_who_has_waited(&mut self) {
        while self.has_room() {
            tokio::select! {
                biased;
                // However many they are: "not now" is to mean that there is none.
                accepted = unconstrained(self.listener.accept()) => match accepted {
                    Ok(accepted) => self.serve(accepted),
                    Err(_) => return,
                },
                () = std::future::ready(()) => return,
            }
        }
    }

    fn has_room(&self) -> bool {
        self.service.house().takes_another(self.connections.len())
    }

    fn serve(&mut self, (stream, from): (TcpStream, SocketAddr)) {
        let guest = Guest::enter(self.service.house(), from.ip());
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
