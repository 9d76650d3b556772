//! Keys of Google Cloud service accounts: JSON whose `private_key` is a key in PEM
//! armour.

use std::ops::Range;

/// How far the members stand from the key, in bytes.
const NEAR: usize = 1024;

/// What the JSON around a private key says.
pub struct ServiceAccount {
    /// `client_email`, where it is one.
    email: Option<String>,
}

impl ServiceAccount {
    /// The account by its address, for the message.
    pub fn title(&self) -> Option<String> {
        let email = self.email.as_ref()?;
        Some(format!("Private key of the service account {email}"))
    }
}

/// Reads around the armour at `armour`; `None` when it is no such key.
pub fn around(text: &[u8], armour: &Range<usize>) -> Option<ServiceAccount> {
    let before = &text[armour.start.saturating_sub(NEAR)..armour.start];
    let after = &text[armour.end..text.len().min(armour.end + NEAR)];
    let name = &before[before.len().saturating_sub(24)..];
    memchr::memmem::find(name, b"private_key")?;
    let either = |word: &[u8]| {
        let place = |part: &'_ [u8]| memchr::memmem::find(part, word);
        place(before).map(|at| &before[at..]).or_else(|| place(after).map(|at| &after[at..]))
    };
    either(b"service_account")?;
    Some(ServiceAccount { email: either(b"client_email").and_then(email) })
}

/// The address behind `client_email`, if it is written out.
fn email(member: &[u8]) -> Option<String> {
    let rest = member.strip_prefix(b"client_email")?;
    let skipped = rest.iter().take(8).take_while(|b| b"\\\": \t".contains(b)).count();
    let is_part = |b: &u8| b.is_ascii_alphanumeric() || b"._-@".contains(b);
    let address: Vec<u8> =
        rest[skipped..].iter().take(120).take_while(|b| is_part(b)).copied().collect();
    String::from_utf8(address).ok().filter(|address| address.contains('@'))
}
