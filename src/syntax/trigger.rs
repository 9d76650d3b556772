//! Decides from the text alone whether a file is worth parsing: which rules
//! have all that in it without which they cannot match ([`Condition`]).
//!
//! Nothing is compiled for a file that no rule is about. The places where the
//! words stand are kept: of a long file only the functions that hold one are
//! parsed ([`elision`]), and the walk only looks at the parts of the tree that
//! hold one ([`Focus`]).

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use regex_automata::Match;
use regex_automata::meta::Regex;

use super::aim::{self, Sight, View};
use super::blocks::Block;
use super::condition::{Asked, Condition, Lookup as _, Sought, Source, Text, TriggerWord, Word};
use super::elision;
use super::finder::Finder;
use super::focus::Focus;
use super::language::Language;
use super::lazy_regex::{self, Tester, Texts};
pub(crate) use super::lookup::Found;
use super::lookup::Search;
use super::parse::MAX_BYTES;

/// The trigger words of all matchers of a language.
pub(crate) struct Triggers {
    pub(super) finder: Option<Finder>,
    pub(super) words: Vec<TriggerWord>,
    /// The number of the text of each word; `None` for one that is a regex.
    texts: Vec<Option<usize>>,
    /// How many texts there are.
    pub(super) text_count: usize,
    /// Numbers of the texts of words that count only as a whole.
    whole: Arc<HashMap<String, u32>>,
    conditions: Vec<Condition>,
    pub(super) sources: Vec<Source>,
    /// The matchers that ask first of all for a word of each text.
    gates: Vec<Vec<usize>>,
    /// The matchers that ask for no name.
    ungated: Vec<usize>,
    language: Language,
    pub(super) needs: Vec<(Sought, Needed)>,
    /// Names that patterns about functions say.
    said: BTreeSet<String>,
    /// Methods that change what they are called on or given.
    changing: Vec<String>,
}

/// A regex that is [`Sought`]; `None` if nothing is.
#[derive(Default)]
pub(super) struct Needed {
    /// Whether it matches.
    tells: OnceLock<Option<Tester>>,
    /// Where it does.
    shows: OnceLock<Option<Regex>>,
}

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

impl Triggers {
    /// Files what the matchers of `language` ask.
    pub(crate) fn new(language: Language, asked: Asked) -> Self {
        let Asked { mut conditions, words, texts, needs, sources, said, changing } = asked;
        let needs = needs.into_iter().map(|need| (need, Needed::default())).collect();
        let finder = Finder::new(texts.iter().map(|text| (text.text.as_str(), text.whole))).ok();
        let mut text_of = vec![None; words.len()];
        for (number, text) in texts.iter().enumerate() {
            text.words.iter().for_each(|word| text_of[*word] = Some(number));
        }
        let text_count = texts.len();
        let is_own = |text: &Text| text.words.iter().any(|word| !words[*word].near.is_import());
        let whole = texts.into_iter().enumerate().filter(|(_, text)| text.whole && is_own(text));
        let whole = Arc::new(whole.map(|(number, text)| (text.text, number as u32)).collect());
        let mut gates = vec![Vec::new(); text_count];
        let mut ungated = Vec::new();
        let name = |word: Word| {
            let finder = finder.as_ref()?;
            text_of[word].filter(|text| finder.is_word(*text))
        };
        for (index, condition) in conditions.iter_mut().enumerate() {
            condition.sort(|word| name(word).is_some());
            match condition.gate(|word| name(word).is_some()) {
                Some(words) => {
                    words.into_iter().filter_map(name).for_each(|text| gates[text].push(index));
                }
                None => ungated.push(index),
            }
        }
        Triggers {
            finder,
            words,
            texts: text_of,
            text_count,
            whole,
            conditions,
            sources,
            gates,
            ungated,
            language,
            needs,
            said,
            changing,
        }
    }

    /// The number of the text of `word`; `None` if it is a regex.
    pub(super) fn text_of(&self, word: Word) -> Option<usize> {
        self.texts[word]
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
        let mut search = Search::new(self, text, outer, found);
        let gated = search.names().flat_map(|text| &self.gates[text]);
        let mut asked: Vec<usize> = gated.chain(&self.ungated).copied().collect();
        asked.sort_unstable();
        asked.dedup();
        let mut active = self.able(&mut search, asked.into_iter(), &wanted);
        if search.found.lost {
            active = self.able(&mut search, 0..self.conditions.len(), &wanted);
        }
        self.spot(text, &active, found);
        active
    }

    /// Those of the matchers `asked` that can fire, with all their words found.
    fn able(
        &self,
        search: &mut Search<'_>,
        asked: impl Iterator<Item = usize>,
        wanted: &impl Fn(usize) -> bool,
    ) -> Vec<usize> {
        let able = asked.filter(|index| wanted(*index) && self.conditions[*index].holds(search));
        let able: Vec<usize> = able.collect();
        let conditions = || able.iter().map(|index| &self.conditions[*index]);
        let sources: BTreeSet<usize> = conditions().filter_map(|one| one.source).collect();
        let of_sources = sources.iter().flat_map(|source| &self.sources[*source].words);
        for word in conditions().flat_map(|one| &one.words).chain(of_sources) {
            search.is_seen(*word);
        }
        able
    }

    /// Adds the places that regexes of the matchers `active` tell.
    fn spot(&self, text: &[u8], active: &[usize], found: &mut Found) {
        let spots = active.iter().flat_map(|index| &self.conditions[*index].spots);
        let spots: BTreeSet<Word> = spots.copied().collect();
        for word in spots {
            let need = self.words[word].within.and_then(|need| self.needs.get(need));
            let Some((need, regex)) = need else { continue };
            match regex.shows.get_or_init(|| lazy_regex::compile(need.regex.as_deref()?)) {
                Some(regex) => {
                    // What is found may begin before the code, or end after it.
                    let ends = |hit: Match| [hit.start(), hit.end().saturating_sub(1)];
                    let places = regex.find_iter(text).flat_map(ends);
                    places.for_each(|at| found.add(word, at));
                }
                None => found.lost = true,
            }
        }
    }

    /// Whether a name of a constant may stand for what `need` is about.
    pub(super) fn folds(&self, need: usize) -> bool {
        self.needs[need].0.folds
    }

    /// Whether the regex `need` matches somewhere in `text`.
    pub(super) fn is_met(&self, need: usize, text: &[u8]) -> bool {
        let (need, regex) = &self.needs[need];
        let compile = || Tester::new(need.regex.as_deref()?, Texts::Long);
        let regex = regex.tells.get_or_init(compile);
        regex.as_ref().is_none_or(|regex| regex.is_match(text))
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
        let (hits, uses, is_met, sources) = (&*hits, &*uses, &is_met, &*self.sources);
        let view = View { text, language, words, sources, hits, is_met, uses, changing };
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
}

#[cfg(test)]
mod tests {
    use super::super::condition::{SourceWords, has_trigger};
    use super::*;
    use crate::rules::model::PatternMatch;

    fn matcher(any: &[&str], imports: &[&str]) -> PatternMatch {
        let owned = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect();
        PatternMatch { any: owned(any), imports: owned(imports), ..PatternMatch::default() }
    }

    fn active(matchers: &[PatternMatch], text: &str) -> Vec<usize> {
        let sets = SourceWords::default();
        let asked = Asked::of(Language::Python, matchers.iter(), &sets);
        let triggers = Triggers::new(Language::Python, asked);
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
