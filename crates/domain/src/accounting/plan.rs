//! What a row is as the service is told: a customer as a party, an invoice or credit note as an entry. Pure but for what it reads.

use ::providers::accounting::{Entry, Line, Party, Supply};
use store::Tx;

use super::{Connection, mapping};
use crate::customers::{self, Customer};
use crate::invoices::{self, Category, Invoice, Kind, State, due_days};
use crate::kit::{Ctx, CustomerId, InvoiceId, Result};

/// A customer and the version that is sent, or why it is not.
pub(super) fn party(tx: &mut Tx, ctx: &Ctx, id: &str, reference: &str) -> Result<std::result::Result<(Party, i64), String>> {
    let c = customers::load(tx, ctx, &CustomerId::from_db(id.to_owned()))?;
    if c.anonymised_at.is_some() {
        return Ok(Err("The customer was anonymised.".to_owned()));
    }
    if c.merged_into.is_some() {
        return Ok(Err("The customer was merged into another.".to_owned()));
    }
    let version = c.version;
    Ok(Ok((told(c, reference), version)))
}

fn told(c: Customer, reference: &str) -> Party {
    Party {
        reference: reference.to_owned(),
        name: if c.company.is_empty() { c.display_name } else { c.company },
        email: c.email,
        phone: c.phone,
        line1: c.billing.line1,
        line2: c.billing.line2,
        city: c.billing.city,
        state: c.billing.state,
        zip: c.billing.zip,
        country: c.billing.country,
        vat_number: c.vat_number,
        company_id: c.company_id,
    }
}

/// An invoice or credit note of a customer that is `party` there, or why it cannot be booked.
pub(super) fn entry(tx: &mut Tx, ctx: &Ctx, c: &Connection, id: &str, party: &str) -> Result<std::result::Result<Entry, String>> {
    let invoice = invoices::load(tx, ctx, &InvoiceId::from_db(id.to_owned()))?;
    if invoice.summary.state == State::Void {
        return Ok(Err("It was withdrawn before it was booked.".to_owned()));
    }
    Ok(lines(c, &invoice).map(|lines| booked(c, &invoice, party, lines)))
}

fn booked(c: &Connection, invoice: &Invoice, party: &str, lines: Vec<Line>) -> Entry {
    let s = &invoice.summary;
    let day = |day: i64| due_days(day).to_string();
    let number = s.number.clone().unwrap_or_default();
    Entry {
        description: format!("{} {number}", s.kind.label()),
        reference: number,
        party: party.to_owned(),
        journal: c.mapping.journal.clone(),
        receivable: c.mapping.receivable.clone(),
        currency: s.currency.code().to_owned(),
        day: s.issued_on.map(day).unwrap_or_default(),
        due: s.due_on.map(day),
        credit: s.kind == Kind::CreditNote,
        lines,
        vat_number: s.buyer.vat_number.clone(),
        country: s.buyer.address.country.clone(),
    }
}

/// A line for each way of taxing: their sums are those of the invoice, to the cent.
fn lines(c: &Connection, invoice: &Invoice) -> std::result::Result<Vec<Line>, String> {
    let own = invoice.summary.shop.as_ref().map_or("", |shop| c.mapping.shop(shop));
    let line = |t: &invoices::TaxGroup| {
        let rate = mapping::rate(t.rate);
        let words = format!("{} {rate}%", t.category.label());
        let Some(tax) = c.mapping.tax(t.category, &rate) else {
            return Err(format!("Choose VAT code and account for “{words}” in the mapping."));
        };
        Ok(Line {
            account: if own.is_empty() { tax.ledger.clone() } else { own.to_owned() },
            vat_code: tax.vat_code.clone(),
            net: t.net,
            tax: t.tax,
            supply: match t.category {
                Category::IntraCommunity => Supply::Goods,
                Category::ReverseCharge => Supply::Services,
                _ => Supply::Plain,
            },
            description: words,
        })
    };
    invoice.taxes.iter().map(line).collect()
}
