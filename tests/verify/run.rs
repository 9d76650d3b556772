//! A project with made-up credentials, and runs of the program on it.

use std::fs;
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::provider::Provider;

/// A token of the made-up provider Acme; different for each `kind`.
pub fn acme_token(kind: &str) -> String {
    format!("acme{}{kind}Z9x{}", "Q", "7Rt2LmX9vB4nC6wY1pD")
}

/// A Stripe key, in parts.
pub fn stripe_key() -> String {
    ["sk_", "live_", "4eC39HqLyjWDarjtT1zdp7dc"].concat()
}

/// `len` hexadecimal digits; different for each `seed`.
pub fn hex(len: usize, seed: u64) -> String {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let digit = |_| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from_digit((state >> 60) as u32, 16).unwrap()
    };
    (0..len).map(digit).collect()
}

pub fn twilio_sid() -> String {
    format!("AC{}", hex(32, 3))
}

pub fn twilio_token() -> String {
    hex(32, 5)
}

/// Rules of two made-up providers.
pub fn acme() -> &'static str {
    r#"
provider = "acme"
name = "Acme"
words = ["acme"]

[[rule]]
id = "acme-token"
title = "Acme token"
severity = "high"
formats = [[{ text = ["acmeQ"] }, { chars = "A-Za-z0-9", len = [20, 60] }]]

[rule.verify]
url = "https://api.acme.example/v1/me"
headers = { authorization = "Bearer {secret}" }
live = [{ status = [200] }]
dead = [{ status = [401] }]

[[rule.example]]
match = "ACME_KEY={token}"
[[rule.example]]
near_miss = "ACME_KEY={broken}"

[[rule]]
id = "regional-token"
title = "Regional token"
severity = "high"
formats = [[{ text = ["rgnl_"] }, { chars = "A-Za-z0-9", len = 24 }]]

[rule.verify]
url = "https://us.region.example/me?key={secret}"
more_urls = ["https://eu.region.example/me?key={secret}"]
live = [{ status = [200] }]
dead = [{ status = [401] }]

[[rule.example]]
match = "KEY={token}"
[[rule.example]]
near_miss = "KEY={broken}"
"#
}

/// Files in a folder of their own.
pub struct Project {
    folder: TempDir,
    rules: TempDir,
}

impl Project {
    /// A folder with `files`; short names in them become whole credentials.
    pub fn new(files: &[(&str, &str)]) -> Self {
        let (folder, rules) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        for (name, text) in files {
            let text = text
                .replace("acme_live", &acme_token("live"))
                .replace("acme_dead", &acme_token("dead"))
                .replace("STRIPE=key", &format!("STRIPE_API_KEY={}", stripe_key()))
                .replace("REGIONAL=key", &format!("K=rgnl_{}", "7Rt2LmX9vB4nC6wY1pDq5ZkT"));
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        fs::write(rules.path().join("acme.toml"), acme()).unwrap();
        Project { folder, rules }
    }

    /// The JSON report of a run with `--verify`.
    pub fn verify(&self, provider: &Provider, flags: &[&str]) -> Value {
        let flags: Vec<&str> =
            ["--verify", "--format", "json"].iter().chain(flags).copied().collect();
        self.json(provider, &flags, &[])
    }

    pub fn json(&self, provider: &Provider, flags: &[&str], variables: &[(&str, &str)]) -> Value {
        let (out, err) = self.run(provider, flags, variables);
        serde_json::from_str(&out).unwrap_or_else(|error| panic!("{error}: {out}{err}"))
    }

    /// What is written to standard output and standard error.
    pub fn run(
        &self,
        provider: &Provider,
        flags: &[&str],
        variables: &[(&str, &str)],
    ) -> (String, String) {
        let (_, out, err) = self.code(provider, flags, variables);
        (out, err)
    }

    /// The exit code, standard output and standard error.
    pub fn code(
        &self,
        provider: &Provider,
        flags: &[&str],
        variables: &[(&str, &str)],
    ) -> (i32, String, String) {
        let rules = self.rules.path().to_str().unwrap();
        let flags: Vec<&str> = ["--rules", rules].iter().chain(flags).copied().collect();
        self.start(provider, &flags, variables)
    }

    /// A run that knows no rules but the built-in ones and the config's.
    pub fn without_rules(&self, provider: &Provider, flags: &[&str]) -> (String, String) {
        let (_, out, err) = self.start(provider, flags, &[]);
        (out, err)
    }

    fn start(
        &self,
        provider: &Provider,
        flags: &[&str],
        variables: &[(&str, &str)],
    ) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_seamline"));
        command
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .env("SEAMLINE_VERIFY_LOOPBACK", provider.address().to_string())
            .envs(variables.iter().copied())
            .args(flags);
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
    }
}
