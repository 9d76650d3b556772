//! Go: a struct type of the file, and `json.Marshal`, `Encode` or an answer of
//! a framework that is given a value of it.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use tree_sitter::Node;

use super::fields::{Field, carries, is_masked, issued};
use crate::surface::kinds::{few, is_function};
use crate::syntax::nodes::{node_text, walk};

/// Steps that a type or a value is unwrapped by: `[]*map[string]T`.
const MAX_STEPS: usize = 6;
/// A name with more definitions stands for nothing certain.
const MAX_DEFINITIONS: usize = 32;

/// A value that is written out with a credential in it.
pub(super) struct Exposed {
    /// The value.
    pub(super) written: Range<usize>,
    pub(super) type_name: String,
    pub(super) field: Field,
}

/// All of them in a file, in order.
pub(super) fn exposed(text: &[u8], root: Node<'_>) -> Vec<Exposed> {
    let mut file = File { text, ..File::default() };
    walk(root, |node| {
        file.visit(node);
        true
    });
    let writes = std::mem::take(&mut file.writes);
    writes.iter().filter_map(|write| file.exposure(write)).collect()
}

/// What one walk collects.
#[derive(Default)]
struct File<'t> {
    text: &'t [u8],
    types: HashMap<&'t str, Field>,
    /// Types that say themselves how they are written.
    own: HashSet<&'t str>,
    /// Names of variables and parameters: where they are visible, and their type.
    names: HashMap<&'t str, Vec<(Range<usize>, &'t str)>>,
    /// `user.Password` where something is assigned to it, and in which functions.
    assigned: HashMap<&'t str, Vec<Range<usize>>>,
    writes: Vec<Write<'t>>,
    /// Functions around the node that is visited.
    open: Vec<Range<usize>>,
}

/// A call that writes a value out.
struct Write<'t> {
    value: Node<'t>,
    scope: Range<usize>,
}

impl<'t> File<'t> {
    fn visit(&mut self, node: Node<'t>) {
        while self.open.last().is_some_and(|scope| scope.end <= node.start_byte()) {
            self.open.pop();
        }
        match node.kind() {
            "type_spec" => self.struct_type(node),
            "short_var_declaration" => self.short_variable(node),
            "var_spec" | "parameter_declaration" => self.variable(node),
            "assignment_statement" => self.assignment(node),
            "call_expression" => self.call(node),
            kind if is_function(kind) => {
                self.open.push(node.byte_range());
                if kind == "method_declaration" {
                    self.method(node);
                }
            }
            _ => {}
        }
    }

    fn text(&self, node: Node<'_>) -> &'t str {
        let text = self.text.get(node.byte_range()).unwrap_or_default();
        std::str::from_utf8(text).unwrap_or_default()
    }

    fn scope(&self) -> Range<usize> {
        self.open.last().cloned().unwrap_or(0..self.text.len())
    }

    /// The first field of a struct that holds a credential.
    fn struct_type(&mut self, spec: Node<'t>) {
        let Some(name) = spec.child_by_field_name("name") else { return };
        let body = spec.child_by_field_name("type").filter(|body| body.kind() == "struct_type");
        let Some(list) = body.and_then(|body| body.named_child(0)) else { return };
        let field = few(list).into_iter().find_map(|field| self.credential(field));
        if let Some(field) = field {
            self.types.insert(self.text(name), field);
        }
    }

    /// What an exported field of text holds, unless its tag keeps it back.
    fn credential(&self, field: Node<'t>) -> Option<Field> {
        let kind = field.child_by_field_name("type").map(|kind| self.text(kind))?;
        let texts = ["string", "*string", "[]byte", "[]string", "[]*string", "json.RawMessage"];
        if !texts.contains(&kind) {
            return None;
        }
        let tag = field.child_by_field_name("tag").map_or("", |tag| self.text(tag));
        let mut cursor = field.walk();
        let names: Vec<_> = field.children_by_field_name("name", &mut cursor).take(8).collect();
        names.into_iter().find_map(|name| {
            let label = self.text(name);
            let written = tag_names(tag);
            let kept_back = written.contains(&"-") || !label.starts_with(char::is_uppercase);
            let said = written.into_iter().chain([label]);
            let issued = (!kept_back).then(|| issued(said)).flatten()?;
            Some(Field { label: label.to_owned(), span: name.byte_range(), issued })
        })
    }

    /// `func (c T) MarshalJSON()`.
    fn method(&mut self, method: Node<'t>) {
        let named = method.child_by_field_name("name").map(|name| self.text(name));
        if !named.is_some_and(|name| name.starts_with("Marshal") || name == "GobEncode") {
            return;
        }
        let receiver = method.child_by_field_name("receiver").and_then(|list| list.named_child(0));
        let kind = receiver.and_then(|receiver| receiver.child_by_field_name("type"));
        self.own.extend(kind.and_then(|kind| self.base(kind)));
    }

    fn short_variable(&mut self, declaration: Node<'t>) {
        let sides = ["left", "right"]
            .map(|side| declaration.child_by_field_name(side).and_then(|side| side.named_child(0)));
        let [Some(name), Some(value)] = sides else { return };
        if let Some(kind) = self.literal(value) {
            self.define(name, kind);
        }
    }

    /// `var x T`, and a parameter or receiver `x T`.
    fn variable(&mut self, declaration: Node<'t>) {
        let kind = declaration.child_by_field_name("type").and_then(|kind| self.base(kind));
        let name = declaration.child_by_field_name("name");
        if let (Some(kind), Some(name)) = (kind, name) {
            self.define(name, kind);
        }
    }

    fn define(&mut self, name: Node<'t>, kind: &'t str) {
        let scope = self.scope();
        let known = self.names.entry(self.text(name)).or_default();
        if known.len() < MAX_DEFINITIONS {
            known.push((scope, kind));
        }
    }

    fn assignment(&mut self, statement: Node<'t>) {
        let left = statement.child_by_field_name("left").and_then(|left| left.named_child(0));
        if let Some(left) = left.filter(|left| left.kind() == "selector_expression") {
            let scope = self.scope();
            let known = self.assigned.entry(self.text(left)).or_default();
            if known.len() < MAX_DEFINITIONS {
                known.push(scope);
            }
        }
    }

    fn call(&mut self, call: Node<'t>) {
        let Some(arguments) = call.child_by_field_name("arguments") else { return };
        let Some(function) = call.child_by_field_name("function") else { return };
        let (Some(object), Some(name)) =
            (function.child_by_field_name("operand"), function.child_by_field_name("field"))
        else {
            return;
        };
        let given = few(arguments);
        let value = match self.text(name) {
            "Marshal" | "MarshalIndent" | "MarshalString" => {
                let formats = ["json", "yaml", "xml", "toml", "jsoniter", "sonic"];
                given.first().filter(|_| formats.contains(&self.text(object)))
            }
            "Encode" => given.first().filter(|_| self.is_encoder(object)),
            "JSON" | "IndentedJSON" | "PureJSON" | "SecureJSON" | "JSONPretty" | "JSONP"
            | "XML" | "YAML" => given.last(),
            _ => None,
        };
        if let Some(value) = value {
            let scope = self.scope();
            self.writes.push(Write { value: *value, scope });
        }
    }

    fn is_encoder(&self, object: Node<'t>) -> bool {
        let made = object.child_by_field_name("function");
        match made.and_then(|made| made.child_by_field_name("field")) {
            Some(field) => self.text(field) == "NewEncoder",
            None => self.text(object).to_ascii_lowercase().starts_with("enc"),
        }
    }

    /// What `write` shows of a type that is known.
    fn exposure(&self, write: &Write<'t>) -> Option<Exposed> {
        let kind = self.literal(write.value).or_else(|| self.named(write))?;
        let field = self.types.get(kind).filter(|_| !self.own.contains(kind))?;
        if carries(kind, field) || is_masked(node_text(self.text, write.value)) {
            return None;
        }
        if self.is_emptied(write, field) {
            return None;
        }
        let written = write.value.byte_range();
        Some(Exposed { written, type_name: kind.to_owned(), field: field.clone() })
    }

    /// `user.Password = ""` in the same function.
    fn is_emptied(&self, write: &Write<'t>, field: &Field) -> bool {
        let value = unreferenced(write.value);
        if value.kind() != "identifier" {
            return false;
        }
        let member = format!("{}.{}", self.text(value), field.label);
        let scopes = self.assigned.get(member.as_str());
        scopes.is_some_and(|scopes| scopes.iter().any(|at| at.contains(&value.start_byte())))
    }

    /// The type of a variable, by its last definition in the functions around.
    fn named(&self, write: &Write<'t>) -> Option<&'t str> {
        let value = unreferenced(write.value);
        let known = self.names.get(self.text(value)).filter(|_| value.kind() == "identifier")?;
        let visible = |(scope, _): &&(Range<usize>, &str)| {
            scope.start <= write.scope.start && write.scope.end <= scope.end
        };
        known.iter().rev().find(visible).map(|(_, kind)| *kind)
    }

    /// The type of `T{…}`, `&T{…}`, `[]T{…}`, `map[string]T{…}`.
    fn literal(&self, value: Node<'t>) -> Option<&'t str> {
        let value = unreferenced(value);
        let kind = value.child_by_field_name("type");
        kind.filter(|_| value.kind() == "composite_literal").and_then(|kind| self.base(kind))
    }

    /// The name of the type that `kind` is made of.
    fn base(&self, mut kind: Node<'t>) -> Option<&'t str> {
        for _ in 0..MAX_STEPS {
            kind = match kind.kind() {
                "type_identifier" => return Some(self.text(kind)),
                "pointer_type" => kind.named_child(0)?,
                "slice_type" | "array_type" => kind.child_by_field_name("element")?,
                "map_type" => kind.child_by_field_name("value")?,
                _ => return None,
            };
        }
        None
    }
}

/// `value` of `&value` and `(value)`.
fn unreferenced(mut value: Node<'_>) -> Node<'_> {
    for _ in 0..MAX_STEPS {
        let inner = match value.kind() {
            "unary_expression" => value.child_by_field_name("operand"),
            "parenthesized_expression" => value.named_child(0),
            _ => None,
        };
        match inner {
            Some(inner) => value = inner,
            None => break,
        }
    }
    value
}

/// The names that a tag gives a field: `json:"key,omitempty" yaml:"key"`.
fn tag_names(tag: &str) -> Vec<&str> {
    ["json:\"", "yaml:\"", "xml:\"", "toml:\""]
        .iter()
        .filter_map(|format| tag.split_once(format))
        .filter_map(|(_, rest)| rest.split(['"', ',']).next())
        .filter(|name| !name.is_empty())
        .collect()
}
