//! What we ask of Stripe. Every writing call carries an idempotency key: the same key with the same content is done once.

use serde_json::Value;

use super::object;
use crate::json::{flag, list, some};
use crate::money;
use crate::news::{Address, Customer, Payment, Refund, Subscription};
use crate::wire::{File, Refusal, Reply, Request, form, multipart, part};

/// Where Stripe is, and as whom we ask.
#[derive(Clone, Debug)]
pub struct Keys {
    /// `https://api.stripe.com`, without a slash at the end.
    pub base: String,
    /// `sk_…` or `rk_…`.
    pub secret: String,
}

impl Keys {
    fn get(&self, path: &str) -> Request {
        Request { method: "GET", url: format!("{}{path}", self.base), headers: self.headers(None), body: Vec::new() }
    }

    fn post(&self, path: &str, key: &str, fields: &[(String, String)]) -> Request {
        let mut headers = self.headers(Some(key));
        headers.push(("content-type", "application/x-www-form-urlencoded".to_owned()));
        Request { method: "POST", url: format!("{}{path}", self.base), headers, body: form(fields).into_bytes() }
    }

    fn headers(&self, key: Option<&str>) -> Vec<(&'static str, String)> {
        let mut headers = vec![("authorization", format!("Bearer {}", self.secret))];
        headers.extend(key.map(|key| ("idempotency-key", key.to_owned())));
        headers
    }
}

fn field(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_owned(), value.into())
}

/// Reads what every call has in common.
fn read(reply: &Reply) -> Result<Value, Refusal> {
    let json = reply.json();
    let error = json.as_ref().map(|j| j["error"].clone()).unwrap_or_default();
    let words = some(&error, &["message"]);
    match (reply.status, json) {
        (200..=299, Some(json)) if json.is_object() => Ok(json),
        (401 | 403, _) => Err(Refusal::Unauthorised { message: words.unwrap_or_else(|| "Stripe does not accept the key.".to_owned()) }),
        (409 | 424 | 429, _) => Err(Refusal::later(reply, words.unwrap_or_else(|| "Stripe is busy.".to_owned()))),
        (400..=499, _) if words.is_some() => {
            let code = some(&error, &["code"]).or_else(|| some(&error, &["type"])).unwrap_or_default();
            Err(Refusal::Refused { code, message: words.unwrap_or_default() })
        }
        (status, _) => Err(Refusal::later(reply, format!("Stripe answered with {status} and nothing that can be read."))),
    }
}

/// A refund to ask for.
#[derive(Clone, Debug)]
pub struct RefundOf<'a> {
    /// The charge (`ch_…`, `py_…`) or payment intent (`pi_…`).
    pub payment: &'a str,
    /// Minor units of ISO 4217.
    pub minor: i64,
    /// Three capital letters.
    pub currency: &'a str,
    /// Stripe's `duplicate`, `fraudulent`, `requested_by_customer`; other words go into the metadata.
    pub reason: &'a str,
    /// Our own id of the refund, by which its webhook is known again.
    pub ours: &'a str,
}

/// `POST /v1/refunds`.
///
/// # Errors
/// For an amount Stripe cannot be told.
pub fn refund(keys: &Keys, key: &str, r: &RefundOf) -> Result<Request, Refusal> {
    let amount = money::to_stripe(r.minor, r.currency)
        .ok_or_else(|| Refusal::unsendable("Stripe takes amounts of this currency only in steps of ten of the smallest unit."))?;
    let by = if r.payment.starts_with("pi_") { "payment_intent" } else { "charge" };
    let mut fields = vec![field(by, r.payment), field("amount", amount.to_string()), field("metadata[regulars_refund]", r.ours)];
    match r.reason {
        "" => {}
        "duplicate" | "fraudulent" | "requested_by_customer" => fields.push(field("reason", r.reason)),
        words => fields.push(field("metadata[reason]", words.chars().take(500).collect::<String>())),
    }
    Ok(keys.post("/v1/refunds", key, &fields))
}

/// The refund as Stripe made it.
///
/// # Errors
/// See [`Refusal`].
pub fn read_refund(reply: &Reply) -> Result<Refund, Refusal> {
    object::refund(&read(reply)?).ok_or_else(|| Refusal::later(reply, "Stripe answered with something that is no refund."))
}

/// What a customer became.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CustomerEdit {
    /// Name; empty takes it away there too.
    pub name: String,
    /// E-mail address.
    pub email: String,
    /// Phone.
    pub phone: String,
    /// Billing address.
    pub address: Address,
}

/// `POST /v1/customers/{id}`.
pub fn customer(keys: &Keys, key: &str, reference: &str, edit: &CustomerEdit) -> Request {
    let a = &edit.address;
    let fields = [
        ("name", &edit.name),
        ("email", &edit.email),
        ("phone", &edit.phone),
        ("address[line1]", &a.line1),
        ("address[line2]", &a.line2),
        ("address[city]", &a.city),
        ("address[state]", &a.state),
        ("address[postal_code]", &a.zip),
        ("address[country]", &a.country),
    ];
    let fields: Vec<_> = fields.into_iter().map(|(name, value)| field(name, value.as_str())).collect();
    keys.post(&format!("/v1/customers/{}", part(reference)), key, &fields)
}

/// The customer as it is there now.
///
/// # Errors
/// See [`Refusal`].
pub fn read_customer(reply: &Reply) -> Result<Customer, Refusal> {
    object::customer(&read(reply)?, false).ok_or_else(|| Refusal::later(reply, "Stripe answered with something that is no customer."))
}

/// `DELETE /v1/customers/{id}`: its cards go with it, its charges stay for the books.
pub fn delete_customer(keys: &Keys, key: &str, reference: &str) -> Request {
    let url = format!("{}/v1/customers/{}", keys.base, part(reference));
    Request { method: "DELETE", url, headers: keys.headers(Some(key)), body: Vec::new() }
}

/// Whether it is gone; one that Stripe no longer knows is.
///
/// # Errors
/// See [`Refusal`].
pub fn read_deleted(reply: &Reply) -> Result<(), Refusal> {
    if reply.status == 404 {
        return Ok(());
    }
    read(reply).map(|_| ())
}

/// How a subscription is to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cancellation {
    /// At once.
    Now,
    /// With the period that is paid.
    PeriodEnd,
}

/// Ends a subscription: `DELETE /v1/subscriptions/{id}`, or `cancel_at_period_end`.
pub fn cancel(keys: &Keys, key: &str, reference: &str, how: Cancellation) -> Request {
    let path = format!("/v1/subscriptions/{}", part(reference));
    match how {
        Cancellation::Now => {
            Request { method: "DELETE", url: format!("{}{path}", keys.base), headers: keys.headers(Some(key)), body: Vec::new() }
        }
        Cancellation::PeriodEnd => keys.post(&path, key, &[field("cancel_at_period_end", "true")]),
    }
}

/// Takes back a cancellation with the period that is paid.
pub fn keep(keys: &Keys, key: &str, reference: &str) -> Request {
    keys.post(&format!("/v1/subscriptions/{}", part(reference)), key, &[field("cancel_at_period_end", "false")])
}

/// Stops collecting until [`resume`]: invoices of the time between are void.
pub fn pause(keys: &Keys, key: &str, reference: &str) -> Request {
    keys.post(&format!("/v1/subscriptions/{}", part(reference)), key, &[field("pause_collection[behavior]", "void")])
}

/// Collects again.
pub fn resume(keys: &Keys, key: &str, reference: &str) -> Request {
    keys.post(&format!("/v1/subscriptions/{}", part(reference)), key, &[field("pause_collection", "")])
}

/// A charge of a method that is kept, without the buyer being there.
#[derive(Clone, Debug)]
pub struct ChargeOf<'a> {
    /// Stripe's customer.
    pub customer: &'a str,
    /// Its payment method.
    pub method: &'a str,
    /// Minor units of ISO 4217.
    pub minor: i64,
    /// Three capital letters.
    pub currency: &'a str,
    /// What it is for; the buyer may read it.
    pub name: &'a str,
    /// Our own mark, by which its webhooks are known again.
    pub ours: &'a str,
}

/// `POST /v1/payment_intents`, confirmed at once and off session.
///
/// # Errors
/// For an amount Stripe cannot be told.
pub fn charge(keys: &Keys, key: &str, c: &ChargeOf) -> Result<Request, Refusal> {
    let amount = money::to_stripe(c.minor, c.currency)
        .ok_or_else(|| Refusal::unsendable("Stripe takes amounts of this currency only in steps of ten of the smallest unit."))?;
    let fields = [
        field("amount", amount.to_string()),
        field("currency", c.currency.to_lowercase()),
        field("customer", c.customer),
        field("payment_method", c.method),
        field("off_session", "true"),
        field("confirm", "true"),
        field("description", c.name),
        field("metadata[regulars_period]", c.ours),
    ];
    Ok(keys.post("/v1/payment_intents", key, &fields))
}

/// What became of it: a payment that is paid, under way, or refused by the bank.
///
/// # Errors
/// See [`Refusal`]; a refusal of the bank is none, because an attempt was made.
pub fn read_charge(reply: &Reply, now: i64) -> Result<Payment, Refusal> {
    let declined = reply.json().map(|j| j["error"]["payment_intent"].clone()).filter(|i| reply.status == 402 && i.is_object());
    let intent = match declined {
        Some(mut intent) => {
            let error = reply.json().map(|j| j["error"].clone()).unwrap_or_default();
            if !intent["last_payment_error"].is_object() {
                intent["last_payment_error"] = error;
            }
            intent
        }
        None => read(reply)?,
    };
    let kind = match some(&intent, &["status"]).as_deref() {
        Some("succeeded") => "payment_intent.succeeded",
        Some("processing") => "payment_intent.processing",
        _ => "payment_intent.payment_failed",
    };
    let nonsense = || Refusal::later(reply, "Stripe answered with something that is no payment.");
    object::intent(kind, &intent, now).ok_or_else(nonsense)
}

/// A page on which somebody pays once.
#[derive(Clone, Debug)]
pub struct CheckoutOf<'a> {
    /// Stripe's customer, when it knows one.
    pub customer: Option<&'a str>,
    /// Minor units of ISO 4217.
    pub minor: i64,
    /// Three capital letters.
    pub currency: &'a str,
    /// What it is for; the buyer reads it.
    pub name: &'a str,
    /// Where the buyer comes back to.
    pub back: &'a str,
    /// When the page closes, microseconds UTC.
    pub until: i64,
    /// Our own mark, by which its webhooks are known again.
    pub ours: &'a str,
}

/// `POST /v1/checkout/sessions`. The mark stands on the payment, whose webhooks say what became of it.
///
/// # Errors
/// For an amount Stripe cannot be told.
pub fn checkout(keys: &Keys, key: &str, c: &CheckoutOf) -> Result<Request, Refusal> {
    let amount = money::to_stripe(c.minor, c.currency)
        .ok_or_else(|| Refusal::unsendable("Stripe takes amounts of this currency only in steps of ten of the smallest unit."))?;
    let mut fields = vec![
        field("mode", "payment"),
        field("line_items[0][quantity]", "1"),
        field("line_items[0][price_data][currency]", c.currency.to_lowercase()),
        field("line_items[0][price_data][unit_amount]", amount.to_string()),
        field("line_items[0][price_data][product_data][name]", c.name),
        field("payment_intent_data[metadata][regulars_period]", c.ours),
        field("payment_intent_data[description]", c.name),
        field("success_url", c.back),
        field("cancel_url", c.back),
        field("expires_at", (c.until / 1_000_000).to_string()),
    ];
    fields.extend(c.customer.map(|customer| field("customer", customer)));
    Ok(keys.post("/v1/checkout/sessions", key, &fields))
}

/// Stripe's id of the page, and where it is.
///
/// # Errors
/// See [`Refusal`].
pub fn read_checkout(reply: &Reply) -> Result<(String, String), Refusal> {
    let page = read(reply)?;
    let url = some(&page, &["url"]).filter(|url| url.starts_with("https://"));
    some(&page, &["id"]).zip(url).ok_or_else(|| Refusal::later(reply, "Stripe answered with something that is no payment page."))
}

/// A page on which a customer adds a method.
#[derive(Clone, Debug)]
pub struct SetupOf<'a> {
    /// Stripe's customer.
    pub customer: &'a str,
    /// Three capital letters: which methods are offered depends on it.
    pub currency: &'a str,
    /// Where the customer comes back to with a method …
    pub back: &'a str,
    /// … and without one.
    pub cancelled: &'a str,
    /// When the page closes, microseconds UTC.
    pub until: i64,
    /// Our own mark, by which its webhooks are known again.
    pub ours: &'a str,
}

/// `POST /v1/checkout/sessions` in mode `setup`: no money moves. The mark stands on the page and on the intent behind it.
pub fn setup(keys: &Keys, key: &str, s: &SetupOf) -> Request {
    let fields = [
        field("mode", "setup"),
        field("currency", s.currency.to_lowercase()),
        field("customer", s.customer),
        field("metadata[regulars_setup]", s.ours),
        field("setup_intent_data[metadata][regulars_setup]", s.ours),
        field("success_url", s.back),
        field("cancel_url", s.cancelled),
        field("expires_at", (s.until / 1_000_000).to_string()),
    ];
    keys.post("/v1/checkout/sessions", key, &fields)
}

/// `POST /v1/customers`: a record of somebody whom Stripe does not know yet. Its answer is read by [`read_customer`].
pub fn new_customer(keys: &Keys, key: &str, ours: &str, name: &str, email: &str) -> Request {
    let mut fields = vec![field("metadata[regulars_customer]", ours)];
    fields.extend([("name", name), ("email", email)].into_iter().filter(|(_, v)| !v.is_empty()).map(|(n, v)| field(n, v)));
    keys.post("/v1/customers", key, &fields)
}

/// `POST /v1/payment_methods/{id}/detach`.
pub fn detach(keys: &Keys, key: &str, reference: &str) -> Request {
    keys.post(&format!("/v1/payment_methods/{}/detach", part(reference)), key, &[])
}

/// `POST /v1/checkout/sessions/{id}/expire`.
pub fn close_checkout(keys: &Keys, key: &str, reference: &str) -> Request {
    keys.post(&format!("/v1/checkout/sessions/{}/expire", part(reference)), key, &[])
}

/// Was it closed? One that was paid or closed before is closed too.
///
/// # Errors
/// See [`Refusal`].
pub fn read_closed_checkout(reply: &Reply) -> Result<(), Refusal> {
    match read(reply) {
        Ok(_) | Err(Refusal::Refused { .. }) => Ok(()),
        Err(refusal) => Err(refusal),
    }
}

/// The subscription as it is there now; nothing for one that never began.
///
/// # Errors
/// See [`Refusal`].
pub fn read_subscription(reply: &Reply) -> Result<Option<Subscription>, Refusal> {
    Ok(object::subscription(&read(reply)?))
}

/// Evidence in a dispute: words, and files that were sent before ([`file`]) with the field each stands in.
#[derive(Clone, Debug, Default)]
pub struct Evidence<'a> {
    /// `uncategorized_text`.
    pub text: &'a str,
    /// Field (`receipt`, `customer_communication`, `uncategorized_file`) and Stripe's id of the file.
    pub files: Vec<(&'a str, &'a str)>,
}

/// `POST /v1/disputes/{id}`, submitted at once.
pub fn evidence(keys: &Keys, key: &str, reference: &str, e: &Evidence) -> Request {
    let mut fields = vec![field("evidence[uncategorized_text]", e.text), field("submit", "true")];
    fields.extend(e.files.iter().map(|(name, id)| field(&format!("evidence[{name}]"), *id)));
    keys.post(&format!("/v1/disputes/{}", part(reference)), key, &fields)
}

/// Was it taken?
///
/// # Errors
/// See [`Refusal`].
pub fn read_evidence(reply: &Reply) -> Result<(), Refusal> {
    read(reply).map(|_| ())
}

/// `POST /v1/files` with the purpose of evidence. Stripe takes files on a host of its own.
pub fn file(keys: &Keys, key: &str, boundary: &str, f: &File) -> Request {
    let base = keys.base.replacen("//api.stripe.com", "//files.stripe.com", 1);
    let mut headers = keys.headers(Some(key));
    headers.push(("content-type", format!("multipart/form-data; boundary={boundary}")));
    let parts = [
        ("purpose", None, None, b"dispute_evidence".as_slice()),
        ("file", Some(f.content_type.as_str()), Some(f.name.as_str()), f.bytes.as_slice()),
    ];
    Request { method: "POST", url: format!("{base}/v1/files"), headers, body: multipart(boundary, &parts) }
}

/// Stripe's id of the file.
///
/// # Errors
/// See [`Refusal`].
pub fn read_file(reply: &Reply) -> Result<String, Refusal> {
    some(&read(reply)?, &["id"]).ok_or_else(|| Refusal::later(reply, "Stripe answered with something that is no file."))
}

/// A page of past events, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Events {
    /// Id and body of each, the body as a webhook brings it.
    pub events: Vec<(String, Vec<u8>)>,
    /// There are older ones.
    pub more: bool,
}

/// `GET /v1/events` from a moment on (microseconds), older than an event already seen.
pub fn events(keys: &Keys, since: i64, before: Option<&str>) -> Request {
    let mut fields = vec![field("limit", "100"), field("created[gte]", (since / 1_000_000).to_string())];
    fields.extend(before.map(|id| field("starting_after", id)));
    keys.get(&format!("/v1/events?{}", form(&fields)))
}

/// The events of the page.
///
/// # Errors
/// See [`Refusal`].
pub fn read_events(reply: &Reply) -> Result<Events, Refusal> {
    let page = read(reply)?;
    if !page["data"].is_array() {
        return Err(Refusal::later(reply, "Stripe answered with something that is no list."));
    }
    let events = list(&page, &["data"]).iter().filter_map(|e| Some((some(e, &["id"])?, e.to_string().into_bytes()))).collect();
    Ok(Events { events, more: flag(&page, &["has_more"]) })
}

/// Does the key work? `GET /v1/balance`: the smallest thing every key may read.
pub fn who(keys: &Keys) -> Request {
    keys.get("/v1/balance")
}

/// Whether the key is one of live mode.
///
/// # Errors
/// See [`Refusal`].
pub fn read_who(reply: &Reply) -> Result<bool, Refusal> {
    let balance = read(reply)?;
    if balance["available"].is_null() {
        return Err(Refusal::later(reply, "Stripe answered with something that is no balance."));
    }
    Ok(flag(&balance, &["livemode"]))
}
