//! A later webhook that adds a container: ours is called again (`reinvocationPolicy: IfNeeded`) and fits that one too.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
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

use crate::pods::{env_names, pod, sleeps};
use crate::world::{text, world};

#[test]
fn a_container_that_a_later_webhook_adds_gets_its_turn() {
    let world = world();
    world.namespace("late");
    world.label("late", "late=yes");
    install("zz-late", "late");
    let annotations = [
        ("podwright.dev/downward-env", "CONTAINER_NAME"),
        ("podwright.dev/pre-stop-sleep", "5s"),
        ("late.podwright.dev/pre-stop-sleep", "10s"),
        ("podwright.dev/containers", "app,late,never"),
    ];
    wait_for_second_container("late");
    let answer = world.client.create("late", &pod("reinvoked", &annotations));
    let warnings = answer.warnings.clone();
    let fitted = answer.pod();
    let [app, late] = [0, 1].map(|n| &fitted["spec"]["containers"][n]);
    assert_eq!(late["name"], "late");
    assert!(sleeps(app) && late["lifecycle"]["preStop"]["sleep"]["seconds"] == 10, "{fitted}");
    assert_eq!(fitted["spec"]["terminationGracePeriodSeconds"], 35, "by then it might as well be the author's");
    assert_eq!([env_names(app), env_names(late)], [["CONTAINER_NAME"], ["CONTAINER_NAME"]]);
    let status = fitted["metadata"]["annotations"]["podwright.dev/status"].as_str().unwrap();
    assert!(status.contains(r#""pre-stop-sleep":["app","late"]"#), "{status}");
    let stale = warnings.iter().find(|warning| warning.contains("never"));
    assert!(stale.is_some(), "a name that no container has is still said: {warnings:?}");
    assert_rounds("reinvoked");
}

/// The audit log: ours in both rounds, and in the second just the late container and the status.
fn assert_rounds(pod: &str) {
    let events = world().audit_of(pod);
    let annotations = events[0]["annotations"].as_object().unwrap();
    let rounds = |round: &str| {
        let key = format!("mutation.webhook.admission.k8s.io/{round}_index_0");
        let value: Value = serde_json::from_str(annotations[&key].as_str().unwrap()).unwrap();
        (value["webhook"].as_str().unwrap().to_owned(), value["mutated"] == true)
    };
    assert_eq!(rounds("round_0"), ("pods.podwright.dev".to_owned(), true), "{annotations:?}");
    assert_eq!(rounds("round_1"), ("pods.podwright.dev".to_owned(), true), "{annotations:?}");
    let patch: Value =
        serde_json::from_str(annotations["patch.webhook.admission.k8s.io/round_1_index_0"].as_str().unwrap()).unwrap();
    let operations = patch["patch"].as_array().unwrap();
    let paths: Vec<&str> = operations.iter().map(|operation| operation["path"].as_str().unwrap()).collect();
    assert_eq!(
        paths,
        ["/metadata/annotations/podwright.dev~1status", "/spec/containers/1/env", "/spec/containers/1/lifecycle",]
    );
}

/// Starts a webhook that adds the container `late`, and registers it for namespaces with the label `late: yes`.
fn install(name: &str, label: &str) {
    let authority = Authority::create(SystemTime::now()).unwrap();
    let address = serve(&authority);
    let configuration = json!({"apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingWebhookConfiguration",
        "metadata": {"name": name}, "webhooks": [{"name": "late.example.com", "admissionReviewVersions": ["v1"],
        "sideEffects": "None", "timeoutSeconds": 10, "namespaceSelector": {"matchLabels": {label: "yes"}},
        "rules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]}],
        "clientConfig": {"url": format!("https://{address}/"), "caBundle": ByteString(authority.certificate_pem().into())}}]});
    let applied = world().apply(&configuration, &[]);
    assert!(applied.status.success(), "{}", text(&applied.stderr));
}

fn wait_for_second_container(namespace: &str) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while world().client.dry_run(namespace, &pod("probe", &[])).pod()["spec"]["containers"][1].is_null() {
        assert!(Instant::now() < deadline, "the late webhook is not in force after 30 s");
        std::thread::sleep(Duration::from_millis(100));
    }
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
                let _ = connection.serve_connection(TokioIo::new(stream), service_fn(add_container)).await;
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

async fn add_container(request: Request<hyper::body::Incoming>) -> Result<Response<Body>, Infallible> {
    let body: Bytes = to_bytes(Body::new(request.into_body()), usize::MAX).await.unwrap();
    let review: Value = serde_json::from_slice(&body).unwrap();
    let mut response = json!({"uid": review["request"]["uid"], "allowed": true});
    if review["request"]["object"]["spec"]["containers"][1].is_null() {
        let container = json!({"name": "late", "image": "registry.example.com/late:1"});
        let patch = json!([{"op": "add", "path": "/spec/containers/1", "value": container}]);
        response["patchType"] = json!("JSONPatch");
        response["patch"] = json!(ByteString(patch.to_string().into_bytes()));
    }
    let answer = json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": response});
    let response = Response::builder().header("content-type", "application/json");
    Ok(response.body(Body::from(answer.to_string())).unwrap())
}
