//! What the worker does: claim, read the letter, and write down what became of it.

use store::Tx;

use super::offer::LINK;
use super::queue::row;
use super::{State, may, queries};
use crate::conversations::{self, Heading, NewFile};
use crate::invoices::{self, Paper};
use crate::kit::{
    Actor, Ctx, Door, Error, InvoiceId, MailId, MerchantId, MethodLinkId, Micros, OfferId, PaymentLinkId, PortalLinkId, Result, TemplateId,
    printable,
};
use crate::{addresses, mailings, merchants, method_links, offers, payment_links, portal, staff};

/// How long a worker holds a mail: ten minutes, longer than any server may take.
const LEASE: Micros = 600_000_000;
/// Pauses between tries, seconds; behind the last one it has failed.
const PAUSES: [i64; 7] = [60, 300, 900, 3_600, 7_200, 21_600, 43_200];

/// A mail that this worker holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// Whose.
    pub merchant: MerchantId,
    /// Which.
    pub mail: MailId,
    /// The worker that holds it.
    pub worker: String,
    /// The try this is, from 1.
    pub attempt: i64,
    /// The secret of the link that it carries: the buyer's, the customer's into the portal, or of the person's who asked for a new password.
    pub link: Option<String>,
}

/// What is to be sent.
#[derive(Clone, Debug)]
pub struct Letter {
    /// To whom.
    pub to: String,
    /// Who writes, in words; the address is the server's.
    pub from_name: String,
    /// Where answers go; may be empty.
    pub reply_to: String,
    /// What about.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// When it was asked for, microseconds UTC.
    pub at: Micros,
    /// The invoice or offer it carries.
    pub paper: Option<Paper>,
    /// It is one of many, written from a template: it also goes as HTML, with the way to want no more.
    pub bulk: bool,
    /// What the link to unsubscribe ends with; absent for a trial.
    pub unsubscribe: Option<String>,
    /// What it answers, the nearest last: Message-IDs without brackets. One of our own mails stands by its id alone, without a domain.
    pub answers: Vec<String>,
    /// What is attached.
    pub files: Vec<NewFile>,
    /// No person wrote it: machines are told not to answer.
    pub automatic: bool,
}

/// What became of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server took it.
    Sent,
    /// It certainly did not arrive, and may another time: no connection, a refusal for now.
    Later(String),
    /// The server will not take it.
    Refused(String),
    /// The server says for good that there is no such recipient.
    NoRecipient {
        /// As a code (`5.1.1`).
        code: String,
        /// In the server's words.
        words: String,
    },
    /// Nobody knows: the line was cut when the server had all of it. Never sent again by itself.
    Unclear(String),
}

impl Outcome {
    /// In a word, for the log.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Later(_) => "later",
            Self::Refused(_) | Self::NoRecipient { .. } => "refused",
            Self::Unclear(_) => "unclear",
        }
    }
}

/// Mails that may not go any more are ended on the way, so many times eight in one transaction.
const ROUNDS: usize = 25;

/// Takes a mail that is due. One that another worker held until its lease ran out may have arrived: that is for a person to decide. One that may not go any
/// more, because what it carries or whom it is for changed since, ends here.
pub fn claim(tx: &mut Tx, worker: &str, now: Micros) -> Result<Option<Claimed>> {
    for _ in 0..ROUNDS {
        let due = tx.rows(&queries::DUE, &[&now], |r| Ok((r.get::<MailId>(0)?, r.get::<MerchantId>(1)?)))?;
        let mut ended = false;
        for (mail, merchant) in due {
            if tx.exec(&queries::TAKE, &[&mail, &now, &(now + LEASE), &worker])? == 0 {
                continue;
            }
            let ctx = of(&merchant, now);
            if stopped(tx, &ctx, &mail)? {
                ended = true;
                continue;
            }
            match tx.opt(&queries::SENDING, &[&merchant, &mail], |r| r.get(0))? {
                Some(attempt) => {
                    let link = link(tx, &ctx, &mail)?;
                    return Ok(Some(Claimed { merchant, mail, worker: worker.to_owned(), attempt, link }));
                }
                None => lost(tx, &ctx, &mail)?,
            }
        }
        if !ended {
            break;
        }
    }
    Ok(None)
}

/// The secret of the link that it carries, made now.
fn link(tx: &mut Tx, ctx: &Ctx, mail: &MailId) -> Result<Option<String>> {
    let carries = tx.opt(&queries::LETTER, &[&ctx.merchant, mail], |r| Ok((r.get(7)?, r.get(8)?, r.get(9)?, r.get(10)?)))?;
    Ok(match carries.unwrap_or_default() {
        (Some(offer), ..) => Some(offers::for_mail(tx, ctx, &offer)?),
        (_, Some(link), ..) => Some(payment_links::for_mail(tx, ctx, &link)?),
        (_, _, Some(link), _) => Some(portal::for_mail(tx, ctx, &link)?),
        (_, _, _, Some(link)) => Some(method_links::for_mail(tx, ctx, &link)?),
        (None, None, None, None) => staff::resets::for_mail(tx, mail)?,
    })
}

/// A worker held it until its lease ran out, or it is not there any more.
fn lost(tx: &mut Tx, ctx: &Ctx, mail: &MailId) -> Result<()> {
    let state = tx.opt(&queries::FIND, &[&ctx.merchant, mail], |r| r.get::<State>(1))?;
    if state == Some(State::Sending) {
        let words = "Sending was interrupted, so it may have arrived. Ask the receiver before you send it again.";
        tx.exec(&queries::UNKNOWN, &[&ctx.merchant, mail, &words])?;
        mailings::interrupted(tx, ctx, mail, words)?;
    }
    tx.exec(&queries::LEAVE, &[mail])?;
    Ok(())
}

/// Ends one that waits and may not go any more; says whether it did.
fn stopped(tx: &mut Tx, ctx: &Ctx, mail: &MailId) -> Result<bool> {
    let Some(found) = tx.opt(&queries::FIND, &[&ctx.merchant, mail], row)?.filter(|m| m.state == State::Queued) else { return Ok(false) };
    if let Err(error) = may::go(tx, ctx, &found) {
        let words = short(&may::words(error)?);
        tx.exec(&queries::FAILED, &[&ctx.merchant, mail, &words])?;
        tx.exec(&queries::LEAVE, &[mail])?;
        mailings::told(tx, ctx, mail, &Outcome::Refused(words), false)?;
        return Ok(true);
    }
    let why = match &found.template {
        Some(_) => mailings::judged(tx, ctx, mail)?,
        None => None,
    };
    if let Some(why) = why {
        tx.exec(&queries::LEAVE, &[mail])?;
        mailings::leave_out(tx, ctx, mail, why)?;
    }
    Ok(why.is_some())
}

/// What to send. In a read transaction.
pub fn letter(tx: &mut Tx, claimed: &Claimed, now: Micros) -> Result<Letter> {
    let ctx = of(&claimed.merchant, now);
    let found = tx.opt(&queries::LETTER, &[&claimed.merchant, &claimed.mail], |r| {
        let texts: (String, String, String) = (r.get(0)?, r.get(1)?, r.get(2)?);
        let carries: (Option<InvoiceId>, Option<TemplateId>, Option<OfferId>) = (r.get(3)?, r.get(6)?, r.get(7)?);
        let links = (r.get::<Option<PaymentLinkId>>(8)?, r.get::<Option<PortalLinkId>>(9)?.is_some(), r.get::<Option<MethodLinkId>>(10)?);
        Ok((texts, carries, links, (r.get::<Micros>(5)?, r.get::<bool>(11)?)))
    })?;
    let ((to, subject, body), (invoice, template, offer), (payment_link, into_portal, method_link), (at, by_itself)) =
        found.ok_or(Error::NotFound("mail"))?;
    let by_hand =
        invoice.is_none() && template.is_none() && offer.is_none() && payment_link.is_none() && method_link.is_none() && !into_portal;
    let heading = if by_hand { conversations::heading(tx, &ctx, &claimed.mail)? } else { None };
    let automatic = by_itself || template.is_some() || into_portal || (by_hand && heading.is_none());
    let Heading { mut from_name, mut reply_to, answers, files } = heading.unwrap_or_default();
    let mut paper = None;
    if let Some(invoice) = invoice {
        let found = invoices::get(tx, &ctx, &invoice)?.summary;
        (from_name, reply_to) = (found.seller_name().to_owned(), found.seller_email().to_owned());
        paper = Some(invoices::paper(tx, &ctx, &invoice)?);
    }
    if let Some(offer) = offer {
        (from_name, reply_to) = offers::load(tx, &ctx, &offer)?.seller();
        paper = Some(offers::paper(tx, &ctx, &offer)?);
    }
    if let Some(link) = payment_link {
        from_name = payment_links::get(tx, &ctx, &link)?.shop_name;
        reply_to = invoices::settings(tx, &ctx)?.seller.email;
    }
    if let Some(link) = method_link {
        from_name = method_links::get(tx, &ctx, &link)?.shop_name;
        reply_to = invoices::settings(tx, &ctx)?.seller.email;
    }
    if into_portal {
        (from_name, reply_to) = (merchants::settings(tx, &ctx)?.name, invoices::settings(tx, &ctx)?.seller.email);
    }
    let place = if into_portal { portal::LINK } else { LINK };
    let body = claimed.link.as_ref().map_or_else(|| body.clone(), |link| body.replace(place, link).replace(staff::resets::LINK, link));
    let mut unsubscribe = None;
    if let Some(template) = &template {
        let bulk = mailings::of_mail(tx, &ctx, &claimed.mail, template)?;
        (from_name, unsubscribe) = (bulk.shop, bulk.token);
        reply_to = invoices::settings(tx, &ctx)?.seller.email;
    }
    Ok(Letter { to, from_name, reply_to, subject, body, at, paper, bulk: template.is_some(), unsubscribe, answers, files, automatic })
}

/// Writes down what became of it; nothing when another worker holds it meanwhile.
pub fn done(tx: &mut Tx, claimed: &Claimed, outcome: &Outcome, now: Micros) -> Result<()> {
    if tx.opt(&queries::HELD, &[&claimed.mail, &claimed.worker], |_| Ok(()))?.is_none() {
        return Ok(());
    }
    let (merchant, mail) = (&claimed.merchant, &claimed.mail);
    if let Outcome::NoRecipient { code, .. } = outcome {
        nobody_there(tx, &of(merchant, now), mail, code)?;
    }
    let pause = usize::try_from(claimed.attempt - 1).ok().and_then(|n| PAUSES.get(n));
    match (outcome, pause) {
        (Outcome::Later(words), Some(pause)) => {
            let next = now + pause * 1_000_000;
            tx.exec(&queries::LATER, &[merchant, mail, &short(words), &next])?;
            tx.exec(&queries::QUEUE, &[mail, merchant, &next])?;
            return mailings::told(tx, &of(merchant, now), mail, outcome, true);
        }
        (Outcome::Sent, _) => tx.exec(&queries::SENT, &[merchant, mail, &now])?,
        (Outcome::Later(words) | Outcome::Refused(words) | Outcome::NoRecipient { words, .. }, _) => {
            tx.exec(&queries::FAILED, &[merchant, mail, &short(words)])?
        }
        (Outcome::Unclear(words), _) => {
            let words = format!("It may have arrived. Ask the receiver before you send it again. The line said: {words}");
            tx.exec(&queries::UNKNOWN, &[merchant, mail, &short(&words)])?
        }
    };
    tx.exec(&queries::LEAVE, &[mail])?;
    mailings::told(tx, &of(merchant, now), mail, outcome, false)
}

/// Marks the address, as a report that comes back does: before anything is written, because it locks whose address it is.
fn nobody_there(tx: &mut Tx, ctx: &Ctx, mail: &MailId, code: &str) -> Result<()> {
    let Some(to) = tx.opt(&queries::RECIPIENT, &[&ctx.merchant, mail], |r| r.get::<String>(0))? else { return Ok(()) };
    match addresses::bounced(tx, ctx, &to, code) {
        // What is no address to us cannot be marked, and the mail has failed all the same.
        Ok(_) | Err(Error::Invalid(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The outbox itself, at work for a merchant.
fn of(merchant: &MerchantId, now: Micros) -> Ctx {
    Ctx::new(merchant.clone(), Actor::system("mail"), Door::Job, now)
}

/// What fits into a column of errors.
pub(crate) fn short(words: &str) -> String {
    printable(words, 400)
}
