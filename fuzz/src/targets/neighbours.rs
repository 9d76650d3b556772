//! Any bytes as a file of a Terraform module or of a chart, and any bytes as what
//! lies near it: all rules run over the one with what the other says.

use std::fs;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use seamline::source::SourceRequest;
use seamline::source::project::Project;
use seamline::structure::{Nearby, StructureEngine, StructureScratch};
use tempfile::TempDir;

use crate::check::{self, CATALOGUE};

static ENGINE: LazyLock<StructureEngine> = LazyLock::new(|| StructureEngine::new(&CATALOGUE));
static FOLDER: LazyLock<TempDir> =
    LazyLock::new(|| tempfile::tempdir().expect("there is room for small files"));

/// What divides the two files of an input.
const DIVIDER: &[u8] = b"\n%%%%\n";

pub fn run(input: &[u8]) {
    let (kind, text) = check::choice(input, 3);
    let at = text.windows(DIVIDER.len()).position(|part| part == DIVIDER);
    let (own, near) = at.map_or((text, text), |at| (&text[..at], &text[at + DIVIDER.len()..]));
    let (own_path, near_path) = [
        ("main.tf", "variables.tf"),
        ("main.tf", "db/main.tf"),
        ("templates/pod.yaml", "values.yaml"),
    ][kind];
    let folder = FOLDER.path().join(kind.to_string());
    write(&folder.join("Chart.yaml"), b"appVersion: 1.0\n");
    write(&folder.join(near_path), near);
    let own_path = folder.join(own_path);
    write(&own_path, own);
    let request = SourceRequest { paths: vec![folder], ..SourceRequest::default() };
    let project = Project::new(&request).expect("no glob is bad");
    let nearby = Nearby::new(Arc::new(project));
    let source = check::source(&own_path.to_string_lossy(), own);
    let mut found = Vec::new();
    // A file may refer to another more often than is followed: a skip, told.
    _ = ENGINE.scan(&source, &mut StructureScratch::near(Arc::new(nearby)), &mut found);
    check::candidates(own, &found);
}

fn write(path: &Path, text: &[u8]) {
    let folder = path.parent().expect("every path has a folder");
    fs::create_dir_all(folder).expect("the folder can be made");
    fs::write(path, text).expect("there is room for small files");
}

pub fn seeds() -> Vec<Vec<u8>> {
    let seed = |kind: u8, own: &str, near: &str| {
        [&[kind], own.as_bytes(), DIVIDER, near.as_bytes()].concat()
    };
    let module = "resource \"aws_db_instance\" \"d\" {\n  storage_encrypted = var.a ? false : !local.b.c\n}\nresource \"aws_s3_bucket\" \"b\" {}\n";
    let names = "variable \"a\" {\n  default = true\n}\nlocals {\n  b = { c = var.a }\n}\nresource \"aws_s3_bucket_logging\" \"l\" {\n  bucket = aws_s3_bucket.b.id\n}\n";
    let call = "module \"d\" {\n  source = \"./db\"\n  a = true\n  b = { c = [1] }\n}\n";
    let pod = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - name: a\n    image: \"{{ .Values.i.n }}:{{ .Values.i.t | default \\\"latest\\\" }}\"\n    {{- with .Values.c }}\n    securityContext:\n      {{- toYaml . | nindent 6 }}\n    {{- else if .Values.p }}\n    hostNetwork: true\n    {{- end }}\n";
    let values = "i:\n  n: acme/shop\n  t: latest\nc: &c\n  privileged: true\np: *c\n";
    vec![seed(0, module, names), seed(1, call, module), seed(2, pod, values)]
}
