//! Made-up tokens for the examples of secret rules: valid ones, and ones that
//! are broken in length, alphabet or checksum. The same seed gives the same
//! token, so that examples read the same from run to run.

use crate::secrets::checksum;
use crate::secrets::format::{ByteSet, Format, starts_token};

use super::model::{SecretRule, Segment};

/// What is wrong with a broken token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    Short,
    Long,
    Alphabet,
    Checksum,
}

impl Flaw {
    /// In a reader's words.
    pub fn describe(self) -> &'static str {
        match self {
            Flaw::Short => "one character too few",
            Flaw::Long => "one character too many",
            Flaw::Alphabet => "a character outside the alphabet",
            Flaw::Checksum => "a wrong checksum",
        }
    }
}

/// Tokens drawn before giving up: a checksum may fall outside its segment's
/// alphabet, and drawing again helps.
const DRAWS: u64 = 64;

/// Characters over the shortest length that a drawn run has at most.
const SPREAD: u32 = 12;

/// A valid token of `format`, a format of `rule`.
pub fn token(rule: &SecretRule, format: &[Segment]) -> Option<String> {
    (0..DRAWS).find_map(|draw| {
        let mut pieces = draw_pieces(rule, format, draw)?;
        let bytes = finish(rule, &mut pieces);
        (whole(rule, format, &bytes)).then(|| String::from_utf8(bytes).ok()).flatten()
    })
}

/// Tokens of `format` with one flaw each. A flaw that would leave a token
/// valid under some format of `rule` is left out.
pub fn broken(rule: &SecretRule, format: &[Segment]) -> Vec<(Flaw, String)> {
    let flaws = [Flaw::Short, Flaw::Long, Flaw::Alphabet, Flaw::Checksum];
    let draw = |flaw| (0..DRAWS).find_map(|draw| Some((flaw, spoil(rule, format, flaw, draw)?)));
    flaws.into_iter().filter_map(draw).collect()
}

/// A drawn segment.
struct Piece<'f> {
    segment: &'f Segment,
    set: Option<ByteSet>,
    bytes: Vec<u8>,
}

fn draw_pieces<'f>(rule: &SecretRule, format: &'f [Segment], draw: u64) -> Option<Vec<Piece<'f>>> {
    let mut dice = Dice::new(&rule.id, draw);
    let mut pieces = Vec::new();
    for segment in format {
        if segment.optional && dice.below(2) == 0 {
            continue;
        }
        let set = segment.chars.as_deref().map(ByteSet::parse);
        let piece = match set {
            None => {
                let text = segment.text.get(dice.below(segment.text.len()))?;
                Piece { segment, set: None, bytes: text.clone().into_bytes() }
            }
            Some(set) => {
                let (set, len) = (set?, segment.len?);
                let extra = (len.max - len.min).min(SPREAD) as usize;
                let count = len.min as usize + dice.below(extra + 1);
                Piece { segment, set: Some(set), bytes: dice.run(&set, count)? }
            }
        };
        pieces.push(piece);
    }
    Some(pieces)
}

fn finish(rule: &SecretRule, pieces: &mut [Piece<'_>]) -> Vec<u8> {
    let mut bytes: Vec<u8> = pieces.iter().flat_map(|piece| piece.bytes.clone()).collect();
    if let Some(name) = &rule.checksum {
        checksum::complete(name, &mut bytes);
    }
    bytes
}

fn spoil(rule: &SecretRule, format: &[Segment], flaw: Flaw, draw: u64) -> Option<String> {
    let mut pieces = draw_pieces(rule, format, draw)?;
    let mut bytes = match flaw {
        Flaw::Checksum => {
            rule.checksum.as_ref()?;
            finish(rule, &mut pieces)
        }
        Flaw::Short => {
            let last = pieces.iter_mut().rfind(|piece| piece.set.is_some())?;
            last.bytes.truncate((last.segment.len?.min as usize).checked_sub(1)?);
            finish(rule, &mut pieces)
        }
        Flaw::Long => {
            let last = pieces.last_mut()?;
            let over = last.segment.len?.max as usize + 1;
            last.bytes = Dice::new(&rule.id, draw).run(&last.set?, over)?;
            finish(rule, &mut pieces)
        }
        Flaw::Alphabet => {
            let run = pieces.iter_mut().filter(|piece| piece.set.is_some());
            let run = run.max_by_key(|piece| piece.bytes.len())?;
            let middle = run.segment.len?.min as usize / 2;
            let strange =
                *b"!%;?".iter().find(|byte| !run.set.is_some_and(|s| s.contains(**byte)))?;
            *run.bytes.get_mut(middle)? = strange;
            pieces.iter().flat_map(|piece| piece.bytes.clone()).collect()
        }
    };
    if flaw == Flaw::Checksum {
        let middle = bytes.len() / 2;
        let byte = bytes.get_mut(middle)?;
        *byte = if *byte == b'a' { b'b' } else { b'a' };
    }
    let valid = (0..bytes.len()).any(|at| starts_token(&bytes, at) && token_at(rule, &bytes, at));
    if valid { None } else { String::from_utf8(bytes).ok() }
}

/// Whether all of `bytes` is one valid token of `format`.
fn whole(rule: &SecretRule, format: &[Segment], bytes: &[u8]) -> bool {
    let end = Format::compile(format).and_then(|format| format.match_at(bytes, 0));
    let is_own = rule.formats.iter().any(|own| own == format);
    end == Some(bytes.len()) && (!is_own || sums_up(rule, bytes))
}

/// Whether a valid token of any format of `rule` starts at `at`.
fn token_at(rule: &SecretRule, bytes: &[u8], at: usize) -> bool {
    let formats = rule.formats.iter().filter_map(|format| Format::compile(format));
    let mut ends = formats.filter_map(|format| format.match_at(bytes, at));
    let others = || rule.other_formats.iter().filter_map(|format| Format::compile(format));
    ends.any(|end| sums_up(rule, &bytes[at..end]))
        || others().any(|format| format.match_at(bytes, at).is_some())
}

fn sums_up(rule: &SecretRule, token: &[u8]) -> bool {
    let checked = rule.checksum.as_deref().and_then(|name| checksum::verify(name, token));
    checked.unwrap_or(true)
}

/// A stream of numbers that follows from its seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn new(seed: &str, draw: u64) -> Self {
        let fnv = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        Dice(seed.bytes().fold(0xcbf2_9ce4_8422_2325, fnv).wrapping_add(draw))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, or 0.
    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % (limit.max(1) as u64)).unwrap_or(0)
    }

    /// `count` characters of `set`: letters and digits at both ends, and a
    /// digit among them where there is one, as in what issuers make.
    fn run(&mut self, set: &ByteSet, count: usize) -> Option<Vec<u8>> {
        let all: Vec<u8> = set.bytes().collect();
        let words: Vec<u8> = all.iter().copied().filter(u8::is_ascii_alphanumeric).collect();
        let digits: Vec<u8> = all.iter().copied().filter(u8::is_ascii_digit).collect();
        let ends = if words.is_empty() { &all } else { &words };
        (0..count)
            .map(|at| {
                let letters = match at {
                    1 if !digits.is_empty() => &digits,
                    _ if at == 0 || at + 1 == count => ends,
                    _ => &all,
                };
                letters.get(self.below(letters.len())).copied()
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::Catalogue;

    #[test]
    fn every_format_has_valid_tokens_and_none_of_the_broken_is_valid() {
        for entry in Catalogue::built_in().unwrap().secrets {
            let rule = entry.rule;
            for format in &rule.formats {
                let token = token(&rule, format);
                assert!(token.is_some(), "no token of `{}` can be made", rule.id);
                for (flaw, broken) in broken(&rule, format) {
                    assert!(!whole(&rule, format, broken.as_bytes()), "{} {flaw:?}", rule.id);
                }
            }
        }
    }

    #[test]
    fn a_checksummed_format_is_broken_in_every_way() {
        let catalogue = Catalogue::built_in().unwrap();
        let rule = &catalogue.secrets.iter().find(|e| e.rule.id == "github-pat").unwrap().rule;
        let flaws: Vec<Flaw> = broken(rule, &rule.formats[0]).iter().map(|(f, _)| *f).collect();
        assert_eq!(flaws, [Flaw::Short, Flaw::Long, Flaw::Alphabet, Flaw::Checksum]);
    }
}
