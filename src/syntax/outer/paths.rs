//! The names in a file that may be those of constants of other files, read off its
//! text before it is parsed.

use std::borrow::Cow;

/// Bytes of a constant's path.
pub(super) const LONGEST: usize = 160;

/// Whether `path` is called what constants are called that a file takes from
/// another: a name in capital letters, or one that speaks of an address.
pub(super) fn is_likely(path: &[u8]) -> bool {
    const WORDS: [&[u8]; 9] =
        [b"url", b"uri", b"host", b"endpoint", b"base", b"server", b"addr", b"domain", b"api"];
    let last = path.rsplit(|byte| *byte == b'.').next().unwrap_or(path);
    let capital = last.len() > 2 && !last.iter().any(u8::is_ascii_lowercase);
    let says = |at: usize| {
        let rest = &last[at..];
        let begins = |word: &&[u8]| {
            rest.len() >= word.len() && rest[..word.len()].eq_ignore_ascii_case(word)
        };
        // What all of them begin with.
        b"uhebsda".contains(&rest[0].to_ascii_lowercase()) && WORDS.iter().any(begins)
    };
    capital || (0..last.len()).any(says)
}

/// A run of names with `.`, `::` or `?.` between them.
pub(super) struct Run<'t>(&'t [u8]);

impl Run<'_> {
    /// As a path with dots.
    pub(super) fn dotted(&self) -> Cow<'_, str> {
        let text = String::from_utf8_lossy(self.0);
        match self.0.iter().any(|byte| b":?".contains(byte)) {
            true => Cow::Owned(text.replace("?.", ".").replace("::", ".")),
            false => text,
        }
    }

    /// Whether one of its names is likely to be that of a constant.
    fn is_likely(&self) -> bool {
        self.0.split(|byte| b".:?".contains(byte)).any(is_likely)
    }
}

/// Calls `visit` with every run of names in `text` that may hold a constant's.
pub(super) fn each_path(text: &[u8], mut visit: impl FnMut(Run<'_>)) {
    let is_part =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || *byte >= 0x80;
    let mut at = 0;
    while let Some(skipped) = text[at..].iter().position(is_part) {
        at += skipped;
        let start = at;
        loop {
            at += text[at..].iter().position(|b| !is_part(b)).unwrap_or(text.len() - at);
            let between = match &text[at..] {
                [b'.', ..] => 1,
                [b':', b':', ..] | [b'?', b'.', ..] => 2,
                _ => break,
            };
            if at - start > LONGEST || !text.get(at + between).is_some_and(is_part) {
                break;
            }
            at += between;
        }
        let run = Run(&text[start..at]);
        if at - start <= LONGEST && !text[start].is_ascii_digit() && run.is_likely() {
            visit(run);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_with_dots() {
        let mut paths = Vec::new();
        each_path(b"get(config.URL + Config::KEY, $x?.host, 1.5, a. BASE.b)", |path| {
            paths.push(path.dotted().into_owned());
        });
        assert_eq!(paths, ["config.URL", "Config.KEY", "$x.host", "BASE.b"]);
    }
}
