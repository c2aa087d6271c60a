//! Load by wrk, a client that costs less than the servers. Reports wrk's counts without judging them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use xtask::Error;
use xtask::scratch::Scratch;

/// Sends one body again and again, and prints a line for this program. Times are in microseconds.
const SCRIPT: &str = r#"
local file = assert(io.open(os.getenv("BODY"), "rb"))
wrk.method, wrk.body = "POST", file:read("*a")
file:close()
wrk.headers["Content-Type"] = "application/json"
local token = os.getenv("TOKEN")
if token then wrk.headers["Authorization"] = "Bearer " .. token end
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format("measured %d %d %d %f %f\n", summary.requests, summary.duration,
    e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50), latency:percentile(99)))
end
"#;

/// wrk, with its script.
pub(crate) struct Wrk {
    script: PathBuf,
}

/// The content and the address of the requests.
#[derive(Clone)]
pub(crate) struct Target {
    pub(crate) url: String,
    pub(crate) body: PathBuf,
    pub(crate) token: Option<String>,
}

/// One run's result.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measured {
    pub(crate) requests: f64,
    pub(crate) seconds: f64,
    /// Microseconds.
    pub(crate) median: f64,
    /// Microseconds.
    pub(crate) p99: f64,
}

impl Wrk {
    /// # Errors
    /// If wrk is missing: another client's figures could not be compared with these.
    pub(crate) fn new(scratch: &Scratch) -> Result<Self, Error> {
        if Command::new("wrk").arg("-v").output().is_err() {
            return Err(Error::new(
                "wrk is missing, and nothing was measured: expected it in the PATH, such as by `apt-get install wrk` on Debian",
            ));
        }
        Ok(Self { script: scratch.write("post.lua", SCRIPT)? })
    }

    /// Loads with this many connections for this many seconds.
    ///
    /// # Errors
    /// If a single request failed: a refusal is fast, and would look like speed.
    pub(crate) fn run(&self, target: &Target, connections: u32, seconds: u32) -> Result<Measured, Error> {
        let mut wrk = Command::new("wrk");
        wrk.args([format!("-t{}", connections.min(2)), format!("-c{connections}"), format!("-d{seconds}s")]);
        wrk.arg("-s").arg(&self.script).arg(&target.url).env("BODY", &target.body);
        match &target.token {
            Some(token) => wrk.env("TOKEN", token),
            None => wrk.env_remove("TOKEN"),
        };
        let output = wrk.output().map_err(Error::at("run wrk with", &self.script))?;
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        read(&said).ok_or_else(|| {
            let more = String::from_utf8_lossy(&output.stderr);
            Error::new(format!("not every request to {} was answered, or wrk failed: {said}{more}", target.url))
        })
    }
}

fn read(said: &str) -> Option<Measured> {
    let line = said.lines().find_map(|line| line.strip_prefix("measured "))?;
    let numbers: Vec<f64> = line.split(' ').map(str::parse).collect::<Result<_, _>>().ok()?;
    match *numbers {
        [requests, duration, 0.0, median, p99] if requests > 0.0 => {
            Some(Measured { requests, seconds: duration / 1e6, median, p99 })
        }
        _ => None,
    }
}

/// Reads a file that the measurement depends on.
pub(crate) fn text(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(Error::at("read", path))
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn a_failed_request_is_no_measurement() {
        let measured = read("Running 4s test\nmeasured 1000 2000000 0 93.000000 200.5\n");
        assert_eq!(
            measured.map(|measured| (measured.requests, measured.seconds, measured.p99)),
            Some((1000.0, 2.0, 200.5))
        );
        assert!(read("measured 1000 2000000 1 93.000000 200.5\n").is_none());
        assert!(read("unable to connect").is_none());
    }
}
