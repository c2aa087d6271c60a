//! Another webhook, called after podwright's. The Pod's annotation `example.com/late` says what it does.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant, SystemTime};

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, Response};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use k8s_openapi::ByteString;
use podwright::cert::{Authority, local_names};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::pods::pod;
use crate::world::{text, world};

/// The key for this webhook's task.
pub const LATE: &str = "example.com/late";
/// Adds a second container, `late`.
pub const ADD_CONTAINER: &str = "add-container";
/// Adds podwright's `inject: "true"` to a Pod without an opt-in.
pub const OPT_IN: &str = "opt-in";
/// Replaces the first container's readiness probe.
pub const REPLACE_PROBE: &str = "replace-probe";
/// Copies the first container's readiness probe, as the webhook saw it, into the annotation `example.com/saw`.
pub const TELL_PROBE: &str = "tell-probe";

/// Creates a namespace whose Pods also go to this webhook.
pub fn namespace(name: &str) {
    static INSTALLED: OnceLock<()> = OnceLock::new();
    INSTALLED.get_or_init(|| install("zz-late", "late"));
    world().namespace(name);
    world().label(name, "late=yes");
    let probe = pod("probe", &[(LATE, ADD_CONTAINER)]);
    let deadline = Instant::now() + Duration::from_secs(30);
    while world().client.dry_run(name, &probe).pod()["spec"]["containers"][1].is_null() {
        assert!(Instant::now() < deadline, "the late webhook is not in force after 30 s");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Starts the webhook, and registers it for namespaces with the label.
fn install(name: &str, label: &str) {
    let authority = Authority::create(SystemTime::now()).unwrap();
    let address = serve(&authority);
    let ca = ByteString(authority.certificate_pem().into());
    let configuration = json!({"apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration",
        "metadata": {"name": name}, "webhooks": [{"name": "late.example.com", "admissionReviewVersions": ["v1"],
        "sideEffects": "None", "timeoutSeconds": 10, "namespaceSelector": {"matchLabels": {label: "yes"}},
        "rules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]}],
        "clientConfig": {"url": format!("https://{address}/"), "caBundle": ca}}]});
    let applied = world().apply(&configuration, &[]);
    assert!(applied.status.success(), "{}", text(&applied.stderr));
}

fn serve(authority: &Authority) -> SocketAddr {
    let acceptor = acceptor(authority);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap();
    let run = async move {
        let listener = TcpListener::from_std(listener).unwrap();
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(stream) = acceptor.accept(stream).await else { return };
                let connection = hyper::server::conn::http1::Builder::new();
                let _ = connection.serve_connection(TokioIo::new(stream), service_fn(answer)).await;
            });
        }
    };
    std::thread::spawn(move || tokio::runtime::Runtime::new().unwrap().block_on(run));
    address
}

fn acceptor(authority: &Authority) -> TlsAcceptor {
    let pair = authority.issue(&local_names(), SystemTime::now()).unwrap();
    let chain: Vec<CertificateDer<'static>> =
        CertificateDer::pem_slice_iter(pair.certificate_pem.as_bytes()).map(Result::unwrap).collect();
    let key = PrivateKeyDer::from_pem_slice(pair.key_pem.as_bytes()).unwrap();
    let builder = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let builder = builder.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    TlsAcceptor::from(Arc::new(builder.with_single_cert(chain, key).unwrap()))
}

async fn answer(request: Request<hyper::body::Incoming>) -> Result<Response<Body>, Infallible> {
    let body: Bytes = to_bytes(Body::new(request.into_body()), usize::MAX).await.unwrap();
    let review: Value = serde_json::from_slice(&body).unwrap();
    let mut response = json!({"uid": review["request"]["uid"], "allowed": true});
    if let Some(operation) = operation(&review["request"]["object"]) {
        response["patchType"] = json!("JSONPatch");
        response["patch"] = json!(ByteString(json!([operation]).to_string().into_bytes()));
    }
    let answer = json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response});
    let response = Response::builder().header("content-type", "application/json");
    Ok(response.body(Body::from(answer.to_string())).unwrap())
}

/// The operation for this Pod, unless it is already done.
fn operation(pod: &Value) -> Option<Value> {
    let (annotations, containers) = (&pod["metadata"]["annotations"], &pod["spec"]["containers"]);
    match annotations[LATE].as_str()? {
        ADD_CONTAINER if containers[1].is_null() => Some(json!({"op": "add", "path": "/spec/containers/1",
            "value": {"name": "late", "image": "registry.example.com/late:1", "ports": [{"name": "http", "containerPort": 9000}]}})),
        OPT_IN => Some(json!({"op": "add", "path": "/metadata/annotations/podwright.dev~1inject", "value": "true"})),
        REPLACE_PROBE => Some(json!({"op": "replace", "path": "/spec/containers/0/readinessProbe",
            "value": {"httpGet": {"path": "/theirs", "port": 1234}}})),
        TELL_PROBE => Some(json!({"op": "add", "path": "/metadata/annotations/example.com~1saw",
            "value": containers[0]["readinessProbe"].to_string()})),
        _ => None,
    }
}
