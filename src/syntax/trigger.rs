//! Decides from the text alone whether a file is worth parsing: which rules
//! have all the words in it without which they cannot match.
//!
//! The words are read off the pattern texts, so nothing is compiled for a file
//! that no rule is about. The places where they stand are kept: the walk only
//! looks at the parts of the tree that hold one ([`Focus`]).

use std::collections::HashMap;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::focus::Focus;
use super::imports::{Import, resolves};
use super::language::Language;
use super::pattern::Template;
use super::plaintext;
use super::remark;
use super::source_words::SourceWords;
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
    /// Numbers of the words that count only as a whole.
    whole: Arc<HashMap<String, u32>>,
    conditions: Vec<Condition>,
}

/// A text that is looked for.
#[derive(Debug, Clone, PartialEq)]
struct TriggerWord {
    text: String,
    /// Not as a part of a longer name.
    whole: bool,
    /// Not in a comment.
    code: bool,
}

impl TriggerWord {
    fn fits(&self, text: &[u8], start: usize, end: usize) -> bool {
        let part =
            |byte: Option<&u8>| byte.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
        let apart =
            || !part(start.checked_sub(1).and_then(|i| text.get(i))) && !part(text.get(end));
        (!self.whole || apart()) && !(self.code && remark::holds(text, start))
    }
}

/// The words found in a file; reused from file to file.
#[derive(Debug, Default)]
pub(crate) struct Found {
    seen: Vec<bool>,
    /// Word and offset, in the order of the text.
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
        let mut words = Vec::new();
        let conditions =
            matchers.map(|matcher| condition(language, matcher, sets, &mut words)).collect();
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(words.iter().map(|word: &TriggerWord| word.text.as_bytes()));
        let numbered = words.iter().zip(0..).filter(|(word, _)| word.whole);
        let whole = numbered.map(|(word, number)| (word.text.clone(), number)).collect();
        Triggers { automaton: automaton.ok(), whole: Arc::new(whole), words, conditions }
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
            let is_whole = |word: u32| self.words[word as usize].whole;
            let whole = found.hits.iter().filter(|(word, _)| is_whole(*word));
            focus.marks = whole.map(|(word, at)| (*at as usize, *word)).collect();
            focus.marks.sort_unstable();
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
            if !self.words[hit.pattern().as_usize()].fits(text, hit.start(), hit.end()) {
                continue;
            }
            found.seen[hit.pattern().as_usize()] = true;
            match (found.hits.len() < MAX_HITS, u32::try_from(hit.start())) {
                (true, Ok(start)) => found.hits.push((hit.pattern().as_u32(), start)),
                _ => found.lost = true,
            }
        }
    }
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
    let condition = condition(language, matcher, &SourceWords::default(), &mut Vec::new());
    let weak = condition.any.iter().any(Vec::is_empty) && matcher.triggers.is_empty();
    !condition.any.is_empty() && (!weak || !condition.imports.is_empty() || condition.plaintext)
}

fn condition(
    language: Language,
    matcher: &PatternMatch,
    sets: &SourceWords,
    words: &mut Vec<TriggerWord>,
) -> Condition {
    let mut number = |word: TriggerWord| -> Word {
        words.iter().position(|known| *known == word).unwrap_or_else(|| {
            words.push(word);
            words.len() - 1
        })
    };
    let absent = |word: &String| TriggerWord { text: word.clone(), whole: false, code: true };
    let lacks = matcher.lacks.iter().map(|word| number(absent(word))).collect();
    let mut add = |text: String, whole: bool| number(TriggerWord { text, whole, code: false });
    let imports: Vec<Import> = matcher.imports.iter().map(|i| Import::parse(i)).collect();
    let plaintext =
        matcher.constraints.values().any(|c| c.test.as_deref() == Some("plaintext-url"));
    let mut condition = Condition { plaintext, ..Condition::default() };
    for pattern in &matcher.any {
        let words = rarest(pattern_words(pattern, &imports));
        condition.any.push(words.into_iter().map(|word| add(word, true)).collect());
    }
    if !matcher.triggers.is_empty() {
        condition.any =
            matcher.triggers.iter().map(|word| vec![add(word.clone(), false)]).collect();
    }
    condition.imports =
        imports.iter().map(|import| add(import_word(language, import), false)).collect();
    condition.lacks = lacks;
    let sources = matcher.flow.as_ref().and_then(|flow| sets.of(&flow.sources));
    condition.sources = sources.map(|sources| {
        let numbered = sources
            .into_iter()
            .map(|words| words.iter().map(|word| add(word.clone(), true)).collect::<Vec<Word>>());
        numbered.collect()
    });
    let renamed: &[Import] = if resolves(language) { &imports } else { &[] };
    let flow = matcher.flow.iter().flat_map(|flow| flow.sources.iter().chain(&flow.sanitizers));
    // Names of shared sets are no patterns.
    let own = flow.filter(|text| text.contains(|c: char| !c.is_ascii_lowercase() && c != '-'));
    for pattern in matcher.any.iter().chain(&matcher.has).chain(&matcher.not_has).chain(own) {
        let own = own_words(pattern, renamed);
        let imported = own.len() < pattern_words(pattern, &[]).len();
        match rarest(own).into_iter().next() {
            Some(word) => condition.places.push(add(word, true)),
            None if imported => condition.names = true,
            None if plaintext => condition.places.push(add("://".to_owned(), false)),
            None => condition.everywhere = true,
        }
    }
    for pattern in matcher.inside.iter().chain(&matcher.not_inside) {
        if let Some(word) = place_word(pattern, renamed) {
            add(word, true);
        }
    }
    condition
}

/// The rarest word that stands in every match of `pattern` itself.
pub(crate) fn place_word(pattern: &str, resolved: &[Import]) -> Option<String> {
    rarest(own_words(pattern, resolved)).into_iter().next()
}

/// The words that every file with a match of `pattern` holds.
fn pattern_words(pattern: &str, imports: &[Import]) -> Vec<String> {
    let all = Template::new(pattern);
    let words = all.literal_parts().flat_map(words_of);
    let named = |word: &&str| imports.iter().any(|i| i.name.split('.').any(|n| n == *word));
    words.filter(|word| !named(word)).map(str::to_owned).collect()
}

/// The words that every match of `pattern` holds itself, under whatever name
/// the file imports what the pattern is about.
fn own_words(pattern: &str, imports: &[Import]) -> Vec<String> {
    let template = Template::new(pattern);
    let dotted = |c: char| !(c.is_alphanumeric() || c == '_' || c == '.');
    let imported = |name: &&str| {
        imports.iter().any(|import| {
            let rest = name.strip_prefix(import.name.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })
    };
    let names = template.literal_parts().flat_map(|part| part.split(dotted));
    names.filter(|name| !imported(name)).flat_map(words_of).map(str::to_owned).collect()
}

fn words_of(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .filter(|word| word.len() >= MIN_WORD && !OPTIONAL.contains(word))
}

/// The word that fewest files hold, and a second one if that tells little.
fn rarest(mut words: Vec<String>) -> Vec<String> {
    let is_common = |word: &String| COMMON.contains(&word.as_str());
    words.sort_by_key(|word| (is_common(word), std::cmp::Reverse(word.len())));
    words.dedup();
    let telling = words.first().is_some_and(|word| !is_common(word) && word.len() >= TELLING);
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
