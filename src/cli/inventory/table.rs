//! The table: columns as kubectl prints them.

use crate::inspect::WorkloadName;
use crate::inspect::inventory::{Counts, Inventory, Row, State};
use crate::text::within;

/// The most characters of the reason in the narrow table.
const REASON: usize = 100;
/// The most characters of any other cell: a kind with its group and a name.
const CELL: usize = 400;
/// The most characters of all reasons in the wide table.
const REASONS: usize = 2000;

/// The optional columns.
#[derive(Clone, Copy)]
pub(super) struct Columns {
    pub(super) all_namespaces: bool,
    pub(super) wide: bool,
}

/// Renders the rows, and the totals below them.
pub(super) fn rendered(inventory: &Inventory, columns: Columns) -> String {
    let totals = inventory.totals();
    let unknown = totals.of(State::Unknown) > 0;
    let mut lines = vec![columns.header(unknown)];
    lines.extend(inventory.rows().map(|(namespace, workload, row)| columns.row((namespace, workload, row), unknown)));
    let rows = lines.len() - 1;
    format!("{}\n{}\n", aligned(&lines), summary(rows, totals))
}

impl Columns {
    fn header(self, unknown: bool) -> Vec<String> {
        let mut cells = Vec::new();
        cells.extend(self.all_namespaces.then_some("NAMESPACE"));
        cells.extend(["NAME", "PODS", "INJECTED", "MISSED", "STALE", "DENIED", "LEFT-ALONE"]);
        cells.extend(unknown.then_some("UNKNOWN"));
        cells.extend(self.wide.then_some(["PROFILE", "VERSION"]).into_iter().flatten());
        cells.push("REASON");
        cells.into_iter().map(str::to_owned).collect()
    }

    fn row(self, (namespace, workload, row): (&str, &WorkloadName, &Row), unknown: bool) -> Vec<String> {
        let mut cells = Vec::new();
        cells.extend(self.all_namespaces.then(|| namespace.to_owned()));
        cells.push(workload.to_string());
        cells.push(row.counts.pods.to_string());
        let states = [State::Injected, State::Missed, State::Stale, State::Denied, State::LeftAlone];
        let states = states.into_iter().chain(unknown.then_some(State::Unknown));
        cells.extend(states.map(|state| row.counts.of(state).to_string()));
        if self.wide {
            cells.extend([&row.profiles, &row.versions].map(|list| or_none(&list.join(","))));
        }
        cells.iter_mut().for_each(|cell| *cell = within(cell, CELL));
        cells.push(self.reason(row));
        cells
    }

    fn reason(self, row: &Row) -> String {
        if self.wide {
            let reasons = row.reasons.iter();
            let reasons = reasons.map(|it| format!("{} {}: {}", it.pods, word(it.state), it.sentence()));
            return within(&reasons.collect::<Vec<_>>().join("; "), REASONS);
        }
        let Some(first) = row.reasons.first() else { return String::new() };
        let more = row.reasons.len() - 1;
        let more = if more > 0 { format!(" (+{more})") } else { String::new() };
        within(&first.sentence(), REASON) + &more
    }
}

/// Returns the line below the table.
fn summary(rows: usize, totals: Counts) -> String {
    let states = [State::Injected, State::Missed, State::Stale, State::LeftAlone, State::Unknown];
    let states = states.into_iter().filter(|state| *state != State::Unknown || totals.of(*state) > 0);
    let states: Vec<String> = states.map(|state| format!("{} {}", totals.of(state), word(state))).collect();
    let denied = match totals.of(State::Denied) {
        0 => String::new(),
        denied => format!("; {denied} more denied"),
    };
    let plural = |count: u64| if count == 1 { "" } else { "s" };
    let (pods, workloads) = (totals.pods, rows as u64);
    let counted = format!("{workloads} workload{}, {pods} Pod{}", plural(workloads), plural(pods));
    format!("{counted}: {}{denied}", states.join(", "))
}

fn word(state: State) -> &'static str {
    if state == State::LeftAlone { "left alone" } else { state.as_str() }
}

fn or_none(text: &str) -> String {
    if text.is_empty() { "<none>".to_owned() } else { text.to_owned() }
}

/// Aligns the cells with three spaces between them, as kubectl does. Nothing follows the last one.
fn aligned(lines: &[Vec<String>]) -> String {
    let width = |column: usize| lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max();
    let columns = lines.first().map_or(0, Vec::len);
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or_default()).collect();
    let padded = |line: &Vec<String>| {
        let cells = line.iter().zip(&widths).map(|(cell, width)| {
            // A width in a format has a limit.
            let room = width.saturating_sub(cell.chars().count());
            format!("{cell}{}   ", " ".repeat(room))
        });
        format!("{}\n", cells.collect::<String>().trim_end())
    };
    lines.iter().map(padded).collect()
}

#[cfg(test)]
mod tests {
    use super::aligned;
    use crate::text::within;

    #[test]
    fn a_cell_of_any_length_has_a_line() {
        let long = "x".repeat(70_000);
        let lines = aligned(&[vec!["NAME".to_owned(), "B".to_owned()], vec![within(&long, super::CELL), long]]);
        assert_eq!(lines.lines().count(), 2);
    }
}
