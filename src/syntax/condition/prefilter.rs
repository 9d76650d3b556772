//! What a matcher's conditions on captured text say of the whole file: a regex
//! that has to match what a metavariable stands for matches somewhere in the
//! file too, once its anchors stand for the ends of names; and where a type is
//! asked for, its name stands there. Searching for it costs a hundredth of
//! parsing, and spares most files of the rules about common calls.

use std::collections::BTreeMap;

use regex_syntax::hir::{Capture, Class, Hir, HirKind, Look, Repetition};
use serde::{Deserialize, Serialize};

use super::super::language::Language;
use super::super::pattern::Template;
use super::source_words::last_names;
use crate::rules::model::Constraint;

/// Words of regexes that are about code: no constant has such a value.
const CODE: &[&str] =
    &["request", "params", "cookies", "req", "exception", "filename", "self", "body", "find"];

/// What is found somewhere in every file with a match of `pattern`, whose metavariables are as `constraints` say. `aliases` are symbols of the
/// data flow, each with another name for it.
pub(crate) fn needs(
    language: Language,
    pattern: &str,
    constraints: &BTreeMap<String, Constraint>,
    aliases: &[(String, String)],
) -> Vec<Need> {
    let template = Template::new(pattern);
    let mut names: Vec<&str> = template.names().collect();
    names.sort_unstable();
    names.dedup();
    let bound = names.iter().filter_map(|name| Some((*name, constraints.get(*name)?)));
    bound
        .filter_map(|(name, constraint)| {
            let need = needed(constraint, is_called(language, pattern, name), aliases)?;
            let is_code = |regex: &String| CODE.iter().any(|word| regex.contains(word));
            let folds = constraint.regex.as_ref().is_some_and(|regex| !is_code(regex))
                && constraint.types.is_empty()
                && stands_alone(pattern, name);
            Some(Need { folds, ..need })
        })
        .collect()
}

/// What is found in every match of `pattern`, which has no word: what a variable
/// stands for, if that is written there, or else an operator.
pub(crate) fn spot(
    language: Language,
    pattern: &str,
    constraints: &BTreeMap<String, Constraint>,
) -> Option<Need> {
    let template = Template::new(pattern);
    let of_variable = |name: &str| {
        let regex = written_at(pattern, name, constraints.get(name)?).filter(|r| is_narrow(r))?;
        let called = is_called(language, pattern, name);
        let after = (!called).then(|| operator_after(pattern, name)).flatten();
        let need = Need { called, after, ..Need::of(regex.to_owned()) };
        need.looked_for(language).is_some().then_some(need)
    };
    let operator = || {
        let operator = operator_after(pattern, template.names().next()?)?;
        let tells = ["%", "==", "!=", "===", "!==", "=>", "->", "+", "??", "||"];
        tells.contains(&operator.as_str()).then(|| Need::of(regex_syntax::escape(&operator)))
    };
    template.names().find_map(of_variable).or_else(operator)
}

/// The regex that the code of `$name` in `pattern` matches, if no constant can
/// stand there for it: in a text, as the name of what is called or set, and where
/// values are compared by their names.
fn written_at<'c>(pattern: &str, name: &str, constraint: &'c Constraint) -> Option<&'c str> {
    if constraint.written.is_some() || !constraint.types.is_empty() {
        return constraint.written.as_deref();
    }
    let (before, after) = pattern.split_once(&format!("${name}"))?;
    let sets = ["=", "==", "!=", "===", "!=="];
    let named = ['"', '\'', '`'].iter().any(|quote| after.starts_with(*quote))
        || before.ends_with('.')
        || after.trim_start().starts_with('(')
        || operator_after(pattern, name).is_some_and(|sign| sets.contains(&sign.as_str()));
    constraint.regex.as_deref().filter(|_| named)
}

/// Whether a match of `regex` holds nothing but one name, whatever is around it:
/// nothing in it goes on over blank space.
fn is_narrow(regex: &str) -> bool {
    fn is_narrow(hir: &Hir) -> bool {
        match hir.kind() {
            HirKind::Repetition(Repetition { max: None, sub, .. }) => match sub.kind() {
                HirKind::Class(Class::Unicode(class)) => {
                    class.iter().all(|range| !(range.start()..=range.end()).contains(&' '))
                }
                HirKind::Class(Class::Bytes(class)) => {
                    class.iter().all(|range| !(range.start()..=range.end()).contains(&b' '))
                }
                _ => is_narrow(sub),
            },
            HirKind::Repetition(Repetition { sub, .. }) => is_narrow(sub),
            HirKind::Capture(capture) => is_narrow(&capture.sub),
            HirKind::Concat(parts) | HirKind::Alternation(parts) => parts.iter().all(is_narrow),
            _ => true,
        }
    }
    parsed(regex).is_some_and(|hir| is_narrow(&hir))
}

/// The operator that comes after `$name`, if that stands in `pattern` once.
fn operator_after(pattern: &str, name: &str) -> Option<String> {
    let variable = format!("${name}");
    let mut parts = pattern.split(&variable).skip(1);
    let rest = parts.next().filter(|_| parts.next().is_none())?.trim_start();
    let end = rest.find(|c| !"=!<>%+*/&|^?-".contains(c)).unwrap_or(rest.len());
    Some(rest[..end].to_owned()).filter(|operator| !operator.is_empty())
}

/// Whether the parenthesis of arguments or parameters comes after each `$name`
/// of `pattern`. Ruby needs none.
fn is_called(language: Language, pattern: &str, name: &str) -> bool {
    let whole = |rest: &&str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
    let variable = format!("${name}");
    let mut after = pattern.split(&variable).skip(1).filter(whole).peekable();
    language != Language::Ruby
        && after.peek().is_some()
        && after.all(|rest| rest.trim_start().starts_with('('))
}

/// Whether `$name` is a value by itself wherever it stands in `pattern`: an argument
/// or the like, not in a text, no name of what is called or set.
pub(crate) fn stands_alone(pattern: &str, name: &str) -> bool {
    let variable = format!("${name}");
    pattern.match_indices(&variable).all(|(at, _)| {
        let before = pattern[..at].trim_end().chars().next_back();
        let after = pattern[at + variable.len()..].trim_start().chars().next();
        before.is_some_and(|c| "(,=:+[".contains(c)) && after.is_some_and(|c| "),}]+".contains(c))
    })
}

/// Something without which a pattern matches nothing in a file. Read off the
/// pattern when rules are filed, compiled when a file first asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Need {
    /// That a captured text has to match.
    regex: Option<String>,
    /// The parenthesis of arguments comes after what is captured.
    called: bool,
    /// This comes after what is captured.
    after: Option<String>,
    /// One of these names will do as well.
    names: Vec<String>,
    /// The regex is matched against a captured text alone.
    exact: bool,
    /// What is captured may be the name of a constant that another file has.
    folds: bool,
}

impl Need {
    /// That `regex` matches.
    pub(crate) fn of(regex: String) -> Self {
        let (called, after, names, exact, folds) = (false, None, Vec::new(), false, false);
        Need { regex: Some(regex), called, after, names, exact, folds }
    }

    /// What files of `language` are searched for.
    pub(crate) fn sought(&self, language: Language) -> Sought {
        Sought { regex: self.looked_for(language), folds: self.folds }
    }

    fn looked_for(&self, language: Language) -> Option<String> {
        if self.exact {
            return self.regex.clone();
        }
        let after = self.after.as_deref();
        let regex = self.regex.as_ref().map(|regex| loose(language, regex, self.called, after));
        if self.names.is_empty() {
            return regex?;
        }
        let names: Vec<_> = self.names.iter().map(|name| regex_syntax::escape(name)).collect();
        let names = format!(r"(?-u:\b)(?:{})(?-u:\b)", names.join("|"));
        match regex {
            None => Some(names),
            Some(regex) => Some(format!("(?:{names})|(?:{})", regex?)),
        }
    }
}

/// A [`Need`] as files are searched for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Sought {
    /// `None` if nothing is needed after all.
    pub(crate) regex: Option<String>,
    /// A constant of another file may be what is needed.
    pub(crate) folds: bool,
}

/// What `constraint` says of the code that it is about, as it stands there.
pub(crate) fn written(constraint: &Constraint) -> Option<Need> {
    constraint.written.clone().map(Need::of)
}

/// The metavariable for the name if `pattern` is about a function of Python or Ruby.
pub(crate) fn function_name(pattern: &str) -> Option<&str> {
    let head = pattern.strip_prefix("def $")?;
    head.split(|c: char| !c.is_alphanumeric() && c != '_').next().filter(|name| !name.is_empty())
}

/// What `constraint` says of a name or a path of names that it is about: a regex
/// that it matches, and one that it does not.
pub(crate) fn of_path(constraint: &Constraint) -> (Option<Need>, Option<Need>) {
    let exact = |regex: &String| Need { exact: true, ..Need::of(regex.clone()) };
    let known = constraint.types.is_empty();
    // A name may stand for a constant, which no such regex is about.
    let of_names = constraint.regex.as_ref().filter(|regex| says_names(regex));
    let is = constraint.written.as_ref().or(of_names).filter(|_| known);
    let is_not = constraint.not_written.as_ref().or(constraint.not_regex.as_ref());
    (is.map(exact), is_not.filter(|_| known).map(exact))
}

/// What `constraint` says of a name or a path of names if that has a type: a regex
/// that it matches unless one of the names that come second stands in the file.
pub(crate) fn of_typed(
    constraint: &Constraint,
    aliases: &[(String, String)],
) -> Option<(Need, Need)> {
    let regex = constraint.regex.clone().filter(|_| !constraint.types.is_empty())?;
    let names = type_names(constraint, aliases)?;
    let named = Need { regex: None, called: false, after: None, names, exact: false, folds: false };
    Some((Need { exact: true, ..Need::of(regex) }, named))
}

/// Whether `constraint` may be about more than the code that it is about: what
/// that stands for, or what type it has.
pub(crate) fn asks_for_value(constraint: &Constraint) -> bool {
    let regexes = [&constraint.regex, &constraint.not_regex];
    !constraint.types.is_empty()
        || constraint.test.is_some()
        || constraint.is.is_some()
        || regexes.into_iter().flatten().any(|regex| !says_names(regex))
}

/// Whether `regex` is about names and paths of names only.
fn says_names(regex: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || "_.:$@^|()?*+\\[]-".contains(c);
    // `.` is any character, unless it is escaped.
    let wild = regex.replace("\\.", "").contains('.');
    let spaced = ["\\s", "\\S", "\\W", "\\D", "[^"].iter().any(|class| regex.contains(class));
    regex.chars().all(plain) && !wild && !spaced
}

/// What `constraint` says of the file, if anything.
fn needed(constraint: &Constraint, called: bool, aliases: &[(String, String)]) -> Option<Need> {
    let regex = constraint.regex.clone().or_else(|| constraint.written.clone());
    if constraint.types.is_empty() {
        return regex.map(|regex| Need { called, ..Need::of(regex) });
    }
    // Where the type is known the text need not be looked at.
    let names = type_names(constraint, aliases)?;
    Some(Need { regex, called, after: None, names, exact: false, folds: false })
}

/// One of these stands in every file in which something is known to have one of the
/// types of `constraint`.
fn type_names(constraint: &Constraint, aliases: &[(String, String)]) -> Option<Vec<String>> {
    let of = |kind: &String| {
        let others = aliases.iter().filter(|(stands, _)| stands == kind).map(|(_, other)| other);
        let names = others.chain([kind]).map(|name| last_names(name).next());
        names.collect::<Option<Vec<_>>>()
    };
    let mut names = constraint.types.iter().map(of).collect::<Option<Vec<_>>>()?.concat();
    names.sort_unstable();
    names.dedup();
    Some(names)
}

/// The regex of a captured text as one of the file around it; `None` if it says
/// nothing then.
fn loose(language: Language, regex: &str, called: bool, after: Option<&str>) -> Option<String> {
    let parsed = parsed(regex)?;
    // A variable may follow anything within a text.
    let edges = !matches!(language, Language::Php | Language::Bash);
    let hir = unbound(parsed, Edges { kept: edges, called: edges && called, after });
    let says = hir.properties().minimum_len().unwrap_or(0) > 0;
    says.then(|| hir.to_string())
}

/// As `lazy_regex` compiles it.
fn parsed(regex: &str) -> Option<Hir> {
    let parser = |unicode| regex_syntax::ParserBuilder::new().utf8(false).unicode(unicode).build();
    parser(false).parse(regex).ok().or_else(|| parser(true).parse(regex).ok())
}

/// What becomes of the ends of the captured text.
#[derive(Clone, Copy)]
struct Edges<'a> {
    /// They are where a name ends, or no name is.
    kept: bool,
    /// Arguments follow.
    called: bool,
    /// This operator follows.
    after: Option<&'a str>,
}

/// As deep as the regex, whose nesting the parser limits.
fn unbound(hir: Hir, edges: Edges<'_>) -> Hir {
    let all = |parts: Vec<Hir>| parts.into_iter().map(|part| unbound(part, edges)).collect();
    match hir.into_kind() {
        HirKind::Look(Look::Start) if edges.kept => Hir::look(Look::WordStartHalfAscii),
        HirKind::Look(Look::End) if edges.called => arguments(),
        HirKind::Look(Look::End) if edges.after.is_some() => operator(edges.after),
        HirKind::Look(Look::End) if edges.kept => Hir::look(Look::WordEndHalfAscii),
        HirKind::Look(_) | HirKind::Empty => Hir::empty(),
        HirKind::Literal(literal) => Hir::literal(literal.0),
        HirKind::Class(class) => Hir::class(class),
        HirKind::Repetition(Repetition { min, max, greedy, sub }) => {
            let sub = Box::new(unbound(*sub, edges));
            Hir::repetition(Repetition { min, max, greedy, sub })
        }
        HirKind::Capture(Capture { index, name, sub }) => {
            Hir::capture(Capture { index, name, sub: Box::new(unbound(*sub, edges)) })
        }
        HirKind::Concat(parts) => Hir::concat(all(parts)),
        HirKind::Alternation(parts) => Hir::alternation(all(parts)),
    }
}

/// What may come between code and the operator after it, and that.
fn operator(operator: Option<&str>) -> Hir {
    let regex = format!(r"[ \t\r\n)]*{}", regex_syntax::escape(operator.unwrap_or_default()));
    regex_syntax::parse(&regex).unwrap_or_else(|_| Hir::empty())
}

/// What may come between a name and the first of its arguments or parameters.
fn arguments() -> Hir {
    regex_syntax::parse(r"[ \t\r\n]*[(<\[!?/#]").unwrap_or_else(|_| Hir::empty())
}

#[cfg(test)]
mod tests {
    use regex_automata::meta::Regex;

    use super::*;
    use crate::syntax::lazy_regex;

    fn needs_of(pattern: &str, constraint: Constraint) -> Vec<Regex> {
        let constraints = [("X".to_owned(), constraint)].into();
        let aliases = [("A()".to_owned(), "x.Other()".to_owned())];
        let needs = needs(Language::Java, pattern, &constraints, &aliases);
        let regexes = needs.iter().filter_map(|need| need.sought(Language::Java).regex);
        regexes.filter_map(|regex| lazy_regex::compile(&regex)).collect()
    }

    fn regex(regex: &str) -> Constraint {
        Constraint { regex: Some(regex.to_owned()), ..Constraint::default() }
    }

    #[test]
    fn a_regex_is_looked_for_in_the_file_with_its_anchors_at_ends_of_names() {
        let needs = needs_of("log($X)", regex(r"(?i)^(pass|secret)_?word$"));
        assert!(needs[0].is_match(b"a = \"SECRETWORD\""));
        assert!(!needs[0].is_match(b"a = my_secretword"));
        assert!(!needs[0].is_match(b"a = secretword2"));
    }

    #[test]
    fn a_name_that_is_called_has_arguments() {
        let needs = needs_of("void $X($$$) { $$$; }", regex("^is[A-Z][a-z]+$"));
        assert!(needs[0].is_match(b"boolean isValid (String s)"));
        assert!(!needs[0].is_match(b"if (isValid) {"));
    }

    #[test]
    fn a_type_stands_in_the_file_under_one_of_its_names() {
        let types = vec!["A()".to_owned(), "*.b()".to_owned()];
        let needs = needs_of("$X.run()", Constraint { types, ..regex("^runner$") });
        for code in ["A a;", "x.b()", "Other o", "runner.run()"] {
            assert!(needs[0].is_match(code.as_bytes()), "{code}");
        }
        assert!(!needs[0].is_match(b"Another bb = myrunner"));
    }

    #[test]
    fn nothing_is_needed_of_what_may_be_absent_or_empty() {
        assert!(needs_of("log()", regex("secret")).is_empty());
        assert!(needs_of("log($X)", regex("^(secret)?$")).is_empty());
    }
}
