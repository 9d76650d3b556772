//! Small wording helpers of the formats for people: numbers, plurals,
//! sentences, wrapping.

/// `1204` as `1,204`.
pub(super) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 file`, `2 files`.
pub(super) fn count(n: u64, noun: &str) -> String {
    format!("{} {noun}{}", number(n), if n == 1 { "" } else { "s" })
}

/// Milliseconds as a reader says them: `35 ms`, `0.2 s`, `2 min 5 s`.
pub(super) fn duration(ms: u64) -> String {
    match ms {
        0..100 => format!("{ms} ms"),
        100..60_000 => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        _ => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1000),
    }
}

/// The first sentences of `text`: the first, and more as long as the whole
/// stays within `limit` bytes.
pub(super) fn lead(text: &str, limit: usize) -> &str {
    let text = text.trim();
    let mut end = 0;
    for (at, _) in text.match_indices(['.', '!', '?']) {
        if !ends_sentence(text, at + 1) {
            continue;
        }
        if end > 0 && at + 1 > limit {
            break;
        }
        end = at + 1;
    }
    if end == 0 { text } else { &text[..end] }
}

/// True if a sentence ends before byte `at`: white space and a capital or a
/// code mark follow (so `e.g. this` does not end one), or nothing at all.
fn ends_sentence(text: &str, at: usize) -> bool {
    let rest = &text[at..];
    let next = rest.trim_start();
    rest.is_empty()
        || (next.len() < rest.len()
            && next.starts_with(|c: char| c.is_uppercase() || c == '`' || c == '"'))
}

/// Cuts `text` to `limit` bytes at the end of a word, and says so with dots.
pub(super) fn shorten(text: &str, limit: usize) -> String {
    if text.len() <= limit {
        return text.to_owned();
    }
    let cut = text.floor_char_boundary(limit.saturating_sub(3));
    let head = text[..cut].rsplit_once(char::is_whitespace).map_or(&text[..cut], |(head, _)| head);
    format!("{}...", head.trim_end())
}

/// Wraps `text` at white space into lines of at most `width` characters, where
/// words allow. All white space becomes single spaces.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut used = 0;
    for word in text.split_whitespace() {
        let len = word.chars().count();
        match lines.last_mut() {
            Some(line) if used + 1 + len <= width => {
                line.push(' ');
                line.push_str(word);
                used += 1 + len;
            }
            _ => {
                lines.push(word.to_owned());
                used = len;
            }
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_times_read_well() {
        assert_eq!(number(0), "0");
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(count(1, "file"), "1 file");
        assert_eq!(duration(99), "99 ms");
        assert_eq!(duration(1_250), "1.2 s");
        assert_eq!(duration(125_000), "2 min 5 s");
    }

    #[test]
    fn the_lead_ends_with_a_sentence() {
        let text = "Read it from the vault, e.g. at start-up. Then revoke it. And more.";
        assert_eq!(lead(text, 10), "Read it from the vault, e.g. at start-up.");
        assert_eq!(lead(text, 60), "Read it from the vault, e.g. at start-up. Then revoke it.");
        assert_eq!(lead("no full stop", 4), "no full stop");
    }

    #[test]
    fn shortened_text_keeps_the_limit_and_whole_characters() {
        assert_eq!(shorten("short", 10), "short");
        assert_eq!(shorten("one two three", 12), "one two...");
        assert!(shorten(&"é".repeat(2_000), 1_024).len() <= 1_024);
    }

    #[test]
    fn wrapping_keeps_every_word() {
        assert_eq!(wrap("one two  three\nfour", 9), ["one two", "three", "four"]);
        assert_eq!(wrap("", 9), Vec::<String>::new());
    }
}
