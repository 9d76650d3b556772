//! What a rule says about asking the provider (`[rule.verify]`) and about the
//! value that belongs to its credential (`[rule.pair]`). Apart from the rest of
//! the model, because only `--verify` and the joining of pairs read it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One read-only request that tells whether a credential still works.
///
/// `{secret}`, `{user}` (the value of [`Pair`]) and `{choice}` are put in where
/// the request is made; nothing else in it changes from finding to finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Verify {
    #[serde(default)]
    pub method: Method,
    /// `https://` and a host written out. A secret is never a part of the host;
    /// in the path and the query it is percent-encoded.
    pub url: String,
    /// The same request at further hosts (regions), asked in this order until
    /// one of them knows the credential.
    #[serde(default)]
    pub more_urls: Vec<String>,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// `user:password` of HTTP Basic authentication, e.g. `{secret}:`.
    #[serde(default)]
    pub basic: Option<String>,
    /// Sent as it is but for placeholders, which are escaped as the header
    /// `content-type` demands (JSON or a form).
    #[serde(default)]
    pub body: Option<String>,
    /// The secret signs the request instead of being in it; `{user}` is the key's id.
    #[serde(default)]
    pub sign: Option<Sign>,
    /// Where the host depends on the credential: a list of what it may be.
    #[serde(default)]
    pub choice: Option<Choice>,
    /// The credential works if one of these holds, …
    pub live: Vec<Answer>,
    /// … it does not if one of these holds and none of the others does. Empty
    /// where a refusal says nothing, as the provider can be hosted elsewhere.
    pub dead: Vec<Answer>,
}

/// AWS Signature Version 4, for this region and service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sign {
    pub region: String,
    pub service: String,
}

/// The method of a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    #[default]
    Get,
    Post,
    Head,
}

impl Method {
    /// As it is sent.
    pub fn name(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Head => "HEAD",
        }
    }
}

/// What follows the last `after` of the secret chooses one of the texts written
/// in the rule, for `{choice}`; any other text means that nobody is asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    pub after: String,
    #[serde(rename = "of")]
    pub texts: Vec<String>,
}

/// A condition on an answer: its status and what its body holds. White space
/// does not count in bodies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// One of these.
    pub status: Vec<u16>,
    /// All of these are in the body.
    #[serde(default)]
    pub has: Vec<String>,
    /// None of these is.
    #[serde(default)]
    pub has_not: Vec<String>,
}

/// The other half of a credential: joined into one finding where it stands near,
/// and `{user}` of [`Verify`].
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pair {
    /// What it is called in a sentence, e.g. `account SID`.
    pub what: String,
    /// Rules that find it; such a finding becomes a part of this one.
    #[serde(default)]
    pub rules: Vec<String>,
    /// Words of the name it is assigned to, where no rule finds it.
    #[serde(default)]
    pub names: Vec<String>,
    /// What it begins with if it can be asked about: a temporary key id is of no
    /// use without a third value.
    #[serde(default)]
    pub prefix: Option<String>,
}
