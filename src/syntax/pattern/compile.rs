//! From pattern text to [`Pat`]: parse with the grammar, inside whatever code
//! it needs around it, and keep what the matcher compares.

use tree_sitter::{Node, Parser, Tree};

use super::template::{Meta, Style, Template};
use super::wrap::{Wrapper, wrappers};
use super::{NodePat, Pat, Path, Step, Var};
use crate::syntax::arena;
use crate::syntax::condition::Import;
use crate::syntax::dialect::{
    CHAIN, CONTAINER, Dialect, IMPLIED, KEYED, MAP, MAYBE_KEYED, NAME, PAREN, UNSAID,
};
use crate::syntax::nodes::{node_text, string_content};

/// Deeper patterns are refused: matching recurses on the pattern's depth.
const MAX_DEPTH: usize = 100;

/// Numbers of the metavariables of one matcher.
#[derive(Debug, Default, Clone)]
pub(crate) struct Names(Vec<String>);

impl Names {
    /// The number of `name`, new or known.
    pub(crate) fn var(&mut self, name: &str) -> Var {
        let index = self.find(name).unwrap_or_else(|| {
            self.0.push(name.to_owned());
            self.0.len() as Var - 1
        });
        index as Var
    }

    /// The number of `name` if a pattern has it.
    pub(crate) fn find(&self, name: &str) -> Option<Var> {
        self.0.iter().position(|known| known == name).map(|index| index as Var)
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }
}

/// Why a pattern cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    #[error("it is not {0} code, also not as an expression, statement, member or entry")]
    Unparsable(&'static str),
    #[error("it is not whole {language} code: `{token}` is missing")]
    Lacks { language: &'static str, token: String },
    #[error("it is nested too deeply")]
    TooDeep,
    #[error("it would match every node")]
    MatchesAll,
    #[error("it is empty")]
    Empty,
}

impl PatternError {
    /// What to write instead.
    pub fn fix(&self) -> &'static str {
        match self {
            PatternError::Unparsable(_) => {
                "write the code as it stands in a file, whole: every bracket and quote closed"
            }
            PatternError::Lacks { .. } => {
                "write the code to its end, `$$$` for what may be anything"
            }
            PatternError::TooDeep => "leave out what is around it",
            PatternError::MatchesAll => "name something in it",
            PatternError::Empty => "write the code to look for, or leave it out",
        }
    }
}

/// Compiles `pattern` for the language of `dialect`. Names of `imports` in it
/// are resolved through the imports of a file.
///
/// # Errors
/// The pattern is no code of the language, or too general.
pub(crate) fn compile(
    dialect: &Dialect,
    pattern: &str,
    imports: &[Import],
    names: &mut Names,
) -> Result<Pat, PatternError> {
    let template = Template::new(pattern);
    if template.is_empty() {
        return Err(PatternError::Empty);
    }
    let parsed = parse(dialect, &template)?;
    let root = parsed.root().ok_or(PatternError::Unparsable(dialect.language.key()))?;
    let mut compiler = Compiler { dialect, template: &template, parsed: &parsed, imports, names };
    match compiler.pat(root, 0)? {
        Pat::Any(_) => Err(PatternError::MatchesAll),
        pat => Ok(pat),
    }
}

/// A pattern as it was accepted by the grammar.
struct Parsed {
    code: String,
    tree: Tree,
    style: Style,
    start: usize,
    end: usize,
}

impl Parsed {
    /// The node that is the pattern: the innermost one that spans it.
    fn root(&self) -> Option<Node<'_>> {
        let node = self.tree.root_node().named_descendant_for_byte_range(self.start, self.end)?;
        let spans = node.start_byte() == self.start
            && self.code.get(self.start..node.end_byte()).is_some_and(|text| {
                text.trim_end_matches(|c: char| c == ';' || c.is_whitespace()).len()
                    == self.end - self.start
            });
        spans.then_some(node)
    }

    /// The grammar had to add something, e.g. a semicolon.
    fn is_patched(&self) -> bool {
        self.tree.root_node().has_error()
    }
}

/// Tokens that a fragment need not have: they end a statement, or (`!` of C#)
/// make one of an expression. A bracket, a quote or an `end` that is missing is
/// a pattern that somebody has not finished.
const UNSAID_ENDS: [&str; 2] = [";", "!"];

/// The first accepted form, or the first that lacks no more than the end of a
/// statement.
fn parse(dialect: &Dialect, template: &Template) -> Result<Parsed, PatternError> {
    let language = dialect.language.key();
    let mut parser = arena::parser();
    let unparsable = PatternError::Unparsable(language);
    parser.set_language(&dialect.grammar).map_err(|_| unparsable.clone())?;
    let (mut patched, mut lacks) = (None, None);
    for style in Style::of(dialect.language) {
        let code = template.render(*style);
        for wrapper in wrappers(dialect.language, template) {
            let Some(parsed) = parse_one(&mut parser, &code, wrapper, *style) else { continue };
            match flaw(&parsed.tree) {
                Flaw::None if !parsed.is_patched() => return Ok(parsed),
                Flaw::None => patched = patched.or(Some(parsed)),
                Flaw::Missing(token) => lacks = lacks.or(Some(token)),
                Flaw::Error => {}
            }
        }
    }
    let token = lacks.and_then(|kind| dialect.grammar.node_kind_for_id(kind));
    let lacking = token.map(|token| PatternError::Lacks { language, token: token.to_owned() });
    patched.ok_or(lacking.unwrap_or(unparsable))
}

fn parse_one(
    parser: &mut Parser,
    code: &str,
    (before, after): Wrapper,
    style: Style,
) -> Option<Parsed> {
    let start = before.len();
    let end = start + code.len();
    let code = format!("{before}{code}{after}");
    let tree = parser.parse(&code, None)?;
    let parsed = Parsed { code, tree, style, start, end };
    parsed.root().is_some().then_some(parsed)
}

/// What keeps a tree from being that of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flaw {
    None,
    /// A token of this kind, and perhaps others.
    Missing(u16),
    /// A part that is no code, or lacks more than a token.
    Error,
}

fn flaw(tree: &Tree) -> Flaw {
    let mut flaw = Flaw::None;
    crate::syntax::nodes::walk(tree.root_node(), |node| {
        if node.is_error() || node.is_missing() && node.is_named() {
            flaw = Flaw::Error;
        } else if node.is_missing() && !UNSAID_ENDS.contains(&node.kind()) && flaw == Flaw::None {
            flaw = Flaw::Missing(node.kind_id());
        }
        flaw != Flaw::Error
    });
    flaw
}

struct Compiler<'a> {
    dialect: &'a Dialect,
    template: &'a Template,
    parsed: &'a Parsed,
    imports: &'a [Import],
    names: &'a mut Names,
}

impl Compiler<'_> {
    fn text(&self, node: Node<'_>) -> &str {
        self.parsed.code.get(node.byte_range()).unwrap_or_default()
    }

    fn meta(&self, text: &str) -> Option<Meta> {
        self.template.meta(self.parsed.style, text).cloned()
    }

    fn bytes(&self, text: &str) -> Box<[u8]> {
        self.template.restore(self.parsed.style, text).into_bytes().into()
    }

    fn var(&mut self, name: Option<String>) -> Option<Var> {
        name.map(|name| self.names.var(&name))
    }

    fn pat(&mut self, node: Node<'_>, depth: usize) -> Result<Pat, PatternError> {
        if depth > MAX_DEPTH {
            return Err(PatternError::TooDeep);
        }
        if let Some(Meta::One(name) | Meta::Many(name)) = self.meta(self.text(node)) {
            return Ok(Pat::Any(self.var(name)));
        }
        if let Some(literal) = self.literal(node) {
            return Ok(literal);
        }
        if let Some(inner) = inner(self.dialect, node) {
            return self.pat(inner, depth + 1);
        }
        if let Some(path) = self.path(node) {
            return Ok(Pat::Path(path));
        }
        if node.named_child_count() == 0 && !self.dialect.is(node.kind_id(), CONTAINER) {
            return Ok(Pat::Word(self.bytes(self.text(node))));
        }
        self.node(node, depth).map(Pat::Node)
    }

    fn literal(&mut self, node: Node<'_>) -> Option<Pat> {
        let content = string_content(self.dialect, self.parsed.code.as_bytes(), node)?;
        let text = self.parsed.code.get(content.range)?.to_owned();
        match self.meta(&text) {
            Some(Meta::One(name) | Meta::Many(name)) => Some(Pat::AnyString(self.var(name))),
            None => Some(Pat::Text(self.bytes(&text))),
        }
    }

    /// A dotted name whose beginning is one of the imports.
    fn path(&self, node: Node<'_>) -> Option<Path> {
        if !self.dialect.is(node.kind_id(), CHAIN | NAME) {
            return None;
        }
        let text = self.text(node);
        let no_meta = self.template.restore(self.parsed.style, text) == text;
        let dotted = self.imports.iter().filter(|_| no_meta).filter_map(|import| {
            let rest = text.strip_prefix(import.name.as_str())?;
            let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '$');
            let whole = rest.is_empty() || rest.starts_with('.');
            (whole && rest.chars().all(plain)).then(|| format!("{}{rest}", import.module))
        });
        let dotted: Vec<String> = dotted.collect();
        (!dotted.is_empty()).then_some(Path { dotted })
    }

    fn node(&mut self, node: Node<'_>, depth: usize) -> Result<NodePat, PatternError> {
        let kind = self.dialect.canonical(node.kind_id());
        let mut made =
            NodePat { kind, steps: vec![], keyed: vec![], said: vec![], said_fields: vec![] };
        let entry = is_keyed(self.dialect, node, None) && self.dialect.loose_keys;
        let mut cursor = node.walk();
        let mut more = cursor.goto_first_child();
        let mut first = true;
        while more {
            let child = cursor.node();
            made.said_fields.extend(cursor.field_id().map(u16::from));
            more = cursor.goto_next_sibling();
            if child.is_extra() || child.is_missing() {
                continue;
            }
            self.item(&mut made, node, child, depth)?;
            if entry && std::mem::take(&mut first) {
                made.steps.iter_mut().for_each(loosen_key);
            }
        }
        if self.dialect.is(kind, MAP) && !made.keyed.is_empty() {
            made.steps = opened(made.steps);
        }
        Ok(made)
    }

    fn item(
        &mut self,
        made: &mut NodePat,
        parent: Node<'_>,
        child: Node<'_>,
        depth: usize,
    ) -> Result<(), PatternError> {
        let kind = child.kind_id();
        if !child.is_named() {
            if !self.dialect.is(kind, IMPLIED) {
                made.steps.push(Step::Token(kind));
            }
            return Ok(());
        }
        if self.dialect.is(kind, UNSAID) {
            made.said.push(self.dialect.canonical(kind));
        }
        if let Some(Meta::Many(name)) = self.meta(self.text(child)) {
            let var = self.var(name);
            made.steps.push(Step::Many(var));
        } else if is_keyed(self.dialect, child, Some(parent)) {
            let pat = self.pat(child, depth + 1)?;
            made.keyed.push(pat);
        } else {
            let pat = self.pat(child, depth + 1)?;
            made.steps.push(Step::One(pat));
        }
        Ok(())
    }
}

fn loosen_key(step: &mut Step) {
    if let Step::One(pat) = step
        && let Pat::Word(text) | Pat::Text(text) = pat
    {
        let text = text.strip_prefix(b":").unwrap_or(text);
        *pat = Pat::Key(text.strip_suffix(b":").unwrap_or(text).into());
    }
}

/// Anything may stand between and around the steps.
fn opened(steps: Vec<Step>) -> Vec<Step> {
    let mut open = vec![Step::Many(None)];
    for step in steps {
        if !matches!(step, Step::Many(None)) {
            open.push(step);
            open.push(Step::Many(None));
        }
    }
    open
}

/// Whether `node`, found in `parent`, is a named item.
pub(crate) fn is_keyed(dialect: &Dialect, node: Node<'_>, parent: Option<Node<'_>>) -> bool {
    let kind = node.kind_id();
    dialect.is(kind, KEYED)
        || (dialect.is(kind, MAYBE_KEYED) && node.named_child_count() >= 2)
        // C# writes the entries of an object initializer as assignments.
        || parent.is_some_and(|parent| {
            node.kind() == "assignment_expression" && parent.kind() == "initializer_expression"
        })
}

/// The node that `node` is only a wrapper of: parentheses, or a node with a
/// single child of the same extent.
pub(crate) fn inner<'t>(dialect: &Dialect, node: Node<'t>) -> Option<Node<'t>> {
    let kind = node.kind_id();
    if dialect.is(kind, CONTAINER) {
        return None;
    }
    let child = node.named_child(0)?;
    if dialect.is(kind, PAREN) {
        // `parse::<u64>` is `parse`.
        let rest = node.named_child(1);
        return rest.is_none_or(|rest| dialect.is(rest.kind_id(), UNSAID)).then_some(child);
    }
    (node.named_child_count() == 1 && child.byte_range() == node.byte_range()).then_some(child)
}

/// The text of a leaf.
pub(crate) fn leaf_text<'a>(dialect: &Dialect, text: &'a [u8], node: Node<'_>) -> Option<&'a [u8]> {
    let leaf = node.named_child_count() == 0 && !dialect.is(node.kind_id(), CONTAINER);
    leaf.then(|| node_text(text, node))
}
