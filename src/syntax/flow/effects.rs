//! What known calls do with what they are given.

use std::rc::Rc;

use super::calls::{Called, joined_taints};
use super::ir::{Id, Op};
use super::run::Run;
use super::trace::StepKind;
use super::value::{Made, Val, Value, add_taints};

/// Methods that return what the function they are given returns.
const MAPS: [&str; 9] =
    ["map", "flatMap", "then", "let", "run", "Select", "SelectMany", "collect", "mapNotNull"];

impl Run<'_> {
    /// `table.get("name")`
    pub(super) fn looked_up(&mut self, call: &Called<'_>) -> Option<Val> {
        let ((_, whole), [key, ..]) = (call.receiver.as_ref()?, &call.values[..]) else {
            return None;
        };
        let ([only], 1..) = (&key.texts[..], whole.fields.len()) else { return None };
        let name = self.symbols.of(only);
        whole.field(name).filter(|_| call.values.len() == 1).cloned()
    }

    pub(super) fn cleaned(&self, call: &Called<'_>, bits: u64) -> Val {
        let receiver = call.receiver.iter().map(|(_, value)| value);
        let parts: Vec<Val> = receiver.chain(&call.values).cloned().collect();
        let mut value = joined_taints(&parts).cleaned(bits);
        if bits & self.context.sets.harmless != 0 {
            value.made = Made::Plain;
        }
        value.symbol = call.symbol;
        Rc::new(value)
    }

    /// The receiver, or without one the arguments, as they were.
    pub(super) fn passes(&self, call: &Called<'_>) -> Val {
        let receiver = call.receiver.as_ref().map(|(_, value)| value);
        let useful = receiver.filter(|v| v.made != Made::Unknown || !v.taints.is_empty());
        match (useful, &call.values[..]) {
            (Some(_), _) if self.mapped(call).is_some() => self.mapped(call).unwrap_or_default(),
            (Some(value), args) => {
                let mut value = Value::clone(value);
                // `replace` and the like: it is no longer known what it says.
                if !args.is_empty() {
                    value.texts.clear();
                }
                args.iter().for_each(|arg| add_taints(&mut value.taints, &arg.taints));
                Rc::new(value)
            }
            (None, [only]) => Rc::clone(only),
            (None, args) => Rc::new(Value { texts: Vec::new(), ..Value::joined(args) }),
        }
    }

    /// What a lambda makes of what a method like `map` gives it.
    pub(super) fn mapped(&self, call: &Called<'_>) -> Option<Val> {
        if !MAPS.contains(&self.symbols.name(call.name)) {
            return None;
        }
        let Op::Lambda(function) = self.ir.op(*call.args.first()?) else { return None };
        let result = self.returns.get(function as usize)?.as_ref()?;
        Some(Rc::new(Value { texts: Vec::new(), ..Value::clone(result) }))
    }

    /// The receiver with the arguments in it: a list, a builder, a map.
    pub(super) fn adds(&mut self, call: &Called<'_>) -> Val {
        let Some((base, old)) = &call.receiver else { return self.unknown.clone() };
        let key = call.args.first().map(|key| self.ir.op(*key));
        let new = match (key, &call.values[..]) {
            (Some(Op::Text(..)), [name, value]) => match &name.texts[..] {
                [name] => {
                    let name = self.symbols.of(name);
                    old.with_field(name, Rc::clone(value))
                }
                _ => Value::clone(old),
            },
            (_, args) => {
                let mut parts = vec![Rc::clone(old)];
                parts.extend_from_slice(args);
                Value {
                    fields: Rc::clone(&old.fields),
                    symbol: old.symbol,
                    ..Value::joined(&parts)
                }
            }
        };
        let new = Rc::new(new);
        if let Some(root) = self.root_of(*base) {
            self.bind(root, Rc::clone(&new));
        }
        new
    }

    /// Puts what it is called on, what it is given and what it is a source of
    /// into its arguments: `decoder.Decode(&x)`, `c.Bind(&x)`.
    pub(super) fn fills(&mut self, call: &Called<'_>) -> Val {
        let receiver = call.receiver.iter().map(|(_, value)| value);
        let parts: Vec<Val> = receiver.chain(&call.values).cloned().collect();
        let whole = Value { symbol: call.symbol, ..joined_taints(&parts) };
        let whole = self.symbol_value(call.id, whole);
        let whole = self.of_call(call, whole);
        let whole = self.step(whole, self.ir.span(call.id), StepKind::Assigned);
        for (arg, old) in call.args.iter().zip(&call.values) {
            if let Some(root) = self.root_of(*arg) {
                let (taints, parts) = (whole.taints.clone(), whole.parts.clone());
                let filled = Value { taints, parts, ..Value::clone(old) };
                self.bind(root, Rc::new(filled));
            }
        }
        self.unknown.clone()
    }

    /// The variable that a chain of calls begins with.
    pub(super) fn root_of(&self, id: Id) -> Option<Id> {
        let mut at = id;
        for _ in 0..200 {
            match self.ir.op(at) {
                Op::Name(_) | Op::Field(..) => return Some(at),
                Op::Call(callee, _) => match self.ir.op(callee) {
                    Op::Field(base, _) => at = base,
                    _ => return None,
                },
                _ => return None,
            }
        }
        None
    }
}
