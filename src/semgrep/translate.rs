//! One pattern of theirs, of a single statement, in our pattern language.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::language::is_program;
use super::scan::{Token, is_metavariable, tokens};
use crate::rules::model::Constraint;

/// A pattern of ours, with what has to hold for its holes.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Translated {
    pub(super) text: String,
    pub(super) constraints: BTreeMap<String, Constraint>,
}

/// Numbers for holes that stand where a literal was.
#[derive(Debug, Default)]
pub(super) struct Fresh(usize);

impl Fresh {
    fn name(&mut self) -> String {
        self.0 += 1;
        format!("SGLIT{}", self.0)
    }
}

/// The pattern `text` of the language `key`.
///
/// # Errors
/// Why there is no such pattern.
pub(super) fn translate(
    text: &str,
    key: &str,
    fresh: &mut Fresh,
) -> Result<Translated, &'static str> {
    let mut made = Translated::default();
    let typed = without_types(text.trim(), key, &mut made.constraints);
    let text = if matches!(key, "yaml" | "hcl") { without_gaps(&typed) } else { typed };
    let tokens = tokens(&text, key);
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Code(code) => made.text.push_str(code),
            Token::Meta(name) => made.text.push_str(&hole(name)),
            Token::Many(name) => made.text.push_str(&format!("$$${}", own_name(name))),
            Token::Ellipsis => made.text.push_str("$$$"),
            Token::Deep => return Err("`<... ...>` and `$X. ... .f()` look at any depth"),
            Token::Text { prefix, quote, content } => {
                let after = match tokens.get(at + 1) {
                    Some(Token::Code(code)) => code.as_str(),
                    _ => "",
                };
                let place = Place { key, before: &made.text, after };
                match literal(prefix, quote, content, place, fresh)? {
                    Literal::Same => {
                        made.text.push_str(&format!("{prefix}{quote}{content}{quote}"));
                    }
                    Literal::Any => made.text.push_str("\"$_\""),
                    Literal::Hole(name, constraint) => {
                        made.text.push_str(&format!("${name}"));
                        made.constraints.insert(name, constraint);
                    }
                }
            }
        }
    }
    let bare = made.text.trim().trim_end_matches(';');
    if bare.is_empty() || bare == "$$$" {
        return Err("it would match everything");
    }
    Ok(made)
}

/// Our name for a metavariable: names that begin with `_` are no holes here.
pub(super) fn own_name(name: &str) -> String {
    match name.strip_prefix('_') {
        Some("") | None => name.to_owned(),
        Some(rest) => format!("SGU{rest}"),
    }
}

fn hole(name: &str) -> String {
    format!("${}", own_name(name))
}

/// Where a literal stands.
#[derive(Clone, Copy)]
struct Place<'p> {
    key: &'p str,
    before: &'p str,
    after: &'p str,
}

impl Place<'_> {
    /// Whether a name can stand there as well as a literal.
    fn takes_values(self) -> bool {
        let before = self.before.trim_end();
        let word = before.rsplit(|c: char| !c.is_alphanumeric() && c != '_').next();
        let names = ["import", "from", "require", "include", "use", "require_once", "case"];
        let is_key =
            self.after.trim_start().starts_with(':') || self.after.trim_start().starts_with("=>");
        let called = before.ends_with("require(") || before.ends_with("import(");
        is_program(self.key)
            && !before.is_empty()
            && !word.is_some_and(|word| names.contains(&word))
            && !is_key
            && !called
            && !before.starts_with('<')
    }
}

enum Literal {
    /// As it is written.
    Same,
    /// Any literal.
    Any,
    /// A hole with this name, and what has to hold for it.
    Hole(String, Constraint),
}

fn literal(
    prefix: &str,
    quote: &str,
    content: &str,
    place: Place<'_>,
    fresh: &mut Fresh,
) -> Result<Literal, &'static str> {
    let holes = place.takes_values();
    if quote == "`" && content.contains("...") {
        return Err("an ellipsis within a template string");
    }
    let regex = content.strip_prefix("=~/").and_then(|rest| rest.rsplit_once('/'));
    if let Some((regex, flags)) = regex {
        let regex = if flags.is_empty() { regex.to_owned() } else { format!("(?{flags}){regex}") };
        let constraint = Constraint { regex: Some(regex), ..text_known() };
        return match holes {
            true => Ok(Literal::Hole(fresh.name(), constraint)),
            false => Err("a regex of a literal in this place"),
        };
    }
    if content == "..." {
        let formatted = place.key == "python" && prefix.to_ascii_lowercase().contains('f');
        return Ok(match holes {
            true if formatted => Literal::Hole(fresh.name(), text_made()),
            true => Literal::Hole(fresh.name(), text_known()),
            false => Literal::Any,
        });
    }
    let named = content.strip_prefix('$').filter(|_| prefix.is_empty() && quote != "`" && holes);
    if let Some(name) = named.filter(|name| is_metavariable(name, place.key)) {
        return Ok(Literal::Hole(own_name(name), text_known()));
    }
    let plain = prefix.is_empty() && !content.contains(['\\', '$', '{']) && quote != "`";
    if plain && holes {
        let regex = Some(format!("^{}$", regex::escape(content)));
        return Ok(Literal::Hole(fresh.name(), Constraint { regex, ..text_known() }));
    }
    Ok(Literal::Same)
}

/// A text that is known: written there without code in it, or a constant. A
/// regex between slashes is none.
fn text_known() -> Constraint {
    Constraint {
        is: Some("text".to_owned()),
        not_written: Some("^(?:/|undefined$)".to_owned()),
        ..Constraint::default()
    }
}

/// A format of Python, `f"…"`.
fn text_made() -> Constraint {
    Constraint { written: Some("^[rRbB]?[fF]".to_owned()), ..Constraint::default() }
}

/// Blocks of settings have no order: what stands between entries is not said.
fn without_gaps(text: &str) -> String {
    let lines = text.lines().filter(|line| line.trim() != "...");
    let text = lines.collect::<Vec<_>>().join("\n");
    text.replace("{ ...", "{ ").replace("... }", " }")
}

/// Takes the types out of typed metavariables: `(Type $X)`, `($X : Type)`.
fn without_types(text: &str, key: &str, constraints: &mut BTreeMap<String, Constraint>) -> String {
    static BEFORE: LazyLock<Option<Regex>> = LazyLock::new(|| {
        let pattern = r"\(\s*(?P<type>[A-Za-z_][\w.]*(?:<[^()<>]*>)?(?:\[\])?)\s+\$(?P<name>[A-Z_][A-Z0-9_]*)\s*\)";
        Regex::new(pattern).ok()
    });
    static AFTER: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"\(\s*\$(?P<name>[A-Z_][A-Z0-9_]*)\s*:\s*(?P<type>[*&]?[\w.]+)[^()]*\)").ok()
    });
    let form = if matches!(key, "java" | "csharp") { &BEFORE } else { &AFTER };
    let Some(regex) = form.as_ref().filter(|_| is_program(key)) else { return text.to_owned() };
    let mut out = String::new();
    let mut last = 0;
    for found in regex.captures_iter(text) {
        let (Some(whole), Some(name), Some(of)) =
            (found.get(0), found.name("name"), found.name("type"))
        else {
            continue;
        };
        let (before, after) = (&text[..whole.start()], &text[whole.end()..]);
        if declares(before, after) || matches!(of.as_str(), "return" | "throw" | "new" | "await") {
            continue;
        }
        out.push_str(&text[last..whole.start()]);
        out.push_str(&format!("${}", name.as_str()));
        last = whole.end();
        let types = type_symbols(of.as_str());
        constraints.insert(own_name(name.as_str()), Constraint { types, ..Constraint::default() });
    }
    out.push_str(&text[last..]);
    out
}

/// Whether a list in parentheses between `before` and `after` are parameters.
fn declares(before: &str, after: &str) -> bool {
    let named =
        before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '>' | ']' | ')'));
    let word = before.trim_end().rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let clause = ["catch", "for", "foreach", "using", "fixed", "if", "while"].contains(&word);
    let arrow = ["=>", "->", "{"].iter().any(|sign| after.trim_start().starts_with(sign));
    named || clause || arrow
}

/// What an instance of the type `written` is called: `Foo()`, with or without
/// the package it is imported from.
pub(super) fn type_symbols(written: &str) -> Vec<String> {
    let bare = written.trim_start_matches(['*', '&']);
    let bare = bare.split(['<', '[']).next().unwrap_or_default();
    let last = bare.rsplit('.').next().unwrap_or_default();
    vec![format!("{last}()"), format!("*.{last}()")]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(pattern: &str, key: &str) -> String {
        let mut fresh = Fresh::default();
        translate(pattern, key, &mut fresh).map_or_else(str::to_owned, |made| made.text)
    }

    #[test]
    fn holes_keep_their_meaning() {
        assert_eq!(
            text("requests.get(..., verify=False, ...)", "python"),
            "requests.get($$$, verify=False, $$$)"
        );
        assert_eq!(text("f($X, $...ARGS, $_Y, $_)", "go"), "f($X, $$$ARGS, $SGUY, $_)");
        assert_eq!(
            text("@app.route(...)\ndef $F(...):\n  ...", "python"),
            "@app.route($$$)\ndef $F($$$):\n  $$$"
        );
        assert_eq!(text("f(\"$X\")", "python"), "f($X)");
        assert_eq!(text("f(\"a $X\")", "python"), "f(\"a $X\")");
    }

    #[test]
    fn literals_stand_for_constants_too() {
        let mut fresh = Fresh::default();
        let made = translate("f(\"...\", 'md5', \"=~/^a/i\")", "python", &mut fresh).unwrap();
        assert_eq!(made.text, "f($SGLIT1, $SGLIT2, $SGLIT3)");
        let regex = |name: &str| made.constraints[name].regex.as_deref();
        assert_eq!(
            [regex("SGLIT1"), regex("SGLIT2"), regex("SGLIT3")],
            [None, Some("^md5$"), Some("(?i)^a")]
        );
        assert!(made.constraints.values().all(|c| c.is.as_deref() == Some("text")));
        assert_eq!(text("require('fs')", "javascript"), "require('fs')");
        assert_eq!(text("{'a': 1}", "python"), "{'a': 1}");
        assert_eq!(text("image: \"...\"", "yaml"), "image: \"$_\"");
    }

    #[test]
    fn types_of_metavariables_become_conditions() {
        let mut fresh = Fresh::default();
        let made =
            translate("(HttpServletRequest $R).getParameter(...)", "java", &mut fresh).unwrap();
        assert_eq!(made.text, "$R.getParameter($$$)");
        assert_eq!(made.constraints["R"].types, ["HttpServletRequest()", "*.HttpServletRequest()"]);
        let go = translate("($R : *http.Request).FormValue(...)", "go", &mut fresh).unwrap();
        assert_eq!(
            (go.text.as_str(), &go.constraints["R"].types[1]),
            ("$R.FormValue($$$)", &"*.Request()".to_owned())
        );
        assert_eq!(text("void $M(String $X) { ... }", "java"), "void $M(String $X) { $$$ }");
        assert_eq!(
            text("try { ... } catch (Exception $E) { ... }", "java"),
            "try { $$$ } catch (Exception $E) { $$$ }"
        );
    }

    #[test]
    fn what_cannot_be_said_is_refused() {
        assert!(text("f(<... $X ...>)", "python").contains("any depth"));
        assert!(text("...", "python").contains("everything"));
    }

    #[test]
    fn entries_of_settings_have_no_order() {
        assert_eq!(
            text("spec:\n  ...\n  hostNetwork: true\n  ...", "yaml"),
            "spec:\n  hostNetwork: true"
        );
    }
}
