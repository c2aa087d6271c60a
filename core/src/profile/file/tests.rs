//! Valid and invalid files, with the position and the text of each problem.

use std::collections::BTreeSet;

use super::*;
use crate::annotation::duration::GracePeriod;
use crate::annotation::keys::of_profiles;
use crate::annotation::value_shape::field_name;
use crate::annotation::{Settings, Toggle};
use crate::profile::Configuration;
use crate::profile::{DEFAULT_PROFILE, OnInvalidAnnotation, PreStopAction};

const HEAD: &str = "apiVersion: podwright.dev/v1alpha1\nkind: Configuration\n";

/// Parses a file with this text after its head of two lines.
fn parse(rest: &str) -> Result<Configuration, String> {
    let document = ConfigurationFile::parse(&format!("{HEAD}{rest}"));
    document.map(|document| document.configuration().clone()).map_err(|problems| problems.lines("F").join("\n"))
}

/// Returns the problems, a line each, without the file's name.
fn problems(rest: &str) -> Vec<String> {
    let told = parse(rest).err().unwrap_or_default();
    told.lines().map(|line| line.trim_start_matches("F:").to_owned()).collect()
}

/// Returns a profile of a valid file.
fn profile(rest: &str, name: &str) -> Settings {
    let configuration = parse(rest).unwrap_or_else(|told| unreachable!("{told}"));
    configuration.profile(name).cloned().unwrap_or_else(|| unreachable!("no {name}"))
}

fn sleep(settings: &Settings) -> Option<i64> {
    match settings.pre_stop_sleep {
        Some(Toggle::Value(seconds)) => Some(seconds.get()),
        _ => None,
    }
}

#[test]
fn the_built_in_file_is_valid_and_complete() {
    let parsed = ConfigurationFile::parse(BUILT_IN).map(|document| document.configuration().clone());
    assert_eq!(parsed.map_err(|problems| problems.lines("built_in.yaml").join("\n")), Ok(Configuration::default()));
    assert_eq!(parse(""), Ok(Configuration::default()));
}

#[test]
fn a_shown_configuration_parses_to_the_same() {
    for rest in ["", "profiles: {default: {requests: {cpu: 2}, limits: {}, preStopSleep: false}, a: {extends: web}}"] {
        let document =
            ConfigurationFile::parse(&format!("{HEAD}{rest}")).unwrap_or_else(|told| unreachable!("{told:?}"));
        let shown = serde_saphyr::to_string(&document).unwrap_or_default();
        let again = ConfigurationFile::parse(&shown).map(|document| document.configuration().clone());
        assert_eq!(again.as_ref(), Ok(document.configuration()), "{shown}");
    }
}

#[test]
fn json_is_yaml_too() {
    let json = "{\n\t\"apiVersion\": \"podwright.dev/v1alpha1\", \"kind\": \"Configuration\",\n\t\"onInvalidAnnotation\": \
                \"Warn\",\n\t\"profiles\": {\"a\": {\"preStopSleep\": 7}}}";
    let configuration = ConfigurationFile::parse(json).map(|document| document.configuration().clone());
    let read = configuration.map(|it| (it.on_invalid_annotation, it.profile("a").and_then(sleep)));
    assert_eq!(read, Ok((OnInvalidAnnotation::Warn, Some(7))));
}

#[test]
fn the_fields_beside_the_profiles() {
    let configuration = parse("onInvalidAnnotation: Warn\npreStopAction: Exec\nexcludeContainers: [a, b]\n");
    let read = configuration.map(|it| (it.on_invalid_annotation, it.pre_stop_action, it.exclude_containers));
    assert_eq!(read, Ok((OnInvalidAnnotation::Warn, PreStopAction::Exec, ["a".to_owned(), "b".to_owned()].into())));
    assert_eq!(parse("excludeContainers: []").map(|it| it.exclude_containers), Ok(BTreeSet::new()));
    let owners = parse("ownerKinds: [CloneSet.apps.kruise.io, Node]").map(|it| it.owner_kinds);
    assert_eq!(owners, Ok(["CloneSet.apps.kruise.io".to_owned(), "Node".to_owned()].into()));
    let nothing = "onInvalidAnnotation:\npreStopAction: ~\nexcludeContainers: null\nownerKinds:\nprofiles:\n";
    assert_eq!(parse(nothing), Ok(Configuration::default()));
}

#[test]
fn every_setting_is_read_from_its_keys_example_and_from_its_other_form() {
    // The grammar of probes has tests of its own.
    for (key, shape) in of_profiles().filter(|(_, shape)| *shape != crate::annotation::value_shape::ValueShape::Probe) {
        let field = field_name(key.name);
        let text = profile(&format!("profiles: {{a: {{{field}: '{}'}}}}", key.example), "a");
        assert!(!text.is_empty(), "{field}");
        let other = written_profile::example(key, shape);
        assert_eq!(profile(&format!("profiles: {{a: {{{field}: {other}}}}}"), "a"), text, "{field}: {other}");
    }
}

#[test]
fn numbers_are_quantities_and_durations() {
    let a = "{requests: {cpu: 2, memory: 1e9}, limits: {cpu: 2.5}, preStopSleep: 5, terminationGracePeriod: 60}";
    let numbers = profile(&format!("profiles: {{a: {a}}}"), "a");
    let text = "{requests: 'cpu=2,memory=1000000000.0', limits: cpu=2.5, preStopSleep: 5s, terminationGracePeriod: 1m}";
    assert_eq!(numbers, profile(&format!("profiles: {{a: {text}}}"), "a"));
}

#[test]
fn a_probe_may_be_a_mapping() {
    // A problem would show the mapping as an annotation's text.
    let told = problems("profiles:\n  a:\n    readinessProbe: {tcpSocket: {port: 80}, periodSeconds: 5}\n");
    let text = r#"5:21: profiles.a.readinessProbe: "{"periodSeconds":5,"tcpSocket":{"port":80}}""#;
    assert!(told.is_empty() || told.iter().all(|line| line.starts_with(text)), "{told:?}");
}

#[test]
fn a_childs_fields_replace_and_the_rest_is_its_parents() {
    let rest = "profiles:
  base: {preStopSleep: 9s, requests: {cpu: 1, memory: 1Gi}, downwardEnv: [POD_IP], downwardVolume: /a}
  mid: {extends: base, requests: {cpu: 2}}
  child: {extends: mid, downwardEnv: POD_NAME, preStopSleep: null, downwardVolume: false}
";
    let child = profile(rest, "child");
    assert_eq!(child.requests, profile("profiles: {a: {requests: cpu=2}}", "a").requests, "a mapping replaces");
    assert_eq!(child.downward_env, profile("profiles: {a: {downwardEnv: [POD_NAME]}}", "a").downward_env);
    assert_eq!((child.pre_stop_sleep, child.downward_volume), (None, Some(Toggle::Off)));
    assert_eq!(sleep(&profile(rest, "mid")), Some(9));
}

#[test]
fn off_and_empty() {
    let off = profile(
        "profiles: {a: {requests: {}, downwardEnv: [], preStopSleep: 0, limits: 'false', terminationGracePeriod: false}}",
        "a",
    );
    assert_eq!((off.requests, off.limits), (Some(Toggle::Off), Some(Toggle::Off)));
    assert_eq!((off.downward_env, off.pre_stop_sleep), (Some(Toggle::Off), Some(Toggle::Off)));
    assert_eq!(off.termination_grace_period, Some(Toggle::Value(GracePeriod::AsItIs)));
    assert!(profile("profiles: {a: {}}", "a").is_empty());
}

#[test]
fn a_files_default_replaces_the_built_in_one_for_web_too() {
    let rest = "profiles: {default: {preStopSleep: 9s}, a: {extends: default}}";
    for name in [DEFAULT_PROFILE, "a", "web"] {
        let read = profile(rest, name);
        assert_eq!((sleep(&read), read.requests), (Some(9), None), "{name}");
    }
    assert!(profile("profiles: {web: {preStopSleep: 1}}", "web").requests.is_none(), "a file's web extends nothing");
    assert_eq!(profile("profiles: {a: {extends: default}}", "a"), profile("", DEFAULT_PROFILE));
}

#[test]
fn each_problem_has_its_position() {
    #[rustfmt::skip]
    let cases = [
        ("profile: {}", "3:1: profile: unknown field; did you mean profiles?"),
        ("zz: {}", "3:1: zz: unknown field; expected one of apiVersion, kind, metadata, onInv"),
        ("kind: List", "3:1: kind: repeated field, first in line 2; expected each field once"),
        ("onInvalidAnnotation: deny", "3:22: onInvalidAnnotation: unknown value \"deny\": expected Deny or Warn, for example \"Deny\""),
        ("preStopAction: [Sleep]", "3:16: preStopAction: found a list; expected a string, for example Sleep"),
        ("excludeContainers: istio-proxy", "3:20: excludeContainers: found a string, \"istio-proxy\"; expected a list of container names, for example [istio-proxy]"),
        ("excludeContainers: [a, B, 1]", "3:24: excludeContainers[1]: invalid container name \"B\": expected"),
        ("excludeContainers: [a, 1]", "3:24: excludeContainers[1]: found a number, 1; expected a container name, for example istio-proxy"),
        ("ownerKinds: Node", "3:13: ownerKinds: found a string, \"Node\"; expected a list of kinds with their API groups, for example [CloneSet.apps.kruise.io]"),
        ("ownerKinds: [clonesets.apps.kruise.io, {}]", "3:14: ownerKinds[0]: invalid kind \"clonesets.apps.kruise.io\": expected a kind, which"),
        ("ownerKinds: [Node, {}]", "3:20: ownerKinds[1]: found a mapping; expected a kind with its API group, for example CloneSet.apps.kruise.io"),
        ("profiles: [web]", "3:11: profiles: found a list; expected a mapping, for example web: {"),
        ("profiles:\n  Web: {}", "4:3: profiles.Web: invalid profile name \"Web\": expected at most 63"),
        ("profiles:\n  a/b: {}", "4:3: profiles.a/b: invalid profile name \"a/b\""),
        ("profiles:\n  web:", "4:6: profiles.web: found null; expected a mapping, for example {preStopSleep: 5s}, or {} for"),
        ("profiles: {web: {extend: default}}", "3:18: profiles.web.extend: unknown field; did you mean extends?"),
        ("profiles: {web: {extends: defualt}}", "3:27: profiles.web.extends: unknown profile \"defualt\": did you mean default?"),
        ("profiles: {a: {extends: zz}}", "3:25: profiles.a.extends: unknown profile \"zz\": expected one of a, default, web"),
        ("profiles: {a: {extends: a}}", "3:25: profiles.a.extends: cycle: a extends a; remove"),
        ("profiles: {c: {extends: a}, a: {extends: b}, b: {extends: a}}", "3:42: profiles.a.extends: cycle: a extends b extends a; remove"),
        ("profiles: {default: {extends: web}}", "3:31: profiles.default.extends: cycle: default extends web extends default (web is the built-in profile)"),
        ("profiles: {a: {extends: [b]}}", "3:25: profiles.a.extends: found a list; expected a string"),
        ("profiles: {a: {readiness-probe: tcp}}", "3:16: profiles.a.readiness-probe: unknown field; did you mean readinessProbe?"),
        ("profiles: {a: {inject: true}}", "3:16: profiles.a.inject: unknown field; expected one of extends, downwardEnv, "),
        ("profiles: {a: {preStopSleep: soon}}", "3:30: profiles.a.preStopSleep: invalid duration \"soon\": expected whole seconds such as 5s, 5 or 1m30s"),
        ("profiles: {a: {preStopSleep: 1.5}}", "3:30: profiles.a.preStopSleep: invalid duration \"1.5\""),
        ("profiles: {a: {preStopSleep: [5]}}", "3:30: profiles.a.preStopSleep: found a list; expected whole seconds, as a number or a duration, for example 5s"),
        ("profiles: {a: {preStopSleep: true}}", "3:30: profiles.a.preStopSleep: invalid value true: only annotations accept it, for the profile's value; expected a value, false (off) or null"),
        ("profiles: {a: {preStopSleep: ' true'}}", "3:30: profiles.a.preStopSleep: invalid value true"),
        ("profiles: {a: {preStopSleep: .inf}}", "3:30: profiles.a.preStopSleep: invalid duration \".inf\""),
        ("profiles: {a: {terminationGracePeriod: 0}}", "3:40: profiles.a.terminationGracePeriod: invalid grace period \"0\": the Pod"),
        ("profiles: {a: {downwardVolume: 5}}", "3:32: profiles.a.downwardVolume: found a number, 5; expected a string, for example /etc/podinfo"),
        ("profiles: {a: {terminationMessagePolicy: file}}", "3:42: profiles.a.terminationMessagePolicy: invalid policy \"file\""),
        ("profiles: {a: {readinessProbe: 8080}}", "3:32: profiles.a.readinessProbe: found a number, 8080; expected a string, or a Probe of the API as a mapping"),
        ("profiles: {a: {downwardEnv: {a: b}}}", "3:29: profiles.a.downwardEnv: found a mapping; expected a list of strings, or one string with commas, for example [POD_NAME, "),
        ("profiles:\n  a:\n    downwardEnv:\n    - POD_NAME\n    - POD_NAM\n", "7:7: profiles.a.downwardEnv[1]: unknown name \"POD_NAM\""),
        ("profiles: {a: {downwardEnv: [POD_IP, 'POD_IP,POD_UID']}}", "3:38: profiles.a.downwardEnv[1]: found a string, \"POD_IP,POD_UID\"; expected a string without commas"),
        ("profiles: {a: {downwardEnv: [POD_IP, POD_IP]}}", "3:29: profiles.a.downwardEnv: repeated variable POD_IP"),
        ("profiles: {a: {downwardEnv: [null]}}", "3:30: profiles.a.downwardEnv[0]: found null; expected a string without commas"),
        ("profiles: {a: {requests: {gpu: 1}}}", "3:27: profiles.a.requests.gpu: unknown resource; expected cpu, memory or ephemeral-storage"),
        ("profiles: {a: {requests: {cpu: 1, memory: 128m}}}", "3:43: profiles.a.requests.memory: invalid memory quantity \"128m\": expected whole bytes"),
        ("profiles: {a: {requests: {cpu: '1,memory=1'}}}", "3:32: profiles.a.requests.cpu: found a string, \"1,memory=1\"; expected a quantity"),
        ("profiles: {a: {requests: {'cpu=1,memory': 1}}}", "3:27: profiles.a.requests.cpu=1,memory: unknown resource"),
        ("profiles: {a: {requests: {cpu: null}}}", "3:32: profiles.a.requests.cpu: found null; expected a quantity"),
        ("profiles: {a: {requests: 5}}", "3:26: profiles.a.requests: found a number, 5; expected a mapping of cpu, memory and ephemeral-storage to quantities"),
        ("profiles: {a: {requests: cpu=2, limits: cpu=1}}", "3:26: profiles.a.requests: the cpu request 2 exceeds the profile's limit 1; expected at most the limit, for example requests: {cpu: 1}"),
        ("profiles: {a: {extends: default, limits: {cpu: 50m}}}", "3:42: profiles.a.limits: the cpu request 100m exceeds the profile's limit 50m"),
        ("profiles: {default: {requests: cpu=2, limits: cpu=1}}", "3:32: profiles.default.requests: the cpu request"),
        ("profiles: {a: {requests: {cpu: 1, cpu: 1}}}", "3:35: profiles.a.requests.cpu: repeated field, first in line 3"),
        ("profiles: {a: {}, a: {}}", "3:19: profiles.a: repeated field, first in line 3"),
        ("x: [", "3:4: unclosed bracket '['"),
        ("a: b: c", "3:5: mapping values are not allowed in this context"),
        ("---\na: 1", "4:1: several YAML documents; expected one"),
    ];
    for (rest, expected) in cases {
        let told = problems(rest);
        assert!(told.iter().any(|line| line.starts_with(expected)), "{rest}\n{expected}\n{told:#?}");
        let several = ["excludeContainers: [a, B, 1]", "ownerKinds: [c", "zz", "profile: {}"]
            .iter()
            .any(|it| rest.starts_with(it));
        assert!(told.len() == 1 || several, "{rest}: {told:#?}");
    }
}

#[test]
fn files_of_another_kind() {
    for (text, expected) in [
        (
            "",
            "1:1: the file is empty; expected a mapping, for example apiVersion: podwright.dev/v1alpha1, kind: Configuration",
        ),
        ("[]", "1:1: the file is a list; expected a mapping"),
        ("kind: Configuration", "1:1: the file has no apiVersion; expected apiVersion: podwright.dev/v1alpha1"),
        (
            "apiVersion: v1\nkind: ConfigMap\ndata: {}",
            "1:13: apiVersion: unsupported value \"v1\"; expected \"podwright.dev/v1alpha1\"",
        ),
        ("apiVersion: v1\nkind: ConfigMap\ndata: {}", "2:7: kind: unsupported value \"ConfigMap\""),
        ("apiVersion: 1\nkind: Configuration", "1:13: apiVersion: found a number; expected"),
    ] {
        let told = ConfigurationFile::parse(text).map(|_| ()).map_err(|problems| problems.lines("F").join("\n"));
        let told = told.err().unwrap_or_default();
        assert!(told.lines().any(|line| line.starts_with(&format!("F:{expected}"))), "{text}: {told}");
    }
}

#[test]
fn all_problems_are_reported_in_order() {
    let told = problems(
        "preStopAction: Nap\nprofiles:\n  b: {extends: a, requests: {cpu: x, memory: y}}\n  a: {extends: b, downwardEnv: [A, B], \
         x: 1}\nonInvalidAnnotation: 1\n",
    );
    let places: Vec<&str> = told.iter().filter_map(|line| line.split(": ").next()).collect();
    assert_eq!(places, ["3:16", "5:35", "5:46", "6:16", "6:33", "6:36", "6:40", "7:22"], "{told:#?}");
}

#[test]
fn a_problem_in_an_anchor_has_the_anchors_position() {
    let told = problems("profiles:\n  a: &a\n    preStopSleep: soon\n  b: *a\n  c: {<<: *a, downwardVolume: /x}\n");
    let expected = ["5:19: profiles.a.preStopSleep", "5:19: profiles.b.preStopSleep", "5:19: profiles.c.preStopSleep"];
    assert!(told.iter().zip(expected).all(|(line, start)| line.starts_with(start)) && told.len() == 3, "{told:#?}");
}

#[test]
fn hostile_files_are_bounded() {
    let bomb = (0..12).fold("x0: &x0 [a]\n".to_owned(), |text, n| {
        let of = format!("*x{n},").repeat(10);
        format!("{text}x{0}: &x{0} [{of}]\n", n + 1)
    });
    let chain = (1..2000).map(|n| format!("  p{n}: {{extends: p{}}}\n", n - 1)).collect::<String>();
    let unknown = (0..20_000).map(|n| format!("k{n}: \"\\e[31m\"\n")).collect::<String>();
    let env = format!("profiles: {{a: {{downwardEnv: [{}]}}}}", "x,".repeat(40_000));
    for text in [
        "[".repeat(100_000),
        "{a: ".repeat(100_000),
        "- ".repeat(100_000),
        bomb,
        format!("profiles:\n  p0: {{extends: p1999}}\n{chain}"),
        unknown,
        env,
        format!("profiles: {{a: {{preStopSleep: {}}}}}", "9".repeat(900_000)),
        format!("profiles: {{{}: {{}}}}", "x".repeat(900_000)),
        "x".repeat(BYTES + 1),
        "\0\u{1b}".to_owned(),
    ] {
        let lines = problems(&text);
        assert!(!lines.is_empty() && lines.len() <= 101, "{}", lines.len());
        assert!(lines.iter().all(|line| line.len() < 1500 && !line.contains(char::is_control)), "{lines:?}");
    }
}

#[test]
fn a_line_is_short_however_deep_the_field() {
    let long = "x".repeat(200);
    let deep = format!("{}a: 1, a: 2{}", format!("{long}: {{").repeat(20), "}".repeat(20));
    let told = problems(&format!("profiles: {{{deep}}}"));
    assert!(told.iter().any(|line| line.contains("repeated field")), "{told:?}");
    assert!(told.iter().all(|line| line.chars().count() < 900), "{told:?}");
}

#[test]
fn many_problems_are_counted() {
    let text = (0..250).map(|n| format!("k{n}: 1\n")).collect::<String>();
    assert_eq!(problems(&text).last().map(String::as_str), Some(" and 150 more"));
}

#[test]
fn the_schema_has_every_field() {
    let schema = schema();
    let properties = |at: &str| schema.pointer(at).and_then(|it| it.as_object()).cloned().unwrap_or_default();
    for field in
        ["apiVersion", "kind", "onInvalidAnnotation", "preStopAction", "excludeContainers", "ownerKinds", "profiles"]
    {
        assert!(properties("/properties").contains_key(field), "{field}");
    }
    let profile = properties("/definitions/profile/properties");
    assert_eq!(profile.len(), of_profiles().count() + 1);
    assert!(of_profiles().all(|(key, _)| profile.contains_key(&field_name(key.name))));
}

#[test]
fn warnings_have_positions() {
    let doubts = |rest: &str| match ConfigurationFile::parse(&format!("{HEAD}{rest}")) {
        Ok(document) => document.warnings().warning_lines("F"),
        Err(problems) => unreachable!("{problems:?}"),
    };
    for (rest, expected) in [
        (
            "profiles: {a: {preStopSleep: 5, terminationGracePeriod: 5}}",
            vec!["F:3:30: warning: profiles.a.preStopSleep: a sleep of 5s"],
        ),
        (
            "profiles: {a: {extends: default, terminationGracePeriod: 4}}",
            vec!["F:3:58: warning: profiles.a.terminationGracePeriod: a sleep of 5s"],
        ),
        (
            "profiles: {a: {preStopSleep: 30, terminationGracePeriod: false}}",
            vec![
                "F:3:30: warning: profiles.a.preStopSleep: a sleep of 30s leaves less than a second of a Pod's default grace period of 30s",
            ],
        ),
        (
            "profiles: {b: {extends: a}, a: {preStopSleep: 5, terminationGracePeriod: 5}}",
            vec!["F:3:47: warning: profiles.a."],
        ),
        (
            "profiles: {a: {requests: {cpu: 100, memory: 128}, limits: {memory: 128Mi}}}",
            vec![
                "F:3:26: warning: profiles.a.requests: cpu 100 is at least 100 cores and probably a typo; add a unit, for example 100m; memory 128 is below 4Mi",
            ],
        ),
        ("profiles: {a: {preStopSleep: 5, terminationGracePeriod: 6}}", vec![]),
        ("profiles: {a: {preStopSleep: 29, terminationGracePeriod: false}}", vec![]),
        ("profiles: {a: {preStopSleep: 600}}", vec![]),
        ("profiles: {a: {preStopSleep: false, terminationGracePeriod: 1}}", vec![]),
        ("", vec![]),
    ] {
        let told = doubts(rest);
        assert_eq!(told.len(), expected.len(), "{rest}: {told:#?}");
        assert!(told.iter().zip(expected).all(|(line, start)| line.starts_with(start)), "{rest}: {told:#?}");
    }
}
