//! Servers with limits that no option sets: the library in a process of its own, so memory and log belong to the server
//! alone. The process is this test binary again, running only the test that serves.

use std::env;
use std::fs;
use std::io::stderr;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use podwright::cert::Authority;
use podwright::server::{CertificateSource, ConfigurationSource, Control, Identity, Limits, Server, Stop, Workers};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// The name of the test that serves.
pub(crate) const PROCESS: &str = "limited::a_process_that_serves_with_limits_of_its_own";
/// The environment variable that names the limits.
pub(crate) const VARIABLE: &str = "PODWRIGHT_TEST_LIMITS";

/// A fifth of every timeout: 2 s for 10 s, enough for a slow client on a busy machine.
pub(crate) const HURRIED: &str = "hurried";
/// A fifth of every timeout, and an idle timeout of one second.
pub(crate) const HURRIED_AND_BRIEFLY_IDLE: &str = "hurried, briefly idle";
/// 8 MiB for large bodies and answers in flight.
pub(crate) const BUDGET_OF_8_MIB: &str = "8 MiB";
/// No memory for large bodies and answers in flight.
pub(crate) const NO_BUDGET: &str = "no budget";

fn limits(name: &str) -> Limits {
    match name {
        HURRIED => hurried(Limits::default()),
        HURRIED_AND_BRIEFLY_IDLE => Limits { idle: Duration::from_secs(1), ..hurried(Limits::default()) },
        BUDGET_OF_8_MIB => Limits { large_parts: 8 << 20, ..Limits::default() },
        NO_BUDGET => Limits { large_parts: 0, ..Limits::default() },
        _ => panic!("no such limits: {name}"),
    }
}

fn hurried(limits: Limits) -> Limits {
    Limits {
        handshake: limits.handshake / 5,
        first_request: limits.first_request / 5,
        head: limits.head / 5,
        idle: limits.idle / 5,
        request: limits.request / 5,
        body: limits.body / 5,
        answer: limits.answer / 5,
        drain: limits.drain / 5,
        ..limits
    }
}

#[test]
fn a_process_that_serves_with_limits_of_its_own() {
    // The variable is set in that process alone.
    let Ok(name) = env::var(VARIABLE) else { return };
    let limits = limits(&name);
    let lines = tracing_subscriber::fmt::layer().with_writer(stderr).with_ansi(false);
    let ours = Targets::new().with_target("podwright", LevelFilter::TRACE);
    tracing_subscriber::registry().with(lines).with(ours).init();
    let (control, workers) = (Control::start().unwrap(), Workers::start().unwrap());
    let ended = workers.run(async {
        let stop = Stop::on_signals(Duration::ZERO, &control)?;
        let authority = Authority::create(SystemTime::now()).unwrap();
        let pair = authority.issue(&["localhost".parse().unwrap()], SystemTime::now()).unwrap();
        fs::write("ca.crt", authority.certificate_pem()).unwrap();
        let certificates = CertificateSource::fixed(Identity::from_pem(&pair.certificate_pem, &pair.key_pem)?);
        let bind = SocketAddr::from(([127, 0, 0, 1], 0));
        let server = Server {
            bind,
            admin_bind: bind,
            certificates,
            configuration: ConfigurationSource::built_in(),
            limits,
            events: None,
        };
        server.bind().await?.run(stop, &control).await
    });
    ended.unwrap();
}
