//! `podwright serve` on free ports of the loopback interface, with a CA of its own, until this process ends.

use std::{
    io::{Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{
    Error,
    lifeline::{self, Held},
    logged::Logged,
};

/// A start takes less than a second on an idle machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A webhook that has reported ready.
#[derive(Debug)]
pub struct Webhook {
    program: Logged,
    ca_file: PathBuf,
    url: String,
    admin_url: String,
}

impl Webhook {
    /// Starts `program` (the absolute path of `podwright`) with more arguments for `podwright serve`, and waits until it is
    /// ready. Its CA and its log go to `folder`.
    pub fn start(program: &Path, folder: &Path, arguments: &[&str]) -> Result<Self, Error> {
        let ca_file = folder.join("podwright-ca.crt");
        let mut command = lifeline::command(program);
        command.args(["serve", "--bind", "127.0.0.1:0", "--admin-bind", "127.0.0.1:0", "--ca-file"]);
        // No Service needs a lame duck here. The addresses come from the log, so the log needs its default level.
        command.arg(&ca_file).args(["--lame-duck", "0s"]).env_remove("RUST_LOG");
        command.args(arguments);
        let mut program = Logged::start("podwright", command, folder)?;
        let [url, admin_url] =
            program.wait_for(PATIENCE, |log| Ok(addresses(log).filter(|[_, admin]| answers_ok(admin, "/readyz"))))?;
        Ok(Self { program, ca_file, url, admin_url })
    }

    /// The base URL for Pods, `https://127.0.0.1:PORT`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The base URL of `/livez`, `/readyz` and the like, `http://127.0.0.1:PORT`.
    pub fn admin_url(&self) -> &str {
        &self.admin_url
    }

    /// The PEM file with the CA of [`Webhook::url`].
    pub fn ca_file(&self) -> &Path {
        &self.ca_file
    }

    /// The whole log so far.
    pub fn log(&self) -> String {
        self.program.log()
    }

    /// The process, for signals and its exit status.
    pub fn process(&mut self) -> &mut Held {
        &mut self.program.held
    }
}

/// The webhook's address and the admin port's, once both are in the log.
fn addresses(log: &str) -> Option<[String; 2]> {
    Some([address(log, "https://127.0.0.1:")?, address(log, "http://127.0.0.1:")?])
}

fn address(log: &str, start: &str) -> Option<String> {
    let lines = log.split_inclusive('\n').filter(|line| line.contains("listening") && line.ends_with('\n'));
    let (_, rest) = lines.filter_map(|line| line.split_once(start)).next()?;
    let port: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some(format!("{start}{port}"))
}

/// Sends one HTTP/1.0 request, so that this crate needs no HTTP client.
fn answers_ok(url: &str, path: &str) -> bool {
    let Some(authority) = url.strip_prefix("http://") else {
        return false;
    };
    let ask = || {
        let mut stream = TcpStream::connect(authority)?;
        stream.set_read_timeout(Some(Duration::from_secs(5)))?;
        write!(stream, "GET {path} HTTP/1.0\r\nHost: {authority}\r\n\r\n")?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).map(|_| answer)
    };
    ask().is_ok_and(|answer: Vec<u8>| answer.split(|byte| *byte == b' ').nth(1) == Some(b"200"))
}

#[cfg(test)]
mod tests {
    use super::addresses;

    #[test]
    fn both_addresses_are_read_from_the_log() {
        let log =
            "INFO webhook listening url=\"https://127.0.0.1:41001\"\nINFO admin listening url=http://127.0.0.1:41002\n";
        let urls = addresses(log).map(|urls| urls.join(" "));
        assert_eq!(urls.as_deref(), Some("https://127.0.0.1:41001 http://127.0.0.1:41002"));
        assert_eq!(addresses(log.trim_end()), None, "the last line may still be growing");
    }
}
