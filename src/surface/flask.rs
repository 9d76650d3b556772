//! Flask: decorators guard only below the route decorator, because the route
//! decorator registers the function that it is given. `before_request` covers
//! all routes of its application or blueprint, wherever it stands.

use tree_sitter::Node;

use super::code::{Code, Meaning};
use super::facts::Facts;
use super::guard::{self, Passes};
use super::kinds::{is_call, is_function};
use super::python::{Decorated, Owners, decorated, methods, name};
use super::route::{
    Certainty, Contradiction, Element, How, MAX_ROUTES, Place, Reach, Role, Route, Strength, join,
};

/// Routes of the file at hand.
pub(crate) fn routes(code: &Code<'_>, facts: &Facts, _path: &str) -> Vec<Route> {
    let mut file = File { code, facts, owners: Owners::default() };
    let functions: Vec<Decorated<'_>> = decorated(code).collect();
    for function in &functions {
        file.hooks(function);
    }
    for call in &code.calls {
        file.call(call.node, call.conditional);
    }
    let mut routes: Vec<Route> =
        functions.iter().flat_map(|f| file.declared(f)).take(MAX_ROUTES).collect();
    file.complete(&mut routes);
    routes
}

struct File<'c, 't> {
    code: &'c Code<'t>,
    facts: &'c Facts,
    owners: Owners<'t>,
}

/// Who a route decorator belongs to.
enum Receiver {
    Owner(usize),
    /// From another file, or something that cannot be told.
    Foreign,
}

impl<'t> File<'_, 't> {
    /// `@app.before_request`
    fn hooks(&mut self, item: &Decorated<'t>) {
        for decorator in &item.decorators {
            let hook = decorator.child_by_field_name("attribute").map(|a| self.code.str(a));
            let object = decorator.child_by_field_name("object");
            if let (Some("before_request" | "before_app_request"), Some(object)) = (hook, object) {
                self.hook(object, item.function, *decorator);
            }
        }
    }

    fn hook(&mut self, object: Node<'t>, function: Node<'t>, at: Node<'t>) {
        let Some(index) = self.owners.find(self.code, self.facts, object) else { return };
        let role = guard::middleware(self.code, self.facts, function, Passes::Return);
        let element = Element {
            symbol: name(self.code, function).to_owned(),
            span: at.byte_range(),
            place: Place::App,
            prefix: String::new(),
            role,
        };
        self.owners.add(index, element);
    }

    fn call(&mut self, call: Node<'t>, conditional: bool) {
        let args = self.code.args(call);
        if let Some((object, method)) = self.code.method(call)
            && let Some(index) = self.owners.find(self.code, self.facts, object)
        {
            match method {
                "before_request" => self.hook_call(index, object, call, &args, conditional),
                "register_blueprint" => self.mount(index, call, &args),
                _ => {}
            }
        }
        self.given_away(call, &args);
    }

    /// `app.before_request(load_user)`
    fn hook_call(
        &mut self,
        index: usize,
        object: Node<'t>,
        call: Node<'t>,
        args: &[Node<'t>],
        conditional: bool,
    ) {
        match args.first().map(|arg| self.code.meaning(*arg)) {
            Some(Meaning::Function(function)) if !conditional => self.hook(object, function, call),
            _ => self.owners.unresolved(index, call.byte_range(), "a hook of another file"),
        }
    }

    fn mount(&mut self, parent: usize, call: Node<'t>, args: &[Node<'t>]) {
        let Some(child) = args.first().and_then(|a| self.owners.find(self.code, self.facts, *a))
        else {
            return;
        };
        let prefix = self.code.keyword(call, "url_prefix");
        let prefix = prefix.map_or(Some(""), |node| self.code.string(node));
        let own = self.code.keyword(self.owners.0[child].made, "url_prefix");
        let own = own.and_then(|node| self.code.string(node)).unwrap_or_default();
        let owner = &mut self.owners.0[child];
        owner.mounts += 1;
        // A prefix at the mount replaces the blueprint's own.
        owner.parent =
            prefix.map(|prefix| (parent, if prefix.is_empty() { own } else { prefix }.to_owned()));
    }

    /// An application given to a function that may put hooks on it.
    fn given_away(&mut self, call: Node<'t>, args: &[Node<'t>]) {
        for arg in args.iter().take(8) {
            let value = if arg.kind() == "keyword_argument" {
                arg.child_by_field_name("value")
            } else {
                Some(*arg)
            };
            let Some(index) = value.and_then(|v| self.owners.find(self.code, self.facts, v)) else {
                continue;
            };
            let symbol = self.code.function(call).and_then(|function| self.code.dotted(function));
            let known = symbol.is_some_and(|s| self.facts.is_neutral(&s) || self.facts.is_app(&s))
                || self.code.method(call).is_some_and(|(_, method)| method == "register_blueprint");
            if !known {
                self.owners.unresolved(
                    index,
                    call.byte_range(),
                    "given to a function that may add hooks",
                );
            }
        }
    }

    /// The routes that the decorators of one function declare.
    fn declared(&mut self, item: &Decorated<'t>) -> Vec<Route> {
        let mut routes = Vec::new();
        // Many decorators on one function: each pair would be looked at.
        if item.decorators.len() > 16 {
            return routes;
        }
        let roles: Vec<Option<Element>> =
            item.decorators.iter().map(|d| self.element(*d)).collect();
        for (at, decorator) in item.decorators.iter().enumerate() {
            let Some((receiver, verb)) = self.route_decorator(*decorator) else { continue };
            let chain: Vec<Element> = roles[at + 1..].iter().flatten().cloned().collect();
            let above: Vec<&Element> =
                roles[..at].iter().flatten().filter(|e| e.guards()).collect();
            routes.extend(self.route(item, *decorator, verb, receiver, chain, &above));
        }
        routes
    }

    fn route_decorator(&mut self, decorator: Node<'t>) -> Option<(Receiver, &'t str)> {
        let (object, verb) = self.code.method(decorator).filter(|_| is_call(decorator.kind()))?;
        let path = self.code.args(decorator).first().and_then(|arg| self.code.string(*arg))?;
        if !self.facts.is_verb(verb) || !path.starts_with('/') && !path.is_empty() {
            return None;
        }
        let owner = self.owners.find(self.code, self.facts, object);
        Some((owner.map_or(Receiver::Foreign, Receiver::Owner), verb))
    }

    fn route(
        &mut self,
        item: &Decorated<'t>,
        decorator: Node<'t>,
        verb: &str,
        receiver: Receiver,
        chain: Vec<Element>,
        above: &[&Element],
    ) -> Option<Route> {
        let path = self.code.string(*self.code.args(decorator).first()?)?;
        let symbol = name(self.code, item.function).to_owned();
        let guarded = chain.iter().any(Element::guards);
        // On an object of another file only a guard of a Flask extension
        // proves that this is a Flask route.
        let foreign = matches!(receiver, Receiver::Foreign);
        let inert =
            above.iter().find(|g| !foreign || matches!(g.role, Role::Guard(How::Library, _)));
        let contradiction = inert.filter(|_| !guarded).map(|guard| inert_guard(guard));
        if foreign && contradiction.is_none() {
            return None;
        }
        Some(Route {
            methods: methods(self.code, decorator, verb),
            path: path.to_owned(),
            symbol,
            span: decorator.byte_range(),
            family: if let Receiver::Owner(index) = receiver { index } else { usize::MAX },
            reach: Reach::Elsewhere,
            chain,
            handler: guard::handler(
                self.code,
                self.facts,
                item.function.child_by_field_name("body")?,
            ),
            contradiction,
        })
    }

    /// What a decorator does before the function below it.
    fn element(&mut self, decorator: Node<'t>) -> Option<Element> {
        if self.route_decorator(decorator).is_some() {
            return None;
        }
        let function = self.code.function(decorator).unwrap_or(decorator);
        let arguments =
            decorator.child_by_field_name("arguments").map_or("", |list| self.code.str(list));
        let role = match self.code.dotted(function) {
            Some(symbol) if self.facts.is_guard(&symbol) => {
                let open = self.facts.is_optional(arguments);
                Role::Guard(How::Library, if open { Certainty::May } else { Certainty::Must })
            }
            Some(symbol) if self.facts.is_neutral(&symbol) => Role::Neutral,
            _ => self.defined(function),
        };
        Some(Element {
            symbol: self.code.str(function).to_owned(),
            span: decorator.byte_range(),
            place: Place::Route,
            prefix: String::new(),
            role,
        })
    }

    /// A decorator that is a function of this file.
    fn defined(&self, function: Node<'t>) -> Role {
        let elsewhere = Role::Unresolved("a decorator of another file");
        if function.kind() != "identifier" {
            return elsewhere;
        }
        let Meaning::Function(decorator) = self.code.meaning(function) else { return elsewhere };
        let wrapped = wrapped(self.code, decorator);
        match wrapped {
            Some(wrapped) => {
                guard::middleware(self.code, self.facts, decorator, Passes::Wrapped(wrapped))
            }
            // Without a function inside it wraps nothing.
            None => Role::Unresolved("a decorator that only marks"),
        }
    }

    /// Adds what covers whole applications and blueprints.
    fn complete(&mut self, routes: &mut [Route]) {
        for route in routes {
            let Some(owner) = self.owners.0.get(route.family) else { continue };
            route.chain.extend(owner.elements.iter().cloned());
            let root = match &owner.parent {
                Some((parent, prefix)) if owner.mounts == 1 => {
                    route.path = join(prefix, &route.path);
                    self.owners.0.get(*parent)
                }
                _ => Some(owner),
            };
            let Some(root) = root.filter(|root| root.is_app) else { continue };
            if root.made_at != owner.made_at {
                route.chain.extend(root.elements.iter().cloned());
            }
            // A module imported after the application may add hooks to it.
            if self.code.last_import < root.made_at {
                route.reach = Reach::Root;
            }
        }
    }
}

/// The parameter that a decorator calls in the function it returns.
fn wrapped<'t>(code: &Code<'t>, decorator: Node<'t>) -> Option<&'t str> {
    let mut at = decorator;
    for _ in 0..3 {
        let body = at.child_by_field_name("body")?;
        let inner = super::kinds::few(body).into_iter().find_map(|part| match part.kind() {
            "decorated_definition" => part.child_by_field_name("definition"),
            kind if is_function(kind) => Some(part),
            _ => None,
        })?;
        let first = at.child_by_field_name("parameters").and_then(|list| list.named_child(0));
        let parameter = first.map(|node| {
            if node.kind() == "identifier" { node } else { node.named_child(0).unwrap_or(node) }
        });
        let parameter = parameter.map(|node| code.str(node)).filter(|name| !name.is_empty());
        if let Some(parameter) = parameter
            && calls(code, inner, parameter)
        {
            return Some(parameter);
        }
        at = inner;
    }
    None
}

/// Whether `function` itself, not a function in it, calls `wanted`.
fn calls<'t>(code: &Code<'t>, function: Node<'t>, wanted: &str) -> bool {
    let Some(body) = function.child_by_field_name("body") else { return false };
    let mut found = false;
    crate::syntax::nodes::walk(body, |node| {
        let name = code.function(node).map(|function| code.str(function));
        found |= is_call(node.kind()) && name == Some(wanted);
        !found && !is_function(node.kind()) && code.may_visit()
    });
    found
}

fn inert_guard(guard: &Element) -> Contradiction {
    Contradiction {
        message: format!(
            "`@{}` stands above the route decorator and protects nothing",
            guard.symbol
        ),
        strength: Strength::Certain,
        related: (guard.span.clone(), "move it below the route decorator".to_owned()),
    }
}
