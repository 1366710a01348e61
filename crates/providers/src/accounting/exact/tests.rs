//! Requests as Exact Online wants them, and answers as it gives them.

use serde_json::Value;

use super::*;
use crate::accounting::{Line, Supply};

const EXACT: &dyn Books = &Exact;

fn session() -> Session {
    Session { base: "https://start.exactonline.nl".into(), token: "at".into(), office: "123".into() }
}

fn reply(status: u16, body: &str) -> Reply {
    Reply { status, headers: Vec::new(), body: body.as_bytes().to_vec() }
}

fn entry(credit: bool) -> Entry {
    let line = |net, tax, code: &str| Line {
        account: "guid-8000".into(),
        vat_code: code.into(),
        net,
        tax,
        supply: Supply::Plain,
        description: "Standard rate 21%".into(),
    };
    Entry {
        reference: "INV-2026-00001".into(),
        party: "guid-ana".into(),
        journal: "70".into(),
        receivable: String::new(),
        currency: "EUR".into(),
        day: "2026-06-15".into(),
        due: Some("2026-07-15".into()),
        credit,
        description: "Invoice \"one\"".into(),
        lines: vec![line(10_010, 2102, "2"), line(5, 0, "0")],
        vat_number: String::new(),
        country: "NL".into(),
    }
}

#[test]
fn amounts_are_written_as_the_decimals_they_are_and_a_credit_note_has_them_below_zero() {
    let request = EXACT.put_entries(&session(), &[entry(false)]);
    assert_eq!((request.method, request.url.as_str()), ("POST", "https://start.exactonline.nl/api/v1/123/salesentry/SalesEntries"));
    let body = String::from_utf8(request.body).unwrap();
    assert!(
        body.contains("\"AmountFC\":100.10,") && body.contains("\"VATAmountFC\":21.02,") && body.contains("\"AmountFC\":0.05,"),
        "{body}"
    );
    let json: Value = serde_json::from_str(&body).unwrap();
    assert_eq!((&json["YourRef"], &json["Description"], &json["Type"]), (&"INV-2026-00001".into(), &"Invoice \"one\"".into(), &20.into()));
    let credit = String::from_utf8(EXACT.put_entries(&session(), &[entry(true)]).body).unwrap();
    assert!(credit.contains("\"AmountFC\":-100.10,") && credit.contains("\"Type\":21"), "{credit}");
}

#[test]
fn a_filter_cannot_be_left_by_what_stands_in_it() {
    let request = EXACT.find_entry(&session(), "70", "A'1 or 1 eq 1");
    let url = url::Url::parse(&request.url).unwrap();
    let filter = url.query_pairs().find(|(name, _)| name == "$filter").unwrap().1.into_owned();
    assert_eq!(filter, "YourRef eq 'A''1 or 1 eq 1' and Journal eq '70'");
    let put = EXACT.put_party(&session(), Some("a')/x"), &Party::default());
    assert!(put.url.ends_with("crm/Accounts(guid'a%27%29%2Fx')") && put.method == "PUT", "{}", put.url);
}

#[test]
fn a_state_goes_with_the_address() {
    let far = Party { name: "Ana".into(), state: "Ontario".into(), ..Party::default() };
    let body = String::from_utf8(EXACT.put_party(&session(), None, &far).body).unwrap();
    assert!(body.contains("\"AddressLine3\":\"Ontario\""), "{body}");
}

#[test]
fn what_was_booked_is_found_by_our_number_alone() {
    let found = r#"{"d":{"results":[{"EntryID":"other","EntryNumber":1,"YourRef":"INV-10"},{"EntryID":"e-2","EntryNumber":26700002,"YourRef":"INV-1 "}]}}"#;
    let booked = EXACT.read_found_entry("INV-1", &reply(200, found)).unwrap();
    assert_eq!(booked, Some(Booked { id: "e-2".into(), number: "26700002".into() }));
    assert_eq!(EXACT.read_found_entry("INV-9", &reply(200, r#"{"d":[]}"#)), Ok(None));
    let paid = r#"{"d":{"results":[{"YourRef":"INV-1","IsFullyPaid":true},{"YourRef":"INV-1","IsFullyPaid":false}]}}"#;
    assert_eq!(EXACT.read_paid("INV-1", &reply(200, paid)), Ok(Some(false)), "a part is open");
    assert_eq!(EXACT.read_paid("INV-2", &reply(200, paid)), Ok(None));
}

#[test]
fn answers_say_what_to_do_next() {
    let entries = [entry(false)];
    let one = |status, body: &str| EXACT.read_entries(&entries, &reply(status, body)).remove(0);
    assert_eq!(one(201, r#"{"d":{"EntryID":"e-1","EntryNumber":7}}"#), Ok(Booked { id: "e-1".into(), number: "7".into() }));
    let refused = r#"{"error":{"code":"","message":{"lang":"","value":"Journal 70\n is closed"}}}"#;
    assert_eq!(one(400, refused), Err(Trouble::Refused("Journal 70 is closed".into())));
    assert!(matches!(one(401, ""), Err(Trouble::Expired(_))));
    assert!(matches!(one(429, ""), Err(Trouble::Later(_, Some(60)))));
    for (status, body) in [(500, ""), (503, "<html>"), (200, "half an ans"), (201, r#"{"d":{}}"#)] {
        assert!(matches!(one(status, body), Err(Trouble::Unknown(_))), "{status}: it may have been booked");
    }
    assert!(matches!(EXACT.read_found_entry("x", &reply(503, "")), Err(Trouble::Later(_, None))), "a question did nothing");
}

#[test]
fn tokens_are_read_and_refusals_of_them_told_apart() {
    let good = r#"{"access_token":"a","refresh_token":"r","expires_in":"600","token_type":"bearer"}"#;
    assert_eq!(EXACT.read_tokens(&reply(200, good)), Ok(Tokens { access: "a".into(), refresh: "r".into(), seconds: 600 }));
    assert!(matches!(EXACT.read_tokens(&reply(400, r#"{"error":"invalid_grant"}"#)), Err(Trouble::SignIn(w)) if w == "invalid_grant"));
    let early = r#"{"error":"invalid_request","error_description":"Rate limit exceeded: access_token not expired"}"#;
    assert!(matches!(EXACT.read_tokens(&reply(400, early)), Err(Trouble::Later(_, Some(60)))));
    assert!(matches!(EXACT.read_tokens(&reply(502, "")), Err(Trouble::Unknown(_))));
}

#[test]
fn limits_are_kept_by_what_every_answer_says() {
    let now = 1_781_524_800_000_000;
    let with = |pairs: &[(&str, i64)]| Reply {
        status: 200,
        headers: pairs.iter().map(|(n, v)| ((*n).to_owned(), v.to_string())).collect(),
        body: Vec::new(),
    };
    let reset = now / 1000 + 30_000;
    assert_eq!(EXACT.limit(&with(&[]), now), None);
    assert_eq!(EXACT.limit(&with(&[("x-ratelimit-minutely-remaining", 1), ("x-ratelimit-minutely-reset", reset)]), now), None);
    assert_eq!(EXACT.limit(&with(&[("x-ratelimit-minutely-remaining", 0), ("x-ratelimit-minutely-reset", reset)]), now), Some(30));
    let day = [
        ("x-ratelimit-remaining", 0),
        ("x-ratelimit-reset", now / 1000 + 7_200_000),
        ("x-ratelimit-minutely-remaining", 0),
        ("x-ratelimit-minutely-reset", reset),
    ];
    assert_eq!(EXACT.limit(&with(&day), now), Some(7200));
}

#[test]
fn the_next_part_of_a_list_is_asked_only_where_we_asked_before() {
    let page = |next: &str| format!(r#"{{"d":{{"results":[{{"ID":"g-1","Code":"  8000","Description":"Revenue"}}],"__next":"{next}"}}}}"#);
    let s = session();
    let (items, next) =
        EXACT.read_sheet(&s, Sheet::Ledgers, &reply(200, &page("https://start.exactonline.nl/api/v1/123/x?$skiptoken=1"))).unwrap();
    assert_eq!((items, next.is_some()), (vec![Item { value: "g-1".into(), name: "8000 Revenue".into() }], true));
    let (_, next) = EXACT.read_sheet(&s, Sheet::Ledgers, &reply(200, &page("https://start.exactonline.nl.evil.example/x"))).unwrap();
    assert_eq!(next, None);
}
