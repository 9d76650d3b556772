//! "Did you mean": the known name that a mistyped one most likely stands for.
//! Apart because the command line, the config and rule files all need it.

/// Similarity (Jaro-Winkler) below which a guess would only confuse.
const ALIKE: f64 = 0.82;

/// The name of `known` closest to `word`, if one is close enough to be meant.
pub fn closest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut best: Option<(&str, f64)> = None;
    for name in known {
        let score = strsim::jaro_winkler(&word.to_lowercase(), &name.to_lowercase());
        if score >= ALIKE && best.is_none_or(|(_, top)| score > top) {
            best = Some((name, score));
        }
    }
    best.map(|(name, _)| name)
}

/// Up to `most` names worth offering for `word`: those that contain it, in
/// their own order, or else the closest one.
pub fn candidates<'a>(
    word: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
    most: usize,
) -> Vec<&'a str> {
    let containing: Vec<&str> = match word.len() {
        0..=2 => Vec::new(),
        _ => known.clone().into_iter().filter(|name| name.contains(word)).take(most).collect(),
    };
    if containing.is_empty() { closest(word, known).into_iter().collect() } else { containing }
}

/// ``did you mean `a`, `b` or `c`?``, or nothing for an empty list.
pub fn question(names: &[&str]) -> Option<String> {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let (last, rest) = quoted.split_last()?;
    let list = match rest {
        [] => last.clone(),
        _ => format!("{} or {last}", rest.join(", ")),
    };
    Some(format!("did you mean {list}?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDS: [&str; 4] = ["github-pat", "github-oauth", "gitlab-pat", "aws-access-key"];

    #[test]
    fn a_typo_finds_its_name_and_nonsense_finds_none() {
        assert_eq!(closest("githb-pat", IDS), Some("github-pat"));
        assert_eq!(closest("AWS-acess-key", IDS), Some("aws-access-key"));
        assert_eq!(closest("zzzz", IDS), None);
    }

    #[test]
    fn a_part_of_a_name_lists_the_names_that_contain_it() {
        assert_eq!(candidates("github", IDS, 3), ["github-pat", "github-oauth"]);
        assert_eq!(candidates("github", IDS, 1), ["github-pat"]);
        assert_eq!(candidates("gtlab-pat", IDS, 3), ["gitlab-pat"]);
    }

    #[test]
    fn questions_read_like_english() {
        assert_eq!(question(&[]), None);
        assert_eq!(question(&["a"]).as_deref(), Some("did you mean `a`?"));
        assert_eq!(question(&["a", "b", "c"]).as_deref(), Some("did you mean `a`, `b` or `c`?"));
    }
}
