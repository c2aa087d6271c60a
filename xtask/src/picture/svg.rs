//! A terminal's lines as SVG 1.1 text: no script, no font of its own, nothing fetched.

use std::fmt::Write as _;

use super::terminal::{Colour, Span, Style};

/// The colours of a page that it stands on.
#[derive(Clone, Copy)]
pub(super) struct Theme {
    ground: &'static str,
    border: &'static str,
    plain: &'static str,
    dim: &'static str,
    red: &'static str,
    green: &'static str,
    yellow: &'static str,
    cyan: &'static str,
}

pub(super) const LIGHT: Theme = Theme {
    ground: "#ffffff",
    border: "#d1d9e0",
    plain: "#1f2328",
    dim: "#59636e",
    red: "#cf222e",
    green: "#116329",
    yellow: "#7d4e00",
    cyan: "#0550ae",
};

pub(super) const DARK: Theme = Theme {
    ground: "#0d1117",
    border: "#3d444d",
    plain: "#f0f6fc",
    dim: "#9198a1",
    red: "#ff7b72",
    green: "#56d364",
    yellow: "#e3b341",
    cyan: "#76e3ea",
};

/// In pixels. A line's length is given with it, so that columns stay columns whatever font there is.
const FONT: usize = 13;
const CHARACTER: f64 = 7.8;
const LINE: usize = 18;
const MARGIN: usize = 16;
const FONTS: &str = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

/// The whole file.
pub(super) fn of(screen: &[Vec<Span>], title: &str, theme: Theme) -> String {
    let (width, height) = (pixels(screen.iter().map(|line| length(line)).max().unwrap_or(0)), LINE * screen.len());
    let (outer_width, outer_height) = (width + 2.0 * MARGIN as f64, height + 2 * MARGIN);
    let Theme { ground, border, plain, .. } = theme;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{outer_width}\" height=\"{outer_height}\" \
         viewBox=\"0 0 {outer_width} {outer_height}\" role=\"img\">\n<title>{}</title>\n\
         <rect x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"6\" fill=\"{ground}\" stroke=\"{border}\"/>\n\
         <g font-family=\"{FONTS}\" font-size=\"{FONT}\" fill=\"{plain}\" xml:space=\"preserve\">\n",
        escaped(title),
        outer_width - 1.0,
        outer_height - 1,
    );
    for (nth, line) in screen.iter().enumerate().filter(|(_, line)| !line.is_empty()) {
        let (y, length) = (MARGIN + LINE * nth + FONT, pixels(length(line)));
        let _ = write!(svg, "<text x=\"{MARGIN}\" y=\"{y}\" textLength=\"{length}\">");
        line.iter().for_each(|span| svg.push_str(&text(span, theme)));
        svg.push_str("</text>\n");
    }
    svg + "</g>\n</svg>\n"
}

fn length(line: &[Span]) -> usize {
    line.iter().map(|span| span.text.chars().count()).sum()
}

/// Rounded to a tenth: sums of binary fractions have long tails.
fn pixels(characters: usize) -> f64 {
    (characters as f64 * CHARACTER * 10.0).round() / 10.0
}

fn text(span: &Span, theme: Theme) -> String {
    let Style { bold, dim, colour } = span.style;
    let fill = match colour {
        Some(Colour::Red) => Some(theme.red),
        Some(Colour::Green) => Some(theme.green),
        Some(Colour::Yellow) => Some(theme.yellow),
        Some(Colour::Cyan) => Some(theme.cyan),
        None => dim.then_some(theme.dim),
    };
    let text = escaped(&span.text);
    let fill = fill.map_or(String::new(), |fill| format!(" fill=\"{fill}\""));
    let weight = if bold { " font-weight=\"bold\"" } else { "" };
    if fill.is_empty() && weight.is_empty() { text } else { format!("<tspan{fill}{weight}>{text}</tspan>") }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::super::terminal::screen;
    use super::{DARK, LIGHT, of};

    #[test]
    fn text_is_escaped_coloured_and_as_wide_as_its_longest_line() {
        let lines = screen("a <b> & \"c\"\n\x1b[32mgreen\x1b[0m", 80).unwrap_or_default();
        let svg = of(&lines, "a<b", LIGHT);
        assert!(svg.contains(">a &lt;b&gt; &amp; &quot;c&quot;</text>"), "{svg}");
        assert!(svg.contains("<title>a&lt;b</title>"), "{svg}");
        assert!(svg.contains(&format!("<tspan fill=\"{}\">green</tspan>", LIGHT.green)), "{svg}");
        assert!(svg.contains("width=\"117.8\""), "eleven characters and the margins: {svg}");
        assert_ne!(svg, of(&lines, "a<b", DARK));
    }
}
