//! Measures podwright and writes docs/performance.md with its plots. `cargo xtask bench` builds the programs and calls
//! this; it is not part of podwright.

mod alone;
mod apiserver;
mod ask;
mod criterion;
mod figures;
mod load;
mod machine;
mod page;
mod plot;
mod policy;
mod process;
mod servers;
mod start;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use serde_json::Value;
use xtask::Error;
use xtask::scratch::Scratch;

use alone::Effort;
use load::Wrk;
use page::Everything;
use servers::Bare;

const USAGE: &str = "usage: podwright-bench PODWRIGHT BARE ROOT [SECONDS ROUNDS] [NAME=PODWRIGHT...]

Measures the podwright at PODWRIGHT beside the bare server at BARE, and any other build of podwright by its NAME, for so many
SECONDS (4) in so many ROUNDS (5), and writes docs/performance.md below ROOT. Paths are absolute.";

/// The number of requests before the memory is read.
const MILLION: f64 = 1e6;
const STARTS: u32 = 21;

fn main() -> ExitCode {
    match Asked::read(std::env::args().skip(1).collect()).and_then(|asked| asked.run()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

/// The command line's arguments.
struct Asked {
    podwright: PathBuf,
    bare: PathBuf,
    root: PathBuf,
    effort: Effort,
    others: Vec<(String, PathBuf)>,
}

impl Asked {
    fn read(arguments: Vec<String>) -> Result<Self, Error> {
        let (others, plain): (Vec<_>, Vec<_>) = arguments.into_iter().partition(|argument| argument.contains('='));
        let number = |text: &str| text.parse().map_err(|_| Error::new(USAGE));
        let (paths, effort) = match plain.as_slice() {
            [paths @ .., seconds, rounds] if paths.len() == 3 => {
                (paths, Effort { seconds: number(seconds)?, rounds: number(rounds)? })
            }
            paths => (paths, Effort { seconds: 4, rounds: 5 }),
        };
        let [podwright, bare, root] = paths else { return Err(Error::new(USAGE)) };
        let named = |other: &String| other.split_once('=').map(|(name, path)| (name.to_owned(), path.into()));
        let others = others.iter().filter_map(named).collect();
        Ok(Self { podwright: podwright.into(), bare: bare.into(), root: root.into(), effort, others })
    }

    fn run(&self) -> Result<(), Error> {
        let commit = machine::commit();
        let scratch = Scratch::new()?;
        let wrk = Wrk::new(&scratch)?;
        let starts = start::measure(&self.podwright, STARTS)?;
        let podwright = servers::podwright("podwright", &self.podwright, scratch.path())?;
        let start = |how| servers::bare(how, &self.bare, (&self.podwright, &podwright));
        let (bare, typed) = (start(Bare::Unparsed)?, start(Bare::Typed)?);
        let mut servers = vec![&bare, &typed, &podwright];
        let mut folders = Vec::new();
        let mut others = Vec::new();
        for (name, program) in &self.others {
            let folder = Scratch::new()?;
            others.push(servers::podwright(name, program, folder.path())?);
            folders.push(folder);
        }
        servers.extend(&others);

        let body = scratch.write("review.json", servers::REVIEW)?;
        let alone = alone::measure(&wrk, &servers, &body, self.effort)?;
        let mut memory = Vec::new();
        for server in &servers {
            memory.push(page::Memory::after(server, self.million(&wrk, server, &body, &alone)?)?);
        }
        let patch = patch(&self.podwright, &scratch)?;
        let world = apiserver::World::start(&scratch, [&bare, &podwright], &patch)?;
        let through = world.measure(&wrk, self.effort)?;
        let injections = criterion::read(&self.root)?;
        let everything = Everything { commit, effort: self.effort, alone, memory, starts, through, injections };
        page::write(&self.root, &everything)
    }

    /// Loads until the server has answered a million requests, and returns their number.
    fn million(&self, wrk: &Wrk, server: &servers::Server, body: &Path, alone: &[alone::Series]) -> Result<f64, Error> {
        let of_server = alone.iter().filter(|series| series.server == server.name);
        let mut answered: f64 = of_server.map(|series| series.requests).sum();
        while answered < MILLION {
            eprintln!("{}: {answered:.0} requests of a million", server.name);
            answered += wrk.run(&server.target(body), 64, 10)?.requests;
        }
        Ok(answered)
    }
}

/// podwright's patch of the Pod that the API server creates.
fn patch(podwright: &Path, scratch: &Scratch) -> Result<Value, Error> {
    let pod = scratch.write("pod.json", apiserver::POD)?;
    let output = Command::new(podwright).args(["preview", "--output", "patch"]).arg(pod).output();
    let output = output.map_err(Error::at("run", podwright))?;
    let line: Option<Value> = serde_json::from_slice(&output.stdout).ok();
    let patch = line.and_then(|line| line.get("patch").cloned());
    patch.ok_or_else(|| Error::new("`podwright preview --output patch` has no patch for the Pod of bench/pod.json"))
}
