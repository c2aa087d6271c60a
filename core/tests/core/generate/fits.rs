//! Every request and limit of one resource that a container may have, and every pair of wishes for it.

use podwright_core::annotation::quantity::Quantity;
use serde_json::{Map, Value, json};

/// Amounts of CPU below, at and above the default profile's request.
pub const AMOUNTS: [&str; 3] = ["50m", "100m", "0.2"];

/// The amount in thousandths.
pub fn milli(text: &str) -> i128 {
    let count = Quantity::parse(text).zip(Quantity::parse("1m")).and_then(|(amount, unit)| amount.share(100, unit));
    count.unwrap_or_else(|| panic!("{text} is no quantity"))
}

/// A container's amounts before injection.
#[derive(Clone, Copy, Debug)]
pub struct Has {
    pub request: Option<&'static str>,
    pub limit: Option<&'static str>,
}

/// Each combination that the API server accepts, one container each.
pub fn containers() -> Vec<Has> {
    let amounts = || std::iter::once(None).chain(AMOUNTS.map(Some));
    let all = amounts().flat_map(|request| amounts().map(move |limit| Has { request, limit }));
    all.filter(|has| has.request.zip(has.limit).is_none_or(|(request, limit)| milli(request) <= milli(limit))).collect()
}

/// The level of a wish.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub enum Level {
    /// The profile, because everything is turned on.
    Profile,
    Pod,
    Container,
}

pub type Wish = Option<(&'static str, Level)>;

/// A wished request and a wished limit.
#[derive(Clone, Copy, Debug)]
pub struct Wishes {
    pub request: Wish,
    pub limit: Wish,
}

/// Each pair, including contradictory ones.
pub fn wishes() -> Vec<Wishes> {
    let of = |amount| [Level::Profile, Level::Pod, Level::Container].map(move |level| Some((amount, level)));
    let all = || std::iter::once(None).chain(AMOUNTS.into_iter().flat_map(of));
    all().flat_map(|request| all().map(move |limit| Wishes { request, limit })).collect()
}

impl Wishes {
    /// Whether both are of one level and the request is above the limit, which no precedence can settle.
    pub fn contradict(self) -> bool {
        let both = self.request.zip(self.limit);
        both.is_some_and(|((request, a), (limit, b))| a == b && milli(request) > milli(limit))
    }

    /// The expected result in thousandths, once the API server has copied limits: design rule 6 in other words.
    pub fn make_of(self, has: Has) -> (Option<i128>, Option<i128>) {
        let (there, theirs) = (has.request.or(has.limit).map(milli), has.limit.map(milli));
        let [mut ours, mut most] = [self.request, self.limit].map(|wish| wish.map(|(amount, _)| milli(amount)));
        if let (Some((_, of_request)), Some((_, of_limit)), true) = (self.request, self.limit, ours > most) {
            if of_limit >= of_request {
                ours = most;
            } else if there.is_none() || there == ours {
                most = ours;
            }
        }
        let requested = there.or(ours);
        let limited = theirs.or(most.filter(|most| requested.is_none_or(|requested| requested <= *most)));
        (requested.or(limited), limited)
    }

    /// A Pod with these containers and these wishes for each.
    pub fn asked_by(self, has: &[Has]) -> Value {
        let mut annotations = Map::new();
        let mut containers = Vec::new();
        for (n, has) in has.iter().enumerate() {
            let name = format!("c{n}");
            for (key, wish) in [("requests", self.request), ("limits", self.limit)] {
                let (key, value) = match wish {
                    None => continue,
                    Some((_, Level::Profile)) => ("podwright.dev/inject".to_owned(), "true".to_owned()),
                    Some((amount, Level::Pod)) => (format!("podwright.dev/{key}"), format!("cpu={amount}")),
                    Some((amount, Level::Container)) => {
                        (format!("{name}.podwright.dev/{key}"), format!("cpu={amount}"))
                    }
                };
                annotations.insert(key, json!(value));
            }
            let mut resources = json!({});
            for (section, amount) in [("requests", has.request), ("limits", has.limit)] {
                if let Some(amount) = amount {
                    resources[section] = json!({"cpu": amount});
                }
            }
            containers.push(json!({"name": name, "image": "registry.example.com/app:1", "resources": resources}));
        }
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "fitted", "annotations": annotations},
            "spec": {"containers": containers}})
    }

    /// Asserts the expected result in each container; the API server has set its defaults already.
    pub fn are_in(self, has: &[Has], pod: &Value) {
        for (has, container) in has.iter().zip(pod["spec"]["containers"].as_array().unwrap()) {
            let found =
                ["requests", "limits"].map(|section| container["resources"][section]["cpu"].as_str().map(milli));
            assert_eq!(found, <[_; 2]>::from(self.make_of(*has)), "{has:?}, {self:?}: {container}");
        }
    }
}
