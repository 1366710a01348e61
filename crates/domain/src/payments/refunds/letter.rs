//! Telling the payer of a refund (SPEC 2.5): asked for with the refund, sent when it stands. One that fails tells nobody, and one mail is all there is.

use serde::Serialize;
use store::{Row, Tx};

use super::super::{PaymentRow, find, queries, read};
use super::RefundStatus;
use crate::addresses;
use crate::conversations;
use crate::events::Event;
use crate::kit::{Ctx, Email, Error, MailId, Money, PaymentId, Problems, RefundId, Result, Right, email_key};
use crate::mail::{self, Draft};
use crate::mailings::{self, Reader};
use crate::merchants;
use crate::shops;
use crate::templates::letters::{self, Letter};
use crate::templates::{Values, Written};

/// Whether the payer hears of a refund.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Told {
    /// Somebody asked for it.
    pub asked: bool,
    /// The mail that says so; absent before the refund stands.
    pub mail: Option<MailId>,
}

/// Tells the payer of a refund as soon as it stands, in the transaction that made it: its locks are still held. Asked again, nothing more is sent.
/// Needs [`Right::Refund`].
///
/// # Errors
/// `Conflict` (`refund_state`) when it failed; a field error for `tell_customer` without an address, or with one from which mail came back.
pub fn tell_payer(tx: &mut Tx, ctx: &Ctx, refund: &RefundId) -> Result<()> {
    ctx.must(Right::Refund)?;
    let read = |r: &Row<'_>| Ok((r.get::<PaymentId>(0)?, r.get::<RefundStatus>(1)?, r.get::<bool>(2)?));
    let (payment, status, asked) = tx.opt(&queries::REFUND_TOLD, &[&ctx.merchant, refund], read)?.ok_or(Error::NotFound("refund"))?;
    if asked {
        return Ok(());
    }
    if status == RefundStatus::Failed {
        return Err(Error::conflict("refund_state", "This refund failed: there is nothing to tell."));
    }
    let row = find(tx, ctx, &payment)?;
    let reader = payer(tx, ctx, &row)?;
    if reader.email.is_empty() {
        return Err(Problems::one("tell_customer", "no_address", "The payer has no e-mail address. Untick “Tell the customer”."));
    }
    if reader.bounced {
        return Err(Problems::one("tell_customer", "bounced", format!("Mail to {} came back. Untick “Tell the customer”.", reader.email)));
    }
    tx.exec(&queries::ASK_TO_TELL, &[&ctx.merchant, refund])?;
    if status == RefundStatus::Done { stands(tx, ctx, &row, refund) } else { Ok(()) }
}

/// The refund stands: who was to be told is told, once. The payment and its customer are locked.
pub(super) fn stands(tx: &mut Tx, ctx: &Ctx, row: &PaymentRow, refund: &RefundId) -> Result<()> {
    let wanted = tx.opt(&queries::TO_BE_TOLD, &[&ctx.merchant, refund], |r| r.get::<i64>(0))?;
    let Some(amount) = wanted else { return Ok(()) };
    let reader = payer(tx, ctx, row)?;
    if reader.email.is_empty() || reader.gone {
        return Ok(());
    }
    let (amount, shop) = (Money::new(amount, row.currency), shops::get(tx, ctx, &row.shop)?);
    let number = tx.opt(&queries::VIEW, &[&ctx.merchant, &row.id], read::view)?.and_then(|v| v.order_number).unwrap_or_default();
    let about = if number.is_empty() { String::new() } else { format!(" for order {number}") };
    let name = if reader.name.is_empty() { String::new() } else { format!(" {}", reader.name) };
    let plain = Written {
        subject: format!("Refund of {amount} – {}", shop.name).chars().filter(|c| !c.is_control()).collect(),
        body: format!("Hello{name},\n\nwe have given back {amount} of what you paid{about}.\n\n{}\n", shop.name),
    };
    let values = reader.values.with("refund.amount", amount.to_string()).with("refund.order", number);
    let Written { subject, body } = letters::write(tx, ctx, &row.shop, Letter::Refund, &values, plain)?;
    let draft = Draft { customer: row.customer.as_ref(), by_itself: true, ..Draft::new(&reader.email, &subject, &body) };
    let mail = mail::put(tx, ctx, &draft)?;
    tx.exec(&queries::TELLS, &[&ctx.merchant, refund, &mail])?;
    if let Some(customer) = &row.customer {
        conversations::file_sent(tx, ctx, customer, &mail, (&reader.email, &subject, &body))?;
    }
    Event::new("refund.told")
        .of_opt(row.customer.as_ref())
        .on("payment", row.id.as_str())
        .data(serde_json::json!({ "refund": refund, "amount": amount.minor, "currency": row.currency, "mail": mail }))
        .value("to", None, Some(&reader.email))
        .record(tx, ctx)?;
    Ok(())
}

/// Who paid: the customer as it is now, else what the payment says of its guest.
fn payer(tx: &mut Tx, ctx: &Ctx, row: &PaymentRow) -> Result<Reader> {
    let (shop, merchant) = (shops::get(tx, ctx, &row.shop)?, merchants::settings(tx, ctx)?.name);
    let own = match &row.customer {
        Some(customer) => mailings::reader(tx, ctx, customer, &shop, &merchant)?,
        None => None,
    };
    if let Some(reader) = own {
        return Ok(reader);
    }
    let said = tx.opt(&queries::VIEW, &[&ctx.merchant, &row.id], read::view)?.ok_or(Error::NotFound("payment"))?.payer;
    let email = Email::parse(&said.email).map(|e| e.typed).unwrap_or_default();
    let key = email_key(&email);
    let bounced = addresses::marks(tx, ctx, &[&key])?.get(&key).is_some_and(|mark| mark.bounced);
    let values = Values::default()
        .with("customer.name", said.name.clone())
        .with("customer.email", email.clone())
        .with("shop.name", &shop.name)
        .with("shop.url", &shop.url)
        .with("merchant.name", merchant);
    Ok(Reader { name: said.name, email, values, bounced, gone: false })
}
