//! Large reviews from short inputs: a recipe says how often a part of a Pod is repeated.
//!
//! Each line is `PLACE COUNT TEXT`. The text is JSON as in the Pod: an item of a list, or a member of an object. `#` is
//! replaced by the number of the repetition, and `<WORD*N>` by a word N times.

use std::fmt::Write as _;

/// The most bytes of a review: enough to tell quadratic from linear cost, and fast enough for thousands of inputs.
const BYTES: usize = 60_000;

/// The places. A line for a container means the preceding container.
const LISTS: [&str; 5] = ["env", "envFrom", "ports", "volumeMounts", "volumeDevices"];

/// A Pod as lists of JSON texts.
#[derive(Default)]
struct Parts {
    annotations: Vec<String>,
    volumes: Vec<String>,
    spec: Vec<String>,
    containers: Vec<Container>,
    room: usize,
}

#[derive(Clone, Default)]
struct Container {
    members: String,
    lists: [Vec<String>; LISTS.len()],
}

/// Returns the Pod of a recipe as JSON, without the lines beyond the size.
pub fn pod(recipe: &str) -> String {
    let mut parts = Parts { room: BYTES, ..Parts::default() };
    for line in recipe.lines() {
        let mut words = line.splitn(3, ' ');
        if let (Some(place), Some(count), Some(text)) = (words.next(), words.next(), words.next()) {
            parts.add(place, count.parse().unwrap_or(1), text);
        }
    }
    parts.json()
}

impl Parts {
    fn add(&mut self, place: &str, count: usize, text: &str) {
        let nth = LISTS.iter().position(|list| *list == place);
        for n in 0..count {
            let text = expanded(text, n, self.room);
            let Some(room) = self.room.checked_sub(text.len() + "{},".len()) else { return };
            self.room = room;
            match (place, nth, self.containers.last_mut()) {
                ("annotation", ..) => self.annotations.push(text),
                ("volume", ..) => self.volumes.push(text),
                ("spec", ..) => self.spec.push(text),
                ("container", ..) => self.containers.push(Container { members: text, ..Container::default() }),
                (_, Some(nth), Some(container)) => container.lists[nth].push(text),
                ("again", _, Some(container)) => {
                    let again = container.clone();
                    let Some(room) = self.room.checked_sub(again.json().len()) else { return };
                    self.room = room;
                    self.containers.push(again);
                }
                _ => {}
            }
        }
    }

    fn json(&self) -> String {
        let containers: Vec<String> = self.containers.iter().map(Container::json).collect();
        let lists = [("containers", containers.join(",")), ("volumes", self.volumes.join(","))];
        let lists = lists.map(|(name, items)| format!("\"{name}\":[{items}]"));
        let spec: Vec<&str> = lists.iter().chain(&self.spec).map(String::as_str).collect();
        format!(
            "{{\"metadata\":{{\"annotations\":{{{}}}}},\"spec\":{{{}}}}}",
            self.annotations.join(","),
            spec.join(",")
        )
    }
}

impl Container {
    fn json(&self) -> String {
        let mut json = String::from("{");
        json.push_str(&self.members);
        for (name, items) in LISTS.iter().zip(&self.lists).filter(|(_, items)| !items.is_empty()) {
            let comma = if json.len() > 1 { "," } else { "" };
            let _ = write!(json, "{comma}\"{name}\":[{}]", items.join(","));
        }
        json.push('}');
        json
    }
}

/// The text with its number and its repeated words, cut at this many bytes.
fn expanded(text: &str, n: usize, room: usize) -> String {
    let mut expanded = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('<') {
        expanded.push_str(before);
        let repeated = behind.split_once('>').and_then(|(inner, rest)| Some((inner.rsplit_once('*')?, rest)));
        let Some(((word, count), behind)) = repeated else {
            rest = behind;
            continue;
        };
        let count = count.parse::<usize>().unwrap_or(1).min(room / word.len().max(1));
        expanded.push_str(&word.repeat(count));
        rest = behind;
    }
    expanded.push_str(rest);
    expanded.replace('#', &n.to_string())
}
