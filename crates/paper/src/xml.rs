//! The document as UN/CEFACT Cross Industry Invoice, in the core of EN 16931 (Factur-X profile EN 16931). The order of elements is the
//! schema's.

mod parties;
mod write;

use rust_decimal::prelude::ToPrimitive as _;
use rust_decimal::{Decimal, RoundingStrategy};

use crate::check::{Fault, adds_up};
use crate::document::{Category, Date, Document, Kind, Line, TaxGroup};
use write::Xml;

/// The profile, as it stands in the data.
const GUIDELINE: &str = "urn:cen.eu:en16931:2017";

/// The CII XML of a document.
///
/// # Errors
/// [`Fault::Sums`] when it does not add up.
pub fn xml(d: &Document) -> Result<String, Fault> {
    adds_up(d)?;
    let mut x = Xml::default();
    x.open("rsm:CrossIndustryInvoice");
    x.open("rsm:ExchangedDocumentContext").open("ram:GuidelineSpecifiedDocumentContextParameter");
    x.text("ram:ID", GUIDELINE).close(2);
    x.open("rsm:ExchangedDocument");
    x.text("ram:ID", &d.number).text("ram:TypeCode", if d.kind == Kind::Invoice { "380" } else { "381" });
    x.open("ram:IssueDateTime");
    day(&mut x, "udt:DateTimeString", d.issued);
    x.close(1);
    for note in [&d.note, &d.footer] {
        if !note.trim().is_empty() {
            x.open("ram:IncludedNote").text("ram:Content", note).close(1);
        }
    }
    x.close(1).open("rsm:SupplyChainTradeTransaction");
    for (i, l) in d.lines.iter().enumerate() {
        line(&mut x, d, i + 1, l);
    }
    agreement(&mut x, d);
    delivery(&mut x, d);
    settlement(&mut x, d);
    x.close(2);
    Ok(x.finish())
}

fn day(x: &mut Xml, name: &str, date: Date) {
    x.with(name, "format", "102", &format!("{:04}{:02}{:02}", date.year, date.month, date.day));
}

fn line(x: &mut Xml, d: &Document, number: usize, l: &Line) {
    let before = before(d, l);
    let (quantity, price) = quantity_and_price(d, l, before);
    x.open("ram:IncludedSupplyChainTradeLineItem");
    x.open("ram:AssociatedDocumentLineDocument").text("ram:LineID", &number.to_string()).close(1);
    x.open("ram:SpecifiedTradeProduct").maybe("ram:SellerAssignedID", &l.sku);
    let title = [l.title.trim(), l.sku.trim(), "-"].into_iter().find(|t| !t.is_empty()).unwrap_or_default();
    x.text("ram:Name", title).close(1);
    x.open("ram:SpecifiedLineTradeAgreement").open("ram:NetPriceProductTradePrice");
    x.text("ram:ChargeAmount", &price.normalize().to_string()).close(2);
    x.open("ram:SpecifiedLineTradeDelivery");
    x.with("ram:BilledQuantity", "unitCode", "C62", &quantity.normalize().to_string()).close(1);
    x.open("ram:SpecifiedLineTradeSettlement").open("ram:ApplicableTradeTax");
    x.text("ram:TypeCode", "VAT").text("ram:CategoryCode", l.category.code());
    if l.category != Category::Outside {
        x.text("ram:RateApplicablePercent", &l.rate.normalize().to_string());
    }
    x.close(1);
    if let Some(before) = before {
        x.open("ram:SpecifiedTradeAllowanceCharge").open("ram:ChargeIndicator").text("udt:Indicator", "false").close(1);
        // 95: a discount.
        x.text("ram:ActualAmount", &money(d, before - l.net)).text("ram:ReasonCode", "95").text("ram:Reason", "Discount").close(1);
    }
    x.open("ram:SpecifiedTradeSettlementLineMonetarySummation");
    x.text("ram:LineTotalAmount", &money(d, l.net)).close(3);
}

/// What a line came to before its discount, without tax, minor units. The norm wants the discount of a line as an amount above zero of at most two
/// decimals: this and the net differ by it to the cent. A line that takes back has its discount in the price.
fn before(d: &Document, l: &Line) -> Option<i64> {
    l.off?;
    let exact = l.quantity.checked_mul(l.unit_price)?.checked_mul(Decimal::from(10_i64.pow(d.decimals)))?;
    let exact = if d.gross { exact.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(Decimal::ONE_HUNDRED + l.rate)? } else { exact };
    let whole = exact.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero).to_i64()?;
    (l.net >= 0 && whole > l.net).then_some(whole)
}

/// The norm wants the price without tax and not below zero: what takes back has a quantity below zero.
fn quantity_and_price(d: &Document, l: &Line, before: Option<i64>) -> (Decimal, Decimal) {
    let signed = |quantity: Decimal, back: bool| if back { -quantity } else { quantity };
    if !d.gross && (l.off.is_none() || before.is_some()) {
        return (signed(l.quantity, l.unit_price.is_sign_negative()), l.unit_price.abs());
    }
    let net = Decimal::new(before.unwrap_or(l.net), d.decimals);
    match net.abs().checked_div(l.quantity.abs()) {
        Some(price) => (signed(l.quantity.abs(), net.is_sign_negative()), price.round_dp(6)),
        None => (l.quantity, l.unit_price.abs()),
    }
}

fn agreement(x: &mut Xml, d: &Document) {
    x.open("ram:ApplicableHeaderTradeAgreement");
    parties::seller(x, d);
    parties::buyer(x, d);
    if !d.order.trim().is_empty() {
        x.open("ram:SellerOrderReferencedDocument").text("ram:IssuerAssignedID", &d.order).close(1);
    }
    x.close(1);
}

fn delivery(x: &mut Xml, d: &Document) {
    x.open("ram:ApplicableHeaderTradeDelivery");
    if d.taxes.iter().any(|t| t.category == Category::IntraCommunity) {
        x.open("ram:ShipToTradeParty").open("ram:PostalTradeAddress").text("ram:CountryID", &d.buyer.country).close(2);
    }
    x.open("ram:ActualDeliverySupplyChainEvent").open("ram:OccurrenceDateTime");
    day(x, "udt:DateTimeString", d.delivered);
    x.close(3);
}

fn settlement(x: &mut Xml, d: &Document) {
    x.open("ram:ApplicableHeaderTradeSettlement");
    x.text("ram:PaymentReference", &d.number).text("ram:InvoiceCurrencyCode", &d.currency);
    if !d.bank.iban.is_empty() && d.kind == Kind::Invoice {
        // 58: SEPA credit transfer.
        x.open("ram:SpecifiedTradeSettlementPaymentMeans").text("ram:TypeCode", "58");
        x.open("ram:PayeePartyCreditorFinancialAccount").text("ram:IBANID", &d.bank.iban).close(1);
        if !d.bank.bic.is_empty() {
            x.open("ram:PayeeSpecifiedCreditorFinancialInstitution").text("ram:BICID", &d.bank.bic).close(1);
        }
        x.close(1);
    }
    for t in &d.taxes {
        tax(x, d, t);
    }
    terms(x, d);
    x.open("ram:SpecifiedTradeSettlementHeaderMonetarySummation");
    x.text("ram:LineTotalAmount", &money(d, d.net)).text("ram:TaxBasisTotalAmount", &money(d, d.net));
    x.with("ram:TaxTotalAmount", "currencyID", &d.currency, &money(d, d.tax));
    x.text("ram:GrandTotalAmount", &money(d, d.total)).text("ram:TotalPrepaidAmount", &money(d, d.paid));
    x.text("ram:DuePayableAmount", &money(d, d.due_amount())).close(1);
    if let Some(earlier) = &d.earlier {
        x.open("ram:InvoiceReferencedDocument").text("ram:IssuerAssignedID", &earlier.number).open("ram:FormattedIssueDateTime");
        day(x, "qdt:DateTimeString", earlier.issued);
        x.close(2);
    }
    x.close(1);
}

fn tax(x: &mut Xml, d: &Document, t: &TaxGroup) {
    x.open("ram:ApplicableTradeTax").text("ram:CalculatedAmount", &money(d, t.tax)).text("ram:TypeCode", "VAT");
    if !t.category.reason().is_empty() {
        x.text("ram:ExemptionReason", Some(d.exemption.trim()).filter(|r| !r.is_empty()).unwrap_or(t.category.reason()));
    }
    x.text("ram:BasisAmount", &money(d, t.net)).text("ram:CategoryCode", t.category.code());
    if t.category != Category::Outside {
        x.text("ram:RateApplicablePercent", &t.rate.normalize().to_string());
    }
    x.close(1);
}

/// A due day or words: the norm wants one of them where something is to be paid.
fn terms(x: &mut Xml, d: &Document) {
    let words = if d.terms.trim().is_empty() && d.due.is_none() { "Set off or paid back." } else { d.terms.trim() };
    x.open("ram:SpecifiedTradePaymentTerms").maybe("ram:Description", words);
    if let Some(due) = d.due {
        x.open("ram:DueDateDateTime");
        day(x, "udt:DateTimeString", due);
        x.close(1);
    }
    x.close(1);
}

fn money(d: &Document, minor: i64) -> String {
    Decimal::new(minor, d.decimals).to_string()
}
