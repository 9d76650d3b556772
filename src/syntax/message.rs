//! Puts captured code into a rule's message, a little of it and nothing that
//! could be a secret: reports print messages as they are.

use super::nodes::unquoted;
use super::pattern::{Captures, Names};

/// Characters of captured code that a message shows.
const MAX_SHOWN: usize = 60;
/// Longer runs of letters and digits could be a token.
const MAX_RUN: usize = 16;

/// `message` with every `$NAME` replaced by what it stands for.
pub(crate) fn fill(message: &str, names: &Names, captures: &Captures<'_>, text: &[u8]) -> String {
    let mut filled = String::with_capacity(message.len() + MAX_SHOWN);
    let mut rest = message;
    while let Some(at) = rest.find('$') {
        filled.push_str(&rest[..at]);
        rest = rest[at..].trim_start_matches('$');
        let upper = |c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        let (name, after) = rest.split_at(rest.find(upper).unwrap_or(rest.len()));
        let captured = names.find(name).and_then(|var| captures.get(var));
        match captured.and_then(|captured| text.get(captured.range.clone())) {
            Some(code) => filled.push_str(&shown(code)),
            None => filled.push('…'),
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// What may be shown of `code`: no control characters, no contents of string
/// literals but a host, no long runs with a digit in them, 60 characters.
pub(crate) fn shown(code: &[u8]) -> String {
    let code = &code[..code.len().min(400)];
    let mut out = String::new();
    if let Some(end) = memchr::memmem::find(code, b"://").filter(|at| *at < 10) {
        // The content of a literal, captured without its quotes.
        if !code[..end].contains(&b'(') {
            let quote = unquoted(code);
            return clipped(&url_shown(&code[quote]));
        }
    }
    let mut at = 0;
    while at < code.len() {
        let byte = code[at];
        if matches!(byte, b'"' | b'\'' | b'`') {
            let end = closing(code, at);
            out.push(char::from(byte));
            out.push_str(&literal_shown(&code[at + 1..end]));
            out.push(char::from(byte));
            at = end + 1;
        } else {
            let end = at + code[at..].iter().take_while(|b| !b"\"'`".contains(b)).count();
            out.push_str(&masked(&String::from_utf8_lossy(&code[at..end])));
            at = end;
        }
    }
    clipped(&out)
}

/// Index of the quote that closes the one at `open`, or the end.
fn closing(code: &[u8], open: usize) -> usize {
    let mut at = open + 1;
    while at < code.len() && code[at] != code[open] {
        at += if code[at] == b'\\' { 2 } else { 1 };
    }
    at.min(code.len())
}

fn literal_shown(content: &[u8]) -> String {
    match memchr::memmem::find(content, b"://") {
        Some(at) if at < 10 => url_shown(content),
        _ if content.len() < 3 => masked(&String::from_utf8_lossy(content)),
        _ => "…".to_owned(),
    }
}

/// Scheme and host of a URL; neither user-info nor path and query.
fn url_shown(url: &[u8]) -> String {
    let url = String::from_utf8_lossy(url);
    let Some((scheme, rest)) = url.split_once("://") else { return "…".to_owned() };
    let authority = rest.split(['/', '?', '#', '"', '\'', '\\']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let more = if rest.len() > authority.len() { "/…" } else { "" };
    format!("{scheme}://{}{more}", masked(host))
}

/// Runs that are long and hold a digit become `…`.
fn masked(code: &str) -> String {
    let is_run = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '+' | '/' | '=');
    let mut out = String::new();
    for piece in code.split_inclusive(|c: char| !is_run(c)) {
        let run = piece.trim_end_matches(|c: char| !is_run(c));
        if run.chars().count() > MAX_RUN && run.contains(|c: char| c.is_ascii_digit()) {
            out.push('…');
            out.push_str(&piece[run.len()..]);
        } else {
            out.push_str(piece);
        }
    }
    out
}

/// One line of at most [`MAX_SHOWN`] characters, without control characters.
fn clipped(code: &str) -> String {
    let mut out = String::new();
    for (count, c) in code.split_whitespace().collect::<Vec<_>>().join(" ").chars().enumerate() {
        if count == MAX_SHOWN {
            out.push('…');
            break;
        }
        out.push(if c.is_control() { '\u{fffd}' } else { c });
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_shown_and_secrets_are_not() {
        let show = |code: &str| shown(code.as_bytes());
        assert_eq!(show("http://api.acme.io/v1?key=abc"), "http://api.acme.io/…");
        assert_eq!(show("\"http://bob:hunter2@acme.io\""), "http://acme.io");
        assert_eq!(show("login(\"bob\", 'hunter2')"), "login(\"…\", '…')");
        assert_eq!(show(&format!("x = {}{}", "abcdefgh", "1234567890")), "x = …");
        assert_eq!(show("get(\n  url)"), "get( url)");
        assert_eq!(show("a\u{1b}[31m"), "a\u{fffd}[31m");
        assert_eq!(show(&"ab ".repeat(40)).chars().count(), 61);
    }
}
