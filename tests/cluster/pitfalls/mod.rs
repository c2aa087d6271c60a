//! Problems that users of other injectors had. Each row of docs/pitfalls.md has at least one test, named after the row.

mod author;
mod clashes;
mod late_webhook;
mod probes;
mod resources;
mod rounds;
mod sent;
mod stopping;
mod whole_objects;

pub(crate) use probes::takes_a_probe_with_a_host;
use serde_json::Value;

use crate::pods::pod;
use crate::world::world;

const INJECT: (&str, &str) = ("podwright.dev/inject", "true");
const WEB: (&str, &str) = ("podwright.dev/profile", "web");

/// The Pod as the API server would create it.
fn fitted(namespace: &str, pod: &Value) -> Value {
    world().client.dry_run(namespace, pod).pod()
}

/// A Pod of one container with these fields of the author's.
fn with(annotations: &[(&str, &str)], container: &Value, spec: &Value) -> Value {
    let mut pod = pod("pitfall", annotations);
    merge(&mut pod["spec"]["containers"][0], container);
    merge(&mut pod["spec"], spec);
    pod
}

fn merge(into: &mut Value, from: &Value) {
    for (key, value) in from.as_object().into_iter().flatten() {
        into[key] = value.clone();
    }
}

/// A value of the status annotation, by path: `/inForce/requests`.
fn status(pod: &Value, path: &str) -> Value {
    let text = pod["metadata"]["annotations"]["podwright.dev/status"].as_str().unwrap_or("{}");
    serde_json::from_str::<Value>(text).unwrap().pointer(path).cloned().unwrap_or_default()
}
