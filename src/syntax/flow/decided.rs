//! Conditions that constants decide: of `if 7 * 18 + n > 200`, with a local `n = 106`,
//! only one branch ever runs, and what the other does to a value does not count.

use std::rc::Rc;

use super::ir::{Id, List, Op, Test};
use super::run::Run;
use super::value::{Made, Val, Value};

/// How deep a condition is looked into.
pub(super) const DEPTH: u8 = 12;
/// Values that a variable is given for a start: whether it has another one by now
/// may hang on something that is not seen, as a call that writes through a reference.
const STARTS: [&str; 12] =
    ["", "0", "-1", "1", "true", "false", "True", "False", "null", "None", "nil", "undefined"];

impl Run<'_> {
    /// Whether the condition, which has just been evaluated, is always true or always
    /// false. Only constants and what the running function itself has set to one count:
    /// those of a module are settings, and what a loop changes is not known yet.
    pub(super) fn decided(&self, condition: Id) -> Option<bool> {
        if self.frame.loops > 0 || !self.frame.in_function {
            return None;
        }
        self.truth(condition, DEPTH)
    }

    fn truth(&self, id: Id, depth: u8) -> Option<bool> {
        let depth = depth.checked_sub(1)?;
        match self.ir.op(id) {
            Op::Not(inner) => self.truth(inner, depth).map(|truth| !truth),
            Op::Test(test, parts) => self.compared(test, parts, depth),
            _ => None,
        }
    }

    fn compared(&self, test: Test, parts: List, depth: u8) -> Option<bool> {
        let &[left, right] = self.ir.items(parts) else { return None };
        match test {
            Test::Equal | Test::NotEqual => {
                let same = self.constant(left)? == self.constant(right)?;
                Some(same == (test == Test::Equal))
            }
            Test::In | Test::NotIn => {
                let inside = self.constant(right)?.contains(&*self.constant(left)?);
                Some(inside == (test == Test::In))
            }
            Test::Below | Test::Above => {
                let (one, two) = (self.integer(left, depth)?, self.integer(right, depth)?);
                let (one, two) = if test == Test::Below { (one, two) } else { (two, one) };
                Some(if self.between(left, right).contains(&b'=') { one <= two } else { one < two })
            }
            Test::Matches | Test::Other => None,
        }
    }

    /// The text of a constant that the running function has set or that stands there.
    fn constant(&self, id: Id) -> Option<Rc<str>> {
        let value = self.outcome.values.get(id as usize)?.as_ref()?;
        let [text] = &value.texts[..] else { return None };
        let settled = match self.ir.op(id) {
            Op::Text(..) | Op::Literal => true,
            Op::Name(name) => {
                !STARTS.contains(&&**text) && self.env.is_set_since(self.frame.start, name)
            }
            _ => false,
        };
        (settled && value.made <= Made::Plain && value.written.is_none()).then(|| Rc::clone(text))
    }

    /// The number that an expression comes to.
    pub(super) fn integer(&self, id: Id, depth: u8) -> Option<i64> {
        let depth = depth.checked_sub(1)?;
        let (Op::Number(parts) | Op::Join(parts)) = self.ir.op(id) else {
            return self.constant(id)?.parse().ok();
        };
        let &[left, right] = self.ir.items(parts) else { return None };
        let (one, two) = (self.integer(left, depth)?, self.integer(right, depth)?);
        let is_sign = |byte: &&u8| !byte.is_ascii_whitespace() && !matches!(byte, b'(' | b')');
        match self.between(left, right).iter().find(is_sign)? {
            b'+' => one.checked_add(two),
            b'-' => one.checked_sub(two),
            b'*' => one.checked_mul(two),
            b'/' => one.checked_div(two),
            b'%' => one.checked_rem(two),
            _ => None,
        }
    }

    /// The code between two operations.
    fn between(&self, left: Id, right: Id) -> &[u8] {
        let range = self.ir.span(left).end..self.ir.span(right).start;
        self.context.text.get(range).unwrap_or_default()
    }

    /// One letter of a constant: `"ABC"[1]`.
    pub(super) fn letter(&self, whole: &Value, key: &Value) -> Option<Val> {
        let ([text], [place]) = (&whole.texts[..], &key.texts[..]) else { return None };
        let place: usize = place.parse().ok()?;
        let known = whole.made == Made::Constant && whole.fields.is_empty() && text.is_ascii();
        let letter = known.then(|| text.get(place..place.checked_add(1)?)).flatten()?;
        Some(Rc::new(Value::text(letter)))
    }
}
