//! What must hold of everything that a matching room proposes.

use std::ops::Range;
use std::sync::{Arc, LazyLock};

use seamline::finding::Candidate;
use seamline::rules::Catalogue;
use seamline::source::Source;

/// The built-in rules, loaded once.
pub static CATALOGUE: LazyLock<Arc<Catalogue>> =
    LazyLock::new(|| Arc::new(Catalogue::built_in().expect("the built-in rules load")));

/// A file called `path` that holds `text`.
pub fn source<'a>(path: &str, text: &'a [u8]) -> Source<'a> {
    Source { path: Arc::from(path), text, origin: None }
}

/// Panics unless all ranges lie in `text` and all rules exist.
pub fn candidates(text: &[u8], candidates: &[Candidate]) {
    let inside = |range: &Range<usize>| {
        assert!(range.start <= range.end, "{range:?} runs backwards");
        assert!(range.end <= text.len(), "{range:?} leaves the text of {}", text.len());
    };
    for candidate in candidates {
        CATALOGUE.meta(candidate.rule);
        inside(&candidate.span);
        candidate.secret.iter().for_each(inside);
        candidate.related.iter().for_each(|(range, _)| inside(range));
    }
}

/// Splits the first byte off as a choice among `many`; 0 for no input.
pub fn choice(input: &[u8], many: usize) -> (usize, &[u8]) {
    input.split_first().map_or((0, input), |(first, rest)| (usize::from(*first) % many, rest))
}
