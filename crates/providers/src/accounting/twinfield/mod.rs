//! Twinfield: XML inside of SOAP, on the cluster that belongs to who signed in. A debtor is found by its short name, a transaction by its invoice number.
//! Up to 25 transactions go in one request, and each has a result of its own.

mod read;
mod soap;
#[cfg(test)]
mod tests;
mod write;

use super::exact::tokens;
use super::xml::{self, escaped};
use super::{Answer, Booked, Books, Entry, Item, Keys, Part, Party, Session, Sheet, Tokens, Trouble};
use crate::wire::{Reply, Request, form};

/// The service.
#[derive(Clone, Copy, Debug)]
pub struct Twinfield;

/// Where people sign in.
pub const LOGIN: &str = "https://login.twinfield.com";
const CONNECT: &str = "auth/authentication/connect";

impl Books for Twinfield {
    fn sign_in(&self, login: &str, keys: &Keys, state: &str) -> String {
        let asks = [
            ("client_id", keys.client.as_str()),
            ("redirect_uri", keys.redirect.as_str()),
            ("response_type", "code"),
            ("scope", "openid twf.organisation twf.organisationUser twf.user offline_access"),
            ("state", state),
            ("nonce", state),
        ];
        format!("{login}/{CONNECT}/authorize?{}", form(&asks.map(|(n, v)| (n.to_owned(), v.to_owned()))))
    }

    fn exchange(&self, login: &str, keys: &Keys, code: &str) -> Request {
        token_request(login, keys, &[("grant_type", "authorization_code"), ("code", code), ("redirect_uri", &keys.redirect)])
    }

    fn refresh(&self, login: &str, keys: &Keys, refresh: &str) -> Request {
        token_request(login, keys, &[("grant_type", "refresh_token"), ("refresh_token", refresh)])
    }

    fn read_tokens(&self, reply: &Reply) -> Answer<Tokens> {
        tokens(reply, "Twinfield")
    }

    fn peace(&self) -> i64 {
        0
    }

    fn place(&self, login: &str, token: &str) -> Request {
        let url = format!("{login}/{CONNECT}/accesstokenvalidation?{}", form(&[("token".to_owned(), token.to_owned())]));
        Request { method: "GET", url, headers: vec![("accept", "application/json".to_owned())], body: Vec::new() }
    }

    fn read_place(&self, reply: &Reply) -> Answer<String> {
        let json = reply.json().unwrap_or_default();
        match (reply.status, json["twf.clusterUrl"].as_str()) {
            (200..=299, Some(url)) if url.starts_with("http") => Ok(url.trim_end_matches('/').to_owned()),
            (401 | 403, _) => Err(Trouble::SignIn("Twinfield does not accept the sign-in.".to_owned())),
            (status, _) => Err(Trouble::Later(format!("Twinfield answered {status} and named no cluster."), None)),
        }
    }

    fn sheets(&self) -> &'static [Sheet] {
        &[Sheet::Ledgers, Sheet::Receivables, Sheet::VatCodes]
    }

    fn sheet(&self, s: &Session, sheet: Sheet) -> Request {
        let (kind, dimension) = match sheet {
            Sheet::VatCodes => ("vat", ""),
            Sheet::Receivables => ("dimensions", "<dimtype>BAS</dimtype>"),
            Sheet::Ledgers | Sheet::Journals => ("dimensions", "<dimtype>PNL</dimtype>"),
        };
        soap::request(s, &format!("<list><type>{kind}</type><office>{}</office>{dimension}</list>", escaped(&s.office)))
    }

    fn read_sheet(&self, _: &Session, sheet: Sheet, reply: &Reply) -> Answer<Part> {
        let root = soap::read(reply, false)?;
        let name = if sheet == Sheet::VatCodes { "vat" } else { "dimension" };
        let items = root.all(name).into_iter().map(|e| {
            let code = e.text.trim().to_owned();
            Item { name: format!("{code} {}", e.attribute("name")).trim().to_owned(), value: code }
        });
        Ok((items.filter(|i| !i.value.is_empty()).collect(), None))
    }

    fn find_party(&self, s: &Session, _: &str) -> Request {
        let list = format!("<list><type>dimensions</type><office>{}</office><dimtype>DEB</dimtype></list>", escaped(&s.office));
        soap::request(s, &list)
    }

    fn read_found_party(&self, reference: &str, reply: &Reply) -> Answer<Option<String>> {
        let root = soap::read(reply, false)?;
        let found = root.all("dimension").into_iter().find(|d| d.attribute("shortname").eq_ignore_ascii_case(reference));
        Ok(found.map(|d| d.text.trim().to_owned()).filter(|code| !code.is_empty()))
    }

    fn put_party(&self, s: &Session, known: Option<&str>, party: &Party) -> Request {
        soap::request(s, &write::debtor(&s.office, known, party))
    }

    fn read_party(&self, _: Option<&str>, reply: &Reply) -> Answer<String> {
        read::debtor(&soap::read(reply, true)?)
    }

    fn batch(&self) -> usize {
        25
    }

    fn find_entry(&self, s: &Session, journal: &str, reference: &str) -> Request {
        soap::request(s, &write::browse(journal, reference))
    }

    fn read_found_entry(&self, reference: &str, reply: &Reply) -> Answer<Option<Booked>> {
        Ok(read::browsed(&soap::read(reply, false)?, reference).map(|(booked, _)| booked))
    }

    fn put_entries(&self, s: &Session, entries: &[Entry]) -> Request {
        soap::request(s, &write::transactions(&s.office, entries))
    }

    fn read_entries(&self, entries: &[Entry], reply: &Reply) -> Vec<Answer<Booked>> {
        match soap::read(reply, true) {
            Ok(root) => read::transactions(&root, entries),
            Err(trouble) => entries.iter().map(|_| Err(trouble.clone())).collect(),
        }
    }

    fn paid(&self, s: &Session, journal: &str, reference: &str) -> Request {
        self.find_entry(s, journal, reference)
    }

    fn read_paid(&self, reference: &str, reply: &Reply) -> Answer<Option<bool>> {
        let found = read::browsed(&soap::read(reply, false)?, reference);
        Ok(found.and_then(|(_, status)| match status.as_str() {
            "" | "notmatchable" => None,
            status => Some(status == "matched"),
        }))
    }

    fn limit(&self, _: &Reply, _: i64) -> Option<i64> {
        None
    }
}

/// The app names itself by a header.
fn token_request(login: &str, keys: &Keys, fields: &[(&str, &str)]) -> Request {
    use base64::Engine as _;
    let fields: Vec<(String, String)> = fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    let named = base64::engine::general_purpose::STANDARD.encode(format!("{}:{}", keys.client, keys.secret));
    let headers = vec![
        ("authorization", format!("Basic {named}")),
        ("content-type", "application/x-www-form-urlencoded".to_owned()),
        ("accept", "application/json".to_owned()),
    ];
    Request { method: "POST", url: format!("{login}/{CONNECT}/token"), headers, body: form(&fields).into_bytes() }
}
