//! Which configuration format a file has: by its name, and for `.conf`, which
//! many programs share, by the first words that only one of them has.

use super::read;
use super::tree::Tree;

/// A configuration format that Seamline reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    Hcl,
    Yaml,
    Json,
    Toml,
    Ini,
    Properties,
    Dotenv,
    Xml,
    Nginx,
    Caddy,
    Apache,
    Haproxy,
    Dockerfile,
    Bicep,
    Directives,
}

use Format::{
    Apache, Bicep, Caddy, Directives, Dockerfile, Dotenv, Haproxy, Hcl, Ini, Json, Nginx,
    Properties, Toml, Xml, Yaml,
};

/// Keys in rule files, with a name for a file that has none.
const KEYS: &[(Format, &str, &str)] = &[
    (Hcl, "hcl", "example.tf"),
    (Yaml, "yaml", "example.yaml"),
    (Json, "json", "example.json"),
    (Toml, "toml", "example.toml"),
    (Ini, "ini", "example.ini"),
    (Properties, "properties", "example.properties"),
    (Dotenv, "dotenv", ".env"),
    (Xml, "xml", "example.xml"),
    (Nginx, "nginx", "nginx.conf"),
    (Caddy, "caddy", "Caddyfile"),
    (Apache, "apache", "httpd.conf"),
    (Haproxy, "haproxy", "haproxy.cfg"),
    (Dockerfile, "dockerfile", "Dockerfile"),
    (Bicep, "bicep", "example.bicep"),
    (Directives, "directives", "sshd_config"),
];

/// By file extension, lower case.
const EXTENSIONS: &[(&str, Format)] = &[
    ("tf", Hcl),
    ("hcl", Hcl),
    ("tfvars", Hcl),
    ("nomad", Hcl),
    ("yaml", Yaml),
    ("yml", Yaml),
    ("json", Json),
    ("jsonc", Json),
    ("json5", Json),
    ("toml", Toml),
    ("ini", Ini),
    ("cfg", Ini),
    ("cnf", Ini),
    ("npmrc", Ini),
    ("yarnrc", Ini),
    ("pypirc", Ini),
    ("properties", Properties),
    ("env", Dotenv),
    ("xml", Xml),
    ("config", Xml),
    ("csproj", Xml),
    ("plist", Xml),
    ("nginx", Nginx),
    ("nginxconf", Nginx),
    ("vhost", Nginx),
    ("caddyfile", Caddy),
    ("caddy", Caddy),
    ("htaccess", Apache),
    ("dockerfile", Dockerfile),
    ("containerfile", Dockerfile),
    ("bicep", Bicep),
];

/// By whole file name, lower case.
const NAMES: &[(&str, Format)] = &[
    ("dockerfile", Dockerfile),
    ("containerfile", Dockerfile),
    ("caddyfile", Caddy),
    ("httpd.conf", Apache),
    ("apache2.conf", Apache),
    ("nginx.conf", Nginx),
    ("haproxy.cfg", Haproxy),
    ("pip.conf", Ini),
    ("my.cnf", Ini),
    ("pipfile", Toml),
    ("sshd_config", Directives),
    ("ssh_config", Directives),
    ("redis.conf", Directives),
    ("pg_hba.conf", Directives),
    ("requirements.txt", Directives),
    ("mosquitto.conf", Directives),
    ("squid.conf", Directives),
    ("vsftpd.conf", Properties),
    ("rabbitmq.conf", Properties),
    ("mongod.conf", Yaml),
    ("postgresql.conf", Properties),
    ("main.cf", Properties),
    ("stunnel.conf", Ini),
    ("smb.conf", Ini),
    ("grafana.ini", Ini),
    ("slapd.conf", Directives),
    ("snmpd.conf", Directives),
    ("proftpd.conf", Apache),
];

/// Words of `.conf` files that only one program has.
const SIGNS: &[(&str, Format)] = &[
    ("<VirtualHost", Apache),
    ("<Directory", Apache),
    ("<Location", Apache),
    ("LoadModule ", Apache),
    ("SSLProtocol", Apache),
    ("proxy_pass", Nginx),
    ("server {", Nginx),
    ("http {", Nginx),
    ("location /", Nginx),
    ("ssl_protocols", Nginx),
    ("server_name", Nginx),
    ("proxy_set_header", Nginx),
    ("fastcgi_pass", Nginx),
    ("uwsgi_pass", Nginx),
    ("more_set_headers", Nginx),
    ("add_header ", Nginx),
    ("location ~", Nginx),
    ("location =", Nginx),
    ("if ($", Nginx),
    ("rewrite ^", Nginx),
    ("return 301 ", Nginx),
    ("SSLCipherSuite", Apache),
    ("SSLEngine", Apache),
    ("<IfModule", Apache),
    ("RewriteRule", Apache),
    ("ServerTokens", Apache),
    ("ProxyPass ", Apache),
    ("Header set ", Apache),
    ("Header always ", Apache),
];

/// Bytes of a `.conf` file that are looked at for its kind.
const LOOKED_AT: usize = 16 << 10;

impl Format {
    /// Every format, in the order of their numbers.
    pub const ALL: [Format; 15] = [
        Hcl, Yaml, Json, Toml, Ini, Properties, Dotenv, Xml, Nginx, Caddy, Apache, Haproxy,
        Dockerfile, Bicep, Directives,
    ];

    /// The format of the file `path` with the content `text`.
    pub fn of(path: &str, text: &[u8]) -> Option<Self> {
        let name = path.rsplit(['/', '\\']).next().unwrap_or(path).to_ascii_lowercase();
        let plain = TEMPLATES.iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
        let by_name = NAMES.iter().find(|(known, _)| *known == plain).map(|(_, format)| *format);
        by_name.or_else(|| by_prefix(&name)).or_else(|| by_extension(&name, text)).or_else(|| {
            let site = path.contains("sites-available/") || path.contains("sites-enabled/");
            site.then(|| by_signs(text)).flatten()
        })
    }

    /// The format with this key, as rule files write it.
    pub fn from_key(key: &str) -> Option<Self> {
        KEYS.iter().find(|(_, known, _)| *known == key).map(|(format, ..)| *format)
    }

    /// The key used in rule files.
    pub fn key(self) -> &'static str {
        KEYS.iter().find(|(format, ..)| *format == self).map_or("", |(_, key, _)| key)
    }

    /// A file name for a piece of text in this format that has none.
    pub fn sample_path(self) -> &'static str {
        KEYS.iter().find(|(format, ..)| *format == self).map_or("", |(.., path)| path)
    }

    /// Reads `text`; what cannot be read is left out.
    pub fn read(self, text: &[u8]) -> Tree<'_> {
        match self {
            Hcl => read::hcl(text),
            Bicep => read::bicep(text),
            Yaml => read::yaml(text),
            Json => read::json(text),
            Toml | Ini => read::sections(text),
            Properties | Dotenv => read::properties(text),
            Xml => read::xml(text),
            Nginx | Caddy => read::braces(text),
            Apache | Directives => read::apache(text),
            Haproxy => read::haproxy(text),
            Dockerfile => read::dockerfile(text),
        }
    }
}

/// `Dockerfile.prod`, `.env.production`, `nginx.prod.conf`.
fn by_prefix(name: &str) -> Option<Format> {
    let is_code = |name: &str| {
        let code = [".py", ".go", ".js", ".ts", ".rb", ".md", ".tpl", ".sh", ".vue"];
        code.iter().any(|end| name.ends_with(end))
    };
    let prefixed = [
        ("dockerfile.", Dockerfile),
        ("containerfile.", Dockerfile),
        ("caddyfile.", Caddy),
        (".env.", Dotenv),
    ];
    if name.starts_with("requirements") && name.ends_with(".txt") {
        return Some(Directives);
    }
    let found = prefixed.iter().find(|(prefix, _)| name.starts_with(prefix));
    found.filter(|_| !is_code(name)).map(|(_, format)| *format)
}

/// Endings of templates of files of the servers; what they are filled in with is open.
const TEMPLATES: &[&str] =
    &[".j2", ".erb", ".tmpl", ".template", ".tpl", ".sample", ".example", ".dist"];

fn by_extension(name: &str, text: &[u8]) -> Option<Format> {
    let inner = TEMPLATES.iter().find_map(|end| name.strip_suffix(end));
    let of_server = inner.filter(|inner| inner.ends_with(".conf") || inner.ends_with(".cfg"));
    let (stem, extension) = of_server.unwrap_or(name).rsplit_once('.')?;
    match extension {
        "conf" => [("nginx", Nginx), ("apache", Apache), ("httpd", Apache)]
            .iter()
            .find(|(word, _)| stem.contains(word))
            .map(|(_, format)| *format)
            .or_else(|| by_signs(text)),
        "cfg" if stem.contains("haproxy") || has_haproxy_words(text) => Some(Haproxy),
        // Of other programs, the ending of a template says nothing.
        "cfg" if of_server.is_some() => None,
        "json" if stem.ends_with(".tf") => Some(Hcl),
        _ => EXTENSIONS.iter().find(|(known, _)| *known == extension).map(|(_, format)| *format),
    }
}

fn has_haproxy_words(text: &[u8]) -> bool {
    let head = &text[..text.len().min(LOOKED_AT)];
    [b"\nfrontend ".as_slice(), b"\nbackend "]
        .iter()
        .all(|word| memchr::memmem::find(head, word).is_some())
}

fn by_signs(text: &[u8]) -> Option<Format> {
    let head = &text[..text.len().min(LOOKED_AT)];
    let found =
        SIGNS.iter().find(|(sign, _)| memchr::memmem::find(head, sign.as_bytes()).is_some());
    found.map(|(_, format)| *format)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_name_and_conf_files_by_their_words() {
        let of = |path: &str| Format::of(path, b"");
        assert_eq!(of("deploy/Dockerfile.prod"), Some(Dockerfile));
        assert_eq!(of(".env.production"), Some(Dotenv));
        assert_eq!(of("etc/nginx.prod.conf"), Some(Nginx));
        assert_eq!(of("web.config"), Some(Xml));
        assert_eq!(of("main.tf.json"), Some(Hcl));
        assert_eq!(of("main.py"), None);
        assert_eq!(of("conf.d/default.conf"), None);
        assert_eq!(Format::of("conf.d/default.conf", b"server {\n}"), Some(Nginx));
        assert_eq!(Format::of("site.conf", b"<VirtualHost *:80>"), Some(Apache));
        assert_eq!(Format::of("headers.conf", b"add_header X-Uri $uri;"), Some(Nginx));
        assert_eq!(Format::of("site.conf.j2", b"server {\n}"), Some(Nginx));
        assert_eq!(of("haproxy.cfg.erb"), Some(Haproxy));
        assert_eq!(of("setup.cfg"), Some(Ini));
        assert_eq!(of("templates/sshd_config.j2"), Some(Directives));
        assert_eq!(Format::of("lb.cfg", b"\nfrontend a\n\nbackend b\n"), Some(Haproxy));
    }

    #[test]
    fn every_format_has_a_key_and_is_known_by_its_sample_path() {
        for format in Format::ALL {
            assert_eq!(Format::from_key(format.key()), Some(format));
            assert_eq!(Format::of(format.sample_path(), b""), Some(format));
        }
    }
}
