//! The one pass over every byte: runs of token characters, and anchors.
//!
//! A *run* is 16 or more of `[A-Za-z0-9_-]` in a row: nearly every machine-made
//! credential contains one. An *anchor* is the place of a short literal that
//! announces what has no such run (`pass`, `secr`, `://` …), found by a SIMD
//! bucket filter on its first three bytes and then compared exactly.
//!
//! Vector loads of bytes are `unsafe` (so is `syntax::arena`, and nothing else). The scalar
//! twin defines the result; a property test compares the two.

#![allow(unsafe_code)]

#[cfg(target_arch = "x86_64")]
mod avx2;
mod literals;

use std::ops::ControlFlow;

pub use literals::Anchor;
use literals::{BEGINS, anchor_at};

/// Shortest run that is reported, in bytes.
pub const MIN_RUN: usize = 16;

/// A maximal run of token characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Run {
    pub start: usize,
    pub end: usize,
    pub has_digit: bool,
}

/// An anchor literal found at `at`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnchorHit {
    pub at: usize,
    pub anchor: Anchor,
}

/// Bytes handed to the kernel at a time, so that buffers stay small whatever
/// the file. A multiple of the block.
const CHUNK: usize = 64 * 1024;
const BLOCK: usize = 64;

/// Found in one chunk, in the order of their positions.
#[derive(Debug, Default)]
pub struct Events {
    pub runs: Vec<Run>,
    pub anchors: Vec<AnchorHit>,
}

/// Calls `visit` with the runs and anchors of `text`, chunk after chunk, until it
/// breaks off. A run is reported in the chunk where it ends.
pub fn scan(text: &[u8], events: &mut Events, mut visit: impl FnMut(&Events) -> ControlFlow<()>) {
    let pass = Pass::select();
    let mut state = RunState::default();
    let mut from = 0;
    while from < text.len() {
        let to = text.len().min(from + CHUNK);
        events.runs.clear();
        events.anchors.clear();
        pass.chunk(text, from, to, &mut state, events);
        if to == text.len() {
            state.finish(to, events);
        }
        let found = !(events.runs.is_empty() && events.anchors.is_empty());
        if found && visit(events).is_break() {
            return;
        }
        from = to;
    }
}

/// How one chunk is read on this machine.
#[derive(Clone, Copy)]
enum Pass {
    Scalar,
    #[cfg(target_arch = "x86_64")]
    Avx2,
}

impl Pass {
    fn select() -> Self {
        #[cfg(target_arch = "x86_64")]
        if std::is_x86_feature_detected!("avx2") {
            return Pass::Avx2;
        }
        Pass::Scalar
    }

    fn chunk(self, text: &[u8], from: usize, to: usize, state: &mut RunState, out: &mut Events) {
        match self {
            Pass::Scalar => scalar_blocks(text, from, to, state, out),
            #[cfg(target_arch = "x86_64")]
            Pass::Avx2 => {
                // The vector loop reads up to two bytes past a block: it stops
                // where a block and those two bytes no longer fit.
                let whole = (to - from) / BLOCK * BLOCK;
                let mut vector_to = from + whole;
                if vector_to + 2 > text.len() {
                    vector_to = vector_to.saturating_sub(BLOCK).max(from);
                }
                // SAFETY: AVX2 was detected in `select`; every load lies within
                // `text` because `vector_to + 2 <= text.len()` or no block is read.
                unsafe { avx2::blocks(text, from, vector_to, state, out) };
                scalar_blocks(text, vector_to, to, state, out);
            }
        }
    }
}

/// The run that is open at the end of the last block.
#[derive(Debug, Default)]
struct RunState {
    start: usize,
    open: bool,
    has_digit: bool,
}

impl RunState {
    /// Takes one block of `width` bytes at `base`: bit i of `token` and `digit`
    /// tells of byte `base + i`.
    #[inline(always)]
    fn block(&mut self, base: usize, width: u32, token: u64, digit: u64, runs: &mut Vec<Run>) {
        let mut token = token;
        if self.open {
            let lead = token.trailing_ones();
            self.has_digit |= digit & low_bits(lead) != 0;
            if lead >= width {
                return;
            }
            self.close(base + lead as usize, runs);
            token &= !low_bits(lead);
        }
        let tail = (token << (64 - width)).leading_ones().min(width);
        if tail > 0 {
            let first = width - tail;
            self.open = true;
            self.start = base + first as usize;
            self.has_digit = digit >> first != 0;
            token &= low_bits(first);
        }
        // Bit i stays set where 16 token characters start.
        let mut long = token & (token >> 1);
        long &= long >> 2;
        long &= long >> 4;
        long &= long >> 8;
        while long != 0 {
            let first = long.trailing_zeros();
            let length = (token >> first).trailing_ones();
            let run_bits = low_bits(length) << first;
            let start = base + first as usize;
            let has_digit = digit & run_bits != 0;
            runs.push(Run { start, end: start + length as usize, has_digit });
            long &= !run_bits;
        }
    }

    #[inline(always)]
    fn close(&mut self, end: usize, runs: &mut Vec<Run>) {
        self.open = false;
        if end - self.start >= MIN_RUN {
            runs.push(Run { start: self.start, end, has_digit: self.has_digit });
        }
    }

    fn finish(&mut self, end: usize, out: &mut Events) {
        if self.open {
            self.close(end, &mut out.runs);
        }
    }
}

#[inline(always)]
fn low_bits(count: u32) -> u64 {
    if count >= 64 { u64::MAX } else { (1 << count) - 1 }
}

/// The twin that defines the result; also reads the tail of a chunk.
fn scalar_blocks(text: &[u8], from: usize, to: usize, state: &mut RunState, out: &mut Events) {
    let mut base = from;
    while base < to {
        let block = &text[base..to.min(base + BLOCK)];
        let (mut token, mut digit) = (0u64, 0u64);
        for (i, &byte) in block.iter().enumerate() {
            token |= u64::from(is_token(byte)) << i;
            digit |= u64::from(byte.is_ascii_digit()) << i;
            if BEGINS[usize::from(byte)] != 0 {
                anchor_at(text, base + i, &mut out.anchors);
            }
        }
        state.block(base, block.len() as u32, token, digit, &mut out.runs);
        base += block.len();
    }
}

/// Token characters: `[A-Za-z0-9_-]`.
#[inline(always)]
pub fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

#[cfg(test)]
mod tests {
    use super::literals::LITERALS;
    use super::*;
    use proptest::prelude::*;

    fn collect(text: &[u8], pass: Pass) -> (Vec<Run>, Vec<AnchorHit>) {
        let (mut events, mut state) = (Events::default(), RunState::default());
        let mut from = 0;
        while from < text.len() {
            let to = text.len().min(from + CHUNK);
            pass.chunk(text, from, to, &mut state, &mut events);
            from = to;
        }
        state.finish(text.len(), &mut events);
        (events.runs, events.anchors)
    }

    /// Runs by the definition, without blocks.
    fn naive_runs(text: &[u8]) -> Vec<Run> {
        let mut runs = Vec::new();
        let mut start = 0;
        for end in 0..=text.len() {
            if end < text.len() && is_token(text[end]) {
                continue;
            }
            if end - start >= MIN_RUN {
                let has_digit = text[start..end].iter().any(u8::is_ascii_digit);
                runs.push(Run { start, end, has_digit });
            }
            start = end + 1;
        }
        runs
    }

    fn pieces() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            "[A-Za-z0-9_-]{1,80}".prop_map(String::into_bytes),
            prop::collection::vec(any::<u8>(), 0..20),
            prop::sample::select(LITERALS.to_vec()).prop_map(|l| l.text.to_ascii_uppercase()),
            prop::sample::select(LITERALS.to_vec()).prop_map(|l| l.text.to_vec()),
            Just(vec![b' '; 13]),
        ];
        prop::collection::vec(piece, 0..40).prop_map(|p| p.concat())
    }

    proptest! {
        #[test]
        fn the_vector_pass_agrees_with_its_scalar_twin(text in pieces()) {
            prop_assert_eq!(collect(&text, Pass::select()), collect(&text, Pass::Scalar));
        }

        #[test]
        fn runs_are_what_their_definition_says(text in pieces()) {
            prop_assert_eq!(collect(&text, Pass::select()).0, naive_runs(&text));
        }
    }

    #[test]
    fn a_run_across_chunks_is_one_run() {
        let mut text = vec![b' '; CHUNK - 5];
        text.extend_from_slice(&[b'a'; 100_000]);
        text.extend_from_slice(b"7 ");
        let (runs, _) = collect(&text, Pass::select());
        assert_eq!(runs, [Run { start: CHUNK - 5, end: CHUNK + 99_996, has_digit: true }]);
    }
}
