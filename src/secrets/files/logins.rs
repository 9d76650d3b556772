//! Files of logins whose fields are told by their order or by plain words:
//! `.netrc`, `.pgpass`, `.git-credentials`.

use std::ops::Range;

use crate::finding::Candidate;

use super::KnownText;

/// `machine HOST login USER password SECRET`, in any order and over any lines
/// (ftp(1), netrc(5); `.authinfo` of Emacs is the same).
pub(super) fn netrc(known: &KnownText<'_>, candidates: &mut Vec<Candidate>) {
    let (mut in_machine, mut previous) = (false, Word::Other);
    let mut at = 0;
    while let Some(token) = next_token(known.text, at, previous) {
        at = token.end + 1;
        let is_value = std::mem::replace(&mut previous, Word::Other);
        match is_value {
            Word::Password if in_machine => known.push_stored(token, candidates),
            Word::Password | Word::Field => {}
            Word::Other => {
                previous = Word::of(&known.text[token.clone()]);
                in_machine |= matches!(&known.text[token], b"machine" | b"default");
            }
        }
    }
}

/// The value of a `password` at `at` that follows `machine` and `login`, in a file
/// of any name: a script writes `.netrc`, a manual shows one.
pub fn netrc_entry(text: &[u8], at: usize) -> Option<Range<usize>> {
    const NEAR: usize = 160;
    let next = text.get(at..)?.strip_prefix(b"password")?;
    let before = &text[at.saturating_sub(NEAR)..at];
    let machine = memchr::memmem::rfind(before, b"machine ")?;
    memchr::memmem::find(&before[machine..], b"login ")?;
    if !next.first()?.is_ascii_whitespace() || !before.last()?.is_ascii_whitespace() {
        return None;
    }
    let token = next_token(text, at + b"password".len(), Word::Password)?;
    let is_quote = |b: &u8| matches!(b, b'"' | b'\'' | b'`' | b'\\');
    let length = text[token.clone()].iter().take_while(|b| !is_quote(b)).count();
    (length > 0).then(|| token.start..token.start + length)
}

/// What a token of `.netrc` announces.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Password,
    /// The next token is some other value.
    Field,
    Other,
}

impl Word {
    fn of(token: &[u8]) -> Self {
        match token {
            b"password" | b"passwd" => Word::Password,
            b"machine" | b"login" | b"user" | b"account" | b"port" | b"macdef" => Word::Field,
            _ => Word::Other,
        }
    }
}

/// The next word from `at`, without quotes. Comments end with their line; a
/// password may begin with `#`.
fn next_token(text: &[u8], at: usize, previous: Word) -> Option<Range<usize>> {
    let mut at = at;
    loop {
        at += text.get(at..)?.iter().take_while(|b| b.is_ascii_whitespace()).count();
        if *text.get(at)? != b'#' || previous == Word::Password {
            break;
        }
        at += memchr::memchr(b'\n', &text[at..])?;
    }
    if text[at] == b'"' {
        let line = text[at + 1..].iter().position(|b| matches!(b, b'"' | b'\n'))?;
        return Some(at + 1..at + 1 + line);
    }
    let length = text[at..].iter().take_while(|b| !b.is_ascii_whitespace()).count();
    Some(at..at + length)
}

/// `hostname:port:database:username:password`, with `\:` for a colon in a field
/// (PostgreSQL documentation, 34.16 The Password File).
pub(super) fn pgpass(known: &KnownText<'_>, candidates: &mut Vec<Candidate>) {
    for line in lines(known.text) {
        if let Some(password) = fifth_field(known.text, line) {
            known.push_stored(password, candidates);
        }
    }
}

fn fifth_field(text: &[u8], line: Range<usize>) -> Option<Range<usize>> {
    let bytes = text.get(line.clone())?;
    let mut colons = [0usize; 4];
    let mut found = 0;
    let mut at = 0;
    while at < bytes.len() && found < 4 {
        match bytes[at] {
            b'\\' => at += 1,
            b':' => {
                colons[found] = at;
                found += 1;
            }
            _ => {}
        }
        at += 1;
    }
    let port = bytes.get(colons[0] + 1..colons[1])?;
    let is_port = port == b"*" || !port.is_empty() && port.iter().all(u8::is_ascii_digit);
    (found == 4 && is_port && bytes[0] != b'#').then(|| line.start + colons[3] + 1..line.end)
}

/// One URL a line; here all up to the last `@` is user-info, so that a password
/// may hold any sign (git-credential-store(1)).
pub(super) fn git_credentials(known: &KnownText<'_>, candidates: &mut Vec<Candidate>) {
    for line in lines(known.text) {
        if let Some(password) = password_of_url(known.text, line) {
            known.push_stored(password, candidates);
        }
    }
}

fn password_of_url(text: &[u8], line: Range<usize>) -> Option<Range<usize>> {
    let bytes = text.get(line.clone())?;
    let start = memchr::memmem::find(bytes, b"://")? + 3;
    let sign = memchr::memrchr(b'@', bytes)?;
    let colon = start + memchr::memchr(b':', bytes.get(start..sign)?)?;
    Some(line.start + colon + 1..line.start + sign)
}

/// The lines of `text` without their ends.
pub(super) fn lines(text: &[u8]) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut start = 0;
    let ends = memchr::memchr_iter(b'\n', text).chain(std::iter::once(text.len()));
    ends.map(move |end| {
        let line = start..end - usize::from(end > start && text[end - 1] == b'\r');
        start = end + 1;
        line
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::RuleIndex;
    use crate::source::place::Place;

    fn read(reader: fn(&KnownText<'_>, &mut Vec<Candidate>), text: &str) -> Vec<&str> {
        let mut found = Vec::new();
        let place = Place::of("x");
        reader(
            &KnownText { text: text.as_bytes(), place, rule: RuleIndex(0), specificity: 39 },
            &mut found,
        );
        found.into_iter().map(|candidate| &text[candidate.span]).collect()
    }

    #[test]
    fn netrc_in_one_line_and_in_many() {
        let one = "machine a login password password s7Kd9Qw2x\n";
        assert_eq!(read(netrc, one), ["s7Kd9Qw2x"]);
        let many = "# password none1\nmachine a\n  login x\n  password \"two words 2\"\n";
        assert_eq!(read(netrc, many), ["two words 2"]);
        assert_eq!(read(netrc, "default login x password #hash123"), ["#hash123"]);
        assert_eq!(read(netrc, "the password is here"), [""; 0]);
    }

    #[test]
    fn pgpass_fields() {
        let text = "#h:1:d:u:no\ndb:5432:*:shop:s7Kd9\\:x\nlocalhost:*:a\\:b:u:pw1\r\nx:y:z:u:no\n";
        assert_eq!(read(pgpass, text), ["s7Kd9\\:x", "pw1"]);
    }

    #[test]
    fn the_last_sign_ends_the_user_info() {
        let text = "https://a@b.example:p:w!#@49@github.com\nhttps://github.com\n";
        assert_eq!(read(git_credentials, text), ["p:w!#@49"]);
    }
}
