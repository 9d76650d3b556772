//! Memory for trees. A tree is millions of small blocks that are made in a row and
//! given back together: taking them from the front of one piece of memory, which
//! starts anew when nothing of it is in use, costs a fraction of what a general
//! allocator needs.
//!
//! Every thread has its own piece; what does not fit goes to the system. Apart
//! from the scanning kernels this is the only module with `unsafe`: the parser is
//! a C library, which asks for memory through functions of C.
//!
//! Each block has a header before it: its size, and the arena that it is from.
//! An arena is only ever touched by its thread. A block that another thread gives
//! back stays in use, so that its arena never starts anew: it fills up, and then
//! the system serves. The memory of an arena is given back with its thread, if
//! nothing of it is in use, and never otherwise.

#![allow(unsafe_code)]

use std::alloc::{self, Layout};
use std::cell::RefCell;
use std::ffi::c_void;
use std::ptr;
use std::sync::Once;

use tree_sitter::{Allocator, Parser};

/// Bytes of an arena: enough for the tree of a file of 200 kB. Untouched pages cost
/// nothing.
const SIZE: usize = 8 << 20;
/// What C guarantees for every block; a header takes as much.
const ALIGN: usize = 16;

/// A parser whose trees are made in arenas.
pub(super) fn parser() -> Parser {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let allocator = Allocator { malloc, calloc, realloc, free };
        // SAFETY: the four functions belong together, end the process rather than
        // return null, and align as `malloc` does. All parsers of this crate are
        // made here, so that nothing of tree-sitter's was made before.
        unsafe { tree_sitter::set_allocator(Some(allocator)) };
    });
    Parser::new()
}

/// What stands before each block.
#[derive(Clone, Copy)]
#[repr(C, align(16))]
struct Header {
    /// Bytes of the block, a multiple of [`ALIGN`].
    size: usize,
    /// The start of the arena's memory; null if the block is from the system.
    arena: *mut u8,
}

const HEADER: usize = size_of::<Header>();

/// Blocks from the front of a piece of memory.
struct Arena {
    /// `SIZE` bytes; null before the first block is asked for.
    start: *mut u8,
    /// Where what is free begins.
    top: usize,
    /// How many blocks are in use.
    live: usize,
}

thread_local! {
    static ARENA: RefCell<Arena> = const { RefCell::new(Arena { start: ptr::null_mut(), top: 0, live: 0 }) };
}

impl Arena {
    fn layout() -> Layout {
        // A power of two, and a multiple of it far below the limit.
        Layout::from_size_align(SIZE, ALIGN).unwrap_or(Layout::new::<Header>())
    }

    /// A block of `size` bytes, a multiple of [`ALIGN`]; `None` if it does not fit.
    fn take(&mut self, size: usize) -> Option<*mut u8> {
        let end = self.top.checked_add(HEADER)?.checked_add(size).filter(|end| *end <= SIZE)?;
        if self.start.is_null() {
            // SAFETY: the layout is not empty.
            self.start = unsafe { alloc::alloc(Self::layout()) };
            if self.start.is_null() {
                return None;
            }
        }
        // SAFETY: `end` is within the memory, so that header and block are, and what
        // begins at `top` is no part of any block in use.
        let block = unsafe { write(self.start.add(self.top), Header { size, arena: self.start }) };
        self.top = end;
        self.live += 1;
        Some(block)
    }

    /// Whether a block with this header is one of its own.
    fn owns(&self, header: &Header) -> bool {
        !header.arena.is_null() && header.arena == self.start
    }

    /// Where a block of its own begins.
    fn offset(&self, block: *mut u8) -> usize {
        block.addr() - self.start.addr()
    }

    /// Takes back a block of its own.
    fn give_back(&mut self, block: *mut u8, header: &Header) {
        self.live -= 1;
        let at = self.offset(block);
        if self.live == 0 {
            self.top = 0;
        } else if at + header.size == self.top {
            self.top = at - HEADER;
        }
    }

    /// Makes the last block `size` bytes long, if `block` is that and it fits.
    fn resize(&mut self, block: *mut u8, header: &Header, size: usize) -> bool {
        let at = self.offset(block);
        let fits =
            at + header.size == self.top && at.checked_add(size).is_some_and(|end| end <= SIZE);
        if fits {
            // SAFETY: the header stands before the block, which is in use.
            unsafe { write(block.sub(HEADER), Header { size, ..*header }) };
            self.top = at + size;
        }
        fits
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        if self.live == 0 && !self.start.is_null() {
            // SAFETY: it was allocated with this layout, and no block is in use.
            unsafe { alloc::dealloc(self.start, Self::layout()) };
        }
    }
}

/// Writes `header` at `place` and returns the block behind it.
///
/// # Safety
/// `place` is aligned, and the header's bytes behind it are writable.
unsafe fn write(place: *mut u8, header: Header) -> *mut u8 {
    // SAFETY: see above.
    unsafe {
        place.cast::<Header>().write(header);
        place.add(HEADER)
    }
}

/// The header of `block`.
///
/// # Safety
/// `block` is from this module and in use.
unsafe fn header(block: *mut u8) -> Header {
    // SAFETY: see above.
    unsafe { block.sub(HEADER).cast::<Header>().read() }
}

/// The layout of a system block with its header; ends the process if it is too large
/// for any memory.
fn system_layout(size: usize) -> Layout {
    let layout = size.checked_add(HEADER).map(|size| Layout::from_size_align(size, ALIGN));
    layout
        .and_then(Result::ok)
        .unwrap_or_else(|| alloc::handle_alloc_error(Layout::new::<Header>()))
}

/// A block of at least `size` bytes.
fn block(size: usize) -> *mut u8 {
    let size = size.max(1).checked_next_multiple_of(ALIGN).unwrap_or(usize::MAX);
    let own = ARENA.try_with(|arena| arena.borrow_mut().take(size)).ok().flatten();
    own.unwrap_or_else(|| {
        let layout = system_layout(size);
        // SAFETY: the layout holds a header at least.
        let place = unsafe { alloc::alloc(layout) };
        if place.is_null() {
            alloc::handle_alloc_error(layout);
        }
        // SAFETY: just allocated, with room for the header.
        unsafe { write(place, Header { size, arena: ptr::null_mut() }) }
    })
}

unsafe extern "C" fn malloc(size: usize) -> *mut c_void {
    block(size).cast()
}

unsafe extern "C" fn calloc(count: usize, size: usize) -> *mut c_void {
    let size = count.saturating_mul(size);
    let block = block(size);
    // SAFETY: the block has at least `size` bytes.
    unsafe { ptr::write_bytes(block, 0, size) };
    block.cast()
}

unsafe extern "C" fn realloc(old: *mut c_void, size: usize) -> *mut c_void {
    if old.is_null() {
        return block(size).cast();
    }
    let old: *mut u8 = old.cast();
    // SAFETY: what is given here came from here.
    let known = unsafe { header(old) };
    let rounded = size.max(1).checked_next_multiple_of(ALIGN).unwrap_or(usize::MAX);
    let grow = |arena: &RefCell<Arena>| {
        let mut arena = arena.borrow_mut();
        arena.owns(&known) && arena.resize(old, &known, rounded)
    };
    if ARENA.try_with(grow).unwrap_or(false) {
        return old.cast();
    }
    let new = block(size);
    // SAFETY: both blocks are in use, apart, and have that many bytes.
    unsafe {
        ptr::copy_nonoverlapping(old, new, known.size.min(size));
        free(old.cast());
    }
    new.cast()
}

unsafe extern "C" fn free(block: *mut c_void) {
    if block.is_null() {
        return;
    }
    let block: *mut u8 = block.cast();
    // SAFETY: what is given here came from here.
    let known = unsafe { header(block) };
    if known.arena.is_null() {
        // SAFETY: it was allocated with this layout.
        unsafe { alloc::dealloc(block.sub(HEADER), system_layout(known.size)) };
        return;
    }
    let _ = ARENA.try_with(|arena| {
        let mut arena = arena.borrow_mut();
        if arena.owns(&known) {
            arena.give_back(block, &known);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn filled(size: usize, with: u8) -> *mut u8 {
        let block = block(size);
        // SAFETY: the block has at least `size` bytes.
        unsafe { ptr::write_bytes(block, with, size) };
        block
    }

    fn holds(block: *mut u8, size: usize, with: u8) -> bool {
        // SAFETY: the block has at least `size` bytes, all written.
        unsafe { std::slice::from_raw_parts(block, size) }.iter().all(|byte| *byte == with)
    }

    fn live() -> usize {
        ARENA.with_borrow(|arena| arena.live)
    }

    proptest! {
        #[test]
        fn blocks_keep_what_is_written_until_they_are_given_back(
            steps in prop::collection::vec((0_usize..3, 0_usize..9, 0_usize..400_000), 1..80),
        ) {
            let before = live();
            let mut blocks: Vec<(*mut u8, usize, u8)> = Vec::new();
            for (number, (step, at, size)) in steps.into_iter().enumerate() {
                let with = number as u8;
                match (step, blocks.is_empty()) {
                    (1, false) => {
                        let (old, known, byte) = blocks.remove(at % blocks.len());
                        // SAFETY: `old` is a block in use.
                        let new = unsafe { realloc(old.cast(), size) }.cast();
                        prop_assert!(holds(new, known.min(size), byte));
                        // SAFETY: the block has at least `size` bytes.
                        unsafe { ptr::write_bytes(new, with, size) };
                        blocks.push((new, size, with));
                    }
                    (2, false) => {
                        let (old, known, byte) = blocks.remove(at % blocks.len());
                        prop_assert!(holds(old, known, byte));
                        // SAFETY: `old` is a block in use.
                        unsafe { free(old.cast()) };
                    }
                    _ => blocks.push((filled(size, with), size, with)),
                }
                prop_assert!(blocks.iter().all(|(block, ..)| block.addr() % ALIGN == 0));
            }
            for (block, size, byte) in blocks {
                prop_assert!(holds(block, size, byte));
                // SAFETY: `block` is in use.
                unsafe { free(block.cast()) };
            }
            prop_assert_eq!(live(), before);
        }
    }

    #[test]
    fn an_arena_starts_anew_when_nothing_of_it_is_in_use() {
        let blocks: Vec<_> = (0..100).map(|_| block(1_000)).collect();
        // SAFETY: the blocks are in use.
        blocks.iter().for_each(|block| unsafe { free(block.cast()) });
        assert_eq!((live(), block(8)), (0, blocks[0]));
    }

    #[test]
    fn a_block_that_another_thread_gives_back_is_not_used_again() {
        std::thread::spawn(|| {
            let first = block(64).addr();
            let other = std::thread::spawn(move || {
                // SAFETY: a block in use; the other thread no longer touches it.
                unsafe { free(ptr::with_exposed_provenance_mut(first)) };
            });
            assert!(other.join().is_ok());
            assert_eq!(live(), 1);
            assert_ne!(block(64).addr(), first);
        })
        .join()
        .expect("the thread ends well");
    }

    #[test]
    fn what_c_asks_for_is_given() {
        // SAFETY: as `calloc` and `free` are meant to be used.
        unsafe {
            let zeros = calloc(3, 100).cast::<u8>();
            assert!(holds(zeros, 300, 0));
            free(zeros.cast());
            free(ptr::null_mut());
            let large = malloc(2 * SIZE).cast::<u8>();
            ptr::write_bytes(large, 7, 2 * SIZE);
            assert!(holds(large, 2 * SIZE, 7) && header(large).arena.is_null());
            free(large.cast());
        }
    }
}
