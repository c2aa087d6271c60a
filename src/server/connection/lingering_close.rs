//! A close that loses no response. After its last byte, the stream reads and drops incoming bytes until the client
//! closes its side or a second has passed.
//!
//! A closed socket answers each further byte with a reset, and a client that sees a reset drops the responses that it
//! has not read yet. Go's HTTP/2 client drops all requests of a connection with the first failed write, even after
//! their responses and the GOAWAY have arrived. It may well write then: a request that crossed the GOAWAY, or a window
//! update.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Sleep, sleep};

/// The client's time to close its side. A live client needs some round trips.
const PATIENCE: Duration = Duration::from_secs(1);
const AT_ONCE: usize = 4 * 1024;

/// A stream whose `poll_shutdown` closes this side and waits until the client closes the other.
pub(crate) struct LingeringClose<S> {
    stream: S,
    /// The client's time, which begins when this side is closed.
    patience: Option<Pin<Box<Sleep>>>,
}

impl<S> LingeringClose<S> {
    pub(crate) fn new(stream: S) -> Self {
        Self { stream, patience: None }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> LingeringClose<S> {
    /// Ready when the client has closed its side, or has taken too long.
    fn poll_their_end(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.patience.as_mut().is_none_or(|patience| patience.as_mut().poll(context).is_ready()) {
            return Poll::Ready(());
        }
        loop {
            let mut dropped = [0; AT_ONCE];
            let mut buffer = ReadBuf::new(&mut dropped);
            // Also pending for a client that sends without end: tokio limits a task's reads in a row.
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
    #![expect(clippy::unwrap_used, reason = "a failed test panics")]

    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
    use tokio::time::{Instant, timeout};

    use super::*;

    const SHORT: Duration = Duration::from_millis(10);

    #[tokio::test(start_paused = true)]
    async fn bytes_after_the_end_are_read_until_the_client_closes_its_side() {
        let (mut client, stream) = duplex(64);
        let begun = Instant::now();
        let closes = async move { LingeringClose::new(stream).shutdown().await };
        let late = async move {
            let mut read = Vec::new();
            client.read_to_end(&mut read).await.unwrap();
            // More than the buffer holds, so the server must read it.
            client.write_all(&[0; 1024]).await.unwrap();
            tokio::time::sleep(SHORT).await;
            drop(client);
        };
        let (end, ()) = tokio::join!(closes, late);
        assert!(end.is_ok());
        assert!(begun.elapsed() >= SHORT && begun.elapsed() < PATIENCE, "{:?}", begun.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_stays_has_one_second() {
        let (_client, stream) = duplex(64);
        let begun = Instant::now();
        let end = timeout(PATIENCE * 2, LingeringClose::new(stream).shutdown()).await;
        assert!(end.is_ok(), "no end");
        assert!(begun.elapsed() >= PATIENCE && begun.elapsed() <= PATIENCE + SHORT, "{:?}", begun.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_sends_without_end_has_one_second() {
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
