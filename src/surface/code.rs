//! A file as the adapters read it: its calls in order, what its names stand
//! for, and small questions about nodes. One walk collects everything; what is
//! asked later costs a bounded number of steps, however the code is nested.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

use tree_sitter::Node;

use super::kinds::{is_call, is_condition, is_function};
use super::route::{Handler, Role};
use crate::syntax::ParsedFile;
use crate::syntax::imports::Imports;

/// Longer texts are no names, paths or short lists of arguments.
pub(crate) const MAX_TEXT: usize = 1_000;
/// A name with more definitions stands for nothing certain.
const MAX_DEFINITIONS: usize = 16;
/// Nodes that looking into function bodies may visit, for each byte of text.
const VISITS_PER_BYTE: usize = 3;

/// What a name was given, and where it is visible.
#[derive(Debug, Clone)]
struct Definition<'t> {
    scope: Range<usize>,
    meaning: Meaning<'t>,
}

/// What a name stands for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Meaning<'t> {
    /// The dotted name of something in another module.
    Imported(String),
    Function(Node<'t>),
    Class(Node<'t>),
    Value(Node<'t>),
    /// A parameter: whatever the caller gives.
    Parameter,
    /// Not defined in this file, or defined in several ways.
    Unknown,
}

/// A call and what surrounds it.
#[derive(Debug, Clone)]
pub(crate) struct Call<'t> {
    pub(crate) node: Node<'t>,
    /// The function it stands in; the whole file at the top level.
    pub(crate) scope: Range<usize>,
    /// Under a condition or in a loop of that function.
    pub(crate) conditional: bool,
}

/// See the module.
pub(crate) struct Code<'t> {
    pub(crate) text: &'t [u8],
    pub(crate) root: Node<'t>,
    imports: Imports,
    names: HashMap<&'t str, Vec<Definition<'t>>>,
    /// In the order in which they end: the parts of a chain as they run.
    pub(crate) calls: Vec<Call<'t>>,
    /// Decorated definitions (Python) and classes (Java), in order.
    pub(crate) items: Vec<Node<'t>>,
    /// Where the last import statement starts.
    pub(crate) last_import: usize,
    /// Names that other modules can get (JavaScript).
    exported: HashSet<&'t str>,
    visits: Cell<usize>,
    /// What functions turned out to do, by the number of their node: a guard
    /// is named by many routes and read once.
    pub(crate) roles: RefCell<HashMap<usize, Role>>,
    pub(crate) handlers: RefCell<HashMap<usize, Handler>>,
}

impl<'t> Code<'t> {
    /// Reads `file` in one walk.
    pub(crate) fn new(file: &'t ParsedFile<'_>) -> Self {
        let root = file.tree.root_node();
        let mut code = Code {
            text: file.text,
            root,
            imports: Imports::of(file.language, file.text, root),
            names: HashMap::new(),
            calls: Vec::new(),
            items: Vec::new(),
            last_import: 0,
            exported: HashSet::new(),
            visits: Cell::new(file.text.len().saturating_mul(VISITS_PER_BYTE)),
            roles: RefCell::default(),
            handlers: RefCell::default(),
        };
        code.collect();
        code.calls.sort_by_key(|call| call.node.end_byte());
        code
    }

    fn collect(&mut self) {
        let mut cursor = self.root.walk();
        // Depth, range of the function, and whether what follows is conditional.
        let mut open: Vec<(usize, Range<usize>, bool)> = vec![(0, self.root.byte_range(), false)];
        let mut depth = 0;
        loop {
            let node = cursor.node();
            self.visit(node, &mut open, depth);
            if cursor.goto_first_child() {
                depth += 1;
                continue;
            }
            loop {
                while open.len() > 1 && open.last().is_some_and(|(at, ..)| *at >= depth) {
                    open.pop();
                }
                if cursor.goto_next_sibling() {
                    break;
                }
                if !cursor.goto_parent() {
                    return;
                }
                depth -= 1;
            }
        }
    }

    fn visit(&mut self, node: Node<'t>, open: &mut Vec<(usize, Range<usize>, bool)>, depth: usize) {
        let (scope, conditional) =
            open.last().map(|(_, scope, cond)| (scope.clone(), *cond)).unwrap_or_default();
        let kind = node.kind();
        if is_function(kind) {
            if let Some(name) = node.child_by_field_name("name") {
                self.define(name, scope, Meaning::Function(node));
            }
            self.parameters(node);
            open.push((depth, node.byte_range(), false));
        } else if is_condition(kind) {
            open.push((depth, scope, true));
        } else if is_call(kind) {
            self.calls.push(Call { node, scope, conditional });
        } else {
            self.visit_definition(node, scope);
        }
    }

    fn visit_definition(&mut self, node: Node<'t>, scope: Range<usize>) {
        match node.kind() {
            "class_definition" | "class_declaration" | "class" if node.is_named() => {
                if let Some(name) = node.child_by_field_name("name") {
                    self.define(name, scope, Meaning::Class(node));
                }
                self.items.push(node);
            }
            "decorated_definition" => self.items.push(node),
            "variable_declarator"
            | "assignment"
            | "assignment_expression"
            | "short_var_declaration"
            | "assignment_statement"
            | "var_spec"
            | "const_spec" => {
                self.assignment(node, scope);
            }
            "import_statement" | "import_from_statement" | "import_declaration" => {
                self.last_import = node.start_byte();
            }
            "export_statement" => self.export(node),
            _ => {}
        }
    }

    /// `name = value`, also several at once.
    fn assignment(&mut self, node: Node<'t>, scope: Range<usize>) {
        let field = |names: [&str; 2]| names.iter().find_map(|f| node.child_by_field_name(f));
        let (Some(left), Some(right)) = (field(["left", "name"]), field(["right", "value"])) else {
            return;
        };
        if ["module.exports", "exports"].iter().any(|e| self.str(left).starts_with(e)) {
            self.export(right);
        }
        let single = |side: Node<'t>| {
            if side.kind() == "expression_list" { side.named_child(0) } else { Some(side) }
        };
        let several = left.kind() == "expression_list" && left.named_child_count() > 1;
        let (Some(name), Some(value)) = (single(left), single(right)) else { return };
        if name.kind() != "identifier" {
            return;
        }
        let meaning = match value.kind() {
            _ if several => Meaning::Value(value),
            kind if is_function(kind) => Meaning::Function(value),
            _ => Meaning::Value(value),
        };
        self.define(name, scope, meaning);
    }

    /// Names that `node` hands to other modules.
    fn export(&mut self, node: Node<'t>) {
        let range = node.start_byte()..node.end_byte().min(node.start_byte() + MAX_TEXT);
        let Some(text) = self.text.get(range) else { return };
        let is_sign = |b: &u8| !b.is_ascii_alphanumeric() && !matches!(b, b'_' | b'$');
        let words = text.split(is_sign).filter_map(|word| std::str::from_utf8(word).ok());
        self.exported.extend(words.filter(|word| !word.is_empty()).take(64));
    }

    fn parameters(&mut self, function: Node<'t>) {
        let field = ["parameters", "parameter"];
        let Some(list) = field.iter().find_map(|f| function.child_by_field_name(f)) else { return };
        let scope = function.byte_range();
        let mut names = Vec::new();
        crate::syntax::nodes::walk(list, |node| {
            let kind = node.kind();
            if matches!(kind, "identifier" | "shorthand_property_identifier_pattern") {
                names.push(node);
            }
            // Defaults and types are no parameters.
            !matches!(
                kind,
                "type"
                    | "call"
                    | "call_expression"
                    | "arrow_function"
                    | "function_expression"
                    | "type_annotation"
            )
        });
        for name in names {
            self.define(name, scope.clone(), Meaning::Parameter);
        }
    }

    fn define(&mut self, name: Node<'t>, scope: Range<usize>, meaning: Meaning<'t>) {
        let name = self.str(name);
        let known = self.names.entry(name).or_default();
        if known.len() <= MAX_DEFINITIONS {
            known.push(Definition { scope, meaning });
        }
    }

    /// The text of `node`; empty where it is not UTF-8, and for nodes too long
    /// to be a name (nested ones would be read again and again).
    pub(crate) fn str(&self, node: Node<'_>) -> &'t str {
        let range = node.byte_range();
        if range.len() > MAX_TEXT {
            return "";
        }
        std::str::from_utf8(self.text.get(range).unwrap_or_default()).unwrap_or("")
    }

    /// What the identifier `node` stands for where it is written.
    pub(crate) fn meaning(&self, node: Node<'_>) -> Meaning<'t> {
        let name = self.str(node);
        let local = self.local(name, node.start_byte());
        let import = self.imports.stands_for(name.as_bytes());
        match (local, import) {
            (None, Some(dotted)) => Meaning::Imported(dotted.to_owned()),
            // `const x = require("x")` is both, and the import says more.
            (Some((Meaning::Value(_), true)), Some(dotted)) => Meaning::Imported(dotted.to_owned()),
            (Some((meaning, _)), _) => meaning,
            (None, None) => Meaning::Unknown,
        }
    }

    /// The definition in the innermost function around `at`, if there is just
    /// one, and whether it stands at the top level.
    fn local(&self, name: &str, at: usize) -> Option<(Meaning<'t>, bool)> {
        let known = self.names.get(name)?;
        if known.len() > MAX_DEFINITIONS {
            return Some((Meaning::Unknown, false));
        }
        let visible = known.iter().filter(|def| def.scope.contains(&at));
        let width = visible.clone().map(|def| def.scope.len()).min()?;
        let mut nearest = visible.filter(|def| def.scope.len() == width);
        let first = nearest.next()?;
        let top = width == self.root.byte_range().len();
        let single = nearest.next().is_none();
        Some((if single { first.meaning.clone() } else { Meaning::Unknown }, top))
    }

    /// Whether other modules can get the name.
    pub(crate) fn is_exported(&self, name: &str) -> bool {
        self.exported.contains(name)
    }

    /// Whether `word` stands anywhere in the file.
    pub(crate) fn holds(&self, word: &str) -> bool {
        memchr::memmem::find(self.text, word.as_bytes()).is_some()
    }

    /// Takes one visit of the file's budget; false when none is left.
    pub(crate) fn may_visit(&self) -> bool {
        let left = self.visits.get();
        self.visits.set(left.saturating_sub(1));
        left > 0
    }
}
