//! Calls: of the file's own functions by what those return, of known ones by
//! the shared sets, of all others by a guess that is marked as one.

use std::rc::Rc;

use super::ir::{FunctionId, Id, List, Op};
use super::run::Run;
use super::sets::Effect;
use super::symbols::{NONE, Sym};
use super::trace::StepKind;
use super::value::{Label, Made, Taint, Val, Value, add_taints};
use crate::syntax::language::Language;

/// PHP: filters that numbers and truth values pass, and nothing else.
/// <https://www.php.net/manual/en/filter.constants.php>
const NUMBER_FILTERS: [&str; 5] = [
    "FILTER_VALIDATE_INT", "FILTER_VALIDATE_FLOAT", "FILTER_VALIDATE_BOOL",
    "FILTER_VALIDATE_BOOLEAN", "FILTER_SANITIZE_NUMBER_INT",
];

/// Names of constructors.
pub(super) const CONSTRUCTORS: [&str; 4] = ["constructor", "__construct", "__init__", "initialize"];

/// Classes that are looked through for an inherited method.
const MOST_BASES: u8 = 4;

/// A call with everything evaluated.
pub(super) struct Called<'c> {
    pub(super) id: Id,
    /// What it is called on.
    pub(super) receiver: Option<(Id, Val)>,
    pub(super) args: &'c [Id],
    pub(super) values: Vec<Val>,
    pub(super) name: Sym,
    pub(super) symbol: Sym,
}

impl Run<'_> {
    pub(super) fn call(&mut self, id: Id, callee: Id, args: List) -> Val {
        let ir = self.ir;
        let (receiver, name, function) = match ir.op(callee) {
            Op::Field(base, name) => {
                let value = self.eval(base);
                let symbol = self.member_symbol(value.symbol, name);
                (Some((base, value)), name, symbol)
            }
            Op::Name(name) => (None, name, self.eval(callee).symbol),
            _ => (None, NONE, self.eval(callee).symbol),
        };
        // `Thing.new` is an instance already.
        let called = if self.is_new(name) { function } else { self.symbols.called(function) };
        let symbol = self.aliased(called);
        let args = ir.items(args);
        let given = receiver.as_ref().map(|(_, value)| self.item_of(value));
        let values: Vec<Val> = args.iter().map(|arg| self.argument(*arg, given.as_ref())).collect();
        let call = Called { id, receiver, args, values, name, symbol };
        if let Some(module) = self.required(&call) {
            return module;
        }
        let own = self.own_function(callee).or_else(|| {
            let (_, value) = call.receiver.as_ref()?;
            self.method(self.class_names.get(&value.symbol).copied()?, name)
        });
        if let Some(function) = own {
            let result = self.call_own(function, &call);
            return self.judged(function, &call, result);
        }
        let result = self.call_known(&call);
        self.of_call(&call, result)
    }

    /// The module of `require("fs")`.
    fn required(&mut self, call: &Called<'_>) -> Option<Val> {
        let [name] = &call.values[..] else { return None };
        if call.receiver.is_some() || self.symbols.name(call.name) != "require" {
            return None;
        }
        let [text] = &name.texts[..] else { return None };
        let module = self.symbols.of(text.strip_prefix("node:").unwrap_or(text));
        Some(Rc::new(Value::of_symbol(module)))
    }

    /// The `result` of a function of the file, with what it proves of the arguments.
    fn judged(&mut self, function: FunctionId, call: &Called<'_>, result: Val) -> Val {
        let mut proofs = self.proofs_of_own(function, call);
        if proofs.is_empty() && self.validates(call.name) {
            proofs = self.proofs_of_call(call, self.context.sets.allow_list);
        }
        if proofs.is_empty() && result.proofs.is_empty() {
            return result;
        }
        Rc::new(Value { proofs, ..Value::clone(&result) })
    }

    /// A lambda gets what the method that it is given to is called on.
    pub(super) fn argument(&mut self, arg: Id, given: Option<&Val>) -> Val {
        match (self.ir.op(arg), given) {
            (Op::Lambda(function), Some(item)) if !item.taints.is_empty() => {
                let value = self.closure(function, std::slice::from_ref(item));
                self.record(arg, value)
            }
            _ => self.eval(arg),
        }
    }

    pub(super) fn item_of(&self, value: &Value) -> Val {
        Rc::new(super::eval::element(value))
    }

    pub(super) fn construct(&mut self, id: Id, class: Id, args: List) -> Val {
        let ir = self.ir;
        let name = ir.last_name(class).unwrap_or(NONE);
        let resolved = self.resolved(name);
        let called = self.symbols.called(resolved);
        let symbol = self.aliased(called);
        let mut whole = Value { made: Made::Unknown, symbol, ..Value::default() };
        let mut values = Vec::new();
        for arg in ir.items(args) {
            let value = self.eval(*arg);
            values.push(Rc::clone(&value));
            match (ir.op(*arg), &value.fields[..]) {
                (Op::Entry(name, _), _) if name != NONE => whole = whole.with_field(name, value),
                (Op::Group(_), [_, ..]) => {
                    for (name, field) in value.fields.iter() {
                        whole = whole.with_field(*name, Rc::clone(field));
                    }
                }
                // The constructor is seldom known: its object holds its arguments.
                _ => add_taints(&mut whole.taints, &value.taints),
            }
        }
        let meaning = self.meaning(symbol);
        let whole = whole.cleaned(meaning.cleans);
        let value = match meaning.effect {
            // What builds a text or an address of them.
            Effect::Passes => Rc::new(Value { symbol, ..Value::joined(&values) }),
            _ => self.symbol_value(id, whole),
        };
        let args = ir.items(args);
        let call = Called { id, receiver: None, args, values, name, symbol };
        if let Some(class) = self.class_names.get(&symbol).copied() {
            self.constructed(class, &call);
        }
        self.of_call(&call, value)
    }

    /// Notes what the constructor of a class of the file is given.
    fn constructed(&mut self, class: u32, call: &Called<'_>) {
        let mut names = CONSTRUCTORS.map(|name| self.symbols.of(name)).to_vec();
        names.push(call.name);
        let function = names.into_iter().find_map(|name| self.method(class, name));
        if let Some(function) = function {
            self.call_own(function, call);
        }
    }

    /// The function of this file that `callee` names.
    pub(super) fn own_function(&self, callee: Id) -> Option<FunctionId> {
        let (name, class) = match self.ir.op(callee) {
            Op::Name(name) if self.env.get(name).is_none_or(|v| *v == self.unknown) => (name, None),
            Op::Field(base, name) => (name, Some(self.own_class(base)?)),
            _ => return None,
        };
        let all = self.by_name.get(&name)?;
        let class = class.or(self.frame.class);
        let of = |id: &FunctionId| self.ir.functions.get(*id as usize).and_then(|f| f.class);
        let same = all.iter().find(|id| class.is_some() && of(id) == class);
        same.copied().or_else(|| if all.len() == 1 { all.first().copied() } else { None })
    }

    /// The method `name` of a class of the file, or of one that it extends.
    fn method(&self, class: u32, name: Sym) -> Option<FunctionId> {
        let all = self.by_name.get(&name)?;
        let mut class = class;
        for _ in 0..MOST_BASES {
            let of = |id: &&FunctionId| {
                self.ir.functions.get(**id as usize).is_some_and(|f| f.class == Some(class))
            };
            if let Some(found) = all.iter().find(of) {
                return Some(*found);
            }
            let bases = self.ir.classes.get(class as usize)?.marks.iter();
            class = bases.filter_map(|base| self.class_names.get(base)).copied().next()?;
        }
        None
    }

    /// What a function of the file makes of the arguments.
    pub(super) fn call_own(&mut self, function: FunctionId, call: &Called<'_>) -> Val {
        let ir = self.ir;
        let Some(callee) = ir.functions.get(function as usize) else { return self.unknown.clone() };
        let first = callee.params.first().map(|param| self.symbols.name(param.name));
        let shift = usize::from(call.receiver.is_some() && matches!(first, Some("self" | "cls")));
        let mut given: Vec<Option<Val>> = vec![None; callee.params.len()];
        for (index, (arg, value)) in call.args.iter().zip(&call.values).enumerate() {
            let place = match ir.op(*arg) {
                Op::Entry(name, _) => callee.params.iter().position(|param| param.name == name),
                _ => Some(index + shift),
            };
            let place = place.filter(|place| *place < given.len()).unwrap_or(usize::MAX);
            if let Some(slot) = given.get_mut(place) {
                *slot = Some(Rc::clone(value));
                self.pass(function, place as u16, value, call.id);
            }
        }
        match self.returns.get(function as usize).cloned().flatten() {
            Some(result) => self.returned(function, &result, &given, call),
            // It calls itself, or is one that has not been looked at.
            None => {
                self.early |= !self.frame.running;
                Rc::new(joined_taints(&call.values).doubted())
            }
        }
    }

    /// Remembers what is given to a parameter.
    pub(super) fn pass(&mut self, function: FunctionId, place: u16, value: &Value, call: Id) {
        if value.taints.is_empty() {
            return;
        }
        let span = self.ir.span(call);
        let known = self.outcome.passed.entry((function, place)).or_default();
        for taint in &value.taints {
            let is_new = |t: &Taint| t.label != taint.label || t.clean != taint.clean;
            if known.iter().all(is_new) {
                let step =
                    self.outcome.steps.push(Some(taint.step), span.clone(), StepKind::Passed);
                add_taints(known, &[Taint { step, ..*taint }]);
            }
        }
    }

    /// The result of a call, with arguments for parameters.
    pub(super) fn returned(
        &mut self,
        function: FunctionId,
        result: &Val,
        given: &[Option<Val>],
        call: &Called<'_>,
    ) -> Val {
        if result.taints.is_empty() {
            return Rc::clone(result);
        }
        let mut value = Value { taints: Vec::new(), ..Value::clone(result) };
        let span = self.ir.span(call.id);
        for taint in &result.taints {
            let Label::Param(of, place) = taint.label else {
                add_taints(&mut value.taints, std::slice::from_ref(taint));
                continue;
            };
            if of != function {
                // What another method of the class has stored.
                if self.are_of_one_class(of, function) {
                    add_taints(&mut value.taints, std::slice::from_ref(taint));
                }
                continue;
            }
            let Some(Some(arg)) = given.get(usize::from(place)) else { continue };
            let through: Vec<Taint> = arg
                .taints
                .iter()
                .map(|from| Taint {
                    clean: from.clean | taint.clean,
                    doubts: from.doubts.saturating_add(taint.doubts),
                    step: self.outcome.steps.push(
                        Some(from.step),
                        span.clone(),
                        StepKind::Returned,
                    ),
                    ..*from
                })
                .collect();
            add_taints(&mut value.taints, &through);
        }
        Rc::new(value)
    }

    fn are_of_one_class(&self, one: FunctionId, two: FunctionId) -> bool {
        let class = |id: FunctionId| self.ir.functions.get(id as usize).and_then(|f| f.class);
        class(one).is_some() && class(one) == class(two)
    }

    /// A call of something outside the file.
    pub(super) fn call_known(&mut self, call: &Called<'_>) -> Val {
        let known = self.looked_up(call).or_else(|| self.stripped(call));
        if let Some(value) = known.or_else(|| self.char_at(call)).or_else(|| self.rooted(call)) {
            return value;
        }
        if self.is_filtered(call) {
            return self.cleaned(call, self.context.sets.number);
        }
        let meaning = self.meaning(call.symbol);
        if meaning.cleans != 0 && meaning.proves == 0 {
            return self.cleaned(call, meaning.cleans);
        }
        if meaning.proves != 0 || self.validates(call.name) {
            let bits = meaning.proves | self.context.sets.allow_list;
            let bits = if meaning.proves != 0 { meaning.proves } else { bits };
            let proofs = self.proofs_of_call(call, bits);
            return Rc::new(Value { proofs, ..self.matched(call, bits) });
        }
        let symbol = call.symbol;
        if meaning.source.is_some() && meaning.effect != Effect::Fills {
            return self.call_unknown(call);
        }
        match meaning.effect {
            Effect::Stops => {
                self.diverged = true;
                self.unknown.clone()
            }
            Effect::Neutral => {
                let taints = call.receiver.as_ref().map(|(_, value)| value.taints.clone());
                let taints = taints.unwrap_or_default();
                Rc::new(Value { taints, ..Value::of_symbol(symbol) })
            }
            Effect::Fills => self.fills(call),
            Effect::Passes => self.passes(call),
            Effect::Formats => {
                let receiver = call.receiver.iter().map(|(_, value)| value);
                let text = receiver.filter(|v| v.made != Made::Unknown || !v.taints.is_empty());
                let parts: Vec<Val> = text.chain(&call.values).cloned().collect();
                Rc::new(super::text::formatted(&parts))
            }
            Effect::Adds => self.adds(call),
            Effect::Unknown => match self.escapes(call.name) {
                0 => self.call_unknown(call),
                clean => self.cleaned(call, clean),
            },
        }
    }

    /// PHP: what is left after a filter that lets only numbers through:
    /// `filter_input(INPUT_GET, "id", FILTER_VALIDATE_INT)`, `array_map("intval", $ids)`.
    fn is_filtered(&self, call: &Called<'_>) -> bool {
        if self.context.language != Language::Php || call.receiver.is_some() {
            return false;
        }
        match self.symbols.name(call.name) {
            "filter_var" | "filter_input" => call.values.iter().any(|value| {
                let name = self.symbols.name(value.symbol);
                NUMBER_FILTERS.contains(&name.rsplit('\\').next().unwrap_or(name))
            }),
            "array_map" => call.values.first().is_some_and(|first| {
                matches!(&first.texts[..], [name] if matches!(&**name, "intval" | "floatval" | "absint"))
            }),
            _ => false,
        }
    }

    /// Nobody knows what it does: what it is called on most likely comes out
    /// again, of its arguments that is a guess.
    pub(super) fn call_unknown(&mut self, call: &Called<'_>) -> Val {
        let mut value = joined_taints(&call.values).doubted();
        if let Some((_, receiver)) = &call.receiver {
            add_taints(&mut value.taints, &receiver.taints);
        }
        value.symbol = call.symbol;
        if self.looks(call.name) {
            value.proofs = self.proofs_of_call(call, self.context.sets.allow_list);
        }
        self.symbol_value(call.id, value)
    }
}

/// All taints of `values`, and nothing else.
pub(super) fn joined_taints(values: &[Val]) -> Value {
    let mut whole = Value::default();
    values.iter().for_each(|value| add_taints(&mut whole.taints, &value.taints));
    whole
}
