//! The regexes of [`super::prefilter`] for one language, each once: read off a
//! matcher when its words are first in a file, compiled when they are asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use regex::bytes::Regex;

/// A regex that matches somewhere in every file that a matcher can match in.
pub(super) struct Need {
    number: usize,
    regex: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Need {
    fn is_met(&self, text: &[u8]) -> bool {
        let regex = self.compiled.get_or_init(|| Regex::new(&self.regex).ok());
        // One that is too large says nothing.
        regex.as_ref().is_none_or(|regex| regex.is_match(text))
    }
}

/// The needs of a language that have been read.
#[derive(Default)]
pub(super) struct Needs(Mutex<HashMap<String, Arc<Need>>>);

impl Needs {
    /// The one that says `regex`.
    pub(super) fn of(&self, regex: String) -> Arc<Need> {
        // A map is right after every insertion, so poison does not matter.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let number = known.len();
        let need = known.entry(regex).or_insert_with_key(|regex| {
            let (regex, compiled) = (regex.clone(), OnceLock::new());
            Arc::new(Need { number, regex, compiled })
        });
        Arc::clone(need)
    }
}

/// What is known of the needs of a language in a file.
#[derive(Default)]
pub(super) struct Met(Vec<Option<bool>>);

impl Met {
    /// Begins another file.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// Whether `need` is met in `text`, which is asked once.
    pub(super) fn in_text(&mut self, need: &Need, text: &[u8]) -> bool {
        if self.0.len() <= need.number {
            self.0.resize(need.number + 1, None);
        }
        match self.0.get_mut(need.number) {
            Some(known) => *known.get_or_insert_with(|| need.is_met(text)),
            None => need.is_met(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_need_is_one_for_all_who_have_it_and_asked_once_in_a_file() {
        let needs = Needs::default();
        let (a, b) = (needs.of("a+".to_owned()), needs.of("b".to_owned()));
        assert!(Arc::ptr_eq(&a, &needs.of("a+".to_owned())));
        let mut met = Met::default();
        assert!(met.in_text(&a, b"xaay") && !met.in_text(&b, b"xaay"));
        assert!(!met.in_text(&b, b"b"), "the same file");
        met.clear();
        assert!(met.in_text(&b, b"b") && met.in_text(&needs.of("(".to_owned()), b""));
    }
}
