//! Mail that came back: a report of a mail server about one of our own mails marks the address (`addresses`), until a mail arrives from it.

use mail_parser::{Message, MimeHeaders};
use store::Tx;

use crate::addresses;
use crate::events::Event;
use crate::kit::{Ctx, CustomerId, Error, MailId, Result, email_key, email_twin};

/// How far into a report our own mail's id is looked for, bytes.
const FAR: usize = 256 * 1024;

/// What a mail server says of a mail.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Told {
    /// Addresses it names: where it went in the end, and where we sent it.
    recipients: Vec<String>,
    /// The status code (`5.1.1`); empty when it gave none.
    code: String,
    /// It gave up.
    failed: bool,
}

/// A report about one of our own mails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Report {
    /// The mail of ours it speaks of.
    pub mail: MailId,
    told: Told,
}

/// Reads a report out of a mail: one by the standard (RFC 3464, RFC 6533), or the plain text of qmail, of older Exim, and of others that name address and
/// reason. `None` for any other mail, and for one that names none of ours.
pub(super) fn report(message: &Message<'_>, raw: &[u8]) -> Option<Report> {
    let status = ["delivery-status", "global-delivery-status"];
    let status = message.parts.iter().find(|p| status.iter().any(|kind| p.is_content_type("message", kind)));
    // Some packs the same into a plain mail of several parts; a person may attach such a part too.
    let believed = message.is_content_type("multipart", "report") || is_machine(message);
    let told = match status.filter(|_| believed) {
        Some(part) => standard(&String::from_utf8_lossy(part.contents())),
        None => plain(message)?,
    };
    Some(Report { mail: own(raw)?, told })
}

/// The fields of RFC 3464: those of the mail, then a group for each recipient. The first that failed counts.
fn standard(status: &str) -> Told {
    let unfolded = status.replace("\r\n", "\n").replace("\n ", " ").replace("\n\t", " ");
    let mut groups = unfolded.split("\n\n").filter(|g| field(g, "action").is_some()).map(group);
    let first = groups.next().unwrap_or_default();
    if first.failed { first } else { groups.find(|g| g.failed).unwrap_or(first) }
}

fn group(text: &str) -> Told {
    let address =
        |name: &str| field(text, name).map(|v| v.rsplit(';').next().unwrap_or_default().trim().trim_matches(['<', '>']).to_owned());
    let said = format!("{} {}", field(text, "status").unwrap_or_default(), field(text, "diagnostic-code").unwrap_or_default());
    Told {
        recipients: ["final-recipient", "original-recipient"].into_iter().filter_map(address).filter(|a| !a.is_empty()).collect(),
        code: code(&said),
        failed: field(text, "action").is_some_and(|a| a.eq_ignore_ascii_case("failed")),
    }
}

fn field(group: &str, name: &str) -> Option<String> {
    let mut lines = group.lines().filter_map(|l| l.split_once(':'));
    lines.find(|(key, _)| key.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
}

/// What a machine says in plain words: qmail names the address in a line of its own, Exim in a header.
fn plain(message: &Message<'_>) -> Option<Told> {
    if !is_machine(message) {
        return None;
    }
    let text = message.body_text(0)?.replace("\r\n", "\n");
    if let Some(failed) = message.header_raw("X-Failed-Recipients") {
        let own_words = text.split("\n--").next().unwrap_or_default();
        return Some(Told { recipients: vec![failed.split(',').next()?.trim().to_owned()], code: code(own_words), failed: true });
    }
    if !text.trim_start().starts_with("Hi. This is the") {
        return loose(text.split("\n--").next().unwrap_or_default());
    }
    let (address, rest) = text.lines().find_map(|l| {
        let address = l.strip_prefix('<')?.strip_suffix(">:")?;
        Some((address, text.split_once(l)?.1))
    })?;
    let why = rest.trim_start_matches('\n').split("\n\n").next().unwrap_or_default();
    Some(Told { recipients: vec![address.to_owned()], code: code(why), failed: true })
}

/// No form that is known: it gave up when it names an address and a reason that is final.
fn loose(own_words: &str) -> Option<Told> {
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let recipients: Vec<String> = own_words.split_whitespace().filter(|w| w.contains('@')).map(bare).filter(|a| a.contains('@')).collect();
    let code = code(own_words);
    (!recipients.is_empty() && code.starts_with('5')).then_some(Told { recipients, code, failed: true })
}

/// A mail server wrote it, by the name it gives itself. A postmaster may be a person, too: a server says that nobody wrote it, or takes no answer.
fn is_machine(message: &Message<'_>) -> bool {
    let sender = message.from().and_then(|f| f.first()).and_then(|a| a.address.as_deref()).unwrap_or_default().to_lowercase();
    match sender.split('@').next().unwrap_or_default() {
        "" | "mailer-daemon" => true,
        "postmaster" => {
            let said = |name: &str| message.header_raw(name).map(|v| v.trim().to_ascii_lowercase());
            said("Auto-Submitted").is_some_and(|v| v.starts_with("auto-"))
                || said("Return-Path").is_some_and(|v| v == "<>")
                || message.header_raw("X-Failed-Recipients").is_some()
        }
        _ => false,
    }
}

/// The status code of RFC 3463 in these words. One that says something is taken before a general one (`5.0.0`), and a reply of SMTP (`550`) when there is
/// no other.
fn code(words: &str) -> String {
    let is_code = |token: &&str| {
        let parts: Vec<&str> = token.split('.').collect();
        parts.len() == 3 && ["2", "4", "5"].contains(&parts[0]) && parts.iter().all(|p| (1..=3).contains(&p.len()))
    };
    let tokens = || words.split(|c: char| !c.is_ascii_digit() && c != '.').map(|t| t.trim_matches('.'));
    let told: Vec<&str> = tokens().filter(is_code).collect();
    if let Some(found) = told.iter().find(|t| !t.ends_with(".0.0")).or(told.first()) {
        return (*found).to_owned();
    }
    let reply = tokens().find(|t| t.len() == 3 && (t.starts_with('4') || t.starts_with('5')) && t.bytes().all(|b| b.is_ascii_digit()));
    reply.map_or_else(String::new, |r| format!("{}.0.0", &r[..1]))
}

/// The first id of a mail of ours in the bytes. Nobody can guess one.
fn own(raw: &[u8]) -> Option<MailId> {
    let text = String::from_utf8_lossy(&raw[..raw.len().min(FAR)]);
    let mut starts = text.match_indices("<mai_").map(|(at, _)| at + 1);
    starts.find_map(|at| text.get(at..at + 30)?.parse().ok())
}

impl Report {
    /// The mail will never arrive. What is only late or full for now (`4.x.x`) says nothing of the address.
    pub fn is_final(&self) -> bool {
        self.told.failed && !self.told.code.starts_with(['2', '4'])
    }

    /// It is this mail that was not taken, for its size or its form: another may be.
    fn is_of_the_mail(&self) -> bool {
        ["5.2.3", "5.3.4"].contains(&self.told.code.as_str()) || self.told.code.starts_with("5.6.")
    }

    /// Does it speak of this address? One that names none speaks of where the mail went.
    fn is_about(&self, key: &str) -> bool {
        self.told.recipients.is_empty()
            || self.told.recipients.iter().any(|r| email_key(r) == key || email_twin(r).is_some_and(|twin| email_key(&twin) == key))
    }
}

/// Marks the address that one of our mails went to. A report about another address than the mail's is not believed.
pub(super) fn mark(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, sent_to: &str, report: &Report) -> Result<()> {
    let key = email_key(sent_to);
    if !report.is_final() || !report.is_about(&key) {
        return Ok(());
    }
    Event::new("mail.bounced").of(customer).on("mail", report.mail.as_str()).value("to", None, Some(&key)).record(tx, ctx)?;
    if report.is_of_the_mail() {
        return Ok(());
    }
    // Others may have the same address, and whoever writes to many asks there also when this customer is long gone.
    tx.next_verb();
    match addresses::bounced(tx, ctx, &key, &report.told.code) {
        Ok(_) | Err(Error::Invalid(_)) => Ok(()),
        Err(other) => Err(other),
    }
}
