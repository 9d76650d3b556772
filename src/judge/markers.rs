//! The grammar of inline ignores: what a line of a file asks to have ignored,
//! in our form or a peer's. Apart from `ignores`, which decides what that
//! means for a finding.
//!
//! Ours, anywhere in a comment (`reason` is free text):
//!
//! ```text
//! seamline: ignore[rule-id, other-id] reason              this line
//! seamline: ignore-next-line[rule-id] reason              the line below
//! seamline: ignore-file[rule-id] reason                   the file; in its first 20 lines
//! ```
//!
//! No grammar is asked where comments are, as it must work in every language
//! and in files that do not parse. A marker counts when it is the first thing
//! on its line (inside a block comment or docstring), when `#`, `//`, `/*`,
//! `(*`, `{-`, `<!--` or ` -- ` stands somewhere before it on the line, or when
//! `*`, `--`, `;`, `%`, `'` or `rem` opens the line or stands right before it:
//! those few are too common in code to count from afar. JSON has no comments;
//! a `"//": "seamline: ignore-next-line[rule-id]"` member does it.
//!
//! The peers' forms are read as the peers read them:
//!
//! * `gitleaks:allow`, `trufflehog:ignore`, `pragma: allowlist secret`
//!   (detect-secrets, also `whitelist`): secrets on this line;
//!   `pragma: allowlist nextline secret`: on the next.
//! * `nosemgrep` (semgrep): this line, and the next where it stands alone in
//!   its line. `nosec` (bandit, gosec) and `gosec:disable`: this line, and the
//!   next where a `//` or `/*` comment of it stands alone, as gosec has it.
//!   Without ids they hide everything, since both tools have rules for secrets too; ids of bandit's
//!   and gosec's hard-coded-password tests, or ones with `secret` and the like
//!   in their name, hide secrets; other ids hide patterns. Where an id given
//!   to `nosemgrep` is one of ours, it means just that.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use memchr::memmem::Finder;

use crate::finding::RuleIndex;
use crate::rules::Catalogue;

/// Longest list of ids within brackets, and after a peer's marker, in bytes.
const LONGEST_LIST: usize = 1024;

/// Which lines an ignore is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Reach {
    Line,
    NextLine,
    File,
}

/// Something a line says about ignoring.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Statement {
    /// Hides one rule. Those of ours are warned of when they hide nothing.
    Rule { reach: Reach, rule: RuleIndex, ours: bool },
    /// A peer's marker hides all secrets, or all that are not, or both.
    Kind { reach: Reach, secrets: bool, patterns: bool },
    /// One of ours without rule ids: hides nothing.
    Bare { form: &'static str },
    /// No rule has this id.
    Unknown { id: String },
    /// `seamline: ignore-` and a word we do not know.
    Form { word: String },
}

/// Finds and reads the markers of all tools.
pub(super) struct Markers {
    finders: Vec<(Tool, Finder<'static>)>,
    catalogue: Arc<Catalogue>,
    /// The rules by id, from the first marker on that names one.
    ids: OnceLock<HashMap<String, RuleIndex>>,
}

#[derive(Debug, Clone, Copy)]
enum Tool {
    Seamline,
    SecretsOnly,
    Pragma,
    Semgrep,
    Nosec,
    Gosec,
}

/// Our marker; what follows it is read by [`Markers::seamline`].
pub(super) const SEAMLINE: &str = "seamline:";

impl Markers {
    pub fn new(catalogue: Arc<Catalogue>) -> Self {
        let needles = [
            (Tool::Seamline, SEAMLINE),
            (Tool::SecretsOnly, "gitleaks:allow"),
            (Tool::SecretsOnly, "trufflehog:ignore"),
            (Tool::Pragma, "pragma:"),
            (Tool::Semgrep, "nosem"),
            (Tool::Nosec, "nosec"),
            (Tool::Gosec, "gosec:disable"),
        ];
        Markers {
            finders: needles.map(|(tool, needle)| (tool, Finder::new(needle))).into(),
            catalogue,
            ids: OnceLock::new(),
        }
    }

    /// The rule called `id`.
    fn rule(&self, id: &str) -> Option<RuleIndex> {
        let ids = self.ids.get_or_init(|| {
            let metas = self.catalogue.metas.iter().zip(0..);
            metas.map(|(meta, index)| (meta.id.clone(), RuleIndex(index))).collect()
        });
        ids.get(id).copied()
    }

    /// Calls `say` with what `line` states.
    pub fn read(&self, line: &[u8], say: &mut dyn FnMut(Statement)) {
        let mut comment = None;
        for (tool, finder) in &self.finders {
            for at in finder.find_iter(line) {
                let comment = comment.get_or_insert_with(|| Comment::of(line));
                if !comment.holds(line, at) || continues_word(&line[..at]) {
                    continue;
                }
                let rest = &line[at + finder.needle().len()..];
                match tool {
                    Tool::Seamline => self.seamline(rest, say),
                    Tool::SecretsOnly => secrets(rest, Reach::Line, say),
                    Tool::Pragma => pragma(rest, say),
                    Tool::Semgrep => self.semgrep(rest, comment.alone(line, at), say),
                    Tool::Nosec | Tool::Gosec => {
                        nosec(rest, line.trim_ascii_start().starts_with(b"/"), say);
                    }
                }
            }
        }
    }

    fn seamline(&self, rest: &[u8], say: &mut dyn FnMut(Statement)) {
        let Some(rest) = rest.trim_ascii_start().strip_prefix(b"ignore") else { return };
        let (word, rest) = rest.split_at(rest.iter().take_while(|b| is_word(**b)).count());
        let (reach, form) = match word {
            b"" => (Reach::Line, "ignore"),
            b"-next-line" => (Reach::NextLine, "ignore-next-line"),
            b"-file" => (Reach::File, "ignore-file"),
            [b'-', ..] => return say(Statement::Form { word: text_of(word) }),
            // `ignored` and the like: prose.
            _ => return,
        };
        let mut named = false;
        for id in bracketed(rest) {
            named = true;
            say(match self.rule(&id) {
                Some(rule) => Statement::Rule { reach, rule, ours: true },
                None => Statement::Unknown { id },
            });
        }
        if !named {
            say(Statement::Bare { form });
        }
    }

    fn semgrep(&self, rest: &[u8], alone: bool, say: &mut dyn FnMut(Statement)) {
        let rest = rest.strip_prefix(b"grep").unwrap_or(rest);
        if rest.first().is_some_and(|b| is_word(*b)) {
            return;
        }
        let ids = rest.strip_prefix(b":").map(listed).unwrap_or_default();
        let own = |id: &&str| self.rule(id.rsplit('.').next().unwrap_or(id));
        let ours: Vec<RuleIndex> = ids.iter().filter_map(|id| own(&id.as_str())).collect();
        let (secrets, patterns) = kinds(&ids, |id| {
            let id = id.to_ascii_lowercase();
            ["secret", "hardcoded", "hard-coded", "credential", "password", "token", "api-key"]
                .iter()
                .any(|word| id.contains(word))
        });
        let reaches = if alone { &[Reach::Line, Reach::NextLine][..] } else { &[Reach::Line] };
        for &reach in reaches {
            match ours.is_empty() {
                true => say(Statement::Kind { reach, secrets, patterns }),
                false => {
                    ours.iter().for_each(|&rule| say(Statement::Rule { reach, rule, ours: false }))
                }
            }
        }
    }
}

fn secrets(rest: &[u8], reach: Reach, say: &mut dyn FnMut(Statement)) {
    if !rest.first().is_some_and(|b| is_word(*b)) {
        say(Statement::Kind { reach, secrets: true, patterns: false });
    }
}

/// `allowlist secret`, `allowlist nextline secret`, with spaces or hyphens.
fn pragma(rest: &[u8], say: &mut dyn FnMut(Statement)) {
    let gap = |b: &[u8]| b.first().is_some_and(|c| matches!(c, b' ' | b'-'));
    let after = |rest: &[u8], word: &[u8]| rest.strip_prefix(word).map(<[u8]>::to_vec);
    let rest = &rest[..rest.len().min(64)];
    let rest = rest.trim_ascii_start();
    let Some(rest) = after(rest, b"allowlist").or_else(|| after(rest, b"whitelist")) else {
        return;
    };
    let (reach, rest) = match rest.get(1..).and_then(|r| r.strip_prefix(b"nextline")) {
        Some(next) if gap(&rest) => (Reach::NextLine, next),
        _ => (Reach::Line, &rest[..]),
    };
    if let Some(rest) = rest.get(1..).filter(|_| gap(rest)).and_then(|r| r.strip_prefix(b"secret"))
    {
        secrets(rest, reach, say);
    }
}

/// `nosec`, `nosec B101,B602`, `nosec: B101`, `nosec G101 -- reason`.
/// What `nosec` means with `rest` behind it; `above` if it may be about the next line.
fn nosec(rest: &[u8], above: bool, say: &mut dyn FnMut(Statement)) {
    if rest.first().is_some_and(|b| is_word(*b)) {
        return;
    }
    let test = |id: &String| matches!(id.as_bytes(), [b'B' | b'G', digits @ ..] if digits.len() == 3 && digits.iter().all(u8::is_ascii_digit));
    let ids: Vec<String> = listed(rest).into_iter().take_while(test).collect();
    // Bandit's hardcoded_password_* tests and gosec's "hardcoded credentials".
    let (secrets, patterns) = kinds(&ids, |id| matches!(id, "B105" | "B106" | "B107" | "G101"));
    say(Statement::Kind { reach: Reach::Line, secrets, patterns });
    if above {
        say(Statement::Kind { reach: Reach::NextLine, secrets, patterns });
    }
}

/// Whether a marker with `ids` hides secrets and whether it hides the rest.
fn kinds(ids: &[String], is_of_secrets: impl Fn(&str) -> bool) -> (bool, bool) {
    let secrets = ids.iter().filter(|id| is_of_secrets(id)).count();
    (ids.is_empty() || secrets > 0, ids.is_empty() || secrets < ids.len())
}

/// The words after a peer's marker.
fn listed(rest: &[u8]) -> Vec<String> {
    let rest = &rest[..rest.len().min(LONGEST_LIST)];
    let word = |b: &u8| is_word(*b) || *b == b'.';
    rest.split(|b| matches!(b, b' ' | b',' | b':' | b'\t'))
        .filter(|w| !w.is_empty())
        .take_while(|w| w.iter().all(word) && w.iter().any(u8::is_ascii_alphanumeric))
        .map(text_of)
        .collect()
}

/// The ids in `[a, b]`; none where the bracket is missing or not closed.
fn bracketed(rest: &[u8]) -> Vec<String> {
    let rest = rest.trim_ascii_start();
    let rest = &rest[..rest.len().min(LONGEST_LIST)];
    let Some(inner) = rest.strip_prefix(b"[") else { return Vec::new() };
    let Some(end) = memchr::memchr(b']', inner) else { return Vec::new() };
    inner[..end]
        .split(|b| *b == b',')
        .map(<[u8]>::trim_ascii)
        .filter(|i| !i.is_empty())
        .map(text_of)
        .collect()
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// True if `before` ends within a word that the marker would be a part of; the
/// `--` of a comment is none.
fn continues_word(before: &[u8]) -> bool {
    !before.ends_with(b"--") && before.last().is_some_and(|b| is_word(*b))
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-')
}

/// Where the comments of a line may be; see the head of the module. Computed
/// once per line, so that a line of a million markers stays linear.
struct Comment {
    /// Offset of the first thing that is not white space.
    first: usize,
    /// Everything after this offset is taken as comment.
    from: usize,
}

impl Comment {
    fn of(line: &[u8]) -> Self {
        const LEADERS: [&[u8]; 7] = [b"#", b"//", b"/*", b"(*", b"{-", b"<!--", b" -- "];
        let first = line.len() - line.trim_ascii_start().len();
        let opens = opener(&line[first..]).is_some();
        let leader = LEADERS.iter().filter_map(|l| memchr::memmem::find(line, l)).min();
        Comment { first, from: if opens { first } else { leader.unwrap_or(usize::MAX) } }
    }

    fn holds(&self, line: &[u8], at: usize) -> bool {
        const CLOSE: [&[u8]; 4] = [b"--", b";", b"%", b"'"];
        let before = line[..at].trim_ascii_end();
        at == self.first
            || at > self.from
            || CLOSE.iter().any(|leader| before.ends_with(leader))
            || ends_with_rem(before)
    }

    /// True if nothing but a comment's opening stands before `at`.
    fn alone(&self, line: &[u8], at: usize) -> bool {
        let before = &line[self.first.min(at)..at];
        before.len() <= 16
            && (ends_with_rem(before.trim_ascii_end())
                || !before.iter().any(|b| b.is_ascii_alphanumeric()))
    }
}

/// A comment leader that is one only at the start of a line (or that is
/// common enough there to be taken as one).
fn opener(line: &[u8]) -> Option<usize> {
    let weak: [&[u8]; 5] = [b"*", b"--", b";", b"%", b"'"];
    let rem = line.get(..4).is_some_and(|w| w.eq_ignore_ascii_case(b"rem "));
    weak.iter().find(|w| line.starts_with(w)).map(|w| w.len()).or(rem.then_some(4))
}

fn ends_with_rem(before: &[u8]) -> bool {
    let Some(start) = before.len().checked_sub(3) else { return false };
    before[start..].eq_ignore_ascii_case(b"rem")
        && !before[..start].last().is_some_and(|b| is_word(*b))
}
