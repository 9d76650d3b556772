//! The readers: one per family of notation, from text to [`Tree`]. They take
//! any bytes, in linear time, and keep what they understand.

mod cursor;
mod docker;
mod flow;
mod hcl;
mod lines;
mod servers;
mod string;
mod xml;
mod yaml;
mod yaml_line;

use std::ops::Range;

use super::tree::Tree;
use cursor::Cursor;
use flow::Flavor;

/// Terraform, Packer, Nomad, and Terraform written as JSON.
pub(crate) fn hcl(text: &[u8]) -> Tree<'_> {
    if text.trim_ascii_start().first() == Some(&b'{') {
        return values(text, Flavor::Hcl);
    }
    hcl::read(text)
}

/// Reads the part `span` of another HCL file as an entry of the innermost open
/// node of `tree`.
pub(crate) fn hcl_part<'a>(tree: &mut Tree<'a>, text: &'a [u8], span: Range<usize>) {
    hcl::statements(&mut Cursor::part(text, span.start, span.end), tree);
}

/// Bicep: resources are keyed by their type, as in ARM templates.
pub(crate) fn bicep(text: &[u8]) -> Tree<'_> {
    hcl::read_bicep(text)
}

/// YAML, with templates of Helm and Jinja in it left open.
pub(crate) fn yaml(text: &[u8]) -> Tree<'_> {
    yaml::read(text)
}

/// Reads the part `span` of another YAML file as documents behind those of `tree`.
pub(crate) fn yaml_part<'a>(tree: &mut Tree<'a>, text: &'a [u8], span: Range<usize>) {
    yaml::documents(Cursor::part(text, span.start, span.end), tree);
}

/// JSON, with comments and trailing commas.
pub(crate) fn json(text: &[u8]) -> Tree<'_> {
    values(text, Flavor::Json)
}

/// A file that is a value in brackets.
fn values(text: &[u8], flavor: Flavor) -> Tree<'_> {
    let mut tree = Tree::new(text.len());
    let mut cursor = Cursor::new(text);
    while !cursor.is_done() {
        cursor.skip_between(flavor);
        let at = cursor.at;
        flow::value(&mut cursor, &mut tree, b"", at, flavor);
        if cursor.at == at {
            cursor.at += 1;
        }
    }
    tree.finish(text.len());
    tree
}

/// `[section]` and `key = value`: TOML and INI.
pub(crate) fn sections(text: &[u8]) -> Tree<'_> {
    lines::sections(text)
}

/// `key=value`: Java properties and `.env`.
pub(crate) fn properties(text: &[u8]) -> Tree<'_> {
    lines::properties(text)
}

/// XML: attributes and elements are entries alike.
pub(crate) fn xml(text: &[u8]) -> Tree<'_> {
    xml::read(text)
}

/// `name argument … { … }`: nginx and Caddy.
pub(crate) fn braces(text: &[u8]) -> Tree<'_> {
    servers::braces(text)
}

/// `<Section argument>` and `Name argument …`: Apache httpd.
pub(crate) fn apache(text: &[u8]) -> Tree<'_> {
    servers::apache(text)
}

/// `section name` with indented lines: HAProxy.
pub(crate) fn haproxy(text: &[u8]) -> Tree<'_> {
    servers::haproxy(text)
}

/// Dockerfiles: the stages, and the instructions in each.
pub(crate) fn dockerfile(text: &[u8]) -> Tree<'_> {
    docker::read(text)
}
