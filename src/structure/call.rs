//! Calls of Terraform modules that lie in the scanned tree: what is wrong in the
//! module only because of what this call gives it is found at the argument.

use std::ops::Range;
use std::sync::Arc;

use super::engine::EXHAUSTED;
use super::file::{Active, File};
use super::module::Module;
use super::nearby::Nearby;
use super::resolve::{Known, link, terraform};
use super::subjects::Subject;
use super::tree::{Id, Tree};
use super::walk::MAX_LOOKS;
use crate::finding::Candidate;
use crate::source::Source;

/// Calls of one file that are followed.
const MAX_CALLS: usize = 64;
/// Bytes of all modules that one file calls, as often as it does.
const MAX_BYTES: usize = 4 << 20;

/// A `module` block, and the module that it names.
pub(super) struct Call {
    pub(super) module: Arc<Module>,
    /// The block.
    node: Id,
}

/// Whether there can be such a call in `text`.
pub(super) fn may_call(text: &[u8]) -> bool {
    let has = |word: &[u8]| memchr::memmem::find(text, word).is_some();
    has(b"module \"") && (has(b"\"./") || has(b"\"../"))
}

/// The calls among the nodes `own` of `tree`, in their order.
pub(super) fn calls_of(
    tree: &Tree<'_>,
    own: Range<Id>,
    source: &Source<'_>,
    nearby: &Nearby,
) -> Vec<Call> {
    let tops = tree.children(0).filter(|id| own.contains(id)).flat_map(|id| tree.children(id));
    let blocks = tops.filter(|id| tree.node(*id).is_some_and(|node| node.key == b"module"));
    let called = blocks.flat_map(|top| tree.children(top)).filter_map(|node| {
        let path = std::str::from_utf8(tree.text(tree.child(node, b"source")?)?).ok()?;
        let is_local = path.starts_with("./") || path.starts_with("../");
        let module = is_local.then(|| nearby.called(source, path)).flatten()?;
        Some(Call { module, node })
    });
    let mut left = MAX_BYTES;
    let fits = |call: &Call| {
        let size = call.module.texts().map(<[u8]>::len).sum();
        let fits = size <= left;
        left = left.saturating_sub(size);
        fits
    };
    called.take(MAX_CALLS).take_while(fits).collect()
}

/// Something in a module that is wrong with these arguments.
struct Fault<'r, 'a> {
    active: &'r Active<'r>,
    subject: Subject<'a>,
    /// The argument that makes it so.
    argument: Id,
}

impl Call {
    /// Appends what `active` finds in the module because of the arguments. The
    /// module is a part of `tree` only meanwhile.
    ///
    /// # Errors
    /// The reason why not all of it was looked at.
    pub(super) fn run<'a>(
        &'a self,
        tree: &mut Tree<'a>,
        active: &[Active<'_>],
        looks: &mut u32,
        candidates: &mut Vec<Candidate>,
    ) -> Result<(), &'static str> {
        let start = self.module.add_all(tree);
        let nodes = start..tree.len();
        let defaults = terraform(tree, &nodes);
        link(tree, nodes.clone(), &self.given(tree, &defaults));
        let mut faults = self.faults(tree, &nodes, active, looks);
        if !faults.is_empty() {
            // What is wrong without them is found in the module itself.
            tree.unlink(nodes.clone());
            link(tree, nodes.clone(), &defaults);
            let file = File::new(tree, nodes, b"", true).after(*looks);
            faults.retain(|fault| {
                let mut alone = file.matching(fault.active.rule).into_iter();
                !alone.any(|subject| {
                    subject.span == fault.subject.span && subject.base == fault.subject.base
                })
            });
            *looks = file.walker().looks();
        }
        for fault in &faults {
            candidates.extend(candidate(tree, fault));
        }
        tree.truncate(start);
        if *looks >= MAX_LOOKS { Err(EXHAUSTED) } else { Ok(()) }
    }

    /// `defaults` with the arguments in place of those that are given.
    fn given(&self, tree: &Tree<'_>, defaults: &Known) -> Known {
        let mut known = defaults.clone();
        for argument in tree.children(self.node) {
            if let Some(node) = tree.node(argument) {
                known.insert([b"var.", node.key].concat(), argument);
            }
        }
        known
    }

    fn faults<'r, 'a>(
        &self,
        tree: &Tree<'a>,
        nodes: &Range<Id>,
        active: &'r [Active<'r>],
        looks: &mut u32,
    ) -> Vec<Fault<'r, 'a>> {
        let block = tree.within(self.node);
        let file = File::new(tree, nodes.clone(), b"", true).after(*looks);
        let mut faults = Vec::new();
        for active in active {
            for subject in file.matching(active.rule) {
                let said = active.rule.when.iter().flat_map(|c| c.said(file.walker(), &subject));
                let mut arguments = said.flat_map(|id| tree.chain(id)).chain(subject.base);
                if let Some(argument) = arguments.find(|id| block.contains(id)) {
                    faults.push(Fault { active, subject, argument });
                }
            }
        }
        *looks = file.walker().looks();
        faults
    }
}

fn candidate(tree: &Tree<'_>, fault: &Fault<'_, '_>) -> Option<Candidate> {
    let span = tree.node(fault.argument)?.span.clone();
    let mut candidate = File::bare_candidate(fault.active.matcher, span);
    let label = crate::syntax::message::shown(fault.subject.label().as_bytes());
    let title = &fault.active.matcher.meta.title;
    candidate.message = Some(format!("{title}: {label} in the module, by this argument"));
    Some(candidate)
}
