//! The envelope: a request as escaped text inside of XML, an answer likewise.

use super::xml::{self, Element, escaped};
use crate::accounting::{Answer, Session, Trouble, said};
use crate::wire::{Reply, Request};

const SPACE: &str = "http://www.twinfield.com/";

/// A request for `processxml`.
pub(super) fn request(s: &Session, document: &str) -> Request {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Header>\
         <Header xmlns=\"{SPACE}\"><AccessToken>{}</AccessToken><CompanyCode>{}</CompanyCode></Header></soap:Header><soap:Body>\
         <ProcessXmlString xmlns=\"{SPACE}\"><xmlRequest>{}</xmlRequest></ProcessXmlString></soap:Body></soap:Envelope>",
        escaped(&s.token),
        escaped(&s.office),
        escaped(document)
    );
    let headers = vec![("content-type", "text/xml; charset=utf-8".to_owned()), ("soapaction", format!("\"{SPACE}ProcessXmlString\""))];
    Request { method: "POST", url: format!("{}/webservices/processxml.asmx", s.base), headers, body: body.into_bytes() }
}

/// The document inside of an answer. `writes`: something may have been done although nobody says so.
pub(super) fn read(reply: &Reply, writes: bool) -> Answer<Element> {
    let status = reply.status;
    let lost = |words: String| if writes { Trouble::Unknown(words) } else { Trouble::Later(words, None) };
    match status {
        401 => return Err(expired()),
        429 => return Err(Trouble::Later("Twinfield asks for a pause.".to_owned(), reply.after().map(i64::from).or(Some(60)))),
        _ => {}
    }
    let envelope = std::str::from_utf8(&reply.body).ok().and_then(xml::read);
    let nothing = || lost(format!("Twinfield answered {status} and nothing that can be read."));
    let envelope = envelope.ok_or_else(nothing)?;
    if let Some(fault) = envelope.all("Fault").first() {
        return Err(fault_of(&said(fault.text_of("faultstring"), "Twinfield could not do it."), lost));
    }
    if !(200..300).contains(&status) {
        return Err(nothing());
    }
    xml::read(envelope.text_of("ProcessXmlStringResult")).ok_or_else(nothing)
}

fn expired() -> Trouble {
    Trouble::Expired("Twinfield does not accept the sign-in any more.".to_owned())
}

/// A fault speaks of the sign-in, or of anything else: then nobody knows what was done before it.
fn fault_of(words: &str, lost: impl FnOnce(String) -> Trouble) -> Trouble {
    let small = words.to_lowercase();
    if ["token", "logon", "not authorized", "access denied"].iter().any(|w| small.contains(w)) { expired() } else { lost(words.to_owned()) }
}
