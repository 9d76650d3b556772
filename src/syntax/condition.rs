//! When a matcher can fire, and where, told from the text of a file alone: the
//! words and regexes of its patterns, its imports, the sources of its values.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use super::blocks;
use super::flow::SOURCES;
use super::imports::{Import, resolves};
use super::language::Language;
use super::near::Near;
use super::pattern_words::{PatternWords, Placed, import_word, rarest};
use super::prefilter::{self, Need};
use super::source_words::{SourceWord, SourceWords};
use crate::rules::model::{Constraint, PatternMatch};

type Constraints = BTreeMap<String, Constraint>;

/// Number of a word in a [`WordList`].
pub(super) type Word = usize;

/// One of several things that a matcher can be about in a file.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Way {
    /// All of these are there.
    pub(super) words: Vec<Word>,
    /// Numbers of the regexes that all match somewhere.
    pub(super) needs: Vec<usize>,
}

/// Where in a file the words of a [`Group`] have to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Scope {
    /// In a match, or around it.
    Match,
    /// Where the value comes from that gets there.
    Source,
    /// Anywhere.
    File,
}

/// Ways of which one is open.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Group {
    pub(super) scope: Scope,
    pub(super) ways: Vec<Way>,
}

/// Whose sources the values of a matcher come from.
#[derive(Debug, Default, Clone, Copy, PartialEq)]
pub(super) enum Flow {
    #[default]
    None,
    /// Those of shared sets, all of which words tell.
    Shared,
    /// The parameters of the function around it as well.
    Parameters,
    /// Others too.
    Own,
}

/// When a matcher can fire, and where.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Condition {
    /// One way of each of these is open: of what is looked for, what must be
    /// around or within it, what is imported, and where a value comes from.
    pub(super) groups: Vec<Group>,
    /// None of these is there.
    pub(super) lacks: Vec<Word>,
    /// Number of a regex that matches somewhere.
    pub(super) text: Option<usize>,
    /// The text holds a plaintext URL.
    pub(super) plaintext: bool,
    /// Each match, and whatever must (not) be within it, holds one of these.
    pub(super) places: Vec<Word>,
    /// Those of `places` that regexes tell.
    pub(super) spots: Vec<Word>,
    /// A function without any of these cannot be what is looked for.
    pub(super) subjects: Vec<Word>,
    pub(super) flow: Flow,
    /// What other functions do may matter to it.
    pub(super) values: bool,
    /// Number of a regex that the name of no function matches that is looked for.
    pub(super) refused: Option<usize>,
    /// The words that tell where its values come from.
    pub(super) source_words: Vec<Word>,
    /// A match can hold functions.
    pub(super) spans: bool,
    /// A part of the file without any of these, and without such a name, does
    /// not matter.
    pub(super) telling: Vec<Word>,
    /// ... or a name that the file imports.
    pub(super) names: bool,
    /// ... or nothing that can be told: the whole tree has to be looked at.
    pub(super) everywhere: bool,
}

/// A text that is looked for.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TriggerWord {
    pub(super) text: String,
    /// Not as a part of a longer name.
    pub(super) whole: bool,
    pub(super) near: Near,
    /// Not in a comment.
    pub(super) code: bool,
    /// Number of the regex that its arguments match; or which it stands for, if it
    /// has no text.
    pub(super) within: Option<usize>,
    /// Numbers of the regexes that what it is a member of matches, and does not.
    pub(super) owner: Option<usize>,
    pub(super) no_owner: Option<usize>,
}

impl TriggerWord {
    fn of(text: String, whole: bool, near: Near) -> Self {
        let (code, within, owner, no_owner) = (false, None, None, None);
        TriggerWord { text, whole, near, code, within, owner, no_owner }
    }
}

/// The words and regexes that matchers ask for, each once.
#[derive(Default)]
pub(super) struct WordList {
    pub(super) needs: Vec<Need>,
    /// Numbers of the needs.
    known: HashMap<Need, usize>,
    /// The words of patterns: many rules are about the same calls.
    read: HashMap<String, Rc<PatternWords>>,
    /// Ways to values from sets of sources.
    sources: HashMap<Vec<String>, Vec<Way>>,
    pub(super) words: Vec<TriggerWord>,
    /// Words by their text.
    pub(super) texts: HashMap<String, Vec<Word>>,
}

impl WordList {
    pub(super) fn add(&mut self, text: String, whole: bool, near: Near) -> Word {
        self.number(TriggerWord::of(text, whole, near))
    }

    fn number(&mut self, word: TriggerWord) -> Word {
        let known = self.texts.entry(word.text.clone()).or_default();
        if let Some(same) = known.iter().find(|known| self.words[**known] == word) {
            return *same;
        }
        self.words.push(word);
        known.push(self.words.len() - 1);
        self.words.len() - 1
    }

    /// A text that may be a part of a longer name.
    pub(super) fn add_part(&mut self, text: &str) -> Word {
        self.add(text.to_owned(), false, Near::default())
    }

    /// A text that counts only outside comments.
    pub(super) fn add_code(&mut self, text: &str) -> Word {
        let near = Near::default();
        let word = TriggerWord::of(text.to_owned(), false, near);
        self.number(TriggerWord { code: true, ..word })
    }

    /// What stands for the places where `need` is met.
    fn add_spot(&mut self, need: Need) -> Word {
        let within = Some(self.need(need));
        let word = TriggerWord::of(String::new(), false, Near::default());
        let word = TriggerWord { within, ..word };
        let known = self.words.iter().position(|known| *known == word);
        known.unwrap_or_else(|| {
            self.words.push(word);
            self.words.len() - 1
        })
    }

    fn need(&mut self, need: Need) -> usize {
        *self.known.entry(need).or_insert_with_key(|need| {
            self.needs.push(need.clone());
            self.needs.len() - 1
        })
    }

    fn read(&mut self, language: Language, pattern: &str) -> Rc<PatternWords> {
        if let Some(known) = self.read.get(pattern) {
            return Rc::clone(known);
        }
        let words = Rc::new(PatternWords::of(language, pattern));
        self.read.insert(pattern.to_owned(), Rc::clone(&words));
        words
    }

    /// One way for each place that a value of `sources` comes from; `None` if
    /// one of them can be in any file.
    fn sources(&mut self, sets: &SourceWords, sources: &[String]) -> Option<Vec<Way>> {
        if let Some(known) = self.sources.get(sources) {
            return Some(known.clone());
        }
        let mut word =
            |word: &SourceWord| self.add(word.text.clone(), word.whole, word.near.clone());
        let all = sets.of(sources)?.into_iter();
        let ways: Vec<Way> =
            all.map(|words| Way::of_words(words.iter().map(&mut word).collect())).collect();
        self.sources.insert(sources.to_vec(), ways.clone());
        Some(ways)
    }

    pub(super) fn add_import(&mut self, language: Language, import: &Import) -> Word {
        self.add(import_word(language, import), false, Near::of_import(language))
    }

    /// A name of a pattern whose metavariables are as `constraints` say.
    pub(super) fn add_whole(&mut self, placed: Placed, constraints: &Constraints) -> Word {
        let Placed { text, near } = placed;
        let need = near.holes().find_map(|name| prefilter::written(constraints.get(name)?));
        let within = need.map(|need| self.need(need));
        let owner = near.owner_name().and_then(|name| constraints.get(name));
        let (is, is_not) = owner.map(prefilter::of_path).unwrap_or_default();
        let near = if is.is_none() && is_not.is_none() { near.unowned() } else { near };
        let [owner, no_owner] = [is, is_not].map(|need| need.map(|need| self.need(need)));
        self.number(TriggerWord { text, whole: true, near, within, owner, no_owner, code: false })
    }
}

impl Condition {
    /// Words of which one is there wherever it is possible, as few as can be;
    /// `None` if there are no such words.
    pub(super) fn gate(&self) -> Option<impl Iterator<Item = Word>> {
        let is_told = |group: &&Group| group.ways.iter().all(|way| !way.words.is_empty());
        let told = self.groups.iter().filter(is_told);
        let gate = told.min_by_key(|group| group.ways.len())?;
        Some(gate.ways.iter().filter_map(|way| way.words.first().copied()))
    }

    /// As far as the words tell.
    pub(super) fn is_possible(&self, seen: &[bool]) -> bool {
        self.groups.iter().all(|group| group.is_open(|word| seen[word]))
            && !self.lacks.iter().any(|word| seen[*word])
    }

    pub(super) fn holds(&self, seen: &[bool], is_met: &mut impl FnMut(usize) -> bool) -> bool {
        let mut is_open =
            |way: &Way| way.has_words(seen) && way.needs.iter().all(|need| is_met(*need));
        self.groups.iter().all(|group| group.ways.iter().any(&mut is_open))
            && self.text.is_none_or(is_met)
    }
}

impl Group {
    /// Whether all words of a way are there.
    pub(super) fn is_open(&self, seen: impl Fn(Word) -> bool) -> bool {
        self.ways.iter().any(|way| way.words.iter().all(|word| seen(*word)))
    }
}

impl Way {
    pub(super) fn of_words(words: Vec<Word>) -> Self {
        Way { words, needs: Vec::new() }
    }

    pub(super) fn has_words(&self, seen: &[bool]) -> bool {
        self.words.iter().all(|word| seen[*word])
    }
}

/// Whether rules can be triggered by `matcher` at all: some text must be in a
/// file for each of its patterns.
pub(super) fn has_trigger(language: Language, matcher: &PatternMatch) -> bool {
    let plaintext = is_plaintext(matcher);
    let told = |pattern: &String| PatternWords::of(language, pattern).len() > 0;
    let all = !matcher.any.is_empty() && matcher.any.iter().all(told);
    all || plaintext
        || matcher.text.is_some()
        || !matcher.triggers.is_empty()
        || !matcher.imports.is_empty()
}

pub(super) fn is_plaintext(matcher: &PatternMatch) -> bool {
    matcher.constraints.values().any(|c| c.test.as_deref() == Some("plaintext-url"))
}

pub(super) fn condition(
    language: Language,
    matcher: &PatternMatch,
    sets: &SourceWords,
    list: &mut WordList,
) -> Condition {
    let imports: Vec<Import> = matcher.imports.iter().map(|i| Import::parse(i)).collect();
    let mut condition = Condition { plaintext: is_plaintext(matcher), ..Condition::default() };
    for patterns in [&matcher.any, &matcher.inside, &matcher.has] {
        let way = |pattern: &String| {
            let read = list.read(language, pattern);
            let words = rarest(read.needed(&imports)).into_iter();
            let needs = prefilter::needs(language, pattern, &matcher.constraints, &sets.aliases);
            let mut words: Vec<Word> =
                words.map(|word| list.add_whole(word, &matcher.constraints)).collect();
            let own = read.import(language, &imports);
            words.extend(own.map(|import| list.add_import(language, import)));
            Way { words, needs: needs.into_iter().map(|need| list.need(need)).collect() }
        };
        let ways = patterns.iter().map(way).collect();
        condition.groups.push(Group { scope: Scope::Match, ways });
    }
    let part = |word: &String| Way::of_words(vec![list.add_part(word)]);
    let ways = matcher.triggers.iter().map(part).collect();
    condition.groups.push(Group { scope: Scope::File, ways });
    let module = |import: &Import| Way::of_words(vec![list.add_import(language, import)]);
    let imported: Vec<Way> = imports.iter().map(module).collect();
    // What they bind is looked for: see `Triggers::kept`.
    condition.telling.extend(imported.iter().flat_map(|way| &way.words));
    condition.groups.push(Group { scope: Scope::File, ways: imported });
    // What there is nothing of is not asked for.
    condition.groups.retain(|group| !group.ways.is_empty());
    let sources = matcher.flow.as_ref().and_then(|flow| list.sources(sets, &flow.sources));
    condition.flow = match (&matcher.flow, &sources) {
        (None, _) => Flow::None,
        (Some(_), Some(_)) => Flow::Shared,
        (Some(flow), None) if flow.sources.iter().all(|name| SOURCES.contains(&name.as_str())) => {
            Flow::Parameters
        }
        (Some(_), None) => Flow::Own,
    };
    let source_words = sources.iter().flatten().flat_map(|way| &way.words).copied();
    condition.source_words = source_words.collect();
    condition.telling.extend(sources.iter().flatten().flat_map(|way| &way.words));
    condition.groups.extend(sources.map(|ways| Group { scope: Scope::Source, ways }));
    let refused = matcher.any.first().and_then(|first| {
        let name = prefilter::function_name(first)?;
        let same = |pattern: &String| prefilter::function_name(pattern) == Some(name);
        let constraint = matcher.constraints.get(name).filter(|_| matcher.any.iter().all(same))?;
        prefilter::of_path(constraint).1
    });
    condition.refused = refused.map(|need| list.need(need));
    condition.values =
        matcher.flow.is_some() || matcher.constraints.values().any(prefilter::asks_for_value);
    condition.lacks = matcher.lacks.iter().map(|word| list.add_code(word)).collect();
    condition.text = matcher.text.clone().map(|regex| list.need(Need::of(regex)));
    let renamed: &[Import] = if resolves(language) { &imports } else { &[] };
    places(language, matcher, renamed, list, &mut condition);
    condition
}

/// Where the patterns of `matcher` can match.
pub(super) fn places(
    language: Language,
    matcher: &PatternMatch,
    renamed: &[Import],
    list: &mut WordList,
    condition: &mut Condition,
) {
    let flow = matcher.flow.iter().flat_map(|flow| flow.sources.iter().chain(&flow.sanitizers));
    // Names of shared sets are no patterns.
    let own = flow.filter(|text| text.contains(|c: char| !c.is_ascii_lowercase() && c != '-'));
    // What is around something else only matters together with it.
    let outer = if matcher.has.is_empty() { 0 } else { matcher.any.len() };
    let within = matcher.any.len() + matcher.has.len();
    condition.spans = matcher.any.iter().any(|pattern| blocks::has_members(pattern));
    let all = matcher.any.iter().chain(&matcher.has).chain(own).chain(&matcher.not_has);
    for (number, pattern) in all.enumerate() {
        let read = list.read(language, pattern);
        let own = read.own(renamed);
        let imported = own.len() < read.len();
        match rarest(own).into_iter().next() {
            Some(word) => {
                let word = list.add_whole(word, &matcher.constraints);
                condition.places.push(word);
                condition.telling.extend((number >= outer).then_some(word));
                condition.subjects.extend((outer..within).contains(&number).then_some(word));
            }
            None if imported => condition.names = true,
            None if condition.plaintext || pattern.starts_with('`') => {
                let word = list.add_part(if condition.plaintext { "://" } else { "`" });
                condition.places.push(word);
                condition.telling.push(word);
                condition.subjects.extend((number < within).then_some(word));
            }
            None => match prefilter::spot(language, pattern, &matcher.constraints) {
                Some(need) => {
                    let word = list.add_spot(need);
                    condition.spots.push(word);
                    condition.places.push(word);
                    condition.telling.extend((number >= outer).then_some(word));
                    condition.subjects.extend((outer..within).contains(&number).then_some(word));
                }
                None => condition.everywhere = true,
            },
        }
    }
    for pattern in matcher.inside.iter().chain(&matcher.not_inside) {
        if let Some(word) = rarest(list.read(language, pattern).own(renamed)).into_iter().next() {
            list.add_whole(word, &matcher.constraints);
        }
    }
}
