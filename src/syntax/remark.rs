//! Whether a place in a text stands in a comment, told from its line alone.
//!
//! Apart from the grammar because it is asked before a file is parsed: that
//! somebody wrote `# no rate limit yet` does not mean that there is a limit.

/// A longer line is not looked through.
const MAX_LINE: usize = 400;

/// Whether what begins at `at` is in a comment: its line begins with one
/// (`//`, `# `, `* `, `/*`, `<!--`), or has one in front of it (` // `, ` # `)
/// outside quotes. Block comments without a mark on each line, and texts that
/// are no comments to the grammar, do not count.
pub(crate) fn holds(text: &[u8], at: usize) -> bool {
    let Some(before) = text.get(at.saturating_sub(MAX_LINE)..at) else { return false };
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    if start == 0 && before.len() == MAX_LINE {
        return false;
    }
    let line = before[start..].trim_ascii_start();
    opens(line) || follows_code(line)
}

/// Whether `line` begins with a comment.
fn opens(line: &[u8]) -> bool {
    const MARKS: &[&[u8]] = &[b"//", b"# ", b"* ", b"/*", b"<!--"];
    MARKS.iter().any(|mark| line.starts_with(mark))
}

/// Whether a comment begins behind the code of `line`.
fn follows_code(line: &[u8]) -> bool {
    let mut quotes = 0;
    line.windows(3).any(|part| {
        quotes += usize::from(matches!(part[0], b'"' | b'\'' | b'`'));
        quotes.is_multiple_of(2) && (part == b" //" || part == b" # ")
    })
}

#[cfg(test)]
mod tests {
    use super::holds;

    fn at(text: &str, word: &str) -> bool {
        holds(text.as_bytes(), text.find(word).unwrap_or_default())
    }

    #[test]
    fn a_comment_is_told_from_its_line() {
        assert!(at("app.get(x)\n  // no helmet here", "helmet"));
        assert!(at("# add a rate limit", "limit"));
        assert!(at("/**\n * no helmet", "helmet"));
        assert!(at("x = 1  # no limit", "limit"));
        assert!(at("f(\"a\"); // no limit", "limit"));
    }

    #[test]
    fn code_and_texts_are_no_comments() {
        assert!(!at("app.use(helmet())", "helmet"));
        assert!(!at("// why\napp.use(helmet())", "helmet"));
        assert!(!at("get(\"https://x.example/helmet\")", "helmet"));
        assert!(!at("#limit = 5", "limit"));
        assert!(!at("x = \"a # limit\"", "limit"));
        assert!(!at("*limit = 5", "limit"));
        assert!(!at("limit", "limit"));
    }
}
