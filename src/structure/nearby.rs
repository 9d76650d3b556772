//! Folders that scanned files ask about, each read once and kept for a while: its
//! files ask one after the other.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::chart::{Chart, Values, Written};
use super::file::Active;
use super::format::Format;
use super::module::Module;
use super::subjects::Resources;
use super::tree::{Id, Tree};
use crate::source::Source;
use crate::source::project::{Project, Spot};

/// Folders that are kept; as many as threads are likely to be in at one time.
const KEPT: usize = 24;

type Kept<T> = Mutex<HashMap<Spot, Arc<OnceLock<Arc<T>>>>>;

/// What files near the scanned ones say. Shared by all threads.
#[derive(Debug)]
pub struct Nearby {
    project: Arc<Project>,
    modules: Kept<Module>,
    charts: Kept<Option<Chart>>,
}

impl Nearby {
    /// What lies in `project`; nothing is read yet.
    pub fn new(project: Arc<Project>) -> Self {
        Nearby { project, modules: Mutex::default(), charts: Mutex::default() }
    }

    /// The module that `source` is a file of; none for what lies in an archive.
    pub(super) fn module_of(&self, source: &Source<'_>) -> Option<Arc<Module>> {
        Some(self.module(self.project.spot(source)?))
    }

    /// The module that `source` names with `path`, below its own folder or beside it.
    pub(super) fn called(&self, source: &Source<'_>, path: &str) -> Option<Arc<Module>> {
        let spot = self.project.spot(source)?;
        Some(self.module(spot.at(&spot.join(path)?)))
    }

    /// The chart that `source` is a template of.
    fn chart_of(&self, source: &Source<'_>) -> Option<Arc<Option<Chart>>> {
        let (folder, _) = source.path.rsplit_once("templates/")?;
        if !folder.is_empty() && !folder.ends_with('/') {
            return None;
        }
        let spot = self.project.spot(source)?.at(folder.trim_end_matches('/').as_ref());
        let read = || Chart::of(self.project.files(&spot, &Chart::is_file));
        Some(kept(&self.charts, &spot, read))
    }

    fn module(&self, spot: Spot) -> Arc<Module> {
        let read = || Module::of(self.project.files(&spot, &Module::is_file));
        kept(&self.modules, &spot, read)
    }
}

/// What `all` keeps of the folder at `spot`; made by the first that asks, while others wait.
fn kept<T>(all: &Kept<T>, spot: &Spot, make: impl FnOnce() -> T) -> Arc<T> {
    let cell = {
        let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= KEPT && !all.contains_key(spot) {
            all.clear();
        }
        Arc::clone(all.entry(spot.clone()).or_default())
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
