//! What the data flow is told: by a matcher, and of languages and libraries.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Data flow: the matcher's `any` are the sinks, and what `$SINK` stands for
/// must not come from a source.
#[derive(Debug, Clone, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Flow {
    /// Names of shared sets (`request`) or code patterns.
    pub sources: Vec<String>,
    /// Names of shared sets (`allow-list`) or code patterns. A value that is a
    /// number, a truth value or a UUID is harmless anyway, unless `keep` says no.
    #[serde(default)]
    pub sanitizers: Vec<String>,
    /// Of `number`, `boolean` and `uuid` those that do harm here.
    #[serde(default)]
    pub keep: Vec<String>,
}

/// `rules/flow/<language or framework>.toml`: what the data flow knows of a
/// language and its libraries. Several files may speak of one language.
///
/// A symbol is a dotted name as an import or a type makes it, with `()` after
/// what was called or constructed: `flask.request.args`,
/// `HttpServletRequest().getParameter()`. `*.name()` is a `name()` of anything.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FlowFile {
    /// Language keys of `syntax/language.rs`.
    pub languages: Vec<String>,
    /// Sets of sources by name.
    pub sources: BTreeMap<String, SourceSet>,
    /// Calls whose result is clean, by the name of the set.
    pub sanitizers: BTreeMap<String, Vec<String>>,
    /// Calls that are true only if their arguments are clean.
    pub guards: BTreeMap<String, Vec<String>>,
    /// Calls that return what they are given, more or less.
    pub passes: Vec<String>,
    /// Methods that put their arguments into what they are called on.
    pub adds: Vec<String>,
    /// Calls that put what they are called on, or the others of their arguments,
    /// into their arguments: `decoder.Decode(&x)`.
    pub fills: Vec<String>,
    /// Calls that put their arguments into a text.
    pub formats: Vec<String>,
    /// Calls whose result has nothing to do with their arguments.
    pub neutral: Vec<String>,
    /// Calls that do not return.
    pub stops: Vec<String>,
    /// Calls whose result is another form of what they are given, so that a check
    /// of it is a check of that: a parsed URL, a resolved path.
    pub forms: Vec<String>,
    /// Parts of a URL that say where it leads.
    pub hosts: Vec<String>,
    /// Calls that tell where a text stands in another.
    pub positions: Vec<String>,
    /// A symbol, and other symbols for the same thing (types of parameters).
    pub aliases: BTreeMap<String, Vec<String>>,
    /// Types whose values are numbers.
    pub numbers: Vec<String>,
}

/// Where values of one kind come from.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SourceSet {
    pub symbols: Vec<String>,
    /// Decorators, annotations and attributes of functions whose parameters
    /// come from there; `*.route` is a `route` of anything.
    pub handlers: Vec<String>,
    /// Types and defaults (by the function called) of parameters that a handler
    /// gets from elsewhere; `*Service` is every type that ends so.
    pub given: Vec<String>,
    /// Annotations of single parameters.
    pub marks: Vec<String>,
    /// Types of parameters.
    pub types: Vec<String>,
    /// Last names of calls that take a function whose parameters come from there:
    /// the `MapGet` of `app.MapGet("/", (string id) => …)`.
    pub routes: Vec<String>,
}
