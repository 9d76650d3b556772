//! Where reports go: files that appear whole or not at all, pipes that close.

use std::fs;
use std::io::{self, Write};

use seamline::report::{Format, Style, write, write_file};

use crate::sample::{many, report, written};

/// A pipe whose reader goes away after some bytes.
struct Pipe {
    left: usize,
    kind: io::ErrorKind,
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.left == 0 {
            return Err(self.kind.into());
        }
        let n = bytes.len().min(self.left);
        self.left -= n;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_closed_pipe_is_no_error_and_a_full_disk_is() {
    for format in Format::ALL {
        for left in [0, 1_000, 100_000] {
            let mut closed = Pipe { left, kind: io::ErrorKind::BrokenPipe };
            assert!(write(format, &many(2_000), &mut closed, &Style::PLAIN).is_ok(), "{format:?}");
        }
        let mut full = Pipe { left: 100, kind: io::ErrorKind::StorageFull };
        let error = write(format, &report(), &mut full, &Style::PLAIN).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull, "{format:?}");
    }
}

#[test]
fn a_file_is_replaced_whole_without_colour_and_nothing_else_stays() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.txt");
    fs::write(&path, "old").unwrap();
    let style = Style { color: true, links: true, ..Style::PLAIN };
    write_file(&path, Format::Human, &report(), &style).unwrap();
    let expected = written(Format::Human, &report(), &Style::PLAIN);
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_folder_that_is_not_there_is_one_clear_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("no/such/report.json");
    let error = write_file(&path, Format::Json, &report(), &Style::PLAIN).unwrap_err().to_string();
    assert!(error.starts_with("cannot write the report to "), "{error}");
    assert!(error.contains("report.json: ") && !error.contains('\n'), "{error}");
}

#[test]
fn a_folder_is_not_replaced_by_a_report() {
    let folder = tempfile::tempdir().unwrap();
    write_file(folder.path(), Format::Json, &report(), &Style::PLAIN).unwrap_err();
    assert!(folder.path().is_dir());
}

#[cfg(unix)]
#[test]
fn a_link_keeps_pointing_and_a_device_stays_a_device() {
    let folder = tempfile::tempdir().unwrap();
    let (target, link) = (folder.path().join("target.json"), folder.path().join("link.json"));
    fs::write(&target, "old").unwrap();
    std::os::unix::fs::symlink(&target, &link).unwrap();
    write_file(&link, Format::Json, &report(), &Style::PLAIN).unwrap();
    assert!(link.is_symlink());
    assert_eq!(
        fs::read_to_string(&target).unwrap(),
        written(Format::Json, &report(), &Style::PLAIN)
    );

    let device = std::path::Path::new("/dev/null");
    write_file(device, Format::Json, &report(), &Style::PLAIN).unwrap();
    assert!(!device.is_file());
}
