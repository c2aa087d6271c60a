//! One replica of `podwright serve --tls-secret`, as a process with podwright's own rights.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use xtask::lifeline::{self, Held};

use super::{Place, eventually};

pub struct Replica {
    _process: Held,
    log: PathBuf,
}

impl Replica {
    pub fn start(place: &Place, name: &str, arguments: &[&str]) -> Self {
        let log = place.folder.path().join(format!("{name}.log"));
        let file = std::fs::File::create(&log).expect("a log");
        let mut command = lifeline::command(Path::new(env!("CARGO_BIN_EXE_podwright")));
        command.args(["serve", "--bind", "127.0.0.1:0", "--admin-bind", "127.0.0.1:0", "--lame-duck", "0s"]);
        command.args(["--tls-secret", "podwright-system/podwright-tls", "--dns", "127.0.0.1"]).args(arguments);
        command.env("KUBECONFIG", place.kubeconfig()).env("RUST_LOG", "trace").stderr(file);
        let process = lifeline::spawn(command).expect("podwright starts");
        Self { _process: process, log }
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(&self.log).expect("a log")
    }

    pub fn url(&self) -> String {
        self.address("https://127.0.0.1:")
    }

    /// Waits until it is ready.
    pub fn is_ready(&self) -> &Self {
        eventually("ready", || {
            let (ready, told) = self.readiness();
            if ready { Ok(()) } else { Err(format!("{told}\n{}", self.log())) }
        });
        self
    }

    /// Whether it is ready, and the text of `/readyz`.
    pub fn readiness(&self) -> (bool, String) {
        let told = self.get("/readyz?verbose");
        (told.starts_with("HTTP/1.1 200") || told.starts_with("HTTP/1.0 200"), told)
    }

    /// Gets a path of the admin port.
    pub fn get(&self, path: &str) -> String {
        let url = self.address("http://127.0.0.1:");
        let authority = url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(authority).expect("the admin port");
        stream.set_read_timeout(Some(Duration::from_secs(20))).expect("set");
        write!(stream, "GET {path} HTTP/1.0\r\nHost: {authority}\r\n\r\n").expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer
    }

    fn address(&self, start: &str) -> String {
        eventually("an address in the log", || {
            let log = self.log();
            let lines = log.split_inclusive('\n').filter(|line| line.contains("listening") && line.ends_with('\n'));
            let (_, rest) = lines.filter_map(|line| line.split_once(start)).next().ok_or(log.clone())?;
            let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
            Ok(format!("{start}{port}"))
        })
    }
}
