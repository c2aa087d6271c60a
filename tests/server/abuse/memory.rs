//! The peak memory of reviews: as many of the largest as clients may send, in the shapes that take most memory per
//! byte, with more workers than a usual node has cores. The memory limit in manifests/deployment.yaml is based on it.
//!
//! `cargo test --test server memory -- --nocapture` prints the peaks; `PODWRIGHT_BINARY=FILE` selects another build.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use hyper::Method;
use hyper::body::Bytes;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::Siege;
use super::answers::one_of_four;
use crate::client::{Client, HTTP_1, HTTP_2, JSON, answer, connect_from, pieces};
use crate::metrics::Scrape;
use crate::running::Running;

/// The bound in MiB, for any number of cores.
const MOST: u64 = 300;
/// The bound in MiB with all budgets used. The Deployment's limit is above it.
const ALL: u64 = 360;
const WORKERS: &str = "16";
const LARGEST: usize = 7 << 20;
/// Bytes for the rest of a review and its closing brackets.
const REST: usize = 2048;
/// The budget for bytes beyond the first 64 KiB of each body.
const BUDGET: usize = 96 << 20;
/// The budget has room for 13.
const BODIES: usize = 24;
/// podwright reads at most 65,536 items of a list, and refuses a longer one.
const LIST: usize = 65_000;

/// A list or map that fills a review: the text before it, an item with `#` for its number, and the text after it.
type Parts = [&'static str; 3];

/// Fields of a container, in as many containers as fit.
const IN_CONTAINERS: [(&str, Parts); 4] = [
    ("variables", [r#""env":["#, "{}", "]"]),
    ("variables with escapes", [r#""env":["#, r##"{"name":"\n#"}"##, "]"]),
    ("mounts", [r#""volumeMounts":["#, "{}", "]"]),
    ("ports by UDP", [r#""ports":["#, r#"{"protocol":"UDP"}"#, "]"]),
];

/// Fields of a Pod, each once.
const IN_PODS: [(&str, Parts); 5] = [
    (
        "annotations",
        [r#""metadata":{"annotations":{"#, r##""podwright.dev/#":"""##, r#"}},"spec":{"containers":[{}]}"#],
    ),
    ("a value with escapes", [r#""spec":{"containers":[{"env":[{"value":""#, r"\n\n\n\n\n\n,", r#""}]}]}"#]),
    ("a hook's command", [r#""spec":{"containers":[{"lifecycle":{"preStop":{"exec":{"command":["#, "\"\"", "]}}}}]}"]),
    (
        "a hook's headers",
        [r#""spec":{"containers":[{"lifecycle":{"preStop":{"httpGet":{"httpHeaders":["#, "{}", "]}}}}]}"],
    ),
    (
        "a volume's files",
        [
            r#""spec":{"containers":[{"name":"a"}],"volumes":[{"name":"downward-api-pod-info","downwardAPI":{"items":["#,
            "{}",
            "]}}]}",
        ],
    ),
];

/// Adds items up to this length of the whole, or this number.
fn fill(text: &mut String, [before, item, after]: Parts, (length, most): (usize, usize)) {
    text.push_str(before);
    for number in 0..most {
        if text.len() > length {
            break;
        }
        text.push_str(if number == 0 { "" } else { "," });
        text.push_str(&item.replace('#', &number.to_string()));
    }
    text.push_str(after);
}

fn in_containers(parts: Parts) -> String {
    let mut pod = r#""spec":{"containers":["#.to_owned();
    for number in 0.. {
        let _ = write!(pod, r#"{{"name":"c{number}","#);
        fill(&mut pod, parts, (LARGEST - REST, LIST));
        if pod.len() > LARGEST - REST {
            break;
        }
        pod.push_str("},");
    }
    pod + "}]}"
}

fn in_pod(parts: Parts) -> String {
    let mut pod = String::new();
    fill(&mut pod, parts, (LARGEST - REST, usize::MAX));
    pod
}

/// A review in the API server's form, with the uid before the object.
fn review((group, kind): (&str, &str), object: &str) -> Bytes {
    let asked =
        format!(r#""uid":"u-1","operation":"CREATE","kind":{{"group":"{group}","version":"v1","kind":"{kind}"}}"#);
    let head = r#""kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1""#;
    let review = format!(r#"{{{head},"request":{{{asked},"object":{{{object}}}}}}}"#);
    assert!((LARGEST - 2 * REST..=LARGEST).contains(&review.len()), "{}", review.len());
    review.into()
}

/// The budgets and the number of large reviews at once are fixed, so one memory limit fits every node.
#[tokio::test(flavor = "multi_thread")]
async fn the_largest_reviews_stay_below_the_memory_limit_whatever_the_number_of_cores() {
    let pods = IN_CONTAINERS.map(|(name, parts)| (name, in_containers(parts))).into_iter();
    let pods = pods.chain(IN_PODS.map(|(name, parts)| (name, in_pod(parts))));
    let pods = pods.map(|(name, pod)| (name, "/mutate/default", review(("", "Pod"), &pod)));
    let template = in_containers(IN_CONTAINERS[0].1);
    let workload = review(("apps", "Deployment"), &format!(r#""spec":{{"template":{{{template}}}}}"#));
    for (name, path, body) in pods.chain([("variables of a workload", "/check", workload)]) {
        let siege = Siege::begin(Running::start_with_variables(&[("TOKIO_WORKER_THREADS", WORKERS)])).await;
        eprintln!("{name}:");
        answer_at_once(&siege, path, &body).await;
        siege.was_survived(MOST).await;
    }
}

/// Sends this many bodies without their last byte, and the last bytes once the budget is full.
async fn answer_at_once(siege: &Siege, path: &'static str, body: &Bytes) {
    let (mut asked, mut unended) = (JoinSet::new(), Vec::new());
    for alpn in [HTTP_1, HTTP_2].repeat(BODIES / 2) {
        let (mut client, (sender, pieces)) = (Client::new(&siege.server, alpn).await, pieces());
        sender.send(body.slice(..body.len() - 1)).unwrap();
        unended.push(sender);
        // A client that is refused early may see only the end of the connection.
        asked
            .spawn(async move { Some(answer(client.send(Method::POST, path, JSON, pieces).await.ok()?).await.status) });
    }
    let held = held(siege).await;
    for sender in unended {
        // A refused request has no receiver any more.
        let _ = sender.send(body.slice(body.len() - 1..));
    }
    let statuses: Vec<u16> = asked.join_all().await.into_iter().flatten().collect();
    // 408 and 504 occur on a busy machine.
    assert!(statuses.iter().all(|status| [200, 408, 503, 504].contains(status)), "{statuses:?}");
    let answered = statuses.iter().filter(|status| **status == 200).count();
    assert!(answered > 0, "{statuses:?}");
    eprintln!("{held:?} bytes held at once, {answered} of {BODIES} answered");
}

/// The bytes of bodies in memory, once they reach the maximum or half of their timeout is over.
async fn held(siege: &Siege) -> [f64; 2] {
    let deadline = Instant::now() + Duration::from_secs(5);
    loop {
        let scrape = Scrape::of(&siege.server).await;
        let parts =
            ["first_64_kib", "rest"].map(|part| format!("podwright_request_bodies_in_flight_bytes{{part=\"{part}\"}}"));
        let [first, rest] = parts.map(|series| scrape.value(&series));
        if rest > (BUDGET - LARGEST) as f64 || Instant::now() > deadline {
            return [first, rest];
        }
        sleep(Duration::from_millis(20)).await;
    }
}

/// First parts of endless bodies, and large reviews of the kind that takes most memory: strings with escapes.
#[tokio::test(flavor = "multi_thread")]
async fn all_that_the_budgets_admit_at_once_stays_below_the_memory_limit() {
    let siege = Siege::begin(Running::start_with_variables(&[("TOKIO_WORKER_THREADS", WORKERS)])).await;
    let (mut small, mut unended) = (JoinSet::new(), Vec::new());
    // Almost 1,024, so that there is room for other clients.
    for number in 0..8 {
        let stream = connect_from(one_of_four(number), &siege.server, HTTP_2).await.unwrap();
        let client = Client::over(stream, HTTP_2).await;
        for _ in 0..120 {
            let (mut beside, (sender, body)) = (client.beside(), pieces());
            sender.send(" ".repeat(64 << 10).into()).unwrap();
            unended.push(sender);
            small.spawn(async move { beside.request(Method::POST, "/mutate", JSON, body).await.status });
        }
    }
    answer_at_once(&siege, "/mutate/default", &review(("", "Pod"), &in_pod(IN_PODS[1].1))).await;
    drop(unended);
    // 408 occurs on a machine that took more than ten seconds for all of this.
    let statuses = small.join_all().await;
    assert!(statuses.iter().all(|status| [400, 408, 503].contains(status)), "{statuses:?}");
    siege.was_survived(ALL).await;
}
