//! Functions, methods and callbacks of a file, told by their layout alone: a head
//! that ends its line, deeper lines, an end in the column of the head. Costs a
//! fraction of parsing; code that is not laid out so has no blocks.

use std::ops::Range;

use super::language::Language;

/// What begins statements that have bodies and are no functions.
const CONTROL: &[&str] = &[
    "case", "catch", "default", "do", "else", "elseif", "finally", "for", "foreach", "if", "lock",
    "match", "select", "static", "switch", "synchronized", "try", "unless", "until", "using",
    "when", "while", "with", "fixed", "unsafe", "loop",
];
/// What a head says of blocks with members.
const MEMBERS: &[&str] = &[
    "class", "enum", "extension", "impl", "interface", "mod", "module", "namespace", "object",
    "record", "struct", "trait", "type", "union",
];
/// What begins a function that has no name.
const FUNCTION: &[&str] = &["func", "function", "fun", "fn"];
/// Decorators may take this many lines.
const MAX_DECORATORS: usize = 30;

/// A function or a callback.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Block {
    /// From its first decorator to the end of its last line.
    pub(super) whole: Range<usize>,
    /// What says its name and parameters.
    head: Range<usize>,
    /// The lines between its head and its end.
    pub(super) body: Range<usize>,
    names: Names,
}

/// Where in its head a block says what it is called.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Names {
    /// After `def`.
    Def,
    /// The symbols that a Ruby block is given to.
    Symbols,
    /// Before the arguments, or before what it is assigned with.
    Before,
}

impl Block {
    /// What it can be called by in `text`.
    pub(super) fn names<'t>(&self, text: &'t [u8]) -> impl Iterator<Item = &'t str> + use<'t> {
        let head = text.get(self.head.clone()).unwrap_or_default();
        let head = str::from_utf8(head).unwrap_or_default();
        let (symbols, one) = match self.names {
            Names::Def => (None, after_def(head)),
            Names::Symbols => (Some(head), None),
            Names::Before => (None, before_arguments(head)),
        };
        let symbols = symbols.into_iter().flat_map(|head| head.split(':').skip(1));
        symbols.filter_map(first_name).chain(one)
    }
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn first_name(text: &str) -> Option<&str> {
    text.split(|c| !is_name(c)).next().filter(|name| !name.is_empty())
}

fn last_name(text: &str) -> Option<&str> {
    text.trim_end().rsplit(|c| !is_name(c)).next().filter(|name| !name.is_empty())
}

fn after_def(head: &str) -> Option<&str> {
    let (_, after) = head.split_once("def ")?;
    let after = after.trim_start();
    first_name(after.strip_prefix("self.").unwrap_or(after))
}

/// The name in a head that ends in a brace: that of a function, a method, a
/// property or a variable; none of a callback's.
fn before_arguments(head: &str) -> Option<&str> {
    let head = head.trim_start();
    let method = head.strip_prefix("func (").and_then(|rest| rest.split_once(')'));
    let head = method.map_or(head, |(_, rest)| rest);
    let open = head.find('(')?;
    let (before, after) = head.split_at(open);
    if let Some(at) = before.find(['=', ':']) {
        return last_name(&before[..at]);
    }
    let end = head.trim_end_matches([' ', '\t', '\r', '\n', '{']);
    let inner = ["function(", "function (", "func(", "func (", "fun("];
    let is_callback = ["=>", "->", "|"].iter().any(|sign| end.ends_with(sign))
        || inner.iter().any(|word| after.contains(word));
    let before = match before.trim_end().strip_suffix('>') {
        Some(generic) => generic.split('<').next().unwrap_or_default(),
        None => before,
    };
    last_name(before).filter(|name| !is_callback && !FUNCTION.contains(name))
}

/// Whether `pattern` is about something with members: its match holds functions.
pub(super) fn has_members(pattern: &str) -> bool {
    pattern.split(|c| !is_name(c)).any(|word| MEMBERS.contains(&word))
}

/// The outermost blocks of `text`, ascending.
pub(super) fn outermost(language: Language, text: &[u8]) -> Vec<Block> {
    let mut until = 0;
    let mut blocks = of(language, text);
    blocks.retain(|block| {
        let is_outer = block.whole.start >= until;
        until = until.max(block.whole.end);
        is_outer
    });
    blocks
}

/// The blocks of `text` in the order in which they begin; blocks in blocks too.
pub(super) fn of(language: Language, text: &[u8]) -> Vec<Block> {
    let Some(style) = Style::of(language) else { return Vec::new() };
    let mut reader = Reader { style, text, lines: Vec::new(), open: Vec::new(), found: Vec::new() };
    reader.read();
    reader.found.sort_unstable_by_key(|block| (block.whole.start, block.head.start));
    reader.found
}

/// What blocks look like.
#[derive(Clone, Copy, PartialEq)]
enum Style {
    Braces,
    /// Python.
    Colon,
    /// Ruby.
    End,
}

impl Style {
    fn of(language: Language) -> Option<Self> {
        use Language::{
            CSharp, Go, Java, JavaScript, Kotlin, Php, Python, Ruby, Rust, Tsx, TypeScript,
        };
        match language {
            Python => Some(Style::Colon),
            Ruby => Some(Style::End),
            Go | Java | JavaScript | TypeScript | Tsx | Kotlin | Php | CSharp | Rust => {
                Some(Style::Braces)
            }
            _ => None,
        }
    }

    /// How the block is named that `head` opens, if it opens one.
    fn opens(self, head: &str) -> Option<Names> {
        let head = head.trim();
        let first = first_name(head).unwrap_or_default();
        match self {
            Style::Colon => {
                let is_def = head.starts_with("def ") || head.starts_with("async def ");
                (is_def && head.ends_with(':')).then_some(Names::Def)
            }
            Style::End => {
                let mut words = head.split([' ', '(', '\t']);
                let opens = head.ends_with(" do") || head.ends_with('|') && head.contains(" do |");
                if words.any(|word| word == "def") {
                    return Some(Names::Def);
                }
                (opens && !CONTROL.contains(&first)).then_some(Names::Symbols)
            }
            Style::Braces => {
                let fits = head.ends_with('{')
                    && head.contains('(')
                    && head.starts_with(|c: char| is_name(c) || "[<(@$#".contains(c))
                    && !CONTROL.contains(&first)
                    && !head.split(|c| !is_name(c)).any(|word| MEMBERS.contains(&word));
                fits.then_some(Names::Before)
            }
        }
    }

    /// Whether `line`, no deeper than the head of a block, is its end.
    fn ends(self, line: &[u8]) -> bool {
        match self {
            Style::Braces => line.starts_with(b"}"),
            Style::Colon => true,
            Style::End => {
                let rest = line.strip_prefix(b"end");
                rest.is_some_and(|rest| !rest.first().is_some_and(|b| is_name(char::from(*b))))
            }
        }
    }
}

/// A line that is not blank.
#[derive(Clone, Copy)]
struct Line {
    start: usize,
    indent: usize,
    /// Without the line break.
    end: usize,
}

/// A block whose end was not met yet; numbers of lines.
struct Open {
    first: usize,
    last: usize,
    names: Names,
}

struct Reader<'t> {
    style: Style,
    text: &'t [u8],
    lines: Vec<Line>,
    open: Vec<Open>,
    found: Vec<Block>,
}

impl Reader<'_> {
    fn read(&mut self) {
        let (mut start, mut statement, mut fresh) = (0, 0, true);
        while start < self.text.len() {
            let rest = &self.text[start..];
            let end = start + memchr::memchr(b'\n', rest).unwrap_or(rest.len());
            let line = &self.text[start..end];
            let indent = line.iter().position(|byte| !matches!(byte, b' ' | b'\t'));
            if let Some(indent) = indent.filter(|at| line[*at] != b'\r') {
                let number = self.lines.len();
                let line = Line { start, indent, end };
                self.close(line);
                self.lines.push(line);
                let goes_on = !fresh && self.style != Style::End && self.goes_on(line, statement);
                statement = if goes_on { statement } else { number };
                fresh = self.open(statement, number);
            }
            start = end + 1;
        }
        if self.style == Style::Colon {
            self.close(Line { start: self.text.len(), indent: 0, end: self.text.len() });
        }
    }

    fn code(&self, line: Line) -> &[u8] {
        self.text.get(line.start + line.indent..line.end).unwrap_or_default()
    }

    /// Whether `line` belongs to the statement that began in line `statement`.
    fn goes_on(&self, line: Line, statement: usize) -> bool {
        let code = self.code(line);
        line.indent > self.lines[statement].indent
            || code.starts_with(b")")
            // A brace on a line of its own.
            || self.style == Style::Braces && code.trim_ascii_end() == b"{"
    }

    /// Opens the block whose head ends in line `last`, if one does; whether a
    /// statement ends there.
    fn open(&mut self, first: usize, last: usize) -> bool {
        let line = self.code(self.lines[last]).trim_ascii_end();
        let ends = match self.style {
            Style::Braces => line.last().is_some_and(|byte| b"{};".contains(byte)),
            _ => line.last() == Some(&b':'),
        };
        // A comment is no part of a statement, whatever it says.
        let remark = ["//", "/*", "*", "#", "@"].iter().any(|s| line.starts_with(s.as_bytes()));
        if self.style == Style::End || ends {
            let head = self.text.get(self.lines[first].start..self.lines[last].end);
            let head = head.filter(|head| head.len() < 2_000);
            let head = head.and_then(|head| str::from_utf8(head).ok()).unwrap_or_default();
            if let Some(names) = self.style.opens(head) {
                self.open.push(Open { first, last, names });
            }
        }
        ends || remark
    }

    /// Closes what `line` ends, or does not belong to.
    fn close(&mut self, line: Line) {
        while let Some(top) = self.open.pop_if(|top| line.indent <= self.lines[top.first].indent) {
            let (first, last) = (self.lines[top.first], self.lines[top.last]);
            let same = self.style == Style::Colon || line.indent == first.indent;
            if !same || !self.style.ends(self.code(line)) {
                continue;
            }
            let whole = self.decorated(top.first)..match self.style {
                Style::Colon => line.start,
                _ => line.end,
            };
            let body = (last.end + 1).min(line.start)..line.start;
            let head = first.start..last.end;
            self.found.push(Block { whole, head, body, names: top.names });
        }
    }

    /// Where the decorators of the function begin whose head is line `number`.
    fn decorated(&self, number: usize) -> usize {
        let head = self.lines[number];
        let mut start = head.start;
        for line in self.lines[..number].iter().rev().take(MAX_DECORATORS) {
            let code = self.code(*line);
            let opens = code.first().is_some_and(|byte| b"@[#/*".contains(byte));
            let goes_on =
                line.indent > head.indent || code.starts_with(b")") || code.starts_with(b"]");
            if line.indent == head.indent && opens {
                start = line.start;
            } else if !goes_on {
                break;
            }
        }
        start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(language: Language, text: &str) -> Vec<String> {
        let blocks = of(language, text.as_bytes());
        let names = blocks.iter().map(|block| {
            let names: Vec<&str> = block.names(text.as_bytes()).collect();
            names.join(" ")
        });
        names.collect()
    }

    #[test]
    fn functions_are_told_from_other_blocks() {
        let text = "class A(B):\n  @x(\n    1\n  )\n  def f(self,\n        y):\n    if y:\n      z()\n\nw()\n";
        assert_eq!(names(Language::Python, text), ["f"]);
        let block = &of(Language::Python, text.as_bytes())[0];
        assert!(text[block.whole.clone()].starts_with("  @x("));
        assert_eq!(&text[block.body.clone()], "    if y:\n      z()\n\n");
        let text = "func (s *S) Do(x int) error {\n\tif x > f() {\n\t}\n\tgo func() {\n\t\tx()\n\t}()\n}\ntype T struct {\n\tx int\n}\n";
        assert_eq!(names(Language::Go, text), ["Do", ""]);
        let text = "class A {\n  @B\n  <T> void f(int a,\n      int b) throws X {\n    try (x) {\n    }\n  }\n}\n";
        assert_eq!(names(Language::Java, text), ["f"]);
        let text = "const f = async (a) => {\n  b()\n}\nx.y = function (a) {\n  b()\n}\nit(\"a\", () => {\n  b()\n})\nclass A {\n  m(a) {\n    b()\n  }\n}\n";
        assert_eq!(names(Language::JavaScript, text), ["f", "y", "", "m"]);
        let text = "class A : B\n{\n  int F(\n    int x)\n  {\n    if (x)\n    {\n      G();\n    }\n  }\n}\n";
        assert_eq!(names(Language::CSharp, text), ["F"]);
        let text = "class A\n  def self.f(x)\n    y\n  end\n  let(:z) do\n    1\n  end\n  if x\n    y\n  end\nend\n";
        assert_eq!(names(Language::Ruby, text), ["f", "z"]);
    }

    #[test]
    fn what_is_not_laid_out_as_a_block_is_none() {
        for text in
            ["void f() {\nx();\n}\n", "void f() {\n  x();\n y();\nz();\n", "void f() { x(); }\n"]
        {
            assert_eq!(
                names(Language::Java, &format!("class A {{\n{text}}}\n")),
                [] as [&str; 0],
                "{text}"
            );
        }
    }
}
