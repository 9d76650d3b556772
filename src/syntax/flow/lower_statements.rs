//! Statements, declarations and functions as operations.

use tree_sitter::Node;

use super::ir::{Assign, Function, Id, Op, Param};
use super::lower::{Kid, Kids, Lowerer, span};
use super::roles::Role;
use super::symbols::{NONE, Sym};
use crate::syntax::language::Language;

/// What the subject of a `match` goes by in its arms; no name of any program.
pub(super) const SUBJECT: &str = "match ?";

/// Fields that hold what is assigned to.
const TARGETS: &[&str] = &["left", "name", "pattern", "property", "variable"];
/// Fields that hold what is assigned.
const VALUES: &[&str] = &["right", "value", "default_value"];

impl<'t> Lowerer<'_, 't> {
    /// A declaration whose type holds for all its variables.
    pub(super) fn declaration(&mut self, node: Node<'t>) -> Id {
        let kids = self.kids(node);
        let kind = kids.field(&["type"]).map_or(NONE, |kind| self.type_name(kind.node));
        let outer = std::mem::replace(&mut self.declared, kind);
        let ids = self.all(kids.running().filter(|kid| kid.field != "type"));
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
        let targets = match (&fielded[..], kids.running().next()) {
            ([], Some(first)) => vec![first],
            ([], None) => return self.unknown(node),
            _ => fielded,
        };
        let ids = self.items(targets.iter().copied());
        let target = match ids[..] {
            [only] => only,
            _ => {
                let list = self.ir.list(&ids);
                self.push(Op::Group(list), node)
            }
        };
        let kind = self.declared_type(&kids, targets[0].node, declared);
        let is_target = |kid: &Kid<'t>| targets.iter().any(|t| t.node.id() == kid.node.id());
        let value = kids.field(VALUES).or_else(|| {
            let is_type = |kid: &Kid<'t>| kid.field == "type" || kid.node.kind().ends_with("_type");
            kids.running().filter(|kid| !is_target(kid) && !is_type(kid)).last()
        });
        let value = match value {
            Some(value) => {
                self.count(target);
                self.lower(value.node)
            }
            None => self.unknown(node),
        };
        self.named_lambda(target, value);
        let how = self.how(&kids);
        self.push(Op::Assign(how, target, value, kind), node)
    }

    fn declared_type(&mut self, kids: &Kids<'t>, target: Node<'t>, declared: Sym) -> Sym {
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

    fn how(&self, kids: &Kids<'t>) -> Assign {
        let mut signs = kids.tokens.iter().map(|token| self.bytes(*token));
        match signs.rfind(|sign| sign.ends_with(b"=")) {
            None | Some(b"=" | b":=") => Assign::Set,
            Some(b"+=" | b".=" | b"<<=") => Assign::Append,
            Some(b"||=" | b"??=" | b"&&=") => Assign::Either,
            Some(_) => Assign::Number,
        }
    }

    /// A lambda goes by the name of the variable that it is assigned to.
    fn named_lambda(&mut self, target: Id, value: Id) {
        if let (Some(name), Op::Lambda(function)) = (self.ir.last_name(target), self.ir.op(value))
            && let Some(function) = self.ir.functions.get_mut(function as usize)
        {
            function.name = name;
        }
    }

    /// Remembers that what `target` names is assigned to.
    fn count(&mut self, target: Id) {
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
    fn alternatives(&mut self, node: Node<'t>, others: &[Kid<'t>]) -> Option<Id> {
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

    fn block(&mut self, node: Node<'t>, kids: &[Kid<'t>]) -> Id {
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
        let bind = self.element(target.node, items.node);
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
    fn element(&mut self, target: Node<'t>, items: Node<'t>) -> Id {
        let items = self.lower(items);
        let mut target_id = self.lower(target);
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
    fn bound_items(&mut self, kids: &Kids<'t>) -> Option<(Kid<'t>, Kid<'t>)> {
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
                (Some(left), Some(right)) => ids.push(self.element(left.node, right.node)),
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
    fn arm(&mut self, node: Node<'t>) -> Id {
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
    fn matched(&mut self, label: Node<'t>) -> Option<Id> {
        let pattern = label.named_child(0).filter(|_| label.kind() == "match_pattern")?;
        if !matches!(self.role(pattern), Role::Group | Role::Name) {
            return None;
        }
        let target = self.lower(pattern);
        let subject = self.symbols.of(SUBJECT);
        let value = self.push(Op::Name(subject), label);
        Some(self.push(Op::Assign(Assign::Set, target, value, NONE), label))
    }

    fn is_constant_label(&self, node: Node<'t>) -> bool {
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

    pub(super) fn decorated(&mut self, node: Node<'t>) -> Id {
        let kids = self.kids(node);
        let mut marks = Vec::new();
        for kid in &kids.named {
            self.marks_in(kid.node, &mut marks);
        }
        self.marks = marks;
        match kids.field(&["definition"]) {
            Some(definition) => self.lower(definition.node),
            None => self.unknown(node),
        }
    }

    pub(super) fn function(&mut self, node: Node<'t>) -> Id {
        let number = self.define(node);
        self.push(Op::Function(number), node)
    }

    pub(super) fn lambda(&mut self, node: Node<'t>) -> Id {
        let number = self.define(node);
        self.push(Op::Lambda(number), node)
    }

    fn define(&mut self, node: Node<'t>) -> u32 {
        let kids = self.kids(node);
        let mut marks = std::mem::take(&mut self.marks);
        kids.named.iter().for_each(|kid| self.marks_in(kid.node, &mut marks));
        let name = match kids.field(&["name"]) {
            Some(name) => self.symbol(name.node),
            None if node.kind().contains("constructor") => self.symbols.of("constructor"),
            None => NONE,
        };
        let calls = std::mem::take(&mut self.calls);
        let in_switch = std::mem::replace(&mut self.in_switch, false);
        self.functions += 1;
        let mut params = self.params(&kids);
        if params.is_empty() && node.kind() == "lambda_literal" {
            let name = self.symbols.of("it");
            let target = self.push(Op::Name(name), node);
            let (kind, marks, span) = (NONE, Vec::new(), span(node));
            params.push(Param { target, name, kind, default: None, marks, span });
        }
        let has_body = kids.named.iter().any(|kid| kid.field == "body");
        let is_body = |kid: &Kid<'t>| {
            if has_body { kid.field == "body" } else { !is_header(kid) }
        };
        let bodies: Vec<Kid<'t>> = kids.running().filter(is_body).collect();
        let yields = self.yields(node, &bodies);
        let body = self.block(node, &bodies);
        self.functions -= 1;
        self.in_switch = in_switch;
        let own = std::mem::replace(&mut self.calls, calls);
        // What a function inside calls, the one around it may call too.
        self.calls.extend_from_slice(&own);
        let function = Function {
            name,
            params,
            body,
            yields,
            marks,
            class: self.class,
            nested: self.functions > 0,
            calls: own,
        };
        self.ir.functions.push(function);
        self.ir.functions.len() as u32 - 1
    }

    /// Whether the value of the body is what the function returns.
    fn yields(&self, node: Node<'t>, bodies: &[Kid<'t>]) -> bool {
        if matches!(self.dialect.language, Language::Ruby | Language::Rust) {
            return true;
        }
        let Some(body) = bodies.first() else { return false };
        if self.is(Language::Kotlin) {
            let block = body.node.named_child(0).is_some_and(|inner| inner.kind() == "block");
            return node.kind().contains("lambda") || !block;
        }
        let kind = body.node.kind();
        !["block", "compound", "body"].iter().any(|part| kind.contains(part))
    }

    fn params(&mut self, kids: &Kids<'t>) -> Vec<Param> {
        let mut params = Vec::new();
        let lists =
            |kid: &&Kid<'t>| matches!(kid.field, "parameters" | "parameter") || is_params(kid);
        for list in kids.named.iter().filter(lists).filter(|kid| kid.field != "receiver") {
            let inner = self.kids(list.node);
            if inner.named.is_empty() || list.field == "parameter" {
                self.param(list.node, &mut params);
            }
            let mut marks = Vec::new();
            for kid in &inner.named {
                // Kotlin: the annotations stand before the parameter.
                if kid.node.kind() == "parameter_modifiers" {
                    self.marks_in(kid.node, &mut marks);
                    continue;
                }
                let first = params.len();
                self.param(kid.node, &mut params);
                for param in &mut params[first..] {
                    param.marks.append(&mut marks);
                }
            }
        }
        params
    }

    /// One parameter; Go may declare several at once.
    fn param(&mut self, node: Node<'t>, params: &mut Vec<Param>) {
        let kids = self.kids(node);
        let mut marks = Vec::new();
        kids.named.iter().for_each(|kid| self.marks_in(kid.node, &mut marks));
        let kind = kids.field(&["type"]).or_else(|| {
            let types = |kid: &&Kid<'t>| kid.node.kind().ends_with("_type");
            kids.named.iter().skip(1).find(types).copied()
        });
        let kind = kind.map_or(NONE, |kind| self.type_name(kind.node));
        let fielded: Vec<Kid<'t>> =
            kids.named.iter().copied().filter(|kid| TARGETS.contains(&kid.field)).collect();
        let first = kids.running().next();
        let default = kids.field(&["value", "default_value", "right"]);
        let default = default.map(|default| self.lower(default.node));
        let targets: Vec<Node<'t>> = match (&fielded[..], first) {
            ([], _) if kids.named.is_empty() || self.role(node) == Role::Group => vec![node],
            ([], Some(first)) => vec![first.node],
            ([], None) => vec![node],
            _ => fielded.iter().map(|kid| kid.node).collect(),
        };
        for target in targets {
            let target_id = match target.named_child_count() {
                0 => {
                    let name = self.symbol(target);
                    self.push(Op::Name(name), target)
                }
                _ => self.lower(target),
            };
            let name = self.ir.last_name(target_id).unwrap_or(NONE);
            let marks = marks.clone();
            params.push(Param { target: target_id, name, kind, default, marks, span: span(node) });
        }
    }

    /// The names of the annotations in `node`, if it is or holds some.
    pub(super) fn marks_in(&mut self, node: Node<'t>, marks: &mut Vec<Sym>) {
        match node.kind() {
            "annotation" | "marker_annotation" | "decorator" | "attribute_item" => {
                let mark = self.mark(node);
                marks.push(mark);
            }
            "modifiers"
            | "attribute_list"
            | "parameter_modifiers"
            | "attribute_group"
            | "superclass"
            | "base_list"
            | "class_heritage"
            | "delegation_specifiers"
            | "base_clause"
            | "argument_list" => {
                for kid in self.kids(node).named.into_iter().take(16) {
                    match kid.node.kind() {
                        "attribute_group" => self.marks_in(kid.node, marks),
                        _ => {
                            let mark = self.mark(kid.node);
                            marks.push(mark);
                        }
                    }
                }
            }
            _ => {}
        }
    }

    /// The name of an annotation: `app.route` of `@app.route("/")`.
    pub(super) fn mark(&mut self, node: Node<'t>) -> Sym {
        let text = self.bytes(node);
        let text = &text[..text.len().min(200)];
        let text = String::from_utf8_lossy(text).replace("::", ".");
        let text = text.trim_start_matches(['@', '#', '[', ' ']);
        let text = text.strip_prefix("extends ").unwrap_or(text);
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.');
        let end = text.find(|c| !is_name(c)).unwrap_or(text.len());
        self.symbols.of(&text[..end])
    }

    /// The name of a type: `http.Request` of `*http.Request`, `str` of
    /// `Optional[str]`.
    pub(super) fn type_name(&mut self, node: Node<'t>) -> Sym {
        let text = self.bytes(node);
        let text = String::from_utf8_lossy(&text[..text.len().min(200)]).replace("::", ".");
        let mut text = text.as_str();
        for before in ["Optional[", "Annotated[", "Nullable<", "Option<", "&mut ", "\\"] {
            text = text.trim_start_matches([':', '*', '&', '?', ' ', '(']);
            text = text.strip_prefix(before).unwrap_or(text);
        }
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '$');
        let end = text.find(|c| !is_name(c)).unwrap_or(text.len());
        match &text[..end] {
            "var" | "val" | "let" | "auto" | "dynamic" | "Object" | "object" | "any" => NONE,
            name => self.symbols.of(name),
        }
    }
}

fn is_params(kid: &Kid<'_>) -> bool {
    matches!(
        kid.node.kind(),
        "function_value_parameters"
            | "lambda_parameters"
            | "block_parameters"
            | "closure_parameters"
    )
}

/// What of a function is not its body.
fn is_header(kid: &Kid<'_>) -> bool {
    is_params(kid)
        || !kid.field.is_empty()
        || matches!(kid.node.kind(), "identifier" | "user_type" | "nullable_type" | "name" | "word")
}

/// Whether a node of this kind is a case of a switch.
fn is_arm(kind: &str) -> bool {
    let parts = ["case", "arm", "entry", "section", "rule", "when", "default", "else", "item"];
    parts.iter().any(|part| kind.contains(part)) && !kind.ends_with("statement")
        || matches!(kind, "case_statement" | "default_statement")
}
