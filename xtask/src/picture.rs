//! The output of `podwright preview` in a terminal, as SVG pictures for the README, light and dark.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anstyle_svg::{Palette, Term};

use crate::{Error, process};

/// An example with a short diff.
const EXAMPLE: &str = "examples/web.yaml";
/// The terminal's width.
const COLUMNS: usize = 100;

/// The colours of a theme: background, plain text, red, green, yellow and cyan.
type Theme = [u32; 6];
const LIGHT: Theme = [0xf6_f8fa, 0x1f_2328, 0xcf_222e, 0x11_6329, 0x7d_4e00, 0x05_50ae];
const DARK: Theme = [0x0d_1117, 0xf0_f6fc, 0xff_7b72, 0x56_d364, 0xe3_b341, 0x76_e3ea];

/// Draws the pictures with the program `podwright`, and returns the paths below `root` with their content.
pub fn draw(podwright: &Path, root: &Path) -> Result<Vec<(PathBuf, String)>, Error> {
    let mut command = Command::new(podwright);
    command.args(["preview", "--color", "always", EXAMPLE]).env("COLUMNS", COLUMNS.to_string()).current_dir(root);
    let said = process::read(&mut command)?;
    let screen = wrapped(&format!("\x1b[2m$\x1b[0m \x1b[1mpodwright preview {EXAMPLE}\x1b[0m\n{said}"));
    let themes = [("docs/preview-light.svg", LIGHT), ("docs/preview-dark.svg", DARK)];
    Ok(themes.into_iter().map(|(file, theme)| (root.join(file), svg(&screen, theme))).collect())
}

fn svg(screen: &str, theme: Theme) -> String {
    let [ground, plain, red, green, yellow, cyan] = theme.map(|colour| {
        let [_, red, green, blue] = colour.to_be_bytes();
        (red, green, blue)
    });
    let ansi = [plain, red, green, yellow, plain, plain, cyan, plain].map(Into::into);
    let [a, b, c, d, e, f, g, h] = ansi;
    let palette = Palette([a, b, c, d, e, f, g, h, a, b, c, d, e, f, g, h]);
    let svg = Term::new().palette(palette).fg_color(plain.into()).bg_color(ground.into()).render_svg(screen);
    // Dim text would be too pale.
    svg.replace("opacity: 0.4", "opacity: 0.7")
}

/// Breaks lines at the terminal's width. Escape sequences (`ESC [ … m`) take no width.
fn wrapped(text: &str) -> String {
    let (mut wrapped, mut used, mut in_escape) = (String::new(), 0, false);
    for character in text.chars() {
        in_escape |= character == '\x1b';
        if used == COLUMNS && !in_escape && character != '\n' {
            wrapped.push('\n');
            used = 0;
        }
        used = if character == '\n' { 0 } else { used + usize::from(!in_escape) };
        in_escape &= character != 'm';
        wrapped.push(character);
    }
    wrapped
}
