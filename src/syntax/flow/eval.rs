//! What each operation makes of the values of its parts.

use std::rc::Rc;

use super::ir::{Id, List, Op, Test};
use super::run::Run;
use super::sets::Effect;
use super::symbols::{NONE, Sym};
use super::trace::StepKind;
use super::value::{Asks, Label, Made, Taint, Val, Value, add_taints, either, varying};
use crate::syntax::language::Language;
use crate::syntax::pattern::is_class_of;

/// Fields that say how much there is, whatever else there is.
const LENGTHS: [&str; 4] = ["length", "Length", "count", "Count"];

/// Ruby: methods of a text that return it as it is.
const SAME: [&str; 6] = ["freeze", "dup", "clone", "itself", "to_s", "to_str"];

/// Names of the results of a function that has several; no field is called so.
const RESULTS: [&str; 4] = ["#0", "#1", "#2", "#3"];

impl Run<'_> {
    /// The value of operation `id`, at this point of the program.
    pub(super) fn eval(&mut self, id: Id) -> Val {
        if !self.burn() {
            return self.unknown.clone();
        }
        let value = match self.ir.op(id) {
            Op::Text(start, end) => self.text_value(start as usize..end as usize),
            Op::Literal => self.text_value(self.ir.span(id)),
            Op::Name(name) => self.name(id, name),
            Op::Field(base, name) => self.field(id, base, name),
            Op::Index(base, key) => self.index(base, key),
            Op::Call(callee, args) => self.call(id, callee, args),
            Op::New(class, args) => self.construct(id, class, args),
            Op::Join(pieces) => {
                let pieces = self.evals(pieces);
                Rc::new(Value::joined(&pieces))
            }
            Op::Format(parts) => self.format(parts),
            Op::Either(parts) => {
                let parts = self.evals(parts);
                let joined = parts.into_iter().fold(None, |one, two| Some(either(one, two)));
                joined.unwrap_or_else(|| self.unknown.clone())
            }
            Op::And(parts) => self.logic(parts, true),
            Op::Or(parts) => self.logic(parts, false),
            Op::Not(inner) => self.negation(inner),
            Op::Test(test, parts) => self.test(test, parts),
            Op::Number(parts) => {
                self.evals(parts);
                Rc::new(Value::plain())
            }
            Op::Cast(kind, inner) => self.cast(kind, inner),
            Op::Group(items) => self.group(items),
            Op::Entry(_, value) => self.eval(value),
            Op::Unknown(parts) => {
                self.evals(parts);
                self.unknown.clone()
            }
            Op::Lambda(function) => self.closure(function, &[]),
            Op::Assign(how, target, value, kind) => self.assign(how, target, value, kind),
            _ => self.statement(id),
        };
        self.record(id, value)
    }

    pub(super) fn evals(&mut self, list: List) -> Vec<Val> {
        let ir = self.ir;
        ir.items(list).iter().map(|id| self.eval(*id)).collect()
    }

    pub(super) fn text_value(&self, range: std::ops::Range<usize>) -> Val {
        let bytes = self.context.text.get(range).unwrap_or_default();
        Rc::new(Value::text(&String::from_utf8_lossy(bytes)))
    }

    pub(super) fn name(&mut self, id: Id, name: Sym) -> Val {
        if let Some(value) = self.env.get(name) {
            let value = Rc::clone(value);
            let value = self.module_variable(name, value);
            return self.proved(name, value);
        }
        let class = self.frame.class;
        if let Some(value) = class.and_then(|class| self.members.get(&(class, name))) {
            return self.member_value(name, Rc::clone(value));
        }
        // What the file defines itself is no library's.
        if self.by_name.contains_key(&name) {
            return self.unknown.clone();
        }
        if let Some(value) = self.outer_name(name) {
            return self.proved(name, value);
        }
        let symbol = self.resolved(name);
        let symbol = self.aliased(symbol);
        // Ruby: `raise unless valid`.
        if self.context.language == Language::Ruby && self.meaning(symbol).effect == Effect::Stops {
            self.diverged = true;
        }
        let asks = Asks::of(name);
        let value = self.symbol_value(id, Value { asks, ..Value::of_symbol(symbol) });
        self.proved(name, value)
    }

    /// A field of the class, which other methods may change.
    pub(super) fn member_value(&self, name: Sym, value: Val) -> Val {
        match self.ir.assigned.get(&name) {
            Some(times) if *times > 1 => Rc::new(varying(&value)),
            _ => value,
        }
    }

    /// `value`, after the guards that have tested what is called `name`.
    pub(super) fn proved(&self, name: Sym, value: Val) -> Val {
        match self.env.proved(name) {
            0 => value,
            clean => Rc::new(value.cleaned(clean)),
        }
    }

    /// `value`, and that it comes from a source if its symbol says so.
    pub(super) fn symbol_value(&mut self, id: Id, mut value: Value) -> Val {
        let meaning = self.meaning(value.symbol);
        if let Some(set) = meaning.source {
            let step = self.outcome.steps.push(None, self.ir.span(id), StepKind::Source);
            let label = Label::Set(set);
            add_taints(&mut value.taints, &[Taint { label, clean: 0, doubts: 0, step }]);
        }
        if matches!(self.ir.op(id), Op::Call(..)) || self.is_index(id) {
            return Rc::new(value);
        }
        if meaning.effect == Effect::Neutral {
            return Rc::new(Value::plain());
        }
        // Ruby calls without parentheses.
        if meaning.cleans != 0 {
            value = value.cleaned(meaning.cleans);
            if meaning.cleans & self.context.sets.harmless != 0 {
                value.made = Made::Plain;
            }
        }
        Rc::new(value)
    }

    /// `params[:id]` names an entry, not what a method `id` makes.
    fn is_index(&self, id: Id) -> bool {
        let end = self.ir.span(id).end;
        end.checked_sub(1).and_then(|last| self.context.text.get(last)) == Some(&b']')
    }

    pub(super) fn field(&mut self, id: Id, base: Id, name: Sym) -> Val {
        let path = self.path(id);
        if let Some(class) = self.own_class(base)
            && let Some(value) = self.members.get(&(class, name))
        {
            let value = self.member_value(name, Rc::clone(value));
            return self.proved(path, value);
        }
        let whole = self.eval(base);
        let value = match whole.field(name) {
            Some(value) => Rc::clone(value),
            None if self.stored(&whole, name).is_some() => {
                self.stored(&whole, name).unwrap_or_default()
            }
            None => {
                let outer = if is_bare(&whole) { self.outer_field(id, name) } else { None };
                outer.unwrap_or_else(|| self.unknown_field(id, base, &whole, name))
            }
        };
        self.proved(path, value)
    }

    /// What the methods of its class, which is in the file, have stored in field `name`.
    fn stored(&self, whole: &Value, name: Sym) -> Option<Val> {
        let class = self.class_names.get(&whole.symbol).filter(|_| whole.taints.is_empty())?;
        let value = self.members.get(&(*class, name)).filter(|value| !is_blank(value))?;
        Some(self.member_value(name, Rc::clone(value)))
    }

    /// The field `name` of `whole`, of which only comes out what is known of that.
    fn unknown_field(&mut self, id: Id, base: Id, whole: &Val, name: Sym) -> Val {
        if whole.made == Made::Constant && SAME.contains(&self.symbols.name(name)) {
            return Rc::clone(whole);
        }
        let symbol = self.field_symbol(whole, name);
        let taints = whole.taints.clone();
        let number = !taints.is_empty() && self.is_number_field(name);
        let plain = number || self.is_listed_only(whole);
        let made = if plain { Made::Plain } else { Made::Unknown };
        let asks = self.asks_of(id, whole);
        let value = Value { symbol, taints, made, asks, ..Value::default() };
        let value = self.symbol_value(id, value);
        let value = self.of_field(base, whole, value);
        if number { Rc::new(value.cleaned(self.context.sets.number)) } else { value }
    }

    /// Whether `whole` is a number or a word of an enumeration, and so is what it holds.
    fn is_listed_only(&self, whole: &Value) -> bool {
        let number = self.context.sets.number;
        whole.made == Made::Plain
            && !whole.taints.is_empty()
            && whole.taints.iter().all(|taint| taint.clean & number != 0)
    }

    /// `base.name`, as a symbol.
    pub(super) fn member_symbol(&mut self, base: Sym, name: Sym) -> Sym {
        let base = if base == NONE { self.unnamed } else { base };
        let (package, class) = (self.symbols.name(base), self.symbols.name(name));
        let member = match self.is_new(name) {
            true => self.symbols.called(base),
            false if is_class_of(self.context.language, package, class) => name,
            false => self.symbols.member(base, name),
        };
        self.aliased(member)
    }

    /// The symbol of a field that is read. What a source holds goes by names that
    /// others chose: `req.query.size` is no size.
    pub(super) fn field_symbol(&mut self, base: &Value, name: Sym) -> Sym {
        let symbol = self.member_symbol(base.symbol, name);
        let keyed = self.context.language != Language::Ruby
            && base.parts.is_empty()
            && self.meaning(base.symbol).source.is_some()
            && self.meaning(symbol).source.is_none()
            && !LENGTHS.contains(&self.symbols.name(name));
        if keyed { NONE } else { symbol }
    }

    /// Ruby constructs by a method of the class.
    pub(super) fn is_new(&self, name: Sym) -> bool {
        self.context.language == Language::Ruby && self.symbols.name(name) == "new"
    }

    /// The class that `id` names an object of, or the class itself.
    pub(super) fn own_class(&self, id: Id) -> Option<u32> {
        let Op::Name(name) = self.ir.op(id) else { return None };
        match self.symbols.name(name) {
            "self" | "this" | "cls" | "static" | "$this" => self.frame.class,
            _ if self.env.get(name).is_some() => None,
            _ => self.class_names.get(&name).copied(),
        }
    }

    /// The dotted name of what is a name or a field of one; none otherwise.
    pub(super) fn path(&mut self, id: Id) -> Sym {
        match self.ir.op(id) {
            Op::Name(name) => name,
            Op::Cast(_, inner) => self.path(inner),
            Op::Field(base, name) => {
                let base = self.path(base);
                self.symbols.member(base, name)
            }
            _ => NONE,
        }
    }

    pub(super) fn index(&mut self, base: Id, key: Id) -> Val {
        let whole = self.eval(base);
        let key_value = self.eval(key);
        if let [only] = &key_value.texts[..] {
            let name = self.symbols.of(only);
            if let Some(value) = whole.field(name) {
                return Rc::clone(value);
            }
        }
        if let Some(letter) = self.letter(&whole, &key_value) {
            return letter;
        }
        let mut value = element(&whole);
        // `allowed[x]` is something only if `x` is one of those that are known.
        if whole.taints.is_empty() && !key_value.taints.is_empty() {
            value.proofs = self.proofs_about(key, &key_value, self.context.sets.allow_list, true);
        }
        Rc::new(value)
    }

    pub(super) fn format(&mut self, parts: List) -> Val {
        let ir = self.ir;
        let mut values = Vec::new();
        for part in ir.items(parts) {
            match ir.op(*part) {
                Op::Group(items) => values.extend(self.evals(items)),
                _ => values.push(self.eval(*part)),
            }
        }
        Rc::new(super::text::formatted(&values))
    }

    pub(super) fn cast(&mut self, kind: Sym, inner: Id) -> Val {
        let value = self.eval(inner);
        self.typed(kind, value)
    }

    /// `value` as an instance of type `kind`.
    pub(super) fn typed(&mut self, kind: Sym, value: Val) -> Val {
        if kind == NONE {
            return value;
        }
        let name = self.symbols.name(kind);
        if self.context.sets.is_number(name) || self.is_enum(name) {
            let clean = self.context.sets.number;
            let made = if value.made == Made::Constant { Made::Constant } else { Made::Plain };
            return Rc::new(Value { made, ..value.cleaned(clean) });
        }
        let kind = self.resolved(kind);
        let instance = self.symbols.called(kind);
        let symbol = self.aliased(instance);
        Rc::new(Value { symbol, ..Value::clone(&value) })
    }

    pub(super) fn group(&mut self, items: List) -> Val {
        let ir = self.ir;
        let mut whole = Value { made: Made::Constant, ..Value::default() };
        let ids = ir.items(items);
        // Go: `return id, name, nil` gives each of the variables its own.
        let several = self.is_go() && (2..=RESULTS.len()).contains(&ids.len());
        for (place, item) in ids.iter().enumerate() {
            let value = self.eval(*item);
            let named = matches!(ir.op(*item), Op::Entry(name, _) if name != NONE);
            // A table is no text, whatever texts are in it.
            let made = if named { value.made.min(Made::Unknown) } else { value.made };
            whole.made = whole.made.max(made);
            match ir.op(*item) {
                Op::Entry(name, _) if name != NONE => whole = whole.with_field(name, value),
                _ if several => {
                    let name = self.result_name(place);
                    whole = whole.with_field(name, value);
                }
                _ => add_taints(&mut whole.taints, &value.taints),
            }
        }
        Rc::new(whole)
    }

    /// The name under which the result of a Go function at `place` is kept.
    pub(super) fn result_name(&mut self, place: usize) -> Sym {
        RESULTS.get(place).map_or(NONE, |name| self.symbols.of(name))
    }

    /// `value`, with a step more on its way.
    pub(super) fn step(&mut self, value: Val, span: std::ops::Range<usize>, kind: StepKind) -> Val {
        if value.taints.is_empty() {
            return value;
        }
        let mut value = Value::clone(&value);
        for taint in &mut value.taints {
            taint.step = self.outcome.steps.push(Some(taint.step), span.clone(), kind);
        }
        Rc::new(value)
    }

    pub(super) fn is_go(&self) -> bool {
        self.context.language == Language::Go
    }

    /// `a == b` and the like, with what they prove.
    pub(super) fn test(&mut self, test: Test, parts: List) -> Val {
        let values = self.evals(parts);
        let ids = self.ir.items(parts);
        let mut value = Value::plain();
        match (ids, &values[..]) {
            // Python: `1 <= size <= 100`
            ([_, middle, right], [_, one, two]) => {
                value.proofs = self.proofs_of_test(test, (*middle, one), (*right, two));
            }
            ([left, .., right], [one, .., two]) => {
                value.proofs = self.proofs_of_test(test, (*left, one), (*right, two));
            }
            _ => {}
        }
        Rc::new(value)
    }
}

/// Nothing is known of it but its type.
pub(super) fn is_blank(value: &Value) -> bool {
    value.taints.is_empty() && value.texts.is_empty() && value.made == Made::Unknown
}

/// Nothing is known of it but its name.
pub(super) fn is_bare(value: &Value) -> bool {
    is_blank(value) && value.fields.is_empty()
}

/// Something that `whole` holds.
pub(super) fn element(whole: &Value) -> Value {
    let made = if whole.made == Made::Built { Made::Unknown } else { whole.made };
    Value { taints: whole.taints.clone(), made, parts: whole.parts.clone(), ..Value::default() }
}
