//! The series in the alerts and in docs/operate.md exist from the start. A counter that first appears with 1 shows no
//! increase, and a label value that does not exist never matches.

use podwright::server::metrics::alerts::ALERTS;
use podwright::server::metrics::table::{EVENTS, OF_API_SERVERS, REASONS, RENEWALS, TRUSTED};

use crate::metrics::Scrape;
use crate::running::Running;

/// A metric in a query, with its label matchers as written: `route=~"pods|namespace"`.
struct Selector<'q> {
    metric: &'q str,
    labels: Vec<&'q str>,
}

fn selectors(query: &str) -> Vec<Selector<'_>> {
    let begins = query.match_indices("podwright_").chain(query.match_indices("process_"));
    begins.map(|(at, _)| Selector::read(query.split_at(at).1)).collect()
}

impl<'q> Selector<'q> {
    fn read(rest: &'q str) -> Self {
        let end = rest.find(|c: char| !c.is_ascii_lowercase() && c != '_').unwrap_or(rest.len());
        let (metric, rest) = rest.split_at(end);
        let labels = rest.strip_prefix('{').and_then(|rest| rest.split_once('}')).map_or("", |(labels, _)| labels);
        Self { metric, labels: labels.split_inclusive("\",").filter(|label| !label.is_empty()).collect() }
    }

    fn selects(&self, series: &str) -> bool {
        let (name, labels) = series.split_once('{').unwrap_or((series, ""));
        name == self.metric && self.labels.iter().all(|label| is_met(label.trim_end_matches(','), labels))
    }
}

/// Supports the parts of regular expressions that the queries use: `|`, and `.` for any character.
fn is_met(label: &str, labels: &str) -> bool {
    let (name, asked) = label.split_once(['=', '!']).unwrap();
    let (_, rest) = labels.split_once(&format!("{name}=\"")).unwrap_or_else(|| panic!("no {name} in {labels}"));
    let value = rest.split('"').next().unwrap();
    let wanted = asked.trim_start_matches(['=', '~']).trim_matches('"');
    let alike = |wanted: &str| {
        wanted.len() == value.len() && wanted.chars().zip(value.chars()).all(|(wanted, c)| wanted == '.' || wanted == c)
    };
    let met = wanted.split('|').any(alike);
    if label.contains("!=") { !met } else { met }
}

#[tokio::test]
async fn what_is_asked_for_is_there_before_anything_has_happened() {
    let server = Running::start(&[]);
    let scrape = Scrape::of(&server).await;
    let page = include_str!("../../docs/operate.md");
    let shown = page.split("```promql\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    // Series that need --tls-secret, which tests/cluster/kept checks; those of --events; and the reasons, which are too many.
    let later = [RENEWALS.name(), TRUSTED.name(), REASONS.name(), EVENTS.name()];
    let mut asked = 0;
    for query in ALERTS.iter().map(|alert| alert.expression).chain(shown) {
        let all = selectors(query);
        assert!(!all.is_empty() || OF_API_SERVERS.iter().any(|metric| query.contains(metric.name)), "{query}");
        for selector in all.iter().filter(|selector| !later.iter().any(|name| name == selector.metric)) {
            let found = scrape.samples.keys().any(|series| selector.selects(series));
            assert!(found, "{query}\nselects nothing: {} {:?}\n{scrape:#?}", selector.metric, selector.labels);
            asked += 1;
        }
    }
    assert!(asked > 30, "{asked}");
}
