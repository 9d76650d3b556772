//! gin: `Use` covers the routes that are registered after it, on the same
//! engine or group; a group takes what its parent has when it is made.

use std::collections::HashMap;
use std::ops::Range;

use tree_sitter::Node;

use super::code::{Call, Code, Meaning};
use super::facts::Facts;
use super::guard::{self, Passes};
use super::kinds::{is_call, is_function};
use super::route::{Certainty, Element, Handler, How, MAX_ROUTES, Place, Reach, Role, Route, join};

/// Elements that one engine or group may gather.
const MAX_ELEMENTS: usize = 64;
/// Groups in groups.
const MAX_GROUPS: usize = 256;

/// An engine, or a group of one.
struct Group {
    engine: usize,
    scope: Range<usize>,
    prefix: String,
    elements: Vec<Element>,
    is_engine: bool,
    starts: bool,
}

/// Routes of the file at hand.
pub(crate) fn routes(code: &Code<'_>, facts: &Facts, _path: &str) -> Vec<Route> {
    let mut file =
        File { code, facts, groups: Vec::new(), made: HashMap::new(), routes: Vec::new() };
    for call in &code.calls {
        file.call(call);
    }
    let File { groups, mut routes, .. } = file;
    for route in &mut routes {
        let engine = groups.get(route.family);
        route.reach = if engine.is_some_and(|e| e.starts) { Reach::Root } else { Reach::Elsewhere };
    }
    routes
}

struct File<'c, 't> {
    code: &'c Code<'t>,
    facts: &'c Facts,
    groups: Vec<Group>,
    /// Groups by the end of the call that makes them.
    made: HashMap<usize, usize>,
    routes: Vec<Route>,
}

impl<'t> File<'_, 't> {
    fn call(&mut self, call: &Call<'t>) {
        let symbol = self.code.function(call.node).and_then(|function| self.code.dotted(function));
        if symbol.as_deref().is_some_and(|symbol| self.facts.is_app(&format!("{symbol}()"))) {
            return self.engine(call);
        }
        let receiver = self
            .code
            .method(call.node)
            .and_then(|(object, method)| Some((self.group(object)?, method)));
        let Some((index, method)) = receiver else {
            return self.given_away(call.node, symbol.as_deref());
        };
        if self.groups[index].scope != call.scope {
            return self.unresolved(index, call.node, "changed in another function");
        }
        match method {
            "Use" => self.uses(index, call, &self.code.args(call.node)),
            _ if self.facts.is_group(method) => self.opens(index, call),
            _ if self.facts.is_verb(method) => self.route(index, call, method),
            _ if self.facts.starts(method) => self.groups[index].starts = true,
            _ => {}
        }
    }

    fn engine(&mut self, call: &Call<'t>) {
        let engine = self.groups.len();
        self.add_group(
            call.node,
            Group {
                engine,
                scope: call.scope.clone(),
                prefix: String::new(),
                elements: Vec::new(),
                is_engine: true,
                starts: false,
            },
        );
    }

    fn add_group(&mut self, call: Node<'t>, group: Group) {
        if self.groups.len() < MAX_GROUPS {
            // By its end: the calls of a chain share their start.
            self.made.insert(call.end_byte(), self.groups.len());
            self.groups.push(group);
        }
    }

    /// The engine or group that an expression stands for.
    fn group(&self, node: Node<'t>) -> Option<usize> {
        let value = match node.kind() {
            "identifier" => match self.code.meaning(node) {
                Meaning::Value(value) => value,
                _ => return None,
            },
            kind if is_call(kind) => node,
            _ => return None,
        };
        self.made.get(&value.end_byte()).copied()
    }

    /// Server starts take an engine; other functions may put guards on it.
    fn given_away(&mut self, call: Node<'t>, symbol: Option<&str>) {
        for arg in self.code.args(call).into_iter().take(8) {
            let Some(index) = self.group(arg) else { continue };
            if symbol.is_some_and(|symbol| self.facts.starts(symbol)) {
                self.groups[index].starts = true;
            } else if symbol.is_none_or(|symbol| !self.facts.is_neutral(symbol))
                && self.groups[index].is_engine
            {
                self.unresolved(index, call, "given to a function that may add guards");
            }
        }
    }

    fn unresolved(&mut self, index: usize, node: Node<'t>, why: &'static str) {
        self.add(
            index,
            Element {
                symbol: String::new(),
                span: node.byte_range(),
                place: Place::Group,
                prefix: String::new(),
                role: Role::Unresolved(why),
            },
        );
    }

    fn add(&mut self, index: usize, element: Element) {
        if self.groups[index].elements.len() < MAX_ELEMENTS {
            self.groups[index].elements.push(element);
        }
    }

    fn uses(&mut self, index: usize, call: &Call<'t>, args: &[Node<'t>]) {
        for arg in args {
            let prefix = self.groups[index].prefix.clone();
            let place = if self.groups[index].is_engine { Place::App } else { Place::Group };
            let mut element = self.element(*arg, place, prefix);
            if call.conditional {
                element.role = element.role.conditional();
            }
            self.add(index, element);
        }
    }

    fn opens(&mut self, index: usize, call: &Call<'t>) {
        let args = self.code.args(call.node);
        let path = args.first().and_then(|arg| self.code.string(*arg));
        let parent = &self.groups[index];
        let mut elements = parent.elements.clone();
        let prefix = join(&parent.prefix, path.unwrap_or_default());
        for arg in args.iter().skip(1).take(MAX_ELEMENTS) {
            elements.push(self.element(*arg, Place::Group, prefix.clone()));
        }
        if path.is_none() {
            elements.push(self.element(call.node, Place::Group, prefix.clone()));
        }
        let group = Group {
            engine: parent.engine,
            scope: call.scope.clone(),
            prefix,
            elements,
            is_engine: false,
            starts: false,
        };
        self.add_group(call.node, group);
    }

    fn route(&mut self, index: usize, call: &Call<'t>, method: &str) {
        if self.routes.len() >= MAX_ROUTES {
            return;
        }
        let mut args = self.code.args(call.node);
        let verb = if method == "Handle" {
            if args.is_empty() {
                return;
            }
            let first = args.remove(0);
            self.code.string(first).unwrap_or_default().to_ascii_uppercase()
        } else {
            method.to_ascii_uppercase()
        };
        let Some((path, rest)) = args.split_first() else { return };
        let (Some(path), Some((last, elements))) = (self.code.string(*path), rest.split_last())
        else {
            return;
        };
        let group = &self.groups[index];
        let mut chain = group.elements.clone();
        for node in elements.iter().take(MAX_ELEMENTS) {
            chain.push(self.element(*node, Place::Route, group.prefix.clone()));
        }
        let (symbol, handler) = self.handler(*last);
        self.routes.push(Route {
            methods: vec![verb],
            path: join(&group.prefix, path),
            symbol,
            span: call.node.start_byte()..args[0].end_byte(),
            family: group.engine,
            reach: Reach::Elsewhere,
            chain,
            handler,
            contradiction: None,
        });
    }

    fn element(&self, node: Node<'t>, place: Place, prefix: String) -> Element {
        let named = self.code.function(node).unwrap_or(node);
        let symbol = if is_function(named.kind()) { "a function" } else { self.code.str(named) };
        Element {
            symbol: symbol.to_owned(),
            span: node.byte_range(),
            place,
            prefix,
            role: self.role(node, named),
        }
    }

    fn role(&self, node: Node<'t>, named: Node<'t>) -> Role {
        if is_function(node.kind()) {
            return guard::middleware(self.code, self.facts, node, Passes::Call);
        }
        if named.kind() == "identifier"
            && let Meaning::Function(function) = self.code.meaning(named)
        {
            return guard::middleware(self.code, self.facts, function, Passes::Call);
        }
        match self.code.dotted(named) {
            Some(symbol) if self.facts.is_guard(&symbol) => {
                Role::Guard(How::Library, Certainty::Must)
            }
            Some(symbol) if self.facts.is_neutral(&symbol) => Role::Neutral,
            _ => Role::Unresolved("middleware that this file does not define"),
        }
    }

    fn handler(&self, node: Node<'t>) -> (String, Handler) {
        if is_function(node.kind()) {
            return (String::new(), guard::handler(self.code, self.facts, node));
        }
        let symbol = self.code.str(node).to_owned();
        if node.kind() == "identifier"
            && let Meaning::Function(function) = self.code.meaning(node)
        {
            return (symbol, guard::handler(self.code, self.facts, function));
        }
        (symbol, Handler::Unknown("the handler is in another file"))
    }
}
