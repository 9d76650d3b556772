//! Recognises `name <operator> value` around a name, in one way for all
//! languages and config formats: quoted or bare values, headers, flags, query
//! parameters, XML elements and attributes, connection strings, call arguments.

use std::ops::Range;

/// Longest name and value that are read, in bytes.
const MAX_NAME: usize = 96;
const MAX_VALUE: usize = 4096;

/// How the name is tied to the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `=`, `:`, `:=`, `=>` and their relatives.
    Assign,
    /// `==`, `!=`: the value is compared with.
    Compare,
    /// `"name", "value"` or `name("value")`.
    Argument,
    /// `<name>value</name>` or `name="…" value="…"`.
    Markup,
    /// `--name value`, `PASSWORD 'value'`.
    Space,
}

/// How the value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quoting {
    Quoted,
    Bare,
    /// Bare, inside a string or a URL: literal text even in source code.
    Inside,
}

/// A name with the value it is given. Ranges are bytes of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub name: Range<usize>,
    pub value: Range<usize>,
    pub operator: Operator,
    pub quoting: Quoting,
}

/// The whole name around `at`, which lies within it.
pub fn name_around(text: &[u8], at: usize) -> Range<usize> {
    let is_name =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'$');
    let floor = at.saturating_sub(MAX_NAME);
    let mut start = at;
    while start > floor && is_name(text[start - 1]) {
        start -= 1;
    }
    let ceiling = text.len().min(at + MAX_NAME);
    let mut end = at;
    while end < ceiling && is_name(text[end]) && text[end] != b'$' {
        end += 1;
    }
    // `->` after a name is an operator, a sentence's full stop is not part of it.
    while end > at && matches!(text[end - 1], b'-' | b'.') {
        end -= 1;
    }
    // Of a dotted name the last part says what it is.
    let last = text[start..end].iter().rposition(|&b| b == b'.').map_or(start, |i| start + i + 1);
    last.min(at)..end
}

/// Reads what follows the name; `None` when it is given no literal value.
pub fn read(text: &[u8], name: Range<usize>) -> Option<Assignment> {
    let limit = text.len().min(name.end + MAX_VALUE);
    let cursor = Cursor { text: &text[..limit], at: name.end };
    let (operator, cursor) = read_operator(cursor, &name)?;
    let (value, quoting) = read_value(cursor, &name, operator)?;
    Some(Assignment { name, value, operator, quoting })
}

#[derive(Clone, Copy)]
struct Cursor<'t> {
    text: &'t [u8],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(b'\n')
    }

    fn ahead(&self, n: usize) -> u8 {
        self.text.get(self.at + n).copied().unwrap_or(b'\n')
    }

    fn skip(mut self, n: usize) -> Self {
        self.at = (self.at + n).min(self.text.len());
        self
    }

    fn skip_while(mut self, most: usize, keep: impl Fn(u8) -> bool) -> Self {
        let end = self.text.len().min(self.at + most);
        while self.at < end && keep(self.text[self.at]) {
            self.at += 1;
        }
        self
    }

    fn blanks(self) -> Self {
        self.skip_while(64, |b| b == b' ' || b == b'\t')
    }

    fn starts_with(&self, literal: &[u8]) -> bool {
        self.text[self.at..].get(..literal.len()).is_some_and(|s| s.eq_ignore_ascii_case(literal))
    }
}

fn read_operator<'t>(cursor: Cursor<'t>, name: &Range<usize>) -> Option<(Operator, Cursor<'t>)> {
    let before = name.start.checked_sub(1).map_or(b'\n', |i| cursor.text[i]);
    let closed = cursor.skip_while(4, |b| matches!(b, b'"' | b'\'' | b'`' | b']' | b'\\'));
    let was_quoted = closed.at > cursor.at;
    let spaced = closed.blanks();
    if before == b'<' && !was_quoted && cursor.peek() == b'>' {
        return Some((Operator::Markup, cursor.skip(1)));
    }
    let listed = was_quoted || cursor.text[..name.start].ends_with(b"name: ");
    if listed && let Some(found) = paired_value(spaced) {
        return Some(found);
    }
    if let Some((operator, width)) = symbol(spaced) {
        let after = spaced.skip(width);
        return Some((operator, type_annotation(after, operator, spaced.peek()).unwrap_or(after)));
    }
    match spaced.peek() {
        b',' if was_quoted => Some((Operator::Argument, spaced.skip(1))),
        b'(' if !was_quoted => Some((Operator::Argument, spaced.skip(1))),
        b'[' if cursor.starts_with(b"[] =") => Some((Operator::Assign, cursor.skip(4))),
        b'\'' | b'"' if spaced.at > closed.at => Some((Operator::Space, spaced)),
        _ => spaced_value(cursor, name, spaced),
    }
}

/// `--password value`, in prose `password is value` or `token 0a1b…`.
fn spaced_value<'t>(
    cursor: Cursor<'t>,
    name: &Range<usize>,
    spaced: Cursor<'t>,
) -> Option<(Operator, Cursor<'t>)> {
    let is_flag = cursor.text[name.clone()].starts_with(b"-");
    if spaced.at == cursor.at {
        return None;
    }
    if spaced.starts_with(b"is ") || spaced.starts_with(b"is: ") {
        return Some((Operator::Space, spaced.skip(3).blanks()));
    }
    // Go writes the type between name and `=`.
    if spaced.starts_with(b"string =") {
        return Some((Operator::Assign, spaced.skip(8)));
    }
    // Without an operator only a long token can be a value.
    let is_part = |b: u8| b.is_ascii_alphanumeric() || b"_-+/=.".contains(&b);
    let long = spaced.skip_while(16, is_part).at - spaced.at == 16;
    (is_flag || long).then_some((Operator::Space, spaced))
}

/// `key="password" value="…"`, `"name": "password", "value": "…"`, and the two
/// lines `name: PASSWORD` / `value: …` of Kubernetes.
fn paired_value(cursor: Cursor<'_>) -> Option<(Operator, Cursor<'_>)> {
    let next = cursor.skip_while(120, |b| {
        matches!(b, b',' | b' ' | b'\t' | b'\r' | b'\n' | b'"' | b'\'' | b'\\')
    });
    let word = ["value", "content", "default", "defaultvalue"]
        .into_iter()
        .rev()
        .find(|word| next.starts_with(word.as_bytes()))?;
    let after = next.skip(word.len()).skip_while(2, |b| matches!(b, b'"' | b'\'' | b'\\')).blanks();
    matches!(after.peek(), b'=' | b':').then(|| (Operator::Markup, after.skip(1)))
}

/// The operator at the cursor and its width in bytes.
fn symbol(cursor: Cursor<'_>) -> Option<(Operator, usize)> {
    const SYMBOLS: &[(&[u8], Operator)] = &[
        (b"===", Operator::Compare),
        (b"!==", Operator::Compare),
        (b"==", Operator::Compare),
        (b"!=", Operator::Compare),
        (b"||=", Operator::Assign),
        (b"&&=", Operator::Assign),
        (b"=>", Operator::Assign),
        (b"->", Operator::Assign),
        (b"<-", Operator::Assign),
        (b":=", Operator::Assign),
        (b"?=", Operator::Assign),
        (b"+=", Operator::Assign),
        (b".=", Operator::Assign),
        (b"?:", Operator::Assign),
        (b"=", Operator::Assign),
        (b":", Operator::Assign),
    ];
    // `::` joins paths and `:/` begins a URL's rest: no assignment.
    let colons = cursor.skip_while(4, |b| b == b':').at - cursor.at;
    if colons > 1 && cursor.ahead(colons) == b'=' {
        return Some((Operator::Assign, colons + 1));
    }
    if colons > 1 || cursor.starts_with(b"://") {
        return None;
    }
    SYMBOLS.iter().find(|(s, _)| cursor.starts_with(s)).map(|&(s, operator)| (operator, s.len()))
}

/// `name: Type = value`: the place after the `=`.
fn type_annotation(after: Cursor<'_>, operator: Operator, first: u8) -> Option<Cursor<'_>> {
    if operator != Operator::Assign || !matches!(first, b':' | b'?') {
        return None;
    }
    let word = after.blanks();
    let end = word.skip_while(48, |b| {
        b.is_ascii_alphanumeric()
            || matches!(b, b'_' | b'.' | b'?' | b'<' | b'>' | b'&' | b'[' | b']')
    });
    let sign = end.blanks();
    (end.at > word.at && sign.peek() == b'=' && sign.ahead(1) != b'=').then(|| sign.skip(1))
}

fn read_value(
    cursor: Cursor<'_>,
    name: &Range<usize>,
    operator: Operator,
) -> Option<(Range<usize>, Quoting)> {
    let cursor = unwrap_call(next_line(cursor.blanks(), operator));
    let escaped = cursor.peek() == b'\\' && matches!(cursor.ahead(1), b'"' | b'\'');
    let opening = if escaped { cursor.skip(1) } else { string_prefix(cursor) };
    match opening.peek() {
        quote @ (b'"' | b'\'' | b'`') => Some((quoted(opening, quote, escaped)?, Quoting::Quoted)),
        _ if operator == Operator::Argument => None,
        _ if operator == Operator::Markup && cursor.text[name.start - 1] == b'<' => {
            Some((bare(cursor, b"<\"'\r\n")?, Quoting::Inside))
        }
        _ => bare_value(cursor, name),
    }
}

/// A value may stand on the next line: the text of an element, or a quoted
/// value after its operator.
fn next_line(cursor: Cursor<'_>, operator: Operator) -> Cursor<'_> {
    if !matches!(cursor.peek(), b'\r' | b'\n') {
        return cursor;
    }
    let next = cursor.skip_while(80, |b| b.is_ascii_whitespace());
    let quoted = operator == Operator::Assign && matches!(next.peek(), b'"' | b'\'');
    if quoted || operator == Operator::Markup { next } else { cursor }
}

/// `b"…"`, `f'…'`, `@"…"`: the place of the quote.
fn string_prefix(cursor: Cursor<'_>) -> Cursor<'_> {
    let after = cursor.skip_while(2, |b| {
        matches!(b, b'b' | b'r' | b'u' | b'f' | b'B' | b'R' | b'U' | b'F' | b'L' | b'@')
    });
    if matches!(after.peek(), b'"' | b'\'') { after } else { cursor }
}

/// `[]byte("…")`, `SecretStr('…')`: wrappers that keep the literal.
fn unwrap_call(cursor: Cursor<'_>) -> Cursor<'_> {
    const WRAPPERS: &[&[u8]] = &[
        b"[]byte(", b"string(", b"str(", b"bytes(", b"SecretStr(", b"Secret(", b"Some(",
        b"Optional.of(", b"Buffer.from(", b"new String(", b"String(", b"encode(", b"(",
    ];
    match WRAPPERS.iter().find(|w| cursor.starts_with(w)) {
        Some(wrapper) if matches!(cursor.ahead(wrapper.len()), b'"' | b'\'') => {
            cursor.skip(wrapper.len())
        }
        _ => cursor,
    }
}

/// The text between the quote at the cursor and its partner on the same line,
/// or of a triple quote.
fn quoted(opening: Cursor<'_>, quote: u8, escaped: bool) -> Option<Range<usize>> {
    let triple = !escaped && opening.ahead(1) == quote && opening.ahead(2) == quote;
    let start = opening.at + if triple { 3 } else { 1 };
    let mut end = start;
    while let Some(&byte) = opening.text.get(end) {
        match byte {
            b'\n' if !triple && quote != b'`' => return None,
            b'\\' if escaped && opening.text.get(end + 1) == Some(&quote) => break,
            b'\\' if !escaped => end += 1,
            _ if byte == quote && !escaped => break,
            _ => {}
        }
        end += 1;
    }
    (end > start && end < opening.text.len()).then_some(start..end)
}

fn bare_value(cursor: Cursor<'_>, name: &Range<usize>) -> Option<(Range<usize>, Quoting)> {
    let before = name.start.checked_sub(1).map_or(b'\n', |i| cursor.text[i]);
    if matches!(before, b'?' | b'&') {
        return Some((bare(cursor, b"&#\"'`<> \t\r\n)")?, Quoting::Inside));
    }
    if inside_string(cursor.text, opening_quote(cursor.text, name.start)) {
        return Some((bare(cursor, b";&\"'`<> \t\r\n,\\")?, Quoting::Inside));
    }
    let range = bare(cursor, b"\"'`<> \t\r\n")?;
    let trimmed = cursor.text[range.clone()]
        .iter()
        .rev()
        .take_while(|b| matches!(b, b',' | b';' | b')' | b'}' | b']'))
        .count();
    let range = range.start..range.end - trimmed;
    (!range.is_empty()).then_some((range, Quoting::Bare))
}

/// The place of the quote, with its escape, that opens a quoted name.
fn opening_quote(text: &[u8], name_start: usize) -> usize {
    let quoted = name_start > 0 && matches!(text[name_start - 1], b'"' | b'\'' | b'`');
    let escaped = quoted && name_start > 1 && text[name_start - 2] == b'\\';
    name_start - usize::from(quoted) - usize::from(escaped)
}

fn bare(cursor: Cursor<'_>, stop: &[u8]) -> Option<Range<usize>> {
    let end = cursor.skip_while(MAX_VALUE, |b| !stop.contains(&b));
    (end.at > cursor.at).then_some(cursor.at..end.at)
}

/// Whether a double or single quoted string is open at `at`, judged from the
/// start of the line (at most 400 bytes back).
pub fn inside_string(text: &[u8], at: usize) -> bool {
    let floor = at.saturating_sub(400);
    let start = memchr::memrchr(b'\n', &text[floor..at]).map_or(floor, |i| floor + i + 1);
    let (mut open, mut i) = (0u8, start);
    while i < at {
        match text[i] {
            b'\\' => i += 1,
            quote @ (b'"' | b'`') if open == 0 || open == quote => {
                open = if open == 0 { quote } else { 0 };
            }
            // An apostrophe inside a word is no quote.
            b'\'' if open == b'\'' => open = 0,
            b'\'' if open == 0 && (i == start || !text[i - 1].is_ascii_alphanumeric()) => {
                open = b'\'';
            }
            _ => {}
        }
        i += 1;
    }
    open != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<(&str, Operator, Quoting)> {
        let at = text.to_ascii_lowercase().find("pass")?;
        let found = read(text.as_bytes(), name_around(text.as_bytes(), at))?;
        Some((&text[found.value], found.operator, found.quoting))
    }

    #[test]
    fn one_reader_for_all_notations() {
        use Operator::*;
        use Quoting::*;
        for (text, expected, operator, quoting) in [
            ("password = \"hunter2\"", "hunter2", Assign, Quoted),
            ("  'password' => 'hunter2',", "hunter2", Assign, Quoted),
            ("{\"password\": \"hunter2\"}", "hunter2", Assign, Quoted),
            ("\"{\\\"password\\\": \\\"hunter2\\\"}\"", "hunter2", Assign, Quoted),
            ("export DB_PASSWORD=hunter2", "hunter2", Assign, Bare),
            ("password: hunter2 # note", "hunter2", Assign, Bare),
            ("val password: String = \"hunter2\"", "hunter2", Assign, Quoted),
            ("const password string = \"hunter2\"", "hunter2", Assign, Quoted),
            ("char password[] = \"hunter2\";", "hunter2", Assign, Quoted),
            ("<password>hunter2</password>", "hunter2", Markup, Inside),
            ("<add key=\"Password\" value=\"hunter2\"/>", "hunter2", Markup, Quoted),
            ("- name: \"PASSWORD\"\n  value: hunter2\n", "hunter2", Markup, Bare),
            ("- name: PASSWORD\n  value: hunter2\n", "hunter2", Markup, Bare),
            ("os.environ[\"PASSWORD\"] = b'hunter2'", "hunter2", Assign, Quoted),
            ("getenv(\"PASSWORD\", \"hunter2\")", "hunter2", Argument, Quoted),
            (".withPassword(\"hunter2\")", "hunter2", Argument, Quoted),
            ("mysqld --password hunter2 -v", "hunter2", Space, Bare),
            ("CREATE USER x PASSWORD 'hunter2'", "hunter2", Space, Quoted),
            ("\"Server=db;Password=hunter2;Timeout=5\"", "hunter2", Assign, Inside),
            ("GET /?password=hunter2&x=1", "hunter2", Assign, Inside),
            ("if password == \"hunter2\":", "hunter2", Compare, Quoted),
            ("password := []byte(\"hunter2\")", "hunter2", Assign, Quoted),
            ("{'password': hunter2}", "hunter2", Assign, Bare),
            ("the password is hunter2", "hunter2", Space, Bare),
            ("<password>\n  hunter2\n</password>", "hunter2", Markup, Inside),
            ("password:\n  'hunter2',", "hunter2", Assign, Quoted),
            ("password ::= hunter2", "hunter2", Assign, Bare),
        ] {
            assert_eq!(value(text), Some((expected, operator, quoting)), "{text}");
        }
    }

    #[test]
    fn no_value_no_assignment() {
        for text in
            ["password", "password = ", "password::new()", "def password(self):", "pass://x"]
        {
            assert_eq!(value(text), None, "{text}");
        }
    }
}
