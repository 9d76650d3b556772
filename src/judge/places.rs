//! From byte offsets to lines and columns, for all candidates of a file in one
//! sweep. A table and not a cursor, because one line of 200 MB may hold a
//! hundred thousand candidates: each byte is counted once, whatever stands on it.

use std::ops::Range;

use super::text::code_points;
use crate::finding::Position;

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
    points: Vec<Point>,
}

#[derive(Debug)]
struct Point {
    offset: usize,
    line: usize,
    column: u32,
}

impl Places {
    /// Looks up `offsets` (any order, repeats allowed, character boundaries).
    pub fn of(text: &[u8], mut offsets: Vec<usize>) -> Self {
        offsets.sort_unstable();
        offsets.dedup();
        let mut places = Places::default();
        // `line_end` is where the `\n` of the current line stands.
        let (mut number, mut line_end) = (1, 0);
        let (mut counted, mut column) = (0, 1);
        for offset in offsets.into_iter().map(|o| o.min(text.len())) {
            if places.lines.is_empty() || offset > line_end {
                let passed = &text[line_end..offset];
                number += memchr::memchr_iter(b'\n', passed).count();
                let start = memchr::memrchr(b'\n', passed).map_or(0, |i| line_end + i + 1);
                line_end =
                    memchr::memchr(b'\n', &text[offset..]).map_or(text.len(), |i| offset + i);
                let range = start..trimmed(text, start, line_end);
                let before = line_before(text, start);
                places.lines.push(Line { number: narrow(number), range, before });
                (counted, column) = (start, 1);
            }
            column += code_points(&text[counted..offset]);
            counted = offset;
            let line = places.lines.len() - 1;
            places.points.push(Point { offset, line, column: narrow(column) });
        }
        places
    }

    /// Where `offset` is. It must be one of those asked for.
    pub fn position(&self, offset: usize) -> Position {
        let found = self.point(offset).and_then(|p| Some((p, self.lines.get(p.line)?)));
        found.map_or(Position { line: 1, column: 1 }, |(point, line)| Position {
            line: line.number,
            column: point.column,
        })
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

    fn point(&self, offset: usize) -> Option<&Point> {
        self.points.get(self.points.partition_point(|p| p.offset < offset))
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

fn narrow(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The same by definition, one offset at a time.
    fn slowly(text: &[u8], offset: usize) -> Position {
        let before = &text[..offset];
        let start = before.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
        let line = 1 + before.iter().filter(|b| **b == b'\n').count();
        Position { line: line as u32, column: 1 + code_points(&before[start..]) as u32 }
    }

    proptest! {
        #[test]
        fn the_sweep_agrees_with_the_definition(
            text in "[a-c\né€\r]{0,60}",
            picks in proptest::collection::vec(0usize..=60, 0..12),
        ) {
            let text = text.as_bytes();
            let offsets: Vec<usize> =
                picks.into_iter().map(|p| super::super::text::floor_char(text, p)).collect();
            let places = Places::of(text, offsets.clone());
            for offset in offsets {
                prop_assert_eq!(places.position(offset), slowly(text, offset));
                let line = places.line(offset).cloned().unwrap();
                prop_assert!(line.range.start <= offset);
                prop_assert!(!text[line.range.clone()].contains(&b'\n'));
                prop_assert_eq!(line.before.is_some(), line.number > 1);
                if let Some(before) = line.before {
                    prop_assert!(before.end < line.range.start);
                    prop_assert_eq!(slowly(text, before.start).line + 1, line.number);
                }
            }
        }
    }
}
