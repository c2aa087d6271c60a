//! The accept loop: each connection becomes a task of its own, so that nothing one client does or leaves undone is felt
//! by another.
//!
//! An error of `accept` never ends the loop and never makes it spin: where the process is out of file descriptors, the
//! next call fails at once as well.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinError, JoinSet};

use super::connection::Service;
use super::health::Listening;
use super::metrics::Connections;
use super::shutdown::Stop;

const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Accepts until the stop, then waits for the connections that are left.
pub(super) async fn accept(listener: TcpListener, service: Service, stop: Stop, listening: Listening) {
    let service = Arc::new(service);
    let mut connections = JoinSet::new();
    loop {
        // Beyond, the kernel holds them in its queue until another connection ends.
        let room = service.house().takes_another(connections.len());
        tokio::select! {
            stream = next(&listener, service.connections()), if room => {
                connections.spawn(Arc::clone(&service).serve(stream, stop.clone()));
            }
            Some(ended) = connections.join_next() => log_panic(ended),
            () = stop.begun() => break,
        }
        service.house().count(connections.len());
    }
    // From here on a new connection is refused by the kernel, and the client tries another replica at once.
    drop((listener, listening));
    while let Some(ended) = connections.join_next().await {
        log_panic(ended);
    }
}

/// The next connection, however long the errors last.
async fn next(listener: &TcpListener, connections: &Connections) -> TcpStream {
    let mut pause = FIRST_PAUSE;
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return stream,
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
