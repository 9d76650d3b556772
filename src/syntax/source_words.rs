//! The words without which no value of a file comes from a shared set of sources:
//! they spare a file that reads no request from being parsed for what is done
//! with requests.

use std::collections::BTreeMap;

use super::language::Language;
use super::near::Near;
use crate::rules::model::FlowFile;

/// Names of objects, not of modules, in the facts.
const OBJECTS: &[&str] = &["request", "req", "ctx", "event", "self", "this"];

/// A word of a file and what stands next to it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SourceWord {
    pub(super) text: String,
    pub(super) near: Near,
}

/// The words without which no value comes from a shared set of sources.
#[derive(Debug, Default)]
pub(crate) struct SourceWords(BTreeMap<String, Vec<Vec<SourceWord>>>);

impl SourceWords {
    /// Reads them off the flow facts of `language`.
    pub(crate) fn new<'a>(
        language: Language,
        files: impl Iterator<Item = &'a FlowFile> + Clone,
    ) -> Self {
        let aliases: Vec<(&str, &str)> = files
            .clone()
            .flat_map(|file| &file.aliases)
            .flat_map(|(stands, others)| others.iter().map(|o| (stands.as_str(), o.as_str())))
            .collect();
        let mut sets: BTreeMap<String, Vec<Vec<SourceWord>>> = BTreeMap::new();
        for (name, set) in files.flat_map(|file| &file.sources) {
            let annotations = set.handlers.iter().chain(&set.marks).map(|mark| {
                let near = Near::of_annotation(language);
                last_names(mark)
                    .take(1)
                    .map(|text| SourceWord { text, near: near.clone() })
                    .collect()
            });
            let types = set.types.iter().map(|kind| {
                let near = Near::default();
                last_names(kind)
                    .take(1)
                    .map(|text| SourceWord { text, near: near.clone() })
                    .collect()
            });
            let symbols = set.symbols.iter().flat_map(|symbol| {
                let other = |(stands, other): &(&str, &str)| {
                    let rest = symbol.strip_prefix(stands)?;
                    rest.starts_with('.').then(|| format!("{other}{rest}"))
                };
                let others = aliases.iter().filter_map(other);
                others
                    .chain([symbol.clone()])
                    .map(|symbol| symbol_words(language, &symbol, &aliases))
            });
            let all: Vec<Vec<SourceWord>> = annotations.chain(types).chain(symbols).collect();
            let words = sets.entry(name.clone()).or_default();
            words.extend(all.into_iter().filter(|words| !words.is_empty()));
        }
        SourceWords(sets)
    }

    /// The words of `sources`; `None` if one of them can be in any file.
    pub(super) fn of(&self, sources: &[String]) -> Option<Vec<&[SourceWord]>> {
        let mut words = Vec::new();
        for source in sources {
            words.extend(self.0.get(source)?.iter().map(Vec::as_slice));
        }
        Some(words)
    }
}

/// The last two names of `symbol`, which stand wherever it is used: `Request`
/// and `FormValue` of `net/http.Request().FormValue()`.
fn symbol_words(language: Language, symbol: &str, aliases: &[(&str, &str)]) -> Vec<SourceWord> {
    let mut names = last_names(symbol);
    let Some(last) = names.next() else { return Vec::new() };
    let owner = symbol.trim_end_matches("()").rsplit_once('.').map(|(owner, _)| owner);
    let is_object = owner.is_some_and(|owner| {
        let name = owner.rsplit('.').next().unwrap_or_default();
        owner.ends_with(')')
            || owner == "*"
            || OBJECTS.contains(&name)
            || aliases.iter().any(|(stands, other)| *stands == owner || *other == owner)
    });
    let near = if is_object { Near::of_member(language, symbol) } else { Near::default() };
    let mut words = vec![SourceWord { text: last, near }];
    words.extend(names.next().map(|text| SourceWord { text, near: Near::default() }));
    words
}

/// The names in `symbol`, the last one first.
fn last_names(symbol: &str) -> impl Iterator<Item = String> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    symbol.rsplit(move |c| !is_part(c)).filter(|part| !part.is_empty()).map(str::to_owned)
}
