//! Decides from the text alone whether a file is worth parsing: which rules
//! have all that in it without which they cannot match ([`Condition`]).
//!
//! Nothing is compiled for a file that no rule is about. The places where the
//! words stand are kept: of a long file only the functions that hold one are
//! parsed ([`elision`]), and the walk only looks at the parts of the tree that
//! hold one ([`Focus`]).

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use regex::bytes::{Match, Regex};

use super::aim::{self, Sight, View};
use super::blocks::Block;
use super::condition::{Condition, TriggerWord, Word, WordList, condition};
use super::elision;
use super::finder::Finder;
use super::focus::Focus;
use super::language::Language;
use super::parse::MAX_BYTES;
use super::plaintext;
use super::prefilter::Need;
use super::remark;
use super::source_words::SourceWords;
use crate::rules::model::PatternMatch;

/// In a file with more hits the whole tree is walked.
const MAX_HITS: usize = 1 << 20;

/// The trigger words of all matchers of a language.
pub(crate) struct Triggers {
    finder: Option<Finder>,
    words: Vec<TriggerWord>,
    /// The words of each text that is looked for.
    texts: Vec<Vec<Word>>,
    /// Numbers of the texts of words that count only as a whole.
    whole: Arc<HashMap<String, u32>>,
    conditions: Vec<Condition>,
    /// The matchers that ask for each word first of all.
    gates: Vec<Vec<usize>>,
    /// The matchers that ask for no word.
    ungated: Vec<usize>,
    language: Language,
    needs: Vec<(Need, Needed)>,
    /// Names that patterns about functions say.
    said: HashSet<String>,
    /// Methods that change what they are called on or given.
    changing: Vec<String>,
}

/// A regex of a [`Need`]; `None` if it says nothing.
type Needed = OnceLock<Option<Regex>>;

/// What matchers are about in a file.
pub(crate) struct Target {
    /// Numbers of the matchers that can fire.
    pub(crate) active: Vec<usize>,
    /// Where they can.
    pub(crate) focus: Focus,
    /// What has to be parsed; empty if it is all of it.
    pub(crate) kept: Vec<Range<usize>>,
}

/// Whether a constant of another file that this one names passes a test.
pub(crate) type Elsewhere<'a> = dyn Fn(&dyn Fn(&[u8]) -> bool) -> bool + 'a;

/// The words found in a file; reused from file to file.
#[derive(Debug, Default)]
pub(crate) struct Found {
    seen: Vec<bool>,
    /// The words that were seen, once each.
    words: Vec<Word>,
    /// Which regexes match, as far as that was asked.
    met: Vec<Option<bool>>,
    /// Word and offset.
    hits: Vec<(u32, u32)>,
    /// There were too many hits to keep.
    lost: bool,
}

impl Found {
    fn add(&mut self, word: Word, at: usize) {
        match (self.hits.len() < MAX_HITS, u32::try_from(at)) {
            (true, Ok(at)) => self.hits.push((word as u32, at)),
            _ => self.lost = true,
        }
    }
}

impl Triggers {
    /// Reads the words off `matchers`.
    pub(crate) fn new<'a>(
        language: Language,
        matchers: impl Iterator<Item = &'a PatternMatch>,
        sets: &SourceWords,
    ) -> Self {
        let mut list = WordList::default();
        let mut said = HashSet::new();
        let read = |matcher: &'a PatternMatch| {
            said.extend(said_by(matcher));
            condition(language, matcher, sets, &mut list)
        };
        let conditions: Vec<Condition> = matchers.map(read).collect();
        let WordList { words, texts, needs, .. } = list;
        let needs = needs.into_iter().map(|need| (need, OnceLock::new())).collect();
        let (texts, numbers): (Vec<String>, Vec<Vec<Word>>) = texts.into_iter().unzip();
        let all_whole = |numbers: &[Word]| numbers.iter().all(|number| words[*number].whole);
        let finder = Finder::new(
            texts.iter().zip(&numbers).map(|(text, own)| (text.as_str(), all_whole(own))),
        );
        let whole = texts.into_iter().zip(&numbers).zip(0..);
        let whole = whole.filter(|((_, own), _)| own.iter().any(|word| words[*word].whole));
        let whole = whole.map(|((text, _), number)| (text, number)).collect();
        let (finder, whole) = (finder.ok(), Arc::new(whole));
        let mut gates = vec![Vec::new(); words.len()];
        let mut ungated = Vec::new();
        for (index, condition) in conditions.iter().enumerate() {
            match condition.gate() {
                Some(words) => words.for_each(|word| gates[word].push(index)),
                None => ungated.push(index),
            }
        }
        let changing = sets.changing.clone();
        Triggers {
            finder,
            words,
            texts: numbers,
            whole,
            conditions,
            gates,
            ungated,
            language,
            needs,
            said,
            changing,
        }
    }

    /// Numbers of the matchers that can fire in `text`, among those that
    /// `wanted` lets through. `outer` tells whether a constant of another file that
    /// the text names passes a test.
    pub(crate) fn active(
        &self,
        text: &[u8],
        found: &mut Found,
        outer: &Elsewhere<'_>,
        wanted: impl Fn(usize) -> bool,
    ) -> Vec<usize> {
        self.search(text, found);
        let Found { seen, words, met, lost, .. } = &mut *found;
        met.clear();
        met.resize(self.needs.len(), None);
        // A name may stand for a constant of another file, where it is as the rule has it.
        let elsewhere = |need: usize| {
            self.needs[need].0.folds() && outer(&|constant| self.is_met(need, constant))
        };
        let mut is_met = |need: usize| {
            *met[need].get_or_insert_with(|| self.is_met(need, text) || elsewhere(need))
        };
        let mut plaintext = None;
        let mut holds = |index: &usize| {
            let condition = &self.conditions[*index];
            condition.is_possible(seen)
                && (!condition.plaintext
                    || *plaintext.get_or_insert_with(|| {
                        plaintext::text_has_url(text) || outer(&plaintext::is_plaintext_url)
                    }))
                && condition.holds(seen, &mut is_met)
        };
        let gated = words.iter().flat_map(|word| &self.gates[*word]);
        let mut asked: Vec<usize> = match lost {
            true => (0..self.conditions.len()).collect(),
            false => gated.chain(&self.ungated).copied().collect(),
        };
        asked.sort_unstable();
        asked.dedup();
        let active: Vec<usize> =
            asked.into_iter().filter(|index| wanted(*index) && holds(index)).collect();
        self.spot(text, &active, found);
        active
    }

    /// Adds the places that regexes of the matchers `active` tell.
    fn spot(&self, text: &[u8], active: &[usize], found: &mut Found) {
        let spots = active.iter().flat_map(|index| &self.conditions[*index].spots);
        let spots: BTreeSet<Word> = spots.copied().collect();
        for word in spots {
            let need = self.words[word].within.and_then(|need| self.needs.get(need));
            let Some((need, regex)) = need else { continue };
            match regex.get_or_init(|| need.compile(self.language)) {
                Some(regex) => {
                    // What is found may begin before the code, or end after it.
                    let ends = |hit: Match<'_>| [hit.start(), hit.end().saturating_sub(1)];
                    let places = regex.find_iter(text).flat_map(ends);
                    places.for_each(|at| found.add(word, at));
                }
                None => found.lost = true,
            }
        }
    }

    fn is_met(&self, need: usize, text: &[u8]) -> bool {
        let (need, regex) = &self.needs[need];
        let regex = regex.get_or_init(|| need.compile(self.language));
        regex.as_ref().is_none_or(|regex| regex.is_match(text))
    }

    /// Whether the arguments of the word at `range` are as the rule has them, as
    /// far as can be told.
    fn is_within(&self, word: &TriggerWord, text: &[u8], range: &Range<usize>) -> bool {
        let arguments = || word.near.arguments(text, range);
        word.within.is_none_or(|need| arguments().is_none_or(|inner| self.is_met(need, inner)))
    }

    /// Whether what the word at `range` is a member of is as the rule has it, as
    /// far as can be told.
    fn is_owned(&self, word: &TriggerWord, text: &[u8], range: &Range<usize>) -> bool {
        if word.owner.is_none() && word.no_owner.is_none() {
            return true;
        }
        word.near.owner(text, range).is_none_or(|owner| {
            word.owner.is_none_or(|need| self.is_met(need, owner))
                && !word.no_owner.is_some_and(|need| self.is_met(need, owner))
        })
    }

    /// What of `text` the matchers `active` are about: all that they can be, if it
    /// is to be read as a `whole`.
    pub(crate) fn aim(
        &self,
        text: &[u8],
        active: Vec<usize>,
        found: &Found,
        whole: bool,
    ) -> Target {
        let blind = found.lost || active.iter().any(|index| self.conditions[*index].everywhere);
        if whole || blind || !(elision::MIN_FILE..=MAX_BYTES).contains(&text.len()) {
            let focus = self.focus(&active, found);
            return Target { active, focus, kept: Vec::new() };
        }
        let mut hits: Vec<(usize, Word)> =
            found.hits.iter().map(|(word, at)| (*at as usize, *word as usize)).collect();
        hits.sort_unstable();
        let (language, words, changing) = (self.language, &*self.words, &*self.changing);
        let conditions: Vec<&Condition> =
            active.iter().map(|index| &self.conditions[*index]).collect();
        let uses = match conditions.iter().any(|condition| condition.names) {
            true => self.uses(text, &hits),
            false => Vec::new(),
        };
        let is_met = |need: usize, text: &[u8]| self.is_met(need, text);
        let (hits, uses, is_met) = (&*hits, &*uses, &is_met);
        let view = View { text, language, words, hits, is_met, uses, changing };
        let sight = aim::at(&view, &conditions);
        let active: Vec<usize> = sight.able.iter().map(|index| active[*index]).collect();
        let focus = self.focus(&active, found);
        let kept = if active.is_empty() { Vec::new() } else { self.kept(&view, &sight, &focus) };
        Target { active, focus, kept }
    }

    /// Where the matchers `active` can fire in the text that `found` is of.
    fn focus(&self, active: &[usize], found: &Found) -> Focus {
        let mut wanted = vec![false; self.words.len()];
        let mut focus = Focus { everywhere: found.lost, ..Focus::default() };
        for condition in active.iter().map(|index| &self.conditions[*index]) {
            condition.places.iter().for_each(|word| wanted[*word] = true);
            focus.names |= condition.names;
            focus.everywhere |= condition.everywhere;
        }
        let places = found.hits.iter().filter(|(word, _)| wanted[*word as usize]);
        focus.places = places.map(|(_, at)| *at as usize).collect();
        focus.places.sort_unstable();
        if !found.lost {
            let marks = found.hits.iter().filter(|(word, _)| self.words[*word as usize].whole);
            let number = |word: u32| self.whole.get(&self.words[word as usize].text);
            focus.marks =
                marks.filter_map(|(word, at)| Some((*at as usize, *number(*word)?))).collect();
            focus.marks.sort_unstable();
            focus.marks.dedup();
            focus.marked = Arc::clone(&self.whole);
        }
        focus
    }

    /// Where the names stand that the imports among `hits` bind.
    fn uses(&self, text: &[u8], hits: &[(usize, Word)]) -> Vec<usize> {
        let imports = hits.iter().filter(|(_, word)| self.words[*word].near.is_import());
        let imports: Vec<usize> = imports.map(|(at, _)| *at).collect();
        elision::uses(text, &imports)
    }

    /// What has to be parsed of the file of `view`: see [`elision`].
    fn kept(&self, view: &View<'_>, sight: &Sight, focus: &Focus) -> Vec<Range<usize>> {
        let mut places = sight.places.clone();
        let uses = if focus.names { view.uses } else { &[] };
        places.extend(uses);
        places.sort_unstable();
        let needed = sight.needed(uses);
        let unnamed = |block: &Block| {
            let at = sight.functions.binary_search_by_key(&block.whole.start, |f| f.whole.start);
            at.is_ok_and(|at| !needed[at])
        };
        let said = |name: &str| self.said.contains(name);
        elision::kept(self.language, view.text, &places, &unnamed, &said)
    }

    fn search(&self, text: &[u8], found: &mut Found) {
        found.seen.clear();
        found.words.clear();
        found.hits.clear();
        // Without a finder every word counts as found: slow, never wrong.
        found.lost = self.finder.is_none();
        found.seen.resize(self.words.len(), found.lost);
        let Some(finder) = &self.finder else { return };
        finder.find(text, |number, range| {
            let is_whole = is_whole(text, &range);
            for number in &self.texts[number] {
                let word = &self.words[*number];
                let remark = word.code && remark::holds(text, range.start);
                let out = word.whole && !is_whole || remark || !word.near.fits(text, &range);
                if out || !self.is_within(word, text, &range) || !self.is_owned(word, text, &range)
                {
                    continue;
                }
                if !std::mem::replace(&mut found.seen[*number], true) {
                    found.words.push(*number);
                }
                found.add(*number, range.start);
            }
        });
    }
}

/// The names in those patterns of `matcher` that are about functions.
fn said_by(matcher: &PatternMatch) -> impl Iterator<Item = String> {
    let PatternMatch { any, also, not, inside, not_inside, has, not_has, .. } = matcher;
    let all = [any, also, not, inside, not_inside, has, not_has].into_iter().flatten();
    let of_functions = all.filter(|pattern| pattern.contains('{') || pattern.contains("def "));
    let words = of_functions.flat_map(|p| p.split(|c: char| !c.is_alphanumeric() && c != '_'));
    words.filter(|word| !word.is_empty()).map(str::to_owned)
}

/// Whether what stands at `range` is no part of a longer name.
fn is_whole(text: &[u8], range: &Range<usize>) -> bool {
    let part = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    !part(range.start.checked_sub(1).and_then(|at| text.get(at))) && !part(text.get(range.end))
}

#[cfg(test)]
mod tests {
    use super::super::condition::has_trigger;
    use super::*;

    fn matcher(any: &[&str], imports: &[&str]) -> PatternMatch {
        let owned = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect();
        PatternMatch { any: owned(any), imports: owned(imports), ..PatternMatch::default() }
    }

    fn active(matchers: &[PatternMatch], text: &str) -> Vec<usize> {
        let sets = SourceWords::default();
        let triggers = Triggers::new(Language::Python, matchers.iter(), &sets);
        triggers.active(text.as_bytes(), &mut Found::default(), &|_| false, |_| true)
    }

    #[test]
    fn all_words_of_one_pattern_are_needed() {
        let matchers = [
            matcher(&["hashlib.md5($X)", "yaml.load($X)"], &[]),
            matcher(&["pickle.loads($X)"], &[]),
        ];
        assert_eq!(active(&matchers, "hashlib.sha1(x)"), [] as [usize; 0]);
        assert_eq!(active(&matchers, "import hashlib; hashlib.md5(x)"), [0]);
        assert_eq!(active(&matchers, "pickle.loads(yaml.load(x))"), [0, 1]);
    }

    #[test]
    fn a_word_that_must_be_absent_silences() {
        let lacks = vec!["csrf".to_owned()];
        let matchers = [PatternMatch { lacks, ..matcher(&["session($X)"], &[]) }];
        assert_eq!(active(&matchers, "session(app)"), [0]);
        assert_eq!(active(&matchers, "session(app); csrf(app)"), [] as [usize; 0]);
    }

    #[test]
    fn an_import_is_needed_but_not_under_the_name_of_the_pattern() {
        let matchers = [matcher(&["requests.get($$$, verify=False)"], &["requests"])];
        assert_eq!(active(&matchers, "from requests import get; get(u, verify=False)"), [0]);
        assert_eq!(active(&matchers, "get(u, verify=False)"), [] as [usize; 0]);
    }

    #[test]
    fn a_pattern_without_words_has_no_trigger() {
        assert!(!has_trigger(Language::Python, &matcher(&["$F($X)"], &[])));
        assert!(has_trigger(Language::Python, &matcher(&["$F($X)"], &["flask"])));
        assert!(has_trigger(Language::Python, &matcher(&["verify($X)"], &[])));
    }
}
