//! One file under judgement: its text, its secrets and its lines together, and
//! how a finding is made of them. Apart from the judge, which decides.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use super::baseline;
use super::context;
use super::excerpt::Window;
use super::ignores::marker_offsets;
use super::mask::Mask;
use super::merge::secret_range;
use super::places::Places;
use super::text::ceil_char;
use crate::finding::{
    Candidate, Category, Excerpt, Finding, Identity, RedactedSecret, Related, RuleMeta, Secret,
    Severity, Traces,
};
use crate::source::Source;
use crate::source::lines::char_start;
use crate::source::notebook::Cells;

/// A candidate that nothing has stopped yet.
pub(super) struct Standing<'c> {
    pub candidate: &'c Candidate,
    pub severity: Severity,
    pub fingerprint: String,
}

/// A file with all that is known of its text.
pub(super) struct Case<'s, 't> {
    pub source: &'s Source<'t>,
    pub mask: Mask<'t>,
    pub places: Places,
    /// Starts of findings that an ignore keeps from being related to others.
    pub alone: BTreeSet<usize>,
    /// Of a notebook.
    cells: Option<Cells>,
}

impl<'s, 't> Case<'s, 't> {
    /// Looks up the places of `kept`, and those of all our markers if wanted.
    pub fn new(
        source: &'s Source<'t>,
        mask: Mask<'t>,
        kept: &[&Candidate],
        with_markers: bool,
    ) -> Self {
        let text = source.text;
        let mut offsets: Vec<usize> = Vec::with_capacity(kept.len() * 3);
        for candidate in kept {
            let span = &candidate.span;
            offsets.extend([span.start, char_start(text, last_byte(span)), span.end]);
            offsets.extend(candidate.related.iter().map(|(range, _)| range.start));
        }
        if with_markers {
            offsets.extend(marker_offsets(text));
        }
        let cells = Cells::of(source.own_path(), text);
        Case { source, mask, places: Places::of(text, offsets), alone: BTreeSet::new(), cells }
    }

    /// True if the finding is in a line of a baseline: what Seamline wrote
    /// itself is not a finding.
    pub fn is_baseline_entry(&self, candidate: &Candidate) -> bool {
        let line = self.places.line(candidate.span.start);
        line.is_some_and(|l| baseline::is_entry(&self.source.text[l.range.clone()]))
    }

    /// The lines around each finding. Masks what else they show of a secret.
    pub fn excerpts(&mut self, standing: &[Standing<'_>]) -> Vec<Option<Excerpt>> {
        let text = self.source.text;
        let window = |s: &Standing<'_>| {
            let span = &s.candidate.span;
            let line = self.places.line(span.start)?;
            Some(Window::around(text, line, span, &self.mask))
        };
        let windows: Vec<Option<Window>> = standing.iter().map(window).collect();
        self.mask.extend(windows.iter().flatten().flat_map(Window::ranges));
        windows.iter().map(|w| w.as_ref().map(|w| w.render(text, &self.mask))).collect()
    }

    /// The finding that `standing` becomes. `prefix` gives the length of the
    /// public prefix of a raw value. Without an excerpt.
    pub fn finding(
        &self,
        meta: &Arc<RuleMeta>,
        standing: &Standing<'_>,
        prefix: impl Fn(&[u8]) -> usize,
    ) -> Finding {
        let Standing { candidate, severity, fingerprint } = standing;
        let is_secret = meta.category == Category::Secret || candidate.secret.is_some();
        let place = secret_range(candidate).clone();
        let decoded = candidate.decoded.as_ref();
        let written = &self.source.text[place.clone()];
        let raw = decoded.map_or(written, |decoded| decoded.value.bytes());
        let secret = is_secret.then(|| RedactedSecret {
            provider: meta.texts.provider.clone().unwrap_or_default(),
            redacted: self.mask.redacted_value(raw, prefix(raw)),
            verification: None,
        });
        let traces = is_secret.then(|| self.traces(candidate, &place, raw));
        Finding {
            rule: Arc::clone(meta),
            severity: *severity,
            confidence: candidate.confidence,
            path: Arc::clone(&self.source.path),
            start: self.places.position(candidate.span.start),
            end: self.places.position(candidate.span.end),
            message: self.message(candidate, meta),
            fingerprint: fingerprint.clone(),
            secret,
            related: self.related(candidate),
            way: candidate.way,
            reasons: candidate.reasons.iter().cloned().map(|r| self.reason(r)).collect(),
            origin: self.source.origin.clone(),
            excerpt: None,
            shown: is_secret.then(|| Secret::new(raw)),
            suppressed: None,
            traces,
        }
    }

    /// `raw` is the secret itself, `place` where it or what hides it is written.
    fn traces(&self, candidate: &Candidate, place: &Range<usize>, raw: &[u8]) -> Traces {
        let text = self.source.text;
        let harmless = |name: &String| !self.mask.is_in(name);
        let mut sections = context::sections(text, place.start);
        sections.retain(harmless);
        Traces {
            identity: Identity::of(raw),
            name: Some(context::name_of(text, place.start)).filter(harmless).unwrap_or_default(),
            sections,
            alone: self.alone.contains(&candidate.span.start),
            secret: Some(Secret::new(raw)),
            partner: candidate.partner.as_ref().map(|partner| {
                let written = || Secret::new(&text[partner.place.clone()]);
                partner.decoded.clone().unwrap_or_else(written)
            }),
        }
    }

    fn message(&self, candidate: &Candidate, meta: &RuleMeta) -> String {
        let message = match &candidate.message {
            Some(message) => self.mask.scrub(message),
            // Written by the rule's author, not taken from the file.
            None => meta.title.clone(),
        };
        let message = match &candidate.decoded {
            Some(decoded) => format!("{message}, encoded ({})", decoded.described()),
            None => message,
        };
        let cell = self.cells.as_ref().and_then(|cells| cells.at(candidate.span.start));
        match cell {
            Some(cell) => format!("{message}, {cell}"),
            None => message,
        }
    }

    fn related(&self, candidate: &Candidate) -> Vec<Related> {
        let related = |(range, message): &(Range<usize>, String)| Related {
            path: Arc::clone(&self.source.path),
            start: self.places.position(range.start),
            message: self.mask.scrub(message),
        };
        candidate.elsewhere.iter().cloned().chain(candidate.related.iter().map(related)).collect()
    }

    /// A reason written at run time may hold file text; one compiled in cannot.
    fn reason(&self, reason: Cow<'static, str>) -> Cow<'static, str> {
        match reason {
            Cow::Borrowed(text) => Cow::Borrowed(text),
            Cow::Owned(text) => Cow::Owned(self.mask.scrub(&text)),
        }
    }
}

/// The offset that tells the last line of a span.
pub(super) fn last_byte(span: &Range<usize>) -> usize {
    span.end.saturating_sub(1).max(span.start)
}

/// Brings the spans of `candidate` within the text and to whole characters.
pub(super) fn put_right(candidate: &mut Candidate, text: &[u8]) {
    let whole = |range: &mut Range<usize>| {
        let start = char_start(text, range.start);
        *range = start..ceil_char(text, range.end).max(start);
    };
    whole(&mut candidate.span);
    candidate.secret.iter_mut().for_each(whole);
    candidate.partner.iter_mut().for_each(|partner| whole(&mut partner.place));
    candidate.related.iter_mut().for_each(|(range, _)| whole(range));
}
