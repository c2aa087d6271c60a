//! The parser of a Pod's annotations.

use std::collections::BTreeMap;

use super::amounts::{Amount, Amounts};
use super::downward::Resource;
use super::keys::{self, KEYS, Key, Scope};
use super::probe::Probe;
use super::value_shape::ValueShape;
use super::{Expected, Fault, Faults, Layer, PREFIX, Toggle, containers, nearest};
use crate::text::shorten;

/// The settings in a Pod's annotations.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directives {
    /// The settings from keys without a container's name.
    pub pod: Layer,
    /// The settings from keys with a container's name, by that name.
    pub containers: BTreeMap<String, Layer>,
    /// Unknown keys that resemble no known key. They may be those of a newer version, so they block no Pod after a
    /// rollback.
    pub unknown: Vec<String>,
    /// Whether `inject` has an invalid value or a mistyped key. Then the profile is not injected, because the author
    /// may have opted out.
    pub inject_is_unclear: bool,
    /// The bytes of all probes in JSON or YAML.
    whole_probes: usize,
}

/// The limit for those bytes.
const WHOLE_PROBES: usize = 8 * 1024;

/// The limit for unknown keys that are compared with the known ones. A comparison costs a hundred times as much as
/// parsing a key.
const COMPARED: usize = 128;

/// The key that turns the whole profile on or off.
const INJECT: &str = "inject";

/// Returns whether a key has podwright's domain, in any case, or a subdomain of it. `xpodwright.dev/…` has neither.
pub fn is_ours(key: &str) -> bool {
    let domain = key.split_once('/').map_or("", |(domain, _)| domain).as_bytes();
    let ours = PREFIX.trim_end_matches('/').as_bytes();
    let Some((before, tail)) = domain.len().checked_sub(ours.len()).and_then(|at| domain.split_at_checked(at)) else {
        return false;
    };
    tail.eq_ignore_ascii_case(ours) && before.last().is_none_or(|b| *b == b'.')
}

impl Directives {
    /// Parses a Pod's annotations, in any order. Ignores keys of other tools.
    ///
    /// Returns the valid settings and all faults. The caller may find more faults in the profile, and reports all of
    /// them together. After a hundred faults, the remaining annotations are only counted. With `inject: "false"`, no
    /// other annotation is parsed.
    ///
    /// ```
    /// use podwright_core::annotation::Directives;
    ///
    /// let annotations = [("podwright.dev/pre-stop-sleep", "soon"), ("podwright.dev/requests", "cpu=100m")];
    /// let (directives, faults) = Directives::parse(annotations.into_iter());
    /// assert_eq!(directives.pod.settings.turned_on(), ["requests"]);
    /// assert_eq!(
    ///     faults.named()[0].to_string(),
    ///     "podwright.dev/pre-stop-sleep: invalid duration \"soon\": expected whole seconds such as 5s, 5 or 1m30s",
    /// );
    /// ```
    pub fn parse<'a>(annotations: impl Iterator<Item = (&'a str, &'a str)> + Clone) -> (Self, Faults) {
        let is_out = |key: &str| key.strip_prefix(PREFIX) == Some(INJECT);
        if annotations.clone().any(|(key, value)| is_out(key) && value.trim() == "false") {
            let pod = Layer { inject: Some(false), ..Layer::default() };
            return (Self { pod, ..Self::default() }, Faults::default());
        }
        let (mut directives, mut faults) = (Self::default(), Faults::default());
        let mut ours: Vec<(&str, &str)> = annotations.filter(|(key, _)| is_ours(key)).collect();
        ours.sort_unstable();
        for (nth, (key, value)) in ours.iter().enumerate() {
            if faults.are_full() {
                // An unread annotation may be an opt-out.
                directives.inject_is_unclear = true;
                faults.leave_unread(ours.len() - nth);
                break;
            }
            directives.take(key, trimmed(value), &mut faults);
        }
        directives.contradictions(&mut faults);
        (directives, faults)
    }

    /// Returns whether any feature's key is set, for the Pod or for one container.
    pub fn ask(&self) -> bool {
        let layers = self.containers.values().chain([&self.pod]);
        layers.into_iter().any(|layer| !layer.settings.is_empty())
    }

    fn take(&mut self, whole: &str, value: &str, faults: &mut Faults) {
        let key = match Address::of(whole) {
            Ok(address) => address,
            Err(expected) => {
                let name = whole.rsplit_once('/').map_or("", |(_, name)| name);
                self.inject_is_unclear |= nearest(name, [INJECT]).is_some();
                return faults.push(Fault::new(whole, expected));
            }
        };
        let Some(row) = keys::find(key.name) else {
            return self.take_unknown(whole, &key, faults);
        };
        if let Err(wrong) = self.take_whole_probe(row, value) {
            faults.push(Fault::new(whole, wrong));
            return self.go_without(row.name, key.container);
        }
        let wrong = match key.container {
            None => (row.set)(&mut self.pod, value),
            Some(container) => self.take_for_container(row, container, value),
        };
        let Err(wrong) = wrong else { return };
        faults.extend(wrong.into_iter().map(|expected| Fault::new(whole, expected)));
        self.go_without(row.name, key.container);
    }

    /// Counts the bytes of a probe in JSON or YAML, which costs a hundred times as much to parse as other text.
    fn take_whole_probe(&mut self, row: &Key, value: &str) -> Result<(), Expected> {
        if row.shape != Some(ValueShape::Probe) || !Probe::is_whole(value) {
            return Ok(());
        }
        self.whole_probes += value.len();
        if self.whole_probes <= WHOLE_PROBES {
            return Ok(());
        }
        let problem = "too large: a Pod's JSON and YAML probes have at most 8 KiB together; use the short form";
        Err(Expected::new(problem, row.example))
    }

    /// Turns a setting off after a fault, for configurations with `onInvalidAnnotation: Warn`.
    ///
    /// The profile's value does not replace an invalid one. An invalid `containers` selects no container, because
    /// podwright cannot know which ones it would exclude.
    fn go_without(&mut self, name: &str, container: Option<&str>) {
        let layer = match container {
            None => &mut self.pod,
            Some(container) => self.containers.entry(container.to_owned()).or_default(),
        };
        layer.settings.turn_off(name);
        match name {
            "containers" => layer.containers = Some(containers::Selection::Named(Vec::new())),
            "inject" if container.is_none() => self.inject_is_unclear = true,
            "inject" => layer.inject = Some(false),
            _ => {}
        }
    }

    /// Finds requests above a limit of the same layer. Precedence decides only between layers.
    fn contradictions(&mut self, faults: &mut Faults) {
        let own = self.containers.iter_mut().map(|(name, layer)| (format!("{name}.{PREFIX}"), layer));
        for (prefix, layer) in std::iter::once((PREFIX.to_owned(), &mut self.pod)).chain(own) {
            let (Some(Toggle::Value(requests)), Some(Toggle::Value(limits))) =
                (&layer.settings.requests, &layer.settings.limits)
            else {
                continue;
            };
            let found: Vec<Fault> =
                requests.above(limits).map(|resource| above(&prefix, resource, requests, limits)).collect();
            if !found.is_empty() {
                faults.extend(found);
                layer.settings.turn_off("requests");
                layer.settings.turn_off("limits");
            }
        }
    }

    fn take_for_container(&mut self, row: &Key, container: &str, value: &str) -> Result<(), Vec<Expected>> {
        if row.scope == Scope::Pod {
            let problem = "this key applies to the whole Pod: use it without the container name";
            return Err(vec![Expected::new(problem, format!("{PREFIX}{}: {}", row.name, row.example))]);
        }
        let layer = self.containers.entry(container.to_owned()).or_default();
        (row.set)(layer, value)?;
        if layer.inject == Some(true) {
            let problem =
                "invalid value \"true\": one container accepts only \"false\"; to turn features on, use their keys";
            return Err(vec![Expected::new(problem, format!("{container}.{PREFIX}downward-env: true"))]);
        }
        Ok(())
    }

    fn take_unknown(&mut self, whole: &str, key: &Address<'_>, faults: &mut Faults) {
        let compared = self.unknown.len() + faults.count() < COMPARED;
        let Some(meant) = compared.then(|| nearest(key.name, KEYS.iter().map(|key| key.name))).flatten() else {
            return self.unknown.push(whole.to_owned());
        };
        self.inject_is_unclear |= meant == INJECT && key.container.is_none();
        let owner = key.container.map(|name| format!("{name}.")).unwrap_or_default();
        let problem = format!("unknown key; did you mean {owner}{PREFIX}{meant}?");
        faults.push(Fault::new(whole, Expected::new(problem, "")));
    }
}

/// Removes the space around a value. Keeps the indentation of the first of several lines, because YAML needs it.
fn trimmed(value: &str) -> &str {
    let trimmed = value.trim();
    if trimmed.contains('\n') { value.trim_end().trim_start_matches(['\n', '\r']) } else { trimmed }
}

fn above(prefix: &str, resource: Resource, requests: &Amounts, limits: &Amounts) -> Fault {
    let amount = |amounts: &Amounts| amounts.get(resource).map(Amount::as_str).unwrap_or_default().to_owned();
    let (name, request, limit) = (resource.as_str(), amount(requests), amount(limits));
    let problem = format!(
        "request {name}={request} exceeds the limit {name}={limit} in {prefix}limits: expected at most the limit"
    );
    Fault::new(&format!("{prefix}requests"), Expected::new(problem, format!("{name}={limit}")))
}

/// The parts of one of podwright's keys.
struct Address<'k> {
    container: Option<&'k str>,
    name: &'k str,
}

impl<'k> Address<'k> {
    fn of(whole: &'k str) -> Result<Self, Expected> {
        let (domain, name) = whole.split_once('/').unwrap_or((whole, ""));
        // The API server validates keys after the webhooks, so a key may have any characters and any length.
        let shown = shorten(name);
        let ours = PREFIX.trim_end_matches('/');
        if domain == ours {
            return Ok(Self { container: None, name });
        }
        let owner = domain.strip_suffix(ours).and_then(|owner| owner.strip_suffix('.'));
        match owner {
            Some(container) if containers::is_container_name(container) => {
                Ok(Self { container: Some(container), name })
            }
            Some(_) => Err(Expected::new(
                format!("unknown key: the part before .{ours} is not a container name"),
                format!("app.{PREFIX}{shown}"),
            )),
            None => Err(Expected::new(
                format!(
                    "unknown key: keys are in lower case; did you mean {}/{shown}?",
                    shorten(&domain.to_lowercase())
                ),
                "",
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(annotations: &[(&str, &str)]) -> Result<Directives, Faults> {
        let (directives, faults) = Directives::parse(annotations.iter().copied());
        faults.none_or(directives)
    }

    fn problems(annotations: &[(&str, &str)]) -> Vec<String> {
        parse(annotations).err().map(|faults| faults.named().iter().map(Fault::to_string).collect()).unwrap_or_default()
    }

    #[test]
    fn keys_of_others_are_not_ours() {
        for key in ["xpodwright.dev/inject", "podwright.dev.example.com/inject", "podwright.dev", "inject", "/", ""] {
            assert!(!is_ours(key), "{key}");
        }
        for key in ["podwright.dev/", "Podwright.Dev/inject", "app.podwright.dev/inject", "a.b.podwright.dev/x"] {
            assert!(is_ours(key), "{key}");
        }
    }

    #[test]
    fn under_inject_false_nothing_is_validated() {
        let opted_out = parse(&[("podwright.dev/pre-stop-sleep", "soon"), ("podwright.dev/inject", "false")]);
        assert_eq!(opted_out.map(|d| (d.pod.inject, d.pod.settings.is_empty())), Ok((Some(false), true)));
    }

    #[test]
    fn an_indented_probe_of_several_lines_is_read() {
        let indented = [("podwright.dev/liveness-probe", "\n  tcpSocket:\n    port: 80\n  periodSeconds: 5\n\n")];
        assert_eq!(problems(&indented), [""; 0]);
    }

    #[test]
    fn layers_are_kept_apart() {
        let directives = parse(&[
            ("podwright.dev/pre-stop-sleep", " 5s\n"),
            ("app.podwright.dev/pre-stop-sleep", "0"),
            ("db.podwright.dev/inject", "false"),
        ])
        .unwrap_or_default();
        assert!(matches!(directives.pod.settings.pre_stop_sleep, Some(Toggle::Value(five)) if five.get() == 5));
        assert_eq!(directives.containers.get("app").map(|l| &l.settings.pre_stop_sleep), Some(&Some(Toggle::Off)));
        assert_eq!(directives.containers.get("db").map(|l| l.inject), Some(Some(false)));
    }

    #[test]
    fn misplaced_and_mistyped_keys_say_what_was_meant() {
        for (key, told) in [
            ("a.b.podwright.dev/inject", "not a container name"),
            ("Podwright.dev/inject", "did you mean podwright.dev/inject?"),
            ("podwright.dev/Inject", "did you mean podwright.dev/inject?"),
            ("app.podwright.dev/downwardEnv", "did you mean app.podwright.dev/downward-env?"),
            ("app.podwright.dev/profile", "applies to the whole Pod"),
            ("app.podwright.dev/containers", "applies to the whole Pod"),
            ("app.podwright.dev/status", "applies to the whole Pod"),
            ("app.podwright.dev/termination-grace-period", "applies to the whole Pod"),
            ("app.podwright.dev/inject", "accepts only \"false\""),
        ] {
            let all = problems(&[(key, "true")]);
            assert!(all.len() == 1 && all.iter().all(|one| one.contains(told)), "{key}: {all:?}");
        }
    }

    #[test]
    fn a_key_cannot_speak_to_the_terminal_or_fill_the_message() {
        let long = format!("\u{b}inject{}", "t".repeat(500));
        for key in
            [format!("podwrighT.dev/{long}"), format!("a.b.podwright.dev/{long}"), format!("{long}.PODWRIGHT.dev/x")]
        {
            let all = problems(&[(&key, "true")]);
            assert!(all.len() == 1 && all.iter().all(|one| one.len() < 400 && !one.contains('\u{b}')), "{all:?}");
        }
    }

    #[test]
    fn a_key_that_resembles_none_is_only_noted() {
        let noted = parse(&[("podwright.dev/zz-from-the-future", "1"), ("podwright.dev/", "1")]).map(|d| d.unknown);
        assert_eq!(noted, Ok(vec!["podwright.dev/".into(), "podwright.dev/zz-from-the-future".into()]));
    }

    #[test]
    fn a_request_above_the_limit_of_its_own_layer_is_a_contradiction() {
        let all =
            problems(&[("podwright.dev/requests", "cpu=1,memory=2Gi"), ("podwright.dev/limits", "cpu=1,memory=1Gi")]);
        assert!(all.len() == 1 && all.iter().all(|one| one.contains("memory=2Gi")), "{all:?}");
        let own = problems(&[("app.podwright.dev/requests", "cpu=2"), ("podwright.dev/limits", "cpu=1")]);
        assert_eq!(own, [""; 0], "the more specific layer wins");
    }

    #[test]
    fn all_faults_are_found_at_once() {
        let all = problems(&[
            ("podwright.dev/inject", "yes"),
            ("podwright.dev/downward-env", "A,B"),
            ("app.podwright.dev/pre-stop-sleep", "soon"),
        ]);
        assert_eq!(all.len(), 4, "{all:?}");
    }
}
