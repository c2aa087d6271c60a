//! The webhook's server: two listeners, TLS, limits, health, metrics and a shutdown that loses no response.
//!
//! [`Server::bind`] takes the ports and [`Bound::run`] serves them, so a caller can bind port 0 and read the free one.
//! An AdmissionReview is bytes here, which are never logged: a Pod's env has secrets.

mod connection;
mod end_reason;
mod error;
mod events;
mod lifecycle;
mod limits;
pub mod metrics;
mod open_files;
mod paths;
mod request;
mod request_context;
mod tls;
mod traces;

pub use error::{ClientCaFault, Error, ReadError};
pub use lifecycle::configuration::ConfigurationSource;
pub use lifecycle::runtimes::{Control, Workers};
pub use lifecycle::shutdown::Stop;
pub use limits::{BODY_LIMIT, Limits};
pub use paths::{NAMESPACE_ROUTE, POD_ROUTE};
pub use tls::{CertificateSource, Identity};

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::{TcpListener, TcpSocket};

use crate::admission::{self, Route};
use crate::cluster::EventWriter;
use crate::workload::namespace::Profiles;
use connection::accept::accept;
use connection::serve::{Service, Transport};
use error::both;
use events::Events;
use lifecycle::configuration::CurrentConfiguration;
use lifecycle::health::{self, Health, Heartbeat};
use metrics::{Callback, Metrics, Samples, table, value};
use request::body::BodyReader;
use request::budget::Budget;
use request::observer::Observer;
use request::router::{self, Admission};
use tls::CurrentCertificate;
use traces::Traces;

/// The parameters of a server.
pub struct Server {
    /// The address for API servers, with TLS. Port 0 takes a free one.
    pub bind: SocketAddr,
    /// The address for health and metrics, without TLS.
    pub admin_bind: SocketAddr,
    /// The serving certificate and the CAs of clients.
    pub certificates: CertificateSource,
    /// The profiles.
    pub configuration: ConfigurationSource,
    /// The limits for clients.
    pub limits: Limits,
    /// The writer of events; `None` for no events.
    pub events: Option<EventWriter>,
}

/// A server with its ports that does not serve yet.
pub struct Bound {
    webhook: Port,
    admin: Port,
    server: Server,
}

struct Port {
    listener: TcpListener,
    address: SocketAddr,
}

impl Server {
    /// Takes both ports, and lowers the connection limits if the system allows too few open files.
    ///
    /// # Errors
    /// A port is taken or not allowed, or an address is not this machine's. Returns the errors of both ports at once.
    pub async fn bind(mut self) -> Result<Bound, Error> {
        self.limits = open_files::fit(self.limits);
        let webhook = Port::bind("--bind", self.bind, self.limits.queue());
        let admin = Port::bind("--admin-bind", self.admin_bind, self.limits.admin_queue());
        let (webhook, admin) = both(webhook, admin)?;
        Ok(Bound { webhook, admin, server: self })
    }
}

impl Bound {
    /// Returns the webhook's URL on this machine, such as `https://127.0.0.1:8443`.
    pub fn webhook_url(&self) -> String {
        format!("https://{}", reachable(self.webhook.address))
    }

    /// Returns the URL of health and metrics on this machine, such as `http://127.0.0.1:8080`.
    pub fn admin_url(&self) -> String {
        format!("http://{}", reachable(self.admin.address))
    }

    /// Serves until the stop, then finishes the requests in flight. Reviews run on the runtime of this call. Health,
    /// metrics and the drain run on `control`.
    ///
    /// # Errors
    /// A listener ended unexpectedly, or requests were still in flight after 32 seconds.
    pub async fn run(self, stop: Stop, control: &Control) -> Result<(), Error> {
        let (current, entries) = (self.server.configuration.current(), self.server.certificates.entries());
        // A review keeps one configuration to its end.
        let admission = move |body: &[u8], route: Route<'_>| match route {
            Route::Workloads => {
                let (configuration, entries) = (current.configuration(), entries.profiles());
                admission::check(body, Profiles { configuration: &configuration, with_entry: entries.as_deref() })
            }
            _ => admission::answer(body, route, &current.configuration()),
        };
        self.run_with(Arc::new(admission), stop, control).await
    }

    async fn run_with(self, admission: Arc<Admission>, stop: Stop, control: &Control) -> Result<(), Error> {
        tracing::info!(url = self.webhook_url(), "webhook listening");
        tracing::info!(url = self.admin_url(), "admin listening");
        let Self { webhook, admin, server: Server { certificates, configuration, limits, events, .. } } = self;
        let traces = Traces::from_env()?;
        let (heartbeat, budget) = (Heartbeat::new(limits.heartbeat), Budget::new(&limits));
        let (certificate, current) = (certificates.current(), configuration.current());
        let checks = {
            let (certificate, current) = (certificate.clone(), current.clone());
            move || certificate.checks().into_iter().chain([current.check()]).collect()
        };
        let health = Arc::new(Health::new(heartbeat.clone(), stop.clone(), checks));
        let bodies = BodyReader::new(&limits, budget.clone());
        let state = ObservedState { health: Arc::clone(&health), certificate: certificate.clone(), current, budget };
        let metrics = Arc::new(Metrics::new(stop.in_flight(), state.metrics()));
        tokio::spawn(heartbeat.beat());
        tokio::spawn(configuration.follow(stop.clone(), metrics.configuration.clone()));
        certificates.follow(&stop, &metrics.certificates);

        let admin_connections = metrics.admin_connections.clone();
        let admin_routes = health::router(Arc::clone(&health)).merge(metrics::router(Arc::clone(&metrics)));
        let admin_service = Service::new(Transport::Plain, admin_routes, limits.clone().for_admin(), admin_connections);
        let (time, connections) = (limits.drain, metrics.connections.clone());
        let events = Events::start(events, &metrics.events);
        let routes = router::router(admission, bodies, Observer { metrics, events, traces: traces.clone() });
        let webhook_service = Service::new(Transport::Tls(certificate), routes, limits, connections);
        let webhook = tokio::spawn(accept(webhook.listener, webhook_service, stop.clone(), Some(health.listening())));
        // Starts after the webhook, so `/readyz` is true from the start. Ends after it, so `/readyz` fails during the
        // drain.
        let admin = control.listener(admin.listener).map_err(|error| Error::System("serve the admin port", error))?;
        let admin = control.spawn(accept(admin, admin_service, Stop::never(), None));

        let ended = control.spawn(stop.drain(webhook, time)).await;
        admin.abort();
        traces.finish().await;
        ended.unwrap_or(Err(Error::Bug("the drain ended unexpectedly")))
    }
}

/// The state behind the metrics that are computed at each scrape.
#[derive(Clone)]
struct ObservedState {
    health: Arc<Health>,
    certificate: CurrentCertificate,
    current: CurrentConfiguration,
    budget: Budget,
}

impl ObservedState {
    fn metrics(&self) -> [Callback; 6] {
        let callback = |metric, samples: fn(&Self) -> Samples| {
            let state = self.clone();
            Callback::new(metric, move || samples(&state))
        };
        [
            callback(&table::READY, |state| value(f64::from(state.health.is_ready()))),
            callback(&table::EXPIRATION, |state| value(state.certificate.expiration())),
            callback(&table::TRUSTED, |state| value(state.certificate.trust().map(|trust| trust.has_passed().into()))),
            callback(&table::HASH, |state| value(state.current.hash())),
            callback(&table::BODIES, |state| state.budget.taken()),
            callback(&table::BODIES_LIMIT, |state| state.budget.limits()),
        ]
    }
}

impl Port {
    fn bind(flag: &'static str, address: SocketAddr, queue: u32) -> Result<Self, Error> {
        Self::listen(address, queue).map_err(|error| Error::Bind(address, flag, error))
    }

    /// Listens like `TcpListener::bind`, with this queue instead of its 128. A client beyond the queue tries again
    /// after a second, which is too late for a kubelet's probe.
    fn listen(address: SocketAddr, queue: u32) -> io::Result<Self> {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        socket.set_reuseaddr(true)?;
        socket.bind(address)?;
        let listener = socket.listen(queue)?;
        Ok(Self { address: listener.local_addr()?, listener })
    }
}

/// Replaces "all addresses" by the loopback address, for connections from this machine.
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
