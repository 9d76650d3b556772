//! Which providers are named around a candidate.

use crate::secrets::kernel::Run;
use crate::secrets::value::has_part;
use crate::source::place::Place;

use super::Vendors;
use super::build::EVERYDAY_BIT;
use super::edges::base64_end;
use super::lead::{LEAD, Tie, tie};
use super::words::ProviderWords;

/// How far around a candidate a provider's words count, in bytes each way.
const NEAR: usize = 240;
/// How far before a candidate on its line a provider's key counts, in bytes.
const ON_LINE: usize = 64;
/// Names of providers before a candidate that may lead up to it, the nearest first:
/// one that stands behind many others hardly does.
const MAX_LEADS: usize = 6;

/// Shortest name of a provider that a call is said to be of, in bytes.
const MIN_CALLED: usize = 5;

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
    /// Start, end and owner of the providers' keys on the line of the last search.
    on_line: Vec<(usize, usize, u32)>,
    /// End of the last piece of embedded base64.
    blob_end: usize,
}

/// Shortest base64 that is taken for an embedded file, in bytes.
const MIN_BLOB: usize = 1024;

impl<'a> Near<'a> {
    /// For the file at `path`.
    pub fn new(path: &'a str, place: Place) -> Self {
        Near {
            place,
            path,
            path_providers: None,
            hits: Vec::new(),
            searched_to: 0,
            found: Vec::new(),
            on_line: Vec::new(),
            blob_end: 0,
        }
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
        let line = line_start(text, run.start);
        let (found, on_line) = (&mut self.found, &mut self.on_line);
        on_line.clear();
        vendors.line_words.find(text, line, run.start, |start, end, owner| {
            if end > run.start || end - start <= 3 && !ends_word(text, end) {
                return;
            }
            // A word of programs names nobody unless it leads up to the token.
            let named = owner & !EVERYDAY_BIT;
            if owner == named || tie(&text[end..run.start]) == Some(Tie::Credential) {
                found.push(named);
                on_line.push((start, end, named));
            }
        });
        self.found.sort_unstable();
        self.found.dedup();
        &self.found
    }

    /// How the name of a provider (of `owner`, if given) leads up to `start`,
    /// which the last search for providers was about.
    pub(super) fn tie(&self, text: &[u8], start: usize, owner: Option<u32>) -> Option<Tie> {
        let floor = start.saturating_sub(LEAD);
        let before = self.hits.iter().rev().take_while(|hit| hit.1 + LEAD > floor);
        self.on_line
            .iter()
            .copied()
            .chain(before.copied())
            .filter(|(_, end, by)| (floor..=start).contains(end) && owner.is_none_or(|o| o == *by))
            .take(MAX_LEADS)
            .filter_map(|(begin, end, _)| match tie(&text[end..start])? {
                // `url(`, `cat(`: a short word is the name of a function as often.
                Tie::Called if end - begin < MIN_CALLED => Some(Tie::Given),
                tie => Some(tie),
            })
            .max()
    }

    /// Whether the run is a piece of embedded base64 (a font, a picture), where
    /// any short token and any short word occur by chance.
    pub(super) fn in_blob(&mut self, text: &[u8], run: Run) -> bool {
        if run.end > self.blob_end {
            let end = base64_end(text, run.start);
            if end - run.start < MIN_BLOB {
                return false;
            }
            self.blob_end = end;
        }
        true
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

/// Start of the line that `at` is in, or a place on it that is near enough.
fn line_start(text: &[u8], at: usize) -> usize {
    let floor = at.saturating_sub(ON_LINE);
    memchr::memrchr(b'\n', &text[floor..at]).map_or(floor, |newline| floor + newline + 1)
}

/// Whether a word for a credential stands before `at` on its line.
pub fn announced(text: &[u8], at: usize) -> bool {
    const WORDS: &[&str] =
        &["key", "token", "secret", "auth", "pass", "cred", "pwd", "private", "access"];
    has_part(&text[line_start(text, at)..at], WORDS)
}

/// Whether a word can begin at `at`: `okta` does in `myOkta`, not in `rooktable`.
pub(super) fn begins_word(text: &[u8], at: usize) -> bool {
    let Some(&before) = at.checked_sub(1).and_then(|i| text.get(i)) else { return true };
    let hump = before.is_ascii_lowercase() && text[at].is_ascii_uppercase();
    !before.is_ascii_alphabetic() || hump
}

/// Whether a short word may end at `end`: `exa` does in `exaKey` and `exakey`, not
/// in `example`.
fn ends_word(text: &[u8], end: usize) -> bool {
    const GOES_ON: &[&str] =
        &["key", "token", "secret", "api", "auth", "pass", "pw", "client", "user", "cred", "id"];
    let rest = text.get(end..).unwrap_or_default();
    let Some(next) = rest.first() else { return true };
    let hump = end > 0 && text[end - 1].is_ascii_lowercase() && next.is_ascii_uppercase();
    let part = &rest[..rest.len().min(8)];
    let named = |word: &&str| {
        part.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes()))
    };
    !next.is_ascii_alphabetic() || hump || GOES_ON.iter().any(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_words_end_where_words_do() {
        for (text, ends) in [
            ("exa_key", true),
            ("exaKey", true),
            ("exakey", true),
            ("example", false),
            ("exa", true),
        ] {
            assert_eq!(ends_word(text.as_bytes(), 3), ends, "{text}");
        }
    }
}
