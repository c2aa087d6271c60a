//! The configuration's schema beside the parser: for generated values of each setting, it accepts every value that podwright
//! accepts, and it refuses the others. The exceptions are in `is_beyond_patterns`.

use std::sync::OnceLock;

use jsonschema::Validator;
use podwright::annotation::keys::of_profiles;
use podwright::annotation::value_shape::{ValueShape, field_name};
use podwright::profile::file::{ConfigurationFile, schema};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{RngSeed, TestRunner};
use serde_json::{Value, json};

const DURATIONS: &[&str] = &[
    "0", "5", "30", "61", "168", "604800", "604801", "10081", "m", "s", "h", " ", "ms", "000ms", "min", "hours",
    "secs", ".5", ".0", ":00", ", ", "x", "d", "-", " ago", "PT",
];
const AMOUNTS: &[&str] = &[
    "cpu",
    "memory",
    "ephemeral-storage",
    "=",
    ",",
    "100",
    "0.5",
    "1",
    "1.0625",
    "Mi",
    "G",
    "k",
    "m",
    "u",
    "n",
    "e3",
    "e-3",
    ".",
    "-",
    "+",
    "0",
    "000",
    " ",
    "gpu",
    "mb",
];
const VARIABLES: &[&str] =
    &["POD_NAME", "POD_IP", "OTEL", "GOMEMLIMIT", "A", "=", "metadata.name", "limits.memory", ",", " ", "9", "x", "-"];
const PATHS: &[&str] = &[
    "/",
    "etc",
    "proc",
    "dev",
    "shm",
    "..",
    ".",
    "a",
    "C:",
    "c:",
    "\\",
    "windows",
    "hosts",
    ":",
    "*",
    " ",
    "termination-log",
];
const PROBES: &[&str] = &[
    "http",
    "https",
    "tcp",
    "grpc",
    "exec",
    ":",
    "8080",
    "/ready",
    " ",
    "period=5s",
    "failure=3",
    "delay=0",
    "grace=3s",
    "'",
    "\"",
    "\\",
    "x",
    "{",
    "}",
    "\n",
    "tcpSocket: ",
    "{port: 1}",
    "#",
];

/// Values of any type, valid for some setting.
fn scalars() -> impl Strategy<Value = Value> {
    let all = vec![
        json!(true),
        json!(false),
        json!(null),
        json!(0),
        json!(1),
        json!(-1),
        json!(604_800),
        json!(604_801),
        json!(1.5),
        json!(""),
        json!(" "),
        json!("true"),
        json!("false"),
        json!(" false "),
        json!([]),
        json!({}),
        json!(["POD_NAME"]),
        json!(["POD_NAME", "POD_IP,A"]),
        json!([1]),
        json!([""]),
        json!([" POD_NAME "]),
        json!({"cpu": 1}),
        json!({"cpu": 0.5, "memory": "1Gi"}),
        json!({"cpu": -1}),
        json!({"memory": 0.5}),
        json!({"gpu": 1}),
        json!({"cpu": null}),
        json!({"cpu": true}),
        json!("File"),
        json!(" File "),
        json!("file"),
        json!({"a": {"b": []}}),
    ];
    select(all)
}

fn joined(tokens: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::collection::vec(select(tokens), 1..8).prop_map(|tokens| tokens.concat())
}

/// A Probe of the API, with mistakes.
fn probe() -> impl Strategy<Value = Value> {
    let actions = vec![
        ("tcpSocket", json!({"port": 8080})),
        ("tcpSocket", json!({})),
        ("tcpSocket", json!({"port": "web"})),
        ("tcpSocket", json!({"port": "-web"})),
        ("tcpSocket", json!({"port": 0})),
        ("tcpSocket", json!(null)),
        ("tcpSocket", json!({"host": "a"})),
        ("tcpSocket", json!({"host": ""})),
        ("tcpSocket", json!([])),
        ("httpGet", json!({"path": "/", "port": "8080", "scheme": "HTTPS"})),
        ("httpGet", json!({"scheme": "https"})),
        ("httpGet", json!({"httpHeaders": [{"name": "A", "value": "b"}]})),
        ("httpGet", json!({"httpHeaders": [{"name": "A b"}]})),
        ("httpGet", json!({"httpHeaders": [{"name": "A", "also": 1}]})),
        ("httpGet", json!({"path": 1})),
        ("grpc", json!({"port": 9090, "service": "a"})),
        ("grpc", json!({"port": "web"})),
        ("grpc", json!({"port": "9090"})),
        ("exec", json!({"command": ["a", "b"]})),
        ("exec", json!({"command": []})),
        ("exec", json!({"command": [1]})),
        ("exec", json!({})),
        ("http", json!({})),
    ];
    let options = vec![
        "initialDelaySeconds",
        "periodSeconds",
        "timeoutSeconds",
        "successThreshold",
        "failureThreshold",
        "terminationGracePeriodSeconds",
        "period",
    ];
    let numbers = vec![
        json!(0),
        json!(1),
        json!(2),
        json!(-1),
        json!(604_800),
        json!(604_801),
        json!(null),
        json!("5"),
        json!(1.5),
    ];
    let fields = prop::collection::vec((select(options), select(numbers)), 0..3);
    (prop::collection::vec(select(actions), 0..3), fields).prop_map(|(actions, fields)| {
        actions
            .into_iter()
            .chain(fields)
            .map(|(name, value)| (name.to_owned(), value))
            .collect::<serde_json::Map<_, _>>()
            .into()
    })
}

/// Values for settings of this form.
fn values(shape: ValueShape) -> BoxedStrategy<Value> {
    let texts = |tokens| joined(tokens).prop_map(Value::from).boxed();
    let of_shape = match shape {
        ValueShape::Duration => texts(DURATIONS),
        ValueShape::Amounts => {
            let amount =
                (select(&["cpu", "memory"][..]), joined(&AMOUNTS[5..23])).prop_map(|(name, text)| json!({name: text}));
            prop_oneof![texts(AMOUNTS), amount].boxed()
        }
        ValueShape::List => {
            let list = prop::collection::vec(joined(VARIABLES), 0..3).prop_map(Value::from);
            prop_oneof![texts(VARIABLES), list].boxed()
        }
        ValueShape::Text | ValueShape::Word(_) => texts(PATHS),
        ValueShape::Probe => prop_oneof![texts(PROBES), probe()].boxed(),
    };
    prop_oneof![1 => scalars(), 4 => of_shape].boxed()
}

/// Returns whether the parser's reason is one that no pattern can find.
fn is_beyond_patterns(shape: ValueShape, value: &Value, problems: &str) -> bool {
    let text = value.as_str().unwrap_or_default();
    match shape {
        // The sum of the parts; fractions, and the separators of the parts.
        ValueShape::Duration => {
            problems.contains("at most a week") || text.contains(['.', ',', ':']) || text.contains("ms")
        }
        // A resource twice; fractions of a binary unit, and exponents.
        ValueShape::Amounts => {
            let has = |part: &str| value.to_string().contains(part);
            problems.contains("repeated resource") || has("e3") || has("e-3") || has("Mi") || has("G") || is_fine(value)
        }
        // A name twice, and the grammar of sources.
        ValueShape::List => problems.contains("repeated variable") || value.to_string().contains('='),
        // The meaning of `.` and `..` in a path, and blanks around it that look like a name.
        ValueShape::Text | ValueShape::Word(_) => text.contains('.') || text.trim() != text,
        // The words of a shell, YAML in a text, and the values of options.
        ValueShape::Probe => value.is_string(),
    }
}

/// Returns whether a number of cores has more than three decimals, which editors cannot compare without rounding.
fn is_fine(value: &Value) -> bool {
    value.get("cpu").is_some_and(|cpu| cpu.as_f64().is_some_and(|cpu| (cpu * 1000.0).fract() != 0.0))
}

fn validator() -> &'static Validator {
    static VALIDATOR: OnceLock<Validator> = OnceLock::new();
    VALIDATOR.get_or_init(|| jsonschema::validator_for(&schema()).expect("a schema"))
}

fn file(field: &str, value: &Value) -> Value {
    json!({"apiVersion": "podwright.dev/v1alpha1", "kind": "Configuration", "profiles": {"own": {field: value}}})
}

/// Returns the parser's problems.
fn problems(file: &Value) -> Option<String> {
    ConfigurationFile::parse(&file.to_string()).err().map(|problems| problems.lines("file").join("\n"))
}

#[test]
fn the_schema_accepts_what_the_parser_accepts() {
    let mut failed = Vec::new();
    for (key, shape) in of_profiles() {
        let field = field_name(key.name);
        let default = ProptestConfig::default();
        // The same values each time, so that no change fails by chance.
        let is_chosen = std::env::var_os("PROPTEST_RNG_SEED").is_some();
        let rng_seed = if is_chosen { default.rng_seed } else { RngSeed::Fixed(7) };
        let config = ProptestConfig { cases: 3_000, failure_persistence: None, rng_seed, ..default };
        let mut runner = TestRunner::new(config);
        let compared = runner.run(&values(shape), |value| {
            let file = file(&field, &value);
            match (problems(&file), validator().is_valid(&file)) {
                (None, accepted) => prop_assert!(accepted, "the schema refuses {field}: {value}"),
                (Some(told), true) => {
                    prop_assert!(
                        is_beyond_patterns(shape, &value, &told),
                        "the schema accepts {field}: {value}: {told}"
                    );
                }
                (Some(_), false) => {}
            }
            Ok(())
        });
        failed.extend(compared.err().map(|error| format!("{field}: {error}")));
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn mistakes_of_each_setting_are_refused() {
    for (field, value) in [
        ("preStopSleep", json!("x")),
        ("preStopSleep", json!("5 apples")),
        ("preStopSleep", json!("500ms")),
        ("preStopSleep", json!("1.5s")),
        ("preStopSleep", json!("604801")),
        ("terminationGracePeriod", json!(0)),
        ("terminationGracePeriod", json!("0s")),
        ("requests", json!({"memory": "128mb"})),
        ("requests", json!({"memory": "128m"})),
        ("requests", json!({"cpu": "0.5m"})),
        ("limits", json!("memory")),
        ("limits", json!("gpu=1")),
        ("downwardEnv", json!(["POD_NAMES"])),
        ("downwardEnv", json!("POD_NAME,,POD_IP")),
        ("downwardVolume", json!("etc/podinfo")),
        ("downwardVolume", json!("/proc/a")),
        ("terminationMessagePath", json!("/a//b")),
        ("terminationMessagePath", json!("/a/")),
        ("readinessProbe", json!("httpx:8080")),
        ("readinessProbe", json!("http:8080 every=5s")),
        ("readinessProbe", json!({"tcpSocket": {}, "terminationGracePeriodSeconds": 5})),
        ("livenessProbe", json!({"tcpSocket": {}, "successThreshold": 2})),
        ("livenessProbe", json!({"tcpSocket": {}, "grpc": {}})),
        ("startupProbe", json!({"periodSeconds": 5})),
    ] {
        let file = file(field, &value);
        assert!(problems(&file).is_some(), "podwright accepts {field}: {value}");
        assert!(!validator().is_valid(&file), "the schema accepts {field}: {value}");
    }
}
