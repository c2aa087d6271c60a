//! The status for each kind of request, in both protocols.

use hyper::Method;
use serde_json::{Value, json};

use crate::client::{Client, HTTP_1, HTTP_2, JSON, admin, asking, pieces, review};
use crate::running::Running;

#[tokio::test]
async fn a_review_is_answered_in_both_protocols() {
    let server = Running::start(&[]);
    for alpn in [HTTP_1, HTTP_2] {
        let mut client = Client::new(&server, alpn).await;
        for path in ["/mutate", "/mutate?timeout=10s", "/mutate/default?timeout=3s"] {
            let answer = client.post(path, asking()).await;
            assert_eq!((answer.status, answer.content_type.as_str()), (200, JSON), "{alpn} {path}: {answer:?}");
            let response = &answer.json()["response"];
            assert_eq!((&response["uid"], &response["allowed"]), (&json!("u-1"), &json!(true)));
            assert_eq!(response["patchType"], "JSONPatch", "{response}");
        }
    }
}

#[tokio::test]
async fn the_namespaces_route_asks_for_what_the_pod_did_not() {
    let server = Running::start(&[]);
    let mut client = Client::new(&server, HTTP_2).await;
    let silent = review(&json!({}));
    let own = client.post("/mutate", silent.clone()).await;
    assert_eq!(own.json()["response"].get("patch"), None, "{own:?}");
    let namespaces = client.post("/mutate/default", silent).await;
    assert!(namespaces.json()["response"]["patch"].is_string(), "{namespaces:?}");
}

#[tokio::test]
async fn a_pod_that_is_denied_is_a_200() {
    let server = Running::start(&[]);
    let mut client = Client::new(&server, HTTP_2).await;
    let answer = client.post("/mutate", review(&json!({"podwright.dev/pre-stop-sleep": "soon"}))).await;
    let json = answer.json();
    assert_eq!((answer.status, &json["response"]["allowed"]), (200, &json!(false)), "{answer:?}");
    assert_eq!((&json["response"]["status"]["code"], &json["response"]["uid"]), (&json!(422), &json!("u-1")));
}

#[tokio::test]
async fn a_workload_is_allowed_with_warnings_however_large_it_is() {
    let server = Running::start(&[]);
    let pod: Value = serde_json::from_str(&review(&json!({"podwright.dev/pre-stop-sleep": "soon"}))).unwrap();
    for padding in [0, 900_000, 1 << 20] {
        let mut review = pod.clone();
        let template = review["request"]["object"].take();
        review["request"]["kind"] = json!({"group": "apps", "version": "v1", "kind": "Deployment"});
        review["request"]["object"] = json!({"spec": {"template": template}, "status": "x".repeat(padding)});
        for alpn in [HTTP_1, HTTP_2] {
            let answer = Client::new(&server, alpn).await.post("/check?timeout=3s", review.to_string()).await;
            assert_eq!((answer.status, answer.content_type.as_str()), (200, JSON), "{alpn}: {answer:?}");
            let mut response = answer.json()["response"].take();
            let warnings = response["warnings"].take();
            let (words, warning) =
                ("would deny the Pods of this Deployment: podwright.dev/pre-stop-sleep", warnings[0].as_str().unwrap());
            assert!(warning.contains(if padding < 1 << 20 { words } else { "[TooLarge]" }), "{warning}");
            assert_eq!(response, json!({"uid": "u-1", "allowed": true, "warnings": null}), "{alpn}");
        }
    }
    let pod = Client::new(&server, HTTP_2).await.post("/check", pod.to_string()).await;
    assert_eq!(pod.json()["response"], json!({"uid": "u-1", "allowed": true}), "a Pod is no workload");
}

#[tokio::test]
async fn what_cannot_be_answered_has_its_status_and_a_sentence() {
    let server = Running::start(&[]);
    let review = asking();
    let beta = review.replace("admission.k8s.io/v1", "admission.k8s.io/v1beta1");
    let post = Method::POST;
    #[rustfmt::skip]
    let cases = [
        (&post, "/mutate", "application/json; charset=utf-8", review.as_str(), 200, "u-1"),
        (&post, "/mutate", "Application/JSON", &review, 200, "u-1"),
        (&post, "/mutate", "application/yaml", &review, 415, "`Content-Type: application/json`"),
        (&post, "/mutate", "application/json-patch+json", &review, 415, "`Content-Type: application/json`"),
        (&post, "/mutate", JSON, "", 400, "AdmissionReview"),
        (&post, "/mutate", JSON, "{", 400, "AdmissionReview"),
        (&post, "/mutate", JSON, "{}", 400, "AdmissionReview"),
        (&post, "/mutate", JSON, &beta, 400, "admission.k8s.io/v1"),
        (&Method::GET, "/mutate", JSON, "", 405, "`POST`"),
        (&Method::GET, "/check", JSON, "", 405, "`POST`"),
        (&post, "/check", "application/yaml", &review, 415, "`Content-Type: application/json`"),
        (&post, "/check", JSON, "{}", 400, "AdmissionReview"),
        (&post, "/check/default", JSON, &review, 404, "POST /check"),
        (&Method::PUT, "/mutate/default", JSON, &review, 405, "`POST`"),
        (&post, "/mutate/defualt", JSON, &review, 404, "default"),
        (&post, "/mutate/", JSON, &review, 404, "/mutate/{profile}"),
        (&post, "/mutate/a/b", JSON, &review, 404, "/mutate/{profile}"),
        (&post, "/", JSON, &review, 404, "POST /mutate"),
        (&post, "/readyz", JSON, &review, 404, "POST /mutate"),
    ];
    for alpn in [HTTP_1, HTTP_2] {
        let mut client = Client::new(&server, alpn).await;
        for (method, path, content_type, body, status, words) in cases {
            let (sender, sent) = pieces();
            sender.send(body.to_owned().into()).unwrap();
            drop(sender);
            let answer = client.request(method.clone(), path, content_type, sent).await;
            let as_expected = answer.status == status && answer.body.contains(words);
            assert!(as_expected, "{alpn} {method} {path} {content_type} {body:.40}: {answer:?}");
        }
    }
}

/// The review with this size. Managed fields fill it, because they do not make a Pod too large.
fn padded(review: &str, length: usize) -> String {
    let with = |filler: usize| {
        let mut review: Value = serde_json::from_str(review).unwrap();
        let mut object = review["request"]["object"].take();
        object["metadata"]["managedFields"] = json!([{"manager": "m".repeat(filler)}]);
        let (version, kind) = (&review["apiVersion"], &review["request"]["kind"]);
        // In the API server's form: the uid first.
        let request = format!(r#"{{"uid": "u-1", "kind": {kind}, "operation": "CREATE", "object": {object}}}"#);
        format!(r#"{{"apiVersion": {version}, "kind": "AdmissionReview", "request": {request}}}"#)
    };
    with(length - with(0).len())
}

#[tokio::test]
async fn a_body_of_seven_mebibytes_is_answered_and_a_larger_one_is_allowed_unread() {
    let server = Running::start(&[]);
    let review = asking();
    for alpn in [HTTP_1, HTTP_2] {
        let padded = |length: usize| padded(&review, length);
        let largest = Client::new(&server, alpn).await.post("/mutate", padded(7 << 20)).await;
        assert_eq!(largest.status, 200, "{alpn}: {largest:?}");
        assert!(largest.json()["response"]["patch"].is_string(), "{alpn}: {largest:?}");
        let larger = Client::new(&server, alpn).await.post("/mutate", padded((7 << 20) + 1)).await;
        let response = &larger.json()["response"];
        assert_eq!((larger.status, &response["allowed"], response.get("patch")), (200, &json!(true), None), "{alpn}");
        assert!(response["warnings"][0].as_str().unwrap().contains("7 MiB"), "{alpn}: {larger:?}");
    }
}

#[tokio::test]
async fn health_lists_its_checks_as_kubernetes_does() {
    let server = Running::start(&[]);
    for (path, status, body) in [
        ("/livez", 200, "ok"),
        ("/readyz", 200, "ok"),
        ("/livez?verbose=1", 200, "[+]accepting ok\n[+]workers ok\nlivez check passed\n"),
        ("/mutate", 404, "not found: this port serves /livez, /readyz and /metrics\n"),
    ] {
        let answer = admin(&server, path).await;
        assert_eq!((answer.status, answer.body.as_str()), (status, body), "{path}");
    }
    let ready = admin(&server, "/readyz?verbose").await;
    let lines: Vec<&str> = ready.body.lines().collect();
    let expected = ["[+]listening ok", "[+]certificate ok: localhost, 127.0.0.1, ::1, until 2"];
    assert!(ready.status == 200 && lines.len() == 4, "{ready:?}");
    assert!(lines[0] == expected[0] && lines[1].starts_with(expected[1]), "{ready:?}");
    assert_eq!(lines[2..], ["[+]configuration ok: built in", "readyz check passed"]);
}
