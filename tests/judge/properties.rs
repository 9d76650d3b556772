//! Whatever is in a file, no secret gets out and nothing panics.

use std::borrow::Cow;

use proptest::prelude::*;
use proptest::sample::Index;

use crate::*;

/// Values that no report text or hexadecimal fingerprint has by chance.
const VALUE: &str = "(acme_)?[G-Zg-z0-9+/=_é-]{6,40}Q";

/// Text with secrets in it: pieces between which values stand.
#[derive(Debug, Clone)]
struct File {
    values: Vec<String>,
    text: String,
}

fn file() -> impl Strategy<Value = File> {
    let filler = proptest::collection::vec("[a-z '\"=:{}()#\t\r\u{1b}é€]{0,60}\n?", 1..12);
    (proptest::collection::vec(VALUE, 1..4), filler, any::<u64>()).prop_map(
        |(values, filler, mut seed)| {
            let mut text = String::new();
            for piece in filler {
                text.push_str(&piece);
                text.push_str(&values[seed as usize % values.len()]);
                seed = seed.rotate_right(3).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            }
            File { values, text }
        },
    )
}

/// A candidate for each value's first place, in some rule, with texts that
/// repeat the value, and sometimes a second one that covers it otherwise.
fn candidates(file: &File, picks: &[(u32, Index)]) -> Vec<Candidate> {
    let present = file.values.iter().filter(|v| file.text.contains(*v)).zip(picks.iter().cycle());
    present
        .flat_map(|(value, (rule, wide))| {
            let range = nth(&file.text, value, 0);
            let main = Candidate {
                message: Some(format!("value {value} is here")),
                related: vec![(range.clone(), format!("see {value}"))],
                reasons: vec![Cow::Owned(format!("looks like {value}"))],
                ..secret_at(RuleIndex(rule % 6), range.clone())
            };
            let start = wide.index(range.start + 1);
            let other = secret_at(RuleIndex((rule + 1) % 3), start..range.end);
            if start == range.start { vec![main] } else { vec![main, other] }
        })
        .collect()
}

fn everything() -> JudgeOptions {
    JudgeOptions {
        excerpts: true,
        show_secrets: true,
        report_unused: true,
        ..JudgeOptions::default()
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_raw_value_is_in_anything_a_finding_holds(
        file in file(),
        picks in proptest::collection::vec((0u32..12, any::<Index>()), 1..5),
    ) {
        let candidates = candidates(&file, &picks);
        let known: Vec<&String> =
            file.values.iter().filter(|v| file.text.contains(*v)).collect();
        let verdict = judge(everything(), "a.py", file.text.as_bytes(), candidates);
        let mut shown = format!("{verdict:?}");
        for finding in &verdict.findings {
            // Debug escapes; these are the texts as they are printed.
            let excerpt = finding.excerpt.as_ref().map_or("", |e| e.text.as_str());
            let redacted = finding.secret.as_ref().map_or("", |s| s.redacted.as_str());
            for text in [excerpt, redacted, &finding.message, &finding.fingerprint] {
                shown.push('\n');
                shown.push_str(text);
            }
            shown.extend(finding.related.iter().map(|r| r.message.as_str()));
            shown.extend(finding.reasons.iter().map(|r| r.as_ref()));
        }
        for value in known {
            prop_assert!(!shown.contains(value.as_str()), "{value} in {shown}");
        }
    }

    #[test]
    fn arbitrary_bytes_and_spans_never_panic_and_stay_in_bounds(
        text in proptest::collection::vec(
            prop_oneof![any::<u8>(), Just(b'\n'), Just(0x80), Just(0xE2), Just(b'#')], 0..400),
        spans in proptest::collection::vec(
            (0u32..6, any::<Index>(), any::<Index>(), any::<Option<Index>>(), 0u8..3), 0..20),
        beyond in 0usize..3,
    ) {
        let at = |i: &Index| i.index(text.len() + 1);
        let candidates: Vec<Candidate> = spans
            .iter()
            .map(|(rule, a, b, secret, specificity)| {
                let (start, end) = (at(a).min(at(b)), at(a).max(at(b)) + beyond);
                Candidate {
                    specificity: *specificity,
                    secret: secret.as_ref().map(|s| at(s).min(start)..end),
                    related: vec![(start..end, String::new())],
                    ..Candidate::new(RuleIndex(*rule), start..end)
                }
            })
            .collect();
        let verdict = judge(everything(), "a.py", &text, candidates);
        let lines = text.iter().filter(|b| **b == b'\n').count() as u32 + 1;
        for finding in verdict.findings {
            prop_assert!(finding.start <= finding.end && finding.end.line <= lines);
            let excerpt = finding.excerpt.unwrap();
            prop_assert!(excerpt.text.get(excerpt.mark.clone()).is_some());
            prop_assert!(excerpt.text.lines().count() <= 6);
            let harmful = |c: char| c.is_control() && c != '\t' && c != '\n';
            prop_assert!(!excerpt.text.contains(harmful));
        }
    }

    #[test]
    fn the_order_of_candidates_does_not_matter(
        file in file(),
        picks in proptest::collection::vec((0u32..12, any::<Index>()), 1..5),
    ) {
        let forwards = candidates(&file, &picks);
        let mut backwards = forwards.clone();
        backwards.reverse();
        let judged = |c| format!("{:?}", judge(everything(), "a.py", file.text.as_bytes(), c));
        prop_assert_eq!(judged(forwards), judged(backwards));
    }

    #[test]
    fn whatever_stands_in_comments_every_finding_is_shown_or_counted(
        words in proptest::collection::vec(proptest::sample::select(WORDS), 0..60),
        spans in proptest::collection::vec((0u32..6, any::<Index>()), 1..6),
    ) {
        let text = words.concat();
        let candidates: Vec<Candidate> = spans
            .iter()
            .map(|(rule, at)| Candidate::new(RuleIndex(*rule), at.index(text.len() + 1)..text.len()))
            .collect();
        let judged = |inline_ignores| {
            let options = JudgeOptions { inline_ignores, report_unused: true, ..JudgeOptions::default() };
            judge(options, "a.py", text.as_bytes(), candidates.clone())
        };
        let (all, some) = (judged(false), judged(true));
        let counted = some.findings.len() + some.hidden.suppressed_inline as usize;
        prop_assert_eq!(all.findings.len(), counted);
        prop_assert!(some.warnings.len() <= 21);
        prop_assert!(some.warnings.iter().all(|w| w.starts_with("a.py:")));
    }
}

/// What inline ignores are made of.
const WORDS: &[&str] = &[
    "seamline:", "seamline: ignore[", "ignore", "-next-line", "-file", "[", "]", ",", " ", ":",
    "\n", "\r\n", "# ", "//", "--", "'", "rem ", "nosec", "nosemgrep", "nosem", " B105", "pragma:",
    " allowlist", " nextline", " secret", "gitleaks:allow", "trufflehog:ignore", "tls-verify-off",
    "generic-secret", "no-such", "é", "\u{1b}", "x",
];
