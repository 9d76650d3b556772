//! A place in a text, and the small steps that all readers take.

use super::flow::Flavor;

/// A place in `text`; nothing at or behind `end` belongs to what is read.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'a> {
    pub(super) text: &'a [u8],
    pub(super) at: usize,
    pub(super) end: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        Cursor { text, at: 0, end: text.len() }
    }

    /// A cursor over a part of `text`.
    pub(super) fn part(text: &'a [u8], at: usize, end: usize) -> Self {
        let end = end.min(text.len());
        Cursor { text, at: at.min(end), end }
    }

    pub(super) fn is_done(&self) -> bool {
        self.at >= self.end
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.rest().first().copied()
    }

    /// What is left.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..self.end).unwrap_or_default()
    }

    pub(super) fn slice(&self, from: usize, to: usize) -> &'a [u8] {
        self.text.get(from..to).unwrap_or_default()
    }

    /// Goes to the end of the line, not over it.
    pub(super) fn end_line(&mut self) {
        self.at = memchr::memchr(b'\n', self.rest()).map_or(self.end, |length| self.at + length);
    }

    /// Goes behind `needle`, or to the end.
    pub(super) fn past(&mut self, needle: &[u8]) {
        let found = memchr::memmem::find(self.rest(), needle);
        self.at = found.map_or(self.end, |length| self.at + length + needle.len());
    }

    /// Takes bytes as long as `wanted` says so.
    pub(super) fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'a [u8] {
        let rest = self.rest();
        let length = rest.iter().position(|byte| !wanted(*byte)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    pub(super) fn skip_spaces(&mut self) {
        self.take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r'));
    }

    /// Skips what stands between entries: white space, commas, comments.
    pub(super) fn skip_between(&mut self, flavor: Flavor) {
        loop {
            let from = self.at;
            self.take_while(|byte| byte.is_ascii_whitespace() || matches!(byte, b',' | b';'));
            self.skip_comment(flavor);
            if self.at == from {
                return;
            }
        }
    }

    /// Skips a comment that begins here.
    pub(super) fn skip_comment(&mut self, flavor: Flavor) {
        let rest = self.rest();
        if flavor.hash_comments() && rest.starts_with(b"#")
            || flavor.slash_comments() && rest.starts_with(b"//")
        {
            self.end_line();
        } else if flavor.slash_comments() && rest.starts_with(b"/*") {
            self.at += 2;
            self.past(b"*/");
        }
    }
}
