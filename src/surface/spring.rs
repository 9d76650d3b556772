//! Spring: a controller's file shows its method security, not the filter chain
//! in front of it. So one file can only tell that a method deviates from all
//! its siblings, and says no more than that.

use tree_sitter::Node;

use super::code::Code;
use super::facts::Facts;
use super::guard;
use super::kinds::{children, few};
use super::route::{
    Certainty, Contradiction, Element, Handler, How, MAX_ROUTES, Place, Reach, Role, Route,
    Strength, join,
};

/// So many guarded siblings make a habit.
const HABIT: usize = 2;

/// Routes of the file at hand.
pub(crate) fn routes(code: &Code<'_>, facts: &Facts, _path: &str) -> Vec<Route> {
    let classes = code.items.iter().filter(|item| item.kind() == "class_declaration");
    let mut routes = Vec::new();
    for (family, class) in classes.enumerate() {
        let mut own = controller(code, facts, *class, family);
        deviations(&mut own);
        routes.extend(own);
        if routes.len() >= MAX_ROUTES {
            break;
        }
    }
    routes
}

/// An annotation: its simple name, and what stands in its parentheses.
struct Annotation<'t> {
    node: Node<'t>,
    name: &'t str,
    arguments: Option<Node<'t>>,
}

fn annotations<'t>(code: &Code<'t>, declaration: Node<'t>) -> Vec<Annotation<'t>> {
    let modifiers = children(declaration).into_iter().find(|part| part.kind() == "modifiers");
    let own = modifiers.map(few).unwrap_or_default().into_iter();
    let annotation = |node: Node<'t>| {
        let name = code.str(node.child_by_field_name("name")?);
        let name = name.rsplit('.').next().unwrap_or(name);
        Some(Annotation { node, name, arguments: node.child_by_field_name("arguments") })
    };
    own.filter(|part| part.kind().ends_with("annotation")).filter_map(annotation).collect()
}

fn controller<'t>(code: &Code<'t>, facts: &Facts, class: Node<'t>, family: usize) -> Vec<Route> {
    let on_class = annotations(code, class);
    if !on_class.iter().any(|annotation| facts.is_router(annotation.name)) {
        return Vec::new();
    }
    let mapped = on_class.iter().find(|annotation| annotation.name == "RequestMapping");
    let prefix = mapped.map_or("", |annotation| path(code, annotation));
    let mut shared: Vec<Element> =
        on_class.iter().filter_map(|a| element(code, facts, a, Place::Class)).collect();
    if let Some(parent) = class.child_by_field_name("superclass") {
        shared.push(unresolved(parent, "a base class may be guarded"));
    }
    let body = class.child_by_field_name("body").map(children).unwrap_or_default();
    let methods = body.into_iter().filter(|member| member.kind() == "method_declaration");
    methods
        .take(MAX_ROUTES)
        .filter_map(|method| route(code, facts, method, (prefix, &shared, family)))
        .collect()
}

fn route<'t>(
    code: &Code<'t>,
    facts: &Facts,
    method: Node<'t>,
    (prefix, shared, family): (&str, &[Element], usize),
) -> Option<Route> {
    let own = annotations(code, method);
    let mapping = own.iter().find(|annotation| facts.is_verb(annotation.name))?;
    let mut chain = shared.to_vec();
    chain
        .extend(own.iter().filter_map(|annotation| element(code, facts, annotation, Place::Route)));
    let symbol = method.child_by_field_name("name").map_or("", |name| code.str(name));
    Some(Route {
        methods: verbs(code, mapping),
        path: join(prefix, path(code, mapping)),
        symbol: symbol.to_owned(),
        span: mapping.node.byte_range(),
        family,
        reach: Reach::Elsewhere,
        chain,
        handler: guard::method(code, facts, method),
        contradiction: None,
    })
}

/// What an annotation does about authentication; None for the mapping itself.
fn element<'t>(
    code: &Code<'t>,
    facts: &Facts,
    annotation: &Annotation<'t>,
    place: Place,
) -> Option<Element> {
    let arguments = annotation.arguments.map_or("", |arguments| code.str(arguments));
    let role = if facts.is_guard(annotation.name) {
        if facts.is_optional(arguments) {
            Role::Public
        } else {
            Role::Guard(How::Library, Certainty::Must)
        }
    } else if facts.is_public(annotation.name) {
        Role::Public
    } else if facts.is_verb(annotation.name)
        || facts.is_router(annotation.name)
        || facts.is_neutral(annotation.name)
    {
        return None;
    } else {
        Role::Unresolved("an annotation that may hold a guard")
    };
    Some(Element {
        symbol: format!("@{}", annotation.name),
        span: annotation.node.byte_range(),
        place,
        prefix: String::new(),
        role,
    })
}

fn unresolved(node: Node<'_>, why: &'static str) -> Element {
    Element {
        symbol: String::new(),
        span: node.byte_range(),
        place: Place::Class,
        prefix: String::new(),
        role: Role::Unresolved(why),
    }
}

/// The first path of a mapping.
fn path<'t>(code: &Code<'t>, mapping: &Annotation<'t>) -> &'t str {
    let Some(arguments) = mapping.arguments else { return "" };
    let mut found = None;
    crate::syntax::nodes::walk(arguments, |node| {
        if found.is_none() && node.kind() == "string_literal" {
            found = code.string(node);
        }
        let other = node.kind() == "element_value_pair"
            && node
                .child_by_field_name("key")
                .is_some_and(|key| !matches!(code.str(key), "value" | "path"));
        found.is_none() && !other && code.may_visit()
    });
    found.unwrap_or("")
}

fn verbs(code: &Code<'_>, mapping: &Annotation<'_>) -> Vec<String> {
    let known = ["GET", "POST", "PUT", "PATCH", "DELETE"];
    if let Some(verb) = mapping.name.strip_suffix("Mapping").filter(|verb| *verb != "Request") {
        return vec![verb.to_ascii_uppercase()];
    }
    let written = mapping.arguments.map_or("", |arguments| code.str(arguments));
    let named = known.iter().filter(|verb| written.contains(&format!("RequestMethod.{verb}")));
    named.map(|verb| (*verb).to_owned()).collect()
}

/// Marks the one method that changes state without the annotation that all
/// others of its class have.
fn deviations(routes: &mut [Route]) {
    let changes = || routes.iter().filter(|route| route.changes_state());
    let guarded = changes().filter(|route| route.chain.iter().any(Element::guards)).count();
    if guarded < HABIT || changes().count() != guarded + 1 {
        return;
    }
    let first = changes().find_map(|route| route.chain.iter().find(|element| element.guards()));
    let Some(guard) = first.filter(|guard| guard.place == Place::Route).cloned() else { return };
    let open = |route: &&mut Route| {
        route.changes_state()
            && route.chain.iter().all(|e| e.role == Role::Neutral)
            && route.handler == Handler::Plain
    };
    for route in routes.iter_mut().filter(open) {
        route.contradiction = Some(Contradiction {
            message: "it has no method security, and all other methods of this controller that change state do".to_owned(),
            strength: Strength::Deviation,
            related: (guard.span.clone(), format!("`{}` guards a sibling", guard.symbol)),
        });
    }
}
