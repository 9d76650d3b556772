//! The topics that rules are sorted by. Every rule names one; reports carry the
//! slug, so a slug never changes.

/// A kind of risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Topic {
    pub slug: &'static str,
    /// A heading for people.
    pub title: &'static str,
}

/// Topic of every secret rule.
pub const SECRETS: &str = "secret-hardcoded";

/// Topic of imported rules that name no weakness we know.
pub const OTHER: &str = "other";

/// All topics, in the order of the rule index.
pub const TOPICS: &[Topic] = &[
    topic(SECRETS, "Secrets in code and configuration"),
    topic("plaintext-http", "HTTP without TLS"),
    topic("plaintext-proto", "Other protocols without TLS"),
    topic("tls-verify-off", "TLS certificates not verified"),
    topic("tls-weak-version", "Outdated TLS versions and ciphers"),
    topic("missing-auth", "Routes without authentication"),
    topic("bola", "Objects fetched without an owner check"),
    topic("bfla", "Privileged functions without a role check"),
    topic("mass-assignment", "Request bodies bound to models"),
    topic("data-exposure", "More data returned than needed"),
    topic("rate-limit", "No rate limit"),
    topic("resource-limit", "Unbounded resources"),
    topic("timeout", "No timeout"),
    topic("sqli", "SQL injection"),
    topic("nosqli", "NoSQL injection"),
    topic("cmdi", "Command injection"),
    topic("code-injection", "Code and template injection"),
    topic("ldap-xpath-injection", "LDAP and XPath injection"),
    topic("xxe", "XML external entities"),
    topic("ssrf", "Server-side request forgery"),
    topic("deserialization", "Unsafe deserialization"),
    topic("cors", "Cross-origin access"),
    topic("csrf", "Cross-site request forgery"),
    topic("weak-token", "Guessable tokens"),
    topic("jwt-verify", "Signed tokens not verified"),
    topic("token-lifetime", "Tokens that never expire"),
    topic("jwt-sensitive-data", "Sensitive data in tokens"),
    topic("overbroad-scope", "Permissions beyond need"),
    topic("log-secret", "Secrets in logs"),
    topic("secret-in-url", "Secrets in URLs"),
    topic("stack-trace", "Error details in responses"),
    topic("debug-on", "Debug mode and management endpoints"),
    topic("fail-open", "Errors that grant access"),
    topic("retry-idempotency", "Unsafe retries"),
    topic("webhook-signature", "Webhooks without a signature check"),
    topic("iac-open-port", "Infrastructure: open networks"),
    topic("iac-tls", "Infrastructure: TLS"),
    topic("iac-auth", "Infrastructure: authentication"),
    topic("iac-logging", "Infrastructure: access logs"),
    topic("iac-encryption", "Infrastructure: encryption at rest"),
    topic("supply-chain", "Supply chain of integrations"),
    topic("openapi-spec", "API descriptions"),
    topic("inventory", "Inventory of endpoints"),
    topic("third-party-data", "Data sent to third parties"),
    topic("weak-crypto", "Weak cryptography"),
    topic("cookie-flags", "Cookie flags"),
    topic("ci-injection", "Injection in pipelines"),
    topic("path-traversal", "Path traversal"),
    topic("open-redirect", "Open redirects"),
    topic("anon-bind", "Anonymous directory access"),
    topic("bind-all", "Services on all interfaces"),
    topic("dir-listing", "Directory listings"),
    topic("xss", "Cross-site scripting"),
    topic(OTHER, "Other rules"),
];

const fn topic(slug: &'static str, title: &'static str) -> Topic {
    Topic { slug, title }
}

/// The topic with this slug.
pub fn find(slug: &str) -> Option<&'static Topic> {
    TOPICS.iter().find(|topic| topic.slug == slug)
}

/// All slugs, for suggestions.
pub fn slugs() -> impl Iterator<Item = &'static str> + Clone {
    TOPICS.iter().map(|topic| topic.slug)
}
