//! What a scan produces: candidates (proposed by the matching rooms) and
//! findings (accepted by the judge).
//!
//! The one type that may hold secret bytes is [`Secret`]; it can be redacted
//! and fingerprinted, never printed.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use crate::rules::model::{Category, Confidence, RuleMeta, Severity};

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
    /// Why the confidence is what it is, in short phrases.
    pub reasons: Vec<Cow<'static, str>>,
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
            reasons: Vec::new(),
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
    pub reasons: Vec<Cow<'static, str>>,
    pub origin: Option<Origin>,
    /// Present only when the run asked for excerpts (human output).
    pub excerpt: Option<Excerpt>,
    /// Unredacted secret for `--show-secrets`; present only when asked for.
    pub shown: Option<Secret>,
}

/// Raw secret bytes. No `Debug` of its content, no `Display`, no `Serialize`:
/// the only ways out are redaction, fingerprints and an explicit reveal.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Box<[u8]>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(redacted)")
    }
}

impl Secret {
    /// Takes a copy of the raw bytes.
    pub fn new(raw: &[u8]) -> Self {
        Secret(raw.into())
    }

    /// The raw text. For `--show-secrets` in human output only.
    pub fn reveal(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }

    /// Enough to recognise, never enough to use: a known public prefix (of
    /// `public_prefix` bytes) and, for long values, the last four characters.
    pub fn redacted(&self, public_prefix: usize) -> String {
        redact(&self.0, public_prefix)
    }
}

/// See [`Secret::redacted`]. At most a quarter of the value is ever shown.
pub fn redact(raw: &[u8], public_prefix: usize) -> String {
    let printable = |bytes: &[u8]| -> String {
        bytes.iter().map(|b| if b.is_ascii_graphic() { *b as char } else { '?' }).collect()
    };
    let head = public_prefix.min(raw.len() / 4);
    let tail = if raw.len() >= 24 { 4.min(raw.len() / 8) } else { 0 };
    format!("{}****{}", printable(&raw[..head]), printable(&raw[raw.len() - tail..]))
}
