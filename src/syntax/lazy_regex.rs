//! Regexes of rules: compiled when a text first asks, and about bytes.
//!
//! With the tables of Unicode a `\w` takes a millisecond and a hundred
//! kilobytes to compile, and a `\b` is slow in any text beyond ASCII; names in
//! code are ASCII nearly always.

use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};

/// Bytes that each thread keeps of what a regex has worked out, at most: there
/// are a thousand regexes.
const CACHE: usize = 256 << 10;

/// A regex of a rule.
#[derive(Debug)]
pub(crate) struct LazyRegex {
    pattern: String,
    compiled: OnceLock<Option<Regex>>,
}

impl LazyRegex {
    pub(crate) fn new(pattern: String) -> Self {
        LazyRegex { pattern, compiled: OnceLock::new() }
    }

    /// Whether it is found in `text`; never, if it is not valid, which
    /// [`super::check`] refuses.
    pub(crate) fn is_match(&self, text: &[u8]) -> bool {
        let regex = self.compiled.get_or_init(|| compile(&self.pattern).ok());
        regex.as_ref().is_some_and(|regex| regex.is_match(text))
    }
}

/// Compiles `pattern`: of letters and digits of ASCII, unless it names others.
///
/// # Errors
/// What is wrong with the regex.
pub(crate) fn compile(pattern: &str) -> Result<Regex, regex::Error> {
    let build = |unicode| RegexBuilder::new(pattern).unicode(unicode).dfa_size_limit(CACHE).build();
    build(false).or_else(|_| build(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_those_of_ascii_unless_others_are_named() {
        let found = |pattern: &str, text: &str| compile(pattern).unwrap().is_match(text.as_bytes());
        assert!(found(r"(?i)^api_?key\b", "API_KEY é"));
        assert!(!found(r"^\w$", "é") && found(r"^\p{L}$", "é") && found("^é$", "é"));
        assert!(compile("(").is_err());
    }
}
