//! Secrets that a file holds in an encoded form: base64, hexadecimal,
//! percent-encoding and the escapes of string literals, one in another too.
//!
//! Apart from the detectors, because nothing in them changes: what a piece of
//! text decodes to is put in its place, with what stands around it, and looked
//! at as any text is ([`SecretsEngine::layer`]). What is found in it is brought
//! back to the bytes of the file. Encodings are peeled off as often as there are
//! [`Layer`]s, and a [`Budget`] bounds what one file can ask for.

mod alphabet;
mod escapes;
mod spread;

use crate::finding::{Candidate, Decoded, Secret};
use crate::source::place::{Notation, Place};

use super::SecretsEngine;
use super::kernel::{Events, Run};
use alphabet::Encoded;
use spread::Spread;

/// Encodings within each other that are peeled off.
pub const DEPTH: usize = 2;
/// Bytes around an encoded text that are looked at together with it: a name
/// before it, the words of a provider.
const BEFORE: usize = 160;
const AFTER: usize = 80;
/// Fewest decoded bytes in which a secret is looked for.
const MIN_DECODED: usize = 8;

/// The buffers of one level of decoding.
#[derive(Default)]
pub struct Layer {
    events: Events,
    text: Vec<u8>,
    spread: Spread,
}

/// What may still be decoded for one file.
#[derive(Debug)]
pub struct Budget {
    left: usize,
    /// True once something was left as it is for want of budget.
    pub exhausted: bool,
}

impl Budget {
    /// For a file of `len` bytes: all of it may be encoded, at every depth, in
    /// pieces of a usual size. Only what is made of very many tiny pieces is not
    /// decoded to its end.
    pub fn of(len: usize) -> Self {
        const LEAST: usize = 64 * 1024;
        Budget { left: len.saturating_mul(4).max(LEAST), exhausted: false }
    }

    /// Takes `bytes`, if there are as many.
    fn take(&mut self, bytes: usize) -> bool {
        self.exhausted |= bytes > self.left;
        self.left = self.left.saturating_sub(bytes);
        !self.exhausted
    }
}

/// Finds the encoded pieces of one text.
pub struct Decoder<'a> {
    pub engine: &'a SecretsEngine,
    /// Of the file.
    pub path: &'a str,
    pub place: Place,
    /// The levels below this text; none at the deepest.
    pub layers: &'a mut [Layer],
    pub budget: &'a mut Budget,
    /// Ends of the last encoded text and of the last escaped one.
    runs_done: usize,
    escapes_done: usize,
}

impl<'a> Decoder<'a> {
    /// For one text of the file at `path`.
    pub fn new(
        engine: &'a SecretsEngine,
        (path, place): (&'a str, Place),
        layers: &'a mut [Layer],
        budget: &'a mut Budget,
    ) -> Self {
        Decoder { engine, path, place, layers, budget, runs_done: 0, escapes_done: 0 }
    }

    /// Looks into `run` if it is base64 or hexadecimal of text.
    #[inline]
    pub fn at_run(&mut self, text: &[u8], run: Run, candidates: &mut Vec<Candidate>) {
        if self.layers.is_empty() || run.start < self.runs_done {
            return;
        }
        if let Some(found) = alphabet::find(text, run, self.runs_done) {
            self.at_encoded(text, found, candidates);
        }
    }

    fn at_encoded(&mut self, text: &[u8], mut found: Encoded<'_>, candidates: &mut Vec<Candidate>) {
        self.runs_done = found.end;
        // Long ones are looked at in pieces that overlap: memory stays bounded.
        while let Some(piece) = found.next_piece() {
            let Some((layer, _)) = self.layers.split_first_mut() else { return };
            let before = piece.start.saturating_sub(BEFORE)..piece.start;
            layer.text.clear();
            layer.text.extend_from_slice(&text[before]);
            if !piece.decode(text, &mut layer.text, &mut layer.spread) {
                return;
            }
            let after = piece.end..text.len().min(piece.end + AFTER);
            let from = piece.start.min(BEFORE);
            self.look(from, &text[after], piece.name(), candidates);
        }
    }

    /// Looks into the string literal or URL around the escape at `at`.
    pub fn at_escape(&mut self, text: &[u8], at: usize, candidates: &mut Vec<Candidate>) {
        if self.layers.is_empty() || at < self.escapes_done {
            return;
        }
        let Some(found) = escapes::find(text, at) else { return };
        self.escapes_done = found.range.end;
        let Some((layer, _)) = self.layers.split_first_mut() else { return };
        let start = found.range.start;
        layer.text.clear();
        layer.text.extend_from_slice(&text[start.saturating_sub(BEFORE)..start]);
        found.decode(text, &mut layer.text, &mut layer.spread);
        let after = found.range.end..text.len().min(found.range.end + AFTER);
        self.look(start.min(BEFORE), &text[after], found.name(), candidates);
    }

    /// Scans the first layer, whose text is decoded from `from` on, with `after`
    /// behind it, and brings what is found back to the outer text.
    fn look(
        &mut self,
        from: usize,
        after: &[u8],
        encoding: &'static str,
        candidates: &mut Vec<Candidate>,
    ) {
        let Some((layer, deeper)) = self.layers.split_first_mut() else { return };
        let to = layer.text.len();
        if to - from < MIN_DECODED || !self.budget.take(to + after.len()) {
            return;
        }
        let place = Place { notation: notation(&layer.text[from..], self.place), ..self.place };
        layer.text.extend_from_slice(after);
        let Layer { events, text, spread } = layer;
        let known = candidates.len();
        let inner = Decoder::new(self.engine, (self.path, place), deeper, self.budget);
        self.engine.layer(text, inner, events, candidates);
        let mut kept = known;
        for i in known..candidates.len() {
            if lift(&mut candidates[i], text, from..to, spread, encoding) {
                candidates.swap(kept, i);
                kept += 1;
            }
        }
        candidates.truncate(kept);
    }
}

/// How bare words read in `decoded`: a single value stands as in its file; a
/// text with a structure of its own may be anything.
fn notation(decoded: &[u8], place: Place) -> Notation {
    let structured = memchr::memchr3(b'\n', b'=', b':', decoded).is_some();
    if structured { Notation::Unknown } else { place.notation }
}

/// Makes `candidate`, found in a layer's `text`, one of the outer text. False if
/// it is not about what was decoded, the bytes `within`.
fn lift(
    candidate: &mut Candidate,
    text: &[u8],
    within: std::ops::Range<usize>,
    spread: &Spread,
    encoding: &'static str,
) -> bool {
    let secret = candidate.secret.clone().unwrap_or_else(|| candidate.span.clone());
    let inside = within.start <= secret.start && secret.end <= within.end && !secret.is_empty();
    let range = secret.start.wrapping_sub(within.start)..secret.end.wrapping_sub(within.start);
    if !inside || !spread.is_encoded(&range) {
        return false;
    }
    let decoded = candidate.decoded.get_or_insert_with(|| Decoded {
        value: Secret::new(&text[secret]),
        encodings: Vec::new(),
    });
    decoded.encodings.insert(0, encoding);
    candidate.span = spread.outer(&range);
    candidate.secret = Some(candidate.span.clone());
    candidate.related.clear();
    // What base64 says is truer than the base64; escapes may only repeat what
    // the text without them says.
    candidate.specificity = match spread.is_whole() {
        true => candidate.specificity.saturating_add(1),
        false => candidate.specificity.saturating_sub(1),
    };
    true
}
