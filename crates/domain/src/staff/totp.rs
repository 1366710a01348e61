//! Codes of an authenticator app: RFC 6238 over HMAC-SHA-1, six digits, thirty seconds, as every such app makes them. Pure: no clock, no database.

use ring::hmac;

use crate::kit::{Micros, secret, secret_hash};

/// How long a code stands.
const STEP: Micros = 30_000_000;
/// Clocks of phones differ: the codes of so many steps before and after count too.
const DRIFT: i64 = 1;
/// Bytes of a secret, as RFC 4226 wants them.
const BYTES: usize = 20;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Bytes nobody can guess, at most 32.
pub(super) fn chance(n: usize) -> Vec<u8> {
    let hex = secret_hash(&secret());
    (0..n.min(32)).filter_map(|i| u8::from_str_radix(hex.get(2 * i..2 * i + 2)?, 16).ok()).collect()
}

/// A new secret, in base32 as apps take it.
pub(super) fn new_secret() -> String {
    base32(&chance(BYTES))
}

/// What a QR code says to an app.
pub(super) fn address(secret: &str, email: &str) -> String {
    let email: String = url::form_urlencoded::byte_serialize(email.as_bytes()).collect();
    format!("otpauth://totp/Regulars:{email}?secret={secret}&issuer=Regulars&algorithm=SHA1&digits=6&period=30")
}

/// The step at which this secret gives this code, near `now` and behind the last one that was used. A code that was used, or one before it,
/// is none any more.
pub(super) fn step_of(secret: &str, code: &str, now: Micros, last: i64) -> Option<i64> {
    let (key, step) = (from_base32(secret)?, now.div_euclid(STEP));
    (step - DRIFT..=step + DRIFT).find(|at| *at > last && code_at(&key, *at) == code)
}

/// The code of a secret at a moment, as an app shows it.
#[cfg(any(test, feature = "testing"))]
pub fn code(secret: &str, now: Micros) -> String {
    code_at(&from_base32(secret).unwrap_or_default(), now.div_euclid(STEP))
}

fn code_at(key: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let bytes = tag.as_ref();
    let at = usize::from(bytes.last().copied().unwrap_or_default() & 15);
    let four = bytes.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_be_bytes);
    format!("{:06}", (four & 0x7fff_ffff) % 1_000_000)
}

/// RFC 4648 without padding.
pub(super) fn base32(bytes: &[u8]) -> String {
    let (mut out, mut held, mut bits) = (String::new(), 0u32, 0);
    for byte in bytes {
        (held, bits) = (held << 8 | u32::from(*byte), bits + 8);
        while bits >= 5 {
            bits -= 5;
            out.push(char::from(BASE32[(held >> bits & 31) as usize]));
        }
    }
    if bits > 0 {
        out.push(char::from(BASE32[(held << (5 - bits) & 31) as usize]));
    }
    out
}

fn from_base32(text: &str) -> Option<Vec<u8>> {
    let (mut out, mut held, mut bits) = (Vec::new(), 0u32, 0);
    for c in text.bytes() {
        let digit = BASE32.iter().position(|b| *b == c)?;
        (held, bits) = (held << 5 | u32::try_from(digit).ok()?, bits + 5);
        if bits >= 8 {
            bits -= 8;
            out.push((held >> bits & 255) as u8);
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_are_those_of_rfc_6238() {
        let secret = base32(b"12345678901234567890");
        assert_eq!(secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(from_base32(&secret).as_deref(), Some(b"12345678901234567890".as_slice()));
        for (seconds, wanted) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")] {
            assert_eq!(code(&secret, seconds * 1_000_000), wanted);
        }
    }

    #[test]
    fn a_code_counts_one_step_around_and_never_again() {
        let (secret, now) = (base32(b"12345678901234567890"), 59_000_000);
        let shown = code(&secret, now);
        for (at, taken) in [(-STEP * 2, false), (-STEP, true), (0, true), (STEP, true), (STEP * 2, false)] {
            assert_eq!(step_of(&secret, &shown, now + at, 0).is_some(), taken, "{at}");
        }
        let step = step_of(&secret, &shown, now, 0).unwrap();
        assert_eq!(step_of(&secret, &shown, now, step), None, "used");
        assert_eq!(step_of(&secret, &shown, now, step + 1), None, "a later one was used");
        assert_eq!(step_of("not base32!", &shown, now, 0), None);
    }

    #[test]
    fn secrets_differ_and_have_their_length() {
        let (a, b) = (new_secret(), new_secret());
        assert!(a != b && a.len() == 32 && from_base32(&a).unwrap().len() == BYTES);
        assert!(address(&a, "ana@example.es").contains("Regulars:ana%40example.es?secret="));
    }
}
