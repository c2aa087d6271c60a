//! Every form of the grammar, and every error with its own message.

use super::{EnvSource, Origin, Section, Setting, WELL_KNOWN, parse_list};

fn one(entry: &str) -> Option<Origin> {
    let mut sources = parse_list(entry).ok()?;
    sources.pop().map(|EnvSource { from, .. }| from)
}

fn faults(text: &str) -> Vec<String> {
    parse_list(text).err().into_iter().flatten().map(|fault| fault.problem).collect()
}

#[test]
fn every_well_known_name_has_a_valid_source() {
    for known in WELL_KNOWN.iter().filter(|known| known.name != "OTEL") {
        let (flag, source) = known.flag_and_source();
        let from = one(known.name);
        let (of, percent) = match from {
            Some(Origin::Setting(Setting { flag: before, of, percent })) => {
                assert_eq!((before, of.section), (flag, Section::Limits), "{}", known.name);
                (of, percent)
            }
            other => {
                assert_eq!(other, Origin::parse(source).ok(), "{}", known.name);
                assert_eq!(known.documentation, "", "{}", known.name);
                continue;
            }
        };
        let share = percent.map_or(Origin::Resource(of), |percent| Origin::Share { of, percent });
        assert_eq!(Some(share), Origin::parse(source).ok(), "{}", known.name);
        assert!(known.documentation.starts_with("https://"), "{}", known.name);
    }
}

#[test]
fn a_setting_with_a_source_of_its_own_is_a_plain_variable() {
    assert!(matches!(one("GOMAXPROCS=limits.cpu"), Some(Origin::Resource(_))));
    assert!(matches!(one("GOMEMLIMIT=limits.memory*80%"), Some(Origin::Share { percent: 80, .. })));
}

#[test]
fn otel_is_two_variables_and_an_entry_of_the_same_name_wins() {
    let names = |text: &str| -> Vec<String> {
        parse_list(text).unwrap_or_default().iter().map(|source| source.name.to_string()).collect()
    };
    assert_eq!(names("A=metadata.name,OTEL"), ["A", "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES"]);
    let own = "OTEL,OTEL_SERVICE_NAME=metadata.labels['app']";
    assert_eq!(names(own), ["OTEL_RESOURCE_ATTRIBUTES", "OTEL_SERVICE_NAME"]);
    assert!(matches!(one(own), Some(Origin::Field(_))));
    assert_eq!(faults("OTEL,OTEL"), ["repeated variable OTEL: expected each name once"]);
}

#[test]
fn sources_of_every_kind() {
    for source in [
        "metadata.labels['app']",
        "metadata.labels['app.kubernetes.io/name']",
        "metadata.annotations['example.com/Team_1']",
        "metadata.annotations['Example.com/Team_1']",
        "requests.cpu",
        "limits.cpu/1m",
        "requests.memory/1Gi",
        "limits.ephemeral-storage/1E",
        "limits.memory*90%",
        "limits.memory * 75% / 1Mi",
        "container.port['http']",
        "container.port",
    ] {
        assert!(one(&format!("X={source}")).is_some(), "{source}: {:?}", faults(&format!("X={source}")));
    }
}

#[test]
fn divisors_are_normalised_by_value() {
    for (written, meant) in [
        ("limits.memory/1024Ki", "limits.memory/1Mi"),
        ("limits.memory/1000k", "limits.memory/1M"),
        ("limits.memory/1e3", "limits.memory/1k"),
        ("limits.cpu/1000m", "limits.cpu/1"),
        ("limits.cpu/0.001", "limits.cpu/1m"),
        ("limits.memory/1024Pi", "limits.memory/1Ei"),
    ] {
        assert_eq!(Origin::parse(written), Origin::parse(meant), "{written}");
    }
}

#[test]
fn entries_that_the_api_would_reject() {
    for entry in [
        "X=metadata.labels",
        "X=metadata.labels[app]",
        "X=metadata.labels[\"app\"]",
        "X=metadata.labels['']",
        "X=metadata.labels['a b']",
        "X=metadata.labels['Example.com/team']",
        "X=POD_IP",
        "X=NODE_OPTIONS",
        "X=OTEL",
        "X=status.phase",
        "X=spec.nodename",
        "X=limits.hugepages-2Mi",
        "X=limits.cpu/1Mi",
        "X=limits.memory/1m",
        "X=limits.memory/3",
        "X=limits.memory/0",
        "X=limits.memory*0%",
        "X=limits.memory*101%",
        "X=limits.memory*90",
        "X=limits.memory*-5%",
        "X=container.port['Http']",
        "X=container.digest",
        "X=",
        "=metadata.name",
        "1X=metadata.name",
        "..X=metadata.name",
        "A B=metadata.name",
        "POD_NAM",
        "",
    ] {
        assert_eq!(faults(entry).len(), 1, "{entry}: {:?}", faults(entry));
    }
}

#[test]
fn all_faults_of_a_list_are_named_at_once() {
    let all = faults("POD_NAME,pod_ip,X=metadata.labels,POD_NAME,,Y=limits.gpu");
    assert_eq!(all.len(), 5, "{all:#?}");
    assert!(all.iter().any(|fault| fault.contains("did you mean POD_IP?")), "{all:#?}");
    assert!(all.iter().any(|fault| fault.contains("repeated variable POD_NAME")), "{all:#?}");
}

#[test]
fn a_list_has_an_end() {
    let list = |n: usize| (0..n).map(|n| format!("V{n}=metadata.name")).collect::<Vec<_>>().join(",");
    assert_eq!(parse_list(&list(128)).map(|sources| sources.len()), Ok(128));
    assert_eq!(faults(&list(129)), ["too many entries: expected at most 128"]);
}

#[test]
fn a_list_of_nothing_but_mistakes_is_not_read_to_its_end() {
    let all = faults(&["x"; 128].join(","));
    assert_eq!(all.len(), 17);
    assert_eq!(all.last().map(String::as_str), Some("more invalid entries follow"));
}
