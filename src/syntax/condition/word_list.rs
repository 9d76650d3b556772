//! The words and regexes that the matchers of a language ask files for, each once.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use serde::{Deserialize, Serialize};

use super::super::language::Language;
use super::import::{Import, resolves};
use super::near::Near;
use super::pattern_words::{PatternWords, Placed, import_word};
use super::prefilter::{self, Need};
use super::source_words::{SourceWord, SourceWords};
use super::{Source, Way};
use crate::rules::model::Constraint;

type Constraints = BTreeMap<String, Constraint>;

/// Number of a word in a [`WordList`].
pub(crate) type Word = usize;

/// A text that is looked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct TriggerWord {
    pub(crate) text: String,
    /// Not as a part of a longer name.
    pub(crate) whole: bool,
    pub(crate) near: Near,
    /// Not in a comment.
    pub(crate) code: bool,
    /// Number of the regex that its arguments match; or which it stands for, if it
    /// has no text.
    pub(crate) within: Option<usize>,
    /// Numbers of the regexes that what it is a member of matches, and does not.
    pub(crate) owner: Option<usize>,
    pub(crate) no_owner: Option<usize>,
    /// Number of a regex for the file: where it matches, `owner` need not.
    pub(crate) typed: Option<usize>,
}

impl TriggerWord {
    fn of(text: String, whole: bool, near: Near) -> Self {
        let (within, owner, no_owner, typed) = (None, None, None, None);
        TriggerWord { text, whole, near, code: false, within, owner, no_owner, typed }
    }
}

/// A text that stands for words which differ in what must be beside them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Text {
    pub(crate) text: String,
    /// Not as a part of a longer name.
    pub(crate) whole: bool,
    pub(crate) words: Vec<Word>,
}

/// The words and regexes that matchers ask for, each once.
#[derive(Default)]
pub(crate) struct WordList {
    /// Those that are new.
    pub(crate) needs: Vec<Need>,
    /// How many there were before.
    first_need: usize,
    /// Numbers of the needs.
    known: HashMap<Need, usize>,
    /// The words of patterns: many rules are about the same calls.
    read: HashMap<String, Rc<PatternWords>>,
    /// Those that are new.
    pub(crate) sources: Vec<Source>,
    /// How many there were before.
    first_source: usize,
    /// Numbers of the sources, and of sets that have none.
    known_sources: HashMap<Vec<String>, Option<usize>>,
    words: Vec<TriggerWord>,
    /// Words by their text and whether it counts only as a whole.
    texts: HashMap<(String, bool), Vec<Word>>,
    /// The words that were asked for since this was last emptied.
    asked: Vec<Word>,
    /// What symbols are known as, each with another name for it.
    aliases: Vec<(String, String)>,
}

impl WordList {
    /// One that goes on after `words` with their `texts`, `first_need` regexes and
    /// `first_source` sources, where symbols go by `aliases` too.
    pub(crate) fn new(
        aliases: &[(String, String)],
        words: Vec<TriggerWord>,
        texts: Vec<Text>,
        (first_need, first_source): (usize, usize),
    ) -> Self {
        let texts = texts.into_iter().map(|Text { text, whole, words }| ((text, whole), words));
        let (aliases, texts) = (aliases.to_vec(), texts.collect());
        WordList { aliases, words, texts, first_need, first_source, ..WordList::default() }
    }

    /// The words, and their texts in the order of the first word of each.
    pub(crate) fn into_words(self) -> (Vec<TriggerWord>, Vec<Text>) {
        let texts = self.texts.into_iter();
        let text = |((text, whole), words)| Text { text, whole, words };
        let mut texts: Vec<Text> = texts.map(text).collect();
        texts.sort_unstable_by_key(|text| text.words.first().copied());
        (self.words, texts)
    }

    pub(crate) fn add(&mut self, text: String, whole: bool, near: Near) -> Word {
        self.number(TriggerWord::of(text, whole, near))
    }

    fn number(&mut self, word: TriggerWord) -> Word {
        let known = self.texts.entry((word.text.clone(), word.whole)).or_default();
        let same = known.iter().find(|known| self.words[**known] == word).copied();
        let number = same.unwrap_or_else(|| {
            self.words.push(word);
            known.push(self.words.len() - 1);
            self.words.len() - 1
        });
        self.asked.push(number);
        number
    }

    /// The words that were asked for since this was called last, ascending.
    pub(crate) fn take_asked(&mut self) -> Vec<Word> {
        let mut asked = std::mem::take(&mut self.asked);
        asked.sort_unstable();
        asked.dedup();
        asked
    }

    /// A text that may be a part of a longer name.
    pub(crate) fn add_part(&mut self, text: &str) -> Word {
        self.add(text.to_owned(), false, Near::default())
    }

    /// A text that counts only outside comments.
    pub(crate) fn add_code(&mut self, text: &str) -> Word {
        let near = Near::default();
        let word = TriggerWord::of(text.to_owned(), false, near);
        self.number(TriggerWord { code: true, ..word })
    }

    /// What stands for the places where `need` is met.
    pub(crate) fn add_spot(&mut self, need: Need) -> Word {
        let within = Some(self.need(need));
        let word = TriggerWord::of(String::new(), false, Near::default());
        let word = TriggerWord { within, ..word };
        let known = self.words.iter().position(|known| *known == word);
        known.unwrap_or_else(|| {
            self.words.push(word);
            self.words.len() - 1
        })
    }

    pub(crate) fn need(&mut self, need: Need) -> usize {
        *self.known.entry(need).or_insert_with_key(|need| {
            self.needs.push(need.clone());
            self.first_need + self.needs.len() - 1
        })
    }

    pub(crate) fn read(&mut self, language: Language, pattern: &str) -> Rc<PatternWords> {
        if let Some(known) = self.read.get(pattern) {
            return Rc::clone(known);
        }
        let words = Rc::new(PatternWords::of(language, pattern));
        self.read.insert(pattern.to_owned(), Rc::clone(&words));
        words
    }

    /// The number of a source with one way for each place that a value of `sets`
    /// comes from; `None` if one of these can be in any file.
    pub(crate) fn source(&mut self, sets: &SourceWords, sources: &[String]) -> Option<usize> {
        if let Some(known) = self.known_sources.get(sources) {
            return *known;
        }
        let asked = std::mem::take(&mut self.asked);
        let mut word =
            |word: &SourceWord| self.add(word.text.clone(), word.whole, word.near.clone());
        let ways = sets.of(sources).map(|all| {
            let way = |words: &[SourceWord]| Way::of_words(words.iter().map(&mut word).collect());
            all.into_iter().map(way).collect()
        });
        let words = self.take_asked();
        self.asked = asked;
        let number = ways.map(|ways| {
            self.sources.push(Source { ways, words });
            self.first_source + self.sources.len() - 1
        });
        self.known_sources.insert(sources.to_vec(), number);
        number
    }

    /// Where imports are followed a module is told from one whose name is longer.
    pub(crate) fn add_import(&mut self, language: Language, import: &Import) -> Word {
        self.add(import_word(language, import), resolves(language), Near::of_import(language))
    }

    /// A name of a pattern whose metavariables are as `constraints` say.
    pub(crate) fn add_whole(&mut self, placed: Placed, constraints: &Constraints) -> Word {
        let Placed { text, near } = placed;
        let need = near.holes().find_map(|name| prefilter::written(constraints.get(name)?));
        let within = need.map(|need| self.need(need));
        let owner = near.owner_name().and_then(|name| constraints.get(name));
        let (mut is, is_not) = owner.map(prefilter::of_path).unwrap_or_default();
        let typed = owner.and_then(|owner| prefilter::of_typed(owner, &self.aliases));
        let typed = typed.map(|(regex, named)| {
            is = Some(regex);
            named
        });
        let near = if is.is_none() && is_not.is_none() { near.unowned() } else { near };
        let [owner, no_owner, typed] =
            [is, is_not, typed].map(|need| need.map(|need| self.need(need)));
        let word = TriggerWord::of(text, true, near);
        self.number(TriggerWord { within, owner, no_owner, typed, ..word })
    }
}
