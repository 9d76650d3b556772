//! Is a route authenticated: yes, no, or unknown with the reason; and which
//! routes are worth a finding. Unknown never makes one.

use super::facts::Facts;
use super::purpose::{is_sensitive, purpose};
use super::route::{
    Contradiction, Element, Handler, Place, Reach, Role, Route, Strength, is_under,
};
use crate::finding::{Candidate, Confidence, RuleIndex};
use crate::syntax::message::shown;

/// A route's rule wins over a pattern that happens to match the same code.
const SPECIFICITY: u8 = 30;

/// Why it is not known: the file that mounts the route may put a guard before it.
const MOUNTED: &str = "mounted by another file";

/// Whether a caller must show a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Auth<'r> {
    /// By this element; None if the handler itself rejects.
    Yes(Option<&'r Element>),
    No,
    Unknown(&'static str),
}

/// The verdict over the whole chain of `route`.
pub fn auth(route: &Route) -> Auth<'_> {
    if let Some(guard) = route.chain.iter().find(|element| element.guards()) {
        return Auth::Yes(Some(guard));
    }
    for element in &route.chain {
        match element.role {
            Role::Guard(..) => return Auth::Unknown("a guard that has a way past it"),
            Role::Unresolved(why) => return Auth::Unknown(why),
            Role::Neutral | Role::Public => {}
        }
    }
    match (&route.handler, route.reach) {
        (Handler::Checks, _) => Auth::Yes(None),
        (Handler::Unknown(why), _) => Auth::Unknown(why),
        (Handler::Plain, Reach::Elsewhere) => Auth::Unknown(MOUNTED),
        (Handler::Plain, Reach::Root) => Auth::No,
    }
}

/// Candidates for the routes that lack what the file shows for their siblings.
///
/// With `tells`, a guard that one route has for itself tells that nothing guards the
/// whole file from where it is mounted: it would not be needed.
pub(crate) fn findings(
    facts: &Facts,
    routes: &[Route],
    rule: RuleIndex,
    tells: bool,
    found: &mut Vec<Candidate>,
) {
    let guarded = Guarded::of(routes);
    for route in routes {
        let candidate = match &route.contradiction {
            Some(contradiction) => contradicted(facts, route, contradiction, rule),
            None => missing(facts, route, &guarded, rule, tells),
        };
        found.extend(candidate);
    }
}

/// The guarded routes of a file, one for each family and prefix.
struct Guarded<'r>(Vec<(&'r Route, &'r Element)>);

/// More areas with a guard of their own are not told apart.
const MAX_AREAS: usize = 64;

impl<'r> Guarded<'r> {
    fn of(routes: &'r [Route]) -> Self {
        let mut kept: Vec<(&Route, &Element)> = Vec::new();
        for route in routes {
            let Auth::Yes(Some(element)) = auth(route) else { continue };
            let same = |(other, guard): &&(&Route, &Element)| {
                other.family == route.family && guard.prefix == element.prefix
            };
            if kept.len() < MAX_AREAS && !kept.iter().any(|known| same(&known)) {
                kept.push((route, element));
            }
        }
        Guarded(kept)
    }

    /// A sibling whose guard was put before paths among which `route` is.
    fn sibling(&self, route: &Route) -> Option<(&'r Route, &'r Element)> {
        let related = |(other, guard): &&(&Route, &Element)| {
            other.family == route.family && is_under(&route.path, &guard.prefix)
        };
        self.0.iter().find(related).copied()
    }
}

fn missing(
    facts: &Facts,
    route: &Route,
    guarded: &Guarded<'_>,
    rule: RuleIndex,
    tells: bool,
) -> Option<Candidate> {
    let is_public = route.chain.iter().any(|element| element.role == Role::Public);
    let matters = route.changes_state() || is_sensitive(facts, route);
    let mounted = auth(route) == Auth::Unknown(MOUNTED);
    let open = auth(route) == Auth::No || (tells && mounted);
    if !open || is_public || !matters || purpose(facts, route).is_some() {
        return None;
    }
    let (sibling, guard) = guarded.sibling(route)?;
    if mounted && guard.place != Place::Route {
        return None;
    }
    let what =
        format!("{}{} is reached without authentication", short(&route.title()), handled_by(route));
    let note = format!("`{}` guards {}", short(&guard.symbol), short(&sibling.title()));
    let mut candidate = candidate(route, rule, what, guard.span.clone(), note);
    if mounted {
        candidate.confidence = Confidence::Medium;
        candidate.reasons.push("its sibling has a guard of its own, so the file has none".into());
    } else {
        candidate.reasons.push("the whole chain before the handler is in this file".into());
    }
    if guard.place != Place::Route && guard.span.start > route.span.start {
        candidate.reasons.push("it is registered before the guard".into());
    }
    Some(candidate)
}

fn contradicted(
    facts: &Facts,
    route: &Route,
    wrong: &Contradiction,
    rule: RuleIndex,
) -> Option<Candidate> {
    if matches!(auth(route), Auth::Yes(_)) {
        return None;
    }
    let matters = route.changes_state() || is_sensitive(facts, route);
    let expected = purpose(facts, route).is_some();
    let silent = match wrong.strength {
        Strength::Certain => false,
        Strength::Likely => expected,
        Strength::Deviation => expected || !matters,
    };
    if silent {
        return None;
    }
    let what = format!("{}{}: {}", short(&route.title()), handled_by(route), wrong.message);
    let (span, note) = wrong.related.clone();
    let mut candidate = candidate(route, rule, what, span, note);
    candidate.confidence = match wrong.strength {
        Strength::Certain => Confidence::High,
        Strength::Likely => Confidence::Medium,
        Strength::Deviation => Confidence::Low,
    };
    Some(candidate)
}

fn candidate(
    route: &Route,
    rule: RuleIndex,
    message: String,
    span: std::ops::Range<usize>,
    note: String,
) -> Candidate {
    let mut candidate = Candidate::new(rule, route.span.clone());
    candidate.specificity = SPECIFICITY;
    candidate.message = Some(message);
    candidate.related.push((span, note));
    candidate
}

fn handled_by(route: &Route) -> String {
    match route.symbol.as_str() {
        "" => String::new(),
        symbol => format!(" (`{}`)", short(symbol)),
    }
}

/// A symbol or path as a message may show it: in one line, without what looks
/// like a secret.
fn short(symbol: &str) -> String {
    shown(symbol.as_bytes())
}
