//! What is known of a framework (`rules/frameworks/`), with what holds in all
//! of them merged in, and the questions adapters ask of it.

use std::collections::BTreeMap;

use crate::rules::model::FrameworkFile;

/// The name of the file whose facts hold everywhere.
const COMMON: &str = "common";

/// See the module.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    own: FrameworkFile,
}

impl Facts {
    /// The facts of the framework `name` among `files`; None if there are none.
    pub(crate) fn of(name: &str, files: &[FrameworkFile]) -> Option<Self> {
        let find = |name: &str| files.iter().find(|file| file.framework == name);
        let mut own = find(name)?.clone();
        if let Some(common) = find(COMMON) {
            own.credentials.extend(common.credentials.iter().cloned());
            own.credential_literals.extend(common.credential_literals.iter().cloned());
            own.unauthorized.extend(common.unauthorized.iter().cloned());
            own.forbidden.extend(common.forbidden.iter().cloned());
            own.doubts.extend(common.doubts.iter().cloned());
            own.harmless.extend(common.harmless.iter().cloned());
            own.sensitive.extend(common.sensitive.iter().cloned());
            own.purposes.extend(common.purposes.clone());
        }
        Some(Facts { own })
    }

    pub(crate) fn is_app(&self, dotted: &str) -> bool {
        has(&self.own.apps, dotted)
    }

    pub(crate) fn is_router(&self, dotted: &str) -> bool {
        has(&self.own.routers, dotted)
    }

    pub(crate) fn is_verb(&self, method: &str) -> bool {
        has(&self.own.verbs, method)
    }

    pub(crate) fn is_group(&self, method: &str) -> bool {
        has(&self.own.groups, method)
    }

    pub(crate) fn starts(&self, symbol: &str) -> bool {
        has(&self.own.starts, symbol)
    }

    /// Whether `symbol` is a guard of a library, or something in one.
    pub(crate) fn is_guard(&self, symbol: &str) -> bool {
        within(&self.own.guards, symbol)
    }

    /// Whether the written arguments turn a guard into one that lets all through.
    pub(crate) fn is_optional(&self, arguments: &str) -> bool {
        self.own.optional.iter().any(|text| arguments.contains(text.as_str()))
    }

    pub(crate) fn is_neutral(&self, symbol: &str) -> bool {
        within(&self.own.neutral, symbol)
    }

    pub(crate) fn is_public(&self, symbol: &str) -> bool {
        has(&self.own.public, symbol)
    }

    pub(crate) fn is_request(&self, name: &str) -> bool {
        has(&self.own.request, name)
    }

    pub(crate) fn is_verifier(&self, name: &str) -> bool {
        has(&self.own.verifiers, name)
    }

    pub(crate) fn is_credential(&self, name: &str) -> bool {
        has(&self.own.credentials, name)
    }

    pub(crate) fn is_credential_literal(&self, literal: &str) -> bool {
        has(&self.own.credential_literals, &literal.to_ascii_lowercase())
    }

    pub(crate) fn is_unauthorized(&self, name: &str) -> bool {
        has(&self.own.unauthorized, name)
    }

    pub(crate) fn is_forbidden(&self, name: &str) -> bool {
        has(&self.own.forbidden, name)
    }

    /// Whether a middleware that just returns has let the request through.
    pub(crate) fn falls_through(&self) -> bool {
        self.own.falls_through
    }

    pub(crate) fn passes(&self, name: &str) -> bool {
        has(&self.own.passes, name)
    }

    /// Whether something of this name may be a check of the caller.
    pub(crate) fn is_doubtful(&self, name: &str) -> bool {
        let lower = name.to_ascii_lowercase();
        // "author" holds "auth" and means a writer.
        let lower = lower.replace("author_", "").replace("authors", "");
        !has(&self.own.harmless, &lower)
            && self.own.doubts.iter().any(|part| lower.contains(part.as_str()))
    }

    pub(crate) fn is_harmless(&self, chain: &str) -> bool {
        has(&self.own.harmless, chain)
    }

    pub(crate) fn purposes(&self) -> &BTreeMap<String, Vec<String>> {
        &self.own.purposes
    }

    pub(crate) fn is_sensitive(&self, word: &str) -> bool {
        has(&self.own.sensitive, word)
    }
}

fn has(list: &[String], wanted: &str) -> bool {
    list.iter().any(|known| known == wanted)
}

/// Whether `symbol` is in the list, or lies in a package or object that is:
/// `a.b` holds `a.b.c` and `a.b()`. An entry that ends in `.` is a package.
fn within(list: &[String], symbol: &str) -> bool {
    list.iter().any(|known| {
        symbol.strip_prefix(known.as_str()).is_some_and(|rest| {
            rest.is_empty() || known.ends_with('.') || rest.starts_with(['.', '('])
        })
    })
}
