//! The warning about versions that do not carry out a preStop sleep.

use serde_json::Value;

use super::{Place, eventually};

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn serve_warns_of_servers_that_may_have_kubelets_without_the_sleep() {
    let place = Place::new();
    let version: Value = serde_json::from_str(&place.run(&["get", "--raw=/version"])).expect("JSON");
    let minor = version["minor"].as_str().expect("a minor version").to_owned();
    let replica = place.replica("versions", &[]);
    replica.is_ready();
    let warning = format!("the API server is version 1.{minor}, so a node may have a kubelet before 1.30");
    if minor.parse::<u32>().expect("a number") < 33 {
        eventually("the warning", || if replica.log().contains(&warning) { Ok(()) } else { Err(replica.log()) });
    } else {
        assert!(!replica.log().contains("may have a kubelet"), "{}", replica.log());
    }
}
