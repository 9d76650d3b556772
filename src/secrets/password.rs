//! Passwords: chosen by people, so anything but plain words may be one.

use crate::finding::Confidence;
use crate::source::place::{Notation, Role};

use super::assessment::Assessment;
use super::assignment::{Operator, Quoting};
use super::inner::{is_encoded_stand_in, percent_decoded};
use super::invented::is_disguised_outside;
use super::look::Look;
use super::randomness::is_sequence_or_repeat;
use super::reference::{has_hump, is_crypt_hash, is_digest_name, is_path, is_sentence};
use super::standin::{
    is_disguised, is_doubtful, is_made_up_word, is_monotonous, is_placeholder, is_stand_in,
};
use super::value::Weighed;
use super::words::Wording;

/// The reason of an opinion on a word of the dictionary.
pub const PLAIN_WORD: &str = "the value is a plain word";
/// Longest label of a field, in bytes.
const MAX_LABEL: usize = 80;
const NAMED_PASSWORD: &str = "the name announces a password";

/// People choose passwords: words are allowed, sentences and identifiers are not.
pub fn password(weighed: &Weighed<'_>, look: &Look) -> Option<Assessment> {
    let value = weighed.value;
    let opinion =
        |confidence, reason| Some(Assessment::new(confidence, reason).and(NAMED_PASSWORD));
    // The label of a field, in any language.
    let label = look.digits == 0 && (weighed.operator == Operator::Entry || is_label(value));
    if label || is_sentence(value) || is_path(value) || !can_be_bare(weighed, look) {
        return None;
    }
    if is_crypt_hash(value) || is_digest_name(weighed.name) {
        return opinion(Confidence::Low, "the value is a password's hash");
    }
    if has_control(weighed) || weighed.place.role != Role::Production && is_test_data(value, look) {
        return opinion(Confidence::Low, "the value shows how text is encoded");
    }
    if let Some(stand_in) = stand_in(value, weighed.place.role) {
        return Some(stand_in.and(NAMED_PASSWORD));
    }
    if is_disguised_outside(value, weighed.place.role) {
        return opinion(Confidence::Low, "the value is words, in disguise");
    }
    if look.letters == 0 && look.foreign == 0 {
        return number_or_none(value, look)
            .and_then(|confidence| opinion(confidence, "the value is a number"));
    }
    if value.len() >= 12 && look.random > 0.8 && look.digits > 0 {
        return opinion(Confidence::High, "the value looks machine-made");
    }
    if look.text || look.foreign > 0 && look.digits == 0 {
        return text_as_password(weighed, look);
    }
    if weighed.place.role != Role::Production && is_made_up_word(value) {
        return opinion(Confidence::Low, "a word in a test or example");
    }
    let signs_only = look.letters + look.digits + look.foreign < 3;
    if signs_only || is_named_part(value, look) {
        return opinion(Confidence::Low, "the value may be a name");
    }
    opinion(Confidence::Medium, "the value is no word")
}

/// The word for a password in the languages that a page speaks, with capitals or beside
/// others: `Nytt passord`, `Contraseña`. English has a list of its own.
fn is_label(value: &[u8]) -> bool {
    const WORDS: [&str; 16] = [
        "passord", "passwort", "lösenord", "wachtwoord", "contrase", "senha", "mot de passe",
        "hasło", "heslo", "jelszó", "salasana", "adgangskode", "kodeord", "şifre", "parola",
        "пароль",
    ];
    let Ok(text) = std::str::from_utf8(value) else { return false };
    let several = value.contains(&b' ') || text.chars().next().is_some_and(char::is_uppercase);
    several
        && value.len() <= MAX_LABEL
        && !text.chars().any(|c| c.is_ascii_punctuation() && !matches!(c, '.' | ':' | '-' | '\''))
        && {
            let lower = text.to_lowercase();
            WORDS.iter().any(|word| lower.contains(word))
        }
}

/// `c\r\n\u000c d`: nobody can type it.
fn has_control(weighed: &Weighed<'_>) -> bool {
    let escapes = [&b"\\r"[..], b"\\n", b"\\t", b"\\u000", b"\\x0", b"\\0"];
    let found = escapes.iter().filter(|e| memchr::memmem::find(weighed.value, e).is_some());
    weighed.quoting == Quoting::Quoted && found.count() > 1
}

/// `%F0%9F%92%A9`, `密碼123`, `uhhh i forgot`: letters of other scripts, escapes and
/// sentences, with which a test or an example shows that they may be used.
fn is_test_data(value: &[u8], look: &Look) -> bool {
    let escapes = value.iter().filter(|b| **b == b'%').count();
    let escaped = percent_decoded(value);
    let encoded = escapes > 0 && escaped.len() + 2 * escapes == value.len();
    let script = look.foreign > 0 && look.letters == 0;
    let blanks = value.iter().filter(|b| **b == b' ').count();
    let wording = Wording::of(value);
    let phrase = blanks > 1 && look.signs == 0 && wording.covered * 2 >= wording.letters;
    encoded || script || phrase
}

/// `auth_ntlm`: small letters in parts, one of them a word.
fn is_named_part(value: &[u8], look: &Look) -> bool {
    let small = value.iter().all(|b| b.is_ascii_lowercase() || *b == b'_');
    let wording = Wording::of(value);
    small && value.contains(&b'_') && look.random < 0.5 && wording.covered * 3 >= wording.letters
}

/// Long numbers are chosen as passwords, short ones are counts, ports and years.
fn number_or_none(value: &[u8], look: &Look) -> Option<Confidence> {
    // A version, an address or the number of an object.
    if value.contains(&b'.') {
        return None;
    }
    match look.digits {
        0..4 => None,
        4..6 => Some(Confidence::Low),
        _ => Some(Confidence::Medium),
    }
}

/// Words with digits and signs are what people choose where rules force them.
fn text_as_password(weighed: &Weighed<'_>, look: &Look) -> Option<Assessment> {
    let value = weighed.value;
    let plain = look.digits == 0 && look.signs == 0;
    let is_identifier = plain && (value.contains(&b'_') || has_hump(value));
    if is_identifier
        || is_path(value)
        || look.signs == 0 && value.iter().any(|b| b"./:".contains(b))
    {
        return None;
    }
    if weighed.quoting == Quoting::Bare && weighed.place.notation != Notation::Config {
        return None;
    }
    let made_strong = look.digits > 0 && look.signs > 0 && look.foreign == 0;
    let (confidence, reason) = if made_strong && weighed.place.role == Role::Production {
        (Confidence::Medium, "the value is words with digits and signs")
    } else {
        (Confidence::Low, PLAIN_WORD)
    };
    Some(Assessment::new(confidence, reason).and(NAMED_PASSWORD))
}

/// Outside of quotes a word of source code is a variable, and a word of prose
/// is a word: only what can be neither is a value.
fn can_be_bare(weighed: &Weighed<'_>, look: &Look) -> bool {
    if weighed.quoting != Quoting::Bare || weighed.place.notation == Notation::Config {
        return true;
    }
    if weighed.operator == Operator::Space {
        return look.digits > 0 && (weighed.name.len() > 4 || look.random > 0.8);
    }
    if weighed.place.notation == Notation::Code && !weighed.in_comment {
        let name = look.signs == 0 && !weighed.value.contains(&b'-');
        let number = look.letters <= 1 || weighed.value.starts_with(b"0x");
        return weighed.ends_line && !(look.text || number || name && look.digits == 0);
    }
    !look.text && (weighed.ends_line || look.digits > 0)
}

/// A word of tutorials is no secret. Written with digits for letters it still
/// opens doors where it is not in a test.
fn stand_in(value: &[u8], role: Role) -> Option<Assessment> {
    if is_stand_in(value) || is_encoded_stand_in(value) {
        return Some(Assessment::new(Confidence::Low, "the value is a word that tutorials use"));
    }
    let production = role == Role::Production;
    is_disguised(value).then(|| {
        let confidence = if production { Confidence::Medium } else { Confidence::Low };
        Assessment::new(confidence, "the value is a word that tutorials use, in disguise")
    })
}

/// The worth of a literal that a command or a statement gives as a password, by
/// its look alone; `None` for a number too short to be one.
pub fn unnamed(value: &[u8], role: Role) -> Option<Assessment> {
    let look = Look::of(value);
    let low = |reason| Some(Assessment::new(Confidence::Low, reason));
    if is_placeholder(value) || is_monotonous(value) || is_sequence_or_repeat(value) {
        return low("the value looks like a placeholder");
    }
    if let Some(stand_in) = stand_in(value, role) {
        return Some(stand_in);
    }
    if look.letters == 0 && look.foreign == 0 {
        let number = |confidence| Assessment::new(confidence, "the value is a number");
        return number_or_none(value, &look).map(number);
    }
    let made_up = role != Role::Production && is_made_up_word(value);
    if made_up || is_named_part(value, &look) {
        return low("the value may be a word or a name");
    }
    let wordy = look.digits == 0 && (look.text || look.foreign > 0);
    if wordy || is_doubtful(value) {
        return low(PLAIN_WORD);
    }
    let sure = value.len() >= 8 && look.digits > 0 && !look.text;
    let confidence = if sure { Confidence::High } else { Confidence::Medium };
    Some(Assessment::new(confidence, "the value is no word"))
}
