//! The lines around a finding, for people: a window that fits a terminal, in
//! which every secret is overwritten. Line by line, so that line numbers stay
//! true when a secret of thirty lines shrinks to one word. Every step is
//! bounded by the window, since a file may be one line of 200 MB.

use std::ops::Range;

use super::mask::Mask;
use super::places::{Line, trimmed};
use super::text::{back, forward, push_clean};
use crate::finding::{Excerpt, HIDDEN};

/// Columns of a line that are shown.
const COLUMNS: usize = 160;
/// Columns to the left of the mark in a line that has to be cut.
const LEAD: usize = 40;
/// Lines of a mark that are shown.
const MARK_LINES: usize = 4;
/// Bytes that surely hold `COLUMNS` characters and a line end.
const REACH: usize = COLUMNS * 4 + 2;

/// Which bytes of the file an excerpt shows.
#[derive(Debug)]
pub(super) struct Window {
    first_line: u32,
    /// One range per line, each already cut.
    lines: Vec<Range<usize>>,
    mark: Range<usize>,
    cut: bool,
}

impl Window {
    /// The window around `mark`, which starts on `line`: the line before, the
    /// first lines of the mark and, if it ends there, the line after.
    pub fn around(text: &[u8], line: &Line, mark: &Range<usize>, mask: &Mask<'_>) -> Self {
        let mark = mark.clone();
        let mut window = Window { first_line: line.number, lines: Vec::new(), mark, cut: false };
        if let Some(before) = &line.before {
            window.first_line = line.number.saturating_sub(1);
            window.push(text, before.start, before);
        }
        window.push(text, start_on_line(text, &line.range, window.mark.start), &line.range);
        window.push_after(text, line.range.end, mask);
        window
    }

    /// The bytes that are shown.
    pub fn ranges(&self) -> impl Iterator<Item = Range<usize>> {
        self.lines.iter().cloned()
    }

    /// The excerpt, with everything in `mask` overwritten.
    pub fn render(&self, text: &[u8], mask: &Mask<'_>) -> Excerpt {
        let mut canvas = Canvas { text, mark: &self.mark, out: String::new(), marked: None };
        for (i, line) in self.lines.iter().enumerate() {
            if i > 0 {
                canvas.out.push('\n');
            }
            canvas.line(line, mask);
        }
        let end = canvas.out.len();
        Excerpt {
            first_line: self.first_line,
            mark: canvas.marked.unwrap_or(end..end),
            text: canvas.out,
            cut: self.cut,
        }
    }

    /// Adds the lines after the one that ends at `end`. A line that starts
    /// within a secret says nothing: the mark is shown up to there.
    fn push_after(&mut self, text: &[u8], mut end: usize, mask: &Mask<'_>) {
        for shown in 1..=MARK_LINES {
            let Some(start) = next_line(text, end) else { return };
            let marked = self.mark.end > start;
            if marked && (shown == MARK_LINES || is_within_secret(mask, start)) {
                return;
            }
            let limit = text.len().min(start + REACH);
            let newline = memchr::memchr(b'\n', &text[start..limit]).map(|i| start + i);
            end = newline.map_or(limit, |newline| trimmed(text, start, newline));
            self.push(text, start, &(start..end));
            if !marked || newline.is_none() {
                return;
            }
        }
    }

    fn push(&mut self, text: &[u8], start: usize, line: &Range<usize>) {
        let end = forward(text, start, line.end, COLUMNS);
        self.cut |= start > line.start || end < line.end;
        self.lines.push(start..end);
    }
}

/// Where to start showing a line whose mark starts at `mark`.
fn start_on_line(text: &[u8], line: &Range<usize>, mark: usize) -> usize {
    if forward(text, line.start, line.end, COLUMNS) == line.end {
        return line.start;
    }
    let lead = back(text, mark.min(line.end), line.start, LEAD);
    lead.min(back(text, line.end, line.start, COLUMNS))
}

/// The start of the line after the one whose content ends at `end`.
fn next_line(text: &[u8], end: usize) -> Option<usize> {
    let start = match text.get(end..)? {
        [b'\n', ..] => end + 1,
        [b'\r', b'\n', ..] => end + 2,
        _ => return None,
    };
    (start < text.len()).then_some(start)
}

fn is_within_secret(mask: &Mask<'_>, at: usize) -> bool {
    mask.within(&(at..at + 1)).iter().any(|r| r.range.start < at)
}

/// The text of an excerpt while it is written.
struct Canvas<'a> {
    text: &'a [u8],
    mark: &'a Range<usize>,
    out: String,
    /// Where the mark came to stand in `out`.
    marked: Option<Range<usize>>,
}

impl Canvas<'_> {
    fn line(&mut self, line: &Range<usize>, mask: &Mask<'_>) {
        let mut at = line.start;
        for region in mask.within(line) {
            self.plain(at..region.range.start.max(at));
            let label = match region.range.start < line.start {
                true => HIDDEN.to_owned(),
                false => mask.label(region),
            };
            self.piece(&region.range, |out| out.push_str(&label));
            at = region.range.end;
        }
        self.plain(at..line.end.max(at));
    }

    /// Writes file text in pieces that end where the mark starts or ends.
    fn plain(&mut self, range: Range<usize>) {
        let text = self.text;
        let mut at = range.start;
        for stop in [self.mark.start, self.mark.end, range.end] {
            if (at < stop && stop <= range.end) || range.is_empty() {
                let bytes = text.get(at..stop.min(range.end)).unwrap_or_default();
                self.piece(&(at..at + bytes.len()), |out| push_clean(out, bytes));
                at += bytes.len();
            }
        }
    }

    /// Writes what stands for the bytes `raw` and notes whether it is marked.
    fn piece(&mut self, raw: &Range<usize>, write: impl FnOnce(&mut String)) {
        let from = self.out.len();
        write(&mut self.out);
        let to = self.out.len();
        let mark = self.mark;
        if raw.start < mark.end && mark.start < raw.end {
            let start = self.marked.as_ref().map_or(from, |m| m.start);
            self.marked = Some(start..to);
        } else if self.marked.is_none() && mark.is_empty() {
            self.marked = match mark.start {
                at if at == raw.start => Some(from..from),
                at if at == raw.end => Some(to..to),
                _ => None,
            };
        }
    }
}
