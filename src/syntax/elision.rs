//! Leaves the bodies of functions out of what is parsed, if nothing in them can
//! matter: in a long file most functions hold no word of any rule that the file
//! calls for, and parsing is what a scan spends its time on.
//!
//! Blocks are told by their indentation, so that code that is not laid out like
//! code is parsed whole. A block stays if a word of a rule stands in it, in its
//! head or in its decorators; if its name stands in what stays, so that calls can
//! be followed; or if it sets what stays may read. What is left out holds whole
//! lines only, and no end of a text or comment that begins elsewhere.

use std::cell::OnceCell;
use std::ops::Range;

use foldhash::{HashMap, HashSet};

use super::blocks::{self, Block};
use super::language::Language;

/// Shorter files are parsed whole.
pub(super) const MIN_FILE: usize = 4 << 10;
/// Bytes of an import before and after the name of its module, at most.
const MAX_IMPORT: usize = 4_000;
/// Bytes of a line before and after a name that tell whether it is declared there.
const MAX_NEAR: usize = 400;
/// Words of imports that are no names.
const IMPORTING: &[&[u8]] =
    &[b"import", b"from", b"as", b"const", b"let", b"var", b"export", b"require", b"type"];
/// Words that no type is called, before a name.
const OPERATORS: &[&[u8]] =
    &[b"return", b"else", b"case", b"in", b"new", b"throw", b"await", b"yield", b"not", b"do"];
/// Bodies with fewer bytes are not worth a gap.
const MIN_BODY: usize = 60;

/// What of `text` has to be parsed: ascending ranges, apart; empty if it is all
/// of it. `hits` are the places of words that rules need, ascending; `unnamed` tells
/// functions that nothing names that matters; `said` tells names of which a rule
/// says how they are defined.
pub(super) fn kept(
    language: Language,
    text: &[u8],
    hits: &[usize],
    unnamed: &dyn Fn(&Block) -> bool,
    said: &dyn Fn(&str) -> bool,
) -> Vec<Range<usize>> {
    // Its grammar takes much that is right for an error, and what it makes of the rest
    // of the file then depends on what stands before.
    if language == Language::Kotlin {
        return Vec::new();
    }
    let mut candidates = candidates(language, text, hits);
    candidates.retain(|block| !block.names(text).any(said));
    let gaps = Closure::new(language, text, &candidates, unnamed).unneeded();
    let mut kept = Vec::with_capacity(gaps.len() + 1);
    let mut from = 0;
    for gap in gaps {
        kept.push(from..gap.start);
        from = gap.end;
    }
    if !kept.is_empty() {
        kept.push(from..text.len());
    }
    kept
}

/// What of `text` has to be parsed for what its top level says: all but the functions
/// that nothing there names.
pub(super) fn top_level(language: Language, text: &[u8]) -> Vec<Range<usize>> {
    match text.len() {
        MIN_FILE.. => kept(language, text, &[], &|_| false, &|_| false),
        _ => Vec::new(),
    }
}

/// The outermost blocks without a hit whose bodies can be cut out.
fn candidates(language: Language, text: &[u8], hits: &[usize]) -> Vec<Block> {
    let mut until = 0;
    let mut blocks = blocks::of(language, text);
    blocks.retain(|block| {
        let next = hits.partition_point(|hit| *hit < block.whole.start);
        let free = hits.get(next).is_none_or(|hit| *hit >= block.whole.end);
        let fits = block.whole.start >= until
            && free
            && block.body.len() >= MIN_BODY
            && text.get(block.body.clone()).is_some_and(|body| is_closed(language, body));
        if fits {
            until = block.whole.end;
        }
        fits
    });
    blocks
}

/// Whether every text and comment that begins in `body` ends there, as far as
/// counting tells; where it does not, the body stays.
fn is_closed(language: Language, body: &[u8]) -> bool {
    use Language::{CSharp, Go, JavaScript, Kotlin, Php, Python, Ruby, Rust, Tsx, TypeScript};
    let count = |sign: &str| memchr::memmem::find_iter(body, sign).count();
    let even = |sign: &str| count(sign).is_multiple_of(2);
    match language {
        Python => {
            even("\"\"\"")
                && even("'''")
                && count("global ") + count("nonlocal ") == 0
                // Within brackets a line may stand anywhere.
                && [["(", ")"], ["[", "]"], ["{", "}"]].iter().all(|[open, end]| count(open) == count(end))
        }
        Ruby => even("\"") && even("`") && count("<<") == 0 && count("%") == count("% "),
        Php => even("\"") && count("<<<") == 0 && count("?>") == 0 && count("/*") == count("*/"),
        Rust | CSharp => even("\"") && count("/*") == count("*/"),
        Go | JavaScript | TypeScript | Tsx => even("`") && count("/*") == count("*/"),
        Kotlin => even("\"\"\"") && count("/*") == count("*/"),
        _ => even("\"\"\"") && count("/*") == count("*/"),
    }
}

/// Finds what is needed because what is needed names it.
struct Closure<'a> {
    language: Language,
    text: &'a [u8],
    blocks: &'a [Block],
    needed: Vec<bool>,
    /// The blocks that a name in what stays makes needed.
    by_name: HashMap<&'a [u8], Vec<usize>>,
}

impl<'a> Closure<'a> {
    fn new(
        language: Language,
        text: &'a [u8],
        blocks: &'a [Block],
        unnamed: &dyn Fn(&Block) -> bool,
    ) -> Self {
        let mut by_name: HashMap<&[u8], Vec<usize>> = HashMap::default();
        let named = blocks.iter().enumerate().filter(|(_, block)| !unnamed(block));
        for (index, block) in named {
            let body = text.get(block.body.clone()).unwrap_or_default();
            let names = block.names(text).map(str::as_bytes).chain(written(language, body));
            names.for_each(|name| by_name.entry(name).or_default().push(index));
        }
        Closure { language, text, blocks, needed: vec![false; blocks.len()], by_name }
    }

    /// The bodies that can go.
    fn unneeded(mut self) -> Vec<Range<usize>> {
        if self.blocks.is_empty() {
            return Vec::new();
        }
        let mut from = 0;
        let mut work = Vec::new();
        for block in self.blocks {
            work.push(from..block.whole.start);
            from = block.whole.end;
        }
        work.push(from..self.text.len());
        while let Some(range) = work.pop() {
            let text = self.text.get(range).unwrap_or_default();
            for (name, _) in mentions(self.language, text) {
                // What is needed once is needed; nobody has to ask again.
                for index in self.by_name.remove(name).unwrap_or_default() {
                    if !std::mem::replace(&mut self.needed[index], true) {
                        work.push(self.blocks[index].whole.clone());
                    }
                }
            }
        }
        let gone = self.blocks.iter().zip(&self.needed).filter(|(_, needed)| !**needed);
        gone.map(|(block, _)| block.body.clone()).collect()
    }
}

/// The places of all names that the statements at `imports` may bind, whatever
/// they say of them. `imports` ascend. A statement ends with its line, or its
/// parenthesis.
pub(super) fn uses(text: &[u8], imports: &[usize]) -> Vec<usize> {
    let mut until = 0;
    let mut statements = Vec::new();
    for at in imports {
        // One statement names many modules.
        if *at >= until {
            statements.push(statement(text, *at));
            until = statements.last().map_or(0, |range| range.end);
        }
    }
    let bound = statements.into_iter().map(|range| text.get(range).unwrap_or_default());
    let bound: HashSet<&[u8]> =
        bound.flat_map(names).filter(|name| !IMPORTING.contains(name)).collect();
    let offset = |name: &[u8]| name.as_ptr().addr() - text.as_ptr().addr();
    match bound.is_empty() {
        true => Vec::new(),
        false => names(text).filter(|name| bound.contains(name)).map(offset).collect(),
    }
}

/// The lines of the import that names its module at `at`.
fn statement(text: &[u8], at: usize) -> Range<usize> {
    let (before, after) = text.split_at(at.min(text.len()));
    let before = &before[before.len().saturating_sub(MAX_IMPORT)..];
    let after = &after[..after.len().min(MAX_IMPORT)];
    let begins = |line: &[u8]| {
        let line = line.trim_ascii_start();
        [&b"import"[..], b"from", b"const", b"let", b"var", b"export"]
            .iter()
            .any(|word| line.starts_with(word))
    };
    let mut start = before.len();
    for line in before.rsplit(|byte| *byte == b'\n') {
        start -= line.len();
        if begins(line) || start == 0 {
            break;
        }
        start -= 1;
    }
    let line = memchr::memchr(b'\n', after).unwrap_or(after.len());
    let open = memchr::memchr(b'(', &after[..line]);
    let closed = open.and_then(|_| memchr::memchr(b')', after));
    at - before.len() + start..at + closed.unwrap_or(line).max(line)
}

/// The names in `text`.
pub(super) fn names(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| !is_name(*byte)).filter(|name| !name.is_empty())
}

pub(super) fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// What an object goes by in its own methods.
const SELF: &[&[u8]] = &[b"self", b"this", b"cls", b"static"];

/// The names in `text`, each with whether it can stand for what the file itself
/// defines as it is written: it stands alone, or belongs to the object or a class.
/// What belongs to anything else is left out, unless it may be a function that is
/// handed on.
pub(super) fn mentions(language: Language, text: &[u8]) -> impl Iterator<Item = (&[u8], bool)> {
    names(text).filter_map(move |name| {
        let at = name.as_ptr().addr() - text.as_ptr().addr();
        let is_own = is_own(&text[..at]);
        let called = text.get(at + name.len()) == Some(&b'(') || language == Language::Ruby;
        (is_own || !called).then_some((name, is_own))
    })
}

/// Whether a name after `before` belongs to nothing, to the object itself or to a class.
fn is_own(before: &[u8]) -> bool {
    let signs = [&b"?."[..], b".", b"->", b"::"];
    let Some(owner) = signs.iter().find_map(|sign| before.strip_suffix(*sign)) else { return true };
    let begin = owner.iter().rposition(|byte| !is_name(*byte)).map_or(0, |at| at + 1);
    let owner = &owner[begin..];
    SELF.contains(&owner) || owner.first().is_some_and(u8::is_ascii_uppercase)
}

/// The names of fields and outer variables that are set in lines of `body`.
pub(super) fn written(language: Language, body: &[u8]) -> Vec<&[u8]> {
    let first = OnceCell::new();
    let targets = body.split(|byte| *byte == b'\n').filter_map(set_in);
    targets.filter_map(|target| changed_by(language, body, target, &first)).collect()
}

/// Where each name of a text stands first.
pub(super) type First<'t> = OnceCell<HashMap<&'t [u8], usize>>;

/// The name of what changes outside of the function `body` if `target` is set.
pub(super) fn changed_by<'t>(
    language: Language,
    body: &'t [u8],
    target: &'t [u8],
    first: &First<'t>,
) -> Option<&'t [u8]> {
    use Language::{Php, Python, Ruby};
    let mut path = names(target);
    let root = path.next()?;
    if SELF.contains(&root) || root.first().is_some_and(u8::is_ascii_uppercase) {
        return path.next().or(Some(root));
    }
    // There a bare name is one of the function's own.
    if matches!(language, Python | Ruby | Php) {
        return target.starts_with(b"@").then_some(root);
    }
    let at = first.get_or_init(|| first_places(body)).get(root).copied()?;
    (!declares(body, at, root.len())).then_some(root)
}

/// The path that `line` begins with and sets.
fn set_in(line: &[u8]) -> Option<&[u8]> {
    let line = line.trim_ascii_start();
    let path = |byte: &u8| is_name(*byte) || b".@$->:[]'\"?!".contains(byte);
    let end = line.iter().position(|byte| !path(byte)).unwrap_or(line.len());
    let (target, rest) = line.split_at(end);
    let rest = rest.trim_ascii_start();
    let operator = rest.iter().take(4).position(|byte| *byte == b'=')?;
    let sets = rest[..operator].iter().all(|byte| b"+-*/|&^%?.<>".contains(byte))
        && !matches!(rest.get(operator + 1), Some(b'=' | b'>' | b'~'));
    sets.then_some(target)
}

/// Where each name of `body` stands first.
fn first_places(body: &[u8]) -> HashMap<&[u8], usize> {
    let mut first = HashMap::default();
    for name in names(body) {
        first.entry(name).or_insert_with(|| name.as_ptr().addr() - body.as_ptr().addr());
    }
    first
}

/// Whether `body` says of the name at `at` that it is its own.
fn declares(body: &[u8], at: usize, length: usize) -> bool {
    let (before, after) = (&body[at.saturating_sub(MAX_NEAR)..at], &body[at + length..]);
    let after = &after[..after.len().min(MAX_NEAR)];
    let line = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
    let rest = after.split(|byte| *byte == b'\n').next().unwrap_or_default();
    // `x, err := f()`
    let listed = line.iter().all(|byte| is_name(*byte) || b" \t,".contains(byte));
    if listed && memchr::memmem::find(rest, b":=").is_some() {
        return true;
    }
    // `String name`, `var name`, `Map<K, V> name`
    let kind = line.trim_ascii_end();
    let word = names(kind).last().filter(|word| kind.ends_with(word));
    kind.len() < line.len()
        && (kind.ends_with(b">") || kind.ends_with(b"]") || word.is_some())
        && !word.is_some_and(|word| OPERATORS.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is parsed of `text` if `word` is what a rule needs.
    fn left(language: Language, text: &str, word: &str) -> String {
        let hits: Vec<usize> = text.match_indices(word).map(|(at, _)| at).collect();
        let kept = kept(language, text.as_bytes(), &hits, &|_| false, &|name| name == "said");
        match kept.is_empty() {
            true => text.to_owned(),
            false => kept.into_iter().map(|range| &text[range]).collect(),
        }
    }

    const LONG: &str = "    value = compute(1, 2, 3) and compute(4, 5, 6) and 7\n";

    #[test]
    fn a_function_without_words_is_left_out() {
        let text = format!("def a():\n{LONG}{LONG}\ndef b():\n    hit()\n{LONG}");
        assert_eq!(
            left(Language::Python, &text, "hit"),
            format!("def a():\ndef b():\n    hit()\n{LONG}")
        );
        let text = format!(
            "class A {{\n  void a(int x,\n      int y) {{\n{LONG}{LONG}  }}\n  int hit;\n}}\n"
        );
        let rest = "class A {\n  void a(int x,\n      int y) {\n  }\n  int hit;\n}\n";
        assert_eq!(left(Language::Java, &text, "hit"), rest);
        let text = format!("def a\n{LONG}{LONG}end\nhit\n");
        assert_eq!(left(Language::Ruby, &text, "hit"), "def a\nend\nhit\n");
        let text = format!("it(\"a\", async () => {{\n{LONG}{LONG}}});\nhit();\n");
        assert_eq!(
            left(Language::JavaScript, &text, "hit"),
            "it(\"a\", async () => {\n});\nhit();\n"
        );
    }

    #[test]
    fn what_is_called_or_set_stays() {
        for call in ["other(a(1))", "other(1, fields)"] {
            let text = format!("def a(self):\n{LONG}{LONG}    self.fields = 1\n\nhit()\n{call}\n");
            assert_eq!(left(Language::Python, &text, "hit"), text, "{call}");
        }
        let text = format!("def a():\n{LONG}{LONG}\ndef b():\n    a()\n{LONG}\nhit(b)\n");
        assert_eq!(left(Language::Python, &text, "hit"), text);
    }

    #[test]
    fn words_of_heads_and_decorators_keep_bodies() {
        for head in ["@app.hit(\n    1,\n)\ndef a():", "def a(x: hit):", "def said():"] {
            let text = format!("{head}\n{LONG}{LONG}\nb()\n");
            assert_eq!(left(Language::Python, &text, "hit"), text, "{head}");
        }
    }

    #[test]
    fn what_ends_a_text_that_begins_elsewhere_stays() {
        use Language::{Go, Java, Kotlin, Python, Ruby};
        let tricks = [
            (Go, "{\n", "    x = `\n}\n`\n", "}\n"),
            (Java, "{\n", "    x = \"\"\"\n}\n    \"\"\";\n", "}\n"),
            (Kotlin, "{\n", "    /*\n}\n*/\n", "}\n"),
            (Python, ":\n", "    x = [\n1,\n]\n", "    y()\n"),
            (Ruby, "\n", "    x = <<~A\n  end\n    A\n", "end\n"),
        ];
        for (language, open, trick, end) in tricks {
            let head = if matches!(language, Python | Ruby) { "def a()" } else { "void a() " };
            let text = format!("{head}{open}{LONG}{LONG}{trick}{end}hit()\n");
            assert_eq!(left(language, &text, "hit"), text);
        }
    }
}
