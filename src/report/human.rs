//! `--format human`: the summary first, then one diagnostic per finding,
//! grouped by file, then what was left out and what to do next.

use std::io::{self, Write};

use miette::GraphicalReportHandler;

use super::diagnostic::{Shown, handler};
use super::escape::printable;
use super::paint::Paint;
use super::style::Style;
use super::summary::headline;
use super::text::{count, lead, wrap};
use super::{Report, tail};
use crate::finding::{
    Finding, Origin, Related, Secret, Severity, Verification, VerificationStatus,
};

/// Help is shown up to the sentence that passes this many bytes; with `-v` all of it.
const HELP: usize = 160;

/// Writes `report` for people; with `-q`, its findings only.
pub(super) fn write(report: &Report, out: &mut dyn Write, style: &Style) -> io::Result<()> {
    if !style.quiet {
        writeln!(out, "{}", headline(report, style))?;
    }
    let page = Page::new(style);
    for (i, group) in report.findings.chunk_by(|a, b| a.path == b.path).enumerate() {
        if i > 0 || !style.quiet {
            writeln!(out)?;
        }
        page.heading(group, out)?;
        group.iter().try_for_each(|finding| page.finding(finding, out))?;
    }
    if style.quiet { Ok(()) } else { tail::write(report, out, style) }
}

/// What all findings of a report share.
struct Page<'a> {
    style: &'a Style,
    paint: Paint,
    /// By severity, mildest first.
    handlers: [GraphicalReportHandler; 5],
}

impl<'a> Page<'a> {
    fn new(style: &'a Style) -> Self {
        let handlers = Severity::ALL.map(|severity| handler(severity, style));
        Page { style, paint: Paint::new(style), handlers }
    }

    /// `── src/settings.py ── 2 findings ─────…`
    fn heading(&self, group: &[Finding], out: &mut dyn Write) -> io::Result<()> {
        let Some(first) = group.first() else { return Ok(()) };
        let bar = if self.style.unicode { "─" } else { "-" };
        let path = printable(&first.path);
        let found = count(group.len() as u64, "finding");
        let used = path.chars().count() + found.chars().count() + 8;
        let rest = self.style.width.saturating_sub(used).max(2);
        writeln!(
            out,
            "{} {} {} {found} {}",
            self.paint.dim(&bar.repeat(2)),
            self.paint.bold(&path),
            self.paint.dim(&bar.repeat(2)),
            self.paint.dim(&bar.repeat(rest)),
        )
    }

    fn finding(&self, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "\n{}", self.title(finding))?;
        let mut body = String::new();
        let rendered = self.handlers[finding.severity as usize]
            .render_report(&mut body, &Shown::new(finding, self.style));
        rendered.map_err(io::Error::other)?;
        out.write_all(body.as_bytes())?;
        self.notes(finding, out)
    }

    /// `critical[aws-access-key] · high confidence`
    fn title(&self, finding: &Finding) -> String {
        let rule = &finding.rule;
        let kind = format!("{}[{}]", finding.severity.name(), printable(&rule.id));
        let kind = self.paint.severity(finding.severity, &kind);
        let kind = match rule.texts.references.first() {
            Some(url) => self.paint.link(url, kind),
            None => kind,
        };
        let dot = if self.style.unicode { "·" } else { "-" };
        let mut sure = format!(" {dot} {} confidence", finding.confidence.name());
        if finding.excerpt.is_none() {
            let at = finding.start;
            sure += &format!(" {dot} {}:{}:{}", printable(&finding.path), at.line, at.column);
        }
        format!("{kind}{}", self.paint.dim(&sure))
    }

    fn notes(&self, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
        if let (true, Some(secret)) = (self.style.show_secrets, &finding.shown) {
            self.secret(secret, out)?;
        }
        let secret = finding.secret.as_ref();
        if let Some(verification) = secret.and_then(|secret| secret.verification.as_ref()) {
            self.note("check", &verdict(verification), out)?;
        }
        let verbose = self.style.verbose > 0;
        let fix = &finding.rule.texts.fix;
        self.note("help", if verbose { fix } else { lead(fix, HELP) }, out)?;
        match finding.way {
            true => self.note("flow", &way(finding), out)?,
            false => {
                for related in &finding.related {
                    self.note("note", &place(related), out)?;
                }
            }
        }
        if let Some(origin) = &finding.origin {
            self.note("from", &provenance(origin), out)?;
        }
        if !verbose {
            return Ok(());
        }
        if !finding.reasons.is_empty() {
            self.note("why", &finding.reasons.join(", "), out)?;
        }
        match &finding.rule.texts.revoke {
            Some(revoke) => self.note("revoke", revoke, out),
            None => Ok(()),
        }
    }

    /// The raw value, line by line, as it stands in the file but harmless.
    fn secret(&self, secret: &Secret, out: &mut dyn Write) -> io::Result<()> {
        let label = self.paint.warning("secret:");
        for (i, line) in secret.reveal().lines().enumerate() {
            let label = if i == 0 { label.as_str() } else { "       " };
            writeln!(out, "  {label} {}", printable(line))?;
        }
        Ok(())
    }

    /// A labelled text, wrapped and indented under its label.
    fn note(&self, label: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
        let indent = label.len() + 4;
        let lines = wrap(text, self.style.width.saturating_sub(indent).max(20));
        for (i, line) in lines.iter().enumerate() {
            let line = printable(line);
            if i == 0 {
                writeln!(out, "  {} {line}", self.paint.note(&format!("{label}:")))?;
            } else {
                writeln!(out, "{:indent$}{line}", "")?;
            }
        }
        Ok(())
    }
}

/// `live: accepted with HTTP status 200`
fn verdict(verification: &Verification) -> String {
    let status = match verification.status {
        VerificationStatus::NotChecked => "not checked",
        status => status.name(),
    };
    format!("{status}: {}", verification.reason)
}

/// `the value comes from line 4, it is assigned in line 5`
fn way(finding: &Finding) -> String {
    let step = |related: &Related| {
        let line = related.start.line;
        match related.message.strip_suffix(" here") {
            _ if related.path != finding.path => place(related),
            Some(said) if said.ends_with("from") => format!("{said} line {line}"),
            Some(said) => format!("{said} in line {line}"),
            None => format!("{} (line {line})", related.message),
        }
    };
    finding.related.iter().map(step).collect::<Vec<_>>().join(", ")
}

fn place(related: &Related) -> String {
    let at = related.start;
    format!("{}:{}:{} {}", related.path, at.line, at.column, related.message)
}

/// `commit 1a2b3c4d by A. Author on 2024-05-01, in inner/path`
fn provenance(origin: &Origin) -> String {
    let parts = [
        ("commit", &origin.commit),
        ("by", &origin.author),
        ("on", &origin.date),
        ("in", &origin.inner_path),
    ];
    let shown: Vec<String> = parts
        .iter()
        .filter_map(|(word, value)| value.as_ref().map(|value| format!("{word} {value}")))
        .collect();
    shown.join(" ")
}
