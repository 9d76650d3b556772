//! What other files of a Terraform module or a chart say counts for a file, and
//! only they are read: no link leads out of the scanned tree, nothing excluded is
//! opened, and files given one by one get the same findings as their folder.

#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// A tree of files.
struct Project(TempDir);

impl Project {
    fn new(files: &[(&str, &str)]) -> Self {
        let project = Project(tempfile::tempdir().unwrap());
        for (path, text) in files {
            let path = project.0.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        project
    }

    /// `path:line rule` of the findings of `rules`, when `args` are given in `folder`.
    fn found(&self, folder: &str, args: &[&str], rules: &[&str]) -> Vec<String> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_seamline"));
        command.current_dir(self.0.path().join(folder)).arg("scan");
        let output = command.args(["--no-config", "--format", "json"]).args(args).output().unwrap();
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap().iter();
        let wanted = findings.filter(|f| rules.contains(&f["rule"].as_str().unwrap()));
        let shown = wanted.map(|f| {
            let (path, line) = (f["path"].as_str().unwrap(), &f["start"]["line"]);
            format!("{path}:{line} {}", f["rule"].as_str().unwrap())
        });
        shown.collect()
    }
}

const ENCRYPTION: &str = "cloud-data-unencrypted";
const PUBLIC: &str = "cloud-service-public";
const LOG: &str = "cloud-service-without-log";

const VOLUME: &str = "resource \"aws_ebs_volume\" \"v\" {\n  encrypted = var.encrypted\n}\n";

#[test]
fn a_variable_has_the_default_that_another_file_of_the_module_gives() {
    for (default, wanted) in [("false", vec!["main.tf:1 cloud-data-unencrypted"]), ("true", vec![])]
    {
        let variables = format!("variable \"encrypted\" {{\n  default = {default}\n}}\n");
        let project = Project::new(&[("main.tf", VOLUME), ("variables.tf", &variables)]);
        assert_eq!(project.found(".", &["."], &[ENCRYPTION]), wanted);
        // As a hook gives it: one file, and only that.
        assert_eq!(project.found(".", &["main.tf"], &[ENCRYPTION]), wanted);
    }
}

#[test]
fn what_is_assigned_wins_over_the_default() {
    let volume = ("main.tf", VOLUME);
    let is_true = ("variables.tf", "variable \"encrypted\" {\n  default = true\n}\n");
    let none = ("variables.tf", "variable \"encrypted\" {}\n");
    let off = "encrypted = false\n";
    for (files, wanted) in [
        (vec![volume, is_true, ("terraform.tfvars", off)], 1),
        (vec![volume, is_true, ("x.auto.tfvars", off)], 1),
        // A file that is named on the command line, for one of several environments.
        (vec![volume, is_true, ("dev.tfvars", off)], 0),
        (vec![volume, none, ("prod.tfvars", off)], 1),
        (vec![volume, none, ("prod.tfvars", off), ("dev.tfvars", "encrypted = true\n")], 0),
        (vec![volume, none], 0),
    ] {
        let project = Project::new(&files);
        assert_eq!(project.found(".", &["."], &[ENCRYPTION]).len(), wanted, "{files:?}");
    }
}

#[test]
fn locals_are_followed_through_files_and_into_objects() {
    let project = Project::new(&[
        ("main.tf", "resource \"aws_ebs_volume\" \"v\" {\n  encrypted = local.disk.safe\n}\n"),
        ("locals.tf", "locals {\n  disk = {\n    safe = var.safe\n  }\n}\n"),
        ("variables.tf", "variable \"safe\" {\n  default = false\n}\n"),
    ]);
    assert_eq!(project.found(".", &["."], &[ENCRYPTION]), ["main.tf:1 cloud-data-unencrypted"]);
}

#[test]
fn a_resource_in_another_file_counts() {
    let buckets = "resource \"aws_s3_bucket\" \"a\" {\n}\nresource \"aws_s3_bucket\" \"b\" {\n}\n";
    let log = "resource \"aws_s3_bucket_logging\" \"l\" {\n  bucket = aws_s3_bucket.a.id\n}\n";
    let project = Project::new(&[("main.tf", buckets), ("log.tf", log)]);
    assert_eq!(project.found(".", &["."], &[LOG]), ["main.tf:3 cloud-service-without-log"]);
}

const MODULE: &str = "resource \"aws_db_instance\" \"d\" {\n  storage_encrypted = !var.plain\n  \
    publicly_accessible = var.open ? true : false\n}\n";
const INPUTS: &str = "variable \"plain\" {\n  default = false\n}\nvariable \"open\" {}\n";

#[test]
fn what_a_call_makes_wrong_is_found_at_its_argument() {
    let call = "module \"db\" {\n  source = \"./db\"\n  plain  = true\n  open   = true\n}\n\
        module \"safe\" {\n  source = \"./db\"\n  open = false\n}\n";
    let project =
        Project::new(&[("main.tf", call), ("db/main.tf", MODULE), ("db/variables.tf", INPUTS)]);
    let wanted = ["main.tf:3 cloud-data-unencrypted", "main.tf:4 cloud-service-public"];
    assert_eq!(project.found(".", &["."], &[ENCRYPTION, PUBLIC]), wanted);
    assert_eq!(project.found(".", &["main.tf"], &[ENCRYPTION, PUBLIC]), wanted);
}

#[test]
fn what_is_wrong_without_the_call_is_found_once_in_the_module() {
    let call = "module \"db\" {\n  source = \"./db\"\n  plain = true\n  open = false\n}\n";
    let inputs = INPUTS.replacen("false", "true", 1);
    let project =
        Project::new(&[("main.tf", call), ("db/main.tf", MODULE), ("db/variables.tf", &inputs)]);
    assert_eq!(project.found(".", &["."], &[ENCRYPTION]), ["db/main.tf:1 cloud-data-unencrypted"]);
}

#[test]
fn nothing_outside_the_scanned_tree_is_read() {
    let call = "module \"db\" {\n  source = \"../db\"\n  plain = true\n  open = true\n}\n";
    let project = Project::new(&[
        ("app/main.tf", call),
        ("db/main.tf", MODULE),
        ("db/variables.tf", INPUTS),
        ("volume/main.tf", VOLUME),
        ("other.tf", "variable \"encrypted\" {\n  default = false\n}\n"),
    ]);
    assert_eq!(project.found(".", &["."], &[ENCRYPTION]), ["app/main.tf:3 cloud-data-unencrypted"]);
    assert!(project.found("app", &["."], &[ENCRYPTION]).is_empty(), "it lies beside the tree");
    link(&project.0.path().join("other.tf"), &project.0.path().join("volume/variables.tf"));
    assert!(project.found("volume", &["."], &[ENCRYPTION]).is_empty(), "a link leads there");
}

#[cfg(unix)]
fn link(to: &Path, from: &Path) {
    std::os::unix::fs::symlink(to, from).unwrap();
}

#[cfg(not(unix))]
fn link(_: &Path, _: &Path) {}

#[test]
fn what_is_excluded_is_not_opened() {
    let variables = "variable \"encrypted\" {\n  default = false\n}\n";
    let project = Project::new(&[("main.tf", VOLUME), ("variables.tf", variables)]);
    let args = [".", "--exclude", "variables.tf"];
    assert!(project.found(".", &args, &[ENCRYPTION]).is_empty());
}

#[test]
fn modules_that_call_each_other_end() {
    let call = "module \"other\" {\n  source = \"../b\"\n  x = var.x\n}\n\
        module \"self\" {\n  source = \"./\"\n  x = local.y\n}\nlocals {\n  y = local.z\n}\n";
    let more = "locals {\n  z = local.y\n}\nvariable \"x\" {\n  default = var.x\n}\n";
    let back = call.replace("../b", "../a");
    let project = Project::new(&[
        ("a/main.tf", call),
        ("a/more.tf", more),
        ("b/main.tf", &back),
        ("b/volume.tf", "resource \"aws_ebs_volume\" \"v\" {\n  encrypted = var.x\n}\n"),
    ]);
    assert!(project.found(".", &["."], &[ENCRYPTION]).is_empty());
}

const CHART: (&str, &str) = ("shop/Chart.yaml", "apiVersion: v2\nname: shop\nappVersion: 1.2.3\n");
const PRIVILEGED: &str = "k8s-privileged-container";
const IMAGE: &str = "image-not-pinned";

/// A pod whose container has the lines `more`.
fn pod(more: &str) -> String {
    let head =
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers:\n  - name: a\n";
    format!("{head}{more}")
}

#[test]
fn a_template_writes_what_the_values_of_its_chart_say() {
    let privileged = "context:\n  privileged: true\nflag: true\n";
    for (values, lines, wanted) in [
        (privileged, "    securityContext:\n      {{- toYaml .Values.context | nindent 6 }}\n", 1),
        (privileged, "    securityContext: {{- toYaml .Values.context | nindent 6 }}\n", 1),
        (privileged, "    securityContext:\n      privileged: {{ .Values.flag }}\n", 1),
        (
            privileged,
            "    {{- with .Values.context }}\n    securityContext:\n      {{- toYaml . | nindent 6 }}\n    {{- end }}\n",
            1,
        ),
        ("flag: false\n", "    securityContext:\n      privileged: {{ .Values.flag }}\n", 0),
        // `default` counts where nothing is said, and where `false` is.
        (
            "a: 1\n",
            "    securityContext:\n      privileged: {{ .Values.flag | default true }}\n",
            1,
        ),
        ("flag: 1\n", "    securityContext:\n      privileged: {{ not .Values.flag }}\n", 0),
        (
            privileged,
            "    securityContext:\n      privileged: {{ and .Values.flag (.Values.x) }}\n",
            0,
        ),
    ] {
        let template = pod(lines);
        let project = Project::new(&[
            CHART,
            ("shop/values.yaml", values),
            ("shop/templates/pod.yaml", &template),
            ("loose/templates/pod.yaml", &template),
        ]);
        let found = project.found(".", &["."], &[PRIVILEGED]);
        assert_eq!(found.len(), wanted, "{values}{lines}");
        assert!(found.iter().all(|found| found.starts_with("shop/templates/pod.yaml:")));
    }
}

#[test]
fn images_are_put_together_from_values() {
    for (tag, wanted) in [("tag: latest", 1), ("tag: 1.0.3", 0), ("tag: \"\"", 0)] {
        let values = format!("image:\n  name: acme/shop\n  {tag}\n");
        let image = "    image: \"{{ .Values.image.name }}:{{ .Values.image.tag | default .Chart.AppVersion }}\"\n";
        let project = Project::new(&[
            CHART,
            ("shop/values.yaml", &values),
            ("shop/templates/pod.yaml", &pod(image)),
        ]);
        let below = project.found("shop/templates", &["."], &[IMAGE]);
        assert_eq!(below.len(), 0, "the chart is not in the project");
        assert_eq!(project.found("shop", &["templates"], &[IMAGE]).len(), wanted, "{tag}");
        assert_eq!(project.found(".", &["."], &[IMAGE]).len(), wanted, "{tag}");
    }
}

#[test]
fn what_the_values_leave_to_the_user_is_not_known() {
    let template = "    image: acme/shop:1\n    securityContext:\n      {{- toYaml .Values.context | nindent 6 }}\n";
    let project = Project::new(&[
        CHART,
        ("shop/values.yaml", "context: {}\n"),
        ("shop/templates/pod.yaml", &pod(template)),
    ]);
    let rules = ["k8s-container-not-confined", PRIVILEGED];
    assert!(project.found(".", &["."], &rules).is_empty());
}
