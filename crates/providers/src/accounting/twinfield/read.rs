//! What Twinfield answers: the code of a debtor, a result for each transaction, rows of a browse.

use super::xml::Element;
use crate::accounting::{Answer, Booked, Entry, Trouble, said};

/// The words of everything that went wrong in an element; warnings are none.
fn wrong(element: &Element) -> String {
    fn gather(e: &Element, out: &mut Vec<String>) {
        let message = e.attribute("msg");
        if !message.is_empty() && e.attribute("msgtype") != "warning" && !out.iter().any(|m| m == message) {
            out.push(message.to_owned());
        }
        e.children.iter().for_each(|child| gather(child, out));
    }
    let mut all = Vec::new();
    gather(element, &mut all);
    all.join(" ")
}

fn refused(element: &Element) -> Trouble {
    Trouble::Refused(said(&wrong(element), "Twinfield refused it and does not say why."))
}

/// The code of a debtor that was written.
pub(super) fn debtor(root: &Element) -> Answer<String> {
    let found = root.all("dimension");
    let Some(dimension) = found.first() else { return Err(refused(root)) };
    let code = dimension.children.iter().find(|c| c.name == "code").map_or("", |c| c.text.trim());
    match (dimension.attribute("result"), code) {
        ("0", _) => Err(refused(dimension)),
        (_, "") => Err(Trouble::Unknown("Twinfield answered without naming the debtor.".to_owned())),
        (_, code) => Ok(code.to_owned()),
    }
}

/// What became of each entry: by its invoice number. One that the answer does not speak of may be there.
pub(super) fn transactions(root: &Element, entries: &[Entry]) -> Vec<Answer<Booked>> {
    let answered = root.all("transaction");
    let one = |entry: &Entry| match answered.iter().find(|t| t.text_of("invoicenumber") == entry.reference) {
        None if answered.is_empty() && root.attribute("result") == "0" => Err(refused(root)),
        None => Err(Trouble::Unknown("Twinfield’s answer does not speak of it.".to_owned())),
        Some(t) if t.attribute("result") == "1" => {
            let number = t.text_of("number").to_owned();
            Ok(Booked { id: format!("{} {number}", entry.journal), number })
        }
        Some(t) => Err(refused(t)),
    };
    entries.iter().map(one).collect()
}

/// The first row with this invoice number, and its match status.
pub(super) fn browsed(root: &Element, reference: &str) -> Option<(Booked, String)> {
    root.all("tr").into_iter().find_map(|row| {
        let field = |name: &str| row.all("td").into_iter().find(|td| td.attribute("field") == name).map_or("", |td| td.text.trim());
        if field("fin.trs.line.invnumber") != reference {
            return None;
        }
        let number = field("fin.trs.head.number").to_owned();
        Some((Booked { id: format!("{} {number}", field("fin.trs.head.code")), number }, field("fin.trs.line.matchstatus").to_owned()))
    })
}
