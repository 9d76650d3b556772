//! Places of a file that rules' own patterns say something of.

use std::rc::Rc;

use super::ir::Id;
use super::numbers::NumberMap;
use super::run::Run;
use super::trace::StepKind;
use super::value::{Label, Taint, Val, Value, add_taints};

/// What the patterns of rules say of single places of the file.
#[derive(Debug, Default)]
pub(crate) struct Marks(NumberMap<(u32, u32), Mark>);

/// A place that a rule's own pattern of a source or sanitizer matches.
#[derive(Debug, Clone, Default)]
pub(crate) struct Mark {
    pub(super) sources: Vec<u16>,
    pub(super) clean: u64,
}

impl Marks {
    /// The bytes `span` are a source of matcher `unit`.
    pub(crate) fn source(&mut self, span: (u32, u32), unit: u16) {
        self.0.entry(span).or_default().sources.push(unit);
    }

    /// What is said of the bytes `span`.
    pub(super) fn at(&self, span: (u32, u32)) -> Option<&Mark> {
        self.0.get(&span)
    }

    /// The bytes `span` are a sanitizer with the bits `clean`.
    pub(crate) fn clean(&mut self, span: (u32, u32), clean: u64) {
        self.0.entry(span).or_default().clean |= clean;
    }
}

impl Run<'_> {
    /// The value of operation `id`, with what `mark` says of its place.
    pub(super) fn marked(&mut self, id: Id, mark: &Mark, value: &Value) -> Val {
        let mut value = value.cleaned(mark.clean);
        for unit in &mark.sources {
            let step = self.outcome.steps.push(None, self.ir.span(id), StepKind::Source);
            let taint = Taint { label: Label::Own(*unit), clean: 0, doubts: 0, step };
            add_taints(&mut value.taints, &[taint]);
        }
        Rc::new(value)
    }
}
