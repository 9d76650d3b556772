//! JSON writing shared by the machine formats: line breaks down to a depth,
//! sequences made while they are written, nothing that steers a terminal.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::Formatter;

use super::escape::is_unprintable;

/// Writes `value` with line breaks down to `depth` levels of nesting and
/// compactly below, so that one finding is one line.
pub(super) fn to_writer<T: Serialize>(
    out: &mut dyn Write,
    value: &T,
    depth: usize,
) -> io::Result<()> {
    let mut serializer =
        serde_json::Serializer::with_formatter(out, Lines { depth, level: 0, filled: false });
    value.serialize(&mut serializer).map_err(io::Error::from)
}

/// A sequence whose items are made one at a time while they are written.
pub(super) struct Each<F>(pub(super) F);

impl<F, I> Serialize for Each<F>
where
    F: Fn() -> I,
    I: Iterator<Item: Serialize>,
{
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

/// The formatter behind [`to_writer`].
struct Lines {
    depth: usize,
    level: usize,
    /// The innermost container has a value.
    filled: bool,
}

impl Lines {
    fn open<W: ?Sized + Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.level += 1;
        self.filled = false;
        out.write_all(bracket)
    }

    fn close<W: ?Sized + Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        let broken = self.filled && self.level <= self.depth;
        self.level -= 1;
        if broken {
            self.new_line(out)?;
        }
        self.filled = true;
        out.write_all(bracket)
    }

    fn next<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        if !first {
            out.write_all(b",")?;
        }
        if self.level <= self.depth {
            self.new_line(out)?;
        }
        Ok(())
    }

    fn new_line<W: ?Sized + Write>(&self, out: &mut W) -> io::Result<()> {
        out.write_all(b"\n")?;
        (0..self.level).try_for_each(|_| out.write_all(b"  "))
    }
}

impl Formatter for Lines {
    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.next(out, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _out: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.next(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(if self.level <= self.depth { b": " } else { b":" })
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _out: &mut W) -> io::Result<()> {
        self.filled = true;
        Ok(())
    }

    /// serde escapes C0; the rest of what a terminal obeys is escaped here,
    /// which a JSON reader undoes.
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| is_unprintable(*c)) {
            out.write_all(&rest.as_bytes()[..at])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = &rest[at + c.len_utf8()..];
        }
        out.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &impl Serialize, depth: usize) -> String {
        let mut out = Vec::new();
        to_writer(&mut out, value, depth).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn lines_break_down_to_the_depth() {
        let value = serde_json::json!({"a": [[1, {"b": 2}], []], "c": {}});
        assert_eq!(
            written(&value, 2),
            "{\n  \"a\": [\n    [1,{\"b\":2}],\n    []\n  ],\n  \"c\": {}\n}"
        );
        assert_eq!(written(&value, 0), value.to_string());
    }

    #[test]
    fn terminal_controls_are_escaped_and_read_back() {
        let text = "\u{1b}\u{9b}\u{202e}\u{e0041}\u{7f}é";
        let json = written(&text, 0);
        assert_eq!(json, r#""\u001b\u009b\u202e\udb40\udc41\u007fé""#);
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
