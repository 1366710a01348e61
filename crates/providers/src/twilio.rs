//! What Twilio tells of calls: its signature, and a status callback read. Pure functions.
//!
//! Twilio tells each step of a call, in any order and perhaps twice. Only the last step says how it went; the others are nothing to keep.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;

use crate::{Distrust, Unreadable};

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// They spoke.
    Answered,
    /// A machine took it.
    Machine,
    /// Nobody took it, or the caller hung up before.
    Missed,
    /// The line was busy.
    Busy,
    /// It could not be put through.
    Failed,
}

/// A call that is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// `CA…`, the same in every step.
    pub sid: String,
    /// The number of the other side: E.164, or what Twilio says instead.
    pub other: String,
    /// The other side called.
    pub inbound: bool,
    /// How it went.
    pub end: End,
    /// How long they spoke, seconds.
    pub seconds: i64,
}

/// Was this signed with the account's token? `url` is what Twilio was given, `pairs` the form it sent. The port that a scheme has anyway may stand in the
/// signed address or not.
///
/// # Errors
/// [`Distrust::Header`] without a signature, [`Distrust::Signature`] for another's.
pub fn verify(token: &str, url: &str, pairs: &[(String, String)], signature: &str) -> Result<(), Distrust> {
    let given = STANDARD.decode(signature.trim()).ok().filter(|s| !s.is_empty()).ok_or(Distrust::Header)?;
    let mut sorted: Vec<&(String, String)> = pairs.iter().collect();
    sorted.sort();
    sorted.dedup();
    let params: String = sorted.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]).collect();
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, token.as_bytes());
    let genuine = [url.to_owned(), with_port(url)].iter().any(|u| hmac::verify(&key, format!("{u}{params}").as_bytes(), &given).is_ok());
    if genuine { Ok(()) } else { Err(Distrust::Signature) }
}

/// The same address with the port of its scheme spelt out; as it is when it names one.
fn with_port(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let port = if scheme == "https" { 443 } else { 80 };
    if host.rsplit(']').next().is_some_and(|end| end.contains(':')) { url.to_owned() } else { format!("{scheme}://{host}:{port}{path}") }
}

/// Reads a status callback; `None` for a step of a call that goes on.
///
/// # Errors
/// [`Unreadable`] when it names no call or says nothing of its state.
pub fn call(pairs: &[(String, String)]) -> Result<Option<Call>, Unreadable> {
    let get = |name: &str| pairs.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v.trim());
    let (sid, status) = (get("CallSid"), get("CallStatus"));
    if sid.is_empty() || sid.len() > 100 || status.is_empty() {
        return Err(Unreadable);
    }
    let end = match status {
        "completed" if get("AnsweredBy").starts_with("machine") => End::Machine,
        "completed" => End::Answered,
        "busy" => End::Busy,
        "no-answer" | "canceled" => End::Missed,
        "failed" => End::Failed,
        _ => return Ok(None),
    };
    let inbound = get("Direction") == "inbound";
    let other = get(if inbound { "From" } else { "To" }).to_owned();
    let seconds = get("CallDuration").parse().unwrap_or_default();
    Ok(Some(Call { sid: sid.to_owned(), other, inbound, end, seconds }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(all: &[(&str, &str)]) -> Vec<(String, String)> {
        all.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
    }

    /// The example of Twilio's own manual.
    #[test]
    fn the_signature_of_the_manual_is_genuine_and_no_other() {
        let form = pairs(&[
            ("CallSid", "CA1234567890ABCDE"),
            ("Caller", "+14158675310"),
            ("Digits", "1234"),
            ("From", "+14158675310"),
            ("To", "+18005551212"),
        ]);
        let (url, signed) = ("https://mycompany.com/myapp.php?foo=1&bar=2", "GvWf1cFY/Q7PnoempGyD5oXAezc=");
        assert_eq!(verify("12345", url, &form, signed), Ok(()));
        assert_eq!(verify("12346", url, &form, signed), Err(Distrust::Signature));
        assert_eq!(verify("12345", "https://mycompany.com/myapp.php?foo=1", &form, signed), Err(Distrust::Signature));
        assert_eq!(verify("12345", url, &form[1..], signed), Err(Distrust::Signature));
        assert_eq!(verify("12345", url, &form, ""), Err(Distrust::Header));
        assert_eq!(verify("12345", url, &form, "nonsense !"), Err(Distrust::Header));
    }

    #[test]
    fn a_port_that_goes_without_saying_may_be_signed() {
        for (url, with) in [
            ("https://a.example/x?y=1:2", "https://a.example:443/x?y=1:2"),
            ("http://a.example", "http://a.example:80"),
            ("https://[::1]/x", "https://[::1]:443/x"),
            ("http://a.example:8080/x", "http://a.example:8080/x"),
        ] {
            assert_eq!(with_port(url), with);
        }
    }

    #[test]
    fn only_the_end_of_a_call_is_told() {
        let step = |status: &str, direction: &str| {
            call(&pairs(&[
                ("CallSid", "CA1"),
                ("CallStatus", status),
                ("Direction", direction),
                ("From", "+1"),
                ("To", "+2"),
                ("CallDuration", "65"),
            ]))
        };
        for going_on in ["queued", "initiated", "ringing", "in-progress", "new-word"] {
            assert_eq!(step(going_on, "inbound"), Ok(None), "{going_on}");
        }
        let over = step("completed", "inbound").unwrap().unwrap();
        assert_eq!((over.other.as_str(), over.inbound, over.end, over.seconds), ("+1", true, End::Answered, 65));
        let over = step("no-answer", "outbound-api").unwrap().unwrap();
        assert_eq!((over.other.as_str(), over.inbound, over.end), ("+2", false, End::Missed));
        assert_eq!(call(&pairs(&[("CallStatus", "completed")])), Err(Unreadable));
    }
}
