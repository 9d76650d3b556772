//! Branches that are settled before the program runs: `if (7 * 6 - n > 20)` with
//! `n = 3` above it, a switch over a constant. Only what runs says what a value is.
//! Whatever may change on the way counts as open: only names that are given a value
//! once, within functions.

use std::rc::Rc;

use super::calls::Called;
use super::ir::{Id, Op, Test};
use super::run::Run;
use super::value::{Made, Val, Value};

/// Operations within operations that are looked at.
const DEEPEST: u8 = 6;

impl Run<'_> {
    /// How the condition `id` turns out whatever comes in; none if that is open.
    pub(super) fn settled(&self, id: Id) -> Option<bool> {
        if !self.frame.in_function {
            return None;
        }
        match self.ir.op(id) {
            Op::Not(inner) => match self.ir.op(inner) {
                Op::Test(..) => self.settled(inner).map(|holds| !holds),
                _ => None,
            },
            Op::Test(test, parts) => {
                let &[left, right] = self.ir.items(parts) else { return None };
                let equal = self.between(left, right).ends_with('=');
                let (left, right) = (self.integer(left, 0)?, self.integer(right, 0)?);
                match test {
                    Test::Equal => Some(left == right),
                    Test::NotEqual => Some(left != right),
                    Test::Below => Some(left < right || equal && left == right),
                    Test::Above => Some(left > right || equal && left == right),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The number that `id` always is.
    fn integer(&self, id: Id, depth: u8) -> Option<i64> {
        if depth > DEEPEST {
            return None;
        }
        match self.ir.op(id) {
            Op::Literal => std::str::from_utf8(self.code(id)?).ok()?.parse().ok(),
            Op::Name(name) => match &self.env.get(name)?.texts[..] {
                [only] if self.ir.assigned.get(&name) == Some(&1) => only.parse().ok(),
                _ => None,
            },
            Op::Number(parts) | Op::Join(parts) => {
                let &[left, right] = self.ir.items(parts) else { return None };
                let sign = self.between(left, right);
                let (left, right) =
                    (self.integer(left, depth + 1)?, self.integer(right, depth + 1)?);
                match sign {
                    "+" => left.checked_add(right),
                    "-" => left.checked_sub(right),
                    "*" => left.checked_mul(right),
                    "/" => left.checked_div(right),
                    "%" => left.checked_rem(right),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// The operator that stands between two operands.
    fn between(&self, left: Id, right: Id) -> &str {
        let (left, right) = (self.ir.span(left), self.ir.span(right));
        let bytes = self.context.text.get(left.end..right.start).unwrap_or_default();
        let text = std::str::from_utf8(bytes).unwrap_or_default();
        text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '(' | ')'))
    }

    fn code(&self, id: Id) -> Option<&[u8]> {
        self.context.text.get(self.ir.span(id))
    }

    /// Those of `arms` that run if the subject of the switch is the constant that a
    /// name was given once; none if that is open.
    pub(super) fn chosen<'a>(
        &self,
        subject: Id,
        matched: &Value,
        arms: &'a [Id],
    ) -> Option<&'a [Id]> {
        let Op::Name(name) = self.ir.op(subject) else { return None };
        let [text] = &matched.texts[..] else { return None };
        let once = self.ir.assigned.get(&name) == Some(&1) && matched.made == Made::Constant;
        if !once || !self.frame.in_function {
            return None;
        }
        let labels: Option<Vec<Vec<&str>>> = arms.iter().map(|arm| self.labels(*arm)).collect();
        let labels = labels?;
        let is_default = |labels: &Vec<&str>| labels.contains(&"default");
        let first = labels.iter().position(|labels| labels.contains(&&**text));
        let first = first.or_else(|| labels.iter().position(is_default))?;
        let ends = |arm: &Id| {
            let code = self.code(*arm).unwrap_or_default();
            ["break", "return", "throw", "->"]
                .iter()
                .any(|word| memchr::memmem::find(code, word.as_bytes()).is_some())
        };
        let last = arms.iter().skip(first).position(ends).map_or(arms.len(), |at| first + at + 1);
        arms.get(first..last)
    }

    /// The constants in `case 'a': case "b":`, and `default`; none if there is
    /// something else.
    fn labels(&self, arm: Id) -> Option<Vec<&str>> {
        let mut rest = std::str::from_utf8(self.code(arm)?).ok()?.trim_start();
        let mut labels = Vec::new();
        loop {
            if let Some(after) = rest.strip_prefix("default") {
                labels.push("default");
                rest = after.trim_start();
            } else if let Some(after) = rest.strip_prefix("case ") {
                let after = after.trim_start();
                let quote = after.chars().next().filter(|c| matches!(c, '\'' | '"'))?;
                let (label, after) = after.get(1..)?.split_once(quote)?;
                labels.push(label);
                rest = after.trim_start();
            } else {
                return (!labels.is_empty()).then_some(labels);
            }
            rest = rest.strip_prefix(':').unwrap_or(rest).trim_start();
        }
    }

    /// `"ABC".charAt(1)` of a constant.
    pub(super) fn char_at(&self, call: &Called<'_>) -> Option<Val> {
        let ((_, whole), &[at]) = (call.receiver.as_ref()?, call.args) else { return None };
        if self.symbols.name(call.name) != "charAt" || whole.made != Made::Constant {
            return None;
        }
        let ([text], at) = (&whole.texts[..], self.integer(at, 0)?) else { return None };
        let found = text.chars().nth(usize::try_from(at).ok()?)?;
        Some(Rc::new(Value::text(&found.to_string())))
    }
}
