//! What the names of a file stand for in other files, read off its text alone:
//! this is asked of files that are not parsed, and of neighbours of which only
//! one line counts.

use std::borrow::Cow;

use memchr::memmem;

use crate::syntax::language::Language;

/// Bytes of one import that are read.
const LONGEST: usize = 4 << 10;
/// Names that are kept of a file.
const MOST: usize = 400;

/// A name of a file and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binding {
    /// As the file writes it; may have dots (`import app.config`).
    pub(super) local: Box<str>,
    pub(super) module: Box<str>,
    /// What of the module it is, if it is not the module.
    pub(super) member: Option<Box<str>>,
}

/// The imports of a file.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) bindings: Vec<Binding>,
    /// Modules of which all names are taken over.
    pub(super) stars: Vec<Box<str>>,
    /// The package or namespace that the file says it is in.
    pub(super) package: Box<str>,
}

impl Names {
    /// Reads the imports of `text`.
    pub(super) fn of(language: Language, text: &[u8]) -> Self {
        let mut names = Names::default();
        match language {
            Language::Python => names.python(text),
            Language::JavaScript | Language::TypeScript | Language::Tsx => names.script(text),
            Language::Go => names.go(text),
            Language::Java | Language::Kotlin | Language::CSharp => names.packages(text),
            Language::Php => names.php(text),
            Language::Ruby => names.ruby(text),
            Language::Rust => names.rust(text),
            _ => {}
        }
        names
    }

    /// The longest name that `path` begins with, and the rest of `path`.
    pub(super) fn bound<'n, 'p>(
        &'n self,
        path: &'p str,
    ) -> impl Iterator<Item = (&'n Binding, &'p str)> {
        self.bindings.iter().rev().filter_map(move |binding| {
            let rest = path.strip_prefix(&*binding.local)?;
            match rest.strip_prefix('.') {
                Some(rest) => Some((binding, rest)),
                None => rest.is_empty().then_some((binding, "")),
            }
        })
    }

    fn add(&mut self, local: &str, module: &str, member: Option<&str>) {
        if self.bindings.len() < MOST && !local.is_empty() && !module.is_empty() {
            let member = member.filter(|member| !member.is_empty()).map(Box::from);
            self.bindings.push(Binding { local: local.into(), module: module.into(), member });
        }
    }

    fn star(&mut self, module: &str) {
        if self.stars.len() < MOST && !module.is_empty() {
            self.stars.push(module.into());
        }
    }

    fn python(&mut self, text: &[u8]) {
        for (word, code) in statements(text, &["from ", "import "]) {
            if word == "import " {
                for (name, alias) in line(&code).split(',').map(renamed) {
                    self.add(alias.unwrap_or(name), name, None);
                }
                continue;
            }
            let Some((module, names)) = code.split_once(" import ") else { continue };
            let module = module.trim();
            let names = match names.trim_start().strip_prefix('(') {
                Some(inner) => inner.split(')').next().unwrap_or_default(),
                None => line(names),
            };
            let names: String = names.lines().map(|l| format!("{}\n", before(l, "#"))).collect();
            for (name, alias) in names.split(',').map(renamed) {
                match name {
                    "*" => self.star(module),
                    _ => self.add(alias.unwrap_or(name), module, Some(name)),
                }
            }
        }
    }

    fn script(&mut self, text: &[u8]) {
        for (_, code) in statements(text, &["import ", "export "]) {
            let Some(quote) = code.find(['"', '\'', '`']) else { continue };
            let Some(module) = quoted(&code[quote..]) else { continue };
            let clause = &code[..quote];
            let Some(clause) = clause.trim_end().strip_suffix("from") else { continue };
            if is_relative(module) && !clause.contains([';', '=', '(']) {
                self.clause(clause, module, true);
            }
        }
        for at in memmem::find_iter(text, b"require(").take(MOST) {
            let code = lossy(text, at + 8, LONGEST.min(300));
            let Some(module) = quoted(code.trim_start()).filter(|m| is_relative(m)) else {
                continue;
            };
            let begin = at.saturating_sub(1_000);
            let earlier = String::from_utf8_lossy(&text[begin..at]);
            let Some(target) = earlier.trim_end().strip_suffix('=') else { continue };
            let starts = ["const ", "let ", "var ", "import "];
            let start = starts.iter().filter_map(|s| Some(target.rfind(s)? + s.len())).max();
            let Some(target) = start.and_then(|start| target.get(start..)) else { continue };
            let after = code.split_once(')').map_or("", |(_, rest)| rest);
            let member = after.strip_prefix('.').map(identifier);
            match member {
                Some(member) if !target.contains('{') => {
                    self.add(target.trim(), module, Some(member));
                }
                Some(_) => {}
                None => self.clause(target, module, false),
            }
        }
    }

    /// `name`, `* as name`, `{ a, b as c, d: e }`; a name alone is what is exported
    /// by default if it is `imported`, or else all of it.
    fn clause(&mut self, clause: &str, module: &str, imported: bool) {
        let clause = clause.trim();
        let clause = clause.strip_prefix("type ").unwrap_or(clause);
        let (outer, inner) = match clause.split_once('{') {
            Some((outer, inner)) => (outer, inner.split('}').next().unwrap_or_default()),
            None => (clause, ""),
        };
        for part in outer.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            match part.strip_prefix('*') {
                Some(rest) => match rest.trim().strip_prefix("as ") {
                    Some(name) => self.add(name.trim(), module, None),
                    None => self.star(module),
                },
                None => self.add(part, module, Some("default").filter(|_| imported)),
            }
        }
        for part in inner.split(',') {
            let (name, alias) = match part.split_once(':') {
                Some((name, alias)) => (name.trim(), Some(alias.trim())),
                None => renamed(part),
            };
            let name = name.strip_prefix("type ").unwrap_or(name);
            self.add(alias.unwrap_or(name), module, Some(name));
        }
    }

    fn go(&mut self, text: &[u8]) {
        for (_, code) in statements(text, &["import "]) {
            let list = match code.trim_start().strip_prefix('(') {
                Some(inner) => inner.split(')').next().unwrap_or_default(),
                None => line(&code),
            };
            for spec in list.lines() {
                let spec = before(spec, "//").trim();
                let Some(at) = spec.find('"') else { continue };
                let Some(module) = quoted(&spec[at..]) else { continue };
                let last = module.rsplit('/').next().unwrap_or(module);
                let alias = spec[..at].trim();
                self.add(if alias.is_empty() { last } else { alias }, module, None);
            }
        }
    }

    /// Java, Kotlin and C#: names of classes, and of what is in them.
    fn packages(&mut self, text: &[u8]) {
        let words = ["import ", "package ", "using ", "namespace "];
        for (word, code) in statements(text, &words) {
            let code = line(&code).trim_end_matches(|c: char| ";{".contains(c) || c == ' ');
            let code = before(code, "//").trim().trim_end_matches(';');
            let code = code.strip_prefix("static ").unwrap_or(code).trim();
            let (name, alias) = match code.split_once('=') {
                Some((alias, name)) => (name.trim(), Some(alias.trim())),
                None => renamed(code),
            };
            if !name.chars().all(|c| c.is_alphanumeric() || "._*".contains(c)) {
                continue;
            }
            let last = name.rsplit('.').next().unwrap_or(name);
            match (word, last) {
                ("package " | "namespace ", _) => self.package = name.into(),
                (_, "*") => self.star(name.trim_end_matches(".*")),
                ("using ", _) if alias.is_none() => self.star(name),
                _ => self.add(alias.unwrap_or(last), name, None),
            }
        }
    }

    fn php(&mut self, text: &[u8]) {
        for (word, code) in statements(text, &["use ", "namespace "]) {
            let code = code.split([';', '{', '(']).next().unwrap_or_default();
            for (name, alias) in code.split(',').map(renamed) {
                let name = name.trim_start_matches('\\').replace('\\', ".");
                let last = name.rsplit('.').next().unwrap_or(&name);
                match word {
                    "namespace " => self.package = name.as_str().into(),
                    _ => self.add(alias.unwrap_or(last), &name, None),
                }
            }
        }
        for word in ["require", "include"] {
            for at in memmem::find_iter(text, word.as_bytes()).take(MOST) {
                let code = lossy(text, at + word.len(), 300);
                let code = line(&code).strip_prefix("_once").unwrap_or(line(&code));
                let code = code.trim_start_matches([' ', '(']);
                let here = code.strip_prefix("__DIR__").map(|rest| rest.trim_start());
                let code = here.and_then(|rest| rest.strip_prefix('.')).unwrap_or(code);
                if let Some(module) = quoted(code.trim_start()) {
                    self.star(&format!("./{}", module.trim_start_matches('/')));
                }
            }
        }
    }

    fn ruby(&mut self, text: &[u8]) {
        for (_, code) in statements(text, &["require_relative "]) {
            if let Some(module) = quoted(line(&code).trim_start_matches([' ', '('])) {
                self.star(&format!("./{module}"));
            }
        }
    }

    fn rust(&mut self, text: &[u8]) {
        for (_, code) in statements(text, &["use ", "pub use "]) {
            let code = code.split(';').next().unwrap_or_default();
            let (module, names) = match code.split_once('{') {
                Some((module, rest)) => {
                    (module.trim_end_matches("::"), rest.split('}').next().unwrap_or_default())
                }
                None => code.rsplit_once("::").unwrap_or(("", "")),
            };
            let module = module.trim().replace("::", ".");
            for (name, alias) in names.split(',').map(renamed) {
                match name {
                    "*" => self.star(&module),
                    "self" => {
                        let last = module.rsplit('.').next().unwrap_or(&module);
                        self.add(alias.unwrap_or(last), &module, None);
                    }
                    _ => self.add(alias.unwrap_or(name), &module, Some(name)),
                }
            }
        }
    }
}

/// Whether a module of a script is a file beside it.
fn is_relative(module: &str) -> bool {
    module.starts_with("./") || module.starts_with("../") || matches!(module, "." | "..")
}

/// What stands after one of `words` at the beginning of a line.
fn statements<'t>(
    text: &'t [u8],
    words: &'t [&'static str],
) -> impl Iterator<Item = (&'static str, Cow<'t, str>)> {
    let first: Vec<u8> = words.iter().filter_map(|word| word.bytes().next()).collect();
    let mut next = Some(0);
    let lines = std::iter::from_fn(move || {
        let at = next?;
        let rest = text.get(at..)?;
        next = memchr::memchr(b'\n', rest).map(|end| at + end + 1);
        Some(at)
    });
    let found = lines.filter_map(move |at| {
        let rest = &text[at..];
        let indent = rest.iter().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let code = &rest[indent..];
        if !first.contains(code.first()?) {
            return None;
        }
        let word = words.iter().find(|word| code.starts_with(word.as_bytes()))?;
        Some((*word, lossy(text, at + indent + word.len(), LONGEST)))
    });
    found.take(MOST)
}

/// Text from `at` on, at most `most` bytes of it.
fn lossy(text: &[u8], at: usize, most: usize) -> Cow<'_, str> {
    let at = at.min(text.len());
    String::from_utf8_lossy(&text[at..text.len().min(at + most)])
}

fn line(code: &str) -> &str {
    code.lines().next().unwrap_or_default()
}

fn before<'c>(code: &'c str, mark: &str) -> &'c str {
    code.split_once(mark).map_or(code, |(before, _)| before)
}

/// `a as b`: the name and its alias.
fn renamed(code: &str) -> (&str, Option<&str>) {
    match code.trim().split_once(" as ") {
        Some((name, alias)) => (name.trim(), Some(alias.trim())),
        None => (code.trim(), None),
    }
}

/// The content of the quotes that `code` begins with.
fn quoted(code: &str) -> Option<&str> {
    let quote = code.chars().next().filter(|quote| "'\"`".contains(*quote))?;
    code[1..].split_once(quote).map(|(inner, _)| inner).filter(|inner| !inner.contains('\n'))
}

fn identifier(code: &str) -> &str {
    let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
    &code[..code.find(|c| !is_part(c)).unwrap_or(code.len())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(language: Language, text: &str) -> Vec<String> {
        let names = Names::of(language, text.as_bytes());
        let shown = |b: &Binding| match &b.member {
            Some(member) => format!("{}={}:{member}", b.local, b.module),
            None => format!("{}={}", b.local, b.module),
        };
        let stars = names.stars.iter().map(|star| format!("*={star}"));
        names.bindings.iter().map(shown).chain(stars).collect()
    }

    #[test]
    fn python_imports() {
        let text = "import os, app.config as c\nfrom .config import (\n  URL,  # main\n  KEY as K,\n)\nfrom x import *\nfrom . import conf\n";
        assert_eq!(
            read(Language::Python, text),
            ["os=os", "c=app.config", "URL=.config:URL", "K=.config:KEY", "conf=.:conf", "*=x"]
        );
    }

    #[test]
    fn script_imports() {
        let text = "import a, { B, C as D } from './x';\nimport * as ns from \"../y\";\nimport z from 'z';\n\
                    const { E, F: G } = require('./v');\nconst w = require('./w').base;\nexport * from './u';\n";
        assert_eq!(
            read(Language::JavaScript, text),
            [
                "a=./x:default", "B=./x:B", "D=./x:C", "ns=../y", "E=./v:E", "G=./v:F",
                "w=./w:base", "*=./u"
            ]
        );
    }

    #[test]
    fn imports_of_packages() {
        let go = "import (\n\t\"fmt\"\n\tcfg \"acme.io/app/config\" // x\n)\n";
        assert_eq!(read(Language::Go, go), ["fmt=fmt", "cfg=acme.io/app/config"]);
        let java = "package a.b;\nimport static a.c.Urls.BASE;\nimport a.c.*;\n";
        assert_eq!(read(Language::Java, java), ["BASE=a.c.Urls.BASE", "*=a.c"]);
        let rust = "use crate::config::{self, URL, KEY as K};\nuse super::x::Y;\n";
        assert_eq!(
            read(Language::Rust, rust),
            ["config=crate.config", "URL=crate.config:URL", "K=crate.config:KEY", "Y=super.x:Y"]
        );
        let php = "<?php\nuse App\\Config as C;\nrequire_once __DIR__ . '/conf.php';\n";
        assert_eq!(read(Language::Php, php), ["C=App.Config", "*=./conf.php"]);
    }

    proptest! {
        #[test]
        fn any_text_is_read(
            text in "((import|from|use|require\\(|export|package|const) ?|[{}()'\"*,.=; \nA-Za-zé]){0,60}",
        ) {
            for language in Language::ALL {
                Names::of(language, text.as_bytes());
            }
        }
    }
}
