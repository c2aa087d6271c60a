//! Every form of the grammar, and every error with its own message.

use super::{EnvSource, Origin, WELL_KNOWN, parse_list};

fn one(entry: &str) -> Option<Origin> {
    let mut sources = parse_list(entry).ok()?;
    sources.pop().map(|EnvSource { from, .. }| from)
}

fn faults(text: &str) -> Vec<String> {
    parse_list(text).err().into_iter().flatten().map(|fault| fault.problem).collect()
}

#[test]
fn every_well_known_name_has_a_valid_source() {
    for (name, source) in WELL_KNOWN {
        assert!(one(name).is_some(), "{name}");
        assert_eq!(one(name), Origin::parse(source).ok(), "{name}");
    }
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
