//! What is in force, kept, adjusted and skipped in one object, and why: for people.

use std::fmt::Write as _;

use crate::cli::fitting::{Fate, Fitted, Level};
use crate::cli::paint::Paint;
use crate::inject::{Outcome, ReportLine};
use crate::text::shorten;

/// How it is written.
#[derive(Clone, Copy)]
pub(super) struct Style {
    pub(super) paint: Paint,
    /// Characters.
    pub(super) width: usize,
}

/// The words before what is told, and how wide their column is.
const COLUMN: usize = 15;

/// The title and all that there is to say below it; nothing of objects that podwright has nothing to do with.
pub(super) fn of(fitted: &Fitted<'_>, style: Style) -> String {
    let told = match &fitted.fate {
        Fate::Passed if fitted.findings.is_empty() => return String::new(),
        Fate::Passed => of_errors(fitted, style, "unreadable"),
        Fate::NotSent(why) => item(style, style.paint.dim("not sent"), "not sent", why),
        Fate::Odd(why) => item(style, style.paint.red("unreadable"), "unreadable", why),
        Fate::Denied(_) => of_errors(fitted, style, "denied"),
        Fate::Fitted(injection) => groups(&injection.report.lines).iter().map(|group| group.told(style)).collect(),
    };
    let warnings: String = fitted
        .findings
        .iter()
        .filter(|finding| finding.level == Level::Warning)
        .map(|finding| {
            let text = format!("{} [{}]", finding.message, finding.code);
            item(style, style.paint.yellow("warning"), "warning", &text)
        })
        .collect();
    let nothing = told.is_empty() && warnings.is_empty();
    let nothing = if nothing {
        item(style, style.paint.dim("unchanged"), "unchanged", "nothing is asked for")
    } else {
        String::new()
    };
    let place = format!("{}:{}", fitted.file, fitted.object.line);
    format!("{}  {}\n{told}{warnings}{nothing}", style.paint.bold(&fitted.title()), style.paint.dim(&place))
}

fn of_errors(fitted: &Fitted<'_>, style: Style, word: &str) -> String {
    let errors = fitted.findings.iter().filter(|finding| finding.level == Level::Error);
    let told = errors.map(|finding| {
        let text = format!("line {}: {}", finding.line, finding.message);
        item(style, style.paint.red(word), word, &text)
    });
    told.collect()
}

/// What became of one key in one way, container by container.
struct Group<'l> {
    key: &'l str,
    outcome: Outcome,
    /// Each with the parts of the wish that it is about.
    containers: Vec<(&'l str, Vec<&'l str>)>,
}

/// Gathered by outcome, key and reason; what is in force comes first.
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

    fn told(&self, style: Style) -> String {
        let word = self.outcome.as_str();
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
        // Of no container: a part of the Pod, or a key.
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

/// `app (POD_NAME, POD_IP)`
fn subject(name: &str, items: &[&str]) -> String {
    let items = items.iter().map(|item| shorten(item)).collect::<Vec<_>>().join(", ");
    match (name.is_empty(), items.is_empty()) {
        (true, _) => items,
        (false, true) => shorten(name),
        (false, false) => format!("{} ({items})", shorten(name)),
    }
}

/// One thing that is told, behind its word and wrapped.
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
