//! Key stores, as [`source`](crate::source) lists them.

use crate::finding::{Candidate, Confidence, Severity};
use crate::source::keystore::{BARE, KEY, OPEN, TITLE};
use crate::source::place::Role;

use super::{KnownText, SPECIFICITY};

/// A store with a key in it; stores of trusted certificates alone are for all to see.
pub(super) fn key_store(known: &KnownText<'_>, candidates: &mut Vec<Candidate>) {
    let lines = || known.text.split(|b| *b == b'\n');
    let is_listing = known.text.starts_with(TITLE.as_bytes());
    let keys = lines().filter(|line| line.starts_with(KEY.as_bytes())).count();
    if !is_listing || keys == 0 {
        return;
    }
    let (reason, suffix) = protection(known.text);
    let confidence = match known.place.role {
        Role::Production => Confidence::High,
        Role::Example | Role::Test => Confidence::Medium,
    };
    let title = lines().next().map_or(0, <[u8]>::len);
    let kind = String::from_utf8_lossy(&known.text[TITLE.len()..title]).into_owned();
    let plural = if keys == 1 { "" } else { "s" };
    candidates.push(Candidate {
        confidence,
        specificity: SPECIFICITY,
        severity: (!suffix.is_empty()).then_some(Severity::Critical),
        message: Some(format!("Key store{kind} with {keys} private key{plural}{suffix}")),
        reasons: vec![reason.into()],
        ..Candidate::new(known.rule, 0..title)
    });
}

/// How well the keys of a listing are protected: the reason, and what the message
/// adds where they are not.
fn protection(listing: &[u8]) -> (&'static str, &'static str) {
    let says = |what: &str| listing.split(|b| *b == b'\n').any(|line| line == what.as_bytes());
    if says(BARE) {
        ("the store holds a private key without encryption", ", not encrypted")
    } else if says(OPEN) {
        let reason = "the store holds a private key behind a password that everybody tries";
        (reason, ", opens with a well-known password")
    } else {
        ("the store holds a private key behind a password", "")
    }
}
