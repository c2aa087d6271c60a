//! The blocks of docs/pipelines.md.

/// Returns the fenced blocks in a language below a heading, before the next heading.
pub(super) fn blocks(heading: &str, language: &str) -> Vec<String> {
    let page = include_str!("../../../docs/pipelines.md");
    let (_, rest) =
        page.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("{heading} is not on the page"));
    // One `#` begins a comment in a block.
    let section = rest.split("\n##").next().unwrap_or_default();
    let fence = format!("\n```{language}\n");
    let blocks = section.split(fence.as_str()).skip(1);
    blocks.map(|rest| rest.split("\n```").next().expect("the end of a block").to_owned()).collect()
}

/// Returns the only block in this language below a heading.
pub(super) fn block(heading: &str, language: &str) -> String {
    let mut blocks = blocks(heading, language);
    assert_eq!(blocks.len(), 1, "{heading}: {blocks:?}");
    blocks.remove(0)
}
