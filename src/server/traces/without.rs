//! Traces in a build without the feature `otlp`: there are none, which is said where somebody asks for them.

use axum::extract::Request;

use super::Error;

/// What would send spans.
#[derive(Clone)]
pub(super) struct Traces;

/// What would be a request's span.
pub(super) struct Span;

impl Traces {
    pub(super) fn from_env() -> Result<Self, Error> {
        if std::env::var_os("OTEL_EXPORTER_OTLP_ENDPOINT").is_some() {
            tracing::warn!(
                "OTEL_EXPORTER_OTLP_ENDPOINT is set, and this podwright was built without traces (--features otlp)"
            );
        }
        Ok(Self)
    }

    pub(super) fn begin(&self, _: &Request) -> Span {
        Span
    }

    pub(super) async fn finish(self) {}
}

impl Span {
    pub(super) fn end(self, _: &'static str, _: (u16, &'static str)) {}
}
