//! The API's rules that podwright's patch could break, and those that keep a container from starting
//! (`k8s.io/kubernetes/pkg/apis/core/validation`).

use podwright_core::annotation::paths::{comparable, is_at_or_below};
use podwright_core::annotation::quantity::Quantity;
use podwright_core::inject::pod::Pod;
use proptest::prelude::*;
use serde_json::Value;

use super::kept::containers;

/// Whether the injected Pod is as valid as the original.
pub fn is_valid(before: &Value, after: &Value) -> Result<(), TestCaseError> {
    unique(names(&after["spec"]["volumes"]))?;
    let windows = is_for_windows(after);
    let grace = after["spec"]["terminationGracePeriodSeconds"].as_i64().unwrap_or(30);
    for ((name, before), (_, after)) in containers(before).zip(containers(after)) {
        amounts_agree(after)?;
        sleeps_fit(before, after, grace)?;
        mounts_are_in_nobodys_way(before, after, windows)?;
        for kind in ["startupProbe", "readinessProbe", "livenessProbe"] {
            probe_is_valid(kind, &after[kind])
                .map_err(|error| TestCaseError::fail(format!("{name}: {kind}: {error}")))?;
        }
    }
    for init in after["spec"]["initContainers"].as_array().into_iter().flatten() {
        let hooks = ["startupProbe", "readinessProbe", "livenessProbe", "lifecycle"];
        let has = hooks.iter().any(|field| !init[*field].is_null());
        prop_assert!(!has || init["restartPolicy"] == "Always", "a hook in {init}");
    }
    Ok(())
}

fn is_for_windows(pod: &Value) -> bool {
    let json = pod.to_string();
    Pod::parse(json.as_bytes()).unwrap().node().windows
}

fn names(list: &Value) -> Vec<String> {
    let names = list.as_array().into_iter().flatten().filter_map(|item| item["name"].as_str());
    names.map(str::to_owned).collect()
}

fn unique(mut names: Vec<String>) -> Result<(), TestCaseError> {
    names.sort_unstable();
    prop_assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "twice in {names:?}");
    Ok(())
}

fn amount(container: &Value, section: &str, resource: &str) -> Option<Quantity> {
    let amount = container["resources"][section].get(resource)?;
    Quantity::parse(&amount.as_str().map_or_else(|| amount.to_string(), str::to_owned))
}

fn amounts_agree(container: &Value) -> Result<(), TestCaseError> {
    for resource in ["cpu", "memory", "ephemeral-storage"] {
        let [request, limit] = ["requests", "limits"].map(|section| amount(container, section, resource));
        let agree = request.zip(limit).is_none_or(|(request, limit)| request <= limit);
        prop_assert!(agree, "{resource}: {}", container["resources"]);
    }
    Ok(())
}

fn sleeps_fit(before: &Value, after: &Value, grace: i64) -> Result<(), TestCaseError> {
    let seconds = |container: &Value, hook: &str| container["lifecycle"][hook]["sleep"]["seconds"].as_i64();
    for hook in ["preStop", "postStart"] {
        let sleep = seconds(after, hook).unwrap_or_default();
        prop_assert!(sleep <= grace, "{hook} sleeps {sleep} of {grace} s");
        prop_assert!(seconds(before, hook).is_some() || sleep < grace, "ours leaves nothing of {grace} s");
    }
    Ok(())
}

/// podwright's mounts share no path with the author's and are not above them, and no folder or file must be made on a
/// read-only volume.
fn mounts_are_in_nobodys_way(before: &Value, after: &Value, windows: bool) -> Result<(), TestCaseError> {
    let paths = |container: &Value| -> Vec<String> {
        let list = |list: &str, field: &str| -> Vec<String> {
            let items = container[list].as_array().into_iter().flatten();
            items.map(|item| comparable(item[field].as_str().unwrap(), windows).into_owned()).collect()
        };
        [list("volumeMounts", "mountPath"), list("volumeDevices", "devicePath")].concat()
    };
    let theirs = paths(before);
    let there = before["volumeMounts"].as_array().map_or(0, Vec::len);
    let message = comparable(after["terminationMessagePath"].as_str().unwrap_or("/dev/termination-log"), windows);
    for mount in after["volumeMounts"].as_array().into_iter().flatten().skip(there) {
        let ours = comparable(mount["mountPath"].as_str().unwrap(), windows);
        prop_assert!(windows || !ours.contains(':'), "{ours} is a path of Windows");
        prop_assert!(theirs.iter().all(|path| !is_at_or_below(path, &ours)), "{ours} hides one of {theirs:?}");
        prop_assert!(!is_at_or_below(&message, &ours), "{message} lies in {ours}");
    }
    if before["terminationMessagePath"] != after["terminationMessagePath"] {
        let in_the_way = paths(after).iter().any(|path| is_at_or_below(path, &message));
        prop_assert!(!in_the_way, "something is mounted at {message} or below");
    }
    Ok(())
}

fn probe_is_valid(kind: &str, probe: &Value) -> Result<(), TestCaseError> {
    if probe.is_null() {
        return Ok(());
    }
    let handlers = ["exec", "httpGet", "tcpSocket", "grpc"].into_iter().filter(|name| !probe[*name].is_null()).count();
    prop_assert_eq!(handlers, 1);
    let (success, grace) = (&probe["successThreshold"], &probe["terminationGracePeriodSeconds"]);
    let readiness = kind == "readinessProbe";
    prop_assert!(readiness || success.as_i64().is_none_or(|count| count <= 1), "success {success}");
    prop_assert!(!readiness || grace.is_null(), "grace {grace}");
    prop_assert!(probe["httpGet"]["host"].is_null() && probe["tcpSocket"]["host"].is_null(), "a host");
    Ok(())
}
