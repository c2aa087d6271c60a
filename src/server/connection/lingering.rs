//! The end of a connection that loses nothing: once we have said all that we have to say, what the client still sends is
//! read and thrown away until it has closed its side as well.
//!
//! A socket that is closed answers whatever comes with a reset, and a client that sees one gives up the answers that it has
//! not read yet: Go's HTTP/2 client drops every request of a connection with the first write that fails, although their
//! answers and our GOAWAY are there. It writes now and then, be it a request that crossed the GOAWAY or a window update.
//!
//! Nothing that is read here is ever looked at, and where others wait for its place a client has no longer than for its
//! silence.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

use crate::server::connection::house::House;

/// How long a client may take to close its side. One that is alive does so when it has read ours: some round trips.
const PATIENCE: Duration = Duration::from_secs(1);
/// Read at once and thrown away.
const AT_ONCE: usize = 4 * 1024;

/// A stream whose `poll_shutdown` says that nothing more comes from us, and waits for the client to say the same.
pub(crate) struct Lingering<S> {
    stream: S,
    house: House,
    end: End,
}

enum End {
    NotYet,
    /// Ours is said; theirs is waited for until this is over.
    Said(Pin<Box<Sleep>>),
    Over,
}

impl<S> Lingering<S> {
    pub(crate) fn new(stream: S, house: House) -> Self {
        Self { stream, house, end: End::NotYet }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Lingering<S> {
    /// Ready when the client has closed its side, or has taken too long to.
    fn poll_their_end(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let End::Said(patience) = &mut self.end else { return Poll::Ready(()) };
        if patience.as_mut().poll(context).is_ready() {
            return Poll::Ready(());
        }
        loop {
            let mut thrown_away = [0; AT_ONCE];
            let mut buffer = ReadBuf::new(&mut thrown_away);
            // Ends in "not now" also where they send without end: tokio lets a task read only so often in a row.
            let read = ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer));
            if read.is_err() || buffer.filled().is_empty() {
                return Poll::Ready(());
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Lingering<S> {
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let End::NotYet = self.end {
            ready!(Pin::new(&mut self.stream).poll_shutdown(context))?;
            self.end = End::Said(Box::pin(sleep(PATIENCE.min(self.house.patience()))));
        }
        ready!(self.poll_their_end(context));
        self.end = End::Over;
        Poll::Ready(Ok(()))
    }

    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
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

impl<S: AsyncRead + Unpin> AsyncRead for Lingering<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a test says what is wrong by panicking")]

    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
    use tokio::time::{Instant, timeout};

    use super::*;
    use crate::server::connection::limits::Limits;

    const SHORT: Duration = Duration::from_millis(10);

    /// A house with room, and one that is full.
    fn houses() -> [House; 2] {
        let limits = Limits::default().for_admin().with_connections(1);
        let full = House::new(&limits);
        full.count(1);
        [House::new(&limits), full]
    }

    /// By a clock that stands still until everybody waits for it.
    #[tokio::test(start_paused = true)]
    async fn what_comes_after_the_end_is_taken_until_the_client_has_closed_its_side() {
        let [house, _] = houses();
        let (mut client, stream) = duplex(64);
        let begun = Instant::now();
        let closes = async move { Lingering::new(stream, house).shutdown().await };
        let late = async move {
            let mut read = Vec::new();
            client.read_to_end(&mut read).await.unwrap();
            // More than fits, so that somebody has to read it.
            client.write_all(&[0; 1024]).await.unwrap();
            tokio::time::sleep(SHORT).await;
            drop(client);
        };
        let (end, ()) = tokio::join!(closes, late);
        assert!(end.is_ok());
        assert!(begun.elapsed() >= SHORT && begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_stays_is_waited_for_no_longer_than_a_second_and_where_others_wait_than_in_silence() {
        for (house, most) in houses().into_iter().zip([PATIENCE, Limits::default().for_admin().crowded]) {
            let (_client, stream) = duplex(64);
            let begun = Instant::now();
            let end = timeout(PATIENCE * 2, Lingering::new(stream, house).shutdown()).await;
            assert!(end.is_ok(), "no end");
            assert!(begun.elapsed() >= most && begun.elapsed() <= most + SHORT, "{:?}", begun.elapsed());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_sends_without_end_is_waited_for_no_longer() {
        let [house, _] = houses();
        let (mut client, stream) = duplex(64);
        let begun = Instant::now();
        let sends = async move {
            while client.write_all(&[0; 64]).await.is_ok() {
                tokio::time::sleep(SHORT).await
            }
        };
        let closes = async move { Lingering::new(stream, house).shutdown().await };
        let (end, ()) = tokio::join!(closes, sends);
        assert!(end.is_ok());
        assert!(begun.elapsed() <= PATIENCE + 2 * SHORT, "{:?}", begun.elapsed());
    }
}
