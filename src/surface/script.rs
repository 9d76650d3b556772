//! What Express and Fastify share: elements and handlers as JavaScript writes
//! them. Functions, names of functions, calls that make one, lists of them.

use tree_sitter::Node;

use super::code::{Code, Meaning};
use super::facts::Facts;
use super::guard::{self, Passes};
use super::kinds::{few, is_call, is_function};
use super::route::{Certainty, Element, Handler, How, Place, Role};

/// Names given to names, and lists in lists, are followed this far.
const MAX_HOPS: usize = 4;
/// More elements in one place are not looked at one by one.
const MAX_ELEMENTS: usize = 24;

/// The elements that `node` puts before a handler.
pub(crate) fn elements<'t>(
    code: &Code<'t>,
    facts: &Facts,
    node: Node<'t>,
    place: Place,
    prefix: &str,
) -> Vec<Element> {
    let mut found = Vec::new();
    let mut open = vec![(node, 0)];
    while let Some((node, hops)) = open.pop() {
        if found.len() >= MAX_ELEMENTS {
            found.push(element(code, node, place, prefix, Role::Unresolved("too many elements")));
            break;
        }
        match node.kind() {
            "array" | "spread_element" if hops < MAX_HOPS => {
                open.extend(few(node).into_iter().rev().map(|part| (part, hops + 1)));
            }
            "identifier" if hops < MAX_HOPS => match code.meaning(node) {
                Meaning::Value(value)
                    if matches!(value.kind(), "array" | "call_expression" | "identifier") =>
                {
                    if value.kind() == "array" {
                        open.push((value, hops + 1));
                    } else {
                        found.push(element(code, node, place, prefix, role(code, facts, value)));
                    }
                }
                _ => found.push(element(code, node, place, prefix, role(code, facts, node))),
            },
            _ => found.push(element(code, node, place, prefix, role(code, facts, node))),
        }
    }
    found
}

fn element<'t>(code: &Code<'t>, node: Node<'t>, place: Place, prefix: &str, role: Role) -> Element {
    // Without arguments: they may hold a credential.
    let named = code.function(node).unwrap_or(node);
    let symbol = if is_function(named.kind()) { "a function" } else { code.str(named) };
    Element {
        symbol: symbol.to_owned(),
        span: node.byte_range(),
        place,
        prefix: prefix.to_owned(),
        role,
    }
}

/// What a single expression does before a handler.
pub(crate) fn role<'t>(code: &Code<'t>, facts: &Facts, node: Node<'t>) -> Role {
    if is_function(node.kind()) {
        return guard::middleware(code, facts, node, Passes::Call);
    }
    if is_call(node.kind()) {
        return call_role(code, facts, node);
    }
    if node.kind() == "identifier"
        && let Meaning::Function(function) = code.meaning(node)
    {
        return guard::middleware(code, facts, function, Passes::Call);
    }
    match code.dotted(node) {
        Some(symbol) => library(facts, &symbol, ""),
        None => Role::Unresolved("an element that this file does not define"),
    }
}

fn call_role<'t>(code: &Code<'t>, facts: &Facts, call: Node<'t>) -> Role {
    let Some(function) = code.function(call) else { return Role::Unresolved("a computed element") };
    if function.kind() == "identifier"
        && let Meaning::Function(factory) = code.meaning(function)
    {
        return guard::middleware(code, facts, factory, Passes::Call);
    }
    let Some(symbol) = code.dotted(function) else {
        return Role::Unresolved("an element that this file does not define");
    };
    let own_answer = code.args(call).iter().any(|arg| is_function(arg.kind()));
    let arguments = call.child_by_field_name("arguments").map_or("", |list| code.str(list));
    let role = library(facts, &symbol, arguments);
    // A callback decides itself what a failed check means.
    if own_answer || arguments.is_empty() { role.conditional() } else { role }
}

fn library(facts: &Facts, symbol: &str, arguments: &str) -> Role {
    if facts.is_guard(symbol) {
        let open = facts.is_optional(arguments);
        return Role::Guard(How::Library, if open { Certainty::May } else { Certainty::Must });
    }
    if facts.is_neutral(symbol) {
        return Role::Neutral;
    }
    Role::Unresolved("an element of another module")
}

/// What the handler `node` says, with its name.
pub(crate) fn handler<'t>(code: &Code<'t>, facts: &Facts, node: Node<'t>) -> (String, Handler) {
    let elsewhere = Handler::Unknown("the handler is in another file");
    if is_function(node.kind()) {
        return (String::new(), guard::handler(code, facts, node));
    }
    if node.kind() == "identifier" {
        let name = code.str(node).to_owned();
        return match code.meaning(node) {
            Meaning::Function(function) => (name, guard::handler(code, facts, function)),
            _ => (name, elsewhere),
        };
    }
    // `asyncHandler(async (req, res) => …)`
    if is_call(node.kind())
        && let Some(function) = code.function(node)
        && code.dotted(function).is_some_and(|symbol| facts.is_neutral(&symbol))
        && let [inner] = code.args(node)[..]
        && is_function(inner.kind())
    {
        return (String::new(), guard::handler(code, facts, inner));
    }
    (code.str(node).to_owned(), elsewhere)
}
