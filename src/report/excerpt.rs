//! Fits the excerpt of a finding to a terminal: harmless characters only, no
//! line longer than the room there is, the mark always in view.
//!
//! All lines scroll sideways together, so that indentation still reads. The
//! renderer panics on columns past 65,535; what leaves here is far below.

use std::ops::Range;

use super::escape::push_printable;
use crate::finding::Excerpt;

/// Text ready to be rendered.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct View {
    /// Lines joined by `\n`.
    pub(super) text: String,
    /// Byte range in `text` to underline.
    pub(super) mark: Range<usize>,
}

/// A line and a column, both from zero, the column in characters.
#[derive(Clone, Copy, Default)]
struct Place {
    line: usize,
    column: usize,
}

/// The columns of the cleaned lines that are in view.
struct Window<'a> {
    from: usize,
    room: usize,
    /// Stands where a line is cut.
    dots: &'a str,
}

/// Cleans `excerpt` and cuts its lines to `room` characters, with `dots` at
/// the cuts. `column` is where the mark starts in the file, from one: it tells
/// whether the excerpt itself lacks the start of that line. A mark that lies
/// outside the text is moved into it.
pub(super) fn fit(excerpt: &Excerpt, column: u32, room: usize, dots: &str) -> View {
    let room = room.max(20);
    let (mut lines, mut start, mut end) = clean(excerpt);
    if excerpt.cut && start.column + 1 < column as usize {
        lines[start.line].insert_str(0, dots);
        start.column += dots.chars().count();
        end.column += if end.line == start.line { dots.chars().count() } else { 0 };
    }
    let longest = lines.iter().map(|line| line.chars().count()).max().unwrap_or(0);
    let last = if end.line == start.line { end.column } else { start.column + 1 };
    let scrolled = longest > room && last + dots.len() > room;
    let from = if scrolled { start.column.saturating_sub(room / 4) } else { 0 };
    Window { from, room, dots }.show(&lines, start, end)
}

/// The lines of an excerpt without anything unprintable, tabs as four spaces,
/// and where its mark starts and ends in them.
fn clean(excerpt: &Excerpt) -> (Vec<String>, Place, Place) {
    let text = excerpt.text.as_str();
    let start = text.floor_char_boundary(excerpt.mark.start);
    let end = text.floor_char_boundary(excerpt.mark.end).max(start);
    let end = start + text[start..end].trim_end_matches(['\r', '\n']).len();
    let (mut lines, mut from, mut to) = (Vec::new(), Place::default(), Place::default());
    let mut offset = 0;
    for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
        let after = offset + line.len();
        let body = line.strip_suffix('\r').unwrap_or(line);
        for (at, place) in [(start, &mut from), (end, &mut to)] {
            if (offset..=after).contains(&at) {
                let before = &body[..(at - offset).min(body.len())];
                *place = Place { line: lines.len(), column: cleaned(before).chars().count() };
            }
        }
        lines.push(cleaned(body));
        offset = after + 1;
    }
    (lines, from, to)
}

fn cleaned(line: &str) -> String {
    let mut shown = String::with_capacity(line.len());
    for c in line.chars() {
        match c {
            '\t' => shown.push_str("    "),
            c => push_printable(&mut shown, c),
        }
    }
    shown
}

impl Window<'_> {
    fn show(&self, lines: &[String], start: Place, end: Place) -> View {
        let (mut text, mut mark) = (String::new(), 0..0);
        for (i, line) in lines.iter().enumerate() {
            if i > 0 {
                text.push('\n');
            }
            let shown = self.cut(line);
            if i == start.line {
                mark.start = text.len() + self.byte(&shown, start.column);
            }
            if i == end.line {
                mark.end = text.len() + self.byte(&shown, end.column);
            }
            text.push_str(&shown);
        }
        mark.end = mark.end.max(mark.start);
        View { text, mark }
    }

    /// The part of `line` in view.
    fn cut(&self, line: &str) -> String {
        let width = self.dots.chars().count();
        let left = if self.from > 0 && !line.is_empty() { width } else { 0 };
        let mut rest = line.chars().skip(self.from + left);
        let mut shown = String::with_capacity(self.room);
        shown.push_str(if left > 0 { self.dots } else { "" });
        let body = self.room - left;
        let kept: Vec<char> = rest.by_ref().take(body).collect();
        if rest.next().is_none() {
            shown.extend(kept);
        } else {
            shown.extend(&kept[..body.saturating_sub(width)]);
            shown.push_str(self.dots);
        }
        shown
    }

    /// The byte in `shown` where `column` of the whole line stands.
    fn byte(&self, shown: &str, column: usize) -> usize {
        let column = column.saturating_sub(self.from);
        shown.char_indices().nth(column).map_or(shown.len(), |(at, _)| at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn excerpt(text: &str, mark: Range<usize>) -> Excerpt {
        Excerpt { first_line: 1, text: text.to_owned(), mark, cut: false }
    }

    fn marked(view: &View) -> &str {
        &view.text[view.mark.clone()]
    }

    #[test]
    fn a_long_line_scrolls_to_its_mark() {
        let text = format!("short\n{}KEY{}", "a".repeat(100_000), "b".repeat(100_000));
        let view = fit(&excerpt(&text, 100_006..100_009), 1, 40, "…");
        assert_eq!(marked(&view), "KEY");
        assert!(view.text.lines().all(|line| line.chars().count() <= 40));
        assert!(view.text.lines().nth(1).unwrap().starts_with("…a"));
        assert!(view.text.ends_with("b…"));
    }

    #[test]
    fn a_mark_longer_than_the_room_ends_with_the_view() {
        let view = fit(&excerpt(&"k".repeat(500), 0..500), 1, 40, "...");
        assert_eq!(marked(&view).len(), 40);
    }

    #[test]
    fn controls_and_tabs_keep_the_mark_in_place() {
        let view = fit(&excerpt("\t\u{1b}[31mKEY\u{202e}", 6..9), 1, 80, "…");
        assert_eq!(view.text, "    \\x1b[31mKEY\\u{202e}");
        assert_eq!(marked(&view), "KEY");
    }

    #[test]
    fn a_window_that_lacks_its_start_says_so() {
        let cut = Excerpt { cut: true, ..excerpt("before\nx = KEY", 11..14) };
        assert_eq!(fit(&cut, 5, 80, "…").text, "before\nx = KEY");
        let view = fit(&cut, 900, 80, "…");
        assert_eq!((view.text.as_str(), marked(&view)), ("before\n…x = KEY", "KEY"));
    }

    #[test]
    fn line_ends_are_not_part_of_the_text() {
        let view = fit(&excerpt("one\r\ntwo\r\n", 0..10), 1, 80, "…");
        assert_eq!((view.text.as_str(), marked(&view)), ("one\ntwo", "one\ntwo"));
    }

    proptest::proptest! {
        #[test]
        fn any_mark_in_any_text_stays_inside(
            text in "[a-zé木\\t\\r\\n\u{1b}\u{202e}]{0,60}", start in 0..80_usize, len in 0..80_usize,
            room in 0..40_usize,
        ) {
            let view = fit(&excerpt(&text, start..start + len), 1, room, "...");
            proptest::prop_assert!(view.text.get(view.mark.clone()).is_some());
            proptest::prop_assert!(view.text.lines().all(|line| line.chars().count() <= room.max(20)));
        }
    }
}
