//! Names as numbers. A symbol is a dotted name as the library's documentation
//! would write it, with `()` after what was called or constructed:
//! `flask.request.args.get()`, `Statement().executeQuery()`.

use std::rc::Rc;

use foldhash::HashMap;

/// Number of a symbol; 0 is none.
pub(crate) type Sym = u32;

/// No symbol.
pub(crate) const NONE: Sym = 0;

/// Longer symbols say nothing.
const LONGEST: usize = 160;

/// The symbols of one file.
#[derive(Debug)]
pub(crate) struct Symbols {
    numbers: HashMap<Rc<str>, Sym>,
    names: Vec<Rc<str>>,
}

impl Default for Symbols {
    fn default() -> Self {
        let none: Rc<str> = Rc::from("");
        Symbols { numbers: [(Rc::clone(&none), NONE)].into_iter().collect(), names: vec![none] }
    }
}

impl Symbols {
    /// The number of `name`; [`NONE`] if it is too long to mean anything.
    pub(crate) fn of(&mut self, name: &str) -> Sym {
        if let Some(known) = self.numbers.get(name) {
            return *known;
        }
        if name.len() > LONGEST {
            return NONE;
        }
        let (name, number): (Rc<str>, Sym) = (Rc::from(name), self.names.len() as Sym);
        self.names.push(Rc::clone(&name));
        self.numbers.insert(name, number);
        number
    }

    /// As [`Self::of`], of bytes.
    pub(crate) fn of_bytes(&mut self, name: &[u8]) -> Sym {
        self.of(&String::from_utf8_lossy(&name[..name.len().min(LONGEST + 1)]))
    }

    /// The text of a symbol.
    pub(crate) fn name(&self, symbol: Sym) -> &str {
        self.names.get(symbol as usize).map_or("", |name| name)
    }

    /// `base.member`, or none if the base is not known.
    pub(crate) fn member(&mut self, base: Sym, member: Sym) -> Sym {
        self.joined(base, ".", member)
    }

    /// `base()`, or none if the base is not known.
    pub(crate) fn called(&mut self, base: Sym) -> Sym {
        self.joined(base, "()", NONE)
    }

    fn joined(&mut self, base: Sym, middle: &str, end: Sym) -> Sym {
        if base == NONE || self.name(base).len() + self.name(end).len() > LONGEST {
            return NONE;
        }
        let joined = format!("{}{middle}{}", self.name(base), self.name(end));
        self.of(&joined)
    }
}
