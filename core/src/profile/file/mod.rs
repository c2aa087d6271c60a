//! The configuration file: parses YAML or JSON to a [`ConfigurationFile`], or to a list of problems.
//!
//! It opens no file. Each setting becomes an annotation's text, and the annotation's parser reads it. So a setting has
//! one grammar, and the fields follow the table of keys.

mod configuration_file;
mod extends;
mod field;
mod owner_kind;
mod problems;
mod schema;
mod show;
mod top_level;
mod tree;
mod warnings;
mod written_profile;

pub use configuration_file::ConfigurationFile;
pub use problems::{Problem, Problems};
pub use schema::schema;
pub use tree::BYTES;

/// The file's `apiVersion`.
pub const API_VERSION: &str = "podwright.dev/v1alpha1";
/// The file's `kind`.
pub const KIND: &str = "Configuration";

/// The built-in configuration, as a file.
pub const BUILT_IN: &str = include_str!("../built_in.yaml");

#[cfg(test)]
mod tests;
