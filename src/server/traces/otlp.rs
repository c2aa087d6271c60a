//! Traces for OpenTelemetry: a span for each request that the API server's `traceparent` says is traced, sent to a collector
//! by OTLP over HTTP.
//!
//! Configured by OpenTelemetry's own variables. Never a body, an annotation or a name from a request in a span: the API server's
//! span, whose child it is, has the names. Sent by a thread and a task of their own, in batches; a collector that is not there
//! costs spans, never an answer.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::Request;
use axum::http::header::{HOST, HeaderValue};
use axum::http::{self, Uri};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::{Span as _, SpanKind, Status, Tracer as _, TracerProvider as _};
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::{HeaderExtractor, HttpClient, HttpError};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use tokio::net::TcpStream;
use tokio::runtime::Handle;
use tokio::time::timeout;

use super::Error;

/// How long a collector may take for a batch.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long it may take for what is left at the end: with the lame duck and the drain it is within a Pod's 45 seconds.
const LAST: Duration = Duration::from_secs(2);
/// What is read of a collector's answer.
const ANSWER: usize = 64 * 1024;
/// In the order in which OpenTelemetry looks at them.
const ENDPOINTS: [&str; 2] = ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];

/// What sends spans, where an endpoint is set.
#[derive(Clone)]
pub(super) struct Traces(Option<(SdkTracerProvider, SdkTracer)>);

/// A request's span, where there is one.
pub(super) struct Span(Option<opentelemetry_sdk::trace::Span>);

/// HTTP/1.1 without TLS, a connection for each batch: the collector is a sidecar or of the node.
#[derive(Debug)]
struct Client(Handle);

impl Traces {
    /// As the environment says: without an endpoint there are no traces.
    pub(super) fn from_env() -> Result<Self, Error> {
        let set = |name: &'static str| {
            let value = std::env::var(name).ok().filter(|value| !value.is_empty());
            value.map(|value| (name, value))
        };
        let Some((name, endpoint)) = ENDPOINTS.into_iter().find_map(set) else { return Ok(Self(None)) };
        let sentence = |what: &dyn std::fmt::Display| {
            Error::new(format!(
                "cannot send traces to {name}={endpoint}: {what}. Expected a collector that takes OTLP over HTTP without TLS, such as \
                 `{name}=http://127.0.0.1:4318`"
            ))
        };
        if !endpoint.starts_with("http://") {
            return Err(sentence(&"it does not begin with http://"));
        }
        let exporter = SpanExporter::builder().with_http().with_http_client(Client(Handle::current()));
        let exporter = exporter.with_protocol(Protocol::HttpBinary).build().map_err(|error| sentence(&error))?;
        // What OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say is in it already.
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

    /// The span of a request that begins, a child of its `traceparent`.
    pub(super) fn begin(&self, request: &Request) -> Span {
        let Some((_, tracer)) = &self.0 else { return Span(None) };
        let parent =
            TraceContextPropagator::new().extract_with_context(&Context::new(), &HeaderExtractor(request.headers()));
        let span = tracer.span_builder("review").with_kind(SpanKind::Server);
        Span(Some(span.start_with_context(tracer, &parent)))
    }

    /// Sends what is left, where the collector takes it at once.
    pub(super) async fn finish(self) {
        let Some((provider, _)) = self.0 else { return };
        // It waits for the exporter's thread, which waits for a task of this runtime.
        let shut_down = tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(LAST));
        if !matches!(shut_down.await, Ok(Ok(()))) {
            tracing::warn!("the last traces could not be sent");
        }
    }
}

impl Span {
    /// The request was answered.
    pub(super) fn end(self, route: &'static str, (status, outcome): (u16, &'static str)) {
        let Some(mut span) = self.0.filter(opentelemetry_sdk::trace::Span::is_recording) else { return };
        span.set_attribute(KeyValue::new("http.response.status_code", i64::from(status)));
        span.set_attribute(KeyValue::new("podwright.route", route));
        span.set_attribute(KeyValue::new("podwright.outcome", outcome));
        if status >= 500 {
            span.set_status(Status::error(""));
        }
        span.end();
    }
}

impl HttpClient for Client {
    // What `async_trait` makes of it.
    fn send_bytes<'c, 'f>(
        &'c self,
        request: http::Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<http::Response<Bytes>, HttpError>> + Send + 'f>>
    where
        'c: 'f,
        Self: 'f,
    {
        // The timer as well is made in there: the exporter's thread is none of the runtime's.
        let sent = self.0.spawn(async { timeout(PATIENCE, send(request)).await });
        Box::pin(async move {
            let answer: Result<_, HttpError> = async { sent.await?? }.await;
            answer.inspect_err(|error| tracing::warn!(%error, "traces could not be sent"))
        })
    }
}

async fn send(request: http::Request<Bytes>) -> Result<http::Response<Bytes>, HttpError> {
    let (mut head, body) = request.into_parts();
    let authority = head.uri.authority().ok_or("no host in the endpoint")?.clone();
    let stream = TcpStream::connect((authority.host(), authority.port_u16().unwrap_or(80))).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    head.headers.insert(HOST, HeaderValue::from_str(authority.as_str())?);
    head.uri = Uri::builder().path_and_query(head.uri.path_and_query().map_or("/", |path| path.as_str())).build()?;
    let answer = sender.send_request(http::Request::from_parts(head, Body::from(body))).await?;
    let (head, body) = answer.into_parts();
    Ok(http::Response::from_parts(head, to_bytes(Body::new(body), ANSWER).await?))
}
