//! The pause before a container's end, and the time left for the application.

use podwright::inject::{Root, inject, pod::Pod};
use podwright::profile::{Configuration, OptIn, PreStopAction};
use serde_json::{Value, json};

use super::{INJECT, fitted, with};
use crate::pods::pod;
use crate::world::world;

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_21_the_sleep_is_the_kubelets_own_and_needs_no_program() {
    world().namespace("row-21");
    let fitted = fitted("row-21", &with(&[INJECT], &json!({}), &json!({})));
    assert_eq!(fitted["spec"]["containers"][0]["lifecycle"], json!({"preStop": {"sleep": {"seconds": 5}}}));
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_22_older_servers_get_a_program_that_sleeps() {
    world().namespace("row-22");
    let mut pod = pod("row-22", &[INJECT]);
    let exec = Configuration { pre_stop_action: PreStopAction::Exec, ..Configuration::default() };
    let round = |pod: &Value| {
        let json = serde_json::to_vec(pod).unwrap();
        let injection = inject(&Pod::parse(&json).unwrap(), OptIn::Pod, &exec, Root::Pod).unwrap();
        injection.patch.map(|patch| serde_json::from_slice::<json_patch::Patch>(patch.as_json()).unwrap())
    };
    let patch = round(&pod).unwrap();
    json_patch::patch(&mut pod, &patch).unwrap();
    assert_eq!(pod["spec"]["containers"][0]["lifecycle"]["preStop"]["exec"]["command"], json!(["sleep", "5"]));
    // With an existing hook, this API server's webhook keeps it, and an older one's has nothing left to do.
    let taken = world().client.dry_run("row-22", &pod).pod();
    assert_eq!(taken["spec"]["containers"][0]["lifecycle"]["preStop"]["exec"]["command"], json!(["sleep", "5"]));
    assert_eq!(taken["spec"]["terminationGracePeriodSeconds"], 35);
    assert_eq!(round(&pod), None);
}

/// Grace period and sleep, before and after.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_23_the_sleep_leaves_the_application_its_time() {
    world().namespace("row-23");
    for (grace, total, sleep, then) in [
        (None, None, "5", (Some(5), 35)),
        (Some(30), None, "60", (Some(60), 90)),
        (Some(60), None, "5", (Some(5), 60)),
        (Some(6), None, "5", (Some(5), 6)),
        (Some(5), None, "5", (None, 5)),
        (Some(0), None, "5", (None, 0)),
        (None, None, "0", (None, 30)),
        (None, Some("20"), "5", (Some(5), 20)),
        (None, Some("5"), "5", (None, 5)),
        (None, Some("false"), "5", (Some(5), 30)),
        (None, Some("false"), "30", (None, 30)),
        (Some(60), Some("20"), "5", (Some(5), 60)),
        (None, None, "604800", (Some(604_800), 604_830)),
    ] {
        let mut annotations = vec![("podwright.dev/pre-stop-sleep", sleep)];
        annotations.extend(total.map(|total| ("podwright.dev/termination-grace-period", total)));
        let spec = grace.map_or(json!({}), |grace| json!({"terminationGracePeriodSeconds": grace}));
        let fitted = fitted("row-23", &with(&annotations, &json!({}), &spec));
        let seconds = fitted["spec"]["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"].as_i64();
        let period = fitted["spec"]["terminationGracePeriodSeconds"].as_i64().unwrap();
        assert_eq!((seconds, period), then, "grace {grace:?}, total {total:?}, sleep {sleep}");
    }
}

/// Every combination: the API server's validation accepts whatever podwright accepts.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_23_the_server_takes_every_sleep_and_grace_period_that_we_make() {
    let world = world();
    world.namespace("row-23-boundaries");
    for grace in [None, Some(0), Some(1), Some(5), Some(6), Some(30), Some(35), Some(3600)] {
        for sleep in ["0", "1", "5", "6", "29", "30", "35", "604800"] {
            for total in [None, Some("false"), Some("1"), Some("5"), Some("6"), Some("30"), Some("604800")] {
                let mut annotations = vec![("podwright.dev/pre-stop-sleep", sleep)];
                annotations.extend(total.map(|total| ("podwright.dev/termination-grace-period", total)));
                let spec = grace.map_or(json!({}), |grace| json!({"terminationGracePeriodSeconds": grace}));
                let answer = world.client.dry_run("row-23-boundaries", &with(&annotations, &json!({}), &spec));
                assert_eq!(answer.status, 201, "grace {grace:?}, sleep {sleep}, total {total:?}: {}", answer.body);
            }
        }
    }
}
