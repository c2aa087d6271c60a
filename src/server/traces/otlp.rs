//! OpenTelemetry traces: a span for each request with a sampled `traceparent`, sent to a collector by OTLP over HTTP.
//!
//! OpenTelemetry's own variables configure it. A span has no body, annotation or name from a request: the parent span
//! of the API server has the names. A separate thread and a task send batches. Without a collector, spans are lost and
//! responses are not.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract;
use axum::http::{Request, Response};
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::{Span as _, SpanKind, Status, Tracer as _, TracerProvider as _};
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::hyper::HyperClient;
use opentelemetry_http::{HeaderExtractor, HttpClient, HttpError};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use tokio::runtime::Handle;

use crate::server::error::Error;
use crate::server::metrics::RequestRecord;

/// The collector's time for a batch.
const BATCH_TIMEOUT: Duration = Duration::from_secs(5);
/// The time for the last spans. With the lame duck and the drain, it fits into the Pod's 45 seconds.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(2);
/// The variables of the endpoint, in OpenTelemetry's order.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];

type Sent<'f> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'f>>;

/// The sender of spans, if an endpoint is set.
#[derive(Clone)]
pub(in crate::server) struct Traces(Option<(SdkTracerProvider, SdkTracer)>);

/// A request's span, if it is traced.
pub(in crate::server) struct Span(Option<opentelemetry_sdk::trace::Span>);

/// HTTP without TLS, for a collector beside the container or on the node. The exporter's thread has no runtime, so this
/// one sends its requests.
#[derive(Debug)]
struct CollectorClient {
    client: HyperClient,
    runtime: Handle,
}

impl Traces {
    /// Reads the environment. Without an endpoint, there are no traces.
    pub(in crate::server) fn from_env() -> Result<Self, Error> {
        let set = |name: &'static str| {
            let value = std::env::var(name).ok().filter(|value| !value.is_empty());
            value.map(|value| (name, value))
        };
        let Some((name, endpoint)) = ENDPOINTS.into_iter().find_map(set) else { return Ok(Self(None)) };
        let error = |fault| Error::Traces { variable: name, endpoint: endpoint.clone(), fault };
        if !endpoint.starts_with("http://") {
            return Err(error("the endpoint does not begin with http://".to_owned()));
        }
        let client = HyperClient::with_default_connector(BATCH_TIMEOUT, None);
        let client = CollectorClient { client, runtime: Handle::current() };
        let exporter = SpanExporter::builder().with_http().with_http_client(client);
        let exporter = exporter.with_protocol(Protocol::HttpBinary).build();
        let exporter = exporter.map_err(|fault| error(fault.to_string()))?;
        // The builder reads OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES.
        let resource = Resource::builder();
        let resource = match std::env::var_os("OTEL_SERVICE_NAME") {
            Some(_) => resource,
            None => resource.with_service_name("podwright"),
        };
        let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter);
        let provider = provider.with_resource(resource.with_attribute(version).build()).build();
        let tracer = provider.tracer("podwright");
        tracing::info!(endpoint, "sending traces");
        Ok(Self(Some((provider, tracer))))
    }

    pub(in crate::server) fn begin(&self, request: &extract::Request) -> Span {
        let Some((_, tracer)) = &self.0 else { return Span(None) };
        let parent =
            TraceContextPropagator::new().extract_with_context(&Context::new(), &HeaderExtractor(request.headers()));
        let span = tracer.span_builder("review").with_kind(SpanKind::Server);
        Span(Some(span.start_with_context(tracer, &parent)))
    }

    pub(in crate::server) async fn finish(self) {
        let Some((provider, _)) = self.0 else { return };
        // Blocks until the exporter's thread ends, which waits for a task of this runtime.
        let shut_down = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(SHUTDOWN_TIMEOUT));
        if !matches!(shut_down.await, Ok(Ok(()))) {
            tracing::warn!("could not send the last traces");
        }
    }
}

impl Span {
    pub(in crate::server) fn end(self, request: &RequestRecord) {
        let Some(mut span) = self.0.filter(opentelemetry_sdk::trace::Span::is_recording) else { return };
        span.set_attribute(KeyValue::new("http.response.status_code", i64::from(request.status.as_u16())));
        span.set_attribute(KeyValue::new("podwright.route", request.class.as_str()));
        span.set_attribute(KeyValue::new("podwright.outcome", request.outcome));
        if request.status.is_server_error() {
            span.set_status(Status::error(""));
        }
        span.end();
    }
}

impl HttpClient for CollectorClient {
    // The signature that `async_trait` generates.
    fn send_bytes<'c, 'f>(&'c self, request: Request<Bytes>) -> Sent<'f>
    where
        'c: 'f,
        Self: 'f,
    {
        let client = self.client.clone();
        let sent = self.runtime.spawn(async move { client.send_bytes(request).await });
        Box::pin(async move {
            let response = sent.await.unwrap_or_else(|error| Err(error.into()));
            response.inspect_err(|error| tracing::warn!(%error, "could not send traces"))
        })
    }
}
