//! Signed mail is verified here by other means than those that signed it.

use std::collections::HashMap;

use ring::signature::{ED25519, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use sha2::{Digest, Sha256};

use super::*;
use crate::orders::desk::{Desk, refusal};

/// A key that tests of the workspace share; it protects nothing.
const RSA: &[u8] = include_bytes!("../../../../providers/src/paypal/keys/key.pk8");

const MAIL: &str = "From: Shop <desk@example.com>\r\nTo: ana@example.es\r\nSubject: =?utf-8?b?w5xiZXI=?=\r\n  your   order\r\nX-Other: x\r\n\
    Message-ID: <a@b>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello  Ana,\t \r\n\r\n  it left.\r\n\r\n\r\n";

fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).map(|c| std::str::from_utf8(c).unwrap()).collect();
    format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"))
}

fn vault() -> Vault {
    Vault::new(&[7; 32]).unwrap()
}

fn set(desk: &Desk, domain: &'static str, key: String) -> Result<()> {
    desk.write(move |tx, ctx| set_dkim(tx, ctx, &vault(), (domain, "desk"), &key))
}

fn signed(desk: &Desk) -> String {
    let merchant = desk.ctx.merchant.clone();
    let signer = desk.read(move |tx, _| signer(tx, &vault(), &merchant)).unwrap().unwrap();
    String::from_utf8(signer.sign(MAIL.as_bytes(), 1_700_000_000_000_000).unwrap()).unwrap()
}

fn squeezed(text: &str) -> String {
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

/// As a receiver does it: header by header, from the text.
fn is_genuine(mail: &str, record: &str) -> bool {
    let (head, body) = mail.split_once("\r\n\r\n").unwrap();
    let mut headers: Vec<(String, String)> = Vec::new();
    for line in head.split("\r\n") {
        match line.starts_with([' ', '\t']) {
            true => headers.last_mut().unwrap().1.push_str(line),
            false => headers.push(line.split_once(':').map(|(n, v)| (n.to_lowercase(), v.to_owned())).unwrap()),
        }
    }
    let own = headers.iter().find(|(n, _)| n == "dkim-signature").unwrap().1.clone();
    let tags: HashMap<&str, String> =
        own.split(';').map(|t| t.trim().split_once('=').unwrap()).map(|(n, v)| (n, v.split_ascii_whitespace().collect())).collect();
    let mut lines: Vec<String> = body.split("\r\n").map(|l| l.replace('\t', " ")).collect();
    for line in &mut lines {
        while line.contains("  ") {
            *line = line.replace("  ", " ");
        }
        *line = line.trim_end().to_owned();
    }
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    let canonical: String = lines.iter().map(|l| format!("{l}\r\n")).collect();
    if tags["bh"] != STANDARD.encode(Sha256::digest(canonical)) {
        return false;
    }
    let mut text = String::new();
    for name in tags["h"].split(':') {
        text.push_str(&format!("{name}:{}\r\n", squeezed(&headers.iter().rev().find(|(n, _)| n == name).unwrap().1)));
    }
    let (before, _) = own.split_once("; b=").unwrap();
    text.push_str(&format!("dkim-signature:{}; b=", squeezed(before)));
    let public = STANDARD.decode(record.rsplit_once("p=").unwrap().1).unwrap();
    let given = STANDARD.decode(&tags["b"]).unwrap();
    match tags["a"].as_str() {
        "ed25519-sha256" => UnparsedPublicKey::new(&ED25519, public).verify(&Sha256::digest(text.as_bytes()), &given).is_ok(),
        // Behind the names of the algorithm stands what the library takes: 24 bytes for keys of 2048 bits.
        _ => UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &public[24..]).verify(text.as_bytes(), &given).is_ok(),
    }
}

store::db_test! {
    crate::migrations();

    fn what_leaves_is_signed_and_any_change_is_seen(db) {
        let desk = Desk::new(db);
        for key in [String::new(), pem(RSA)] {
            set(&desk, "Example.com", key).unwrap();
            let known = desk.read(dkim).unwrap().unwrap();
            assert_eq!((known.name().as_str(), known.domain.as_str()), ("desk._domainkey.example.com", "example.com"));
            let mail = signed(&desk);
            assert!(mail.lines().all(|l| l.len() < 998) && mail.ends_with(MAIL), "{mail}");
            assert!(is_genuine(&mail, &known.record), "{mail}");
            for (was, is) in [("your   order", "your   offer"), ("it left", "it went"), ("desk@example.com", "eve@example.com")] {
                assert!(!is_genuine(&mail.replace(was, is), &known.record), "{was}");
            }
            assert!(is_genuine(&mail.replace("your   order", "your order").replace("X-Other: x", "X-Other: y"), &known.record), "a relay may fold");
        }
    }

    fn a_key_is_sealed_and_of_one_merchant(db) {
        let desk = Desk::new(db);
        assert_eq!(refusal(set(&desk, "nowhere", "no key".into())), "domain:invalid key:invalid");
        assert_eq!(refusal(set(&desk, "a..b\r\n.example", pem(b"short"))), "domain:invalid key:invalid");
        let without = Desk { ctx: desk.f.without(Right::Settings), ..desk.clone() };
        assert_eq!(refusal(set(&without, "example.com", String::new())), "forbidden settings");
        set(&desk, "example.com", pem(RSA)).unwrap();
        let (mine, theirs) = (desk.ctx.merchant.clone(), desk.f.other().ctx.merchant);
        let other = Vault::new(&[8; 32]).unwrap();
        let found = desk.read(move |tx, _| Ok((signer(tx, &vault(), &theirs)?.is_some(), signer(tx, &other, &mine)?.is_some()))).unwrap();
        assert_eq!(found, (false, false));
        desk.write(remove_dkim).unwrap();
        assert_eq!(desk.read(dkim).unwrap(), None);
    }
}
