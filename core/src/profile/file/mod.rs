//! The configuration file: YAML or JSON in, a [`ConfigurationFile`] or everything that is wrong with it out.
//!
//! Never opens a file. A value is turned into the annotation's text and read by the same code as an annotation. So one place
//! knows the meaning of a setting; the fields, too, are those of the table of keys.

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

/// `apiVersion`
pub const API_VERSION: &str = "podwright.dev/v1alpha1";
/// `kind`
pub const KIND: &str = "Configuration";

/// The built-in configuration, as a file.
pub const BUILT_IN: &str = include_str!("../built_in.yaml");

#[cfg(test)]
mod tests;
