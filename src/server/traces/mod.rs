//! OpenTelemetry's traces of requests, with the feature `otlp`.

#[cfg(not(feature = "otlp"))]
mod disabled;
#[cfg(feature = "otlp")]
mod otlp;

#[cfg(not(feature = "otlp"))]
pub(super) use disabled::Traces;
#[cfg(feature = "otlp")]
pub(super) use otlp::Traces;
