//! The precedence, layer by layer.

use super::*;
use crate::annotation::downward::Resource;
use crate::profile::Profile;

const SLEEP: &str = "podwright.dev/pre-stop-sleep";

/// Returns the preStop sleeps of the containers `app` and `istio-proxy`: seconds and source.
fn sleeps(annotations: &[(&str, &str)], opt_in: OptIn<'_>) -> Result<Vec<Option<(i64, Source)>>, String> {
    let say = |faults: Faults| faults.to_string();
    let (directives, faults) = Directives::parse(annotations.iter().copied());
    faults.none_or(()).map_err(say)?;
    let configuration = Configuration::default();
    let (plan, faults) = resolve(&directives, opt_in, &configuration, ["app", "istio-proxy"].into_iter());
    faults.none_or(()).map_err(say)?;
    Ok(plan.containers.iter().map(|wishes| wishes.pre_stop_sleep.map(|wish| (wish.value.get(), wish.by))).collect())
}

#[test]
fn there_are_no_wishes_without_an_opt_in() {
    assert_eq!(sleeps(&[], OptIn::Pod), Ok(vec![None, None]));
    assert_eq!(sleeps(&[("podwright.dev/downward-env", "POD_IP")], OptIn::Pod), Ok(vec![None, None]));
}

#[test]
fn inject_profile_and_the_namespace_turn_everything_on() {
    let everything = Ok(vec![Some((5, Source::Profile)), None]);
    assert_eq!(sleeps(&[("podwright.dev/inject", "true")], OptIn::Pod), everything);
    assert_eq!(sleeps(&[("podwright.dev/profile", "web")], OptIn::Pod), everything);
    assert_eq!(sleeps(&[], OptIn::Namespace { profile: "default" }), everything);
}

#[test]
fn the_more_specific_layer_wins() {
    assert_eq!(sleeps(&[(SLEEP, "7s")], OptIn::Pod), Ok(vec![Some((7, Source::Pod)), None]));
    assert_eq!(sleeps(&[(SLEEP, "true")], OptIn::Pod), Ok(vec![Some((5, Source::Pod)), None]));
    let off = [("podwright.dev/inject", "true"), (SLEEP, "false")];
    assert_eq!(sleeps(&off, OptIn::Pod), Ok(vec![None, None]));
    let own = [(SLEEP, "false"), ("app.podwright.dev/pre-stop-sleep", "9")];
    assert_eq!(sleeps(&own, OptIn::Pod), Ok(vec![Some((9, Source::Container)), None]));
}

#[test]
fn only_its_own_key_reaches_a_container_that_is_excluded_or_not_selected() {
    let excluded = [("istio-proxy.podwright.dev/pre-stop-sleep", "9")];
    assert_eq!(sleeps(&excluded, OptIn::Pod), Ok(vec![None, Some((9, Source::Container))]));
    let elsewhere = [("podwright.dev/inject", "true"), ("podwright.dev/containers", "other")];
    assert_eq!(sleeps(&elsewhere, OptIn::Pod), Ok(vec![None, None]));
    let own = [("podwright.dev/containers", "other"), ("app.podwright.dev/pre-stop-sleep", "true")];
    assert_eq!(sleeps(&own, OptIn::Pod), Ok(vec![Some((5, Source::Container)), None]));
}

#[test]
fn a_container_that_is_left_out_is_left_out_of_everything() {
    let out = [("app.podwright.dev/inject", "false"), ("app.podwright.dev/pre-stop-sleep", "9"), (SLEEP, "7")];
    assert_eq!(sleeps(&out, OptIn::Pod), Ok(vec![None, None]));
}

#[test]
fn true_needs_a_value_in_the_profile() {
    let none = sleeps(&[("podwright.dev/termination-grace-period", "true")], OptIn::Pod);
    assert!(none.is_err_and(|told| told.contains("the profile default has no value")));
    let unknown = sleeps(&[("podwright.dev/profile", "wbe")], OptIn::Pod);
    assert!(unknown.is_err_and(|told| told.contains("did you mean web? Expected one of default, web")));
}

#[test]
fn a_containers_true_needs_a_value_in_the_profile_too() {
    let profiles = [("default".to_owned(), Profile::default())].into();
    let empty = Configuration { profiles, ..Configuration::default() };
    let (directives, _) = Directives::parse([("app.podwright.dev/pre-stop-sleep", "true")].into_iter());
    let (_, faults) = resolve(&directives, OptIn::Pod, &empty, ["app"].into_iter());
    let told = faults.to_string();
    assert!(told.contains("app.podwright.dev/pre-stop-sleep: invalid value \"true\": the profile"), "{told}");
}

/// Returns the `requests` of the container `app`, layer by layer.
fn requests(annotations: &[(&str, &str)]) -> Vec<(Option<String>, Source)> {
    let (directives, _) = Directives::parse(annotations.iter().copied());
    let configuration = Configuration::default();
    let (plan, _) = resolve(&directives, OptIn::Pod, &configuration, ["app"].into_iter());
    let layers = plan.containers.iter().flat_map(|wishes| wishes.by_layer(|settings| settings.requests.as_ref()));
    layers.map(|wish| (wish.value.get(Resource::Cpu).map(|cpu| cpu.as_str().to_owned()), wish.by)).collect()
}

#[test]
fn amounts_are_merged_over_the_profiles() {
    let (pod, own) = (("podwright.dev/requests", "cpu=1"), ("app.podwright.dev/requests", "memory=1Gi"));
    let profile = (Some("100m".to_owned()), Source::Profile);
    assert_eq!(requests(&[pod]), [(Some("1".to_owned()), Source::Pod), profile.clone()]);
    assert_eq!(
        requests(&[pod, own]),
        [(None, Source::Container), (Some("1".to_owned()), Source::Pod), profile.clone()]
    );
    assert_eq!(requests(&[own, ("podwright.dev/requests", "false")]), [(None, Source::Container)]);
    assert_eq!(requests(&[("podwright.dev/requests", "true")]), [(Some("100m".to_owned()), Source::Pod)]);
    assert_eq!(requests(&[("podwright.dev/inject", "true")]), [profile]);
    assert_eq!(requests(&[]), []);
}
