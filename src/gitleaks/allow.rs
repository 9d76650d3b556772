//! Allowlists: what a team has decided is no secret, by path, by value, by line
//! or by commit. They hide; so it is the judge who asks them.

use regex::bytes::Regex;

/// Bytes of a line to each side of a finding that `regexTarget = "line"` sees.
const LINE: usize = 2048;

/// What the regexes of a list are held against.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Target {
    #[default]
    Secret,
    /// All that the rule's regex matched.
    Match,
    Line,
}

/// One list, compiled.
#[derive(Debug, Clone, Default)]
pub struct Allowlist {
    /// The rules it is for; all secret rules if it is empty.
    pub rules: Vec<String>,
    /// All checks that the list has must agree, not just one.
    pub all: bool,
    pub commits: Vec<String>,
    pub paths: Vec<Regex>,
    pub regexes: Vec<Regex>,
    pub target: Target,
    /// Lower case.
    pub stopwords: Vec<String>,
}

/// A finding as an allowlist looks at it.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub rule: &'a str,
    pub path: &'a str,
    pub commit: Option<&'a str>,
    pub secret: &'a [u8],
    /// The text of the file and where in it the match is.
    pub text: &'a [u8],
    pub span: (usize, usize),
}

impl Allowlist {
    /// Whether the list says that the finding is none.
    pub fn covers(&self, asked: &Asked<'_>) -> bool {
        if !self.rules.is_empty() && !self.rules.iter().any(|rule| rule == asked.rule) {
            return false;
        }
        let checks = [
            (!self.commits.is_empty()).then(|| self.has_commit(asked)),
            (!self.paths.is_empty()).then(|| any(&self.paths, asked.path.as_bytes())),
            (!self.regexes.is_empty()).then(|| any(&self.regexes, self.target(asked))),
            (!self.stopwords.is_empty()).then(|| self.has_stopword(asked)),
        ];
        let mut said = checks.into_iter().flatten().peekable();
        said.peek().is_some() && if self.all { said.all(|yes| yes) } else { said.any(|yes| yes) }
    }

    fn has_commit(&self, asked: &Asked<'_>) -> bool {
        let commit = asked.commit.unwrap_or_default();
        !commit.is_empty() && self.commits.iter().any(|listed| listed.eq_ignore_ascii_case(commit))
    }

    fn has_stopword(&self, asked: &Asked<'_>) -> bool {
        let secret = String::from_utf8_lossy(asked.secret).to_lowercase();
        self.stopwords.iter().any(|word| secret.contains(word.as_str()))
    }

    fn target<'a>(&self, asked: &Asked<'a>) -> &'a [u8] {
        let (start, end) = asked.span;
        match self.target {
            Target::Secret => asked.secret,
            Target::Match => asked.text.get(start..end).unwrap_or_default(),
            Target::Line => line(asked.text, start, end),
        }
    }
}

fn any(regexes: &[Regex], text: &[u8]) -> bool {
    regexes.iter().any(|regex| regex.is_match(text))
}

/// The lines that `start..end` stands on.
fn line(text: &[u8], start: usize, end: usize) -> &[u8] {
    let (start, end) = (start.min(text.len()), end.min(text.len()));
    let floor = start.saturating_sub(LINE);
    let ceiling = text.len().min(end.saturating_add(LINE));
    let first = memchr::memrchr(b'\n', &text[floor..start]).map_or(floor, |i| floor + i + 1);
    let last = memchr::memchr(b'\n', &text[end..ceiling]).map_or(ceiling, |i| end + i);
    &text[first..last]
}
