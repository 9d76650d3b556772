//! Files whose whole content is one key.

use crate::finding::{Candidate, Confidence};
use crate::source::place::Role;

use super::KnownText;

/// The file is 32, 64 or 128 hexadecimal digits, as `rails credentials:edit`
/// and `openssl rand -hex` write them.
pub(super) fn hex_key(known: &KnownText<'_>, candidates: &mut Vec<Candidate>) {
    let blank = known.text.iter().take_while(|b| b.is_ascii_whitespace()).count();
    let key = known.text[blank..].trim_ascii_end();
    if !matches!(key.len(), 32 | 64 | 128) || !key.iter().all(u8::is_ascii_hexdigit) {
        return;
    }
    if key.iter().all(|b| *b == key[0]) {
        return;
    }
    let confidence = match known.place.role {
        Role::Production => Confidence::High,
        Role::Example => Confidence::Medium,
        Role::Test => Confidence::Low,
    };
    let opinion = (confidence, "the file holds a key and nothing else");
    let range = blank..blank + key.len();
    known.push(range, opinion, candidates);
}
