//! What of a pattern follows one of its words up to the first hole, and so what
//! follows the word in every match: names and signs in their order, arguments
//! with the names that stand in them. It tells `objects.get(id=…)` from the many
//! other things that begin with `objects`, where the text alone is looked at.
//!
//! Where something else may stand too (a comment, a parenthesis, type
//! arguments), what is looked at is taken for a match: a file too many is
//! parsed, none too few.

mod read;

use read::{Next, after_remarks};

use serde::{Deserialize, Serialize};

use super::super::language::Language;
use super::super::pattern::Template;

/// Words that take a value without parentheses too, or a block with them.
const KEYWORDS: &[&str] = &[
    "assert", "await", "delete", "die", "echo", "elif", "except", "exit", "fn", "for", "foreach",
    "func", "function", "if", "include", "include_once", "match", "not", "print", "raise",
    "require", "require_once", "return", "switch", "throw", "typeof", "unless", "until", "using",
    "when", "while", "yield",
];
/// What a name comes right after.
const BINDING: &[&str] = &[".", ":", "{", "except", "new", "raise", "return", "throw"];
/// Words among arguments that a match may lack.
const LOOSE: &[&str] = &["await", "def", "fn", "fun", "func", "function", "lambda", "new"];
/// Bytes of a text that are looked at: each word looks, and a comment may go on to
/// the end of the file.
const MAX_AHEAD: usize = 4_000;
/// Steps of a pattern, at most.
const MAX_STEPS: usize = 8;

/// One thing that follows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Step {
    /// A name or a sign.
    Token(String),
    /// Whatever a member is called.
    Member,
    /// Arguments or parameters in parentheses.
    Group(Group),
    /// A literal, in a parenthesis or not.
    Literal,
    /// Anything up to a colon on the same line.
    Colon,
    /// A statement with its semicolon.
    Statement,
}

/// What stands among arguments.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
struct Group {
    names: Vec<Name>,
    /// Metavariables.
    holes: Vec<String>,
    /// The first of them is a literal.
    literal: bool,
}

/// A name among arguments.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Name {
    text: String,
    /// It is that of an argument: `=` comes next.
    assigned: bool,
}

/// What follows a word.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Follow(Vec<Step>);

impl Follow {
    /// What follows `word` in `rest`, the part of a pattern after it.
    pub(super) fn of(language: Language, word: &str, rest: &str) -> Self {
        let mut steps = Vec::new();
        let mut rest = rest.trim_start();
        if word == "except" && rest.starts_with('$') {
            let Some((_, after)) = rest.split_once(':') else { return Follow::default() };
            steps.push(Step::Colon);
            rest = after.trim_start();
        }
        let mut last = word;
        while steps.len() < MAX_STEPS {
            // Elsewhere types and members in any order may come first.
            let opens = rest.starts_with('{') && word == "catch";
            let opens = opens || rest.starts_with(':') && word == "except";
            let Some((step, after)) = step(language, last, rest, opens) else { break };
            last = &rest[..rest.len() - after.len()];
            steps.push(step);
            rest = after.trim_start();
        }
        // A sign at the end may be that of something longer.
        while steps.pop_if(|step| matches!(step, Step::Token(sign) if sign == ".")).is_some() {}
        Follow(steps)
    }

    /// That what is called is followed by its arguments.
    pub(super) fn call() -> Self {
        Follow(vec![Step::Group(Group::default())])
    }

    /// Whether it says more than that something is called.
    pub(super) fn is_telling(&self) -> bool {
        match &self.0[..] {
            [] => false,
            [Step::Group(group)] => !group.names.is_empty(),
            _ => true,
        }
    }

    /// Whether one of its names is `name`.
    pub(super) fn names(&self, name: &str) -> bool {
        self.0.iter().any(|step| match step {
            Step::Token(text) => text == name,
            Step::Group(group) => group.names.iter().any(|inner| inner.text == name),
            Step::Member | Step::Literal | Step::Colon | Step::Statement => false,
        })
    }

    /// Metavariables among the arguments.
    pub(super) fn holes(&self) -> impl Iterator<Item = &str> {
        let groups = self.0.iter().filter_map(|step| match step {
            Step::Group(group) => Some(group),
            _ => None,
        });
        groups.take(1).flat_map(|group| group.holes.iter().map(String::as_str))
    }

    /// Whether it is what `text` begins with, or may be.
    pub(super) fn fits(&self, text: &[u8]) -> bool {
        let near = &text[..text.len().min(MAX_AHEAD)];
        let mut rest = near;
        for step in &self.0 {
            match step.after(rest) {
                Next::At(after) => rest = after,
                Next::Unknown => return true,
                // What comes next may be beyond what is looked at.
                Next::No => return near.len() < text.len() && after_remarks(rest).is_empty(),
            }
        }
        true
    }

    /// The arguments in `text`, which it fits, if they can be told.
    pub(super) fn arguments<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        let mut rest = &text[..text.len().min(MAX_AHEAD)];
        for step in &self.0 {
            let Next::At(after) = step.after(rest) else { return None };
            if matches!(step, Step::Group(_)) {
                return rest.get(..rest.len() - after.len());
            }
            rest = after;
        }
        None
    }
}

/// The first step of `rest`, which comes after `last`, and what comes after it;
/// `None` if it is none that every match has. A block `opens` right there.
fn step<'p>(language: Language, last: &str, rest: &'p str, opens: bool) -> Option<(Step, &'p str)> {
    let first = rest.chars().next()?;
    let inner = rest.strip_prefix('(').unwrap_or(rest).trim_start();
    if language == Language::Ruby && is_literal(inner) && last.ends_with(is_part) {
        return Some((Step::Literal, ""));
    }
    if first == '(' {
        if language == Language::Ruby || KEYWORDS.contains(&last.trim()) {
            return None;
        }
        let (inner, after) = group(rest).unwrap_or_default();
        let holes = Template::new(inner).names().map(str::to_owned).collect();
        let literal = is_literal(inner.trim_start());
        let names = names_in(language, inner);
        return Some((Step::Group(Group { names, holes, literal }), after));
    }
    if let Some(after) = hole(rest) {
        let step = match last.trim() {
            "." if after.starts_with('(') => Step::Member,
            "{" if after.starts_with(';') => Step::Statement,
            _ => return None,
        };
        let after = if step == Step::Statement { &after[1..] } else { after };
        return Some((step, after));
    }
    let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
    let length = match first {
        '.' if !rest.starts_with("..") => 1,
        _ if opens => 1,
        _ => length,
    };
    let token = &rest[..length];
    // Between other names modifiers, types and annotations may stand.
    let last = last.trim();
    let known = !is_part(first) || last.ends_with(';') || BINDING.contains(&last);
    let optional = super::pattern_words::OPTIONAL.contains(&token);
    (length > 0 && known && !optional).then(|| (Step::Token(token.to_owned()), &rest[length..]))
}

/// Whether `text` of a pattern begins with a literal that is no key: a key may be
/// written without quotes.
fn is_literal(text: &str) -> bool {
    let after = text.strip_prefix('"').and_then(|rest| rest.split_once('"'));
    after.is_some_and(|(_, after)| !after.trim_start().starts_with([':', '=']))
}

/// What comes after the metavariable for one thing at the start of `rest`.
fn hole(rest: &str) -> Option<&str> {
    let after = rest.strip_prefix('$').filter(|after| !after.starts_with('$'))?;
    let capital = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    let after_name = after.trim_start_matches(capital);
    (after_name.len() < after.len()).then_some(after_name)
}

/// What stands in the parenthesis at the start of `rest`, and what comes after.
fn group(rest: &str) -> Option<(&str, &str)> {
    let mut depth = 0;
    let mut quote = None;
    for (at, c) in rest.char_indices() {
        match (quote, c) {
            (Some(open), _) if c == open => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'' | '`') => quote = Some(c),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((&rest[1..at], &rest[at + 1..]));
        }
    }
    None
}

/// The names that stand in `inner`, outside literals and holes.
fn names_in(language: Language, inner: &str) -> Vec<Name> {
    let mut names = Vec::new();
    let outside = inner.split(['"', '\'', '`']).step_by(2);
    for part in outside {
        let mut from = 0;
        while let Some(found) = part[from..].find(is_part) {
            let start = from + found;
            let rest = &part[start..];
            let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
            let (text, after) = rest.split_at(end);
            from = start + end;
            let hole = part[..start].ends_with('$');
            let optional = LOOSE.contains(&text) || super::pattern_words::OPTIONAL.contains(&text);
            if text.len() >= 2 && !hole && !optional && !text.starts_with(|c: char| c.is_numeric())
            {
                let after = after.trim_start();
                let assigned = language == Language::Python
                    && after.starts_with('=')
                    && !after.starts_with("==");
                names.push(Name { text: text.to_owned(), assigned });
            }
        }
    }
    names
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether what follows `word` in `code` can be what follows it in `pattern`.
    fn fits(language: Language, pattern: &str, word: &str, code: &str) -> bool {
        let after = |text: &str| text.find(word).map_or(0, |at| at + word.len());
        let follow = Follow::of(language, word, &pattern[after(pattern)..]);
        follow.fits(&code.as_bytes()[after(code)..])
    }

    #[test]
    fn names_and_arguments_are_looked_for() {
        let pattern = "$M.objects.get(id=$ID)";
        let is = |code| fits(Language::Python, pattern, "objects", code);
        for code in [
            "A.objects.get(id=x)",
            "A.objects.get(\n    # why\n    x=f(')'), id = y)",
            "A.objects  # x\n.get(id=x)",
        ] {
            assert!(is(code), "{code}");
        }
        for code in [
            "A.objects.get(x)", "A.objects.get(user_id=x)", "A.objects.filter(id=x)",
            "A.objects.get(x, id)", "A.objects",
        ] {
            assert!(!is(code), "{code}");
        }
        let long = format!("A.objects.get({}", "x, ".repeat(1_000));
        assert!(is(&long), "what is too long to look at may be a match");
    }

    #[test]
    fn what_comes_after_arguments_is_looked_for_too() {
        let pattern = "try { $$$ } catch ($E $V) { return true; }";
        let is = |code| fits(Language::Java, pattern, "catch", code);
        for code in [
            "catch (E e) {\n return true; }",
            "catch (final E e) { // why\n return true;",
            "catch (E e) { return (true);",
        ] {
            assert!(is(code), "{code}");
        }
        assert!(!is("catch (E e) {\n // ignored\n }"));
        for code in [
            "catch (E e) { log(e); return true; }", "catch (E e) { return truely; }",
            "catch (E e) { return false; }",
        ] {
            assert!(!is(code), "{code}");
        }
        let pattern = "try { $$$; } catch ($E $V) { $LOG; return true; }";
        let is = |code| fits(Language::Java, pattern, "catch", code);
        assert!(is("catch (E e) {\n  log(\"a\", e);\n  return true;"));
        assert!(!is("catch (E e) {\n  log(e);\n  return false;"));
        assert!(!is("catch (E e) {\n  log(e);\n}"));
    }

    #[test]
    fn literals_are_told_from_other_arguments() {
        let is = |code| fits(Language::Ruby, "$M.where(\"$S\", $$$)", "where", code);
        for code in
            ["a.where(\"x\")", "a.where 'x', 1", "a.where(\n  # why\n  <<~SQL)", "a.where(%q(x))"]
        {
            assert!(is(code), "{code}");
        }
        assert!(fits(Language::Ruby, "head(\"$K\" => $V)", "head", "head(key: 1)"));
        assert!(!is("a.where(id: 1)") && !is("a.where id") && !is("a.where { x }"));
        let is = |code| fits(Language::Python, "$D.execute(f\"$S\", $$$)", "execute", code);
        assert!(is("d.execute(f'x')") && is("d.execute(\n  rf\"\"\"x\"\"\")"));
        let is = |code| fits(Language::Python, "$D.execute(\"$S\", $$$)", "execute", code);
        assert!(is("d.execute(  u'x')") && is("d.execute((\"x\"))"));
        assert!(!is("d.execute(query)") && !is("d.execute()"));
    }

    #[test]
    fn modifiers_may_come_after_annotations() {
        let pattern = "@Get($$$) String $M($$$) { $$$; }";
        assert!(fits(Language::Java, pattern, "Get", "@Get(\"/x\")\n  public String f()"));
    }

    #[test]
    fn arguments_are_told_with_the_metavariables_in_them() {
        let follow = Follow::of(Language::Java, "log", ".$LEVEL($$$, $_ + $X, $$$)");
        assert_eq!(follow.holes().collect::<Vec<_>>(), ["X"]);
        let arguments = |text: &'static str| follow.arguments(text.as_bytes());
        assert_eq!(arguments(".info(\"a)\", b(c)); d()"), Some(&b"(\"a)\", b(c))"[..]));
        assert_eq!(arguments(" // why\n.info(a)"), Some(&b"(a)"[..]));
        assert_eq!(arguments("<T>.info(a)"), None);
        assert!(!follow.fits(b" = 2"));
    }

    #[test]
    fn parentheses_that_may_be_missing_say_nothing() {
        assert!(fits(Language::Ruby, "where($X)", "where", "where id"));
        assert!(fits(Language::Php, "echo($X)", "echo", "echo $x;"));
        assert!(fits(Language::Kotlin, "run($$$)", "run", "run { x }"));
        assert!(!fits(Language::Kotlin, "run($$$)", "run", "run = 1"));
    }

    #[test]
    fn what_a_clause_catches_is_passed_over() {
        let is = |code| fits(Language::Python, "except $E: return True", "except", code);
        assert!(is("except (A, B):\n  return True") && is("except A as e: return True"));
        assert!(!is("except A:\n  return 1") && !is("except A:\n  log()"));
    }
}
