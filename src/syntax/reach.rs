//! How values get from function to function of a file, told from its layout and
//! its names: by calls, by what is returned, by fields and outer variables.
//!
//! More ways are seen than there are, for a name may mean something else.

use std::ops::Range;

use foldhash::HashMap;

use super::aim::View;
use super::blocks::{self, Block};
use super::elision::{First, changed_by, is_name, mentions, names, written};

/// What begins a statement that imports.
const IMPORTS: &[&str] =
    &["import", "from", "use", "using", "require", "require_once", "include", "package", "load"];
/// A statement says what it sets within so many bytes.
const MAX_TARGET: usize = 400;

/// Functions, and after them the statements outside, by what flows between them.
/// What they have in common is names, so that there are no more ways than places
/// where names stand.
#[derive(Default)]
pub(super) struct Reach {
    /// The statements that stand outside of functions.
    rest: Vec<Range<usize>>,
    imports: Vec<bool>,
    names: Vec<Name>,
    nodes: Vec<Node>,
}

/// A function or a statement.
#[derive(Default, Clone)]
struct Node {
    /// Numbers of the names that it defines, with whether it is called so.
    defines: Vec<(u32, bool)>,
    /// Numbers of the names that it says, with whether they can only be its own.
    says: Vec<(u32, bool)>,
}

/// A name that something in the file defines.
#[derive(Default)]
struct Name {
    /// What defines it, with whether it is called so.
    defined: Vec<(u32, bool)>,
    /// What says it, with whether it can only be its own.
    said: Vec<(u32, bool)>,
}

impl Reach {
    /// Reads it off the file of `view`, whose outermost functions are `functions`.
    pub(super) fn of(view: &View<'_>, functions: &[Block]) -> Self {
        let text = view.text;
        let mut rest = Vec::new();
        let mut from = 0;
        for block in functions {
            statements(text, from..block.whole.start, &mut rest);
            from = block.whole.end;
        }
        statements(text, from..text.len(), &mut rest);
        let slice = |range: &Range<usize>| text.get(range.clone()).unwrap_or_default();
        let is_import = |range: &Range<usize>| {
            let first = names(slice(range)).next().unwrap_or_default();
            IMPORTS.iter().any(|word| word.as_bytes() == first)
        };
        let imports = rest.iter().map(is_import).collect();
        let nodes = vec![Node::default(); functions.len() + rest.len()];
        let mut reach = Reach { rest, imports, names: Vec::new(), nodes };
        let mut numbers = HashMap::default();
        for (node, block) in functions.iter().enumerate() {
            let body = slice(&block.body);
            let mut define = |name, called| reach.define(&mut numbers, name, node, called);
            block.names(text).for_each(|name| define(name.as_bytes(), true));
            written(view.language, body).into_iter().for_each(|name| define(name, false));
            changed(view, body).for_each(|name| define(name, false));
        }
        for number in 0..reach.rest.len() {
            let (code, node) = (slice(&reach.rest[number]), functions.len() + number);
            if !reach.imports[number] {
                targets(code).for_each(|name| reach.define(&mut numbers, name, node, false));
            }
        }
        let own = functions.iter().map(|block| block.whole.clone());
        let nodes: Vec<Range<usize>> = own.chain(reach.rest.iter().cloned()).collect();
        for (node, range) in nodes.iter().enumerate() {
            for (name, is_own) in mentions(view.language, slice(range)) {
                if let Some(name) = numbers.get(name) {
                    reach.say(*name, node, is_own);
                }
            }
        }
        reach
    }

    fn define<'t>(
        &mut self,
        numbers: &mut HashMap<&'t [u8], u32>,
        name: &'t [u8],
        node: usize,
        called: bool,
    ) {
        let number = *numbers.entry(name).or_insert_with(|| {
            self.names.push(Name::default());
            self.names.len() as u32 - 1
        });
        let defined = &mut self.names[number as usize].defined;
        if defined.last() != Some(&(node as u32, called)) {
            defined.push((node as u32, called));
            self.nodes[node].defines.push((number, called));
        }
    }

    /// Once for each way of saying it.
    fn say(&mut self, name: u32, node: usize, is_own: bool) {
        let said = &mut self.names[name as usize].said;
        let known = said.iter().rev().take(2).any(|known| *known == (node as u32, is_own));
        if !known {
            said.push((node as u32, is_own));
            self.nodes[node].says.push((name, is_own));
        }
    }

    /// How many functions and statements there are.
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The statements outside of functions.
    pub(super) fn rest(&self) -> &[Range<usize>] {
        &self.rest
    }

    /// Whether statement `number` outside of functions imports something.
    pub(super) fn is_import(&self, number: usize) -> bool {
        self.imports[number]
    }

    /// Where values of `nodes` can get to: to what says their names or what they
    /// set, and to what they call.
    pub(super) fn from(&self, nodes: &[usize]) -> Vec<bool> {
        self.closure(nodes, |walk, node| {
            node.defines.iter().for_each(|(name, called)| walk.visit_said(*name, *called));
            node.says.iter().for_each(|(name, _)| walk.visit_defined(*name, false));
        })
    }

    /// Where values of `nodes` can come from.
    pub(super) fn to(&self, nodes: &[usize]) -> Vec<bool> {
        self.closure(nodes, |walk, node| {
            node.says.iter().for_each(|(name, is_own)| walk.visit_defined(*name, *is_own));
            let called = node.defines.iter().filter(|(_, called)| *called);
            called.for_each(|(name, _)| walk.visit_said(*name, true));
        })
    }

    /// What `nodes` name, and what that names.
    pub(super) fn named_by(&self, nodes: &[usize]) -> Vec<bool> {
        self.closure(nodes, |walk, node| {
            node.says.iter().for_each(|(name, is_own)| walk.visit_defined(*name, *is_own));
        })
    }

    fn closure(&self, nodes: &[usize], go: impl Fn(&mut Walk<'_>, &Node)) -> Vec<bool> {
        let mut reached = vec![false; self.nodes.len()];
        let gone = vec![[false; 4]; self.names.len()];
        let mut walk = Walk { names: &self.names, gone, work: Vec::new() };
        walk.work.extend(nodes.iter().map(|node| *node as u32));
        while let Some(node) = walk.work.pop() {
            if !std::mem::replace(&mut reached[node as usize], true) {
                go(&mut walk, &self.nodes[node as usize]);
            }
        }
        reached
    }
}

/// A walk along names, which goes each way of a name once.
struct Walk<'r> {
    names: &'r [Name],
    gone: Vec<[bool; 4]>,
    work: Vec<u32>,
}

impl Walk<'_> {
    /// To what says the name: all of it, or where it can only be the file's own.
    fn visit_said(&mut self, name: u32, all: bool) {
        if !std::mem::replace(&mut self.gone[name as usize][usize::from(all)], true) {
            let said = self.names[name as usize].said.iter();
            self.work.extend(said.filter(|(_, is_own)| all || *is_own).map(|(node, _)| *node));
        }
    }

    /// To what defines the name: all of it, or what is called so.
    fn visit_defined(&mut self, name: u32, all: bool) {
        if !std::mem::replace(&mut self.gone[name as usize][2 + usize::from(all)], true) {
            let defined = self.names[name as usize].defined.iter();
            self.work.extend(defined.filter(|(_, called)| all || *called).map(|(node, _)| *node));
        }
    }
}

/// Appends the statements of `range`, told by their indentation.
fn statements(text: &[u8], range: Range<usize>, found: &mut Vec<Range<usize>>) {
    let mut start = range.start;
    // Indentation of the statement that may go on.
    let mut open: Option<usize> = None;
    while start < range.end {
        let rest = &text[start..range.end];
        let end = start + memchr::memchr(b'\n', rest).unwrap_or(rest.len() - 1) + 1;
        let line = &text[start..end];
        let code = line.trim_ascii();
        if !code.is_empty() {
            let indent = line.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
            let closes = code.first().is_some_and(|byte| b")]}".contains(byte));
            match (found.last_mut(), open) {
                (Some(last), Some(first)) if indent > first || closes => last.end = end,
                _ => found.push(start..end),
            }
            let first = open.filter(|first| indent > *first || closes).unwrap_or(indent);
            open = (!opens_members(code)).then_some(first);
        }
        start = end;
    }
}

/// Whether the line `code` is the head of a class or the like.
fn opens_members(code: &[u8]) -> bool {
    let ends = matches!(code.last(), Some(b'{' | b':'));
    ends && str::from_utf8(code).is_ok_and(blocks::has_members)
}

/// The names that the statement `code` sets.
fn targets(code: &[u8]) -> impl Iterator<Item = &[u8]> {
    let head = &code[..code.len().min(MAX_TARGET)];
    let sets = |at: &usize| {
        let around = [at.checked_sub(1).and_then(|at| head.get(at)), head.get(at + 1)];
        !around.into_iter().flatten().any(|byte| b"=<>!~".contains(byte))
    };
    let end = memchr::memchr_iter(b'=', head).find(sets).unwrap_or(0);
    names(&head[..end])
}

/// The names of what changes outside of the function `body` as a method is called
/// on it, or it is given to one.
fn changed<'t>(view: &View<'_>, body: &'t [u8]) -> impl Iterator<Item = &'t [u8]> {
    let is_path = |byte: &u8| is_name(*byte) || b".@$->?".contains(byte);
    let first = First::default();
    let calls = names(body).filter(|name| view.changing.iter().any(|one| one.as_bytes() == *name));
    let paths = calls.flat_map(move |name| {
        let at = name.as_ptr().addr() - body.as_ptr().addr();
        let rest = &body[at..body.len().min(at + MAX_TARGET)];
        let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let near = &body[at.saturating_sub(MAX_TARGET)..at];
        let begin = near.iter().rposition(|byte| !is_path(byte)).map_or(0, |at| at + 1);
        let given = line.split(|byte| b"(),& ".contains(byte)).skip(1);
        given.chain([&near[begin..]])
    });
    let language = view.language;
    paths.filter_map(move |path| changed_by(language, body, path, &first))
}
