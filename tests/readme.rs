//! What `README.md` and pages of `docs/` show is what the program prints: their
//! `console` blocks are run from the root of the repository.

#[test]
fn the_readme_shows_what_the_program_prints() {
    let cases = trycmd::TestCases::new();
    for (name, value) in [("LC_ALL", "C.UTF-8"), ("COLUMNS", "88"), ("NO_COLOR", "1")] {
        cases.env(name, value);
    }
    cases.case("README.md");
    cases.case("docs/custom-rules.md");
    cases.case("docs/semgrep.md");
}

/// A page shows the file that it speaks of as it is.
#[test]
fn the_pages_show_the_files_of_the_tour() {
    for (page, file) in [
        ("docs/custom-rules.md", "tour/own/rules/pager-key-in-url.toml"),
        ("docs/semgrep.md", "tour/own/semgrep.yaml"),
    ] {
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let shown = read(page).contains(&format!("\n{}```\n", read(file)));
        assert!(shown, "{page} does not show {file} as it is");
    }
}
