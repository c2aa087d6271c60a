//! Traces in a build without the feature `otlp`: none.

use axum::extract::Request;

use crate::server::error::Error;
use crate::server::metrics::RequestRecord;

#[derive(Clone)]
pub(in crate::server) struct Traces;

pub(in crate::server) struct Span;

impl Traces {
    /// Warns if the environment asks for traces.
    pub(in crate::server) fn from_env() -> Result<Self, Error> {
        if std::env::var_os("OTEL_EXPORTER_OTLP_ENDPOINT").is_some() {
            tracing::warn!(
                "podwright sends no traces, although OTEL_EXPORTER_OTLP_ENDPOINT is set: build it with --features otlp"
            );
        }
        Ok(Self)
    }

    pub(in crate::server) fn begin(&self, _: &Request) -> Span {
        Span
    }

    pub(in crate::server) async fn finish(self) {}
}

impl Span {
    pub(in crate::server) fn end(self, _: &RequestRecord) {}
}
