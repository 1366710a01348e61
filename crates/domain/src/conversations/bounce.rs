//! Mail that came back: a report of a mail server about one of our own mails marks the address, until a mail arrives from it.

use mail_parser::{Message, MimeHeaders};
use store::Tx;

use super::queries;
use crate::addresses;
use crate::events::Event;
use crate::kit::{BounceId, Ctx, CustomerId, Error, MailId, Micros, Result, Right, email_key};

/// How far into a report our own mail's id is looked for, bytes.
const FAR: usize = 256 * 1024;

/// What a mail server says of a mail (RFC 3464).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Report {
    /// The mail of ours it speaks of.
    pub mail: MailId,
    /// The address; may be empty.
    pub recipient: String,
    /// It failed for good.
    pub failed: bool,
    /// Why, in the server's words.
    pub reason: String,
}

/// Reads a report out of a mail; `None` for any other mail, and for one that names none of ours.
pub(super) fn report(message: &Message<'_>, raw: &[u8]) -> Option<Report> {
    if !message.is_content_type("multipart", "report") {
        return None;
    }
    let part = message.parts.iter().find(|p| p.is_content_type("message", "delivery-status"))?;
    let status = String::from_utf8_lossy(part.contents()).into_owned();
    let field = |name: &str| field(&status, name);
    let recipient = field("final-recipient").or_else(|| field("original-recipient")).unwrap_or_default();
    let recipient = recipient.rsplit(';').next().unwrap_or_default().trim().to_owned();
    let code = field("status").unwrap_or_default();
    let action = field("action").unwrap_or_default();
    let said = field("diagnostic-code").unwrap_or_else(|| code.clone());
    let reason: String = said.chars().filter(|c| !c.is_control()).take(300).collect();
    let failed = action.eq_ignore_ascii_case("failed") && !code.starts_with('4');
    Some(Report { mail: own(raw)?, recipient, failed, reason })
}

/// A field of the status, unfolded.
fn field(status: &str, name: &str) -> Option<String> {
    let unfolded = status.replace("\r\n", "\n").replace("\n ", " ").replace("\n\t", " ");
    let mut lines = unfolded.lines().filter_map(|l| l.split_once(':'));
    lines.find(|(key, _)| key.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
}

/// The first id of a mail of ours in the bytes. Nobody can guess one.
fn own(raw: &[u8]) -> Option<MailId> {
    let text = String::from_utf8_lossy(&raw[..raw.len().min(FAR)]);
    let mut starts = text.match_indices("<mai_").map(|(at, _)| at + 1);
    starts.find_map(|at| text.get(at..at + 30)?.parse().ok())
}

/// An address that mail came back from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounce {
    /// The address, in lower case.
    pub email: String,
    /// Why, in a server's words.
    pub reason: String,
    /// When, microseconds UTC.
    pub at: Micros,
}

/// Addresses of a customer that mail came back from, the newest first; at most 50.
pub fn bounces(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<Vec<Bounce>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&queries::BOUNCES, &[&ctx.merchant, customer], |r| Ok(Bounce { email: r.get(0)?, reason: r.get(1)?, at: r.get(2)? }))?)
}

/// Marks the address that one of our mails went to. A report about another address than the mail's is not believed.
pub(super) fn mark(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, sent_to: &str, report: &Report) -> Result<()> {
    let (key, told) = (email_key(sent_to), email_key(&report.recipient));
    if !report.failed || !(told.is_empty() || told == key) {
        return Ok(());
    }
    let id: BounceId = ctx.id();
    tx.exec(&queries::BOUNCED, &[&ctx.merchant, &id, customer, &key, &report.reason, &ctx.now])?;
    Event::new("mail.bounced").of(customer).on("mail", report.mail.as_str()).value("to", None, Some(&key)).record(tx, ctx)?;
    // Whoever writes to many asks there, also when this customer is long gone.
    tx.next_verb();
    match addresses::bounced(tx, ctx, &key, "") {
        Ok(_) | Err(Error::Invalid(_)) => Ok(()),
        Err(other) => Err(other),
    }
}
