//! A webhook of PayPal is signed with RSA and SHA-256 over `transmission id|time|webhook id|CRC-32 of the body`. The certificate is fetched from an
//! address in the headers, so that address decides whom we trust: HTTPS at paypal.com and nothing else.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

use crate::Distrust;
use crate::json;

/// How old a webhook may be, microseconds: PayPal tries again for three days. A minute more for clocks that differ.
pub const TOLERANCE: i64 = 3 * 86_400_000_000 + 60_000_000;

/// The `PAYPAL-…` headers.
#[derive(Clone, Debug, Default)]
pub struct Headers {
    /// `PAYPAL-TRANSMISSION-ID`.
    pub id: String,
    /// `PAYPAL-TRANSMISSION-TIME`.
    pub time: String,
    /// `PAYPAL-TRANSMISSION-SIG`, base64.
    pub signature: String,
    /// `PAYPAL-AUTH-ALGO`: `SHA256withRSA`.
    pub algorithm: String,
    /// `PAYPAL-CERT-URL`.
    pub cert_url: String,
}

/// May the certificate be fetched from there? HTTPS at paypal.com; tests name one more origin (`http://127.0.0.1:4010`).
pub fn is_cert_url(address: &str, trusted: Option<&str>) -> bool {
    let Ok(url) = url::Url::parse(address) else { return false };
    if trusted.is_some_and(|origin| url.origin().ascii_serialization() == origin) {
        return true;
    }
    let paypal = url.host_str().is_some_and(|h| h == "paypal.com" || h.ends_with(".paypal.com"));
    paypal && url.scheme() == "https" && url.port().is_none() && url.username().is_empty() && url.password().is_none()
}

/// Checks a webhook with the certificate (PEM) that was fetched from [`Headers::cert_url`]. `now` in microseconds UTC.
///
/// # Errors
/// Why it is not taken in.
pub fn verify(headers: &Headers, webhook_id: &str, body: &[u8], certificate: &[u8], now: i64) -> Result<(), Distrust> {
    if webhook_id.is_empty() || headers.id.is_empty() || !headers.algorithm.eq_ignore_ascii_case("SHA256withRSA") {
        return Err(Distrust::Header);
    }
    let at = crate::paypal::object::moment(&headers.time).ok_or(Distrust::Header)?;
    let signature = STANDARD.decode(headers.signature.trim()).map_err(|_| Distrust::Header)?;
    let key = public_key(certificate, now)?;
    let signed = format!("{}|{}|{webhook_id}|{}", headers.id, headers.time, crc32fast::hash(body));
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key).verify(signed.as_bytes(), &signature).map_err(|_| Distrust::Signature)?;
    if now.saturating_sub(at) > TOLERANCE || at.saturating_sub(now) > 300_000_000 { Err(Distrust::Age) } else { Ok(()) }
}

/// The key of the first certificate of a chain, when it is valid now.
fn public_key(pem: &[u8], now: i64) -> Result<Vec<u8>, Distrust> {
    let text = std::str::from_utf8(pem).map_err(|_| Distrust::Certificate)?;
    let (_, rest) = text.split_once("-----BEGIN CERTIFICATE-----").ok_or(Distrust::Certificate)?;
    let (inside, _) = rest.split_once("-----END CERTIFICATE-----").ok_or(Distrust::Certificate)?;
    let der = STANDARD.decode(inside.split_whitespace().collect::<String>()).map_err(|_| Distrust::Certificate)?;
    let certificate = Certificate::from_der(&der).map_err(|_| Distrust::Certificate)?.tbs_certificate;
    let seconds = u64::try_from(now / 1_000_000).map_err(|_| Distrust::Certificate)?;
    let valid = certificate.validity.not_before.to_unix_duration().as_secs()..=certificate.validity.not_after.to_unix_duration().as_secs();
    if !valid.contains(&seconds) {
        return Err(Distrust::Certificate);
    }
    Ok(certificate.subject_public_key_info.subject_public_key.raw_bytes().to_vec())
}

impl Headers {
    /// Of a request, by its lower-case names.
    pub fn of<'a>(get: impl Fn(&str) -> Option<&'a str>) -> Self {
        let text = |name: &str| json::text(&get(name).into(), &[]);
        Self {
            id: text("paypal-transmission-id"),
            time: text("paypal-transmission-time"),
            signature: text("paypal-transmission-sig"),
            algorithm: text("paypal-auth-algo"),
            cert_url: text("paypal-cert-url"),
        }
    }
}
