//! NestJS: guards stand on methods, on the class, or are global in a module that
//! another file holds. A class that puts a guard that asks for a login on single
//! methods shows that there is no global one; then the method that lacks it is open.

use tree_sitter::Node;

use super::code::Code;
use super::facts::Facts;
use super::guard;
use super::kinds::{children, few};
use super::route::{
    Certainty, Contradiction, Element, Handler, How, MAX_ROUTES, Place, Reach, Role, Route,
    Strength, join,
};

/// What registers a guard for the whole application.
const GLOBAL: [&str; 2] = ["APP_GUARD", "useGlobalGuards"];

/// Routes of the file at hand.
pub(crate) fn routes(code: &Code<'_>, facts: &Facts, _path: &str) -> Vec<Route> {
    let global = GLOBAL.iter().any(|name| code.holds(name));
    let mut routes = Vec::new();
    let classes = code.items.iter().filter(|item| item.kind().ends_with("class_declaration"));
    for (family, class) in classes.enumerate() {
        let mut own = controller(code, facts, *class, &on_class(*class), family);
        if !global {
            open_ones(&mut own);
        }
        routes.extend(own);
        if routes.len() >= MAX_ROUTES {
            break;
        }
    }
    routes
}

/// The decorators of a class, which stand before `export` or after it.
fn on_class(class: Node<'_>) -> Vec<Node<'_>> {
    let export = class.parent().filter(|parent| parent.kind() == "export_statement");
    let mut all = export.map(decorators).unwrap_or_default();
    all.extend(decorators(class));
    all
}

fn decorators(node: Node<'_>) -> Vec<Node<'_>> {
    few(node).into_iter().filter(|part| part.kind() == "decorator").collect()
}

/// Name and arguments of a decorator.
fn decorator<'t>(code: &Code<'t>, node: Node<'t>) -> Option<(&'t str, Option<Node<'t>>)> {
    let inner = node.named_child(0)?;
    match inner.child_by_field_name("function") {
        Some(function) => Some((code.str(function), inner.child_by_field_name("arguments"))),
        None => Some((code.str(inner), None)),
    }
}

fn controller<'t>(
    code: &Code<'t>,
    facts: &Facts,
    class: Node<'t>,
    on_class: &[Node<'t>],
    family: usize,
) -> Vec<Route> {
    let named = on_class.iter().filter_map(|node| decorator(code, *node));
    let router = named.clone().find(|(name, _)| facts.is_router(name));
    let Some((_, arguments)) = router else { return Vec::new() };
    let prefix = path(code, arguments);
    let mut shared: Vec<Element> =
        on_class.iter().flat_map(|node| elements(code, facts, *node, Place::Class)).collect();
    if few(class).iter().any(|part| part.kind() == "class_heritage") {
        shared.push(element(class, "", Place::Class, Role::Unresolved("a base class")));
    }
    let mut routes = Vec::new();
    let mut own = Vec::new();
    for member in class.child_by_field_name("body").map(children).unwrap_or_default() {
        match member.kind() {
            "decorator" => own.push(member),
            "method_definition" if routes.len() < MAX_ROUTES => {
                own.extend(decorators(member));
                routes.extend(route(code, facts, (member, &own), (prefix, &shared, family)));
                own.clear();
            }
            _ => own.clear(),
        }
    }
    routes
}

fn route<'t>(
    code: &Code<'t>,
    facts: &Facts,
    (method, own): (Node<'t>, &[Node<'t>]),
    (prefix, shared, family): (&str, &[Element], usize),
) -> Option<Route> {
    let verb = own.iter().find_map(|node| {
        let (name, arguments) = decorator(code, *node)?;
        facts.is_verb(name).then_some((*node, name, arguments))
    });
    let (node, verb, arguments) = verb?;
    let mut chain = shared.to_vec();
    chain.extend(own.iter().flat_map(|node| elements(code, facts, *node, Place::Route)));
    let methods = if verb == "All" { Vec::new() } else { vec![verb.to_ascii_uppercase()] };
    Some(Route {
        methods,
        path: join(prefix, path(code, arguments)),
        symbol: method.child_by_field_name("name").map_or("", |name| code.str(name)).to_owned(),
        span: node.byte_range(),
        family,
        reach: Reach::Elsewhere,
        chain,
        handler: guard::method(code, facts, method),
        contradiction: None,
    })
}

/// What a decorator does about authentication; none for the route itself.
fn elements<'t>(code: &Code<'t>, facts: &Facts, node: Node<'t>, place: Place) -> Vec<Element> {
    let Some((name, arguments)) = decorator(code, node) else { return Vec::new() };
    if facts.is_verb(name) || facts.is_router(name) || facts.is_neutral(name) {
        return Vec::new();
    }
    if name != "UseGuards" {
        let role = match () {
            () if facts.is_public(name) => Role::Public,
            () if facts.is_guard(name) => Role::Guard(How::Library, Certainty::Must),
            () => Role::Unresolved("a decorator that may hold a guard"),
        };
        return vec![element(node, name, place, role)];
    }
    let guards = arguments.map(few).unwrap_or_default();
    guards.into_iter().map(|guard| element(node, name, place, role(code, facts, guard))).collect()
}

/// `JwtAuthGuard`, `AuthGuard('jwt')`, `new AuthGuard()`.
fn role<'t>(code: &Code<'t>, facts: &Facts, guard: Node<'t>) -> Role {
    let named = guard.child_by_field_name("function");
    let named = named.or_else(|| guard.child_by_field_name("constructor")).unwrap_or(guard);
    if facts.is_optional(code.str(guard)) || facts.is_optional(code.str(named)) {
        return Role::Public;
    }
    match facts.is_guard(code.str(named)) {
        true => Role::Guard(How::Library, Certainty::Must),
        false => Role::Unresolved("a guard of the project"),
    }
}

fn element(node: Node<'_>, name: &str, place: Place, role: Role) -> Element {
    let symbol = format!("@{name}");
    Element { symbol, span: node.byte_range(), place, prefix: String::new(), role }
}

/// The path that a decorator is given: a string, or `{ path: "…" }`.
fn path<'t>(code: &Code<'t>, arguments: Option<Node<'t>>) -> &'t str {
    let Some(first) = arguments.and_then(|arguments| arguments.named_child(0)) else { return "" };
    let pairs = if first.kind() == "object" { few(first) } else { Vec::new() };
    let is_path =
        |pair: &Node<'t>| pair.child_by_field_name("key").is_some_and(|k| code.str(k) == "path");
    let value = pairs.into_iter().find(is_path).and_then(|pair| pair.child_by_field_name("value"));
    code.string(value.unwrap_or(first)).unwrap_or_default()
}

/// Marks the methods that change state without the guard that others of their
/// class have, each by itself.
fn open_ones(routes: &mut [Route]) {
    let on_method =
        |route: &Route| route.chain.iter().find(|e| e.guards() && e.place == Place::Route).cloned();
    let is_open = |route: &Route| {
        route.changes_state() && route.chain.is_empty() && route.handler == Handler::Plain
    };
    let guarded: Vec<Element> =
        routes.iter().filter(|route| route.changes_state()).filter_map(on_method).collect();
    let open = routes.iter().filter(|route| is_open(route)).count();
    // Where more are open than guarded, that is the habit.
    let Some(guard) = guarded.first().filter(|_| open <= guarded.len()).cloned() else { return };
    for route in routes.iter_mut().filter(|route| is_open(route)) {
        let removes = route.methods.iter().any(|method| method != "POST");
        route.contradiction = Some(Contradiction {
            message: "it has no guard, and other methods of this controller have one".to_owned(),
            strength: if removes { Strength::Likely } else { Strength::Deviation },
            related: (guard.span.clone(), format!("`{}` guards a sibling", guard.symbol)),
        });
    }
}
