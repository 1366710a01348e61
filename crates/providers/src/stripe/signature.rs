//! The `Stripe-Signature` header: `t=…,v1=…[,v1=…]`, HMAC-SHA256 over time, a dot and the raw body. While a secret is rolled there are
//! several signatures; one that matches is enough.

use ring::hmac;

use crate::Distrust;

/// How far the moment of signing may be away, either way: five minutes, in microseconds.
pub const TOLERANCE: i64 = 300_000_000;

/// Checks a webhook. `now` in microseconds UTC.
///
/// # Errors
/// Why it is not taken in.
pub fn verify(secret: &str, header: &str, body: &[u8], now: i64) -> Result<(), Distrust> {
    let (mut time, mut signatures) = (None, Vec::new());
    for part in header.split(',') {
        match part.trim().split_once('=') {
            Some(("t", t)) => time = Some(t.parse::<i64>().map_err(|_| Distrust::Header)?),
            Some(("v1", s)) => signatures.extend(unhex(s)),
            _ => {}
        }
    }
    let time = time.ok_or(Distrust::Header)?;
    if secret.is_empty() || signatures.is_empty() {
        return Err(Distrust::Header);
    }
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let mut signed = format!("{time}.").into_bytes();
    signed.extend_from_slice(body);
    // `hmac::verify` takes the same time wherever they differ.
    if !signatures.iter().any(|s| hmac::verify(&key, &signed, s).is_ok()) {
        return Err(Distrust::Signature);
    }
    let at = time.checked_mul(1_000_000).ok_or(Distrust::Age)?;
    if now.saturating_sub(at).abs() > TOLERANCE { Err(Distrust::Age) } else { Ok(()) }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).ok()).collect()
}
