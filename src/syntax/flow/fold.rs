//! A switch over a constant, and letters of one: only the arm that runs says what a
//! value is. Whatever may change on the way counts as open: only names that are given a
//! value once, within functions.

use std::rc::Rc;

use super::calls::Called;
use super::decided::DEPTH;
use super::ir::{Id, Op};
use super::run::Run;
use super::value::{Made, Val, Value};

impl Run<'_> {
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
        let ([text], at) = (&whole.texts[..], self.integer(at, DEPTH)?) else { return None };
        let found = text.chars().nth(usize::try_from(at).ok()?)?;
        Some(Rc::new(Value::text(&found.to_string())))
    }
}
