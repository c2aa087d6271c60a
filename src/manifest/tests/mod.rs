#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "a test may fail")]

mod edits;

use serde_json::json;

use super::read;

#[test]
fn simple_streams() {
    let stream =
        read("# license\napiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\n---\n# none\n---\nkind: X\n").unwrap();
    let values: Vec<_> = stream.documents().iter().map(|document| document.value().clone()).collect();
    assert_eq!(values.len(), 3);
    assert_eq!(values[0], json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}));
    assert_eq!((stream.documents()[0].line(), stream.documents()[2].line()), (1, 9));
    let object = &stream.documents()[0].objects()[0];
    assert_eq!((object.name.as_str(), object.line, object.column), ("a", 2, 1));
}
