//! A rule's formula: read from YAML, then written out as alternatives, each of
//! which is one matcher of ours or more.

use std::rc::Rc;

use super::yaml::Node;

/// Alternatives of one rule, at most; formulas multiply.
pub(super) const MAX_ALTERNATIVES: usize = 200;

/// A pattern or regex as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) text: String,
    /// Line of the file.
    pub(super) line: usize,
}

/// Something that is not carried over: where, what, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Lost {
    pub(super) line: usize,
    pub(super) feature: String,
    pub(super) why: String,
}

impl Lost {
    pub(super) fn new(line: usize, feature: &str, why: impl Into<String>) -> Self {
        Lost { line, feature: feature.to_owned(), why: why.into() }
    }
}

/// A condition on what a metavariable stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Condition {
    /// Without `$`.
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) test: Test,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Test {
    /// Matches at the beginning of the text.
    Regex(String),
    /// Is found in the text.
    Search(String),
    /// Is an instance of one of these types.
    Type(Vec<String>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Formula {
    Pattern(Piece),
    Regex(Piece),
    Not(Piece),
    NotRegex(Piece),
    /// Within one of these.
    Inside(Vec<Piece>),
    NotInside(Piece),
    Condition(Condition),
    Focus(String, usize),
    All(Vec<Formula>),
    Any(Vec<Formula>),
    Lost(Lost),
}

/// What must hold together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Conjunct {
    /// Of each list one must match.
    pub(super) any: Vec<Vec<Piece>>,
    pub(super) not: Vec<Piece>,
    /// Of each list one must be around.
    pub(super) inside: Vec<Vec<Piece>>,
    pub(super) not_inside: Vec<Piece>,
    pub(super) regexes: Vec<Piece>,
    pub(super) not_regexes: Vec<Piece>,
    pub(super) conditions: Vec<Condition>,
    /// Metavariable to report, with its line.
    pub(super) focus: Option<(String, usize)>,
    /// Why it cannot be run.
    pub(super) lost: Vec<Lost>,
}

impl Conjunct {
    /// Where it begins in the file.
    pub(super) fn line(&self) -> Option<usize> {
        let pieces = self.any.iter().chain(&self.inside).flatten().chain(&self.regexes);
        let lost = self.lost.iter().map(|lost| lost.line);
        pieces.map(|piece| piece.line).chain(lost).min()
    }

    fn and(&self, other: &Conjunct) -> Conjunct {
        Conjunct {
            any: [&self.any[..], &other.any].concat(),
            not: [&self.not[..], &other.not].concat(),
            inside: [&self.inside[..], &other.inside].concat(),
            not_inside: [&self.not_inside[..], &other.not_inside].concat(),
            regexes: [&self.regexes[..], &other.regexes].concat(),
            not_regexes: [&self.not_regexes[..], &other.not_regexes].concat(),
            conditions: [&self.conditions[..], &other.conditions].concat(),
            focus: self.focus.clone().or_else(|| other.focus.clone()),
            lost: [&self.lost[..], &other.lost].concat(),
        }
    }
}

/// The alternatives of the formula in the entries of `node`, as they stand in a
/// rule, an item of `patterns`, or a source of `mode: taint`.
pub(super) fn alternatives(node: &Node) -> Vec<Conjunct> {
    written_out(&all_of(node), node.line)
}

/// Keys that say what to look for.
pub(super) fn is_formula_key(key: &str) -> bool {
    key.starts_with("pattern") || key.starts_with("metavariable-") || key == "focus-metavariable"
}

fn all_of(node: &Node) -> Formula {
    let parts = node.entries().filter(|(key, _)| is_formula_key(key));
    let mut parts: Vec<Formula> = parts.map(|(key, value)| one(key, value)).collect();
    match parts.len() {
        1 => parts.remove(0),
        _ => Formula::All(parts),
    }
}

fn one(key: &str, value: &Rc<Node>) -> Formula {
    let lost = |why: &str| Formula::Lost(Lost::new(value.line, key, why));
    let items = || value.items().unwrap_or_default().iter();
    let piece = || match piece(value) {
        Some(piece) => Ok(piece),
        None => Err(lost("its value is no pattern")),
    };
    let of_piece = |make: fn(Piece) -> Formula| piece().map_or_else(|lost| lost, make);
    match key {
        "pattern" => of_piece(Formula::Pattern),
        "pattern-regex" => of_piece(Formula::Regex),
        "pattern-not" => of_piece(Formula::Not),
        "pattern-not-regex" => of_piece(Formula::NotRegex),
        "pattern-not-inside" => of_piece(Formula::NotInside),
        "pattern-inside" => match (piece(), either(value)) {
            (Ok(piece), _) => Formula::Inside(vec![piece]),
            (_, Some(pieces)) => Formula::Inside(pieces),
            (Err(lost), None) => lost,
        },
        "patterns" => Formula::All(items().map(|item| all_of(item)).collect()),
        "pattern-either" => Formula::Any(items().map(|item| all_of(item)).collect()),
        "metavariable-regex" => metavariable_regex(value),
        "metavariable-pattern" => metavariable_pattern(value),
        "metavariable-type" => metavariable_type(value),
        "metavariable-comparison" => lost("captured numbers are not compared"),
        "metavariable-analysis" => lost("there is no such analysis"),
        "focus-metavariable" => match &value.texts()[..] {
            [name] => Formula::Focus(bare(name), value.line),
            _ => lost("one metavariable can be reported, not several"),
        },
        _ => lost("this key is not known"),
    }
}

/// A text, or a map with nothing but a `pattern`.
fn piece(value: &Node) -> Option<Piece> {
    let only = value.entries().count() == 1;
    let text = value.text().or_else(|| value.text_at("pattern").filter(|_| only))?;
    Some(Piece { text: text.to_owned(), line: value.line })
}

/// The patterns of a map with nothing but a `pattern-either` of patterns.
fn either(value: &Node) -> Option<Vec<Piece>> {
    let items = value.get("pattern-either").filter(|_| value.entries().count() == 1)?.items()?;
    items.iter().map(|item| piece(item)).collect()
}

fn bare(name: &str) -> String {
    let name = name.trim();
    name.strip_prefix("$...").or(name.strip_prefix('$')).unwrap_or(name).to_owned()
}

fn metavariable_regex(value: &Node) -> Formula {
    let (Some(name), Some(regex)) = (value.text_at("metavariable"), value.text_at("regex")) else {
        let why = "it needs `metavariable` and `regex`";
        return Formula::Lost(Lost::new(value.line, "metavariable-regex", why));
    };
    let test = Test::Regex(regex.to_owned());
    Formula::Condition(Condition { name: bare(name), line: value.line, test })
}

fn metavariable_pattern(value: &Node) -> Formula {
    match (value.text_at("metavariable"), value.text_at("pattern-regex"), value.entries().count()) {
        (Some(name), Some(regex), 2) => {
            let test = Test::Search(regex.to_owned());
            Formula::Condition(Condition { name: bare(name), line: value.line, test })
        }
        _ => {
            let why = "patterns within a metavariable are not looked for, only `pattern-regex`";
            Formula::Lost(Lost::new(value.line, "metavariable-pattern", why))
        }
    }
}

fn metavariable_type(value: &Node) -> Formula {
    let types = value.get("type").or_else(|| value.get("types"));
    let types: Vec<String> = types
        .map(|types| types.texts().iter().map(|&text| text.to_owned()).collect())
        .unwrap_or_default();
    match value.text_at("metavariable") {
        Some(name) if !types.is_empty() => {
            let test = Test::Type(types);
            Formula::Condition(Condition { name: bare(name), line: value.line, test })
        }
        _ => {
            let why = "it needs `metavariable` and `type`";
            Formula::Lost(Lost::new(value.line, "metavariable-type", why))
        }
    }
}

/// As deep as the file, whose nesting is limited.
fn written_out(formula: &Formula, line: usize) -> Vec<Conjunct> {
    let none = Conjunct::default;
    let single = |conjunct: Conjunct| vec![conjunct];
    match formula {
        Formula::Pattern(piece) => single(Conjunct { any: vec![vec![piece.clone()]], ..none() }),
        Formula::Regex(piece) => single(Conjunct { regexes: vec![piece.clone()], ..none() }),
        Formula::Not(piece) => single(Conjunct { not: vec![piece.clone()], ..none() }),
        Formula::NotRegex(piece) => single(Conjunct { not_regexes: vec![piece.clone()], ..none() }),
        Formula::Inside(pieces) => single(Conjunct { inside: vec![pieces.clone()], ..none() }),
        Formula::NotInside(piece) => single(Conjunct { not_inside: vec![piece.clone()], ..none() }),
        Formula::Condition(test) => single(Conjunct { conditions: vec![test.clone()], ..none() }),
        Formula::Focus(name, line) => {
            single(Conjunct { focus: Some((name.clone(), *line)), ..none() })
        }
        Formula::Lost(lost) => single(Conjunct { lost: vec![lost.clone()], ..none() }),
        Formula::All(parts) => {
            let parts = parts.iter().map(|part| written_out(part, line));
            parts.fold(single(none()), |so_far, part| product(&so_far, &part, line))
        }
        Formula::Any(parts) => joined(parts)
            .unwrap_or_else(|| parts.iter().flat_map(|part| written_out(part, line)).collect()),
    }
}

/// Alternatives of one kind are one list of a matcher.
fn joined(parts: &[Formula]) -> Option<Vec<Conjunct>> {
    let pattern = |part: &Formula| match part {
        Formula::Pattern(piece) => Some(piece.clone()),
        _ => None,
    };
    let inside = |part: &Formula| match part {
        Formula::Inside(pieces) => Some(pieces.clone()),
        _ => None,
    };
    let patterns: Option<Vec<Piece>> = parts.iter().map(pattern).collect();
    let around: Option<Vec<Vec<Piece>>> = parts.iter().map(inside).collect();
    match (patterns, around) {
        (Some(pieces), _) if !pieces.is_empty() => {
            Some(vec![Conjunct { any: vec![pieces], ..Conjunct::default() }])
        }
        (_, Some(pieces)) if !pieces.is_empty() => {
            Some(vec![Conjunct { inside: vec![pieces.concat()], ..Conjunct::default() }])
        }
        _ => None,
    }
}

fn product(left: &[Conjunct], right: &[Conjunct], line: usize) -> Vec<Conjunct> {
    if left.len() * right.len() > MAX_ALTERNATIVES {
        let why = format!("its parts make more than {MAX_ALTERNATIVES} alternatives");
        let lost = vec![Lost::new(line, "patterns", why)];
        return vec![Conjunct { lost, ..Conjunct::default() }];
    }
    left.iter().flat_map(|one| right.iter().map(|two| one.and(two))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::semgrep::yaml;

    fn read(text: &str) -> Vec<Conjunct> {
        alternatives(&yaml::parse(text).unwrap())
    }

    fn texts(pieces: &[Piece]) -> Vec<&str> {
        pieces.iter().map(|piece| piece.text.as_str()).collect()
    }

    #[test]
    fn alternatives_of_patterns_stay_one_list() {
        let read = read(
            "patterns:\n- pattern-either:\n  - pattern: a()\n  - pattern: b()\n- pattern-not: c()\n",
        );
        assert_eq!(read.len(), 1);
        assert_eq!(texts(&read[0].any[0]), ["a()", "b()"]);
        assert_eq!((texts(&read[0].not), read[0].line()), (vec!["c()"], Some(3)));
    }

    #[test]
    fn mixed_alternatives_are_multiplied() {
        let read = read(
            "patterns:\n- pattern-either:\n  - patterns:\n    - pattern: a($X)\n    - metavariable-regex: {metavariable: $X, regex: q}\n  - pattern: b()\n- pattern-inside: f()\n",
        );
        assert_eq!(read.len(), 2);
        assert!(read.iter().all(|conjunct| texts(&conjunct.inside[0]) == ["f()"]));
        assert_eq!(read[0].conditions[0].name, "X");
        assert!(read[1].conditions.is_empty());
    }

    #[test]
    fn what_is_not_known_is_kept_with_its_line() {
        let read = read(
            "patterns:\n- pattern: a($X)\n- metavariable-comparison:\n    comparison: $X > 3\n",
        );
        assert_eq!(read[0].lost[0].feature, "metavariable-comparison");
        assert_eq!(read[0].lost[0].line, 4);
    }
}
