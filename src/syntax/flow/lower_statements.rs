//! Statements, declarations and functions as operations.

use tree_sitter::Node;

use super::ir::{Assign, Id, Op};
use super::lower::{Kid, Kids, Lowerer};
use super::roles::Role;
use super::symbols::{NONE, Sym};
use crate::syntax::language::Language;

/// What the subject of a `match` goes by in its arms; no name of any program.
pub(super) const SUBJECT: &str = "match ?";

/// Fields that hold what is assigned to.
pub(super) const TARGETS: &[&str] = &["left", "name", "pattern", "property", "variable"];
/// Fields that hold what is assigned.
const VALUES: &[&str] = &["right", "value", "default_value"];

impl<'t> Lowerer<'_, 't> {
    /// A declaration whose type holds for all its variables.
    pub(super) fn declaration(&mut self, node: Node<'t>) -> Id {
        let kids = self.kids(node);
        let kind = kids.field(&["type"]).map_or(NONE, |kind| self.type_name(kind.node));
        let outer = std::mem::replace(&mut self.declared, kind);
        let var = kids.tokens.first().is_some_and(|token| self.bytes(*token) == b"var");
        let hoisted = std::mem::replace(&mut self.hoisted, var);
        let ids = self.all(kids.running().filter(|kid| kid.field != "type"));
        self.hoisted = hoisted;
        self.declared = outer;
        match ids[..] {
            [only] => only,
            _ => {
                let list = self.ir.list(&ids);
                self.push(Op::Seq(list), node)
            }
        }
    }

    pub(super) fn assignment(&mut self, node: Node<'t>) -> Id {
        let kids = self.kids(node);
        let declared = std::mem::replace(&mut self.declared, NONE);
        let fielded: Vec<Kid<'t>> =
            kids.named.iter().copied().filter(|kid| TARGETS.contains(&kid.field)).collect();
        // Rust: `let _ = run();`
        if let ([], Some(value)) = (&fielded[..], kids.field(VALUES)) {
            return self.lower(value.node);
        }
        let targets = match (&fielded[..], kids.running().next()) {
            ([], Some(first)) => vec![first],
            ([], None) => return self.unknown(node),
            _ => fielded,
        };
        let is_target = |kid: &Kid<'t>| targets.iter().any(|t| t.node.id() == kid.node.id());
        let value = kids.field(VALUES).or_else(|| {
            let is_type = |kid: &Kid<'t>| kid.field == "type" || kid.node.kind().ends_with("_type");
            kids.running().filter(|kid| !is_target(kid) && !is_type(kid)).last()
        });
        let declares = self.declares(node.kind());
        let hoisted = std::mem::take(&mut self.hoisted);
        // What is declared is not seen in its own value, unless that is a function.
        let early = value.filter(|value| declares && value.role != Role::Lambda);
        let early = early.map(|value| self.lower(value.node));
        let ids = self.declared_items(&targets, declares);
        let target = match ids[..] {
            [only] => only,
            _ => {
                let list = self.ir.list(&ids);
                self.push(Op::Group(list), node)
            }
        };
        let kind = self.declared_type(&kids, targets[0].node, declared);
        if value.is_some() {
            self.count(target);
        }
        let value = match (early, value) {
            (Some(early), _) => early,
            (None, Some(value)) => self.lower(value.node),
            (None, None) => self.unknown(node),
        };
        self.hoisted = hoisted;
        self.named_lambda(target, value);
        let how = self.how(&kids);
        self.push(Op::Assign(how, target, value, kind), node)
    }

    /// What is assigned to, and declared there if it `declares`.
    fn declared_items(&mut self, targets: &[Kid<'t>], declares: bool) -> Vec<Id> {
        let outer = std::mem::replace(&mut self.declaring, declares);
        let ids = self.items(targets.iter().copied());
        self.declaring = outer;
        ids
    }

    pub(super) fn declared_type(
        &mut self,
        kids: &Kids<'t>,
        target: Node<'t>,
        declared: Sym,
    ) -> Sym {
        if let Some(kind) = kids.field(&["type"]) {
            return self.type_name(kind.node);
        }
        // Kotlin: the type stands with the name.
        let is_type = |node: &Node<'t>| node.kind().ends_with("_type");
        let beside = || kids.named.iter().map(|kid| kid.node).find(is_type);
        let inner = target.named_child(1).filter(is_type);
        let kind = if self.is(Language::Kotlin) { inner.or_else(beside) } else { None };
        kind.map_or(declared, |kind| self.type_name(kind))
    }

    pub(super) fn how(&self, kids: &Kids<'t>) -> Assign {
        let mut signs = kids.tokens.iter().map(|token| self.bytes(*token));
        match signs.rfind(|sign| sign.ends_with(b"=")) {
            None | Some(b"=" | b":=") => Assign::Set,
            Some(b"+=") if self.is(Language::Php) => Assign::Number,
            Some(b"+=" | b".=" | b"<<=") => Assign::Append,
            Some(b"||=" | b"??=" | b"&&=") => Assign::Either,
            Some(_) => Assign::Number,
        }
    }

    /// Whether a number stands written in a sum of PHP, which makes it a number.
    pub(super) fn adds_number(&self, ids: &[Id]) -> bool {
        let is_sum = |two: &[Id]| matches!(two, [one, two] if self.has_plus(*one, *two));
        self.is(Language::Php) && is_sum(ids) && ids.iter().any(|id| self.is_number(*id))
    }

    fn has_plus(&self, one: Id, two: Id) -> bool {
        let between = self.ir.span(one).end..self.ir.span(two).start;
        self.text.get(between).is_some_and(|code| code.contains(&b'+'))
    }

    fn is_number(&self, id: Id) -> bool {
        let text = self.text.get(self.ir.span(id)).unwrap_or_default();
        matches!(self.ir.op(id), Op::Literal) && text.first().is_some_and(u8::is_ascii_digit)
    }

    /// A lambda goes by the name of the variable that it is assigned to.
    pub(super) fn named_lambda(&mut self, target: Id, value: Id) {
        if let (Some(name), Op::Lambda(function)) = (self.ir.last_name(target), self.ir.op(value))
            && let Some(function) = self.ir.functions.get_mut(function as usize)
        {
            function.name = name;
        }
    }

    /// Remembers that what `target` names is assigned to.
    pub(super) fn count(&mut self, target: Id) {
        match self.ir.op(target) {
            Op::Group(list) => {
                for item in self.ir.items(list).to_vec().into_iter().take(64) {
                    let item =
                        if let Op::Entry(_, inner) = self.ir.op(item) { inner } else { item };
                    if let Some(name) = self.ir.last_name(item) {
                        *self.ir.assigned.entry(name).or_default() += 1;
                    }
                }
            }
            _ => {
                if let Some(name) = self.ir.last_name(target) {
                    *self.ir.assigned.entry(name).or_default() += 1;
                }
            }
        }
    }

    pub(super) fn block(&mut self, node: Node<'t>, kids: &[Kid<'t>]) -> Id {
        let ids = self.all(kids.iter().copied());
        match ids[..] {
            [only] => only,
            _ => {
                let list = self.ir.list(&ids);
                self.push(Op::Seq(list), node)
            }
        }
    }

    pub(super) fn repeat(&mut self, node: Node<'t>) -> Id {
        let kids = self.kids(node);
        let outer = std::mem::replace(&mut self.in_switch, false);
        let parts: Vec<Kid<'t>> = kids.running().collect();
        let body = self.block(node, &parts);
        self.in_switch = outer;
        self.push(Op::Loop(body), node)
    }

    pub(super) fn each(&mut self, node: Node<'t>) -> Id {
        let kids = self.kids(node);
        let Some((target, items)) = self.bound_items(&kids) else { return self.repeat(node) };
        let outer = std::mem::replace(&mut self.in_switch, false);
        let head = self.text.get(node.start_byte()..items.node.start_byte()).unwrap_or_default();
        let declares = self.declares_each(head);
        let bind = self.element(target.node, items.node, declares);
        let taken = [target.node.id(), items.node.id()];
        let mut ids = vec![bind];
        for kid in kids.running().filter(|kid| !taken.contains(&kid.node.id())) {
            if kid.node.kind() != "range_clause" && kid.field != "type" {
                ids.push(self.lower(kid.node));
            }
        }
        self.in_switch = outer;
        let list = self.ir.list(&ids);
        let body = self.push(Op::Seq(list), node);
        self.push(Op::Loop(body), node)
    }

    /// `target = one of items`.
    pub(super) fn element(&mut self, target: Node<'t>, items: Node<'t>, declares: bool) -> Id {
        let items = self.lower(items);
        let outer = std::mem::replace(&mut self.declaring, declares);
        let mut target_id = self.lower(target);
        self.declaring = outer;
        // Go: the first one is the index.
        if let (Op::Group(list), true) = (self.ir.op(target_id), self.is(Language::Go)) {
            target_id = self.ir.items(list).last().copied().unwrap_or(target_id);
        }
        let any = self.unknown(target);
        let one = self.push(Op::Index(items, any), target);
        self.count(target_id);
        self.push(Op::Assign(Assign::Set, target_id, one, NONE), target)
    }

    /// The variable and what it goes through, if the loop has them.
    pub(super) fn bound_items(&mut self, kids: &Kids<'t>) -> Option<(Kid<'t>, Kid<'t>)> {
        if let Some(range) = kids.named.iter().find(|kid| kid.node.kind() == "range_clause") {
            let inner = self.kids(range.node);
            return Some((inner.field(&["left"])?, inner.field(&["right"])?));
        }
        match (kids.field(TARGETS), kids.field(VALUES)) {
            (Some(target), Some(items)) => Some((target, items)),
            _ if kids.field(&["initializer", "init", "condition", "initialize"]).is_some() => None,
            _ => {
                let running: Vec<Kid<'t>> = kids.running().collect();
                let [first, second, ..] = running[..] else { return None };
                // PHP: `foreach ($items as $key => $item)`; Kotlin: `for (item in items)`.
                if !self.is(Language::Php) {
                    return Some((first, second));
                }
                let last = second.node.named_child(second.node.named_child_count() as u32 - 1);
                let is_pair = second.node.kind() == "pair";
                let item = last.filter(|_| is_pair).unwrap_or(second.node);
                Some((Kid { node: item, ..second }, first))
            }
        }
    }

    pub(super) fn comprehension(&mut self, node: Node<'t>) -> Id {
        let kids = self.kids(node);
        let mut ids = Vec::new();
        for clause in kids.named.iter().filter(|kid| kid.field != "body") {
            let inner = self.kids(clause.node);
            match (inner.field(&["left"]), inner.field(&["right"])) {
                (Some(left), Some(right)) => ids.push(self.element(left.node, right.node, false)),
                _ => ids.push(self.lower(clause.node)),
            }
        }
        let body = kids.field(&["body"]).map(|body| self.lower(body.node));
        let body = self.ir.list(body.as_slice());
        ids.push(self.push(Op::Group(body), node));
        let list = self.ir.list(&ids);
        self.push(Op::Seq(list), node)
    }

    pub(super) fn with(&mut self, node: Node<'t>) -> Id {
        let kids = self.kids(node);
        let running: Vec<Kid<'t>> = kids.running().collect();
        match running[..] {
            [value, target] if node.kind() == "as_pattern" => {
                let value = self.lower(value.node);
                let target = self.lower(target.node);
                self.push(Op::Assign(Assign::Set, target, value, NONE), node)
            }
            _ => self.block(node, &running),
        }
    }
}
