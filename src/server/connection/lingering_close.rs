//! A close that loses no answer: after our last byte, the stream reads and drops what the client still sends, until the
//! client has closed its side or a second is over.
//!
//! A closed socket answers each further byte with a reset, and a client that sees a reset gives up the answers that it has not
//! read yet. Go's HTTP/2 client drops every request of a connection with the first write that fails, although their answers and
//! our GOAWAY are there. It writes now and then, be it a request that crossed the GOAWAY or a window update.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// How long a client may take to close its side. A live client does so when it has read our end: some round trips.
const PATIENCE: Duration = Duration::from_secs(1);
/// The bytes that are read at once and dropped.
const AT_ONCE: usize = 4 * 1024;

/// A stream whose `poll_shutdown` closes our side and waits until the client closes its own.
pub(crate) struct LingeringClose<S> {
    stream: S,
    /// The client's time to close its side, from when ours is closed.
    patience: Option<Pin<Box<Sleep>>>,
}

impl<S> LingeringClose<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, patience: None }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> LingeringClose<S> {
    /// Ready when the client has closed its side, or has taken too long to.
    fn poll_their_end(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.patience.as_mut().is_none_or(|patience| patience.as_mut().poll(context).is_ready()) {
            return Poll::Ready(());
        }
        loop {
            let mut dropped = [0; AT_ONCE];
            let mut buffer = ReadBuf::new(&mut dropped);
            // Pending also for a client that sends without end: tokio lets a task read only so often in a row.
            let read = ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer));
            if read.is_err() || buffer.filled().is_empty() {
                return Poll::Ready(());
            }
        }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for LingeringClose<S> {
    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.patience.is_none() {
            ready!(Pin::new(&mut self.stream).poll_shutdown(context))?;
            self.patience = Some(Box::pin(sleep(PATIENCE)));
        }
        self.poll_their_end(context).map(Ok)
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

impl<S: AsyncRead + Unpin> AsyncRead for LingeringClose<S> {
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

    const SHORT: Duration = Duration::from_millis(10);

    /// By a clock that stands still until everybody waits for it.
    #[tokio::test(start_paused = true)]
    async fn what_comes_after_the_end_is_taken_until_the_client_has_closed_its_side() {
        let (mut client, stream) = duplex(64);
        let begun = Instant::now();
        let closes = async move { LingeringClose::new(stream).shutdown().await };
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
    async fn a_client_that_stays_is_waited_for_no_longer_than_a_second() {
        let (_client, stream) = duplex(64);
        let begun = Instant::now();
        let end = timeout(PATIENCE * 2, LingeringClose::new(stream).shutdown()).await;
        assert!(end.is_ok(), "no end");
        assert!(begun.elapsed() >= PATIENCE && begun.elapsed() <= PATIENCE + SHORT, "{:?}", begun.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_sends_without_end_is_waited_for_no_longer() {
        let (mut client, stream) = duplex(64);
        let begun = Instant::now();
        let sends = async move {
            while client.write_all(&[0; 64]).await.is_ok() {
                tokio::time::sleep(SHORT).await
            }
        };
        let closes = async move { LingeringClose::new(stream).shutdown().await };
        let (end, ()) = tokio::join!(closes, sends);
        assert!(end.is_ok());
        assert!(begun.elapsed() <= PATIENCE + 2 * SHORT, "{:?}", begun.elapsed());
    }
}
