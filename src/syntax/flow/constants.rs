//! Constants between files: what a file's top level leaves in its variables,
//! classes and exports, in a form that others can hold, and how they take it up.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use super::eval::is_bare;
use super::ir::{Id, Ir, Op};
use super::numbers::NumberMap;
use super::run::Run;
use super::symbols::{NONE, Sym, Symbols};
use super::value::{Asks, Made, Val, Value};
use crate::finding::Position;
use crate::source::lines::Positions;
use crate::syntax::language::Language;

/// Constants that are kept of a file.
const MOST: usize = 256;
/// Bytes of their texts.
const MOST_BYTES: usize = 16 << 10;
/// Objects within objects.
const DEEPEST: usize = 3;

/// Asked for what a name stands for in another file.
pub(crate) trait Outside {
    /// The constant that `path` (names with dots between them) is, if another file
    /// says so.
    fn constant(&self, path: &str) -> Option<Arc<Constant>>;
}

/// Where a constant is written.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Written {
    pub(crate) path: Arc<str>,
    pub(crate) start: Position,
}

/// A constant of another file, as [`Value`] has it.
#[derive(Debug)]
pub(crate) struct Constant {
    pub(crate) texts: Vec<Box<str>>,
    made: Made,
    fields: Vec<(Box<str>, Arc<Constant>)>,
    written: Arc<Written>,
}

impl Constant {
    /// The constant `text`, which stands in the file at `path`.
    pub(crate) fn literal(text: &str, path: Arc<str>, start: Position) -> Self {
        let written = Arc::new(Written { path, start });
        Constant { texts: vec![text.into()], made: Made::Constant, fields: Vec::new(), written }
    }

    fn field(&self, name: &str) -> Option<&Arc<Constant>> {
        self.fields.iter().find(|(known, _)| **known == *name).map(|(_, field)| field)
    }

    /// As a value of a file with these `symbols`.
    fn value(&self, symbols: &mut Symbols) -> Val {
        let fields = self.fields.iter();
        let fields = fields.map(|(name, field)| (symbols.of(name), field.value(symbols)));
        Rc::new(Value {
            fields: fields.collect(),
            texts: self.texts.iter().map(|text| Rc::from(&**text)).collect(),
            made: self.made,
            written: Some(Arc::clone(&self.written)),
            ..Value::default()
        })
    }
}

/// The constants of a file by their names; those of a class are its fields.
#[derive(Debug, Default)]
pub(crate) struct Constants(HashMap<Box<str>, Arc<Constant>>);

impl Constants {
    /// The constant that `path` leads to.
    pub(crate) fn at(&self, path: &str) -> Option<Arc<Constant>> {
        let mut parts = path.split('.');
        let mut at = self.0.get(parts.next()?)?;
        for part in parts {
            // A class in a class stands for itself.
            at = at.field(part).or_else(|| self.0.get(part))?;
        }
        Some(Arc::clone(at))
    }
}

/// Collects what a run has left.
struct Collector<'a> {
    ir: &'a Ir,
    symbols: &'a Symbols,
    path: Arc<str>,
    positions: Positions<'a>,
    /// Where each name is first given a value.
    places: NumberMap<Sym, Id>,
    left: usize,
}

impl Collector<'_> {
    /// `value`, which `name` has, if it is a constant or holds some. Its fields may
    /// be assigned to so many times.
    fn constant(
        &mut self,
        name: Sym,
        value: &Value,
        times: u32,
        depth: usize,
    ) -> Option<Arc<Constant>> {
        let size = value.texts.iter().map(|text| text.len()).sum::<usize>() + 1;
        self.left = self.left.checked_sub(size)?;
        let known = value.made <= Made::Plain && value.taints.is_empty();
        let mut fields = Vec::new();
        for (field, value) in value.fields.iter().filter(|_| depth < DEEPEST) {
            if self.ir.assigned.get(field).is_some_and(|known| *known > times) {
                continue;
            }
            let inner = self.constant(*field, value, times, depth + 1);
            fields.extend(inner.map(|inner| (self.symbols.name(*field).into(), inner)));
        }
        if !known && fields.is_empty() {
            return None;
        }
        let texts = value.texts.iter().filter(|_| known).map(|text| Box::from(&**text)).collect();
        let made = if known { value.made } else { Made::Unknown };
        let written = match &value.written {
            Some(written) => Arc::clone(written),
            None => self.written(name),
        };
        Some(Arc::new(Constant { texts, made, fields, written }))
    }

    fn written(&mut self, name: Sym) -> Arc<Written> {
        let at = self.places.get(&name).map_or(0, |id| self.ir.span(*id).start);
        Arc::new(Written { path: Arc::clone(&self.path), start: self.positions.at(at) })
    }
}

/// Where each name of `ir` is first given a value.
fn places(ir: &Ir) -> NumberMap<Sym, Id> {
    let mut places = NumberMap::default();
    for (id, op) in ir.ops.iter().enumerate() {
        let (name, id) = match op {
            Op::Assign(_, target, ..) => (ir.last_name(*target), *target),
            Op::Entry(name, _) => (Some(*name), id as Id),
            _ => (None, 0),
        };
        if let Some(name) = name {
            places.entry(name).or_insert(id);
        }
    }
    places
}

impl Run<'_> {
    /// The constants that the top level of the file at `path` leaves.
    pub(super) fn constants(&mut self, path: &Arc<str>) -> Constants {
        let once = |name: Sym| self.ir.assigned.get(&name).is_none_or(|times| *times <= 1);
        let mut variables = self.env.values();
        variables.retain(|(name, _)| once(*name));
        variables.extend(self.defined());
        // What is assigned to a field of an object replaces what it was made with,
        // while a class has no fields without being assigned to.
        let variables = variables.into_iter().map(|(name, value)| (name, value, 0));
        let classes = self.class_constants().into_iter().map(|(name, value)| (name, value, 1));
        let mut found: Vec<(Sym, Val, u32)> = variables.chain(classes).collect();
        found.extend(self.exported().into_iter().map(|(name, value)| (name, value, 1)));
        found.sort_by_key(|(name, ..)| *name);
        let mut collector = Collector {
            ir: self.ir,
            symbols: &*self.symbols,
            path: Arc::clone(path),
            positions: Positions::new(self.context.text),
            places: places(self.ir),
            left: MOST_BYTES,
        };
        let mut constants = HashMap::new();
        for (name, value, times) in found {
            let constant = collector.constant(name, &value, times, 0);
            let named = (constants.len() < MOST).then_some(constant).flatten();
            let Some(constant) = named else { continue };
            constants.entry(collector.symbols.name(name).into()).or_insert(constant);
        }
        Constants(constants)
    }

    /// Each class with what its fields hold.
    fn class_constants(&self) -> Vec<(Sym, Val)> {
        let mut members: Vec<_> = self.members.iter().collect();
        members.sort_unstable_by_key(|(key, _)| **key);
        let mut classes: BTreeMap<Sym, Vec<(Sym, Val)>> = BTreeMap::new();
        for ((class, name), value) in members {
            let Some(class) = self.ir.classes.get(*class as usize) else { continue };
            let times = self.ir.assigned.get(name).copied().unwrap_or_default();
            if times > 1 || class.name == NONE {
                continue;
            }
            classes.entry(class.name).or_default().push((*name, Rc::clone(value)));
        }
        // What is known of a class is what its fields hold.
        let whole = |fields: Vec<_>| Value { fields: fields.into(), ..Value::default() };
        classes.into_iter().map(|(name, fields)| (name, Rc::new(whole(fields)))).collect()
    }

    /// PHP: `define("NAME", value)`.
    fn defined(&mut self) -> Vec<(Sym, Val)> {
        let mut found = Vec::new();
        if self.context.language != Language::Php {
            return found;
        }
        let ir = self.ir;
        for op in &ir.ops {
            let Op::Call(callee, args) = op else { continue };
            let [name, value, ..] = ir.items(*args) else { continue };
            let is_define = ir.last_name(*callee).is_some_and(|n| self.symbols.name(n) == "define");
            let value_of = |id: &Id| self.outcome.values.get(*id as usize).cloned().flatten();
            let (Some(name), Some(value), true) = (value_of(name), value_of(value), is_define)
            else {
                continue;
            };
            if let [name] = &name.texts[..] {
                found.push((self.symbols.of(name), value));
            }
        }
        found
    }

    /// What a script exports as a whole: `module.exports = {…}`, `exports.x = …`,
    /// `export default …`.
    fn exported(&mut self) -> Vec<(Sym, Val)> {
        let [module, exports, default] =
            ["module", "exports", "default"].map(|name| self.symbols.of(name));
        let mut found = Vec::new();
        let all = self.env.get(module).and_then(|module| module.field(exports)).cloned();
        for whole in all.iter().chain(self.env.get(exports)) {
            found.extend(whole.fields.iter().map(|(name, value)| (*name, Rc::clone(value))));
        }
        found.extend(all.map(|whole| (default, whole)));
        let value = self.ir.default.and_then(|id| self.outcome.values.get(id as usize).cloned());
        found.extend(value.flatten().map(|value| (default, value)));
        found
    }

    /// What `path`, a name or a field that nothing in the file gives a value, stands
    /// for in another file.
    pub(super) fn outer_value(&mut self, path: Sym) -> Option<Val> {
        let outside = self.context.outside?;
        if path == NONE {
            return None;
        }
        if let Some(known) = self.outer.get(&path) {
            return known.clone();
        }
        let constant = outside.constant(self.symbols.name(path));
        let value = constant.map(|constant| constant.value(self.symbols));
        self.outer.insert(path, value.clone());
        value
    }

    /// The same for a name that the file does not assign to either.
    pub(super) fn outer_name(&mut self, name: Sym) -> Option<Val> {
        let own = self.ir.assigned.contains_key(&name) || self.class_names.contains_key(&name);
        if own { None } else { self.outer_value(name) }
    }

    /// The same for a variable with this `value`, if that is a script beside the file,
    /// or something of it: `const { URL } = require("./config")`.
    pub(super) fn module_variable(&mut self, name: Sym, value: Val) -> Val {
        let once = self.ir.assigned.get(&name).is_some_and(|times| *times == 1);
        if !once || !self.is_module(&value) {
            return value;
        }
        let asks = Asks::of(name);
        let known = self.outer_value(name);
        known.unwrap_or_else(|| Rc::new(Value { asks, ..Value::clone(&value) }))
    }

    /// What other files may be asked for the field `id` of `whole`.
    pub(super) fn asks_of(&mut self, id: Id, whole: &Value) -> Asks {
        let asks = is_bare(whole) && whole.asks.names().next().is_some();
        if asks { Asks::of(self.path(id)) } else { Asks::default() }
    }

    /// Whether all that is known of `value` is that it comes from a script beside
    /// the file.
    fn is_module(&self, value: &Value) -> bool {
        let symbol = self.symbols.name(value.symbol);
        is_bare(value) && (symbol.starts_with("./") || symbol.starts_with("../"))
    }

    /// The same for the field `id`, of something that nothing is known of.
    pub(super) fn outer_field(&mut self, id: Id, name: Sym) -> Option<Val> {
        self.context.outside?;
        let mut base = id;
        while let Op::Field(inner, _) = self.ir.op(base) {
            base = inner;
        }
        let Op::Name(first) = self.ir.op(base) else { return None };
        let own = self.env.get(first).is_some_and(|value| !self.is_module(value))
            || self.by_name.contains_key(&first)
            || self.class_names.contains_key(&first)
            || self.ir.assigned.contains_key(&name)
            || matches!(self.symbols.name(first), "self" | "this" | "super" | "$this");
        if own {
            return None;
        }
        let path = self.path(id);
        self.outer_value(path)
    }
}
