//! podwright as a plugin of the real kubectl, through a link on `PATH`.

use std::path::Path;
use std::process::{Command, Output};

use xtask::control_plane;
use xtask::scratch::Scratch;

use crate::world::text;

const PODWRIGHT: &str = env!("CARGO_BIN_EXE_podwright");

/// Runs `kubectl podwright ARGUMENTS` in the repository.
fn kubectl_podwright(arguments: &[&str]) -> Output {
    let folder = Scratch::new().unwrap();
    std::os::unix::fs::symlink(PODWRIGHT, folder.path().join("kubectl-podwright")).unwrap();
    let kubectl = control_plane::assets().unwrap().folder().join("kubectl");
    run(Command::new(kubectl).arg("podwright").env("PATH", folder.path()), arguments)
}

fn run(command: &mut Command, arguments: &[&str]) -> Output {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR"));
    command.args(arguments).current_dir(repository).output().expect("the program starts")
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn results_and_exit_codes_are_those_of_podwright() {
    for arguments in [&["preview", "examples/web.yaml"][..], &["version"], &["lint", "no-such-file.yaml"]] {
        let [plugin, direct] = [kubectl_podwright(arguments), run(&mut Command::new(PODWRIGHT), arguments)];
        assert_eq!(text(&plugin.stdout), text(&direct.stdout), "{arguments:?}");
        assert_eq!(plugin.status.code(), direct.status.code(), "{arguments:?}");
    }
}

#[test]
#[ignore = "needs a control plane: cargo xtask test"]
fn help_and_errors_show_the_words_that_the_user_types() {
    for arguments in
        [&["--help"][..], &["preview", "--help"], &["certs", "status", "--help"], &["preview", "--unknown"]]
    {
        let output = kubectl_podwright(arguments);
        let said = text(&output.stdout) + &text(&output.stderr);
        assert!(said.contains("Usage: kubectl podwright"), "{arguments:?}: {said}");
        let examples = said.lines().filter(|line| line.starts_with("  podwright "));
        assert_eq!(examples.collect::<Vec<_>>(), [""; 0], "{arguments:?}");
    }
    assert!(text(&kubectl_podwright(&["--help"]).stdout).contains("\n  kubectl podwright preview "));
}
