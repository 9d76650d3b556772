//! Programs that take a password as the value of a short option, from their
//! manuals.

/// How the value is written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `-psecret`; a blank would begin another argument.
    Glued,
    /// `-p secret` or `-p=secret`.
    Spaced,
    Either,
}

/// What the value is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Password,
    /// User and password with this byte between them.
    Pair(u8),
}

/// An option of some programs.
pub(super) struct Tool {
    pub(super) names: &'static [&'static str],
    /// The option without its dash; its case counts.
    pub(super) flag: &'static str,
    pub(super) form: Form,
    pub(super) kind: Kind,
    /// The word `login` must stand in the command.
    pub(super) needs_login: bool,
}

const fn tool(names: &'static [&'static str], flag: &'static str, form: Form) -> Tool {
    Tool { names, flag, form, kind: Kind::Password, needs_login: false }
}

const fn pair(names: &'static [&'static str], flag: &'static str, between: u8) -> Tool {
    Tool { names, flag, form: Form::Either, kind: Kind::Pair(between), needs_login: false }
}

const fn login(names: &'static [&'static str]) -> Tool {
    Tool { names, flag: "p", form: Form::Spaced, kind: Kind::Password, needs_login: true }
}

use Form::{Either, Glued, Spaced};

pub(super) const TOOLS: [Tool; 20] = [
    Tool { form: Spaced, ..pair(&["curl", "curl.exe"], "-user", b':') },
    pair(&["curl", "curl.exe", "ab", "hey"], "u", b':'),
    pair(&["curl", "wrk"], "U", b':'),
    pair(&["http", "https", "httpie", "xh", "xhs"], "a", b':'),
    pair(&["lftp"], "u", b','),
    pair(&["smbclient", "rpcclient", "winexe", "smbget", "smbmap", "net", "wmic"], "U", b'%'),
    tool(
        &[
            "mysql", "mysqldump", "mysqladmin", "mysqlimport", "mysqlcheck", "mysqlshow",
            "mysqlsh", "mysqlslap", "mysqlbinlog", "mysql_upgrade", "mariadb", "mariadb-dump",
            "mariadb-admin", "mycli", "mydumper", "7z", "7za", "7zr", "7zz", "rar", "unrar",
        ],
        "p",
        Glued,
    ),
    tool(&["sshpass", "mongo", "mongosh", "mongodump", "mongorestore"], "p", Either),
    tool(&["mongoexport", "mongoimport", "mongostat", "mongofiles"], "p", Either),
    tool(&["zip", "unzip", "mosquitto_pub", "mosquitto_sub", "ipmitool"], "P", Either),
    tool(&["sqlcmd", "bcp", "osql", "isql", "tsql", "kermit"], "P", Either),
    tool(&["redis-cli", "redis-benchmark", "keydb-cli", "valkey-cli"], "a", Either),
    tool(
        &[
            "ldapsearch", "ldapadd", "ldapmodify", "ldapdelete", "ldapwhoami", "ldapcompare",
            "ldappasswd", "ldapmodrdn", "ldapvi",
        ],
        "w",
        Either,
    ),
    tool(&["psexec", "PsExec", "psexec64", "PsExec64", "paexec", "PSEXEC"], "p", Spaced),
    tool(&["plink", "pscp", "psftp", "kitty", "putty"], "pw", Spaced),
    tool(&["crackmapexec", "netexec", "nxc", "evil-winrm", "hydra"], "p", Spaced),
    tool(&["beeline", "hdbsql", "cqlsh", "rabbitmqadmin", "rdesktop", "ncftpput"], "p", Spaced),
    tool(&["ncftp", "ncftpget", "usermod", "useradd", "twine", "nzsql"], "p", Spaced),
    login(&["docker", "podman", "buildah", "skopeo", "nerdctl", "oras", "crane", "helm", "finch"]),
    login(&["az", "oc", "cf", "ibmcloud", "bx", "argocd", "cloudctl", "tkn", "rancher", "apic"]),
];

/// Which of [`TOOLS`] a command names, as bits; the last bit is for `login`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Named(u32);

const LOGIN: u32 = 1 << 31;

impl Named {
    /// Adds what `word` names.
    pub(super) fn add(&mut self, word: &[u8]) {
        if !(2..=17).contains(&word.len()) {
            return;
        }
        if word == b"login" {
            self.0 |= LOGIN;
        }
        for (i, tool) in TOOLS.iter().enumerate() {
            if tool.names.iter().any(|name| name.as_bytes() == word) {
                self.0 |= 1 << i;
            }
        }
    }

    /// The named tools that can be used as the command stands.
    pub(super) fn tools(self) -> impl Iterator<Item = &'static Tool> {
        let named = move |(i, _): &(usize, &Tool)| self.0 >> i & 1 != 0;
        let ready = move |tool: &&Tool| !tool.needs_login || self.0 & LOGIN != 0;
        TOOLS.iter().enumerate().filter(named).map(|(_, tool)| tool).filter(ready)
    }
}
