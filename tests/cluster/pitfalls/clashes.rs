//! Names and paths that are taken, and fields that the API allows only once.

use serde_json::{Value, json};

use super::{INJECT, fitted, status, with};
use crate::untouched::assert_untouched;
use crate::world::world;

/// The number of podwright's volumes or mounts, by name or path.
fn ours(pod: &Value, pointer: &str) -> usize {
    let items = pod.pointer(pointer).and_then(Value::as_array).into_iter().flatten();
    items.filter(|item| item["name"] == "downward-api-pod-info").count()
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn row_26_where_name_or_path_is_taken_the_volume_is_left_out_whole() {
    world().namespace("row-26");
    let mount = |path: &str, read_only: bool| {
        let container = json!({"volumeMounts": [{"name": "data", "mountPath": path, "readOnly": read_only}]});
        (container, json!({"volumes": [{"name": "data", "emptyDir": {}}]}))
    };
    let named = (json!({}), json!({"volumes": [{"name": "downward-api-pod-info", "emptyDir": {}}]}));
    let device = json!({"volumeDevices": [{"name": "data", "devicePath": "/etc/podinfo"}]});
    let block = json!({"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "block"}}]});
    for ((container, spec), code) in [
        (named, "VolumeNameTaken"),
        (mount("/etc/podinfo", false), "PathTaken"),
        (mount("/etc/podinfo/", false), "PathTaken"),
        (mount("/etc/podinfo/below", false), "PathTaken"),
        (mount("/etc", true), "PathReadOnly"),
        ((device, block), "PathTaken"),
    ] {
        let plain = fitted("row-26", &with(&[], &container, &spec));
        let silent = fitted("row-26", &with(&[INJECT], &container, &spec));
        assert_untouched(&plain, &silent);
        assert_eq!(status(&silent, &format!("/skipped/downward-volume/{code}")), json!(["app"]), "{code}");
        let asked = with(&[("podwright.dev/downward-volume", "/etc/podinfo")], &container, &spec);
        let answer = world().client.dry_run("row-26", &asked);
        assert!(answer.warnings.len() == 1 && answer.warnings[0].contains(code), "{code}: {:?}", answer.warnings);
        let asked = answer.pod();
        assert_eq!(ours(&asked, "/spec/containers/0/volumeMounts"), 0, "{asked}");
        assert_eq!(ours(&asked, "/spec/volumes"), usize::from(code == "VolumeNameTaken"), "no volume without a mount");
    }
    let (container, spec) = mount("/etc", false);
    let fits = fitted("row-26", &with(&[INJECT], &container, &spec));
    assert_eq!(ours(&fits, "/spec/containers/0/volumeMounts"), 1, "a mount below a writable path fits: {fits}");
}
