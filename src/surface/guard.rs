//! When is something an authentication guard? By what the function does, in
//! this file: it answers 401, or refuses after reading a credential, on some
//! path and passes the request on otherwise. A name proves nothing; it is
//! enough, though, to doubt that a handler checks nothing.

use std::collections::HashSet;
use std::ops::Range;

use tree_sitter::Node;

use super::code::{Code, Meaning};
use super::facts::Facts;
use super::kinds::{children, few, is_call, is_string};
use super::route::{Certainty, Handler, How, Role};
use crate::syntax::nodes::walk;

/// Functions of the file that one look may go into.
const MAX_HELPERS: usize = 12;

/// How a function passes a request on.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Passes<'a> {
    /// By calling what the framework's facts name: `next()`, `c.Next()`.
    Call,
    /// By calling the function it wraps (decorators).
    Wrapped(&'a str),
    /// By returning nothing, or by returning at all (hooks, dependencies).
    Return,
}

/// What a function does, as far as authentication goes.
#[derive(Debug, Default)]
struct Evidence {
    unauthorized: bool,
    forbidden: bool,
    credential: bool,
    verifies: bool,
    login: bool,
    csrf: bool,
    passes: usize,
    /// A way to the end that neither rejects nor passes on by name.
    quiet_return: bool,
    /// Returns without a value, and those right after an answer.
    returns: usize,
    answered: usize,
    /// An error is caught and nothing comes of it.
    swallows: bool,
    doubt: Option<&'static str>,
    exhausted: bool,
}

/// What `function` does when it stands before a handler.
pub(crate) fn middleware<'t>(
    code: &Code<'t>,
    facts: &Facts,
    function: Node<'t>,
    passes: Passes<'_>,
) -> Role {
    if let Some(known) = code.roles.borrow().get(&function.id()) {
        return *known;
    }
    let role = role(&look(code, facts, function, passes));
    code.roles.borrow_mut().insert(function.id(), role);
    role
}

fn role(found: &Evidence) -> Role {
    if found.exhausted {
        return Role::Unresolved("too large to read");
    }
    let refuses = found.forbidden || found.login;
    let rejects = found.unauthorized || found.verifies || refuses && found.credential;
    if rejects && !found.csrf {
        let open = found.passes > 1
            || found.quiet_return
            || found.returns > found.answered
            || found.verifies && !found.unauthorized && found.swallows;
        return Role::Guard(How::Definition, if open { Certainty::May } else { Certainty::Must });
    }
    match (refuses || found.csrf, found.doubt) {
        (true, _) => Role::Unresolved("refuses some requests"),
        (_, Some(why)) => Role::Unresolved(why),
        _ => Role::Neutral,
    }
}

/// What the method of a controller says as a handler, by its parameters and its
/// body: a principal among the parameters is a look at who calls.
pub(crate) fn method<'t>(code: &Code<'t>, facts: &Facts, method: Node<'t>) -> Handler {
    let parts = ["parameters", "body"].iter().filter_map(|field| method.child_by_field_name(field));
    let mut said = parts.map(|part| handler(code, facts, part));
    said.find(|handler| *handler != Handler::Plain).unwrap_or(Handler::Plain)
}

/// What `function` says as a handler.
pub(crate) fn handler<'t>(code: &Code<'t>, facts: &Facts, function: Node<'t>) -> Handler {
    if let Some(known) = code.handlers.borrow().get(&function.id()) {
        return known.clone();
    }
    let said = said(&look(code, facts, function, Passes::Call));
    code.handlers.borrow_mut().insert(function.id(), said.clone());
    said
}

fn said(found: &Evidence) -> Handler {
    // A 401 somewhere in a handler may be about another system's answer: only
    // a known verifier makes it a check, the rest is a reason to stay silent.
    if found.verifies && !found.swallows {
        return Handler::Checks;
    }
    if found.exhausted {
        return Handler::Unknown("the handler is too large to read");
    }
    if found.unauthorized || found.forbidden || found.credential || found.login || found.verifies {
        return Handler::Unknown("the handler looks at who calls");
    }
    found.doubt.map_or(Handler::Plain, Handler::Unknown)
}

fn look<'t>(code: &Code<'t>, facts: &Facts, function: Node<'t>, passes: Passes<'_>) -> Evidence {
    let mut look = Look {
        code,
        facts,
        found: Evidence::default(),
        helpers: Vec::new(),
        seen: HashSet::new(),
        compared: HashSet::new(),
        statement: None,
        harmless: 0..0,
    };
    look.seen.insert(function.id());
    look.body(function, Some(passes));
    // Two hops: functions of this file that it calls, and those that they call.
    let mut next = 0;
    while next < look.helpers.len() && next < MAX_HELPERS {
        let helper = look.helpers[next];
        next += 1;
        look.body(helper, None);
    }
    look.found.exhausted |= look.helpers.len() > MAX_HELPERS;
    look.found
}

struct Look<'c, 't> {
    code: &'c Code<'t>,
    facts: &'c Facts,
    found: Evidence,
    helpers: Vec<Node<'t>>,
    seen: HashSet<usize>,
    /// Start of numbers that are only compared with.
    compared: HashSet<usize>,
    /// The call that is the statement looked at, if it is one.
    statement: Option<usize>,
    /// A name that holds a word of doubt and means something else.
    harmless: Range<usize>,
}

impl<'t> Look<'_, 't> {
    fn body(&mut self, function: Node<'t>, passes: Option<Passes<'_>>) {
        walk(function, |node| {
            if !self.code.may_visit() {
                self.found.exhausted = true;
                return false;
            }
            self.node(node, passes);
            true
        });
    }

    fn node(&mut self, node: Node<'t>, passes: Option<Passes<'_>>) {
        let kind = node.kind();
        if !node.is_named() {
            return;
        }
        if is_call(kind) {
            self.call(node, passes);
        } else if is_string(kind) {
            self.literal(node);
        } else if kind == "expression_statement" {
            let inner = node.named_child(0);
            let awaited = inner.filter(|inner| inner.kind().starts_with("await"));
            self.statement = awaited.and_then(|a| a.named_child(0)).or(inner).map(|n| n.id());
        } else if matches!(kind, "binary_expression" | "comparison_operator") {
            self.compared.extend(few(node).iter().map(Node::start_byte));
        } else if matches!(kind, "catch_clause" | "except_clause") {
            self.found.swallows |= !answers(self.code.str(node));
        } else if matches!(kind, "statement_block" | "statement_list") {
            self.answered(node);
        } else if kind == "return_statement" && self.facts.falls_through() {
            self.found.returns += usize::from(passes.is_some() && node.named_child_count() == 0);
        } else if kind == "return_statement" && matches!(passes, Some(Passes::Return)) {
            let value = few(node).first().map(|value| self.code.str(*value));
            self.found.quiet_return |= matches!(value, None | Some("None" | "nil" | "null"));
        } else if matches!(kind, "number" | "integer" | "int_literal") {
            let status = !self.compared.contains(&node.start_byte());
            let text = self.code.str(node);
            self.found.unauthorized |= status && text == "401";
            self.found.forbidden |= status && text == "403";
        } else if node.child_count() == 0 && (kind.ends_with("identifier") || kind == "name") {
            self.name(node);
        } else if matches!(kind, "member_expression" | "attribute" | "selector_expression") {
            self.member(node);
        }
    }

    /// `c.AbortWithStatus(401); return`
    fn answered(&mut self, block: Node<'t>) {
        let mut before: Option<Node<'t>> = None;
        for statement in children(block) {
            let returns =
                statement.kind() == "return_statement" && statement.named_child_count() == 0;
            let answer = before.is_some_and(|before| answers(self.code.str(before)));
            self.found.answered += usize::from(returns && answer);
            before = Some(statement);
        }
    }

    fn name(&mut self, node: Node<'t>) {
        let name = self.code.str(node);
        self.found.unauthorized |= self.facts.is_unauthorized(name);
        self.found.forbidden |= self.facts.is_forbidden(name);
        self.found.credential |= self.is_credential(node, name) && !self.is_harmless(node);
        self.found.verifies |= self.facts.is_verifier(name);
        let lower = name.to_ascii_lowercase();
        self.found.csrf |= lower.contains("csrf") || lower.contains("xsrf");
        if self.facts.is_doubtful(name) && !self.is_harmless(node) {
            self.doubt("something in it may be a check");
        }
    }

    /// By its own name, or by what it is imported as.
    fn is_credential(&self, node: Node<'t>, name: &str) -> bool {
        self.facts.is_credential(name)
            || matches!(self.code.meaning(node), Meaning::Imported(symbol) if self.facts.is_credential(&symbol))
    }

    /// `db.session` is no session of a user.
    fn is_harmless(&self, node: Node<'_>) -> bool {
        self.harmless.contains(&node.start_byte())
    }

    /// `req.user`, `g.user`: who calls.
    fn member(&mut self, node: Node<'t>) {
        let text = self.code.str(node);
        if self.facts.is_harmless(text) {
            self.harmless = node.byte_range();
        }
        let Some((object, property)) = text.rsplit_once('.') else { return };
        let own = matches!(
            object,
            "req"
                | "request"
                | "ctx"
                | "c"
                | "g"
                | "res.locals"
                | "context"
                | "request.state"
                | "ctx.state"
        );
        self.found.credential |= own
            && matches!(property, "user" | "session" | "auth" | "account" | "userId" | "user_id");
    }

    fn literal(&mut self, node: Node<'t>) {
        let Some(content) = self.code.string(node) else { return };
        if content.len() > 200 {
            return;
        }
        self.found.credential |= self.facts.is_credential_literal(content);
        let lower = content.to_ascii_lowercase();
        let short = lower.len() < 60 && !lower.contains(' ');
        self.found.login |= short
            && (lower.contains("login") || lower.contains("signin") || lower.contains("sign-in"));
        if short && self.facts.is_doubtful(content) {
            self.doubt("something in it may be a check");
        }
    }

    fn call(&mut self, node: Node<'t>, passes: Option<Passes<'_>>) {
        let Some(function) = self.code.function(node) else { return };
        let method = self.code.method(node).map(|(_, method)| method);
        let name = method.unwrap_or_else(|| self.code.str(function));
        let args = self.code.args(node);
        match passes {
            Some(Passes::Call) if self.facts.passes(name) && args.is_empty() => {
                self.found.passes += 1
            }
            Some(Passes::Wrapped(wrapped)) if method.is_none() && name == wrapped => {
                self.found.passes += 1
            }
            _ => {}
        }
        self.callee(node, function, &args, method.is_none());
    }

    fn callee(&mut self, call: Node<'t>, function: Node<'t>, args: &[Node<'t>], bare: bool) {
        let meaning = if bare { self.code.meaning(function) } else { Meaning::Unknown };
        if let Meaning::Function(helper) = meaning {
            if self.seen.insert(helper.id()) {
                self.helpers.push(helper);
            }
            return;
        }
        let symbol = self.code.dotted(function);
        if symbol.as_deref().is_some_and(|symbol| self.facts.is_guard(symbol)) {
            self.found.verifies = true;
        }
        if symbol.as_deref().is_some_and(|symbol| self.facts.is_neutral(symbol)) {
            return;
        }
        let request = |arg: &Node<'t>| {
            let text = self.code.str(*arg);
            self.facts.is_request(text)
                || text.ends_with(".Request")
                || text.ends_with(".Context()")
        };
        let own =
            self.code.base(function).is_some_and(|base| self.facts.is_request(self.code.str(base)));
        if args.iter().any(request) && !own {
            self.doubt("the request is handed to a function of another file");
        }
        let statement = self.statement == Some(call.id());
        let foreign =
            matches!(meaning, Meaning::Imported(_) | Meaning::Unknown | Meaning::Parameter);
        if bare
            && statement
            && foreign
            && !matches!(
                self.code.str(function),
                "print" | "next" | "done" | "setTimeout" | "setImmediate"
            )
        {
            self.doubt("it calls a function of another file for its effect");
        }
    }

    fn doubt(&mut self, why: &'static str) {
        self.found.doubt.get_or_insert(why);
    }
}

/// Whether a statement rejects, or passes an error on.
fn answers(statement: &str) -> bool {
    ["send", "throw", "raise", "abort", "Abort", "status", "code", "next(", "return"]
        .iter()
        .any(|word| statement.contains(word))
}
