//! What is sent to Twinfield: a debtor, transactions, and the question for one by its invoice number.

use super::xml::{escaped, tag};
use crate::accounting::{Entry, Line, Party, Supply, said};
use crate::money;

/// A debtor: a new one without a code, which Twinfield gives, or the one with this code.
pub(super) fn debtor(office: &str, known: Option<&str>, party: &Party) -> String {
    let mut out = String::from("<dimensions><dimension>");
    tag(&mut out, "office", office);
    tag(&mut out, "type", "DEB");
    tag(&mut out, "code", known.unwrap_or_default());
    tag(&mut out, "name", &short(&party.name, 80));
    tag(&mut out, "shortname", &party.reference);
    tag(&mut out, "vatnumber", &party.vat_number);
    tag(&mut out, "cocnumber", &party.company_id);
    out.push_str("<addresses><address type=\"invoice\" default=\"true\">");
    // There is no field for a state.
    let second = [party.line2.as_str(), party.state.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
    let fields = [
        ("name", &party.name),
        ("country", &party.country),
        ("city", &party.city),
        ("postcode", &party.zip),
        ("telephone", &party.phone),
        ("email", &party.email),
        ("field2", &party.line1),
        ("field3", &second),
        ("field4", &party.vat_number),
        ("field5", &party.company_id),
    ];
    for (name, value) in fields {
        // What is empty empties what is there.
        match value.is_empty() && known.is_some() {
            true => out.push_str(&format!("<{name}></{name}>")),
            false => tag(&mut out, name, &short(value, 80)),
        }
    }
    out.push_str("</address></addresses></dimension></dimensions>");
    out
}

/// Transactions of one request.
pub(super) fn transactions(office: &str, entries: &[Entry]) -> String {
    let all: String = entries.iter().map(|e| transaction(office, e)).collect();
    format!("<transactions>{all}</transactions>")
}

fn transaction(office: &str, e: &Entry) -> String {
    let (owed, sold) = if e.credit { ("credit", "debit") } else { ("debit", "credit") };
    let total: i64 = e.lines.iter().map(|l| l.net + l.tax).sum();
    let compact = |day: &str| day.replace('-', "");
    let mut out = String::from("<transaction destiny=\"final\" raisewarning=\"false\" autobalancevat=\"true\"><header>");
    tag(&mut out, "office", office);
    tag(&mut out, "code", &e.journal);
    tag(&mut out, "currency", &e.currency);
    tag(&mut out, "date", &compact(&e.day));
    tag(&mut out, "period", &e.day.get(..7).unwrap_or_default().replace('-', "/"));
    tag(&mut out, "invoicenumber", &e.reference);
    tag(&mut out, "paymentreference", &e.reference);
    tag(&mut out, "duedate", &e.due.as_deref().map(compact).unwrap_or_default());
    out.push_str("</header><lines><line type=\"total\" id=\"1\">");
    tag(&mut out, "dim1", &e.receivable);
    tag(&mut out, "dim2", &e.party);
    tag(&mut out, "value", &money::text(total, &e.currency));
    tag(&mut out, "debitcredit", owed);
    tag(&mut out, "description", &short(&e.description, 40));
    out.push_str("</line>");
    for (n, line) in e.lines.iter().enumerate() {
        detail(&mut out, e, line, n + 2, sold);
    }
    out.push_str("</lines></transaction>");
    out
}

fn detail(out: &mut String, e: &Entry, line: &Line, id: usize, side: &str) {
    out.push_str(&format!("<line type=\"detail\" id=\"{id}\">"));
    tag(out, "dim1", &line.account);
    tag(out, "value", &money::text(line.net, &e.currency));
    tag(out, "debitcredit", side);
    tag(out, "description", &short(&said(&line.description, &e.reference), 40));
    tag(out, "vatcode", &line.vat_code);
    if line.tax != 0 {
        tag(out, "vatvalue", &money::text(line.tax, &e.currency));
    }
    if line.supply != Supply::Plain {
        tag(out, "performancetype", if line.supply == Supply::Goods { "goods" } else { "services" });
        tag(out, "performancecountry", &e.country);
        tag(out, "performancevatnumber", &e.vat_number);
        if line.supply == Supply::Services {
            tag(out, "performancedate", &e.day.replace('-', ""));
        }
    }
    out.push_str("</line>");
}

/// The lines of debtors in a journal with an invoice number, with whether they are paid.
pub(super) fn browse(journal: &str, reference: &str) -> String {
    let asks = [("fin.trs.head.code", journal), ("fin.trs.line.invnumber", reference)];
    let mut out = String::from("<columns code=\"100\">");
    for (field, value) in asks {
        let value = escaped(value);
        out.push_str(&format!(
            "<column><field>{field}</field><visible>true</visible><ask>true</ask><operator>equal</operator><from>{value}</from><to>{value}</to></column>"
        ));
    }
    for field in ["fin.trs.head.number", "fin.trs.line.matchstatus"] {
        out.push_str(&format!("<column><field>{field}</field><visible>true</visible><ask>false</ask><operator>none</operator></column>"));
    }
    out.push_str("</columns>");
    out
}

fn short(text: &str, longest: usize) -> String {
    text.chars().take(longest).collect()
}
