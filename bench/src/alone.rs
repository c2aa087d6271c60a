//! The servers alone, over TLS: for each number of connections, rounds in which every server has its turn.

use std::path::Path;

use xtask::Error;

use crate::figures::turns;
use crate::load::{Measured, Wrk};
use crate::process;
use crate::servers::Server;

/// Numbers of connections at once.
pub(crate) const CONNECTIONS: [u32; 3] = [1, 8, 64];

/// The duration and the number of rounds.
#[derive(Clone, Copy)]
pub(crate) struct Effort {
    pub(crate) seconds: u32,
    pub(crate) rounds: u32,
}

/// All rounds of one server with one number of connections.
pub(crate) struct Series {
    pub(crate) server: String,
    pub(crate) connections: u32,
    pub(crate) requests: f64,
    /// Requests per second.
    pub(crate) throughput: Vec<f64>,
    /// Microseconds.
    pub(crate) median: Vec<f64>,
    /// Microseconds.
    pub(crate) p99: Vec<f64>,
    /// Microseconds of CPU per request.
    pub(crate) cpu: Vec<f64>,
}

impl Series {
    fn add(&mut self, measured: Measured, cpu_seconds: f64) {
        self.requests += measured.requests;
        self.throughput.push(measured.requests / measured.seconds);
        self.median.push(measured.median);
        self.p99.push(measured.p99);
        self.cpu.push(cpu_seconds * 1e6 / measured.requests);
    }
}

/// Measures every server with every number of connections.
pub(crate) fn measure(wrk: &Wrk, servers: &[&Server], body: &Path, effort: Effort) -> Result<Vec<Series>, Error> {
    let mut all = Vec::new();
    for connections in CONNECTIONS {
        let mut rows: Vec<Series> = servers.iter().map(|server| empty(server, connections)).collect();
        for round in 0..effort.rounds {
            eprintln!("{connections} connections, round {} of {}", round + 1, effort.rounds);
            for nth in turns(round, servers.len()) {
                let (Some(server), Some(row)) = (servers.get(nth), rows.get_mut(nth)) else { continue };
                let (measured, cpu) = turn(wrk, server, body, (connections, effort.seconds))?;
                row.add(measured, cpu);
            }
        }
        all.append(&mut rows);
    }
    Ok(all)
}

fn empty(server: &Server, connections: u32) -> Series {
    let server = server.name.clone();
    Series { server, connections, requests: 0.0, throughput: vec![], median: vec![], p99: vec![], cpu: vec![] }
}

fn turn(wrk: &Wrk, server: &Server, body: &Path, (connections, seconds): (u32, u32)) -> Result<(Measured, f64), Error> {
    let before = process::cpu(server.pid)?;
    let measured = wrk.run(&server.target(body), connections, seconds)?;
    Ok((measured, process::cpu(server.pid)?.saturating_sub(before).as_secs_f64()))
}
