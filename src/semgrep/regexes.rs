//! `pattern-regex` without a pattern of code: run over whole files.

use regex::bytes::{Regex, RegexBuilder};

use super::formula::{Conjunct, Lost, Piece};
use super::language::endings;
use crate::finding::RuleIndex;
use crate::gitleaks::engine::RegexRule;
use crate::rules::model::Confidence;
use crate::syntax::PathFilter;

/// Memory that one compiled regex may take, in bytes.
const REGEX_SIZE: usize = 4 << 20;

/// Whether `conjunct` asks for text only.
pub(super) fn is_regex(conjunct: &Conjunct) -> bool {
    !conjunct.regexes.is_empty() && conjunct.any.is_empty() && conjunct.inside.is_empty()
}

/// The rule for `conjunct` in files of the language `key`, or in all.
///
/// # Errors
/// What of it cannot be said.
pub(super) fn rule(
    conjunct: &Conjunct,
    key: Option<&str>,
    confidence: Confidence,
) -> Result<RegexRule, Lost> {
    if let Some(lost) = conjunct.lost.first() {
        return Err(lost.clone());
    }
    let [piece] = &conjunct.regexes[..] else {
        let line = conjunct.line().unwrap_or(1);
        return Err(Lost::new(line, "pattern-regex", "several regexes at one place"));
    };
    let other = conjunct.not.iter().chain(&conjunct.not_inside).map(|piece| piece.line);
    let tests = conjunct.conditions.iter().map(|condition| condition.line);
    let focus = conjunct.focus.iter().map(|(_, line)| *line);
    if let Some(line) = other.chain(tests).chain(focus).next() {
        let why = "a condition on code together with a regex";
        return Err(Lost::new(line, "pattern-regex", why));
    }
    let only: Vec<String> = key
        .map(|key| endings(key).iter().map(|&glob| glob.to_owned()).collect())
        .unwrap_or_default();
    let files = PathFilter::new(&only, &[])
        .map_err(|error| Lost::new(piece.line, "languages", error.to_string()))?;
    let not = conjunct.not_regexes.iter().map(compile).collect::<Result<Vec<_>, _>>()?;
    Ok(RegexRule {
        index: RuleIndex(0),
        regex: compile(piece)?,
        path: None,
        secret_group: 0,
        entropy: 0.0,
        keywords: Vec::new(),
        files: vec![files],
        not,
        plain: Some(confidence),
    })
}

/// `^` and `$` are the ends of lines.
fn compile(piece: &Piece) -> Result<Regex, Lost> {
    let built = RegexBuilder::new(piece.text.trim_end_matches('\n'))
        .multi_line(true)
        .size_limit(REGEX_SIZE)
        .build();
    built.map_err(|error| {
        let why = format!("the regex is not read: {}", super::reason(&error));
        Lost::new(piece.line, "pattern-regex", why)
    })
}
