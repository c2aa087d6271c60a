//! The shape and the value of a document, built from the parser's events in one pass and within limits.

mod collections;
mod cursor;
mod marks;
mod tabs;

use std::collections::HashMap;
use std::sync::Arc;

use granit_parser::{ErrorKind, Event, Parser, ScalarStyle, ScanError, Span, StrInput};
use serde_json::Value;

use super::chunk::Chunk;
use super::yaml_node::{YamlNode, YamlShape};
use super::{ReadError, ReadErrorKind, scalar};
use crate::text::{Position, sentence};
use cursor::Cursor;
use marks::Marks;
use tabs::Tabs;

/// The limit for nested collections. Kubernetes objects are far below it.
const DEPTH: usize = 200;
/// The limit for the bytes that the aliases of a stream repeat in total. kubectl's limit is about 400,000 values.
const REPEATED: usize = 64 * 1024 * 1024;
/// The minimum cost of a value, in bytes.
const VALUE: usize = 64;

/// The remaining bytes for the aliases of a stream.
pub(super) struct Budget {
    left: usize,
}

impl Default for Budget {
    fn default() -> Self {
        Self { left: REPEATED }
    }
}

/// The shape and the value of a document. An empty document is `null` without a shape.
type BuiltDocument = Result<(Option<YamlNode>, Value), ReadError>;

/// Builds a document. Retries after each mark that the parser misreads.
pub(super) fn build(chunk: &Chunk<'_>, budget: &mut Budget) -> BuiltDocument {
    let mut marks = Marks::default();
    loop {
        let left = budget.left;
        let (document, misread) = attempt(chunk, &marks, budget);
        match misread {
            Some(at) if document.is_err() && marks.add(at) => budget.left = left,
            _ => return document,
        }
    }
}

/// Builds the document once. Also returns the mark that the parser misread.
fn attempt(chunk: &Chunk<'_>, marks: &Marks, budget: &mut Budget) -> (BuiltDocument, Option<usize>) {
    let Chunk { text, line, is_json, .. } = *chunk;
    let options = granit_parser::options! {
        disallow_directives: true,
        emit_comments: false,
        simple_key_max_lookahead: usize::MAX / 2,
        flow_nesting_limit: DEPTH,
        block_nesting_limit: DEPTH,
    };
    let covered = marks.covered(text);
    let events = Parser::new_from_str_with_options(&covered, options);
    let anchors = HashMap::new();
    let (cursor, tabs) = (Cursor { text, first_line: line }, Tabs::new(text));
    let mut builder = Builder { cursor, is_json, events, anchors, tabs, marks, misread: None, budget, depth: 0 };
    let document = builder.document();
    let Builder { tabs, misread, .. } = builder;
    let checked =
        document.and_then(|document| if is_json { Ok(document) } else { tabs.check(cursor).map(|()| document) });
    (checked, misread)
}

struct Builder<'t, 'b> {
    cursor: Cursor<'t>,
    is_json: bool,
    events: Parser<'t, StrInput<'t>>,
    /// The complete values with an anchor, for aliases.
    anchors: HashMap<usize, Built>,
    tabs: Tabs,
    marks: &'b Marks,
    /// The mark that the parser read as an indicator.
    misread: Option<usize>,
    budget: &'b mut Budget,
    depth: usize,
}

/// The style and the tag of a scalar.
#[derive(Clone, Copy)]
struct ScalarForm {
    style: ScalarStyle,
    tag: Option<scalar::Tag>,
}

/// A value in its two forms.
#[derive(Clone)]
struct Built {
    node: YamlNode,
    value: Value,
    /// The bytes of a copy.
    bytes: usize,
}

impl<'t> Builder<'t, '_> {
    fn document(&mut self) -> BuiltDocument {
        let mut found = None;
        loop {
            let (event, span) = self.next()?;
            match event {
                Event::StreamEnd => break,
                Event::StreamStart | Event::DocumentStart(..) | Event::DocumentEnd => {}
                _ if found.is_some() => {
                    return Err(self.unread(&span, ReadErrorKind::BehindDocumentEnd));
                }
                event => {
                    self.nothing_ended(&span)?;
                    found = Some(self.value(event, span, 0)?);
                }
            }
        }
        Ok(found.map_or((None, Value::Null), |built| (Some(built.node), built.value)))
    }

    /// Refuses a `...` before the first value: the parser skips it, but kubectl ends the document there.
    fn nothing_ended(&self, span: &Span) -> Result<(), ReadError> {
        let before = self.cursor.text.get(..self.cursor.range(span).0).unwrap_or_default();
        match before.lines().position(|line| line.starts_with("...")) {
            Some(line) => {
                let place = Position { line: self.cursor.first_line + line, column: 1 };
                Err(ReadError::new(place, ReadErrorKind::EndBeforeStart))
            }
            None => Ok(()),
        }
    }

    fn next(&mut self) -> Result<(Event<'t>, Span), ReadError> {
        match self.events.next() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(self.syntax_error(&error)),
            None => Err(ReadError::new(self.cursor.place_of(self.cursor.text.len()), ReadErrorKind::EndsTooEarly)),
        }
    }

    fn syntax_error(&mut self, error: &ScanError) -> ReadError {
        let mark = error.marker();
        if matches!(error.kind(), ErrorKind::PlainScalarStartsWithDashFlowIndicator) {
            self.misread = mark.byte_offset();
        }
        let place = Position { line: self.cursor.first_line + mark.line().max(1) - 1, column: mark.col() + 1 };
        ReadError::new(place, ReadErrorKind::Syntax(sentence(error.info().as_ref())))
    }

    fn unread(&self, span: &Span, kind: ReadErrorKind) -> ReadError {
        ReadError::new(self.cursor.place(&span.start), kind)
    }

    /// Builds the value that starts with this event, after the offset `from`.
    fn value(&mut self, event: Event<'t>, span: Span, from: usize) -> Result<Built, ReadError> {
        let (built, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => {
                let tag = tag.as_deref().map(|tag| self.tag(tag, &span)).transpose()?;
                (self.scalar(&text, ScalarForm { style, tag }, &span, from)?, anchor)
            }
            Event::SequenceStart(style, anchor, tag) => {
                self.collection_tag(tag.as_deref(), "seq", &span)?;
                (self.deeper(&span, |builder| builder.list(style, &span, from))?, anchor)
            }
            Event::MappingStart(style, anchor, tag) => {
                self.collection_tag(tag.as_deref(), "map", &span)?;
                (self.deeper(&span, |builder| builder.map(style, &span, from))?, anchor)
            }
            Event::Alias(anchor) => return self.alias(anchor, &span, from),
            event => return Err(self.unread(&span, ReadErrorKind::UnexpectedEvent(sentence(&format!("{event:?}"))))),
        };
        if anchor != 0 {
            self.spend(built.bytes, &span)?;
            self.anchors.insert(anchor, built.clone());
        }
        Ok(built)
    }

    fn deeper<T>(&mut self, span: &Span, f: impl FnOnce(&mut Self) -> Result<T, ReadError>) -> Result<T, ReadError> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(self.unread(span, ReadErrorKind::TooDeep { limit: DEPTH }));
        }
        let result = f(self);
        self.depth -= 1;
        result
    }

    fn scalar(
        &mut self,
        text: &str,
        ScalarForm { style, tag }: ScalarForm,
        span: &Span,
        from: usize,
    ) -> Result<Built, ReadError> {
        let (start, mut end) = self.cursor.range(span);
        self.tabs.allow(start..end);
        let is_empty = start == end && style == ScalarStyle::Plain;
        let text = if style == ScalarStyle::Plain { &*self.marks.restored(text, end, self.cursor.text) } else { text };
        let text = if is_empty { "" } else { text };
        let value = match (style, tag) {
            (_, Some(tag)) => scalar::tagged(text, tag),
            (ScalarStyle::Plain, None) => scalar::plain(text),
            _ => Ok(Value::from(text)),
        };
        let value = value.map_err(|kind| self.unread(span, kind))?;
        if style == ScalarStyle::DoubleQuoted && !self.is_json && self.cursor.escapes_a_slash(start, end) {
            return Err(self.unread(span, ReadErrorKind::EscapedSlash));
        }
        if matches!(style, ScalarStyle::Literal | ScalarStyle::Folded) {
            end = self.cursor.end_of_block(start, end, text);
        }
        // The parser's offset of an empty value may be after comments.
        let (start, end) = if is_empty && tag.is_none() { (from, from) } else { (start, end) };
        let node =
            YamlNode { from, start, end, place: self.cursor.place(&span.start), shape: Arc::new(YamlShape::Scalar) };
        Ok(Built { node, value, bytes: VALUE + text.len() })
    }

    fn alias(&mut self, anchor: usize, span: &Span, from: usize) -> Result<Built, ReadError> {
        let Some(target) = self.anchors.get(&anchor) else {
            return Err(self.unread(span, ReadErrorKind::AliasInside));
        };
        let (bytes, node, value) = (target.bytes, target.node.clone(), target.value.clone());
        self.spend(bytes, span)?;
        let (start, end) = self.cursor.range(span);
        let node = YamlNode {
            from,
            start,
            end,
            place: self.cursor.place(&span.start),
            shape: Arc::new(YamlShape::Alias(node)),
        };
        Ok(Built { node, value, bytes })
    }

    fn spend(&mut self, bytes: usize, span: &Span) -> Result<(), ReadError> {
        match self.budget.left.checked_sub(bytes) {
            Some(left) => self.budget.left = left,
            None => return Err(self.unread(span, ReadErrorKind::AliasesRepeat)),
        }
        Ok(())
    }

    fn tag(&self, tag: &granit_parser::Tag, span: &Span) -> Result<scalar::Tag, ReadError> {
        let known = tag.core_suffix().and_then(scalar::Tag::named);
        known.ok_or_else(|| self.unread(span, ReadErrorKind::ScalarTag))
    }

    fn collection_tag(
        &self,
        tag: Option<&granit_parser::Tag>,
        own: &'static str,
        span: &Span,
    ) -> Result<(), ReadError> {
        if tag.is_none_or(|tag| tag.is_yaml_core_schema_tag(own)) {
            return Ok(());
        }
        Err(self.unread(span, ReadErrorKind::CollectionTag(own)))
    }
}
