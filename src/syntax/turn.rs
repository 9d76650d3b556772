//! Large files are parsed and matched one at a time: what is kept of one takes fifty
//! times its size, and memory must not grow with the number of threads by so much.

use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// Files of which less is parsed need no turn.
const LARGE: usize = 128 << 10;

/// Whether somebody has a turn, and how its end is told.
type State = (Mutex<bool>, Condvar);

/// Gives turns to threads.
#[derive(Default)]
pub(super) struct Turns(Arc<State>);

/// A turn, which ends when this is dropped.
pub(super) struct Turn(Arc<State>);

impl Turns {
    /// Waits for a turn if `bytes` are to be parsed that are many. Who has a turn must
    /// not ask for another one.
    pub(super) fn wait(&self, bytes: usize) -> Option<Turn> {
        if bytes < LARGE {
            return None;
        }
        let (taken, ended) = &*self.0;
        let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
        while *taken {
            taken = ended.wait(taken).unwrap_or_else(PoisonError::into_inner);
        }
        *taken = true;
        Some(Turn(Arc::clone(&self.0)))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let (taken, ended) = &*self.0;
        *taken.lock().unwrap_or_else(PoisonError::into_inner) = false;
        ended.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn large_files_take_turns_and_small_ones_do_not_wait() {
        let (turns, inside, most) = (Turns::default(), AtomicUsize::new(0), AtomicUsize::new(0));
        let visit = || {
            for _ in 0..200 {
                let turn = turns.wait(LARGE);
                assert!(turn.is_some() && turns.wait(LARGE - 1).is_none());
                most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::yield_now();
                inside.fetch_sub(1, Ordering::SeqCst);
            }
        };
        std::thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(visit))));
        assert_eq!(most.load(Ordering::SeqCst), 1);
    }
}
