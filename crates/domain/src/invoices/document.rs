//! An invoice as the paper shows it.

use store::Tx;

use super::{Invoice, Kind, Line, Party, Prices, TaxGroup, logo, read, shown_logo};
use crate::files::countries;
use crate::kit::{Ctx, Discount, Error, InvoiceId, LogoId, Micros, Result, Right, Zone};

/// What is needed to set an invoice in type; the setting itself takes time and is done outside of a transaction.
#[derive(Clone, Debug)]
pub struct Paper {
    document: paper::Document,
    logo: Option<Vec<u8>>,
    /// A name for the file: `INV-2026-00001.pdf`.
    pub file_name: String,
    /// Its number, or nothing for a draft.
    pub number: String,
}

impl Paper {
    /// A document with its logo (a PNG); the file is called by the number.
    pub(crate) fn of(document: paper::Document, logo: Option<Vec<u8>>, number: String) -> Self {
        let plain = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '-' };
        let file_name = number.chars().map(plain).collect::<String>() + ".pdf";
        Self { document, logo, file_name, number }
    }

    /// The PDF.
    ///
    /// # Errors
    /// `Internal`: a fault of ours.
    pub fn pdf(mut self) -> Result<Vec<u8>> {
        self.document.logo = self.logo.as_deref().and_then(logo::dots);
        paper::pdf(&self.document).map_err(|e| Error::Internal(e.to_string()))
    }

    /// The data alone, EN 16931 as CII XML.
    ///
    /// # Errors
    /// A conflict `not_in_norm` when EN 16931 cannot say it.
    pub fn xml(self) -> Result<String> {
        if let Some(why) = paper::not_in_norm(&self.document) {
            return Err(Error::conflict("not_in_norm", why));
        }
        paper::xml(&self.document).map_err(|e| Error::Internal(e.to_string()))
    }

    /// An amount as this invoice writes it.
    pub fn amount(&self, minor: i64) -> String {
        let d = &self.document;
        paper::amount(minor, d.decimals, &d.currency, &d.language)
    }
}

/// What the paper of an issued invoice shows. Needs [`Right::Read`].
///
/// # Errors
/// `Conflict` (`draft`) before it is issued.
pub fn paper(tx: &mut Tx, ctx: &Ctx, id: &InvoiceId) -> Result<Paper> {
    of(tx, ctx, id, |_| ())
}

/// The same with another buyer and note: those of a legal copy.
pub(crate) fn paper_for(tx: &mut Tx, ctx: &Ctx, id: &InvoiceId, buyer: &Party, note: &str) -> Result<Paper> {
    of(tx, ctx, id, |invoice| {
        invoice.summary.buyer = buyer.clone();
        invoice.summary.note = note.to_owned();
    })
}

fn of(tx: &mut Tx, ctx: &Ctx, id: &InvoiceId, change: impl FnOnce(&mut Invoice)) -> Result<Paper> {
    ctx.must(Right::Read)?;
    let mut invoice = read::load(tx, ctx, id)?;
    change(&mut invoice);
    if !invoice.summary.state.is_issued() {
        return Err(Error::conflict("draft", "A draft has no paper yet. Issue it first."));
    }
    let logo_id = invoice.summary.snapshot.logo.clone().map(LogoId::from_db);
    let logo = match logo_id {
        Some(id) => Some(shown_logo(tx, ctx, &id)?),
        None => None,
    };
    let number = invoice.summary.number.clone().unwrap_or_default();
    Ok(Paper::of(document(&invoice), logo, number))
}

fn document(invoice: &Invoice) -> paper::Document {
    let s = &invoice.summary;
    let issued = day(s.issued_on.unwrap_or_default());
    let (lines, taxes) = on_paper(&invoice.lines, &invoice.taxes);
    paper::Document {
        kind: if s.kind == Kind::Invoice { paper::Kind::Invoice } else { paper::Kind::CreditNote },
        number: s.number.clone().unwrap_or_default(),
        issued,
        issued_at: moment(s.issued_at.unwrap_or(s.created_at)),
        due: s.due_on.map(day),
        delivered: issued,
        currency: s.currency.code().to_owned(),
        decimals: s.currency.decimals(),
        language: s.buyer.language.clone(),
        seller: party(&s.snapshot.seller, &s.buyer.language),
        buyer: party(&s.buyer, &s.buyer.language),
        bank: paper::Bank { name: s.snapshot.bank.name.clone(), iban: s.snapshot.bank.iban.clone(), bic: s.snapshot.bank.bic.clone() },
        lines,
        gross: s.prices == Prices::Gross,
        taxes,
        net: s.net,
        tax: s.tax,
        total: s.total,
        paid: s.prepaid,
        order: s.order_number.clone().unwrap_or_default(),
        earlier: s.corrects_number.clone().zip(s.corrects_on).map(|(number, on)| paper::Earlier { number, issued: day(on) }),
        exemption: s.snapshot.exemption.clone(),
        terms: if s.kind == Kind::Invoice { s.snapshot.terms.clone() } else { String::new() },
        note: s.note.clone(),
        footer: s.snapshot.footer.clone(),
        logo: None,
    }
}

/// Lines and taxes as the paper takes them.
pub(crate) fn on_paper(lines: &[Line], taxes: &[TaxGroup]) -> (Vec<paper::Line>, Vec<paper::TaxGroup>) {
    let line = |l: &Line| paper::Line {
        title: l.title.clone(),
        sku: l.sku.clone(),
        quantity: l.quantity,
        unit_price: l.unit_price,
        off: l.discount.map(|d| match d {
            Discount::Percent(part) => paper::Off::Percent(part),
            Discount::Amount(amount) => paper::Off::Amount(amount),
        }),
        category: l.category.paper(),
        rate: l.rate,
        net: l.net,
        shown: l.shown,
    };
    let group = |t: &TaxGroup| paper::TaxGroup { category: t.category.paper(), rate: t.rate, net: t.net, tax: t.tax };
    (lines.iter().map(line).collect(), taxes.iter().map(group).collect())
}

/// A party as the paper says it; `language` is the paper's, in which the country is named.
pub(crate) fn party(p: &Party, language: &str) -> paper::Party {
    let english = countries::name_of(&p.address.country).unwrap_or_default();
    paper::Party {
        name: p.name.clone(),
        line1: p.address.line1.clone(),
        line2: p.address.line2.clone(),
        zip: p.address.zip.clone(),
        city: p.address.city.clone(),
        state: p.address.state.clone(),
        country: p.address.country.clone(),
        country_name: paper::country(&p.address.country, language).unwrap_or(english).to_owned(),
        vat_id: p.vat_number.clone(),
        company_id: p.company_id.clone(),
        email: p.email.clone(),
        phone: p.phone.clone(),
    }
}

pub(crate) fn day(number: i64) -> paper::Date {
    let date = super::due_days(number);
    paper::Date { year: date.year(), month: date.month(), day: date.day() }
}

pub(crate) fn moment(at: Micros) -> paper::Moment {
    let civil = Zone::utc().civil(at);
    let date = paper::Date { year: civil.year(), month: civil.month(), day: civil.day() };
    paper::Moment { date, hour: civil.hour(), minute: civil.minute(), second: civil.second() }
}
