//! Which providers are named around a candidate.

use crate::secrets::kernel::Run;
use crate::source::place::Place;

use super::Vendors;
use super::words::ProviderWords;

/// How far around a candidate a provider's words count, in bytes each way.
const NEAR: usize = 240;
/// The providers named around a candidate. Runs come in the order of their
/// places, so that every byte is searched for provider words once at most.
pub struct Near<'a> {
    pub place: Place,
    path: &'a str,
    path_providers: Option<Vec<u32>>,
    /// Start of a word, end of it, its owner; the newest at the end.
    hits: Vec<(usize, usize, u32)>,
    searched_to: usize,
    found: Vec<u32>,
}

impl<'a> Near<'a> {
    /// For the file at `path`.
    pub fn new(path: &'a str, place: Place) -> Self {
        let (hits, found) = (Vec::new(), Vec::new());
        Near { place, path, path_providers: None, hits, searched_to: 0, found }
    }

    /// Owners of the words in the path and within [`NEAR`] bytes of `run`, but
    /// not inside it: the value itself names nobody.
    pub(super) fn providers(&mut self, vendors: &Vendors, text: &[u8], run: Run) -> &[u32] {
        self.found.clear();
        let (path, words) = (self.path.as_bytes(), &vendors.words);
        let in_path = self.path_providers.get_or_insert_with(|| {
            let mut owners = Vec::new();
            words.find(path, 0, path.len(), |_, _, owner| owners.push(owner));
            owners
        });
        self.found.extend_from_slice(in_path);
        let from = run.start.saturating_sub(NEAR);
        self.search(words, text, from, text.len().min(run.end + NEAR));
        let around = self.hits.iter().rev().take_while(|hit| hit.0 >= from);
        let outside = |hit: &&(usize, usize, u32)| hit.1 <= run.start || hit.0 >= run.end;
        let near = |hit: &&(usize, usize, u32)| hit.1 <= run.end + NEAR;
        self.found.extend(around.filter(near).filter(outside).map(|hit| hit.2));
        self.found.sort_unstable();
        self.found.dedup();
        &self.found
    }

    fn search(&mut self, words: &ProviderWords, text: &[u8], from: usize, to: usize) {
        if to <= self.searched_to {
            return;
        }
        if from > self.searched_to {
            self.hits.clear();
        }
        let start = self.searched_to.max(from);
        words.find(text, start, to, |start, end, owner| self.hits.push((start, end, owner)));
        self.searched_to = to;
    }
}

/// Whether a word can begin at `at`: `okta` does in `myOkta`, not in `rooktable`.
pub(super) fn begins_word(text: &[u8], at: usize) -> bool {
    let Some(&before) = at.checked_sub(1).and_then(|i| text.get(i)) else { return true };
    let hump = before.is_ascii_lowercase() && text[at].is_ascii_uppercase();
    !before.is_ascii_alphabetic() || hump
}
