//! What findings say together, through the program: pairs, shared credentials,
//! references in pipelines, and stores whose values are encrypted.

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::fs;
use std::process::{Command, Stdio};

use base64::Engine as _;
use serde_json::Value;
use tempfile::TempDir;

/// A folder with `files`.
fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// Standard output of a run in `folder`.
fn run(folder: &TempDir, flags: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_seamline"));
    command.current_dir(folder.path()).stdin(Stdio::null()).args(flags);
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

fn report(folder: &TempDir, flags: &[&str]) -> Vec<Value> {
    let flags: Vec<&str> = ["--format", "json"].iter().chain(flags).copied().collect();
    let report: Value = serde_json::from_str(&run(folder, &flags)).unwrap();
    report["findings"].as_array().unwrap().clone()
}

/// `path:line rule` of each finding.
fn listed(findings: &[Value]) -> Vec<String> {
    let line = |f: &Value| {
        let text = |v: &Value| v.as_str().unwrap().to_owned();
        format!("{}:{} {}", text(&f["path"]), f["start"]["line"], text(&f["rule"]))
    };
    findings.iter().map(line).collect()
}

/// `path:line message` of each related place.
fn related(finding: &Value) -> Vec<String> {
    let places = finding["related"].as_array().unwrap();
    let line = |r: &Value| {
        let text = |v: &Value| v.as_str().unwrap().to_owned();
        format!("{}:{} {}", text(&r["path"]), r["start"]["line"], text(&r["message"]))
    };
    places.iter().map(line).collect()
}

fn shared(findings: &[Value]) -> Vec<&Value> {
    findings.iter().filter(|f| f["rule"] == "shared-credential").collect()
}

/// A value that no provider's format fits.
fn key() -> String {
    ["q8Zt4LxW2v", "Nc7YbR5mJd"].concat()
}

fn other_key() -> String {
    ["M4xs7Qv2Tb", "Kw9ZpL3nRd"].concat()
}

/// Base64 of `len` bytes that look random.
fn base64(len: usize, seed: u8) -> String {
    let mut state = u32::from(seed).wrapping_mul(2_654_435_761) | 1;
    let bytes: Vec<u8> = (0..len)
        .map(|_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        })
        .collect();
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

#[test]
fn one_credential_in_several_environments_is_a_finding_of_its_own() {
    let line = format!("APP_API_KEY={}\n", key());
    let folder = project(&[
        (".env.dev", &line),
        (".env.production", &line),
        ("deploy/values-staging.yaml", &format!("app:\n  apiKey: {}\n", key())),
        ("src/client.py", &format!("api_key = \"{}\"\n", key())),
    ]);
    let found = report(&folder, &[]);
    let shared = shared(&found);
    assert_eq!(shared.len(), 1, "{:#?}", listed(&found));
    assert_eq!(
        shared[0]["message"],
        "The same credential is used for production, staging and development"
    );
    assert_eq!(
        (&shared[0]["path"], &shared[0]["severity"]),
        (&".env.production".into(), &"high".into())
    );
    assert_eq!(
        related(shared[0]),
        [
            "deploy/values-staging.yaml:2 the same value, for staging",
            ".env.dev:1 the same value, for development",
            "src/client.py:1 the same value",
        ]
    );
    assert!(!run(&folder, &["--format", "json"]).contains(&key()));
}

#[test]
fn what_is_not_shared_is_no_such_finding() {
    let with = |value: &str| format!("APP_API_KEY={value}\n");
    let stripe = ["pk_", "live_", "4eC39HqLyjWDarjtT1zdp7dc"].concat();
    let cases: [(&str, &[(&str, &str)]); 5] = [
        ("other values", &[(".env.dev", &with(&key())), (".env.production", &with(&other_key()))]),
        ("one environment", &[("prod/a.env", &with(&key())), ("b.env.production", &with(&key()))]),
        ("development and tests", &[(".env.dev", &with(&key())), (".env.test", &with(&key()))]),
        ("no environment", &[("a.env", &with(&key())), ("b.env", &with(&key()))]),
        ("public keys", &[(".env.dev", &with(&stripe)), (".env.production", &with(&stripe))]),
    ];
    for (what, files) in cases {
        let found = report(&project(files), &["--min-severity", "info"]);
        assert!(!found.is_empty() && shared(&found).is_empty(), "{what}: {:#?}", listed(&found));
    }
    let folder = project(&[(".env.production", &with(&key()))]);
    let twice = report(&folder, &[".env.production", ".env.production", "."]);
    assert_eq!(shared(&twice).len(), 0);
}

#[test]
fn sections_and_names_tell_the_environment_within_a_file() {
    let yaml = format!("development:\n  password: {0}\n\nproduction:\n  password: {0}\n", key());
    let found = report(&project(&[("config/database.yml", &yaml)]), &[]);
    assert_eq!(shared(&found)[0]["start"]["line"], 5);
    assert_eq!(
        related(shared(&found)[0]),
        ["config/database.yml:2 the same value, for development"]
    );
}

#[test]
fn one_credential_for_several_services_is_told() {
    let text = |a: &str, b: &str| format!("{a}={0}\n{b}={0}\n", key());
    let found = report(&project(&[("app.env", &text("JWT_SECRET", "SESSION_SECRET"))]), &[]);
    assert_eq!(shared(&found)[0]["message"], "The same credential is used for jwt and session");
    assert_eq!(shared(&found)[0]["severity"], "medium");
    for (a, b) in [("POSTGRES_PASSWORD", "DB_PASSWORD"), ("JWT_SECRET", "APP_SECRET")] {
        let found = report(&project(&[("app.env", &text(a, b))]), &[]);
        assert!(found.len() == 2 && shared(&found).is_empty(), "{a} {b}: {:#?}", listed(&found));
    }
}

#[test]
fn config_gates_and_baseline_hold_for_relations_too() {
    let line = format!("APP_API_KEY={}\n", key());
    let files = [(".env.dev", line.as_str()), (".env.production", &line)];
    let folder = project(&files);
    assert_eq!(shared(&report(&folder, &["--min-severity", "critical"])).len(), 0);
    assert_eq!(shared(&report(&folder, &["--disable", "shared-credential"])).len(), 0);
    run(&folder, &["baseline", "create"]);
    assert_eq!(shared(&report(&folder, &[])).len(), 1);
    let with = ["--baseline", "seamline-baseline.jsonl"];
    assert_eq!(report(&folder, &with).len(), 0);

    let config = "[rules.shared-credential]\nseverity = \"low\"\n";
    let found = report(&project(&[files[0], files[1], ("seamline.toml", config)]), &[]);
    assert_eq!(shared(&found)[0]["severity"], "low");
    let config = "[rules.shared-credential]\nexclude = [\".env.production\"]\n";
    let found = report(&project(&[files[0], files[1], ("seamline.toml", config)]), &[]);
    assert_eq!((found.len(), shared(&found).len()), (2, 0));
}

#[test]
fn a_comment_keeps_a_place_out_of_relations() {
    let plain = format!("APP_API_KEY={}\n", key());
    let ignored = format!("# seamline: ignore-next-line[shared-credential] same stage\n{plain}");
    let folder = project(&[(".env.dev", &plain), (".env.production", &ignored)]);
    let found = report(&folder, &["--report-unused-ignores"]);
    assert_eq!((found.len(), shared(&found).len()), (2, 0), "{:#?}", listed(&found));
    let said = run(&folder, &["--report-unused-ignores", "--format", "concise"]);
    assert!(said.contains("1 inline") && !said.contains("unused"), "{said}");
    let third =
        [(".env.dev", plain.as_str()), (".env.production", &ignored), (".env.staging", &plain)];
    let found = report(&project(&third), &[]);
    assert_eq!(
        shared(&found)[0]["message"],
        "The same credential is used for staging and development"
    );
}

#[test]
fn the_same_bytes_twice() {
    let mut files = Vec::new();
    for n in 0..40 {
        let value = format!("{}{n:02}", key());
        files.push((format!("svc{n}/.env.dev"), format!("APP_API_KEY={value}\n")));
        files.push((format!("svc{n}/.env.production"), format!("APP_API_KEY={value}\n")));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let folder = project(&files);
    let first = run(&folder, &["--format", "concise", "-q"]);
    assert_eq!(first.lines().filter(|line| line.contains("shared-credential")).count(), 40);
    for _ in 0..3 {
        assert_eq!(run(&folder, &["--format", "concise", "-q"]), first);
    }
}

#[test]
fn a_key_id_and_its_secret_are_one_finding() {
    let id = ["AKIA", "Q7WZ4TNB", "X3MHLC2E"].concat();
    let secret = ["k8Zt4LxW2vNc7YbR5mJd", "QpT9sHf3Gw6XcVbNm1Kj"].concat();
    let text = format!("AWS_ACCESS_KEY_ID={id}\nAWS_SECRET_ACCESS_KEY={secret}\n");
    for flags in [&[][..], &["--min-confidence", "high"]] {
        let found = report(&project(&[("prod.env", &text)]), flags);
        assert_eq!(listed(&found), ["prod.env:2 aws-secret-access-key"]);
        assert_eq!(related(&found[0]), ["prod.env:1 the access key id that belongs to it"]);
        assert_eq!(
            (&found[0]["severity"], &found[0]["confidence"]),
            (&"critical".into(), &"high".into())
        );
    }
    let alone = report(&project(&[("prod.env", &format!("AWS_ACCESS_KEY_ID={id}\n"))]), &[]);
    assert_eq!(listed(&alone), ["prod.env:1 aws-access-key-id"]);
    let apart = format!(
        "AWS_ACCESS_KEY_ID={id}\n{}aws_secret_access_key={secret}\n",
        "# text\n".repeat(200)
    );
    assert_eq!(report(&project(&[("prod.env", &apart)]), &[]).len(), 2);
    // Where the config hides one half, the other speaks for itself.
    let config = "[rules.aws-secret-access-key]\nenabled = false\n";
    let found = report(&project(&[("prod.env", &text), ("seamline.toml", config)]), &[]);
    assert_eq!(listed(&found), ["prod.env:1 aws-access-key-id"]);
}

#[test]
fn a_password_names_its_user() {
    let password = ["Xk29v", "Lq8Tz4w"].concat();
    let of = |path: &str, text: &str| {
        let found = report(&project(&[(path, &text.replace("PW", &password))]), &[]);
        related(&found[0])
    };
    let user = "the user name that belongs to it";
    assert_eq!(
        of("app.env", "MAIL_USER=m\nDB_USER=app\nDB_PASSWORD=PW\n"),
        ["app.env:2 the name or id that belongs to it"]
    );
    assert_eq!(of("a.yml", "db:\n  username: app\n  password: PW\n"), [format!("a.yml:2 {user}")]);
    assert_eq!(of("a.py", "connect(user=\"app\", password=\"PW\")\n"), [format!("a.py:1 {user}")]);
    assert_eq!(of("a.py", "connect(user=name, password=\"PW\")\n"), [""; 0]);
    assert_eq!(of("app.env", "MAIL_USER=mailer\nDB_PASSWORD=PW\n"), [""; 0]);
    assert_eq!(of("app.env", "USER=app\n\nDB_PASSWORD=PW\n"), [""; 0]);
}

#[test]
fn a_client_secret_names_its_client_id() {
    let secret = ["q8Zt4LxW2v", "Nc7YbR5mJd", "Qp"].concat();
    let text = format!("ACME_CLIENT_ID=app-123\nACME_CLIENT_SECRET={secret}\n");
    let found = report(&project(&[("prod.env", &text)]), &[]);
    assert_eq!(related(&found[0]), ["prod.env:1 the name or id that belongs to it"]);
    // Whichever provider's format it has.
    let discord =
        format!("DISCORD_CLIENT_ID=812345678901234567\nDISCORD_CLIENT_SECRET={secret}Z3kV9xLm1T\n");
    let found = report(&project(&[("prod.env", &discord)]), &[]);
    assert_eq!(related(&found[0]).len(), 1, "{:#?}", listed(&found));
}

#[test]
fn a_pipeline_that_has_the_name_in_a_store_is_named() {
    let key = ["sk_", "live_", "4eC39HqLyjWDarjtT1zdp7dc"].concat();
    let folder = project(&[
        (
            ".github/workflows/ci.yml",
            "env:\n  K: ${{ secrets.STRIPE_API_KEY }}\n  L: ${{ secrets.OTHER }}\n",
        ),
        ("docs/secrets.STRIPE_API_KEY.md", "secrets.STRIPE_API_KEY\n"),
        ("src/a.env", &format!("STRIPE_API_KEY={key}\n")),
    ]);
    let found = report(&folder, &[]);
    assert_eq!(listed(&found), ["src/a.env:1 stripe-secret-key"]);
    let place = ".github/workflows/ci.yml:2 here the value of this name comes from a secret store";
    assert_eq!(related(&found[0]), [place]);
}

#[test]
fn encrypted_stores_are_safe() {
    let sops = |seed| {
        let (data, iv, tag) = (base64(24, seed), base64(32, seed + 1), base64(16, seed + 2));
        format!("ENC[AES256_GCM,data:{data},iv:{iv},tag:{tag},type:str]")
    };
    let hex: String =
        (0..60u32).map(|n| format!("{:02x}", n.wrapping_mul(2_654_435_761) >> 24)).collect();
    let ejson = format!("EJ[1:{}:{}:{}]", base64(32, 7), base64(24, 8), base64(40, 9));
    let sealed = format!("Ag{}", base64(300, 4));
    let age = format!(
        "-----BEGIN AGE ENCRYPTED FILE-----\naws_secret_key={}\n-----END AGE ENCRYPTED FILE-----\n",
        base64(30, 5)
    );
    let rails = format!("{}--{}--{}", base64(200, 1), base64(12, 2), base64(16, 3));
    let stores = [
        ("secrets.yaml", format!("db:\n  password: {}\n  api_key: {}\n", sops(1), sops(4))),
        (".env.enc", format!("STRIPE_API_TOKEN={}\nDB_PASSWORD={}\n", sops(2), sops(5))),
        ("group_vars/vault.yml", format!("$ANSIBLE_VAULT;1.1;AES256\napi_key: {hex}\n")),
        (
            "group_vars/web.yml",
            format!("api_token: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  {hex}\n"),
        ),
        (
            "sealed.yaml",
            format!("kind: SealedSecret\nspec:\n  encryptedData:\n    password: {sealed}\n"),
        ),
        ("config/credentials.yml.enc", rails),
        (
            "secrets.ejson",
            format!("{{\"_public_key\":\"{hex}\",\"db\":{{\"api_token\":\"{ejson}\"}}}}"),
        ),
        ("common.eyaml", format!("db::password: ENC[PKCS7,{}]\n", base64(90, 6))),
        (
            "app.properties",
            format!("db.password=ENC({})\nmail.password={{cipher}}{hex}\n", base64(24, 3)),
        ),
        (".travis.yml", format!("deploy:\n  api_key:\n    secure: {}\n", base64(40, 8))),
        ("dotenvx.env", format!("API_KEY=encrypted:{}\n", base64(60, 9))),
        ("kms.tfvars", format!("kms_secret = \"AQICAH{}\"\n", base64(60, 9))),
        ("vault.yaml", format!("apiToken: vault:v1:{}\n", base64(40, 9))),
        ("message.age", age),
    ];
    for (path, text) in &stores {
        let found = report(&project(&[(path, text)]), &["--min-confidence", "low"]);
        assert_eq!(listed(&found), [""; 0], "{path}: {text}");
    }
}

#[test]
fn a_value_in_clear_among_encrypted_ones_is_found() {
    let enc = format!("ENC[AES256_GCM,data:{},iv:{},type:str]", base64(24, 1), base64(32, 2));
    let npm = format!("{}{}", "npm", "_");
    let stripe = ["sk_", "live_", "4eC39HqLyjWDarjtT1zdp7dc"].concat();
    let cases = [
        ("a.yaml", format!("password: {enc}\napi_key: {}\nsops:\n  mac: {enc}\n", key()), 2),
        (
            "b.yml",
            format!("x: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  3031\napi_key: {}\n", key()),
            4,
        ),
        (
            "c.yaml",
            format!(
                "kind: SealedSecret\nencryptedData:\n  a: Ag{}\nstringData:\n  api_key: {}\n",
                base64(300, 4),
                key()
            ),
            5,
        ),
        // A provider's prefix is in clear, whatever the key promises.
        (".travis.yml", format!("env:\n  - secure: {stripe}\n# {npm}\n"), 2),
    ];
    for (path, text, line) in cases {
        let found = report(&project(&[(path, &text)]), &[]);
        assert_eq!(found.len(), 1, "{path}: {:#?}", listed(&found));
        assert_eq!(found[0]["start"]["line"], line, "{path}");
    }
}
