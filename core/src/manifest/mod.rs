//! Manifests: the text of a stream of documents in, the objects in them and their text with patches applied out.
//!
//! Reads as kubectl reads: streams of YAML and of JSON, split where kubectl splits them, scalars with the meaning that
//! they have there. What kubectl would read otherwise, or would drop in silence, is refused with its place. Edits the
//! author's text in place, proves each edit by reading it again, and leaves everything else as it is, byte for byte.
//! Never opens a file, never decides what is patched.

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
