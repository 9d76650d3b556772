//! Globs of a config file start at its folder; reports and the walk count from
//! the working directory. Here one becomes the other.

use std::path::{Component, Path};

use globset::Glob;

/// `glob`, written in a config of `folder`, as seen from the working directory
/// `here` (both absolute); `None` if nothing below `here` can match it. A glob
/// without a slash matches at any depth and stays as it is.
pub fn rebase(glob: &str, folder: &Path, here: &Path) -> Option<String> {
    let trimmed = glob.trim_start_matches("./");
    if !trimmed.trim_end_matches('/').contains('/') {
        return Some(trimmed.to_owned());
    }
    let rooted = trimmed.trim_start_matches('/');
    if let Ok(below) = folder.strip_prefix(here) {
        let prefix: String = names(below).map(|name| format!("{}/", escape(&name))).collect();
        return Some(anchored(&format!("{prefix}{rooted}")));
    }
    let down = here.strip_prefix(folder).ok()?;
    let mut parts: Vec<&str> = rooted.split('/').collect();
    for name in names(down) {
        match parts.first() {
            Some(&"**") => break,
            // The glob names a folder that the working directory is in.
            None => return Some("**".to_owned()),
            Some(part) if matches(part, &name) => _ = parts.remove(0),
            Some(_) => return None,
        }
    }
    Some(match parts.as_slice() {
        [] | [""] => "**".to_owned(),
        _ => anchored(&parts.join("/")),
    })
}

/// A glob with one part left must not turn into one for any depth.
fn anchored(glob: &str) -> String {
    let one_part = !glob.trim_end_matches('/').contains('/');
    if one_part && glob != "**" { format!("/{glob}") } else { glob.to_owned() }
}

fn names(path: &Path) -> impl Iterator<Item = String> {
    path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
        _ => None,
    })
}

fn matches(part: &str, name: &str) -> bool {
    Glob::new(part).is_ok_and(|glob| glob.compile_matcher().is_match(name))
}

/// Folder names are no globs.
fn escape(name: &str) -> String {
    globset::escape(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_follow_the_working_directory() {
        let cases = [
            // config folder, working directory, glob, as seen from there
            ("/r", "/r", "src/*.py", Some("src/*.py")),
            ("/r", "/r", "*.min.js", Some("*.min.js")),
            ("/r/a", "/r", "src/*.py", Some("a/src/*.py")),
            ("/r/a", "/r", "*.py", Some("*.py")),
            ("/r", "/r/a", "a/src/*.py", Some("src/*.py")),
            ("/r", "/r/a", "a/*.py", Some("/*.py")),
            ("/r", "/r/a", "b/*.py", None),
            ("/r", "/r/a", "*/x/y", Some("x/y")),
            ("/r", "/r/a", "**/x/y", Some("**/x/y")),
            ("/r", "/r/a/b", "a/**", Some("**")),
            ("/r", "/r/a/b", "a/b/", Some("**")),
            ("/r", "/r/a", "/vendor", None),
            ("/r", "/r", "/vendor/", Some("/vendor/")),
            ("/q", "/r", "a/b", None),
        ];
        for (folder, here, glob, seen) in cases {
            let rebased = rebase(glob, Path::new(folder), Path::new(here));
            assert_eq!(rebased.as_deref(), seen, "{glob} of {folder} in {here}");
        }
    }
}
