//! What the names of a file stand for: `import requests as r` makes `r` mean
//! `requests`, `from requests import get` makes `get` mean `requests.get`.
//!
//! Python, JavaScript, TypeScript and Go are resolved. In the other languages
//! a module counts as imported when its name stands in the file.

use std::collections::HashMap;

use memchr::memmem;
use tree_sitter::Node;

use super::condition::{bare_module, last_segment, package_name, resolves, without_version};
use super::dialect::Dialect;
use super::focus::Focus;
use super::language::Language;
use super::nodes::{node_text, unquoted, walk};

/// Longer dotted names are not resolved.
const MAX_NAME: usize = 200;

/// The imports of a file.
#[derive(Debug, Default)]
pub(crate) struct Imports {
    /// Local name to the dotted name it stands for.
    names: HashMap<Box<[u8]>, String>,
    /// All modules, also those that bind no name.
    modules: Vec<String>,
}

impl Imports {
    /// Reads the imports of the file with this `root`.
    pub(crate) fn of(language: Language, text: &[u8], root: Node<'_>) -> Self {
        let mut imports = Imports::default();
        let words: &[&[u8]] = match language {
            Language::Python | Language::Go => &[b"import"],
            Language::JavaScript | Language::TypeScript | Language::Tsx => &[b"import", b"require"],
            _ => return imports,
        };
        let focus = Focus::of_words(text, words.iter().copied());
        let mut reader = focus.reader();
        walk(root, |node| {
            let touched = reader.touches(&node.byte_range());
            match language {
                _ if !touched => {}
                Language::Python => imports.python(text, node),
                Language::Go => imports.go(text, node),
                _ => imports.script(text, node),
            }
            touched
        });
        imports
    }

    /// Local names that stand for one of `modules` or something in it.
    pub(crate) fn names_of<'a>(
        &'a self,
        modules: impl Fn(&str) -> bool + 'a,
    ) -> impl Iterator<Item = &'a [u8]> {
        let own = self.names.iter().filter(move |(_, stands)| modules(stands));
        own.map(|(local, _)| &**local)
    }

    /// Whether the file imports `module` or something in it.
    pub(crate) fn has(&self, dialect: &Dialect, text: &[u8], module: &str) -> bool {
        if !resolves(dialect.language) {
            return memmem::find(text, module.as_bytes()).is_some();
        }
        let within = |name: &str| is_within(name, module);
        self.modules.iter().any(|known| within(known)) || self.names.values().any(|n| within(n))
    }

    /// Whether `name` of this file stands for `dotted`.
    pub(crate) fn means(&self, name: &[u8], dotted: &str) -> bool {
        if name.len() > MAX_NAME {
            return false;
        }
        let first = name.iter().position(|b| matches!(b, b'.' | b'?')).unwrap_or(name.len());
        if let Some((module, member)) = required_inline(name) {
            let rest = dotted.as_bytes().strip_prefix(module);
            return rest.is_some_and(|rest| rest == member);
        }
        let Some(stands) = self.names.get(&name[..first]) else { return false };
        let Some(rest) = dotted.strip_prefix(stands.as_str()) else { return false };
        let own = name[first..].strip_prefix(b"?").unwrap_or(&name[first..]);
        own == rest.as_bytes()
    }

    /// The dotted name that the bare `name` stands for, if it is imported.
    pub(crate) fn stands_for(&self, name: &[u8]) -> Option<&str> {
        self.names.get(name).map(String::as_str)
    }

    fn add(&mut self, local: &[u8], dotted: String) {
        self.names.insert(local.into(), dotted);
    }

    fn python(&mut self, text: &[u8], node: Node<'_>) {
        match node.kind() {
            "import_statement" => {
                for name in named(node) {
                    let (module, alias) = aliased(text, name);
                    let local = alias.unwrap_or_else(|| first_segment(module));
                    let stands = if alias.is_some() { module } else { local };
                    self.modules.push(lossy(module));
                    self.add(local, lossy(stands));
                }
            }
            "import_from_statement" => {
                let Some(from) = node.child_by_field_name("module_name") else { return };
                let module = lossy(node_text(text, from));
                for name in named(node).filter(|name| name.id() != from.id()) {
                    let (member, alias) = aliased(text, name);
                    self.add(alias.unwrap_or(member), format!("{module}.{}", lossy(member)));
                }
                self.modules.push(module);
            }
            _ => {}
        }
    }

    fn script(&mut self, text: &[u8], node: Node<'_>) {
        match node.kind() {
            "import_statement" => {
                let Some(from) = node.child_by_field_name("source") else { return };
                let module = quoted_module(text, from);
                walk(node, |part| self.script_clause(text, part, &module));
                self.modules.push(module);
            }
            "variable_declarator" => {
                let Some((module, member)) = required(text, node) else { return };
                let Some(name) = node.child_by_field_name("name") else { return };
                let stands = member.map_or(module.clone(), |m| format!("{module}.{m}"));
                if name.kind() == "identifier" {
                    self.add(node_text(text, name), stands.clone());
                }
                for part in named(name) {
                    self.script_binding(text, part, &stands);
                }
                self.modules.push(module);
            }
            // TypeScript: `import fs = require("fs")`
            "import_require_clause" => {
                let Some(from) = node.child_by_field_name("source") else { return };
                let Some(name) = node.named_child(0) else { return };
                let module = quoted_module(text, from);
                self.add(node_text(text, name), module.clone());
                self.modules.push(module);
            }
            "call_expression" => {
                if let Some((module, _)) = required_inline(node_text(text, node)) {
                    self.modules.push(lossy(module));
                }
            }
            _ => {}
        }
    }

    /// `default`, `* as name` and `{ member as name }`.
    fn script_clause(&mut self, text: &[u8], part: Node<'_>, module: &str) -> bool {
        match part.kind() {
            "import_clause" | "namespace_import" => {
                for name in named(part).filter(|name| name.kind() == "identifier") {
                    self.add(node_text(text, name), module.to_owned());
                }
            }
            "import_specifier" => {
                let Some(member) = part.child_by_field_name("name") else { return false };
                let local = part.child_by_field_name("alias").unwrap_or(member);
                let stands = match node_text(text, member) {
                    b"default" => module.to_owned(),
                    member => format!("{module}.{}", lossy(member)),
                };
                self.add(node_text(text, local), stands);
            }
            _ => {}
        }
        true
    }

    /// `{ get }` and `{ get: fetch }` on the left of a `require`.
    fn script_binding(&mut self, text: &[u8], part: Node<'_>, module: &str) {
        let (member, local) = match part.kind() {
            "shorthand_property_identifier_pattern" => (part, part),
            "pair_pattern" => {
                let key = part.child_by_field_name("key");
                let value = part.child_by_field_name("value");
                let (Some(key), Some(value)) = (key, value) else { return };
                (key, value)
            }
            _ => return,
        };
        let stands = format!("{module}.{}", lossy(node_text(text, member)));
        self.add(node_text(text, local), stands);
    }

    fn go(&mut self, text: &[u8], node: Node<'_>) {
        if node.kind() == "import_declaration" {
            walk(node, |part| {
                self.go_spec(text, part);
                true
            });
        }
    }

    fn go_spec(&mut self, text: &[u8], node: Node<'_>) {
        if node.kind() != "import_spec" {
            return;
        }
        let Some(path) = node.child_by_field_name("path") else { return };
        let module = without_version(&quoted_module(text, path)).to_owned();
        let local = match node.child_by_field_name("name") {
            Some(name) => lossy(node_text(text, name)),
            None => package_name(last_segment(&module)).to_owned(),
        };
        self.add(local.as_bytes(), module.clone());
        self.modules.push(module);
    }
}

/// Whether `name` is `module` or something in it.
pub(crate) fn is_within(name: &str, module: &str) -> bool {
    name.strip_prefix(module).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/']))
}

fn named<'t>(node: Node<'t>) -> impl Iterator<Item = Node<'t>> {
    let mut cursor = node.walk();
    let mut more = cursor.goto_first_child();
    std::iter::from_fn(move || {
        while more {
            let child = cursor.node();
            more = cursor.goto_next_sibling();
            if child.is_named() {
                return Some(child);
            }
        }
        None
    })
}

/// `a.b` or `a.b as c`: the name and its alias.
fn aliased<'a>(text: &'a [u8], node: Node<'_>) -> (&'a [u8], Option<&'a [u8]>) {
    let name = node.child_by_field_name("name").unwrap_or(node);
    let alias = node.child_by_field_name("alias").map(|alias| node_text(text, alias));
    (node_text(text, name), alias)
}

/// The module of `require("x")`, `await import("x")` or `require("x").member`
/// on the right of a declaration, with the member.
fn required(text: &[u8], node: Node<'_>) -> Option<(String, Option<String>)> {
    let mut value = node.child_by_field_name("value")?;
    let mut member = None;
    if value.kind() == "await_expression" {
        value = value.named_child(0)?;
    }
    if value.kind() == "member_expression" {
        member = value.child_by_field_name("property").map(|m| lossy(node_text(text, m)));
        value = value.child_by_field_name("object")?;
    }
    let function = value.child_by_field_name("function")?;
    if !matches!(node_text(text, function), b"require" | b"import") {
        return None;
    }
    let argument = value.child_by_field_name("arguments")?.named_child(0)?;
    Some((quoted_module(text, argument), member.filter(|member| member != "default")))
}

/// The module and what is read of it in `require("fs").readFile`, `.` included.
pub(crate) fn required_inline(code: &[u8]) -> Option<(&[u8], &[u8])> {
    let quoted = code.strip_prefix(b"require(")?;
    let quote = quoted.first().filter(|quote| b"'\"`".contains(quote))?;
    let inner = &quoted[1..];
    let end = inner.iter().take(MAX_NAME).position(|b| b == quote)?;
    let member = inner[end + 1..].strip_prefix(b")")?;
    let module = &inner[..end];
    Some((module.strip_prefix(b"node:").unwrap_or(module), member))
}

fn quoted_module(text: &[u8], node: Node<'_>) -> String {
    let literal = node_text(text, node);
    bare_module(&lossy(&literal[unquoted(literal)])).to_owned()
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn first_segment(dotted: &[u8]) -> &[u8] {
    let end = dotted.iter().position(|b| *b == b'.').unwrap_or(dotted.len());
    &dotted[..end]
}
