//! Tells a URL that sends data unencrypted over a network from one that only
//! names something: a namespace, a schema, a licence, an example, this machine.
//!
//! Used twice with the same answer: on the whole text of a file, to decide
//! whether to parse it, and on a literal that a pattern has captured.

use memchr::memmem;

/// Schemes without encryption.
const SCHEMES: &[&str] = &[
    "http", "ws", "ftp", "telnet", "ldap", "mqtt", "amqp", "redis", "smtp", "imap", "pop3", "tftp",
    "rtsp", "stomp", "nats",
];

/// Hosts, with their subdomains, and beginnings of paths whose URLs name a
/// namespace, a schema, a licence or a document that nobody connects to.
const NAMING: &[&str] = &[
    "w3.org", "schemas.xmlsoap.org", "xmlsoap.org", "schemas.microsoft.com", "schemas.android.com",
    "xmlns.com", "purl.org", "json-schema.org", "java.sun.com", "xmlns.jcp.org", "jakarta.ee/xml",
    "xml.apache.org", "maven.apache.org/pom", "maven.apache.org/xsd", "maven.apache.org/plugins",
    "maven.apache.org/settings", "apache.org/licenses", "apache.org/xml", "apache.org/dtd",
    "logging.apache.org/log4j", "ns.adobe.com", "opengis.net", "schema.org",
    "schemas.openxmlformats.org", "docs.oasis-open.org", "rdfs.org", "ogp.me", "iptc.org",
    "xml.org", "dublincore.org", "hibernate.org/dtd", "hibernate.sourceforge.net",
    "hibernate.org/xsd", "mybatis.org/dtd", "schemas.datacontract.org", "tempuri.org",
    "relaxng.org", "docbook.org/ns", "docbook.org/xml", "springframework.org/schema",
    "springframework.org/dtd", "springframework.org/tags", "jboss.org/schema", "jboss.com/xml",
    "xml.sap.com", "openarchives.org", "loc.gov/mods", "inkscape.org/namespaces",
    "sodipodi.sourceforge.net", "gnu.org", "opensource.org", "creativecommons.org",
    "mozilla.org/mpl", "mozilla.org/keymaster", "unlicense.org", "fsf.org", "ietf.org",
    "rfc-editor.org", "unicode.org", "specs.openid.net", "schemas.dmtf.org", "freedesktop.org",
    "jabber.org", "graphml.graphdrawing.org", "apple.com/dtds", "nlog-project.org/schemas",
    "doi.org", "wikipedia.org", "stackoverflow.com", "thymeleaf.org", "bsd-license.org",
];

/// Last labels that mark an example or this machine (RFC 2606, RFC 6761, RFC 6762),
/// or a network that encrypts by itself (RFC 7686).
const LOCAL_ENDS: &[&str] =
    &["localhost", "local", "test", "example", "invalid", "localdomain", "onion"];

/// Names that stand for any name, in tests and documentation.
const STAND_INS: &[&str] = &[
    "foo", "bar", "baz", "qux", "foobar", "test", "domain", "mydomain", "yourdomain",
    "your-domain", "otherdomain", "myhost", "yourhost", "hostname", "some", "evil", "attacker",
];

/// Last labels of private networks.
const PRIVATE_ENDS: &[&str] = &["internal", "lan", "home", "corp", "intranet", "svc"];

/// What kind of place a URL without encryption points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// A name on the open network, or one put in when the program runs.
    Public,
    /// A bare service name, as inside a container network, or a private address.
    Internal,
    /// Not transport at all: this machine, an example, a name of something.
    Harmless,
}

/// Whether `literal` (without quotes) is a URL that goes over a public network
/// unencrypted.
pub fn is_plaintext_url(literal: &[u8]) -> bool {
    reach(literal) == Some(Reach::Public)
}

/// As [`is_plaintext_url`], for private addresses and bare service names.
pub fn is_internal_url(literal: &[u8]) -> bool {
    reach(literal) == Some(Reach::Internal)
}

/// Where the URL at the start of `literal` points; None if it is none, or
/// one with encryption.
pub fn reach(literal: &[u8]) -> Option<Reach> {
    let end = memmem::find(literal, b"://")?;
    let scheme = literal.get(..end)?;
    let known = SCHEMES.iter().any(|known| scheme.eq_ignore_ascii_case(known.as_bytes()));
    let (host, path) = host_and_path(&literal[end + 3..]);
    known.then(|| host_reach(host, path))
}

/// Whether a plaintext URL stands in `text` as a value: right after a quote,
/// `=`, `:` or a blank. Comments are not told apart; the tree does that.
pub(crate) fn text_has_url(text: &[u8]) -> bool {
    memmem::find_iter(text, b"://").any(|at| {
        let scheme = text[..at].iter().rev().take_while(|b| b.is_ascii_alphanumeric()).count();
        let start = at - scheme;
        let value = start > 0
            && matches!(text[start - 1], b'"' | b'\'' | b'`' | b'=' | b':' | b' ' | b'(' | b'>');
        value && scheme <= 8 && is_plaintext_url(&text[start..text.len().min(at + 300)])
    })
}

/// The host of what follows `://`, without user-info and port, and the path.
fn host_and_path(rest: &[u8]) -> (&[u8], &[u8]) {
    let ends = |b: &u8| b"/?#\"'`\\<".contains(b) || b.is_ascii_whitespace();
    let (authority, path) = rest.split_at(rest.iter().position(ends).unwrap_or(rest.len()));
    let host = match authority.iter().rposition(|b| *b == b'@') {
        Some(at) => &authority[at + 1..],
        None => authority,
    };
    let end = if host.starts_with(b"[") {
        host.iter().position(|b| *b == b']').map_or(host.len(), |end| end + 1)
    } else {
        host.iter().position(|b| *b == b':').unwrap_or(host.len())
    };
    (&host[..end], path)
}

/// Where `host` is, given the path after it.
fn host_reach(host: &[u8], path: &[u8]) -> Reach {
    let Ok(host) = std::str::from_utf8(host) else { return Reach::Harmless };
    if host.contains(['{', '%']) && without_code(host).is_empty() {
        return Reach::Internal;
    }
    let host = without_code(host.trim_end_matches('.')).to_ascii_lowercase();
    if let Some(address) = address(&host) {
        return address;
    }
    if host.is_empty() || host.starts_with('[') || host == "..." {
        return Reach::Harmless;
    }
    let last = host.rsplit('.').next().unwrap_or_default();
    // Clouds answer `metadata.…` on the machine's own link.
    let metadata = host.starts_with("metadata.");
    if metadata || host.ends_with(".svc.cluster.local") || PRIVATE_ENDS.contains(&last) {
        return Reach::Internal;
    }
    let stands_in = |label: &str| label.starts_with("example") || STAND_INS.contains(&label);
    let example = host.rsplit('.').take(2).any(stands_in);
    if LOCAL_ENDS.contains(&last) || example || is_naming(&host, path) {
        return Reach::Harmless;
    }
    // One label: a service name of a container network, or nothing but a
    // placeholder, of which nobody can tell.
    let labels = host.split('.').filter(|label| !label.is_empty()).count();
    let named = labels > 1 && last.contains(char::is_alphabetic);
    if named { Reach::Public } else { Reach::Internal }
}

/// `host` without `{code}`, `${code}`, `#{code}`, `<name>` and `%s`; what
/// stands before and after them stays.
fn without_code(host: &str) -> String {
    let mut depth = 0_usize;
    let mut plain = String::with_capacity(host.len());
    for c in host.chars() {
        match c {
            '{' | '<' => depth += 1,
            '}' | '>' => depth = depth.saturating_sub(1),
            '$' | '#' => {}
            _ if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    plain.replace("%s", "")
}

fn is_naming(host: &str, path: &[u8]) -> bool {
    NAMING.iter().any(|known| {
        let (domain, folder) = known.split_once('/').unwrap_or((known, ""));
        let own = path.strip_prefix(b"/").unwrap_or(path);
        let in_folder =
            own.get(..folder.len()).is_some_and(|own| own.eq_ignore_ascii_case(folder.as_bytes()));
        let under = host.strip_suffix(domain);
        in_folder && under.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    })
}

/// The shared range of providers and clouds (RFC 6598), `100.64.0.0/10`.
fn is_shared(ip: std::net::Ipv4Addr) -> bool {
    let [first, second, ..] = ip.octets();
    first == 100 && second & 0xc0 == 64
}

/// IPv4: this machine and documentation ranges (RFC 5737) are harmless,
/// private ranges (RFC 1918, RFC 3927, RFC 6598) internal.
fn address(host: &str) -> Option<Reach> {
    let ip: std::net::Ipv4Addr = host.parse().ok()?;
    Some(if ip.is_loopback() || ip.is_unspecified() || ip.is_documentation() || ip.is_broadcast() {
        Reach::Harmless
    } else if ip.is_private() || ip.is_link_local() || is_shared(ip) {
        Reach::Internal
    } else {
        Reach::Public
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_hosts_are_plaintext() {
        for url in [
            "http://api.acme.io/v1", "ws://stream.acme.io", "HTTP://acme.io",
            "ftp://user:pw@files.acme.io:21/x", "http://{tenant}.acme.io/", "http://8.8.8.8/",
            "http://localhost.acme.io",
        ] {
            assert!(is_plaintext_url(url.as_bytes()), "{url}");
        }
    }

    #[test]
    fn names_and_local_hosts_are_not() {
        for url in [
            "https://api.acme.io",
            "http://localhost:3000",
            "http://127.0.0.53",
            "http://[::1]:80/",
            "http://0.0.0.0:8000",
            "http://printer.local",
            "http://app.test/",
            "http://example.com/a",
            "http://www.example.org",
            "http://www.w3.org/2000/svg",
            "http://maven.apache.org/POM/4.0.0",
            "http://www.apache.org/licenses/LICENSE-2.0",
            "http://foo.com/",
            "http://www.example2.com",
            "http://192.0.2.7/",
            "http://",
            "http://...",
            "http",
            "",
        ] {
            assert!(!is_plaintext_url(url.as_bytes()), "{url}");
        }
    }

    #[test]
    fn service_names_and_private_addresses_are_internal() {
        for url in [
            "http://{a.b}{c.d}x/", "http://${env.HOST}/", "http://billing:8080/",
            "http://10.0.0.3", "http://100.100.100.200/", "http://{host}/x", "redis://cache",
        ] {
            assert!(is_internal_url(url.as_bytes()), "{url}");
        }
    }

    #[test]
    fn a_text_has_a_url_only_where_a_value_stands() {
        assert!(text_has_url(b"x = 'http://api.acme.io'"));
        assert!(text_has_url(b"url: http://api.acme.io"));
        assert!(!text_has_url(b"x = 'https://api.acme.io'"));
        assert!(!text_has_url(b"x = 'http://localhost'"));
        assert!(!text_has_url(b"://"));
    }
}
