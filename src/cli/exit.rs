//! The exit code: the same three for every verb and every format.

use std::process::ExitCode;

use crate::config::FailOn;
use crate::finding::Severity;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: nothing to complain about.
    Clean,
    /// 1: findings at or above `--fail-on`.
    Findings,
    /// 2: the run could not do what was asked; wins over 1.
    Trouble,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Clean => 0,
            Exit::Findings => 1,
            Exit::Trouble => 2,
        })
    }
}

/// The exit of a scan that found `findings`. `is_short`: it left out what it was
/// asked to look at or for.
pub fn of_scan(
    mut findings: impl Iterator<Item = Severity>,
    fail_on: FailOn,
    is_short: bool,
) -> Exit {
    let fails = |severity| matches!(fail_on, FailOn::At(least) if severity >= least);
    if is_short {
        Exit::Trouble
    } else if findings.any(fails) {
        Exit::Findings
    } else {
        Exit::Clean
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Severity::{Critical, High, Info, Low};

    #[test]
    fn the_table_of_exit_codes() {
        let cases: &[(&[Severity], FailOn, bool, Exit)] = &[
            (&[], FailOn::At(Low), false, Exit::Clean),
            (&[Info], FailOn::At(Low), false, Exit::Clean),
            (&[Info], FailOn::At(Info), false, Exit::Findings),
            (&[Info, High], FailOn::At(High), false, Exit::Findings),
            (&[Critical], FailOn::Never, false, Exit::Clean),
            (&[Critical], FailOn::At(Critical), false, Exit::Findings),
            (&[], FailOn::At(Low), true, Exit::Trouble),
            (&[Critical], FailOn::Never, true, Exit::Trouble),
            (&[Critical], FailOn::At(Low), true, Exit::Trouble),
        ];
        for (findings, fail_on, is_short, expected) in cases {
            let exit = of_scan(findings.iter().copied(), *fail_on, *is_short);
            assert_eq!(exit, *expected, "{findings:?} {fail_on:?} {is_short}");
        }
    }
}
