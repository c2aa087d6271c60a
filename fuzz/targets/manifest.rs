//! Manifests: without a patch the text comes back byte for byte; with one, its value matches the patch.
#![no_main]

use std::collections::BTreeMap;

use libfuzzer_sys::fuzz_target;
use podwright_core::manifest::{Document, read};
use podwright_fuzz::setup::{self, Setup};
use podwright_fuzz::{is_exact, patched, patches, text, untouched};
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    let Ok(input) = std::str::from_utf8(bytes) else { return };
    let stream = match read(input) {
        Ok(stream) => stream,
        Err(unread) => {
            assert!(unread.position.line >= 1 && unread.position.line <= input.split('\n').count() + 1, "{unread:?}");
            assert!(unread.position.column >= 1 && unread.position.column <= input.chars().count() + 1, "{unread:?}");
            return text::is_sentence(&unread.to_string());
        }
    };
    assert_eq!(stream.with(&BTreeMap::new()), input);
    // JSON has its own reader to compare with: a document that it reads is read alike. The exception is `8.0`, which
    // kubectl makes `8`.
    if let (Ok(value), [document]) = (serde_json::from_str::<Value>(input), stream.documents()) {
        assert!(!is_exact(&value) || document.value() == &value, "{value}");
    }
    let setup = setup::of(bytes);
    let mut changed = BTreeMap::new();
    for (number, document) in
        stream.documents().iter().enumerate().filter(|(_, document)| !document.objects().is_empty())
    {
        assert_eq!(document.edited(&[]).expect("nothing to do").text, document.text());
        changed.extend(edited(document, setup).map(|text| (number, text)));
    }
    let whole = stream.with(&changed);
    let again = read(&whole).unwrap_or_else(|unread| panic!("{unread:?} in\n{whole}"));
    assert_eq!(again.documents().len(), stream.documents().len(), "{whole}");
});

/// The text of a document with podwright's additions, if there are any.
fn edited(document: &Document<'_>, setup: &Setup) -> Option<String> {
    let patches = patches(document, setup);
    if patches.is_empty() {
        return None;
    }
    let mut wanted = document.value().clone();
    for (object, patch) in &patches {
        let value = wanted.pointer_mut(object.pointer.as_str()).expect("an object is in its document");
        *value = patched(value, patch.as_json());
    }
    untouched(document.value(), &wanted, "");
    let borrowed: Vec<_> = patches.iter().map(|(object, patch)| (*object, patch)).collect();
    let text = document.edited(&borrowed).unwrap_or_else(|unedited| panic!("{unedited} in\n{}", document.text())).text;
    let stream = read(&text).unwrap_or_else(|unread| panic!("{unread:?} in\n{text}"));
    let full: Vec<_> = stream.documents().iter().filter(|document| !document.objects().is_empty()).collect();
    assert_eq!(full.len(), 1, "{text}");
    assert_eq!(full[0].value(), &wanted, "{text}");
    assert!(self::patches(full[0], setup).is_empty(), "the second round on\n{text}");
    Some(text)
}
