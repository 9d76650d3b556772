//! Which names a file may give a constant value, told from its text: what is not
//! among them is not worth parsing the file for.

use std::collections::HashSet;
use std::sync::Arc;

use super::names::Names;
use crate::syntax::language::Language;

/// Names that are kept of a file.
const MOST: usize = 1_000;
/// Longer names are of no interest.
const LONGEST: usize = 80;

/// What is known of a neighbour before it is parsed.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// Names that something which may be a constant is assigned to; too many
    /// rather than too few.
    pub(super) defines: HashSet<Box<str>>,
    pub(super) names: Arc<Names>,
}

impl Facts {
    /// Reads them off `text`.
    pub(super) fn of(language: Language, text: &[u8]) -> Self {
        let mut defines = HashSet::new();
        let top = matches!(
            language,
            Language::Python | Language::JavaScript | Language::TypeScript | Language::Tsx
        );
        for line in text.split(|byte| *byte == b'\n') {
            if defines.len() >= MOST {
                break;
            }
            if top && !line.first().is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_') {
                continue;
            }
            defines.extend(defined(language, line).map(Box::from));
        }
        Facts { defines, names: Arc::new(Names::of(language, text)) }
    }
}

/// The name that a line defines: a constant, or a class or object that holds some.
fn defined(language: Language, line: &[u8]) -> Option<&str> {
    let line = std::str::from_utf8(&line[..line.len().min(400)]).ok()?.trim_start();
    for word in ["class ", "object ", "module ", "interface ", "enum ", "struct "] {
        if let Some(at) = line.find(word).filter(|at| is_start(line, *at)) {
            return name(line[at + word.len()..].trim_start());
        }
    }
    if line.starts_with("module.exports") || line.starts_with("export default") {
        return Some("default");
    }
    if let Some(rest) = line.strip_prefix("exports.").or(line.strip_prefix("define(")) {
        return name(rest.trim_start_matches(['\'', '"']));
    }
    let at = assignment(line)?;
    if language == Language::Go && line[..at].ends_with(':') {
        return None;
    }
    let value = line[at + 1..].trim_start();
    if !may_be_constant(value) {
        return None;
    }
    let target = line[..at].trim_end_matches([':', ' ', '\t', '?', '.']);
    // A declared type stands before or after the name.
    let target = match (language, target.split_once(':')) {
        (Language::CSharp | Language::Java | Language::Php, _) | (_, None) => target,
        (_, Some((name, _))) => name,
    };
    let words: Vec<&str> = target.split_ascii_whitespace().collect();
    let last = match (language, &words[..]) {
        // `const Name string = …`, `Name Type = …`
        (Language::Go, ["const" | "var", name, ..]) => *name,
        (Language::Go, [name, ..]) => *name,
        _ => *words.last()?,
    };
    name(last)
}

/// Whether a word that begins at `at` has nothing but blank space before it, or
/// modifiers.
fn is_start(line: &str, at: usize) -> bool {
    line[..at].chars().all(|c| c.is_ascii_lowercase() || c == ' ')
}

/// Where the `=` of an assignment stands.
fn assignment(line: &str) -> Option<usize> {
    let bytes = line.as_bytes();
    let at = memchr::memchr(b'=', bytes)?;
    let after = bytes.get(at + 1);
    let before = at.checked_sub(1).and_then(|at| bytes.get(at));
    let other = matches!(after, Some(b'=' | b'>' | b'~'))
        || matches!(before, Some(b'!' | b'<' | b'>' | b'+' | b'-' | b'*' | b'/' | b'|' | b'&'));
    (!other).then_some(at)
}

/// Whether a value that is written like this may be one: not what a call
/// returns, a function, or the like.
fn may_be_constant(value: &str) -> bool {
    let name_end = value.find(|c: char| !c.is_alphanumeric() && !"_.$:".contains(c));
    let (word, rest) = value.split_at(name_end.unwrap_or(value.len()));
    let called = rest.trim_start().starts_with('(') || rest.starts_with("=>");
    let no_value = ["function", "async", "class", "new", "await", "lambda", "func", "fn", "require"];
    !value.starts_with(['(', ';']) && !no_value.contains(&word)
        && (!called || matches!(word, "dict" | "str" | "frozenset" | "Object.freeze"))
}

/// The name that `code` begins with.
fn name(code: &str) -> Option<&str> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let end = code.find(|c| !is_part(c)).unwrap_or(code.len());
    Some(&code[..end]).filter(|name| !name.is_empty() && name.len() <= LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn defines(language: Language, text: &str) -> Vec<String> {
        let facts = Facts::of(language, text.as_bytes());
        let mut names: Vec<String> = facts.defines.iter().map(|name| name.to_string()).collect();
        names.sort();
        names
    }

    #[test]
    fn names_of_constants_are_told_from_functions_and_results_of_calls() {
        let python = "URL = 'x'\nB: str = URL + '/v1'\nlog = getLogger()\n  INNER = 1\ndef f(a=1):\n\
                      if URL == 'x':\nclass Settings:\nF = lambda: 1\nD = dict(a=1)\n";
        assert_eq!(defines(Language::Python, python), ["B", "D", "Settings", "URL"]);
        let script = "export const URL: string = 'x';\nconst f = async () => 1;\nconst g = (a) => a;\n\
                      const o = {\nmodule.exports = { URL };\nexports.K = 'x';\n";
        assert_eq!(defines(Language::TypeScript, script), ["K", "URL", "default", "o"]);
    }

    #[test]
    fn names_of_typed_languages() {
        let go = "const Base = \"x\"\nvar (\n\tURL string = \"y\"\n\tother = f()\n)\n";
        assert_eq!(defines(Language::Go, go), ["Base", "URL"]);
        let java = "public final class Urls {\n  public static final String BASE = \"x\";\n";
        assert_eq!(defines(Language::Java, java), ["BASE", "Urls"]);
        let rust = "pub const URL: &str = \"x\";\n";
        assert_eq!(defines(Language::Rust, rust), ["URL"]);
        let kotlin = "object Urls {\n const val BASE: String = \"x\"\n";
        assert_eq!(defines(Language::Kotlin, kotlin), ["BASE", "Urls"]);
        assert_eq!(defines(Language::Php, "define('URL', 'x');\nconst K = 'y';\n"), ["K", "URL"]);
    }
}
