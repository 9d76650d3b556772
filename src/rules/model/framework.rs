//! What is known of a web framework: its routes, guards and responses.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// `rules/frameworks/<framework>.toml`: what is known of a web framework.
/// `common.toml` holds what is the same in all of them.
///
/// Symbols are dotted names as an import makes them: `package.symbol`, with
/// `()` after what was called or constructed (`flask.Flask().route`).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FrameworkFile {
    pub framework: String,
    /// Constructors of an application, the root of its routes.
    pub apps: Vec<String>,
    /// Constructors of a router that an application mounts.
    pub routers: Vec<String>,
    /// Methods, decorators or annotations that declare a route.
    pub verbs: Vec<String>,
    /// Methods that open a group with a prefix.
    pub groups: Vec<String>,
    /// What starts an application: a method of it, or a function it is given to.
    pub starts: Vec<String>,
    /// Guards of libraries: they reject a request without a valid credential.
    pub guards: Vec<String>,
    /// Methods that reject when called within a function, whoever owns them.
    pub verifiers: Vec<String>,
    /// Text in the arguments of a guard that makes it let everyone through.
    pub optional: Vec<String>,
    /// Packages and symbols that never reject for want of a credential.
    pub neutral: Vec<String>,
    /// Markers that declare a route public.
    pub public: Vec<String>,
    /// Names under which a handler gets the request or context.
    pub request: Vec<String>,
    /// Names that read a credential or the caller's identity.
    pub credentials: Vec<String>,
    /// Words in literals that name a credential, lower case.
    pub credential_literals: Vec<String>,
    /// Names that answer 401.
    pub unauthorized: Vec<String>,
    /// Names that answer 403.
    pub forbidden: Vec<String>,
    /// Calls that hand the request on to what comes next.
    pub passes: Vec<String>,
    /// A middleware that returns without an answer has let the request through.
    pub falls_through: bool,
    /// Parts of names after which nobody can tell that a handler checks nothing.
    pub doubts: Vec<String>,
    /// Names that hold such a part and mean something else.
    pub harmless: Vec<String>,
    /// Purpose of a route by the words of its path and handler.
    pub purposes: BTreeMap<String, Vec<String>>,
    /// Words of paths behind which lies what only some may see.
    pub sensitive: Vec<String>,
}
