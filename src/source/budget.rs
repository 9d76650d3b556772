//! Bounds what all threads together hold of large files, whatever the tree.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Bytes that large files may take up at one time. A thread holds at most one
/// permit, so waiting threads never wait for each other.
#[derive(Debug)]
pub(super) struct Budget {
    total: u64,
    free: Mutex<u64>,
    freed: Condvar,
}

/// The right to hold some bytes; given back on drop.
#[derive(Debug)]
pub(super) struct Permit<'b> {
    budget: &'b Budget,
    bytes: u64,
}

impl Budget {
    pub(super) fn new(total: u64) -> Self {
        Budget { total, free: Mutex::new(total), freed: Condvar::new() }
    }

    /// Waits until `bytes` are free. A request for more than there is in all
    /// waits until nobody else holds any, and then takes everything.
    pub(super) fn acquire(&self, bytes: u64) -> Permit<'_> {
        let bytes = bytes.min(self.total);
        let mut free = self.lock();
        while *free < bytes {
            free = self.freed.wait(free).unwrap_or_else(PoisonError::into_inner);
        }
        *free -= bytes;
        Permit { budget: self, bytes }
    }

    /// A number stays right when a thread dies, so poison does not matter.
    fn lock(&self) -> MutexGuard<'_, u64> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *self.budget.lock() += self.bytes;
        self.budget.freed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn holders_never_exceed_the_total() {
        let budget = Budget::new(100);
        let held = AtomicU64::new(0);
        std::thread::scope(|scope| {
            for thread in 0..8u64 {
                let (budget, held) = (&budget, &held);
                scope.spawn(move || {
                    for round in 0..200 {
                        let wanted = 1 + (thread * 37 + round * 11) % 250;
                        let permit = budget.acquire(wanted);
                        let now = held.fetch_add(permit.bytes, Ordering::SeqCst) + permit.bytes;
                        assert!(now <= 100, "{now} bytes are held");
                        held.fetch_sub(permit.bytes, Ordering::SeqCst);
                    }
                });
            }
        });
        assert_eq!(*budget.lock(), 100);
    }
}
