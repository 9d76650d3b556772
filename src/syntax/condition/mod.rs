//! When a matcher can fire, and where, told from the text of a file alone: the
//! words and regexes of its patterns, its imports, the sources of its values.

mod asked;
mod follow;
mod import;
mod near;
mod pattern_words;
mod prefilter;
mod source_words;
mod word_list;

use serde::{Deserialize, Serialize};

use super::blocks;
use super::language::Language;
use crate::rules::model::{Constraint, PatternMatch};
pub(crate) use asked::{Asked, BuiltIn};
pub(crate) use import::{
    Import, bare_module, last_segment, package_name, resolves, without_version,
};
pub(crate) use pattern_words::place_word;
use pattern_words::{PatternWords, rarest};
use prefilter::Need;
pub(crate) use prefilter::Sought;
pub(crate) use source_words::{SOURCES, SourceWords};
use word_list::WordList;
pub(crate) use word_list::{Text, TriggerWord, Word};

/// One of several things that a matcher can be about in a file.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Way {
    /// All of these are there.
    pub(crate) words: Vec<Word>,
    /// Numbers of the regexes that all match somewhere.
    pub(crate) needs: Vec<usize>,
}

/// Where in a file the words of a [`Group`] have to be.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) enum Scope {
    /// In a match, or around it.
    Match,
    /// Anywhere.
    File,
}

/// Ways of which one is open.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Group {
    pub(crate) scope: Scope,
    pub(crate) ways: Vec<Way>,
}

/// Whose sources the values of a matcher come from.
#[derive(Debug, Default, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) enum Flow {
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
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Condition {
    /// One way of each of these is open: of what is looked for, what must be
    /// around or within it, and what is imported.
    pub(crate) groups: Vec<Group>,
    /// None of these is there.
    pub(crate) lacks: Vec<Word>,
    /// Number of a regex that matches somewhere.
    pub(crate) text: Option<usize>,
    /// The text holds a plaintext URL.
    pub(crate) plaintext: bool,
    /// ... or names a constant of another file that is one.
    pub(crate) plaintext_elsewhere: bool,
    /// Each match, and whatever must (not) be within it, holds one of these.
    pub(crate) places: Vec<Word>,
    /// Those of `places` that regexes tell.
    pub(crate) spots: Vec<Word>,
    /// A function without any of these cannot be what is looked for.
    pub(crate) subjects: Vec<Word>,
    pub(crate) flow: Flow,
    /// What other functions do may matter to it.
    pub(crate) values: bool,
    /// Number of a regex that the name of no function matches that is looked for.
    pub(crate) refused: Option<usize>,
    /// Number of the [`Source`] that its values come from.
    pub(crate) source: Option<usize>,
    /// A match can hold functions.
    pub(crate) spans: bool,
    /// A part of the file without any of these, and without such a name, does
    /// not matter.
    pub(crate) telling: Vec<Word>,
    /// ... or a name that the file imports.
    pub(crate) names: bool,
    /// ... or nothing that can be told: the whole tree has to be looked at.
    pub(crate) everywhere: bool,
    /// All words but those that must be absent, and those of its source; ascending.
    pub(crate) words: Vec<Word>,
}

/// Where values come from: many matchers have the same.
#[derive(Debug, Default, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Source {
    /// Of which one is open. They ask for words alone.
    pub(crate) ways: Vec<Way>,
    /// All of their words, ascending.
    pub(crate) words: Vec<Word>,
}

impl Source {
    /// Whether all words of a way are there.
    pub(crate) fn is_open(&self, mut seen: impl FnMut(Word) -> bool) -> bool {
        self.ways.iter().any(|way| way.words.iter().all(|word| seen(*word)))
    }
}

/// A text as conditions ask about it.
pub(crate) trait Lookup {
    /// Whether the word of this number stands in it, or may.
    fn is_seen(&mut self, word: Word) -> bool;
    /// Whether it is sure that the word of this number stands in it.
    fn is_known(&mut self, word: Word) -> bool;
    /// Whether the regex of this number matches somewhere.
    fn is_met(&mut self, need: usize) -> bool;
    /// The same of a constant of another file that it names.
    fn is_met_elsewhere(&mut self, need: usize) -> bool;
    /// Whether the source of this number is open.
    fn has_source(&mut self, source: usize) -> bool;
    /// Whether it holds a plaintext URL.
    fn has_url(&mut self) -> bool;
    /// The same of a constant of another file that it names.
    fn has_url_elsewhere(&mut self) -> bool;
}

impl Condition {
    /// Words of which one is there wherever it is possible, as few as can be;
    /// `None` if there are none of those that `can` be asked for.
    pub(crate) fn gate(&self, can: impl Fn(Word) -> bool) -> Option<Vec<Word>> {
        let told = |way: &Way| way.words.iter().copied().find(|word| can(*word));
        let told = |group: &Group| group.ways.iter().map(told).collect::<Option<Vec<Word>>>();
        self.groups.iter().filter_map(told).min_by_key(Vec::len)
    }

    /// Asks for what is known of every file first, by words that are `known`, and
    /// for what few things open.
    pub(crate) fn sort(&mut self, known: impl Fn(Word) -> bool) {
        let asks =
            |group: &Group| group.ways.iter().flat_map(|way| &way.words).any(|word| !known(*word));
        self.groups.sort_by_key(|group| (asks(group), group.ways.len()));
    }

    /// Whether words tell that a match may be in a file: other files are not asked
    /// what every name in it stands for.
    fn is_told(&self, text: &mut impl Lookup) -> bool {
        let mut groups = self.groups.iter().filter(|group| group.scope == Scope::Match);
        groups.all(|group| {
            let mut told = group.ways.iter().filter(|way| !way.words.is_empty());
            told.any(|way| way.words.iter().all(|word| text.is_seen(*word)))
        })
    }

    /// Whether a file can hold a match.
    pub(crate) fn holds(&self, text: &mut impl Lookup) -> bool {
        self.groups.iter().all(|group| group.is_open(|word| text.is_seen(word)))
            && self.source.is_none_or(|source| text.has_source(source))
            && !self.lacks.iter().any(|word| text.is_known(*word))
            && (!self.plaintext
                || text.has_url()
                || self.plaintext_elsewhere && self.is_told(text) && text.has_url_elsewhere())
            && self.groups.iter().all(|group| group.ways.iter().any(|way| way.is_met(text)))
            && self.text.is_none_or(|need| text.is_met(need))
    }
}

impl Group {
    /// Whether all words of a way are there.
    pub(crate) fn is_open(&self, mut seen: impl FnMut(Word) -> bool) -> bool {
        self.ways.iter().any(|way| way.words.iter().all(|word| seen(*word)))
    }
}

impl Way {
    pub(crate) fn of_words(words: Vec<Word>) -> Self {
        Way { words, needs: Vec::new() }
    }

    fn is_met(&self, text: &mut impl Lookup) -> bool {
        self.words.iter().all(|word| text.is_seen(*word))
            && self.needs.iter().all(|need| {
                text.is_met(*need) || !self.words.is_empty() && text.is_met_elsewhere(*need)
            })
    }
}

/// Whether rules can be triggered by `matcher` at all: some text must be in a
/// file for each of its patterns.
pub(crate) fn has_trigger(language: Language, matcher: &PatternMatch) -> bool {
    let plaintext = is_plaintext(matcher);
    let told = |pattern: &String| PatternWords::of(language, pattern).len() > 0;
    let all = !matcher.any.is_empty() && matcher.any.iter().all(told);
    all || plaintext
        || matcher.text.is_some()
        || !matcher.triggers.is_empty()
        || !matcher.imports.is_empty()
}

pub(crate) fn is_plaintext(matcher: &PatternMatch) -> bool {
    matcher.constraints.values().any(is_url)
}

fn is_url(constraint: &Constraint) -> bool {
    constraint.test.as_deref() == Some("plaintext-url")
}

pub(crate) fn condition(
    language: Language,
    matcher: &PatternMatch,
    sets: &SourceWords,
    list: &mut WordList,
) -> Condition {
    let imports: Vec<Import> = matcher.imports.iter().map(|i| Import::parse(i)).collect();
    let mut condition = Condition {
        plaintext: is_plaintext(matcher),
        plaintext_elsewhere: takes_url(matcher),
        ..Condition::default()
    };
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
    from_sources(matcher, sets, list, &mut condition);
    condition.refused = refused(matcher).map(|need| list.need(need));
    condition.values =
        matcher.flow.is_some() || matcher.constraints.values().any(prefilter::asks_for_value);
    condition.text = matcher.text.clone().map(|regex| list.need(Need::of(regex)));
    let renamed: &[Import] = if resolves(language) { &imports } else { &[] };
    places(language, matcher, renamed, list, &mut condition);
    condition.words = list.take_asked();
    condition.lacks = matcher.lacks.iter().map(|word| list.add_code(word)).collect();
    list.take_asked();
    condition
}

/// Whether a name may stand where a pattern of `matcher` has a plaintext URL.
fn takes_url(matcher: &PatternMatch) -> bool {
    let mut urls = matcher.constraints.iter().filter(|(_, constraint)| is_url(constraint));
    urls.any(|(name, _)| {
        let variable = format!("${name}");
        let mut patterns = matcher.any.iter().filter(|pattern| pattern.contains(&variable));
        patterns.any(|pattern| prefilter::stands_alone(pattern, name))
    })
}

/// What the names of functions do not match that `matcher` is about.
fn refused(matcher: &PatternMatch) -> Option<Need> {
    let name = prefilter::function_name(matcher.any.first()?)?;
    let same = |pattern: &String| prefilter::function_name(pattern) == Some(name);
    let constraint = matcher.constraints.get(name).filter(|_| matcher.any.iter().all(same))?;
    prefilter::of_path(constraint).1
}

/// Where the values of `matcher` come from.
fn from_sources(
    matcher: &PatternMatch,
    sets: &SourceWords,
    list: &mut WordList,
    condition: &mut Condition,
) {
    condition.source = matcher.flow.as_ref().and_then(|flow| list.source(sets, &flow.sources));
    condition.flow = match (&matcher.flow, condition.source) {
        (None, _) => Flow::None,
        (Some(_), Some(_)) => Flow::Shared,
        (Some(flow), None) if flow.sources.iter().all(|name| SOURCES.contains(&name.as_str())) => {
            Flow::Parameters
        }
        (Some(_), None) => Flow::Own,
    };
}

/// Where the patterns of `matcher` can match.
pub(crate) fn places(
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
