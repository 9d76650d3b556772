//! Jupyter notebooks: which cell a place in the file belongs to. A notebook is
//! read as the JSON text that it is, so lines and columns are those of the file;
//! what people know is the number of the cell.
//!
//! From the notebook format's specification, version 4 (nbformat.readthedocs.io).

use std::fmt;

/// Nesting of a notebook's parts: the notebook, the list of cells, a cell.
const CELLS: u32 = 2;
const CELL: u32 = 3;

/// A part of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Source,
    Outputs,
    /// Metadata and attachments.
    Other,
}

/// A cell, counted from 1, and a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CellPlace {
    pub cell: u32,
    pub part: Part,
}

impl fmt::Display for CellPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.part {
            Part::Source => write!(f, "in cell {}", self.cell),
            Part::Outputs => write!(f, "in the output of cell {}", self.cell),
            Part::Other => write!(f, "in the metadata of cell {}", self.cell),
        }
    }
}

/// Where the parts of all cells of a notebook are.
#[derive(Debug, Default)]
pub struct Cells {
    /// Start of a part, ascending; `None` for what is between cells.
    parts: Vec<(usize, Option<CellPlace>)>,
}

impl Cells {
    /// Reads the notebook at `path`; `None` for other files. One pass, whatever
    /// the text is.
    pub fn of(path: &str, text: &[u8]) -> Option<Self> {
        if !path.ends_with(".ipynb") {
            return None;
        }
        let mut reader = Reader::default();
        let mut at = 0;
        while let Some(byte) = text.get(at) {
            match byte {
                b'"' => {
                    let end = string_end(text, at + 1);
                    reader.string = at + 1..end;
                    at = end;
                }
                b':' => reader.key(text, at),
                b'{' | b'[' => reader.open(at),
                b'}' | b']' => reader.close(at),
                b',' if reader.depth == CELL => reader.enter(at, Part::Other),
                _ => {}
            }
            at += 1;
        }
        Some(reader.cells)
    }

    /// The cell that the byte at `offset` belongs to.
    pub fn at(&self, offset: usize) -> Option<CellPlace> {
        let after = self.parts.partition_point(|(start, _)| *start <= offset);
        self.parts.get(after.checked_sub(1)?)?.1
    }
}

/// How far a notebook has been read.
#[derive(Default)]
struct Reader {
    cells: Cells,
    depth: u32,
    /// In the list of cells.
    within: bool,
    /// The last key of the notebook is `cells`.
    cells_next: bool,
    cell: u32,
    /// Inside of the last string.
    string: std::ops::Range<usize>,
}

impl Reader {
    fn key(&mut self, text: &[u8], at: usize) {
        let key = text.get(self.string.clone()).unwrap_or_default();
        match self.depth {
            1 => self.cells_next = key == b"cells",
            CELL if self.within => self.enter(
                at,
                match key {
                    b"source" => Part::Source,
                    b"outputs" => Part::Outputs,
                    _ => Part::Other,
                },
            ),
            _ => {}
        }
    }

    fn open(&mut self, at: usize) {
        self.depth = self.depth.saturating_add(1);
        if self.depth == CELLS {
            self.within = self.cells_next;
        } else if self.depth == CELL && self.within {
            self.cell += 1;
            self.enter(at, Part::Other);
        }
    }

    fn close(&mut self, at: usize) {
        if self.depth == CELL && self.within {
            self.cells.parts.push((at, None));
        } else if self.depth == CELLS {
            self.within = false;
        }
        self.depth = self.depth.saturating_sub(1);
    }

    fn enter(&mut self, at: usize, part: Part) {
        if self.within {
            self.cells.parts.push((at, Some(CellPlace { cell: self.cell, part })));
        }
    }
}

/// Where the string that starts at `at` is closed.
fn string_end(text: &[u8], mut at: usize) -> usize {
    while let Some(found) = memchr::memchr2(b'"', b'\\', &text[at.min(text.len())..]) {
        at += found;
        if text[at] == b'"' {
            return at;
        }
        at += 2;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_told_by_cell_and_part() {
        let text = r#"{"metadata": {"cells": [{"source": "m"}]}, "cells": [
            {"cell_type": "markdown", "source": ["a \"quoted\" one"]},
            {"outputs": [{"text": ["b"]}], "source": ["c"], "metadata": {"source": "d"}}
        ], "nbformat": 4, "x": "e"}"#;
        let cells = Cells::of("a/b.ipynb", text.as_bytes()).unwrap();
        let place = |needle: &str| cells.at(text.find(needle).unwrap()).map(|p| p.to_string());
        assert_eq!(place("one\""), Some("in cell 1".to_owned()));
        assert_eq!(place("b\""), Some("in the output of cell 2".to_owned()));
        assert_eq!(place("c\"]"), Some("in cell 2".to_owned()));
        assert_eq!(place("d\""), Some("in the metadata of cell 2".to_owned()));
        assert_eq!((place("m\""), place("e\"")), (None, None));
        assert!(Cells::of("a.json", b"{}").is_none());
    }

    #[test]
    fn any_text_is_read_to_its_end() {
        for text in ["", "\"", "\"\\", "]]]}}}", "{{{\"cells\":[[[", ":::", "{\"cells\":[{\"a"] {
            let cells = Cells::of("x.ipynb", text.as_bytes()).unwrap();
            assert!(cells.at(0).is_none_or(|place| place.cell <= 1), "{text}");
        }
    }
}
