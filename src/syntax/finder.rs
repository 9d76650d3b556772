//! Where the texts of a list stand in a file.
//!
//! Most of them are words that count only as a whole. Those are looked up, run
//! of letters by run of letters, in a table of a few kilobytes; it is made in no
//! time, and stays in the nearest cache. The rest needs an automaton. A fast one
//! takes longer to make than a small project takes to scan, so at first it is
//! the plain one.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError};
use memchr::memmem;

use super::grams::{Grams, Wanted};

/// Bytes after which the fast automaton has paid for itself: it takes about two
/// milliseconds to make, and saves six microseconds on a kilobyte.
const WORTH_IT: usize = 256 << 10;

/// Finds texts of a list. Texts are numbered as they were given.
pub(super) struct Finder {
    words: WordTable,
    parts: Automaton,
    /// The number of each text that is in the automaton.
    numbers: Vec<usize>,
    /// By number; `None` for a word.
    single: Vec<Option<(memmem::Finder<'static>, Wanted)>>,
}

impl Finder {
    /// Takes texts, each with whether it counts only where no letter, digit or
    /// `_` of ASCII stands beside it.
    ///
    /// # Errors
    /// There are more texts than an automaton takes.
    pub(super) fn new<'t>(
        texts: impl Iterator<Item = (&'t str, bool)>,
    ) -> Result<Self, BuildError> {
        let (mut words, mut single) = (Vec::new(), Vec::new());
        let (mut numbers, mut parts) = (Vec::new(), Vec::new());
        for (number, (text, whole)) in texts.enumerate() {
            if whole && !text.is_empty() && text.bytes().all(is_part) {
                words.push((text, number));
                single.push(None);
            } else {
                parts.push(text.to_owned());
                numbers.push(number);
                let wanted = Wanted::new(text.as_bytes());
                single.push(Some((memmem::Finder::new(text).into_owned(), wanted)));
            }
        }
        let parts = Automaton::new(parts)?;
        Ok(Finder { words: WordTable::new(&words), parts, numbers, single })
    }

    /// Whether text `number` is a word, which counts only as a whole.
    pub(super) fn is_word(&self, number: usize) -> bool {
        self.single.get(number).is_some_and(Option::is_none)
    }

    /// Calls `visit` with the number and the start of every word in `text`.
    pub(super) fn words(&self, text: &[u8], mut visit: impl FnMut(usize, usize)) {
        self.words.find(text, &mut visit);
    }

    /// Calls `visit` with the number and the start of everything else in `text`,
    /// which may stand within something longer.
    pub(super) fn parts(&self, text: &[u8], mut visit: impl FnMut(usize, usize)) {
        self.parts.find(text, |part, start| {
            if let Some(number) = self.numbers.get(part) {
                visit(*number, start);
            }
        });
    }

    /// Where text `number`, which is no word, stands in `text`. Looking for a few
    /// texts so is faster than looking for all of them.
    pub(super) fn part<'f>(
        &'f self,
        number: usize,
        text: &'f [u8],
    ) -> impl Iterator<Item = usize> + 'f {
        let part = self.single.get(number).and_then(Option::as_ref);
        part.into_iter().flat_map(|(part, _)| every(part, text))
    }

    /// Whether text `number`, which is no word, may stand in the text of `grams`.
    pub(super) fn may_be_in(&self, number: usize, grams: &Grams) -> bool {
        let part = self.single.get(number).and_then(Option::as_ref);
        part.is_none_or(|(_, wanted)| grams.may_hold(wanted))
    }
}

/// Every place of `part` in `text`, those that overlap too.
fn every<'f>(part: &'f memmem::Finder<'_>, text: &'f [u8]) -> impl Iterator<Item = usize> + 'f {
    let mut from = 0;
    std::iter::from_fn(move || {
        let at = from + part.find(text.get(from..)?)?;
        from = at + 1;
        Some(at)
    })
}

/// An automaton that becomes a fast one when it has been used for a while.
struct Automaton {
    texts: Vec<String>,
    plain: AhoCorasick,
    fast: OnceLock<Option<AhoCorasick>>,
    searched: AtomicUsize,
}

impl Automaton {
    fn new(texts: Vec<String>) -> Result<Self, BuildError> {
        let plain = automaton(&texts, AhoCorasickKind::NoncontiguousNFA)?;
        Ok(Automaton { texts, plain, fast: OnceLock::new(), searched: AtomicUsize::new(0) })
    }

    fn find(&self, text: &[u8], mut visit: impl FnMut(usize, usize)) {
        if self.texts.is_empty() {
            return;
        }
        let searched = self.searched.fetch_add(text.len(), Ordering::Relaxed);
        let fast = || automaton(&self.texts, AhoCorasickKind::DFA).ok();
        let fast = match searched + text.len() < WORTH_IT {
            true => self.fast.get().and_then(Option::as_ref),
            false => self.fast.get_or_init(fast).as_ref(),
        };
        for hit in fast.unwrap_or(&self.plain).find_overlapping_iter(text) {
            visit(hit.pattern().as_usize(), hit.start());
        }
    }
}

fn automaton(texts: &[String], kind: AhoCorasickKind) -> Result<AhoCorasick, BuildError> {
    AhoCorasick::builder().kind(Some(kind)).build(texts)
}

/// Bits of a word's key.
const KEY_BITS: u32 = 16;

/// Words by a key of their length and first eight letters.
struct WordTable {
    /// Which keys there are.
    present: Box<[u64]>,
    /// By rising key: key, number of the word, end of the word in `letters`.
    words: Vec<(u16, u32, u32)>,
    letters: Vec<u8>,
}

impl WordTable {
    /// Takes words of [`is_part`] bytes with their numbers.
    fn new(words: &[(&str, usize)]) -> Self {
        let keyed = |(word, number): &(&str, usize)| {
            let key = key(word.as_bytes(), 0, word.len());
            (key, u32::try_from(*number).unwrap_or(u32::MAX), word.to_string())
        };
        let mut sorted: Vec<(u16, u32, String)> = words.iter().map(keyed).collect();
        sorted.sort_unstable();
        let mut table = WordTable {
            present: vec![0; 1 << (KEY_BITS - 6)].into_boxed_slice(),
            words: Vec::with_capacity(sorted.len()),
            letters: Vec::new(),
        };
        for (key, number, word) in sorted {
            table.letters.extend(word.as_bytes());
            let end = u32::try_from(table.letters.len()).unwrap_or(u32::MAX);
            table.words.push((key, number, end));
            table.present[usize::from(key >> 6)] |= 1 << (key & 63);
        }
        table
    }

    fn find(&self, text: &[u8], visit: &mut impl FnMut(usize, usize)) {
        if self.words.is_empty() {
            return;
        }
        each_word(text, |start, end| {
            let key = key(text, start, end);
            if self.present[usize::from(key >> 6)] >> (key & 63) & 1 != 0 {
                for number in self.of(key, &text[start..end]) {
                    visit(number, start);
                }
            }
        });
    }

    /// The numbers of `word`.
    fn of(&self, key: u16, word: &[u8]) -> impl Iterator<Item = usize> {
        let first = self.words.partition_point(|(known, ..)| *known < key);
        let same = self.words[first..].iter().take_while(move |(known, ..)| *known == key);
        same.enumerate().filter_map(move |(at, (_, number, end))| {
            let before = (first + at).checked_sub(1).map_or(0, |at| self.words[at].2);
            let letters = self.letters.get(before as usize..*end as usize)?;
            (letters == word).then_some(*number as usize)
        })
    }
}

/// The key of the word at `start..end` of `text`.
#[inline]
fn key(text: &[u8], start: usize, end: usize) -> u16 {
    let length = end - start;
    let eight = match text[start..].first_chunk::<8>() {
        Some(eight) => u64::from_le_bytes(*eight),
        None => text[start..end].iter().rev().fold(0, |all, byte| all << 8 | u64::from(*byte)),
    };
    let first = if length < 8 { eight & ((1 << (8 * length)) - 1) } else { eight };
    let mixed = (first ^ (length as u64) << 57).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> (64 - KEY_BITS)) as u16
}

/// Calls `visit` with start and end of every run of [`is_part`] bytes.
fn each_word(text: &[u8], mut visit: impl FnMut(usize, usize)) {
    let (mut base, mut open) = (0, None);
    for block in text.chunks(64) {
        let mut parts = 0u64;
        for (i, byte) in block.iter().enumerate() {
            parts |= u64::from(PART[usize::from(*byte)]) << i;
        }
        // Where what stands before is of the other kind.
        let mut edges = parts ^ (parts << 1 | u64::from(open.is_some()));
        while edges != 0 {
            let at = base + edges.trailing_zeros() as usize;
            edges &= edges - 1;
            match open.take() {
                Some(start) => visit(start, at),
                None => open = Some(at),
            }
        }
        base += block.len();
    }
    if let Some(start) = open {
        visit(start, text.len());
    }
}

/// Whether a byte is a letter, digit or `_` of ASCII.
static PART: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = is_part(byte as u8);
        byte += 1;
    }
    table
};

const fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// By the definition: every place of every text, looked at one by one.
    fn naive(texts: &[(String, bool)], text: &[u8]) -> Vec<(usize, usize, usize)> {
        let mut found = Vec::new();
        for (number, (wanted, whole)) in texts.iter().enumerate() {
            let wanted = wanted.as_bytes();
            for start in 0..text.len().saturating_sub(wanted.len() - 1) {
                let end = start + wanted.len();
                let beside = [start.checked_sub(1), Some(end)];
                let part =
                    |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(|b| is_part(*b));
                if text[start..end] == *wanted && !(*whole && beside.into_iter().any(part)) {
                    found.push((number, start, end));
                }
            }
        }
        found.sort_unstable();
        found
    }

    fn found(texts: &[(String, bool)], text: &[u8]) -> Vec<(usize, usize, usize)> {
        let finder =
            Finder::new(texts.iter().map(|(text, whole)| (text.as_str(), *whole))).unwrap();
        let mut found = Vec::new();
        let end = |number: usize, start| start + texts[number].0.len();
        finder.words(text, |number, start| found.push((number, start, end(number, start))));
        finder.parts(text, |number, start| found.push((number, start, end(number, start))));
        for number in (0..texts.len()).filter(|number| !finder.is_word(*number)) {
            let mut same: Vec<usize> =
                found.iter().filter(|hit| hit.0 == number).map(|hit| hit.1).collect();
            same.sort_unstable();
            assert_eq!(finder.part(number, text).collect::<Vec<_>>(), same);
        }
        // A text that is no word is found within names too: the caller tells.
        found.retain(|(number, start, end)| {
            let whole = texts[*number].1;
            let part = |at: usize| text.get(at).is_some_and(|b| is_part(*b));
            !(whole && (*start > 0 && part(start - 1) || part(*end)))
        });
        found.sort_unstable();
        found
    }

    proptest! {
        #[test]
        fn every_text_is_found_where_it_stands(
            texts in prop::collection::vec(("[ab_é.]{1,9}", any::<bool>()), 1..30),
            text in "([ab_é.]{0,9}[ \n]?){0,40}",
        ) {
            prop_assert_eq!(found(&texts, text.as_bytes()), naive(&texts, text.as_bytes()));
        }
    }

    #[test]
    fn words_across_blocks_and_at_the_end_are_found() {
        let texts = [("verify".to_owned(), true), ("deserializeUntrusted".to_owned(), true)];
        for gap in 40..140 {
            let text =
                format!("{}verify {} deserializeUntrusted", " ".repeat(gap), "x".repeat(gap));
            let expected = naive(&texts, text.as_bytes());
            assert_eq!(expected.len(), 2);
            assert_eq!(found(&texts, text.as_bytes()), expected, "{gap}");
        }
    }

    #[test]
    fn the_fast_automaton_finds_the_same() {
        let texts = [("net/http".to_owned(), false), ("://".to_owned(), false)];
        let finder =
            Finder::new(texts.iter().map(|(text, whole)| (text.as_str(), *whole))).unwrap();
        let text = "\"net/http\" http://a ".repeat(1 + WORTH_IT / 60);
        let count = || {
            let mut count = 0;
            finder.parts(text.as_bytes(), |_, _| count += 1);
            count
        };
        let plain = count();
        assert!(finder.parts.fast.get().is_none());
        (0..3).for_each(|_| assert_eq!(count(), plain));
        assert!(finder.parts.fast.get().is_some());
    }
}
