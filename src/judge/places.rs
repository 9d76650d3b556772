//! The positions and lines of all candidates of a file, looked up in one
//! sweep. A table and not a cursor, because several steps ask for the same
//! lines, and one line of 200 MB may hold a hundred thousand candidates: each
//! line is searched for once, whatever stands on it.

use std::ops::Range;

use crate::finding::Position;
use crate::source::lines::Positions;

/// A line of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// 1-based.
    pub number: u32,
    /// Its bytes, without the line end (`\n` or `\r\n`).
    pub range: Range<usize>,
    /// The line before, if there is one, in the same way.
    pub before: Option<Range<usize>>,
}

/// The lines and columns of the offsets that were asked for.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// Ascending and distinct.
    lines: Vec<Line>,
    points: Vec<(usize, Position)>,
}

impl Places {
    /// Looks up `offsets` (any order, repeats allowed, within `text`).
    pub fn of(text: &[u8], mut offsets: Vec<usize>) -> Self {
        offsets.sort_unstable();
        offsets.dedup();
        let mut places = Places::default();
        let mut positions = Positions::new(text);
        // Where the `\n` of the last line stands.
        let mut line_end = 0;
        for offset in offsets.into_iter().map(|o| o.min(text.len())) {
            let position = positions.at(offset);
            if places.lines.is_empty() || offset > line_end {
                let passed = &text[line_end..offset];
                let start = memchr::memrchr(b'\n', passed).map_or(0, |i| line_end + i + 1);
                line_end =
                    memchr::memchr(b'\n', &text[offset..]).map_or(text.len(), |i| offset + i);
                let range = start..trimmed(text, start, line_end);
                let before = line_before(text, start);
                places.lines.push(Line { number: position.line, range, before });
            }
            places.points.push((offset, position));
        }
        places
    }

    /// Where `offset` is. It must be one of those asked for.
    pub fn position(&self, offset: usize) -> Position {
        let at = self.points.partition_point(|(known, _)| *known < offset);
        self.points.get(at).map_or(Position { line: 1, column: 1 }, |(_, position)| *position)
    }

    /// The line that `offset` stands on; a line end belongs to the line it
    /// ends. Some offset on that line must have been asked for.
    pub fn line(&self, offset: usize) -> Option<&Line> {
        let after = self.lines.partition_point(|l| l.range.start <= offset);
        self.lines.get(after.checked_sub(1)?)
    }

    /// All lines that hold one of the offsets, in order.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }
}

/// The line that ends right before the one that starts at `start`.
fn line_before(text: &[u8], start: usize) -> Option<Range<usize>> {
    let newline = start.checked_sub(1)?;
    let start = memchr::memrchr(b'\n', &text[..newline]).map_or(0, |i| i + 1);
    Some(start..trimmed(text, start, newline))
}

/// `end` without the `\r` of a `\r\n`.
pub(super) fn trimmed(text: &[u8], start: usize, end: usize) -> usize {
    if end > start && end < text.len() && text[end - 1] == b'\r' { end - 1 } else { end }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::lines::{char_start, count_chars};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_sweep_agrees_with_the_definition(
            text in "[a-c\né€\r]{0,60}",
            picks in proptest::collection::vec(0usize..=60, 0..12),
        ) {
            let text = text.as_bytes();
            let offsets: Vec<usize> = picks.into_iter().map(|p| char_start(text, p)).collect();
            let places = Places::of(text, offsets.clone());
            for offset in offsets {
                let before = &text[..offset];
                let start = before.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
                let number = 1 + before.iter().filter(|b| **b == b'\n').count() as u32;
                let column = 1 + count_chars(&before[start..]) as u32;
                prop_assert_eq!(places.position(offset), Position { line: number, column });

                let line = places.line(offset).cloned().unwrap();
                prop_assert_eq!((line.number, line.range.start), (number, start));
                prop_assert!(!text[line.range].contains(&b'\n'));
                prop_assert_eq!(line.before.is_some(), number > 1);
                if let Some(before) = line.before {
                    prop_assert!(before.end < start && !text[before].contains(&b'\n'));
                }
            }
        }
    }
}
