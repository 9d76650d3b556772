//! Places of a file that rules' own patterns say something of.

use super::numbers::NumberMap;

/// What the patterns of rules say of single places of the file.
#[derive(Debug, Default)]
pub(crate) struct Marks(NumberMap<(u32, u32), Mark>);

/// A place that a rule's own pattern of a source or sanitizer matches.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mark {
    pub(super) sources: Vec<u16>,
    pub(super) clean: u64,
}

impl Marks {
    /// The bytes `span` are a source of matcher `unit`.
    pub(crate) fn source(&mut self, span: (u32, u32), unit: u16) {
        self.0.entry(span).or_default().sources.push(unit);
    }

    /// What is said of the bytes `span`.
    pub(super) fn at(&self, span: (u32, u32)) -> Option<&Mark> {
        self.0.get(&span)
    }

    /// The bytes `span` are a sanitizer with the bits `clean`.
    pub(crate) fn clean(&mut self, span: (u32, u32), clean: u64) {
        self.0.entry(span).or_default().clean |= clean;
    }
}
