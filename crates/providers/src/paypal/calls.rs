//! What we ask of PayPal. Every writing call carries a request id: the same id again is done once.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::object;
use crate::json::{list, some, text};
use crate::money;
use crate::news::Refund;
use crate::wire::{File, Refusal, Reply, Request, form, multipart, part};

/// Where PayPal is, and as whom we ask.
#[derive(Clone, Debug)]
pub struct Keys {
    /// `https://api-m.paypal.com` or `https://api-m.sandbox.paypal.com`, without a slash at the end.
    pub base: String,
    /// The app's client id.
    pub client: String,
    /// Its secret.
    pub secret: String,
}

/// What every call but the first carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The bearer token.
    pub token: String,
    /// How long it is good, seconds.
    pub seconds: i64,
}

fn headers(token: &str, key: Option<&str>, content_type: Option<String>) -> Vec<(&'static str, String)> {
    let mut headers = vec![("authorization", format!("Bearer {token}")), ("accept", "application/json".to_owned())];
    headers.extend(key.map(|key| ("paypal-request-id", key.to_owned())));
    headers.extend(content_type.map(|kind| ("content-type", kind)));
    headers
}

pub(super) fn post(keys: &Keys, token: &str, key: &str, path: &str, body: &Value) -> Request {
    let mut headers = headers(token, Some(key), Some("application/json".to_owned()));
    headers.push(("prefer", "return=representation".to_owned()));
    Request { method: "POST", url: format!("{}{path}", keys.base), headers, body: body.to_string().into_bytes() }
}

pub(super) fn get(keys: &Keys, token: &str, path: &str) -> Request {
    Request { method: "GET", url: format!("{}{path}", keys.base), headers: headers(token, None, None), body: Vec::new() }
}

/// Reads what every call has in common.
pub(super) fn read(reply: &Reply) -> Result<Value, Refusal> {
    let json = reply.json();
    let error = json.clone().unwrap_or_default();
    let detail = list(&error, &["details"]).first().cloned().unwrap_or_default();
    let words = some(&detail, &["description"]).or_else(|| some(&error, &["message"])).or_else(|| some(&error, &["error_description"]));
    let code = some(&detail, &["issue"]).or_else(|| some(&error, &["name"])).or_else(|| some(&error, &["error"])).unwrap_or_default();
    match (reply.status, json) {
        (204, _) => Ok(Value::Null),
        (200..=299, Some(json)) if json.is_object() => Ok(json),
        (401 | 403, _) => Err(Refusal::Unauthorised { message: words.unwrap_or_else(|| "PayPal does not accept the keys.".to_owned()) }),
        (409 | 429, _) => Err(Refusal::later(reply, words.unwrap_or_else(|| "PayPal is busy.".to_owned()))),
        (400..=499, _) if words.is_some() => Err(Refusal::Refused { code, message: words.unwrap_or_default() }),
        (status, _) => Err(Refusal::later(reply, format!("PayPal answered with {status} and nothing that can be read."))),
    }
}

/// `POST /v1/oauth2/token`. Also the smallest question by which keys are tried.
pub fn token(keys: &Keys) -> Request {
    let basic = STANDARD.encode(format!("{}:{}", keys.client, keys.secret));
    Request {
        method: "POST",
        url: format!("{}/v1/oauth2/token", keys.base),
        headers: vec![("authorization", format!("Basic {basic}")), ("content-type", "application/x-www-form-urlencoded".to_owned())],
        body: b"grant_type=client_credentials".to_vec(),
    }
}

/// The token.
///
/// # Errors
/// See [`Refusal`].
pub fn read_token(reply: &Reply) -> Result<Token, Refusal> {
    let answer = read(reply)?;
    let token =
        some(&answer, &["access_token"]).ok_or_else(|| Refusal::later(reply, "PayPal answered with something that is no token."))?;
    Ok(Token { token, seconds: answer["expires_in"].as_i64().unwrap_or(300) })
}

/// A refund to ask for.
#[derive(Clone, Debug)]
pub struct RefundOf<'a> {
    /// The capture or, for a payment of a subscription, the sale.
    pub payment: &'a str,
    /// It is a sale of the first API.
    pub sale: bool,
    /// Minor units of ISO 4217.
    pub minor: i64,
    /// Three capital letters.
    pub currency: &'a str,
    /// What the buyer is told.
    pub reason: &'a str,
    /// Our own id of the refund, by which its webhook is known again.
    pub ours: &'a str,
}

/// `POST /v2/payments/captures/{id}/refund`, or `/v1/payments/sale/{id}/refund`.
///
/// # Errors
/// For an amount PayPal cannot be told.
pub fn refund(keys: &Keys, token: &str, key: &str, r: &RefundOf) -> Result<Request, Refusal> {
    let value = money::to_paypal(r.minor, r.currency)
        .ok_or_else(|| Refusal::unsendable("PayPal takes amounts of this currency only without decimals."))?;
    let note: String = r.reason.chars().take(255).collect();
    if r.sale {
        let body = json!({ "amount": { "total": value, "currency": r.currency }, "description": note, "custom": r.ours });
        return Ok(post(keys, token, key, &format!("/v1/payments/sale/{}/refund", part(r.payment)), &body));
    }
    let mut body = json!({ "amount": { "value": value, "currency_code": r.currency }, "custom_id": r.ours });
    if !note.is_empty() {
        body["note_to_payer"] = note.into();
    }
    Ok(post(keys, token, key, &format!("/v2/payments/captures/{}/refund", part(r.payment)), &body))
}

/// The refund as PayPal made it; `payment` and `asked` fill in what a short answer leaves out.
///
/// # Errors
/// See [`Refusal`].
pub fn read_refund(reply: &Reply, asked: &RefundOf) -> Result<Refund, Refusal> {
    let mut answer = read(reply)?;
    if !answer.is_object() {
        return Err(Refusal::later(reply, "PayPal answered with something that is no refund."));
    }
    answer["capture_id"] = asked.payment.into();
    if !answer["amount"].is_object() {
        answer["amount"] = json!({ "value": money::to_paypal(asked.minor, asked.currency), "currency_code": asked.currency });
    }
    answer["custom_id"] = asked.ours.into();
    object::refund(&answer, 0).ok_or_else(|| Refusal::later(reply, "PayPal answered with something that is no refund."))
}

/// `POST /v1/billing/subscriptions/{id}/cancel`. PayPal knows no other way to stop: what is paid stays paid.
pub fn cancel(keys: &Keys, token: &str, key: &str, reference: &str) -> Request {
    post(keys, token, key, &format!("/v1/billing/subscriptions/{}/cancel", part(reference)), &json!({ "reason": "Cancelled by the shop." }))
}

/// `POST /v1/billing/subscriptions/{id}/suspend`.
pub fn pause(keys: &Keys, token: &str, key: &str, reference: &str) -> Request {
    post(keys, token, key, &format!("/v1/billing/subscriptions/{}/suspend", part(reference)), &json!({ "reason": "Paused by the shop." }))
}

/// `POST /v1/billing/subscriptions/{id}/activate`.
pub fn resume(keys: &Keys, token: &str, key: &str, reference: &str) -> Request {
    post(keys, token, key, &format!("/v1/billing/subscriptions/{}/activate", part(reference)), &json!({ "reason": "Resumed by the shop." }))
}

/// Was it done? For calls whose answer says no more.
///
/// # Errors
/// See [`Refusal`].
pub fn read_done(reply: &Reply) -> Result<(), Refusal> {
    read(reply).map(|_| ())
}

/// Evidence in a dispute.
#[derive(Clone, Debug)]
pub struct Evidence<'a> {
    /// The shop's side of it.
    pub text: &'a str,
    /// What proves it.
    pub files: &'a [File],
}

/// `POST /v1/customer/disputes/{id}/provide-evidence`: the words as JSON, each file as a part.
pub fn evidence(keys: &Keys, token: &str, key: &str, boundary: &str, reference: &str, e: &Evidence) -> Request {
    let documents: Vec<Value> = e.files.iter().map(|f| json!({ "name": f.name })).collect();
    let notes: String = e.text.chars().take(2000).collect();
    let mut one = json!({ "evidence_type": "OTHER", "notes": notes });
    if !documents.is_empty() {
        one["documents"] = documents.into();
    }
    let input = json!({ "evidences": [one] }).to_string();
    let names: Vec<String> = (1..=e.files.len()).map(|n| format!("file{n}")).collect();
    let mut parts = vec![("input", Some("application/json"), None, input.as_bytes())];
    for (name, f) in names.iter().zip(e.files) {
        parts.push((name, Some(f.content_type.as_str()), Some(f.name.as_str()), f.bytes.as_slice()));
    }
    let kind = format!("multipart/form-data; boundary={boundary}");
    Request {
        method: "POST",
        url: format!("{}/v1/customer/disputes/{}/provide-evidence", keys.base, part(reference)),
        headers: headers(token, Some(key), Some(kind)),
        body: multipart(boundary, &parts),
    }
}

/// A page of past events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Events {
    /// Id and body of each, the body as a webhook brings it.
    pub events: Vec<(String, Vec<u8>)>,
    /// Where the next page is, when there is one.
    pub next: Option<String>,
}

/// `GET /v1/notifications/webhooks-events` between two moments (microseconds); or a further page of it.
pub fn events(keys: &Keys, token: &str, from: i64, until: i64, next: Option<&str>) -> Request {
    let text = |at: i64| jiff::Timestamp::from_microsecond(at - at.rem_euclid(1_000_000)).map(|t| t.to_string()).unwrap_or_default();
    let first = || {
        let fields = [("page_size", "100".to_owned()), ("start_time", text(from)), ("end_time", text(until))];
        form(&fields.map(|(n, v)| (n.to_owned(), v)))
    };
    // Only the query of a further page is taken over: whom the token is shown to is not for an answer to say.
    let query = next.and_then(|n| n.split_once('?')).map_or_else(first, |(_, query)| query.to_owned());
    let url = format!("{}/v1/notifications/webhooks-events?{query}", keys.base);
    Request { method: "GET", url, headers: headers(token, None, None), body: Vec::new() }
}

/// The events of the page.
///
/// # Errors
/// See [`Refusal`].
pub fn read_events(reply: &Reply) -> Result<Events, Refusal> {
    let page = read(reply)?;
    let events: Vec<_> = list(&page, &["events"]).iter().filter_map(|e| Some((some(e, &["id"])?, e.to_string().into_bytes()))).collect();
    let next = list(&page, &["links"]).iter().find(|l| text(l, &["rel"]) == "next").and_then(|l| some(l, &["href"]));
    Ok(Events { next: next.filter(|_| !events.is_empty()), events })
}
