//! The split of a stream into documents, as in kubectl's decoder (`k8s.io/apimachinery/pkg/util/yaml`). It works on
//! lines before any YAML is parsed, so a `---` inside a block scalar also splits.

use serde::de::IgnoredAny;

use super::chunk::Chunk;
use super::{ReadError, ReadErrorKind, characters, json};
use crate::text::Position;

/// The byte order mark, which editors on Windows write at the start of a file.
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Splits a stream into its documents, without empty ones.
pub(super) fn split(text: &str) -> Result<Vec<Chunk<'_>>, ReadError> {
    let at = if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len_utf8() } else { 0 };
    let mut splitter = Splitter { text, at, line: 1, chunks: Vec::new() };
    if text.get(at..).unwrap_or_default().trim_start().starts_with('{') {
        splitter.json()?;
    }
    splitter.yaml()?;
    Ok(splitter.chunks)
}

struct Splitter<'t> {
    text: &'t str,
    /// The start of the remaining text.
    at: usize,
    line: usize,
    chunks: Vec<Chunk<'t>>,
}

impl<'t> Splitter<'t> {
    /// Splits JSON values. After at most one value, any other text is read as YAML.
    fn json(&mut self) -> Result<(), ReadError> {
        let (start, rest) = (self.at, self.text.get(self.at..).unwrap_or_default());
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<IgnoredAny>();
        while let Some(value) = values.next() {
            match value {
                Ok(_) => self.json_value(start + values.byte_offset()),
                Err(_) if self.chunks.len() < 2 => break,
                Err(error) => {
                    let place = Position { line: error.line().max(1), column: error.column().max(1) };
                    return Err(ReadError::new(place, ReadErrorKind::NotJsonAsBefore(json::without_place(&error))));
                }
            }
        }
        Ok(())
    }

    fn json_value(&mut self, end: usize) {
        let between = self.text.get(self.at..end).unwrap_or_default();
        self.skip(between.len() - between.trim_start().len());
        let rest = self.text.get(end..).unwrap_or_default();
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t', '\r']).len();
        let newline = usize::from(rest.get(blanks..).is_some_and(|rest| rest.starts_with('\n')));
        let more = if newline == 1 { blanks + newline } else { 0 };
        self.chunk(end + more, true);
    }

    /// Splits the rest, line by line.
    fn yaml(&mut self) -> Result<(), ReadError> {
        if !self.chunks.is_empty() {
            let rest = self.text.get(self.at..).unwrap_or_default();
            if rest.trim().is_empty() {
                return Ok(());
            }
        }
        let mut end = self.at;
        let lines = self.text.get(self.at..).unwrap_or_default().split_inclusive('\n');
        for (line_number, line) in (self.line..).zip(lines) {
            if let Some(rest) = line.strip_prefix("---") {
                alone(rest, line_number)?;
                self.chunk(end, false);
                self.skip(line.len());
            }
            end += line.len();
        }
        self.chunk(self.text.len(), false);
        let mut yaml = self.chunks.iter().filter(|chunk| !chunk.is_json);
        yaml.try_for_each(|chunk| characters::check(chunk.text, chunk.line))
    }

    fn chunk(&mut self, end: usize, is_json: bool) {
        let Some(text) = self.text.get(self.at..end).filter(|text| !text.is_empty()) else { return };
        self.chunks.push(Chunk { text, start: self.at, line: self.line, is_json });
        self.skip(text.len());
    }

    fn skip(&mut self, bytes: usize) {
        let skipped = self.text.get(self.at..self.at + bytes).unwrap_or_default();
        self.line += skipped.bytes().filter(|byte| *byte == b'\n').count();
        self.at += bytes;
    }
}

/// Checks the rest of a separator line: kubectl accepts only a comment there.
fn alone(rest: &str, line: usize) -> Result<(), ReadError> {
    let rest = rest.trim();
    if rest.is_empty() || rest.starts_with('#') {
        return Ok(());
    }
    Err(ReadError::new(Position { line, column: 4 }, ReadErrorKind::BehindSeparator))
}
