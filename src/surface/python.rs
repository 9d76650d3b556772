//! What Flask and FastAPI share: decorated functions, the objects that routes
//! hang on, and what a list of strings holds.

use std::ops::Range;

use tree_sitter::Node;

use super::code::{Code, Meaning};
use super::facts::Facts;
use super::kinds::few;
use super::route::{Element, Place, Role};

/// Objects of one file that carry routes.
const MAX_OWNERS: usize = 64;

/// A function with decorators, from the outermost to the innermost.
pub(crate) struct Decorated<'t> {
    pub(crate) decorators: Vec<Node<'t>>,
    pub(crate) function: Node<'t>,
}

/// Every decorated function of the file; none with decorated methods' classes.
pub(crate) fn decorated<'c, 't>(code: &'c Code<'t>) -> impl Iterator<Item = Decorated<'t>> + 'c {
    let items = code.items.iter().filter(|item| item.kind() == "decorated_definition");
    items.filter_map(|item| {
        let function = item.child_by_field_name("definition")?;
        let own = few(*item).into_iter().filter(|part| part.kind() == "decorator");
        let decorators = own.filter_map(|decorator| decorator.named_child(0)).collect();
        (function.kind() == "function_definition").then_some(Decorated { decorators, function })
    })
}

/// An application or router of the file.
pub(crate) struct Owner<'t> {
    /// Where the name is given its value.
    pub(crate) made_at: usize,
    /// The constructor's call.
    pub(crate) made: Node<'t>,
    pub(crate) is_app: bool,
    /// Elements that cover all of its routes, whatever their order.
    pub(crate) elements: Vec<Element>,
    /// Number of the owner it is mounted on in this file, and the prefix.
    pub(crate) parent: Option<(usize, String)>,
    /// How often it is mounted in this file.
    pub(crate) mounts: usize,
}

/// The applications and routers of a file, found when they are first named.
#[derive(Default)]
pub(crate) struct Owners<'t>(pub(crate) Vec<Owner<'t>>);

impl<'t> Owners<'t> {
    /// The number of the owner that `name` stands for.
    pub(crate) fn find(&mut self, code: &Code<'t>, facts: &Facts, name: Node<'t>) -> Option<usize> {
        if name.kind() != "identifier" {
            return None;
        }
        let Meaning::Value(value) = code.meaning(name) else { return None };
        if let Some(known) = self.0.iter().position(|owner| owner.made_at == value.start_byte()) {
            return Some(known);
        }
        let symbol = code.dotted(value)?;
        let is_app = facts.is_app(&symbol);
        if !is_app && !facts.is_router(&symbol) || self.0.len() >= MAX_OWNERS {
            return None;
        }
        self.0.push(Owner {
            made_at: value.start_byte(),
            made: value,
            is_app,
            elements: Vec::new(),
            parent: None,
            mounts: 0,
        });
        Some(self.0.len() - 1)
    }

    /// Adds what covers all routes of an owner; the last that there is room
    /// for says that there were more.
    pub(crate) fn add(&mut self, index: usize, mut element: Element) {
        let Some(owner) = self.0.get_mut(index) else { return };
        if owner.elements.len() + 1 == MAX_OWNERS {
            element.role = Role::Unresolved("too many elements");
        }
        if owner.elements.len() < MAX_OWNERS {
            owner.elements.push(element);
        }
    }

    /// Notes that nobody in this file can tell what covers the owner's routes.
    pub(crate) fn unresolved(&mut self, index: usize, span: Range<usize>, why: &'static str) {
        let role = Role::Unresolved(why);
        let (symbol, prefix) = (String::new(), String::new());
        self.add(index, Element { symbol, span, place: Place::App, prefix, role });
    }
}

/// The strings of a list or tuple.
pub(crate) fn strings(code: &Code<'_>, list: Node<'_>) -> Vec<String> {
    let literal = |node: &Node<'_>| code.str(*node).trim_matches(['"', '\'']).to_owned();
    few(list).iter().filter(|node| node.kind() == "string").map(literal).collect()
}

/// The verbs of a route decorator: its name, or what `methods=[…]` lists.
pub(crate) fn methods<'t>(code: &Code<'t>, call: Node<'t>, verb: &str) -> Vec<String> {
    if !matches!(verb, "route" | "api_route") {
        return vec![verb.to_ascii_uppercase()];
    }
    match code.keyword(call, "methods") {
        Some(list) => strings(code, list).iter().map(|m| m.to_ascii_uppercase()).collect(),
        None => vec!["GET".to_owned()],
    }
}

/// The name of a function.
pub(crate) fn name<'t>(code: &Code<'t>, function: Node<'t>) -> &'t str {
    function.child_by_field_name("name").map_or("", |name| code.str(name))
}
