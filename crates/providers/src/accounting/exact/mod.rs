//! Exact Online: a REST service of one origin for each country. The refresh token is a new one each time and the old one is dead, and there is at most one
//! refresh in 570 seconds. An account is found by its search code, an entry by `YourRef`; the service keeps neither of them apart by itself.

mod read;
#[cfg(test)]
mod tests;

pub(super) use self::read::tokens;
use self::read::{booked, number_words, read, results, text};
use super::{Answer, Booked, Books, Entry, Item, Keys, Part, Party, Session, Sheet, Tokens, Trouble, said};
use crate::money;
use crate::wire::{Reply, Request, form};

/// The service.
#[derive(Clone, Copy, Debug)]
pub struct Exact;

/// The origins by country, with what people call them.
pub const SITES: [(&str, &str, &str); 7] = [
    ("nl", "https://start.exactonline.nl", "Netherlands"),
    ("be", "https://start.exactonline.be", "Belgium"),
    ("de", "https://start.exactonline.de", "Germany"),
    ("fr", "https://start.exactonline.fr", "France"),
    ("es", "https://start.exactonline.es", "Spain"),
    ("uk", "https://start.exactonline.co.uk", "United Kingdom"),
    ("com", "https://start.exactonline.com", "Other countries"),
];

const ACCOUNTS: &str = "crm/Accounts";
const ENTRIES: &str = "salesentry/SalesEntries";

fn headers(token: &str) -> Vec<(&'static str, String)> {
    vec![("authorization", format!("Bearer {token}")), ("accept", "application/json".to_owned())]
}

fn get(s: &Session, path: &str, asks: &[(&str, String)]) -> Request {
    let asks: Vec<(String, String)> = asks.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    let url = format!("{}/api/v1/{}/{path}?{}", s.base, s.office, form(&asks));
    Request { method: "GET", url, headers: headers(&s.token), body: Vec::new() }
}

fn send(s: &Session, method: &'static str, path: &str, body: String) -> Request {
    let mut headers = headers(&s.token);
    headers.push(("content-type", "application/json".to_owned()));
    headers.push(("prefer", "return=representation".to_owned()));
    Request { method, url: format!("{}/api/v1/{}/{path}", s.base, s.office), headers, body: body.into_bytes() }
}

/// A text inside of a filter.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// `{"name":value,…}`: amounts are written as the decimals they are and never pass through a float.
fn object(fields: &[(&str, String)]) -> String {
    let fields: Vec<String> = fields.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", fields.join(","))
}

/// A text as JSON.
fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn token_request(login: &str, fields: &[(&str, &str)]) -> Request {
    let fields: Vec<(String, String)> = fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    let headers = vec![("content-type", "application/x-www-form-urlencoded".to_owned()), ("accept", "application/json".to_owned())];
    Request { method: "POST", url: format!("{login}/api/oauth2/token"), headers, body: form(&fields).into_bytes() }
}

impl Books for Exact {
    fn sign_in(&self, login: &str, keys: &Keys, state: &str) -> String {
        let asks = [("client_id", &keys.client), ("redirect_uri", &keys.redirect)].map(|(n, v)| (n.to_owned(), v.clone()));
        let more = [("response_type", "code"), ("state", state)].map(|(n, v)| (n.to_owned(), v.to_owned()));
        format!("{login}/api/oauth2/auth?{}", form(&[asks, more].concat()))
    }

    fn exchange(&self, login: &str, keys: &Keys, code: &str) -> Request {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", &keys.redirect),
            ("client_id", &keys.client),
            ("client_secret", &keys.secret),
        ];
        token_request(login, &fields)
    }

    fn refresh(&self, login: &str, keys: &Keys, refresh: &str) -> Request {
        let fields =
            [("grant_type", "refresh_token"), ("refresh_token", refresh), ("client_id", &keys.client), ("client_secret", &keys.secret)];
        token_request(login, &fields)
    }

    fn read_tokens(&self, reply: &Reply) -> Answer<Tokens> {
        read::tokens(reply, "Exact Online")
    }

    fn peace(&self) -> i64 {
        570
    }

    fn place(&self, login: &str, token: &str) -> Request {
        let url = format!("{login}/api/v1/current/Me?%24select=CurrentDivision");
        Request { method: "GET", url, headers: headers(token), body: Vec::new() }
    }

    fn read_place(&self, reply: &Reply) -> Answer<String> {
        let json = read(reply, false)?;
        let division = results(&json).first().and_then(|me| me["CurrentDivision"].as_i64());
        division.map(|d| d.to_string()).ok_or_else(|| Trouble::Refused("Exact Online named no administration.".to_owned()))
    }

    fn sheets(&self) -> &'static [Sheet] {
        &[Sheet::Journals, Sheet::Ledgers, Sheet::VatCodes]
    }

    fn sheet(&self, s: &Session, sheet: Sheet) -> Request {
        match sheet {
            // 20 is a journal of sales, 110 an account of revenue.
            Sheet::Journals => get(s, "financial/Journals", &[("$select", "Code,Description".into()), ("$filter", "Type eq 20".into())]),
            Sheet::Ledgers | Sheet::Receivables => {
                get(s, "financial/GLAccounts", &[("$select", "ID,Code,Description".into()), ("$filter", "Type eq 110".into())])
            }
            Sheet::VatCodes => get(s, "vat/VATCodes", &[("$select", "Code,Description,Percentage".into())]),
        }
    }

    fn read_sheet(&self, s: &Session, sheet: Sheet, reply: &Reply) -> Answer<Part> {
        let json = read(reply, false)?;
        let items = results(&json).iter().map(|row| {
            let code = text(row, "Code").trim().to_owned();
            let value = if sheet == Sheet::Ledgers { text(row, "ID") } else { code.clone() };
            Item { value, name: format!("{code} {}", text(row, "Description")).trim().to_owned() }
        });
        // Only to where we asked: the token goes along.
        let next = json["d"]["__next"].as_str().filter(|url| url.starts_with(&format!("{}/api/v1/", s.base)));
        let next = next.map(|url| Request { method: "GET", url: url.to_owned(), headers: headers(&s.token), body: Vec::new() });
        Ok((items.filter(|i| !i.value.is_empty()).collect(), next))
    }

    fn find_party(&self, s: &Session, reference: &str) -> Request {
        get(s, ACCOUNTS, &[("$select", "ID,SearchCode".into()), ("$filter", format!("SearchCode eq {}", quoted(reference)))])
    }

    fn read_found_party(&self, reference: &str, reply: &Reply) -> Answer<Option<String>> {
        let json = read(reply, false)?;
        let found = results(&json).iter().find(|row| text(row, "SearchCode").trim().eq_ignore_ascii_case(reference));
        Ok(found.map(|row| text(row, "ID")).filter(|id| !id.is_empty()))
    }

    fn put_party(&self, s: &Session, known: Option<&str>, party: &Party) -> Request {
        let mut fields = vec![("Name", json(&party.name)), ("SearchCode", json(&party.reference)), ("Status", json("C"))];
        let more = [
            ("Email", &party.email),
            ("Phone", &party.phone),
            ("AddressLine1", &party.line1),
            ("AddressLine2", &party.line2),
            // Its own field of states takes codes that Exact knows; ours is what the customer wrote.
            ("AddressLine3", &party.state),
            ("Postcode", &party.zip),
            ("City", &party.city),
            ("Country", &party.country),
            ("VATNumber", &party.vat_number),
            ("ChamberOfCommerce", &party.company_id),
        ];
        // What is empty is left out of a new account, and emptied in one that is there.
        let kept = more.into_iter().filter(|(_, value)| known.is_some() || !value.is_empty());
        fields.extend(kept.map(|(name, value)| (name, if value.is_empty() { "null".to_owned() } else { json(value) })));
        match known {
            Some(id) => send(s, "PUT", &format!("{ACCOUNTS}(guid'{}')", crate::wire::part(id)), object(&fields)),
            None => send(s, "POST", ACCOUNTS, object(&fields)),
        }
    }

    fn read_party(&self, known: Option<&str>, reply: &Reply) -> Answer<String> {
        let json = read(reply, true)?;
        if let Some(known) = known {
            return Ok(known.to_owned());
        }
        let id = text(&json["d"], "ID");
        if id.is_empty() { Err(Trouble::Unknown("Exact Online answered without naming the account.".to_owned())) } else { Ok(id) }
    }

    fn batch(&self) -> usize {
        1
    }

    fn find_entry(&self, s: &Session, journal: &str, reference: &str) -> Request {
        let filter = format!("YourRef eq {} and Journal eq {}", quoted(reference), quoted(journal));
        get(s, ENTRIES, &[("$select", "EntryID,EntryNumber,YourRef".into()), ("$filter", filter)])
    }

    fn read_found_entry(&self, reference: &str, reply: &Reply) -> Answer<Option<Booked>> {
        let json = read(reply, false)?;
        Ok(results(&json).iter().find(|row| text(row, "YourRef").trim() == reference).map(booked))
    }

    fn put_entries(&self, s: &Session, entries: &[Entry]) -> Request {
        send(s, "POST", ENTRIES, entries.first().map(entry).unwrap_or_default())
    }

    fn read_entries(&self, entries: &[Entry], reply: &Reply) -> Vec<Answer<Booked>> {
        let answer = read(reply, true).and_then(|json| {
            let found = booked(&json["d"]);
            if found.id.is_empty() {
                Err(Trouble::Unknown("Exact Online answered without naming the entry.".to_owned()))
            } else {
                Ok(found)
            }
        });
        entries.iter().map(|_| answer.clone()).collect()
    }

    fn paid(&self, s: &Session, _: &str, reference: &str) -> Request {
        let asks = [("$select", "YourRef,IsFullyPaid".into()), ("$filter", format!("YourRef eq {}", quoted(reference)))];
        get(s, "cashflow/Receivables", &asks)
    }

    fn read_paid(&self, reference: &str, reply: &Reply) -> Answer<Option<bool>> {
        let json = read(reply, false)?;
        let rows: Vec<bool> = results(&json)
            .iter()
            .filter(|row| text(row, "YourRef").trim() == reference)
            .filter_map(|row| row["IsFullyPaid"].as_bool())
            .collect();
        Ok((!rows.is_empty()).then(|| rows.iter().all(|paid| *paid)))
    }

    fn limit(&self, reply: &Reply, now: i64) -> Option<i64> {
        let until = |kind: &str| {
            let left: i64 = number_words(reply, &format!("x-ratelimit-{kind}remaining"))?;
            let reset = number_words(reply, &format!("x-ratelimit-{kind}reset"))?;
            (left <= 0).then(|| (reset - now / 1000).div_euclid(1000).clamp(1, 86_400))
        };
        until("").max(until("minutely-"))
    }
}

/// A credit note has amounts below zero.
fn entry(e: &Entry) -> String {
    let signed = |minor: i64| money::text(if e.credit { -minor } else { minor }, &e.currency);
    let line = |l: &super::Line| {
        object(&[
            ("GLAccount", json(&l.account)),
            ("AmountFC", signed(l.net)),
            ("VATCode", json(&l.vat_code)),
            ("VATAmountFC", signed(l.tax)),
            ("Description", json(&said(&l.description, &e.reference))),
        ])
    };
    let lines: Vec<String> = e.lines.iter().map(line).collect();
    let mut fields = vec![
        ("Customer", json(&e.party)),
        ("Journal", json(&e.journal)),
        ("Currency", json(&e.currency)),
        ("EntryDate", json(&e.day)),
        ("YourRef", json(&e.reference)),
        ("PaymentReference", json(&e.reference)),
        ("Description", json(&e.description)),
        ("Type", if e.credit { "21".to_owned() } else { "20".to_owned() }),
    ];
    fields.extend(e.due.as_ref().map(|due| ("DueDate", json(due))));
    fields.push(("SalesEntryLines", format!("[{}]", lines.join(","))));
    object(&fields)
}
