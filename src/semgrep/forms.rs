//! Other forms of a pattern that its author means too: `x = 1` and `const x = 1`,
//! a function and an arrow, `if` with and without braces.

use std::sync::LazyLock;

use regex::Regex;

/// Forms of `text`, a pattern of ours in the language `key`, beyond itself.
pub(super) fn of(text: &str, key: &str) -> Vec<String> {
    let mut forms = declarations(text, key);
    match key {
        "python" => {
            forms.extend(decorated(text));
            forms.extend(without_bases(text));
            let raised = text.starts_with("raise ") && !text.contains(" from ");
            forms.extend(raised.then(|| format!("{text} from $_")));
        }
        "javascript" | "typescript" => {
            forms.extend(functions(text));
            forms.extend(conditions(text));
        }
        "java" | "csharp" | "php" | "kotlin" => forms.extend(conditions(text)),
        _ => {}
    }
    forms
}

/// Assignments that introduce the name, for a pattern that assigns.
fn declarations(text: &str, key: &str) -> Vec<String> {
    static ASSIGNMENT: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^(\$?[A-Za-z_][\w.$]*) = ([^=][\s\S]*)$").ok());
    let found = ASSIGNMENT.as_ref().and_then(|regex| regex.captures(text));
    let Some((_, [name, value])) = found.map(|found| found.extract()) else { return Vec::new() };
    let value = value.trim_end_matches(';');
    // A field is assigned, not declared.
    if name.contains('.') && key != "python" {
        return Vec::new();
    }
    let forms: &[&str] = match key {
        "python" => &["N: $_ = V"],
        "javascript" | "typescript" => &["const N = V"],
        "java" => &["$SGTYPE N = V"],
        "csharp" => &["var N = V", "$SGTYPE N = V"],
        "kotlin" => &["val N = V", "var N = V"],
        "rust" => &["let N = V"],
        "go" => &["N := V", "var N = V"],
        _ => &[],
    };
    // By pieces, as the value may hold any letters.
    forms
        .iter()
        .map(|form| {
            form.replacen('N', "\u{1}", 1).replacen('V', value, 1).replacen('\u{1}', name, 1)
        })
        .collect()
}

/// A function with one decorator may have others.
fn decorated(text: &str) -> Vec<String> {
    let Some((decorator, rest)) = text.split_once('\n') else { return Vec::new() };
    if !decorator.starts_with('@') || rest.starts_with('@') {
        return Vec::new();
    }
    let places = [(0, 1), (1, 0), (0, 2), (1, 1), (2, 0)];
    let with = |(before, after): (usize, usize)| {
        let other = |count| "@$_\n".repeat(count);
        format!("{}{decorator}\n{}{rest}", other(before), other(after))
    };
    places.into_iter().map(with).collect()
}

/// A class of any ancestors may have none.
fn without_bases(text: &str) -> Option<String> {
    let rest = text.strip_prefix("class ")?;
    let (name, body) = rest.split_once("($$$):")?;
    Some(format!("class {name}:{body}"))
}

/// Functions, arrows and methods are alike where a function is asked for.
fn functions(text: &str) -> Vec<String> {
    static NAMED: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^function\s+(\$?\w+)\s*(\([\s\S]*)$").ok());
    static PLAIN: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r"^(?:function\s*)?(\([^()]*\))\s*(?:=>)?\s*(\{[\s\S]*\})$").ok()
    });
    let found = |form: &LazyLock<Option<Regex>>| {
        let captures = form.as_ref()?.captures(text)?;
        let (_, [first, second]) = captures.extract();
        Some((first.to_owned(), second.to_owned()))
    };
    if let Some((name, rest)) = found(&NAMED) {
        return vec![format!("{name}{rest}")];
    }
    let Some((parameters, body)) = found(&PLAIN) else { return Vec::new() };
    let mut forms =
        vec![format!("function {parameters} {body}"), format!("{parameters} => {body}")];
    forms.retain(|form| form != text);
    forms
}

/// A body of anything may stand without braces, and an `else` may follow.
fn conditions(text: &str) -> Vec<String> {
    let Some(head) = text.strip_suffix("{ $$$ }") else { return Vec::new() };
    if !head.starts_with("if ") && !head.starts_with("if(") {
        return Vec::new();
    }
    vec![format!("{head}$_"), format!("{text} else $_")]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assignments_are_declarations_too() {
        assert_eq!(of("$X = f(NV)", "javascript"), ["const $X = f(NV)"]);
        assert_eq!(of("$X = 1", "go"), ["$X := 1", "var $X = 1"]);
        assert!(of("$X == 1", "go").is_empty() && of("$X.a = 1", "javascript").is_empty());
        assert_eq!(of("self.$X = 1", "python"), ["self.$X: $_ = 1"]);
    }

    #[test]
    fn functions_and_conditions_are_written_in_several_ways() {
        assert_eq!(of("function $F($$$) { $$$ }", "javascript"), ["$F($$$) { $$$ }"]);
        let plain = of("($$$) => { $$$ }", "typescript");
        assert_eq!(plain, ["function ($$$) { $$$ }"]);
        assert_eq!(of("if ($X) { $$$ }", "java"), ["if ($X) $_", "if ($X) { $$$ } else $_"]);
        assert_eq!(of("class $C($$$):\n  $$$", "python"), ["class $C:\n  $$$"]);
        assert_eq!(of("@a\ndef f(): $$$", "python").len(), 5);
    }
}
