//! Warnings: one for each key and reason, naming the containers, of at most 256 characters.
//!
//! The API server gives 4,096 characters to all warnings of a request, also those of other webhooks. It drops a
//! warning with a control character.

use crate::annotation::{Faults, PREFIX};
use crate::inject::{Entry, Outcome, Reason};
use crate::text::shorten;

/// The most characters of a warning: the server cuts each to this once all of them exceed its budget.
pub const CHARACTERS: usize = 256;

/// The address of docs/reasons.md, which has a heading for each code.
pub const REASONS_PAGE: &str = concat!(env!("CARGO_PKG_HOMEPAGE"), "/reasons");

/// The most faults with a warning of their own: half of the server's budget.
const FAULTS: usize = 8;

/// Writes a warning for each fault, starting with `before`. Counts the faults beyond the first eight.
pub fn of_faults(before: &str, faults: &Faults, reason: Reason) -> Vec<String> {
    let named = faults.named().iter().take(FAULTS);
    let mut warnings: Vec<String> = named.map(|fault| bounded(&format!("{before}{fault}"), reason)).collect();
    let more = faults.count() - warnings.len();
    if more > 0 {
        let rest = format!("{before}{more} more invalid annotations or parts of annotations; see `podwright lint`");
        warnings.push(bounded(&rest, reason));
    }
    warnings
}

/// Appends the reason's code in brackets, and shortens the text so that both fit in a warning.
pub fn bounded(text: &str, Reason { code, .. }: Reason) -> String {
    let room = CHARACTERS.saturating_sub(" []".len() + code.len());
    if text.chars().count() <= room {
        return format!("{text} [{code}]");
    }
    let start: String = text.chars().take(room.saturating_sub("...".len())).collect();
    format!("{start}... [{code}]")
}

/// Composes the warnings for these entries, in their order.
pub(super) fn compose(entries: &[Entry<'_>]) -> Vec<String> {
    let mut groups: Vec<(&str, Reason, Vec<&Entry<'_>>)> = Vec::new();
    for entry in entries.iter().filter(|entry| entry.warns()) {
        let Some(reason) = entry.outcome.reason() else { continue };
        match groups.iter_mut().find(|(key, known, _)| *key == entry.key && *known == reason) {
            Some((_, _, members)) => members.push(entry),
            None => groups.push((entry.key, reason, vec![entry])),
        }
    }
    groups.into_iter().map(|(key, reason, members)| Warning { key, reason, members: &members }.text()).collect()
}

/// A key and a reason, with the entries that share them.
struct Warning<'w> {
    key: &'w str,
    reason: Reason,
    members: &'w [&'w Entry<'w>],
}

impl Warning<'_> {
    /// Writes the effect, the reason and the remedy: `podwright.dev/KEY not injected into web: REASON. REMEDY [CODE]`.
    fn text(&self) -> String {
        let Reason { code, sentence, remedy } = self.reason;
        let explain = format!("See `podwright explain {code}`.");
        let mut best = String::new();
        // Prefer the longest remedy that leaves room for all names, then `explain` with at least one name, then no
        // remedy.
        for remedy in [remedy, self.reason.first_step(), explain.as_str()] {
            let (text, named) = self.ending_in(&format!(": {sentence}. {remedy} [{code}]"));
            match named {
                // Entries of nameless containers need no room for names, so the rest alone may be too long.
                _ if text.chars().count() > CHARACTERS => {}
                Named::All => return text,
                Named::Some => best = text,
                Named::None => {}
            }
        }
        if best.is_empty() { self.ending_in(&format!(": {sentence} [{code}]")).0 } else { best }
    }

    fn ending_in(&self, tail: &str) -> (String, Named) {
        let (before, after) = self.effect();
        let fixed = before.chars().count() + after.chars().count() + tail.chars().count();
        let (subjects, named) = subjects(self.members, CHARACTERS.saturating_sub(fixed));
        let before = if subjects.is_empty() { before.trim_end_matches(" for ") } else { before.as_str() };
        (format!("{before}{subjects}{after}{tail}"), named)
    }

    /// Returns the words before and after the names.
    fn effect(&self) -> (String, &'static str) {
        let Self { key, members, .. } = self;
        let first = members.first();
        let effect = match first.map(|entry| entry.outcome) {
            // An item is the whole key here. `podwright lint` finds the place of a warning by the key at its beginning.
            _ if key.is_empty() => return (String::new(), " ignored"),
            _ if first.is_some_and(|entry| entry.container.is_empty()) => "ignored for ",
            Some(Outcome::Skipped(_) | Outcome::Kept(_)) => "not injected into ",
            Some(Outcome::Adjusted(_)) => "adjusted in ",
            _ => "set in ",
        };
        (format!("{PREFIX}{key} {effect}"), "")
    }
}

/// The part of the names that fitted.
enum Named {
    All,
    Some,
    None,
}

/// Lists the names within `room` characters: `app (POD_NAME, POD_IP), web and 3 more`.
fn subjects(members: &[&Entry<'_>], room: usize) -> (String, Named) {
    let groups: Vec<&[&Entry<'_>]> = members.chunk_by(|a, b| is_one(a, b)).collect();
    let reserve = " and 100000 more".len();
    let mut shown = String::new();
    let mut named = Named::All;
    for (count, group) in groups.iter().enumerate() {
        let separator = if shown.is_empty() { "" } else { ", " };
        let fits = |name: &String| shown.chars().count() + separator.len() + name.chars().count() + reserve <= room;
        let whole = name(group, room);
        if whole.is_empty() {
            continue;
        }
        let name = if fits(&whole) {
            whole
        } else {
            named = Named::Some;
            in_brief(group)
        };
        if !fits(&name) {
            let rest = format!("{} more", groups.len() - count);
            return if shown.is_empty() { (rest, Named::None) } else { (format!("{shown} and {rest}"), Named::Some) };
        }
        shown.push_str(separator);
        shown.push_str(&name);
    }
    (shown, named)
}

/// Returns whether two neighbouring entries are about one container. Entries come container by container.
fn is_one(a: &Entry<'_>, b: &Entry<'_>) -> bool {
    !a.container.is_empty() && a.container == b.container
}

/// Returns a container with the number of its parts: `app (12 parts)`.
fn in_brief(group: &[&Entry<'_>]) -> String {
    let container = shorten(group.first().map_or("", |entry| entry.container));
    if container.is_empty() || group.len() < 2 {
        name(group, 1)
    } else {
        format!("{container} ({} parts)", group.len())
    }
}

/// Returns a container with the parts of the wish, or only the part if the wish is for the whole Pod. Takes no more
/// parts than `room` characters could hold.
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
        sentence: "the sleep is not shorter than the grace period",
        remedy: "Shorten the sleep, or set a longer terminationGracePeriodSeconds.",
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
                "podwright.dev/downward-env not injected into app (A, C), web (A): the sleep is not shorter than the \
                 grace period. Shorten the sleep, or set a longer terminationGracePeriodSeconds. [NoRoom]",
                "podwright.dev/downward-env not injected into app (B): the Pod already sets another value, and \
                 podwright keeps it. Remove the Pod's value to use podwright's. If the Pod's value is right, no \
                 action is needed. [KeptAuthors]",
            ]
        );
    }

    /// The API server does not check names before the webhook, so a container may have none.
    #[test]
    fn every_reason_fits_with_a_name_and_without() {
        for (_, reason) in crate::inject::reasons() {
            for (container, item) in [("", ""), ("app", ""), ("", "web")] {
                let skipped = entry(container, item, Source::Pod, Outcome::Skipped(reason));
                let said = Entry { key: "termination-message-policy", ..skipped };
                let all = compose(&[said]);
                assert!(all.iter().all(|one| one.chars().count() <= CHARACTERS), "{all:?}");
            }
        }
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
        assert!(all.iter().all(|one| one.chars().count() <= 256 && one.contains(" more: the sleep ")), "{all:?}");
        let wide = "w".repeat(300);
        let one = compose(&[skipped(wide.as_str())]).concat();
        assert!(one.chars().count() <= 256, "{one}");
        assert!(!compose(&[skipped("a\n\u{1b}b")]).concat().contains(['\n', '\u{1b}']));
    }
}
