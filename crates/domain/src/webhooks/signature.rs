//! Signatures of Standard Webhooks, version 1: HMAC-SHA256 over id, time and body, with a secret that is written `whsec_` and base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

use crate::kit::{Error, Result};

/// What every secret begins with.
pub const PREFIX: &str = "whsec_";

/// A new secret of 32 bytes that nobody can guess.
///
/// # Errors
/// `Internal` when the system gives no chance.
pub fn new_secret() -> Result<String> {
    let mut bytes = [0u8; 32];
    getrandom::fill(&mut bytes).map_err(|_| Error::Internal("the system gives no chance".to_owned()))?;
    Ok(format!("{PREFIX}{}", STANDARD.encode(bytes)))
}

/// The value of `webhook-signature`: one signature for each secret. `at` is in seconds since 1970, as in `webhook-timestamp`. A secret that is none gives none.
pub fn sign(secrets: &[String], id: &str, at: i64, body: &str) -> String {
    let signed = secrets.iter().filter_map(|secret| {
        let key = STANDARD.decode(secret.strip_prefix(PREFIX)?).ok()?;
        let mac = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), format!("{id}.{at}.{body}").as_bytes());
        Some(format!("v1,{}", STANDARD.encode(mac)))
    });
    signed.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the libraries of Standard Webhooks.
    #[test]
    fn the_known_message_has_the_known_signature() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned();
        let body = r#"{"test": 2432232314}"#;
        let signed = sign(std::slice::from_ref(&secret), "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let two = sign(&[new_secret().unwrap(), secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, body);
        assert!(two.starts_with("v1,") && two.ends_with(&format!(" {signed}")), "{two}");
    }

    #[test]
    fn a_secret_is_new_each_time_and_long_enough() {
        let (a, b) = (new_secret().unwrap(), new_secret().unwrap());
        assert_ne!(a, b);
        assert_eq!(STANDARD.decode(a.strip_prefix(PREFIX).unwrap()).unwrap().len(), 32);
        assert_eq!(sign(&["nonsense".to_owned()], "a", 1, ""), "");
    }
}
