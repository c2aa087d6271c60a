//! A process behind the balancer. All of them have the same certificate, from files.

use std::fs::{self, File};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use xtask::lifeline::{self, Held};
use xtask::scratch::Scratch;

use super::END;
use super::balancer::Addresses;
use crate::world::text;

/// Longer than the balancer's delay. The default is for a cluster, where that delay is longer.
const LAME_DUCK: &str = "5s";

/// The files of a certificate, and the CA that signed it.
pub(super) struct Pair {
    pub(super) ca: String,
    certificate: String,
    key: String,
}

/// Runs `podwright certs`.
pub(super) fn pair(folder: &Path) -> Pair {
    let made = Command::new(env!("CARGO_BIN_EXE_podwright")).args(["certs", "--out"]).arg(folder).output();
    let made = made.expect("podwright starts");
    assert!(made.status.success(), "{}", text(&made.stderr));
    let [ca, certificate, key] =
        ["ca.crt", "tls.crt", "tls.key"].map(|name| folder.join(name).to_str().expect("UTF-8").to_owned());
    Pair { ca, certificate, key }
}

pub(super) struct Replica {
    held: Held,
    addresses: Addresses,
    log: PathBuf,
    _folder: Scratch,
}

impl Replica {
    /// Returns once the server listens.
    pub(super) fn start(pair: &Pair) -> Self {
        let folder = Scratch::new().expect("a folder for temporary files");
        let log = folder.path().join("log");
        let mut command = lifeline::command(env!("CARGO_BIN_EXE_podwright"));
        command.args(["serve", "--bind", "127.0.0.1:0", "--admin-bind", "127.0.0.1:0", "--lame-duck", LAME_DUCK]);
        command.args(["--tls-cert-file", &pair.certificate, "--tls-private-key-file", &pair.key]);
        let file = || File::options().create(true).append(true).open(&log).expect("a log");
        command.stdout(file()).stderr(file()).env_remove("RUST_LOG");
        let mut held = lifeline::spawn(command).unwrap_or_else(|error| panic!("{error}"));
        let deadline = Instant::now() + Duration::from_secs(60);
        let addresses = loop {
            let said = fs::read_to_string(&log).expect("a log");
            if let (Some(webhook), Some(admin)) = (address(&said, "https://"), address(&said, "http://")) {
                break Addresses { webhook, admin };
            }
            let runs = held.exited().unwrap_or_else(|error| panic!("{error}")).is_none();
            assert!(runs && Instant::now() < deadline, "not listening:\n{said}");
            sleep(Duration::from_millis(10));
        };
        Self { held, addresses, log, _folder: folder }
    }

    pub(super) fn addresses(&self) -> Addresses {
        self.addresses
    }

    /// Sends SIGTERM, and expects a clean end.
    pub(super) fn ends_well(&mut self) {
        self.held.signal("TERM").unwrap_or_else(|error| panic!("{error}"));
        let ended = self.held.wait(END).unwrap_or_else(|error| panic!("{error}"));
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        assert_eq!(ended.and_then(|status| status.code()), Some(0), "after {END:?}:\n{log}");
    }
}

/// Reads complete lines only.
fn address(log: &str, scheme: &str) -> Option<SocketAddr> {
    let mut lines = log.split_inclusive('\n').filter(|line| line.contains("listening") && line.ends_with('\n'));
    lines.find_map(|line| line.split_once(scheme)?.1.trim_end().trim_end_matches('"').parse().ok())
}
