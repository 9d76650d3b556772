//! The shape of a rule file, as it is written under `rules/` and compiled in.
//!
//! Shared by the library and the build script (which validates the built-in
//! catalogue and packs it), so it depends on nothing but `serde`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

// The paths are written out for the build script, which reads this file as its own module.
#[path = "model/outline.rs"]
mod outline;
#[path = "model/verify.rs"]
mod verify;

pub use outline::{PatternOutline, SecretOutline};
pub use verify::{Answer, Choice, Method, Pair, Sign, Verify};

/// What reports say of a rule in a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RuleHead {
    /// Flat kebab-case, never changes.
    pub id: String,
    pub title: String,
    pub category: Category,
    pub severity: Severity,
    pub confidence: Confidence,
    /// A slug of the topic list; secrets: `secret-hardcoded`.
    pub topic: String,
}

/// The texts behind `explain`, SARIF help and the rule index.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RuleTexts {
    /// What was found, for someone who has never heard of the risk.
    pub what: String,
    /// What an attacker does with it.
    pub why: String,
    /// What to write instead.
    pub fix: String,
    /// How to revoke or rotate (secrets).
    pub revoke: Option<String>,
    pub references: Vec<String>,
    /// `CWE-798` and the like.
    pub cwe: Vec<String>,
    /// `API8:2023` and the like.
    pub owasp: Vec<String>,
    /// Languages the rule reads; empty for secrets (all files).
    pub languages: Vec<String>,
    /// Display name of the credential's issuer (secrets).
    pub provider: Option<String>,
}

/// How bad it is if an attacker uses what was found.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    #[default]
    Info,
    Low,
    Medium,
    High,
    Critical,
}

impl Severity {
    /// All severities, mildest first.
    pub const ALL: [Severity; 5] =
        [Severity::Info, Severity::Low, Severity::Medium, Severity::High, Severity::Critical];

    /// The lower-case name used in every report and in rule files.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Info => "info",
            Severity::Low => "low",
            Severity::Medium => "medium",
            Severity::High => "high",
            Severity::Critical => "critical",
        }
    }
}

/// How sure Seamline is that the finding is what it says.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    #[default]
    Low,
    Medium,
    High,
}

impl Confidence {
    /// The lower-case name used in every report and in rule files.
    pub fn name(self) -> &'static str {
        match self {
            Confidence::Low => "low",
            Confidence::Medium => "medium",
            Confidence::High => "high",
        }
    }

    /// One step less sure; `Low` stays `Low`.
    pub fn lowered(self) -> Self {
        match self {
            Confidence::High => Confidence::Medium,
            _ => Confidence::Low,
        }
    }
}

/// Which of the three jobs of Seamline a rule belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Category {
    Secret,
    Pattern,
    Surface,
}

impl Category {
    /// The lower-case name used in every report.
    pub fn name(self) -> &'static str {
        match self {
            Category::Secret => "secret",
            Category::Pattern => "pattern",
            Category::Surface => "surface",
        }
    }
}

/// `rules/secrets/<provider>.toml`: one provider and its credentials.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretFile {
    /// Kebab-case key of the provider, e.g. `github`.
    pub provider: String,
    /// Display name, e.g. `GitHub`.
    pub name: String,
    /// Words that show the provider is meant (lower case): looked for in the
    /// variable's name, a few lines around and the file's path.
    #[serde(default)]
    pub words: Vec<String>,
    /// Texts that every rule of the file shares unless it has its own.
    #[serde(default)]
    pub why: Option<String>,
    #[serde(default)]
    pub fix: Option<String>,
    #[serde(default)]
    pub revoke: Option<String>,
    #[serde(default)]
    pub references: Vec<String>,
    #[serde(rename = "rule")]
    pub rules: Vec<SecretRule>,
}

/// One kind of credential.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretRule {
    pub id: String,
    pub title: String,
    pub severity: Severity,
    #[serde(default = "high")]
    pub confidence: Confidence,
    #[serde(default)]
    pub what: Option<String>,
    #[serde(default)]
    pub why: Option<String>,
    #[serde(default)]
    pub fix: Option<String>,
    #[serde(default)]
    pub revoke: Option<String>,
    #[serde(default)]
    pub references: Vec<String>,
    #[serde(default = "hardcoded_cwe")]
    pub cwe: Vec<String>,
    #[serde(default = "hardcoded_owasp")]
    pub owasp: Vec<String>,
    /// Environment variable that should hold it instead; used in the fix text.
    #[serde(default)]
    pub env: Option<String>,
    /// The token format: a list of alternatives, each a list of segments.
    #[serde(default)]
    pub formats: Vec<Vec<Segment>>,
    /// Forms that are published for the same credential, but not by the
    /// provider, and that `formats` does not cover: reported at medium
    /// confidence at most, without the checksum.
    #[serde(default)]
    pub other_formats: Vec<Vec<Segment>>,
    /// Name of a checksum scheme in `secrets/checksum.rs`.
    #[serde(default)]
    pub checksum: Option<String>,
    /// Fallback where no format can say it. Anchored at a candidate; the group
    /// `secret`, if there is one, is the secret part.
    #[serde(default)]
    pub regex: Option<String>,
    /// Literals of which one must be in the regex's match (required with `regex`).
    #[serde(default)]
    pub anchors: Vec<String>,
    /// A detector written in Rust (`private-key`, `jwt`, `url-credential`, `assignment` …).
    #[serde(default)]
    pub detector: Option<String>,
    /// Files of known names that hold the credential.
    #[serde(default)]
    pub file: Option<KnownFile>,
    #[serde(default)]
    pub context: Context,
    /// Literal values that are documented examples: never reported.
    #[serde(default)]
    pub documented: Vec<String>,
    /// How `--verify` asks the provider whether the credential works.
    #[serde(default)]
    pub verify: Option<Verify>,
    /// The value that belongs to it: an id, a user.
    #[serde(default)]
    pub pair: Option<Pair>,
    #[serde(default, rename = "example")]
    pub examples: Vec<SecretExample>,
}

/// Files that are known by their names to hold a credential.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownFile {
    /// Names in lower case: `.netrc`, `*.ppk`, or with folders
    /// `.docker/config.json`.
    pub names: Vec<String>,
    /// Keys whose values are the credential, in whatever notation the file is
    /// written. Not needed with a `detector`, which reads the file by itself.
    #[serde(default)]
    pub keys: Vec<String>,
    /// Texts of which one must be in the file, where other files share its name.
    #[serde(default)]
    pub contains: Vec<String>,
}

/// One piece of a token format: either fixed text or a run of characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Segment {
    /// Alternatives of fixed text, e.g. `["ghp_", "gho_"]`.
    #[serde(default)]
    pub text: Vec<String>,
    /// Alphabet as ranges, e.g. `A-Za-z0-9_-` (a trailing `-` is itself).
    #[serde(default)]
    pub chars: Option<String>,
    /// Number of characters: `36` or `[20, 40]`.
    #[serde(default)]
    pub len: Option<Length>,
    /// May be absent.
    #[serde(default)]
    pub optional: bool,
}

/// A length range in characters; a rule file writes `36` or `[20, 40]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Length {
    pub min: u32,
    pub max: u32,
}

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Exact(u32),
            Range((u32, u32)),
        }
        // The packed catalogue is not self-describing: there it is always a pair.
        let (min, max) = if deserializer.is_human_readable() {
            match Written::deserialize(deserializer)? {
                Written::Exact(n) => (n, n),
                Written::Range(range) => range,
            }
        } else {
            Deserialize::deserialize(deserializer)?
        };
        Ok(Length { min, max })
    }
}

/// What must stand around a match.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Context {
    /// One of the provider's `words` must be near (name, lines around, path).
    #[serde(default)]
    pub provider_near: bool,
    /// One of these (lower case) must be in the assigned name or, without an
    /// assignment, earlier on the same line.
    #[serde(default)]
    pub name: Vec<String>,
    /// The value must look machine-made (0.0 to 1.0).
    #[serde(default)]
    pub min_randomness: Option<f32>,
}

/// An example that the test suite runs. In `text`, `{token}` stands for a
/// generated valid token of the rule's first format and `{broken}` for one
/// broken in length, alphabet or checksum; `join` writes a literal in parts,
/// so that no push protection trips over the repository.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SecretExample {
    /// A text in which the rule must fire.
    #[serde(default, rename = "match")]
    pub matches: Option<String>,
    /// A text in which the rule must stay silent.
    #[serde(default)]
    pub near_miss: Option<String>,
    /// Parts that replace `{0}`, `{1}` … joined: `[["AK", "IA..."]]`.
    #[serde(default)]
    pub join: Vec<Vec<String>>,
    /// File name the example stands in; default `example.txt`.
    #[serde(default)]
    pub file: Option<String>,
}

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

/// `rules/patterns/<topic>/<rule>.toml`: one code rule.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatternFile {
    pub id: String,
    pub title: String,
    pub topic: String,
    pub severity: Severity,
    pub confidence: Confidence,
    pub what: String,
    pub why: String,
    pub fix: String,
    #[serde(default)]
    pub references: Vec<String>,
    pub cwe: Vec<String>,
    #[serde(default)]
    pub owasp: Vec<String>,
    #[serde(rename = "match")]
    pub matchers: Vec<PatternMatch>,
    #[serde(default, rename = "example")]
    pub examples: Vec<PatternExample>,
}

/// A matcher for one or more languages. A node is reported when it matches one
/// of `any` and all the other conditions hold.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct PatternMatch {
    /// Language keys of `syntax/language.rs`, e.g. `python`, `typescript`.
    pub languages: Vec<String>,
    /// A detector written in Rust, instead of `any` (e.g. `missing-auth:express`).
    #[serde(default)]
    pub detector: Option<String>,
    /// Literals of which one must be in the file before it is parsed for this
    /// matcher. Derived from the patterns when left out; needed with `detector`.
    #[serde(default)]
    pub triggers: Vec<String>,
    /// Code patterns with `$METAVARIABLES`; `$$$` stands for any number of
    /// nodes, `$_` for one that is not captured. Arguments, object keys and
    /// attributes may stand in any order where the language says so.
    #[serde(default)]
    pub any: Vec<String>,
    /// The node must match all of these as well.
    #[serde(default)]
    pub also: Vec<String>,
    /// The node must match none of these.
    #[serde(default)]
    pub not: Vec<String>,
    /// Some node around it must match one of these.
    #[serde(default)]
    pub inside: Vec<String>,
    #[serde(default)]
    pub not_inside: Vec<String>,
    /// Some node within it must match one of these.
    #[serde(default)]
    pub has: Vec<String>,
    #[serde(default)]
    pub not_has: Vec<String>,
    /// Constraints on captured text, by metavariable name without `$`.
    #[serde(default, rename = "where")]
    pub constraints: BTreeMap<String, Constraint>,
    /// One of these modules must be imported by the file (any alias); names in
    /// patterns are then resolved through the import.
    #[serde(default)]
    pub imports: Vec<String>,
    /// Globs of which one must match the path (config files of a known name).
    #[serde(default)]
    pub files: Vec<String>,
    /// Globs none of which may match the path.
    #[serde(default)]
    pub not_files: Vec<String>,
    /// Literals none of which may be in the file: what would show that it has
    /// what the rule misses.
    #[serde(default)]
    pub lacks: Vec<String>,
    /// Types of resources that the rule is about, instead of `any`: Terraform
    /// (`aws_lb`, `data.aws_ami`), CloudFormation, ARM and Bicep types, and
    /// `k8s/Deployment`. Like the next three read by `structure`.
    #[serde(default)]
    pub resource: Vec<String>,
    /// Paths of entries that the rule is about, instead of `any`.
    #[serde(default)]
    pub at: Vec<String>,
    /// Path from there to the entries that are meant.
    #[serde(default)]
    pub each: Option<String>,
    /// Conditions that must all hold for what the rule is about.
    #[serde(default)]
    pub when: Vec<String>,
    /// Metavariable, or path, to underline instead of the whole match.
    #[serde(default)]
    pub report: Option<String>,
    /// Metavariable that is a credential: no report shows its text.
    #[serde(default)]
    pub secret: Option<String>,
    /// Overrides of the rule's own, for this matcher.
    #[serde(default)]
    pub confidence: Option<Confidence>,
    #[serde(default)]
    pub message: Option<String>,
    /// Data flow from a source to a sink.
    #[serde(default)]
    pub flow: Option<Flow>,
}

impl PatternMatch {
    /// Whether it asks about the structure of a configuration file.
    pub fn is_structural(&self) -> bool {
        !(self.resource.is_empty() && self.at.is_empty())
    }
}

/// What a captured node's text must be.
#[derive(Debug, Clone, Default, Serialize, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Constraint {
    /// Searched in the text (string literals: in their content).
    #[serde(default)]
    pub regex: Option<String>,
    #[serde(default)]
    pub not_regex: Option<String>,
    /// As `regex`, in the code as it is written: with quotes, and without the
    /// constant that a name stands for.
    #[serde(default)]
    pub written: Option<String>,
    #[serde(default)]
    pub not_written: Option<String>,
    /// Kind of node: `string`, `number`, `identifier`, `literal`, `call`; or
    /// how the value is made: `constant`, `dynamic`.
    #[serde(default)]
    pub is: Option<String>,
    /// Symbols of which one is what the value is an instance of. Where that is
    /// not known, `regex` decides on the text.
    #[serde(default, rename = "type")]
    pub types: Vec<String>,
    /// Names a test written in Rust, e.g. `plaintext-url`.
    #[serde(default)]
    pub test: Option<String>,
}

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
    /// gets from elsewhere.
    pub given: Vec<String>,
    /// Annotations of single parameters.
    pub marks: Vec<String>,
    /// Types of parameters.
    pub types: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PatternExample {
    pub language: String,
    /// Code in which the rule must fire.
    #[serde(default, rename = "match")]
    pub matches: Option<String>,
    /// Code in which the rule must stay silent.
    #[serde(default)]
    pub near_miss: Option<String>,
    /// File name, where the rule looks at it.
    #[serde(default)]
    pub file: Option<String>,
}

fn high() -> Confidence {
    Confidence::High
}

fn hardcoded_cwe() -> Vec<String> {
    vec!["CWE-798".to_owned()]
}

fn hardcoded_owasp() -> Vec<String> {
    vec!["API2:2023".to_owned(), "API8:2023".to_owned()]
}
