//! One line of YAML: where its key ends, and what a template line does.

use super::cursor::Cursor;
use super::flow::Flavor;
use super::string::quoted;

/// Words that begin a part which is written under a condition.
const OPENING: &[&[u8]] = &[b"if", b"range", b"with"];

/// Words of other template lines that write nothing themselves.
const CONTROL: &[&[u8]] = &[b"else", b"/*", b"fail", b"break", b"continue", b"required"];

/// A key at the cursor, with the cursor behind its colon; none, and the cursor
/// where it was, if the line has no key here.
pub(super) fn key<'a>(cursor: &mut Cursor<'a>) -> Option<&'a [u8]> {
    let start = cursor.clone();
    let found = match cursor.peek()? {
        b'"' | b'\'' => quoted_key(cursor),
        b'[' | b'|' | b'>' | b'%' | b'@' | b'#' | b'&' | b'!' => None,
        b'{' if !cursor.rest().starts_with(b"{{") => None,
        _ => plain_key(cursor),
    };
    if found.is_none() {
        *cursor = start;
    }
    found
}

fn quoted_key<'a>(cursor: &mut Cursor<'a>) -> Option<&'a [u8]> {
    let mut line = cursor.clone();
    line.end_line();
    let end = std::mem::replace(&mut cursor.end, line.at);
    let key = quoted(cursor, Flavor::Yaml);
    cursor.end = end;
    cursor.skip_spaces();
    (cursor.peek() == Some(b':')).then(|| cursor.at += 1)?;
    Some(key)
}

fn plain_key<'a>(cursor: &mut Cursor<'a>) -> Option<&'a [u8]> {
    let from = cursor.at;
    let mut templates = 0_usize;
    loop {
        let rest = cursor.rest();
        match rest {
            [] | [b'\n', ..] | [b' ', b'#', ..] => return None,
            [b'{', b'{', ..] => templates += 1,
            [b'}', b'}', ..] => templates = templates.saturating_sub(1),
            [b':'] => break,
            [b':', next, ..] if templates == 0 && next.is_ascii_whitespace() => break,
            _ => {}
        }
        cursor.at += 1;
    }
    let key = cursor.slice(from, cursor.at).trim_ascii();
    cursor.at += 1;
    Some(key)
}

/// What a line that begins with `{{` or `{%` is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Template {
    /// It writes nothing: an alternative, a comment, an assignment.
    Control,
    /// What follows is written under a condition.
    Opening,
    /// The end of such a part, or of a definition.
    Closing,
    /// What follows is a definition with an end of its own.
    Definition,
    /// It writes entries, indented by as much if it says so.
    Output(Option<usize>),
}

/// Reads the template line `line`; none if it is no template line.
pub(super) fn template(line: &[u8]) -> Option<Template> {
    let inner = line.strip_prefix(b"{{").or_else(|| line.strip_prefix(b"{%"));
    let Some(inner) = inner else {
        let other = line.starts_with(b"{#") || line.starts_with(b"<%");
        return other.then_some(Template::Control);
    };
    if let Some(end) = memchr::memmem::rfind(line, b"}}") {
        // `{{ name }}: value` is an entry like others.
        let after = line[end + 2..].trim_ascii();
        if !after.is_empty() && !after.starts_with(b"#") && !after.starts_with(b"{{") {
            return None;
        }
    }
    let inner = inner.strip_prefix(b"-").unwrap_or(inner).trim_ascii_start();
    let begins = |words: &[&[u8]]| words.iter().any(|word| inner.starts_with(word));
    let closes = [b"{{ end", b"{{- en", b"{{end ", b"{{end}"];
    let is_closed = closes.iter().any(|end| memchr::memmem::find(line, *end).is_some());
    Some(if inner.starts_with(b"end") {
        Template::Closing
    } else if begins(OPENING) {
        if is_closed { Template::Control } else { Template::Opening }
    } else if begins(&[b"define", b"block", b"macro"]) {
        Template::Definition
    } else if begins(CONTROL)
        || line.starts_with(b"{%")
        || inner.starts_with(b"$") && memchr::memmem::find(inner, b":=").is_some()
    {
        Template::Control
    } else {
        Template::Output(indentation(line))
    })
}

/// The number in `nindent 8`.
fn indentation(line: &[u8]) -> Option<usize> {
    let at = memchr::memmem::rfind(line, b"indent ")? + b"indent ".len();
    let digits: Vec<u8> =
        line[at..].iter().copied().take_while(u8::is_ascii_digit).take(3).collect();
    std::str::from_utf8(&digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_end_at_a_colon_with_white_space() {
        let key_of = |text: &'static str| {
            key(&mut Cursor::new(text.as_bytes())).map(|k| std::str::from_utf8(k).unwrap())
        };
        assert_eq!(key_of("image: a:b"), Some("image"));
        assert_eq!(key_of("\"a: b\": c"), Some("a: b"));
        assert_eq!(key_of("http://x"), None);
        assert_eq!(key_of("{{ .Values.a }}: b"), Some("{{ .Values.a }}"));
        assert_eq!(key_of("{a: b}"), None);
        assert_eq!(key_of("last:"), Some("last"));
    }

    #[test]
    fn template_lines_say_how_deep_they_write() {
        assert_eq!(template(b"{{- if .Values.tls }}"), Some(Template::Opening));
        assert_eq!(template(b"{{- if .Values.tls }}tls: 1{{- end }}"), Some(Template::Control));
        assert_eq!(template(b"{{- end -}}"), Some(Template::Closing));
        assert_eq!(
            template(b"{{- toYaml .Values.x | nindent 8 }}"),
            Some(Template::Output(Some(8)))
        );
        assert_eq!(template(b"{{ include \"x\" . }}"), Some(Template::Output(None)));
        assert_eq!(template(b"{{ .Values.a }}: b"), None);
        assert_eq!(template(b"a: {{ b }}"), None);
    }
}
