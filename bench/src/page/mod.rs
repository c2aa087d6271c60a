//! Writes docs/performance.md: the figures, the ratios and the aims.

mod tables;

use std::fs;
use std::path::Path;

use xtask::Error;

use crate::alone::{self, Effort};
use crate::apiserver;
use crate::criterion::Injection;
use crate::figures::{median, ratio};
use crate::plot::{Plot, Row, svg};
use crate::servers::Server;
use crate::{machine, process};

/// All results of a run.
pub(crate) struct Everything {
    /// The measured commit, as git names it.
    pub(crate) commit: String,
    pub(crate) effort: Effort,
    pub(crate) alone: Vec<alone::Series>,
    pub(crate) memory: Vec<Memory>,
    /// Milliseconds.
    pub(crate) starts: Vec<f64>,
    pub(crate) through: Vec<apiserver::Series>,
    pub(crate) injections: Vec<Injection>,
}

/// A server's resident memory after a number of requests.
pub(crate) struct Memory {
    pub(crate) server: String,
    pub(crate) requests: f64,
    pub(crate) bytes: u64,
}

impl Memory {
    pub(crate) fn after(server: &Server, requests: f64) -> Result<Self, Error> {
        Ok(Self { server: server.name.clone(), requests, bytes: process::resident(server.pid)? })
    }
}

/// Writes the page and its plots.
pub(crate) fn write(root: &Path, everything: &Everything) -> Result<(), Error> {
    let docs = root.join("docs");
    let plots =
        [("performance-throughput.svg", throughput(everything)), ("performance-apiserver.svg", added(everything))];
    for (name, plot) in plots {
        let file = docs.join(name);
        fs::write(&file, svg(&plot)).map_err(Error::at("write", &file))?;
    }
    let file = docs.join("performance.md");
    let kept = kept(&fs::read_to_string(&file).unwrap_or_default());
    fs::write(&file, page(everything, &kept)).map_err(Error::at("write", &file))
}

/// Returns the sections that other tests measure, as the page has them.
fn kept(page: &str) -> String {
    let Some((_, sections)) = page.split_once("## The most expensive review\n") else { return String::new() };
    let end = sections.find("\n## To measure again").map_or(sections.len(), |at| at + 1);
    format!("## The most expensive review\n{}", sections.get(..end).unwrap_or_default())
}

fn page(everything: &Everything, kept: &str) -> String {
    let Effort { seconds, rounds } = everything.effort;
    format!(
        include_str!("performance.md"),
        machine = machine::describe(),
        commit = everything.commit,
        seconds = seconds,
        rounds = rounds,
        targets = tables::targets(everything),
        alone = tables::alone(everything),
        memory = tables::memory(everything),
        through = tables::through(everything),
        injections = tables::injections(everything),
        kept = kept,
    )
}

impl Everything {
    fn series(&self, server: &str, connections: u32) -> Option<&alone::Series> {
        self.alone.iter().find(|series| (series.server.as_str(), series.connections) == (server, connections))
    }

    /// Returns a server's figure over the bare server's: the median of the rounds' ratios.
    fn to_bare(&self, server: &str, connections: u32, figure: fn(&alone::Series) -> &[f64]) -> f64 {
        let of = |server| self.series(server, connections).map(figure).unwrap_or_default();
        ratio(of(server), of("bare"))
    }

    /// Returns the microseconds that this variant adds to a creation, for each round.
    fn added(&self, variant: &str, connections: u32) -> Vec<f64> {
        let of = |name: &str| {
            let mut all = self.through.iter().filter(|series| series.connections == connections);
            all.find(|series| series.variant == name).map(|series| series.median.as_slice()).unwrap_or_default()
        };
        of(variant).iter().zip(of("nobody")).map(|(with, without)| with - without).collect()
    }
}

fn throughput(everything: &Everything) -> Plot<'static> {
    let mut series: Vec<String> = Vec::new();
    everything.alone.iter().filter(|row| row.connections == 1).for_each(|row| series.push(row.server.clone()));
    let row = |connections: u32| {
        let of = |server: &String| everything.series(server, connections).map(|row| median(row.throughput.clone()));
        Row { label: format!("{connections} connections"), values: series.iter().filter_map(of).collect() }
    };
    let rows = alone::CONNECTIONS.map(row).into();
    Plot { title: "Reviews over TLS", unit: "a second, more is better", series, rows }
}

fn added(everything: &Everything) -> Plot<'static> {
    let variants = ["policy", "bare", "podwright"];
    let row = |connections: u32| {
        let values = variants.map(|variant| median(everything.added(variant, connections)) / 1e3).into();
        Row { label: format!("{connections} connections"), values }
    };
    Plot {
        title: "Added to the creation of a Pod",
        unit: "milliseconds, less is better",
        series: variants.map(str::to_owned).into(),
        rows: apiserver::CONNECTIONS.map(row).into(),
    }
}
