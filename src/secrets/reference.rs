//! Literal or reference: is the text a value, or does it name, compute, quote
//! or describe one that is somewhere else?

use super::assignment::Quoting;
use super::randomness::{randomness, vocabulary};
use super::shapes::is_other_notation;
use super::value::{Weighed, has_part};
use super::words::Wording;
use crate::source::place::Notation;

/// Beginnings of values that are looked up somewhere else.
const LOOKUPS: &[&str] = &[
    "process.env", "os.environ", "getenv", "env.", "env[", "env:", "config.", "settings.",
    "secrets.", "vault:", "arn:", "ref+", "op://", "ssm:", "sops:", "file:", "classpath:", "self.",
    "this.", "!ref", "!vault", "!sub", "vault_", "System.get", "secretsmanager", "options.",
    "opts.", "args.", "params.", "request.", "req.", "data.", "var.", "local.", "module.",
    "input.", "inputs.", "github.", "steps.", "needs.", "enc[", "cmd:", "keyring:", "prompt:",
    "pass:", "lookup(", "kubernetes:", "akv:", "gcpsm:", "awssm:", "credentials(", "doppler:",
    "infisical:", "keepass:", "bitwarden:", "bws:", "chamber:", "berglas:", "sm://", "az:",
];

/// `NAME_OF=value`: the next line of a form that was left empty.
fn is_assignment(value: &[u8]) -> bool {
    let Some(equals) = value.iter().take(64).position(|b| *b == b'=') else { return false };
    is_setting(&value[..equals]) && value[equals..].iter().any(|b| *b != b'=')
}

/// `#909fa7`, in a table of colours.
fn is_colour(value: &[u8]) -> bool {
    value.strip_prefix(b"#").is_some_and(|digits| {
        matches!(digits.len(), 3 | 4 | 6 | 8) && digits.iter().all(u8::is_ascii_hexdigit)
    })
}

/// `MAIL_HOST_NAME`: two words and more, in capitals.
fn is_setting(value: &[u8]) -> bool {
    let mut words = value.split(|b| *b == b'_');
    let is_word = |word: &[u8]| word.len() > 1 && word.iter().all(u8::is_ascii_uppercase);
    value.contains(&b'_') && words.all(is_word)
}

/// `UNIQ_6FB0DB1E5F37A13B`, `IDX_…`, `FK_…`: what migrations of Doctrine and TypeORM call
/// an index, by the hash of what it is about.
fn is_constraint(value: &[u8]) -> bool {
    let kinds = ["UNIQ_", "IDX_", "FK_", "PK_", "UQ_", "REL_", "CHK_"];
    let hash = kinds.iter().find_map(|kind| value.strip_prefix(kind.as_bytes()));
    hash.is_some_and(|hash| hash.len() >= 8 && hash.iter().all(u8::is_ascii_hexdigit))
}

/// `${VAR}`, `{{ x }}`, `process.env.X`, `<secret>`, function calls: the value
/// is somewhere else.
pub fn is_reference(weighed: &Weighed<'_>) -> bool {
    let value = weighed.value;
    if is_template(value) || is_other_notation(value) {
        return true;
    }
    if is_assignment(value) || is_constraint(value) || is_colour(value) {
        return true;
    }
    // Prose lists the names of settings: `A_PASSWORD`, `B_MODE`.
    if weighed.place.notation == Notation::Prose && is_setting(value) {
        return true;
    }
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
    let literal = value[0] == b'['
        || value[0] == b']'
        || value[0] == b'{'
        || value[0] == b'&'
        || value[0] == b'*';
    // A signature goes on after a type: `password: str):`.
    let open = value.ends_with(b":") || value.contains(&b')') && !value.contains(&b'(');
    let flag = value[0] == b'-'
        || value[0] == b'!'
        || value[0] == b'|'
        || value[0] == b'>'
        || value[0] == b'(';
    call || dotted || literal || open || flag
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
    ) || is_marked_name(value);
    let parts = [
        "${", "{{", "$(", "#{", "<%", "%(", "%s", "%v", "%d", "{0}", "@{", "\\(", "{%", "\" +",
        "' +", "'$", "\"$", "<<", "{$", "*|", "|*",
    ];
    let bcrypt =
        value.starts_with(b"$2") || value.starts_with(b"$argon") || value.starts_with(b"$6$");
    let dollar_name = first == b'$' && value.len() > 1 && !bcrypt;
    (wrapped && first != b'$') || dollar_name || has_part(value, &parts) || is_braced(value)
}

/// `@DB_PASSWORD`: the name of what a script puts there.
fn is_marked_name(value: &[u8]) -> bool {
    let name = value.strip_prefix(b"@").unwrap_or_default();
    name.len() > 3
        && name.contains(&b'_')
        && name.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_')
}

/// `{name}` inside, as in format strings.
fn is_braced(value: &[u8]) -> bool {
    let Some(open) = value.iter().position(|&b| b == b'{') else { return false };
    value[open..].iter().position(|&b| b == b'}').is_some_and(|close| {
        value[open + 1..open + close].iter().all(|b| b.is_ascii_alphanumeric() || b"_.".contains(b))
    })
}

/// `password: "user_password"`: the value is a name again.
pub fn names_itself(weighed: &Weighed<'_>) -> bool {
    let value = weighed.value;
    let looks_like_name = value.iter().all(|b| b.is_ascii_alphabetic() || b"_-.:/ ".contains(b));
    let same = weighed.name.eq_ignore_ascii_case(value);
    same || looks_like_name && super::name::classify(value).is_some()
}

/// Two or more blanks between words, or one between plain words.
pub fn is_sentence(value: &[u8]) -> bool {
    let blanks = value.iter().filter(|&&b| b == b' ').count();
    blanks > 0 && (blanks > 2 || Wording::of(value).is_text())
}

pub fn has_hump(value: &[u8]) -> bool {
    value.windows(2).any(|w| w[0].is_ascii_lowercase() && w[1].is_ascii_uppercase())
}

/// `/etc/keys/api.pem`, `./key`, `C:\keys`: a file, not its content.
pub fn is_path(value: &[u8]) -> bool {
    let extension = value.iter().rposition(|&b| b == b'.').is_some_and(|dot| {
        let tail = &value[dot + 1..];
        (2..=5).contains(&tail.len()) && tail.iter().all(u8::is_ascii_lowercase)
    });
    let rooted = value.starts_with(b"/") || value.starts_with(b"./") || value.starts_with(b"~/");
    let drive = value.len() > 2 && value[1] == b':' && value[2] == b'\\';
    let separators = value.contains(&b'/') || value.contains(&b'\\');
    drive
        || (rooted && randomness(value) < 0.7)
        || (separators && extension)
        || extension && vocabulary(value) > 0.5
}

/// Names of content hashes, and of what was hashed or encrypted before.
pub fn is_digest_name(name: &[u8]) -> bool {
    has_part(
        name,
        &[
            "sha1", "sha256", "sha512", "md5", "digest", "checksum", "integrity", "etag", "commit",
            "encrypted", "hashed", "salted", "_hash", "-hash", "encodedpassw", "encoded_passw",
        ],
    )
}

/// `$6$…`, `$argon2id$…`, `$2b$…`, `{SSHA}…`: what a password database holds.
pub fn is_crypt_hash(value: &[u8]) -> bool {
    // A line of htpasswd: `user:$apr1$…`.
    let user = value.iter().take(64).position(|b| *b == b':').map_or(0, |colon| colon + 1);
    let value = if value.get(user) == Some(&b'$') { &value[user..] } else { value };
    let modular = value.len() > 20
        && value[0] == b'$'
        && value[1..].iter().take(10).position(|&b| b == b'$').is_some_and(|at| at > 0);
    // Django and its relatives: `sha1$salt$hash`, `pbkdf2_sha256$…`.
    let named = [&b"sha"[..], b"md5$", b"pbkdf2", b"bcrypt", b"scrypt", b"argon2"]
        .iter()
        .any(|algorithm| value.starts_with(algorithm))
        && value.iter().filter(|b| **b == b'$').count() >= 2;
    modular || named || has_scheme(value)
}

/// `{SSHA}…`, `{pbkdf2@v5}…`, `{bcrypt}…`: how LDAP and Spring write which hash it is.
fn has_scheme(value: &[u8]) -> bool {
    const ALGORITHMS: &[&str] = &["sha", "md5", "pbkdf2", "bcrypt", "scrypt", "argon2", "crypt"];
    let Some(rest) = value.strip_prefix(b"{") else { return false };
    let end = rest.iter().take(40).position(|b| *b == b'}').unwrap_or(0);
    has_part(&rest[..end], ALGORITHMS) && rest.len() > end + 8
}

/// As many hexadecimal digits, in one case, as MD5, SHA-1, SHA-256 or SHA-512 give.
pub fn is_digest(value: &[u8]) -> bool {
    let cases = |case: fn(&u8) -> bool| value.iter().any(case);
    matches!(value.len(), 32 | 40 | 64 | 128)
        && value.iter().all(u8::is_ascii_hexdigit)
        && !(cases(u8::is_ascii_uppercase) && cases(u8::is_ascii_lowercase))
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
