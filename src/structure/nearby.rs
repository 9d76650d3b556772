//! Folders that scanned files ask about, each read once and kept for a while: its
//! files ask one after the other.

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::chart::{Chart, Values, Written};
use super::file::Active;
use super::format::Format;
use super::module::Module;
use super::subjects::Resources;
use super::tree::{Id, Tree};
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
    charts: Kept<Option<Chart>>,
}

impl Nearby {
    /// What may be read as `neighbours`, and nothing read yet.
    pub fn new(neighbours: Neighbours) -> Self {
        Nearby { neighbours, modules: Mutex::default(), charts: Mutex::default() }
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

    /// The chart that `source` is a template of.
    fn chart_of(&self, source: &Source<'_>) -> Option<Arc<Option<Chart>>> {
        let (folder, _) = source.path.rsplit_once("templates/")?;
        let is_folder = folder.is_empty() || folder.ends_with('/');
        let place = self.neighbours.place(Path::new(folder)).filter(|_| is_folder)?;
        let read = || Chart::of(self.neighbours.files(&place, &Chart::is_file));
        source.origin.is_none().then(|| kept(&self.charts, &place, read))
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

/// What a file's rules may ask beyond the file.
#[derive(Default)]
pub(super) struct Around {
    /// The module that the file belongs to, and the types of other resources that
    /// its rules ask for.
    module: Option<(Arc<Module>, Vec<Vec<u8>>)>,
    /// The chart that the file is a template of.
    chart: Option<Arc<Option<Chart>>>,
}

impl Around {
    /// What lies around `source`, read into `tree`, if one of the rules in `active`
    /// is about something in it that the file leaves open.
    pub(super) fn of(
        source: &Source<'_>,
        format: Format,
        nearby: Option<&Nearby>,
        tree: &Tree<'_>,
        active: &[Active<'_>],
    ) -> Self {
        let Some(nearby) = nearby else { return Around::default() };
        match format {
            Format::Hcl if source.own_path().ends_with(".tf") => {
                Around { module: module_around(source, nearby, tree, active), chart: None }
            }
            Format::Yaml if memchr::memmem::find(source.text, b".Values.").is_some() => {
                let is_asked = !asking(tree, active).is_empty();
                let chart = is_asked.then(|| nearby.chart_of(source)).flatten();
                Around { module: None, chart }
            }
            _ => Around::default(),
        }
    }

    /// The chart that the file is a template of.
    pub(super) fn chart(&self) -> Option<&Chart> {
        self.chart.as_deref().and_then(Option::as_ref)
    }

    /// Adds to `tree` what the nodes `own` of `source` ask for; where the values of a
    /// chart are.
    pub(super) fn complete<'a>(
        &'a self,
        tree: &mut Tree<'a>,
        source: &Source<'_>,
        own: &Range<Id>,
    ) -> Values {
        if let Some((module, kinds)) = &self.module {
            let path = source.own_path();
            module.complete(tree, path.rsplit('/').next().unwrap_or(path), kinds);
        }
        self.chart().map(|chart| chart.complete(tree, own)).unwrap_or_default()
    }

    /// Gives the templates among the nodes `own` what `values` say; see [`Chart::link`].
    pub(super) fn written(
        &self,
        tree: &mut Tree<'_>,
        own: &Range<Id>,
        values: &Values,
    ) -> Vec<Written> {
        self.chart().map(|chart| chart.link(tree, own, values)).unwrap_or_default()
    }
}

/// The module that `source` is a file of, and the types of other resources that
/// the rules in `active` ask for; none where no rule asks beyond the file.
fn module_around(
    source: &Source<'_>,
    nearby: &Nearby,
    tree: &Tree<'_>,
    active: &[Active<'_>],
) -> Option<(Arc<Module>, Vec<Vec<u8>>)> {
    let asking = asking(tree, active);
    let mut kinds: Vec<Vec<u8>> = Vec::new();
    for condition in asking.iter().flat_map(|active| &active.rule.when) {
        kinds.extend(condition.kinds());
    }
    kinds.sort_unstable();
    kinds.dedup();
    let is_asked = !kinds.is_empty() || !asking.is_empty() && Module::is_asked(tree);
    let module = is_asked.then(|| nearby.module_of(source)).flatten()?;
    Some((module, kinds))
}

/// Those of `active` that are about something in `tree`, as far as their types say.
fn asking<'r>(tree: &Tree<'_>, active: &'r [Active<'r>]) -> Vec<&'r Active<'r>> {
    let resources = Resources::of(tree, &(0..tree.len()));
    let has_subject = |active: &&Active<'_>| {
        let kinds = &active.rule.resources;
        kinds.is_empty() || kinds.iter().any(|kind| !resources.of_type(kind).is_empty())
    };
    active.iter().filter(has_subject).collect()
}
