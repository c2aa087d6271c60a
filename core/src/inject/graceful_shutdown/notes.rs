//! Notes on a sleep: the notice of a spot node, a load balancer, a proxy that stops first.
//!
//! Each note depends on the final Pod, so that a second round reports the same.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::super::api_defaults;
use super::super::pod::{ContainerAt, Pod, Slot};
use super::super::{Draft, Entry, InContainer, Outcome, Reason};
use super::granted_sleep::{GrantedSleep, PERIOD, SLEEP};
use crate::profile::{Plan, Source};

pub(super) const SPOT_NOTICE: Reason = Reason {
    code: "SpotNotice",
    sentence: "a spot node may stop before the grace period ends; limit podwright.dev/termination-grace-period to \
               its notice",
    remedy: "Keep the total within the notice: shorten the sleep, or set podwright.dev/termination-grace-period. The \
             notice is 120 seconds on AWS and 30 on Azure. On GKE it is 15 for Pods that are not critical to the \
             system.",
};
pub(super) const LOAD_BALANCER: Reason = Reason {
    code: "LoadBalancer",
    sentence: "a load balancer may still send requests after this sleep; set podwright.dev/pre-stop-sleep: 30s",
    remedy: "Sleep until the load balancer has deregistered the Pod: see its deregistration or draining delay. The \
             Pod has a readiness gate of a load balancer.",
};
pub(super) const PROXY_STOPS_FIRST: Reason = Reason {
    code: "ProxyStopsFirst",
    sentence: "an injected container stops first; make it a native sidecar, or set \
               CONTAINER.podwright.dev/pre-stop-sleep",
    remedy: "Make the injected container a native sidecar (Linkerd: \
             config.beta.linkerd.io/proxy-enable-native-sidecar; Istio: ENABLE_NATIVE_SIDECARS). Or give it the same \
             sleep, such as linkerd-proxy.podwright.dev/pre-stop-sleep. This container may need it during the sleep.",
};

/// The seconds in which most load balancers deregister a target.
const DEREGISTRATION: i64 = 15;

/// Known proxies of service meshes. The containers that the configuration excludes count as well.
const PROXIES: [&str; 4] = ["istio-proxy", "linkerd-proxy", "consul-dataplane", "kuma-sidecar"];

/// Notes sleeps that are shorter than a load balancer needs, or longer than a proxy waits.
pub(super) fn of_sleeps<'p>(pod: &'p Pod<'p>, plan: &Plan<'p>, granted: &[GrantedSleep<'p>], draft: &mut Draft<'p>) {
    let balanced = pod.awaits_load_balancer();
    let proxies = proxies(pod, plan, draft);
    let proxy = proxies.values().min().copied();
    let is_app = |sleep: &&GrantedSleep<'_>| matches!(sleep.slot, Slot::App(_)) && !proxies.contains_key(&sleep.slot);
    for sleep in granted.iter().filter(is_app) {
        let GrantedSleep { container, by, seconds, .. } = *sleep;
        let reasons = [
            (balanced && seconds < DEREGISTRATION).then_some(LOAD_BALANCER),
            proxy.filter(|proxy| *proxy < seconds).map(|_| PROXY_STOPS_FIRST),
        ];
        for reason in reasons.into_iter().flatten() {
            draft.report(Entry { key: SLEEP, container, item: Cow::Borrowed(""), by, outcome: Outcome::Noted(reason) });
        }
    }
}

/// Notes a grace period longer than the node's notice.
pub(super) fn of_period(pod: &Pod<'_>, total: i64, by: Source, draft: &mut Draft<'_>) {
    if let Some(notice) = pod.node().notice.filter(|notice| *notice < total) {
        let item = Cow::Owned(format!("{total} seconds of grace, {notice} of notice"));
        let outcome = Outcome::Noted(SPOT_NOTICE);
        draft.report(Entry { key: PERIOD, container: "", item, by, outcome });
    }
}

/// Returns the proxies among the app containers, with the seconds that each waits before it stops.
fn proxies<'p>(pod: &'p Pod<'p>, plan: &Plan<'p>, draft: &Draft<'p>) -> BTreeMap<Slot, i64> {
    let all = pod.containers().zip(&plan.containers);
    let proxies = all.filter(|(at, wishes)| {
        let is_app = matches!(at.slot, Slot::App(_));
        is_app && (wishes.is_excluded() || PROXIES.contains(&at.container.name.as_str()))
    });
    proxies.map(|(at, _)| (at.slot, waits(at, draft))).collect()
}

/// Returns the seconds that the container's preStop hook delays its stop. A hook of another kind counts as long enough:
/// its author chose it.
fn waits(at: ContainerAt<'_>, draft: &Draft<'_>) -> i64 {
    let ours = draft.edits_of(at.slot).iter().find_map(|edit| match edit {
        InContainer::PreStop(handler) => Some(api_defaults::sleep_of(handler)),
        _ => None,
    });
    let theirs = || {
        let hook = at.container.lifecycle.as_ref()?.pre_stop.as_ref()?;
        Some(api_defaults::decoded(hook).and_then(|handler| api_defaults::sleep_of(&handler)))
    };
    match ours.or_else(theirs) {
        None => 0,
        Some(sleep) => sleep.unwrap_or(i64::MAX),
    }
}
