//! A pattern of several statements, by what they say together: an import, a
//! value made before, a function with something in it.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::forms;
use super::statements::{block, split};
use super::translate::{Fresh, own_name, translate};
use crate::rules::model::Constraint;

/// What a pattern comes to.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Shape {
    /// Of these one is to match; the first is what is written, the others say
    /// the same in another form.
    pub(super) texts: Vec<String>,
    /// Of these one is to be within it, if there are any.
    pub(super) has: Vec<String>,
    pub(super) given: Given,
    pub(super) constraints: BTreeMap<String, Constraint>,
    /// The statement that is reported is not the first.
    pub(super) is_last: bool,
}

/// What statements before a match establish.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Given {
    /// One of these modules is imported.
    pub(super) imports: Vec<String>,
    /// Metavariables, with the symbols of which one is their value.
    pub(super) types: BTreeMap<String, Vec<String>>,
}

impl Given {
    /// Adds what `other` says; an import of either counts.
    pub(super) fn join(&mut self, other: Given) {
        self.imports.extend(other.imports);
        for (name, types) in other.types {
            self.types.entry(name).or_default().extend(types);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.imports.is_empty() && self.types.is_empty()
    }
}

/// What is looked around in: a node, or a place after something.
pub(super) enum Around {
    /// One of these is around.
    Node(Shape),
    /// It stands after what establishes this.
    After(Given),
}

/// The shape of the pattern `text` in the language `key`.
///
/// # Errors
/// Why it cannot be said.
pub(super) fn of(text: &str, key: &str, fresh: &mut Fresh) -> Result<Shape, &'static str> {
    let mut statements = split(text);
    trim(&mut statements);
    let Some(last) = statements.pop() else { return Err("it would match everything") };
    let mut given = Given::default();
    for statement in statements.iter().filter(|statement| *statement != "...") {
        given.join(establishes(statement, key).ok_or(SEVERAL)?);
    }
    let mut shape = single(&last, key, fresh)?;
    shape.is_last = !given.types.is_empty();
    shape.given = given;
    Ok(shape)
}

/// As [`of`], for `pattern-inside`.
///
/// # Errors
/// Why it cannot be said.
pub(super) fn around(text: &str, key: &str, fresh: &mut Fresh) -> Result<Around, &'static str> {
    let statements = split(text);
    let open = statements.last().is_some_and(|last| last == "...") && statements.len() > 1;
    if !open {
        // Within something, the whole of it is meant: the body is no condition.
        let mut statements = statements;
        trim(&mut statements);
        return match &statements[..] {
            [one] => plain(one, key, fresh).map(Around::Node),
            _ => Err(SEVERAL),
        };
    }
    let mut given = Given::default();
    for statement in statements.iter().filter(|statement| *statement != "...") {
        given.join(establishes(statement, key).ok_or(SEVERAL)?);
    }
    Ok(Around::After(given))
}

const SEVERAL: &str = "several statements in a row; only imports and `$X = f(...)` may come before";

/// Drops what stands before the first and after the last statement.
fn trim(statements: &mut Vec<String>) {
    while statements.last().is_some_and(|last| last == "...") {
        statements.pop();
    }
    let start = statements.iter().position(|statement| statement != "...");
    statements.drain(..start.unwrap_or(statements.len()));
}

/// One statement: what stands in its body may stand at any depth.
fn single(statement: &str, key: &str, fresh: &mut Fresh) -> Result<Shape, &'static str> {
    let Some(block) = block(statement, key) else { return plain(statement, key, fresh) };
    let gaps = |at: Option<&String>| at.is_some_and(|text| text == "...");
    let open = gaps(block.body.first()) && gaps(block.body.last());
    let said: Vec<&String> = block.body.iter().filter(|text| *text != "...").collect();
    match said[..] {
        [inner] if open => {
            let mut shape = plain(&block.emptied, key, fresh)?;
            let inner = plain(inner, key, fresh)?;
            shape.has = inner.texts;
            shape.constraints.extend(inner.constraints);
            Ok(shape)
        }
        _ => plain(statement, key, fresh),
    }
}

fn plain(statement: &str, key: &str, fresh: &mut Fresh) -> Result<Shape, &'static str> {
    let made = translate(statement, key, fresh)?;
    let mut texts = vec![made.text];
    texts.extend(forms::of(&texts[0], key));
    Ok(Shape { texts, constraints: made.constraints, ..Shape::default() })
}

/// What `statement` establishes for those after it.
fn establishes(statement: &str, key: &str) -> Option<Given> {
    if let Some(imports) = imports(statement, key) {
        return Some(Given { imports, ..Given::default() });
    }
    let (name, symbols) = constructed(statement, key)?;
    Some(Given { types: [(own_name(&name), symbols)].into(), ..Given::default() })
}

fn imports(statement: &str, key: &str) -> Option<Vec<String>> {
    static QUOTED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"^(?:import\b.*?|(?:const|let|var)\b.*=\s*require\(|require\s*\(?)["']([^"'$]+)["']\)?;?$"#).ok()
    });
    static NAMED: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^(?:import|from|using|use)\s+(?:static\s+)?([\w.\\:]+)").ok()
    });
    let statement = statement.trim().trim_end_matches(';');
    let quoted = matches!(key, "javascript" | "typescript" | "go" | "ruby");
    let form = if quoted { &QUOTED } else { &NAMED };
    let found = form.as_ref()?.captures(statement)?;
    // An import under a metavariable is one that patterns refer to.
    let renamed = statement.contains('$');
    let module = found.get(1)?.as_str().trim_end_matches(['.', ':', '\\']);
    (!renamed && !module.is_empty()).then(|| vec![module.to_owned()])
}

/// `$X = a.b(...)`: the name and the symbols of the value.
fn constructed(statement: &str, key: &str) -> Option<(String, Vec<String>)> {
    static FORM: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let pattern = r"^(?:(?:const|let|var|val|final)\s+)?(?:[\w.<>\[\]$]+\s+)?\$(?P<name>[A-Z_][A-Z0-9_]*)\s*:?=\s*(?:await\s+)?(?:new\s+)?(?P<value>(?:\$[A-Z_][A-Z0-9_]*\.)?[A-Za-z_][\w.]*\((?:\.\.\.)?\)(?:\.\w+\((?:\.\.\.)?\))*);?$";
        Regex::new(pattern).ok()
    });
    let found = FORM.as_ref()?.captures(statement.trim())?;
    let (name, value) = (found.name("name")?.as_str(), found.name("value")?.as_str());
    let symbol = value.replace("(...)", "()");
    let symbols = match symbol.strip_prefix('$') {
        Some(rest) => vec![format!("*{}", rest.get(rest.find('.')?..)?)],
        None if key == "go" => vec![symbol.clone(), format!("*/{symbol}")],
        None => vec![symbol.clone(), format!("*.{symbol}")],
    };
    Some((name.to_owned(), symbols))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str, key: &str) -> Shape {
        of(text, key, &mut Fresh::default()).unwrap()
    }

    #[test]
    fn what_is_in_a_body_may_stand_deeper() {
        let shape = shape("def $F(...):\n  ...\n  danger($X)\n  ...", "python");
        assert_eq!(shape.texts, ["def $F($$$):\n    $$$"]);
        assert_eq!(shape.has, ["danger($X)"]);
        let two = of("def $F(...):\n  a()\n  b()", "python", &mut Fresh::default()).unwrap();
        assert!(two.has.is_empty() && two.texts[0].contains("a()"));
    }

    #[test]
    fn statements_before_say_what_is_imported_and_made() {
        let shape =
            shape("import tempfile\n...\n$X = tempfile.mktemp(...)\n...\nopen($X, ...)", "python");
        assert_eq!(shape.texts, ["open($X, $$$)"]);
        assert_eq!(shape.given.imports, ["tempfile"]);
        assert_eq!(shape.given.types["X"], ["tempfile.mktemp()", "*.tempfile.mktemp()"]);
        assert!(shape.is_last);
        assert_eq!(of("f()\n...\ng()", "python", &mut Fresh::default()), Err(SEVERAL));
    }

    #[test]
    fn imports_are_read_in_each_language() {
        let cases = [
            ("from flask import request", "python", "flask"),
            ("import $X from 'a'", "javascript", ""),
            ("const {a} = require('child_process')", "javascript", "child_process"),
            ("import \"crypto/md5\"", "go", "crypto/md5"),
            ("import java.util.Random;", "java", "java.util.Random"),
            ("require 'open-uri'", "ruby", "open-uri"),
            ("using System.Net;", "csharp", "System.Net"),
        ];
        for (text, key, module) in cases {
            assert_eq!(imports(text, key).unwrap_or_default().concat(), module, "{text}");
        }
    }
}
