//! Connections written as text or calls: `Server=…;Password=…`, libpq keywords,
//! JDBC, Go's `user:pass@tcp(host)`, `new PDO(dsn, 'user', 'pass')`.

use std::ops::Range;

use crate::finding::{Candidate, Confidence, RuleIndex};
use crate::source::place::Notation;

use super::Input;
use super::files::{closing, stored};
use super::literal::{SPECIFICITY, given};
use super::standin::is_stand_in;
use super::value::Opinion;

/// How far a connection string is read each way, in bytes.
const MAX_STRING: usize = 400;
/// Most bytes of one argument, and most arguments, of a call.
const MAX_ARGUMENT: usize = 300;
const MAX_ARGUMENTS: usize = 4;

/// Keys that show a connection string (ADO.NET, ODBC, OLE DB, JDBC, libpq).
const KEYS: &[&str] = &[
    "server", "source", "datasource", "host", "hostname", "uid", "id", "userid", "user",
    "username", "database", "dbname", "catalog", "driver", "dsn", "endpoint", "addr", "address",
    "provider", "sslmode", "accountname", "port",
];
/// Keys that are looked at on each side of a password.
const MAX_KEYS: usize = 8;

/// The password of a `key=value;…` connection string whose name has an anchor
/// at `at`: `Password=`, `Pwd=`, with blanks as separators only in a string or
/// a config file.
pub fn at_name(
    input: &Input<'_>,
    at: usize,
    rule: RuleIndex,
    candidates: &mut Vec<Candidate>,
) -> Option<()> {
    let text = input.text;
    let rest = text.get(at..)?;
    let names = [&b"password"[..], b"passwd", b"pass", b"pwd"];
    let is_name = |name: &&[u8]| {
        rest.get(name.len()) == Some(&b'=') && rest[..name.len()].eq_ignore_ascii_case(name)
    };
    let name = names.into_iter().find(is_name)?;
    let before = at.checked_sub(1).map_or(b'\n', |i| text[i]);
    if !matches!(before, b';' | b' ' | b'"' | b'\'' | b'?' | b'&') {
        return None;
    }
    let start = at + name.len() + 1;
    let string = string_around(text, at, start);
    let semicolons = text[string.clone()].contains(&b';');
    let separator = match before {
        b'?' | b'&' => b'&',
        _ if semicolons => b';',
        _ => b' ',
    };
    let known = known_keys(&text[start..string.end]) + known_keys(&text[string.start..at]);
    if known < if separator == b';' { 1 } else { 2 } {
        return None;
    }
    let value = connection_value(text, start, string.end, separator)?;
    let written = is_written_out(input, &string, &value, separator);
    written.then(|| push(input, value, string, rule, candidates))?
}

/// Blanks separate in a string or a config file; in code `password=password,`
/// is an argument, and `&` separates the parameters of any URL.
fn is_written_out(
    input: &Input<'_>,
    string: &Range<usize>,
    value: &Range<usize>,
    separator: u8,
) -> bool {
    let text = input.text;
    let last = text[..value.end].last().copied().unwrap_or_default();
    match separator {
        b'&' => memchr::memmem::find(&text[string.start..value.start], b"jdbc:").is_some(),
        b' ' => {
            let before = string.start.checked_sub(1).map(|i| text[i]);
            let quoted = matches!(before, Some(b'"' | b'\'' | b'`'));
            let bare = matches!(input.place.notation, Notation::Config | Notation::Unknown);
            (quoted || bare) && !matches!(last, b',' | b')')
        }
        _ => true,
    }
}

/// How many keys of connection strings are given a value in `part`.
fn known_keys(part: &[u8]) -> usize {
    let is_key = |equals: usize| {
        let before = part[..equals].trim_ascii_end();
        let letters = before.iter().rev().take(12).take_while(|b| b.is_ascii_alphabetic()).count();
        let word = &before[before.len() - letters..];
        KEYS.iter().any(|key| word.eq_ignore_ascii_case(key.as_bytes()))
    };
    memchr::memchr_iter(b'=', part).take(MAX_KEYS).filter(|equals| is_key(*equals)).count()
}

fn push(
    input: &Input<'_>,
    value: Range<usize>,
    around: Range<usize>,
    rule: RuleIndex,
    candidates: &mut Vec<Candidate>,
) -> Option<()> {
    let opinion = given(input, value.clone(), around)?;
    candidates.push(Candidate::of_secret(rule, value, SPECIFICITY, opinion));
    Some(())
}

/// The line or quoted string that holds `at`; a quote that opens a value at
/// `value` does not end it.
fn string_around(text: &[u8], at: usize, value: usize) -> Range<usize> {
    let is_end = |b: &u8| matches!(b, b'"' | b'\'' | b'`' | b'\n' | b'<' | b'>');
    let floor = at.saturating_sub(MAX_STRING);
    let start = text[floor..at].iter().rposition(is_end).map_or(floor, |i| floor + i + 1);
    let opened = text.get(value).is_some_and(|b| matches!(b, b'"' | b'\''));
    let from = value + usize::from(opened);
    let ceiling = text.len().min(value + MAX_STRING);
    let rest = text.get(from..ceiling).unwrap_or_default();
    let end = match opened {
        true => rest.iter().position(|b| *b == b'\n'),
        false => rest.iter().position(is_end),
    };
    start..from.min(ceiling) + end.unwrap_or(rest.len())
}

/// A bare value, `"…"`, or `{…}` in which `}}` is one brace (ODBC).
fn connection_value(text: &[u8], at: usize, end: usize, separator: u8) -> Option<Range<usize>> {
    let window = text.get(at..end)?;
    let first = *window.first()?;
    if matches!(first, b'"' | b'\'') {
        let length = window[1..].iter().position(|b| *b == first)?;
        return Some(at + 1..at + 1 + length);
    }
    if first == b'{' {
        let mut i = 1;
        while i < window.len() {
            match (window[i], window.get(i + 1)) {
                (b'}', Some(b'}')) => i += 1,
                (b'}', _) => return Some(at + 1..at + i),
                _ => {}
            }
            i += 1;
        }
        return None;
    }
    let is_end = |b: &u8| *b == separator || separator != b';' && b.is_ascii_whitespace();
    let length = window.iter().position(is_end).unwrap_or(window.len());
    let value = window[..length].trim_ascii_end();
    Some(at..at + value.len())
}

/// Reads what stands at the anchor of a call or address at `at`.
pub fn at_connect(
    input: &Input<'_>,
    at: usize,
    rule: RuleIndex,
    candidates: &mut Vec<Candidate>,
) -> Option<()> {
    let text = input.text;
    let rest = text.get(at..)?;
    let begins = |word: &[u8]| rest.get(..word.len()).is_some_and(|r| r.eq_ignore_ascii_case(word));
    if begins(b"@tcp(") {
        let value = before_host(text, at)?;
        return push(input, value, near(text, at), rule, candidates);
    }
    if begins(b"sqlplus") {
        let value = slash_pair(text, at + 7)?;
        return push(input, value, near(text, at), rule, candidates);
    }
    if begins(b"jdbc:") {
        let value = jdbc(text, at).or_else(|| after_string(text, at))?;
        return push(input, value, near(text, at), rule, candidates);
    }
    if begins(b".login(") || begins(b"_login(") {
        let place = if begins(b".") { 1 } else { 2 };
        let (user, value) = literal_argument(text, at + 7, place)?;
        let opinion = login_opinion(input, user, &value)?;
        candidates.push(Candidate::of_secret(rule, value, SPECIFICITY, opinion));
        return Some(());
    }
    let open = if begins(b"pdo(") { at + 4 } else { mysql_call(text, at)? };
    let (_, value) = literal_argument(text, open, 2)?;
    push(input, value, near(text, at), rule, candidates)
}

/// What stands on the line of `at`, as far as it is compared with a value.
fn near(text: &[u8], at: usize) -> Range<usize> {
    let floor = at.saturating_sub(MAX_STRING);
    let start = memchr::memrchr(b'\n', &text[floor..at]).map_or(floor, |i| floor + i + 1);
    let ceiling = text.len().min(at + MAX_STRING);
    start..memchr::memchr(b'\n', &text[at..ceiling]).map_or(ceiling, |i| at + i)
}

/// Other things than passwords are given to functions called `login`.
fn login_opinion(
    input: &Input<'_>,
    user: Option<Range<usize>>,
    value: &Range<usize>,
) -> Option<Opinion> {
    let password = &input.text[value.clone()];
    let address = user.is_some_and(|user| input.text[user].contains(&b'@'));
    let chosen = password.iter().any(|b| b.is_ascii_digit() || b"!@#$%^&*?".contains(b));
    if password.contains(&b' ') || password.contains(&b'/') || !address && !chosen {
        return None;
    }
    // Beside a literal address even a plain word is the password.
    let (confidence, reason) = match address && !is_stand_in(password) {
        true => stored(password, input.place.role)?,
        false => given(input, value.clone(), near(input.text, value.start))?,
    };
    Some((confidence.min(Confidence::Medium), reason))
}

/// `user:pass@tcp(host:3306)/db` (the DSN of Go's MySQL driver).
fn before_host(text: &[u8], at: usize) -> Option<Range<usize>> {
    let floor = at.saturating_sub(MAX_ARGUMENT);
    let is_start = |b: &u8| b.is_ascii_whitespace() || b"\"'`=".contains(b);
    let start = text[floor..at].iter().rposition(is_start).map_or(floor, |i| floor + i + 1);
    let colon = start + memchr::memchr(b':', &text[start..at])?;
    Some(colon + 1..at)
}

/// `user/pass@db` behind the blank at `at`.
fn slash_pair(text: &[u8], at: usize) -> Option<Range<usize>> {
    let before = at.checked_sub(8).map_or(b'\n', |i| text[i]);
    if before.is_ascii_alphanumeric() || matches!(before, b'-' | b'_' | b'.') {
        return None;
    }
    text.get(at).filter(|b| b.is_ascii_whitespace())?;
    let window = &text[at..text.len().min(at + MAX_ARGUMENT)];
    let line = &window[..window.iter().position(|b| *b == b'\n').unwrap_or(window.len())];
    let mut from = at;
    for word in line.split(|b| b.is_ascii_whitespace()) {
        let quotes = word.iter().take_while(|b| matches!(b, b'"' | b'\'')).count();
        let pair = &word[quotes..];
        if let Some(slash) = memchr::memchr(b'/', pair).filter(|slash| *slash > 0)
            && pair.iter().all(|b| *b != b'\\')
            && pair[0] != b'@'
        {
            let is_end = |b: &u8| matches!(b, b'@' | b'"' | b'\'' | b';');
            let length = pair[slash + 1..].iter().position(is_end);
            let start = from + quotes + slash + 1;
            let end = start + length.unwrap_or(pair.len() - slash - 1);
            return (end > start).then_some(start..end);
        }
        from += word.len() + 1;
    }
    None
}

/// `jdbc:oracle:thin:user/pass@…`.
fn jdbc(text: &[u8], at: usize) -> Option<Range<usize>> {
    let window = &text[at..text.len().min(at + MAX_ARGUMENT)];
    let is_end = |b: &u8| b.is_ascii_whitespace() || b"\"'`<>".contains(b);
    let url = &window[..window.iter().position(is_end).unwrap_or(window.len())];
    let driver = memchr::memmem::find(url, b":oracle:")? + b":oracle:".len();
    let user = driver + memchr::memchr(b':', &url[driver..])? + 1;
    let sign = user + memchr::memchr(b'@', &url[user..])?;
    let slash = user + memchr::memchr(b'/', &url[user..sign])?;
    (slash > user).then_some(at + slash + 1..at + sign)
}

/// `getConnection("jdbc:…", "user", "pass")`: the arguments behind the string
/// that holds `at`.
fn after_string(text: &[u8], at: usize) -> Option<Range<usize>> {
    let quote = *text.get(at.checked_sub(1)?)?;
    if !matches!(quote, b'"' | b'\'') {
        return None;
    }
    let window = &text[at..text.len().min(at + MAX_ARGUMENT)];
    let close = at + window.iter().position(|b| *b == quote || *b == b'\n')?;
    let url = &text[at..close];
    memchr::memmem::find(url, b"//").or(memchr::memmem::find(url, b":@"))?;
    let comma = text.get(close + 1..)?.iter().take(8).position(|b| *b == b',')?;
    literal_argument(text, close + 1 + comma + 1, 1).map(|(_, value)| value)
}

/// The place behind the bracket of `mysqli_connect(`, `mysqli(`,
/// `mysql_connect(`, `MySQLdb.connect(`.
fn mysql_call(text: &[u8], at: usize) -> Option<usize> {
    const CALLS: [&[u8]; 8] = [
        b"mysqli(", b"mysqli_connect(", b"mysqli_real_connect(", b"mysql_connect(",
        b"mysql_pconnect(", b"mysqldb.connect(", b"mysql.connect(", b"mysql_real_connect(",
    ];
    let rest = &text[at..];
    let is = |call: &&[u8]| rest.get(..call.len()).is_some_and(|r| r.eq_ignore_ascii_case(call));
    CALLS.into_iter().find(is).map(|call| at + call.len())
}

/// The string literal at place `place` (from 0) of the arguments from `at`, and
/// the one before it when that is a literal too.
pub fn literal_argument(
    text: &[u8],
    at: usize,
    place: usize,
) -> Option<(Option<Range<usize>>, Range<usize>)> {
    let mut from = at;
    let mut previous = None;
    for i in 0..=place.min(MAX_ARGUMENTS) {
        let (literal, next) = argument(text, from)?;
        if i == place {
            return literal.map(|value| (previous, value));
        }
        (previous, from) = (literal, next?);
    }
    None
}

/// One argument: its text if it is a plain string, and where the next begins.
fn argument(text: &[u8], at: usize) -> Option<(Option<Range<usize>>, Option<usize>)> {
    let window = &text[..text.len().min(at + MAX_ARGUMENT)];
    let start = at + window.get(at..)?.iter().take_while(|b| b.is_ascii_whitespace()).count();
    let (mut depth, mut i, mut literal) = (0u32, start, None);
    while let Some(&byte) = window.get(i) {
        match byte {
            b'"' | b'\'' => {
                let close = closing(window, i + 1, byte)?;
                literal = (i == start).then_some(i + 1..close);
                i = close;
            }
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' if depth == 0 => return Some((literal, None)),
            b')' | b']' | b'}' => depth -= 1,
            b',' if depth == 0 => return Some((literal, Some(i + 1))),
            b';' => return None,
            _ if !byte.is_ascii_whitespace() => literal = None,
            _ => {}
        }
        i += 1;
    }
    None
}
