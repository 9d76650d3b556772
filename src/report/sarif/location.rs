//! Places: paths of the working directory as percent-encoded URIs relative to
//! the repository root, positions as regions.

use std::fmt::Write;

use serde_sarif::sarif::{ArtifactLocation, Location, Message, PhysicalLocation, Region};

use crate::finding::{Finding, Position, Related};

/// The name of the repository root, as CodeQL writes it.
const ROOT: &str = "%SRCROOT%";

/// Describes the root; where it lies on this machine is nobody's business.
pub(super) fn root() -> (&'static str, ArtifactLocation) {
    let description = super::text("The root of the scanned repository.".to_owned());
    (ROOT, ArtifactLocation { description: Some(description), ..Default::default() })
}

/// Turns paths relative to the working directory into URIs.
pub(super) struct Paths<'a> {
    /// The working directory within the repository.
    prefix: &'a str,
}

impl<'a> Paths<'a> {
    pub(super) fn new(prefix: Option<&'a str>) -> Self {
        Paths { prefix: prefix.unwrap_or("").trim_matches('/') }
    }

    pub(super) fn finding(&self, finding: &Finding) -> Location {
        self.location(finding.file(), Some(region_of(finding, finding.start, Some(finding.end))))
    }

    /// A related place with its number for links in the message.
    pub(super) fn related(&self, id: i64, finding: &Finding, related: &Related) -> Location {
        let message =
            Message { text: Some(super::sentence(&related.message)), ..Default::default() };
        let path = if related.path == finding.path { finding.file() } else { &related.path };
        let place = self.location(path, Some(region_of(finding, related.start, None)));
        Location { id: Some(id), message: Some(message), ..place }
    }

    /// A place on the way of a value.
    pub(super) fn step(&self, finding: &Finding, related: &Related) -> Location {
        Location { id: None, ..self.related(0, finding, related) }
    }

    /// A whole file.
    pub(super) fn file(&self, path: &str) -> Location {
        self.location(path, None)
    }

    fn location(&self, path: &str, region: Option<Region>) -> Location {
        let artifact = ArtifactLocation {
            uri: Some(self.uri(path)),
            uri_base_id: (!is_absolute(path)).then(|| ROOT.to_owned()),
            ..Default::default()
        };
        let physical =
            PhysicalLocation { artifact_location: Some(artifact), region, ..Default::default() };
        Location { physical_location: Some(physical), ..Default::default() }
    }

    fn uri(&self, path: &str) -> String {
        if is_absolute(path) {
            return format!("file:///{}", encoded(path.trim_start_matches('/')));
        }
        let mut segments: Vec<&str> = Vec::new();
        for segment in self.prefix.split('/').chain(path.split('/')) {
            match segment {
                "" | "." => {}
                ".." if segments.last().is_some_and(|last| *last != "..") => {
                    segments.pop();
                }
                _ => segments.push(segment),
            }
        }
        encoded(&segments.join("/"))
    }
}

/// `/srv/x` or `C:/x`.
fn is_absolute(path: &str) -> bool {
    path.starts_with('/')
        || matches!(path.as_bytes(), [drive, b':', b'/', ..] if drive.is_ascii_alphabetic())
}

/// Percent-encodes what RFC 3986 does not allow in a path, and `:`, which
/// would make the first segment of a relative path a scheme.
fn encoded(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=@/".contains(&byte) {
            uri.push(byte as char);
        } else {
            // Writing to a `String` cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

/// The region in the file on disk: where an archive is concerned its start, for
/// no viewer shows a line of a file in it.
fn region_of(finding: &Finding, start: Position, end: Option<Position>) -> Region {
    match finding.file() == &*finding.path {
        true => region(start, end),
        false => region(Position { line: 1, column: 1 }, None),
    }
}

fn region(start: Position, end: Option<Position>) -> Region {
    // A region must not be empty for a viewer to mark it.
    let end = end.map(|end| {
        if end > start { end } else { Position { column: start.column.saturating_add(1), ..start } }
    });
    Region {
        start_line: Some(i64::from(start.line)),
        start_column: Some(i64::from(start.column)),
        end_line: end.map(|end| i64::from(end.line)),
        end_column: end.map(|end| i64::from(end.column)),
        ..Default::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_start_at_the_repository_root() {
        let paths = Paths::new(Some("services/api"));
        assert_eq!(paths.uri("src/a b#1.py"), "services/api/src/a%20b%231.py");
        assert_eq!(paths.uri("./x"), "services/api/x");
        assert_eq!(paths.uri("../web/[id].ts"), "services/web/%5Bid%5D.ts");
        assert_eq!(Paths::new(None).uri("c:x/ü%"), "c%3Ax/%C3%BC%25");
    }

    #[test]
    fn absolute_paths_are_file_uris_without_a_base() {
        let location = Paths::new(Some("a")).file("/srv/x y");
        let artifact = location.physical_location.unwrap().artifact_location.unwrap();
        assert_eq!(artifact.uri.as_deref(), Some("file:///srv/x%20y"));
        assert_eq!(artifact.uri_base_id, None);
    }

    #[test]
    fn an_empty_span_becomes_one_column() {
        let at = Position { line: 3, column: 7 };
        assert_eq!(region(at, Some(at)).end_column, Some(8));
    }
}
