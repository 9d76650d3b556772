//! Calls as guards: what the answer of a function tells of what it was asked about.

use std::rc::Rc;

use super::calls::{Called, joined_taints};
use super::ir::Id;
use super::run::Run;
use super::sets::sanitizer;
use super::symbols::{NONE, Sym};
use super::value::{Proof, Val, Value};
use crate::syntax::language::Language;

/// Parts of names of functions that tell whether something is allowed.
const VALIDATES: [&str; 14] = [
    "valid", "allowed", "permitted", "whitelist", "allowlist", "sanitiz", "is_safe", "issafe",
    "is_trusted", "istrusted", "allow_redirect", "allowredirect", "is_local", "islocal",
];
/// Parts of names of functions that look at something, and of what they look at:
/// `checkUrl`, `path_filter`.
const LOOKS: [&str; 4] = ["check", "verify", "filter", "is"];
const LOOKED_AT: [&str; 9] =
    ["url", "uri", "host", "ssrf", "path", "origin", "domain", "redirect", "filename"];
/// Methods that look for their argument in what they are called on.
const CONTAINS: [&str; 12] = [
    "includes", "contains", "include?", "Contains", "has", "contains_key", "ContainsKey",
    "containsKey", "has_key", "has_key?", "key?", "member?",
];
/// Functions that ask whether the table behind has what stands before it: with
/// a constant there, they say nothing of the rest of the table.
const HOLDS: [&str; 4] = ["array_key_exists", "key_exists", "in_array", "array_search"];

/// Methods that ask a regex, which may match anywhere in the text.
const MATCHES: [&str; 6] = ["test", "match", "match?", "MatchString", "IsMatch", "preg_match"];

/// What functions by these names escape a value for, whatever library they are of.
const ESCAPES: [(&str, &str); 7] = [
    ("html", "escape-html"),
    ("xml", "escape-xml"),
    ("sql", "escape-sql"),
    ("shell", "escape-shell"),
    ("ldap", "escape-ldap"),
    ("regex", "escape-regex"),
    ("xpath", "escape-xml"),
];

impl Run<'_> {
    /// The sanitizer that a function is by its name: `escape_for_html`.
    pub(super) fn escapes(&self, name: Sym) -> u64 {
        let name = self.symbols.name(name).to_ascii_lowercase();
        if !name.contains("escape") || name.contains("unescape") {
            return 0;
        }
        let known = ESCAPES.iter().filter(|(what, _)| name.contains(what));
        known.filter_map(|(_, set)| sanitizer(set)).fold(0, |all, bit| all | bit)
    }

    /// Whether a function by this name tells by what it returns whether an address
    /// or a file is one to go on with.
    pub(super) fn looks(&self, name: Sym) -> bool {
        let name = self.symbols.name(name).to_ascii_lowercase();
        let looks = LOOKS.iter().any(|word| name.starts_with(word) || name.ends_with(word));
        looks && LOOKED_AT.iter().any(|word| name.contains(word))
    }

    pub(super) fn validates(&self, name: Sym) -> bool {
        let name = self.symbols.name(name).to_ascii_lowercase();
        VALIDATES.iter().any(|part| name.contains(part))
    }

    /// What it proves that a call is true.
    pub(super) fn proofs_of_call(&mut self, call: &Called<'_>, bits: u64) -> Vec<Proof> {
        let contains = CONTAINS.contains(&self.symbols.name(call.name));
        if let Some(proofs) = self.begins_with_dots(call) {
            return proofs;
        }
        if bits == self.context.sets.prefix && self.asks_for_scheme(call) {
            return Vec::new();
        }
        if self.matches_anything(call) || self.asks_for_constant(call) {
            return Vec::new();
        }
        let receiver = call.receiver.as_ref().filter(|(_, value)| !value.taints.is_empty());
        if let (Some((base, _)), true) = (receiver, contains) {
            return self.absent_part(*base, &call.values);
        }
        let args = call.args.iter().zip(&call.values).filter(|(_, value)| !value.taints.is_empty());
        let mut tested: Vec<(Id, Val)> =
            args.map(|(arg, value)| (*arg, Rc::clone(value))).collect();
        // Go: `strings.Contains(path, "..")`
        if let ([(whole, _)], true) = (&tested[..], contains && call.args.len() == 2)
            && has_dots(&call.values)
        {
            return self.absent_part(*whole, &call.values);
        }
        tested.extend(receiver.map(|(base, value)| (*base, Rc::clone(value))));
        let proofs = tested.iter().map(|(id, value)| self.proofs_about(*id, value, bits, true));
        proofs.flatten().collect()
    }

    /// What a test answers: true or false, and of a regex the parts that it found.
    pub(super) fn matched(&self, call: &Called<'_>, bits: u64) -> Value {
        let receiver = call.receiver.iter().map(|(_, value)| value);
        match self.symbols.name(call.name) {
            "match" if self.is_script() => {
                let clean = if self.matches_anything(call) { 0 } else { bits };
                let parts: Vec<Val> = receiver.cloned().collect();
                joined_taints(&parts).cleaned(clean)
            }
            _ => Value::plain(),
        }
    }

    fn is_script(&self) -> bool {
        let language = self.context.language;
        matches!(language, Language::JavaScript | Language::TypeScript | Language::Tsx)
    }

    /// Whether it asks a regex that lets through what it should stop: one that begins
    /// anywhere and has a part for any text.
    fn matches_anything(&self, call: &Called<'_>) -> bool {
        if !MATCHES.contains(&self.symbols.name(call.name)) {
            return false;
        }
        let receiver = call.receiver.iter().map(|(_, value)| value);
        let mut texts = receiver.chain(&call.values).flat_map(|value| &value.texts);
        texts.any(|text| {
            let regex = text.trim_start_matches(['/', '#', '~']);
            let anchored = regex.starts_with('^') || regex.starts_with("\\A");
            !anchored && (regex.contains(".*") || regex.contains(".+"))
        })
    }

    /// `array_key_exists("name", $_GET)`: the table is there to be asked.
    fn asks_for_constant(&self, call: &Called<'_>) -> bool {
        HOLDS.contains(&self.symbols.name(call.name))
            && call.values.first().is_some_and(|key| key.taints.is_empty() && !key.texts.is_empty())
    }

    /// `path.includes("..")`, if it is not, makes a path harmless.
    pub(super) fn absent_part(&mut self, whole: Id, parts: &[Val]) -> Vec<Proof> {
        let dots = has_dots(parts);
        let name = self.path(whole);
        let quote = parts.iter().flat_map(|part| &part.texts).any(|text| is_quote(text));
        let clean = match (dots, quote) {
            (true, _) => self.context.sets.path,
            // What has no quote ends no literal of an XPath expression.
            (_, true) => sanitizer("escape-xml").unwrap_or_default(),
            _ => return Vec::new(),
        };
        let proof = Proof { name, clean, when: false };
        if name != NONE { vec![proof] } else { Vec::new() }
    }
}

/// Whether it is a quote, which ends a literal; perhaps written with a backslash.
pub(super) fn is_quote(text: &str) -> bool {
    matches!(text.trim_start_matches('\\'), "'" | "\"")
}

/// Whether one of `values` is a text with `..` in it.
fn has_dots(values: &[Val]) -> bool {
    values.iter().flat_map(|value| &value.texts).any(|text| text.contains(".."))
}
