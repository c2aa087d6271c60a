//! The lines of a text.

/// A text with access by offsets.
#[derive(Clone, Copy)]
pub(super) struct TextLines<'t> {
    pub(super) text: &'t str,
}

/// A place between two lines.
pub(super) struct Gap {
    pub(super) at: usize,
    /// True if the text ends there without a line break.
    pub(super) unended: bool,
}

impl<'t> TextLines<'t> {
    /// Returns the part of the line before this offset.
    pub(super) fn before(self, at: usize) -> &'t str {
        let before = self.text.get(..at).unwrap_or_default();
        before.rsplit('\n').next().unwrap_or_default()
    }

    /// Returns the number of characters before this offset on its line.
    pub(super) fn column(self, at: usize) -> usize {
        self.before(at).chars().count()
    }

    /// Returns the indentation of the line.
    pub(super) fn indent(self, at: usize) -> usize {
        let before = self.before(at);
        before.len() - before.trim_start_matches(' ').len()
    }

    /// Returns whether only spaces precede this offset on its line. Reads only those: all the text may be one line.
    pub(super) fn is_first(self, at: usize) -> bool {
        let before = self.text.get(..at).unwrap_or_default().trim_end_matches(' ');
        before.is_empty() || before.ends_with('\n')
    }

    /// Returns the gap after this line, if at most a comment follows on it.
    pub(super) fn behind(self, at: usize) -> Option<Gap> {
        let rest = self.text.get(at..)?;
        let (line, ended) = rest.split_once('\n').map_or((rest, false), |(line, _)| (line, true));
        let more = line.trim_start();
        let is_comment = more.starts_with('#') && (more.len() < line.len() || self.before(at).is_empty());
        (more.is_empty() || is_comment).then(|| Gap { at: at + line.len() + usize::from(ended), unended: !ended })
    }

    /// Returns the offset after spaces, anchors and tags on this line.
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
