//! The order in which the functions of a file are looked at.

use super::calls::CONSTRUCTORS;
use super::ir::FunctionId;
use super::run::Run;

impl Run<'_> {
    /// Constructors, then the other functions that stand by themselves, each
    /// after what it calls.
    pub(super) fn order(&mut self) -> Vec<FunctionId> {
        let constructors = CONSTRUCTORS.map(|name| self.symbols.of(name));
        let is_first = |id: &FunctionId| {
            self.ir.functions.get(*id as usize).is_some_and(|f| constructors.contains(&f.name))
        };
        let count = self.ir.functions.len() as FunctionId;
        let mut starts: Vec<FunctionId> = (0..count).collect();
        starts.sort_by_key(|id| !is_first(id));
        let mut seen = vec![false; count as usize];
        let mut order = Vec::new();
        // Depth first: each function with how many of its calls were followed.
        let mut open: Vec<(FunctionId, usize)> = Vec::new();
        for start in starts {
            open.push((start, 0));
            while let Some((id, next)) = open.pop() {
                let Some(function) = self.ir.functions.get(id as usize) else { continue };
                if next == 0 && std::mem::replace(&mut seen[id as usize], true) {
                    continue;
                }
                match function.calls.get(next) {
                    None => order.push(id),
                    Some(called) => {
                        open.push((id, next + 1));
                        let known = self.by_name.get(called).map_or(&[][..], |ids| ids);
                        let fresh = known.iter().filter(|id| !seen[**id as usize]).take(8);
                        open.extend(fresh.map(|id| (*id, 0)));
                    }
                }
            }
        }
        order.retain(|id| !self.ir.functions[*id as usize].nested);
        order
    }
}
