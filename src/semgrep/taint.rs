//! `mode: taint` in terms of our data flow: sinks with a `$SINK`, sources and
//! sanitizers as patterns.

use std::collections::BTreeMap;

use super::formula::{Conjunct, Lost, alternatives};
use super::matcher::{Made, each_argument, matchers};
use super::translate::{Fresh, own_name, translate};
use super::yaml::Node;
use crate::rules::model::{Constraint, Flow, PatternMatch};

type Constraints = BTreeMap<String, Constraint>;

/// Arguments in which a value is looked for.
const ARGUMENTS: usize = 5;

/// The matchers of a rule with `mode: taint` in the language `key`, with what is
/// left out of it.
///
/// # Errors
/// What makes the rule mean something else: no source or sink is left, or a
/// sanitizer is.
pub(super) fn taint(rule: &Node, key: &str) -> Result<(Made, Vec<Lost>), Lost> {
    let mut left_out = Vec::new();
    let mut constraints = BTreeMap::new();
    let sources = sources(rule, key, &mut left_out, &mut constraints)?;
    let sanitizers = sanitizers(rule, key, &mut constraints)?;
    if let Some(propagators) = rule.get("pattern-propagators") {
        let why = "how values go through calls is decided by our own data flow";
        left_out.push(Lost::new(propagators.line, "pattern-propagators", why));
    }
    // What arithmetic makes of a value still comes from there.
    let keep = ["number", "boolean", "uuid"].map(str::to_owned).to_vec();
    let flow = Flow { sources, sanitizers, keep };
    let mut made = Made::default();
    for conjunct in items(rule, "pattern-sinks").iter().flat_map(|item| alternatives(item)) {
        match sink(&conjunct, key, &flow) {
            Ok(mut sink) => {
                let all = sink.matchers.iter_mut();
                all.for_each(|matcher| matcher.constraints.extend(constraints.clone()));
                made.matchers.extend(sink.matchers);
                made.loose.extend(sink.loose);
                left_out.extend(sink.left_out);
            }
            Err(lost) => left_out.push(lost),
        }
    }
    match (made.matchers.is_empty(), left_out.first()) {
        (true, Some(lost)) => Err(lost.clone()),
        (true, None) => Err(Lost::new(rule.line, "pattern-sinks", "there are none")),
        _ => Ok((made, left_out)),
    }
}

fn items<'n>(rule: &'n Node, key: &str) -> &'n [std::rc::Rc<Node>] {
    rule.get(key).and_then(|list| list.items()).unwrap_or_default()
}

/// Keys of a source, sink or sanitizer that change what it means.
fn special(item: &Node) -> Option<Lost> {
    let keys = ["label", "requires", "control", "exact", "at-exit", "not_conflicting"];
    let found =
        item.entries().find(|(key, value)| keys.contains(key) && value.text() != Some("false"))?;
    Some(Lost::new(found.1.line, found.0, "there is one kind of taint, and no such option"))
}

fn sources(
    rule: &Node,
    key: &str,
    left_out: &mut Vec<Lost>,
    constraints: &mut Constraints,
) -> Result<Vec<String>, Lost> {
    let feature = "pattern-sources";
    let mut sources = Vec::new();
    for item in items(rule, feature) {
        if let Some(lost) = special(item) {
            left_out.push(lost);
            continue;
        }
        for conjunct in alternatives(item) {
            if is_parameter(&conjunct) {
                sources.push("argument".to_owned());
                continue;
            }
            match patterns(&conjunct, key, feature, constraints) {
                Ok(texts) => sources.extend(texts),
                Err(lost) => left_out.push(lost),
            }
        }
    }
    sources.sort();
    sources.dedup();
    match (sources.is_empty(), left_out.first()) {
        (true, Some(lost)) => Err(lost.clone()),
        (true, None) => Err(Lost::new(rule.line, feature, "there are none")),
        _ => Ok(sources),
    }
}

/// A sanitizer left out would have more reported than was asked for.
fn sanitizers(rule: &Node, key: &str, constraints: &mut Constraints) -> Result<Vec<String>, Lost> {
    let feature = "pattern-sanitizers";
    let mut sanitizers = Vec::new();
    for item in items(rule, feature) {
        special(item).map_or(Ok(()), Err)?;
        for conjunct in alternatives(item) {
            sanitizers.extend(patterns(&conjunct, key, feature, constraints)?);
        }
    }
    Ok(sanitizers)
}

/// The patterns of a conjunct that has nothing else. Their metavariables have
/// nothing to do with those of a sink, and get names of their own.
fn patterns(
    conjunct: &Conjunct,
    key: &str,
    feature: &str,
    constraints: &mut Constraints,
) -> Result<Vec<String>, Lost> {
    if let Some(lost) = conjunct.lost.first() {
        return Err(lost.clone());
    }
    let only = Conjunct { any: conjunct.any.clone(), ..Conjunct::default() };
    let [pieces] = &conjunct.any[..] else { return Err(conditional(conjunct, feature)) };
    if *conjunct != only {
        return Err(conditional(conjunct, feature));
    }
    let mut texts = Vec::new();
    for piece in pieces {
        let made = translate(&piece.text, key, &mut Fresh::default())
            .map_err(|why| Lost::new(piece.line, feature, why))?;
        let mut text = made.text;
        for name in values_in(&text) {
            let own = format!("SGS{}{name}", piece.line);
            text = replaced(&text, &name, &format!("${own}"));
            let constraint = made.constraints.get(&name).cloned();
            constraints.extend(constraint.map(|constraint| (own, constraint)));
        }
        // Such a text is the name of a set.
        if text.chars().all(|c| c.is_ascii_lowercase() || c == '-') {
            return Err(Lost::new(piece.line, feature, "a bare name is no pattern of a source"));
        }
        // What is got from a source by calling it is from there as well.
        let name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '$' | '.');
        let called = text.contains('.') && text.chars().all(name);
        texts.extend(called.then(|| format!("{text}($$$)")));
        texts.push(text);
    }
    Ok(texts)
}

fn conditional(conjunct: &Conjunct, feature: &str) -> Lost {
    let why = "only patterns without conditions can be sources and sanitizers";
    Lost::new(conjunct.line().unwrap_or(1), feature, why)
}

/// `$X` in `def $F(..., $X, ...)`: the parameters of a function.
fn is_parameter(conjunct: &Conjunct) -> bool {
    let bare = |text: &str| text.trim().strip_prefix('$').map(str::to_owned);
    let focus = conjunct.focus.as_ref().map(|(name, _)| name.clone());
    let named = match &conjunct.any[..] {
        [] => focus,
        [pieces] => match &pieces[..] {
            [piece] => bare(&piece.text).or(focus.filter(|_| declares(&piece.text))),
            _ => None,
        },
        _ => None,
    };
    let Some(name) = named else { return false };
    let around = conjunct.inside.iter().chain(&conjunct.any).flatten();
    let texts: Vec<&str> =
        around.map(|piece| piece.text.as_str()).filter(|text| declares(text)).collect();
    let others = conjunct.not.len() + conjunct.not_inside.len() + conjunct.conditions.len();
    let held = texts.iter().all(|text| text.contains(&format!("${name}")));
    !texts.is_empty() && held && others == 0 && conjunct.lost.is_empty()
}

/// Whether `text` is a function of any name.
fn declares(text: &str) -> bool {
    let heads = ["def $", "function $", "func $", "fn $", "fun $", "function (", "function("];
    let text = text.trim_start();
    heads.iter().any(|head| text.starts_with(head)) && text.contains("...")
}

fn sink(conjunct: &Conjunct, key: &str, flow: &Flow) -> Result<Made, Lost> {
    let mut made = matchers(conjunct, key)?;
    let line = conjunct.line().unwrap_or(1);
    let mut sinks = Vec::new();
    for matcher in made.matchers {
        let named: Vec<PatternMatch> = match matcher.report.clone() {
            Some(name) => vec![renamed(&matcher, &name)],
            None => holes(&matcher, key).into_iter().collect(),
        };
        if named.is_empty() {
            let why = "nothing in the pattern can be a value: write a metavariable";
            return Err(Lost::new(line, "pattern-sinks", why));
        }
        let with_flow = |matcher| PatternMatch { flow: Some(flow.clone()), ..matcher };
        sinks.extend(named.into_iter().flat_map(|m| each_argument(&m, "SINK")).map(with_flow));
    }
    made.matchers = sinks;
    Ok(made)
}

/// `matcher` with its metavariable `name` called `SINK`.
fn renamed(matcher: &PatternMatch, name: &str) -> PatternMatch {
    let name = own_name(name);
    let rename = |text: &String| replaced(text, &name, "$SINK");
    let all = |texts: &[String]| texts.iter().map(rename).collect();
    let mut constraints = matcher.constraints.clone();
    if let Some(constraint) = constraints.remove(&name) {
        constraints.insert("SINK".to_owned(), constraint);
    }
    PatternMatch {
        any: all(&matcher.any),
        also: all(&matcher.also),
        not: all(&matcher.not),
        inside: all(&matcher.inside),
        not_inside: all(&matcher.not_inside),
        message: matcher.message.as_ref().map(rename),
        report: matcher.report.as_ref().map(|_| "SINK".to_owned()),
        constraints,
        ..matcher.clone()
    }
}

/// `text` with the metavariable `$name` replaced.
fn replaced(text: &str, name: &str, by: &str) -> String {
    let hole = format!("${name}");
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(&hole) {
        let after = &rest[at + hole.len()..];
        let longer = after.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        out.push_str(&rest[..at]);
        out.push_str(if longer { &hole } else { by });
        rest = after;
    }
    out + rest
}

/// One matcher for each place of its patterns that a value can come to.
fn holes(matcher: &PatternMatch, key: &str) -> Vec<PatternMatch> {
    let with = |any: String| PatternMatch { any: vec![any], ..matcher.clone() };
    let mut found = Vec::new();
    for text in &matcher.any {
        let Some((head, arguments)) = call(text) else {
            found.extend(values(text).iter().map(|name| with(replaced(text, name, "$SINK"))));
            continue;
        };
        let items = arguments_of(arguments);
        let any_number = items.iter().position(|item| item == "$$$");
        for item in items.iter().filter(|item| *item != "$$$") {
            let names = values_in(item);
            found.extend(names.iter().map(|name| with(replaced(text, name, "$SINK"))));
        }
        let Some(first) = any_number else { continue };
        let before = &items[..first];
        let after: Vec<String> =
            items[first + 1..].iter().filter(|item| *item != "$$$").cloned().collect();
        let written = |middle: &[String]| {
            let all = [before, middle, &after].concat();
            with(format!("{head}({})", all.join(", ")))
        };
        let blank = || "$_".to_owned();
        for skipped in 0..ARGUMENTS {
            let mut middle: Vec<String> = std::iter::repeat_with(blank).take(skipped).collect();
            middle.extend(["$SINK".to_owned(), "$$$".to_owned()]);
            found.push(written(&middle));
        }
        if key == "python" {
            found.push(written(&["$$$".to_owned(), "$SGKEY=$SINK".to_owned()]));
        }
    }
    found
}

/// The function and the arguments of the call that `text` is or ends with.
fn call(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_end_matches(';').trim_end();
    let inner = text.strip_suffix(')')?;
    let mut depth = 0usize;
    for (at, c) in inner.char_indices().rev() {
        match c {
            ')' | ']' | '}' => depth += 1,
            '(' if depth == 0 => return Some((&text[..at], &inner[at + 1..])),
            '(' | '[' | '{' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// What stands between the commas of `arguments`.
fn arguments_of(arguments: &str) -> Vec<String> {
    let mut items = vec![String::new()];
    let mut depth = 0usize;
    for c in arguments.chars() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                items.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(item) = items.last_mut() {
            item.push(c);
        }
    }
    let trimmed = items.iter().map(|item| item.trim().to_owned());
    trimmed.filter(|item| !item.is_empty()).collect()
}

/// The metavariables on the right of an assignment, or behind a keyword.
fn values(text: &str) -> Vec<String> {
    let right = text.split_once(" = ").map_or(text, |(_, right)| right);
    values_in(right)
}

fn values_in(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (at, _) in text.match_indices('$') {
        let rest = &text[at + 1..];
        let end = rest.find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'));
        let name = &rest[..end.unwrap_or(rest.len())];
        let many = text[..at].ends_with('$') || rest.starts_with('$');
        if !many
            && name.starts_with(|c: char| c.is_ascii_uppercase())
            && !names.iter().any(|known| known == name)
        {
            names.push(name.to_owned());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::semgrep::yaml;

    fn sinks(text: &str) -> Vec<String> {
        let text = format!("pattern-sources:\n- pattern: src(...)\npattern-sinks:\n{text}");
        let (made, left_out) = taint(&yaml::parse(&text).unwrap(), "python").unwrap();
        assert!(left_out.is_empty(), "{left_out:?}");
        let own = made.matchers.iter().filter(|matcher| matcher.imports.is_empty());
        own.flat_map(|matcher| matcher.any.clone()).collect()
    }

    #[test]
    fn every_place_of_a_sink_is_looked_at() {
        assert_eq!(sinks("- pattern: eval($X)\n"), ["eval($SINK)"]);
        let any = sinks("- pattern: run(...)\n");
        assert_eq!(any[..2], ["run($SINK, $$$)", "run($_, $SINK, $$$)"]);
        assert!(any.contains(&"run($$$, $SGKEY=$SINK)".to_owned()));
        let focused = "- patterns:\n  - pattern: q($DB, $SQL)\n  - focus-metavariable: $SQL\n";
        assert_eq!(sinks(focused), ["q($DB, $SINK)"]);
        let inner = "- patterns:\n  - pattern-inside: q(..., $X, ...)\n  - pattern: $X\n";
        assert_eq!(sinks(inner)[1], "q($_, $SINK, $$$)");
    }

    #[test]
    fn parameters_are_a_source_and_other_conditions_are_told() {
        let rule = "pattern-sources:\n- patterns:\n  - pattern-inside: |\n      def $F(..., $P, ...):\n        ...\n  - pattern: $P\n- patterns:\n  - pattern: a(...)\n  - pattern-not: a()\npattern-sinks:\n- pattern: eval($X)\n";
        let (made, left_out) = taint(&yaml::parse(rule).unwrap(), "python").unwrap();
        assert_eq!(made.matchers[0].flow.as_ref().unwrap().sources, ["argument"]);
        assert_eq!((left_out.len(), left_out[0].line), (1, 8));
    }

    #[test]
    fn a_sanitizer_that_cannot_be_said_stops_the_rule() {
        let rule = "pattern-sources:\n- pattern: src()\npattern-sinks:\n- pattern: eval($X)\npattern-sanitizers:\n- patterns:\n  - pattern: a($X)\n  - metavariable-regex: {metavariable: $X, regex: b}\n";
        let lost = taint(&yaml::parse(rule).unwrap(), "python").unwrap_err();
        assert_eq!(lost.feature, "pattern-sanitizers");
    }
}
