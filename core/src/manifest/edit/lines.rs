//! The lines of a text.

/// A text, by offsets.
#[derive(Clone, Copy)]
pub(super) struct TextLines<'t> {
    pub(super) text: &'t str,
}

/// A gap between lines, for whole lines.
pub(super) struct Gap {
    pub(super) at: usize,
    /// Whether the text ends there without a line break.
    pub(super) unended: bool,
}

impl<'t> TextLines<'t> {
    /// From the start of its line to this place.
    pub(super) fn before(self, at: usize) -> &'t str {
        let before = self.text.get(..at).unwrap_or_default();
        before.rsplit('\n').next().unwrap_or_default()
    }

    /// The number of characters before it on its line.
    pub(super) fn column(self, at: usize) -> usize {
        self.before(at).chars().count()
    }

    /// The blanks with which its line begins.
    pub(super) fn indent(self, at: usize) -> usize {
        let before = self.before(at);
        before.len() - before.trim_start_matches(' ').len()
    }

    /// Whether it is the first on its line. Looks no further back than that, for all may be one line.
    pub(super) fn is_first(self, at: usize) -> bool {
        let before = self.text.get(..at).unwrap_or_default().trim_end_matches(' ');
        before.is_empty() || before.ends_with('\n')
    }

    /// Behind the line on which this place is, where nothing but a comment follows there.
    pub(super) fn behind(self, at: usize) -> Option<Gap> {
        let rest = self.text.get(at..)?;
        let (line, ended) = rest.split_once('\n').map_or((rest, false), |(line, _)| (line, true));
        let more = line.trim_start();
        let is_comment = more.starts_with('#') && (more.len() < line.len() || self.before(at).is_empty());
        (more.is_empty() || is_comment).then(|| Gap { at: at + line.len() + usize::from(ended), unended: !ended })
    }

    /// Behind blanks, anchors and tags on this line.
    pub(super) fn behind_properties(self, mut at: usize) -> usize {
        loop {
            let rest = self.text.get(at..).unwrap_or_default();
            let content = rest.trim_start_matches([' ', '\t']);
            if !content.starts_with(['&', '!']) {
                return at;
            }
            at += rest.len() - content.len() + content.find(char::is_whitespace).unwrap_or(content.len());
        }
    }
}
