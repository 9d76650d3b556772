//! Which words of a list stand in a text, and where: found when it is asked for.
//!
//! Names are looked up once for all words, which tells nothing yet: `get` is
//! everywhere. What stands beside a name is looked at for those words only that
//! a matcher asks for after all else that it asks for is there, and what is no
//! name is searched for then.

use std::ops::Range;

use super::condition::{Lookup, TriggerWord, Word};
use super::grams::Grams;
use super::plaintext;
use super::remark;
use super::trigger::{Elsewhere, Triggers};

/// In a file with more hits the whole tree is walked.
const MAX_HITS: usize = 1 << 20;
/// After so many texts that are no names the rest is looked for at once.
const MAX_PARTS: usize = 12;

/// What is known of a word.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
enum Known {
    #[default]
    Unasked,
    Absent,
    Seen,
}

/// The words found in a file; reused from file to file.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// By text: the place in `places` after that of its last one, or 0.
    last: Vec<u32>,
    /// Offsets, each with what `last` was before.
    places: Vec<(u32, u32)>,
    /// The texts that were looked for.
    searched: Vec<bool>,
    /// How many of them were looked for alone.
    parts: usize,
    /// Tells of most of them that they are not there, once it is `noted`.
    grams: Grams,
    noted: bool,
    words: Vec<Known>,
    /// Which regexes match, as far as that was asked.
    met: Vec<Option<bool>>,
    /// The same of constants of other files.
    met_elsewhere: Vec<Option<bool>>,
    sources: Vec<Option<bool>>,
    has_url: Option<bool>,
    url_elsewhere: Option<bool>,
    /// Word and offset.
    pub(super) hits: Vec<(u32, u32)>,
    /// There were too many hits to keep.
    pub(super) lost: bool,
}

impl Found {
    pub(super) fn add(&mut self, word: Word, at: usize) {
        match (self.hits.len() < MAX_HITS, u32::try_from(at)) {
            (true, Ok(at)) => self.hits.push((word as u32, at)),
            _ => self.lost = true,
        }
    }

    fn place(&mut self, text: usize, at: usize) {
        match (self.places.len() < MAX_HITS, u32::try_from(at)) {
            (true, Ok(at)) => {
                self.places.push((at, self.last[text]));
                self.last[text] = self.places.len() as u32;
            }
            _ => self.lost = true,
        }
    }

    fn clear(&mut self, triggers: &Triggers) {
        let (words, needs) = (triggers.words.len(), triggers.needs.len());
        fn renew<T: Clone>(list: &mut Vec<T>, length: usize, value: T) {
            list.clear();
            list.resize(length, value);
        }
        renew(&mut self.last, triggers.text_count, 0);
        renew(&mut self.searched, triggers.text_count, false);
        renew(&mut self.sources, triggers.sources.len(), None);
        renew(&mut self.words, words, Known::Unasked);
        renew(&mut self.met, needs, None);
        renew(&mut self.met_elsewhere, needs, None);
        self.places.clear();
        self.hits.clear();
        (self.has_url, self.url_elsewhere) = (None, None);
        (self.parts, self.noted, self.lost) = (0, false, false);
    }
}

/// A text with what was found in it.
pub(super) struct Search<'a> {
    triggers: &'a Triggers,
    text: &'a [u8],
    outer: &'a Elsewhere<'a>,
    pub(super) found: &'a mut Found,
}

impl<'a> Search<'a> {
    /// Looks up the names in `text`.
    pub(super) fn new(
        triggers: &'a Triggers,
        text: &'a [u8],
        outer: &'a Elsewhere<'a>,
        found: &'a mut Found,
    ) -> Self {
        found.clear(triggers);
        match &triggers.finder {
            Some(finder) => finder.words(text, |number, at| found.place(number, at)),
            // Then every word counts as found: slow, never wrong.
            None => found.lost = true,
        }
        Search { triggers, text, outer, found }
    }

    /// Numbers of the texts that are names and stand in it.
    pub(super) fn names(&self) -> impl Iterator<Item = usize> {
        let texts = self.found.last.iter().enumerate();
        texts.filter(|(_, last)| **last != 0).map(|(number, _)| number)
    }

    /// Whether a name or part stands in it at all.
    fn is_there(&mut self, number: usize) -> bool {
        let Some(finder) = &self.triggers.finder else { return true };
        if !finder.is_word(number) && !self.found.searched[number] {
            if !std::mem::replace(&mut self.found.noted, true) {
                self.found.grams.read(self.text);
            }
            if !finder.may_be_in(number, &self.found.grams) {
                self.found.searched[number] = true;
                return false;
            }
            self.found.parts += 1;
            if self.found.parts <= MAX_PARTS {
                self.found.searched[number] = true;
                finder.part(number, self.text).for_each(|at| self.found.place(number, at));
            } else {
                // Those that were looked for alone are known.
                let known = vec![true; self.found.searched.len()];
                let known = std::mem::replace(&mut self.found.searched, known);
                finder.parts(self.text, |number, at| {
                    if !known[number] {
                        self.found.place(number, at);
                    }
                });
            }
        }
        self.found.last[number] != 0
    }

    /// Looks at the places of word `number`.
    fn look(&mut self, number: Word) -> bool {
        let Some(text) = self.triggers.text_of(number) else { return false };
        if !self.is_there(text) {
            return false;
        }
        let word = &self.triggers.words[number];
        let mut next = self.found.last[text];
        let mut is_seen = false;
        while let Some((at, before)) =
            next.checked_sub(1).and_then(|next| self.found.places.get(next as usize)).copied()
        {
            let start = at as usize;
            let range = start..start + word.text.len();
            if self.triggers.fits(word, self.text, &range) && self.is_owned(word, &range) {
                is_seen = true;
                self.found.add(number, start);
            }
            next = before;
        }
        is_seen
    }

    /// Whether what the word at `range` is a member of is as the rule has it, as
    /// far as can be told.
    fn is_owned(&mut self, word: &TriggerWord, range: &Range<usize>) -> bool {
        if word.owner.is_none() && word.no_owner.is_none() {
            return true;
        }
        let Some(owner) = word.near.owner(self.text, range) else { return true };
        let triggers = self.triggers;
        // `@` is a part of the name in Ruby, and begins a decorator elsewhere.
        let names = [owner, owner.strip_prefix(b"@").unwrap_or(owner)];
        let meets = |need| names.iter().any(|name| triggers.is_met(need, name));
        let refused = |need| names.iter().all(|name| triggers.is_met(need, name));
        (word.owner.is_none_or(meets) || word.typed.is_some_and(|need| self.is_met(need)))
            && !word.no_owner.is_some_and(refused)
    }
}

impl Lookup for Search<'_> {
    fn is_seen(&mut self, word: Word) -> bool {
        self.is_known(word) || self.found.lost
    }

    fn is_known(&mut self, word: Word) -> bool {
        if self.found.words[word] == Known::Unasked {
            let is_seen = self.look(word);
            self.found.words[word] = if is_seen { Known::Seen } else { Known::Absent };
        }
        self.found.words[word] == Known::Seen
    }

    fn is_met(&mut self, need: usize) -> bool {
        *self.found.met[need].get_or_insert_with(|| self.triggers.is_met(need, self.text))
    }

    fn is_met_elsewhere(&mut self, need: usize) -> bool {
        let (triggers, outer) = (self.triggers, self.outer);
        triggers.folds(need)
            && *self.found.met_elsewhere[need]
                .get_or_insert_with(|| outer(&|constant| triggers.is_met(need, constant)))
    }

    fn has_source(&mut self, source: usize) -> bool {
        if let Some(known) = self.found.sources[source] {
            return known;
        }
        let triggers = self.triggers;
        let is_open = triggers.sources[source].is_open(|word| self.is_seen(word));
        self.found.sources[source] = Some(is_open);
        is_open
    }

    fn has_url(&mut self) -> bool {
        *self.found.has_url.get_or_insert_with(|| plaintext::text_has_url(self.text))
    }

    fn has_url_elsewhere(&mut self) -> bool {
        let outer = self.outer;
        *self.found.url_elsewhere.get_or_insert_with(|| outer(&plaintext::is_plaintext_url))
    }
}

impl Triggers {
    /// Whether what is found at `range` of `text` is `word`, with what must stand
    /// beside it.
    fn fits(&self, word: &TriggerWord, text: &[u8], range: &Range<usize>) -> bool {
        (!word.whole || is_whole(text, range))
            && !(word.code && remark::holds(text, range.start))
            && word.near.fits(text, range)
            && self.is_within(word, text, range)
    }

    /// Whether the arguments of the word at `range` are as the rule has them, as
    /// far as can be told.
    fn is_within(&self, word: &TriggerWord, text: &[u8], range: &Range<usize>) -> bool {
        let arguments = || word.near.arguments(text, range);
        word.within.is_none_or(|need| arguments().is_none_or(|inner| self.is_met(need, inner)))
    }
}

/// Whether what stands at `range` is no part of a longer name.
fn is_whole(text: &[u8], range: &Range<usize>) -> bool {
    let part = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    !part(range.start.checked_sub(1).and_then(|at| text.get(at))) && !part(text.get(range.end))
}
