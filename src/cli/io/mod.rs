//! Files and the terminal, for all subcommands.

pub(super) mod candidates;
pub(super) mod cluster;
pub(super) mod colors;
pub(super) mod config_file;
pub(super) mod count;
mod encoding;
mod exclude;
pub(super) mod findings;
pub(super) mod input;
pub(super) mod output;
pub(super) mod pages;
pub(super) mod remedy;

pub(super) use exclude::Glob;
