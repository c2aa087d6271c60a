//! The text about one object: its settings, each with outcome and reason.

use std::fmt::Write as _;

use crate::cli::analysis::{AnalyzedObject, Level, Verdict};
use crate::cli::io::colors::Paint;
use crate::inject::{Outcome, ReportLine};
use crate::text::shorten;

/// The colours and the width of the text.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub(super) paint: Paint,
    /// The width in characters.
    pub(super) width: usize,
}

/// The width of the column with the labels, in characters.
const COLUMN: usize = 15;

/// Returns the title with the entries below it; an empty text for an object of another kind without findings.
pub(super) fn of(object: &AnalyzedObject<'_>, style: Style) -> String {
    let entries = match &object.verdict {
        Verdict::OtherKind if object.findings.is_empty() => return String::new(),
        Verdict::OtherKind => of_errors(object, style, "unreadable"),
        Verdict::NotSent(why) => item(style, style.paint.dim("excluded"), "excluded", why),
        Verdict::Unreadable(why) => item(style, style.paint.red("unreadable"), "unreadable", why),
        Verdict::Denied(_) => of_errors(object, style, "denied"),
        Verdict::Injected(injection) => groups(&injection.report.lines).iter().map(|group| group.text(style)).collect(),
    };
    let warnings: String = object
        .findings
        .iter()
        .filter(|finding| finding.level < Level::Error)
        .map(|finding| {
            let (text, word) = (format!("{} [{}]", finding.message, finding.code), finding.level.as_str());
            let painted =
                if finding.level == Level::Warning { style.paint.yellow(word) } else { style.paint.dim(word) };
            item(style, painted, word, &text)
        })
        .collect();
    let nothing = entries.is_empty() && warnings.is_empty();
    let nothing = if nothing {
        item(style, style.paint.dim("unchanged"), "unchanged", "no annotation or profile setting applies")
    } else {
        String::new()
    };
    let place = format!("{}:{}", object.file, object.object.line);
    format!("{}  {}\n{entries}{warnings}{nothing}", style.paint.bold(&object.title()), style.paint.dim(&place))
}

fn of_errors(object: &AnalyzedObject<'_>, style: Style, word: &str) -> String {
    let errors = object.findings.iter().filter(|finding| finding.level == Level::Error);
    let items = errors.map(|finding| {
        let text = format!("line {}: {}", finding.line, finding.message);
        item(style, style.paint.red(word), word, &text)
    });
    items.collect()
}

/// The containers with the same outcome of one key.
struct Group<'l> {
    key: &'l str,
    outcome: Outcome,
    /// Container names, each with the parts of the setting.
    containers: Vec<(&'l str, Vec<&'l str>)>,
}

/// Groups lines by key and outcome. Set values come first.
fn groups(lines: &[ReportLine]) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    for line in lines {
        let known = groups.iter_mut().find(|group| group.key == line.key && group.outcome == line.outcome);
        match known {
            Some(group) => group.add(line),
            None => {
                let mut group = Group { key: line.key, outcome: line.outcome, containers: Vec::new() };
                group.add(line);
                groups.push(group);
            }
        }
    }
    groups.sort_by_key(|group| rank(group.outcome));
    groups
}

/// Returns the label for people. The report's JSON has the stable words of [`Outcome::as_str`].
fn label(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::InForce | Outcome::Guessed(_) | Outcome::Noted(_) | Outcome::Doubtful(_) => "set",
        Outcome::PassedOver(_) => "omitted",
        Outcome::Kept(_) | Outcome::Adjusted(_) | Outcome::Skipped(_) => outcome.as_str(),
    }
}

fn rank(outcome: Outcome) -> usize {
    match outcome {
        Outcome::InForce | Outcome::Guessed(_) => 0,
        Outcome::Noted(_) | Outcome::Doubtful(_) => 1,
        Outcome::Adjusted(_) => 2,
        Outcome::Kept(_) => 3,
        Outcome::Skipped(_) => 4,
        Outcome::PassedOver(_) => 5,
    }
}

impl<'l> Group<'l> {
    fn add(&mut self, line: &'l ReportLine) {
        let item = (!line.item.is_empty()).then_some(line.item.as_str());
        match self.containers.last_mut().filter(|(name, _)| *name == line.container) {
            Some((_, items)) => items.extend(item),
            None => self.containers.push((&line.container, item.into_iter().collect())),
        }
    }

    fn text(&self, style: Style) -> String {
        let word = label(self.outcome);
        let painted = match self.outcome {
            Outcome::InForce | Outcome::Guessed(_) | Outcome::Noted(_) | Outcome::Doubtful(_) => {
                style.paint.green(word)
            }
            Outcome::Adjusted(_) | Outcome::Skipped(_) => style.paint.yellow(word),
            Outcome::Kept(_) | Outcome::PassedOver(_) => style.paint.dim(word),
        };
        let names: Vec<String> = self.containers.iter().map(|(name, items)| subject(name, items)).collect();
        let names = names.into_iter().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(", ");
        let guess = self.outcome.guess();
        let key = match guess {
            Some(guess) => guess.field,
            None if self.key.is_empty() => "annotation",
            None => self.key,
        };
        // Without a container: a part of the Pod, or a key.
        let of = match self.containers.first() {
            _ if names.is_empty() => String::new(),
            Some(("", _)) => format!(", {names}"),
            _ => format!(" of {names}"),
        };
        let guess = guess.map(|guess| format!(": {guess}")).unwrap_or_default();
        let reason = self.outcome.reason().map(|reason| format!(": {} [{}]", reason.sentence, reason.code));
        item(style, painted, word, &format!("{key}{of}{guess}{}", reason.unwrap_or_default()))
    }
}

/// Formats a container with parts of a setting, such as `app (POD_NAME, POD_IP)`.
fn subject(name: &str, items: &[&str]) -> String {
    let items = items.iter().map(|item| shorten(item)).collect::<Vec<_>>().join(", ");
    match (name.is_empty(), items.is_empty()) {
        (true, _) => items,
        (false, true) => shorten(name),
        (false, false) => format!("{} ({items})", shorten(name)),
    }
}

/// Formats one entry after its label, wrapped.
fn item(style: Style, painted: String, word: &str, text: &str) -> String {
    let mut lines = format!("  {painted}{:pad$}", "", pad = COLUMN.saturating_sub(2 + word.len()));
    let mut used = COLUMN;
    for (nth, word) in text.split_whitespace().enumerate() {
        let length = word.chars().count();
        if nth > 0 && used + 1 + length > style.width {
            let _ = write!(lines, "\n{:COLUMN$}", "");
            used = COLUMN;
        } else if nth > 0 {
            lines.push(' ');
            used += 1;
        }
        lines.push_str(word);
        used += length;
    }
    lines + "\n"
}
