//! Warnings: one for each key and reason, naming the containers, of at most 256 characters.
//!
//! The server gives 4,096 characters to all warnings of a request together, ours and others', and drops a warning that
//! holds a control character.

use crate::annotation::{Faults, PREFIX};
use crate::inject::{Entry, Outcome, Reason};
use crate::text::shorten;

/// The most characters of a warning: the server cuts each to this once all of them exceed its budget.
pub const CHARACTERS: usize = 256;

/// The most faults that are told one by one: half of the server's budget.
const FAULTS: usize = 8;

/// Writes a warning for each fault, with these words before it. Faults beyond the first eight are counted.
pub fn of_faults(before: &str, faults: &Faults, reason: Reason) -> Vec<String> {
    let named = faults.named().iter().take(FAULTS);
    let mut warnings: Vec<String> = named.map(|fault| bounded(&format!("{before}{fault}"), reason)).collect();
    let more = faults.count() - warnings.len();
    if more > 0 {
        let rest = format!("{before}{more} more annotations or parts of them cannot be understood");
        warnings.push(bounded(&rest, reason));
    }
    warnings
}

/// The text as a warning: with the reason's code in brackets, and so short that there is room for it.
pub fn bounded(text: &str, Reason { code, .. }: Reason) -> String {
    let room = CHARACTERS.saturating_sub(" []".len() + code.len());
    if text.chars().count() <= room {
        return format!("{text} [{code}]");
    }
    let start: String = text.chars().take(room.saturating_sub("...".len())).collect();
    format!("{start}... [{code}]")
}

/// The warnings that these entries earn, in their order.
pub(super) fn compose(entries: &[Entry<'_>]) -> Vec<String> {
    let mut groups: Vec<(&str, Reason, Vec<&Entry<'_>>)> = Vec::new();
    for entry in entries.iter().filter(|entry| entry.warns()) {
        let Some(reason) = entry.outcome.reason() else { continue };
        match groups.iter_mut().find(|(key, known, _)| *key == entry.key && *known == reason) {
            Some((_, _, members)) => members.push(entry),
            None => groups.push((entry.key, reason, vec![entry])),
        }
    }
    groups.into_iter().map(|(key, reason, members)| sentence(key, reason, &members)).collect()
}

fn sentence(key: &str, reason: Reason, members: &[&Entry<'_>]) -> String {
    let verb = match members.first().map(|entry| entry.outcome) {
        Some(Outcome::Skipped(_)) => "skipped, ",
        Some(Outcome::Adjusted(_)) => "adjusted, ",
        _ => "",
    };
    let head = if key.is_empty() { "annotations".to_owned() } else { format!("{PREFIX}{key}") };
    let tail = format!(": {verb}{} [{}]", reason.sentence, reason.code);
    let room = CHARACTERS.saturating_sub(head.chars().count() + tail.chars().count());
    format!("{head}{}{tail}", subjects(key, members, room))
}

/// ` in app (POD_NAME, POD_IP), web and 3 more`, within `room` characters.
fn subjects(key: &str, members: &[&Entry<'_>], room: usize) -> String {
    let groups: Vec<&[&Entry<'_>]> = members.chunk_by(|a, b| is_one(a, b)).collect();
    let preposition = if key.is_empty() || key == "containers" { " " } else { " in " };
    let reserve = " and 100000 more".len();
    let mut shown = String::new();
    for (count, group) in groups.iter().enumerate() {
        let separator = if shown.is_empty() { preposition } else { ", " };
        let fits = |name: &String| shown.chars().count() + separator.len() + name.chars().count() + reserve <= room;
        let whole = name(group, room);
        if whole.is_empty() {
            continue;
        }
        let name = Some(whole).filter(fits).unwrap_or_else(|| in_brief(group));
        if shown.chars().count() + separator.len() + name.chars().count() + reserve > room {
            let rest = format!("{} more", groups.len() - count);
            return if shown.is_empty() { format!("{preposition}{rest}") } else { format!("{shown} and {rest}") };
        }
        shown.push_str(separator);
        shown.push_str(&name);
    }
    shown
}

/// Whether two neighbours are about one container. Entries come container by container.
fn is_one(a: &Entry<'_>, b: &Entry<'_>) -> bool {
    !a.container.is_empty() && a.container == b.container
}

/// A container with the number of parts that it is about: `app (12 parts)`.
fn in_brief(group: &[&Entry<'_>]) -> String {
    let container = shorten(group.first().map_or("", |entry| entry.container));
    if container.is_empty() || group.len() < 2 {
        name(group, 1)
    } else {
        format!("{container} ({} parts)", group.len())
    }
}

/// A container with the parts of the wish that it is about, or just the part where there is no container. No longer than
/// `room` needs: one that has no room is not shown.
fn name(group: &[&Entry<'_>], room: usize) -> String {
    let container = shorten(group.first().map_or("", |entry| entry.container));
    let mut items = String::new();
    for item in group.iter().map(|entry| shorten(&entry.item)).take(room).filter(|item| !item.is_empty()) {
        items.push_str(if items.is_empty() { "" } else { ", " });
        items.push_str(&item);
    }
    match (container.is_empty(), items.is_empty()) {
        (true, _) => items,
        (false, true) => container,
        (false, false) => format!("{container} ({items})"),
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::super::super::reason::KEPT_AUTHORS;
    use super::*;
    use crate::annotation::{Expected, Fault};
    use crate::profile::Source;

    const REASON: Reason = Reason {
        code: "NoRoom",
        sentence: "the sleep would not leave a second of the grace period",
        remedy: "Sleep for less, or give the Pod a longer terminationGracePeriodSeconds.",
    };

    fn entry<'e>(container: &'e str, item: &'e str, by: Source, outcome: Outcome) -> Entry<'e> {
        Entry { key: "downward-env", container, item: Cow::Borrowed(item), by, outcome }
    }

    #[test]
    fn containers_are_gathered_under_their_reason() {
        let skipped = Outcome::Skipped(REASON);
        let entries = [
            entry("app", "A", Source::Pod, skipped),
            entry("app", "B", Source::Pod, Outcome::Kept(KEPT_AUTHORS)),
            entry("app", "C", Source::Pod, skipped),
            entry("web", "A", Source::Container, skipped),
        ];
        assert_eq!(
            compose(&entries),
            [
                "podwright.dev/downward-env in app (A, C), web (A): skipped, the sleep would not leave a second of the \
                 grace period [NoRoom]",
                "podwright.dev/downward-env in app (B): it is set otherwise already, and that is kept [KeptAuthors]",
            ]
        );
    }

    #[test]
    fn a_profile_and_what_is_in_force_earn_none() {
        let entries = [
            entry("a", "", Source::Profile, Outcome::Kept(KEPT_AUTHORS)),
            entry("a", "", Source::Pod, Outcome::InForce),
            entry("a", "", Source::Pod, Outcome::Noted(REASON)),
        ];
        assert_eq!(compose(&entries), [""; 0]);
    }

    #[test]
    fn what_cannot_be_understood_is_told_one_by_one_while_there_is_room() {
        let fault = |n: usize| Fault::new(&format!("k{n}"), Expected::new("is odd ".repeat(n * 40), "5s"));
        let told = of_faults("odd: ", &(0..20).map(fault).collect(), REASON);
        assert_eq!(told.len(), FAULTS + 1);
        assert!(
            told.iter().all(|one| one.chars().count() <= 256 && one.starts_with("odd: ") && one.ends_with(" [NoRoom]")),
            "{told:#?}"
        );
        assert!(told.last().is_some_and(|last| last.starts_with("odd: 12 more")));
        assert_eq!(of_faults("", &Faults::default(), REASON), [""; 0]);
    }

    #[test]
    fn a_warning_is_bounded_however_many_containers_earn_it() {
        let names: Vec<String> = (0..300).map(|n| format!("container-{n}-{}", "x".repeat(n % 50))).collect();
        let skipped = |name| entry(name, "", Source::Pod, Outcome::Skipped(REASON));
        let all = compose(&names.iter().map(|name| skipped(name.as_str())).collect::<Vec<_>>());
        assert_eq!(all.len(), 1);
        assert!(all.iter().all(|one| one.chars().count() <= 256 && one.contains(" more: skipped")), "{all:?}");
        let wide = "w".repeat(300);
        let one = compose(&[skipped(wide.as_str())]).concat();
        assert!(one.chars().count() <= 256, "{one}");
        assert!(!compose(&[skipped("a\n\u{1b}b")]).concat().contains(['\n', '\u{1b}']));
    }
}
