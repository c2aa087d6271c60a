//! `-o name`: the workloads that a restart brings up to date.

use crate::inspect::inventory::{Inventory, State};

/// The most other workloads that the note names.
const NAMED: usize = 10;

/// The lines for `kubectl rollout restart`, and a note about the workloads that it does not accept.
pub(super) struct Names {
    pub(super) lines: String,
    pub(super) note: Option<String>,
}

/// Lists the workloads with missed or stale Pods. With all Namespaces, each line begins with `-n NAMESPACE`, for `xargs -L 1`.
pub(super) fn restartable(inventory: &Inventory, all_namespaces: bool) -> Names {
    let (mut lines, mut others) = (String::new(), Vec::new());
    for (namespace, workload, row) in inventory.rows() {
        if row.counts.of(State::Missed) + row.counts.of(State::Stale) == 0 {
            continue;
        }
        let name = if all_namespaces { format!("-n {namespace} {workload}") } else { workload.to_string() };
        match workload.can_be_restarted() {
            true => lines.extend([&name, "\n"]),
            false => others.push(name),
        }
    }
    let more = if others.len() > NAMED { format!(" and {} more", others.len() - NAMED) } else { String::new() };
    let named = others.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    let note = format!("kubectl cannot restart these workloads; create their Pods again in another way: {named}{more}");
    Names { lines, note: (!others.is_empty()).then_some(note) }
}
