//! Lists, objects and classes as operations.

use tree_sitter::Node;

use super::ir::{Class, Id, Op};
use super::lower::{Kid, Kids, Lowerer};
use super::roles::Role;
use super::symbols::{NONE, Sym};
use crate::syntax::nodes::string_content;

impl<'t> Lowerer<'_, 't> {
    /// A list, tuple, dictionary, object, or a pattern of one.
    pub(super) fn group(&mut self, node: Node<'t>) -> Id {
        let kids = self.kids(node);
        let items = match node.kind() {
            // C# writes the entries of an object as assignments.
            "initializer_expression" => kids
                .running()
                .map(|kid| match kid.role {
                    Role::Assign => self.entry(kid.node),
                    _ => self.lower(kid.node),
                })
                .collect(),
            _ => self.items(kids.running().filter(|kid| kid.field != "type")),
        };
        if let ([only], "expression_list") = (&items[..], node.kind()) {
            return *only;
        }
        let items = self.ir.list(&items);
        self.push(Op::Group(items), node)
    }

    /// The items of a list; a shorthand `{ a }` is `{ a: a }`.
    pub(super) fn items(&mut self, kids: impl Iterator<Item = Kid<'t>>) -> Vec<Id> {
        let mut items = Vec::new();
        for kid in kids {
            let node = kid.node;
            let pattern = matches!(node.kind(), "assignment_pattern" | "object_assignment_pattern");
            let node = match node.named_child(0) {
                Some(left) if pattern => left,
                _ => node,
            };
            let id = self.lower(node);
            let id = match self.ir.op(id) {
                Op::Name(_) if node.kind().starts_with("shorthand") => {
                    let name = self.symbol(node);
                    self.push(Op::Entry(name, id), node)
                }
                _ => id,
            };
            items.push(id);
        }
        items
    }

    pub(super) fn entry(&mut self, node: Node<'t>) -> Id {
        let kids = self.kids(node);
        let running: Vec<Kid<'t>> = kids.named.iter().copied().filter(is_entry_part).collect();
        match running[..] {
            [] => self.unknown(node),
            [only] if only.node.kind().starts_with("shorthand") => {
                let value = self.lower(only.node);
                let name = self.symbol(only.node);
                self.push(Op::Entry(name, value), node)
            }
            [only] => self.lower(only.node),
            [key, .., value] => {
                let name = self.key(key.node);
                let value = self.lower(value.node);
                self.push(Op::Entry(name, value), node)
            }
        }
    }

    /// The name that a key is, whatever its quotes; none if it is computed.
    pub(super) fn key(&mut self, node: Node<'t>) -> Sym {
        if let Some(content) = string_content(self.dialect, self.text, node) {
            let content = self.text.get(content.range).unwrap_or_default();
            return self.symbols.of_bytes(content);
        }
        match node.named_child(0) {
            _ if node.kind().starts_with("computed") => return NONE,
            Some(only) if only.byte_range() == node.byte_range() => return self.key(only),
            _ => {}
        }
        let text = self.bytes(node);
        let text = text.strip_prefix(b":").unwrap_or(text);
        self.symbols.of_bytes(text.strip_suffix(b":").unwrap_or(text))
    }

    pub(super) fn class(&mut self, node: Node<'t>) -> Id {
        let kids = self.kids(node);
        let mut class = Class { marks: std::mem::take(&mut self.marks), ..Class::default() };
        let name = kids.field(&["name", "type"]);
        class.name = name.map_or(NONE, |name| self.symbol(name.node));
        for kid in &kids.named {
            self.marks_in(kid.node, &mut class.marks);
        }
        let number = self.ir.classes.len() as u32;
        self.ir.classes.push(class);
        let outer = self.class.replace(number);
        let functions = std::mem::replace(&mut self.class_functions, self.functions);
        let is_body = |kid: &Kid<'t>| {
            kid.field == "body" || matches!(kid.node.kind(), "class_body" | "enum_class_body")
        };
        let mut parts = self.constructor_fields(&kids);
        parts.extend(kids.named.iter().find(|kid| is_body(kid)).map(|body| self.lower(body.node)));
        let parts = self.ir.list(&parts);
        let body = self.push(Op::Seq(parts), node);
        self.class = outer;
        self.class_functions = functions;
        self.push(Op::Class(number, body), node)
    }

    /// Kotlin, C#: the parameters of a class are its fields.
    pub(super) fn constructor_fields(&mut self, kids: &Kids<'t>) -> Vec<Id> {
        let lists = ["primary_constructor", "class_parameters", "parameter_list"];
        let mut open: Vec<Node<'t>> = kids.named.iter().map(|kid| kid.node).collect();
        let mut fields = Vec::new();
        for _ in 0..2 {
            let found: Vec<Node<'t>> =
                open.iter().copied().filter(|node| lists.contains(&node.kind())).collect();
            open = found.iter().flat_map(|node| self.kids(*node).named).map(|k| k.node).collect();
            for parameter in open.iter().filter(|node| node.kind().ends_with("parameter")) {
                fields.push(self.assignment(*parameter));
            }
        }
        fields
    }
}

/// C# writes `name:` as a node of its own, without a meaning here.
fn is_entry_part(kid: &Kid<'_>) -> bool {
    kid.role != Role::Skip || kid.node.kind().ends_with("identifier") || kid.node.kind() == "name"
}
