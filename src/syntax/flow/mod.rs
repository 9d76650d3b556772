//! Local data flow: what a name stands for, how a value was made, and whether
//! it can come from a source. Apart from the pattern matcher, which only asks:
//! a file is looked at once, when a rule first wants to know.
//!
//! ```text
//!  tree ─► lower (roles) ─► ir ─► run (sets, env) ─► values ─► rules
//! ```

mod assign;
mod calls;
mod constants;
mod decided;
mod declared;
mod effects;
mod env;
mod eval;
mod exec;
mod fold;
mod guards;
mod ir;
mod lower;
mod lower_branches;
mod lower_calls;
mod lower_functions;
mod lower_groups;
mod lower_statements;
mod marks;
mod numbers;
mod order;
mod parts;
mod roles;
mod rule;
mod run;
mod scopes;
mod sets;
mod symbols;
mod text;
mod trace;
mod value;
mod ways;

use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

use tree_sitter::Node;

pub(crate) use constants::{Constant, Constants, Outside, Written};
pub(crate) use marks::Marks;
pub(crate) use rule::FlowRule;
pub(crate) use sets::{HARMLESS, SANITIZERS, SOURCES};
pub(crate) use value::{HOLE, Made, Value};
pub(crate) use ways::Ways;

use crate::rules::model::FlowFile;
use crate::syntax::dialect::Dialect;
use crate::syntax::imports::Imports;
use ir::Ir;
use lower::Lowerer;
use roles::Tables;
use run::{Context, Outcome, Run};
use sets::Sets;
use symbols::{NONE, Symbols};
use value::{Label, Taint};

/// What is the same for all files of a language; made on first use.
#[derive(Default)]
pub(crate) struct Grammar {
    tables: OnceLock<(Tables, Sets)>,
}

impl Grammar {
    fn get(&self, dialect: &Dialect, files: &[FlowFile]) -> &(Tables, Sets) {
        self.tables.get_or_init(|| (Tables::new(dialect), Sets::of(dialect.language, files)))
    }
}

/// A file that the flow can be asked about.
pub(crate) struct Place<'a, 't> {
    pub(crate) dialect: &'a Dialect,
    pub(crate) text: &'a [u8],
    pub(crate) root: Node<'t>,
    pub(crate) grammar: &'a Grammar,
    pub(crate) files: &'a [FlowFile],
    /// Where other files are asked what their constants are.
    outside: Option<&'a dyn Outside>,
    flow: OnceCell<Flow>,
    /// The same with what other files say of the names that were asked for first.
    near: OnceCell<Flow>,
    /// The same with what they say of all names.
    wide: OnceCell<Flow>,
}

impl<'a, 't> Place<'a, 't> {
    /// The file with this `root`, not yet looked at.
    pub(crate) fn new(
        dialect: &'a Dialect,
        text: &'a [u8],
        root: Node<'t>,
        grammar: &'a Grammar,
        files: &'a [FlowFile],
    ) -> Self {
        Place {
            dialect,
            text,
            root,
            grammar,
            files,
            outside: None,
            flow: OnceCell::new(),
            near: OnceCell::new(),
            wide: OnceCell::new(),
        }
    }

    /// The same file, whose names `outside` may know.
    pub(crate) fn seeing(self, outside: Option<&'a dyn Outside>) -> Self {
        Place { outside, ..self }
    }

    /// Where the value of `node` is written, if that is in another file and the
    /// flow was asked for it.
    pub(crate) fn written(&self, node: Node<'_>) -> Option<&Arc<Written>> {
        self.told()?.value(node)?.written.as_ref()
    }

    /// The constants of the file's top level, which is at `path`.
    pub(crate) fn constants(&self, path: &Arc<str>) -> Constants {
        let imports = Imports::of(self.dialect.language, self.text, self.root);
        let (tables, sets) = self.grammar.get(self.dialect, self.files);
        let mut symbols = Symbols::default();
        let ir = Lowerer::file(self.dialect, self.text, tables, &mut symbols, self.root);
        let marks = Marks::default();
        let (language, text, outside) = (self.dialect.language, self.text, self.outside);
        let context = Context { language, text, sets, imports: &imports, marks: &marks, outside };
        Run::constants_of(&ir, &context, &mut symbols, path)
    }

    /// The data flow of the file.
    pub(crate) fn flow(&self) -> &Flow {
        let narrow = || self.flow.get_or_init(|| self.flow_with(&Marks::default()));
        self.told().unwrap_or_else(narrow)
    }

    /// The data flow with what other files say, if they were asked.
    fn told(&self) -> Option<&Flow> {
        self.wide.get().or_else(|| self.near.get())
    }

    /// The value of `node`. Where it depends on names that are constants of other
    /// files, these are looked up: those of the first such value alone, for others are
    /// rare, and then all names of the file.
    pub(crate) fn value(&self, node: Node<'_>) -> Option<&Value> {
        let value = self.flow().value(node);
        let asked = self.asked(value?);
        if asked.is_empty() {
            return value;
        }
        let marks = Marks::default();
        if self.near.get().is_none() {
            let only = self.outside.map(|outside| Only { outside, names: &asked });
            let only = only.as_ref().map(|only| only as &dyn Outside);
            let value = self.near.get_or_init(|| self.flow_of(&marks, only)).value(node);
            if self.asked(value?).is_empty() {
                return value;
            }
        }
        self.wide.get_or_init(|| self.flow_of(&marks, self.outside)).value(node)
    }

    /// The names that `value` depends on and other files know.
    fn asked(&self, value: &Value) -> Vec<&str> {
        let Some(outside) = self.outside.filter(|_| self.wide.get().is_none()) else {
            return Vec::new();
        };
        let names = value.asks.names().map(|path| self.flow().symbols.name(path));
        names.filter(|name| outside.constant(name).is_some()).collect()
    }

    /// The data flow with the sources and sanitizers that rules bring along.
    pub(crate) fn flow_with(&self, marks: &Marks) -> Flow {
        self.flow_of(marks, None)
    }

    fn flow_of(&self, marks: &Marks, outside: Option<&dyn Outside>) -> Flow {
        let imports = Imports::of(self.dialect.language, self.text, self.root);
        Flow::of(self, &imports, marks, outside)
    }

    /// Whether the string literal `node` holds code.
    pub(crate) fn is_template(&self, node: Node<'_>) -> bool {
        lower_calls::is_template(self.dialect, self.text, node)
    }

    /// Whether the file was too much to be looked at as a whole.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.flow.get().is_some_and(Flow::is_exhausted)
    }
}

/// Other files, asked for some names only.
struct Only<'a> {
    outside: &'a dyn Outside,
    names: &'a [&'a str],
}

impl Outside for Only<'_> {
    fn constant(&self, path: &str) -> Option<Arc<Constant>> {
        self.names.contains(&path).then(|| self.outside.constant(path)).flatten()
    }
}

/// The data flow of one file.
pub(crate) struct Flow {
    ir: Ir,
    outcome: Outcome,
    symbols: Symbols,
}

impl Flow {
    fn of(
        place: &Place<'_, '_>,
        imports: &Imports,
        marks: &Marks,
        outside: Option<&dyn Outside>,
    ) -> Self {
        let Place { dialect, text, root, .. } = *place;
        let (tables, sets) = place.grammar.get(dialect, place.files);
        let mut symbols = Symbols::default();
        let ir = Lowerer::file(dialect, text, tables, &mut symbols, root);
        let context = Context { language: dialect.language, text, sets, imports, marks, outside };
        let outcome = Run::file(&ir, &context, &mut symbols);
        Flow { ir, outcome, symbols }
    }

    /// The value of `node`, if the flow gets to it.
    pub(crate) fn value(&self, node: Node<'_>) -> Option<&Value> {
        let id = self.ir.place(lower::span(node))?;
        self.outcome.values.get(id as usize)?.as_ref().map(Rc::as_ref)
    }

    /// What `value` is an instance of; empty if that is not known.
    pub(crate) fn symbol(&self, value: &Value) -> &str {
        if value.symbol == NONE { "" } else { self.symbols.name(value.symbol) }
    }

    /// Whether the file was too much to look at as a whole.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.outcome.exhausted || self.ir.cut
    }
}
