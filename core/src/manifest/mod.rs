//! Manifests: reads the objects in a stream of documents, and applies patches to its text.
//!
//! Streams of YAML and JSON are split and read as in kubectl. A text that kubectl would read differently, or drop
//! silently, is an error with a position. Edits keep every other byte of the author's text. Each edited text is read
//! again to prove its values.

mod build;
mod characters;
mod chunk;
mod difference;
mod document;
mod edit;
mod errors;
mod foreign;
mod json;
mod objects;
mod ordered;
mod scalar;
mod split;
mod write;
mod yaml_node;

pub use document::{Document, Edited, Stream, read};
pub use errors::{EditError, ReadError, ReadErrorKind};
pub use foreign::{Foreign, foreign};
pub use objects::Object;

#[cfg(test)]
mod tests;
