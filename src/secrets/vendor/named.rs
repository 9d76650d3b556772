//! Tokens that have no format of the provider whose name leads up to them.

use crate::finding::{Candidate, Confidence};
use crate::secrets::assessment::{Assessment, at_place};
use crate::secrets::inner::is_encoded_stand_in;
use crate::secrets::kernel::Run;
use crate::secrets::randomness::{is_sequence_or_repeat, randomness};
use crate::secrets::reference::is_uuid;
use crate::secrets::standin::{is_doubtful, is_monotonous, is_placeholder};
use crate::secrets::words::Wording;
use crate::source::place::Role;

use super::edges::value_start;
use super::elsewhere::is_other;
use super::lead::Tie;
use super::rule::is_masked;
use super::{Near, Vendors};

/// Below an assignment: where one can be read, it knows more.
const SPECIFICITY: u8 = 19;
/// Fewest bytes of a key that someone made up.
const MIN_WEAK: usize = 20;
/// Bytes of a token without a format.
const LENGTHS: std::ops::RangeInclusive<usize> = 16..=2048;

impl Vendors {
    /// The token at `start`, in `run`, if a provider's name and a word for a
    /// credential lead up to it and it looks drawn at random.
    pub(super) fn named(
        &self,
        text: &[u8],
        start: usize,
        run: Run,
        near: &Near<'_>,
    ) -> Option<Candidate> {
        let rule = self.named?;
        let end = token_end(text, run.end);
        let token = &text[start..end];
        if !LENGTHS.contains(&token.len()) {
            return None;
        }
        // The name may be the mark of a provider's own tokens, of which this is none.
        let value = value_start(text, run.start).min(start);
        if self.breaks_prefix(&text[value..run.end]) || is_other(text, start..end) {
            return None;
        }
        let called = match near.tie(text, start, None)? {
            Tie::Credential => false,
            Tie::Called if may_be_key(token) => true,
            _ => return None,
        };
        let digits = token.iter().filter(|b| b.is_ascii_digit()).count();
        let drawn = digits > 0 && randomness(token) > 0.9;
        let may_be_weak = near.place.role == Role::Production && token.len() >= MIN_WEAK;
        let invented = may_be_weak && (has_many_digits(token) || is_sequence_or_repeat(token));
        // Groups of hexadecimal digits: the number of an object.
        let number = token.contains(&b'-') && is_number(token) && !is_uuid(token);
        let unfit = number
            || is_page(token)
            || memchr::memmem::find(token, b".tgz#").is_some()
            || is_placeholder(token)
            || is_monotonous(token)
            || is_doubtful(token)
            || is_encoded_stand_in(token);
        if !(drawn || invented) || unfit || is_masked(&text[end..]) {
            return None;
        }
        let sure = drawn && token.len() >= MIN_WEAK && randomness(token) > 0.95 && !is_uuid(token);
        if called && !sure {
            return None;
        }
        let sure = sure && !called;
        let confidence = if sure { Confidence::High } else { Confidence::Medium };
        let look = if drawn { "the value looks machine-made" } else { "the value may be invented" };
        let opinion = Assessment::new(confidence, look).and(if called {
            "it is given to a call that makes a provider's client"
        } else {
            "a provider and a word for a credential lead up to it"
        });
        Some(at_place(opinion, near.place.role).candidate(rule, start..end, SPECIFICITY))
    }
}

/// `939515499.html`: what stands in an address before it belongs to a page.
fn is_page(token: &[u8]) -> bool {
    const ENDINGS: [&[u8]; 8] =
        [b".html", b".htm", b".php", b".aspx", b".md", b".pdf", b".json", b".xml"];
    ENDINGS.iter().any(|ending| token.ends_with(ending))
}

/// Whether `token` has letters of both cases and no dots, as no number, no address
/// and no selector has that is given to a call.
fn may_be_key(token: &[u8]) -> bool {
    let has = |test: fn(&u8) -> bool| token.iter().any(test);
    let begins = token.first().is_some_and(u8::is_ascii_alphanumeric);
    begins && has(u8::is_ascii_uppercase) && has(u8::is_ascii_lowercase) && !token.contains(&b'.')
}

fn is_number(token: &[u8]) -> bool {
    token.iter().all(|b| b.is_ascii_hexdigit() || *b == b'-')
}

/// Where a token whose last run ends at `run_end` ends: at the end of base64 or
/// of dotted parts.
fn token_end(text: &[u8], run_end: usize) -> usize {
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || b"+/=_-~.".contains(b);
    let glued = text[run_end..].iter().take(*LENGTHS.end()).take_while(|b| is_part(b)).count();
    let end = run_end + glued;
    end - text[run_end..end].iter().rev().take_while(|b| **b == b'.').count()
}

/// A quarter of `value` is digits, and it is not made of words: no identifier,
/// although it may have a pattern.
pub(super) fn has_many_digits(value: &[u8]) -> bool {
    let digits = value.iter().filter(|b| b.is_ascii_digit()).count();
    digits * 2 >= value.len() || digits * 4 >= value.len() && !Wording::of(value).is_text()
}
