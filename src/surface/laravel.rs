//! Laravel: a routes file is a list of chains, `Route::middleware(…)->group(…)`.
//! Middleware is named by alias; the framework's own aliases are known. A
//! controller is another file, and may add middleware of its own.

use std::ops::Range;

use tree_sitter::Node;

use super::code::Code;
use super::facts::Facts;
use super::guard;
use super::kinds::{children, few, is_function};
use super::route::{
    Certainty, Contradiction, Element, Handler, How, MAX_ROUTES, Place, Reach, Role, Route,
    Strength, is_under, join,
};

/// Calls of one chain.
const MAX_CHAIN: usize = 40;
/// Groups of one file, elements before one route.
const MAX_GROUPS: usize = 500;
const MAX_ELEMENTS: usize = 64;

/// What the groups around a route give it.
#[derive(Clone, Default)]
struct Group {
    prefix: String,
    elements: Vec<Element>,
    controller: Option<String>,
}

/// A call of a chain.
struct Step<'t> {
    method: &'t str,
    args: Vec<Node<'t>>,
    end: usize,
}

/// Routes of the file at hand.
pub(crate) fn routes(code: &Code<'_>, facts: &Facts, path: &str) -> Vec<Route> {
    let mut file = File { code, facts, routes: Vec::new(), controllers: Vec::new() };
    let mut open = vec![(code.root, Group::default())];
    let mut groups = 0;
    while let Some((body, group)) = open.pop() {
        for statement in children(body) {
            let inner = file.statement(statement, &group);
            groups += inner.len();
            if groups < MAX_GROUPS {
                open.extend(inner);
            }
        }
    }
    let File { mut routes, controllers, .. } = file;
    // The framework loads these two without a guard; others come in a group
    // that some provider gives them.
    let known = ["routes/web.php", "routes/api.php"].iter().any(|name| path.ends_with(name));
    for route in &mut routes {
        route.reach = if known { Reach::Root } else { Reach::Elsewhere };
    }
    if known {
        outside(&mut routes, &controllers);
    }
    routes
}

struct File<'c, 't> {
    code: &'c Code<'t>,
    facts: &'c Facts,
    routes: Vec<Route>,
    /// The controller of each route.
    controllers: Vec<Option<String>>,
}

impl<'t> File<'_, 't> {
    /// Reads a statement; returns the groups it opens.
    fn statement(&mut self, statement: Node<'t>, around: &Group) -> Vec<(Node<'t>, Group)> {
        let expression = match statement.kind() {
            "expression_statement" => statement.named_child(0),
            // `fn () => Route::…`
            _ => Some(statement),
        };
        let Some(steps) = expression.and_then(|expression| self.chain(expression)) else {
            return Vec::new();
        };
        let mut group = around.clone();
        let mut without = Vec::new();
        let mut inner = Vec::new();
        for step in &steps {
            self.apply(step, &mut group, &mut without);
            if step.method == "group" {
                inner.extend(self.opened(step, &mut group));
            }
        }
        if let Some(body) = inner.pop() {
            return vec![(body, group)];
        }
        let start = statement.start_byte();
        if let Some(step) = steps.iter().find(|step| self.facts.is_verb(step.method)) {
            self.route(step, &steps, start..step.end, group, &without);
        }
        Vec::new()
    }

    /// The calls of `Route::a()->b()->c()`, first to last.
    fn chain(&self, expression: Node<'t>) -> Option<Vec<Step<'t>>> {
        let mut steps = Vec::new();
        let mut at = expression;
        for _ in 0..MAX_CHAIN {
            let name = at.child_by_field_name("name")?;
            let arguments = at.child_by_field_name("arguments")?;
            let args: Vec<Node<'t>> =
                few(arguments).into_iter().filter_map(|argument| few(argument).pop()).collect();
            let end = args.first().map_or(name.end_byte(), Node::end_byte);
            steps.push(Step { method: self.code.str(name), args, end });
            match at.kind() {
                "member_call_expression" => at = at.child_by_field_name("object")?,
                "scoped_call_expression" => {
                    let facade = self.code.str(at.child_by_field_name("scope")?);
                    steps.reverse();
                    let known = matches!(facade.rsplit('\\').next(), Some("Route"));
                    return known.then_some(steps);
                }
                _ => return None,
            }
        }
        None
    }

    /// What a call of a chain adds to the routes it is about.
    fn apply(&self, step: &Step<'t>, group: &mut Group, without: &mut Vec<String>) {
        match step.method {
            "middleware" => self.middleware(&step.args, Place::Group, group),
            "withoutMiddleware" => {
                without.extend(self.names(&step.args).into_iter().map(|(name, _)| name))
            }
            "can" => group.elements.push(self.element(
                "can",
                step.args.first().map(Node::byte_range),
                Place::Route,
                group,
            )),
            "prefix" => {
                let prefix =
                    step.args.first().and_then(|arg| self.code.string(*arg)).unwrap_or("{}");
                group.prefix = join(&group.prefix, prefix);
            }
            "controller" => group.controller = step.args.first().map(|arg| self.class(*arg)),
            _ => {}
        }
    }

    /// The body of the closure that a group is given, with its attributes.
    fn opened(&self, step: &Step<'t>, group: &mut Group) -> Option<Node<'t>> {
        let closure = step.args.iter().rev().find(|arg| is_function(arg.kind()))?;
        if let Some(attributes) =
            step.args.first().filter(|arg| arg.kind() == "array_creation_expression")
        {
            for item in few(*attributes) {
                let [key, value] = few(item)[..] else { continue };
                match self.code.string(key) {
                    Some("middleware") => self.middleware(&[value], Place::Group, group),
                    Some("prefix") => {
                        group.prefix = join(&group.prefix, self.code.string(value).unwrap_or("{}"))
                    }
                    _ => {}
                }
            }
        }
        closure.child_by_field_name("body")
    }

    fn middleware(&self, args: &[Node<'t>], place: Place, group: &mut Group) {
        for (name, span) in self.names(args) {
            if group.elements.len() < MAX_ELEMENTS {
                let element = self.element(&name, Some(span), place, group);
                group.elements.push(element);
            }
        }
    }

    /// Names in strings, lists of strings and `X::class`.
    fn names(&self, args: &[Node<'t>]) -> Vec<(String, Range<usize>)> {
        let listed = args.iter().flat_map(|arg| match arg.kind() {
            "array_creation_expression" => {
                few(*arg).into_iter().filter_map(|item| few(item).pop()).collect()
            }
            _ => vec![*arg],
        });
        let name = |node: Node<'t>| match self.code.string(node) {
            Some(name) => (name.to_owned(), node.byte_range()),
            None => (self.class(node), node.byte_range()),
        };
        listed.take(MAX_ELEMENTS).map(name).collect()
    }

    /// `X` of `X::class`.
    fn class(&self, node: Node<'t>) -> String {
        self.code.str(node).trim_end_matches("::class").to_owned()
    }

    fn element(
        &self,
        name: &str,
        span: Option<Range<usize>>,
        place: Place,
        group: &Group,
    ) -> Element {
        let alias = name.split(':').next().unwrap_or_default();
        let role = if self.facts.is_public(alias) {
            Role::Public
        } else if self.facts.is_guard(alias) {
            Role::Guard(How::Library, Certainty::Must)
        } else if self.facts.is_neutral(alias) {
            Role::Neutral
        } else {
            Role::Unresolved("middleware of another file")
        };
        Element {
            symbol: name.to_owned(),
            span: span.unwrap_or_default(),
            place,
            prefix: group.prefix.clone(),
            role,
        }
    }

    fn route(
        &mut self,
        step: &Step<'t>,
        steps: &[Step<'t>],
        span: Range<usize>,
        group: Group,
        without: &[String],
    ) {
        if self.routes.len() >= MAX_ROUTES {
            return;
        }
        let mut args = &step.args[..];
        let methods = if step.method == "match" {
            let Some((list, rest)) = args.split_first() else { return };
            args = rest;
            self.names(&[*list]).into_iter().map(|(name, _)| name.to_ascii_uppercase()).collect()
        } else {
            methods(step.method, steps, self)
        };
        let [path, action, ..] = args else { return };
        let Some(path) = self.code.string(*path) else { return };
        let (symbol, controller, handler) = self.action(*action, &group);
        let removed = |element: &Element| without.contains(&element.symbol);
        let lost =
            group.elements.iter().find(|element| element.guards() && removed(element)).cloned();
        let contradiction = lost.map(|guard| Contradiction {
            message: format!("the group's guard `{}` is taken off again", guard.symbol),
            strength: Strength::Likely,
            related: (guard.span, "guards the other routes of the group".to_owned()),
        });
        self.controllers.push(controller);
        self.routes.push(Route {
            methods,
            path: join(&group.prefix, path),
            symbol,
            span,
            family: 0,
            reach: Reach::Elsewhere,
            chain: group.elements.into_iter().filter(|element| !removed(element)).collect(),
            handler,
            contradiction,
        });
    }

    /// Name, controller and content of what a route runs.
    fn action(&self, action: Node<'t>, group: &Group) -> (String, Option<String>, Handler) {
        let elsewhere = Handler::Unknown("the controller is in another file");
        if is_function(action.kind()) {
            return (String::new(), None, guard::handler(self.code, self.facts, action));
        }
        if action.kind() == "array_creation_expression" {
            let names = self.names(&[action]);
            let symbol = names.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join("@");
            return (symbol, names.into_iter().next().map(|(name, _)| name), elsewhere);
        }
        let written = self.code.string(action).map_or_else(|| self.class(action), str::to_owned);
        let controller = match written.split_once('@') {
            Some((controller, _)) => Some(controller.to_owned()),
            None => group.controller.clone().or_else(|| Some(written.clone())),
        };
        (written, controller, elsewhere)
    }
}

/// The verbs of a route, or of a resource with what `only` and `except` leave.
fn methods(verb: &str, steps: &[Step<'_>], file: &File<'_, '_>) -> Vec<String> {
    if !verb.to_ascii_lowercase().contains("resource") && verb != "singleton" {
        return vec![verb.to_ascii_uppercase()];
    }
    let listed = |name: &str| {
        let step = steps.iter().find(|step| step.method == name)?;
        Some(step.args.iter().map(|arg| file.code.str(*arg)).collect::<String>())
    };
    let (only, except) = (listed("only"), listed("except"));
    let actions = [
        ("index", "GET"),
        ("show", "GET"),
        ("store", "POST"),
        ("update", "PUT"),
        ("destroy", "DELETE"),
    ];
    let kept = actions.iter().filter(|(action, _)| {
        only.as_ref().is_none_or(|list| list.contains(action))
            && except.as_ref().is_none_or(|list| !list.contains(action))
    });
    let mut methods: Vec<String> = kept.map(|(_, method)| (*method).to_owned()).collect();
    methods.dedup();
    methods
}

/// Marks routes that change state outside the guarded group in which the same
/// controller's other changes are.
fn outside(routes: &mut [Route], controllers: &[Option<String>]) {
    let guarded: Vec<(String, Element)> = routes
        .iter()
        .zip(controllers)
        .filter(|(route, _)| route.changes_state())
        .filter_map(|(route, controller)| {
            let guard = route.chain.iter().find(|element| element.guards())?;
            Some((controller.clone()?, guard.clone()))
        })
        .take(MAX_ELEMENTS)
        .collect();
    for (route, controller) in routes.iter_mut().zip(controllers) {
        let open = route.chain.iter().all(|element| element.role == Role::Neutral);
        let (true, true, Some(controller)) = (open, route.contradiction.is_none(), controller)
        else {
            continue;
        };
        let same = guarded
            .iter()
            .find(|(other, guard)| other == controller && is_under(&route.path, &guard.prefix));
        route.contradiction = same.map(|(_, guard)| Contradiction {
            message: "it is outside the group that guards other changes by the same controller"
                .to_owned(),
            strength: Strength::Deviation,
            related: (guard.span.clone(), "guards the others".to_owned()),
        });
    }
}
