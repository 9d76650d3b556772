//! Fastify: a hook covers the whole scope it is added in, also routes added
//! before it, and all scopes within; siblings are not covered. Plugins open
//! scopes; one of another file may be lifted into its parent's.

use std::collections::HashMap;
use std::ops::Range;

use tree_sitter::Node;

use super::code::{Call, Code, Meaning};
use super::facts::Facts;
use super::kinds::{few, is_function};
use super::route::{Element, Handler, MAX_ROUTES, Place, Reach, Role, Route, join};
use super::script;

/// Scopes of one file.
const MAX_SCOPES: usize = 64;
/// Hooks and options that run before the handler.
const HOOKS: [&str; 4] = ["onRequest", "preParsing", "preValidation", "preHandler"];

/// An application, or a plugin function of this file that is registered once.
struct Scope<'t> {
    /// Where the application is made, or the plugin's function.
    range: Range<usize>,
    /// Name of the plugin's first parameter.
    parameter: Option<&'t str>,
    /// Receiver and place of the registration, until the tree is built.
    registered: Option<(Node<'t>, Range<usize>)>,
    parent: Option<usize>,
    prefix: String,
    elements: Vec<Element>,
    starts: bool,
}

/// Routes of the file at hand.
pub(crate) fn routes(code: &Code<'_>, facts: &Facts, _path: &str) -> Vec<Route> {
    let mut file =
        File { code, facts, scopes: Vec::new(), decorated: HashMap::new(), routes: Vec::new() };
    for call in &code.calls {
        file.plugin(call);
    }
    file.connect();
    for call in &code.calls {
        file.decorates(call.node);
    }
    for call in &code.calls {
        file.call(call);
    }
    file.finish()
}

struct File<'c, 't> {
    code: &'c Code<'t>,
    facts: &'c Facts,
    scopes: Vec<Scope<'t>>,
    /// `app.decorate(name, function)`; None where a name is given twice.
    decorated: HashMap<&'t str, Option<Node<'t>>>,
    routes: Vec<Route>,
}

impl<'t> File<'_, 't> {
    /// `app.register(async (scope) => …, { prefix })`
    fn plugin(&mut self, call: &Call<'t>) {
        let Some((object, "register")) = self.code.method(call.node) else { return };
        let args = self.code.args(call.node);
        let Some(function) = args.first().and_then(|arg| self.function(*arg)) else { return };
        let range = function.byte_range();
        if let Some(known) = self.scopes.iter_mut().find(|scope| scope.range == range) {
            // Registered twice: its routes have two places.
            known.registered = None;
            return;
        }
        let prefix = args.get(1).map_or(Some(String::new()), |options| {
            let pairs = self.pairs(*options)?;
            let prefix = pairs.iter().find(|(key, _)| *key == "prefix");
            prefix.map_or(Some(String::new()), |(_, value)| {
                self.code.string(*value).map(str::to_owned)
            })
        });
        let (Some(parameter), true) = (self.parameter(function), self.scopes.len() < MAX_SCOPES)
        else {
            return;
        };
        self.scopes.push(Scope {
            range,
            parameter: Some(parameter),
            registered: prefix.as_ref().map(|_| (object, call.scope.clone())),
            parent: None,
            prefix: prefix.unwrap_or_default(),
            elements: Vec::new(),
            starts: false,
        });
    }

    fn function(&self, node: Node<'t>) -> Option<Node<'t>> {
        if is_function(node.kind()) {
            return Some(node);
        }
        match (node.kind(), self.code.meaning(node)) {
            ("identifier", Meaning::Function(function)) => Some(function),
            _ => None,
        }
    }

    fn parameter(&self, function: Node<'t>) -> Option<&'t str> {
        let single = function.child_by_field_name("parameter");
        let list = function.child_by_field_name("parameters");
        let first = single.or_else(|| list.and_then(|list| list.named_child(0)))?;
        Some(self.code.str(first.child_by_field_name("pattern").unwrap_or(first)))
    }

    /// Finds the scope that each plugin is registered in.
    fn connect(&mut self) {
        for index in 0..self.scopes.len() {
            let Some((object, scope)) = self.scopes[index].registered.clone() else { continue };
            self.scopes[index].parent =
                self.code.base(object).and_then(|base| self.scope(base, &scope));
        }
    }

    /// The scope that the identifier `name` stands for in the function `within`.
    fn scope(&mut self, name: Node<'t>, within: &Range<usize>) -> Option<usize> {
        match self.code.meaning(name) {
            Meaning::Parameter => {
                let text = Some(self.code.str(name));
                self.scopes.iter().position(|s| s.parameter == text && s.range == *within)
            }
            Meaning::Value(value) => {
                let range = value.byte_range();
                if let Some(known) =
                    self.scopes.iter().position(|s| s.range == range && s.parameter.is_none())
                {
                    return Some(known);
                }
                let symbol = self.code.dotted(value)?;
                if !self.facts.is_app(&symbol) || self.scopes.len() >= MAX_SCOPES {
                    return None;
                }
                self.scopes.push(Scope {
                    range,
                    parameter: None,
                    registered: None,
                    parent: None,
                    prefix: String::new(),
                    elements: Vec::new(),
                    starts: false,
                });
                Some(self.scopes.len() - 1)
            }
            _ => None,
        }
    }

    fn decorates(&mut self, call: Node<'t>) {
        let Some((_, "decorate")) = self.code.method(call) else { return };
        let args = self.code.args(call);
        let [name, value, ..] = args[..] else { return };
        if let Some(name) = self.code.string(name) {
            let function = self.function(value);
            self.decorated.entry(name).and_modify(|known| *known = None).or_insert(function);
        }
    }

    fn call(&mut self, call: &Call<'t>) {
        let receiver = self.code.method(call.node).and_then(|(object, method)| {
            Some((self.scope(self.code.base(object)?, &call.scope)?, method))
        });
        let Some((index, method)) = receiver else { return self.given_away(call) };
        match method {
            "addHook" => self.hook(index, call),
            "register" => self.register(index, call),
            "route" => self.full_route(index, call),
            _ if self.facts.is_verb(method) => self.route(index, call, method),
            _ if self.facts.starts(method) => self.scopes[index].starts = true,
            _ => {}
        }
    }

    fn given_away(&mut self, call: &Call<'t>) {
        for arg in
            self.code.args(call.node).into_iter().take(8).filter(|a| a.kind() == "identifier")
        {
            if let Some(index) = self.scope(arg, &call.scope) {
                self.unresolved(index, call.node, "given to a function that may add hooks");
            }
        }
    }

    fn unresolved(&mut self, index: usize, node: Node<'t>, why: &'static str) {
        if self.scopes[index].elements.len() > MAX_SCOPES {
            return;
        }
        self.scopes[index].elements.push(Element {
            symbol: String::new(),
            span: node.byte_range(),
            place: Place::App,
            prefix: String::new(),
            role: Role::Unresolved(why),
        });
    }

    fn hook(&mut self, index: usize, call: &Call<'t>) {
        let args = self.code.args(call.node);
        let name = args.first().and_then(|arg| self.code.string(*arg));
        if name.is_some_and(|name| !HOOKS.contains(&name))
            || self.scopes[index].elements.len() > MAX_SCOPES
        {
            return;
        }
        let place = if self.scopes[index].parameter.is_none() { Place::App } else { Place::Group };
        let mut found = args.get(1).map(|arg| self.elements(*arg, place)).unwrap_or_default();
        for element in &mut found {
            if call.conditional || name.is_none() {
                element.role = element.role.conditional();
            }
        }
        if self.scopes[index].elements.len() < MAX_SCOPES {
            self.scopes[index].elements.extend(found);
        } else {
            self.unresolved(index, call.node, "too many hooks");
        }
    }

    /// A plugin of another file may be lifted into this scope and add hooks.
    fn register(&mut self, index: usize, call: &Call<'t>) {
        let args = self.code.args(call.node);
        let Some(plugin) = args.first() else { return };
        let symbol = self.code.dotted(*plugin);
        let neutral = symbol.is_some_and(|symbol| self.facts.is_neutral(&symbol));
        if !neutral && self.function(*plugin).is_none() {
            self.unresolved(index, call.node, "a plugin of another file");
        }
    }

    fn route(&mut self, index: usize, call: &Call<'t>, method: &str) {
        let args = self.code.args(call.node);
        let Some(path) = args.first().and_then(|arg| self.code.string(*arg)) else { return };
        let options = args.get(1).filter(|_| args.len() > 2 || args[1].kind() == "object");
        let last = args.get(2).or(args.get(1).filter(|arg| arg.kind() != "object"));
        let verb = if method == "all" { "ANY".to_owned() } else { method.to_ascii_uppercase() };
        let span = call.node.start_byte()..args[0].end_byte();
        self.add(index, vec![verb], path, span, options.copied(), last.copied());
    }

    /// `app.route({ method, url, handler })`
    fn full_route(&mut self, index: usize, call: &Call<'t>) {
        let Some(options) = self.code.args(call.node).first().copied() else { return };
        let Some(pairs) = self.pairs(options) else { return };
        let value =
            |name: &str| pairs.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
        let path = value("url").or_else(|| value("path")).and_then(|node| self.code.string(node));
        let (Some(path), Some(method)) = (path, value("method")) else { return };
        let listed = if method.kind() == "array" { few(method) } else { vec![method] };
        let methods =
            listed.iter().filter_map(|node| self.code.string(*node)).map(str::to_ascii_uppercase);
        let span = call.node.start_byte()
            ..call.node.start_byte()
                + self.code.function(call.node).map_or(1, |f| f.byte_range().len());
        self.add(index, methods.collect(), path, span, Some(options), None);
    }

    fn add(
        &mut self,
        index: usize,
        methods: Vec<String>,
        path: &str,
        span: Range<usize>,
        options: Option<Node<'t>>,
        last: Option<Node<'t>>,
    ) {
        if self.routes.len() >= MAX_ROUTES {
            return;
        }
        let mut chain = Vec::new();
        let mut last = last;
        match options.map(|options| (options, self.pairs(options))) {
            Some((_, Some(pairs))) => {
                for (key, value) in pairs {
                    if HOOKS.contains(&key) {
                        chain.extend(self.elements(value, Place::Route));
                    } else if key == "handler" {
                        last = last.or(Some(value));
                    }
                }
            }
            Some((options, None)) => {
                chain.extend(script::elements(self.code, self.facts, options, Place::Route, ""))
            }
            None => {}
        }
        let elsewhere = (String::new(), Handler::Unknown("the handler is in another file"));
        let (symbol, handler) =
            last.map_or(elsewhere, |node| script::handler(self.code, self.facts, node));
        self.routes.push(Route {
            methods,
            path: path.to_owned(),
            symbol,
            span,
            family: index,
            reach: Reach::Elsewhere,
            chain,
            handler,
            contradiction: None,
        });
    }

    /// Keys and values of an object literal; None if it holds what cannot be read.
    fn pairs(&self, node: Node<'t>) -> Option<Vec<(&'t str, Node<'t>)>> {
        let object = match (node.kind(), self.code.meaning(node)) {
            ("object", _) => node,
            ("identifier", Meaning::Value(value)) if value.kind() == "object" => value,
            _ => return None,
        };
        let pair = |part: Node<'t>| match part.kind() {
            "pair" => {
                let key = self.code.str(part.child_by_field_name("key")?);
                Some((key.trim_matches(['"', '\'']), part.child_by_field_name("value")?))
            }
            "method_definition" => Some((self.code.str(part.child_by_field_name("name")?), part)),
            "shorthand_property_identifier" => Some((self.code.str(part), part)),
            _ => None,
        };
        few(object).into_iter().map(pair).collect()
    }

    /// Elements, with what this file decorates the application with.
    fn elements(&self, node: Node<'t>, place: Place) -> Vec<Element> {
        let parts = if node.kind() == "array" { few(node) } else { vec![node] };
        let mut found = Vec::new();
        for part in parts.into_iter().take(MAX_SCOPES) {
            let name = part.child_by_field_name("property").map(|property| self.code.str(property));
            let function = name.and_then(|name| self.decorated.get(name)).copied().flatten();
            let mut elements =
                script::elements(self.code, self.facts, function.unwrap_or(part), place, "");
            if let (Some(_), [only]) = (function, &mut elements[..]) {
                only.symbol = self.code.str(part).to_owned();
                only.span = part.byte_range();
            }
            found.extend(elements);
        }
        found
    }

    /// Adds what covers each route's scope and those around it.
    fn finish(self) -> Vec<Route> {
        let File { scopes, mut routes, .. } = self;
        for route in &mut routes {
            let mut at = route.family;
            for _ in 0..MAX_SCOPES {
                let scope = &scopes[at];
                route.chain.extend(scope.elements.iter().cloned());
                route.path = join(&scope.prefix, &route.path);
                let Some(parent) = scope.parent else { break };
                at = parent;
            }
            let root = &scopes[at];
            route.family = at;
            if root.parameter.is_none() && root.starts {
                route.reach = Reach::Root;
            }
        }
        routes
    }
}
