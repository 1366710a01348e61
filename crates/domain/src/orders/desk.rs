//! What the tests of orders, payments and facts speak with: a merchant's desk at a moment.

use store::{Db, Tx};

use super::{Buyer, Checkout, CheckoutOutcome, CheckoutPayment, Line, State, checkout};
use crate::customers::{self, Customer, HowToCancel, MethodStatus, NewCustomer, Rules, Status};
use crate::kit::{Ctx, Currency, CustomerId, DAY, Error, Micros, PaymentId, Problems, Result};
use crate::payments::{self, MethodInput, MethodKind, PaymentInput, PaymentStatus};
use crate::subscriptions::{self, SubscriptionInput, SubscriptionStatus, Unit};
use crate::testing::Fixture;
use crate::verify::{self, Difference};

#[derive(Clone)]
pub(crate) struct Desk {
    pub f: Fixture,
    pub ctx: Ctx,
}

impl Desk {
    pub fn new(db: &Db) -> Self {
        let f = Fixture::new(db);
        Self { ctx: f.ctx.clone(), f }
    }

    /// The same desk so many days later (or earlier), by wall time.
    pub fn days(&self, days: i64) -> Self {
        Self { ctx: self.ctx.at(self.ctx.now + days * DAY), ..self.clone() }
    }

    pub fn at(&self, now: Micros) -> Self {
        Self { ctx: self.ctx.at(now), ..self.clone() }
    }

    pub fn now(&self) -> Micros {
        self.ctx.now
    }

    pub fn write<T: Send + 'static>(&self, f: impl Fn(&mut Tx, &Ctx) -> Result<T> + Send + Sync + 'static) -> Result<T> {
        let ctx = self.ctx.clone();
        self.f.db.write_now(move |tx| f(tx, &ctx))
    }

    pub fn read<T: Send + 'static>(&self, f: impl Fn(&mut Tx, &Ctx) -> Result<T> + Send + Sync + 'static) -> Result<T> {
        let ctx = self.ctx.clone();
        self.f.db.read_now(move |tx| f(tx, &ctx))
    }

    pub fn customer(&self, email: &str) -> CustomerId {
        let new = NewCustomer { email: email.to_owned(), ..NewCustomer::default() };
        self.write(move |tx, ctx| customers::create(tx, ctx, new.clone(), Rules::Normal)).unwrap().id
    }

    pub fn archive(&self, id: &CustomerId, archived: bool) {
        let id = id.clone();
        self.write(
            move |tx, ctx| {
                if archived { customers::archive(tx, ctx, &id, Some(HowToCancel::Now)) } else { customers::unarchive(tx, ctx, &id) }
            },
        )
        .unwrap();
    }

    pub fn get(&self, id: &CustomerId) -> Customer {
        let id = id.clone();
        self.read(move |tx, ctx| customers::get(tx, ctx, &id)).unwrap()
    }

    pub fn status(&self, id: &CustomerId) -> Status {
        self.get(id).status
    }

    pub fn method_status(&self, id: &CustomerId) -> MethodStatus {
        self.get(id).method_status
    }

    pub fn payment(&self, customer: Option<&CustomerId>, minor: i64) -> PaymentInput {
        PaymentInput { customer: customer.cloned(), ..PaymentInput::settled(self.f.shop.clone(), "stripe", eur(), minor, self.now()) }
    }

    /// A settled live payment of now.
    pub fn pay(&self, customer: &CustomerId, minor: i64) -> PaymentId {
        self.put(self.payment(Some(customer), minor)).unwrap()
    }

    pub fn put(&self, input: PaymentInput) -> Result<PaymentId> {
        self.write(move |tx, ctx| payments::put(tx, ctx, &input)).map(|put| put.id)
    }

    /// A card payment that may have failed.
    pub fn charge(&self, customer: &CustomerId, card: MethodInput, failure: Option<&str>) -> PaymentId {
        let failed = PaymentInput {
            status: if failure.is_some() { PaymentStatus::Failed } else { PaymentStatus::Settled },
            failure_code: failure.unwrap_or_default().to_owned(),
            method: Some(card),
            ..self.payment(Some(customer), 1000)
        };
        self.put(failed).unwrap()
    }

    pub fn subscription(&self, customer: &CustomerId, status: SubscriptionStatus, ends_at: Option<Micros>) -> SubscriptionInput {
        SubscriptionInput {
            customer: customer.clone(),
            shop: self.f.shop.clone(),
            name: "Roastery Club".to_owned(),
            status,
            live: true,
            currency: eur(),
            amount: 1900,
            cycle_count: 1,
            cycle_unit: Unit::Month,
            provider: "stripe".to_owned(),
            provider_ref: None,
            method: None,
            started_at: self.now() - 100 * DAY,
            trial_until: None,
            next_payment_at: None,
            ends_at,
            import_id: None,
        }
    }

    pub fn subscribe(&self, input: SubscriptionInput) -> crate::kit::SubscriptionId {
        self.write(move |tx, ctx| subscriptions::put(tx, ctx, &input)).unwrap()
    }

    /// One line of 10.00 EUR, paid by nobody yet.
    pub fn basket(&self, external_id: &str, email: &str) -> Checkout {
        Checkout {
            shop: self.f.shop.clone(),
            external_id: external_id.to_owned(),
            buyer: Buyer { email: email.to_owned(), name: "Ana Ruiz".to_owned(), ..Buyer::default() },
            guest: false,
            currency: eur(),
            state: State::Open,
            abandoned: false,
            lines: vec![line("KAFFEE-1", "1", "10")],
            discount: 0,
            shipping: 0,
            tax: 0,
            note: String::new(),
            ordered_at: None,
            payments: Vec::new(),
            affiliate: String::new(),
        }
    }

    pub fn check_out(&self, input: &Checkout) -> Result<CheckoutOutcome> {
        let input = input.clone();
        self.write(move |tx, ctx| checkout(tx, ctx, &input))
    }

    pub fn differences(&self) -> Vec<Difference> {
        let mut found = Vec::new();
        verify::merchant_of(&self.f.db, &self.ctx, &mut |d| found.push(d.clone())).unwrap();
        found
    }

    /// Everything that is kept is what the facts give.
    pub fn verified(&self) {
        assert_eq!(self.differences(), []);
    }

    /// Cause and from-to of each change of status, oldest first.
    pub fn changes(&self, id: &CustomerId) -> Vec<(Micros, String, String)> {
        let id = id.clone();
        static CHANGES: store::Stmt = store::Stmt::new(
            "changes",
            "SELECT at, cause, data FROM events WHERE merchant_id = $1 AND customer_id = $2 AND kind = 'customer.status_changed' ORDER BY version",
        );
        self.read(move |tx, ctx| {
            Ok(tx.rows(&CHANGES, &[&ctx.merchant, &id], |r| {
                let data: serde_json::Value = serde_json::from_str(r.str(2)?).unwrap();
                Ok((r.get(0)?, r.get(1)?, format!("{} {}", data["from"].as_str().unwrap(), data["to"].as_str().unwrap())))
            })?)
        })
        .unwrap()
    }
}

pub(crate) fn eur() -> Currency {
    Currency::of("EUR").unwrap()
}

pub(crate) fn line(sku: &str, quantity: &str, unit_price: &str) -> Line {
    Line {
        sku: sku.to_owned(),
        title: format!("Article {sku}"),
        quantity: quantity.to_owned(),
        unit_price: unit_price.to_owned(),
        ..Line::default()
    }
}

/// A settled payment of a checkout by a card.
pub(crate) fn by_card(reference: &str, amount: i64, fingerprint: &str) -> CheckoutPayment {
    CheckoutPayment {
        provider: "stripe".to_owned(),
        provider_ref: Some(reference.to_owned()),
        status: PaymentStatus::Settled,
        amount,
        method: Some(card(fingerprint)),
        paid_at: None,
        live: true,
        failure_code: String::new(),
        failure_message: String::new(),
    }
}

/// A card that ends with 2028, its last four digits those of its fingerprint.
pub(crate) fn card(fingerprint: &str) -> MethodInput {
    MethodInput {
        brand: "visa".to_owned(),
        last4: format!("{:04}", fingerprint.bytes().filter(u8::is_ascii_digit).fold(0, |n, b| (n * 10 + u32::from(b - b'0')) % 10_000)),
        expires_year: Some(2028),
        expires_month: Some(12),
        fingerprint: fingerprint.to_owned(),
        ..MethodInput::of(MethodKind::Card)
    }
}

/// What a refusal says: the code of a conflict, or field and code of each problem.
pub(crate) fn refusal<T: std::fmt::Debug>(result: Result<T>) -> String {
    match result {
        Err(Error::Conflict { code, .. }) => code.to_owned(),
        Err(Error::Invalid(Problems(all))) => all.iter().map(|p| format!("{}:{}", p.field, p.code)).collect::<Vec<_>>().join(" "),
        Err(Error::Forbidden(right)) => format!("forbidden {right}"),
        Err(Error::NotFound(what)) => format!("no {what}"),
        other => format!("{other:?}"),
    }
}
