//! Values that cannot be what their name or prefix says.

use crate::finding::Confidence;

use crate::secrets::reference::is_digest;

use super::build::EVERYDAY_BIT;
use super::table::REGEX;
use super::{Slot, Vendors};

impl Vendors {
    /// Whether a value that stands under `name` cannot be what the name says:
    /// it has a provider's prefix but not the rest of its format, or the name
    /// names a provider whose tokens are longer. `None` if it
    /// can, else how sure such a value may be: one of a length that many makers use
    /// may be a kind of credential that the catalogue does not know.
    pub fn contradicts(&self, name: &[u8], value: &[u8]) -> Option<Confidence> {
        if self.breaks_prefix(value)
            || self.lacks_mark(name, value) && self.resembles_mark(name, value)
        {
            return Some(Confidence::Low);
        }
        if self.breaks_shape(name, value) {
            return Some(Confidence::Low);
        }
        let most = if is_common_length(value.len()) { Confidence::Medium } else { Confidence::Low };
        self.breaks_name(name, value).then_some(most)
    }

    /// Whether `name` names any provider, by a word that is no everyday one.
    pub fn names_provider(&self, name: &[u8]) -> bool {
        let mut named = false;
        self.words.find(name, 0, name.len(), |_, _, _| named = true);
        self.line_words.find(name, 0, name.len(), |_, _, owner| named |= owner & EVERYDAY_BIT == 0);
        named
    }

    /// Whether `name` names a provider all of whose tokens begin with letters
    /// that mark them, and `value` is none of them.
    pub fn lacks_mark(&self, name: &[u8], value: &[u8]) -> bool {
        let (mut marked, mut fits) = (false, false);
        self.words.find(name, 0, name.len(), |_, _, owner| {
            let slots = &self.by_provider[owner as usize];
            fits |= slots.iter().any(|slot| self.slot_matches(*slot, value));
            let mut formats = slots.iter().filter(|slot| slot.format != REGEX).peekable();
            marked |= formats.peek().is_some() && formats.all(|slot| self.has_prefix(*slot));
        });
        marked && !fits
    }

    pub(super) fn breaks_prefix(&self, value: &[u8]) -> bool {
        let Some(&[a, b]) = value.first_chunk::<2>() else { return false };
        let entries = self.by_prefix.get(u16::from_be_bytes([a, b]));
        let mut named = entries
            .iter()
            .filter(|(prefix, _)| value.starts_with(prefix) && is_telling(prefix))
            .peekable();
        named.peek().is_some() && !named.any(|(_, slot)| self.slot_matches(*slot, value))
    }

    /// Whether `name` names a provider between whose token's parts `value` has no
    /// signs. A UUID without its dashes is still one.
    fn breaks_shape(&self, name: &[u8], value: &[u8]) -> bool {
        if is_digest(value) {
            return false;
        }
        let (mut glued, mut fits) = (false, false);
        self.words.find(name, 0, name.len(), |_, _, owner| {
            for slot in &self.by_provider[owner as usize] {
                let format = self.rules[slot.rule as usize].get().format(slot.format);
                fits |= self.slot_matches(*slot, value);
                glued |= format.is_some_and(|format| format.lacks_separator(value));
            }
        });
        glued && !fits
    }

    fn breaks_name(&self, name: &[u8], value: &[u8]) -> bool {
        let (mut close, mut fits) = (false, false);
        self.words.find(name, 0, name.len(), |_, _, owner| {
            let slots = &self.by_provider[owner as usize];
            fits |= slots.iter().any(|slot| self.slot_matches(*slot, value));
            close |= slots.iter().any(|slot| self.slot_is_close(*slot, value));
        });
        close && !fits
    }

    /// Whether `name` names a provider whose tokens begin much like `value`, which
    /// is none of them: `acm_` for `acme_`, or `acme_` with too few groups after it.
    fn resembles_mark(&self, name: &[u8], value: &[u8]) -> bool {
        let mut resembles = false;
        let Some(head) = mark(value) else { return false };
        self.words.find(name, 0, name.len(), |_, _, owner| {
            let formats = self.by_provider[owner as usize].iter();
            let formats = formats.filter_map(|slot| {
                self.rules[slot.rule as usize].get().format(slot.format)?.prefixes()
            });
            let near = |own: &[u8]| own[..2] == head[..2] && own.len().abs_diff(head.len()) < 2;
            resembles |= formats.flatten().filter_map(|prefix| mark(prefix)).any(near);
        });
        resembles
    }

    /// Whether every token of a format begins with letters that mark it.
    fn has_prefix(&self, slot: Slot) -> bool {
        let format = self.rules[slot.rule as usize].get().format(slot.format);
        format.is_some_and(|format| format.prefixes().is_some())
    }

    fn slot_is_close(&self, slot: Slot, value: &[u8]) -> bool {
        let format = self.rules[slot.rule as usize].get().format(slot.format);
        format.is_some_and(|format| format.is_cut_or_extended(value))
    }
}

/// As many letters as keys of many makers have.
fn is_common_length(length: usize) -> bool {
    length >= 16 && length.is_multiple_of(8) || matches!(length, 20 | 30 | 36 | 43 | 44)
}

/// The letters before the first `_` of a token, if it begins with a few.
fn mark(token: &[u8]) -> Option<&[u8]> {
    let length = token.iter().take(9).position(|&b| b == b'_')?;
    let head = &token[..length];
    (length >= 2 && head.iter().all(u8::is_ascii_lowercase)).then_some(head)
}

/// Whether a prefix tells its provider by itself: long enough, and not one of
/// the words that many issuers use.
pub(super) fn is_telling(prefix: &[u8]) -> bool {
    const SHARED: [&str; 9] =
        ["live", "test", "prod", "pat", "key", "api", "secret", "token", "sk"];
    let word = prefix.split(|b| !b.is_ascii_alphabetic()).next().unwrap_or(prefix);
    prefix.len() >= 4 && !SHARED.iter().any(|shared| word.eq_ignore_ascii_case(shared.as_bytes()))
}
