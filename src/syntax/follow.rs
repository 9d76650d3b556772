//! What of a pattern follows one of its words up to the first hole, and so what
//! follows the word in every match: names and signs in their order, arguments
//! with the names that stand in them. It tells `objects.get(id=…)` from the many
//! other things that begin with `objects`, where the text alone is looked at.
//!
//! Where something else may stand too (a comment, a parenthesis, type
//! arguments), what is looked at is taken for a match: a file too many is
//! parsed, none too few.

use super::language::Language;
use super::pattern::Template;

/// Words that take a value without parentheses too, or a block with them.
const KEYWORDS: &[&str] = &[
    "assert", "await", "delete", "die", "echo", "elif", "except", "exit", "fn", "for", "foreach",
    "func", "function", "if", "include", "include_once", "match", "not", "print", "raise",
    "require", "require_once", "return", "switch", "throw", "typeof", "unless", "until", "using",
    "when", "while", "yield",
];
/// What may hide a name that comes next: parentheses, type arguments, comments.
const BEFORE_NAMES: &[u8] = b"()<[!?/#\\";
/// What may hide the sign of a member that comes next.
const BEFORE_SIGNS: &[u8] = b")<!?/#\\";
/// What a name comes right after.
const BINDING: &[&str] = &[".", ":", "{", "except", "new", "raise", "return", "throw"];
/// Words among arguments that a match may lack.
const LOOSE: &[&str] = &["await", "def", "fn", "fun", "func", "function", "lambda", "new"];
/// Arguments are looked at this far.
const MAX_ARGUMENTS: usize = 2_000;
/// Comments in a row that are passed over.
const MAX_REMARKS: usize = 20;
/// Steps of a pattern, at most.
const MAX_STEPS: usize = 8;

/// One thing that follows.
#[derive(Debug, Clone, PartialEq)]
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
#[derive(Debug, Clone, Default, PartialEq)]
struct Group {
    names: Vec<Name>,
    /// Metavariables.
    holes: Vec<String>,
    /// The first of them is a literal.
    literal: bool,
}

/// A name among arguments.
#[derive(Debug, Clone, PartialEq)]
struct Name {
    text: String,
    /// It is that of an argument: `=` comes next.
    assigned: bool,
}

/// What follows a word.
#[derive(Debug, Clone, Default, PartialEq)]
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
        let mut rest = text;
        for step in &self.0 {
            match step.after(rest) {
                Next::At(after) => rest = after,
                Next::Unknown => return true,
                Next::No => return false,
            }
        }
        true
    }

    /// The arguments in `text`, which it fits, if they can be told.
    pub(super) fn arguments<'t>(&self, text: &'t [u8]) -> Option<&'t [u8]> {
        let mut rest = text;
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

impl Step {
    fn after<'t>(&self, text: &'t [u8]) -> Next<'t> {
        let rest = after_remarks(text);
        match self {
            Step::Token(token) => after_token(rest, token.as_bytes()),
            Step::Member => after_member(rest),
            Step::Group(group) => after_group(rest, group),
            Step::Literal => after_literal_start(rest),
            Step::Colon => after_sign(rest, b':', 400),
            Step::Statement => after_sign(rest, b';', 400),
        }
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

/// Without blank space and comments at the start.
fn after_remarks(text: &[u8]) -> &[u8] {
    let mut rest = text.trim_ascii_start();
    for _ in 0..MAX_REMARKS {
        let line = rest.starts_with(b"//") || rest.starts_with(b"# ");
        let end = match line {
            true => memchr::memchr(b'\n', rest),
            false if rest.starts_with(b"/*") => memchr::memmem::find(rest, b"*/").map(|at| at + 1),
            false => return rest,
        };
        let Some(end) = end else { return rest };
        rest = rest[end + 1..].trim_ascii_start();
    }
    rest
}

/// What comes after a step.
enum Next<'t> {
    At(&'t [u8]),
    /// Something that may stand there too hides it.
    Unknown,
    No,
}

fn after_token<'t>(rest: &'t [u8], token: &[u8]) -> Next<'t> {
    let is_word = token.last().is_some_and(|byte| is_part_byte(*byte));
    match rest.strip_prefix(token) {
        Some(next) if !is_word || !next.first().is_some_and(|b| is_part_byte(*b)) => Next::At(next),
        // `->` and `::` are accesses as `.` is.
        _ if token == b"." && (rest.starts_with(b"->") || rest.starts_with(b"::")) => Next::Unknown,
        _ => {
            let hiding = if is_word { BEFORE_NAMES } else { BEFORE_SIGNS };
            let hidden = rest.first().is_some_and(|byte| hiding.contains(byte));
            if hidden { Next::Unknown } else { Next::No }
        }
    }
}

fn after_group<'t>(rest: &'t [u8], group: &Group) -> Next<'t> {
    match rest.first() {
        Some(b'(') => {}
        // Type arguments, a macro, a block, a comment.
        Some(byte) if b"<[!?:{/#\\".contains(byte) => return Next::Unknown,
        _ => return Next::No,
    }
    let Some(end) = closed(&rest[..rest.len().min(MAX_ARGUMENTS)]) else { return Next::Unknown };
    let (inner, after) = rest.split_at(end);
    let literal = !group.literal || begins_literal(after_remarks(&inner[1..]));
    match literal && group.names.iter().all(|name| name.is_in(inner)) {
        true => Next::At(&after[1..]),
        false => Next::No,
    }
}

fn after_literal_start(rest: &[u8]) -> Next<'_> {
    let inner = rest.strip_prefix(b"(").map_or(rest, after_remarks);
    if begins_literal(inner) { Next::At(inner) } else { Next::No }
}

/// Whether a literal may begin `text`, or something that hides it: quotes, signs
/// and letters before them, a parenthesis, a comment.
fn begins_literal(text: &[u8]) -> bool {
    let prefix = text.iter().take(3).take_while(|byte| byte.is_ascii_alphabetic()).count();
    let next = text.get(prefix);
    let quote = next.is_some_and(|byte| b"\"'`".contains(byte));
    quote || text.first().is_some_and(|byte| b"$@%<(#/\\?:".contains(byte)) || next == Some(&b'#')
}

fn after_member(rest: &[u8]) -> Next<'_> {
    match rest.iter().position(|byte| !is_part_byte(*byte)) {
        Some(0) | None => Next::Unknown,
        Some(end) => Next::At(&rest[end..]),
    }
}

/// After the first `sign`, which may be anywhere near.
fn after_sign(rest: &[u8], sign: u8, near: usize) -> Next<'_> {
    match memchr::memchr(sign, &rest[..rest.len().min(near)]) {
        Some(at) => Next::At(&rest[at + 1..]),
        None => Next::Unknown,
    }
}

impl Name {
    fn is_in(&self, text: &[u8]) -> bool {
        memchr::memmem::find_iter(text, self.text.as_bytes()).any(|at| {
            let after = &text[at + self.text.len()..];
            let whole = !after.first().is_some_and(|b| is_part_byte(*b))
                && !text[..at].last().is_some_and(|b| is_part_byte(*b));
            whole
                && (!self.assigned
                    || after.trim_ascii_start().first().is_some_and(|b| b"=/#\\".contains(b)))
        })
    }
}

/// Where the parenthesis at the start of `text` is closed. What stands between
/// quotes on one line does not count.
fn closed(text: &[u8]) -> Option<usize> {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(byte) = text.get(at) {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b'"' | b'\'' | b'`' => at = literal_end(text, at),
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// The end of the literal that begins at `at`, or `at` if it has none on its line.
fn literal_end(text: &[u8], at: usize) -> usize {
    let quote = text[at];
    let mut end = at + 1;
    while let Some(byte) = text.get(end) {
        match *byte {
            b'\\' => end += 1,
            b'\n' => return at,
            byte if byte == quote => return end,
            _ => {}
        }
        end += 1;
    }
    at
}

fn is_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_part_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
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
