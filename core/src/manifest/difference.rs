//! The operations that turn one value into another one, for edits in place.

use json_patch::jsonptr::PointerBuf;
use json_patch::{AddOperation, PatchOperation, ReplaceOperation};
use serde_json::Value;

/// Returns the operations from one value to another one; `None` if the document as a whole would have to be replaced.
pub(super) fn operations(old: &Value, new: &Value) -> Option<Vec<PatchOperation>> {
    let mut difference = Difference::default();
    difference.compare(old, new);
    difference.operations.iter().all(|operation| !operation.path().is_root()).then_some(difference.operations)
}

#[derive(Default)]
struct Difference {
    path: Vec<String>,
    operations: Vec<PatchOperation>,
}

impl Difference {
    fn compare(&mut self, old: &Value, new: &Value) {
        match (old, new) {
            (old, new) if old == new => {}
            // No operation removes a member: the mapping is replaced instead.
            (Value::Object(old), Value::Object(new)) if old.keys().all(|key| new.contains_key(key)) => {
                for (key, new) in new {
                    self.below(key.clone(), old.get(key), new);
                }
            }
            (Value::Array(old), Value::Array(new)) if old.len() <= new.len() => {
                for (index, new) in new.iter().enumerate() {
                    let step = if index < old.len() { index.to_string() } else { "-".to_owned() };
                    self.below(step, old.get(index), new);
                }
            }
            (_, new) => {
                let (path, value) = (self.pointer(), new.clone());
                self.operations.push(PatchOperation::Replace(ReplaceOperation { path, value }));
            }
        }
    }

    fn below(&mut self, step: String, old: Option<&Value>, new: &Value) {
        self.path.push(step);
        match old {
            Some(old) => self.compare(old, new),
            None => {
                let (path, value) = (self.pointer(), new.clone());
                self.operations.push(PatchOperation::Add(AddOperation { path, value }));
            }
        }
        self.path.pop();
    }

    fn pointer(&self) -> PointerBuf {
        PointerBuf::from_tokens(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::manifest::read;

    const TEXT: &str =
        "# Head.\nspec:\n  # The names.\n  names: [a, b]\n  count: 1 # One.\n  items:\n    # First.\n    - {id: x}\n";

    fn edited(wanted: &Value) -> (String, bool) {
        let stream = read(TEXT).unwrap_or_else(|error| unreachable!("{error}"));
        let [document] = stream.documents() else { unreachable!("one document") };
        let edited = document.with_value(wanted).unwrap_or_else(|error| unreachable!("{error}"));
        (edited.text, edited.anew)
    }

    #[test]
    fn what_differs_changes_and_comments_stay() {
        let same = json!({"spec": {"names": ["a", "b"], "count": 1, "items": [{"id": "x"}]}});
        assert_eq!(edited(&same), (TEXT.to_owned(), false));
        let wanted = json!({"spec": {"names": ["a", "c"], "count": 2, "items": [{"id": "w"}, {"id": "v"}]}});
        let expected = TEXT.replace("[a, b]", "[a, c]").replace("count: 1", "count: 2").replace("id: x", "id: w");
        assert_eq!(edited(&wanted), (format!("{expected}    - id: v\n"), false));
    }

    #[test]
    fn what_is_gone_costs_the_comments_but_not_the_order() {
        let wanted = json!({"spec": {"count": 1, "items": [{"id": "x"}]}});
        let expected = "# Head.\nspec:\n  count: 1\n  items:\n  - id: x\n";
        assert_eq!(edited(&wanted), (expected.to_owned(), true));
        assert_eq!(edited(&json!({"other": 1})), ("# Head.\nother: 1\n".to_owned(), true));
    }
}
