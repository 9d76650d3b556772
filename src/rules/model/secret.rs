//! A rule file of secrets: a provider, what its credentials look like, what they
//! can do and how they are taken back.

use serde::{Deserialize, Serialize};

use super::{Confidence, Pair, Severity, Verify};

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

fn high() -> Confidence {
    Confidence::High
}

fn hardcoded_cwe() -> Vec<String> {
    vec!["CWE-798".to_owned()]
}

fn hardcoded_owasp() -> Vec<String> {
    vec!["API2:2023".to_owned(), "API8:2023".to_owned()]
}
