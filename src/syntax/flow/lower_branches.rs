//! Branches as operations: `if`, `switch`, `try`.

use tree_sitter::Node;

use super::ir::{Assign, Id, Op};
use super::lower::{Kid, Lowerer};
use super::lower_statements::SUBJECT;
use super::roles::Role;
use super::symbols::NONE;
use crate::syntax::language::Language;

impl<'t> Lowerer<'_, 't> {
    pub(super) fn branch(&mut self, node: Node<'t>, negated: bool) -> Id {
        let kids = self.kids(node);
        let before = kids.field(&["initializer"]).map(|kid| self.lower(kid.node));
        let mut rest: Vec<Kid<'t>> =
            kids.running().filter(|kid| kid.field != "initializer").collect();
        let is_condition = |kid: &Kid<'t>| kid.field == "condition";
        let condition = match rest.iter().position(is_condition) {
            Some(at) => rest.remove(at),
            None if rest.is_empty() => return self.unknown(node),
            None => rest.remove(0),
        };
        let condition = self.lower(condition.node);
        let condition = if negated { self.push(Op::Not(condition), node) } else { condition };
        let is_other = |kid: &Kid<'t>| {
            kid.field == "alternative" || matches!(kid.node.kind(), "elif_clause" | "else_clause")
        };
        let split = rest.iter().position(is_other).unwrap_or(match self.dialect.language {
            // Kotlin names neither branch.
            Language::Kotlin => rest.len().min(1),
            _ => rest.len(),
        });
        let then = self.block(node, &rest[..split]);
        let others = rest[split..].to_vec();
        let other = self.alternatives(node, &others);
        let id = self.push(Op::If(condition, then, other), node);
        match before {
            Some(before) => {
                let list = self.ir.list(&[before, id]);
                self.push(Op::Seq(list), node)
            }
            None => id,
        }
    }

    /// `elif`, `elif`, `else`: each is the else of the one before.
    pub(super) fn alternatives(&mut self, node: Node<'t>, others: &[Kid<'t>]) -> Option<Id> {
        let mut other = None;
        for kid in others.iter().rev() {
            let id = self.lower(kid.node);
            other = Some(match (self.ir.op(id), other) {
                (Op::If(condition, then, None), Some(next)) => {
                    self.push(Op::If(condition, then, Some(next)), node)
                }
                _ => id,
            });
        }
        other
    }

    pub(super) fn switch(&mut self, node: Node<'t>) -> Id {
        let kids = self.kids(node);
        let subject = kids.field(&["value", "condition", "subject"]).or_else(|| {
            let subject = |kid: &&Kid<'t>| kid.node.kind() == "when_subject";
            let first = kids.named.first().filter(|kid| kid.role != Role::Plain);
            kids.named.iter().find(subject).or(first).copied()
        });
        let breaks = !self.is(Language::Rust);
        let outer = std::mem::replace(&mut self.in_switch, breaks);
        let subject_id = match subject {
            Some(subject) => self.lower(subject.node),
            None => self.unknown(node),
        };
        let taken = subject.map(|subject| subject.node.id());
        let mut arms = Vec::new();
        for kid in kids.named.iter().filter(|kid| Some(kid.node.id()) != taken) {
            if is_arm(kid.node.kind()) {
                arms.push(self.arm(kid.node));
            } else if kid.role != Role::Skip {
                for arm in self.kids(kid.node).named {
                    arms.push(self.arm(arm.node));
                }
            }
        }
        self.in_switch = outer;
        let arms = self.ir.list(&arms);
        self.push(Op::Switch(subject_id, arms), node)
    }

    /// A case: everything in it runs, its labels tell what the subject is.
    pub(super) fn arm(&mut self, node: Node<'t>) -> Id {
        let kids = self.kids(node);
        let rust = self.is(Language::Rust);
        let is_label = |kid: &Kid<'t>| {
            matches!(kid.field, "pattern" | "condition" | "conditional_expressions")
                || kid.field == "value" && !rust
                || matches!(
                    kid.node.kind(),
                    "switch_label" | "constant_pattern" | "case_pattern" | "match_pattern"
                )
        };
        let labels: Vec<Kid<'t>> = kids.named.iter().copied().filter(is_label).collect();
        let constant = labels.iter().any(|kid| self.is_constant_label(kid.node));
        let bound = labels.first().and_then(|label| self.matched(label.node));
        let body: Vec<Kid<'t>> = kids.running().filter(|kid| !is_label(kid)).collect();
        let mut body = self.block(node, &body);
        if let Some(bound) = bound {
            let list = self.ir.list(&[bound, body]);
            body = self.push(Op::Seq(list), node);
        }
        self.push(Op::Arm(constant, body), node)
    }

    /// Rust: a pattern binds names to parts of the subject.
    pub(super) fn matched(&mut self, label: Node<'t>) -> Option<Id> {
        let pattern = label.named_child(0).filter(|_| label.kind() == "match_pattern")?;
        if !matches!(self.role(pattern), Role::Group | Role::Name) {
            return None;
        }
        let target = self.lower(pattern);
        let subject = self.symbols.of(SUBJECT);
        let value = self.push(Op::Name(subject), label);
        Some(self.push(Op::Assign(Assign::Set, target, value, NONE), label))
    }

    pub(super) fn is_constant_label(&self, node: Node<'t>) -> bool {
        let text = self.bytes(node);
        let text = text.strip_prefix(b"case").unwrap_or(text).trim_ascii_start();
        text.first().is_some_and(|b| matches!(b, b'"' | b'\'' | b'`' | b'0'..=b'9' | b':'))
    }

    pub(super) fn attempt(&mut self, node: Node<'t>) -> Id {
        let kids = self.kids(node);
        let (mut body, mut handlers, mut last) = (Vec::new(), Vec::new(), Vec::new());
        for kid in kids.running() {
            let id = self.lower(kid.node);
            match kid.node.kind() {
                "catch_clause"
                | "except_clause"
                | "rescue"
                | "catch_block"
                | "except_group_clause" => handlers.push(id),
                "finally_clause" | "finally_block" | "ensure" => last.push(id),
                _ => body.push(id),
            }
        }
        let body = self.ir.list(&body);
        let body = self.push(Op::Seq(body), node);
        if handlers.is_empty() && last.is_empty() {
            return body;
        }
        let handlers = self.ir.list(&handlers);
        let attempt = self.push(Op::Try(body, handlers), node);
        last.insert(0, attempt);
        let list = self.ir.list(&last);
        self.push(Op::Seq(list), node)
    }
}

/// Whether a node of this kind is a case of a switch.
fn is_arm(kind: &str) -> bool {
    let parts = ["case", "arm", "entry", "section", "rule", "when", "default", "else", "item"];
    parts.iter().any(|part| kind.contains(part)) && !kind.ends_with("statement")
        || matches!(kind, "case_statement" | "default_statement")
}
