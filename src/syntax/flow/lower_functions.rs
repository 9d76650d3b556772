//! Functions, their parameters and their annotations as operations.

use tree_sitter::Node;

use super::ir::{Function, Id, Op, Param};
use super::lower::{Kid, Kids, Lowerer, span};
use super::lower_statements::TARGETS;
use super::roles::Role;
use super::scopes::has_blocks;
use super::symbols::{NONE, Sym};
use crate::syntax::language::Language;
use crate::syntax::pattern::without_package;

impl<'t> Lowerer<'_, 't> {
    pub(super) fn decorated(&mut self, node: Node<'t>) -> Id {
        let kids = self.kids(node);
        let mut marks = Vec::new();
        for kid in &kids.named {
            self.marks_in(kid.node, &mut marks);
        }
        self.marks = marks;
        self.converted.clear();
        for kid in kids.named.iter().filter(|kid| kid.node.kind() == "decorator") {
            self.converters(kid.node);
        }
        match kids.field(&["definition"]) {
            Some(definition) => self.lower(definition.node),
            None => self.unknown(node),
        }
    }

    /// Parameters that a route makes numbers of: `@app.route("/users/<int:id>")`.
    fn converters(&mut self, decorator: Node<'t>) {
        let text = self.bytes(decorator);
        let text = String::from_utf8_lossy(&text[..text.len().min(200)]);
        for part in text.split('<').skip(1) {
            let Some((inside, _)) = part.split_once('>') else { continue };
            let Some((kind, name)) = inside.split_once(':') else { continue };
            let kind = match kind.split('(').next().unwrap_or_default() {
                "int" => "int",
                "float" => "float",
                "uuid" => "UUID",
                _ => continue,
            };
            let found = (self.symbols.of(name), self.symbols.of(kind));
            self.converted.push(found);
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

    pub(super) fn define(&mut self, node: Node<'t>) -> u32 {
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
        let converted = std::mem::take(&mut self.converted);
        let mut params = self.params(&kids);
        for param in params.iter_mut().filter(|param| param.kind == NONE) {
            let kind = converted.iter().find(|(name, _)| *name == param.name);
            param.kind = kind.map_or(NONE, |(_, kind)| *kind);
        }
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
    pub(super) fn yields(&self, node: Node<'t>, bodies: &[Kid<'t>]) -> bool {
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

    pub(super) fn params(&mut self, kids: &Kids<'t>) -> Vec<Param> {
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
    pub(super) fn param(&mut self, node: Node<'t>, params: &mut Vec<Param>) {
        let kids = self.kids(node);
        let mut marks = Vec::new();
        kids.named.iter().for_each(|kid| self.marks_in(kid.node, &mut marks));
        let kind = kids.field(&["type"]).or_else(|| {
            let types = |kid: &&Kid<'t>| kid.node.kind().ends_with("_type");
            kids.named.iter().skip(1).find(types).copied()
        });
        let kind = kind.map_or(NONE, |kind| self.type_name(kind.node));
        let parsed = kids.named.iter().any(|kid| self.is_parsed(kid.node));
        let kind = if parsed { self.symbols.of("number") } else { kind };
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
        let outer = std::mem::replace(&mut self.declaring, has_blocks(self.dialect.language));
        for target in targets {
            let target_id = match target.named_child_count() {
                0 => {
                    let name = self.symbol(target);
                    let variable = self.variable(name);
                    self.push(Op::Name(variable), target)
                }
                _ => self.lower(target),
            };
            let name = self.ir.last_name(target_id).unwrap_or(NONE);
            let name = self.bare(name);
            let marks = marks.clone();
            params.push(Param { target: target_id, name, kind, default, marks, span: span(node) });
        }
        self.declaring = outer;
    }

    /// Nest: whether a decorator lets only numbers, UUIDs or listed words through,
    /// `@Param("id", ParseIntPipe)`. <https://docs.nestjs.com/pipes#built-in-pipes>
    fn is_parsed(&self, node: Node<'t>) -> bool {
        const PIPES: [&[u8]; 6] = [
            b"ParseIntPipe", b"ParseFloatPipe", b"ParseUUIDPipe", b"ParseBoolPipe",
            b"ParseEnumPipe", b"ParseDatePipe",
        ];
        let text = self.bytes(node);
        node.kind() == "decorator"
            && PIPES.iter().any(|pipe| memchr::memmem::find(text, pipe).is_some())
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
        let text = String::from_utf8_lossy(&text[..text.len().min(200)]);
        let text = text.replace("::", ".").replace('\\', ".");
        let mut text = text.as_str();
        for before in ["Optional[", "Annotated[", "Nullable<", "Option<", "&mut ", "."] {
            text = text.trim_start_matches([':', '*', '&', '?', ' ', '(']);
            text = text.strip_prefix(before).unwrap_or(text);
        }
        let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '$');
        let end = text.find(|c| !is_name(c)).unwrap_or(text.len());
        let many = text[end..].trim_start().starts_with('[');
        match &text[..end] {
            "var" | "val" | "let" | "auto" | "dynamic" | "Object" | "object" | "any" => NONE,
            // One byte is a number, many of them are a text in another form.
            "byte" | "sbyte" | "char" | "Byte" | "Character" if many => NONE,
            name => self.symbols.of(without_package(self.dialect.language, name)),
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
