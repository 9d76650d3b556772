//! What stands next to a word of a pattern, and so next to the word in every
//! match: the dot of `.execute`, the parenthesis of `eval(`, the `@` of an
//! annotation. Common words tell something only with their neighbours.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::super::language::Language;
use super::follow::Follow;

/// Keywords that nothing but blank space parts from what follows.
const TIGHT: &[&str] = &["new", "raise", "return", "throw"];
/// Lines and paths are looked back on this far: each word looks, and there may be
/// a million of them on one line.
const LINE: usize = 400;

/// What stands before a word.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
enum Before {
    #[default]
    Anything,
    /// `.`, `->` or `::`.
    Access,
    /// The same, after this name.
    Member(String),
    /// The same, or what opens or parts the names of a destructuring.
    Property,
    /// One of [`TIGHT`].
    Keyword(String),
    /// What begins an annotation, decorator or attribute.
    Annotation(Language),
    /// What imports a module.
    Import(Language),
}

/// What stands on both sides of a word.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Near {
    before: Before,
    after: Follow,
    owner: Option<Owner>,
}

/// The metavariable that a word is a member of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Owner {
    name: String,
    /// What stands between it and the word: `.objects.`
    path: String,
    /// The metavariable is the name of a member itself.
    is_member: bool,
}

impl Near {
    /// The neighbours of `word` in a pattern: `before` begins where a hole ends,
    /// `after` goes on to the end of the pattern.
    pub(crate) fn of(language: Language, before: &str, word: &str, after: &str) -> Self {
        if !is_code(language) {
            return Near::default();
        }
        let last = before.trim_end();
        let keyword = TIGHT.iter().find(|keyword| ends_in_word(last, keyword));
        let is_access = [".", "->", "::"].iter().any(|sign| last.ends_with(sign));
        let before = match keyword {
            Some(keyword) if last.len() < before.len() => Before::Keyword((*keyword).to_owned()),
            _ if is_access => match owner(last) {
                Some(name) => Before::Member(name.to_owned()),
                None => Before::Access,
            },
            _ => Before::default(),
        };
        Near { before, after: Follow::of(language, word, after), owner: None }
    }

    /// The same, for a word of a member of the metavariable `hole`, if all of
    /// `before` is the path from there.
    pub(crate) fn owned(mut self, hole: Option<(&str, &str)>, before: &str) -> Self {
        let signs = [".", "->", "::"];
        let is_member = |before: &str| signs.iter().any(|sign| before.ends_with(sign));
        let is_path = signs.iter().any(|sign| before.starts_with(sign))
            && is_member(before)
            && before.chars().all(|c| is_part(c) || ".->:".contains(c));
        let owner = |(name, before_it): (&str, &str)| Owner {
            name: name.to_owned(),
            path: before.to_owned(),
            is_member: is_member(before_it),
        };
        self.owner = hole.filter(|_| is_path && self.before != Before::Anything).map(owner);
        self
    }

    /// The metavariable that the word is a member of.
    pub(crate) fn owner_name(&self) -> Option<&str> {
        self.owner.as_ref().map(|owner| owner.name.as_str())
    }

    /// The same, whatever the word is a member of.
    pub(crate) fn unowned(self) -> Self {
        Near { owner: None, ..self }
    }

    /// What the metavariable stands for that the word at `range` of `text` is a
    /// member of, if it is a name or a path of names.
    pub(crate) fn owner<'t>(&self, text: &'t [u8], range: &Range<usize>) -> Option<&'t [u8]> {
        let owner = self.owner.as_ref()?;
        let before = text.get(..range.start)?.strip_suffix(owner.path.as_bytes())?;
        let path = path_at_end(&before[before.len().saturating_sub(LINE)..])?;
        match owner.is_member {
            true => path.rsplit(|byte| b".>:".contains(byte)).next(),
            false => Some(path),
        }
    }

    /// Whether they say enough to tell files apart, whatever the word.
    pub(crate) fn is_telling(&self) -> bool {
        self.after.is_telling()
    }

    /// Whether they are those of a module where it is imported.
    pub(crate) fn is_import(&self) -> bool {
        matches!(self.before, Before::Import(_))
    }

    /// Metavariables among the arguments that come after.
    pub(crate) fn holes(&self) -> impl Iterator<Item = &str> {
        self.after.holes()
    }

    /// The arguments after the word at `range` of `text`, if they can be told.
    pub(crate) fn arguments<'t>(&self, text: &'t [u8], range: &Range<usize>) -> Option<&'t [u8]> {
        self.after.arguments(text.get(range.end..)?)
    }

    /// Whether they say anything of what comes before.
    pub(crate) fn is_narrow(&self) -> bool {
        self.before != Before::Anything
    }

    /// Whether one of the words that come after is `name`.
    pub(crate) fn names(&self, name: &str) -> bool {
        self.after.names(name)
    }

    /// The neighbours of the last name of `symbol`, a dotted path of the data
    /// flow's facts, in which no name before it is that of a module.
    pub(crate) fn of_member(language: Language, symbol: &str) -> Self {
        if is_script(language) {
            // `const { body } = req` reads it too.
            return Near { before: Before::Property, ..Near::default() };
        }
        let call = symbol.ends_with(')') && language != Language::Ruby;
        let after = if call { Follow::call() } else { Follow::default() };
        Near { before: Before::Access, after, owner: None }
    }

    /// The neighbours of the name of an annotation.
    pub(crate) fn of_annotation(language: Language) -> Self {
        Near { before: Before::Annotation(language), ..Near::default() }
    }

    /// The neighbours of the name of a module where it is imported.
    pub(crate) fn of_import(language: Language) -> Self {
        let known = is_script(language) || matches!(language, Language::Go | Language::Python);
        let before = if known { Before::Import(language) } else { Before::default() };
        Near { before, ..Near::default() }
    }

    /// Whether they stand around `range` of `text`.
    pub(crate) fn fits(&self, text: &[u8], range: &Range<usize>) -> bool {
        let before = text.get(..range.start).unwrap_or_default();
        let after = text.get(range.end..).unwrap_or_default();
        self.is_before(before) && self.after.fits(after)
    }

    fn is_before(&self, before: &[u8]) -> bool {
        match &self.before {
            Before::Anything => true,
            Before::Access => ends_in_access(before.trim_ascii_end()),
            Before::Member(name) => is_member_of(before.trim_ascii_end(), name.as_bytes()),
            Before::Property => {
                before.trim_ascii_end().last().is_some_and(|byte| b".{,['\"`".contains(byte))
            }
            Before::Keyword(keyword) => {
                let last = before.trim_ascii_end();
                let qualified = ends_in_access(last) || last.ends_with(b"\\");
                // A wrapper, an annotation, a comment.
                let parted = [&b"("[..], b")", b"*/"].iter().any(|end| last.ends_with(end));
                qualified || parted || ends_in(last, keyword.as_bytes())
            }
            Before::Annotation(language) => opens_annotation(*language, before),
            Before::Import(language) => opens_import(*language, before),
        }
    }
}

fn is_script(language: Language) -> bool {
    matches!(language, Language::JavaScript | Language::TypeScript | Language::Tsx)
}

/// Whether the language has calls and members as [`Near::of`] reads them.
fn is_code(language: Language) -> bool {
    use Language::{CSharp, Go, Java, Kotlin, Php, Python, Ruby, Rust};
    is_script(language)
        || matches!(language, CSharp | Go | Java | Kotlin | Php | Python | Ruby | Rust)
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_part_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn ends_in_word(text: &str, word: &str) -> bool {
    text.strip_suffix(word).is_some_and(|rest| !rest.ends_with(is_part))
}

fn ends_in(text: &[u8], word: &[u8]) -> bool {
    text.strip_suffix(word).is_some_and(|rest| !rest.last().is_some_and(|b| is_part_byte(*b)))
}

/// The names that `text` ends in, parted by `.`, `->` or `::`; `None` if they are
/// members of what is no name, or may be.
fn path_at_end(text: &[u8]) -> Option<&[u8]> {
    let mut start = text.len();
    while let Some(last) = start.checked_sub(1).and_then(|at| text.get(at)) {
        let pair = start.checked_sub(2).and_then(|at| text.get(at..start));
        match last {
            byte if is_part_byte(*byte) || b".$@".contains(byte) => start -= 1,
            _ if matches!(pair, Some(b"->" | b"::")) => start -= 2,
            _ => break,
        }
    }
    let path = &text[start..];
    // `...path` and `1..path`
    let dots = path.iter().take_while(|byte| **byte == b'.').count();
    let is_hidden = text[..start].last().is_none_or(|byte| b")]}>?!\"'`/".contains(byte));
    (!is_hidden && dots != 1 && path.len() > dots).then_some(&path[dots..])
}

/// The name whose member comes after `before`, part of a pattern.
fn owner(before: &str) -> Option<&str> {
    let path = before.strip_suffix('.')?;
    let name = path.rsplit(|c| !is_part(c)).next().filter(|name| !name.is_empty())?;
    // More of the name may be a metavariable.
    (!path.ends_with('$') && !name.starts_with(|c: char| c.is_ascii_digit())).then_some(name)
}

/// Whether `before` ends in the access to a member of `name`, or may.
fn is_member_of(before: &[u8], name: &[u8]) -> bool {
    if !ends_in_access(before) {
        return false;
    }
    let Some(rest) = before.strip_suffix(b".") else { return true };
    let rest = rest.trim_ascii_end();
    let rest = rest.strip_suffix(b"?").unwrap_or(rest);
    // A wrapper, type arguments, an assertion, a comment may part them.
    let hidden = rest.last().is_none_or(|byte| b")>]!?/&".contains(byte));
    hidden || ends_in(rest, name) || says_remark(rest)
}

/// Whether a comment may end the last line of `text`.
fn says_remark(text: &[u8]) -> bool {
    let near = &text[text.len().saturating_sub(LINE)..];
    let line = near.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    line.contains(&b'#') || memchr::memmem::find(line, b"//").is_some()
}

/// The sign of a member, after which type arguments may come (`a.<T>f()`).
fn ends_in_access(text: &[u8]) -> bool {
    text.ends_with(b".") || text.ends_with(b">") || text.ends_with(b"::")
}

/// `@`, or what opens or parts attributes, with the path to the name.
fn opens_annotation(language: Language, before: &[u8]) -> bool {
    let path = |byte: &u8| is_part_byte(*byte) || b".:\\".contains(byte);
    let near = &before[before.len().saturating_sub(LINE)..];
    // A path that goes on before what is looked at may well be that of one.
    let Some(start) = near.iter().rposition(|byte| !path(byte)) else {
        return near.len() == LINE;
    };
    let last = near[..=start].trim_ascii_end().last();
    match language {
        Language::CSharp | Language::Php | Language::Rust => {
            last.is_some_and(|byte| b"[,@(".contains(byte))
        }
        _ => last == Some(&b'@'),
    }
}

/// `import` or `from` on the line in Python, the start of a path elsewhere.
fn opens_import(language: Language, before: &[u8]) -> bool {
    if language != Language::Python {
        return before.last().is_some_and(|byte| b"'\"`/:".contains(byte));
    }
    let near = &before[before.len().saturating_sub(LINE)..];
    let line = near.iter().rposition(|byte| *byte == b'\n').map_or(near, |at| &near[at..]);
    let says = |word| memchr::memmem::find(line, word).is_some();
    // The line may begin before what is looked at, or go on after a backslash.
    says(b"import")
        || says(b"from")
        || near.len() == LINE && line.len() == LINE
        || near[..near.len() - line.len()].trim_ascii_end().ends_with(b"\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, word: &str, code: &str) -> bool {
        let at = pattern.find(word).unwrap_or_default();
        let (before, after) = (&pattern[..at], &pattern[at + word.len()..]);
        let near = Near::of(Language::Java, before, word, after);
        let at = code.find(word).unwrap_or_default();
        near.fits(code.as_bytes(), &(at..at + word.len()))
    }

    #[test]
    fn a_method_is_called_on_something() {
        for code in [
            "engine.eval(x)", "engine\n  .eval (x)", "a?.<T>b().eval<T>(x)", "e.<Map<K, V>>eval(x)",
        ] {
            assert!(fits(".eval(", "eval", code), "{code}");
        }
        for code in ["eval(x)", "engine.eval", "// to eval(x)", "x.eval = 2"] {
            assert!(!fits(".eval(", "eval", code), "{code}");
        }
    }

    #[test]
    fn a_value_is_returned() {
        assert!(fits("return true;", "true", "{ return\n true; }"));
        assert!(fits("return true;", "true", "return (true);"));
        assert!(!fits("return true;", "true", "x = true;"));
        assert!(fits("new URL(", "URL", "new java.net.URL(x)"));
        assert!(!fits("new URL(", "URL", "URL(x)"));
    }

    #[test]
    fn what_follows_a_keyword_is_told_as_far_as_it_is_plain() {
        let near = Near::of(Language::Python, "", "except", " Exception: pass");
        let fits = |code: &str| near.fits(code.as_bytes(), &(0..6));
        for code in ["except Exception:\n  pass", "except Exception: # why\n pass"] {
            assert!(fits(code), "{code}");
        }
        assert!(fits("except (Exception): pass") && fits("except \\\n Exception: pass"));
        for code in
            ["except Exception as e:\n pass", "except Exception:\n x()", "except Error: pass"]
        {
            assert!(!fits(code), "{code}");
        }
    }

    #[test]
    fn annotations_and_imports_are_told_from_other_names() {
        let mark = |language, before: &str| {
            Near::of_annotation(language).fits(before.as_bytes(), &(before.len()..before.len()))
        };
        assert!(mark(Language::Java, "@") && mark(Language::Python, "@app."));
        assert!(mark(Language::CSharp, "[Authorize, ") && mark(Language::Rust, "#[rocket::"));
        assert!(!mark(Language::Python, &"get ".repeat(200)));
        assert!(!mark(Language::Java, "new ") && !mark(Language::Python, "x = app."));
        let import = |language, before: &str| {
            Near::of_import(language).fits(before.as_bytes(), &(before.len()..before.len()))
        };
        assert!(import(Language::Python, "x\nimport os, ") && import(Language::Python, "from "));
        assert!(!import(Language::Python, "import os\n# all "));
        assert!(import(Language::Go, "import \"") && !import(Language::Go, "the "));
    }
}
