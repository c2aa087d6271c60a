//! The log on standard error: levels and format.
//!
//! Libraries that see bodies never log below `info`, even if RUST_LOG asks for it. The message of a panic can quote a Pod, so it
//! is never logged.

use std::io::{IsTerminal, stderr};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::cli::error::Error;

/// Libraries that log request and response bodies below the level `info`.
const LIBRARIES: [&str; 9] =
    ["h2", "hyper", "hyper_rustls", "hyper_util", "kube_client", "rustls", "tokio_rustls", "tower", "tower_http"];

/// The format of a log line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum LogFormat {
    /// Text for people, with fields as NAME=VALUE
    Text,
    /// One JSON object on each line: `timestamp`, `level`, `target`, `message` and the event's fields
    Json,
}

/// Starts the log. For a panic, logs its place without its message.
pub(super) fn to_stderr(format: LogFormat) -> Result<(), Error> {
    let lines = tracing_subscriber::fmt::layer().with_writer(stderr);
    // The library writes its own errors to standard error. If that is the broken stream, it panics.
    let lines = lines.log_internal_errors(false);
    let lines = match format {
        LogFormat::Text => lines.with_ansi(stderr().is_terminal()).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(false).with_span_list(false).boxed(),
    };
    tracing_subscriber::registry().with(lines.with_filter(filter()?)).init();
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string);
        tracing::error!(place, "panic; this is a bug in podwright");
    }));
    Ok(())
}

/// Reads the levels from RUST_LOG (`info` if unset). Libraries that see bodies stay at `info`.
fn filter() -> Result<Targets, Error> {
    let wanted = std::env::var("RUST_LOG").unwrap_or_default();
    let wanted = if wanted.is_empty() { "info" } else { &wanted };
    let read: Targets = wanted.parse().map_err(|error| {
        Error::new(format!("invalid RUST_LOG={wanted:?}: {error}; expected a level, or levels by target, such as debug or podwright=debug"))
    })?;
    let sees_bodies = |target: &str| LIBRARIES.iter().any(|library| target.split("::").next() == Some(*library));
    let allowed = read.iter().filter(|(target, _)| !sees_bodies(target));
    let held = LIBRARIES.map(|library| (library, LevelFilter::INFO));
    Ok(Targets::new()
        .with_default(read.default_level().unwrap_or(LevelFilter::OFF))
        .with_targets(allowed)
        .with_targets(held)
        // Its warning quotes a response that it cannot decode, which may be a Secret.
        .with_target("kube_client", LevelFilter::ERROR))
}
