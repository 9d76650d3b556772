//! Finds every place where one of many known values stands, at any position
//! of a text. Apart from the automata of the engine, because it must cost no
//! more memory than the list of values: a hostile file has a hundred thousand
//! of them, and an automaton for that many would take hundreds of megabytes.

use std::borrow::Cow;
use std::cmp::Reverse;
use std::ops::Range;

/// Shorter values are not looked for: `key` or `a` as a password would blot
/// out half of every text, and tells nobody anything.
pub(super) const SHORTEST: usize = 4;

/// A longer value is recognised by this many of its first bytes, so that one
/// megabyte of a repeated letter costs no more than a token.
pub(super) const KEY: usize = 256;

const FILTER_BITS: usize = 1 << 12;

/// A raw value and where it is known from.
#[derive(Debug, Clone)]
pub(super) struct Value<'t> {
    pub bytes: Cow<'t, [u8]>,
    /// Where it stands in the file.
    pub range: Range<usize>,
    /// Length of its public prefix.
    pub prefix: usize,
}

impl Value<'_> {
    fn key(&self) -> &[u8] {
        &self.bytes[..self.bytes.len().min(KEY)]
    }
}

/// Values sorted by key, one for each: the longest. `parents[i]` is the one
/// with the longest other key that key `i` starts with; so all keys that a
/// text starts with are one such chain.
pub(super) struct ValueIndex<'t> {
    values: Vec<Value<'t>>,
    parents: Vec<Option<usize>>,
    /// Hashes of the first four bytes of all values.
    filter: Vec<u64>,
    longest: usize,
}

impl<'t> ValueIndex<'t> {
    pub fn new(values: impl IntoIterator<Item = Value<'t>>) -> Self {
        let mut values: Vec<_> = values.into_iter().filter(|v| v.bytes.len() >= SHORTEST).collect();
        values.sort_by(|a, b| {
            let rest = |v: &Value<'_>| (Reverse(v.bytes.len()), v.range.start, v.prefix);
            a.key().cmp(b.key()).then_with(|| rest(a).cmp(&rest(b)))
        });
        values.dedup_by(|a, b| a.key() == b.key());
        let mut filter = vec![0u64; FILTER_BITS / 64];
        for bit in values.iter().filter_map(|v| filter_bit(&v.bytes)) {
            filter[bit / 64] |= 1 << (bit % 64);
        }
        let longest = values.iter().map(|v| v.bytes.len()).max().unwrap_or(0);
        ValueIndex { parents: parents(&values), values, filter, longest }
    }

    /// Length in bytes of the longest value; 0 without any.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// Calls `found` with every position in `range` at which the key of a value
    /// stands that ends within `range`, and the value with the longest such key.
    pub fn each_in(
        &self,
        text: &[u8],
        range: Range<usize>,
        mut found: impl FnMut(usize, &Value<'t>),
    ) {
        if self.values.is_empty() {
            return;
        }
        for at in range.clone() {
            if let Some(value) = self.longest_at(&text[at..range.end]) {
                found(at, value);
            }
        }
    }

    /// True if some value is written out in `text`.
    pub fn is_in(&self, text: &str) -> bool {
        let mut any = false;
        self.each_in(text.as_bytes(), 0..text.len(), |_, _| any = true);
        any
    }

    /// `text` with every value replaced by `with`.
    pub fn replaced(&self, text: &str, with: &str) -> String {
        let mut found: Vec<Range<usize>> = Vec::new();
        self.each_in(text.as_bytes(), 0..text.len(), |at, value| {
            let rest = &text.as_bytes()[at..];
            let end = at + rest.iter().zip(&*value.bytes).take_while(|(a, b)| a == b).count();
            match found.last_mut() {
                Some(last) if last.end >= at => last.end = last.end.max(end),
                _ => found.push(at..end),
            }
        });
        let mut out = Vec::with_capacity(text.len());
        let mut done = 0;
        for range in found {
            out.extend_from_slice(&text.as_bytes()[done..range.start]);
            out.extend_from_slice(with.as_bytes());
            done = range.end;
        }
        out.extend_from_slice(&text.as_bytes()[done..]);
        String::from_utf8_lossy(&out).into_owned()
    }

    fn longest_at(&self, rest: &[u8]) -> Option<&Value<'t>> {
        let bit = filter_bit(rest)?;
        if self.filter[bit / 64] & (1 << (bit % 64)) == 0 {
            return None;
        }
        // The greatest key not above `rest` starts with every key that `rest`
        // starts with, since whatever sorts between the two must.
        let after = self.values.partition_point(|v| v.key() <= rest);
        let mut at = after.checked_sub(1);
        while let Some(i) = at {
            if rest.starts_with(self.values[i].key()) {
                return Some(&self.values[i]);
            }
            at = self.parents[i];
        }
        None
    }
}

fn parents(values: &[Value<'_>]) -> Vec<Option<usize>> {
    let mut open: Vec<usize> = Vec::new();
    let mut parents = Vec::with_capacity(values.len());
    for (i, value) in values.iter().enumerate() {
        while open.last().is_some_and(|&p| !value.key().starts_with(values[p].key())) {
            open.pop();
        }
        parents.push(open.last().copied());
        open.push(i);
    }
    parents
}

/// Fibonacci hashing of the first four bytes to twelve bits.
fn filter_bit(bytes: &[u8]) -> Option<usize> {
    let first = u32::from_le_bytes(*bytes.first_chunk::<SHORTEST>()?);
    Some((first.wrapping_mul(0x9E37_79B1) >> 20) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn index(values: &[String]) -> ValueIndex<'_> {
        let value = |v| Value { bytes: String::as_bytes(v).into(), range: 0..0, prefix: 0 };
        ValueIndex::new(values.iter().map(value))
    }

    #[test]
    fn a_long_value_is_known_by_its_start() {
        let long = ["x".repeat(1000)];
        let index = index(&long);
        assert_eq!(index.longest(), 1000);
        assert_eq!(index.replaced(&format!("a {} b", long[0]), "****"), "a **** b");
        assert_eq!(index.replaced(&format!("a {}… b", &long[0][..300]), "****"), "a ****… b");
        assert!(!index.is_in(&long[0][..KEY - 1]));
    }

    proptest! {
        #[test]
        fn agrees_with_trying_every_value_everywhere(
            values in proptest::collection::vec("[ab]{1,9}", 0..12),
            text in "[abc]{0,40}",
        ) {
            let mut found = Vec::new();
            index(&values)
                .each_in(text.as_bytes(), 0..text.len(), |at, v| found.push((at, v.bytes.len())));
            let slowly: Vec<_> = (0..text.len())
                .filter_map(|at| {
                    let fits = |v: &&String| v.len() >= SHORTEST && text[at..].starts_with(*v);
                    values.iter().filter(fits).map(String::len).max().map(|len| (at, len))
                })
                .collect();
            prop_assert_eq!(found, slowly);
        }

        #[test]
        fn nothing_is_left_of_a_replaced_value(
            values in proptest::collection::vec("[abé]{4,9}", 0..6),
            text in "[abcé]{0,60}",
        ) {
            let index = index(&values);
            let replaced = index.replaced(&text, "****");
            prop_assert!(!index.is_in(&replaced), "{} in {}", text, replaced);
        }
    }
}
