//! What the data flow sees of a file: one view for all languages, in which a
//! Python f-string, a Go `Sprintf` and a PHP `.` are the same joining of
//! pieces. Made by [`super::lower`], read by [`super::run`].

use std::ops::Range;

use super::numbers::NumberMap;
use super::symbols::Sym;

/// Number of an operation in [`Ir::ops`].
pub(crate) type Id = u32;
/// Number of a function in [`Ir::functions`].
pub(crate) type FunctionId = u32;

/// A run of operations in [`Ir::lists`].
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct List {
    start: u32,
    len: u32,
}

/// How the two sides of an assignment combine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Assign {
    /// The old value is gone.
    Set,
    /// `+=` and the like: the new value is added to the old one.
    Append,
    /// `||=`, `??=`: one of the two.
    Either,
    /// `-=` and the like: a number.
    Number,
}

/// Comparisons that guards are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Test {
    Equal,
    NotEqual,
    In,
    NotIn,
    Matches,
    /// `<`, `<=`
    Below,
    /// `>`, `>=`
    Above,
    Other,
}

/// One operation. All of them can stand for a value; statements have none.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Op {
    /// Nothing that is known; the parts run.
    Unknown(List),
    /// A string whose content is `text[start..end]`.
    Text(u32, u32),
    /// A number, `true`, `null` and the like, as written.
    Literal,
    Name(Sym),
    Field(Id, Sym),
    Index(Id, Id),
    /// Callee and arguments.
    Call(Id, List),
    /// Class and arguments of a constructor.
    New(Id, List),
    /// Pieces of a string, in order.
    Join(List),
    /// A format string with what is put in.
    Format(List),
    /// One of several values.
    Either(List),
    And(List),
    Or(List),
    Not(Id),
    Test(Test, List),
    /// A number that comes of the parts.
    Number(List),
    /// A cast to the type of this name.
    Cast(Sym, Id),
    /// A list, tuple, dictionary or object; entries with a name are [`Op::Entry`].
    Group(List),
    Entry(Sym, Id),
    Lambda(FunctionId),
    /// Target, value; a declared type, or 0.
    Assign(Assign, Id, Id, Sym),
    /// Statements in order.
    Seq(List),
    /// Condition, then, else.
    If(Id, Id, Option<Id>),
    Loop(Id),
    /// Subject and [`Op::Arm`]s.
    Switch(Id, List),
    /// Whether the arm is chosen by constants only; its body.
    Arm(bool, Id),
    /// Body and handlers.
    Try(Id, List),
    /// The condition holds from here on.
    Assert(Id),
    Return(Id),
    /// Leaves the function by an error.
    Throw(Id),
    /// Leaves the loop or goes to its next turn.
    Break,
    Function(FunctionId),
    Class(u32, Id),
}

/// A parameter of a function.
#[derive(Debug, Clone)]
pub(crate) struct Param {
    /// Name or pattern.
    pub(crate) target: Id,
    pub(crate) name: Sym,
    /// Declared type, or 0.
    pub(crate) kind: Sym,
    pub(crate) default: Option<Id>,
    /// Names of its annotations or decorators.
    pub(crate) marks: Vec<Sym>,
    pub(crate) span: (u32, u32),
}

/// A function, method or lambda.
#[derive(Debug, Clone)]
pub(crate) struct Function {
    pub(crate) name: Sym,
    pub(crate) params: Vec<Param>,
    pub(crate) body: Id,
    /// The value of the body is what it returns.
    pub(crate) yields: bool,
    /// Names of its decorators, annotations or attributes.
    pub(crate) marks: Vec<Sym>,
    pub(crate) class: Option<u32>,
    /// Stands in another function.
    pub(crate) nested: bool,
    /// Names of what it calls.
    pub(crate) calls: Vec<Sym>,
}

/// A class, by what is known of it from the outside.
#[derive(Debug, Clone, Default)]
pub(crate) struct Class {
    pub(crate) name: Sym,
    /// Base classes and annotations.
    pub(crate) marks: Vec<Sym>,
}

/// A file.
#[derive(Debug, Default)]
pub(crate) struct Ir {
    pub(crate) ops: Vec<Op>,
    pub(crate) spans: Vec<(u32, u32)>,
    pub(crate) lists: Vec<Id>,
    pub(crate) functions: Vec<Function>,
    pub(crate) classes: Vec<Class>,
    pub(crate) root: Id,
    /// The file is too large to hold all of it.
    pub(crate) cut: bool,
    /// How often a name, or a field of that name, is assigned to.
    pub(crate) assigned: NumberMap<Sym, u32>,
    /// What a script exports by default.
    pub(crate) default: Option<Id>,
    /// The operations of nodes, by the nodes' bytes; sorted in the end.
    places: Vec<((u32, u32), Id)>,
}

impl Ir {
    /// Adds an operation for the bytes `span`.
    pub(crate) fn push(&mut self, op: Op, span: (u32, u32)) -> Id {
        self.ops.push(op);
        self.spans.push(span);
        self.ops.len() as Id - 1
    }

    /// Notes that `id` is what the node with the bytes `span` is.
    pub(crate) fn put(&mut self, span: (u32, u32), id: Id) {
        self.places.push((span, id));
    }

    /// Gets ready for [`Self::place`].
    pub(crate) fn finish(&mut self) {
        // Stable: of nodes with the same bytes the outer one comes last.
        self.places.sort_by_key(|(span, _)| *span);
    }

    /// The operation of the outermost node with the bytes `span`.
    pub(crate) fn place(&self, span: (u32, u32)) -> Option<Id> {
        let end = self.places.partition_point(|(known, _)| *known <= span);
        self.places.get(end.checked_sub(1)?).filter(|(known, _)| *known == span).map(|(_, id)| *id)
    }

    /// Keeps `items` as a list.
    pub(crate) fn list(&mut self, items: &[Id]) -> List {
        let start = self.lists.len() as u32;
        self.lists.extend_from_slice(items);
        List { start, len: items.len() as u32 }
    }

    /// The operations of `list`.
    pub(crate) fn items(&self, list: List) -> &[Id] {
        let start = list.start as usize;
        self.lists.get(start..start + list.len as usize).unwrap_or_default()
    }

    /// The operation `id`.
    pub(crate) fn op(&self, id: Id) -> Op {
        self.ops.get(id as usize).copied().unwrap_or(Op::Break)
    }

    /// The bytes of operation `id`.
    pub(crate) fn span(&self, id: Id) -> Range<usize> {
        let (start, end) = self.spans.get(id as usize).copied().unwrap_or_default();
        start as usize..end as usize
    }

    /// The name that `id` ends with: `c` of `a.b.c`.
    pub(crate) fn last_name(&self, id: Id) -> Option<Sym> {
        match self.op(id) {
            Op::Name(name) | Op::Field(_, name) => Some(name),
            _ => None,
        }
    }
}
