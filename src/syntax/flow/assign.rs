//! Assignments: to variables, fields, elements and the parts of patterns.

use std::rc::Rc;

use super::eval::{element, is_blank};
use super::ir::{Assign, Id, List, Op};
use super::run::Run;
use super::scopes::bare;
use super::symbols::{NONE, Sym};
use super::trace::StepKind;
use super::value::{Made, Val, Value, add_taints, either};

/// Ends of names of what only tells whether something went well.
const TELLS: [&str; 6] = ["err", "error", "ok", "found", "exists", "valid"];

impl Run<'_> {
    pub(super) fn assign(&mut self, how: Assign, target: Id, value: Id, kind: Sym) -> Val {
        if let (Op::Group(targets), Op::Group(values)) = (self.ir.op(target), self.ir.op(value)) {
            return self.assign_each(targets, values, value);
        }
        let unset =
            matches!(self.ir.op(value), Op::Unknown(parts) if self.ir.items(parts).is_empty());
        let new = self.eval(value);
        let new = self.typed(kind, new);
        let new = match how {
            Assign::Set => new,
            Assign::Append => {
                let old = self.eval(target);
                Rc::new(Value::joined(&[old, new]))
            }
            Assign::Either => {
                let old = self.eval(target);
                either(Some(old), new)
            }
            Assign::Number => Rc::new(Value::plain()),
        };
        if unset && kind == NONE {
            return new;
        }
        let new = self.step(new, self.ir.span(target), StepKind::Assigned);
        self.bind_found(target, value);
        self.bind(target, Rc::clone(&new));
        new
    }

    /// Go: `_, ok := allowed[x]` tells by `ok` whether `x` is allowed.
    pub(super) fn bind_found(&mut self, target: Id, value: Id) {
        let (Op::Group(targets), Op::Index(table, key)) = (self.ir.op(target), self.ir.op(value))
        else {
            return;
        };
        let ([_, found], true) = (self.ir.items(targets), self.is_go()) else { return };
        if self.eval(table).taints.is_empty() {
            let value = self.eval(key);
            let proofs = self.proofs_about(key, &value, self.context.sets.allow_list, true);
            self.bind(*found, Rc::new(Value { proofs, ..Value::plain() }));
        }
    }

    /// `a, b = c, d`
    pub(super) fn assign_each(&mut self, targets: List, values: List, value: Id) -> Val {
        let ir = self.ir;
        let news = self.evals(values);
        let whole = self.eval(value);
        for (index, target) in ir.items(targets).iter().enumerate() {
            let new = news.get(index).cloned().unwrap_or_else(|| Rc::new(element(&whole)));
            let new = self.step(new, ir.span(*target), StepKind::Assigned);
            self.bind(*target, new);
        }
        whole
    }

    /// Gives `target` the value: a variable, a field, or the parts of a pattern.
    pub(super) fn bind(&mut self, target: Id, value: Val) {
        match self.ir.op(target) {
            Op::Name(name) if self.frame.class_body || self.is_member_name(name) => {
                self.set_member(name, value);
            }
            Op::Name(name) => self.env.set(name, value),
            Op::Entry(_, inner) | Op::Cast(_, inner) => self.bind(inner, value),
            Op::Field(base, name) => self.bind_field(base, name, value),
            Op::Index(base, key) => {
                let old = self.eval(base);
                if let Some(name) = self.key_name(key) {
                    // A table is no text, whatever texts are in it.
                    let made = old.made.max(value.made.min(Made::Unknown));
                    let whole = Value { made, ..old.with_field(name, value) };
                    return self.bind_whole(base, whole);
                }
                let mut whole = Value::clone(&old);
                add_taints(&mut whole.taints, &value.taints);
                whole.made = whole.made.max(value.made);
                self.bind_whole(base, whole);
            }
            Op::Group(items) => self.bind_parts(items, &value),
            Op::Assign(_, inner, _, _) => self.bind(inner, value),
            _ => {}
        }
    }

    /// The entry that `key` names, if it is one by a constant name.
    fn key_name(&mut self, key: Id) -> Option<Sym> {
        let (Op::Text(..) | Op::Literal) = self.ir.op(key) else { return None };
        let key = self.eval(key);
        let [name] = &key.texts[..] else { return None };
        let named = !name.starts_with(|first: char| first.is_ascii_digit() || first == '-');
        named.then(|| self.symbols.of(name))
    }

    pub(super) fn bind_field(&mut self, base: Id, name: Sym, value: Val) {
        match self.own_class(base) {
            Some(class) => {
                let old = self.members.get(&(class, name)).cloned();
                let value = either(old.filter(|old| !is_blank(old)), value);
                self.members.insert((class, name), value);
            }
            None => {
                let whole = self.eval(base);
                // `service.path = path`: its methods read it.
                if let Some(class) = self.class_names.get(&whole.symbol).copied() {
                    let old = self.members.get(&(class, name)).cloned();
                    let value = either(old.filter(|old| !is_blank(old)), Rc::clone(&value));
                    self.members.insert((class, name), value);
                }
                let whole = whole.with_field(name, value);
                self.bind_whole(base, whole);
            }
        }
    }

    /// Only what has a name can be changed by changing a part of it.
    pub(super) fn bind_whole(&mut self, base: Id, whole: Value) {
        if matches!(self.ir.op(base), Op::Name(_) | Op::Field(..) | Op::Index(..)) {
            self.bind(base, Rc::new(whole));
        }
    }

    pub(super) fn bind_parts(&mut self, items: List, value: &Val) {
        let ir = self.ir;
        let all = ir.items(items);
        for (index, item) in all.iter().enumerate() {
            let part = match ir.op(*item) {
                Op::Entry(name, _) => match value.field(name) {
                    Some(part) => Rc::clone(part),
                    None => {
                        let symbol = self.field_symbol(value, name);
                        let taints = value.taints.clone();
                        let part = Value { symbol, taints, ..Value::default() };
                        let part = self.symbol_value(*item, part);
                        self.of_entry(value, part)
                    }
                },
                _ if self.is_go() => match self.result(*item, index, value) {
                    Some(part) => part,
                    None => continue,
                },
                _ => Rc::new(element(value)),
            };
            self.bind(*item, part);
        }
    }

    /// What the variable `item` gets of the results `value` of a Go function; of one
    /// that is not in the file, the last ones are seldom more than `err` and `ok`.
    fn result(&mut self, item: Id, index: usize, value: &Val) -> Option<Val> {
        let name = self.result_name(index);
        if let Some(own) = value.field(name).filter(|_| name != NONE) {
            return Some(Rc::clone(own));
        }
        let told = self.ir.last_name(item).map(|name| bare(self.symbols.name(name)));
        let told = told.map(str::to_ascii_lowercase);
        let tells = told.is_none_or(|name| {
            TELLS.iter().any(|end| name.ends_with(end)) || name == "_" || name == "n"
        });
        match index {
            0 => Some(Rc::clone(value)),
            _ if tells => None,
            _ => Some(Rc::new(element(value))),
        }
    }

    /// Ruby's `@name`, and fields that are named without `this`.
    pub(super) fn is_member_name(&self, name: Sym) -> bool {
        let Some(class) = self.frame.class else { return false };
        self.symbols.name(name).starts_with('@')
            || self.env.get(name).is_none() && self.members.contains_key(&(class, name))
    }

    pub(super) fn set_member(&mut self, name: Sym, value: Val) {
        // PHP declares `$name` and reads `$this->name`.
        let bare = self.symbols.name(name).strip_prefix('$').map(str::to_owned);
        let name = bare.map_or(name, |bare| self.symbols.of(&bare));
        let Some(class) = self.frame.class else { return self.env.set(name, value) };
        let old = self.members.get(&(class, name)).cloned();
        let value = either(old.filter(|old| !is_blank(old)), value);
        self.members.insert((class, name), value);
    }
}
