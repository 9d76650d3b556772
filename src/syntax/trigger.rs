//! Decides from the text alone whether a file is worth parsing: which rules
//! have all the words in it without which they cannot match.
//!
//! The words are read off the pattern texts, so nothing is compiled for a file
//! that no rule is about.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

use super::imports::{Import, resolves};
use super::language::Language;
use super::pattern::Template;
use super::plaintext;
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

/// When a matcher can fire.
#[derive(Debug, Default, Clone, PartialEq)]
struct Condition {
    /// All words of one of these are there.
    any: Vec<Vec<Word>>,
    /// One of these is there, if there are any.
    imports: Vec<Word>,
    /// The text holds a plaintext URL.
    plaintext: bool,
}

/// The trigger words of all matchers of a language.
pub(crate) struct Triggers {
    automaton: Option<AhoCorasick>,
    words: Vec<String>,
    conditions: Vec<Condition>,
}

/// The words found in a file; reused from file to file.
#[derive(Debug, Default)]
pub(crate) struct Found(Vec<bool>);

impl Triggers {
    /// Reads the words off `matchers`.
    pub(crate) fn new<'a>(
        language: Language,
        matchers: impl Iterator<Item = &'a PatternMatch>,
    ) -> Self {
        let mut words = Vec::new();
        let conditions = matchers.map(|matcher| condition(language, matcher, &mut words)).collect();
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&words);
        Triggers { automaton: automaton.ok(), words, conditions }
    }

    /// Numbers of the matchers that can fire in `text`, among those that
    /// `wanted` lets through.
    pub(crate) fn active(
        &self,
        text: &[u8],
        found: &mut Found,
        wanted: impl Fn(usize) -> bool,
    ) -> Vec<usize> {
        self.search(text, &mut found.0);
        let mut plaintext = None;
        let holds = |index: &usize| {
            self.holds(&self.conditions[*index], &found.0)
                && (!self.conditions[*index].plaintext
                    || *plaintext.get_or_insert_with(|| plaintext::text_has_url(text)))
        };
        (0..self.conditions.len()).filter(|index| wanted(*index)).filter(holds).collect()
    }

    fn search(&self, text: &[u8], found: &mut Vec<bool>) {
        found.clear();
        // Without an automaton every word counts as found: slow, never wrong.
        found.resize(self.words.len(), self.automaton.is_none());
        let Some(automaton) = &self.automaton else { return };
        let mut missing = self.words.len();
        for hit in automaton.find_overlapping_iter(text) {
            let seen = &mut found[hit.pattern().as_usize()];
            if !*seen {
                *seen = true;
                missing -= 1;
                if missing == 0 {
                    return;
                }
            }
        }
    }

    fn holds(&self, condition: &Condition, found: &[bool]) -> bool {
        condition.any.iter().any(|words| words.iter().all(|word| found[*word]))
            && (condition.imports.is_empty() || condition.imports.iter().any(|word| found[*word]))
    }
}

/// Whether rules can be triggered by `matcher` at all: some text must be in a
/// file for each of its patterns.
pub(crate) fn has_trigger(language: Language, matcher: &PatternMatch) -> bool {
    let condition = condition(language, matcher, &mut Vec::new());
    let weak = condition.any.iter().any(Vec::is_empty);
    !condition.any.is_empty() && (!weak || !condition.imports.is_empty() || condition.plaintext)
}

fn condition(language: Language, matcher: &PatternMatch, words: &mut Vec<String>) -> Condition {
    let mut number = |word: String| -> Word {
        words.iter().position(|known| *known == word).unwrap_or_else(|| {
            words.push(word);
            words.len() - 1
        })
    };
    let imports: Vec<Import> = matcher.imports.iter().map(|i| Import::parse(i)).collect();
    let any = if matcher.triggers.is_empty() {
        let words = matcher.any.iter().map(|pattern| rarest(pattern_words(pattern, &imports)));
        words.map(|words| words.into_iter().map(&mut number).collect()).collect()
    } else {
        matcher.triggers.iter().map(|word| vec![number(word.clone())]).collect()
    };
    Condition {
        any,
        imports: imports.iter().map(|import| number(import_word(language, import))).collect(),
        plaintext: matcher
            .constraints
            .values()
            .any(|constraint| constraint.test.as_deref() == Some("plaintext-url")),
    }
}

/// The words that every match of `pattern` holds.
fn pattern_words(pattern: &str, imports: &[Import]) -> Vec<String> {
    let template = Template::new(pattern);
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    template
        .literal_parts()
        .flat_map(|part| part.split(|c| !is_word(c)))
        .filter(|word| word.len() >= MIN_WORD && !OPTIONAL.contains(word))
        .filter(|word| !imports.iter().any(|import| import.name.split('.').any(|n| n == *word)))
        .map(str::to_owned)
        .collect()
}

/// The two words that fewest files hold.
fn rarest(mut words: Vec<String>) -> Vec<String> {
    words.sort_by_key(|word| (COMMON.contains(&word.as_str()), std::cmp::Reverse(word.len())));
    words.dedup();
    words.truncate(2);
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
        let triggers = Triggers::new(Language::Python, matchers.iter());
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
