//! What `README.md` shows is what the program prints: its `console` blocks are
//! run from the root of the repository.

#[test]
fn the_readme_shows_what_the_program_prints() {
    let cases = trycmd::TestCases::new();
    for (name, value) in [("LC_ALL", "C.UTF-8"), ("COLUMNS", "88"), ("NO_COLOR", "1")] {
        cases.env(name, value);
    }
    cases.case("README.md");
}
