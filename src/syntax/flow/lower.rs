//! From the tree of a file to its [`Ir`]: one visit of every node, by the
//! table of [`super::roles`]. What is nested too deeply, or beyond the budget,
//! becomes [`Op::Unknown`]: it is lost to the data flow, and to nothing else.

use tree_sitter::{Node, TreeCursor};

use super::ir::{Id, Ir, Op};
use super::roles::{Role, Tables};
use super::scopes::Scopes;
use super::symbols::{NONE, Sym, Symbols};
use crate::syntax::dialect::Dialect;
use crate::syntax::language::Language;
use crate::syntax::nodes::node_text;

/// Deeper code is not followed.
const MAX_DEPTH: usize = 180;
/// Operations of a file at most.
const MAX_OPS: usize = 300_000;

/// A child of a node.
#[derive(Clone, Copy)]
pub(super) struct Kid<'t> {
    pub(super) node: Node<'t>,
    pub(super) field: &'static str,
    pub(super) role: Role,
}

/// The named children of a node and its tokens.
#[derive(Default)]
pub(super) struct Kids<'t> {
    pub(super) named: Vec<Kid<'t>>,
    /// Operators and the like, joined.
    pub(super) tokens: Vec<Node<'t>>,
}

impl<'t> Kids<'t> {
    /// The first child in one of `fields`.
    pub(super) fn field(&self, fields: &[&str]) -> Option<Kid<'t>> {
        fields.iter().find_map(|name| self.named.iter().find(|kid| kid.field == *name).copied())
    }

    /// The children that run.
    pub(super) fn running(&self) -> impl Iterator<Item = Kid<'t>> {
        self.named.iter().copied().filter(|kid| kid.role != Role::Skip)
    }
}

/// Makes the [`Ir`] of one file.
pub(crate) struct Lowerer<'a, 't> {
    cursor: TreeCursor<'t>,
    pub(super) dialect: &'a Dialect,
    pub(super) text: &'a [u8],
    pub(super) tables: &'a Tables,
    pub(super) symbols: &'a mut Symbols,
    pub(super) ir: Ir,
    depth: usize,
    pub(super) class: Option<u32>,
    /// How many functions are around.
    pub(super) functions: u32,
    /// Names of what the current function calls.
    pub(super) calls: Vec<Sym>,
    /// The nearest thing that `break` leaves is a switch.
    pub(super) in_switch: bool,
    /// C#: what `.x` is a member of in `a?.x`.
    bound: Option<Id>,
    /// The type that a declaration gives to all its variables.
    pub(super) declared: Sym,
    /// Decorators that stand before what they decorate.
    pub(super) marks: Vec<Sym>,
    /// Which variables the names stand for.
    pub(super) scopes: Scopes,
    /// Names that come up are declared.
    pub(super) declaring: bool,
    /// JavaScript: what is declared by `var` belongs to the function.
    pub(super) hoisted: bool,
    /// How many functions are around the nearest class.
    pub(super) class_functions: u32,
    /// Its parameters that a route gives a type, with the type.
    pub(super) converted: Vec<(Sym, Sym)>,
}

impl<'a, 't> Lowerer<'a, 't> {
    /// The data flow's view of the file with this `root`.
    pub(crate) fn file(
        dialect: &'a Dialect,
        text: &'a [u8],
        tables: &'a Tables,
        symbols: &'a mut Symbols,
        root: Node<'t>,
    ) -> Ir {
        let mut lowerer = Lowerer {
            cursor: root.walk(),
            dialect,
            text,
            tables,
            symbols,
            ir: Ir::default(),
            depth: 0,
            class: None,
            functions: 0,
            calls: Vec::new(),
            in_switch: false,
            bound: None,
            declared: NONE,
            marks: Vec::new(),
            scopes: Scopes::default(),
            declaring: false,
            hoisted: false,
            class_functions: 0,
            converted: Vec::new(),
        };
        lowerer.ir.root = lowerer.lower(root);
        lowerer.ir.finish();
        lowerer.ir
    }

    pub(super) fn role(&self, node: Node<'t>) -> Role {
        self.tables.roles.get(usize::from(node.kind_id())).copied().unwrap_or(Role::Skip)
    }

    pub(super) fn kids(&mut self, node: Node<'t>) -> Kids<'t> {
        let mut kids = Kids::default();
        self.cursor.reset(node);
        let mut more = self.cursor.goto_first_child();
        while more {
            let child = self.cursor.node();
            if child.is_extra() || child.is_missing() {
            } else if child.is_named() {
                let field = self.cursor.field_id().map_or("", |id| self.field_name(id.get()));
                kids.named.push(Kid { node: child, field, role: self.role(child) });
            } else {
                kids.tokens.push(child);
            }
            more = self.cursor.goto_next_sibling();
        }
        kids
    }

    pub(super) fn field_name(&self, id: u16) -> &'static str {
        self.tables.fields.get(usize::from(id)).copied().unwrap_or_default()
    }

    pub(super) fn bytes(&self, node: Node<'t>) -> &'a [u8] {
        node_text(self.text, node)
    }

    pub(super) fn symbol(&mut self, node: Node<'t>) -> Sym {
        let text = self.bytes(node);
        self.symbols.of_bytes(text)
    }

    pub(super) fn push(&mut self, op: Op, node: Node<'t>) -> Id {
        self.ir.push(op, span(node))
    }

    pub(super) fn is(&self, language: Language) -> bool {
        self.dialect.language == language
    }

    /// `node` as an operation.
    pub(super) fn lower(&mut self, node: Node<'t>) -> Id {
        self.ir.cut |= self.ir.ops.len() >= MAX_OPS;
        if self.depth >= MAX_DEPTH || self.ir.cut {
            return self.unknown(node);
        }
        self.depth += 1;
        let is_block = self.tables.blocks.get(usize::from(node.kind_id())) == Some(&true);
        let mark = is_block.then(|| self.scopes.open());
        let id = self.by_role(node);
        mark.into_iter().for_each(|mark| self.scopes.close(mark));
        self.depth -= 1;
        self.ir.put(span(node), id);
        id
    }

    /// All of `nodes`.
    pub(super) fn all(&mut self, kids: impl Iterator<Item = Kid<'t>>) -> Vec<Id> {
        kids.map(|kid| self.lower(kid.node)).collect()
    }

    pub(super) fn unknown(&mut self, node: Node<'t>) -> Id {
        let none = self.ir.list(&[]);
        self.push(Op::Unknown(none), node)
    }

    pub(super) fn by_role(&mut self, node: Node<'t>) -> Id {
        match self.role(node) {
            Role::Skip => self.unknown(node),
            Role::Plain => self.plain(node),
            Role::Text => self.string(node),
            Role::Texts => {
                let kids = self.kids(node);
                let pieces = self.all(kids.running());
                let pieces = self.ir.list(&pieces);
                self.push(Op::Join(pieces), node)
            }
            Role::Literal => self.push(Op::Literal, node),
            Role::Name => self.name(node),
            Role::Field => self.field(node),
            Role::Binding => self.binding(node),
            Role::Conditional => self.conditional(node),
            Role::Index => self.index(node),
            Role::Call => self.call(node),
            Role::New => self.construct(node),
            Role::Command => self.command(node),
            Role::Macro => self.macro_call(node),
            Role::Binary => self.binary(node),
            Role::Ternary => self.ternary(node),
            Role::Unary => self.unary(node),
            Role::Update => self.number(node),
            Role::Cast => self.cast(node),
            Role::Group => self.group(node),
            Role::Entry => self.entry(node),
            Role::Lambda => self.lambda(node),
            Role::Assign => self.assignment(node),
            Role::Declare => self.declaration(node),
            Role::If => self.branch(node, false),
            Role::Unless => self.branch(node, true),
            Role::Loop => self.repeat(node),
            Role::Each => self.each(node),
            Role::Switch => self.switch(node),
            Role::Try => self.attempt(node),
            Role::Assert => self.first(node, Op::Assert),
            Role::Return => self.first(node, Op::Return),
            Role::Throw => self.first(node, Op::Throw),
            Role::Break if self.in_switch => self.unknown(node),
            Role::Break => self.push(Op::Break, node),
            Role::Function => self.function(node),
            Role::Decorated => self.decorated(node),
            Role::Class => self.class(node),
            Role::Comprehension => self.comprehension(node),
            Role::With => self.with(node),
        }
    }

    pub(super) fn plain(&mut self, node: Node<'t>) -> Id {
        let kids = self.kids(node);
        let exports = node.kind() == "export_statement";
        let mut ids = Vec::with_capacity(kids.named.len());
        for kid in &kids.named {
            match kid.node.kind() {
                "decorator" | "attribute_item" => {
                    let mark = self.mark(kid.node);
                    self.marks.push(mark);
                }
                // C#: the type in `out Uri address`.
                _ if kid.role == Role::Skip || kid.field == "type" => {}
                _ => {
                    ids.push(self.lower(kid.node));
                    self.marks.clear();
                    if exports && kid.field == "value" {
                        self.ir.default = ids.last().copied();
                    }
                }
            }
        }
        match ids[..] {
            [] => self.unknown(node),
            [only] => only,
            _ => {
                let list = self.ir.list(&ids);
                self.push(Op::Seq(list), node)
            }
        }
    }

    /// An operation on the first child that runs.
    pub(super) fn first(&mut self, node: Node<'t>, op: impl Fn(Id) -> Op) -> Id {
        let kids = self.kids(node);
        let ids = self.all(kids.running());
        let value = match ids[..] {
            [] => self.unknown(node),
            [first, ..] => first,
        };
        self.push(op(value), node)
    }

    pub(super) fn number(&mut self, node: Node<'t>) -> Id {
        let kids = self.kids(node);
        let parts = self.all(kids.running());
        let parts = self.ir.list(&parts);
        self.push(Op::Number(parts), node)
    }

    pub(super) fn name(&mut self, node: Node<'t>) -> Id {
        let text = self.bytes(node);
        let end = text.iter().position(|b| *b == b'<').unwrap_or(text.len());
        let name = match text.strip_prefix(b"${") {
            Some(inner) => format!("${}", String::from_utf8_lossy(inner).trim_end_matches('}')),
            None => String::from_utf8_lossy(&text[..end.min(200)]).replace("::", "."),
        };
        let name = self.symbols.of(name.trim_start_matches('\\'));
        let name = self.variable(name);
        self.push(Op::Name(name), node)
    }

    pub(super) fn field(&mut self, node: Node<'t>) -> Id {
        let kids = self.kids(node);
        let Some(last) = kids.named.last().copied() else { return self.unknown(node) };
        let name = self.symbol(last.node);
        let base = match kids.named.first() {
            Some(first) if kids.named.len() > 1 => self.lower(first.node),
            // C#: `this` is a token there.
            _ => {
                let this = self.symbols.of("this");
                let end = last.node.start_byte().saturating_sub(1) as u32;
                self.ir.push(Op::Name(this), (node.start_byte() as u32, end))
            }
        };
        self.push(Op::Field(base, name), node)
    }

    pub(super) fn binding(&mut self, node: Node<'t>) -> Id {
        let kids = self.kids(node);
        let base = match self.bound {
            Some(base) => base,
            None => self.unknown(node),
        };
        let Some(last) = kids.named.last() else { return base };
        let name = self.symbol(last.node);
        self.push(Op::Field(base, name), node)
    }

    pub(super) fn conditional(&mut self, node: Node<'t>) -> Id {
        let kids = self.kids(node);
        let [base, rest, ..] = kids.named[..] else { return self.plain(node) };
        let base = self.lower(base.node);
        let outer = self.bound.replace(base);
        let id = self.lower(rest.node);
        self.bound = outer;
        match self.ir.op(id) {
            // What rules ask about is `a?.b` as a whole.
            Op::Field(base, name) => self.push(Op::Field(base, name), node),
            _ => id,
        }
    }

    pub(super) fn index(&mut self, node: Node<'t>) -> Id {
        let kids = self.kids(node);
        let mut running = kids.running();
        let Some(base) = running.next() else { return self.unknown(node) };
        let base = self.lower(base.node);
        let Some(key) = running.next() else {
            let none = self.unknown(node);
            return self.push(Op::Index(base, none), node);
        };
        let key = self.lower(key.node);
        let op = match self.ir.op(key) {
            Op::Text(start, end) => {
                let name = self.text.get(start as usize..end as usize).unwrap_or_default();
                Op::Field(base, self.symbols.of_bytes(name))
            }
            _ => Op::Index(base, key),
        };
        self.push(op, node)
    }

    pub(super) fn cast(&mut self, node: Node<'t>) -> Id {
        let kids = self.kids(node);
        let value = kids.field(&["value", "operand", "left"]).or_else(|| {
            let mut running = kids.running();
            running.next()
        });
        let Some(value) = value else { return self.unknown(node) };
        let kind = kids.field(&["type", "right"]).or_else(|| kids.named.last().copied());
        let kind = kind.map_or(NONE, |kind| self.type_name(kind.node));
        let value = self.lower(value.node);
        self.push(Op::Cast(kind, value), node)
    }
}

pub(super) fn span(node: Node<'_>) -> (u32, u32) {
    (node.start_byte() as u32, node.end_byte() as u32)
}
