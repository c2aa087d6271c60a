//! Horizontal bars as SVG 1.1 text, each with its number, readable on light and dark pages, without external resources.
//! A plotting library would add more than this page needs.

use std::fmt::Write as _;

/// A row: its label, and its bars in the order of [`Plot::series`].
pub(crate) struct Row {
    pub(crate) label: String,
    pub(crate) values: Vec<f64>,
}

/// One picture.
pub(crate) struct Plot<'a> {
    pub(crate) title: &'a str,
    pub(crate) unit: &'a str,
    pub(crate) series: Vec<String>,
    pub(crate) rows: Vec<Row>,
}

/// Colours that people with red-green blindness can tell apart, on white and on black (Okabe and Ito).
const COLOURS: [&str; 5] = ["#8c959f", "#0072b2", "#e69f00", "#009e73", "#cc79a7"];
const WIDTH: f64 = 720.0;
const LEFT: f64 = 150.0;
const RIGHT: f64 = 110.0;
const BAR: f64 = 16.0;
const GAP: f64 = 12.0;
const TOP: f64 = 62.0;

/// The whole file.
pub(crate) fn svg(plot: &Plot<'_>) -> String {
    let rows = plot.rows.len() as f64;
    let height = TOP + rows * (plot.series.len() as f64 * BAR + GAP) + 8.0;
    let most = plot.rows.iter().flat_map(|row| &row.values).copied().fold(f64::MIN_POSITIVE, f64::max);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" viewBox=\"0 0 {WIDTH} {height}\" \
         role=\"img\" font-family=\"system-ui, sans-serif\" font-size=\"12\">\n<title>{title}</title>\n\
         <style>text {{ fill: #1f2328 }} @media (prefers-color-scheme: dark) {{ text {{ fill: #f0f6fc }} }}</style>\n\
         <text x=\"8\" y=\"20\" font-size=\"14\" font-weight=\"600\">{title} ({unit})</text>\n",
        title = plot.title,
        unit = plot.unit,
    );
    legend(plot, &mut svg);
    let mut y = TOP;
    for row in &plot.rows {
        let middle = y + plot.series.len() as f64 * BAR / 2.0 + 4.0;
        let _ = writeln!(svg, "<text x=\"{}\" y=\"{middle}\" text-anchor=\"end\">{}</text>", LEFT - 8.0, row.label);
        for (value, colour) in row.values.iter().zip(COLOURS) {
            let length = value / most * (WIDTH - LEFT - RIGHT);
            let _ = writeln!(
                svg,
                "<rect x=\"{LEFT}\" y=\"{y}\" width=\"{length:.1}\" height=\"{}\" fill=\"{colour}\"/>\
                 <text x=\"{:.1}\" y=\"{}\">{}</text>",
                BAR - 2.0,
                LEFT + length + 6.0,
                y + BAR - 5.0,
                short(*value)
            );
            y += BAR;
        }
        y += GAP;
    }
    svg + "</svg>\n"
}

fn legend(plot: &Plot<'_>, svg: &mut String) {
    let mut x = LEFT;
    for (name, colour) in plot.series.iter().zip(COLOURS) {
        let _ = writeln!(
            svg,
            "<rect x=\"{x}\" y=\"34\" width=\"12\" height=\"12\" fill=\"{colour}\"/><text x=\"{}\" y=\"44\">{name}</text>",
            x + 18.0
        );
        x += 40.0 + 7.0 * name.len() as f64;
    }
}

/// Formats three digits, with separated thousands.
pub(crate) fn short(value: f64) -> String {
    match value {
        value if value >= 1000.0 => {
            let whole = value.round() as u64;
            format!("{},{:03}", whole / 1000, whole % 1000)
        }
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn numbers_have_three_digits_or_all_of_a_whole_one() {
        assert_eq!([0.875, 12.345, 123.4, 61_234.0].map(short), ["0.88", "12.3", "123", "61,234"]);
    }
}
