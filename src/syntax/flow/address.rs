//! What a test of a part says of the whole: after
//! `if new URL(text).hostname !== "api.example.com"` and a return, both the parsed
//! address and the text that it was parsed from are known to lead there. The
//! same goes for a file whose canonical path was tested.

use super::ir::{Id, List, Op};
use super::run::Run;
use super::symbols::{NONE, Sym};
use super::value::Proof;

/// Functions and classes that take an address apart.
const PARSERS: [&str; 16] = [
    "urlparse", "urlsplit", "URL", "URI", "Uri", "Url", "parse", "Parse", "parse_url",
    "ParseRequestURI", "create", "fromString", "fromUriString", "fromHttpUrl", "URLComponents",
    "url_parse",
];
/// Those of them whose names say nothing without what they are called on.
const VAGUE: [&str; 4] = ["parse", "Parse", "create", "fromString"];
/// Parts of an address that tell who is talked to, in lower case.
const HOSTS: [&str; 8] =
    ["host", "hostname", "netloc", "origin", "authority", "gethost", "getauthority", "host_str"];

/// Methods that give the path of a file without `..` and links, in lower case.
const PLAIN_PATHS: [&str; 4] =
    ["getcanonicalpath", "getcanonicalfile", "torealpath", "getnormalizedpath"];

/// Where a variable comes from that holds an address, or the host of one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin {
    /// The text that was parsed.
    text: Sym,
    /// It is the host, not the address as a whole.
    is_host: bool,
}

impl Run<'_> {
    /// Remembers what `target` is now a part of, or that it no longer is.
    pub(super) fn note_origin(&mut self, target: Id, value: Id) {
        let ir = self.ir;
        match ir.op(target) {
            Op::Name(name) => self.keep_origin(name, value, false),
            Op::Entry(_, inner) | Op::Cast(_, inner) => self.note_origin(inner, value),
            // `u, err := url.Parse(text)`, `const { hostname } = new URL(text)`
            Op::Group(items) => {
                for (index, item) in ir.items(items).iter().enumerate() {
                    match ir.op(*item) {
                        Op::Entry(field, inner) if self.is_host(field) => {
                            if let Op::Name(name) = ir.op(inner) {
                                self.keep_origin(name, value, true);
                            }
                        }
                        Op::Name(name) if index == 0 && self.is_go() => {
                            self.keep_origin(name, value, false);
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn keep_origin(&mut self, name: Sym, value: Id, is_host: bool) {
        match self.origin(value) {
            Some(origin) => {
                let is_host = is_host || origin.is_host;
                self.origins.insert(name, Origin { is_host, ..origin });
            }
            None if self.origins.is_empty() => {}
            None => {
                self.origins.remove(&name);
            }
        }
    }

    /// What it proves that `id` passed a test for `clean`.
    pub(super) fn proofs_of(&mut self, id: Id, clean: u64, when: bool) -> Vec<Proof> {
        let mut names = vec![self.path(id)];
        if let Some(base) = self.host_of(id).or_else(|| self.plain_path_of(id)) {
            names.push(self.path(base));
        }
        if let Some(Origin { text, is_host: true }) = self.origin(id) {
            names.push(text);
        }
        names.retain(|name| *name != NONE);
        names.into_iter().map(|name| Proof { name, clean, when }).collect()
    }

    /// The address that `id` is the host of: `u.hostname`, `u.Hostname()`.
    fn host_of(&self, id: Id) -> Option<Id> {
        let field = match self.ir.op(id) {
            Op::Call(callee, args) if self.ir.items(args).is_empty() => callee,
            _ => id,
        };
        match self.ir.op(field) {
            Op::Field(base, name) if self.is_host(name) => Some(base),
            _ => None,
        }
    }

    /// The file that `id` is the path of: `file.getCanonicalPath()`.
    fn plain_path_of(&self, id: Id) -> Option<Id> {
        let Op::Call(callee, _) = self.ir.op(id) else { return None };
        let Op::Field(base, name) = self.ir.op(callee) else { return None };
        let name = self.symbols.name(name).to_ascii_lowercase();
        PLAIN_PATHS.contains(&name.as_str()).then_some(base)
    }

    /// The text that `id` was parsed from.
    fn origin(&mut self, id: Id) -> Option<Origin> {
        if let Some(base) = self.host_of(id) {
            return self.origin_of_whole(base).map(|origin| Origin { is_host: true, ..origin });
        }
        self.origin_of_whole(id)
    }

    fn origin_of_whole(&mut self, id: Id) -> Option<Origin> {
        match self.ir.op(id) {
            Op::Name(name) => self.origins.get(&name).copied(),
            Op::Call(callee, args) | Op::New(callee, args) => self.parsed(callee, args),
            _ => None,
        }
    }

    fn parsed(&mut self, callee: Id, args: List) -> Option<Origin> {
        let name = self.ir.last_name(callee)?;
        let name = self.symbols.name(name);
        if !PARSERS.contains(&name) || VAGUE.contains(&name) && !self.is_about_addresses(callee) {
            return None;
        }
        let args = self.ir.items(args);
        let text = self.path(*args.first()?);
        // PHP is told which part it should give back.
        let part = args.get(1).and_then(|part| self.ir.last_name(*part));
        let is_host = part.is_some_and(|part| self.symbols.name(part).ends_with("_HOST"));
        (text != NONE).then_some(Origin { text, is_host })
    }

    /// Whether a function is called on what is named for addresses.
    fn is_about_addresses(&self, callee: Id) -> bool {
        let Op::Field(base, _) = self.ir.op(callee) else { return false };
        let name = self.ir.last_name(base).map(|name| self.symbols.name(name).to_ascii_lowercase());
        name.is_some_and(|name| name.contains("ur") || name.contains("addressable"))
    }

    fn is_host(&self, name: Sym) -> bool {
        let name = self.symbols.name(name);
        HOSTS.iter().any(|host| name.eq_ignore_ascii_case(host))
    }
}
