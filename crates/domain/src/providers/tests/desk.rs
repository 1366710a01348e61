//! A merchant with an account of Stripe, and what Stripe would send.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use serde_json::{Value, json};

use crate::kit::{AccountId, CustomerId, FixedClock, Micros, PaymentId};
use crate::orders::desk::Desk;
use crate::payments::{self, PaymentView};
use crate::providers::accounts::{self, Opened};
use crate::providers::{AccountInput, Addresses, Asked, CallKind, Provider, Vault, calls, inbox};
use ::providers::wire::Reply;

#[derive(Clone)]
pub(crate) struct Shop {
    pub desk: Desk,
    pub vault: Vault,
    pub account: AccountId,
    pub count: Arc<AtomicI64>,
}

pub(crate) fn input(desk: &Desk, provider: Provider) -> AccountInput {
    AccountInput {
        shop: desk.f.shop.clone(),
        provider,
        live: true,
        client: "client".into(),
        secret: "sk_live_1234567890".into(),
        webhook: "whsec_1".into(),
    }
}

impl Shop {
    pub fn new(db: &store::Db) -> Self {
        Self::with(db, Provider::Stripe)
    }

    pub fn with(db: &store::Db, provider: Provider) -> Self {
        let (desk, vault) = (Desk::new(db), Vault::new(&[7; 32]).unwrap());
        let account = desk.write({
            let (vault, input) = (vault.clone(), input(&desk, provider));
            move |tx, ctx| accounts::put(tx, ctx, &vault, &input)
        });
        Self { account: account.unwrap(), desk, vault, count: Arc::default() }
    }

    pub fn opened(&self) -> Opened {
        let (vault, id) = (self.vault.clone(), self.account.clone());
        self.desk.read(move |tx, ctx| accounts::opened(tx, ctx, &vault, &id)).unwrap()
    }

    /// Puts an event into the inbox; gives whether it is new.
    pub fn send(&self, event: &Value) -> bool {
        let (opened, body, now) = (self.opened(), event.to_string(), self.desk.now());
        // The order in which they came is the order in which they are worked through.
        let from = now - 1_000_000 + self.count.fetch_add(1, Ordering::Relaxed);
        self.desk.write(move |tx, _| inbox::receive(tx, &opened, body.as_bytes(), now, from)).unwrap()
    }

    pub fn work(&self) {
        inbox::work(&self.desk.f.db, &FixedClock(self.desk.now()), &|| false).unwrap();
        let id = self.account.clone();
        let failed = self.desk.read(move |tx, ctx| inbox::failed(tx, ctx, &id, 10)).unwrap();
        assert!(failed.is_empty(), "{failed:?}");
        static LEFT: store::Stmt =
            store::Stmt::new("left", "SELECT event_id, error FROM provider_events WHERE merchant_id = $1 AND state = 'waiting'");
        let left =
            self.desk.read(|tx, ctx| Ok(tx.rows(&LEFT, &[&ctx.merchant], |r| Ok((r.get::<String>(0)?, r.get::<String>(1)?)))?)).unwrap();
        assert_eq!(left, [], "nothing is left in the inbox");
    }

    /// Sends and works through.
    pub fn tell(&self, event: &Value) {
        self.send(event);
        self.work();
    }

    /// Sends the one call that is due, as its kind, and gives what was said; then applies the answer.
    pub fn calls_once(&self, wanted: CallKind, answer: &Value) -> String {
        self.calls(wanted, 0, 200, answer)
    }

    /// The same so much later, with another answer.
    pub fn calls(&self, wanted: CallKind, later: Micros, status: u16, answer: &Value) -> String {
        let (held, said) = self.sends(wanted, later);
        self.hears(held, later, status, answer);
        said
    }

    /// Sends the one call that is due; nobody has noted an answer yet.
    pub fn sends(&self, wanted: CallKind, later: Micros) -> (calls::Claimed, String) {
        let (desk, now, vault) = (&self.desk, self.desk.now() + later, self.vault.clone());
        let held = desk.write(move |tx, _| calls::claim(tx, now)).unwrap().unwrap();
        let claimed = held.clone();
        let (call, account) = desk.read(move |tx, _| calls::open(tx, &vault, &claimed, now)).unwrap();
        assert_eq!(call.kind, wanted);
        let request = Asked::of(&account, &Addresses::default()).unwrap().request(&call, "").unwrap();
        let key = request.headers.iter().find(|(name, _)| matches!(*name, "idempotency-key" | "paypal-request-id"));
        let key = key.map(|(_, value)| value.clone()).unwrap_or_default();
        (held, format!("{} {} key={key}", request.url, String::from_utf8(request.body).unwrap()))
    }

    /// Notes what came of a call.
    pub fn hears(&self, held: calls::Claimed, later: Micros, status: u16, answer: &Value) {
        let (desk, now, vault, claimed) = (&self.desk, self.desk.now() + later, self.vault.clone(), held.clone());
        let (call, account) = desk.read(move |tx, _| calls::open(tx, &vault, &claimed, now)).unwrap();
        let reply = Reply { status, headers: Vec::new(), body: answer.to_string().into_bytes() };
        let outcome = Asked::of(&account, &Addresses::default()).unwrap().answer(&call, &reply);
        desk.write(move |tx, _| calls::answered(tx, &held, &outcome, now)).unwrap();
    }

    /// Nothing is to be sent.
    pub fn is_quiet(&self) -> bool {
        let now = self.desk.now() + crate::kit::DAY;
        self.desk.write(move |tx, _| calls::claim(tx, now)).unwrap().is_none()
    }

    pub fn payment(&self, reference: &str) -> PaymentView {
        let reference = reference.to_owned();
        self.desk
            .read(move |tx, ctx| {
                let row = payments::by_ref(tx, ctx, "stripe", &reference)?.ok_or(crate::Error::NotFound("payment"))?;
                payments::get(tx, ctx, &row.id)
            })
            .unwrap()
    }

    pub fn payment_id(&self, reference: &str) -> PaymentId {
        self.payment(reference).id
    }

    pub fn by_email(&self, email: &str) -> Option<CustomerId> {
        let email = email.to_owned();
        self.desk.read(move |tx, ctx| crate::customers::find_by_email(tx, ctx, &email)).unwrap()
    }
}

/// An event of Stripe, so many seconds after the first of June.
pub(crate) fn event(id: &str, kind: &str, second: i64, object: Value) -> Value {
    json!({ "id": id, "object": "event", "type": kind, "created": at(second) / 1_000_000, "livemode": true, "data": { "object": object } })
}

/// Microseconds of such a second.
pub(crate) fn at(second: i64) -> Micros {
    (1_780_272_000 + second) * 1_000_000
}

pub(crate) fn customer(id: &str, name: &str, email: &str) -> Value {
    json!({ "id": id, "object": "customer", "name": name, "email": email, "phone": null, "address": null })
}

pub(crate) fn charge(id: &str, customer: Option<&str>, minor: i64, second: i64) -> Value {
    json!({
        "id": id, "object": "charge", "amount": minor, "amount_captured": minor, "captured": true, "currency": "eur", "status": "succeeded",
        "customer": customer, "payment_intent": format!("pi_{id}"), "created": at(second) / 1_000_000, "billing_details": { "email": "payer@example.es" },
        "payment_method": format!("pm_{id}"),
        "payment_method_details": { "type": "card", "card": { "brand": "visa", "last4": "4242", "exp_month": 8, "exp_year": 2030, "fingerprint": "F1" } }
    })
}

pub(crate) fn refund(id: &str, charge: &str, minor: i64, status: &str, second: i64) -> Value {
    json!({ "id": id, "object": "refund", "amount": minor, "currency": "eur", "charge": charge, "payment_intent": format!("pi_{charge}"), "status": status,
        "created": at(second) / 1_000_000 })
}

pub(crate) fn dispute(id: &str, charge: &str, minor: i64, status: &str, second: i64) -> Value {
    json!({ "id": id, "object": "dispute", "amount": minor, "currency": "eur", "charge": charge, "status": status, "reason": "fraudulent",
        "created": at(second) / 1_000_000, "evidence_details": { "due_by": 1_790_000_000 } })
}

pub(crate) fn subscription(id: &str, customer: &str, status: &str, second: i64) -> Value {
    let ended = (status == "canceled").then(|| at(second) / 1_000_000);
    json!({ "id": id, "object": "subscription", "customer": customer, "status": status, "currency": "eur", "start_date": at(0) / 1_000_000, "ended_at": ended,
        "items": { "data": [{ "price": { "id": "price_1", "nickname": "Beans", "unit_amount": 1500, "recurring": { "interval": "month", "interval_count": 1 } },
            "quantity": 1, "current_period_end": 1_790_000_000 }] } })
}
