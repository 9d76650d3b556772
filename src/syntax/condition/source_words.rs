//! The words without which no value of a file comes from a shared set of sources:
//! they spare a file that reads no request from being parsed for what is done
//! with requests.

use std::collections::BTreeMap;

use super::super::language::Language;
use super::near::Near;
use crate::rules::model::FlowFile;

/// All sets of sources. `argument` is every parameter of the function around.
pub(crate) const SOURCES: [&str; 8] =
    ["request", "argument", "environment", "command-line", "file", "queue", "database", "response"];

/// Names of objects, not of modules, in the facts.
const OBJECTS: &[&str] = &["request", "req", "ctx", "event", "self", "this"];

/// A word of a file and what stands next to it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SourceWord {
    pub(crate) text: String,
    /// Not as a part of a longer name.
    pub(crate) whole: bool,
    pub(crate) near: Near,
}

impl SourceWord {
    fn whole(text: String, near: Near) -> Self {
        SourceWord { text, whole: true, near }
    }

    /// The name of an annotation, of which `*app.get` gives the end.
    fn of_mark(language: Language, mark: &str) -> Option<Self> {
        let near = Near::of_annotation(language);
        match mark.strip_prefix('*').filter(|end| !end.starts_with('.')) {
            Some(end) => Some(SourceWord { text: end.to_owned(), whole: false, near }),
            None => last_names(mark).next().map(|name| SourceWord::whole(name, near)),
        }
    }
}

/// The words without which no value comes from a shared set of sources.
#[derive(Debug, Default)]
pub(crate) struct SourceWords {
    sets: BTreeMap<String, Vec<Vec<SourceWord>>>,
    /// What symbols are known as, each with another name for it.
    pub(crate) aliases: Vec<(String, String)>,
    /// Methods that change what they are called on or given.
    pub(crate) changing: Vec<String>,
}

impl SourceWords {
    /// Reads them off the flow facts of `language`.
    pub(crate) fn new<'a>(
        language: Language,
        files: impl Iterator<Item = &'a FlowFile> + Clone,
    ) -> Self {
        let all = files.clone().flat_map(|file| &file.aliases);
        let others = all.flat_map(|(stands, others)| others.iter().map(move |o| (stands, o)));
        let aliases: Vec<(String, String)> =
            others.map(|(stands, other)| (stands.clone(), other.clone())).collect();
        let changing = files.clone().flat_map(|file| file.adds.iter().chain(&file.fills));
        let changing = changing.filter_map(|symbol| last_names(symbol).next()).collect();
        let mut sets: BTreeMap<String, Vec<Vec<SourceWord>>> = BTreeMap::new();
        for (name, set) in files.flat_map(|file| &file.sources) {
            let marks = set.handlers.iter().chain(&set.marks);
            let marks = marks.map(|mark| SourceWord::of_mark(language, mark).into_iter().collect());
            let types = set.types.iter().map(|kind| {
                let name = last_names(kind).next();
                name.map(|name| SourceWord::whole(name, Near::default())).into_iter().collect()
            });
            let symbols = set.symbols.iter().flat_map(|symbol| {
                let other = |(stands, other): &(String, String)| {
                    let rest = symbol.strip_prefix(stands.as_str())?;
                    rest.starts_with('.').then(|| format!("{other}{rest}"))
                };
                let others = aliases.iter().filter_map(other);
                others
                    .chain([symbol.clone()])
                    .map(|symbol| symbol_words(language, &symbol, &aliases))
            });
            let routes = set.routes.iter();
            let routes =
                routes.map(|name| symbol_words(language, &format!("*.{name}()"), &aliases));
            let all: Vec<Vec<SourceWord>> =
                marks.chain(types).chain(symbols).chain(routes).collect();
            let words = sets.entry(name.clone()).or_default();
            words.extend(all.into_iter().filter(|words| !words.is_empty()));
        }
        SourceWords { sets, aliases, changing }
    }

    /// The words of `sources`; `None` if one of them can be in any file.
    pub(crate) fn of(&self, sources: &[String]) -> Option<Vec<&[SourceWord]>> {
        let mut words = Vec::new();
        for source in sources {
            words.extend(self.sets.get(source)?.iter().map(Vec::as_slice));
        }
        Some(words)
    }
}

/// The last two names of `symbol`, which stand wherever it is used: `Request`
/// and `FormValue` of `net/http.Request().FormValue()`.
fn symbol_words(language: Language, symbol: &str, aliases: &[(String, String)]) -> Vec<SourceWord> {
    let mut names = last_names(symbol);
    let Some(last) = names.next() else { return Vec::new() };
    let owner = symbol.trim_end_matches("()").rsplit_once('.').map(|(owner, _)| owner);
    let is_object = owner.is_some_and(|owner| {
        let name = owner.rsplit('.').next().unwrap_or_default();
        owner.ends_with(')')
            || owner == "*"
            || OBJECTS.contains(&name)
            || aliases.iter().any(|(stands, other)| stands == owner || other == owner)
    });
    let near = if is_object { Near::of_member(language, symbol) } else { Near::default() };
    let mut words = vec![SourceWord::whole(last, near)];
    words.extend(names.next().map(|name| SourceWord::whole(name, Near::default())));
    words
}

/// The names in `symbol`, the last one first.
pub(crate) fn last_names(symbol: &str) -> impl Iterator<Item = String> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    symbol.rsplit(move |c| !is_part(c)).filter(|part| !part.is_empty()).map(str::to_owned)
}
