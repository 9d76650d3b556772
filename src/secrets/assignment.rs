//! Recognises `name <operator> value` around a name, in one way for all
//! languages and config formats: quoted or bare values, headers, flags, query
//! parameters, XML elements and attributes, connection strings, call arguments.

mod entries;
mod operator;
mod written;

use std::ops::Range;

use operator::read_operator;
use written::read_value;

/// Longest name and value that are read, in bytes.
const MAX_NAME: usize = 96;
const MAX_VALUE: usize = 4096;

/// How the name is tied to the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `=`, `:`, `:=`, `=>` and their relatives.
    Assign,
    /// `==`, `!=`: the value is compared with.
    Compare,
    /// `"name", "value"` or `name("value")`.
    Argument,
    /// `<name>value</name>` or `name="…" value="…"`.
    Markup,
    /// An entry whose name and value are texts of their own: `<key>name</key>
    /// <string>value</string>`. They label what people read, too.
    Entry,
    /// `--name value`, `PASSWORD 'value'`.
    Space,
}

/// How the value is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quoting {
    Quoted,
    Bare,
    /// Bare, inside a string or a URL: literal text even in source code.
    Inside,
}

/// A name with the value it is given. Ranges are bytes of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    pub name: Range<usize>,
    pub value: Range<usize>,
    pub operator: Operator,
    pub quoting: Quoting,
}

/// The whole name around `at`, which lies within it.
pub fn name_around(text: &[u8], at: usize) -> Range<usize> {
    let is_name =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'$');
    let floor = at.saturating_sub(MAX_NAME);
    let mut start = at;
    while start > floor && is_name(text[start - 1]) {
        start -= 1;
    }
    let ceiling = text.len().min(at + MAX_NAME);
    let mut end = at;
    while end < ceiling && is_name(text[end]) && text[end] != b'$' {
        end += 1;
    }
    // `->` after a name is an operator, a sentence's full stop is not part of it.
    while end > at && matches!(text[end - 1], b'-' | b'.') {
        end -= 1;
    }
    // Of a dotted name the last part says what it is.
    let last = text[start..end].iter().rposition(|&b| b == b'.').map_or(start, |i| start + i + 1);
    last.min(at)..end
}

/// Reads what follows the name; `None` when it is given no literal value.
pub fn read(text: &[u8], name: Range<usize>) -> Option<Assignment> {
    let limit = text.len().min(name.end + MAX_VALUE);
    let cursor = Cursor { text: &text[..limit], at: name.end };
    let (operator, cursor) = read_operator(cursor, &name)?;
    let (value, quoting) = read_value(cursor, &name, operator)?;
    Some(Assignment { name, value, operator, quoting })
}

#[derive(Clone, Copy)]
struct Cursor<'t> {
    text: &'t [u8],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(b'\n')
    }

    fn ahead(&self, n: usize) -> u8 {
        self.text.get(self.at + n).copied().unwrap_or(b'\n')
    }

    fn skip(mut self, n: usize) -> Self {
        self.at = (self.at + n).min(self.text.len());
        self
    }

    fn skip_while(mut self, most: usize, keep: impl Fn(u8) -> bool) -> Self {
        let end = self.text.len().min(self.at + most);
        while self.at < end && keep(self.text[self.at]) {
            self.at += 1;
        }
        self
    }

    fn blanks(self) -> Self {
        self.skip_while(64, |b| b == b' ' || b == b'\t')
    }

    fn starts_with(&self, literal: &[u8]) -> bool {
        self.text[self.at..].get(..literal.len()).is_some_and(|s| s.eq_ignore_ascii_case(literal))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Option<(&str, Operator, Quoting)> {
        let at = text.to_ascii_lowercase().find("pass")?;
        let found = read(text.as_bytes(), name_around(text.as_bytes(), at))?;
        Some((&text[found.value], found.operator, found.quoting))
    }

    #[test]
    fn one_reader_for_all_notations() {
        use Operator::*;
        use Quoting::*;
        for (text, expected, operator, quoting) in [
            ("password = \"hunter2\"", "hunter2", Assign, Quoted),
            ("  'password' => 'hunter2',", "hunter2", Assign, Quoted),
            ("{\"password\": \"hunter2\"}", "hunter2", Assign, Quoted),
            ("\"{\\\"password\\\": \\\"hunter2\\\"}\"", "hunter2", Assign, Quoted),
            ("export DB_PASSWORD=hunter2", "hunter2", Assign, Bare),
            ("password: hunter2 # note", "hunter2", Assign, Bare),
            ("val password: String = \"hunter2\"", "hunter2", Assign, Quoted),
            ("const password string = \"hunter2\"", "hunter2", Assign, Quoted),
            ("char password[] = \"hunter2\";", "hunter2", Assign, Quoted),
            ("<password>hunter2</password>", "hunter2", Markup, Inside),
            ("<add key=\"Password\" value=\"hunter2\"/>", "hunter2", Markup, Quoted),
            ("- name: \"PASSWORD\"\n  value: hunter2\n", "hunter2", Markup, Bare),
            ("- name: PASSWORD\n  value: hunter2\n", "hunter2", Markup, Bare),
            ("os.environ[\"PASSWORD\"] = b'hunter2'", "hunter2", Assign, Quoted),
            ("getenv(\"PASSWORD\", \"hunter2\")", "hunter2", Argument, Quoted),
            (".withPassword(\"hunter2\")", "hunter2", Argument, Quoted),
            ("mysqld --password hunter2 -v", "hunter2", Space, Bare),
            ("CREATE USER x PASSWORD 'hunter2'", "hunter2", Space, Quoted),
            ("\"Server=db;Password=hunter2;Timeout=5\"", "hunter2", Assign, Inside),
            ("GET /?password=hunter2&x=1", "hunter2", Assign, Inside),
            ("body = \"password=hunter2&x=1\"", "hunter2", Assign, Inside),
            ("if password == \"hunter2\":", "hunter2", Compare, Quoted),
            ("password := []byte(\"hunter2\")", "hunter2", Assign, Quoted),
            ("{'password': hunter2}", "hunter2", Assign, Bare),
            ("<key>DBPassword</key>\n\t<string>hunter2</string>", "hunter2", Entry, Inside),
            ("<name>db.password</name>\n<value>hunter2</value>", "hunter2", Entry, Inside),
            ("<string name=\"db_password\">hunter2</string>", "hunter2", Entry, Inside),
            (
                "DbPassword:\n    Type: String\n    NoEcho: true\n    Default: hunter2\n",
                "hunter2",
                Assign,
                Bare,
            ),
            (
                "\"dbPassword\": { \"type\": \"securestring\", \"defaultValue\": \"hunter2\" }",
                "hunter2",
                Assign,
                Quoted,
            ),
            (
                "variable \"db_password\" {\n  type = string\n  default = \"hunter2\"\n}",
                "hunter2",
                Assign,
                Quoted,
            ),
            ("field(\"String\", \"PASSWORD\", \"\\\"hunter2\\\"\")", "hunter2", Argument, Quoted),
            ("'PASSWORD': '\"hunter2\"',", "hunter2", Assign, Quoted),
            ("the password is hunter2", "hunter2", Space, Bare),
            ("<password>\n  hunter2\n</password>", "hunter2", Markup, Inside),
            ("password:\n  'hunter2',", "hunter2", Assign, Quoted),
            ("password ::= hunter2", "hunter2", Assign, Bare),
        ] {
            assert_eq!(value(text), Some((expected, operator, quoting)), "{text}");
        }
    }

    #[test]
    fn no_value_no_assignment() {
        for text in [
            "password",
            "password = ",
            "password::new()",
            "def password(self):",
            "pass://x",
            "#include <pass.h>\n#ifdef X",
            "<key>password</key><true/>",
            "<a name=\"password\"/>x",
            "password:\n  Type: String\nother:\n  Default: x\n",
            "variable \"password\" {\n}\nx {\n default = \"y\"\n}",
        ] {
            assert_eq!(value(text), None, "{text}");
        }
    }
}
