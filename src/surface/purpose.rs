//! What a route is for, by the words of its path and handler. Most public
//! routes are public on purpose; naming that purpose is what keeps a finding
//! about them from being noise.

use super::facts::Facts;
use super::route::Route;

/// The name of the purpose; None for a route of the application itself.
pub(crate) fn purpose<'f>(facts: &'f Facts, route: &Route) -> Option<&'f str> {
    let words = words(&route.path).chain(words(&route.symbol)).collect::<Vec<_>>();
    let fits = |known: &[String]| words.iter().any(|word| known.contains(word));
    let named = facts.purposes().iter().find(|(_, known)| fits(known));
    named.map(|(purpose, _)| purpose.as_str())
}

/// Whether the path says that not everybody may see what lies behind it.
pub(crate) fn is_sensitive(facts: &Facts, route: &Route) -> bool {
    words(&route.path).any(|word| facts.is_sensitive(&word))
}

/// The words of a path or name in lower case: split at what is no letter or
/// digit, and where a capital follows a small letter.
fn words(text: &str) -> impl Iterator<Item = String> {
    let mut spaced = String::with_capacity(text.len() + 8);
    let mut small = false;
    for c in text.chars() {
        if small && c.is_uppercase() {
            spaced.push(' ');
        }
        small = c.is_lowercase();
        spaced.push(if c.is_alphanumeric() { c.to_ascii_lowercase() } else { ' ' });
    }
    let split: Vec<String> = spaced.split_whitespace().map(str::to_owned).collect();
    // `sign-in` and `log_out` are one word.
    let pairs: Vec<String> = split.windows(2).map(|pair| pair.concat()).collect();
    split.into_iter().chain(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_split_at_signs_and_capitals_and_joined_in_pairs() {
        let found: Vec<String> = words("/v1/sign-in/userOrders").collect();
        for word in ["v1", "sign", "in", "signin", "user", "orders"] {
            assert!(found.iter().any(|w| w == word), "{word}");
        }
    }
}
