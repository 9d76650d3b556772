//! A user and a password given together, without a name of their own:
//! `NetworkCredential("u", "p")`, `HTTPBasicAuth('u', 'p')`, `auth=('u', 'p')`,
//! `auth = b64encode(b'u:p')`. The call or the parameter says what they are.

use std::ops::Range;

use crate::finding::{Candidate, RuleIndex};

use super::Input;
use super::assignment::name_around;
use super::connection::literal_argument;
use super::files::closing;
use super::literal::{SPECIFICITY, given};

/// Ends of the names of calls that take a user and a password, lower case.
const CALLS: &[&str] = &[
    "networkcredential", "passwordcredential", "passwordcredentials", "gitcredential", "basicauth",
    "digestauth", "ntlmauth", "proxyauth", "basic_auth", "digest_auth", "passwordauthentication",
    "awscredentials", "basiccredentials", "basicauthentication", "usernamepassword",
    "plainauthprovider", "passwordauthenticator",
];

/// Calls that encode what a header for Basic authentication carries.
const ENCODERS: [&[u8]; 6] = [
    b"b64encode(", b"btoa(", b"base64_encode(", b"strict_encode64(", b"encode64(",
    b"encodetostring(",
];

/// How far behind a name its call is looked for, in bytes.
const MAX_GAP: usize = 48;

/// Longest pair of user and password that is encoded, in bytes.
const MAX_PAIR: usize = 128;

/// Reads the pair that belongs to the name with an anchor at `at`.
pub fn at_name(
    input: &Input<'_>,
    at: usize,
    rule: RuleIndex,
    candidates: &mut Vec<Candidate>,
) -> Option<()> {
    let text = input.text;
    if !text[at..].get(..4).is_some_and(starts_login) {
        return None;
    }
    let name = name_around(text, at);
    let value = pair(text, name.clone()).or_else(|| encoded(text, name.clone()))?;
    let opinion = given(input, value.clone(), name.start..value.end)?;
    candidates.push(Candidate::of_secret(rule, value, SPECIFICITY, opinion));
    Some(())
}

/// The anchors of all the names here.
fn starts_login(head: &[u8]) -> bool {
    head.eq_ignore_ascii_case(b"auth")
        || head.eq_ignore_ascii_case(b"cred")
        || head.eq_ignore_ascii_case(b"pass")
}

/// The second of the two literals of a call or of the parameter `auth`.
fn pair(text: &[u8], name: Range<usize>) -> Option<Range<usize>> {
    let words = &text[name.clone()];
    let ends = |end: &str| {
        let tail = words.len().checked_sub(end.len()).map(|from| &words[from..]);
        tail.is_some_and(|tail| tail.eq_ignore_ascii_case(end.as_bytes()))
    };
    let open = if words.eq_ignore_ascii_case(b"auth") {
        after_operator(text, name.end)?
    } else {
        CALLS.iter().find(|end| ends(end))?;
        name.end
    };
    let arguments = match text.get(open)? {
        b'(' | b'[' => open + 1,
        _ => return None,
    };
    let (user, password) = literal_argument(text, arguments, 1)?;
    user.map(|_| password)
}

/// The place behind `=` or `:` and blanks.
fn after_operator(text: &[u8], end: usize) -> Option<usize> {
    let tail = &text[end..text.len().min(end + MAX_GAP)];
    let skipped =
        tail.iter().take_while(|b| matches!(b, b' ' | b'=' | b':' | b'"' | b'\'')).count();
    tail[..skipped].iter().any(|b| matches!(b, b'=' | b':')).then_some(end + skipped)
}

/// The password in `b64encode(b'user:password')` behind a name on its line.
fn encoded(text: &[u8], name: Range<usize>) -> Option<Range<usize>> {
    let tail = &text[name.end..text.len().min(name.end + MAX_GAP)];
    let line = &tail[..memchr::memchr(b'\n', tail).unwrap_or(tail.len())];
    let open = memchr::memchr_iter(b'(', line).find(|open| {
        let call = &line[..=*open];
        ENCODERS.iter().any(|encoder| {
            let from = call.len().checked_sub(encoder.len());
            from.is_some_and(|from| call[from..].eq_ignore_ascii_case(encoder))
        })
    })?;
    let mut at = name.end + open + 1;
    at += usize::from(matches!(text.get(at), Some(b'b' | b'f')));
    let quote = text.get(at).copied().filter(|b| matches!(b, b'"' | b'\'' | b'`'))?;
    let window = &text[..text.len().min(at + MAX_PAIR)];
    let end = closing(window, at + 1, quote)?;
    let colon = memchr::memchr(b':', &text[at + 1..end]).filter(|colon| *colon > 0)?;
    Some(at + 1 + colon + 1..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<&str> {
        let lower = text.to_ascii_lowercase();
        let at = ["auth", "cred", "pass"].iter().filter_map(|word| lower.find(word)).min()?;
        let name = name_around(text.as_bytes(), at);
        let found = pair(text.as_bytes(), name.clone()).or_else(|| encoded(text.as_bytes(), name));
        found.map(|range| &text[range])
    }

    #[test]
    fn pairs_are_read() {
        for text in [
            "new NetworkCredential(\"ann\", \"q8Zt4L\")",
            "HTTPBasicAuth('ann', 'q8Zt4L')",
            "requests.get(url, auth=('ann', 'q8Zt4L'))",
            "auth: ['ann', 'q8Zt4L']",
            "req.SetBasicAuth(\"ann\", \"q8Zt4L\")",
            "auth_ = base64.b64encode(b'ann:q8Zt4L')",
            "'Authorization': 'Basic ' + btoa('ann:q8Zt4L')",
        ] {
            assert_eq!(value(text), Some("q8Zt4L"), "{text}");
        }
    }

    #[test]
    fn other_calls_are_not() {
        for text in [
            "NetworkCredential(user, password)", "HTTPBasicAuth('ann', password)", "auth = x",
            "auth(\"a\", \"b\")", "author=('ann', 'q8Zt4L')", "auth = b64encode(pair)",
            "auth = b64encode(b'plain')", "auth", "authenticate('ann', 'q8Zt4L')",
        ] {
            assert_eq!(value(text), None, "{text}");
        }
    }
}
