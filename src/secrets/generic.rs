//! Credentials without a public format: values given to credential-like names.

use std::ops::Range;

use crate::finding::{Candidate, Confidence};

use super::assignment::{Assignment, Operator, Quoting, name_around, read};
use super::beside::{has_counterpart, in_digest_list, repeats_neighbour};
use super::kernel::{MIN_RUN, is_token};
use super::name::{NameKind, classify, classify_strictly};
use super::randomness::randomness;
use super::tables;
use super::value::{Assessment, IS_UUID, MAY_BE_DIGEST, Weighed, at_place, has_part, weigh};
use super::vendor::{Near, Vendors};
use super::words::Wording;
use super::{Detectors, Input};
use crate::source::place::{Notation, Place, Role};

/// Losing to any vendor's format.
const SPECIFICITY: u8 = 20;
/// Losing to a provider's name as well, which says more than `key`.
const UNSURE: u8 = 18;

/// Reads the assignment around a name anchor at `at`. Returns the end of what
/// was read, so that further anchors in the same name are passed over.
pub fn at_name(
    input: &Input<'_>,
    at: usize,
    detectors: &Detectors,
    near: &mut Near<'_>,
    candidates: &mut Vec<Candidate>,
) -> usize {
    let name = name_around(input.text, at);
    let name_end = name.end.max(at + 1);
    let words = &input.text[name];
    let Some(kind) = classify(words).and_then(|kind| said(input, at, words, kind)) else {
        return name_end;
    };
    let name = name_end - words.len().min(name_end)..name_end;
    if tables::at_header(input, &name, detectors, candidates) {
        return name_end;
    }
    let Some(found) = read(input.text, name) else { return name_end };
    let end = found.value.end;
    if is_match_arm(input.text, &found) {
        return name_end;
    }
    if found.operator == Operator::Argument && !sets_credential(input.text, &found, words) {
        return name_end;
    }
    // A short value is no run, one with signs is not one run, and one without
    // a digit is passed over as a word.
    let value = &input.text[found.value.clone()];
    let is_run = value.iter().all(|&b| is_token(b)) && value.iter().any(u8::is_ascii_digit);
    let unseen = value.len() < MIN_RUN || !is_run;
    if unseen && input.vendors.try_short(input.text, &found.value, near, candidates) {
        return end;
    }
    if let Some(candidate) = assigned(input, kind, &found, detectors) {
        candidates.push(candidate);
        return end;
    }
    name_end
}

/// Longest word that is read before a name, in bytes.
const MAX_WORD: usize = 20;

/// What a name says together with the word before it, where words are sentences:
/// `# Acme API key: …` names a key, `// cache key: …` an entry.
fn said(input: &Input<'_>, at: usize, words: &[u8], kind: NameKind) -> Option<NameKind> {
    let text = input.text;
    let start = name_around(text, at).start;
    let single = kind == NameKind::Weak && words.iter().all(u8::is_ascii_alphabetic);
    if !single || start < 2 || text[start - 1] != b' ' {
        return Some(kind);
    }
    let before = &text[(start - 1).saturating_sub(MAX_WORD)..start - 1];
    let letters = before.iter().rev().take_while(|b| b.is_ascii_alphanumeric()).count();
    let spoken = match input.place.notation {
        Notation::Code | Notation::Config => on_comment_line(text, start),
        Notation::Prose | Notation::Unknown => true,
    };
    if letters < 2 || !spoken {
        return Some(kind);
    }
    classify(&text[start - 1 - letters..start + words.len()])
}

/// `Check::Pass => "ALLOW"`: a case of an enumeration and what comes of it.
fn is_match_arm(text: &[u8], found: &Assignment) -> bool {
    let between = text.get(found.name.end..found.value.start).unwrap_or_default();
    text[..found.name.start].ends_with(b"::") && memchr::memmem::find(between, b"=>").is_some()
}

/// Whether an argument is a credential: `setPassword("…")`, `env("PASSWORD", "…")`
/// say so; `hashPassword("…", "salt")` and `Hash("password", "salt")` do not.
fn sets_credential(text: &[u8], found: &Assignment, words: &[u8]) -> bool {
    const ABOUT: &[&str] = &[
        "hash", "encode", "encrypt", "decrypt", "check", "verify", "validate", "parse", "compare",
        "find", "lookup", "match", "usersecrets",
    ];
    let before = &text[..found.name.start];
    let called = before.strip_suffix(b"(\"").or_else(|| before.strip_suffix(b"('"));
    let caller = called.map(|before| &text[name_around(text, before.len().saturating_sub(1))]);
    let about = |name: &[u8]| has_part(name, ABOUT) && !has_part(name, &["with"]);
    // `get_user_secret("name-of-it")` asks a store.
    let asks =
        [&b"get_"[..], b"fetch_", b"load_", b"read_"].iter().any(|verb| words.starts_with(verb));
    if asks && text.get(found.name.end) == Some(&b'(') {
        return false;
    }
    // `Encryptors.text("password", "salt")`, but `encryptor.setProperty(…)`.
    let owner = caller.filter(|name| !has_part(name, &["set", "put", "add"])).and_then(|name| {
        called?
            .strip_suffix(name)?
            .strip_suffix(b".")?
            .rsplit(|b| !b.is_ascii_alphanumeric())
            .next()
    });
    classify_strictly(words).is_some()
        && !about(words)
        && !caller.is_some_and(about)
        && !owner.is_some_and(|name| has_part(name, &["encrypt", "hash", "encode"]))
}

fn assigned(
    input: &Input<'_>,
    kind: NameKind,
    found: &Assignment,
    detectors: &Detectors,
) -> Option<Candidate> {
    let value = header_value(input.text, found);
    let value = inner_value(input.text, value.clone()).unwrap_or(value);
    let rule = match kind {
        NameKind::Password => detectors.password?,
        NameKind::Machine | NameKind::Weak => detectors.key?,
    };
    let after = input.text.get(value.end).copied().unwrap_or(b'\n');
    let ends_line = matches!(after, b'\r' | b'\n');
    let weighed = Weighed {
        name: &input.text[found.name.clone()],
        kind,
        value: &input.text[value.clone()],
        operator: found.operator,
        quoting: found.quoting,
        place: Place { notation: notation(input, found, ends_line), ..input.place },
        in_comment: input.place.notation == Notation::Code
            && on_comment_line(input.text, value.start),
        ends_line,
        goes_on: found.quoting == Quoting::Bare && goes_on(input.text, found),
        lead: line_before(input.text, value.start),
    };
    let opinion = for_provider(input.vendors, &weighed, weigh(&weighed)?);
    let opinion = against_formats(input.vendors, &weighed, opinion);
    let opinion = against_neighbours(input.text, &value, &weighed, opinion);
    // Its doubts outweigh a name.
    let yields = kind == NameKind::Weak && opinion.confidence > Confidence::Low;
    let specificity = if yields { UNSURE } else { SPECIFICITY };
    Some(opinion.candidate(rule, value, specificity))
}

/// A UUID or a string of digits of a hash's length is a key more often than not
/// where its name says whose: `npm_token`, `box-key`.
fn for_provider(vendors: &Vendors, weighed: &Weighed<'_>, opinion: Assessment) -> Assessment {
    const DOUBTS: [&str; 2] = [IS_UUID, MAY_BE_DIGEST];
    let sure = weighed.kind == NameKind::Weak
        && opinion.confidence == Confidence::Medium
        && opinion.reasons.len() == 2
        && weighed.value.len().is_multiple_of(4)
        && weighed.place.role == Role::Production;
    if sure && vendors.names_provider(weighed.name) {
        return Assessment { confidence: Confidence::High, ..opinion }
            .and("the name names a provider");
    }
    let drawn = opinion.confidence == Confidence::Medium
        && opinion.reasons.len() == 2
        && opinion.reasons.first() == Some(&IS_UUID);
    if drawn && weighed.place.role == Role::Production && vendors.names_provider(weighed.name) {
        return Assessment { confidence: Confidence::High, ..opinion }
            .and("the name names a provider");
    }
    let unsure = opinion.confidence == Confidence::Low
        && opinion.reasons.len() == 2
        && opinion.reasons.first().is_some_and(|reason| DOUBTS.contains(reason));
    // Fingerprints of signing keys are in capitals.
    let print = weighed.value.len() == 40 && weighed.value.iter().any(u8::is_ascii_uppercase);
    let known = || vendors.lacks_mark(weighed.name, weighed.value);
    if unsure && !print && vendors.names_provider(weighed.name) && !known() {
        let surer = Assessment { confidence: Confidence::Medium, ..opinion };
        return at_place(surer.and("the name names a provider"), weighed.place.role);
    }
    opinion
}

/// What the lines around the value say.
fn against_neighbours(
    text: &[u8],
    value: &Range<usize>,
    weighed: &Weighed<'_>,
    opinion: Assessment,
) -> Assessment {
    let tried = weighed.kind == NameKind::Password && weighed.place.role != Role::Production;
    if opinion.confidence == Confidence::Low {
        opinion
    } else if weighed.kind != NameKind::Password && in_digest_list(text, value) {
        opinion.at_most(Confidence::Low, "it is one of a list of checksums")
    } else if tried && weighed.name.eq_ignore_ascii_case(b"pass") && has_counterpart(text, value) {
        opinion.at_most(Confidence::Low, "what passes stands beside what fails")
    } else if tried && repeats_neighbour(text, value) {
        opinion.at_most(Confidence::Low, "a test's password is the name beside it")
    } else {
        opinion
    }
}

/// What the formats of the provider that is named on the line say.
fn against_formats(vendors: &Vendors, weighed: &Weighed<'_>, opinion: Assessment) -> Assessment {
    let reason = "the value does not have the format that its provider uses";
    if weighed.kind == NameKind::Password {
        opinion
    } else if let Some(most) = vendors.contradicts(weighed.lead, weighed.value) {
        opinion.at_most(most, reason)
    } else if vendors.lacks_mark(weighed.lead, weighed.value) {
        let doubtful = weighed.kind == NameKind::Weak;
        opinion.at_most(if doubtful { Confidence::Low } else { Confidence::Medium }, reason)
    } else {
        opinion
    }
}

/// `label: Password for the server`: the value is the first word of several. A
/// command goes on after `NAME=value`, and so does a sentence after *is*.
fn goes_on(text: &[u8], found: &Assignment) -> bool {
    let tight = found.value.start == found.name.end + 1;
    let word = |b: &u8| b.is_ascii_alphabetic() || !b.is_ascii();
    !tight
        && found.operator == Operator::Assign
        && text.get(found.value.end) == Some(&b' ')
        && text.get(found.value.end + 1).is_some_and(word)
}

/// How a bare value reads here. A line of prose or of an unknown file that is
/// nothing but an assignment, or has no blank around its operator, is a piece of
/// configuration: `-e DB_PASSWORD=…`, a block of code in a manual.
fn notation(input: &Input<'_>, found: &Assignment, ends_line: bool) -> Notation {
    let notation = input.place.notation;
    if notation == Notation::Config || found.operator != Operator::Assign {
        return notation;
    }
    let tight = found.value.start == found.name.end + 1;
    let lead = line_before(input.text, found.name.start);
    let starts_line = lead.iter().all(|b| b.is_ascii_whitespace() || b"-#>$\"'".contains(b))
        || lead.trim_ascii().ends_with(b"export");
    let alone = starts_line && ends_line;
    // Source code holds configuration too, in strings of many lines; there only
    // what can be no variable is taken for a value.
    let is_config = match notation {
        Notation::Code => alone && is_no_variable(&input.text[found.value.clone()]),
        _ => tight || alone,
    };
    if is_config { Notation::Config } else { notation }
}

/// Capital letters or random ones without a hump, without a word in them.
fn is_no_variable(value: &[u8]) -> bool {
    let hump = value.windows(2).any(|w| w[0].is_ascii_lowercase() && w[1].is_ascii_uppercase());
    let plain = value.iter().all(u8::is_ascii_alphanumeric);
    value.len() >= 6 && plain && !hump && randomness(value) > 0.8 && !Wording::of(value).is_text()
}

/// The longest string inside a value that is itself an object, written as JSON
/// in a string: `"{\"name\": \"x\", \"signature\": \"…\"}"`.
fn inner_value(text: &[u8], value: Range<usize>) -> Option<Range<usize>> {
    let object = &text[value.clone()];
    if !object.starts_with(b"{") || memchr::memchr(b':', object).is_none() {
        return None;
    }
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || b"+/=_-.".contains(b);
    let mut longest = 0..0;
    let mut at = 0;
    for part in object.split(|b| !is_part(b)) {
        if part.len() > longest.len() {
            longest = at..at + part.len();
        }
        at += part.len() + 1;
    }
    (longest.len() >= MIN_RUN).then(|| value.start + longest.start..value.start + longest.end)
}

/// What stands before `at` on its line, at most 400 bytes.
fn line_before(text: &[u8], at: usize) -> &[u8] {
    let floor = at.saturating_sub(400);
    let start = memchr::memrchr(b'\n', &text[floor..at]).map_or(floor, |i| floor + i + 1);
    &text[start..at]
}

/// Whether the line of `at` begins with a comment marker.
fn on_comment_line(text: &[u8], at: usize) -> bool {
    let line = line_before(text, at).trim_ascii_start();
    let markers: [&[u8]; 6] = [b"#", b"//", b"*", b"/*", b"--", b"<!--"];
    markers.iter().any(|marker| line.starts_with(marker))
}

/// `Bearer abc` → `abc`.
fn header_value(text: &[u8], found: &Assignment) -> Range<usize> {
    let value = &text[found.value.clone()];
    let schemes: [&[u8]; 5] = [b"bearer ", b"token ", b"basic ", b"apikey ", b"bot "];
    let scheme =
        schemes.iter().find(|s| value.len() > s.len() && value[..s.len()].eq_ignore_ascii_case(s));
    found.value.start + scheme.map_or(0, |s| s.len())..found.value.end
}
