//! The catalogue of codes: what each means, why it stops a command, and what to do about it.
//!
//! `codes.md` is the text; a code that stands in the sources and not there fails a test, and so does the opposite.

/// One code.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(crate) struct Entry {
    /// Such as `E301`.
    pub(crate) code: &'static str,
    /// What it means, in a line.
    pub(crate) title: &'static str,
    /// Why, an example, and what to do.
    pub(crate) text: &'static str,
}

/// All codes, in order.
pub(crate) fn entries() -> Vec<Entry> {
    let sections = include_str!("codes.md").split("\n## ").skip(1);
    let entry = |section: &'static str| {
        let (heading, text) = section.split_once('\n')?;
        let (code, title) = heading.split_once(' ')?;
        Some(Entry { code, title, text: text.trim() })
    };
    sections.filter_map(entry).collect()
}
