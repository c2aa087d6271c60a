//! `podwright explain` knows every code that podwright can print.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use podwright::cli::reasons;

fn explain(word: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_podwright")).args(["explain", word]).output().expect("podwright starts")
}

/// Finds codes: in brackets at the end of a line or of a quoted text, and as JSON values of `reason` and `ruleId`.
fn codes_in(text: &str) -> BTreeSet<String> {
    let ends = [("[", "]\n"), ("[", "]\""), ("\"reason\": \"", "\""), ("\"ruleId\": \"", "\"")];
    let after = ends.into_iter().flat_map(|(start, end)| {
        text.split(start).skip(1).filter_map(move |rest| {
            let code: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
            rest[code.len()..].starts_with(end).then_some(code)
        })
    });
    // Not a placeholder such as CODE.
    let is_code = |code: &String| {
        code.starts_with(|first: char| first.is_ascii_uppercase()) && code.contains(|c: char| c.is_ascii_lowercase())
    };
    after.filter(is_code).collect()
}

fn printed(folder: &str, file: &str) -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let cases = fs::read_dir(folder).expect("a folder").map(|case| case.expect("readable").path().join(file));
    cases.filter_map(|file| fs::read_to_string(file).ok()).flat_map(|text| codes_in(&text)).collect()
}

#[test]
fn every_code_that_podwright_prints_is_explained() {
    let printed = &printed("transcripts", "transcript.txt") | &printed("golden", "warnings.txt");
    for code in ["Invalid", "NotYaml", "Guessed", "OnTheWorkload", "StatusInManifest", "QuotaByClass", "NoPort"] {
        assert!(printed.contains(code), "{code} is in no transcript: {printed:?}");
    }
    let tables = reasons().map(|(_, reason)| reason.code.to_owned());
    for code in printed.into_iter().chain(tables).collect::<BTreeSet<_>>() {
        let output = explain(&code);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && text.starts_with(&format!("CODE:     {code}\n")), "{code}: {output:?}");
        assert!(text.contains("\nWHAT TO DO\n"), "{code}: {text}");
    }
}

#[test]
fn codes_and_keys_are_found_in_any_form_and_near_misses_are_suggested() {
    for word in ["[NoPort]", "noport", "inject", "podwright.dev/inject", "app.podwright.dev/inject"] {
        assert!(explain(word).status.success(), "{word}");
    }
    for (word, nearest) in [("NoPrt", "NoPort"), ("[Gessed]", "Guessed"), ("redines-probe", "readiness-probe")] {
        let output = explain(word);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && error.contains(&format!("did you mean {nearest}?")), "{word}: {error}");
    }
}
