//! An alternative of a rule as matchers of ours, for one language.

use super::conditions::{captures, test};
use super::formula::{Conjunct, Lost, Piece};
use super::language::follows_imports;
use super::shape::{self, Around, Given, Shape};
use super::subject::{Subject, subjects};
use super::translate::{Fresh, own_name};
use crate::rules::model::PatternMatch;

/// Arguments in which a hole between ellipses is looked for.
const ARGUMENTS: usize = 5;

/// A matcher and what it does not say.
#[derive(Debug, Default)]
pub(super) struct Made {
    pub(super) matchers: Vec<PatternMatch>,
    /// What is said less exactly than it was written.
    pub(super) loose: Vec<Lost>,
    /// Alternatives that are not looked for, where others are.
    pub(super) left_out: Vec<Lost>,
    /// Our patterns and the line of what each was made of.
    pub(super) lines: Vec<(String, usize)>,
    /// Patterns that say again what another says; none is missed.
    pub(super) spare: Vec<String>,
}

/// The matchers of `conjunct` in the language `key`.
///
/// # Errors
/// The first condition that cannot be carried over: without it, more would be
/// found than was asked for.
pub(super) fn matchers(conjunct: &Conjunct, key: &str) -> Result<Made, Lost> {
    if let Some(lost) = conjunct.lost.first() {
        return Err(lost.clone());
    }
    let mut builder = Builder { key, fresh: Fresh::default(), made: Made::default() };
    let base = builder.conditions(conjunct)?;
    for subject in subjects(conjunct)? {
        builder.subject(conjunct, &subject, &base)?;
    }
    Ok(builder.made)
}

struct Builder<'k> {
    key: &'k str,
    fresh: Fresh,
    made: Made,
}

impl Builder<'_> {
    /// The parts of a matcher that all subjects share.
    fn conditions(&mut self, conjunct: &Conjunct) -> Result<PatternMatch, Lost> {
        if let Some(regex) = conjunct.regexes.first().or(conjunct.not_regexes.first()) {
            let why = "a regex and a pattern of code at one place";
            return Err(Lost::new(regex.line, "pattern-regex", why));
        }
        let mut base =
            PatternMatch { languages: vec![self.key.to_owned()], ..PatternMatch::default() };
        for piece in &conjunct.not {
            let shape = self.shape(piece, "pattern-not")?;
            if !shape.given.is_empty() || !shape.has.is_empty() {
                let why = "only one statement, without a condition on its body, can be excluded";
                return Err(Lost::new(piece.line, "pattern-not", why));
            }
            base.not.extend(shape.texts);
            base.constraints.extend(shape.constraints);
        }
        for piece in &conjunct.not_inside {
            let around = self.around(piece, "pattern-not-inside")?;
            match around {
                Around::Node(shape) => {
                    self.is_shallow(&shape, piece, "pattern-not-inside").map_or(Ok(()), Err)?;
                    base.not_inside.extend(shape.texts);
                    base.constraints.extend(shape.constraints);
                }
                Around::After(_) => {
                    let why = "what may not come before, in the same block";
                    return Err(Lost::new(piece.line, "pattern-not-inside", why));
                }
            }
        }
        Ok(base)
    }

    fn shape(&mut self, piece: &Piece, feature: &str) -> Result<Shape, Lost> {
        let shape = shape::of(&piece.text, self.key, &mut self.fresh);
        let shape = shape.map_err(|why| Lost::new(piece.line, feature, why))?;
        self.remember(&shape, piece.line);
        Ok(shape)
    }

    fn around(&mut self, piece: &Piece, feature: &str) -> Result<Around, Lost> {
        let around = shape::around(&piece.text, self.key, &mut self.fresh);
        let around = around.map_err(|why| Lost::new(piece.line, feature, why))?;
        if let Around::Node(shape) = &around {
            self.remember(shape, piece.line);
        }
        Ok(around)
    }

    fn remember(&mut self, shape: &Shape, line: usize) {
        let texts = shape.texts.iter().chain(&shape.has);
        self.made.lines.extend(texts.map(|text| (text.clone(), line)));
        self.made.spare.extend(shape.texts.iter().skip(1).cloned());
    }

    /// A note if statements in the body of what is around stand directly in it.
    fn is_shallow(&self, shape: &Shape, piece: &Piece, feature: &str) -> Option<Lost> {
        let body = super::statements::block(piece.text.trim(), self.key)?.body;
        let said = body.iter().any(|statement| statement != "...") && shape.has.is_empty();
        said.then(|| {
            Lost::new(piece.line, feature, "the statement is looked for directly in the body only")
        })
    }

    fn subject(
        &mut self,
        conjunct: &Conjunct,
        subject: &Subject<'_>,
        base: &PatternMatch,
    ) -> Result<(), Lost> {
        let mut shared = base.clone();
        let mut given = Given::default();
        let mut found_inside = false;
        for group in &subject.inside {
            let (nodes, after) = self.surroundings(group)?;
            given.join(after);
            if nodes.texts.is_empty() {
                continue;
            }
            if std::mem::replace(&mut found_inside, true) {
                let line = group.first().map_or(1, |piece| piece.line);
                let why = "one `pattern-inside` can be asked for, not several at once";
                return Err(Lost::new(line, "pattern-inside", why));
            }
            shared.inside.extend(nodes.texts);
            shared.constraints.extend(nodes.constraints);
        }
        for piece in &subject.also {
            let shape = self.shape(piece, "pattern")?;
            if shape.texts.len() > 1 || !shape.has.is_empty() || !shape.given.is_empty() {
                let why = "two patterns at one place, one of them of several statements";
                return Err(Lost::new(piece.line, "pattern", why));
            }
            shared.also.extend(shape.texts);
            shared.constraints.extend(shape.constraints);
        }
        let shapes = self.shapes(&subject.any)?;
        for shape in shapes {
            self.finish(conjunct, subject, &shared, &given, shape)?;
        }
        Ok(())
    }

    /// The shapes of `pieces` that can be carried over, those alike in one.
    fn shapes(&mut self, pieces: &[&Piece]) -> Result<Vec<Shape>, Lost> {
        let mut shapes: Vec<Shape> = Vec::new();
        for piece in pieces {
            let shape = match self.shape(piece, "pattern") {
                Ok(shape) => shape,
                Err(lost) => {
                    self.made.left_out.push(lost);
                    continue;
                }
            };
            if shape.is_last {
                let why = "the last statement is reported, not the first";
                self.made.loose.push(Lost::new(piece.line, "pattern", why));
            }
            let alike = |other: &&mut Shape| other.has == shape.has && other.given == shape.given;
            match shapes.iter_mut().find(alike) {
                Some(other) => {
                    other.texts.extend(shape.texts);
                    other.constraints.extend(shape.constraints);
                }
                None => shapes.push(shape),
            }
        }
        match (shapes.is_empty(), self.made.left_out.first()) {
            (true, Some(lost)) => Err(lost.clone()),
            _ => Ok(shapes),
        }
    }

    /// One of `group` is around: the nodes, and what has been established.
    fn surroundings(&mut self, group: &[Piece]) -> Result<(Shape, Given), Lost> {
        let (mut nodes, mut given) = (Shape::default(), Given::default());
        for piece in group {
            match self.around(piece, "pattern-inside")? {
                Around::Node(shape) => {
                    self.made.loose.extend(self.is_shallow(&shape, piece, "pattern-inside"));
                    nodes.texts.extend(shape.texts);
                    nodes.constraints.extend(shape.constraints);
                }
                Around::After(after) => given.join(after),
            }
        }
        if nodes.texts.is_empty() || given.is_empty() {
            return Ok((nodes, given));
        }
        let line = group.first().map_or(1, |piece| piece.line);
        Err(Lost::new(line, "pattern-inside", "either around or before, as one wishes"))
    }

    fn finish(
        &mut self,
        conjunct: &Conjunct,
        subject: &Subject<'_>,
        shared: &PatternMatch,
        given: &Given,
        shape: Shape,
    ) -> Result<(), Lost> {
        let mut given = given.clone();
        given.join(shape.given);
        let mut matcher = shared.clone();
        matcher.any = shape.texts;
        matcher.has = shape.has;
        matcher.constraints.extend(shape.constraints);
        for (name, types) in given.types {
            matcher.constraints.entry(name).or_default().types.extend(types);
        }
        matcher.report = subject.report.as_deref().map(own_name);
        test(&mut matcher, &conjunct.conditions)?;
        if let Some((name, line)) = &conjunct.focus
            && !captures(&matcher).contains(&own_name(name))
        {
            let why = format!("no pattern captures `${name}`");
            return Err(Lost::new(*line, "focus-metavariable", why));
        }
        let names = captures(&matcher);
        matcher.constraints.retain(|name, _| names.contains(name));
        matcher.imports = given.imports;
        let matchers = match matcher.report.clone() {
            Some(name) => each_argument(&matcher, &name),
            None => vec![matcher],
        };
        self.made.matchers.extend(matchers);
        Ok(())
    }
}

/// With names that the file's imports may have changed, in languages where they
/// are followed: as written, and as imported.
pub(super) fn imported(matcher: PatternMatch) -> Vec<PatternMatch> {
    let follows = matcher.languages.iter().all(|key| follows_imports(key));
    if !matcher.imports.is_empty() || !follows {
        return vec![matcher];
    }
    let flow = matcher.flow.iter().flat_map(|flow| flow.sources.iter().chain(&flow.sanitizers));
    let patterns = matcher.any.iter().chain(&matcher.has).chain(&matcher.not).chain(flow);
    let mut modules: Vec<String> = patterns.flat_map(|text| packages(text)).collect();
    modules.sort();
    modules.dedup();
    if modules.is_empty() {
        return vec![matcher];
    }
    let followed = PatternMatch { imports: modules, ..matcher.clone() };
    vec![matcher, followed]
}

/// A matcher captures the first argument that fits; what is reported may be any.
pub(super) fn each_argument(matcher: &PatternMatch, name: &str) -> Vec<PatternMatch> {
    let hole = format!("$$$, ${name}, $$$");
    if !matcher.any.iter().any(|text| text.contains(&hole)) {
        return vec![matcher.clone()];
    }
    let at = |skipped: usize| {
        let place = format!("{}${name}, $$$", "$_, ".repeat(skipped));
        let any = matcher.any.iter().map(|text| text.replace(&hole, &place)).collect();
        PatternMatch { any, ..matcher.clone() }
    };
    (0..ARGUMENTS).map(at).collect()
}

/// The first parts of dotted names in `text`.
fn packages(text: &str) -> Vec<String> {
    const LOCAL: &[&str] = &[
        "self", "cls", "this", "super", "window", "document", "console", "process", "Math", "JSON",
    ];
    let part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.');
    let mut found = Vec::new();
    for (at, name) in text.split(|c: char| !part(c)).scan(0, |at, name| {
        let start = *at;
        *at = start + name.len() + 1;
        Some((start, name))
    }) {
        let Some((first, rest)) = name.split_once('.') else { continue };
        let plain = first.chars().all(|c| c.is_alphanumeric() || c == '_');
        let named = first.starts_with(|c: char| c.is_alphabetic() || c == '_') && !rest.is_empty();
        let quoted = text.get(..at).is_some_and(|before| before.ends_with(['"', '\'']));
        if plain && named && !quoted && !LOCAL.contains(&first) {
            found.push(first.to_owned());
        }
    }
    found
}
