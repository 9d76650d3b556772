//! From byte offsets to lines and columns, only for the places that a report
//! names. Apart from decoding because it runs once per finding, not per file.
//!
//! A line ends at `\n`; a `\r` right before it belongs to the ending. A lone
//! `\r` is a character like any other. That is what git, ripgrep and the
//! default `newlineSequences` of SARIF 2.1.0 (§3.14.17) say; editors that also
//! split at a lone `\r` differ on such files.

use std::ops::Range;

use crate::finding::Position;

/// Bytes between two remembered marks: what an out-of-order offset may cost.
const STRIDE: usize = 16 * 1024;

/// Positions in one text, asked for in any order.
///
/// Sorted offsets cost one pass over the text in all; others at most two
/// strides each, also when the text is one line of many megabytes.
#[derive(Debug)]
pub struct Positions<'a> {
    text: &'a [u8],
    /// Where the last answer was; sorted requests go on from here.
    last: Mark,
    /// Known places in rising order, less than two strides apart.
    marks: Vec<Mark>,
}

/// A character boundary whose position is known.
#[derive(Debug, Clone, Copy)]
struct Mark {
    offset: usize,
    line: u32,
    column: u32,
}

impl<'a> Positions<'a> {
    /// Positions in `text`. Nothing is read before the first request.
    pub fn new(text: &'a [u8]) -> Self {
        Positions { text, last: Mark::START, marks: Vec::new() }
    }

    /// The position of the character that holds the byte at `offset`. An
    /// offset at or past the end gives the place after the last character.
    pub fn at(&mut self, offset: usize) -> Position {
        let offset = char_start(self.text, offset);
        self.last = self.nearest(offset);
        while self.last.offset < offset {
            let step = offset.min(self.last.offset.saturating_add(STRIDE));
            // A stride is longer than any character, so this always moves on.
            self.last = self.last.forward(self.text, char_start(self.text, step));
            let known = self.marks.last().map_or(0, |mark| mark.offset);
            if self.last.offset >= known + STRIDE {
                self.marks.push(self.last);
            }
        }
        Position { line: self.last.line, column: self.last.column }
    }

    /// Start and exclusive end of a byte range.
    pub fn span(&mut self, range: &Range<usize>) -> (Position, Position) {
        (self.at(range.start), self.at(range.end))
    }

    fn nearest(&self, offset: usize) -> Mark {
        let after = self.marks.partition_point(|mark| mark.offset <= offset);
        let mark = after.checked_sub(1).map_or(Mark::START, |index| self.marks[index]);
        if (mark.offset..=offset).contains(&self.last.offset) { self.last } else { mark }
    }
}

impl Mark {
    const START: Mark = Mark { offset: 0, line: 1, column: 1 };

    /// This mark moved on to the character boundary `to`, which is not before it.
    fn forward(self, text: &[u8], to: usize) -> Mark {
        let between = &text[self.offset..to];
        match memchr::memrchr(b'\n', between) {
            None => Mark { offset: to, column: add(self.column, count_chars(between)), ..self },
            Some(last) => Mark {
                offset: to,
                line: add(self.line, memchr::memchr_iter(b'\n', between).count()),
                column: add(1, count_chars(&between[last + 1..])),
            },
        }
    }
}

/// The line that holds `offset`, without its line ending. Reads the whole line:
/// use [`line_window`] where a line may be long and findings many.
pub fn line_range(text: &[u8], offset: usize) -> Range<usize> {
    line_window(text, offset, usize::MAX)
}

/// The part of the line of `offset` that lies within `reach` bytes before and
/// after it, without the line ending and without half characters at its ends.
pub fn line_window(text: &[u8], offset: usize, reach: usize) -> Range<usize> {
    let offset = offset.min(text.len());
    let low = char_start(text, offset.saturating_sub(reach));
    let high = char_start(text, offset.saturating_add(reach)).max(offset);
    let start = memchr::memrchr(b'\n', &text[low..offset]).map_or(low, |at| low + at + 1);
    // Two bytes more, so that a `\r` at the edge is known for what it is.
    let beyond = text.len().min(high.saturating_add(2));
    let ending = memchr::memchr(b'\n', &text[offset..beyond]).map(|at| offset + at);
    let end = ending.map_or(high, |newline| {
        let pair = text[..newline].ends_with(b"\r");
        high.min(newline - usize::from(pair))
    });
    start.min(end)..end
}

/// Unicode code points in `bytes`; each byte that is not UTF-8 counts as one.
pub fn count_chars(bytes: &[u8]) -> usize {
    bytes.utf8_chunks().map(|chunk| chunk.valid().chars().count() + chunk.invalid().len()).sum()
}

/// The first byte of the character that holds `offset`; `offset` itself where
/// the bytes around it are not UTF-8. A valid sequence is the same wherever
/// reading starts, so a look at three bytes before is enough.
pub fn char_start(text: &[u8], offset: usize) -> usize {
    let continues = |at: usize| text.get(at).is_some_and(|byte| byte & 0xC0 == 0x80);
    if offset >= text.len() || !continues(offset) {
        return offset.min(text.len());
    }
    let lead = (offset.saturating_sub(3)..offset).rev().find(|&at| !continues(at));
    let Some(lead) = lead else { return offset };
    let window = &text[lead..text.len().min(lead + 4)];
    let valid = window.utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next());
    if valid.is_some_and(|char| lead + char.len_utf8() > offset) { lead } else { offset }
}

/// Lines and columns stop at `u32::MAX` rather than wrap.
fn add(base: u32, more: usize) -> u32 {
    base.saturating_add(u32::try_from(more).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_range_leaves_its_ending_out() {
        let text = b"one\r\ntwo\n\nlone\rcr\n";
        assert_eq!(line_range(text, 1), 0..3);
        assert_eq!(line_range(text, 3), 0..3);
        assert_eq!(line_range(text, 5), 5..8);
        assert_eq!(line_range(text, 9), 9..9);
        assert_eq!(line_range(text, 12), 10..17);
        assert_eq!(line_range(text, 999), 18..18);
    }

    #[test]
    fn a_window_never_cuts_a_character() {
        let text = "éééé é éééé".as_bytes();
        for offset in 0..=text.len() {
            for reach in 0..text.len() {
                let window = line_window(text, char_start(text, offset), reach);
                assert!(std::str::from_utf8(&text[window]).is_ok());
            }
        }
    }

    #[test]
    fn a_carriage_return_under_the_offset_is_no_content() {
        assert_eq!(line_range(b"ab\r\n", 2), 0..2);
        assert_eq!(line_range(b"\r\n", 1), 0..0);
    }
}
