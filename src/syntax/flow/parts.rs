//! Checks of one thing that are checks of another: of the host of a URL, of a
//! path that was resolved, of where a text begins in it.

use std::rc::Rc;

use super::calls::Called;
use super::ir::{Id, Op, Test};
use super::run::Run;
use super::symbols::{NONE, Sym};
use super::value::{Made, Part, PartKind, Proof, Val, Value};

/// Things that one value tells something of.
const MOST_PARTS: usize = 4;
/// What a search answers that has found nothing.
const NOT_FOUND: [&str; 3] = ["-1", "false", "False"];
/// What stands for nothing at all.
const NOTHING: [&str; 6] = ["", "null", "nil", "None", "undefined", "NULL"];
/// Methods that ask for the beginning of what they are called on.
const BEGINS: [&str; 5] = ["startsWith", "StartsWith", "startswith", "start_with?", "starts_with"];

impl Run<'_> {
    /// `value`, the result of `call`, with what it tells of what was given to it.
    pub(super) fn of_call(&mut self, call: &Called<'_>, value: Val) -> Val {
        let Some(kind) = self.meaning(call.symbol).part else { return value };
        let mut names = Vec::new();
        let mut parts = Vec::new();
        let receiver = call.receiver.iter().map(|(base, value)| (*base, value));
        for (id, given) in receiver.chain(call.args.iter().copied().zip(&call.values)) {
            self.add_parts(id, given, &mut names);
            parts.extend(given.parts.iter().filter(|part| part.kind != PartKind::Form));
        }
        let dots = call.values.iter().flat_map(|value| &value.texts).any(|text| &**text == "..");
        let kind = if dots && kind == PartKind::Position { PartKind::Dots } else { kind };
        if kind == PartKind::Host {
            return self.host_of(&value, &names);
        }
        // The host in lower case is the host still.
        parts.truncate(MOST_PARTS);
        if kind != PartKind::Form || parts.is_empty() {
            return with_parts(&value, kind, &names);
        }
        Rc::new(Value { parts, ..Value::clone(&value) })
    }

    /// `value`, which is `base.name`, with what it tells of `whole`.
    pub(super) fn of_field(&mut self, base: Id, whole: &Val, value: Val) -> Val {
        if whole.taints.is_empty() || self.meaning(value.symbol).part != Some(PartKind::Host) {
            return value;
        }
        let mut parts = Vec::new();
        self.add_parts(base, whole, &mut parts);
        self.host_of(&value, &parts)
    }

    /// `part`, an entry that was taken out of `whole`, with what it tells of that.
    pub(super) fn of_entry(&mut self, whole: &Value, part: Val) -> Val {
        if self.meaning(part.symbol).part != Some(PartKind::Host) {
            return part;
        }
        let forms = whole.parts.iter().filter(|known| known.kind == PartKind::Form);
        let names: Vec<Sym> = forms.map(|known| known.name).collect();
        self.host_of(&part, &names)
    }

    /// The host of what has these names; where there is none, it leads nowhere else.
    pub(super) fn host_of(&self, value: &Val, names: &[Sym]) -> Val {
        let clean = self.context.sets.host;
        let proofs = names.iter().map(|name| Proof { name: *name, clean, when: false }).collect();
        let whole = with_parts(value, PartKind::Host, names);
        Rc::new(Value { proofs, ..Value::clone(&whole) })
    }

    /// Names of `value`, which is what `id` is, and of what it is a form of.
    fn add_parts(&mut self, id: Id, value: &Value, names: &mut Vec<Sym>) {
        if value.taints.is_empty() {
            return;
        }
        let path = self.path(id);
        if path != NONE {
            names.push(path);
        }
        if let Op::Group(items) = self.ir.op(id) {
            for item in self.ir.items(items) {
                let path = self.path(*item);
                names.extend(Some(path).filter(|path| *path != NONE));
            }
        }
        names.extend(value.parts.iter().filter(|p| p.kind == PartKind::Form).map(|p| p.name));
        names.truncate(MOST_PARTS);
    }

    /// What it proves of `value`, which is what `id` is, that it is one of those
    /// that are allowed (`clean`), if that is `when`.
    pub(super) fn proofs_about(
        &mut self,
        id: Id,
        value: &Value,
        clean: u64,
        when: bool,
    ) -> Vec<Proof> {
        let sets = self.context.sets;
        let path = self.path(id);
        let own = Proof { name: path, clean, when };
        let of_part = |part: &Part| {
            let clean = match part.kind {
                PartKind::Form => clean,
                PartKind::Host => sets.host,
                PartKind::Position | PartKind::Dots => return None,
            };
            Some(Proof { name: part.name, clean, when })
        };
        let own = Some(own).filter(|proof| proof.name != NONE);
        own.into_iter().chain(value.parts.iter().filter_map(of_part)).collect()
    }

    /// What a comparison of `value` with the constant `other` proves by what
    /// `value` tells of others; none if it is no such value.
    pub(super) fn proofs_of_parts(
        &self,
        test: Test,
        value: &Value,
        other: &Value,
    ) -> Option<Vec<Proof>> {
        let sets = self.context.sets;
        let [text] = &other.texts[..] else { return None };
        let equal = match test {
            Test::Equal => true,
            Test::NotEqual => false,
            _ => return None,
        };
        let proof = |part: &Part| {
            let (clean, when) = match part.kind {
                PartKind::Position if &**text == "0" => (sets.prefix, equal),
                PartKind::Dots if NOT_FOUND.contains(&&**text) => (sets.path, equal),
                PartKind::Host if NOTHING.contains(&&**text) => (sets.host, equal),
                _ => return None,
            };
            Some(Proof { name: part.name, clean, when })
        };
        let proofs: Vec<Proof> = value.parts.iter().filter_map(proof).collect();
        (!proofs.is_empty()).then_some(proofs)
    }

    /// What it proves that a value is below or above another: that it is no larger
    /// than what nobody else chose. None for other tests.
    pub(super) fn proofs_of_order(
        &mut self,
        test: Test,
        left: (Id, &Val),
        right: (Id, &Val),
    ) -> Option<Vec<Proof>> {
        let below = match test {
            Test::Below => true,
            Test::Above => false,
            _ => return None,
        };
        let is_limit = |value: &Val| {
            let least = value.texts.iter().any(|text| matches!(&**text, "0" | "1" | "-1"));
            value.taints.is_empty() && !least
        };
        let clean = self.context.sets.bounded;
        Some(match (left.1.taints.is_empty(), right.1.taints.is_empty()) {
            (false, true) if is_limit(right.1) => self.proofs_about(left.0, left.1, clean, below),
            (true, false) if is_limit(left.1) => self.proofs_about(right.0, right.1, clean, !below),
            _ => Vec::new(),
        })
    }

    /// Whether `other` is what `value` may be checked against: a constant, or for
    /// the host of a URL anything that comes from nowhere else.
    pub(super) fn is_expected(&self, value: &Value, other: &Value) -> bool {
        let told = value.parts.iter().any(|part| part.kind == PartKind::Host);
        let fixed = other.made == Made::Constant && super::exec::is_word(other);
        other.taints.is_empty() && (fixed || told && other.texts.is_empty())
    }

    /// `path.startsWith("..")` of a relative path, which if not keeps it inside.
    pub(super) fn begins_with_dots(&mut self, call: &Called<'_>) -> Option<Vec<Proof>> {
        let name = self.symbols.name(call.name);
        let method = BEGINS.contains(&name);
        if !method && name != "HasPrefix" {
            return None;
        }
        let texts = call.values.iter().flat_map(|value| &value.texts);
        if !texts.clone().any(|text| text.starts_with("..")) {
            return None;
        }
        let (id, value) = match &call.receiver {
            Some((base, value)) if method => (*base, Rc::clone(value)),
            _ => (*call.args.first()?, Rc::clone(call.values.first()?)),
        };
        let clean = self.context.sets.path;
        Some(self.proofs_about(id, &value, clean, false))
    }

    /// `url.startsWith("https://")`: that says nothing of where it leads.
    pub(super) fn asks_for_scheme(&self, call: &Called<'_>) -> bool {
        let scheme = |text: &str| {
            let rest = text.strip_prefix("http").map(|rest| rest.strip_prefix('s').unwrap_or(rest));
            rest.is_some_and(|rest| matches!(rest, "" | ":" | ":/" | "://"))
        };
        let mut texts = call.values.iter().flat_map(|value| &value.texts).peekable();
        texts.peek().is_some() && texts.all(|text| scheme(text))
    }

    /// What the parameters of a function of the file are proved to be by its result,
    /// as what is given to it.
    pub(super) fn proofs_of_own(&mut self, function: u32, call: &Called<'_>) -> Vec<Proof> {
        let ir = self.ir;
        let result = self.returns.get(function as usize).cloned().flatten();
        let (Some(callee), Some(result)) = (ir.functions.get(function as usize), result) else {
            return Vec::new();
        };
        let mut proofs = Vec::new();
        for proof in &result.proofs {
            let place = callee.params.iter().position(|param| param.name == proof.name);
            let Some((id, value)) = place.and_then(|at| call.args.get(at).zip(call.values.get(at)))
            else {
                continue;
            };
            let value = Rc::clone(value);
            proofs.extend(self.proofs_about(*id, &value, proof.clean, proof.when));
        }
        proofs
    }
}

/// `value`, which tells something of what has these `names`.
fn with_parts(value: &Val, kind: PartKind, names: &[Sym]) -> Val {
    if names.is_empty() {
        return Rc::clone(value);
    }
    let parts = names.iter().map(|name| Part { name: *name, kind }).collect();
    Rc::new(Value { parts, ..Value::clone(value) })
}
