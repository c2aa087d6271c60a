//! Requests and limits, exhaustively: generated Pods seldom have three amounts that meet.

use podwright_core::inject::{Injection, Root, inject, pod::Pod};
use podwright_core::profile::{Configuration, OptIn};
use serde_json::Value;

use super::served::served;
use super::setup::{applied, profile};
use crate::generate::fits::{self, Level, Wishes};

fn round(pod: &Value, configuration: &Configuration) -> Option<Injection> {
    let json = serde_json::to_vec(pod).unwrap();
    inject(&Pod::parse(&json).unwrap(), OptIn::Pod, configuration, Root::Pod).ok()
}

/// A configuration with a profile of these wishes.
fn configuration(wishes: Wishes) -> Configuration {
    let of_profile = [("requests", wishes.request), ("limits", wishes.limit)].into_iter().filter_map(|(key, wish)| {
        let (amount, _) = wish.filter(|(_, level)| *level == Level::Profile)?;
        Some((key, format!("cpu={amount}")))
    });
    let values: Vec<_> = of_profile.collect();
    let values: Vec<_> = values.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let mut configuration = Configuration::default();
    configuration.profiles.insert("default".to_owned(), profile(&values));
    configuration
}

#[test]
fn every_fit_of_a_request_and_a_limit_comes_out_and_comes_to_rest() {
    let has = fits::containers();
    let mut denied = 0;
    for wishes in fits::wishes() {
        let configuration = configuration(wishes);
        let pod = wishes.asked_by(&has);
        let Some(first) = round(&pod, &configuration) else {
            assert!(wishes.contradict(), "{wishes:?}");
            denied += 1;
            continue;
        };
        let fitted = applied(&pod, &first);
        let returned = served(fitted.clone());
        wishes.are_in(&has, &returned);
        for pod in [fitted, returned] {
            let second = round(&pod, &configuration).unwrap();
            assert_eq!((second.patch, second.report), (None, first.report.clone()), "{wishes:?}\n{pod}");
        }
    }
    assert_eq!(denied, 6, "a profile is read by others");
}
