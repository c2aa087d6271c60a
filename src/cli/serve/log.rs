//! The log on standard error: its levels and its format.
//!
//! Libraries that see bodies log nothing below `info`, whatever RUST_LOG says. The message of a panic is never logged, because it
//! can quote the Pod.

use std::io::{IsTerminal, stderr};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::cli::error::Error;

/// The libraries that see bodies and log them below the level `info`.
const LIBRARIES: [&str; 9] =
    ["h2", "hyper", "hyper_rustls", "hyper_util", "kube_client", "rustls", "tokio_rustls", "tower", "tower_http"];

/// The format of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum LogFormat {
    /// For people: fields as NAME=VALUE
    Text,
    /// For machines: an object on each line, with `timestamp`, `level`, `target`, `message` and the fields beside them
    Json,
}

/// Starts the log. A panic is logged with its place and without its message.
pub(super) fn to_stderr(format: LogFormat) -> Result<(), Error> {
    let lines = tracing_subscriber::fmt::layer().with_writer(stderr);
    // They would go to standard error, which cannot be written, and so panic.
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

/// Reads the levels from RUST_LOG, by default `info`. Libraries that see bodies stay at `info`.
fn filter() -> Result<Targets, Error> {
    let wanted = std::env::var("RUST_LOG").unwrap_or_default();
    let wanted = if wanted.is_empty() { "info" } else { &wanted };
    let read: Targets = wanted.parse().map_err(|error| {
        Error::new(format!("cannot read RUST_LOG={wanted:?}: {error}. Expected levels such as `debug`"))
    })?;
    let sees_bodies = |target: &str| LIBRARIES.iter().any(|library| target.split("::").next() == Some(*library));
    let allowed = read.iter().filter(|(target, _)| !sees_bodies(target));
    let held = LIBRARIES.map(|library| (library, LevelFilter::INFO));
    Ok(Targets::new()
        .with_default(read.default_level().unwrap_or(LevelFilter::OFF))
        .with_targets(allowed)
        .with_targets(held)
        // Quotes an answer that it cannot read, as a warning; it may be a Secret.
        .with_target("kube_client", LevelFilter::ERROR))
}
