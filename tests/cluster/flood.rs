//! A tenant floods the API server with the most expensive known Pods, and a bystander is served as before.
//!
//! The tenant needs only the right to create Pods; the test runs them as dry runs. The number of clients and of Pods
//! per client bounds the flood.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::Client;
use crate::pods::{pod, sleeps};
use crate::world::World;

/// The tenant's requests in flight.
const CLIENTS: usize = 24;
/// The Pods of each kind that each of the tenant's clients creates.
const PODS: usize = 2;
/// The bystander's patience, and that of a kubelet's liveness probe.
const PATIENCE: Duration = Duration::from_secs(1);
/// The fewest Pods of the bystander, even if the flood ends soon.
const ORDINARY: usize = 20;

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn a_tenants_dearest_pods_take_nothing_from_a_bystander() {
    let world = World::called_as_a_service();
    let admin = world.webhook.admin_url().trim_start_matches("http://").parse().expect("an address");
    for (name, dear) in [("limit-ranger", limit_ranger()), ("mounts", mounts())] {
        let flood = Flood::default();
        let slow = thread::scope(|scope| {
            for _ in 0..CLIENTS {
                scope.spawn(|| flood.send(&Client::new(&world.control_plane), &dear));
            }
            scope.spawn(|| flood.watch_livez(admin));
            let over = OverWhenDropped(&flood.over);
            let seen = bystander(&world.client, &flood);
            drop(over);
            seen
        });
        let [answered, missed] = [&flood.answered, &flood.missed].map(|count| count.load(Ordering::SeqCst));
        eprintln!("{name}: {answered} of the tenant's Pods answered, {slow:?}");
        // The API server also reads the flood, and that time is not podwright's. On a shared machine one Pod in ten may
        // be slow for other reasons.
        assert!(slow.injected < slow.plain + PATIENCE, "{name}: {slow:?}");
        assert_eq!(missed, 0, "{name}: /livez missed its second");
        assert!(answered >= CLIENTS, "{name}: {answered} of the tenant's Pods were answered\n{}", world.webhook.log());
    }
}

#[derive(Default)]
struct Flood {
    answered: AtomicUsize,
    ended: AtomicUsize,
    missed: AtomicUsize,
    over: AtomicBool,
}

/// Ends the other threads, even if the test fails.
struct OverWhenDropped<'a>(&'a AtomicBool);

impl Drop for OverWhenDropped<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

impl Flood {
    fn send(&self, client: &Client, pod: &Value) {
        for _ in (0..PODS).take_while(|_| !self.over.load(Ordering::SeqCst)) {
            let answer = client.dry_run("default", pod);
            assert!(matches!(answer.status, 201 | 422), "{}: {}", answer.status, answer.message());
            self.answered.fetch_add(1, Ordering::SeqCst);
        }
        self.ended.fetch_add(1, Ordering::SeqCst);
    }

    fn goes_on(&self) -> bool {
        self.ended.load(Ordering::SeqCst) < CLIENTS
    }

    /// Probes as a kubelet does, but more often.
    fn watch_livez(&self, admin: SocketAddr) {
        while !self.over.load(Ordering::SeqCst) {
            let lives = lives(admin).unwrap_or_default();
            self.missed.fetch_add(usize::from(!lives), Ordering::SeqCst);
            thread::sleep(Duration::from_millis(100));
        }
    }
}

fn lives(admin: SocketAddr) -> std::io::Result<bool> {
    let start = Instant::now();
    let mut stream = TcpStream::connect_timeout(&admin, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(b"GET /livez HTTP/1.0\r\nhost: a\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.starts_with("HTTP/1.0 200") && start.elapsed() < PATIENCE)
}

/// The 90th percentile of the bystander's Pods, and of Pods without a webhook call.
#[derive(Debug)]
struct Slow {
    injected: Duration,
    plain: Duration,
}

/// Creates one ordinary Pod after another during the flood, each of them injected.
fn bystander(client: &Client, flood: &Flood) -> Slow {
    let (plain, opted_in) = (pod("plain", &[]), pod("ordinary", &[("podwright.dev/inject", "true")]));
    let (mut injected, mut by_themselves) = (Vec::new(), Vec::new());
    while flood.goes_on() || injected.len() < ORDINARY {
        let (by_itself, _) = timed(client, &plain);
        let (taken, body) = timed(client, &opted_in);
        assert!(sleeps(&body["spec"]["containers"][0]), "an ordinary Pod was not injected, after {taken:?}");
        by_themselves.push(by_itself);
        injected.push(taken);
    }
    Slow { injected: nine_in_ten(injected), plain: nine_in_ten(by_themselves) }
}

fn nine_in_ten(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() * 9 / 10]
}

fn timed(client: &Client, pod: &Value) -> (Duration, Value) {
    let start = Instant::now();
    let answer = client.dry_run("default", pod);
    (start.elapsed(), answer.pod())
}

/// 4,000 containers, and an annotation like LimitRanger's with as many clauses, which any author can write.
fn limit_ranger() -> Value {
    let clauses: Vec<String> = (0..4000).map(|n| format!("cpu, memory request for container c{n}")).collect();
    let account = format!("LimitRanger plugin set: {}", clauses.join("; "));
    let asks = [("podwright.dev/requests", "cpu=1,memory=1"), ("kubernetes.io/limit-ranger", account.as_str())];
    let mut dear = pod("dear", &asks);
    let container =
        |n| json!({"name": format!("c{n}"), "image": "i", "resources": {"requests": {"cpu": "3", "memory": "3"}}});
    dear["spec"]["containers"] = (0..4000).map(container).collect();
    dear
}

/// A container with many mounts, and as many volumes in reverse order.
fn mounts() -> Value {
    let asks =
        [("podwright.dev/downward-volume", "/etc/podinfo"), ("podwright.dev/termination-message-path", "/tmp/log")];
    let mut dear = pod("dear", &asks);
    let name = |n| format!("volume-{n:05}");
    let count = 9_000;
    dear["spec"]["volumes"] = (0..count).map(|n| json!({"name": name(n), "configMap": {"name": "c"}})).collect();
    let mount = |n| json!({"name": name(count - 1 - n), "mountPath": format!("/some/where/{n}")});
    dear["spec"]["containers"][0]["volumeMounts"] = (0..count).map(mount).collect();
    dear
}
