//! Small questions about expressions, whatever the language calls their
//! parts: the dotted name, the receiver of a call, its arguments, a literal.

use tree_sitter::Node;

use super::code::{Code, MAX_TEXT, Meaning};
use super::kinds::{few, is_call, is_hole, is_string};
use crate::syntax::nodes::unquoted;

/// Longer chains of calls and members are not followed.
const MAX_CHAIN: usize = 40;

/// The shape of an expression, whatever the language calls it.
enum Shape<'t> {
    Call(Node<'t>),
    Member(Node<'t>, Node<'t>),
    Name,
    Wrapper(Node<'t>),
    Other,
}

impl<'t> Code<'t> {
    /// The dotted name of what the expression `node` is, through imports,
    /// members, calls (`()`) and names defined once.
    pub(crate) fn dotted(&self, node: Node<'t>) -> Option<String> {
        let (mut at, mut parts) = (node, Vec::new());
        for _ in 0..MAX_CHAIN {
            match self.shape(at) {
                Shape::Call(function) => {
                    if let Some(module) = self.required(at, function) {
                        return Some(joined(module, parts));
                    }
                    parts.push("()");
                    at = function;
                }
                Shape::Member(object, property) => {
                    parts.push(self.str(property));
                    parts.push(".");
                    at = object;
                }
                Shape::Wrapper(inner) => at = inner,
                Shape::Name => match self.meaning(at) {
                    Meaning::Imported(dotted) => return Some(joined(&dotted, parts)),
                    Meaning::Value(value) if value.id() != at.id() => at = value,
                    _ => return None,
                },
                Shape::Other => return None,
            }
        }
        None
    }

    fn required(&self, call: Node<'t>, function: Node<'t>) -> Option<&'t str> {
        let required = self.str(function) == "require";
        required.then(|| self.string(*self.args(call).first()?))?
    }

    fn shape(&self, node: Node<'t>) -> Shape<'t> {
        let field = |name| node.child_by_field_name(name);
        let kind = node.kind();
        if is_call(kind) {
            let function = field("function").or_else(|| field("constructor"));
            return function.map_or(Shape::Other, Shape::Call);
        }
        let pair = match kind {
            "member_expression" => (field("object"), field("property")),
            "attribute" => (field("object"), field("attribute")),
            "selector_expression" => (field("operand"), field("field")),
            "parenthesized_expression"
            | "await_expression"
            | "await"
            | "as_expression"
            | "non_null_expression"
            | "satisfies_expression" => {
                return node.named_child(0).map_or(Shape::Other, Shape::Wrapper);
            }
            // `const app = module.exports = express()`
            "assignment_expression" => return field("right").map_or(Shape::Other, Shape::Wrapper),
            "identifier" => return Shape::Name,
            _ => return Shape::Other,
        };
        match pair {
            (Some(object), Some(property)) => Shape::Member(object, property),
            _ => Shape::Other,
        }
    }

    /// Receiver and name of a method call; the name alone is a function.
    pub(crate) fn method(&self, call: Node<'t>) -> Option<(Node<'t>, &'t str)> {
        let Shape::Call(function) = self.shape(call) else { return None };
        let Shape::Member(object, property) = self.shape(function) else { return None };
        Some((object, self.str(property)))
    }

    /// The function part of a call.
    pub(crate) fn function(&self, call: Node<'t>) -> Option<Node<'t>> {
        match self.shape(call) {
            Shape::Call(function) => Some(function),
            _ => None,
        }
    }

    /// The identifier that a chain of calls and members starts with.
    pub(crate) fn base(&self, node: Node<'t>) -> Option<Node<'t>> {
        let mut at = node;
        for _ in 0..MAX_CHAIN {
            at = match self.shape(at) {
                Shape::Call(inner) | Shape::Member(inner, _) | Shape::Wrapper(inner) => inner,
                Shape::Name => return Some(at),
                Shape::Other => return None,
            };
        }
        None
    }

    /// The arguments of a call, without comments.
    pub(crate) fn args(&self, call: Node<'t>) -> Vec<Node<'t>> {
        call.child_by_field_name("arguments").map(few).unwrap_or_default()
    }

    /// The value of the keyword argument `name` (Python).
    pub(crate) fn keyword(&self, call: Node<'t>, name: &str) -> Option<Node<'t>> {
        let named = |arg: &Node<'t>| {
            arg.kind() == "keyword_argument"
                && arg.child_by_field_name("name").is_some_and(|n| self.str(n) == name)
        };
        self.args(call).into_iter().find(named)?.child_by_field_name("value")
    }

    /// The content of a literal without holes, also through a name that is
    /// given it once.
    pub(crate) fn string(&self, node: Node<'t>) -> Option<&'t str> {
        let mut at = node;
        if at.kind() == "identifier"
            && let Meaning::Value(value) = self.meaning(at)
        {
            at = value;
        }
        let long = at.byte_range().len() > MAX_TEXT;
        if long || !is_string(at.kind()) || few(at).iter().any(|part| is_hole(part.kind())) {
            return None;
        }
        let written = self.str(at);
        written.get(unquoted(written.as_bytes()))
    }
}

fn joined(base: &str, parts: Vec<&str>) -> String {
    parts.iter().rev().fold(base.to_owned(), |whole, part| whole + part)
}
