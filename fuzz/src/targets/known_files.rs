//! Files of known names: the first byte chooses the name, and with it the
//! reader; the rest is the content, as it is or as pieces of such files.

use crate::check;

use super::secrets::scan;

const PATHS: [&str; 18] = [
    ".netrc", ".pgpass", ".git-credentials", ".htpasswd", "etc/shadow", "wp-config.php",
    "sitemanager.xml", "db/dump.sql", ".bashrc", "config/master.key", ".npmrc", ".ftpconfig",
    "terraform.tfstate", "x.postman_collection.json", "logins.json", "configuration.php",
    ".docker/config.json", "secret.yaml",
];

const PIECES: [&str; 64] = [
    "machine",
    "login",
    "password",
    "\"password\"",
    "Pass",
    "pass",
    ":",
    ": ",
    "=",
    " = ",
    "=>",
    ",",
    ", ",
    "\"",
    "'",
    "\n",
    "\r\n",
    " ",
    "\t",
    "<",
    ">",
    "</",
    "/>",
    "<Pass>",
    "</Pass>",
    "<![CDATA[",
    "]]>",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    ";",
    "#",
    "\\",
    "\\:",
    "@",
    "://",
    "$",
    "$6$",
    "$2y$12$",
    "$apr1$",
    "{SSHA}",
    "s.YfVZdfvAuOIz6fte5iO.ZbbEgreZnDcYOGvX4NGJskYQIst",
    "hunter2",
    "s7Kd9Qw2x",
    "localhost",
    "5432",
    "*",
    "\"key\"",
    "\"value\"",
    "\"sensitive\"",
    "true",
    "define(",
    "export ",
    "DB_PASSWORD",
    "AUTH_KEY",
    "data:",
    "  ",
    "kind: Secret",
    "c3VwZXIyOXhxWkxtazQ4cQ==",
    "é",
    "\0",
];

pub fn run(input: &[u8]) {
    let (path, rest) = check::choice(input, PATHS.len());
    let (raw, rest) = check::choice(rest, 2);
    let text: Vec<u8> = match raw {
        0 => rest.to_vec(),
        _ => rest.iter().flat_map(|b| PIECES[usize::from(*b) % PIECES.len()].bytes()).collect(),
    };
    check::candidates(&text, &scan(PATHS[path], &text));
}

pub fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "machine a login b password s7Kd9Qw2x\n",
        "db:5432:*:shop:s7Kd9\\:x\n",
        "https://a:b:c@d\n",
        "ann:$apr1$s4ltS4lt$fjg65tI1eipoBh62aEjIy0:1:2\n",
        "define('AUTH_KEY', 'q}X8{v#2%s$k9(Lw@4z|T;m~P1&b=y!R6^n+H<d>0,C?J.f:G_u-V*aE7)');\n",
        "<FileZilla3><Pass encoding=\"base64\">c3VwZXI=</Pass><key>Pass</key><string>x1y2</string>",
        "INSERT INTO u VALUES (1,'$2y$12$s.YfVZdfvAuOIz6fte5iO.ZbbEgreZnDcYOGvX4NGJskYQIst');\n",
        "{\"key\": \"value\", \"value\": \"s7Kd9Qw2x\", \"sensitive\": true}",
        "kind: Secret\ndata:\n  password: czdLZDlRdzJ4\nstringData:\n  token: \"s7Kd9Qw2x\"\n",
    ];
    let many = PATHS.len() as u8;
    let with = |path: u8| texts.iter().map(move |t| [&[path, 0][..], t.as_bytes()].concat());
    (0..many).flat_map(with).collect()
}
