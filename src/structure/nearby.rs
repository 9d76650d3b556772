//! Folders that scanned files ask about, each read once and kept for a while: its
//! files ask one after the other.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::file::Active;
use super::module::Module;
use super::subjects::Resources;
use super::tree::Tree;
use crate::source::Source;
use crate::source::neighbours::Neighbours;

/// Folders that are kept; as many as threads are likely to be in at one time.
const KEPT: usize = 24;

type Kept<T> = Mutex<HashMap<PathBuf, Arc<OnceLock<Arc<T>>>>>;

/// What files near the scanned ones say. Shared by all threads.
#[derive(Debug)]
pub struct Nearby {
    neighbours: Neighbours,
    modules: Kept<Module>,
}

impl Nearby {
    /// What may be read as `neighbours`, and nothing read yet.
    pub fn new(neighbours: Neighbours) -> Self {
        Nearby { neighbours, modules: Mutex::default() }
    }

    /// The module that `source` is a file of; none for what lies in an archive.
    pub(super) fn module_of(&self, source: &Source<'_>) -> Option<Arc<Module>> {
        let folder = Path::new(&*source.path).parent()?;
        source.origin.is_none().then(|| self.module(folder)).flatten()
    }

    /// The module that `source` names with `path`, below its own folder or beside it.
    pub(super) fn called(&self, source: &Source<'_>, path: &str) -> Option<Arc<Module>> {
        let folder = Path::new(&*source.path).parent()?;
        source.origin.is_none().then(|| self.module(&folder.join(path))).flatten()
    }

    fn module(&self, folder: &Path) -> Option<Arc<Module>> {
        let place = self.neighbours.place(folder)?;
        let read = || Module::of(self.neighbours.files(&place, &Module::is_file));
        Some(kept(&self.modules, &place, read))
    }
}

/// What `all` keeps of `place`; made by the first that asks, while others wait.
fn kept<T>(all: &Kept<T>, place: &Path, make: impl FnOnce() -> T) -> Arc<T> {
    let cell = {
        let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= KEPT && !all.contains_key(place) {
            all.clear();
        }
        Arc::clone(all.entry(place.to_path_buf()).or_default())
    };
    Arc::clone(cell.get_or_init(|| Arc::new(make())))
}

/// The module that `source` is a file of, and the types of other resources that
/// the rules in `active` ask for; none where no rule asks beyond the file.
pub(super) fn around(
    source: &Source<'_>,
    nearby: &Nearby,
    tree: &Tree<'_>,
    active: &[Active<'_>],
) -> Option<(Arc<Module>, Vec<Vec<u8>>)> {
    if !source.own_path().ends_with(".tf") {
        return None;
    }
    let resources = Resources::of(tree, &(0..tree.len()));
    let has_subject = |active: &&Active<'_>| {
        let kinds = &active.rule.resources;
        kinds.is_empty() || kinds.iter().any(|kind| !resources.of_type(kind).is_empty())
    };
    let mut kinds: Vec<Vec<u8>> = Vec::new();
    let asking: Vec<&Active<'_>> = active.iter().filter(has_subject).collect();
    for condition in asking.iter().flat_map(|active| &active.rule.when) {
        kinds.extend(condition.kinds());
    }
    kinds.sort_unstable();
    kinds.dedup();
    let is_asked = !kinds.is_empty() || !asking.is_empty() && Module::is_asked(tree);
    let module = is_asked.then(|| nearby.module_of(source)).flatten()?;
    Some((module, kinds))
}
