//! Is this value a credential? Placeholders, references, sentences and hashes
//! are not; what is left is weighed by its randomness and its name.

use crate::finding::Confidence;

use super::assignment::{Operator, Quoting};
use super::name::NameKind;
use super::randomness::{is_sequence_or_repeat, randomness, vocabulary};
use crate::source::place::{Notation, Place, Role};

/// A value together with all that is known about where it stands.
pub struct Weighed<'a> {
    pub name: &'a [u8],
    pub kind: NameKind,
    pub value: &'a [u8],
    pub operator: Operator,
    pub quoting: Quoting,
    pub place: Place,
    /// On a comment line of source code.
    pub in_comment: bool,
}

/// An opinion with its reason, in a short phrase.
pub type Opinion = (Confidence, &'static str);

/// Words that make a value a stand-in wherever they appear in it.
const PLACEHOLDER_PARTS: &[&str] = &[
    "example", "changeme", "change_me", "change-me", "change_this", "changethis", "placeholder",
    "your_", "your-", "yourpassword", "yoursecret", "yourtoken", "yourkey", "yourapi", "my_secret",
    "insert", "replace", "redacted", "removed", "xxxx", "****", "....", "todo", "fixme", "lorem",
    "_here", "-here", "goes here", "some_", "some-", "not_a_real", "notreal", "invalid", "<your",
    "enter_", "enter-", "...", "undisclosed", "sanitized", "obfuscated", "hidden",
];

/// Words that make it doubtful.
const DOUBTFUL_PARTS: &[&str] =
    &["test", "dummy", "fake", "sample", "mock", "foobar", "demo", "default", "bogus", "abc123"];

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

/// Weighs a value; `None` when it is no credential.
pub fn weigh(weighed: &Weighed<'_>) -> Option<Opinion> {
    let value = weighed.value;
    // First of all the length: a value is read again for every name inside it.
    if value.len() < 4 || value.len() > longest(weighed) {
        return None;
    }
    if is_reference(weighed) || is_empty_word(value) || names_itself(weighed) {
        return None;
    }
    let (confidence, reason) = match weighed.kind {
        NameKind::Password => password(weighed)?,
        NameKind::Machine => machine(weighed)?,
        NameKind::Weak => weak(weighed)?,
    };
    Some(settle(weighed, confidence, reason))
}

/// Longest value that is weighed, in bytes.
fn longest(weighed: &Weighed<'_>) -> usize {
    match (weighed.kind, weighed.quoting) {
        (NameKind::Password, _) => 128,
        (_, Quoting::Quoted) => 1024,
        _ => 300,
    }
}

/// What lowers every opinion in the same way.
fn settle(weighed: &Weighed<'_>, confidence: Confidence, reason: &'static str) -> Opinion {
    let value = weighed.value;
    if has_part(value, PLACEHOLDER_PARTS) || is_sequence_or_repeat(value) || is_monotonous(value) {
        return (Confidence::Low, "the value looks like a placeholder");
    }
    if weighed.operator == Operator::Compare {
        return (confidence.min(Confidence::Low), "the value is only compared with");
    }
    let looks_doubtful = has_part(weighed.value, DOUBTFUL_PARTS);
    match weighed.place.role {
        Role::Production if looks_doubtful => (Confidence::Low, "the value has a test word in it"),
        Role::Production if weighed.in_comment => {
            (confidence.lowered(), "it stands in a comment of source code")
        }
        Role::Production => (confidence, reason),
        Role::Test => (Confidence::Low, "it stands in a test file"),
        Role::Example => (confidence.lowered(), "it stands in an example or documentation"),
    }
}

/// People choose passwords: words are allowed, sentences and identifiers are not.
fn password(weighed: &Weighed<'_>) -> Option<Opinion> {
    let value = weighed.value;
    if is_sentence(value) || value.len() > 128 {
        return None;
    }
    if is_crypt_hash(value) {
        return Some((Confidence::Low, "the value is a password's hash"));
    }
    let random = randomness(value);
    let has_digit = value.iter().any(u8::is_ascii_digit);
    let has_letter = value.iter().any(u8::is_ascii_alphabetic);
    let has_symbol = value.iter().any(|b| b.is_ascii_punctuation() && !b"_-./".contains(b));
    let bare_code = weighed.quoting == Quoting::Bare && weighed.place.notation != Notation::Config;
    let prose = weighed.operator == Operator::Space && weighed.quoting != Quoting::Quoted;
    if prose && (!has_digit || weighed.name.len() <= 4 && random < 0.8) {
        return None;
    }
    if value.len() >= 12 && random > 0.8 {
        return Some((Confidence::High, "a random value is given to a password"));
    }
    if has_letter && (has_digit || has_symbol) && !bare_code {
        return Some((Confidence::Medium, "a value with digits or symbols is given to a password"));
    }
    if bare_code && (random > 0.5 || has_digit && has_symbol) {
        return Some((Confidence::Medium, "a password-like value follows a password name"));
    }
    let is_identifier = !has_digit && !has_symbol && (value.contains(&b'_') || has_hump(value));
    if bare_code || is_identifier || value.contains(&b'.') || value.contains(&b'/') {
        return None;
    }
    Some((Confidence::Low, "a plain word is given to a password"))
}

/// Machines make keys, tokens and client secrets: they are random.
fn machine(weighed: &Weighed<'_>) -> Option<Opinion> {
    let value = weighed.value;
    if value.len() < 8 || value.contains(&b' ') || value.len() > 2048 || is_path(value) {
        return None;
    }
    let random = randomness(value);
    let has_digit = value.iter().any(u8::is_ascii_digit);
    let bare_code = weighed.quoting == Quoting::Bare && weighed.place.notation == Notation::Code;
    if bare_code || is_digest_name(weighed.name) {
        return None;
    }
    if weighed.operator == Operator::Space && (!has_digit || random < 0.7) {
        return None;
    }
    if is_uuid(value) {
        let plain_token =
            has_part(weighed.name, &["token"]) && !has_part(weighed.name, &["secret"]);
        let confidence = if plain_token { Confidence::Low } else { Confidence::Medium };
        return Some((confidence, "a UUID is given to the name of a key or token"));
    }
    if random > 0.9 && value.len() >= 20 && has_digit {
        return Some((Confidence::High, "a random value is given to the name of a key or token"));
    }
    if random > 0.5 && value.len() >= 10 {
        return Some((Confidence::Medium, "a fairly random value is given to a key or token"));
    }
    let words_only = !has_digit || vocabulary(value) > 0.8 && random < 0.1;
    if words_only || weighed.quoting == Quoting::Bare && weighed.place.notation != Notation::Config
    {
        return None;
    }
    Some((Confidence::Low, "a value of words and digits is given to a key or token"))
}

/// The name may be innocent: only a value that speaks for itself counts.
fn weak(weighed: &Weighed<'_>) -> Option<Opinion> {
    let value = weighed.value;
    let plain = !value.iter().all(|b| b.is_ascii_alphanumeric() || b"_-+/=.:".contains(b));
    if value.len() < 20
        || value.len() > 512
        || plain
        || is_path(value)
        || is_digest_name(weighed.name)
    {
        return None;
    }
    if weighed.quoting == Quoting::Bare && weighed.place.notation == Notation::Code {
        return None;
    }
    let has_digit = value.iter().any(u8::is_ascii_digit);
    if !has_digit || randomness(value) < 0.95 {
        return None;
    }
    if weighed.operator == Operator::Space {
        return None;
    }
    if is_uuid(value) {
        return Some((Confidence::Low, "a UUID is given to a name that may be a key's"));
    }
    Some((Confidence::Low, "a random value is given to a name that may be a key's"))
}

/// `${VAR}`, `{{ x }}`, `process.env.X`, `<secret>`, function calls: the value
/// is somewhere else.
pub fn is_reference(weighed: &Weighed<'_>) -> bool {
    let value = weighed.value;
    if is_template(value) {
        return true;
    }
    const LOOKUPS: &[&str] = &[
        "process.env", "os.environ", "getenv", "env.", "env[", "env:", "config.", "settings.",
        "secrets.", "vault:", "arn:", "ref+", "op://", "ssm:", "sops:", "file:", "classpath:",
        "self.", "this.", "!ref", "!vault", "!sub", "vault_", "System.get", "secretsmanager",
        "options.", "opts.", "args.", "params.", "request.", "req.", "data.", "var.", "local.",
        "module.", "input.", "inputs.", "github.", "steps.", "needs.", "enc[",
    ];
    if LOOKUPS.iter().any(|lookup| starts_with(value, lookup)) || has_part(value, &["://"]) {
        return true;
    }
    if weighed.quoting == Quoting::Quoted {
        return false;
    }
    let call = value.iter().position(|&b| b == b'(' || b == b'[').is_some_and(|i| i > 0);
    let dotted = value.contains(&b'.')
        && value.split(|&b| b == b'.').all(|part| {
            !part.is_empty()
                && part[0].is_ascii_alphabetic()
                && part.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
        })
        && randomness(value) < 0.7;
    let literal = value[0] == b'[' || value[0] == b'{' || value[0] == b'&' || value[0] == b'*';
    let flag = value[0] == b'-' || value[0] == b'|' || value[0] == b'>' || value[0] == b'(';
    call || dotted || literal || flag
}

/// Interpolation in any of the usual notations.
pub fn is_template(value: &[u8]) -> bool {
    let first = value.first().copied().unwrap_or(b' ');
    let wrapped = matches!(
        (first, value.last()),
        (b'<', Some(b'>'))
            | (b'{', Some(b'}'))
            | (b'[', Some(b']'))
            | (b'%', Some(b'%'))
            | (b'$', _)
            | (b'@', Some(b'@'))
    );
    let parts = [
        "${", "{{", "$(", "#{", "<%", "%(", "%s", "%v", "%d", "{0}", "@{", "\\(", "{%", "\" +",
        "' +",
    ];
    let bcrypt =
        value.starts_with(b"$2") || value.starts_with(b"$argon") || value.starts_with(b"$6$");
    let dollar_name = first == b'$' && value.len() > 1 && !bcrypt;
    (wrapped && first != b'$') || dollar_name || has_part(value, &parts) || is_braced(value)
}

/// `{name}` inside, as in format strings.
fn is_braced(value: &[u8]) -> bool {
    let Some(open) = value.iter().position(|&b| b == b'{') else { return false };
    value[open..].iter().position(|&b| b == b'}').is_some_and(|close| {
        value[open + 1..open + close].iter().all(|b| b.is_ascii_alphanumeric() || b"_.".contains(b))
    })
}

fn is_empty_word(value: &[u8]) -> bool {
    EMPTY_WORDS.iter().any(|word| value.eq_ignore_ascii_case(word.as_bytes()))
}

/// `password: "user_password"`: the value is a name again.
fn names_itself(weighed: &Weighed<'_>) -> bool {
    let value = weighed.value;
    let looks_like_name = value.iter().all(|b| b.is_ascii_alphabetic() || b"_-.: ".contains(b));
    let same = weighed.name.eq_ignore_ascii_case(value);
    same || looks_like_name && super::name::classify(value).is_some()
}

/// Two or more blanks between words, or one between plain words.
fn is_sentence(value: &[u8]) -> bool {
    let blanks = value.iter().filter(|&&b| b == b' ').count();
    blanks > 0 && (blanks > 2 || vocabulary(value) > 0.6)
}

fn has_hump(value: &[u8]) -> bool {
    value.windows(2).any(|w| w[0].is_ascii_lowercase() && w[1].is_ascii_uppercase())
}

/// `/etc/keys/api.pem`, `./key`, `C:\keys`: a file, not its content.
fn is_path(value: &[u8]) -> bool {
    let extension = value.iter().rposition(|&b| b == b'.').is_some_and(|dot| {
        let tail = &value[dot + 1..];
        (2..=5).contains(&tail.len()) && tail.iter().all(u8::is_ascii_lowercase)
    });
    let rooted = value.starts_with(b"/") || value.starts_with(b"./") || value.starts_with(b"~/");
    let separators = value.contains(&b'/') || value.contains(&b'\\');
    (rooted && randomness(value) < 0.7)
        || (separators && extension)
        || extension && vocabulary(value) > 0.5
}

/// Names of content hashes.
fn is_digest_name(name: &[u8]) -> bool {
    has_part(
        name,
        &["sha1", "sha256", "sha512", "md5", "digest", "checksum", "integrity", "etag", "commit"],
    )
}

/// `$6$…`, `$argon2id$…`, `$2b$…`, `{SSHA}…`: what a password database holds.
fn is_crypt_hash(value: &[u8]) -> bool {
    let modular = value.len() > 20
        && value[0] == b'$'
        && value[1..].iter().take(10).position(|&b| b == b'$').is_some_and(|at| at > 0);
    modular || value.starts_with(b"{SSHA") || value.starts_with(b"{SHA")
}

/// `8-4-4-4-12` hexadecimal digits.
pub fn is_uuid(value: &[u8]) -> bool {
    value.len() == 36
        && value.iter().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => *b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

fn starts_with(value: &[u8], prefix: &str) -> bool {
    value.get(..prefix.len()).is_some_and(|head| head.eq_ignore_ascii_case(prefix.as_bytes()))
}

/// Whether `value` holds one of `parts` (lower case), whatever its own case.
pub fn has_part(value: &[u8], parts: &[&str]) -> bool {
    parts.iter().any(|part| {
        let part = part.as_bytes();
        value.len() >= part.len()
            && value.windows(part.len()).any(|window| window.eq_ignore_ascii_case(part))
    })
}

/// A stand-in by its words alone, e.g. `your_token_here`, `xxxxxxxx`.
pub fn is_placeholder(value: &[u8]) -> bool {
    has_part(value, PLACEHOLDER_PARTS) || is_template(value)
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
