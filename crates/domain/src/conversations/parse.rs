//! A mail as it came over the wire, read into what is kept of it. Pure: the same bytes give the same, and any bytes give something.

use std::borrow::Cow;

use encoding_rs::WINDOWS_1252;
use mail_parser::{Address, HeaderValue, Message, MessageParser, MessagePart, MimeHeaders, PartType};
use sha2::{Digest, Sha256};

use super::bounce::{self, Report};
use super::put::file_name;
use super::{NewFile, clean, machine};
use crate::kit::{Email, Micros, hex};

/// The largest mail that is taken, bytes.
pub const LARGEST: usize = 25 * 1024 * 1024;
/// Files of one mail that are kept, and ids it may say it answers.
const FILES: usize = 100;
const ANSWERS: usize = 30;

/// What is kept of a mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parsed {
    /// Its Message-ID without brackets; of one without, a name made of its bytes.
    pub message_id: String,
    /// What it answers, the nearest last.
    pub answers: Vec<String>,
    /// Who wrote it, as they call themselves.
    pub name: String,
    /// Their address; empty when there is none that can be one.
    pub from: String,
    /// Where answers shall go, when that is elsewhere.
    pub reply_to: String,
    /// Who answers shall go to, as they call themselves.
    pub reply_name: String,
    /// To whom, all of them.
    pub to: Vec<String>,
    /// What about.
    pub subject: String,
    /// When it says it was written, microseconds UTC.
    pub at: Option<Micros>,
    /// Its text.
    pub text: String,
    /// Its HTML, cleaned; may be empty.
    pub html: String,
    /// What is attached.
    pub files: Vec<NewFile>,
    /// It says that a mail did not arrive.
    pub(super) report: Option<Report>,
    /// No person wrote it: a responder, a newsletter, a mail server.
    pub(super) automatic: bool,
    /// A name made of its bytes, for one whose Message-ID another mail has.
    pub(super) named: String,
}

/// Reads a mail. What cannot be read is kept as text.
pub fn parse(raw: &[u8]) -> Parsed {
    let named = format!("{}@none.invalid", hex(&Sha256::digest(raw)));
    let readable = readable(raw);
    let Some(message) = MessageParser::default().parse(readable.as_ref()) else {
        return Parsed { message_id: named.clone(), named, text: plain(&String::from_utf8_lossy(raw)), ..Parsed::default() };
    };
    let (name, from) = first(message.from().or_else(|| message.sender()));
    let (reply_name, reply_to) = first(message.reply_to());
    let html = message.html_bodies().filter_map(html_of).collect::<Vec<_>>().join("<hr>");
    let mut answers = ids(message.references());
    answers.extend(ids(message.in_reply_to()).into_iter().rev().filter(|id| !answers.contains(id)).collect::<Vec<_>>());
    let keep = answers.len().saturating_sub(ANSWERS);
    Parsed {
        message_id: message.message_id().map(message_id).filter(|id| !id.is_empty()).unwrap_or_else(|| named.clone()),
        automatic: machine::wrote(&message, &from, &reply_to),
        named,
        answers: answers.split_off(keep),
        name,
        from,
        reply_to,
        reply_name,
        to: [message.to(), message.cc()].into_iter().flatten().flat_map(all).take(100).collect(),
        subject: line(message.subject().unwrap_or_default(), 500),
        at: message.date().filter(|d| d.is_valid()).map(|d| d.to_timestamp().saturating_mul(1_000_000)),
        text: text(&message),
        html: clean::clean(&html),
        files: message.attachments().take(FILES).map(file).collect(),
        report: bounce::report(&message, raw),
    }
}

/// Letters beyond ASCII of which nobody says what they are: UTF-8 if they can be that, else those of Western Europe, as scripts send that know nothing of
/// charsets. A header is taken line by line, a text only when no charset is named and nothing is packed in parts.
fn readable(raw: &[u8]) -> Cow<'_, [u8]> {
    if std::str::from_utf8(raw).is_ok() {
        return Cow::Borrowed(raw);
    }
    let lone = raw.windows(2).position(|w| w == b"\n\n").map(|at| at + 2);
    let pair = raw.windows(4).position(|w| w == b"\r\n\r\n").map(|at| at + 4);
    let end = [lone, pair].into_iter().flatten().min().unwrap_or(raw.len());
    let (head, body) = raw.split_at(end);
    let mut whole: Vec<u8> = head.split_inclusive(|b| *b == b'\n').flat_map(|line| western(line).into_owned()).collect();
    let said = String::from_utf8_lossy(head).to_lowercase();
    let unsaid = !["charset", "multipart/", "message/", "content-transfer-encoding: base64"].iter().any(|word| said.contains(word));
    if unsaid {
        whole.extend_from_slice(&western(body))
    } else {
        whole.extend_from_slice(body)
    }
    Cow::Owned(whole)
}

/// As it is when it is UTF-8, else out of windows-1252.
fn western(bytes: &[u8]) -> Cow<'_, [u8]> {
    if std::str::from_utf8(bytes).is_ok() {
        return Cow::Borrowed(bytes);
    }
    match WINDOWS_1252.decode_without_bom_handling(bytes).0 {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    }
}

/// All texts in a row. A mail of HTML alone gives its words.
fn text(message: &Message<'_>) -> String {
    let parts: Vec<Cow<'_, str>> = (0..message.text_body_count().min(20)).filter_map(|at| message.body_text(at)).collect();
    plain(&parts.join("\n\n"))
}

fn html_of<'a>(part: &'a MessagePart<'_>) -> Option<&'a str> {
    match &part.body {
        PartType::Html(html) => Some(html),
        _ => None,
    }
}

/// Line breaks of one kind, no NUL, nothing blank at the ends.
fn plain(text: &str) -> String {
    text.replace("\r\n", "\n").replace(['\r', '\0'], "").trim().to_owned()
}

/// One line without control characters.
fn line(text: &str, max: usize) -> String {
    let one: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    one.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(max).collect()
}

fn message_id(text: &str) -> String {
    let id: String = text.trim().trim_matches(['<', '>']).chars().filter(|c| !c.is_control() && !c.is_whitespace()).collect();
    if id.len() <= 250 { id } else { format!("{}@long.invalid", hex(&Sha256::digest(id.as_bytes()))) }
}

fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    let texts: Vec<&str> = match value {
        HeaderValue::Text(text) => vec![text],
        HeaderValue::TextList(all) => all.iter().map(AsRef::as_ref).collect(),
        _ => Vec::new(),
    };
    texts.iter().flat_map(|t| t.split_whitespace()).map(message_id).filter(|id| !id.is_empty()).collect()
}

fn first(address: Option<&Address<'_>>) -> (String, String) {
    let Some(found) = address.and_then(Address::first) else { return Default::default() };
    let email = Email::parse(found.address.as_deref().unwrap_or_default()).map(|e| e.typed).unwrap_or_default();
    (line(found.name.as_deref().unwrap_or_default(), 200), email)
}

fn all(address: &Address<'_>) -> Vec<String> {
    address.iter().take(100).filter_map(|a| Email::parse(a.address.as_deref().unwrap_or_default())).map(|e| e.typed).collect()
}

fn file(part: &MessagePart<'_>) -> NewFile {
    let kind = part.content_type().map(|c| format!("{}/{}", c.ctype(), c.subtype().unwrap_or("octet-stream")));
    let kind = kind.filter(|k| k.len() < 100 && k.bytes().all(|b| b.is_ascii_graphic())).unwrap_or_default().to_lowercase();
    let inner = part.message().and_then(|m| m.subject()).map(|s| format!("{s}.eml"));
    let bytes = match &part.body {
        PartType::Message(message) => message.raw_message().to_vec(),
        _ => part.contents().to_vec(),
    };
    NewFile {
        name: file_name(part.attachment_name().or(inner.as_deref()).unwrap_or_default()),
        content_type: if kind.is_empty() { "application/octet-stream".to_owned() } else { kind },
        bytes,
    }
}
