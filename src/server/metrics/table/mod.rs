//! The one table of metrics: they are registered from it, and docs/metrics.md is written from it.
//!
//! The values of labels are words of podwright (routes, keys, codes), so the number of series is bounded.

mod connections;
mod files;
mod metric;
mod process;
mod requests;

pub use files::{RENEWALS, TRUSTED};
pub use metric::{Label, Metric, MetricKind};
pub use requests::REASONS;

pub(in crate::server) use connections::{ACCEPT_ERRORS, ACCEPTED, CONNECTIONS, ENDED, HANDSHAKE_FAILURES};
pub(in crate::server) use files::{CERTIFICATE_RELOADS, CERTIFICATE_STALE, EXPIRATION, HASH, RELOADS, STALE};
pub(in crate::server) use metric::{Counters, Labels, PREFIX};
pub(in crate::server) use process::{BUILD, CPU, MAX_FDS, OPEN_FDS, RESIDENT, START};
pub(in crate::server) use requests::{BODIES, BODIES_LIMIT, BODY, DURATION, IN_FLIGHT, INJECTIONS, READY, REQUESTS};

/// The metrics of API servers in docs/operate.md. They alone know the Pods that they created, or refused, without an answer.
pub const OF_API_SERVERS: [&str; 2] =
    ["apiserver_admission_webhook_fail_open_count", "apiserver_admission_webhook_rejection_count"];

/// Every metric, in the order of the page.
pub static METRICS: [&Metric; 28] = [
    &READY,
    &REQUESTS,
    &DURATION,
    &IN_FLIGHT,
    &BODY,
    &BODIES,
    &BODIES_LIMIT,
    &INJECTIONS,
    &REASONS,
    &CONNECTIONS,
    &ACCEPTED,
    &ENDED,
    &HANDSHAKE_FAILURES,
    &ACCEPT_ERRORS,
    &RELOADS,
    &STALE,
    &HASH,
    &CERTIFICATE_RELOADS,
    &CERTIFICATE_STALE,
    &RENEWALS,
    &TRUSTED,
    &EXPIRATION,
    &BUILD,
    &CPU,
    &RESIDENT,
    &OPEN_FDS,
    &MAX_FDS,
    &START,
];
