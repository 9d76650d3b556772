//! The modules that rules need: how they are written, and what name they go by.

use super::super::language::Language;

/// A module that a rule needs, and the name that its patterns use for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Import {
    pub(crate) module: String,
    pub(crate) name: String,
}

impl Import {
    /// Reads `requests`, `crypto/tls` or `node-fetch as fetch`.
    pub(crate) fn parse(written: &str) -> Self {
        let (module, name) = match written.split_once(" as ") {
            Some((module, name)) => (module.trim(), name.trim()),
            None => (written.trim(), own_name(written.trim())),
        };
        let module = without_version(bare_module(module));
        Import { module: module.to_owned(), name: name.to_owned() }
    }
}

/// Languages whose imports are followed name by name.
pub(crate) fn resolves(language: Language) -> bool {
    use Language::*;
    matches!(language, Python | JavaScript | TypeScript | Tsx | Go)
}

pub(crate) fn bare_module(module: &str) -> &str {
    module.strip_prefix("node:").unwrap_or(module)
}

/// `github.com/labstack/echo` of `github.com/labstack/echo/v4`: the major
/// versions of a Go module go by one name.
pub(crate) fn without_version(module: &str) -> &str {
    match module.rsplit_once("/v") {
        Some((before, version)) if !version.is_empty() && digits(version) => before,
        _ => module,
    }
}

fn digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

/// The name that patterns use for `module` unless they say another.
fn own_name(module: &str) -> &str {
    let last = last_segment(module);
    // The modules of Go begin with a domain.
    let is_go = module.split_once('/').is_some_and(|(domain, _)| domain.contains('.'));
    if is_go { package_name(last) } else { last }
}

/// The name of the Go package in a folder `go-redis`, `kafka-go` or `nats.go`; by
/// custom, as the name itself stands in another file.
pub(crate) fn package_name(folder: &str) -> &str {
    let bare = folder.strip_prefix("go-").or_else(|| folder.strip_prefix("go."));
    let bare = bare.or_else(|| folder.strip_suffix("-go")).or_else(|| folder.strip_suffix(".go"));
    bare.filter(|name| !name.is_empty()).unwrap_or(folder)
}

/// The name a module goes by: the last part of its path that is no version.
pub(crate) fn last_segment(module: &str) -> &str {
    let is_version = |part: &&str| {
        part.strip_prefix('v')
            .is_some_and(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
    };
    module.rsplit('/').find(|part| !is_version(part)).unwrap_or(module)
}
