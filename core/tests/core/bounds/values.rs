//! The largest values: read within bounds, and multiplied by containers within bounds.

use serde_json::{Value, json};

use super::{annotations, applied, injected, pod};

/// A mebibyte of wishes, and the text around it in a patch.
const PATCH: usize = 1_300_000;

/// The bytes of the patch, after which a second round changes nothing; 0 if the Pod stays unchanged.
fn at_rest(pod: &Value) -> usize {
    let first = injected(pod).unwrap_or_else(|error| panic!("{error}"));
    let Some(patch) = &first.patch else {
        super::assert_left_as_it_is(pod);
        return 0;
    };
    let second = injected(&applied(pod, &first)).unwrap();
    assert!(second.patch.is_none() && second.report == first.report, "{:?}", second.report.warnings);
    patch.as_json().len()
}

#[test]
fn a_probe_of_eight_kilobytes_for_each_of_many_containers_has_an_end() {
    let word = |c: &str, count: usize| c.repeat(count);
    let probes = [
        format!("tcp {}", word(" ", 8000)),
        format!("http:/{}", word("x", 8000)),
        format!("http:/{}", word("ü", 4000)),
        format!("exec:'{}'", word("a ", 4000)),
        // Each of these takes two bytes as JSON, and one here.
        format!("exec:\n  command:\n  - |\n    {}\n", word("\"", 8000)),
        format!("exec:\n  command:\n  - |\n    x\n{}", word("\n", 8000) + "    x"),
        format!("httpGet:\n  path: '/{}'\n", word("\\", 8000)),
        format!("http header=A:{} header=B:x", word("\\\\", 4000)),
    ];
    for (probe, containers) in probes.into_iter().zip([4096, 4096].into_iter().chain(std::iter::repeat(300))) {
        let mut many = pod(annotations(&[("podwright.dev/readiness-probe", probe.clone())]), containers);
        for container in many["spec"]["containers"].as_array_mut().unwrap() {
            container["ports"] = json!([{"containerPort": 8080}]);
        }
        // A Pod's exec probe is for its main container only; a container's own key is for that container.
        if probe.starts_with("exec") {
            // A Pod may have 8 KiB of probes in YAML.
            let count = if probe.contains('\n') { 0 } else { 10 };
            let own = (0..count).map(|n| (format!("c{n}.podwright.dev/readiness-probe"), json!(probe)));
            let own = own.chain((0..count).map(|n| (format!("c{n}.podwright.dev/liveness-probe"), json!(probe))));
            many["metadata"]["annotations"].as_object_mut().unwrap().extend(own.collect::<Vec<_>>());
        }
        let start: String = probe.chars().take(30).collect();
        let patch = at_rest(&many);
        assert!(patch < PATCH, "{start}: {patch}");
    }
    let longer = annotations(&[("podwright.dev/readiness-probe", format!("http:/{}", word("x", 8190)))]);
    assert!(injected(&pod(longer, 1)).is_err_and(|told| told.contains("too long")));
}

#[test]
fn texts_that_take_more_as_json_than_here_have_an_end_too() {
    let path = format!("/{}", "\"".repeat(500));
    for key in ["downward-volume", "termination-message-path"] {
        let many = pod(annotations(&[(&format!("podwright.dev/{key}"), path.clone())]), 4096);
        assert!(at_rest(&many) < PATCH, "{key}");
    }
    let mut dear = pod(annotations(&[("podwright.dev/downward-env", "A=container.image".into())]), 2);
    dear["spec"]["containers"][0]["image"] = json!("$".repeat(900_000));
    super::assert_left_as_it_is(&dear);
}

#[test]
fn amounts_of_many_digits_for_each_of_many_containers_have_an_end() {
    let zeros = "0".repeat(200_000);
    for amount in
        [format!("cpu={zeros}1"), format!("memory={zeros}"), format!("memory=1e{zeros}1"), format!("cpu=1.{zeros}")]
    {
        let many = pod(annotations(&[("podwright.dev/requests", amount.clone())]), 20);
        match injected(&many) {
            Err(message) => assert!(message.contains("is too long") || message.contains("expected"), "{message}"),
            Ok(_) => assert!(at_rest(&many) < PATCH),
        }
    }
}

#[test]
fn a_probe_that_nests_deeply_is_refused_in_a_sentence() {
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        for depth in [10, 100, 1000] {
            let deep = format!("{{\"httpGet\":{}1{}}}", open.repeat(depth), close.repeat(depth));
            let told = injected(&pod(annotations(&[("podwright.dev/readiness-probe", deep)]), 1)).unwrap_err();
            assert!(told.len() < 2000 && told.contains("podwright.dev/readiness-probe"), "{told}");
        }
    }
    let wide =
        format!("{{{}\"tcpSocket\":{{\"port\":80}}}}", (0..700).map(|n| format!("\"a{n}\":1,")).collect::<String>());
    let told = injected(&pod(annotations(&[("podwright.dev/readiness-probe", wide)]), 1)).unwrap_err();
    assert!(told.len() <= 4096 && told.contains("17 errors in the annotations"), "{told}");
    let alias = "a: &a [x,x,x,x]\nb: &b [*a,*a,*a]\nhttpGet: {path: *b, port: 80}\n";
    assert!(injected(&pod(annotations(&[("podwright.dev/readiness-probe", alias.into())]), 1)).is_err());
}

/// As much as the API accepts, in podwright's own keys: each is read, and the mistakes are counted.
#[test]
fn two_hundred_and_sixty_two_thousand_bytes_of_annotations_are_answered() {
    let limit = 262_100;
    let key = |n: usize| format!("c{n:05}.podwright.dev/requests");
    let fill = |value: &str| {
        let count = limit / (key(0).len() + value.len());
        let all = (0..count).map(|n| (key(n), json!(value))).collect();
        (count, pod(all, 10))
    };
    let (_, right) = fill("cpu=100m");
    let injection = injected(&right).unwrap();
    assert!(injection.report.warnings.iter().all(|warning| warning.chars().count() <= 256));
    let (count, wrong) = fill("cpu=x");
    let told = injected(&wrong).unwrap_err();
    let unread = format!("; {} more annotations were not checked", count - 100);
    assert!(told.len() <= 4096 && told.ends_with(&unread), "{told}");
    for key in podwright_core::annotation::keys::KEYS {
        for filler in ["x", ",", "\"", "{", "[", "\n", "- ", "a=b ", "9", "é", "'", "#", "/"] {
            let value = filler.repeat((limit - key.name.len() - 20) / filler.len());
            let full = pod(annotations(&[(&format!("podwright.dev/{}", key.name), value)]), 10);
            if let Err(told) = injected(&full) {
                assert!(told.len() <= 4096, "{}: {told}", key.name);
            }
        }
    }
}
