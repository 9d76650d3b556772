//! In which functions of a long file a matcher can fire at all: in those that
//! hold all words of a match and that a value from one of its sources can get to.
//!
//! A match stands in one function, or outside of all of them; what is outside
//! counts for every function. What a matcher has no such function for in a file,
//! it is not run on, and where that leaves none the file is not parsed.

use std::ops::Range;

use foldhash::HashMap;

use super::blocks::{self, Block};
use super::condition::{Condition, Flow, Scope, Source, TriggerWord, Word};
use super::language::Language;
use super::reach::Reach;

/// A file whose words were found.
pub(super) struct View<'a> {
    pub(super) text: &'a [u8],
    pub(super) language: Language,
    pub(super) words: &'a [TriggerWord],
    pub(super) sources: &'a [Source],
    /// Places of words, ascending.
    pub(super) hits: &'a [(usize, Word)],
    /// Whether a text is as the regex of this number says.
    pub(super) is_met: &'a dyn Fn(usize, &[u8]) -> bool,
    /// Where names stand that were imported, ascending.
    pub(super) uses: &'a [usize],
    /// Methods that change what they are called on or given.
    pub(super) changing: &'a [String],
}

impl View<'_> {
    /// Where the values of `condition` come from.
    fn source(&self, condition: &Condition) -> Option<&Source> {
        self.sources.get(condition.source?)
    }

    /// Whether `function` is none that `condition` is about, for its name, and
    /// holds none.
    fn refuses(&self, condition: &Condition, function: &Block) -> bool {
        let Some(need) = condition.refused else { return false };
        let body = self.text.get(function.body.clone()).unwrap_or_default();
        let mut names = function.names(self.text).peekable();
        names.peek().is_some()
            && names.all(|name| (self.is_met)(need, name.as_bytes()))
            && memchr::memmem::find(body, b"def ").is_none()
    }
}

/// What matchers are about in a file.
pub(super) struct Sight {
    /// The matchers that can fire: places in the list of those asked about.
    pub(super) able: Vec<usize>,
    /// Where the words stand that matter to them, ascending.
    pub(super) places: Vec<usize>,
    /// Those of matchers to which other functions may matter, ascending.
    asking: Vec<usize>,
    pub(super) functions: Vec<Block>,
    /// How values get from function to function.
    pub(super) reach: Reach,
}

impl Sight {
    /// Which functions, and after them statements outside, hold a place that others
    /// may matter to, or one of `uses` (ascending), or are named by what does.
    pub(super) fn needed(&self, uses: &[usize]) -> Vec<bool> {
        let functions = self.functions.iter().map(|block| &block.whole);
        let nodes = functions.chain(self.reach.rest()).enumerate();
        let holds = |range: &Range<usize>| is_within(&self.asking, range) || is_within(uses, range);
        let nodes = nodes.filter(|(_, range)| holds(range));
        let nodes: Vec<usize> = nodes.map(|(node, _)| node).collect();
        self.reach.named_by(&nodes)
    }
}

/// Which words stand outside of all functions, and in the one looked at.
struct Seen {
    outside: Vec<bool>,
    /// The number of the last function with the word, counted from 1.
    last: Vec<u32>,
    now: u32,
}

impl Seen {
    fn is_within(&self, word: Word) -> bool {
        self.last[word] == self.now
    }

    fn has(&self, word: Word) -> bool {
        self.outside[word] || self.is_within(word)
    }
}

/// What is known of a matcher in a file.
#[derive(Default)]
struct Sighted {
    /// The functions that hold all words of a match.
    targets: Vec<usize>,
    /// The functions, and after them the statements outside, where values of its
    /// sources may come up.
    sources: Vec<usize>,
    /// A match can be outside of functions, or hold some.
    outside: bool,
    /// Where its words matter, if not everywhere.
    wanted: Option<Vec<bool>>,
}

/// Looks for `conditions` in the file of `view`.
pub(super) fn at(view: &View<'_>, conditions: &[&Condition]) -> Sight {
    let functions = blocks::outermost(view.language, view.text);
    let reach = Reach::of(view, &functions);
    let mut sighted = look(view, conditions, &functions, &reach);
    for (one, condition) in sighted.iter_mut().zip(conditions) {
        one.settle(condition, &reach);
    }
    let able = (0..conditions.len()).filter(|index| sighted[*index].is_able());
    let able: Vec<usize> = able.collect();
    let places = |able: &[usize]| {
        let conditions = able.iter().map(|index| (*index, conditions[*index]));
        let telling = ByWord::of(view, conditions, |condition| &condition.telling);
        let nodes = functions.iter().map(|block| &block.whole).chain(reach.rest());
        let mut places = Vec::new();
        for (node, range) in nodes.enumerate() {
            let wanted = |word: Word| telling.of_word(word).any(|index| sighted[index].wants(node));
            let hits = within(view.hits, range).iter().filter(|(_, word)| wanted(*word));
            places.extend(hits.map(|(at, _)| *at));
        }
        places.sort_unstable();
        places
    };
    let asks = |index: &usize| conditions[*index].values;
    let asking: Vec<usize> = able.iter().copied().filter(asks).collect();
    let (places, asking) = (places(&able), places(&asking));
    Sight { able, places, asking, functions, reach }
}

/// Whether one of `places` lies in `range`.
fn is_within(places: &[usize], range: &Range<usize>) -> bool {
    let next = places.partition_point(|place| *place < range.start);
    places.get(next).is_some_and(|place| *place < range.end)
}

/// The hits in `range`.
fn within<'h>(hits: &'h [(usize, Word)], range: &Range<usize>) -> &'h [(usize, Word)] {
    let from = hits.partition_point(|(at, _)| *at < range.start);
    let length = hits[from..].partition_point(|(at, _)| *at < range.end);
    &hits[from..from + length]
}

fn look(
    view: &View<'_>,
    conditions: &[&Condition],
    functions: &[Block],
    reach: &Reach,
) -> Vec<Sighted> {
    let words = view.words.len();
    let mut seen = Seen { outside: vec![false; words], last: vec![0; words], now: 0 };
    let rest = || reach.rest().iter().enumerate();
    for (_, range) in rest() {
        within(view.hits, range).iter().for_each(|(_, word)| seen.outside[*word] = true);
    }
    let mut own = rest().filter(|(number, _)| !reach.is_import(*number));
    let is_used = own.any(|(_, range)| is_within(view.uses, range));
    let outside = |condition: &&Condition| Sighted {
        outside: condition.spans
            || condition.names && is_used
            || condition.subjects.iter().any(|word| seen.outside[*word]),
        ..Sighted::default()
    };
    let mut sighted: Vec<Sighted> = conditions.iter().map(outside).collect();
    let asked = conditions.iter().enumerate();
    let all = || conditions.iter().copied().enumerate();
    let concerned = ByWord::of(view, all(), |condition| &condition.subjects);
    let named: Vec<usize> =
        asked.filter(|(_, condition)| condition.names).map(|(index, _)| index).collect();
    let mut about = Vec::new();
    for (number, function) in functions.iter().enumerate() {
        seen.now += 1;
        let hits = within(view.hits, &function.whole);
        hits.iter().for_each(|(_, word)| seen.last[*word] = seen.now);
        let is_used = is_within(view.uses, &function.whole);
        concerned.of_hits(hits, &mut about);
        about.extend_from_slice(if is_used { &named } else { &[] });
        about.sort_unstable();
        about.dedup();
        for index in &about {
            let is_looked_for = !view.refuses(conditions[*index], function);
            let condition = conditions[*index];
            sighted[*index].look(number, condition, view, &seen, (is_looked_for, is_used));
        }
    }
    let sources = ByWord::of(view, all(), |_| &[]);
    for (number, range) in rest().filter(|(number, _)| !reach.is_import(*number)) {
        sources.of_hits(within(view.hits, range), &mut about);
        about.iter().for_each(|index| sighted[*index].sources.push(functions.len() + number));
    }
    sighted
}

/// Which matchers ask for each word.
#[derive(Default)]
struct ByWord {
    own: HashMap<Word, Vec<usize>>,
    /// The sources with the word: there are few of them, with many words.
    sources: HashMap<Word, Vec<usize>>,
    /// The matchers of each source.
    of_source: HashMap<usize, Vec<usize>>,
}

impl ByWord {
    /// Takes numbered matchers that ask for the words that `own` names, and for those of
    /// their sources.
    fn of<'c>(
        view: &View<'_>,
        conditions: impl Iterator<Item = (usize, &'c Condition)>,
        own: impl Fn(&'c Condition) -> &'c [Word],
    ) -> Self {
        let mut all = ByWord::default();
        for (index, condition) in conditions {
            for word in own(condition) {
                all.own.entry(*word).or_default().push(index);
            }
            if let Some(source) = condition.source {
                all.of_source.entry(source).or_default().push(index);
            }
        }
        for source in all.of_source.keys() {
            for word in view.sources.get(*source).iter().flat_map(|source| &source.words) {
                all.sources.entry(*word).or_default().push(*source);
            }
        }
        all
    }

    /// A matcher may come more than once.
    fn of_word(&self, word: Word) -> impl Iterator<Item = usize> {
        let sources = self.sources.get(&word).into_iter().flatten();
        let of_sources = sources.filter_map(|source| self.of_source.get(source)).flatten();
        self.own.get(&word).into_iter().flatten().chain(of_sources).copied()
    }

    /// Finds those that ask for one of `hits`, once each.
    fn of_hits(&self, hits: &[(usize, Word)], found: &mut Vec<usize>) {
        found.clear();
        let mut words: Vec<Word> = hits.iter().map(|(_, word)| *word).collect();
        words.sort_unstable();
        words.dedup();
        found.extend(words.into_iter().flat_map(|word| self.of_word(word)));
        found.sort_unstable();
        found.dedup();
    }
}

impl Sighted {
    /// Looks at function `number`, whose words are `seen`.
    fn look(
        &mut self,
        number: usize,
        condition: &Condition,
        view: &View<'_>,
        seen: &Seen,
        (is_looked_for, is_used): (bool, bool),
    ) {
        let has = |word: Word| seen.has(word) || view.words[word].near.is_import();
        let mut groups = condition.groups.iter().filter(|group| group.scope == Scope::Match);
        let is_subject = condition.names && is_used
            || condition.subjects.iter().any(|word| seen.is_within(*word));
        if is_looked_for && is_subject && groups.all(|group| group.is_open(has)) {
            self.targets.push(number);
        }
        let holds = |source: &Source| {
            source.words.iter().any(|word| seen.is_within(*word)) && source.is_open(has)
        };
        if view.source(condition).is_some_and(holds) {
            self.sources.push(number);
        }
    }

    /// Leaves out what no value of a source gets to, and sources of nothing.
    fn settle(&mut self, condition: &Condition, reach: &Reach) {
        // What is outside may concern all functions.
        if self.outside || condition.flow == Flow::Own {
            return;
        }
        let mut wanted = vec![false; reach.len()];
        if condition.flow == Flow::Shared {
            let reached = reach.from(&self.sources);
            self.targets.retain(|target| reached[*target]);
            let led = reach.to(&self.targets);
            self.sources.iter().filter(|node| led[**node]).for_each(|node| wanted[*node] = true);
        }
        self.targets.iter().for_each(|target| wanted[*target] = true);
        self.wanted = Some(wanted);
    }

    fn is_able(&self) -> bool {
        self.outside || !self.targets.is_empty()
    }

    fn wants(&self, node: usize) -> bool {
        self.wanted.as_ref().is_none_or(|wanted| wanted[node])
    }
}
