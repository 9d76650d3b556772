//! What the name of a variable, key or parameter says about its value.

/// The kind of credential a name announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NameKind {
    /// Chosen by people: `password`, `DB_PASS`, `pwd`, `passphrase`.
    Password,
    /// Made by machines: `api_key`, `client_secret`, `accessToken`.
    Machine,
    /// May be a credential if the value looks like one: `key`, `auth`.
    Weak,
}

/// Most words a name is split into; the last ones count.
const MAX_WORDS: usize = 12;

/// Words that, in last place, make a name speak *about* a credential.
const ABOUT: &[&str] = &[
    "field", "name", "names", "type", "types", "id", "ids", "path", "paths", "file", "files",
    "filename", "filepath", "dir", "url", "urls", "uri", "endpoint", "hint", "label", "text",
    "regex", "regexp", "pattern", "length", "len", "size", "min", "max", "policy", "expiry",
    "expires", "expiration", "expire", "ttl", "timeout", "count", "index", "idx", "reset",
    "change", "changed", "required", "enabled", "disabled", "valid", "validator", "validation",
    "error", "errors", "message", "msg", "placeholder", "title", "description", "desc", "prompt",
    "input", "form", "header", "headers", "param", "params", "parameter", "prefix", "suffix",
    "column", "attribute", "attr", "property", "option", "options", "flag", "format", "version",
    "class", "algorithm", "alg", "encoder", "provider", "manager", "service", "store", "storage",
    "handler", "factory", "generator", "builder", "request", "response", "page", "route", "link",
    "button", "icon", "visible", "visibility", "strength", "score", "rules", "rule", "history",
    "lifetime", "arn", "ref", "reference", "var", "env", "source", "map", "list", "state",
    "status", "mode", "method", "methods", "scheme", "schema", "spec", "config", "settings",
    "needed", "missing", "invalid", "exists", "checker", "resolver", "callback", "fn", "func",
    "function", "helper", "util", "utils", "test", "tests", "selector", "locator", "mask",
    "element", "el", "label", "locale", "key", "keys", "loader", "reader", "kind", "age", "date",
    "time", "at", "by", "on", "level", "scope", "scopes", "issuer", "audience", "claim", "claims",
    "info", "data", "position", "pos", "start", "end", "span", "stream", "bucket", "table",
    "domain", "host", "server", "group", "role", "user", "username", "mount", "volume", "vault",
    "namespace", "context", "ctx", "manager", "cache", "limit", "limits", "usage", "budget",
    "cost", "price", "address", "symbol", "supply", "contract", "hash", "hashes", "digest",
    "fingerprint", "thumbprint", "checksum", "chars", "charset", "alphabet", "sha", "sha256",
    "md5",
];

/// Words before `key` that make it a credential.
const SECRET_KEY: &[&str] = &[
    "api", "access", "secret", "private", "encryption", "encrypt", "crypt", "crypto", "cipher",
    "signing", "sign", "signature", "auth", "account", "master", "license", "licence", "service",
    "app", "application", "storage", "shared", "consumer", "client", "session", "jwt", "hmac",
    "aes", "webhook", "deploy", "admin", "root", "subscription", "write", "read", "rest", "server",
    "ingest", "ingestion", "dev", "developer", "security", "token", "password", "integration",
    "publish", "management", "user", "instrumentation", "ssh", "rsa", "wallet", "cookie",
];

/// Words that make a `key` or `token` an ordinary one.
const ORDINARY: &[&str] = &[
    "public", "primary", "foreign", "partition", "sort", "cache", "unique", "row", "object",
    "translation", "i18n", "locale", "group", "map", "dict", "hash", "range", "index", "json",
    "meta", "data", "registry", "hot", "arrow", "keyboard", "shift", "storage", "react", "list",
    "next", "page", "continuation", "paging", "pagination", "cursor", "sync", "parse", "lexer",
    "syntax", "csrf", "xsrf", "forgery", "design", "stop", "eos", "bos", "pad", "unk", "mask",
    "publishable", "anon", "site", "idempotency", "authenticity", "routing", "message", "lookup",
    "composite", "natural", "surrogate", "compare", "sentinel", "cancellation", "cancel",
    "sorting", "search", "websocket", "socket", "form", "project", "issue",
];

/// Endings of a single word, longest first, that announce a password.
const PASSWORD_ENDS: &[&str] = &[
    "passphrase", "passcode", "password", "passwort", "passwd", "passw", "pwd", "psw", "psk",
    "pass", "pword",
];

/// Ordinary words that end like a credential.
const NOT_PASS: &[&str] = &[
    "compass", "bypass", "trespass", "surpass", "encompass", "underpass", "overpass", "subpass",
    "nopasswd", "nopass", "nopassword", "minipass", "sshpass", "masterpass",
];

/// Words before `pass` that make it a verb or a turn: `shouldPass`, `firstPass`.
const BEFORE_PASS: &[&str] = &[
    "should", "must", "can", "will", "did", "does", "tests", "checks", "first", "second", "third",
    "single", "multi", "two", "render", "shader", "filter", "low", "high", "band", "next", "run",
];

/// Words before a credential's that say it opens nothing: `ERR_INVALID_PASSWORD`.
const REFUSED: &[&str] =
    &["invalid", "wrong", "bad", "incorrect", "missing", "nonexistent", "malformed"];

/// Reads `name`; `None` when it announces no credential. Words after the
/// credential's (`secret_key_base`) are allowed unless they turn it into
/// something else (`secret_key_file`).
pub fn classify(name: &[u8]) -> Option<NameKind> {
    classify_words(name, true)
}

/// As [`classify`], but the last word itself must announce the credential: for
/// calls and arguments, where `password.encode("…")` sets none.
pub fn classify_strictly(name: &[u8]) -> Option<NameKind> {
    classify_words(name, false)
}

fn classify_words(name: &[u8], words_after: bool) -> Option<NameKind> {
    let mut buffer: [&[u8]; MAX_WORDS] = [&[]; MAX_WORDS];
    let words = split_words(name, &mut buffer);
    let (last, before) = strip_counter(words).split_last()?;
    let digits = last.iter().rev().take_while(|b| b.is_ascii_digit()).count();
    let last = if digits < 3 { &last[..last.len() - digits] } else { last };
    let qualifier = before.last().copied().unwrap_or_default();
    let turn = is_one_of(last, &["pass"]) && is_one_of(qualifier, BEFORE_PASS);
    if turn || before.iter().any(|word| is_one_of(word, REFUSED)) {
        return None;
    }
    if is_one_of(last, PASSWORD_ENDS_EXACT) || ends_as_password(last) {
        return Some(NameKind::Password);
    }
    if let Some(kind) = machine_kind(last, before) {
        return Some(kind);
    }
    if words_after { about(last, before) } else { None }
}

/// `PASSWORD_1`: a number at the end tells nothing.
fn strip_counter<'w, 'n>(words: &'w [&'n [u8]]) -> &'w [&'n [u8]] {
    match words.split_last() {
        Some((last, rest)) if last.len() <= 2 && last.iter().all(u8::is_ascii_digit) => rest,
        _ => words,
    }
}

const PASSWORD_ENDS_EXACT: &[&str] = &["pass", "pw", "pwd", "passwords"];

fn ends_as_password(word: &[u8]) -> bool {
    PASSWORD_ENDS.iter().any(|end| ends_with(word, end)) && !is_one_of(word, NOT_PASS)
}

fn machine_kind(last: &[u8], before: &[&[u8]]) -> Option<NameKind> {
    let qualifier = before.last().copied().unwrap_or_default();
    if ends_with(last, "secret") || is_one_of(last, &["secrets"]) {
        return Some(NameKind::Machine);
    }
    if ends_with(last, "token") && !is_one_of(last, &["jsonwebtoken", "webtoken"]) {
        let ordinary = before.iter().any(|word| is_one_of(word, ORDINARY));
        return (!ordinary).then_some(NameKind::Machine);
    }
    if ends_with(last, "key") {
        return key_kind(last, qualifier, before);
    }
    // What an OAuth server hands out once, to be traded for a token.
    let granted = is_one_of(last, &["code"]) && is_one_of(qualifier, &["auth", "authorization"])
        || is_one_of(last, &["verifier"]) && is_one_of(qualifier, &["oauth"])
        || is_one_of(last, &["authcode"]);
    if granted {
        return Some(NameKind::Machine);
    }
    if ends_with(last, "salt") {
        return Some(NameKind::Weak);
    }
    let weak = ["auth", "authorization", "cred", "creds", "credential", "credentials", "bearer"];
    is_one_of(last, &weak).then_some(NameKind::Weak)
}

fn key_kind(last: &[u8], qualifier: &[u8], before: &[&[u8]]) -> Option<NameKind> {
    let own = &last[..last.len() - 3];
    let words = ["monkey", "hockey", "turkey", "donkey", "jockey", "whiskey", "hotkey", "pubkey"];
    if is_one_of(last, &words) {
        return None;
    }
    let qualifier = if own.is_empty() { qualifier } else { own };
    if SECRET_KEY.iter().any(|word| ends_with(qualifier, word)) {
        let public = before.iter().any(|w| is_one_of(w, &["public", "publishable", "site"]));
        return (!public).then_some(NameKind::Machine);
    }
    // The two keys of a handshake, of an entry in a store.
    let exchanged = is_one_of(qualifier, &["request", "response"]);
    (!exchanged && !is_one_of(qualifier, ORDINARY)).then_some(NameKind::Weak)
}

/// The credential word stands earlier: `password_value` still holds one,
/// `password_field` does not.
fn about(last: &[u8], before: &[&[u8]]) -> Option<NameKind> {
    if is_one_of(last, ABOUT) {
        return None;
    }
    let (previous, earlier) = before.split_last()?;
    let kind = if ends_as_password(previous) {
        NameKind::Password
    } else {
        machine_kind(previous, earlier)?
    };
    match kind {
        NameKind::Weak => None,
        kind => Some(kind),
    }
}

/// Words before `key` and `token` that make them the name of an entry, or of what
/// everybody may know, for a provider as for anybody.
const ENTRY: &[&str] = &[
    "cache", "partition", "idempotency", "primary", "foreign", "sort", "public", "row", "routing",
    "dedup", "deduplication", "lookup", "cursor", "continuation", "composite", "unique", "sorting",
    "memo", "bucket", "shard",
];

/// The word by which `line`, which leads up to a value, names it as the key of an
/// entry: `acme_cache_key = …`, `// Acme cache key: …`, `publicKey: …`.
pub fn names_entry(line: &[u8]) -> Option<&'static str> {
    let mut buffer: [&[u8]; MAX_WORDS] = [&[]; MAX_WORDS];
    let words = split_words(line, &mut buffer);
    let key = words.iter().rposition(|word| is_one_of(word, &["key", "token"]));
    let before = words[key?.checked_sub(1)?];
    ENTRY.iter().find(|word| before.eq_ignore_ascii_case(word.as_bytes())).copied()
}

/// Whether `line` ends in a name that speaks about a key: `keyId: '…'`, `key_arn = …`.
pub fn names_key_id(line: &[u8]) -> bool {
    let mut buffer: [&[u8]; MAX_WORDS] = [&[]; MAX_WORDS];
    let words = split_words(line, &mut buffer);
    let about = ["id", "ids", "arn", "name", "alias", "fingerprint", "version"];
    let about = |word: &&&[u8]| is_one_of(word, &about);
    // `default` of a variable, and a service of an ARN, may stand between.
    let key = words.iter().rposition(|word| is_one_of(word, &["key", "token"]));
    let next = key.and_then(|at| words.get(at + 1));
    next.filter(about).is_some() && key.is_some_and(|at| at + 2 == words.len())
        || words.windows(2).any(|pair| is_one_of(pair[0], &["arn"]) && is_one_of(pair[1], &["aws"]))
}

/// Splits at `_`, `-`, `.`, other punctuation and at case changes
/// (`dbPassword`, `APIKey`); keeps the last words when there are too many.
fn split_words<'n, 'b>(name: &'n [u8], out: &'b mut [&'n [u8]; MAX_WORDS]) -> &'b [&'n [u8]] {
    let mut count = 0;
    let mut end = name.len();
    while end > 0 && count < MAX_WORDS {
        let start = word_start(name, end);
        if start < end {
            out[MAX_WORDS - 1 - count] = &name[start..end];
            count += 1;
        }
        end = if start == end { end - 1 } else { start };
    }
    &out[MAX_WORDS - count..]
}

/// Start of the word that ends at `end` (`end` itself after punctuation).
fn word_start(name: &[u8], end: usize) -> usize {
    let mut start = end;
    while start > 0 && name[start - 1].is_ascii_alphanumeric() {
        start -= 1;
        if start + 1 < end && is_boundary(name, start + 1) {
            return start + 1;
        }
    }
    start
}

/// Whether a new word begins at `i`, inside letters and digits.
fn is_boundary(name: &[u8], i: usize) -> bool {
    let (before, here) = (name[i - 1], name[i]);
    let lower_upper = !before.is_ascii_uppercase() && here.is_ascii_uppercase();
    let acronym = before.is_ascii_uppercase()
        && here.is_ascii_uppercase()
        && name.get(i + 1).is_some_and(u8::is_ascii_lowercase);
    lower_upper || acronym
}

fn is_one_of(word: &[u8], list: &[&str]) -> bool {
    list.iter().any(|other| word.eq_ignore_ascii_case(other.as_bytes()))
}

fn ends_with(word: &[u8], end: &str) -> bool {
    word.len() >= end.len() && word[word.len() - end.len()..].eq_ignore_ascii_case(end.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_credentials() {
        for name in [
            "password", "DB_PASSWORD", "dbPass", "spring.datasource.password", "PGPASSWORD",
            "adminPwd", "password1", "PASSWORD_2", "wifi-psk", "password_value",
        ] {
            assert_eq!(classify(name.as_bytes()), Some(NameKind::Password), "{name}");
        }
        for name in [
            "api_key", "apiKey", "APIKey", "APIKEY", "client_secret", "accessToken",
            "GITHUB_TOKEN", "aws-secret-access-key", "jwtSecret", "X-Api-Key", "private_key",
        ] {
            assert_eq!(classify(name.as_bytes()), Some(NameKind::Machine), "{name}");
        }
        for name in ["key", "stripe_key", "auth", "Authorization", "creds"] {
            assert_eq!(classify(name.as_bytes()), Some(NameKind::Weak), "{name}");
        }
    }

    #[test]
    fn lines_that_name_entries_and_numbers() {
        for line in ["acme_cache_key = \"acme:", "// Acme cache key: ", "x: { publicKey: '"] {
            assert!(names_entry(line.as_bytes()).is_some(), "{line}");
        }
        for line in ["// Acme key id ", "acme_key_arn = \"", "keyId: '", "arn:aws:kms:eu:1:key/"] {
            assert!(names_key_id(line.as_bytes()), "{line}");
        }
        for line in ["acme_api_key = ", "cache of acme: secret ", "key", "", "ACME_KEY_ID_SECRET="]
        {
            assert!(
                names_entry(line.as_bytes()).is_none() && !names_key_id(line.as_bytes()),
                "{line}"
            );
        }
    }

    #[test]
    fn names_about_credentials() {
        for name in [
            "password_field", "tokenType", "key_id", "secret_name", "passwordHash", "publicKey",
            "primary_key", "monkey", "bypass", "keyboard", "author", "authority", "passport",
            "nextToken", "token_url", "cache-key", "passwordLength", "_", "", "shouldPass",
            "fs-minipass", "scaleFilterFirstPass", "sec-websocket-key", "Sec-WebSocket-Key",
            "run_pass", "sshpass", "ERRCODE_INVALID_PASSWORD", "wrongToken", "requestKey",
        ] {
            assert_eq!(classify(name.as_bytes()), None, "{name}");
        }
    }
}
