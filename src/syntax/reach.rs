//! How values get from function to function of a file, told from its layout and
//! its names: by calls, by what is returned, by fields and outer variables.
//!
//! More ways are seen than there are, for a name may mean something else.

use std::collections::HashMap;
use std::ops::Range;

use super::aim::View;
use super::blocks::{self, Block};
use super::elision::{First, changed_by, is_name, mentions, names, written};

/// What begins a statement that imports.
const IMPORTS: &[&str] =
    &["import", "from", "use", "using", "require", "require_once", "include", "package", "load"];
/// A statement says what it sets within so many bytes.
const MAX_TARGET: usize = 400;

/// Functions, and after them the statements outside, by what flows between them.
#[derive(Default)]
pub(super) struct Reach {
    /// The statements that stand outside of functions.
    rest: Vec<Range<usize>>,
    imports: Vec<bool>,
    /// Where the values of each can get to.
    onward: Vec<Vec<u32>>,
    /// Where the values of each can come from.
    back: Vec<Vec<u32>>,
    /// What is called, or read, by each.
    named: Vec<Vec<u32>>,
}

/// What a name stands for.
struct Definers {
    /// Functions and statements; whether it is the name of a function.
    nodes: Vec<(u32, bool)>,
    /// The last node that was seen to say it, and how.
    last: usize,
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
        let imports: Vec<bool> = rest.iter().map(is_import).collect();
        let count = functions.len() + rest.len();
        let mut definers: HashMap<&[u8], Definers> = HashMap::new();
        let mut define = |name, node: usize, called| {
            let known = definers.entry(name).or_insert(Definers { nodes: Vec::new(), last: 0 });
            if known.nodes.last() != Some(&(node as u32, called)) {
                known.nodes.push((node as u32, called));
            }
        };
        for (node, block) in functions.iter().enumerate() {
            let body = slice(&block.body);
            block.names(text).for_each(|name| define(name.as_bytes(), node, true));
            written(view.language, body).into_iter().for_each(|name| define(name, node, false));
            changed(view, body).for_each(|name| define(name, node, false));
        }
        for (number, range) in rest.iter().enumerate().filter(|(number, _)| !imports[*number]) {
            targets(slice(range)).for_each(|name| define(name, functions.len() + number, false));
        }
        let lists = || vec![Vec::new(); count];
        let mut reach = Reach { imports, onward: lists(), back: lists(), named: lists(), rest };
        let own = functions.iter().map(|block| block.whole.clone());
        let nodes: Vec<Range<usize>> = own.chain(reach.rest.iter().cloned()).collect();
        for (node, range) in nodes.iter().enumerate() {
            for (name, is_own) in mentions(view.language, slice(range)) {
                let Some(known) = definers.get_mut(name) else { continue };
                // Once for each way of saying it.
                let (now, last) = (2 * node + 1 + usize::from(is_own), known.last);
                if last < now {
                    known.last = now;
                    let others = known.nodes.iter().filter(|(_, called)| is_own || *called);
                    others.for_each(|other| reach.join(node, *other));
                }
            }
        }
        reach
    }

    /// `node` names what `other` defines.
    fn join(&mut self, node: usize, (other, called): (u32, bool)) {
        let (one, two) = (node, other as usize);
        if one == two {
            return;
        }
        self.named[one].push(other);
        self.back[one].push(other);
        self.onward[two].push(node as u32);
        if called {
            self.onward[one].push(other);
            self.back[two].push(node as u32);
        }
    }

    /// How many functions and statements there are.
    pub(super) fn len(&self) -> usize {
        self.onward.len()
    }

    /// The statements outside of functions.
    pub(super) fn rest(&self) -> &[Range<usize>] {
        &self.rest
    }

    /// Whether statement `number` outside of functions imports something.
    pub(super) fn is_import(&self, number: usize) -> bool {
        self.imports[number]
    }

    /// Where values of `nodes` can get to.
    pub(super) fn from(&self, nodes: &[usize]) -> Vec<bool> {
        closure(&self.onward, nodes)
    }

    /// Where values of `nodes` can come from.
    pub(super) fn to(&self, nodes: &[usize]) -> Vec<bool> {
        closure(&self.back, nodes)
    }

    /// What `nodes` name, and what that names.
    pub(super) fn named_by(&self, nodes: &[usize]) -> Vec<bool> {
        closure(&self.named, nodes)
    }
}

fn closure(edges: &[Vec<u32>], nodes: &[usize]) -> Vec<bool> {
    let mut reached = vec![false; edges.len()];
    let mut work = nodes.to_vec();
    while let Some(node) = work.pop() {
        if !std::mem::replace(&mut reached[node], true) {
            work.extend(edges[node].iter().map(|next| *next as usize));
        }
    }
    reached
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
        let line = body[at..].split(|byte| *byte == b'\n').next().unwrap_or_default();
        let begin = body[..at].iter().rposition(|byte| !is_path(byte)).map_or(0, |at| at + 1);
        let given = line.split(|byte| b"(),& ".contains(byte)).skip(1);
        given.chain([&body[begin..at]])
    });
    let language = view.language;
    paths.filter_map(move |path| changed_by(language, body, path, &first))
}
