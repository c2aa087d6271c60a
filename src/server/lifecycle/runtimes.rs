//! The two runtimes of a server. Reviews run on the workers. Health, metrics, signals and the drain have their own
//! thread, so a review that never returns does not delay them.

use std::io;
use std::thread;

use tokio::net::TcpListener;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// The runtime of reviews, with one thread for each core (or `TOKIO_WORKER_THREADS`).
pub struct Workers(Runtime);

/// The runtime of everything else, with one thread. It ends when this is dropped.
pub struct Control {
    handle: Handle,
    _end: oneshot::Sender<()>,
}

impl Workers {
    /// Starts the threads.
    ///
    /// # Errors
    /// The system is out of threads or file descriptors.
    pub fn start() -> io::Result<Self> {
        Builder::new_multi_thread().enable_all().build().map(Self)
    }

    /// Runs a future to its end on this thread, and its spawned tasks on the workers. Waits for nothing else: a thread
    /// with a stuck review ends with the process.
    pub fn run<F: Future>(self, future: F) -> F::Output {
        let output = self.0.block_on(future);
        self.0.shutdown_background();
        output
    }
}

impl Control {
    /// Starts the thread.
    ///
    /// # Errors
    /// The system is out of threads or file descriptors.
    pub fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (end, ended) = oneshot::channel();
        thread::Builder::new().name("control".to_owned()).spawn(move || {
            // Always an error, because the sender is dropped.
            let _: Result<(), _> = runtime.block_on(ended);
            runtime.shutdown_background();
        })?;
        Ok(Self { handle, _end: end })
    }

    pub(crate) fn handle(&self) -> &Handle {
        &self.handle
    }

    pub(crate) fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        self.handle.spawn(future)
    }

    /// Moves a listener to this runtime.
    pub(crate) fn listener(&self, listener: TcpListener) -> io::Result<TcpListener> {
        let listener = listener.into_std()?;
        let _entered = self.handle.enter();
        TcpListener::from_std(listener)
    }
}
