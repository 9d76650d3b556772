//! The words without which no value of a file comes from a shared set of sources:
//! they spare a file that reads no request from being parsed for what is done
//! with requests.

use std::collections::BTreeMap;

use super::language::Language;
use crate::rules::model::FlowFile;

/// The words without which no value comes from a shared set of sources.
#[derive(Debug, Default)]
pub(crate) struct SourceWords(BTreeMap<String, Vec<Vec<String>>>);

impl SourceWords {
    /// Reads them off the flow facts of `language`.
    pub(crate) fn new<'a>(language: Language, files: impl Iterator<Item = &'a FlowFile>) -> Self {
        // A handler of JavaScript calls its first parameter as it likes.
        let script =
            matches!(language, Language::JavaScript | Language::TypeScript | Language::Tsx);
        let named = if script { 1 } else { 2 };
        let mut sets: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
        for (name, set) in files.flat_map(|file| &file.sources) {
            let marks = set.handlers.iter().chain(&set.marks).chain(&set.types);
            let marks = marks.map(|mark| last_names(mark, 1));
            let symbols = set.symbols.iter().map(|symbol| last_names(symbol, named));
            let all = symbols.chain(marks).filter(|words| !words.is_empty());
            sets.entry(name.clone()).or_default().extend(all);
        }
        SourceWords(sets)
    }

    /// The words of `sources`; `None` if one of them can be in any file.
    pub(super) fn of(&self, sources: &[String]) -> Option<Vec<&[String]>> {
        let mut words = Vec::new();
        for source in sources {
            words.extend(self.0.get(source)?.iter().map(Vec::as_slice));
        }
        Some(words)
    }
}

/// The last `count` names of a symbol, which stand wherever it is used: `Request`
/// and `FormValue` of `net/http.Request().FormValue()`.
fn last_names(symbol: &str, count: usize) -> Vec<String> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let names = symbol.rsplit(|c| !is_part(c)).filter(|part| !part.is_empty());
    names.take(count).map(str::to_owned).collect()
}
