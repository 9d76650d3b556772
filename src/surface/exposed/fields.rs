//! Which names of fields hold credentials, and which types are made to carry
//! one to where it belongs.

use std::ops::Range;

/// A field that holds a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Field {
    /// As the source calls it.
    pub(super) label: String,
    pub(super) span: Range<usize>,
    /// A token of a session: what an answer to a login is there to hand out.
    pub(super) issued: bool,
}

/// Ends of names of what nobody else is given, in lower case without `_` and `-`.
const KEPT: &[&str] = &[
    "password", "passwords", "passwd", "passphrase", "passwordhash", "hashedpassword", "secret",
    "secrets", "secretkey", "clientsecret", "apikey", "apikeys", "apisecret", "accesskey",
    "secretaccesskey", "privatekey", "signingkey", "encryptionkey", "otpsecret", "totpsecret",
];
/// The same for tokens.
const ISSUED: &[&str] = &[
    "accesstoken", "accesstokens", "refreshtoken", "refreshtokens", "authtoken", "authtokens",
    "apitoken", "apitokens", "bearertoken", "sessiontoken",
];
/// Parts of names of types that are sent to where the credential is asked for.
const CARRIERS: &[&str] = &[
    "request", "req", "login", "signin", "signup", "register", "auth", "input", "param", "args",
    "form", "payload", "body", "create", "update", "change", "reset", "grant", "docker",
    "registry", "spec",
];
/// Parts of names of types that hand a token to its owner.
const ANSWERS: &[&str] = &["response", "resp", "reply", "token", "session", "result"];

/// What the names of a field, in the code and in its tag, say: None for no
/// credential, else whether it is a token that is handed out.
pub(super) fn issued<'n>(names: impl IntoIterator<Item = &'n str>) -> Option<bool> {
    let mut found = None;
    for name in names {
        let plain: String =
            name.chars().filter(|c| c.is_alphanumeric()).map(|c| c.to_ascii_lowercase()).collect();
        if KEPT.iter().any(|end| plain.ends_with(end)) {
            return Some(false);
        }
        if ISSUED.iter().any(|end| plain.ends_with(end)) {
            found = Some(true);
        }
    }
    found
}

/// Whether a value of the type `name` is there to carry `field` somewhere.
pub(super) fn carries(name: &str, field: &Field) -> bool {
    let name = name.to_ascii_lowercase();
    let has = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    has(CARRIERS) || field.issued && has(ANSWERS)
}

/// Whether `code` puts something else in the place of what it shows.
pub(super) fn is_masked(code: &[u8]) -> bool {
    const MASKS: &[&str] = &["mask", "redact", "hide", "hidden", "obfus", "censor", "scrub", "***"];
    let code = String::from_utf8_lossy(&code[..code.len().min(4_000)]).to_ascii_lowercase();
    MASKS.iter().any(|word| code.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_credentials_are_told() {
        assert_eq!(issued(["Password"]), Some(false));
        assert_eq!(issued(["Key", "access-key"]), Some(false));
        assert_eq!(issued(["Token", "auth_token"]), Some(true));
        assert_eq!(issued(["UserID", "user_id"]), None);
        assert_eq!(issued(["RedactionTokens"]), None);
    }

    #[test]
    fn what_is_sent_on_purpose_is_told() {
        let field = |issued| Field { label: "x".into(), span: 0..1, issued };
        assert!(carries("LoginRequest", &field(false)));
        assert!(carries("TokenResponse", &field(true)));
        assert!(!carries("UserResponse", &field(false)));
        assert!(!carries("Account", &field(true)));
    }
}
