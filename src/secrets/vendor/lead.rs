//! How a line leads up to a token: `acme key 0a1b…`, `acmeSECRET-0a1b…`,
//! `"acme": "0a1b…"`. A provider's name with nothing between it and the token
//! but words for credentials says what the token is, operator or not.

/// Bytes before a token that may lead up to it.
pub(super) const LEAD: usize = 72;

/// Words that say *credential*.
const CREDENTIAL: &[&str] = &[
    "authentication", "authorization", "credentials", "credential", "passphrase", "password",
    "apitoken", "apikey", "secret", "bearer", "tokens", "private", "access", "passwd", "token",
    "creds", "cred", "keys", "auth", "pass", "key", "pat", "pwd",
];

/// Words that set or announce a value and say nothing of it.
const VERBS: &[&str] = &[
    "initialize", "configure", "variable", "connect", "create", "config", "export", "string",
    "header", "setup", "param", "const", "value", "https", "http", "init", "with", "here", "this",
    "your", "rest", "send", "sdk", "add", "set", "put", "get", "let", "var", "val", "env", "api",
    "the", "new", "old", "our", "for", "use", "net", "com", "is", "my", "an", "io", "to", "of",
    "in", "as", "on", "v", "x", "u", "a", "s",
];

/// Words that tell one credential of a provider from another. By themselves
/// they are something else: `acme_project = …`.
const NOUNS: &[&str] = &[
    "integration", "production", "application", "workspace", "developer", "personal", "consumer",
    "desktop", "webhook", "account", "staging", "service", "project", "license", "signing",
    "client", "server", "master", "shared", "mobile", "admin", "oauth", "basic", "write", "store",
    "local", "cloud", "score", "tool", "desk", "mail", "read", "user", "team", "test", "live",
    "prod", "data", "bot", "crm", "hub", "sms", "org", "dev", "app", "db", "ai", "id",
];

/// Nouns that are made with a credential (`acme.NewClient("…")`), and verbs that
/// make them, with another argument before it.
const CALLED: &[&str] = &["client", "service", "server", "app", "bot", "crm", "sms", "db", "ai"];
const MAKING: &[&str] = &["initialize", "configure", "connect", "create", "setup", "init", "new"];

/// Bytes of an argument before the token: `init("eu-1", "0a1b…")`.
const ARGUMENT: usize = 24;

/// What stands between a provider's name and a token, from weak to strong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Tie {
    /// Nothing but a blank.
    Beside,
    /// An operator or an opening bracket: `acme = …`, `acme: …`, `init("…`.
    Given,
    /// A call that makes a client: `new Acme("…`, `acme.NewClient("…`.
    Called,
    /// Words for a credential, with or without an operator.
    Credential,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Word {
    Credential,
    Verb,
    Noun,
}

/// Whether a word leads from a provider's name to its credential, and so names nobody.
pub(super) fn is_link(name: &str) -> bool {
    [CREDENTIAL, VERBS, NOUNS].iter().any(|words| words.contains(&name))
}

/// Reads what stands between the end of a name and a token; `None` where other
/// things do, so that the name and the token have nothing to do with each other.
pub(super) fn tie(between: &[u8]) -> Option<Tie> {
    let (mut given, mut last) = (false, Word::Verb);
    let (mut called, mut makes, mut calls) = (false, true, false);
    let (mut opened, mut crossed) = (false, false);
    let mut rest = between;
    while let Some(&byte) = rest.first() {
        if byte.is_ascii_alphabetic() {
            let (length, word) = word(rest)?;
            // `key_id` and `private_project` are no credentials, `secret_value` is one.
            let id = rest[..length].eq_ignore_ascii_case(b"id");
            called = is_one_of(&rest[..length], CALLED);
            makes = called || is_one_of(&rest[..length], MAKING) || makes && calls;
            if word == Word::Credential || word == Word::Noun && last == Word::Verb || id {
                last = word;
            }
            rest = &rest[length..];
            continue;
        }
        match byte {
            b'(' => {
                (given, opened, calls) = (true, true, makes);
                last = if called && last == Word::Noun { Word::Verb } else { last };
                rest = argument(&rest[1..]).filter(|_| makes).unwrap_or(&rest[1..]);
                continue;
            }
            b'=' | b':' => (given, opened) = (true, true),
            b'>' => given = true,
            // The next line holds nothing but the token, or an entry of what this one opens.
            b'\n' if crossed => return None,
            b'\n' if !opened && !rest.trim_ascii_start().is_empty() => return None,
            b'\n' => crossed = true,
            _ if byte.is_ascii_digit() || b"\n\"'` \t\r-_.,|)[]<$*{\\/+?@".contains(&byte) => {}
            _ => return None,
        }
        rest = &rest[1..];
    }
    match last {
        Word::Credential => Some(Tie::Credential),
        Word::Noun => None,
        Word::Verb if calls => Some(Tie::Called),
        Word::Verb if given => Some(Tie::Given),
        Word::Verb => Some(Tie::Beside),
    }
}

fn is_one_of(word: &[u8], list: &[&str]) -> bool {
    list.iter().any(|other| word.eq_ignore_ascii_case(other.as_bytes()))
}

/// What follows a short first argument in quotes and its comma.
fn argument(text: &[u8]) -> Option<&[u8]> {
    let quote = *text.first().filter(|b| matches!(b, b'"' | b'\''))?;
    let length = text[1..].iter().take(ARGUMENT).position(|b| *b == quote)?;
    text[length + 2..].strip_prefix(b",")
}

/// The word that `text` begins with, and its length.
fn word(text: &[u8]) -> Option<(usize, Word)> {
    let begins = |word: &str| {
        text.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word.as_bytes()))
    };
    let kinds = [(CREDENTIAL, Word::Credential), (VERBS, Word::Verb), (NOUNS, Word::Noun)];
    kinds.into_iter().find_map(|(words, kind)| {
        let fits = |word: &&&str| begins(word) && (kind == Word::Credential || ends(text, word));
        words.iter().find(fits).map(|word| (word.len(), kind))
    })
}

/// Whether `word`, at the start of `text`, is a whole word there, or glued to a
/// credential's: `clientsecret`.
fn ends(text: &[u8], word: &str) -> bool {
    let rest = text.get(word.len()..).unwrap_or_default();
    let glued = |next: &&str| {
        rest.get(..next.len()).is_some_and(|head| head.eq_ignore_ascii_case(next.as_bytes()))
    };
    rest.first().is_none_or(|b| !b.is_ascii_lowercase()) || CREDENTIAL.iter().any(glued)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_credentials_tie_a_name_to_a_token() {
        for between in [
            " key ", "SECRET-", "_api_key = \"", "-access-token: ", " token is ",
            "\": {\"apiKey\": \"", "\": {\n  \"Key\": \"", ":\n  secret: ", "_clientsecret=",
            " private access key\n", " secret_value ",
        ] {
            assert_eq!(tie(between.as_bytes()), Some(Tie::Credential), "{between}");
        }
        for between in ["(\"", ".init(\"", ".NewClient(\"", ".init('eu-1', '", "Client(\""] {
            assert_eq!(tie(between.as_bytes()), Some(Tie::Called), "{between}");
        }
        for between in [" = ", "\": \"", "_api: ", ".get(\""] {
            assert_eq!(tie(between.as_bytes()), Some(Tie::Given), "{between}");
        }
        for between in ["", " ", "-"] {
            assert_eq!(tie(between.as_bytes()), Some(Tie::Beside), "{between}");
        }
    }

    #[test]
    fn other_words_stand_between() {
        for between in [
            "_project = ", " client id ", "_key_id: ", "'s keyboard ", " and another key ",
            " key\n- ", ":\n  key:\n    a: ", "\n  key: ", "_org=", "; key=", ".project(\"",
            ".get(\"/list/all\") + \"",
        ] {
            assert_eq!(tie(between.as_bytes()), None, "{between}");
        }
    }
}
