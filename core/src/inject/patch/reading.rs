//! A patch of ours as its operations, for who applies it to something else than the API server's JSON.

use serde::Deserialize;
use serde_json::Value;

use super::Patch;

/// What an operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Act {
    /// Puts a member there, whether or not one is; puts an item into a list.
    Add,
    /// Puts a value in the place of one that is there.
    Replace,
}

/// One operation of a patch.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// What it does.
    pub act: Act,
    /// Where, step by step: names, indexes, `-` for behind the last item. Nothing is escaped.
    pub path: Vec<String>,
    /// What is put there.
    pub value: Value,
}

#[derive(Deserialize)]
struct Written {
    op: Act,
    path: String,
    value: Value,
}

impl Patch {
    /// The operations, in their order.
    ///
    /// # Errors
    /// None that is known: every patch is written by this crate.
    pub fn operations(&self) -> Result<Vec<Operation>, serde_json::Error> {
        let written: Vec<Written> = serde_json::from_slice(&self.0)?;
        let operation = |Written { op, path, value }| Operation { act: op, path: steps(&path), value };
        Ok(written.into_iter().map(operation).collect())
    }
}

/// The steps of a JSON pointer (RFC 6901), without escapes.
pub fn steps(pointer: &str) -> Vec<String> {
    pointer.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~")).collect()
}
