//! The operations that turn one value into another one, for edits in place.

use serde_json::Value;

use crate::inject::{Act, Operation};

/// Returns the operations from one value to another one; `None` if the document as a whole would have to be replaced.
pub(super) fn operations(old: &Value, new: &Value) -> Option<Vec<Operation>> {
    let mut found = Found::default();
    found.compare(old, new);
    found.operations.iter().all(|operation| !operation.path.is_empty()).then_some(found.operations)
}

#[derive(Default)]
struct Found {
    path: Vec<String>,
    operations: Vec<Operation>,
}

impl Found {
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
            (_, new) => self.add(Act::Replace, new),
        }
    }

    fn below(&mut self, step: String, old: Option<&Value>, new: &Value) {
        self.path.push(step);
        match old {
            Some(old) => self.compare(old, new),
            None => self.add(Act::Add, new),
        }
        self.path.pop();
    }

    fn add(&mut self, act: Act, value: &Value) {
        self.operations.push(Operation { act, path: self.path.clone(), value: value.clone() });
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
