//! Parsing within a budget: a file may be too large or take too long, then
//! this stage leaves it out and says so.

use std::borrow::Cow;
use std::ops::{ControlFlow, Range};
use std::time::{Duration, Instant};

use tree_sitter::{InputEdit, ParseOptions, Parser, Point, Tree};

use super::arena;
use super::hazard;
use super::language::Language;

/// What is parsed of a file at most: its tree, and what the data flow notes of it, take
/// a hundred times as much memory.
const MAX_BYTES: usize = 1 << 20;
/// Of larger files it is not asked which functions matter: they are generated.
pub(super) const MAX_FILE: usize = 16 << 20;
/// Code of which most stands in longer lines is minified or data, whatever comments it
/// begins with.
const MAX_LINE: usize = 5_000;
/// Smaller files are parsed whatever their lines are like.
const MINIFIED_FROM: usize = 100_000;
/// Time for one file.
const MAX_TIME: Duration = Duration::from_secs(3);

/// Parses `text`, or what of it lies in `ranges` (ascending, apart) unless they
/// are empty. Broken code yields the tree of what can be read.
///
/// # Errors
/// The reason why the file is left out.
pub(super) fn parse(
    language: Language,
    grammar: &tree_sitter::Language,
    text: &[u8],
    ranges: &[Range<usize>],
) -> Result<Tree, Cow<'static, str>> {
    refuse(text, ranges)?;
    if let Some(reason) = hazard::of(language, text) {
        return Err(reason);
    }
    let unusable = "syntax: the grammar cannot be used";
    // A new one each time: what it keeps would keep its arena from starting anew.
    let mut parser = arena::parser();
    parser.set_language(grammar).map_err(|_| Cow::Borrowed(unusable))?;
    let (ranges, end) = hazard::ended(language, text, ranges);
    parser.set_included_ranges(&included(text, &ranges)).map_err(|_| Cow::Borrowed(unusable))?;
    within_time(&mut parser, text, end).ok_or(Cow::Borrowed("syntax: parsing takes too long"))
}

/// `ranges` as the parser wants them: with rows and columns.
fn included(text: &[u8], ranges: &[Range<usize>]) -> Vec<tree_sitter::Range> {
    let (mut at, mut point) = (0, Point::new(0, 0));
    let mut reach = |to: usize| {
        let passed = text.get(at..to).unwrap_or_default();
        if let Some(last) = memchr::memrchr(b'\n', passed) {
            point.row += memchr::memchr_iter(b'\n', passed).count();
            point.column = passed.len() - last - 1;
        } else {
            point.column += passed.len();
        }
        at = to;
        point
    };
    let included = ranges.iter().map(|range| tree_sitter::Range {
        start_byte: range.start,
        start_point: reach(range.start),
        end_byte: range.end,
        end_point: reach(range.end),
    });
    included.collect()
}

/// Bytes that are parsed of `text`.
pub(super) fn extent(text: &[u8], ranges: &[Range<usize>]) -> usize {
    if ranges.is_empty() { text.len() } else { ranges.iter().map(Range::len).sum() }
}

fn refuse(text: &[u8], ranges: &[Range<usize>]) -> Result<(), Cow<'static, str>> {
    if extent(text, ranges) > MAX_BYTES {
        return Err("syntax: more than 1 MiB to parse".into());
    }
    if text.len() > MINIFIED_FROM {
        let lines = text.split(|byte| *byte == b'\n').map(<[u8]>::len);
        let long: usize = lines.filter(|length| *length > MAX_LINE).sum();
        if long > text.len() / 2 {
            return Err("syntax: minified".into());
        }
    }
    Ok(())
}

/// The tree of `text`, read with `end` behind it.
fn within_time(parser: &mut Parser, text: &[u8], end: &[u8]) -> Option<Tree> {
    let deadline = Instant::now() + MAX_TIME;
    let mut progress = |_: &tree_sitter::ParseState| {
        if Instant::now() < deadline { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    let mut read = |at: usize, _| match text.get(at..) {
        Some(rest) if !rest.is_empty() => rest,
        _ => at.checked_sub(text.len()).and_then(|at| end.get(at..)).unwrap_or_default(),
    };
    let mut tree = parser.parse_with_options(&mut read, None, Some(options))?;
    if !end.is_empty() {
        cut(&mut tree, text.len(), end.len());
    }
    Some(tree)
}

/// Takes the `more` bytes behind `len` out of `tree`: no node reaches past the text.
fn cut(tree: &mut Tree, len: usize, more: usize) {
    let end = tree.root_node().end_position();
    let edit = InputEdit {
        start_byte: len,
        old_end_byte: len + more,
        new_end_byte: len,
        start_position: end,
        old_end_position: end,
        new_end_position: end,
    };
    tree.edit(&edit);
}
