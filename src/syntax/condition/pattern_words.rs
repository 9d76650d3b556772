//! Reads off a pattern the words that stand in each of its matches.

use std::cmp::Reverse;

use super::super::language::Language;
use super::super::pattern::{Template, has_packages};
use super::import::{Import, resolves};
use super::near::Near;

/// Shorter words are in every file.
const MIN_WORD: usize = 3;

/// Words a pattern may say and a match may lack.
pub(crate) const OPTIONAL: &[&str] = &[
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

/// Words of a pattern that are looked for, at most.
const MOST_WORDS: usize = 3;
/// A text that is more than a name tells something from this length on.
const MIN_TEXT: usize = 6;
/// A word of a pattern with what stands next to it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Placed {
    pub(crate) text: String,
    pub(crate) near: Near,
}

/// The telling words of a pattern, each with the dotted name that it is in.
#[derive(Debug)]
pub(crate) struct PatternWords(Vec<(Placed, String)>);

/// The rarest word that stands in every match of `pattern` itself.
pub(crate) fn place_word(language: Language, pattern: &str, resolved: &[Import]) -> Option<String> {
    let own = PatternWords::of(language, pattern).own(resolved);
    rarest(own).into_iter().next().map(|word| word.text)
}

impl PatternWords {
    /// Those that every file with a match of the pattern holds.
    pub(crate) fn needed(&self, imports: &[Import]) -> Vec<Placed> {
        // The name of what is imported, which a file can change.
        let named = |word: &str, chain: &str| {
            let mut leading = imports.iter().filter(|import| is_led(chain, &import.name));
            leading.any(|import| import.name.split('.').any(|name| name == word))
        };
        let words = self.0.iter().filter(|(word, chain)| !named(&word.text, chain));
        words.map(|(word, chain)| freed(word, chain, imports)).collect()
    }

    /// The import without which no name of the pattern has its meaning.
    pub(crate) fn import<'i>(
        &self,
        language: Language,
        imports: &'i [Import],
    ) -> Option<&'i Import> {
        let leads = |import: &&Import| self.0.iter().any(|(_, chain)| is_led(chain, &import.name));
        let own = imports.iter().find(leads).filter(|_| resolves(language))?;
        let same = imports.iter().filter(|import| import.name == own.name).count();
        (same == 1).then_some(own)
    }

    /// Those that every match of the pattern holds itself, under whatever name
    /// the file imports what the pattern is about.
    pub(crate) fn own(&self, imports: &[Import]) -> Vec<Placed> {
        let imported = |name: &str| imports.iter().any(|import| is_led(name, &import.name));
        let own = self.0.iter().filter(|(_, chain)| !imported(chain));
        own.map(|(word, chain)| freed(word, chain, imports)).collect()
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Reads them off `pattern`.
    pub(crate) fn of(language: Language, pattern: &str) -> Self {
        let template = Template::new(pattern);
        // `v-html` is one name.
        let is_attribute: fn(char) -> bool = |c| is_name(c) || c == '-';
        let named = if language == Language::Html { is_attribute } else { is_name };
        let chained = if language == Language::Html { is_attribute } else { is_chain };
        let mut words = Vec::new();
        let mut quoted = false;
        for ((part, rest), hole) in template.literal_parts().zip(template.holes_before()) {
            words.extend(
                texts(part).map(|text| (Placed { text, near: Near::default() }, String::new())),
            );
            for (start, chain) in pieces(part, chained) {
                for (at, word) in pieces(chain, named) {
                    // A package may come between `new` and the class.
                    let parted = word == "new" && has_packages(language);
                    if word.len() >= MIN_WORD && !OPTIONAL.contains(&word) && !parted {
                        let (before, after) = part.split_at(start + at);
                        let after = format!("{}{rest}", &after[word.len()..]);
                        let near = match quoted != is_open(before) {
                            true => Near::default(),
                            false => Near::of(language, before, word, &after).owned(hole, before),
                        };
                        words.push((Placed { text: word.to_owned(), near }, chain.to_owned()));
                    }
                }
            }
            quoted ^= is_open(part);
        }
        PatternWords(words)
    }
}

/// Whether a literal that begins in `text` goes on after it.
fn is_open(text: &str) -> bool {
    !text.matches('"').count().is_multiple_of(2)
}

/// `word` of `chain` with what stands next to it, unless that is what is
/// imported, which may go by its last name alone or by another one.
fn freed(word: &Placed, chain: &str, imports: &[Import]) -> Placed {
    let first = chain.split('.').next().unwrap_or_default();
    let mut names = imports.iter().filter_map(|import| import.name.split('.').next());
    match names.any(|name| name == first || word.near.names(name)) {
        true => Placed { text: word.text.clone(), near: Near::default() },
        false => word.clone(),
    }
}

/// Whether `chain` begins with the dotted `name`.
fn is_led(chain: &str, name: &str) -> bool {
    chain.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// What stands between quotes in `part` and is more than a name.
fn texts(part: &str) -> impl Iterator<Item = String> {
    let quoted = part.split('"').skip(1).step_by(2);
    let quotes = part.matches('"').count();
    let plain = |c: char| is_name(c) || "$.-/:@%".contains(c);
    quoted
        .filter(move |text| {
            quotes.is_multiple_of(2) && text.len() >= MIN_TEXT && text.chars().all(plain)
        })
        .filter(|text| {
            text.starts_with(is_name) && !text.chars().all(is_name) || text.starts_with('$')
        })
        .map(str::to_owned)
}

fn is_chain(c: char) -> bool {
    is_name(c) || c == '.'
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The runs of characters that `belongs` lets through, with their offsets.
fn pieces(text: &str, belongs: fn(char) -> bool) -> impl Iterator<Item = (usize, &str)> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let start = from + text.get(from..)?.find(belongs)?;
        let piece = text.get(start..)?.split(|c| !belongs(c)).next()?;
        from = start + piece.len();
        Some((start, piece))
    })
}

/// The words that fewest files hold: those that are not common, or two that
/// are.
pub(crate) fn rarest(mut words: Vec<Placed>) -> Vec<Placed> {
    let is_telling = |word: &Placed| word.near.is_telling();
    let is_common = |word: &Placed| COMMON.contains(&word.text.as_str()) && !is_telling(word);
    let is_vague = |word: &Placed| is_common(word) && !word.near.is_narrow();
    words.sort_by_cached_key(|word| {
        (is_common(word), is_vague(word), !is_telling(word), Reverse(word.text.len()))
    });
    words.dedup_by(|one, two| one.text == two.text);
    let rare = words.iter().filter(|word| !is_common(word)).count();
    words.truncate(rare.clamp(2, MOST_WORDS));
    words
}

/// What stands in a file that imports the module, however it is written.
pub(crate) fn import_word(language: Language, import: &Import) -> String {
    let first = import.module.split('.').next().unwrap_or_default();
    if language == Language::Python || !resolves(language) && first.is_empty() {
        first.to_owned()
    } else {
        import.module.clone()
    }
}
