//! Express: order decides. `use` covers what is registered after it, on the
//! same router, under its path. Handlers are the last argument, everything
//! before is an element.

use std::ops::Range;

use tree_sitter::Node;

use super::code::{Call, Code, Meaning};
use super::facts::Facts;
use super::kinds::is_string;
use super::route::{Element, MAX_ROUTES, Place, Reach, Role, Route, is_under, join};
use super::script;

/// Elements that one router may gather; with more its routes are unknown.
const MAX_USES: usize = 200;

/// An application or router made in this file.
struct Router {
    /// Where the name is given its value: what tells two routers apart.
    made_at: usize,
    scope: Range<usize>,
    is_app: bool,
    listens: bool,
    /// Exported, or given to a function that is not in this file.
    shared: bool,
    uses: Vec<Element>,
    mount: Option<Mount>,
}

/// Where a router is mounted in this file.
struct Mount {
    parent: usize,
    prefix: String,
    /// Elements of the parent that were there by then, and those of the mount.
    before: Vec<Element>,
    times: usize,
}

/// Routes of the file at hand.
pub(crate) fn routes(code: &Code<'_>, facts: &Facts, _path: &str) -> Vec<Route> {
    let mut file = File { code, facts, routers: Vec::new(), routes: Vec::new() };
    for call in &code.calls {
        file.call(call);
    }
    file.finish()
}

struct File<'c, 't> {
    code: &'c Code<'t>,
    facts: &'c Facts,
    routers: Vec<Router>,
    routes: Vec<Route>,
}

impl<'t> File<'_, 't> {
    fn call(&mut self, call: &Call<'t>) {
        let Some((object, method)) = self.code.method(call.node) else {
            return self.given_away(call.node);
        };
        let receiver = self.code.base(object).and_then(|base| self.router(base));
        let Some(index) = receiver else { return self.given_away(call.node) };
        if self.routers[index].scope != call.scope {
            // Runs when that function is called, nobody knows when.
            self.out_of_order(index, call.node, method);
            return;
        }
        match method {
            "use" => self.uses(index, call),
            "param" => self.unresolved(index, call.node, "a parameter handler"),
            "listen" => self.routers[index].listens = true,
            _ if self.facts.is_verb(method) => self.route(index, call, object, method),
            _ => {}
        }
    }

    /// The router that the identifier `name` stands for.
    fn router(&mut self, name: Node<'t>) -> Option<usize> {
        let Meaning::Value(value) = self.code.meaning(name) else { return None };
        if let Some(known) = self.routers.iter().position(|r| r.made_at == value.start_byte()) {
            return Some(known);
        }
        let symbol = self.code.dotted(value)?;
        let is_app = self.facts.is_app(&symbol);
        if !is_app && !self.facts.is_router(&symbol) || self.routers.len() >= MAX_USES {
            return None;
        }
        self.routers.push(Router {
            made_at: value.start_byte(),
            scope: self.scope_of(value),
            is_app,
            listens: false,
            shared: !is_app && self.code.is_exported(self.code.str(name)),
            uses: Vec::new(),
            mount: None,
        });
        Some(self.routers.len() - 1)
    }

    /// The function that the call `value` stands in.
    fn scope_of(&self, value: Node<'t>) -> Range<usize> {
        let of = self.code.calls.binary_search_by_key(&value.end_byte(), |c| c.node.end_byte());
        of.map_or(self.code.root.byte_range(), |at| self.code.calls[at].scope.clone())
    }

    /// A router as an argument of a function: it may put anything before what
    /// follows. Servers only start it.
    fn given_away(&mut self, call: Node<'t>) {
        let args = self.code.args(call);
        let symbol = self.code.function(call).and_then(|function| self.code.dotted(function));
        let starts = symbol.as_deref().is_some_and(|symbol| self.facts.starts(symbol));
        for arg in args.into_iter().take(8).filter(|arg| arg.kind() == "identifier") {
            let Some(index) = self.router(arg) else { continue };
            if starts {
                self.routers[index].listens = true;
            } else if !symbol.as_deref().is_some_and(|symbol| self.facts.is_neutral(symbol)) {
                self.unresolved(index, call, "given to a function that may add guards");
                self.routers[index].shared |= !self.routers[index].is_app;
            }
        }
    }

    fn out_of_order(&mut self, index: usize, call: Node<'t>, method: &str) {
        match method {
            "listen" => self.routers[index].listens = true,
            "use" => {
                self.unresolved(index, call, "middleware added by a function");
                for route in self.routes.iter_mut().filter(|route| route.family == index) {
                    route.reach = Reach::Elsewhere;
                }
            }
            _ => {}
        }
    }

    fn unresolved(&mut self, index: usize, node: Node<'t>, why: &'static str) {
        self.add(
            index,
            vec![Element {
                symbol: String::new(),
                span: node.byte_range(),
                place: Place::App,
                prefix: String::new(),
                role: Role::Unresolved(why),
            }],
        );
    }

    fn add(&mut self, index: usize, elements: Vec<Element>) {
        let uses = &mut self.routers[index].uses;
        uses.extend(elements);
        if uses.len() >= MAX_USES {
            self.routers[index].shared = true;
        }
    }

    fn uses(&mut self, index: usize, call: &Call<'t>) {
        if self.routers[index].uses.len() >= MAX_USES {
            return;
        }
        let args = self.code.args(call.node);
        let Some((prefix, rest)) = self.prefixed(&args) else {
            return self.unresolved(index, call.node, "a path that is computed");
        };
        for arg in rest {
            if arg.kind() == "identifier"
                && let Some(child) = self.router(*arg)
            {
                self.mount(index, child, &prefix);
                continue;
            }
            let place = if self.routers[index].is_app { Place::App } else { Place::Router };
            let mut elements = script::elements(self.code, self.facts, *arg, place, &prefix);
            for element in elements.iter_mut().filter(|_| call.conditional) {
                element.role = element.role.conditional();
            }
            self.add(index, elements);
        }
    }

    /// The path that `use` starts with, if any, and its other arguments; None
    /// if the first argument is a path that cannot be told.
    fn prefixed<'a>(&self, args: &'a [Node<'t>]) -> Option<(String, &'a [Node<'t>])> {
        let Some(first) = args.first() else { return Some((String::new(), args)) };
        if let Some(path) = self.code.string(*first) {
            let fixed = path.split(['*', ':', '(', '{']).next().unwrap_or_default();
            return Some((fixed.trim_end_matches('/').to_owned(), &args[1..]));
        }
        let is_path = is_string(first.kind()) || first.kind() == "regex";
        let paths =
            first.kind() == "array" && first.named_child(0).is_some_and(|n| is_string(n.kind()));
        (!is_path && !paths).then(|| (String::new(), args))
    }

    fn mount(&mut self, parent: usize, child: usize, prefix: &str) {
        let before = covering(&self.routers[parent].uses, prefix);
        let mount = &mut self.routers[child].mount;
        let times = mount.as_ref().map_or(1, |mount| mount.times + 1);
        *mount = Some(Mount { parent, prefix: prefix.to_owned(), before, times });
    }

    fn route(&mut self, index: usize, call: &Call<'t>, object: Node<'t>, method: &str) {
        if self.routes.len() >= MAX_ROUTES {
            return;
        }
        let args = self.code.args(call.node);
        let (path, rest) = match self.chained(object) {
            Some(path) => (self.code.string(path), &args[..]),
            None if args.len() > 1 => (self.code.string(args[0]), &args[1..]),
            None => return,
        };
        let (Some(path), Some((last, elements))) = (path, rest.split_last()) else { return };
        let mut chain = covering(&self.routers[index].uses, path);
        for node in elements {
            chain.extend(script::elements(self.code, self.facts, *node, Place::Route, ""));
        }
        if method == "all" {
            self.passing(index, path, elements, *last);
        }
        let (symbol, handler) = script::handler(self.code, self.facts, *last);
        let verb = if method == "all" { "ANY".to_owned() } else { method.to_ascii_uppercase() };
        self.routes.push(Route {
            methods: vec![if verb == "DEL" { "DELETE".to_owned() } else { verb }],
            path: path.to_owned(),
            symbol,
            span: self.span(call.node, path),
            family: index,
            reach: Reach::Root,
            chain,
            handler,
            contradiction: None,
        });
    }

    /// `app.all("/api/*", guard)`: a guard in the place of a handler.
    fn passing(&mut self, index: usize, path: &str, elements: &[Node<'t>], last: Node<'t>) {
        let prefix = path.split(['*', ':', '(', '{']).next().unwrap_or_default();
        for node in elements.iter().chain([&last]) {
            let found = script::elements(self.code, self.facts, *node, Place::Router, prefix);
            self.add(index, found);
        }
    }

    /// The path of `app.route(path).get(…)`.
    fn chained(&self, object: Node<'t>) -> Option<Node<'t>> {
        let mut at = object;
        for _ in 0..16 {
            let (inner, method) = self.code.method(at)?;
            if method == "route" {
                return self.code.args(at).first().copied();
            }
            at = inner;
        }
        None
    }

    /// The first line of the call: `app.post("/orders"`.
    fn span(&self, call: Node<'t>, _path: &str) -> Range<usize> {
        let args = call.child_by_field_name("arguments");
        let name = self.code.function(call).and_then(|f| f.child_by_field_name("property"));
        let start = match name {
            // In a chain the call starts lines above.
            Some(name) if name.start_position().row != call.start_position().row => {
                name.start_byte()
            }
            _ => call.start_byte(),
        };
        let end = args.and_then(|args| args.named_child(0)).map(|first| first.end_byte());
        let end = end.filter(|end| *end < start + 200).unwrap_or(start + 1);
        start..end.max(start + 1).min(self.code.text.len())
    }

    /// Adds what the routers' mounts bring.
    fn finish(mut self) -> Vec<Route> {
        let mut routes = std::mem::take(&mut self.routes);
        for route in &mut routes {
            let router = &self.routers[route.family];
            let open = route.reach == Reach::Root;
            let (family, reach) = match &router.mount {
                _ if router.shared => (route.family, Reach::Elsewhere),
                None => (
                    route.family,
                    if router.is_app && router.listens { Reach::Root } else { Reach::Elsewhere },
                ),
                Some(mount) => {
                    let parent = &self.routers[mount.parent];
                    let single =
                        mount.times == 1 && parent.is_app && parent.listens && !router.is_app;
                    route.path = join(&mount.prefix, &route.path);
                    route.chain.splice(0..0, mount.before.iter().cloned());
                    (route.family, if single { Reach::Root } else { Reach::Elsewhere })
                }
            };
            route.family = family;
            route.reach = if open { reach } else { Reach::Elsewhere };
        }
        routes
    }
}

/// The elements that cover `path`.
fn covering(uses: &[Element], path: &str) -> Vec<Element> {
    uses.iter().filter(|element| is_under(path, &element.prefix)).cloned().collect()
}
