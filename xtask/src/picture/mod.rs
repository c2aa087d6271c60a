//! What `podwright preview` says in a terminal, as a picture for the README: SVG, light and dark, from the real output.
//!
//! Only what podwright prints is understood (a handful of colours); anything else is an error and not a wrong picture.

mod svg;
mod terminal;

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::{Error, process};

/// The example that is shown: its difference is short enough to be read at a glance.
const EXAMPLE: &str = "examples/web.yaml";
/// The terminal's width.
const COLUMNS: usize = 100;

/// The files below `root` and what belongs in them, as `podwright` (the program) has it now.
pub fn draw(podwright: &Path, root: &Path) -> Result<Vec<(PathBuf, String)>, Error> {
    let said = preview(podwright, root)?;
    let title = format!("podwright preview {EXAMPLE}");
    let screen = terminal::screen(&format!("\x1b[2m$\x1b[0m \x1b[1m{title}\x1b[0m\n{said}"), COLUMNS)?;
    let themes = [("docs/preview-light.svg", svg::LIGHT), ("docs/preview-dark.svg", svg::DARK)];
    Ok(themes.into_iter().map(|(file, theme)| (root.join(file), svg::of(&screen, &title, theme))).collect())
}

fn preview(podwright: &Path, root: &Path) -> Result<String, Error> {
    let mut command = Command::new(podwright);
    command.args(["preview", "--color", "always", EXAMPLE]).env("COLUMNS", COLUMNS.to_string()).current_dir(root);
    process::read(&mut command)
}
