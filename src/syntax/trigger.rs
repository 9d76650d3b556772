//! Decides from the text alone whether a file is worth parsing: which rules
//! have all the words in it without which they cannot match.
//!
//! The words are read off the pattern texts, so nothing is compiled for a file
//! that no rule is about. The places where they stand are kept: the walk only
//! looks at the parts of the tree that hold one ([`Focus`]).

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::focus::Focus;
use super::imports::{Import, resolves};
use super::language::Language;
use super::near::Near;
use super::pattern::Template;
use super::plaintext;
use super::source_words::{SourceWord, SourceWords};
use crate::rules::model::PatternMatch;

/// Shorter words are in every file.
const MIN_WORD: usize = 3;

/// Words a pattern may say and a match may lack.
const OPTIONAL: &[&str] = &[
    "async", "const", "let", "var", "static", "final", "public", "private", "protected", "export",
    "readonly", "pub", "mut", "val", "internal", "begin", "end", "then",
];

/// Words that are in so many files that they tell nothing.
const COMMON: &[&str] = &[
    "and", "any", "api", "app", "args", "auth", "body", "bool", "call", "case", "class", "client",
    "com", "config", "context", "create", "data", "def", "default", "else", "error", "except",
    "false", "False", "file", "for", "func", "function", "get", "host", "http", "https", "import",
    "int", "key", "name", "new", "nil", "none", "None", "not", "null", "object", "open", "options",
    "org", "package", "params", "password", "path", "post", "put", "request", "requests", "res",
    "response", "result", "return", "self", "server", "set", "string", "String", "super", "test",
    "this", "throw", "token", "true", "True", "try", "type", "url", "use", "user", "value",
    "verify", "void", "while", "with", "www",
];

/// Number of a word in [`Triggers`].
type Word = usize;

/// A rare word of this length is in few files without a reason.
const TELLING: usize = 8;
/// In a file with more hits the whole tree is walked.
const MAX_HITS: usize = 1 << 20;

/// When a matcher can fire, and where.
#[derive(Debug, Default, Clone, PartialEq)]
struct Condition {
    /// All words of one of these are there.
    any: Vec<Vec<Word>>,
    /// One of these is there, if there are any.
    imports: Vec<Word>,
    /// All words of one of these are there, if a value has to come from a known
    /// source.
    sources: Option<Vec<Vec<Word>>>,
    /// None of these is there.
    lacks: Vec<Word>,
    /// The text holds a plaintext URL.
    plaintext: bool,
    /// Each match, and whatever must (not) be within it, holds one of these.
    places: Vec<Word>,
    /// ... or a name that the file imports.
    names: bool,
    /// ... or nothing that can be told: the whole tree has to be looked at.
    everywhere: bool,
}

/// The trigger words of all matchers of a language.
pub(crate) struct Triggers {
    automaton: Option<AhoCorasick>,
    words: Vec<TriggerWord>,
    /// The words of each text of the automaton.
    texts: Vec<Vec<Word>>,
    /// Numbers of the texts of words that count only as a whole.
    whole: Arc<HashMap<String, u32>>,
    conditions: Vec<Condition>,
}

/// A text that is looked for.
#[derive(Debug, Clone, PartialEq)]
struct TriggerWord {
    text: String,
    /// Not as a part of a longer name.
    whole: bool,
    near: Near,
}

/// The words that matchers ask for, each once.
#[derive(Default)]
struct WordList {
    words: Vec<TriggerWord>,
    /// Words by their text.
    texts: HashMap<String, Vec<Word>>,
}

impl WordList {
    fn add(&mut self, text: String, whole: bool, near: Near) -> Word {
        let known = self.texts.entry(text.clone()).or_default();
        let word = TriggerWord { text, whole, near };
        if let Some(same) = known.iter().find(|known| self.words[**known] == word) {
            return *same;
        }
        self.words.push(word);
        known.push(self.words.len() - 1);
        self.words.len() - 1
    }

    /// A text that may be a part of a longer name.
    fn add_part(&mut self, text: &str) -> Word {
        self.add(text.to_owned(), false, Near::default())
    }

    fn add_whole(&mut self, placed: Placed) -> Word {
        self.add(placed.text, true, placed.near)
    }
}

/// The words found in a file; reused from file to file.
#[derive(Debug, Default)]
pub(crate) struct Found {
    seen: Vec<bool>,
    /// Word and offset, in the order of the ends in the text.
    hits: Vec<(u32, u32)>,
    /// There were too many hits to keep.
    lost: bool,
}

impl Triggers {
    /// Reads the words off `matchers`.
    pub(crate) fn new<'a>(
        language: Language,
        matchers: impl Iterator<Item = &'a PatternMatch>,
        sets: &SourceWords,
    ) -> Self {
        let mut list = WordList::default();
        let conditions =
            matchers.map(|matcher| condition(language, matcher, sets, &mut list)).collect();
        let WordList { words, texts } = list;
        let (texts, numbers): (Vec<String>, Vec<Vec<Word>>) = texts.into_iter().unzip();
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&texts);
        let whole = texts.into_iter().zip(&numbers).zip(0..);
        let whole = whole.filter(|((_, own), _)| own.iter().any(|word| words[*word].whole));
        let whole = whole.map(|((text, _), number)| (text, number)).collect();
        let (automaton, whole) = (automaton.ok(), Arc::new(whole));
        Triggers { automaton, words, texts: numbers, whole, conditions }
    }

    /// Numbers of the matchers that can fire in `text`, among those that
    /// `wanted` lets through.
    pub(crate) fn active(
        &self,
        text: &[u8],
        found: &mut Found,
        wanted: impl Fn(usize) -> bool,
    ) -> Vec<usize> {
        self.search(text, found);
        let mut plaintext = None;
        let holds = |index: &usize| {
            let condition = &self.conditions[*index];
            condition.holds(&found.seen)
                && (!condition.plaintext
                    || *plaintext.get_or_insert_with(|| plaintext::text_has_url(text)))
        };
        (0..self.conditions.len()).filter(|index| wanted(*index)).filter(holds).collect()
    }

    /// Where the matchers `active` can fire in the text that `found` is of.
    pub(crate) fn focus(&self, active: &[usize], found: &Found) -> Focus {
        let mut wanted = vec![false; self.words.len()];
        let mut focus = Focus { everywhere: found.lost, ..Focus::default() };
        for condition in active.iter().map(|index| &self.conditions[*index]) {
            condition.places.iter().for_each(|word| wanted[*word] = true);
            focus.names |= condition.names;
            focus.everywhere |= condition.everywhere;
        }
        let places = found.hits.iter().filter(|(word, _)| wanted[*word as usize]);
        focus.places = places.map(|(_, at)| *at as usize).collect();
        // Hits come in the order of their ends.
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

    fn search(&self, text: &[u8], found: &mut Found) {
        found.seen.clear();
        found.hits.clear();
        // Without an automaton every word counts as found: slow, never wrong.
        found.lost = self.automaton.is_none();
        found.seen.resize(self.words.len(), found.lost);
        let Some(automaton) = &self.automaton else { return };
        for hit in automaton.find_overlapping_iter(text) {
            let range = hit.range();
            let is_whole = is_whole(text, &range);
            for number in &self.texts[hit.pattern().as_usize()] {
                let word = &self.words[*number];
                if word.whole && !is_whole || !word.near.fits(text, &range) {
                    continue;
                }
                found.seen[*number] = true;
                match (found.hits.len() < MAX_HITS, u32::try_from(range.start)) {
                    (true, Ok(start)) => found.hits.push((*number as u32, start)),
                    _ => found.lost = true,
                }
            }
        }
    }
}

/// Whether what stands at `range` is no part of a longer name.
fn is_whole(text: &[u8], range: &Range<usize>) -> bool {
    let part = |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
    !part(range.start.checked_sub(1).and_then(|at| text.get(at))) && !part(text.get(range.end))
}

impl Condition {
    fn holds(&self, found: &[bool]) -> bool {
        self.any.iter().any(|words| words.iter().all(|word| found[*word]))
            && (self.imports.is_empty() || self.imports.iter().any(|word| found[*word]))
            && self.sources.as_ref().is_none_or(|sources| {
                sources.iter().any(|words| words.iter().all(|word| found[*word]))
            })
            && !self.lacks.iter().any(|word| found[*word])
    }
}

/// Whether rules can be triggered by `matcher` at all: some text must be in a
/// file for each of its patterns.
pub(crate) fn has_trigger(language: Language, matcher: &PatternMatch) -> bool {
    let condition = condition(language, matcher, &SourceWords::default(), &mut WordList::default());
    let weak = condition.any.iter().any(Vec::is_empty) && matcher.triggers.is_empty();
    !condition.any.is_empty() && (!weak || !condition.imports.is_empty() || condition.plaintext)
}

fn condition(
    language: Language,
    matcher: &PatternMatch,
    sets: &SourceWords,
    list: &mut WordList,
) -> Condition {
    let imports: Vec<Import> = matcher.imports.iter().map(|i| Import::parse(i)).collect();
    let plaintext =
        matcher.constraints.values().any(|c| c.test.as_deref() == Some("plaintext-url"));
    let mut condition = Condition { plaintext, ..Condition::default() };
    for pattern in &matcher.any {
        let words = rarest(pattern_words(language, pattern, &imports));
        condition.any.push(words.into_iter().map(|word| list.add_whole(word)).collect());
    }
    if !matcher.triggers.is_empty() {
        condition.any = matcher.triggers.iter().map(|word| vec![list.add_part(word)]).collect();
    }
    let module = |import: &Import| (import_word(language, import), Near::of_import(language));
    condition.imports =
        imports.iter().map(module).map(|(text, near)| list.add(text, false, near)).collect();
    condition.lacks = matcher.lacks.iter().map(|word| list.add_part(word)).collect();
    let sources = matcher.flow.as_ref().and_then(|flow| sets.of(&flow.sources));
    let mut source = |word: &SourceWord| list.add(word.text.clone(), true, word.near.clone());
    condition.sources = sources.map(|sources| {
        sources.iter().map(|words| words.iter().map(&mut source).collect()).collect()
    });
    let renamed: &[Import] = if resolves(language) { &imports } else { &[] };
    places(language, matcher, renamed, list, &mut condition);
    condition
}

/// Where the patterns of `matcher` can match.
fn places(
    language: Language,
    matcher: &PatternMatch,
    renamed: &[Import],
    list: &mut WordList,
    condition: &mut Condition,
) {
    let flow = matcher.flow.iter().flat_map(|flow| flow.sources.iter().chain(&flow.sanitizers));
    // Names of shared sets are no patterns.
    let own = flow.filter(|text| text.contains(|c: char| !c.is_ascii_lowercase() && c != '-'));
    for pattern in matcher.any.iter().chain(&matcher.has).chain(&matcher.not_has).chain(own) {
        let own = own_words(language, pattern, renamed);
        let imported = own.len() < pattern_words(language, pattern, &[]).len();
        match rarest(own).into_iter().next() {
            Some(word) => condition.places.push(list.add_whole(word)),
            None if imported => condition.names = true,
            None if condition.plaintext => condition.places.push(list.add_part("://")),
            None => condition.everywhere = true,
        }
    }
    for pattern in matcher.inside.iter().chain(&matcher.not_inside) {
        if let Some(word) = rarest(own_words(language, pattern, renamed)).into_iter().next() {
            list.add_whole(word);
        }
    }
}

/// A word of a pattern with what stands next to it.
#[derive(Debug, Clone, PartialEq)]
struct Placed {
    text: String,
    near: Near,
}

/// The rarest word that stands in every match of `pattern` itself.
pub(crate) fn place_word(language: Language, pattern: &str, resolved: &[Import]) -> Option<String> {
    rarest(own_words(language, pattern, resolved)).into_iter().next().map(|word| word.text)
}

/// The words that every file with a match of `pattern` holds.
fn pattern_words(language: Language, pattern: &str, imports: &[Import]) -> Vec<Placed> {
    let named = |word: &str| imports.iter().any(|i| i.name.split('.').any(|n| n == word));
    // What is imported may go by its last name alone.
    let freed = |chain: &str| {
        let first = chain.split('.').next().unwrap_or_default();
        imports.iter().any(|import| import.name.split('.').next() == Some(first))
    };
    let words = all_words(language, pattern).into_iter().filter(|(word, _)| !named(&word.text));
    words.map(|(word, chain)| if freed(&chain) { word.anywhere() } else { word }).collect()
}

/// The words that every match of `pattern` holds itself, under whatever name
/// the file imports what the pattern is about.
fn own_words(language: Language, pattern: &str, imports: &[Import]) -> Vec<Placed> {
    let imported = |name: &str| {
        imports.iter().any(|import| {
            let rest = name.strip_prefix(import.name.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    };
    let words = all_words(language, pattern);
    words.into_iter().filter(|(_, chain)| !imported(chain)).map(|(word, _)| word).collect()
}

impl Placed {
    fn anywhere(self) -> Self {
        Placed { near: Near::default(), ..self }
    }
}

/// The telling words of `pattern`, each with the dotted name that it is in.
fn all_words(language: Language, pattern: &str) -> Vec<(Placed, String)> {
    let template = Template::new(pattern);
    let mut words = Vec::new();
    for part in template.literal_parts() {
        for (start, chain) in pieces(part, |c| is_name(c) || c == '.') {
            for (at, word) in pieces(chain, is_name) {
                if word.len() >= MIN_WORD && !OPTIONAL.contains(&word) {
                    let range = start + at..start + at + word.len();
                    let near = Near::of(language, part, &range);
                    words.push((Placed { text: word.to_owned(), near }, chain.to_owned()));
                }
            }
        }
    }
    words
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The runs of characters that `belongs` lets through, with their offsets.
fn pieces(text: &str, belongs: fn(char) -> bool) -> impl Iterator<Item = (usize, &str)> {
    let begins = move |(at, c): &(usize, char)| belongs(*c) && !text[..*at].ends_with(belongs);
    text.char_indices().filter(begins).map(move |(at, _)| {
        let rest = &text[at..];
        (at, &rest[..rest.find(|c| !belongs(c)).unwrap_or(rest.len())])
    })
}

/// The word that fewest files hold, and a second one if that tells little.
fn rarest(mut words: Vec<Placed>) -> Vec<Placed> {
    let is_common = |word: &Placed| COMMON.contains(&word.text.as_str());
    words.sort_by_key(|word| (is_common(word), std::cmp::Reverse(word.text.len())));
    words.dedup_by(|one, two| one.text == two.text);
    let telling = words.first().is_some_and(|word| !is_common(word) && word.text.len() >= TELLING);
    words.truncate(if telling { 1 } else { 2 });
    words
}

/// What stands in a file that imports the module, however it is written.
fn import_word(language: Language, import: &Import) -> String {
    let first = import.module.split('.').next().unwrap_or_default();
    if language == Language::Python || !resolves(language) && first.is_empty() {
        first.to_owned()
    } else {
        import.module.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matcher(any: &[&str], imports: &[&str]) -> PatternMatch {
        let owned = |list: &[&str]| list.iter().map(|s| (*s).to_owned()).collect();
        PatternMatch { any: owned(any), imports: owned(imports), ..PatternMatch::default() }
    }

    fn active(matchers: &[PatternMatch], text: &str) -> Vec<usize> {
        let sets = SourceWords::default();
        let triggers = Triggers::new(Language::Python, matchers.iter(), &sets);
        triggers.active(text.as_bytes(), &mut Found::default(), |_| true)
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
