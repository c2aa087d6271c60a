//! Lists of several pages.

use podwright::cluster::{ClusterChoice, ClusterReader, Collection};
use tokio::runtime::Runtime;
use xtask::control_plane::ControlPlane;

use super::cast::cast;
use super::rows;
use crate::client::Client;
use crate::pods::pod;

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn small_pages_make_the_same_inventory() {
    let all = rows(cast(), &["-n", "shop"]);
    for size in ["1", "3"] {
        assert_eq!(rows(cast(), &["-n", "shop", "--chunk-size", size]), all, "pages of {size}");
    }
}

/// The API server compacts its history every second here and has no cache, so the third page's version has expired.
#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn an_expired_list_goes_on_with_the_newest_version() {
    let flags = ["--etcd-compaction-interval=1s", "--watch-cache=false"].map(str::to_owned);
    let control_plane = ControlPlane::start_with_flags(&flags).unwrap_or_else(|error| panic!("{error}"));
    let client = Client::new(&control_plane);
    for name in ["a", "b", "c", "d"] {
        client.create("default", &pod(name, &[])).pod();
    }
    Runtime::new().expect("a runtime").block_on(async {
        let choice = ClusterChoice { kubeconfig: Some(control_plane.kubeconfig()), ..ClusterChoice::default() };
        let reader = ClusterReader::connect(choice).await.expect("a client");
        let path = "/api/v1/namespaces/default/pods".to_owned();
        let mut pages = reader.pages(Collection { path, page_size: 1, ..Collection::default() });
        let mut found = 0;
        while let Some(page) = pages.next().await.expect("a page") {
            found += page.items().len();
            // Each write makes a version, so that an earlier one is old enough to be compacted.
            let later = tokio::task::block_in_place(|| (0..3).map(|n| write(&control_plane, found, n)).sum::<u32>());
            assert_eq!(later, 3);
        }
        assert_eq!(found, 4);
        assert!(pages.are_inconsistent(), "no list expired");
    });
}

fn write(control_plane: &ControlPlane, page: usize, nth: u32) -> u32 {
    let name = format!("written-{page}-{nth}");
    let made = control_plane.run(&["create", "configmap", &name]).is_ok();
    std::thread::sleep(std::time::Duration::from_millis(1_500));
    u32::from(made)
}
