//! The webhook as a process: two listeners, TLS, limits, health and an end that drops nothing.
//!
//! [`Server::bind`] takes the ports and [`Bound::run`] serves them, apart from each other, so that a caller can bind
//! port 0 and ask which one it got. What an AdmissionReview means is `admission`'s; here it is bytes. Those bytes are
//! never logged: a Pod's env holds secrets.

mod connection;
mod end_reason;
mod lifecycle;
mod limits;
pub mod metrics;
mod request;
mod request_context;
mod tls;
#[cfg_attr(feature = "otlp", path = "traces/otlp.rs")]
#[cfg_attr(not(feature = "otlp"), path = "traces/without.rs")]
mod traces;

pub use lifecycle::configuration::Configured;
pub use lifecycle::runtimes::{Control, Workers};
pub use lifecycle::shutdown::Stop;
use limits::QUEUE;
pub use limits::{BODY_LIMIT, Limits};
pub use request::router::{NAMESPACE_ROUTE, POD_ROUTE};
pub use tls::{Certificates, Identity, InForce};

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinHandle;

use connection::accept::accept;
use connection::limiter::Limiter;
use connection::serve::{Service, Transport};
use lifecycle::health::{self, Health};
use lifecycle::heartbeat::Heartbeat;
use metrics::{Metrics, table};
use request::body::Intake;
use request::observer::Teller;
use request::router::{self, Admission};
use traces::Traces;

/// Why the server did not start, or did not end well: a sentence for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(String);

impl Error {
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self(sentence.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Error {}

/// What to serve, and where.
pub struct Server {
    /// Where the API server connects to, with TLS. Port 0 takes a free one.
    pub bind: SocketAddr,
    /// Where the kubelet asks for health, without TLS.
    pub admin_bind: SocketAddr,
    /// The certificate to show, and the clients to let in.
    pub certificates: Certificates,
    /// The profiles to fit Pods by.
    pub configuration: Configured,
    /// How much one client may take.
    pub limits: Limits,
}

/// A server that has its ports and does not serve yet.
pub struct Bound {
    webhook: TcpListener,
    admin: TcpListener,
    webhook_address: SocketAddr,
    admin_address: SocketAddr,
    certificates: Certificates,
    configuration: Configured,
    limits: Limits,
}

impl Server {
    /// Takes both ports.
    ///
    /// # Errors
    /// Where a port is taken, not allowed, or the address is not this machine's; both are told at once.
    pub async fn bind(self) -> Result<Bound, Error> {
        let webhook = listen("--bind", self.bind);
        let admin = listen("--admin-bind", self.admin_bind);
        let ((webhook, webhook_address), (admin, admin_address)) = both(webhook, admin)?;
        let Self { certificates, configuration, limits, .. } = self;
        Ok(Bound { webhook, admin, webhook_address, admin_address, certificates, configuration, limits })
    }
}

impl Bound {
    /// Where the webhook is reached from this machine, such as `https://127.0.0.1:8443`.
    pub fn webhook_url(&self) -> String {
        format!("https://{}", reachable(self.webhook_address))
    }

    /// Where health is asked for from this machine, such as `http://127.0.0.1:8080`.
    pub fn admin_url(&self) -> String {
        format!("http://{}", reachable(self.admin_address))
    }

    /// Serves until `stop` says so, then finishes what is in flight. Reviews are answered by the runtime that this is called on;
    /// health, metrics and the end are `control`'s.
    ///
    /// # Errors
    /// Where a listener ended on its own, or requests were still in flight after 32 seconds.
    pub async fn run(self, stop: Stop, control: &Control) -> Result<(), Error> {
        let answer = router::by_admission(self.configuration.current());
        self.run_with(answer, stop, control).await
    }

    async fn run_with(self, answer: Arc<Admission>, stop: Stop, control: &Control) -> Result<(), Error> {
        tracing::info!(url = self.webhook_url(), "webhook listening");
        tracing::info!(url = self.admin_url(), "admin listening");
        let Self { webhook, admin, certificates, configuration, limits, .. } = self;
        let traces = Traces::from_env()?;
        let current = configuration.current();
        let in_force = certificates.in_force();
        let heartbeat = Heartbeat::new(limits.heartbeat);
        let health = Arc::new(Health::new(heartbeat.clone(), stop.clone(), in_force.clone(), current.clone()));
        let intake = Intake::new(&limits);
        let metrics = with_asked(Metrics::new(stop.in_flight()), &health, &in_force, &intake);
        let metrics = Arc::new(metrics.and_asked(&table::HASH, move || vec![("", current.hash())]));
        tokio::spawn(heartbeat.beat());
        tokio::spawn(configuration.follow(stop.clone(), metrics.reloads()));
        tokio::spawn(certificates.follow(stop.clone(), metrics.certificates()));

        let admin_routes = health::router(Arc::clone(&health)).merge(metrics::router(Arc::clone(&metrics)));
        let admin_limits = limits.clone().for_admin();
        let admin_service = Service {
            transport: Transport::Plain,
            router: admin_routes,
            limiter: Limiter::new(&admin_limits),
            limits: admin_limits,
            connections: metrics.admin_connections(),
        };
        let connections = metrics.webhook_connections();
        let routes = router::router(answer, intake, Teller { metrics, traces: traces.clone() });
        let time = limits.drain;
        let limiter = Limiter::new(&limits);
        let webhook_service =
            Service { transport: Transport::Tls(in_force), router: routes, limits, connections, limiter };
        let webhook = tokio::spawn(accept(webhook, webhook_service, stop.clone(), health.webhook()));
        // Behind the webhook's, so that nobody can ask before there is something to say; and it outlives the webhook's: "not
        // ready" has to be told while requests are finished.
        let admin =
            control.listener(admin).map_err(|error| Error::new(format!("cannot serve the admin port: {error}")))?;
        let admin = control.spawn(accept(admin, admin_service, Stop::never(), health.admin()));

        let ended = control.spawn(drain(stop, webhook, time)).await;
        admin.abort();
        traces.finish().await;
        ended.unwrap_or_else(|_| Err(Error::new("the drain stopped early; this is a bug in podwright")))
    }
}

/// With what is looked up where it is known.
fn with_asked(metrics: Metrics, health: &Arc<Health>, certificates: &InForce, intake: &Intake) -> Metrics {
    let (health, certificates, trusted) = (Arc::clone(health), certificates.clone(), certificates.clone());
    let (taken, limits) = (intake.clone(), intake.clone());
    metrics
        .and_asked(&table::READY, move || vec![("", f64::from(u8::from(health.is_ready())))])
        .and_asked(&table::EXPIRATION, move || certificates.expiration())
        .and_asked(&table::TRUSTED, move || {
            trusted.trusted().map(|standing| ("", f64::from(u8::from(standing.is_ok())))).into_iter().collect()
        })
        .and_asked(&table::BODIES, move || taken.taken())
        .and_asked(&table::BODIES_LIMIT, move || limits.limits())
}

/// Waits for the end of the listener, and from the stop on only as long as somebody can still be waiting.
async fn drain(stop: Stop, mut webhook: JoinHandle<()>, time: Duration) -> Result<(), Error> {
    let ended = tokio::select! {
        () = stop.begun() => false,
        _ = &mut webhook => true,
    };
    // The listener may hear of the stop before this does, and end at once where it has nobody to wait for.
    if ended && !stop.has_begun() {
        return Err(Error::new("the webhook's listener ended on its own; this is a bug in podwright"));
    }
    tracing::info!("stopping: not ready any more, finishing the requests in flight");
    if !ended && tokio::time::timeout(time, &mut webhook).await.is_err() {
        webhook.abort();
        let seconds = time.as_secs();
        return Err(Error::new(format!("requests were still in flight {seconds} s after the stop and were cut off")));
    }
    tracing::info!("stopped: every request was answered");
    Ok(())
}

fn listen(flag: &str, address: SocketAddr) -> Result<(TcpListener, SocketAddr), Error> {
    let sentence = |error| {
        Error::new(format!(
            "cannot listen on {address} ({flag}): {error}. Expected an address of this machine and a free port, such as \
             `{flag} 127.0.0.1:0` (port 0 takes any free one)"
        ))
    };
    let listener = queueing(address).map_err(sentence)?;
    let bound = listener.local_addr().map_err(sentence)?;
    Ok((listener, bound))
}

/// As `TcpListener::bind`, with a longer queue: its 128 are fewer than a crowd, and a client that is turned away from the
/// queue comes again after a second, which is all that a kubelet's probe has.
fn queueing(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(QUEUE)
}

fn both<A, B>(first: Result<A, Error>, second: Result<B, Error>) -> Result<(A, B), Error> {
    match (first, second) {
        (Ok(first), Ok(second)) => Ok((first, second)),
        (Err(Error(first)), Err(Error(second))) => Err(Error(format!("{first}\n{second}"))),
        (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
    }
}

/// "All addresses" is nothing to connect to: the loopback address is.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests;
