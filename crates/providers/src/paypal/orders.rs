//! An order of PayPal: a page on which a buyer agrees to pay, and the money, which is taken by a call of its own once they did.

use serde_json::{Value, json};

use super::Keys;
use super::calls::{get, post, read};
use super::object;
use crate::json::{list, some, text};
use crate::money;
use crate::news::{Approved, News, Payment};
use crate::wire::{Refusal, Reply, Request, part};

/// Whose mark an order of ours carries: that of a payment link.
pub(super) const MARK: &str = "plk_";

/// What PayPal takes money in.
const CURRENCIES: [&str; 24] = [
    "AUD", "BRL", "CAD", "CHF", "CNY", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS", "JPY", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN",
    "SEK", "SGD", "THB", "TWD", "USD",
];

/// Can this be paid there at all?
pub fn takes(minor: i64, currency: &str) -> bool {
    CURRENCIES.contains(&currency) && money::to_paypal(minor, currency).is_some()
}

/// An order to ask for.
#[derive(Clone, Debug)]
pub struct OrderOf<'a> {
    /// Minor units of ISO 4217.
    pub minor: i64,
    /// Three capital letters.
    pub currency: &'a str,
    /// What for, as the buyer reads it.
    pub name: &'a str,
    /// Where the buyer comes back to, having agreed …
    pub back: &'a str,
    /// … or not.
    pub cancelled: &'a str,
    /// Our own mark, by which its webhooks are known again.
    pub ours: &'a str,
}

/// `POST /v2/checkout/orders`: nothing is taken before it is captured.
///
/// # Errors
/// For an amount PayPal cannot be told.
pub fn order(keys: &Keys, token: &str, key: &str, o: &OrderOf) -> Result<Request, Refusal> {
    let value = money::to_paypal(o.minor, o.currency)
        .filter(|_| takes(o.minor, o.currency))
        .ok_or_else(|| Refusal::unsendable("PayPal takes no such amount of this currency."))?;
    let name: String = o.name.chars().take(127).collect();
    let body = json!({
        "intent": "CAPTURE",
        "purchase_units": [{ "custom_id": o.ours, "description": name, "amount": { "currency_code": o.currency, "value": value } }],
        "payment_source": { "paypal": { "experience_context": {
            "user_action": "PAY_NOW", "shipping_preference": "NO_SHIPPING", "return_url": o.back, "cancel_url": o.cancelled
        } } },
    });
    Ok(post(keys, token, key, "/v2/checkout/orders", &body))
}

/// PayPal's id of the order, and where the buyer agrees to it.
///
/// # Errors
/// See [`Refusal`].
pub fn read_order(reply: &Reply) -> Result<(String, String), Refusal> {
    let order = read(reply)?;
    let links = list(&order, &["links"]);
    let page = links.iter().find(|l| matches!(text(l, &["rel"]).as_str(), "payer-action" | "approve"));
    let url = page.and_then(|l| some(l, &["href"])).filter(|url| url.starts_with("https://"));
    some(&order, &["id"]).zip(url).ok_or_else(|| Refusal::later(reply, "PayPal answered with something that is no payment page."))
}

/// `POST /v2/checkout/orders/{id}/capture`: takes the money of an order that its buyer agreed to. PayPal takes it once, whatever is asked how often.
pub fn capture(keys: &Keys, token: &str, key: &str, reference: &str) -> Request {
    post(keys, token, key, &format!("/v2/checkout/orders/{}/capture", part(reference)), &json!({}))
}

/// The payments of the order. `None`: it was captured before, or the answer does not say how; look at the order.
///
/// # Errors
/// See [`Refusal`].
pub fn read_capture(reply: &Reply, now: i64) -> Result<Option<Vec<Payment>>, Refusal> {
    match read(reply) {
        Ok(order) => Ok(Some(payments(&order, now)).filter(|found| !found.is_empty())),
        Err(Refusal::Refused { code, .. }) if code == "ORDER_ALREADY_CAPTURED" => Ok(None),
        Err(Refusal::Refused { code, message }) if code == "ORDER_COMPLETION_IN_PROGRESS" => Err(Refusal::later(reply, message)),
        Err(refusal) => Err(refusal),
    }
}

/// `GET /v2/checkout/orders/{id}`.
pub fn look(keys: &Keys, token: &str, reference: &str) -> Request {
    get(keys, token, &format!("/v2/checkout/orders/{}", part(reference)))
}

/// The payments of the order; none for one that was not captured.
///
/// # Errors
/// See [`Refusal`].
pub fn read_look(reply: &Reply, now: i64) -> Result<Vec<Payment>, Refusal> {
    let order = read(reply)?;
    if some(&order, &["id"]).is_none() {
        return Err(Refusal::later(reply, "PayPal answered with something that is no order."));
    }
    Ok(payments(&order, now))
}

fn payments(order: &Value, now: i64) -> Vec<Payment> {
    let told = object::order(order, now).into_iter();
    told.filter_map(|news| if let News::Payment(p) = news { Some(*p) } else { None }).collect()
}

/// The buyer agreed to an order that was asked for here. One of several parts was not.
pub(super) fn approved(o: &Value, at: i64) -> Option<Approved> {
    let [unit] = list(o, &["purchase_units"]) else { return None };
    Some(Approved {
        reference: some(o, &["id"])?,
        ours: some(unit, &["custom_id"]).filter(|mark| mark.starts_with(MARK))?,
        amount: object::amount(&unit["amount"])?,
        at,
    })
}
