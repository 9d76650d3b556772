//! What `Depends` and `Security` put before a handler: in lists, defaults and
//! types, through aliases, and with the dependencies of dependencies.

use tree_sitter::Node;

use super::super::code::Meaning;
use super::super::guard::{self, Passes};
use super::super::kinds::{few, is_call, is_string};
use super::super::route::{Certainty, Element, How, Place, Role};
use super::{File, MAX_DEPTH, target};

/// Dependencies of one route, with those of its dependencies.
const MAX_DEPENDENCIES: usize = 40;

/// Something that runs before a handler, and how deep it was found.
struct Pending<'t> {
    node: Node<'t>,
    depth: usize,
    place: Place,
    /// An alias met in an annotation or a list, not a parameter's name.
    is_type: bool,
    /// The dependency that the file names, which others are found through.
    named: Node<'t>,
}

impl<'t> File<'_, 't> {
    /// What the lists of dependencies and parameters in `open` put before a
    /// handler, dependencies of dependencies included.
    pub(super) fn dependencies(&self, open: Vec<(Node<'t>, Place)>) -> Vec<Element> {
        let start = open.into_iter().flat_map(|(list, place)| {
            let parts = few(list).into_iter();
            parts.map(move |node| Pending { node, depth: 0, place, is_type: false, named: node })
        });
        let mut open: Vec<Pending<'t>> = start.collect();
        let mut found = Vec::new();
        while let Some(next) = open.pop() {
            if found.len() >= MAX_DEPENDENCIES {
                found.push(self.element(
                    next.named,
                    next.place,
                    Role::Unresolved("too many dependencies"),
                ));
                break;
            }
            let role = match next.node.kind() {
                kind if is_call(kind) => self.depends(&next, &mut open),
                "typed_parameter" | "default_parameter" | "typed_default_parameter" => {
                    self.parameter(&next, &mut open)
                }
                // The name of a parameter without a type or default.
                "identifier" if next.place == Place::Param && !next.is_type => Role::Neutral,
                _ => self.annotation(next.node, &next, &mut open),
            };
            found.push(self.element(next.named, next.place, role));
        }
        found
    }

    /// `Depends(x)` or `Security(x)`.
    fn depends(&self, next: &Pending<'t>, open: &mut Vec<Pending<'t>>) -> Role {
        let unknown = Role::Unresolved("a dependency of another module");
        let Some(target) = target(self.code, next.node).filter(|_| self.is_depends(next.node))
        else {
            return unknown;
        };
        let known = self.code.dotted(target);
        if known.as_deref().is_some_and(|symbol| self.facts.is_guard(symbol)) {
            return self.scheme(target);
        }
        if known.is_some_and(|symbol| self.facts.is_neutral(&symbol)) {
            return Role::Neutral;
        }
        let (Meaning::Function(function), true) = (self.meaning(target), next.depth < MAX_DEPTH)
        else {
            return unknown;
        };
        let parameters = function.child_by_field_name("parameters").map(few).unwrap_or_default();
        open.extend(parameters.into_iter().map(|node| Pending {
            node,
            depth: next.depth + 1,
            // Whatever asked for the function: these are its parameters.
            place: Place::Param,
            is_type: false,
            named: next.named,
        }));
        match function.child_by_field_name("body") {
            Some(body) => guard::middleware(self.code, self.facts, body, Passes::Return),
            None => unknown,
        }
    }

    fn meaning(&self, node: Node<'t>) -> Meaning<'t> {
        if node.kind() == "identifier" { self.code.meaning(node) } else { Meaning::Unknown }
    }

    /// A security scheme of the framework, unless it lets everyone through.
    fn scheme(&self, target: Node<'t>) -> Role {
        let made = match self.meaning(target) {
            Meaning::Value(value) => value,
            _ => target,
        };
        let arguments =
            made.child_by_field_name("arguments").map_or("", |list| self.code.str(list));
        let sure = !arguments.is_empty() && !self.facts.is_optional(arguments);
        Role::Guard(How::Library, if sure { Certainty::Must } else { Certainty::May })
    }

    /// A parameter: its default and its type may be dependencies.
    fn parameter(&self, next: &Pending<'t>, open: &mut Vec<Pending<'t>>) -> Role {
        if next.depth > 2 * MAX_DEPTH {
            return Role::Unresolved("a type that is too deep");
        }
        let mut role = Role::Neutral;
        let value = next.node.child_by_field_name("value").filter(|value| self.is_depends(*value));
        let types = next.node.child_by_field_name("type");
        if let Some(types) = types {
            role = self.annotation(types, next, open);
        }
        open.extend(value.map(|node| Pending { node, is_type: true, ..*next }));
        role
    }

    fn is_depends(&self, call: Node<'t>) -> bool {
        let symbol = self.code.function(call).and_then(|function| self.code.dotted(function));
        symbol.is_some_and(|s| {
            matches!(s.as_str(), "fastapi.Depends" | "fastapi.Security" | "fastapi.params.Depends")
        })
    }

    /// `Annotated[T, Depends(x)]`, an alias of it, or a plain type.
    fn annotation(&self, types: Node<'t>, next: &Pending<'t>, open: &mut Vec<Pending<'t>>) -> Role {
        let mut role = Role::Neutral;
        crate::syntax::nodes::walk(types, |node| {
            if !self.code.may_visit() {
                role = Role::Unresolved("too large to read");
                return false;
            }
            if is_call(node.kind()) {
                if self.is_depends(node) {
                    open.push(Pending { node, is_type: true, ..*next });
                }
                return false;
            }
            if node.kind() == "identifier" {
                match self.code.meaning(node) {
                    Meaning::Value(alias) if next.depth < MAX_DEPTH => {
                        open.push(Pending {
                            node: alias,
                            depth: next.depth + 1,
                            is_type: true,
                            ..*next
                        });
                    }
                    Meaning::Imported(symbol) if !self.facts.is_neutral(&symbol) => {
                        role = Role::Unresolved("a type of another module may be a dependency");
                    }
                    _ => {}
                }
            }
            !is_string(node.kind())
        });
        role
    }
}
