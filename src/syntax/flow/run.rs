//! Runs the operations of a file on what is known instead of on values: once
//! in the order of the text, functions after what they call. Branches are
//! joined, loops run twice, calls of the file's own functions use what those
//! were found to return. Every operation is looked at a bounded number of
//! times, and there is an end to all of it ([`FUEL`]).

use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;

use super::constants::{Constants, Outside};
use super::env::{Changes, Env};
use super::ir::{FunctionId, Id, Ir, Op};
use super::marks::Marks;
use super::numbers::NumberMap;
use super::sets::{Meaning, Sets};
use super::symbols::{NONE, Sym, Symbols};
use super::trace::{StepKind, Steps};
use super::value::{Label, Made, Taint, Val, Value, add_taints, either, varying};
use crate::syntax::imports::Imports;
use crate::syntax::language::Language;

/// Operations that are run for one file.
const FUEL: u32 = 2_000_000;

/// What is known of the file besides its text.
pub(crate) struct Context<'a> {
    pub(crate) language: Language,
    pub(crate) text: &'a [u8],
    pub(crate) sets: &'a Sets,
    pub(crate) imports: &'a Imports,
    pub(crate) marks: &'a Marks,
    /// Knows what names stand for in other files.
    pub(crate) outside: Option<&'a dyn Outside>,
}

/// A function that is being run.
#[derive(Default)]
pub(super) struct Frame {
    pub(super) class: Option<u32>,
    /// The body of a class itself, not of a method.
    pub(super) class_body: bool,
    pub(super) in_function: bool,
    /// The functions are being run, not yet or no longer the file itself.
    pub(super) running: bool,
    pub(super) returns: Option<Val>,
    /// Loops that are open.
    pub(super) loops: u32,
    /// Where the changes of the turn of the innermost one begin.
    pub(super) turn: usize,
    /// What they were where such a turn was left early.
    pub(super) left: Option<Changes>,
    /// Where the changes of the function begin.
    pub(super) start: usize,
}

/// What came of a run.
pub(crate) struct Outcome {
    /// The value of each operation.
    pub(crate) values: Vec<Option<Val>>,
    pub(crate) steps: Steps,
    /// What calls of the file give to parameters of its functions.
    pub(crate) passed: NumberMap<(FunctionId, u16), Vec<Taint>>,
    /// The end was not reached.
    pub(crate) exhausted: bool,
}

/// See the module.
pub(crate) struct Run<'a> {
    pub(super) ir: &'a Ir,
    pub(super) context: &'a Context<'a>,
    pub(super) symbols: &'a mut Symbols,
    pub(super) env: Env,
    pub(super) frame: Frame,
    pub(super) outcome: Outcome,
    /// Fields of classes.
    pub(super) members: NumberMap<(u32, Sym), Val>,
    /// What functions return.
    pub(super) returns: Vec<Option<Val>>,
    pub(super) by_name: NumberMap<Sym, Vec<FunctionId>>,
    /// Classes by their names, and by the symbol of what is an instance of them.
    pub(super) class_names: NumberMap<Sym, u32>,
    /// A function was called that had not been looked at yet.
    pub(super) early: bool,
    /// Functions that calls were given whose parameters come from a source.
    routed: NumberMap<FunctionId, u16>,
    meanings: NumberMap<Sym, Meaning>,
    /// What other files say that paths are.
    pub(super) outer: NumberMap<Sym, Option<Val>>,
    /// The current path has ended.
    pub(super) diverged: bool,
    pub(super) unknown: Val,
    pub(super) unnamed: Sym,
    /// Enumerations that the file declares.
    enums: Vec<&'a str>,
    pub(super) number_fields: OnceCell<Vec<&'a str>>,
    /// The name of the subject of a `match`.
    pub(super) subject: Sym,
    fuel: u32,
}

impl<'a> Run<'a> {
    /// Runs the file `ir`.
    pub(crate) fn file(ir: &'a Ir, context: &'a Context<'a>, symbols: &'a mut Symbols) -> Outcome {
        let mut run = Run::new(ir, context, symbols);
        run.routes();
        run.module();
        run.outcome
    }

    /// Runs the top level of the file `ir`, which is at `path`, for its constants.
    pub(crate) fn constants_of(
        ir: &'a Ir,
        context: &'a Context<'a>,
        symbols: &'a mut Symbols,
        path: &Arc<str>,
    ) -> Constants {
        let mut run = Run::new(ir, context, symbols);
        run.eval(ir.root);
        run.constants(path)
    }

    fn new(ir: &'a Ir, context: &'a Context<'a>, symbols: &'a mut Symbols) -> Self {
        let mut by_name: NumberMap<Sym, Vec<FunctionId>> = NumberMap::default();
        for (id, function) in ir.functions.iter().enumerate() {
            if function.name != NONE {
                by_name.entry(function.name).or_default().push(id as FunctionId);
            }
        }
        let mut class_names = NumberMap::default();
        let named = ir.classes.iter().enumerate().filter(|(_, class)| class.name != NONE);
        for (id, class) in named {
            class_names.insert(class.name, id as u32);
            class_names.insert(symbols.called(class.name), id as u32);
        }
        Run {
            ir,
            context,
            env: Env::default(),
            frame: Frame::default(),
            outcome: Outcome {
                values: vec![None; ir.ops.len()],
                steps: Steps::default(),
                passed: NumberMap::default(),
                exhausted: false,
            },
            members: NumberMap::default(),
            early: false,
            returns: vec![None; ir.functions.len()],
            by_name,
            class_names,
            routed: NumberMap::default(),
            meanings: NumberMap::default(),
            outer: NumberMap::default(),
            diverged: false,
            unknown: Val::default(),
            unnamed: symbols.of("?"),
            enums: super::declared::enums(context.language, context.text),
            number_fields: OnceCell::new(),
            subject: symbols.of(super::lower_statements::SUBJECT),
            symbols,
            fuel: FUEL,
        }
    }

    /// Finds the functions that are given to what registers routes.
    fn routes(&mut self) {
        let (ir, sets) = (self.ir, self.context.sets);
        let calls = ir.ops.iter().filter(|_| sets.has_routes());
        for op in calls {
            let Op::Call(callee, args) = op else { continue };
            let Some(name) = ir.last_name(*callee) else { continue };
            let Some(set) = sets.route(self.symbols.name(name)) else { continue };
            for arg in ir.items(*args) {
                let function = match ir.op(*arg) {
                    Op::Lambda(function) => Some(function),
                    Op::Name(name) => self.by_name.get(&name).and_then(|all| all.first().copied()),
                    _ => None,
                };
                self.routed.extend(function.map(|function| (function, set)));
            }
        }
    }

    fn module(&mut self) {
        self.eval(self.ir.root);
        self.diverged = false;
        let early = std::mem::take(&mut self.early);
        if early {
            self.outcome.values.fill(None);
        }
        // Functions see what the file's variables hold in the end; where that
        // changes, no constant.
        for (name, value) in self.env.values_mut() {
            if self.ir.assigned.get(&name).is_some_and(|times| *times > 1) {
                *value = Rc::new(varying(value));
            }
        }
        for function in self.order() {
            self.top_level(function);
        }
        // Only now is it known what the functions make of what the file gives them.
        if early {
            self.env = Env::default();
            self.eval(self.ir.root);
        }
        self.outcome.exhausted = self.fuel == 0;
    }

    fn top_level(&mut self, id: FunctionId) {
        let ir = self.ir;
        let Some(function) = ir.functions.get(id as usize) else { return };
        let outer = std::mem::take(&mut self.frame);
        (self.frame.class, self.frame.running) = (function.class, true);
        let mark = self.env.open();
        self.function(id, &[]);
        self.env.close(mark, false);
        self.frame = outer;
        self.diverged = false;
    }

    /// Runs function `id`; its parameters may in addition be what `given` says.
    /// What it returns is kept.
    pub(super) fn function(&mut self, id: FunctionId, given: &[Val]) -> Val {
        let ir = self.ir;
        let Some(function) = ir.functions.get(id as usize) else { return self.unknown.clone() };
        let returns = self.frame.returns.take();
        let frame = &mut self.frame;
        let outer = (frame.in_function, frame.class_body, frame.loops, frame.start);
        (frame.in_function, frame.class_body, frame.loops) = (true, false, 0);
        frame.start = self.env.now();
        self.parameters(id, given);
        let value = self.eval(function.body);
        let mut result = self.frame.returns.take();
        if function.yields && !self.diverged {
            result = Some(either(result, value));
        }
        self.diverged = false;
        let frame = &mut self.frame;
        (frame.in_function, frame.class_body, frame.loops, frame.start) = outer;
        self.frame.returns = returns;
        let result = result.unwrap_or_else(|| self.unknown.clone());
        self.returns[id as usize] = Some(Rc::clone(&result));
        result
    }

    fn parameters(&mut self, id: FunctionId, given: &[Val]) {
        let ir = self.ir;
        let Some(function) = ir.functions.get(id as usize) else { return };
        let handler = self.handler(function.marks.as_slice());
        let handler = handler.or_else(|| self.routed.get(&id).copied());
        for (index, param) in function.params.iter().enumerate() {
            let default = param.default.map(|default| self.eval(default));
            let kind = self.symbols.name(param.kind);
            let (sets, symbols) = (self.context.sets, &*self.symbols);
            let number = self.is_harmless(kind, &param.marks);
            let own = param.marks.iter().find_map(|mark| sets.mark(symbols.name(*mark)));
            let default_name = default.as_ref().map_or("", |value| symbols.name(value.symbol));
            let default_name = default_name.rsplit('.').next().unwrap_or_default();
            let is_given = sets.is_given(kind) || sets.is_given(default_name);
            let name = symbols.name(param.name);
            let is_self = matches!(name, "self" | "this" | "cls") && index == 0;
            // Of the request itself only parts come from outside, and those are known by name:
            // `request.registry`, `request.route_url("shop")` do not.
            let is_whole = name == "request" && self.context.language == Language::Python;
            let handler = handler.filter(|_| !is_given && !is_whole);
            let source = own.or_else(|| sets.kind(kind)).or(handler);
            let mut value =
                Value { symbol: self.parameter_symbol(param.kind, param.name), ..Value::default() };
            let span = param.span.0 as usize..param.span.1 as usize;
            if !is_self {
                let step = self.outcome.steps.push(None, span, StepKind::Source);
                let taint = |label| Taint { label, clean: 0, doubts: 0, step };
                value.taints.push(taint(Label::Param(id, index as u16)));
                value.taints.extend(source.map(|set| taint(Label::Set(set))));
                let default = default.iter().flat_map(|default| &default.taints);
                add_taints(&mut value.taints, &default.copied().collect::<Vec<_>>());
                if let Some(given) = given.get(index) {
                    add_taints(&mut value.taints, &given.taints);
                }
            }
            if number {
                value = Value { made: Made::Plain, ..value.cleaned(sets.number) };
            }
            let value = Rc::new(value);
            if self.is_promoted(param.span) {
                self.set_member(param.name, Rc::clone(&value));
            }
            self.bind(param.target, value);
        }
    }

    /// What a parameter is: an instance of its type, or what its name says.
    fn parameter_symbol(&mut self, kind: Sym, name: Sym) -> Sym {
        if kind == NONE {
            return self.aliased(name);
        }
        let kind = self.resolved(kind);
        let instance = self.symbols.called(kind);
        self.aliased(instance)
    }

    /// Whether the file declares an enumeration of this name.
    pub(super) fn is_enum(&self, name: &str) -> bool {
        self.enums.contains(&name)
    }

    /// The source of all parameters of a function with these marks.
    fn handler(&self, marks: &[Sym]) -> Option<u16> {
        marks.iter().find_map(|mark| self.context.sets.handler(self.symbols.name(*mark)))
    }

    /// What goes by the name of `symbol` everywhere else.
    pub(super) fn aliased(&mut self, symbol: Sym) -> Sym {
        match self.context.sets.alias(self.symbols.name(symbol)) {
            Some(alias) => self.symbols.of(alias),
            None => symbol,
        }
    }

    /// The name that a name of this file has outside of it.
    pub(super) fn resolved(&mut self, name: Sym) -> Sym {
        let text = self.symbols.name(name);
        let (first, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
        let Some(stands) = self.context.imports.stands_for(first.as_bytes()) else { return name };
        let full = format!("{stands}{rest}");
        self.symbols.of(&full)
    }

    /// What `symbol` means.
    pub(super) fn meaning(&mut self, symbol: Sym) -> Meaning {
        let (sets, symbols) = (self.context.sets, &*self.symbols);
        *self.meanings.entry(symbol).or_insert_with(|| sets.of_symbol(symbols.name(symbol)))
    }

    /// Counts `more` operations.
    pub(super) fn spend(&mut self, more: u32) {
        self.fuel = self.fuel.saturating_sub(more);
    }

    /// Counts an operation; false if there have been too many.
    pub(super) fn burn(&mut self) -> bool {
        self.fuel = self.fuel.saturating_sub(1);
        self.fuel > 0
    }

    /// Notes the value of operation `id`, with what rules say of its place.
    pub(super) fn record(&mut self, id: Id, value: Val) -> Val {
        let span = self.ir.spans.get(id as usize).copied().unwrap_or_default();
        let value = match self.context.marks.at(span) {
            Some(mark) if !matches!(self.ir.op(id), Op::Seq(_)) => self.marked(id, mark, &value),
            _ => value,
        };
        if let Some(known) = self.outcome.values.get_mut(id as usize) {
            *known = Some(either(known.take(), Rc::clone(&value)));
        }
        value
    }

    /// Runs `body` as something that may not happen.
    pub(super) fn branch(&mut self, body: impl FnOnce(&mut Self)) -> Changes {
        let mark = self.env.open();
        body(self);
        let diverged = std::mem::take(&mut self.diverged);
        self.env.close(mark, diverged)
    }
}
