//! No profile guesses a port that its workload does not serve: `tests/corpus/served.txt` lists the ports, written by
//! hand.

use std::collections::BTreeSet;
use std::fs;

use podwright_core::inject::Injection;
use podwright_core::profile::OptIn;

use super::round;
use crate::charts;

/// A port of a container, and the handler that may probe it: `well-known.yaml Deployment/redis redis tcp 6379`.
type Asked = String;

fn served() -> BTreeSet<Asked> {
    let text = fs::read_to_string(charts::folder().join("served.txt")).expect("served.txt");
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.flat_map(of_line).collect()
}

fn of_line(line: &str) -> Vec<Asked> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let container = words[..3].join(" ");
    let ports = words[3..].iter().flat_map(|word| {
        let (handler, ports) = word.split_once('=').expect("HANDLER=PORTS");
        ports.split(',').map(move |port| format!("{handler} {port}"))
    });
    ports.map(|port| format!("{container} {port}")).collect()
}

#[test]
fn every_guess_is_at_a_port_that_the_workload_serves() {
    let served = served();
    let mut guessed = BTreeSet::new();
    for workload in charts::all() {
        let of = |injection: Injection| {
            let lines = injection.report.lines.into_iter();
            let guesses = lines.filter_map(|line| Some((line.container, line.outcome.guess()?)));
            let place = format!("{} {}", workload.file, workload.name);
            guesses.map(|(of, guess)| format!("{place} {of} {} {}", guess.handler, guess.port)).collect::<Vec<_>>()
        };
        for asking in charts::ASKING {
            guessed.extend(of(round(&mut workload.asking(asking), OptIn::Pod)));
        }
        for profile in ["default", "web"] {
            let injection = round(&mut workload.pod.clone(), OptIn::Namespace { profile });
            let lines = &injection.report.lines;
            let restarts = lines.iter().filter_map(|line| line.outcome.guess()).any(|it| it.field != "readinessProbe");
            assert!(!restarts, "{}: an opted-in Namespace guesses a probe that restarts a container", workload.name);
            guessed.extend(of(injection));
        }
    }
    let wrong: Vec<_> = guessed.difference(&served).collect();
    assert!(wrong.is_empty(), "not served: {wrong:#?}");
    assert!(guessed.len() >= 20, "hardly anything is guessed: {guessed:#?}");
}
