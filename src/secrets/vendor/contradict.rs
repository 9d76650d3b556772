//! Values that cannot be what their name or prefix says.

use super::{Slot, Vendors};

impl Vendors {
    /// Whether a value that stands under `name` cannot be what the name says:
    /// it has a provider's prefix but not the rest of its format, or the name
    /// names a provider whose tokens are a little shorter or longer.
    pub fn contradicts(&self, name: &[u8], value: &[u8]) -> bool {
        self.breaks_prefix(value) || self.breaks_name(name, value)
    }

    /// Whether `name` names a provider all of whose tokens begin with letters
    /// that mark them, and `value` is none of them.
    pub fn lacks_mark(&self, name: &[u8], value: &[u8]) -> bool {
        let (mut marked, mut fits) = (false, false);
        self.words.find(name, 0, name.len(), |_, _, owner| {
            let slots = &self.by_provider[owner as usize];
            fits |= slots.iter().any(|slot| self.slot_matches(*slot, value));
            marked |= !slots.is_empty() && slots.iter().all(|slot| self.has_prefix(*slot));
        });
        marked && !fits
    }

    fn breaks_prefix(&self, value: &[u8]) -> bool {
        let Some(&[a, b]) = value.first_chunk::<2>() else { return false };
        let entries = self.by_prefix.get(u16::from_be_bytes([a, b]));
        let mut named = entries
            .iter()
            .filter(|(prefix, _)| value.starts_with(prefix) && is_telling(prefix))
            .peekable();
        named.peek().is_some() && !named.any(|(_, slot)| self.slot_matches(*slot, value))
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

/// Whether a prefix tells its provider by itself: long enough, and not one of
/// the words that many issuers use.
fn is_telling(prefix: &[u8]) -> bool {
    const SHARED: [&str; 9] =
        ["live", "test", "prod", "pat", "key", "api", "secret", "token", "sk"];
    let word = prefix.split(|b| !b.is_ascii_alphabetic()).next().unwrap_or(prefix);
    prefix.len() >= 4 && !SHARED.iter().any(|shared| word.eq_ignore_ascii_case(shared.as_bytes()))
}
