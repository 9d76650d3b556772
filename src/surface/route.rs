//! Routes and what stands before them, as values: nothing here points into a
//! tree, so that routes of many files can be joined.

use std::ops::Range;

/// Routes of one file that are read; generated files have more, people's not.
pub(crate) const MAX_ROUTES: usize = 2_000;

/// How surely an element of a chain rejects who shows no credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    Must,
    /// Under a condition that cannot be evaluated, or with a way past it.
    May,
}

/// How a guard was recognised; never by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// A known guard of a known package.
    Library,
    /// What the function in this file does.
    Definition,
}

/// Where an element was put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    App,
    Router,
    Group,
    Route,
    Class,
    Param,
}

/// What an element of a chain does about authentication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Guard(How, Certainty),
    /// Known to let everyone through.
    Neutral,
    /// Declares the route public.
    Public,
    /// Cannot be resolved in this file, and why.
    Unresolved(&'static str),
}

impl Role {
    /// The same under a condition that cannot be evaluated.
    pub fn conditional(self) -> Self {
        match self {
            Role::Guard(how, _) => Role::Guard(how, Certainty::May),
            other => other,
        }
    }
}

/// One step before the handler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    pub symbol: String,
    pub span: Range<usize>,
    pub place: Place,
    /// The paths it was put before; empty: all of the router's.
    pub prefix: String,
    pub role: Role,
}

impl Element {
    /// Whether it surely rejects who shows no credential.
    pub fn guards(&self) -> bool {
        matches!(self.role, Role::Guard(_, Certainty::Must))
    }
}

/// Whether the route's whole chain can be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Up to the application it belongs to.
    Root,
    /// Mounted by another file, which may put guards before it.
    Elsewhere,
}

/// What the handler says about authentication.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handler {
    /// Read, and nothing in it looks at who calls.
    Plain,
    /// Rejects on its own.
    Checks,
    /// Not in this file, or it may check; and why.
    Unknown(&'static str),
}

/// A mistake that one file proves, whatever other files hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// What is wrong, for the message, without a full stop.
    pub message: String,
    /// Certain, or as sure as a deviation from its siblings can be.
    pub strength: Strength,
    /// The guard that does not do what it seems to.
    pub related: (Range<usize>, String),
}

/// How sure a contradiction is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strength {
    Certain,
    Likely,
    Deviation,
}

/// One route of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// Upper case; `ANY` for all.
    pub methods: Vec<String>,
    /// With the prefixes that this file shows.
    pub path: String,
    /// Name of the handler; empty for one without a name.
    pub symbol: String,
    /// What to underline.
    pub span: Range<usize>,
    /// Number of the router, class or application whose routes are its siblings.
    pub family: usize,
    pub reach: Reach,
    pub chain: Vec<Element>,
    pub handler: Handler,
    pub contradiction: Option<Contradiction>,
}

impl Route {
    /// Whether some method of it changes state.
    pub fn changes_state(&self) -> bool {
        self.methods.iter().any(|m| matches!(m.as_str(), "POST" | "PUT" | "PATCH" | "DELETE"))
    }

    /// As people name a route: `DELETE /orders/:id`.
    pub fn title(&self) -> String {
        let path = if self.path.is_empty() { "/" } else { &self.path };
        format!("{} {}", self.methods.join("|"), path)
    }
}

/// Joins two parts of a path with one slash between them.
pub fn join(prefix: &str, path: &str) -> String {
    let (head, tail) = (prefix.trim_end_matches('/'), path.trim_start_matches('/'));
    match (head.is_empty(), tail.is_empty()) {
        (_, true) if !prefix.is_empty() => prefix.to_owned(),
        (true, true) => path.to_owned(),
        (true, false) if prefix.is_empty() => path.to_owned(),
        _ => format!("{head}/{tail}"),
    }
}

/// Whether `path` lies under `prefix`, segment by segment.
pub fn is_under(path: &str, prefix: &str) -> bool {
    let prefix = prefix.trim_end_matches('/');
    let rest =
        path.strip_prefix(prefix).or_else(|| path.strip_prefix(prefix.trim_start_matches('/')));
    prefix.is_empty() || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
