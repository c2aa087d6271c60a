//! The objects of an installation: each with its text in `manifests/` and with the value that the options give it.
//!
//! Options change values. The text is edited in place when it is printed, so comments stay where that is possible.

use serde_json::Value;

use super::manifests::MANIFESTS;
use crate::cli::error::Error;
use crate::manifest::{self, EditError};

/// An object of the installation.
pub(super) struct InstalledObject {
    /// The document in the manifests.
    text: String,
    pub(super) value: Value,
}

/// All objects, in the order in which kubectl applies them.
pub(super) struct Installation {
    pub(super) objects: Vec<InstalledObject>,
}

impl InstalledObject {
    /// Reads the objects of a manifest.
    pub(super) fn all(text: &str) -> Result<Vec<Self>, Error> {
        let stream = manifest::read(text)?;
        let of = |document: &manifest::Document<'_>| Self {
            text: document.text().to_owned(),
            value: document.value().clone(),
        };
        Ok(stream.documents().iter().map(of).collect())
    }

    pub(super) fn is(&self, kind: &str) -> bool {
        self.field(&["kind"]) == kind
    }

    /// Whether it is one of the two webhook configurations.
    pub(super) fn is_webhook_configuration(&self) -> bool {
        self.is("MutatingWebhookConfiguration") || self.is("ValidatingWebhookConfiguration")
    }

    /// Returns the text at these steps; an empty text if there is none.
    pub(super) fn field(&self, steps: &[&str]) -> &str {
        let found = steps.iter().try_fold(&self.value, |value, step| value.get(step));
        found.and_then(Value::as_str).unwrap_or_default()
    }

    /// Replaces text in the comments that have lines of their own.
    pub(super) fn replace_in_comments(&mut self, old: &str, new: &str) {
        let line = |line: &str| match line.trim_start().starts_with('#') {
            true => line.replace(old, new),
            false => line.to_owned(),
        };
        self.text = self.text.split_inclusive('\n').map(line).collect();
    }

    /// Writes a text of several lines behind a key of the document, as a block, if that reads back as the same text.
    pub(super) fn write_block(&mut self, key: &str, block: &str) -> Option<()> {
        let opening = format!("{key}: |");
        let (head, _) = self.text.split_once(&opening)?;
        let column = head.rsplit('\n').next()?.len();
        let line =
            |line: &str| if line.trim().is_empty() { line.to_owned() } else { format!("{:column$}  {line}", "") };
        let lines: String = block.split_inclusive('\n').map(line).collect();
        let chomping = if block.ends_with('\n') { "" } else { "-" };
        let text = format!("{head}{opening}{chomping}\n{lines}");
        let reads = manifest::read(&text)
            .is_ok_and(|stream| matches!(stream.documents(), [document] if *document.value() == self.value));
        reads.then(|| self.text = text)
    }

    /// Returns the document with the object's value.
    fn rendered(&self) -> Result<String, Error> {
        let stream = manifest::read(&self.text)?;
        let document = stream.documents().first().ok_or(EditError::AnotherObject)?;
        let mut text = document.with_value(&self.value)?.text;
        if !text.ends_with('\n') {
            text.push('\n');
        }
        Ok(text)
    }

    /// Returns the object with its name alone, for `kubectl delete`.
    fn name(&self) -> Result<String, Error> {
        let mut name = self.value.clone();
        if let Some(members) = name.as_object_mut() {
            members.retain(|field, _| matches!(field.as_str(), "apiVersion" | "kind" | "metadata"));
        }
        if let Some(metadata) = name.get_mut("metadata").and_then(Value::as_object_mut) {
            metadata.retain(|field, _| matches!(field.as_str(), "name" | "namespace"));
        }
        Ok(serde_saphyr::to_string(&name)?)
    }
}

impl Installation {
    /// Reads the manifests.
    pub(super) fn new() -> Result<Self, Error> {
        let mut objects = Vec::new();
        for text in MANIFESTS {
            objects.extend(InstalledObject::all(text)?);
        }
        Ok(Self { objects })
    }

    /// Returns the objects of a kind.
    pub(super) fn of_kind(&mut self, kind: &'static str) -> impl Iterator<Item = &mut InstalledObject> {
        self.objects.iter_mut().filter(move |object| object.is(kind))
    }

    /// Adds objects before the webhook configurations, so that no Pod is sent before they exist.
    pub(super) fn add(&mut self, objects: Vec<InstalledObject>) {
        let place = self.objects.iter().position(InstalledObject::is_webhook_configuration);
        let place = place.unwrap_or(self.objects.len());
        self.objects.splice(place..place, objects);
    }

    /// Returns the text of all objects.
    pub(super) fn rendered(&self) -> Result<String, Error> {
        let texts = self.objects.iter().map(InstalledObject::rendered).collect::<Result<Vec<_>, _>>()?;
        Ok(texts.join("---\n"))
    }

    /// Returns the names of all objects in the order in which they are to be deleted.
    pub(super) fn names(&self) -> Result<String, Error> {
        let names = self.objects.iter().rev().map(InstalledObject::name).collect::<Result<Vec<_>, _>>()?;
        Ok(names.join("---\n"))
    }
}

/// Returns the place at these steps: names of members and indexes of items.
pub(super) fn place<'v>(value: &'v mut Value, steps: &[&str]) -> Option<&'v mut Value> {
    steps.iter().try_fold(value, |value, step| match value {
        Value::Array(items) => items.get_mut(step.parse::<usize>().ok()?),
        value => value.get_mut(step),
    })
}
