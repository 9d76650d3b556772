//! Which names a file may give a constant value, told from its text: what is not
//! among them, or does not look like what is asked for, is not worth parsing the
//! file for.

use std::collections::HashMap;
use std::sync::Arc;

use super::names::Names;
use crate::finding::Position;
use crate::syntax::language::Language;

/// Names that are kept of a file.
const MOST: usize = 400;
/// Longer names are of no interest.
const LONGEST: usize = 80;
/// Bytes of a value that are kept.
const SHOWN: usize = 120;

/// What is known of a neighbour before it is parsed.
#[derive(Debug, Default)]
pub(super) struct Facts {
    defines: HashMap<Box<str>, Definition>,
    pub(super) names: Arc<Names>,
}

/// Where a name is given what may be a constant.
#[derive(Debug)]
struct Definition {
    /// It is a name of the file, not of something in it.
    top: bool,
    /// How the value begins.
    value: Box<str>,
    /// Where the name stands.
    start: Position,
    /// How often something of that name is assigned to.
    times: u32,
}

impl Facts {
    /// Reads them off `text`.
    pub(super) fn of(language: Language, text: &[u8]) -> Self {
        let mut defines: HashMap<Box<str>, Definition> = HashMap::new();
        let mut at = 0;
        let mut quoted = false;
        for (number, line) in (1..).zip(text.split_inclusive(|byte| *byte == b'\n')) {
            let found = if quoted { None } else { defined(language, line) };
            if let Some((name, value)) = found.filter(|_| defines.len() < MOST) {
                let top = line.first().is_some_and(|byte| !byte.is_ascii_whitespace());
                let top = top || !has_top(language);
                let rest = text.get(at + value..).unwrap_or_default();
                let value = String::from_utf8_lossy(&rest[..rest.len().min(SHOWN)]);
                let start = Position { line: number, column: column(line, name) };
                let first = || Definition { top, value: (*value).into(), start, times: 0 };
                let known = defines.entry(name.into()).or_insert_with(first);
                known.top |= top;
                known.times += 1;
            } else if let Some(known) = assigned(line).and_then(|name| defines.get_mut(name)) {
                known.times += 1;
            }
            quoted ^= language == Language::Python && is_unclosed(line);
            at += line.len();
        }
        Facts { defines, names: Arc::new(Names::of(language, text)) }
    }

    /// The text of `path` and where it stands, if it is written as one literal and
    /// nowhere else assigned to.
    pub(super) fn literal(&self, path: &str) -> Option<(&str, Position)> {
        let known = self.defines.get(path.rsplit('.').next()?)?;
        let line = known.value.lines().next()?.trim();
        let quote = line.chars().next().filter(|quote| "'\"`".contains(*quote))?;
        let (text, rest) = line[1..].split_once(quote)?;
        let plain = !text.contains(['\\', '{', '$', '#']);
        let rest = rest.strip_prefix(".freeze").unwrap_or(rest).trim_start_matches([')', ';', ',']);
        let rest = rest.trim_start();
        let ends = rest.is_empty() || rest.starts_with("//") || rest.starts_with('#');
        (known.times == 1 && plain && ends).then_some((text, known.start))
    }

    /// Whether `path` may be a constant of the file.
    pub(super) fn may_define(&self, path: &str) -> bool {
        let (first, rest) = path.split_once('.').unwrap_or((path, ""));
        let last = rest.rsplit('.').next().unwrap_or(rest);
        let exported = self.defines.contains_key("default");
        let inner = |name: &str| name.is_empty() || self.defines.contains_key(name);
        let first = self.defines.get(first).is_some_and(|known| known.top || exported)
            || exported && first == "default";
        // What a script exports as a whole may be written in one line.
        exported || first && inner(last)
    }

    /// How the value of `path` is written, as far as that is known.
    pub(super) fn value(&self, path: &str) -> Option<&str> {
        let mut parts = path.rsplit('.').chain(["default"]);
        parts.find_map(|part| self.defines.get(part)).map(|known| &*known.value)
    }
}

/// What is assigned to in `line`, by its last name.
fn assigned(line: &[u8]) -> Option<&str> {
    let at = memchr::memchr(b'=', line)?;
    let target = std::str::from_utf8(line.get(..at)?).ok()?;
    let target = target.trim_end_matches([' ', '\t', '+', ':', '|', '?', '.']);
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    let start = target.rfind(|c| !is_part(c)).map_or(0, |at| at + 1);
    target.get(start..).filter(|name| !name.is_empty())
}

/// Python: whether a text of several lines begins or ends in `line`.
fn is_unclosed(line: &[u8]) -> bool {
    let count = |quotes: &[u8]| memchr::memmem::find_iter(line, quotes).count();
    memchr::memchr2(b'"', b'\'', line).is_some() && (count(b"\"\"\"") + count(b"'''")) % 2 == 1
}

/// The column of `name` in `line`, from 1.
fn column(line: &[u8], name: &str) -> u32 {
    let at = memchr::memmem::find(line, name.as_bytes()).unwrap_or_default();
    String::from_utf8_lossy(&line[..at]).chars().count() as u32 + 1
}

/// Whether a line may define something at all.
fn may_define(language: Language, line: &[u8]) -> bool {
    let sign =
        || memchr::memchr2(b'=', b'(', line).is_some() || memchr::memchr(b':', line).is_some();
    match line.first() {
        None | Some(b'\n' | b'#' | b'/' | b'*') => false,
        // Nothing within functions.
        Some(b'\t') if language == Language::Go && line.get(1) == Some(&b'\t') => false,
        _ if language == Language::Go => memchr::memchr(b'=', line).is_some(),
        _ => {
            sign()
                || KEEPERS.iter().any(|word| memchr::memmem::find(line, word.as_bytes()).is_some())
        }
    }
}

/// What names something that holds constants.
const KEEPERS: [&str; 6] = ["class ", "object ", "module ", "interface ", "enum ", "struct "];

/// Whether the names of a file stand at the beginning of lines.
fn has_top(language: Language) -> bool {
    use Language::{JavaScript, Python, Tsx, TypeScript};
    matches!(language, Python | JavaScript | TypeScript | Tsx)
}

/// The name that a line defines, a constant or what holds some, and where its value
/// begins.
fn defined(language: Language, line: &[u8]) -> Option<(&str, usize)> {
    if !may_define(language, line) {
        return None;
    }
    let whole = std::str::from_utf8(&line[..line.len().min(400)]).ok()?;
    let code = whole.trim_start();
    let skipped = whole.len() - code.len();
    if ["//", "#", "*", "/*"].iter().any(|mark| code.starts_with(mark)) {
        return None;
    }
    for word in KEEPERS {
        if let Some(at) = code.find(word).filter(|at| is_start(code, *at)) {
            let name = name(code[at + word.len()..].trim_start())?;
            return Some((name, whole.len()));
        }
    }
    if code.starts_with("module.exports") || code.starts_with("export default") {
        return Some(("default", skipped));
    }
    if let Some(rest) = code.strip_prefix("define(") {
        let value = code.find(',').map_or(0, |at| at + 1);
        return Some((name(rest.trim_start_matches(['\'', '"']))?, skipped + value));
    }
    if let Some(rest) = code.strip_prefix("exports.") {
        return Some((name(rest)?, skipped));
    }
    let (target, value) = match assignment(code) {
        Some(at) => (&code[..at], at + 1),
        // An entry of an object or dictionary.
        None if has_top(language) => {
            let at = code.find(':').filter(|_| skipped > 0)?;
            (code[..at].trim_matches(['"', '\'', ' ']), at + 1)
        }
        None => return None,
    };
    if language == Language::Go && target.ends_with(':') || !may_be_constant(code[value..].trim()) {
        return None;
    }
    Some((target_name(language, target)?, skipped + value))
}

/// The name in what stands before the `=`, whose type may stand beside it.
fn target_name(language: Language, target: &str) -> Option<&str> {
    let target = target.trim_end_matches([':', ' ', '\t', '?', '.', '|']);
    let typed = matches!(language, Language::CSharp | Language::Java | Language::Php);
    let target = match target.split_once(':') {
        Some((name, _)) if !typed => name,
        _ => target,
    };
    let mut words = target.split_ascii_whitespace();
    let last = match language {
        // `const Name string = …`, `Name Type = …`
        Language::Go => words.find(|word| !matches!(*word, "const" | "var"))?,
        _ => words.next_back()?,
    };
    let found = name(last).filter(|found| found.len() == last.len())?;
    let named = match language {
        Language::Java | Language::Kotlin | Language::CSharp | Language::Rust | Language::Ruby => {
            found.starts_with(char::is_uppercase)
        }
        _ => true,
    };
    named.then_some(found)
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
        || matches!(before, Some(b'!' | b'<' | b'>' | b'+' | b'-' | b'*' | b'/' | b'&'));
    (!other).then_some(at)
}

/// Whether a value that is written like this may be one: not what a call
/// returns, a function, or the like.
fn may_be_constant(value: &str) -> bool {
    const NOT: [&str; 9] =
        ["function", "async", "class", "new", "await", "lambda", "func", "fn", "require"];
    let name_end = value.find(|c: char| !c.is_alphanumeric() && !"_.$:".contains(c));
    let (word, rest) = value.split_at(name_end.unwrap_or(value.len()));
    let called = rest.starts_with('(') || rest.trim_start().starts_with("=>");
    let known = matches!(word, "dict" | "str" | "frozenset" | "Object.freeze");
    let text = value.starts_with("(\"") || value.starts_with("('") || value == "(";
    !NOT.contains(&word.trim_end_matches(':')) && (!called || known || text)
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
        let top = facts.defines.iter().filter(|(_, known)| known.top);
        let mut names: Vec<String> = top.map(|(name, _)| name.to_string()).collect();
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

    #[test]
    fn values_are_known_as_they_are_written() {
        let facts =
            Facts::of(Language::Python, b"class A:\n    URL = 'http://x'\nB = (\n  'y'\n)\n");
        assert_eq!(facts.value("A.URL").map(|v| v.starts_with(" 'http://x'")), Some(true));
        assert_eq!(facts.value("B").map(|v| v.contains("'y'")), Some(true));
        assert!(facts.may_define("A.URL") && !facts.may_define("URL") && !facts.may_define("A.NO"));
    }
}
