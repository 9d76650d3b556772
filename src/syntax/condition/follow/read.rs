//! Whether a text goes on with what follows a word in a pattern. What it is
//! given is bounded, so that many words in a row cost no more than their number.

use super::{Group, Name, Step};

/// What may hide a name that comes next: parentheses, type arguments, comments.
const BEFORE_NAMES: &[u8] = b"()<[!?/#\\";
/// What may hide the sign of a member that comes next.
const BEFORE_SIGNS: &[u8] = b")<!?/#\\";
/// Arguments are looked at this far.
const MAX_ARGUMENTS: usize = 2_000;
/// Comments in a row that are passed over.
const MAX_REMARKS: usize = 20;

impl Step {
    /// What comes after the step in `text`.
    pub(super) fn after<'t>(&self, text: &'t [u8]) -> Next<'t> {
        let rest = after_remarks(text);
        match self {
            Step::Token(token) => after_token(rest, token.as_bytes()),
            Step::Member => after_member(rest),
            Step::Group(group) => after_group(rest, group),
            Step::Literal => after_literal_start(rest),
            Step::Colon => after_sign(rest, b':', 400),
            Step::Statement => after_sign(rest, b';', 400),
        }
    }
}

/// Without blank space and comments at the start.
pub(super) fn after_remarks(text: &[u8]) -> &[u8] {
    let mut rest = text.trim_ascii_start();
    for _ in 0..MAX_REMARKS {
        let line = rest.starts_with(b"//") || rest.starts_with(b"# ");
        let end = match line {
            true => memchr::memchr(b'\n', rest),
            false if rest.starts_with(b"/*") => memchr::memmem::find(rest, b"*/").map(|at| at + 1),
            false => return rest,
        };
        let Some(end) = end else { return rest };
        rest = rest[end + 1..].trim_ascii_start();
    }
    rest
}

/// What comes after a step.
pub(super) enum Next<'t> {
    At(&'t [u8]),
    /// Something that may stand there too hides it.
    Unknown,
    No,
}

fn after_token<'t>(rest: &'t [u8], token: &[u8]) -> Next<'t> {
    let is_word = token.last().is_some_and(|byte| is_part_byte(*byte));
    match rest.strip_prefix(token) {
        Some(next) if !is_word || !next.first().is_some_and(|b| is_part_byte(*b)) => Next::At(next),
        // `->` and `::` are accesses as `.` is.
        _ if token == b"." && (rest.starts_with(b"->") || rest.starts_with(b"::")) => Next::Unknown,
        _ => {
            let hiding = if is_word { BEFORE_NAMES } else { BEFORE_SIGNS };
            let hidden = rest.first().is_some_and(|byte| hiding.contains(byte));
            if hidden { Next::Unknown } else { Next::No }
        }
    }
}

fn after_group<'t>(rest: &'t [u8], group: &Group) -> Next<'t> {
    match rest.first() {
        Some(b'(') => {}
        // Type arguments, a macro, a block, a comment.
        Some(byte) if b"<[!?:{/#\\".contains(byte) => return Next::Unknown,
        _ => return Next::No,
    }
    let Some(end) = closed(&rest[..rest.len().min(MAX_ARGUMENTS)]) else { return Next::Unknown };
    let (inner, after) = rest.split_at(end);
    let literal = !group.literal || begins_literal(after_remarks(&inner[1..]));
    match literal && group.names.iter().all(|name| name.is_in(inner)) {
        true => Next::At(&after[1..]),
        false => Next::No,
    }
}

fn after_literal_start(rest: &[u8]) -> Next<'_> {
    let inner = rest.strip_prefix(b"(").map_or(rest, after_remarks);
    if begins_literal(inner) { Next::At(inner) } else { Next::No }
}

/// Whether a literal may begin `text`, or something that hides it: quotes, signs
/// and letters before them, a parenthesis, a comment.
fn begins_literal(text: &[u8]) -> bool {
    let prefix = text.iter().take(3).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let next = text.get(prefix);
    let quote = next.is_some_and(|byte| b"\"'`".contains(byte));
    quote || text.first().is_some_and(|byte| b"$@%<(#/\\?:".contains(byte)) || next == Some(&b'#')
}

fn after_member(rest: &[u8]) -> Next<'_> {
    match rest.iter().position(|byte| !is_part_byte(*byte)) {
        Some(0) | None => Next::Unknown,
        Some(end) => Next::At(&rest[end..]),
    }
}

/// After the first `sign`, which may be anywhere near.
fn after_sign(rest: &[u8], sign: u8, near: usize) -> Next<'_> {
    match memchr::memchr(sign, &rest[..rest.len().min(near)]) {
        Some(at) => Next::At(&rest[at + 1..]),
        None => Next::Unknown,
    }
}

impl Name {
    fn is_in(&self, text: &[u8]) -> bool {
        memchr::memmem::find_iter(text, self.text.as_bytes()).any(|at| {
            let after = &text[at + self.text.len()..];
            let whole = !after.first().is_some_and(|b| is_part_byte(*b))
                && !text[..at].last().is_some_and(|b| is_part_byte(*b));
            whole
                && (!self.assigned
                    || after.trim_ascii_start().first().is_some_and(|b| b"=/#\\".contains(b)))
        })
    }
}

/// Where the parenthesis at the start of `text` is closed. What stands between
/// quotes on one line does not count.
fn closed(text: &[u8]) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(byte) = text.get(at) {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b'"' | b'\'' | b'`' => at = literal_end(text, at),
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// The end of the literal that begins at `at`, or `at` if it has none on its line.
fn literal_end(text: &[u8], at: usize) -> usize {
    let quote = text[at];
    let mut end = at + 1;
    while let Some(byte) = text.get(end) {
        match *byte {
            b'\\' => end += 1,
            b'\n' => return at,
            byte if byte == quote => return end,
            _ => {}
        }
        end += 1;
    }
    at
}

fn is_part_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}
