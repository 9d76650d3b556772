//! Any bytes as a baseline: refused with a reason, or read, and written again
//! without a loss.

use seamline::judge::Baseline;

pub fn run(input: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("baseline.jsonl");
    std::fs::write(&file, input).expect("a file");
    let baseline = match Baseline::read(&file) {
        Err(error) => return assert!(!error.to_string().is_empty(), "a refusal has a reason"),
        Ok(baseline) => baseline,
    };
    if baseline.is_foreign() {
        return;
    }
    baseline.write(&file).expect("it can be written");
    let again = Baseline::read(&file).expect("what was written can be read");
    assert_eq!(again.len(), baseline.len(), "nothing is lost");
}

pub fn seeds() -> Vec<Vec<u8>> {
    let line = |rule: &str, path: &str| {
        format!(
            "{{\"rule\":\"{rule}\",\"path\":\"{path}\",\"fingerprint\":\"{}\"}}\n",
            "0f".repeat(16)
        )
    };
    vec![
        line("github-pat", "src/app.py").into_bytes(),
        br#"{"version":"1.5.0","filters_used":[{"path":"detect_secrets.filters.regex.should_exclude_line","pattern":["a+"]}],"results":{"a.py":[{"hashed_secret":"da39"}]}}"#.to_vec(),
        (line("url-credential", "a \\\"b\\\".env") + "\n" + &line("jwt", "ü.txt")).into_bytes(),
    ]
}
