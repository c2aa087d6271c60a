//! Documents with their analyzed objects, and each document's text with its patches applied.

use crate::cli::analysis::{AnalyzedObject, ManifestFile};
use crate::cli::error::Error;
use crate::manifest::{Document, Edited};

/// The note about a rewritten document.
pub(in crate::cli) const WRITTEN_ANEW: &str = "podwright rewrote this document, because a changed field is in a YAML alias or another rare form. The \
                    fields keep their order; comments and anchors are lost";

/// Joins the texts of all documents that have objects, in their order.
pub(super) fn by_document(
    files: &[ManifestFile<'_>],
    all: &[AnalyzedObject<'_>],
    mut text_of: impl FnMut(&Document<'_>, &[AnalyzedObject<'_>]) -> Result<String, Error>,
) -> Result<String, Error> {
    let mut text = String::new();
    for objects in all.chunk_by(|a, b| a.document == b.document) {
        let index = objects.first().map(|first| first.document);
        let document = index.and_then(|index| files.get(index.file)?.stream.documents().get(index.document));
        text += &document.map_or(Ok(String::new()), |document| text_of(document, objects))?;
    }
    Ok(text)
}

/// Returns the document's text with its objects' patches; nothing if nothing changes.
pub(super) fn edited(document: &Document<'_>, objects: &[AnalyzedObject<'_>]) -> Result<Option<Edited>, Error> {
    let patches: Vec<_> = objects.iter().filter_map(|object| Some((object.object, object.patch()?))).collect();
    if patches.is_empty() { Ok(None) } else { Ok(Some(document.edited(&patches)?)) }
}
