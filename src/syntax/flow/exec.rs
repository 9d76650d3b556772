//! Statements: in order, in branches, in loops; and what a condition proves.

use std::rc::Rc;

use super::ir::{Id, List, Op, Test};
use super::run::Run;
use super::sets::sanitizer;
use super::symbols::NONE;
use super::trace::StepKind;
use super::value::{Proof, Val, Value, either};

/// Beginnings of names of functions that fail on what they do not like.
const CHECKS: [&str; 6] = ["validate", "assert", "ensure", "check", "verify", "require"];

/// Names that begin like that and say nothing about what they are given:
/// <https://docs.python.org/3/library/subprocess.html#subprocess.check_output>.
const NO_CHECKS: [&str; 4] = ["check_output", "check_call", "checkout", "require_once"];

impl Run<'_> {
    pub(super) fn statement(&mut self, id: Id) -> Val {
        match self.ir.op(id) {
            Op::Seq(list) => self.sequence(list),
            Op::If(condition, then, other) => self.if_else(condition, then, other),
            Op::Loop(body) => self.repeat(body),
            Op::Switch(subject, arms) => self.switch(subject, arms),
            Op::Arm(_, body) => self.eval(body),
            Op::Try(body, handlers) => self.attempt(body, handlers),
            Op::Assert(condition) => {
                let value = self.eval(condition);
                self.assume(&value.proofs, true);
                self.unknown.clone()
            }
            Op::Return(inner) => {
                let value = self.eval(inner);
                let value = self.step(value, self.ir.span(id), StepKind::Returned);
                let known = self.frame.returns.take();
                self.frame.returns = Some(either(known, Rc::clone(&value)));
                self.diverged = true;
                value
            }
            Op::Throw(inner) => {
                self.eval(inner);
                self.diverged = true;
                self.unknown.clone()
            }
            Op::Break => {
                self.leave();
                self.diverged = true;
                self.unknown.clone()
            }
            Op::Function(function) => {
                let nested = self.ir.functions.get(function as usize).is_some_and(|f| f.nested);
                if nested { self.closure(function, &[]) } else { self.unknown.clone() }
            }
            Op::Class(class, body) => {
                let outer = (self.frame.class.replace(class), self.frame.class_body);
                self.frame.class_body = true;
                self.eval(body);
                (self.frame.class, self.frame.class_body) = outer;
                self.unknown.clone()
            }
            _ => self.unknown.clone(),
        }
    }

    fn sequence(&mut self, list: List) -> Val {
        let ir = self.ir;
        let mut last = self.unknown.clone();
        for id in ir.items(list) {
            if self.diverged {
                break;
            }
            last = self.eval(*id);
            self.checked(*id, &last);
        }
        last
    }

    /// After `validate(x);` as a statement, `x` is valid.
    fn checked(&mut self, id: Id, result: &Value) {
        let Op::Call(callee, args) = self.ir.op(id) else { return };
        self.assume(&result.proofs, true);
        let Some(name) = self.ir.last_name(callee) else { return };
        let name = self.symbols.name(name).trim_start_matches('_').to_ascii_lowercase();
        if !CHECKS.iter().any(|check| name.starts_with(check)) || NO_CHECKS.contains(&&*name) {
            return;
        }
        let ir = self.ir;
        for arg in ir.items(args) {
            let Some(value) = self.outcome.values.get(*arg as usize).cloned().flatten() else {
                continue;
            };
            self.assume(&value.proofs, true);
            let proofs = self.proofs_about(*arg, &value, self.context.sets.allow_list, true);
            self.assume(&proofs, true);
        }
    }

    /// Takes over what a condition proves if it turns out `outcome`.
    pub(super) fn assume(&mut self, proofs: &[Proof], outcome: bool) {
        for proof in proofs.iter().filter(|proof| proof.when == outcome && proof.name != NONE) {
            self.env.prove(proof.name, proof.clean);
        }
    }

    fn if_else(&mut self, condition: Id, then: Id, other: Option<Id>) -> Val {
        let (asked, condition) = (condition, self.eval(condition));
        match self.decided(asked) {
            Some(true) => return self.eval(then),
            Some(false) => return other.map_or(self.unknown.clone(), |other| self.eval(other)),
            None => {}
        }
        let mut values = (self.unknown.clone(), self.unknown.clone());
        let one = self.branch(|run| {
            run.assume(&condition.proofs, true);
            values.0 = run.eval(then);
        });
        let two = self.branch(|run| {
            run.assume(&condition.proofs, false);
            if let Some(other) = other {
                values.1 = run.eval(other);
            }
        });
        self.diverged = !self.env.join(one, two);
        match other {
            Some(_) => either(Some(values.0), values.1),
            None => values.0,
        }
    }

    /// Runs twice, as what is assigned late may be used early; loops within
    /// only once for each turn of this one, or the cost would double with depth.
    fn repeat(&mut self, body: Id) -> Val {
        let turns = if self.frame.loops == 0 { 2 } else { 1 };
        self.frame.loops += 1;
        let outer = (self.frame.turn, self.frame.left.take());
        for _ in 0..turns {
            self.frame.turn = self.env.now();
            let mut changes = self.branch(|run| {
                run.eval(body);
            });
            changes.diverged = false;
            self.env.maybe(changes);
            if let Some(left) = self.frame.left.take() {
                self.env.maybe(left);
            }
        }
        (self.frame.turn, self.frame.left) = outer;
        self.frame.loops -= 1;
        self.unknown.clone()
    }

    /// `if matches(x) { found = x; break }`: what holds where a turn of a loop is left
    /// early may hold after the loop.
    fn leave(&mut self) {
        if self.frame.loops == 0 {
            return;
        }
        let Some(left) = self.env.changes_since(self.frame.turn) else { return };
        self.spend(left.len());
        match &mut self.frame.left {
            Some(known) => known.or(left),
            none => *none = Some(left),
        }
    }

    fn switch(&mut self, subject: Id, arms: List) -> Val {
        let ir = self.ir;
        let matched = self.eval(subject);
        let path = self.path(subject);
        if let Some(chosen) = self.chosen(subject, &matched, ir.items(arms)) {
            let values = chosen.iter().map(|arm| self.eval(*arm));
            return values.last().unwrap_or_default();
        }
        self.env.set(self.subject, matched);
        let mut result: Option<Val> = None;
        let mut all = Vec::new();
        for arm in ir.items(arms) {
            let constant = matches!(ir.op(*arm), Op::Arm(true, _));
            let mut value = self.unknown.clone();
            all.push(self.branch(|run| {
                if constant && path != NONE {
                    run.env.prove(path, run.context.sets.allow_list);
                }
                value = run.eval(*arm);
            }));
            result = Some(either(result.take(), value));
        }
        all.into_iter().filter(|arm| !arm.diverged).for_each(|arm| self.env.maybe(arm));
        result.unwrap_or_else(|| self.unknown.clone())
    }

    fn attempt(&mut self, body: Id, handlers: List) -> Val {
        let ir = self.ir;
        let mut value = self.unknown.clone();
        let tried = self.branch(|run| value = run.eval(body));
        let diverged = tried.diverged;
        let mut all_left = true;
        let rest = self.branch(|run| {
            run.env.maybe_too(&tried);
            for handler in ir.items(handlers) {
                let handled = run.branch(|run| {
                    run.eval(*handler);
                });
                all_left &= handled.diverged;
                if !handled.diverged {
                    run.env.maybe(handled);
                }
            }
        });
        match (all_left, diverged) {
            // Whoever gets on has got through all of it.
            (true, false) => self.env.take(tried),
            _ => self.env.take(rest),
        }
        self.diverged = all_left && diverged;
        value
    }

    /// A function that is made where it stands, and may run or not; as a value
    /// nothing is known of it.
    pub(super) fn closure(&mut self, function: u32, given: &[Val]) -> Val {
        let changes = self.branch(|run| {
            run.function(function, given);
        });
        self.env.maybe(changes);
        self.unknown.clone()
    }

    /// `a and b` (`all`) or `a or b`: each part runs only if those before it
    /// allow it.
    pub(super) fn logic(&mut self, parts: List, all: bool) -> Val {
        let ir = self.ir;
        let mut proofs: Vec<Proof> = Vec::new();
        let mut result: Option<Val> = None;
        for part in ir.items(parts) {
            let mut value = self.unknown.clone();
            let changes = self.branch(|run| {
                run.assume(&proofs, all);
                value = run.eval(*part);
            });
            if result.is_none() {
                // The first part always runs.
                self.diverged = changes.diverged;
            }
            self.env.maybe(changes);
            proofs.extend(value.proofs.iter().filter(|proof| proof.when == all));
            result = Some(either(result.take(), value));
        }
        let value = result.unwrap_or_else(|| self.unknown.clone());
        Rc::new(Value { proofs, ..Value::clone(&value) })
    }

    pub(super) fn negation(&mut self, inner: Id) -> Val {
        let value = self.eval(inner);
        let proofs = value.proofs.iter().map(|proof| Proof { when: !proof.when, ..*proof });
        Rc::new(Value { proofs: proofs.collect(), ..Value::plain() })
    }

    /// What comparing `left` with `right` proves.
    pub(super) fn proofs_of_test(
        &mut self,
        test: Test,
        left: (Id, &Val),
        right: (Id, &Val),
    ) -> Vec<Proof> {
        if let Some(proofs) = self.proofs_of_order(test, left, right) {
            return proofs;
        }
        let of_type = self.proofs_of_type(test, left.0, right.1);
        if let Some(proofs) = of_type.or_else(|| self.proofs_of_type(test, right.0, left.1)) {
            return proofs;
        }
        let clean = self.context.sets.allow_list;
        // `if re.match(…) is None`: what proves something is turned round.
        let sides = [(left.1, right.1), (right.1, left.1)];
        let found = sides.iter().find(|(one, two)| !one.proofs.is_empty() && is_nothing(two));
        if let (Test::Equal | Test::NotEqual, Some((found, _))) = (test, found) {
            let turned =
                |proof: &Proof| Proof { when: proof.when != (test == Test::Equal), ..*proof };
            return found.proofs.iter().map(turned).collect();
        }
        // PHP: `preg_match(…) === 1`
        let found = sides.iter().find(|(one, two)| !one.proofs.is_empty() && is_one(two));
        if let (Test::Equal | Test::NotEqual, Some((found, _))) = (test, found) {
            let told =
                |proof: &Proof| Proof { when: proof.when == (test == Test::Equal), ..*proof };
            return found.proofs.iter().map(told).collect();
        }
        let of_parts = self.proofs_of_parts(test, left.1, right.1);
        if let Some(proofs) = of_parts.or_else(|| self.proofs_of_parts(test, right.1, left.1)) {
            return proofs;
        }
        let named = match test {
            Test::Equal | Test::NotEqual if self.is_expected(left.1, right.1) => left,
            Test::Equal | Test::NotEqual if self.is_expected(right.1, left.1) => right,
            Test::In | Test::NotIn if right.1.taints.is_empty() => left,
            Test::In | Test::NotIn => {
                let mut proofs = self.absent_part(right.0, std::slice::from_ref(left.1));
                proofs.iter_mut().for_each(|proof| proof.when = test == Test::NotIn);
                return proofs;
            }
            Test::Matches => left,
            _ => return Vec::new(),
        };
        let when = matches!(test, Test::Equal | Test::In | Test::Matches);
        self.proofs_about(named.0, named.1, clean, when)
    }
}

impl Run<'_> {
    /// JavaScript: `typeof name === "string"` shows that `name` is no object.
    fn proofs_of_type(&mut self, test: Test, asked: Id, answer: &Value) -> Option<Vec<Proof>> {
        let Op::Number(parts) = self.ir.op(asked) else { return None };
        let code = self.context.text.get(self.ir.span(asked))?;
        let ([inner], true) = (self.ir.items(parts), code.starts_with(b"typeof ")) else {
            return None;
        };
        let clean = match answer.texts.first().map(|text| &**text) {
            Some("string") => sanitizer("type")?,
            Some("number" | "boolean" | "bigint") => self.context.sets.number,
            _ => return None,
        };
        let value = self.eval(*inner);
        let when = matches!(test, Test::Equal);
        matches!(test, Test::Equal | Test::NotEqual)
            .then(|| self.proofs_about(*inner, &value, clean, when))
    }
}

/// Whether it is what a search answers that has found nothing.
fn is_nothing(value: &Value) -> bool {
    let nothing = |text: &std::rc::Rc<str>| {
        matches!(&**text, "null" | "nil" | "None" | "undefined" | "NULL" | "false" | "False" | "0")
    };
    value.taints.is_empty() && !value.texts.is_empty() && value.texts.iter().all(nothing)
}

/// Whether it is what a test answers that has come out well.
fn is_one(value: &Value) -> bool {
    matches!(&value.texts[..], [text] if matches!(&**text, "1" | "true" | "True" | "TRUE"))
}

/// `x == ""` and `x == null` prove nothing when they fail, and little when not.
pub(super) fn is_word(value: &Value) -> bool {
    let empty = |text: &std::rc::Rc<str>| {
        matches!(&**text, "" | "null" | "nil" | "None" | "undefined" | "NULL" | "0" | "-1" | "{}")
    };
    !value.texts.is_empty() && !value.texts.iter().any(empty)
}
