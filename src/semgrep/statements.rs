//! A pattern of several lines: its statements, and the body of one that has a
//! body. By brackets and indentation, which is how patterns are written.

/// Beginnings of lines that go on with the statement before.
const GOES_ON: &[&str] = &[
    "}", ")", "]", "else", "elif", "elsif", "except", "finally", "catch", "rescue", "ensure",
    "end", "when", ".", "?.", "->", "&&", "||",
];

/// The statements of `text` at its outermost level, each trimmed.
pub(super) fn split(text: &str) -> Vec<String> {
    let mut statements: Vec<String> = Vec::new();
    let mut current = String::new();
    let mut depth = Depth::default();
    let indent = text.lines().find(|line| !line.trim().is_empty()).map_or(0, indent_of);
    for line in text.lines() {
        let trimmed = line.trim();
        let goes_on = GOES_ON.iter().any(|word| begins_with(trimmed, word));
        let annotated = current.trim_end().lines().next_back().is_some_and(is_annotation);
        let inner = depth.is_open() || indent_of(line) > indent || goes_on || annotated;
        if !inner && !trimmed.is_empty() {
            finish(&mut statements, &mut current);
        }
        let cut = line.get(indent.min(indent_of(line))..).unwrap_or(trimmed);
        // `a(); b();` on one line are two statements.
        let mut part_start = 0;
        for (at, c) in cut.char_indices() {
            depth.take(c);
            if c == ';' && !depth.is_open() {
                current.push_str(&cut[part_start..at]);
                finish(&mut statements, &mut current);
                part_start = at + 1;
            }
        }
        depth.end_line();
        current.push_str(&cut[part_start..]);
        current.push('\n');
    }
    finish(&mut statements, &mut current);
    statements
}

fn finish(statements: &mut Vec<String>, current: &mut String) {
    let text = std::mem::take(current);
    let mut text = text.trim();
    if let Some(rest) = text.strip_prefix("...").filter(|rest| rest.starts_with(' ')) {
        statements.push("...".to_owned());
        text = rest.trim();
    }
    if !text.is_empty() {
        statements.push(text.to_owned());
    }
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn begins_with(line: &str, word: &str) -> bool {
    let Some(rest) = line.strip_prefix(word) else { return false };
    let symbol = !word.starts_with(|c: char| c.is_ascii_alphabetic());
    // `...` is a statement, `.get()` is not.
    let whole = !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '.');
    if symbol { word != "." || !rest.starts_with('.') } else { whole }
}

/// A decorator or annotation alone on its line.
fn is_annotation(line: &str) -> bool {
    let line = line.trim();
    line.starts_with('@') && (line.ends_with(')') || !line.contains(char::is_whitespace))
}

/// Brackets that are open, outside strings.
#[derive(Default)]
struct Depth {
    open: usize,
    quote: Option<char>,
    escaped: bool,
}

impl Depth {
    fn take(&mut self, c: char) {
        if std::mem::take(&mut self.escaped) {
            return;
        }
        match (self.quote, c) {
            (Some(_), '\\') => self.escaped = true,
            (Some(quote), c) if quote == c => self.quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'' | '`') => self.quote = Some(c),
            (None, '(' | '[' | '{') => self.open += 1,
            (None, ')' | ']' | '}') => self.open = self.open.saturating_sub(1),
            _ => {}
        }
    }

    /// Strings end with their line; `'a` of Rust is none.
    fn end_line(&mut self) {
        self.quote = None;
    }

    fn is_open(&self) -> bool {
        self.open > 0 || self.quote.is_some()
    }
}

/// A statement with a body: the whole with `...` for a body, and the body's
/// statements.
pub(super) struct Block {
    pub(super) emptied: String,
    pub(super) body: Vec<String>,
}

/// The body of `statement`, if it is a function, class, loop or the like.
pub(super) fn block(statement: &str, key: &str) -> Option<Block> {
    match key {
        "python" => indented(statement),
        "javascript" | "typescript" | "go" | "java" | "kotlin" | "csharp" | "php" | "rust" => {
            braced(statement)
        }
        _ => None,
    }
}

fn indented(statement: &str) -> Option<Block> {
    let mut depth = Depth::default();
    let mut end = 0;
    for line in statement.split_inclusive('\n') {
        line.chars().for_each(|c| depth.take(c));
        depth.end_line();
        end += line.len();
        if !depth.is_open() && line.trim_end().ends_with(':') && !is_annotation(line) {
            break;
        }
    }
    let (head, body) = (statement.get(..end)?, statement.get(end..)?);
    // With an `else` there are two bodies.
    let one = body.lines().all(|line| line.trim().is_empty() || indent_of(line) > 0);
    let whole = head.trim_end().ends_with(':') && !body.trim().is_empty() && one;
    whole.then(|| Block { emptied: format!("{}\n    ...", head.trim_end()), body: split(body) })
}

fn braced(statement: &str) -> Option<Block> {
    let inner = statement.strip_suffix('}')?;
    let mut depth = Depth::default();
    let mut opened = None;
    for (at, c) in inner.char_indices() {
        let before = depth.open;
        depth.take(c);
        match (before, depth.open) {
            (0, 1) if c == '{' => opened = Some(at),
            _ => {}
        }
        if c == '\n' {
            depth.end_line();
        }
    }
    if depth.open != 1 {
        return None;
    }
    let open = opened?;
    let (head, body) = (inner[..open].trim_end(), &inner[open + 1..]);
    let heads = ["class ", "interface ", "try", "func ", "function ", "fn ", "fun ", "struct "];
    let known = heads.iter().any(|word| head.contains(word)) || head.ends_with("=>");
    let called = head.ends_with(')') && !head.contains("new ");
    let is_block = (known || called) && !body.trim().is_empty();
    is_block.then(|| Block { emptied: format!("{head} {{ ... }}"), body: split(body) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_end_with_their_line_unless_they_go_on() {
        assert_eq!(split("$X = f(...)\n...\ng($X)\n"), ["$X = f(...)", "...", "g($X)"]);
        assert_eq!(split("a(); ... b();"), ["a()", "...", "b()"]);
        assert_eq!(split("a();\n...\nb();"), ["a()", "...", "b()"]);
        let one = [
            "f(\n  a,\n  b)", "@app.route(...)\ndef $F(...):\n  ...",
            "if (x) {\n  y();\n}\nelse {\n  z();\n}", "$X\n  .foo()",
        ];
        for text in one {
            assert_eq!(split(text), [text]);
        }
    }

    #[test]
    fn bodies_are_taken_out_of_blocks() {
        let block = |text, key| block(text, key).map(|block| (block.emptied, block.body));
        let python = block("def $F(...):\n  ...\n  g()\n  ...", "python").unwrap();
        assert_eq!(python.0, "def $F(...):\n    ...");
        assert_eq!(python.1, ["...", "g()", "..."]);
        let java = block("$T $M(...) {\n  ...\n  g();\n}", "java").unwrap();
        assert_eq!(
            java,
            ("$T $M(...) { ... }".to_owned(), vec!["...".to_owned(), "g()".to_owned()])
        );
        for (text, key) in [
            ("x = {a: 1}", "javascript"),
            ("tls.Config{A: true}", "go"),
            ("if a:\n  b()\nelse:\n  c()", "python"),
        ] {
            assert_eq!(block(text, key), None, "{text}");
        }
    }
}
