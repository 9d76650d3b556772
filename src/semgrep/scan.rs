//! A pattern of theirs as pieces: strings, metavariables, ellipses and what is
//! between them. Knows only what all languages share.

/// A piece of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// Code as it is.
    Code(String),
    /// `$NAME`, without the `$`.
    Meta(String),
    /// `$...NAME`, without what is before the name.
    Many(String),
    /// `...`
    Ellipsis,
    /// A string literal: what stands before the quote, the quote, the content.
    Text { prefix: String, quote: String, content: String },
    /// `<...`, `...>`, or the ellipsis of `$X. ... .y()`.
    Deep,
}

/// The pieces of `pattern`, written in the language `key`.
pub(super) fn tokens(pattern: &str, key: &str) -> Vec<Token> {
    let mut scanner = Scanner { rest: pattern, key, code: String::new(), tokens: Vec::new() };
    while !scanner.rest.is_empty() {
        scanner.next();
    }
    scanner.flush();
    scanner.tokens
}

struct Scanner<'p> {
    rest: &'p str,
    key: &'p str,
    code: String,
    tokens: Vec<Token>,
}

impl Scanner<'_> {
    fn next(&mut self) {
        if self.string() || self.ellipsis() || self.metavariable() {
            return;
        }
        if let Some(char) = self.rest.chars().next() {
            self.code.push(char);
            self.rest = &self.rest[char.len_utf8()..];
        }
    }

    fn flush(&mut self) {
        if !self.code.is_empty() {
            self.tokens.push(Token::Code(std::mem::take(&mut self.code)));
        }
    }

    fn push(&mut self, token: Token, length: usize) -> bool {
        self.flush();
        self.tokens.push(token);
        self.rest = &self.rest[length..];
        true
    }

    fn string(&mut self) -> bool {
        let Some(quote) = quote_at(self.rest, self.key) else { return false };
        let inner = &self.rest[quote.len()..];
        let Some(length) = end_of(inner, quote) else { return false };
        let word = |c: char| c.is_ascii_alphabetic();
        let prefix: String = match self.code.rfind(|c: char| !word(c)) {
            Some(at) => {
                self.code.split_off(at + self.code[at..].chars().next().map_or(1, char::len_utf8))
            }
            None => std::mem::take(&mut self.code),
        };
        // A longer word is no prefix of a literal but a name before it.
        let prefix = if prefix.len() > 2 {
            self.code.push_str(&prefix);
            String::new()
        } else {
            prefix
        };
        let text =
            Token::Text { prefix, quote: quote.to_owned(), content: inner[..length].to_owned() };
        self.push(text, quote.len() * 2 + length)
    }

    fn ellipsis(&mut self) -> bool {
        if self.rest.starts_with("<...") {
            return self.push(Token::Deep, 4);
        }
        if self.rest.starts_with("...>") {
            return self.push(Token::Deep, 4);
        }
        let Some(after) = self.rest.strip_prefix("...") else { return false };
        let before = self.code.trim_end().chars().next_back();
        let glued = self.code.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_');
        let chained = before == Some('.') || after.trim_start().starts_with('.');
        if chained {
            return self.push(Token::Deep, 3);
        }
        // `...args` spreads, `String...` takes any number, `1...2` is a range.
        let spread = after.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '$'));
        if glued || spread {
            self.code.push_str("...");
            self.rest = after;
            return true;
        }
        self.push(Token::Ellipsis, 3)
    }

    fn metavariable(&mut self) -> bool {
        let Some(rest) = self.rest.strip_prefix('$') else { return false };
        let (rest, many) = match rest.strip_prefix("...") {
            Some(rest) => (rest, true),
            None => (rest, false),
        };
        let length = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let name = &rest[..length];
        if !is_metavariable(name, self.key) {
            return false;
        }
        let (name, length) = (name.to_owned(), self.rest.len() - rest.len() + length);
        self.push(if many { Token::Many(name) } else { Token::Meta(name) }, length)
    }
}

/// Capital letters, digits and `_`; PHP's own variables are code.
pub(super) fn is_metavariable(name: &str, key: &str) -> bool {
    const OWN: &[&str] = &[
        "_GET", "_POST", "_REQUEST", "_COOKIE", "_SERVER", "_SESSION", "_FILES", "_ENV", "GLOBALS",
    ];
    let upper = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_')
        && name.chars().all(upper)
        && !(key == "php" && OWN.contains(&name))
}

fn quote_at<'p>(rest: &'p str, key: &str) -> Option<&'p str> {
    let triple = ["\"\"\"", "'''"].into_iter().find(|quote| rest.starts_with(quote));
    if let Some(quote) = triple.filter(|_| matches!(key, "python" | "kotlin")) {
        return rest.get(..quote.len());
    }
    let first = rest.chars().next()?;
    let single = !matches!(key, "rust" | "hcl" | "go");
    let is_quote = first == '"' || first == '\'' && single || first == '`';
    is_quote.then(|| &rest[..1])
}

/// Where the string ends that `inner` is the rest of.
fn end_of(inner: &str, quote: &str) -> Option<usize> {
    let mut at = 0;
    while at < inner.len() {
        let rest = &inner[at..];
        if rest.starts_with(quote) {
            return Some(at);
        }
        let mut chars = rest.chars();
        let first = chars.next()?;
        at += first.len_utf8();
        if first == '\\' {
            at += chars.next().map_or(0, char::len_utf8);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(pattern: &str, key: &str) -> Vec<String> {
        let show = |token: Token| match token {
            Token::Code(code) => code,
            Token::Meta(name) => format!("<{name}>"),
            Token::Many(name) => format!("<*{name}>"),
            Token::Ellipsis => "<*>".to_owned(),
            Token::Text { prefix, quote, content } => format!("<{prefix}{quote}{content}>"),
            Token::Deep => "<deep>".to_owned(),
        };
        tokens(pattern, key).into_iter().map(show).collect()
    }

    #[test]
    fn holes_and_strings_are_told_from_code() {
        assert_eq!(
            shown("f(..., $X, \"a$X\")", "python"),
            ["f(", "<*>", ", ", "<X>", ", ", "<\"a$X>", ")"]
        );
        assert_eq!(shown("f($...ARGS)", "go"), ["f(", "<*ARGS>", ")"]);
        assert_eq!(shown("f(rb'x')", "python"), ["f(", "<rb'x>", ")"]);
        assert_eq!(shown("echo 'x'", "bash"), ["echo ", "<'x>"]);
        assert_eq!(shown("f($_GET[$K])", "php"), ["f($_GET[", "<K>", "])"]);
    }

    #[test]
    fn other_dots_are_code_or_deep() {
        assert_eq!(shown("f(...args)", "javascript"), ["f(...args)"]);
        assert_eq!(shown("void f(String... x)", "java"), ["void f(String... x)"]);
        assert_eq!(shown("$X. ... .get()", "java"), ["<X>", ". ", "<deep>", " .get()"]);
        assert_eq!(
            shown("f(<... $X ...>)", "java"),
            ["f(", "<deep>", " ", "<X>", " ", "<deep>", ")"]
        );
    }

    #[test]
    fn an_open_string_is_code() {
        assert_eq!(shown("f(\"a", "python"), ["f(\"a"]);
        assert_eq!(shown("fn f<'a>(x: &'a str)", "rust"), ["fn f<'a>(x: &'a str)"]);
    }
}
