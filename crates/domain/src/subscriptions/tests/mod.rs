//! A shop with the test provider, customers with test cards, and days that pass.

mod ends;
mod plans;
mod renewals;
mod sequences;
mod stripe;

use jiff::civil::{Date, date};
use store::{Db, Stmt, Tx};

use super::{Course, PeriodState, StartInput, SubscriptionStatus, Unit, course, periods, renew, start};
use crate::kit::{Ctx, CustomerId, FixedClock, MethodId, Micros, Result, SubscriptionId, Zone};
use crate::orders::desk::Desk;
use crate::payments::{MethodInput, MethodKind, PaymentStatus, methods};
use crate::providers::accounts;

pub(super) const PAID: &str = "4242 4242 4242 4242";
pub(super) const POOR: &str = "4000 0000 0000 9995";
pub(super) const STOLEN: &str = "4000 0000 0000 9979";
pub(super) const ASKING: &str = "4000 0000 0000 3220";
pub(super) const SLOW: &str = "4000 0000 0000 0077";

/// A desk at noon of a day in Paris.
#[derive(Clone)]
pub(super) struct Club {
    pub desk: Desk,
    pub ana: CustomerId,
}

pub(super) fn noon(day: Date) -> Micros {
    Zone::named("Europe/Paris").unwrap().at(day.at(12, 0, 0, 0))
}

impl Club {
    /// On 31 January 2027.
    pub fn new(db: &Db) -> Self {
        let desk = Desk::new(db).at(noon(date(2027, 1, 31)));
        let shop = desk.f.shop.clone();
        desk.write(move |tx, ctx| accounts::add_test(tx, ctx, &shop)).unwrap();
        let ana = desk.customer("ana@example.es");
        Self { desk, ana }
    }

    pub fn on(&self, day: Date) -> Self {
        Self { desk: self.desk.at(noon(day)), ..self.clone() }
    }

    /// Keeps a test card.
    pub fn card(&self, number: &str) -> MethodId {
        let play = ::providers::test::play(number).unwrap();
        let card =
            MethodInput { brand: play.brand.into(), last4: play.last4, fingerprint: play.fingerprint, ..MethodInput::of(MethodKind::Card) };
        let ana = self.ana.clone();
        self.desk.write(move |tx, ctx| methods::attach(tx, ctx, &ana, "test", &card)).unwrap()
    }

    pub fn input(&self, method: Option<MethodId>) -> StartInput {
        StartInput {
            shop: Some(self.desk.f.shop.clone()),
            name: "Roastery Club".into(),
            amount: Some(1900),
            cycle: Some((1, Unit::Month)),
            method,
            ..StartInput::of(self.ana.clone())
        }
    }

    pub fn start(&self, input: StartInput) -> SubscriptionId {
        self.desk.write(move |tx, ctx| start(tx, ctx, &input)).unwrap()
    }

    /// Does what is due now; gives how many steps there were.
    pub fn pass(&self) -> usize {
        renew::work(&self.desk.f.db, &FixedClock(self.desk.now()), &self.desk.ctx.ids, &|| false).unwrap()
    }

    /// Each day from the day behind this one to `last`.
    pub fn days_to(&self, last: Date) -> Self {
        let zone = Zone::named("Europe/Paris").unwrap();
        let mut day = zone.date(self.desk.now());
        while day < last {
            day = day.tomorrow().unwrap();
            self.on(day).pass();
        }
        self.on(last)
    }

    pub fn act<T: Send + 'static>(
        &self,
        id: &SubscriptionId,
        f: impl Fn(&mut Tx, &Ctx, &SubscriptionId) -> Result<T> + Send + Sync + 'static,
    ) -> Result<T> {
        let id = id.clone();
        self.desk.write(move |tx, ctx| f(tx, ctx, &id))
    }

    pub fn course(&self, id: &SubscriptionId) -> Course {
        let id = id.clone();
        self.desk.read(move |tx, ctx| course(tx, ctx, &id)).unwrap()
    }

    pub fn status(&self, id: &SubscriptionId) -> SubscriptionStatus {
        self.course(id).subscription.status_at(self.desk.now())
    }

    /// The day of the next payment.
    pub fn next(&self, id: &SubscriptionId) -> String {
        let zone = Zone::named("Europe/Paris").unwrap();
        self.course(id).subscription.next_payment_at.map_or_else(|| "never".to_owned(), |at| zone.date(at).to_string())
    }

    /// Day, state and tries of each period, oldest first.
    pub fn periods(&self, id: &SubscriptionId) -> Vec<(String, PeriodState, i64)> {
        let id = id.clone();
        let all = self.desk.read(move |tx, ctx| periods(tx, ctx, &id, None, 500)).unwrap();
        all.into_iter().rev().map(|(p, _)| (p.due().to_string(), p.state, p.attempts)).collect()
    }

    /// Day and status of each payment of a subscription, oldest first.
    pub fn payments(&self, id: &SubscriptionId) -> Vec<(String, PaymentStatus)> {
        static ALL: Stmt =
            Stmt::new("all", "SELECT paid_at, status FROM payments WHERE merchant_id = $1 AND subscription_id = $2 ORDER BY paid_at, id");
        let (id, zone) = (id.clone(), Zone::named("Europe/Paris").unwrap());
        let all =
            self.desk.read(move |tx, ctx| Ok(tx.rows(&ALL, &[&ctx.merchant, &id], |r| Ok((r.get::<Micros>(0)?, r.get(1)?)))?)).unwrap();
        all.into_iter().map(|(at, status)| (zone.date(at).to_string(), status)).collect()
    }
}
