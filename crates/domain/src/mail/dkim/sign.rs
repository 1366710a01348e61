//! A mail and a key give the header that signs it: relaxed in its headers and its body, so that what relays fold and trim breaks nothing.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::RSA_PKCS1_SHA256;
use sha2::{Digest, Sha256};

use super::Key;
use crate::kit::Micros;

/// Headers that are signed when they are there, all that a reader sees or a program acts on.
const SIGNED: [&str; 12] = [
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "reply-to",
    "in-reply-to",
    "references",
    "mime-version",
    "content-type",
    "list-unsubscribe",
    "list-unsubscribe-post",
];

/// What signs the mail of a merchant.
pub struct Signer {
    pub(super) domain: String,
    pub(super) selector: String,
    pub(super) key: Key,
}

/// A key is not printed.
impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({}._domainkey.{})", self.selector, self.domain)
    }
}

impl Signer {
    /// The mail with its signature in front; `at` is when it was signed, microseconds UTC.
    ///
    /// # Errors
    /// In words, when the system gives no chance or the mail has no headers.
    pub fn sign(&self, mail: &[u8], at: Micros) -> Result<Vec<u8>, String> {
        let (head, body) = parted(mail).ok_or("a mail without headers is not signed")?;
        let headers = relaxed_headers(&String::from_utf8_lossy(head));
        let signed: Vec<&(String, String)> = SIGNED.iter().filter_map(|name| headers.iter().rfind(|(n, _)| n == name)).collect();
        let names: Vec<&str> = signed.iter().map(|(name, _)| name.as_str()).collect();
        let kind = if matches!(self.key, Key::Rsa(_)) { "rsa-sha256" } else { "ed25519-sha256" };
        let tags = [
            format!("v=1; a={kind}; c=relaxed/relaxed; d={}; s={}", self.domain, self.selector),
            format!("t={}; h={}", at / 1_000_000, names.join(":")),
            format!("bh={}", STANDARD.encode(Sha256::digest(relaxed_body(body)))),
            "b=".to_owned(),
        ];
        let mut text: String = signed.iter().map(|(name, value)| format!("{name}:{value}\r\n")).collect();
        text.push_str(&format!("dkim-signature:{}", tags.join("; ")));
        let signature = STANDARD.encode(self.raw(text.as_bytes())?);
        let folded: Vec<&str> = signature.as_bytes().chunks(70).filter_map(|c| std::str::from_utf8(c).ok()).collect();
        let header = format!("DKIM-Signature: {}{}\r\n", tags.join(";\r\n "), folded.join("\r\n "));
        Ok([header.as_bytes(), mail].concat())
    }

    fn raw(&self, text: &[u8]) -> Result<Vec<u8>, String> {
        match &self.key {
            // RFC 8463: what is signed is the hash.
            Key::Ed25519(key) => Ok(key.sign(&Sha256::digest(text)).as_ref().to_vec()),
            Key::Rsa(key) => {
                let mut out = vec![0; key.public().modulus_len()];
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut out).map_err(|_| "the key does not sign".to_owned())?;
                Ok(out)
            }
        }
    }
}

/// Headers and body.
fn parted(mail: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = mail.windows(4).position(|w| w == b"\r\n\r\n")?;
    Some((&mail[..at + 2], &mail[at + 4..]))
}

/// Names in lower case, values unfolded, runs of blanks one blank, none at the ends.
fn relaxed_headers(head: &str) -> Vec<(String, String)> {
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let lines = unfolded.split("\r\n").filter_map(|l| l.split_once(':'));
    lines
        .map(|(name, value)| (name.trim().to_lowercase(), value.split([' ', '\t']).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")))
        .collect()
}

/// Runs of blanks one blank, none at the end of a line, no empty lines at the end.
fn relaxed_body(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + 2);
    let mut kept = 0;
    for line in body.split(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let start = out.len();
        let mut blank = false;
        for byte in line {
            if matches!(byte, b' ' | b'\t') {
                blank = true;
                continue;
            }
            if std::mem::take(&mut blank) {
                out.push(b' ');
            }
            out.push(*byte);
        }
        let empty = out.len() == start;
        out.extend_from_slice(b"\r\n");
        if !empty {
            kept = out.len();
        }
    }
    out.truncate(kept);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of RFC 6376, 3.4.5.
    #[test]
    fn blanks_are_as_the_standard_wants_them() {
        assert_eq!(relaxed_body(b" C \r\nD \t E\r\n\r\n\r\n"), b" C\r\nD E\r\n");
        assert_eq!(relaxed_body(b"\r\n\r\n"), b"");
        let headers = relaxed_headers("A: X\r\nB : Y\t\r\n\tZ  \r\n");
        assert_eq!(headers, [("a".to_owned(), "X".to_owned()), ("b".to_owned(), "Y Z".to_owned())]);
    }
}
