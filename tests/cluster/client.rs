//! An HTTP client for tests with hundreds of requests, because kubectl would take minutes.

use std::path::Path;
use std::sync::OnceLock;

use http_body_util::BodyExt as _;
use kube::client::Body;
use kube::config::{KubeConfigOptions, Kubeconfig};
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use xtask::control_plane::ControlPlane;

/// A blocking client for one API server, so that a test reads from top to bottom.
pub struct Client {
    kube: kube::Client,
}

/// The API server's answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// The object, or a `Status`.
    pub body: Value,
    /// The texts of the `Warning` headers, without code and agent, and without podwright's hint.
    pub warnings: Vec<String>,
}

impl Client {
    pub fn new(control_plane: &ControlPlane) -> Self {
        Self::of(&control_plane.kubeconfig())
    }

    /// A client with the user of this kubeconfig.
    pub fn of(kubeconfig: &Path) -> Self {
        let kubeconfig = Kubeconfig::read_from(kubeconfig).expect("a kubeconfig");
        let options = KubeConfigOptions::default();
        let kube = runtime().block_on(async {
            let config = kube::Config::from_custom_kubeconfig(kubeconfig, &options).await.expect("a configuration");
            kube::Client::try_from(config).expect("a client")
        });
        Self { kube }
    }

    /// Creates a Pod as a dry run.
    pub fn dry_run(&self, namespace: &str, pod: &Value) -> Answer {
        self.send(&format!("POST /api/v1/namespaces/{namespace}/pods?dryRun=All"), pod)
    }

    /// Creates a Pod.
    pub fn create(&self, namespace: &str, pod: &Value) -> Answer {
        self.send(&format!("POST /api/v1/namespaces/{namespace}/pods"), pod)
    }

    /// Creates the Pod's ServiceAccount.
    pub fn create_service_account(&self, namespace: &str, name: &str) {
        let account = json!({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": name}});
        let answer = self.send(&format!("POST /api/v1/namespaces/{namespace}/serviceaccounts"), &account);
        assert!(matches!(answer.status, 201 | 409), "{}: {}", answer.status, answer.body);
    }

    /// Sends an object as `POST /path`, `PUT /path` or, as a merge patch, `PATCH /path`.
    pub fn send(&self, request: &str, object: &Value) -> Answer {
        let patch = request.starts_with("PATCH ");
        self.send_as(request, if patch { "merge-patch+json" } else { "json" }, object)
    }

    /// Sends an object with the content type `application/…`, for other kinds of patches.
    pub fn send_as(&self, request: &str, content_type: &str, object: &Value) -> Answer {
        let request = http_request(request, content_type, Body::from(object.to_string().into_bytes()));
        runtime().block_on(async {
            let response = self.kube.send(request).await.expect("an answer");
            let warnings =
                response.headers().get_all("warning").iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
            let mut warnings: Vec<String> = warnings.map(|header| unquote(&header)).collect();
            // The hint would be noise in tests about warnings.
            let hints = warnings.extract_if(.., |warning| warning.contains("podwright explain CODE")).count();
            let have_codes = warnings.iter().any(|warning| warning.contains("podwright") && warning.ends_with(']'));
            assert_eq!(hints, usize::from(have_codes), "{warnings:#?}");
            let status = response.status().as_u16();
            let bytes = response.into_body().collect().await.expect("a body").to_bytes();
            Answer { status, body: serde_json::from_slice(&bytes).unwrap_or_default(), warnings }
        })
    }
}

impl Answer {
    /// The Pod in the answer.
    pub fn pod(self) -> Value {
        assert!(matches!(self.status, 200 | 201), "{}: {}", self.status, self.body);
        self.body
    }

    /// The message of a refusal.
    pub fn message(&self) -> &str {
        self.body["message"].as_str().unwrap_or_default()
    }
}

fn http_request(request: &str, content_type: &str, body: Body) -> axum::http::Request<Body> {
    let (method, path) = request.split_once(' ').expect("a method and a path");
    let content_type = format!("application/{content_type}");
    let request = axum::http::Request::builder().method(method).uri(path).header("content-type", content_type);
    request.body(body).expect("a request")
}

/// Parses `299 - "text"`, in which quotes and backslashes are escaped (RFC 9110, quoted-string).
fn unquote(header: &str) -> String {
    let quoted = header.split_once('"').map_or("", |(_, rest)| rest).trim_end_matches('"');
    let mut text = String::new();
    let mut characters = quoted.chars();
    while let Some(c) = characters.next() {
        text.extend(if c == '\\' { characters.next() } else { Some(c) });
    }
    text
}

fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new().expect("a runtime"))
}
