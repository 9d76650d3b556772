//! Command lines, connection strings, SQL accounts, keys: each byte of the input
//! chooses a piece of one.

use crate::check;

use super::secrets::scan;

const PATHS: [&str; 4] = ["deploy.sh", "app.py", "appsettings.json", "users.sql"];

const PIECES: [&str; 80] = [
    "curl", "mysql", "sshpass", "docker login", "net use", "htpasswd", "chpasswd", "sqlplus",
    "redis-cli", "openssl -passin pass:", "echo ", "printf ", " -p", " -u", " -a ", " -w ", "-b ",
    "--user ", "/user:", " | ", " && ", "; ", "\\\n", "\n", " ", "\t", "'", "\"", "\\\"", "`", "$",
    "$(", "${", "s7Kd9Qw2x", "ann:s7Kd9Qw2x", "ann/s7Kd9Qw2x@db", "Server=db;", "Password=",
    "Pwd={", "}}", "}", "host=db user=ann ", "password=", "jdbc:oracle:thin:", "jdbc:mysql://db/x",
    "@tcp(", "new PDO(", "mysqli_connect(", ".login(", "ftp_login(", ", ", "(", ")", "[", "]", "{",
    "CREATE USER ann ", "ALTER ROLE ann ", "IDENTIFIED BY ", "IDENTIFIED WITH x AS ", "PASSWORD ",
    "SET PASSWORD = ", "N'", "\"kty\"", ": \"EC\"", "\"d\": \"", "\"auth\": \"",
    "YW5uOnM3S2Q5UXcyeA==", "client-key-data: ", "machine a login b ",
    "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----",
    "MIIEogIBAAKCAQEAjosMtDUqbE1", "PuTTY-User-Key-File-3: x\n", "Private-Lines: 1\n",
    "eyJhbGciOiJIUzI1NiJ9", ".", "kind: Secret", "é", "\0",
];

pub fn run(input: &[u8]) {
    let (path, choices) = check::choice(input, PATHS.len());
    let text: Vec<u8> =
        choices.iter().flat_map(|b| PIECES[usize::from(*b) % PIECES.len()].bytes()).collect();
    check::candidates(&text, &scan(PATHS[path], &text));
}

pub fn seeds() -> Vec<Vec<u8>> {
    // curl -u ann:s7Kd9Qw2x; Server=db;Password=s7Kd9Qw2x; CREATE USER ann IDENTIFIED BY 's7Kd9Qw2x'
    let lines: [&[u8]; 3] = [&[0, 13, 24, 34], &[27, 36, 37, 33, 27], &[56, 58, 26, 33, 26]];
    let with = |path: u8| lines.iter().map(move |line| [&[path], *line].concat());
    (0..PATHS.len() as u8).flat_map(with).collect()
}
