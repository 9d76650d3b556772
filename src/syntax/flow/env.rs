//! The variables at one point of a program. Branches are run one after the
//! other on the same map: what one changed is taken back before the next, and
//! joined in the end, so that a branch costs what it changes.

use std::rc::Rc;

use super::numbers::NumberMap;
use super::symbols::Sym;
use super::value::{Proof, Val, Value};

/// What is kept of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Kind {
    Value,
    /// Sanitizers that a guard has proved for it, as a value's proof.
    Clean,
}

type Key = (Sym, Kind);

/// Changes that are looked through for one variable.
const MOST_RECENT: usize = 1_000;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Env {
    map: NumberMap<Key, Val>,
    /// Old values, to take changes back.
    log: Vec<(Key, Option<Val>)>,
    /// How many branches are open.
    open: u32,
}

/// What a branch changed.
#[derive(Debug, Default)]
pub(crate) struct Changes {
    map: NumberMap<Key, Val>,
    /// It does not reach its end.
    pub(crate) diverged: bool,
}

impl Changes {
    /// Either these or those.
    pub(crate) fn or(&mut self, other: Changes) {
        for (key, value) in other.map {
            match self.map.get_mut(&key) {
                Some(known) => *known = Rc::new(known.or(&value)),
                None => drop(self.map.insert(key, value)),
            }
        }
    }

    /// How many there are.
    pub(crate) fn len(&self) -> u32 {
        u32::try_from(self.map.len()).unwrap_or(u32::MAX)
    }
}

impl Env {
    /// The value of a variable.
    pub(crate) fn get(&self, name: Sym) -> Option<&Val> {
        self.map.get(&(name, Kind::Value))
    }

    /// Gives a variable a value, of which no guard has proved anything yet.
    pub(crate) fn set(&mut self, name: Sym, value: Val) {
        self.put((name, Kind::Value), value);
        if self.map.contains_key(&(name, Kind::Clean)) {
            self.put((name, Kind::Clean), Rc::default());
        }
    }

    /// Sanitizers that guards have proved for the name or dotted name.
    pub(crate) fn proved(&self, name: Sym) -> u64 {
        let known = self.map.get(&(name, Kind::Clean));
        known.map_or(0, |value| value.proofs.iter().map(|proof| proof.clean).sum())
    }

    /// A guard has proved `clean` for the name.
    pub(crate) fn prove(&mut self, name: Sym, clean: u64) {
        let clean = self.proved(name) | clean;
        let proof = Proof { name, clean, when: true };
        self.put((name, Kind::Clean), Rc::new(Value { proofs: vec![proof], ..Value::default() }));
    }

    /// Where the changes begin that are made from now on.
    pub(crate) fn now(&self) -> usize {
        self.log.len()
    }

    /// What was changed since [`Self::now`] was `start`, which stays as it is; none if that
    /// is too much to be copied.
    pub(crate) fn changes_since(&self, start: usize) -> Option<Changes> {
        let recent = self.log.get(start..).filter(|recent| recent.len() <= MOST_RECENT)?;
        let now = recent.iter().filter_map(|(key, _)| Some((*key, self.map.get(key)?.clone())));
        Some(Changes { map: now.collect(), diverged: false })
    }

    /// Whether a variable was given a value after [`Self::now`] was `start`.
    pub(crate) fn is_set_since(&self, start: usize, name: Sym) -> bool {
        let recent = self.log.get(start..).unwrap_or_default();
        // A bound, as a function with many such conditions would look at all of it each time.
        recent.len() <= MOST_RECENT && recent.iter().any(|(key, _)| *key == (name, Kind::Value))
    }

    fn put(&mut self, key: Key, value: Val) {
        let old = self.map.insert(key, value);
        if self.open > 0 {
            self.log.push((key, old));
        }
    }

    /// Opens a branch; what is given back goes to [`Self::close`].
    pub(crate) fn open(&mut self) -> usize {
        self.open += 1;
        self.log.len()
    }

    /// Takes back what was changed since `mark`.
    pub(crate) fn close(&mut self, mark: usize, diverged: bool) -> Changes {
        let mut changes = Changes { map: NumberMap::default(), diverged };
        for (key, old) in self.log.drain(mark..).rev() {
            let now = match old {
                Some(old) => self.map.insert(key, old),
                None => self.map.remove(&key),
            };
            if let Some(now) = now {
                changes.map.entry(key).or_insert(now);
            }
        }
        self.open -= 1;
        changes
    }

    /// Goes on with either of two branches; false if neither reaches its end.
    pub(crate) fn join(&mut self, mut one: Changes, mut two: Changes) -> bool {
        match (one.diverged, two.diverged) {
            (true, true) => return false,
            (true, false) => two.map.into_iter().for_each(|(key, value)| self.put(key, value)),
            (false, true) => one.map.into_iter().for_each(|(key, value)| self.put(key, value)),
            (false, false) => {
                self.settle(&mut one, &mut two);
                for (key, value) in std::mem::take(&mut one.map) {
                    let other = two.map.remove(&key);
                    self.merge(key, value, other);
                }
                for (key, value) in two.map {
                    self.merge(key, value, None);
                }
            }
        }
        true
    }

    /// Where one branch gives a variable another value, and the other proves
    /// something of the old one (`if size > 100 { size = 100 }`), each value takes
    /// over what is proved of it, as the proofs will not be joined.
    fn settle(&self, one: &mut Changes, two: &mut Changes) {
        let names = |changes: &Changes| -> Vec<Sym> {
            let values = changes.map.keys().filter(|(_, kind)| *kind == Kind::Value);
            values.map(|(name, _)| *name).collect()
        };
        let (of_one, of_two) = (names(one), names(two));
        for (from, to) in [(of_one, two), (of_two, one)] {
            for name in from {
                let key = (name, Kind::Value);
                let proofs = to.map.get(&(name, Kind::Clean)).map(|value| value.proofs.clone());
                let clean = proofs.into_iter().flatten().fold(0, |all, proof| all | proof.clean);
                let known = to.map.get(&key).or_else(|| self.map.get(&key)).cloned();
                if let (Some(known), true) = (known, clean != 0) {
                    to.map.insert(key, Rc::new(known.cleaned(clean)));
                }
            }
        }
    }

    /// Joins what may have been changed into what is known.
    pub(crate) fn maybe(&mut self, changes: Changes) {
        for (key, value) in changes.map {
            self.merge(key, value, None);
        }
    }

    /// The same, of changes that are still needed.
    pub(crate) fn maybe_too(&mut self, changes: &Changes) {
        for (key, value) in &changes.map {
            self.merge(*key, Rc::clone(value), None);
        }
    }

    /// Takes over what has been changed.
    pub(crate) fn take(&mut self, changes: Changes) {
        changes.map.into_iter().for_each(|(key, value)| self.put(key, value));
    }

    fn merge(&mut self, key: Key, value: Val, other: Option<Val>) {
        let other = other.or_else(|| self.map.get(&key).cloned());
        let joined = match other {
            Some(other) if Rc::ptr_eq(&other, &value) => value,
            Some(other) => Rc::new(other.or(&value)),
            None if key.1 == Kind::Clean => Rc::default(),
            None => value,
        };
        self.put(key, joined);
    }

    /// Every variable with its value.
    pub(crate) fn values(&self) -> Vec<(Sym, Val)> {
        let values = self.map.iter().filter(|((_, kind), _)| *kind == Kind::Value);
        values.map(|((name, _), value)| (*name, Rc::clone(value))).collect()
    }

    /// Every variable, to be changed in place; only where no branch is open.
    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = (Sym, &mut Val)> {
        self.map.iter_mut().map(|((name, _), value)| (*name, value))
    }
}
