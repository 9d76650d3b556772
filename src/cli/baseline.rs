//! `seamline baseline create|prune`.

use crate::judge::Baseline;

use super::args::{BaselineArgs, BaselineVerb};
use super::error::CliError;
use super::exit::Exit;
use super::{output, plan, scan, terminal};

/// Runs one of the verbs.
///
/// # Errors
/// A scan that cannot be done, or a baseline that cannot be read or written.
pub fn run(verb: &BaselineVerb) -> Result<Exit, CliError> {
    match verb {
        BaselineVerb::Create(args) => create(args),
        BaselineVerb::Prune(args) => prune(args),
    }
}

fn create(args: &BaselineArgs) -> Result<Exit, CliError> {
    let (plan, file) = plan::baseline(args)?;
    let shown = file.display();
    if let Err(reason) = output::writable(&file) {
        return Err(CliError::Usage(format!("cannot write the baseline to {shown}: {reason}")));
    }
    let report = scan::scan(plan, false)?;
    let baseline = Baseline::from_findings(&report.findings);
    baseline.write(&file)?;
    let count = counted(baseline.len());
    terminal::print(&format!("{count} accepted in {shown}; use it with `--baseline {shown}`\n"))?;
    Ok(Exit::Clean)
}

fn prune(args: &BaselineArgs) -> Result<Exit, CliError> {
    let (plan, file) = plan::baseline(args)?;
    let mut baseline = Baseline::read(&file)?;
    if baseline.is_foreign() {
        let fix = "`seamline baseline create` makes one that can be pruned";
        let shown = file.display();
        return Err(CliError::Usage(format!("{shown} is a baseline of detect-secrets; {fix}")));
    }
    let report = scan::scan(plan, false)?;
    let dropped = baseline.prune(&report.findings);
    baseline.write(&file)?;
    let (dropped, kept) = (counted(dropped), baseline.len());
    terminal::print(&format!("{dropped} dropped from {}, {kept} kept\n", file.display()))?;
    Ok(Exit::Clean)
}

fn counted(n: usize) -> String {
    if n == 1 { "1 finding".to_owned() } else { format!("{n} findings") }
}
