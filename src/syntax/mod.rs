//! Understands code: language by file, one parse per file and only when a rule
//! asks for it, one pass of compiled rules per tree. Knows no secret.

use std::borrow::Cow;

use crate::finding::Candidate;
use crate::rules::Catalogue;
use crate::source::Source;

/// The pattern rules; compiled per language when the first file needs them.
pub struct SyntaxEngine {}

/// Parsers and buffers of one thread.
#[derive(Default)]
pub struct SyntaxScratch {}

/// A parsed file with the rules that its text can trigger.
pub struct ParsedFile<'a> {
    pub text: &'a [u8],
    pub tree: tree_sitter::Tree,
}

/// What became of the syntax stage for a file.
pub enum Parse<'a> {
    /// No rule for this language can fire in this text.
    NotNeeded,
    Parsed(ParsedFile<'a>),
    /// Over the size or time budget; counted as a skip of this stage.
    Skipped(Cow<'static, str>),
}

impl SyntaxEngine {
    /// Prepares the pattern rules of `catalogue` without compiling them.
    pub fn new(_catalogue: &Catalogue) -> Self {
        SyntaxEngine {}
    }

    /// Parses `source` if some rule's trigger words are in its text.
    pub fn parse<'a>(&self, _source: &Source<'a>, _scratch: &mut SyntaxScratch) -> Parse<'a> {
        Parse::NotNeeded
    }

    /// Appends the matches of all triggered rules to `candidates`.
    pub fn run_rules(&self, _file: &ParsedFile<'_>, _candidates: &mut Vec<Candidate>) {}
}
