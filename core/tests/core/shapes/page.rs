//! The section of docs/performance.md with the most expensive shapes.

use std::fs;
use std::path::PathBuf;

use super::{BOUND, Row};

const HEADING: &str = "## The most expensive review\n";
/// The number of shapes in the section.
const SHOWN: usize = 5;

/// The section of these rows, the most expensive first; each shape once.
pub(crate) fn section(rows: &[Row], shapes: usize) -> String {
    let mut shown: Vec<&Row> = Vec::new();
    for row in rows {
        if shown.len() < SHOWN && shown.iter().all(|known| known.shape != row.shape) {
            shown.push(row);
        }
    }
    let line = |row: &&Row| {
        let Row { shape, way, cost, ratio } = row;
        let kilobytes = cost.bytes.div_ceil(1000);
        format!("| {shape} | `{way}` | {kilobytes} | {:.1} | {ratio:.0} |\n", cost.cpu.as_secs_f64() * 1e3)
    };
    let table: String = shown.iter().map(line).collect();
    format!(
        "{HEADING}\nThe CPU time of a review is linear in its size, for any content. `cargo test --test core shapes` checks this with \
         {shapes} hostile\nshapes of 60 kB, 350 kB and 2 MB. They cover each list that podwright reads, each grammar, and each pair \
         of lists that it\ncompares. The test compares each with a plain Pod of its size in the same run, per byte of request and \
         response. It fails\nbeyond {BOUND:.0} times a plain Pod's CPU time. These five are the worst, in a release build:\n\n\
         | shape | path | kB | CPU (ms) | times a plain Pod |\n| --- | --- | --- | --- | --- |\n{table}\n\
         Write this section with `UPDATE_GOLDEN=1 cargo test --release --test core shapes`; `cargo xtask bench` keeps it.\n\n"
    )
}

fn file() -> PathBuf {
    crate::root().join("docs/performance.md")
}

/// The page's text before the section, the section, and the text after it.
fn parts(page: &str) -> (&str, &str, &str) {
    let start = page.find(HEADING).or_else(|| page.find("## To measure again")).unwrap_or(page.len());
    let (before, rest) = page.split_at(start);
    let behind = rest
        .starts_with(HEADING)
        .then(|| rest[HEADING.len()..].find("\n## ").map_or(rest.len(), |at| HEADING.len() + at + 1));
    let (section, behind) = rest.split_at(behind.unwrap_or(0));
    (before, section, behind)
}

/// Writes the section into the page.
pub(crate) fn update(section: &str) {
    let page = fs::read_to_string(file()).unwrap();
    let (before, _, behind) = parts(&page);
    fs::write(file(), format!("{before}{section}{behind}")).unwrap();
}

#[test]
fn the_page_has_the_five_dearest_shapes_within_the_bound() {
    let page = fs::read_to_string(file()).unwrap();
    let (_, section, _) = parts(&page);
    let ratios: Vec<f64> =
        section.lines().filter_map(|line| line.trim_matches([' ', '|']).rsplit_once("| ")?.1.parse().ok()).collect();
    assert_eq!(ratios.len(), SHOWN, "{section}");
    assert!(ratios.iter().all(|ratio| *ratio <= BOUND), "{section}");
}
