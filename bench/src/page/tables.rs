//! The tables of the page.

use std::fmt::{self, Write as _};

use super::Everything;
use crate::alone::Series;
use crate::apiserver::{CONNECTIONS, VARIANTS};
use crate::figures::{median, ratio};
use crate::plot::short;

/// The aims, the figures, a verdict for each, and the figure of a server that does less.
pub(super) fn targets(all: &Everything) -> String {
    let throughput: fn(&Series) -> &[f64] = |series| &series.throughput;
    let cpu: fn(&Series) -> &[f64] = |series| &series.cpu;
    let latency: fn(&Series) -> &[f64] = |series| &series.median;
    let to_bare = |connections, figure| ["podwright", "typed"].map(|server| all.to_bare(server, connections, figure));
    let to_policy = |connections| {
        let policy = all.added("policy", connections);
        ["podwright", "bare"].map(|variant| ratio(&all.added(variant, connections), &policy))
    };
    let memory = all.memory.iter().find(|memory| memory.server == "podwright");
    let mebibytes = memory.map_or(f64::NAN, |memory| memory.bytes as f64 / 1024.0 / 1024.0);
    let ratios = [
        ("throughput / *bare*, 64 connections", Aim::AtLeast(0.85), to_bare(64, throughput), "typed"),
        ("CPU for each request / *bare*, 64 connections", Aim::AtMost(1.25), to_bare(64, cpu), "typed"),
        ("median latency / *bare*, one connection", Aim::AtMost(1.1), to_bare(1, latency), "typed"),
        ("time added to a creation / *policy*, one connection", Aim::AtMost(1.25), to_policy(1), "bare"),
        ("time added to a creation / *policy*, eight connections", Aim::AtMost(1.05), to_policy(8), "bare"),
    ];
    let alone = [
        ("MiB resident after a million requests", Aim::AtMost(16.0), mebibytes),
        ("milliseconds from start to ready (median)", Aim::AtMost(50.0), median(all.starts.clone())),
    ];
    let mut table =
        String::from("| figure | aim | podwright | | a server that does less |\n| --- | --- | --- | --- | --- |\n");
    for (figure, aim, [measured, less], server) in ratios {
        let _ = writeln!(
            table,
            "| {figure} | {aim} | {} | {} | {} (*{server}*) |",
            short(measured),
            aim.word(measured),
            short(less)
        );
    }
    for (figure, aim, measured) in alone {
        let _ = writeln!(table, "| {figure} | {aim} | {} | {} | |", short(measured), aim.word(measured));
    }
    table
}

#[derive(Clone, Copy)]
enum Aim {
    AtLeast(f64),
    AtMost(f64),
}

impl Aim {
    fn word(self, measured: f64) -> &'static str {
        let met = match self {
            Self::AtLeast(bound) => measured >= bound,
            Self::AtMost(bound) => measured <= bound,
        };
        if met { "met" } else { "**missed**" }
    }
}

impl fmt::Display for Aim {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtLeast(bound) => write!(formatter, "at least {bound}"),
            Self::AtMost(bound) => write!(formatter, "at most {bound}"),
        }
    }
}

pub(super) fn alone(all: &Everything) -> String {
    let mut table = String::from(
        "| connections | server | reviews a second | median (us) | 99th percentile (us) | CPU a request (us) | throughput \
         / bare | CPU / bare |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for series in &all.alone {
        let bare = all.series("bare", series.connections);
        let to_bare = |figure: fn(&Series) -> &[f64]| ratio(figure(series), bare.map(figure).unwrap_or_default());
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} | {} | {} | {} | {} |",
            series.connections,
            series.server,
            short(median(series.throughput.clone())),
            short(median(series.median.clone())),
            short(median(series.p99.clone())),
            short(median(series.cpu.clone())),
            short(to_bare(|series| &series.throughput)),
            short(to_bare(|series| &series.cpu)),
        );
    }
    table
}

pub(super) fn memory(all: &Everything) -> String {
    let mut table = String::from("| server | requests answered | resident (MiB) |\n| --- | --- | --- |\n");
    for memory in &all.memory {
        let mebibytes = memory.bytes as f64 / 1024.0 / 1024.0;
        let _ = writeln!(table, "| {} | {:.0} | {} |", memory.server, memory.requests, short(mebibytes));
    }
    table
}

pub(super) fn through(all: &Everything) -> String {
    let mut table = String::from(
        "| connections | mutated by | median (ms) | added (ms) | added / policy |\n| --- | --- | --- | --- | --- |\n",
    );
    for connections in CONNECTIONS {
        for variant in VARIANTS {
            let mut rows = all.through.iter().filter(|row| (row.variant, row.connections) == (variant, connections));
            let whole = rows.next().map_or(f64::NAN, |row| median(row.median.clone()));
            let added = all.added(variant, connections);
            let relative = match variant {
                "nobody" => "".to_owned(),
                _ => short(ratio(&added, &all.added("policy", connections))),
            };
            let added = if variant == "nobody" { "".to_owned() } else { short(median(added) / 1e3) };
            let _ = writeln!(table, "| {connections} | {variant} | {} | {added} | {relative} |", short(whole / 1e3));
        }
    }
    table
}

pub(super) fn injections(all: &Everything) -> String {
    let mut table = String::from("| case | size | median (us) | for each (ns) |\n| --- | --- | --- | --- |\n");
    for injection in &all.injections {
        let each = injection.median / injection.parameter as f64;
        let size = short(injection.parameter as f64);
        let size = size.strip_suffix(".00").unwrap_or(&size).to_owned();
        let microseconds = short(injection.median / 1e3);
        let _ = writeln!(table, "| {} | {size} | {microseconds} | {} |", injection.group, short(each));
    }
    table
}
