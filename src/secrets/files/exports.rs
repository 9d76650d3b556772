//! What tools export or keep as JSON with the name of a credential as a value:
//! Postman collections and environments, the state of Terraform.

use std::ops::Range;

use crate::finding::Candidate;
use crate::secrets::name::{NameKind, classify};

use super::KnownText;
use super::keyed::{each_key, json_string};

/// How far the members of one object stand apart, in bytes.
const MAX_OBJECT: usize = 1024;

/// `{"key": "client_secret", "type": "default", "value": "…"}`, and the `value` of
/// an API key (Postman Collection Format 2.1).
pub(super) fn postman(known: &KnownText<'_>, candidates: &mut Vec<Candidate>) {
    let text = known.text;
    each_key(text, b"\"key\"", |range| {
        let name = json_string(text, range.end)?;
        let words = &text[name.clone()];
        let is_key = words == b"value" && is_api_key(text, range.start);
        if !is_key && matches!(classify(words), None | Some(NameKind::Weak)) {
            return None;
        }
        let object = object_around(text, name.end);
        let value = member(text, &object, b"\"value\"")?;
        known.push_stored(value, candidates);
        Some(name.end)
    });
}

/// Whether `"apikey": [` opens the list of the object before `at`.
fn is_api_key(text: &[u8], at: usize) -> bool {
    let before = &text[at.saturating_sub(MAX_OBJECT)..at];
    let list = memchr::memrchr(b'[', before).unwrap_or(0);
    before[..list].trim_ascii_end().ends_with(b"\"apikey\":")
}

/// From the last `{` to the next `}` around `at`.
fn object_around(text: &[u8], at: usize) -> Range<usize> {
    let floor = at.saturating_sub(MAX_OBJECT);
    let start = memchr::memrchr(b'{', &text[floor..at]).map_or(floor, |i| floor + i);
    let ceiling = text.len().min(at + MAX_OBJECT);
    let end = memchr::memchr(b'}', &text[at..ceiling]).map_or(ceiling, |i| at + i);
    start..end
}

fn member(text: &[u8], object: &Range<usize>, name: &[u8]) -> Option<Range<usize>> {
    let mut places = memchr::memmem::find_iter(&text[object.clone()], name);
    places.find_map(|at| json_string(text, object.start + at + name.len()))
}

/// Attributes whose names do not tell, in the state of Terraform.
const STATE_KEYS: [&[u8]; 14] = [
    b"\"result\"", b"\"password\"", b"\"master_password\"", b"\"secret_string\"",
    b"\"admin_password\"", b"\"administrator_login_password\"", b"\"client_secret\"",
    b"\"secret\"", b"\"token\"", b"\"primary_access_key\"", b"\"secondary_access_key\"",
    b"\"auth_token\"", b"\"encrypted_password\"", b"\"ses_smtp_password_v4\"",
];

/// Secret attributes of resources, and outputs that are marked sensitive: the
/// state holds them in the clear (Terraform documentation, Sensitive Data).
pub(super) fn terraform_state(known: &KnownText<'_>, candidates: &mut Vec<Candidate>) {
    let text = known.text;
    for key in STATE_KEYS {
        each_key(text, key, |range| {
            let value = json_string(text, range.end)?;
            let end = value.end;
            known.push_stored(value, candidates);
            Some(end)
        });
    }
    each_key(text, b"\"sensitive\"", |range| {
        let rest = text.get(range.end..)?;
        let marked = rest.iter().take(8).skip_while(|b| b": ".contains(b)).take(4).eq(b"true");
        if !marked {
            return None;
        }
        let before = &text[range.start.saturating_sub(4 * MAX_OBJECT)..range.start];
        let found = memchr::memmem::rfind(before, b"\"value\"")?;
        let value = json_string(text, range.start - before.len() + found + b"\"value\"".len())?;
        known.push_stored(value, candidates);
        None
    });
}
