//! Documents as Twinfield wants them, and answers as it gives them.

use super::*;
use crate::accounting::{Line, Supply};

const TWINFIELD: &dyn Books = &Twinfield;

fn session() -> Session {
    Session { base: "https://api.accounting2.twinfield.com".into(), token: "a&t".into(), office: "NL<1>".into() }
}

fn answer(document: &str) -> Reply {
    let body = format!(
        "<?xml version=\"1.0\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><ProcessXmlStringResponse \
         xmlns=\"http://www.twinfield.com/\"><ProcessXmlStringResult>{}</ProcessXmlStringResult></ProcessXmlStringResponse></soap:Body></soap:Envelope>",
        escaped(document)
    );
    Reply { status: 200, headers: Vec::new(), body: body.into_bytes() }
}

/// The document inside of a request.
fn sent(request: &Request) -> xml::Element {
    let envelope = xml::read(std::str::from_utf8(&request.body).unwrap()).unwrap();
    assert_eq!((envelope.text_of("AccessToken"), envelope.text_of("CompanyCode")), ("a&t", "NL<1>"));
    xml::read(envelope.text_of("xmlRequest")).unwrap()
}

fn entry(number: &str, supply: Supply) -> Entry {
    Entry {
        reference: number.into(),
        party: "1001".into(),
        journal: "VRK".into(),
        receivable: "1300".into(),
        currency: "EUR".into(),
        day: "2026-06-15".into(),
        due: Some("2026-07-15".into()),
        credit: false,
        description: "Invoice <&> co".into(),
        lines: vec![Line { account: "8020".into(), vat_code: "VH".into(), net: 10_000, tax: 2100, supply, description: "Standard".into() }],
        vat_number: "BE0123456789".into(),
        country: "BE".into(),
    }
}

#[test]
fn a_transaction_stands_in_the_books_with_its_total_and_its_lines() {
    let root = sent(
        &TWINFIELD.put_entries(&session(), &[entry("INV-1", Supply::Plain), Entry { credit: true, ..entry("CN-1", Supply::Services) }]),
    );
    let (all, lines) = (root.all("transaction"), root.all("line"));
    assert_eq!((all.len(), lines.len()), (2, 4));
    let header = ["code", "date", "period", "invoicenumber", "duedate", "office"].map(|n| all[0].text_of(n));
    assert_eq!(header, ["VRK", "20260615", "2026/06", "INV-1", "20260715", "NL<1>"]);
    let line = |n: usize| ["dim1", "dim2", "value", "debitcredit", "vatcode", "vatvalue"].map(|name| lines[n].text_of(name).to_owned());
    assert_eq!(line(0), ["1300", "1001", "121.00", "debit", "", ""]);
    assert_eq!(line(1), ["8020", "", "100.00", "credit", "VH", "21.00"]);
    assert_eq!((lines[2].text_of("debitcredit"), lines[3].text_of("debitcredit")), ("credit", "debit"), "a credit note the other way");
    assert_eq!(["performancetype", "performancecountry", "performancedate"].map(|n| lines[3].text_of(n)), ["services", "BE", "20260615"]);
    assert_eq!(lines[0].text_of("description"), "Invoice <&> co");
}

#[test]
fn of_a_batch_each_has_its_own_result() {
    let entries = [entry("INV-1", Supply::Plain), entry("INV-2", Supply::Plain), entry("INV-3", Supply::Plain)];
    let document = "<transactions result=\"0\"><transaction result=\"1\" location=\"final\"><header result=\"1\"><code>VRK</code><number>202600007</number>\
        <invoicenumber>INV-2</invoicenumber></header></transaction><transaction result=\"0\"><header result=\"0\"><invoicenumber>INV-1</invoicenumber></header><lines>\
        <line result=\"0\"><dim1 msgtype=\"error\" msg=\"Account 8020 &amp; co is blocked.\" result=\"0\">8020</dim1><value msgtype=\"warning\" msg=\"Odd.\">1</value></line>\
        </lines></transaction></transactions>";
    let all = TWINFIELD.read_entries(&entries, &answer(document));
    assert_eq!(all[0], Err(Trouble::Refused("Account 8020 & co is blocked.".into())));
    assert_eq!(all[1], Ok(Booked { id: "VRK 202600007".into(), number: "202600007".into() }));
    assert!(matches!(all[2], Err(Trouble::Unknown(_))), "the answer does not speak of it");
    let whole =
        TWINFIELD.read_entries(&entries, &answer("<transactions result=\"0\" msgtype=\"error\" msg=\"No access to this office.\"/>"));
    assert!(whole.iter().all(|one| *one == Err(Trouble::Refused("No access to this office.".into()))));
}

#[test]
fn faults_speak_of_the_sign_in_or_of_something_nobody_knows() {
    let fault = |words: &str| {
        Reply {
        status: 500,
        headers: Vec::new(),
        body: format!("<s:Envelope xmlns:s=\"x\"><s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring>{words}</faultstring></s:Fault></s:Body></s:Envelope>").into_bytes(),
    }
    };
    let entries = [entry("INV-1", Supply::Plain)];
    let one = |reply: &Reply| TWINFIELD.read_entries(&entries, reply).remove(0);
    assert!(matches!(one(&fault("Your access token is not valid.")), Err(Trouble::Expired(_))));
    assert_eq!(one(&fault("Deadlock.")), Err(Trouble::Unknown("Deadlock.".into())));
    assert!(matches!(one(&Reply { status: 200, headers: Vec::new(), body: b"<html".to_vec() }), Err(Trouble::Unknown(_))));
    assert!(matches!(TWINFIELD.read_found_entry("INV-1", &fault("Deadlock.")), Err(Trouble::Later(..))), "a question did nothing");
}

#[test]
fn a_debtor_is_made_without_a_code_and_found_by_its_short_name() {
    let party = Party { reference: "RG1001".into(), name: "Ana & Söhne".into(), city: "Gent".into(), ..Party::default() };
    let root = sent(&TWINFIELD.put_party(&session(), None, &party));
    assert_eq!((root.all("code").len(), root.text_of("shortname"), root.text_of("name")), (0, "RG1001", "Ana & Söhne"));
    assert!(root.all("telephone").is_empty());
    let far = Party { line2: "Floor 2".into(), state: "Ontario".into(), ..party.clone() };
    assert_eq!(sent(&TWINFIELD.put_party(&session(), None, &far)).text_of("field3"), "Floor 2, Ontario");
    let root = sent(&TWINFIELD.put_party(&session(), Some("1001"), &party));
    assert_eq!((root.text_of("code"), root.all("telephone").len()), ("1001", 1), "what is empty now is emptied there");
    let made = answer(
        "<dimensions result=\"1\"><dimension status=\"active\" result=\"1\"><type>DEB</type><code>1001</code><uid>u</uid></dimension></dimensions>",
    );
    assert_eq!(TWINFIELD.read_party(None, &made), Ok("1001".into()));
    let refused = answer("<dimension result=\"0\"><code msgtype=\"error\" msg=\"No mask.\" result=\"0\"/></dimension>");
    assert_eq!(TWINFIELD.read_party(None, &refused), Err(Trouble::Refused("No mask.".into())));
    let list = answer(
        "<dimensions result=\"1\"><dimension name=\"B\" shortname=\"\">1000</dimension><dimension name=\"A\" shortname=\"rg1001\">1001</dimension></dimensions>",
    );
    assert_eq!(TWINFIELD.read_found_party("RG1001", &list), Ok(Some("1001".into())));
    assert_eq!(TWINFIELD.read_found_party("RG10", &list), Ok(None));
}

#[test]
fn an_entry_is_found_by_its_number_with_whether_it_is_paid() {
    let rows = answer(
        "<browse result=\"1\" total=\"1\"><tr><td field=\"fin.trs.head.code\">VRK</td><td field=\"fin.trs.line.invnumber\">INV-1</td>\
         <td field=\"fin.trs.head.number\">202600007</td><td field=\"fin.trs.line.matchstatus\" name=\"Betaald\">matched</td></tr></browse>",
    );
    assert_eq!(TWINFIELD.read_found_entry("INV-1", &rows), Ok(Some(Booked { id: "VRK 202600007".into(), number: "202600007".into() })));
    assert_eq!((TWINFIELD.read_paid("INV-1", &rows), TWINFIELD.read_paid("INV-2", &rows)), (Ok(Some(true)), Ok(None)));
}
