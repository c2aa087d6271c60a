//! Output on a real terminal (a pseudo terminal).

use std::fs::{self, File};
use std::io::Read as _;
use std::process::{Command, Stdio};

use rustix::fs::{Mode, OFlags, open};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use xtask::scratch::Scratch;

/// Runs `podwright preview` with standard output on a terminal. Returns standard error.
fn preview_on_a_terminal(objects: usize, arguments: &[&str]) -> String {
    let folder = Scratch::new().unwrap();
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: web}]}\n---\n";
    fs::write(folder.path().join("pods.yaml"), pod.repeat(objects)).unwrap();
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).and_then(|()| unlockpt(&ours)).unwrap();
    let theirs = open(ptsname(&ours, Vec::new()).unwrap(), OFlags::RDWR | OFlags::NOCTTY, Mode::empty()).unwrap();
    let mut child = Command::new(env!("CARGO_BIN_EXE_podwright"))
        .arg("preview")
        .args(arguments)
        .arg(folder.path())
        .stdin(Stdio::null())
        .stdout(File::from(theirs))
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A terminal holds only a few kilobytes that nobody reads.
    let reader = std::thread::spawn(move || {
        let mut shown = Vec::new();
        // It ends with an error once podwright has closed its side.
        let _ = File::from(ours).read_to_end(&mut shown);
        shown
    });
    let mut told = String::new();
    child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    assert!(child.wait().unwrap().success());
    assert!(!reader.join().unwrap().is_empty());
    told
}

#[test]
fn a_long_diff_on_a_terminal_names_the_summary() {
    let hint = "note: 51 objects; to show one line for each of them, use `podwright preview -o summary`";
    assert!(preview_on_a_terminal(51, &[]).starts_with(hint));
    assert!(!preview_on_a_terminal(50, &[]).contains("-o summary"));
    assert!(!preview_on_a_terminal(51, &["-o", "summary"]).contains("-o summary"));
}
