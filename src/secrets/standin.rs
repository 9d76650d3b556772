//! Stand-ins: values that people write where a credential belongs and that
//! open nothing, from `your_token_here` over `xxxx` to `p@ssw0rd123`.

use super::inner::percent_decoded;
use super::randomness::randomness;
use super::reference::is_template;
use super::shapes::is_well_known;
use super::value::has_part;

/// Words that make a value a stand-in wherever they appear in it.
const PLACEHOLDER_PARTS: &[&str] = &[
    "example", "changeme", "change_me", "change-me", "change_this", "changethis", "placeholder",
    "your_", "your-", "yourpassword", "yoursecret", "yourtoken", "yourkey", "yourapi", "my_secret",
    "my-secret", "insert", "replace", "redacted", "removed", "xxxx", "***", "....", "todo",
    "fixme", "lorem", "_here", "-here", "goes here", "some_", "some-", "not_a_real", "notreal",
    "notareal", "not-a-real", "invalid", "<your", "enter_", "enter-", "...", "undisclosed",
    "sanitized", "obfuscated", "hidden", ".signature",
];

/// Words that make it doubtful.
const DOUBTFUL_PARTS: &[&str] = &[
    "test", "dummy", "fake", "sample", "mock", "foobar", "demo", "default", "bogus", "abc123",
    "xyz789", "deadbeef",
];

/// Whole values that say there is none, or only repeat the name.
const EMPTY_WORDS: &[&str] = &[
    "none", "null", "nil", "undefined", "true", "false", "yes", "no", "on", "off", "required",
    "optional", "string", "str", "text", "int", "bytes", "password", "passwd", "pass", "pwd",
    "secret", "token", "key", "apikey", "api_key", "api-key", "auth", "bearer", "basic", "value",
    "default", "empty", "unset", "hidden", "public", "private", "user", "username", "disabled",
    "enabled", "object", "any", "never", "credentials", "credential", "prompt", "ask", "anonymous",
    "oauth", "oauth2", "oauthbearer", "plain", "digest", "negotiate", "ntlm", "jwt", "saml",
    "ldap", "client_secret", "access_token", "refresh_token", "private_key", "secret_key",
    "authorization", "this", "self", "const", "var", "let", "new", "await", "async", "return",
    "function", "lambda", "some", "boolean", "bool", "number", "float", "char", "varchar",
    "new_password", "email",
];

/// Words that tutorials, tests and first set-ups use for a password, alone or
/// joined: the name of the thing, of a role, of a product, of a state.
const STAND_IN_WORDS: &[&str] = &[
    "password", "passwd", "passw", "passwort", "passphrase", "passcode", "pass", "pword", "pwd",
    "pw", "secret", "token", "key", "api", "auth", "code", "credential", "credentials", "cred",
    "username", "user", "usr", "name", "login", "account", "email", "mail", "admin",
    "administrator", "root", "guest", "super", "supersecret", "sa", "owner", "manager", "client",
    "server", "service", "app", "application", "web", "site", "host", "database", "db", "sql",
    "proxy", "mysql", "mariadb", "postgresql", "postgres", "mongodb", "mongo", "redis", "rabbitmq",
    "rabbit", "oracle", "mssql", "ldap", "smtp", "ftp", "ssh", "kafka", "minio", "vault",
    "grafana", "jenkins", "docker", "tomcat", "elastic", "nginx", "test", "testing", "tester",
    "tests", "demo", "example", "sample", "dummy", "fake", "mock", "stub", "default", "temporary",
    "temp", "tmp", "foobar", "foo", "bar", "baz", "qux", "quux", "hello", "world", "letmein",
    "welcome", "changeme", "change", "me", "my", "your", "our", "the", "a", "an", "is", "this",
    "that", "it", "in", "to", "for", "of", "at", "not", "no", "some", "any", "very", "top", "new",
    "old", "next", "current", "first", "second", "other", "another", "one", "two", "three", "same",
    "valid", "invalid", "incorrect", "correct", "wrong", "right", "bad", "good", "real", "strong",
    "weak", "long", "short", "simple", "complex", "secure", "insecure", "safe", "random", "unique",
    "string", "value", "text", "data", "private", "public", "local", "localhost", "dev", "prod",
    "production", "staging", "qwerty", "qwertz", "tiger", "azerty", "asdf", "asdfgh", "zxcvbn",
    "abc", "abcd", "xyz", "iloveyou", "monkey", "dragon", "master", "please", "here", "put",
    "with", "without", "and", "or", "empty", "blank", "null", "none", "nil", "hash", "hashed",
    "plain", "clear", "confirm", "confirmation", "repeat", "reset", "shared", "access", "bearer",
    "oauth", "basic", "jwt", "id", "alice", "bob", "john", "jane", "doe", "joe", "on", "off",
    "true", "false", "yes", "ok", "must", "be", "should", "can", "set", "get", "enter", "type",
    "use", "used", "only", "also", "too", "more", "than", "much", "many", "least", "most",
    "characters", "chars", "char", "min", "max", "number", "letter", "upper", "lower", "case",
    "special", "hunter", "geheim", "geheimnis", "wachtwoord", "motdepasse", "contrasena", "senha",
    "haslo", "heslo", "parola", "lozinka", "unknown", "if", "you",
];

/// Letters with a lower [`randomness`] than this follow each other nearly as in words.
const NEARLY_SAID: f32 = 0.012;

/// Longest value that is read for stand-in words, in bytes.
const LONGEST: usize = 63;

/// A stand-in by its words alone, e.g. `your_token_here`, `xxxxxxxx`.
pub fn is_placeholder(value: &[u8]) -> bool {
    has_placeholder_word(value)
        || value.ends_with(b"xxx")
        || is_template(value)
        || is_well_known(value)
}

/// Whether a word that only stand-ins have is anywhere in `value`.
pub fn has_placeholder_word(value: &[u8]) -> bool {
    has_part(value, PLACEHOLDER_PARTS)
}

/// Whether a word that doubts the value stands anywhere in it: `fake`, `demo`.
pub fn is_doubtful(value: &[u8]) -> bool {
    has_part(value, DOUBTFUL_PARTS)
}

/// `none`, `required`, `access_token`: no value, or the name again.
pub fn is_empty_word(value: &[u8]) -> bool {
    EMPTY_WORDS.iter().any(|word| value.eq_ignore_ascii_case(word.as_bytes()))
}

/// Whether stand-in words alone make up the letters of `value`: `letmein123`,
/// `Admin!2024`, `my-secret`. A value without letters is none.
pub fn is_stand_in(value: &[u8]) -> bool {
    spelled_by_words(value, |b| b)
}

/// The same when letters written as signs or digits are read back: `p@ssw0rd`;
/// what stands at the end is a sign: `P@ssw0rd!`.
pub fn is_disguised(value: &[u8]) -> bool {
    let signs = value.iter().rev().take_while(|b| b.is_ascii_punctuation()).count();
    spelled_by_words(&value[..value.len() - signs], unleet)
}

/// A word that nobody's dictionary has, in a test or an example: letters that can
/// be said, in one case or as a name, or with a blank. `rhubarb`, `Goliath`.
pub fn is_made_up_word(value: &[u8]) -> bool {
    let plain = |b: &u8| b.is_ascii_alphabetic() || matches!(b, b' ' | b'-' | b'_');
    let hump = value.windows(2).any(|w| w[0].is_ascii_lowercase() && w[1].is_ascii_uppercase());
    let shouted = value.iter().filter(|b| b.is_ascii_uppercase()).count() > value.len() / 3;
    value.len() <= 24
        && value.iter().all(plain)
        && !hump
        && !shouted
        && randomness(value) < NEARLY_SAID
}

/// Whether stand-in words, one after the other, spell all letters of `value`
/// after `read` has been applied to each byte.
fn spelled_by_words(value: &[u8], read: impl Fn(u8) -> u8) -> bool {
    if value.len() > LONGEST {
        return false;
    }
    let mut letters = [0u8; LONGEST];
    let mut count = 0;
    let decoded = percent_decoded(value);
    for byte in decoded.iter().copied().map(read).filter(u8::is_ascii_alphabetic) {
        letters[count] = byte.to_ascii_lowercase();
        count += 1;
    }
    let letters = &letters[..count];
    // Digits read as letters explain a word, they do not make one.
    let own = value.iter().filter(|b| b.is_ascii_alphabetic()).count();
    if own * 2 < count {
        return false;
    }
    // Bit i: words spell the first i letters.
    let mut reached = 1u64;
    for at in 0..count {
        if reached >> at & 1 == 1 {
            let rest = &letters[at..];
            let fitting = STAND_IN_WORDS.iter().filter(|word| rest.starts_with(word.as_bytes()));
            fitting.for_each(|word| reached |= 1 << (at + word.len()));
        }
    }
    count > 1 && reached >> count & 1 == 1
}

/// The letter that a digit or sign often stands for.
pub(super) fn unleet(byte: u8) -> u8 {
    match byte {
        b'0' => b'o',
        b'1' | b'!' => b'i',
        b'3' => b'e',
        b'4' | b'@' => b'a',
        b'5' | b'$' => b's',
        b'6' => b'g',
        b'7' => b't',
        other => other,
    }
}

/// One character fills most of the value, or runs of five and more of the same
/// fill much of it.
pub fn is_monotonous(value: &[u8]) -> bool {
    let mut counts = [0u32; 256];
    value.iter().for_each(|&b| counts[usize::from(b)] += 1);
    let most = counts.iter().max().copied().unwrap_or(0);
    let in_runs: usize =
        value.chunk_by(|a, b| a == b).map(<[u8]>::len).filter(|&length| length >= 5).sum();
    value.len() >= 8 && (most as usize * 2 > value.len() || in_runs * 3 > value.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stand_ins_are_recognised_however_written() {
        for value in [
            "password", "letmein123", "my-secret", "Admin!2024", "yourStrong(!)Password",
            "test123456", "root123", "NewPass1", "foobar1234",
        ] {
            assert!(is_stand_in(value.as_bytes()), "{value}");
        }
        for value in ["p@ssw0rd", "P%40ss", "s3cr3t", "4dm1n", "P@ssw0rd!"] {
            assert!(!is_stand_in(value.as_bytes()) && is_disguised(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn other_values_are_not() {
        for value in ["", "1234", "!!", "qzvkwp", "rootqzv", "Summer2019!", "xw83kd", "passkq"] {
            assert!(!is_stand_in(value.as_bytes()) && !is_disguised(value.as_bytes()), "{value}");
        }
        assert!(!is_stand_in(&b"pass".repeat(1000)));
    }
}
