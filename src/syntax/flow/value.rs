//! What is known of a value: its text if it is a constant, how it was made,
//! where it comes from, what it is an instance of, what its fields hold.

use std::rc::Rc;
use std::sync::Arc;

use super::constants::Written;
use super::sets::sanitizer;
use super::symbols::{NONE, Sym};

/// Longest constant that is put together.
const LONGEST: usize = 2_000;
/// Values that a constant may have, one per branch.
const MOST_TEXTS: usize = 3;
/// Places that a value may come from.
const MOST_TAINTS: usize = 6;
/// Fields of one object that are told apart.
const MOST_FIELDS: usize = 32;

/// What stands where a part of a text is not known.
pub(crate) const HOLE: &str = "{}";

/// A value; shared, as most are passed on as they are.
pub(crate) type Val = Rc<Value>;

/// How a value was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, PartialOrd, Ord)]
pub(crate) enum Made {
    /// Written in the code.
    Constant,
    /// A number, a truth value, or of constants and those.
    Plain,
    /// Nobody can tell.
    #[default]
    Unknown,
    /// Put together from parts of which one at least is not known.
    Built,
}

/// Number of a step in [`super::trace::Steps`].
pub(crate) type StepId = u32;

/// That a value can come from a source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Taint {
    /// A set of sources, or a parameter.
    pub(crate) label: Label,
    /// Sanitizers that it has passed, one bit each.
    pub(crate) clean: u64,
    /// Calls it went through that nobody knows.
    pub(crate) doubts: u8,
    pub(crate) step: StepId,
}

/// Where a taint begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Label {
    /// A set of sources, by number.
    Set(u16),
    /// A pattern of the matcher with this number.
    Own(u16),
    /// A parameter of a function.
    Param(u32, u16),
}

/// That a name is clean if the value that holds this is true (or false).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Proof {
    pub(crate) name: Sym,
    pub(crate) clean: u64,
    /// The outcome that proves it.
    pub(crate) when: bool,
}

/// What a value is of something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PartKind {
    /// The same in another form: a parsed URL, a resolved path.
    Form,
    /// The part of a URL that says where it leads.
    Host,
    /// Where a text stands in it.
    Position,
    /// Where `..` stands in it.
    Dots,
    /// Where it stands in a list.
    Place,
}

/// That a value tells something of what has this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) name: Sym,
    pub(crate) kind: PartKind,
}

/// See the module.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Value {
    /// What it may be as text; with [`HOLE`]s where that is not known.
    pub(crate) texts: Vec<Rc<str>>,
    pub(crate) made: Made,
    pub(crate) taints: Vec<Taint>,
    /// What it is: `flask.request`, `Statement()`.
    pub(crate) symbol: Sym,
    pub(crate) fields: Rc<[(Sym, Val)]>,
    pub(crate) proofs: Vec<Proof>,
    /// What it tells something of.
    pub(crate) parts: Vec<Part>,
    /// Where it, or a part of its text, is written, if that is another file.
    pub(crate) written: Option<Arc<Written>>,
    /// Names that it, or a part of its text, is, which other files may know.
    pub(crate) asks: Asks,
}

/// Names with dots between them that nothing in the file gives a value; the first
/// ones of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Asks([Sym; 2]);

impl Asks {
    /// For one name.
    pub(crate) fn of(path: Sym) -> Self {
        Asks([path, NONE])
    }

    /// For these and those.
    fn or(self, other: Asks) -> Asks {
        let mut all = self.names().chain(other.names());
        Asks([all.next().unwrap_or(NONE), all.next().unwrap_or(NONE)])
    }

    /// The names.
    pub(crate) fn names(self) -> impl Iterator<Item = Sym> {
        self.0.into_iter().filter(|name| *name != NONE)
    }
}

impl Value {
    /// The constant `text`.
    pub(crate) fn text(text: &str) -> Self {
        Value {
            texts: if text.len() <= LONGEST { vec![Rc::from(text)] } else { Vec::new() },
            made: Made::Constant,
            ..Value::default()
        }
    }

    /// A number or truth value.
    pub(crate) fn plain() -> Self {
        Value { made: Made::Plain, ..Value::default() }
    }

    /// What `symbol` names.
    pub(crate) fn of_symbol(symbol: Sym) -> Self {
        Value { symbol, ..Value::default() }
    }

    /// The field `name`, if it is told apart.
    pub(crate) fn field(&self, name: Sym) -> Option<&Val> {
        self.fields.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// With `value` in the field `name`; taints belong to the whole as well.
    pub(crate) fn with_field(&self, name: Sym, value: Val) -> Self {
        let mut whole = self.clone();
        add_taints(&mut whole.taints, &value.taints);
        let mut fields: Vec<(Sym, Val)> =
            self.fields.iter().filter(|(known, _)| *known != name).cloned().collect();
        if fields.len() < MOST_FIELDS {
            fields.push((name, value));
        }
        whole.fields = fields.into();
        whole.texts.clear();
        whole
    }

    /// Either of the two.
    pub(crate) fn or(&self, other: &Value) -> Self {
        if self == other {
            return self.clone();
        }
        let mut texts = self.texts.clone();
        texts.extend(other.texts.iter().filter(|text| !self.texts.contains(text)).cloned());
        let known = !self.texts.is_empty() && !other.texts.is_empty();
        if !known || texts.len() > MOST_TEXTS {
            texts.clear();
        }
        let mut taints = self.taints.clone();
        add_taints(&mut taints, &other.taints);
        Value {
            texts,
            made: self.made.max(other.made),
            taints,
            symbol: if self.symbol == other.symbol { self.symbol } else { NONE },
            fields: same_fields(&self.fields, &other.fields),
            proofs: Vec::new(),
            parts: self.parts.iter().copied().filter(|part| other.parts.contains(part)).collect(),
            written: self.written.as_ref().or(other.written.as_ref()).cloned(),
            asks: self.asks.or(other.asks),
        }
    }

    /// The pieces as one string.
    pub(crate) fn joined(pieces: &[Val]) -> Self {
        let mut whole = Value { made: Made::Constant, ..Value::default() };
        let mut text = String::new();
        for piece in pieces {
            match &piece.texts[..] {
                [only] => text.push_str(only),
                _ => text.push_str(HOLE),
            }
            whole.made = whole.made.max(match piece.made {
                Made::Unknown if piece.is_listed() => Made::Plain,
                Made::Unknown => Made::Built,
                made => made,
            });
            add_taints(&mut whole.taints, &piece.taints);
            whole.written = whole.written.or_else(|| piece.written.clone());
            whole.asks = whole.asks.or(piece.asks);
            if text.len() > LONGEST {
                text.truncate(0);
                text.push_str(HOLE);
            }
        }
        let known = pieces.iter().any(|piece| piece.texts.len() == 1) || pieces.is_empty();
        if known {
            whole.texts.push(Rc::from(text));
        }
        whole
    }

    /// Whether all that it may come from was compared with a list.
    fn is_listed(&self) -> bool {
        let bit = sanitizer("allow-list").unwrap_or_default();
        !self.taints.is_empty() && self.taints.iter().all(|taint| taint.clean & bit != 0)
    }

    /// Whether nothing shows that it is harmless: it is no constant and no number,
    /// and not all that it comes from was escaped or tested.
    pub(crate) fn is_unchecked(&self) -> bool {
        self.made > Made::Plain
            && (self.taints.is_empty() || self.taints.iter().any(|taint| taint.clean == 0))
    }

    /// What is left of it after a call that nobody knows.
    pub(crate) fn doubted(&self) -> Self {
        let taints = self.taints.iter();
        let taints = taints.map(|t| Taint { doubts: t.doubts.saturating_add(1), ..*t }).collect();
        Value { taints, ..Value::default() }
    }

    /// The same after sanitizers `clean`.
    pub(crate) fn cleaned(&self, clean: u64) -> Self {
        let mut value = self.clone();
        value.taints.iter_mut().for_each(|taint| taint.clean |= clean);
        value
    }
}

/// Either of two values, of which the first may be missing.
pub(super) fn either(one: Option<Val>, two: Val) -> Val {
    match one {
        None => two,
        Some(one) if Rc::ptr_eq(&one, &two) || one == two => two,
        Some(one) => Rc::new(one.or(&two)),
    }
}

/// The same, no constant any more.
pub(super) fn varying(value: &Value) -> Value {
    let made = if value.made == Made::Constant { Made::Unknown } else { value.made };
    Value { texts: Vec::new(), made, ..value.clone() }
}

/// Adds `more` to `taints`: of two with one label, of which one is at least as
/// clean as the other, only the worse one stays.
pub(crate) fn add_taints(taints: &mut Vec<Taint>, more: &[Taint]) {
    for taint in more {
        let comparable = |known: &&mut Taint| {
            let both = known.clean & taint.clean;
            known.label == taint.label && (both == known.clean || both == taint.clean)
        };
        let full = taints.len() >= MOST_TAINTS;
        match taints.iter_mut().find(comparable) {
            None if full => {}
            None => taints.push(*taint),
            Some(known) => {
                let rank = |t: &Taint| (t.clean.count_ones(), t.doubts);
                if rank(taint) < rank(known) {
                    *known = *taint;
                }
            }
        }
    }
}

fn same_fields(one: &Rc<[(Sym, Val)]>, two: &Rc<[(Sym, Val)]>) -> Rc<[(Sym, Val)]> {
    if Rc::ptr_eq(one, two) || one == two {
        return Rc::clone(one);
    }
    let both = one.iter().filter_map(|(name, value)| {
        let (_, other) = two.iter().find(|(known, _)| known == name)?;
        Some((*name, Rc::new(Value { taints: value.or_taints(other), ..Value::default() })))
    });
    both.collect()
}

impl Value {
    fn or_taints(&self, other: &Value) -> Vec<Taint> {
        let mut taints = self.taints.clone();
        add_taints(&mut taints, &other.taints);
        taints
    }
}
