//! Is this value a credential? What is no literal ([`reference`](super::reference))
//! or only stands in for one ([`standin`](super::standin)) is not; what is left
//! is weighed by what it looks like and by what its name announces.
//!
//! People choose passwords, so anything but plain words may be one. Machines
//! make keys and tokens, so those have to look drawn at random.

use crate::finding::Confidence;

pub use super::assessment::{Assessment, Opinion, at_place};
use super::assignment::{Operator, Quoting};
use super::inner::is_encoded_stand_in;
use super::invented::{
    has_steps, is_counted, is_disguised_outside, is_one_word, is_short_hex, is_typed_in_test,
};
use super::look::Look;
use super::name::NameKind;
use super::password::password;
use super::randomness::{is_sequence_or_repeat, randomness};
use super::reference::{
    is_crypt_hash, is_digest, is_digest_name, is_path, is_reference, is_uuid, names_itself,
};
use super::standin::{is_doubtful, is_empty_word, is_monotonous, is_placeholder, is_stand_in};
use crate::source::place::{Notation, Place, Role};

/// A value together with all that is known about where it stands.
pub struct Weighed<'a> {
    pub name: &'a [u8],
    pub kind: NameKind,
    pub value: &'a [u8],
    pub operator: Operator,
    pub quoting: Quoting,
    pub place: Place,
    /// On a comment line of source code.
    pub in_comment: bool,
    /// Nothing but the end of the line follows the value.
    pub ends_line: bool,
    /// More words follow a value without quotes: a label or a sentence.
    pub goes_on: bool,
    /// What stands before the value on its line.
    pub lead: &'a [u8],
}

/// Weighs a value; `None` when it is no credential.
pub fn weigh(weighed: &Weighed<'_>) -> Option<Assessment> {
    let value = weighed.value;
    // First of all the length: a value is read again for every name inside it.
    if value.len() < 4 || value.len() > longest(weighed) {
        return None;
    }
    if weighed.goes_on || is_reference(weighed) || is_empty_word(value) || names_itself(weighed) {
        return None;
    }
    let look = Look::of(value);
    let opinion = match weighed.kind {
        NameKind::Password => password(weighed, &look)?,
        NameKind::Machine => machine(weighed, &look)?,
        NameKind::Weak => weak(weighed, &look)?,
    };
    Some(settle(weighed, opinion))
}

/// Longest value that is weighed, in bytes.
fn longest(weighed: &Weighed<'_>) -> usize {
    match (weighed.kind, weighed.quoting) {
        (NameKind::Password, _) => 128,
        (_, Quoting::Quoted) => 1024,
        _ => 300,
    }
}

/// What lowers every opinion in the same way.
fn settle(weighed: &Weighed<'_>, opinion: Assessment) -> Assessment {
    let value = weighed.value;
    let sequence = is_sequence_or_repeat(value);
    let counted = weighed.kind != NameKind::Password && is_counted(value);
    let invented = is_placeholder(value) || is_monotonous(value) || counted;
    if invented || sequence && !may_be_weak(weighed) {
        return Assessment::new(Confidence::Low, "the value looks like a placeholder");
    }
    if sequence {
        return Assessment::new(Confidence::Medium, "the value is long, but a sequence")
            .and(NAMED_KEY);
    }
    if is_encoded_stand_in(value) {
        return Assessment::new(Confidence::Low, "the value decodes to a placeholder or to words");
    }
    let weak_in_test = weighed.kind == NameKind::Weak && weighed.place.role == Role::Test;
    let by_chance = weighed.kind != NameKind::Password && !weak_in_test && is_long(value);
    if is_doubtful(value) && !by_chance {
        return Assessment::new(Confidence::Low, "the value has a test word in it");
    }
    if weighed.place.is_translation {
        return Assessment::new(Confidence::Low, "it stands among translations");
    }
    if has_part(weighed.lead, &["example ", "e.g. "]) {
        return opinion.at_most(Confidence::Low, "its line calls it an example");
    }
    if weighed.kind == NameKind::Password && repeats_its_line(weighed) {
        return Assessment::new(Confidence::Low, "the value repeats a name on its line");
    }
    let opinion = match is_doubtful(value) {
        true => opinion.at_most(Confidence::Medium, "the value has a test word in it"),
        false => opinion,
    };
    let opinion = match weighed.operator {
        Operator::Compare
            if value.len() < 12
                && weighed.kind == NameKind::Machine
                && weighed.place.role == Role::Example =>
        {
            opinion.at_most(Confidence::Low, "an example compares with it")
        }
        Operator::Compare if weighed.place.role == Role::Test && is_checked(weighed) => {
            opinion.at_most(Confidence::Low, "a test checks that this is what comes out")
        }
        Operator::Compare => opinion.at_most(Confidence::Medium, "it is only compared with"),
        _ => opinion,
    };
    let opinion = match weighed.in_comment {
        true => opinion.at_most(Confidence::Medium, "it stands in a comment"),
        false => opinion,
    };
    at_place(opinion, weighed.place.role)
}

/// `assert response.token == "…"`: the value is made up by the test.
fn is_checked(weighed: &Weighed<'_>) -> bool {
    weighed.kind == NameKind::Machine
        && !has_part(weighed.name, &["secret"])
        && has_part(weighed.lead, &["assert", "expect", "should"])
}

/// In a random value of this length `test` and `demo` stand by chance, or for
/// the environment that the key is for.
fn is_long(value: &[u8]) -> bool {
    value.len() >= 32 && randomness(value) > 0.9
}

/// `'shop'@'localhost' IDENTIFIED BY 'shop'`: the name of the user or service.
fn repeats_its_line(weighed: &Weighed<'_>) -> bool {
    let is_part = |b: &u8| b.is_ascii_alphanumeric();
    let mut words = weighed.lead.split(|b| !is_part(b));
    weighed.value.iter().all(is_part) && words.any(|w| w.eq_ignore_ascii_case(weighed.value))
}

/// A key of full length that is a sequence is invented, and may be in use all
/// the same where the file is neither a test nor an example.
fn may_be_weak(weighed: &Weighed<'_>) -> bool {
    weighed.kind == NameKind::Machine
        && weighed.value.len() >= 16
        && weighed.place.role == Role::Production
        && !weighed.in_comment
}

/// Reasons that a provider in the name outweighs.
pub const IS_UUID: &str = "the value is a UUID";
pub const MAY_BE_DIGEST: &str = "the value may be a digest";
const NAMED_KEY: &str = "the name announces a key or token";

/// Machines make keys, tokens and client secrets: they are random.
fn machine(weighed: &Weighed<'_>, look: &Look) -> Option<Assessment> {
    let value = weighed.value;
    let opinion = |confidence, reason| Some(Assessment::new(confidence, reason).and(NAMED_KEY));
    if value.len() < 6 || value.contains(&b' ') || look.foreign > 0 || is_path(value) {
        return None;
    }
    // A piece of JSON or XML in a text of several lines.
    if value.contains(&b'\n')
        && matches!(value.trim_ascii_start().first(), Some(b'{' | b'[' | b'<'))
    {
        return None;
    }
    let code = weighed.place.notation == Notation::Code && !weighed.in_comment;
    if weighed.quoting == Quoting::Bare && code || is_digest_name(weighed.name) {
        return None;
    }
    let drawn = look.digits > 0 && (look.random >= 0.7 || is_sequence_or_repeat(value));
    if weighed.operator == Operator::Space && !drawn {
        return None;
    }
    if is_crypt_hash(value) {
        return opinion(Confidence::Low, "the value is a password's hash");
    }
    if is_uuid(value) {
        let confidence =
            if uuid_may_be_key(weighed) { Confidence::Medium } else { Confidence::Low };
        return opinion(confidence, IS_UUID);
    }
    if look.random > 0.9 && value.len() >= 20 && look.digits > 0 {
        return opinion(Confidence::High, "the value looks machine-made");
    }
    if look.random > 0.5 && value.len() >= 10 && is_typed_in_test(value, weighed.place.role) {
        return opinion(Confidence::Low, "the same few letters, as typed for a test");
    }
    if is_disguised_outside(value, weighed.place.role) {
        return opinion(Confidence::Low, "the value is words, in disguise");
    }
    if look.random > 0.5 && value.len() >= 10 {
        return opinion(Confidence::Medium, "the value looks fairly random");
    }
    short_key(weighed, look)
}

/// A UUID drawn at random may be a key. One made from the time is none, and a
/// token without more to its name is as often the mark of a request.
fn uuid_may_be_key(weighed: &Weighed<'_>) -> bool {
    let from_time = weighed.value.get(14) == Some(&b'1');
    let plain = has_part(weighed.name, &["token"])
        && !has_part(weighed.name, &["secret", "auth", "access", "refresh", "bearer"]);
    !from_time && !plain
}

/// `create_token('mikemcq')`: whose token it is, in a test.
fn names_somebody(weighed: &Weighed<'_>) -> bool {
    weighed.operator == Operator::Argument
        && weighed.place.role == Role::Test
        && is_one_word(weighed.value)
}

/// What is too short or too regular to call random: a value all the same,
/// unless it is made of words.
fn short_key(weighed: &Weighed<'_>, look: &Look) -> Option<Assessment> {
    let bare = weighed.quoting == Quoting::Bare && weighed.place.notation != Notation::Config;
    if bare || look.letters == 0 || look.text && look.digits == 0 {
        return None;
    }
    let (confidence, reason) = match () {
        () if look.text || is_stand_in(weighed.value) => {
            (Confidence::Low, "the value is words and digits")
        }
        () if names_somebody(weighed) => (Confidence::Low, "only letters, in a test"),
        // `_a_ltk_`: what a program calls an entry of its storage.
        () if weighed.value.starts_with(b"_") && weighed.value.ends_with(b"_") => {
            (Confidence::Low, "the value may be a name")
        }
        () if look.random < 0.2 => (Confidence::Low, "the value is short and may be a word"),
        () if weighed.place.role != Role::Production && is_short_hex(weighed.value) => {
            (Confidence::Low, "a few hexadecimal digits in a test or example")
        }
        () => (Confidence::Medium, "the value is short, but no word"),
    };
    Some(Assessment::new(confidence, reason).and(NAMED_KEY))
}

/// The name may be innocent: only a value that speaks for itself counts.
fn weak(weighed: &Weighed<'_>, look: &Look) -> Option<Assessment> {
    let value = weighed.value;
    let signs = !value.iter().all(|b| b.is_ascii_alphanumeric() || b"_-+/=.:".contains(b));
    let bare_code = weighed.quoting == Quoting::Bare
        && weighed.place.notation == Notation::Code
        && !weighed.in_comment;
    if !(20..=512).contains(&value.len()) || signs || is_path(value) || bare_code {
        return None;
    }
    let drawn = look.digits > 0 && look.random >= 0.95 && !has_steps(value);
    let listed = weighed.operator == Operator::Space || is_sealing_key(weighed.lead);
    if !drawn || is_digest_name(weighed.name) || listed {
        return None;
    }
    let (confidence, reason) = match () {
        () if is_uuid(value) => (Confidence::Low, IS_UUID),
        () if is_digest(without_label(value)) => (Confidence::Low, MAY_BE_DIGEST),
        () => (Confidence::Medium, "the value looks machine-made"),
    };
    Some(Assessment::new(confidence, reason).and("the name may be a key's"))
}

/// Whether `lead` ends in the long number of a key: `{"key_id": "5682…", "key": "`.
/// So GitHub's API gives the public key that a repository's secrets are sealed with.
fn is_sealing_key(lead: &[u8]) -> bool {
    let after = memchr::memmem::rfind(lead, b"key_id").map(|at| &lead[at + 6..]);
    after.is_some_and(|after| {
        let digits = after.iter().filter(|b| b.is_ascii_digit()).count();
        digits >= 15 && after.len() < digits + 24
    })
}

/// `nodekey:3f649b…` → `3f649b…`.
fn without_label(value: &[u8]) -> &[u8] {
    let label = value.iter().take_while(|b| b.is_ascii_lowercase()).count();
    match value.get(label) {
        Some(b':') if label > 1 => &value[label + 1..],
        _ => value,
    }
}

/// Whether `value` holds one of `parts` (lower case), whatever its own case.
pub fn has_part(value: &[u8], parts: &[&str]) -> bool {
    parts.iter().any(|part| {
        let part = part.as_bytes();
        value.len() >= part.len()
            && value.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Confidence and first reason of `value` under `name`, in quotes, in `path`.
    fn opinion(path: &str, name: &str, value: &str) -> Option<(Confidence, &'static str)> {
        let weighed = Weighed {
            name: name.as_bytes(),
            kind: super::super::name::classify(name.as_bytes())?,
            value: value.as_bytes(),
            operator: Operator::Assign,
            quoting: Quoting::Quoted,
            place: Place::of(path),
            in_comment: false,
            ends_line: true,
            goes_on: false,
            lead: b"",
        };
        weigh(&weighed).map(|found| (found.confidence, found.reasons[0]))
    }

    #[test]
    fn a_password_is_what_is_no_word() {
        use Confidence::*;
        for (value, expected) in [
            ("kzvwqpt", Some(Medium)),
            ("xw83kd", Some(Medium)),
            ("839174", Some(Medium)),
            ("Summer2019!", Some(Medium)),
            ("v9K2pQx7LmZr4TbW", Some(High)),
            ("hello", Some(Low)),
            ("letmein123", Some(Low)),
            ("1234", Some(Low)),
            ("Passwort vergessen oder neu", None),
            ("user_password", None),
            ("C:\\keys", None),
            ("${DB_PASSWORD}", None),
        ] {
            let found = opinion("app.py", "db_password", value).map(|o| o.0);
            assert_eq!(found, expected, "{value}");
        }
    }

    #[test]
    fn tests_and_examples_cap_at_medium() {
        let value = "v9K2pQx7LmZr4TbW";
        for path in ["test/login.py", "docs/setup.md"] {
            let found = opinion(path, "password", value).map(|o| o.0);
            assert_eq!(found, Some(Confidence::Medium), "{path}");
        }
        let label = opinion("config/locales/pl.yml", "password", "Zmieniamy");
        assert_eq!(label.map(|o| o.0), Some(Confidence::Low));
    }

    #[test]
    fn few_letters_in_a_test_were_typed() {
        let token = |value| opinion("test/login.js", "refreshToken", value).map(|o| o.0);
        assert_eq!(token("hbfvdkhjbvkdvdfjvb"), Some(Confidence::Low));
        assert_eq!(token("kweaqgxjhnrzcpomladyusfbvt"), Some(Confidence::Medium));
    }

    #[test]
    fn a_labelled_digest_is_no_key() {
        let digest = "3f649bfcbe8233388a4d91affe62fe8da66ab92f3e8ae70c1d4064b47f160b2d";
        let found = opinion("app.json", "key", &format!("nodekey:{digest}")).map(|o| o.0);
        assert_eq!(found, Some(Confidence::Low));
    }

    #[test]
    fn a_key_looks_drawn() {
        let key = |value| opinion("app.py", "api_key", value).map(|o| o.0);
        assert_eq!(key("q8Zt4LxW2vNc7YbR5mJd"), Some(Confidence::High));
        assert_eq!(key("7d31e2b8-9c40-4f5a-8e61-0b27d49a6c13"), Some(Confidence::Medium));
        assert_eq!(key("7d31e2b8-9c40-11ec-8e61-0b27d49a6c13"), Some(Confidence::Low));
        assert_eq!(key("a1b2c3d4e5f6a1b2c3d4e5f6"), Some(Confidence::Medium));
        assert_eq!(key("getApiKeyFromStore"), None);
        assert_eq!(key("xxxxxxxxxxxxxxxxxxxx"), Some(Confidence::Low));
    }
}
