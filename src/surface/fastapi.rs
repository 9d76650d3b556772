//! FastAPI: dependencies come from the application, the include, the router,
//! the decorator and the signature, and run before the handler. An application
//! that is mounted inherits none of them.

mod depends;

use tree_sitter::Node;

use super::code::Code;
use super::facts::Facts;
use super::guard::{self, Passes};
use super::python::{Decorated, Owners, decorated, methods, name};
use super::route::{Contradiction, Element, MAX_ROUTES, Place, Reach, Role, Route, Strength, join};

/// Dependencies of dependencies are followed this far.
const MAX_DEPTH: usize = 4;

/// Routes of the file at hand.
pub(crate) fn routes(code: &Code<'_>, facts: &Facts, _path: &str) -> Vec<Route> {
    let mut file = File { code, facts, owners: Owners::default(), mounted: Vec::new() };
    let functions: Vec<Decorated<'_>> = decorated(code).collect();
    for function in &functions {
        file.middleware(function);
    }
    for call in &code.calls {
        file.call(call.node);
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
    /// Applications mounted on others: child, parent, path.
    mounted: Vec<(usize, usize, String)>,
}

impl<'t> File<'_, 't> {
    /// `@app.middleware("http")`
    fn middleware(&mut self, item: &Decorated<'t>) {
        for decorator in &item.decorators {
            let Some((object, "middleware")) = self.code.method(*decorator) else { continue };
            let Some(index) = self.owners.find(self.code, self.facts, object) else { continue };
            let passes = Passes::Wrapped("call_next");
            let role = guard::middleware(self.code, self.facts, item.function, passes);
            let element = Element {
                symbol: name(self.code, item.function).to_owned(),
                span: decorator.byte_range(),
                place: Place::App,
                prefix: String::new(),
                // It runs for every path, and may choose among them.
                role: role.conditional(),
            };
            self.owners.add(index, element);
        }
    }

    fn call(&mut self, call: Node<'t>) {
        let args = self.code.args(call);
        let owner = self.code.method(call).and_then(|(object, method)| {
            Some((self.owners.find(self.code, self.facts, object)?, method))
        });
        match owner {
            Some((parent, "include_router")) => self.include(parent, call, &args),
            Some((parent, "mount")) => self.mount(parent, &args),
            Some((parent, "add_middleware")) => self.add_middleware(parent, call, &args),
            _ => self.given_away(call, &args),
        }
    }

    fn add_middleware(&mut self, parent: usize, call: Node<'t>, args: &[Node<'t>]) {
        let symbol = args.first().and_then(|class| self.code.dotted(*class));
        if !symbol.is_some_and(|symbol| self.facts.is_neutral(&symbol)) {
            self.owners.unresolved(parent, call.byte_range(), "middleware of another module");
        }
    }

    fn include(&mut self, parent: usize, call: Node<'t>, args: &[Node<'t>]) {
        let child = args.first().and_then(|arg| self.owners.find(self.code, self.facts, *arg));
        let Some(child) = child else { return };
        let prefix = match self.code.keyword(call, "prefix") {
            Some(node) => self.code.string(node),
            None => Some(""),
        };
        let list = self.code.keyword(call, "dependencies");
        let elements =
            self.dependencies(list.map(|list| (list, Place::Group)).into_iter().collect());
        let owner = &mut self.owners.0[child];
        owner.mounts += 1;
        // Included twice, its routes have two places, which nobody follows.
        if owner.mounts == 1 {
            owner.elements.extend(elements);
        }
        owner.parent = prefix.map(|prefix| (parent, prefix.to_owned()));
    }

    /// `app.mount("/internal", other)`
    fn mount(&mut self, parent: usize, args: &[Node<'t>]) {
        let [path, child, ..] = args else { return };
        let child = if child.kind() == "keyword_argument" {
            child.child_by_field_name("value")
        } else {
            Some(*child)
        };
        let child = child.and_then(|child| self.owners.find(self.code, self.facts, child));
        if let (Some(child), Some(path)) = (child, self.code.string(*path)) {
            self.mounted.push((child, parent, path.to_owned()));
        }
    }

    fn given_away(&mut self, call: Node<'t>, args: &[Node<'t>]) {
        for arg in args.iter().take(8) {
            let Some(index) = self.owners.find(self.code, self.facts, *arg) else { continue };
            let symbol = self.code.function(call).and_then(|function| self.code.dotted(function));
            if !symbol
                .is_some_and(|symbol| self.facts.is_neutral(&symbol) || symbol == "uvicorn.run")
            {
                self.owners.unresolved(
                    index,
                    call.byte_range(),
                    "given to a function that may add guards",
                );
            }
        }
    }

    fn declared(&mut self, item: &Decorated<'t>) -> Vec<Route> {
        let mut routes = Vec::new();
        if item.decorators.len() > 16 {
            return routes;
        }
        for (at, decorator) in item.decorators.iter().enumerate() {
            let Some((object, verb)) = self.code.method(*decorator) else { continue };
            let path = self.code.args(*decorator).first().and_then(|arg| self.code.string(*arg));
            let (true, Some(path)) = (self.facts.is_verb(verb), path) else { continue };
            let Some(family) = self.owners.find(self.code, self.facts, object) else { continue };
            let list = self.code.keyword(*decorator, "dependencies");
            let mut open: Vec<(Node<'t>, Place)> =
                list.map(|l| (l, Place::Route)).into_iter().collect();
            open.extend(item.function.child_by_field_name("parameters").map(|p| (p, Place::Param)));
            let mut chain = self.dependencies(open);
            chain.extend(self.wrapping(&item.decorators[at + 1..]));
            let Some(body) = item.function.child_by_field_name("body") else { continue };
            routes.push(Route {
                methods: methods(self.code, *decorator, verb),
                path: path.to_owned(),
                symbol: name(self.code, item.function).to_owned(),
                span: decorator.byte_range(),
                family,
                reach: Reach::Elsewhere,
                chain,
                handler: guard::handler(self.code, self.facts, body),
                contradiction: None,
            });
        }
        routes
    }

    /// Decorators below the route's, which wrap the handler.
    fn wrapping(&self, decorators: &[Node<'t>]) -> Vec<Element> {
        let other = decorators.iter().filter(|decorator| {
            let verb =
                self.code.method(**decorator).is_some_and(|(_, verb)| self.facts.is_verb(verb));
            let symbol = self.code.dotted(self.code.function(**decorator).unwrap_or(**decorator));
            !verb && !symbol.is_some_and(|symbol| self.facts.is_neutral(&symbol))
        });
        other
            .map(|decorator| {
                self.element(*decorator, Place::Route, Role::Unresolved("a decorator"))
            })
            .collect()
    }

    fn element(&self, node: Node<'t>, place: Place, role: Role) -> Element {
        let target = target(self.code, node).unwrap_or(node);
        Element {
            symbol: self.code.str(target).to_owned(),
            span: node.byte_range(),
            place,
            prefix: String::new(),
            role,
        }
    }

    fn complete(&mut self, routes: &mut [Route]) {
        let own: Vec<Vec<Element>> =
            self.owners.0.iter().map(|owner| self.constructed(owner.made)).collect();
        for (owner, elements) in self.owners.0.iter_mut().zip(own) {
            owner.elements.extend(elements);
        }
        for route in routes {
            self.complete_route(route);
        }
    }

    /// Dependencies given to a constructor.
    fn constructed(&self, made: Node<'t>) -> Vec<Element> {
        let list = self.code.keyword(made, "dependencies");
        let mut elements =
            self.dependencies(list.map(|list| (list, Place::App)).into_iter().collect());
        let known = [
            "dependencies", "prefix", "tags", "title", "version", "description", "responses",
            "docs_url", "redoc_url", "openapi_url", "debug", "lifespan", "root_path", "summary",
            "contact", "license_info", "openapi_tags", "redirect_slashes",
            "default_response_class",
        ];
        let other = self.code.args(made).into_iter().any(|arg| {
            arg.child_by_field_name("name").is_none_or(|name| !known.contains(&self.code.str(name)))
        });
        if other {
            elements.push(self.element(
                made,
                Place::App,
                Role::Unresolved("arguments that may add guards"),
            ));
        }
        elements
    }

    fn complete_route(&self, route: &mut Route) {
        let mut at = route.family;
        for _ in 0..MAX_DEPTH {
            let owner = &self.owners.0[at];
            route.chain.extend(owner.elements.iter().cloned());
            let own = self
                .code
                .keyword(owner.made, "prefix")
                .map_or(Some(""), |node| self.code.string(node));
            let Some(own) = own else { return };
            route.path = join(own, &route.path);
            match &owner.parent {
                Some((parent, prefix)) if owner.mounts == 1 && !owner.is_app => {
                    route.path = join(prefix, &route.path);
                    at = *parent;
                }
                _ if owner.is_app => return self.under_root(route, at),
                _ => return,
            }
        }
    }

    fn under_root(&self, route: &mut Route, app: usize) {
        let Some((_, parent, path)) = self.mounted.iter().find(|(child, ..)| *child == app) else {
            route.reach = Reach::Root;
            return;
        };
        route.path = join(path, &route.path);
        let parent = &self.owners.0[*parent];
        let guard =
            parent.elements.iter().find(|element| element.guards() && element.place == Place::App);
        // Middleware of the parent does run for what is mounted on it.
        let middleware = parent.elements.iter().any(|e| !e.guards() && e.role != Role::Neutral);
        if let Some(guard) =
            guard.filter(|_| !middleware && route.chain.iter().all(|e| e.role == Role::Neutral))
        {
            route.contradiction = Some(Contradiction {
                message: "a mounted application does not inherit the dependencies of its parent"
                    .to_owned(),
                strength: Strength::Likely,
                related: (guard.span.clone(), "guards only the routes of the parent".to_owned()),
            });
        }
    }
}

/// The argument of `Depends(x)`.
fn target<'t>(code: &Code<'t>, call: Node<'t>) -> Option<Node<'t>> {
    let first = code.args(call).into_iter().find(|arg| arg.kind() != "keyword_argument");
    first.or_else(|| code.keyword(call, "dependency"))
}
