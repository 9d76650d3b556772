//! What a scan produces: candidates (proposed by the matching rooms) and
//! findings (accepted by the judge).
//!
//! The one type that may hold secret bytes is [`Secret`]; it can be redacted
//! and fingerprinted, never printed.

mod secret;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use crate::rules::RuleMeta;
pub use crate::rules::model::{Category, Confidence, Severity};
pub use secret::{HIDDEN, Secret, redact};

/// A place in a file as people count: both 1-based, the column in Unicode
/// code points (a byte that is not UTF-8 counts as one).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// Index of a rule in [`crate::rules::Catalogue::metas`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleIndex(pub u32);

/// Something a matching room proposes. Spans are byte ranges in the decoded
/// text of the file. Never holds file content, so it may be debug-printed.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub rule: RuleIndex,
    /// What to underline.
    pub span: Range<usize>,
    /// The secret bytes inside the file, when there are any: redacted in every output.
    pub secret: Option<Range<usize>>,
    pub confidence: Confidence,
    /// Overrides the severity of the rule, e.g. *info* for a test-mode key.
    pub severity: Option<Severity>,
    /// Where several rules agree on one span the greatest wins: a vendor's
    /// format with a checksum beats a format, which beats a generic assignment.
    pub specificity: u8,
    /// Replaces the title of the rule as the message.
    pub message: Option<String>,
    /// Other places that matter for this finding, with what they are.
    pub related: Vec<(Range<usize>, String)>,
    /// `related` is the way, in order, that a value takes to this place.
    pub way: bool,
    /// Places in other files that matter for this finding.
    pub elsewhere: Vec<Related>,
    /// The value that belongs to the secret (user, id), where one was found.
    pub partner: Option<Partner>,
    /// Why the confidence is what it is, in short phrases.
    pub reasons: Vec<Cow<'static, str>>,
    /// What the span says where the file holds the secret encoded.
    pub decoded: Option<Decoded>,
}

/// The value that belongs to a secret.
#[derive(Debug, Clone)]
pub struct Partner {
    /// Where it, or what hides it, is written.
    pub place: Range<usize>,
    /// The value itself, where the file holds it encoded.
    pub decoded: Option<Secret>,
}

/// A secret that a file holds in an encoded form.
#[derive(Debug, Clone)]
pub struct Decoded {
    /// The value itself, as it would stand in a file that does not encode it.
    pub value: Secret,
    /// How the file writes it, outermost first, e.g. `base64`.
    pub encodings: Vec<&'static str>,
}

impl Decoded {
    /// The encodings in a reader's words: `base64`, `base64 in base64`.
    pub fn described(&self) -> String {
        let mut inner_first = self.encodings.clone();
        inner_first.reverse();
        inner_first.join(" in ")
    }
}

impl Candidate {
    /// A candidate with the defaults of `rule`: no secret, medium confidence.
    pub fn new(rule: RuleIndex, span: Range<usize>) -> Self {
        Candidate {
            rule,
            span,
            secret: None,
            confidence: Confidence::Medium,
            severity: None,
            specificity: 0,
            message: None,
            related: Vec::new(),
            way: false,
            elsewhere: Vec::new(),
            partner: None,
            reasons: Vec::new(),
            decoded: None,
        }
    }
}

impl Candidate {
    /// A secret at `span`, with the opinion of the room that found it.
    pub fn of_secret(
        rule: RuleIndex,
        span: Range<usize>,
        specificity: u8,
        (confidence, reason): (Confidence, &'static str),
    ) -> Self {
        Candidate {
            secret: Some(span.clone()),
            confidence,
            specificity,
            reasons: vec![reason.into()],
            ..Candidate::new(rule, span)
        }
    }
}

/// Where the scanned bytes came from, beyond the path in the work tree.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Origin {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub author: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inner_path: Option<String>,
}

/// What may be shown of a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RedactedSecret {
    pub provider: String,
    pub redacted: String,
    /// What the provider says of it; only with `--verify`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verification: Option<Verification>,
}

/// What asking the provider came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verification {
    pub status: VerificationStatus,
    /// Why, in a few words; never a part of the answer or of the secret.
    pub reason: String,
}

/// Whether a credential works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerificationStatus {
    /// The provider accepted it.
    Live,
    /// The provider refused it.
    Dead,
    /// The provider was asked, and the answer says neither.
    Unknown,
    /// Nobody was asked.
    NotChecked,
}

impl VerificationStatus {
    /// The name used in every report.
    pub fn name(self) -> &'static str {
        match self {
            VerificationStatus::Live => "live",
            VerificationStatus::Dead => "dead",
            VerificationStatus::Unknown => "unknown",
            VerificationStatus::NotChecked => "not-checked",
        }
    }
}

/// What the stages between judge and report know of a secret beyond its file.
/// No report has it: it is dropped when they are done.
#[derive(Debug, Clone)]
pub struct Traces {
    pub identity: Identity,
    /// The name that the value is assigned to; empty if there is none.
    pub name: String,
    /// The headings that the value stands under (`production` of a YAML key).
    pub sections: Vec<String>,
    /// A comment asks not to relate it to the same value elsewhere.
    pub alone: bool,
    /// Present only if the provider may be asked.
    pub secret: Option<Secret>,
    /// The value that belongs to it (user, id); as `secret`.
    pub partner: Option<Secret>,
}

/// Tells whether two values are the same. A hash of the value, and so never shown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity([u8; 16]);

impl Identity {
    /// The identity of `raw`.
    pub fn of(raw: &[u8]) -> Self {
        let digest = <sha2::Sha256 as sha2::Digest>::digest(raw);
        Identity(digest.first_chunk().copied().unwrap_or_default())
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(hidden)")
    }
}

/// Another place that belongs to a finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Related {
    pub path: Arc<str>,
    pub start: Position,
    pub message: String,
}

/// The lines around a finding, for people: already redacted, cut to a window,
/// free of control characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// Line number of the first line of `text`.
    pub first_line: u32,
    /// The window's lines, joined by `\n`.
    pub text: String,
    /// Byte range in `text` to underline.
    pub mark: Range<usize>,
    /// True where the line was cut at its start or end.
    pub cut: bool,
}

/// An accepted finding: what, where, why, how sure. Holds no secret bytes.
#[derive(Debug, Clone)]
pub struct Finding {
    pub rule: Arc<RuleMeta>,
    pub severity: Severity,
    pub confidence: Confidence,
    /// Relative to the working directory, forward slashes, no leading `./`.
    pub path: Arc<str>,
    pub start: Position,
    /// Exclusive.
    pub end: Position,
    pub message: String,
    pub fingerprint: String,
    pub secret: Option<RedactedSecret>,
    pub related: Vec<Related>,
    /// `related` is the way, in order, that a value takes to this place.
    pub way: bool,
    pub reasons: Vec<Cow<'static, str>>,
    pub origin: Option<Origin>,
    /// Present only when the run asked for excerpts (human output).
    pub excerpt: Option<Excerpt>,
    /// Unredacted secret for `--show-secrets`; present only when asked for.
    pub shown: Option<Secret>,
    /// Of a secret, until relations and `--verify` are done.
    pub traces: Option<Traces>,
    /// What hides it; only in [`crate::report::Report::suppressed`].
    pub suppressed: Option<Suppression>,
}

/// Who decided that a finding is not to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suppression {
    /// A comment in the scanned file.
    Inline,
    /// The baseline.
    Baseline,
}

impl Suppression {
    /// The name in machine formats.
    pub fn name(self) -> &'static str {
        match self {
            Suppression::Inline => "inline",
            Suppression::Baseline => "baseline",
        }
    }
}

impl Finding {
    /// The file on disk that the finding is in: the archive, where `path` leads
    /// into one.
    pub fn file(&self) -> &str {
        let inner = self.origin.as_ref().and_then(|origin| origin.inner_path.as_deref());
        let outer = inner.and_then(|inner| self.path.strip_suffix(inner)?.strip_suffix('!'));
        outer.unwrap_or(&self.path)
    }
}
