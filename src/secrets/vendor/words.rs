//! The words that name a provider, found where a word begins.
//!
//! An automaton over all words would look at every byte around every
//! candidate; a word can only stand where one begins, and three bytes there
//! rule out nearly all places.

use super::near::begins_word;

/// Bits of a key: five for each of the first three bytes.
const KEYS: usize = 1 << 15;

/// A word and the number of its provider.
type OwnedWord = (Box<[u8]>, u32);

/// Words with their owners, by their first three bytes.
pub(super) struct ProviderWords {
    present: Box<[u64; KEYS / 64]>,
    /// One more than the number of the key's list; 0 for none.
    heads: Box<[u16; KEYS]>,
    lists: Vec<Vec<OwnedWord>>,
}

impl ProviderWords {
    /// Takes lower-case words of three bytes and more; shorter ones tell nothing.
    pub fn new(words: impl Iterator<Item = (String, u32)>) -> Self {
        let mut table = ProviderWords {
            present: Box::new([0; KEYS / 64]),
            heads: Box::new([0; KEYS]),
            lists: Vec::new(),
        };
        for (word, owner) in words {
            let Some(&head) = word.as_bytes().first_chunk::<3>() else { continue };
            let key = key(head);
            table.present[usize::from(key) / 64] |= 1 << (key % 64);
            let list = &mut table.heads[usize::from(key)];
            if *list == 0 {
                table.lists.push(Vec::new());
                *list = table.lists.len() as u16;
            }
            table.lists[usize::from(*list) - 1].push((word.into_bytes().into(), owner));
        }
        table
    }

    /// Calls `visit` with start, end and owner of every word that begins in
    /// `from..to` of `text`, whatever its case.
    pub fn find(
        &self,
        text: &[u8],
        from: usize,
        to: usize,
        mut visit: impl FnMut(usize, usize, u32),
    ) {
        for at in from..to.min(text.len().saturating_sub(2)) {
            let key = key([text[at], text[at + 1], text[at + 2]]);
            let present = self.present[usize::from(key) / 64] >> (key % 64) & 1 != 0;
            if !present || !begins_word(text, at) {
                continue;
            }
            let list = usize::from(self.heads[usize::from(key)]) - 1;
            for (word, owner) in &self.lists[list] {
                // From the end: the beginnings are known to be alike.
                let found = text.get(at..at + word.len());
                if found.is_some_and(|found| ends_alike(found, word)) {
                    visit(at, at + word.len(), *owner);
                }
            }
        }
    }
}

/// Whether two texts of one length are the same but for ASCII case.
#[inline]
fn ends_alike(found: &[u8], word: &[u8]) -> bool {
    found.iter().rev().zip(word.iter().rev()).all(|(a, b)| a.eq_ignore_ascii_case(b))
}

/// Letters differ by five bits whatever their case; other bytes may share one.
#[inline]
fn key(head: [u8; 3]) -> u16 {
    head.iter().fold(0, |key, byte| key << 5 | u16::from(byte & 31))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_where_a_word_begins() {
        let words = [("okta", 1), ("acme.io", 2), ("acme", 3)];
        let table = ProviderWords::new(words.into_iter().map(|(w, o)| (w.to_owned(), o)));
        let mut found = Vec::new();
        let text = b"rooktable myOkta https://api.ACME.io/";
        table.find(text, 0, text.len(), |start, end, owner| found.push((start, end, owner)));
        assert_eq!(found, [(12, 16, 1), (29, 36, 2), (29, 33, 3)]);
    }
}
