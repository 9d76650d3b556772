//! What an alternative of a rule matches, and what it reports.

use super::formula::{Conjunct, Lost, MAX_ALTERNATIVES, Piece};
use super::scan::{Token, tokens};

/// What is matched: one of these texts, and all of the others too.
#[derive(Clone)]
pub(super) struct Subject<'c> {
    pub(super) any: Vec<&'c Piece>,
    pub(super) also: Vec<&'c Piece>,
    /// Around it, beyond what `any` took the place of.
    pub(super) inside: Vec<&'c Vec<Piece>>,
    pub(super) report: Option<String>,
}

impl<'c> Subject<'c> {
    fn and(&self, piece: &'c Piece) -> Subject<'c> {
        Subject { also: [&self.also[..], &[piece]].concat(), ..self.clone() }
    }
}

/// A bare `$X` says what to report of the pattern around it. Of several
/// patterns the first is matched, and the others hold as well.
pub(super) fn subjects(conjunct: &Conjunct) -> Result<Vec<Subject<'_>>, Lost> {
    let mut report = conjunct.focus.as_ref().map(|(name, _)| name.clone());
    let mut positive: Vec<&Vec<Piece>> = Vec::new();
    for group in &conjunct.any {
        match &group[..] {
            [piece] if bare(&piece.text).is_some() => report = report.or(bare(&piece.text)),
            _ => positive.push(group),
        }
    }
    let mut inside: Vec<&Vec<Piece>> = conjunct.inside.iter().collect();
    if positive.is_empty() {
        let named = |group: &&Vec<Piece>| {
            let has = |name: &String| group.iter().all(|piece| names(&piece.text).contains(name));
            report.as_ref().is_none_or(has)
        };
        let Some(at) = inside.iter().rposition(named) else {
            let line = conjunct.line().unwrap_or(1);
            return Err(Lost::new(line, "pattern", "no pattern says what to look for"));
        };
        positive.push(inside.remove(at));
    }
    let mut subjects =
        vec![Subject { any: positive[0].iter().collect(), also: vec![], inside, report }];
    for group in &positive[1..] {
        if subjects.len() * group.len() > MAX_ALTERNATIVES {
            let why = format!("its parts make more than {MAX_ALTERNATIVES} alternatives");
            return Err(Lost::new(conjunct.line().unwrap_or(1), "patterns", why));
        }
        let mut more = Vec::new();
        for subject in &subjects {
            more.extend(group.iter().map(|piece| subject.and(piece)));
        }
        subjects = more;
    }
    Ok(subjects)
}

/// The name of a pattern that is a metavariable and nothing else.
fn bare(text: &str) -> Option<String> {
    match &tokens(text.trim(), "python")[..] {
        [Token::Meta(name)] => Some(name.clone()),
        _ => None,
    }
}

/// The metavariables of a pattern.
pub(super) fn names(text: &str) -> Vec<String> {
    let name = |token: Token| match token {
        Token::Meta(name) | Token::Many(name) => vec![name],
        Token::Text { content, .. } => names(&content),
        _ => Vec::new(),
    };
    tokens(text, "").into_iter().flat_map(name).collect()
}
