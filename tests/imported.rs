//! Constants that a file takes from others, through the program: small projects in
//! each language, and what must not be followed.

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::fs;
use std::process::{Command, Stdio};

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

/// `path:line <- path:line` of each plaintext request and where its URL is written.
fn requests(folder: &TempDir, paths: &[&str]) -> Vec<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_seamline"));
    command.current_dir(folder.path()).stdin(Stdio::null()).args(["scan", "--format", "json"]);
    command.args(["--enable", "plaintext-http-request"]).args(paths);
    let output = command.output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let place =
        |value: &Value| format!("{}:{}", value["path"].as_str().unwrap(), value["start"]["line"]);
    let shown = |finding: &Value| {
        let related: Vec<String> =
            finding["related"].as_array().unwrap().iter().map(place).collect();
        format!("{} <- {}", place(finding), related.join(" "))
    };
    report["findings"].as_array().unwrap().iter().map(shown).collect()
}

const PYTHON: &[(&str, &str)] = &[
    ("app/hosts.py", "HOST = 'http://api.partner.io'\n"),
    (
        "app/config.py",
        "from .hosts import HOST\nBASE = 'http://api.partner.io'\nFULL = f'{HOST}/v1'\n\
         SET = {'url': 'http://api.partner.io/d'}\nclass Conf:\n    URL = 'http://api.partner.io/c'\n",
    ),
    (
        "app/client.py",
        "import requests\nfrom app.config import BASE, FULL as F, SET\nfrom . import config\n\
         requests.get(BASE, timeout=3)\nrequests.get(config.BASE + '/x', timeout=3)\n\
         requests.get(F, timeout=3)\nrequests.get(SET['url'], timeout=3)\n\
         requests.get(config.Conf.URL, timeout=3)\n",
    ),
];

const PYTHON_FOUND: [&str; 5] = [
    "app/client.py:4 <- app/config.py:2", "app/client.py:5 <- app/config.py:2",
    "app/client.py:6 <- app/hosts.py:1", "app/client.py:7 <- app/config.py:4",
    "app/client.py:8 <- app/config.py:6",
];

#[test]
fn python_modules_are_followed() {
    assert_eq!(requests(&project(PYTHON), &["."]), PYTHON_FOUND);
}

#[test]
fn files_given_one_by_one_give_the_same() {
    let folder = project(PYTHON);
    assert_eq!(requests(&folder, &["app/client.py"]), PYTHON_FOUND);
    let path = folder.path().join("app/client.py");
    assert_eq!(requests(&folder, &[path.to_str().unwrap()]), PYTHON_FOUND);
}

#[test]
fn scripts_are_followed() {
    let folder = project(&[
        (
            "src/config.js",
            "export const API = 'http://api.partner.io';\n\
             export const urls = {\n  base: 'http://api.partner.io/b',\n};\n\
             export default { root: `${API}/root` };\n",
        ),
        ("src/old.js", "module.exports = { OLD: 'http://api.partner.io/o', n: process.env.X };\n"),
        (
            "src/client.js",
            "import axios from 'axios';\nimport cfg, { API, urls } from './config';\n\
             import * as ns from './config.js';\nconst { OLD } = require('./old');\n\
             axios.get(API);\naxios.get(urls.base);\naxios.get(cfg.root);\naxios.get(ns.API + '/x');\n\
             axios.get(OLD);\n",
        ),
    ]);
    let found = [
        "src/client.js:5 <- src/config.js:1", "src/client.js:6 <- src/config.js:3",
        "src/client.js:7 <- src/config.js:5", "src/client.js:8 <- src/config.js:1",
        "src/client.js:9 <- src/old.js:1",
    ];
    assert_eq!(requests(&folder, &["."]), found);
}

#[test]
fn packages_of_go_are_followed() {
    let folder = project(&[
        ("go.mod", "module acme.io/shop\n"),
        (
            "config/config.go",
            "package config\n\nconst (\n\tBaseURL = \"http://api.partner.io\"\n)\n",
        ),
        ("urls.go", "package main\n\nvar ownURL = \"http://own.partner.io\"\n"),
        (
            "main.go",
            "package main\n\nimport (\n\t\"net/http\"\n\n\t\"acme.io/shop/config\"\n)\n\n\
             func a() {\n\thttp.Get(config.BaseURL)\n\thttp.Get(ownURL + \"/x\")\n}\n",
        ),
    ]);
    let found = ["main.go:10 <- config/config.go:4", "main.go:11 <- urls.go:3"];
    assert_eq!(requests(&folder, &["."]), found);
}

#[test]
fn classes_of_java_kotlin_and_csharp_are_followed() {
    let folder = project(&[
        (
            "java/com/acme/config/Urls.java",
            "package com.acme.config;\npublic final class Urls {\n\
             public static final String BASE = \"http://api.partner.io\";\n}\n",
        ),
        (
            "java/com/acme/app/Client.java",
            "package com.acme.app;\nimport com.acme.config.Urls;\n\
             import org.springframework.web.client.RestTemplate;\nclass Client {\n\
             private final RestTemplate rest = new RestTemplate();\n\
             String a() { return rest.getForObject(Urls.BASE + \"/x\", String.class); }\n}\n",
        ),
        (
            "kt/com/acme/config/Settings.kt",
            "package com.acme.config\nconst val BASE_URL = \"http://api.partner.io\"\n",
        ),
        (
            "kt/com/acme/app/Client.kt",
            "package com.acme.app\nimport com.acme.config.BASE_URL\nimport java.net.URL\n\
             fun a() = URL(BASE_URL).openStream()\n",
        ),
        (
            "cs/Config/Urls.cs",
            "namespace Acme.Config;\npublic static class Urls\n{\n\
             public const string Base = \"http://api.partner.io\";\n}\n",
        ),
        (
            "cs/Services/Client.cs",
            "using System.Net.Http;\nusing Acme.Config;\nclass Client {\n\
             private readonly HttpClient http = new HttpClient();\n\
             async void A() { await http.GetAsync(Urls.Base); }\n}\n",
        ),
    ]);
    let found = [
        "cs/Services/Client.cs:5 <- cs/Config/Urls.cs:4",
        "java/com/acme/app/Client.java:6 <- java/com/acme/config/Urls.java:3",
        "kt/com/acme/app/Client.kt:4 <- kt/com/acme/config/Settings.kt:2",
    ];
    assert_eq!(requests(&folder, &["."]), found);
}

#[test]
fn php_ruby_and_rust_are_followed() {
    let folder = project(&[
        ("php/config.php", "<?php\ndefine('API_URL', 'http://api.partner.io');\n"),
        ("php/Urls.php", "<?php\nclass Urls {\n  const BASE = 'http://api.partner.io';\n}\n"),
        (
            "php/client.php",
            "<?php\nrequire_once __DIR__ . '/config.php';\nfile_get_contents(API_URL . '/x');\n\
             file_get_contents(Urls::BASE);\n",
        ),
        ("rb/config.rb", "module Conf\n  BASE = 'http://api.partner.io'.freeze\nend\n"),
        (
            "rb/client.rb",
            "require 'httparty'\nrequire_relative 'config'\nHTTParty.get(Conf::BASE)\n",
        ),
        ("rs/src/config.rs", "pub const API: &str = \"http://api.partner.io\";\n"),
        (
            "rs/src/main.rs",
            "mod config;\nuse crate::config::API;\nasync fn a() { reqwest::get(API).await; }\n\
             async fn b() { reqwest::get(config::API).await; }\n",
        ),
    ]);
    let found = [
        "php/client.php:3 <- php/config.php:2", "php/client.php:4 <- php/Urls.php:3",
        "rb/client.rb:3 <- rb/config.rb:2", "rs/src/main.rs:3 <- rs/src/config.rs:1",
        "rs/src/main.rs:4 <- rs/src/config.rs:1",
    ];
    assert_eq!(requests(&folder, &["."]), found);
}

/// A client of `config.py`, which has `config` in it.
fn client_of(config: &str) -> TempDir {
    let client = "import requests\nfrom config import URL\nrequests.get(URL, timeout=3)\n";
    project(&[("config.py", config), ("client.py", client)])
}

#[test]
fn what_may_be_something_else_is_no_constant() {
    for config in [
        "import os\nURL = os.environ.get('URL', 'http://api.partner.io')\n",
        "URL = 'http://api.partner.io'\nURL = 'http://other.partner.io'\n",
        "URL = 'http://api.partner.io'\ndef set(u):\n    global URL\n    URL = u\n",
        "if DEBUG:\n    URL = 'http://api.partner.io'\nelse:\n    URL = read()\n",
        "\"\"\"\nURL = 'http://api.partner.io'\n\"\"\"\n",
        "# URL = 'http://api.partner.io'\n",
        "URL = 'https://api.partner.io'\n",
        "class Conf:\n    URL = 'http://api.partner.io'\n",
    ] {
        assert_eq!(requests(&client_of(config), &["."]), [] as [&str; 0], "{config}");
    }
    assert_eq!(requests(&client_of("URL = 'http://api.partner.io'\n"), &["."]).len(), 1);
}

#[test]
fn what_the_file_says_itself_counts() {
    let config = ("config.py", "URL = 'http://api.partner.io'\n");
    for code in [
        "from config import URL\nURL = 'https://api.partner.io'\nrequests.get(URL, timeout=3)\n",
        "from config import URL\ndef a(URL):\n    requests.get(URL, timeout=3)\n",
        "import config\nconfig.URL = 'https://x.partner.io'\nrequests.get(config.URL, timeout=3)\n",
        "from other import URL\nrequests.get(URL, timeout=3)\n",
        "from Config import URL\nrequests.get(URL, timeout=3)\n",
    ] {
        let code = format!("import requests\n{code}");
        let folder = project(&[config, ("client.py", &code)]);
        assert_eq!(requests(&folder, &["."]), [] as [&str; 0], "{code}");
    }
}

#[test]
fn circles_end_and_long_ways_are_cut() {
    let client =
        ("client.py", "import requests\nfrom a import URL\nrequests.get(URL, timeout=3)\n");
    let circle =
        project(&[client, ("a.py", "from b import URL\n"), ("b.py", "from a import URL\n")]);
    assert_eq!(requests(&circle, &["."]), [] as [&str; 0]);
    let last = ("c.py", "URL = 'http://api.partner.io'\n");
    let three =
        project(&[client, ("a.py", "from b import URL\n"), ("b.py", "from c import URL\n"), last]);
    assert_eq!(requests(&three, &["."]), ["client.py:3 <- c.py:1"]);
    let four = project(&[
        client,
        ("a.py", "from b import URL\n"),
        ("b.py", "from b2 import URL\n"),
        ("b2.py", "from c import URL\n"),
        last,
    ]);
    assert_eq!(requests(&four, &["."]), [] as [&str; 0]);
}

#[test]
fn large_binary_missing_and_excluded_neighbours_are_left_alone() {
    let folder = client_of("");
    let config = folder.path().join("config.py");
    let large = format!("URL = 'http://api.partner.io'\n{}", "#\n".repeat(200_000));
    for bytes in [large.as_bytes(), b"URL = 'http://api.partner.io'\n\0\0\0", b"\xff\xfe\0"] {
        fs::write(&config, bytes).unwrap();
        assert_eq!(requests(&folder, &["client.py"]), [] as [&str; 0]);
    }
    fs::write(&config, "URL = 'http://api.partner.io'\n").unwrap();
    assert_eq!(requests(&folder, &["client.py"]).len(), 1);
    assert_eq!(requests(&folder, &["--exclude", "config.py", "."]), [] as [&str; 0]);
    fs::remove_file(&config).unwrap();
    fs::create_dir(&config).unwrap();
    assert_eq!(requests(&folder, &["client.py"]), [] as [&str; 0]);
}

/// No link is followed, whether it stays in the project or not; loops do no harm.
#[cfg(unix)]
#[test]
fn links_are_not_followed() {
    use std::os::unix::fs::symlink;
    let outside = project(&[("config.py", "URL = 'http://api.partner.io'\n")]);
    let folder = client_of("");
    let config = folder.path().join("config.py");
    fs::remove_file(&config).unwrap();
    symlink(outside.path().join("config.py"), &config).unwrap();
    assert_eq!(requests(&folder, &["client.py"]), [] as [&str; 0]);
    fs::remove_file(&config).unwrap();
    symlink("config.py", &config).unwrap();
    assert_eq!(requests(&folder, &["client.py"]), [] as [&str; 0]);

    let code = "import requests\nfrom sub.config import URL\nrequests.get(URL, timeout=3)\n";
    fs::write(folder.path().join("client.py"), code).unwrap();
    symlink(outside.path(), folder.path().join("sub")).unwrap();
    assert_eq!(requests(&folder, &["client.py"]), [] as [&str; 0]);
}

/// Neither does a path that leads out of the project.
#[test]
fn nothing_outside_of_the_project_is_read() {
    let folder = project(&[
        ("config.js", "export const URL = 'http://api.partner.io';\n"),
        (
            "app/client.js",
            "import axios from 'axios';\nimport { URL } from '../config';\naxios.get(URL);\n",
        ),
    ]);
    assert_eq!(requests(&folder, &["."]).len(), 1);
    fs::create_dir(folder.path().join("app/.git")).unwrap();
    assert_eq!(requests(&folder, &["app/client.js"]), [] as [&str; 0]);
}
