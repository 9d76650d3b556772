//! The request of a rule with a credential in it. What a placeholder becomes
//! depends on where it stands, so that a value can never be more than a value:
//! percent-encoded in a URL, escaped in a body, refused in a header that it
//! would break. In the host there is no place for it at all.

use std::fmt::Write as _;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::sign;
use crate::finding::Secret;
use crate::rules::model::{Choice, Method, Pair, Verify};

/// Longest value that is sent, in bytes.
const LONGEST_VALUE: usize = 8 * 1024;

/// What is put into a request.
pub(super) struct Values<'v> {
    pub secret: &'v Secret,
    /// The user or id that belongs to it.
    pub user: Option<&'v Secret>,
}

/// A request, ready to be sent.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Filled {
    pub method: Method,
    pub host: String,
    /// Path and query.
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// The requests that `verify` makes of `values`, one for each of its hosts.
///
/// # Errors
/// Why nobody can be asked about these values, for people.
pub(super) fn build(
    verify: &Verify,
    values: &Values<'_>,
    pair: Option<&Pair>,
) -> Result<Vec<Filled>, String> {
    let secret = text(values.secret)?;
    let user = user(verify, values, pair)?;
    let choice = match &verify.choice {
        Some(choice) => Some(chosen(choice, &secret)?),
        None => None,
    };
    let fill = Fill { secret: &secret, user: user.as_deref().unwrap_or_default(), choice };
    let urls = std::iter::once(&verify.url).chain(&verify.more_urls);
    urls.map(|url| fill.request(verify, url)).collect()
}

fn text(secret: &Secret) -> Result<String, String> {
    let text = secret.reveal();
    let sound = text.len() <= LONGEST_VALUE && !text.contains(char::REPLACEMENT_CHARACTER);
    if sound { Ok(text.into_owned()) } else { Err("the value cannot be sent as text".to_owned()) }
}

fn user(
    verify: &Verify,
    values: &Values<'_>,
    pair: Option<&Pair>,
) -> Result<Option<String>, String> {
    let what = pair.map_or("user", |pair| pair.what.as_str());
    let user = values.user.map(text).transpose()?;
    match (&user, pair.and_then(|pair| pair.prefix.as_deref())) {
        (None, _) if wants_user(verify) => {
            Err(format!("the {what} that belongs to it was not found near"))
        }
        (Some(user), Some(prefix)) if !user.starts_with(prefix) => {
            Err(format!("the {what} that belongs to it is of another kind"))
        }
        _ => Ok(user),
    }
}

fn wants_user(verify: &Verify) -> bool {
    if verify.sign.is_some() {
        return true;
    }
    let texts = [Some(&verify.url), verify.basic.as_ref(), verify.body.as_ref()];
    let mut texts = texts.into_iter().flatten().chain(&verify.more_urls);
    texts.any(|t| t.contains("{user}")) || verify.headers.values().any(|t| t.contains("{user}"))
}

/// The text of `choice` that the secret ends in.
fn chosen<'c>(choice: &'c Choice, secret: &str) -> Result<&'c str, String> {
    let found = secret
        .rsplit_once(&choice.after)
        .and_then(|(_, end)| choice.texts.iter().find(|text| *text == end));
    found.map(String::as_str).ok_or_else(|| "the host of the credential is not known".to_owned())
}

/// The three values, as text.
struct Fill<'v> {
    secret: &'v str,
    user: &'v str,
    choice: Option<&'v str>,
}

impl Fill<'_> {
    fn request(&self, verify: &Verify, url: &str) -> Result<Filled, String> {
        let (host, target) = split(url);
        // No placeholder but the choice is allowed in a host when a rule is read.
        let host = host.replace("{choice}", self.choice.unwrap_or_default());
        let mut headers = Vec::with_capacity(verify.headers.len() + 1);
        for (name, value) in &verify.headers {
            headers.push((name.clone(), self.header(value)?));
        }
        if let Some(basic) = &verify.basic {
            let pair = STANDARD.encode(self.put(basic, &|value| value.to_owned()));
            headers.push(("authorization".to_owned(), format!("Basic {pair}")));
        }
        let escape = escape_of(&verify.headers);
        let mut filled = Filled {
            method: verify.method,
            host,
            target: self.put(target, &percent_encoded),
            headers,
            body: self.put(verify.body.as_deref().unwrap_or_default(), &escape),
        };
        if let Some(sign) = &verify.sign {
            let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
            sign::aws4(&mut filled, sign, self.user, self.secret, now.as_secs());
        }
        Ok(filled)
    }

    fn header(&self, template: &str) -> Result<String, String> {
        let value = self.put(template, &|value| value.to_owned());
        let sound = value.bytes().all(|b| b == b' ' || b.is_ascii_graphic());
        if sound { Ok(value) } else { Err("the value cannot stand in a header".to_owned()) }
    }

    /// `template` with each placeholder replaced by its escaped value. One pass:
    /// what a value holds is never read as a placeholder.
    fn put(&self, template: &str, escape: &dyn Fn(&str) -> String) -> String {
        let values = [
            ("{secret}", self.secret),
            ("{user}", self.user),
            ("{choice}", self.choice.unwrap_or_default()),
        ];
        let mut out = String::with_capacity(template.len() + self.secret.len());
        let mut rest = template;
        while let Some(at) = rest.find('{') {
            out.push_str(&rest[..at]);
            rest = &rest[at..];
            match values.iter().find(|(name, _)| rest.starts_with(name)) {
                Some((name, value)) => {
                    out.push_str(&escape(value));
                    rest = &rest[name.len()..];
                }
                None => {
                    out.push('{');
                    rest = &rest[1..];
                }
            }
        }
        out.push_str(rest);
        out
    }
}

/// Host and the rest of a URL that was checked when its rule was read.
pub(super) fn split(url: &str) -> (&str, &str) {
    let rest = url.strip_prefix("https://").unwrap_or(url);
    match rest.find(['/', '?']) {
        Some(at) if rest[at..].starts_with('/') => rest.split_at(at),
        _ => (rest, "/"),
    }
}

/// How a value is written in a body of the declared type.
fn escape_of(headers: &std::collections::BTreeMap<String, String>) -> impl Fn(&str) -> String {
    let of_type = |(name, _): &(&String, &String)| name.eq_ignore_ascii_case("content-type");
    let json = headers.iter().find(of_type).is_some_and(|(_, value)| value.contains("json"));
    move |value: &str| if json { json_escaped(value) } else { percent_encoded(value) }
}

/// A JSON string without its quotes.
fn json_escaped(value: &str) -> String {
    let quoted = serde_json::Value::String(value.to_owned()).to_string();
    quoted.strip_prefix('"').and_then(|q| q.strip_suffix('"')).unwrap_or_default().to_owned()
}

/// Everything encoded but the unreserved characters of RFC 3986, 2.3, and the
/// colon, which means nothing in a path or a query.
fn percent_encoded(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~:".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn verify(url: &str) -> Verify {
        let rule = format!(
            "url = '{url}'\nheaders = {{ authorization = 'Bearer {{secret}}' }}\n\
             live = [{{ status = [200] }}]\ndead = [{{ status = [401] }}]"
        );
        toml::from_str(&rule).unwrap()
    }

    fn built(verify: &Verify, secret: &str, user: Option<&str>) -> Result<Vec<Filled>, String> {
        let (secret, user) =
            (Secret::new(secret.as_bytes()), user.map(|u| Secret::new(u.as_bytes())));
        build(verify, &Values { secret: &secret, user: user.as_ref() }, None)
    }

    #[test]
    fn placeholders_are_escaped_where_they_stand() {
        let mut rule = verify("https://api.acme.example/v1/{user}/me?key={secret}");
        rule.method = Method::Post;
        rule.headers.insert("content-type".into(), "application/json".into());
        rule.body = Some("{\"q\":{\"k\":\"{secret}\"}}".into());
        rule.basic = Some("{user}:{secret}".into());
        let one = built(&rule, "a/b?\"{user}", Some("../u")).unwrap().remove(0);
        assert_eq!(one.host, "api.acme.example");
        assert_eq!(one.target, "/v1/..%2Fu/me?key=a%2Fb%3F%22%7Buser%7D");
        assert_eq!(one.body, "{\"q\":{\"k\":\"a/b?\\\"{user}\"}}");
        assert_eq!(one.headers[0].1, "Bearer a/b?\"{user}");
        let basic = STANDARD.encode("../u:a/b?\"{user}");
        assert_eq!(one.headers[2].1, format!("Basic {basic}"));
    }

    #[test]
    fn a_choice_is_one_of_those_written_down() {
        let mut rule = verify("https://{choice}.acme.example/ping");
        rule.choice = Some(Choice { after: "-".into(), texts: vec!["us1".into(), "us2".into()] });
        assert_eq!(built(&rule, "abc-us2", None).unwrap()[0].host, "us2.acme.example");
        for other in ["abc-us3", "abc", "abc-evil.example/", "abc-us2 "] {
            assert!(built(&rule, other, None).is_err(), "{other}");
        }
    }

    #[test]
    fn what_cannot_be_sent_is_not_asked() {
        let rule = verify("https://api.acme.example/");
        assert!(built(&rule, "two\nlines", None).is_err());
        assert!(built(&rule, "a\r\nhost: evil", None).is_err());
        assert!(built(&verify("https://api.acme.example/{user}"), "x", None).is_err());
        let (secret, user) = (Secret::new(b"\xff\xfe"), None);
        assert!(build(&rule, &Values { secret: &secret, user }, None).is_err());
    }

    proptest! {
        #[test]
        fn no_value_reaches_the_host_or_breaks_the_target(secret in "\\PC{1,40}") {
            let rule = verify("https://api.acme.example/x/{secret}?y={secret}");
            if let Ok(filled) = built(&rule, &secret, None) {
                prop_assert_eq!(&filled[0].host, "api.acme.example");
                let signs = filled[0].target.matches(['/', '?', '#', '&', '@', ' ']).count();
                prop_assert_eq!(signs, 3);
            }
        }
    }
}
