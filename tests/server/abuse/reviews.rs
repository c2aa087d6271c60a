//! Bodies that are not AdmissionReviews, or hardly so. Truncated, beta and empty ones get an error that names the
//! expected form; podwright refuses no other content of a Pod.

use hyper::Method;

use super::{BASE, Siege};
use crate::client::{Answer, Client, HTTP_1, HTTP_2, JSON, asking, whole};
use crate::running::Running;

/// The largest bodies here have a few MiB, one at a time.
const REVIEWS: u64 = BASE + 48;

async fn posted(siege: &Siege, alpn: &str, path: &str, body: Vec<u8>) -> Answer {
    Client::new(&siege.server, alpn).await.request(Method::POST, path, JSON, whole(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_review_that_ends_early_is_refused_wherever_it_ends() {
    let siege = Siege::begin(Running::start(&[])).await;
    let review = asking();
    for (path, step) in [("/mutate", 1), ("/mutate/default", 7), ("/check", 7)] {
        let mut client = Client::new(&siege.server, HTTP_2).await;
        for cut in (0..review.len()).step_by(step) {
            let answer = client.post(path, review[..cut].to_owned()).await;
            let refused = answer.status == 400 && answer.body.contains("AdmissionReview");
            assert!(refused, "{path}, {cut} bytes: {answer:?}");
        }
    }
    siege.was_survived(REVIEWS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nesting_costs_no_stack() {
    let siege = Siege::begin(Running::start(&[])).await;
    let review = asking();
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        for depth in [100, 127, 128, 1000, 100_000, 1_000_000] {
            let nested = format!("{}{}{}", open.repeat(depth), "1", close.repeat(depth));
            let inside = |before: &str| review.replacen(before, &format!("{before}\"x\":{nested},"), 1);
            for (what, body) in [
                ("alone", nested.clone()),
                ("unclosed", open.repeat(depth)),
                ("in the review", inside("{")),
                ("in the request", inside("\"request\":{")),
                ("in the Pod", inside("\"object\":{")),
                ("in its metadata", inside("\"metadata\":{")),
                ("in its annotations", inside("\"annotations\":{")),
                ("in a container", inside("\"containers\":[{")),
            ] {
                let path = if depth % 2 == 0 { "/mutate" } else { "/check" };
                let answer = posted(&siege, HTTP_2, path, body.into_bytes()).await;
                assert!([200, 400].contains(&answer.status), "{what}, {depth} of {open}: {answer:?}");
                assert!(answer.body.len() < 8192, "{what}, {depth} of {open}: {} bytes", answer.body.len());
            }
        }
    }
    siege.was_survived(REVIEWS).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_utf_8_or_no_json_is_refused() {
    let siege = Siege::begin(Running::start(&[])).await;
    let review = asking();
    let with = |old: &str, new: &[u8]| {
        let (before, after) = review.split_once(old).unwrap();
        [before.as_bytes(), new, after.as_bytes()].concat()
    };
    for (what, body) in [
        ("a byte in the uid", with("u-1", b"u-\xff")),
        ("a byte in a value", with("\"5s\"", b"\"5s\xff\"")),
        ("a byte in a key", with("pre-stop-sleep", b"pre-stop-\xc3sleep")),
        ("a byte in an image", with("\"image\":\"app\"", b"\"image\":\"app\xed\xa0\x80\"")),
        ("a byte outside", [review.as_bytes(), b"\xff"].concat()),
        ("an overlong slash", with("u-1", b"\xc0\xaf")),
        ("half a surrogate", with("u-1", br"\ud800")),
        ("a control character", with("u-1", b"u\0")),
        ("a byte order mark", [b"\xef\xbb\xbf", review.as_bytes()].concat()),
        ("UTF-16", review.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("two reviews", review.repeat(2).into_bytes()),
        ("a comma too many", with("\"uid\"", b",\"uid\"")),
        ("a comment", with("\"uid\"", b"/* */\"uid\"")),
        ("a number", b"1e999999999".to_vec()),
        ("a string", b"\"AdmissionReview\"".to_vec()),
        ("a list", format!("[{review}]").into_bytes()),
        ("protobuf", b"k8s\0\n\x0c\n\x02v1\x12\x03Pod".to_vec()),
        ("gzip", b"\x1f\x8b\x08\0\0\0\0\0\0\x03\xab\xae\x05\0\x43\xbf\xa6\xa3\x02\0\0\0".to_vec()),
        ("YAML", b"apiVersion: admission.k8s.io/v1\nkind: AdmissionReview\n".to_vec()),
    ] {
        for path in ["/mutate", "/check"] {
            let answer = posted(&siege, HTTP_1, path, body.clone()).await;
            assert!(answer.status == 400 && answer.body.contains("AdmissionReview"), "{what} to {path}: {answer:?}");
        }
    }
    siege.was_survived(REVIEWS).await;
}

/// An API server never sends duplicate keys, because it writes its own JSON. They are the caller's fault. Where
/// podwright ignores the key, the last one counts.
#[tokio::test(flavor = "multi_thread")]
async fn keys_that_are_there_twice_have_one_meaning() {
    let siege = Siege::begin(Running::start(&[])).await;
    let review = asking();
    for (key, other) in [
        ("\"request\":{", "\"request\":null,"),
        ("\"uid\":", "\"uid\":\"u-2\","),
        ("\"operation\":", "\"operation\":\"DELETE\","),
        ("\"object\":{", "\"object\":{},"),
        ("\"metadata\":{", "\"metadata\":{\"annotations\":{}},"),
        ("\"annotations\":{", "\"annotations\":{\"podwright.dev/inject\":\"false\"},"),
        ("\"podwright.dev/pre-stop-sleep\":", "\"podwright.dev/pre-stop-sleep\":\"9s\","),
        ("\"spec\":{", "\"spec\":{},"),
        ("\"containers\":[", "\"containers\":[],"),
        ("\"name\":\"app\"", "\"name\":\"other\","),
    ] {
        let body = review.replacen(key, &format!("{other}{key}"), 1);
        assert_ne!(body, review, "{key}");
        let answer = posted(&siege, HTTP_2, "/mutate", body.into_bytes()).await;
        match answer.status {
            400 => assert!(answer.body.contains("AdmissionReview"), "{key}: {answer:?}"),
            200 => assert!(answer.json()["response"]["uid"].is_string(), "{key}: {answer:?}"),
            _ => panic!("{key}: {answer:?}"),
        }
    }
    siege.was_survived(REVIEWS).await;
}
