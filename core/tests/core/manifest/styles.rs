//! One value in the many styles of YAML, chosen by a seed.

use serde_json::{Map, Value};

/// Writes documents with a random style at every turn.
pub struct Style {
    choices: u64,
    comments: usize,
    out: String,
}

impl Style {
    /// All choices follow from this seed.
    pub fn new(seed: u64) -> Self {
        Self { choices: seed, comments: 0, out: String::new() }
    }

    /// Writes a document.
    pub fn write(mut self, value: &Value) -> String {
        match self.choose(8) {
            0 => return serde_json::to_string_pretty(value).unwrap() + "\n",
            1 => return value.to_string(),
            2 => self.out.push_str("# license\n\n---\n"),
            3 => self.out.push_str("\u{feff}# license\n"),
            _ => {}
        }
        self.block(value, 0);
        if self.choose(3) == 0 {
            self.out.push_str("\n# the end\n");
        }
        if self.choose(4) == 0 {
            self.out.truncate(self.out.trim_end().len());
        }
        if self.choose(4) == 0 { self.out.replace('\n', "\r\n") } else { self.out }
    }

    fn choose(&mut self, of: u8) -> u8 {
        // Knuth's generator (MMIX); the upper bits are good.
        self.choices = self.choices.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u8::try_from(self.choices >> 56).unwrap() % of
    }

    /// Writes a comment, a blank line, or nothing.
    fn between(&mut self, indent: usize) {
        match self.choose(8) {
            0 => {
                self.comments += 1;
                let indent = if self.choose(2) == 0 { indent } else { 0 };
                self.out.push_str(&format!("{}# c{}\n", " ".repeat(indent), self.comments));
            }
            1 => self.out.push('\n'),
            _ => {}
        }
    }

    fn end(&mut self) {
        if self.choose(5) == 0 {
            self.comments += 1;
            self.out.push_str(&format!(" # c{}", self.comments));
        }
        self.out.push('\n');
    }

    /// Writes the lines of a collection that is not empty.
    fn block(&mut self, value: &Value, indent: usize) {
        match value {
            Value::Object(members) => members.iter().for_each(|(key, value)| {
                self.between(indent);
                self.out.push_str(&" ".repeat(indent));
                self.member(key, value, indent);
            }),
            Value::Array(items) => items.iter().for_each(|item| {
                self.between(indent);
                self.out.push_str(&" ".repeat(indent));
                self.item(item, indent);
            }),
            _ => unreachable!("a scalar"),
        }
    }

    fn member(&mut self, key: &str, value: &Value, indent: usize) {
        let key = self.scalar(&Value::from(key), true);
        self.out.push_str(&key);
        self.out.push(':');
        match value {
            Value::Array(items) if !items.is_empty() && self.choose(5) > 0 => {
                self.end();
                let deeper = [0, 0, 2, 2, 1, 4][usize::from(self.choose(6))];
                self.block(value, indent + deeper);
            }
            Value::Object(members) if !members.is_empty() && self.choose(6) > 0 => {
                self.end();
                let deeper = [2, 2, 2, 4, 1, 3][usize::from(self.choose(6))];
                self.block(value, indent + deeper);
            }
            Value::Null if self.choose(2) == 0 => self.end(),
            Value::String(text) if text.contains('\n') && !text.starts_with(' ') && !text.ends_with("\n\n") => {
                self.out.push_str(if text.ends_with('\n') { " |" } else { " |-" });
                self.end();
                text.lines().for_each(|line| self.out.push_str(&format!("{}{line}\n", " ".repeat(indent + 3))));
            }
            value => {
                self.out.push(' ');
                self.flow(value, indent);
                self.end();
            }
        }
    }

    fn item(&mut self, item: &Value, indent: usize) {
        let blanks = [1, 1, 1, 3][usize::from(self.choose(4))];
        self.out.push('-');
        match item {
            Value::Object(members) if !members.is_empty() && self.choose(8) == 0 => {
                self.end();
                self.block(&Value::Object(members.clone()), indent + blanks + 1);
            }
            Value::Object(members) if !members.is_empty() && self.choose(6) > 0 => {
                self.out.push_str(&" ".repeat(blanks));
                let indent = indent + 1 + blanks;
                let (key, value) = members.iter().next().unwrap();
                self.member(key, value, indent);
                let rest: Map<_, _> = members.iter().skip(1).map(|(key, value)| (key.clone(), value.clone())).collect();
                self.block(&Value::Object(rest), indent);
            }
            item => {
                self.out.push_str(&" ".repeat(blanks));
                self.flow(item, indent);
                self.end();
            }
        }
    }

    fn flow(&mut self, value: &Value, indent: usize) {
        let lines = self.choose(4) == 0;
        match value {
            Value::Array(items) => {
                self.out.push('[');
                for (index, item) in items.iter().enumerate() {
                    self.comma(index, lines, indent + 2);
                    self.flow(item, indent + 2);
                }
                self.close(']', lines && !items.is_empty(), indent);
            }
            Value::Object(members) => {
                self.out.push('{');
                for (index, (key, value)) in members.iter().enumerate() {
                    self.comma(index, lines, indent + 2);
                    let key = self.scalar(&Value::from(key.as_str()), false);
                    self.out.push_str(&format!("{key}: "));
                    self.flow(value, indent + 2);
                }
                self.close('}', lines && !members.is_empty(), indent);
            }
            leaf => {
                let leaf = self.scalar(leaf, false);
                self.out.push_str(&leaf);
            }
        }
    }

    fn comma(&mut self, index: usize, lines: bool, indent: usize) {
        self.out.push_str(if index == 0 { "" } else { "," });
        match (lines, index) {
            (true, _) => self.out.push_str(&format!("\n{}", " ".repeat(indent))),
            (false, 0) => {}
            (false, _) => self.out.push(' '),
        }
    }

    fn close(&mut self, bracket: char, lines: bool, indent: usize) {
        if lines {
            let comma = if self.choose(3) == 0 { "," } else { "" };
            // In a block mapping, kubectl would read a bracket at its column as the next key.
            self.out.push_str(&format!("{comma}\n{} ", " ".repeat(indent)));
        }
        self.out.push(bracket);
    }

    fn scalar(&mut self, value: &Value, plain: bool) -> String {
        let Value::String(text) = value else { return value.to_string() };
        let simple = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'/' | b'-'))
            && text.starts_with(|char: char| char.is_ascii_alphabetic() || (plain && char == '/'))
            && !matches!(text.as_str(), "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n");
        match self.choose(4) {
            0 => value.to_string(),
            1 if !text.contains('\n') => format!("'{}'", text.replace('\'', "''")),
            _ if simple => text.clone(),
            _ => value.to_string(),
        }
    }
}
