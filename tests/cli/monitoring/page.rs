//! The alerts in docs/metrics.md, with steps for the person on call, and their list in docs/operate.md.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use podwright::server::metrics::alerts::{ALERTS, Alert};

use super::is_current;

const LISTED_IN: &str = "docs/operate.md";
const START: &str = "<!-- alerts: written by `UPDATE_GOLDEN=1 cargo test --test cli monitoring` -->\n";
const END: &str = "<!-- /alerts -->\n";

/// The section of docs/metrics.md: for each alert its condition, its meaning and its steps.
pub(crate) fn alerts() -> String {
    let head = "\n## Alerts\n\nThe condition of each alert, and the steps if it fires. See \
                [operate.md](operate.md#turn-monitoring-on) to install them.\n";
    ALERTS.iter().fold(head.to_owned(), |text, alert| text + &section(alert))
}

fn section(alert: &Alert) -> String {
    let Alert { expression, description, severity, .. } = alert;
    let lasting = alert.lasting.map(|time| format!(", after {}", spelled(time))).unwrap_or_default();
    let name = alert.full_name();
    let mut text = format!(
        "\n### {name}\n\nSeverity `{}`{lasting}. {description}\n\n```promql\n{expression}\n```\n\n",
        severity.label()
    );
    for (number, step) in alert.steps.iter().enumerate() {
        let _ = writeln!(text, "{}. {step}", number + 1);
    }
    text
}

/// `5m` as in a sentence.
fn spelled(time: &str) -> String {
    format!("{} minutes", time.trim_end_matches('m'))
}

fn list() -> String {
    let mut text = "| alert | severity | fires if |\n| --- | --- | --- |\n".to_owned();
    for alert in ALERTS {
        let name = alert.full_name();
        let place = |text: &str| text.replace("{{ $labels.", "_").replace(" }}", "_");
        let row = [format!("[`{name}`](metrics.md#{})", name.to_lowercase()), alert.severity.label().to_owned()];
        let _ = writeln!(text, "| {} | {} |", row.join(" | "), place(alert.summary));
    }
    text
}

#[test]
fn the_operators_page_lists_the_alerts() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(LISTED_IN)).expect("readable");
    let (before, rest) = page.split_once(START).expect("the start of the alerts");
    let (_, after) = rest.split_once(END).expect("their end");
    is_current(LISTED_IN, &format!("{before}{START}\n{}\n{END}{after}", list()));
}
