//! Whatever happens in whatever order: what is kept is what the facts give, and no refund exceeds what came (SPEC 4.3, 5.4).

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use store::testing::TestDb;

use crate::affiliates::{self, AffiliateInput, Terms};
use crate::credit::{self, CreditRefund, GrantInput};
use crate::customers::{self, HowToCancel};
use crate::kit::{AffiliateId, AsOf, Currency, CustomerId, DAY, Error, PaymentId, SubscriptionId, Zone};
use crate::orders::desk::{Desk, by_card, card, eur};
use crate::orders::{self, Checkout, CheckoutPayment};
use crate::payments::disputes::{self, DisputeInput, DisputeStatus};
use crate::payments::refunds::{self, RefundInput, RefundStatus, RefundTold, refund};
use crate::payments::{self, MethodInput, Outcome, PaymentInput, PaymentStatus, guests, methods};
use crate::subscriptions::{self, SubscriptionStatus};

/// One thing that happens; numbers choose among what is there.
#[derive(Clone, Debug)]
enum Step {
    Pay {
        who: usize,
        amount: i64,
        days_ago: i64,
        usd: bool,
        live: bool,
    },
    Charge {
        who: usize,
        card: u8,
        failure: usize,
    },
    Guest {
        card: u8,
        email: usize,
        amount: i64,
    },
    CheckOut {
        who: usize,
        order: u8,
        paid: bool,
        quantity: i64,
    },
    Cancel {
        order: usize,
    },
    Refund {
        payment: usize,
        amount: i64,
    },
    Grant {
        who: usize,
        amount: i64,
        back: bool,
    },
    RefundAsCredit {
        payment: usize,
        amount: i64,
    },
    SpendCredit {
        who: usize,
        order: u8,
        amount: i64,
        cancelled: bool,
    },
    Commission {
        payment: usize,
        amount: Option<i64>,
        off: bool,
    },
    PayOut,
    Dispute {
        payment: usize,
        amount: i64,
        status: usize,
    },
    CloseDispute {
        dispute: usize,
        won: bool,
    },
    /// A provider tells of a payment by its id, whether or not the shop has.
    Told {
        which: u8,
        amount: i64,
    },
    /// The shop tells of an order that this payment pays.
    Sold {
        who: usize,
        which: u8,
        amount: i64,
    },
    /// A provider tells of a refund, of the sum of them, or of a dispute.
    TellRefund {
        payment: usize,
        which: u8,
        amount: i64,
        status: usize,
    },
    TellTotal {
        payment: usize,
        amount: i64,
    },
    TellDispute {
        payment: usize,
        amount: i64,
        status: usize,
    },
    Bounce {
        payment: usize,
    },
    Attach {
        payment: usize,
        who: usize,
    },
    Undo {
        payment: usize,
    },
    Subscribe {
        who: usize,
        status: usize,
        ends_in: Option<i64>,
    },
    EndSubscription {
        which: usize,
        now: bool,
    },
    Detach {
        who: usize,
    },
    Choose {
        who: usize,
    },
    Archive {
        who: usize,
        archived: bool,
    },
    Rate {
        days_ago: i64,
        cents: u32,
    },
    Wait {
        days: i64,
    },
    Sweep,
}

fn step() -> impl Strategy<Value = Step> {
    let who = 0..3_usize;
    let amount = 1..5_000_i64;
    prop_oneof![
        4 => (who.clone(), amount.clone(), 0..200_i64, any::<bool>(), prop::bool::weighted(0.9))
            .prop_map(|(who, amount, days_ago, usd, live)| Step::Pay { who, amount, days_ago, usd, live }),
        2 => (who.clone(), 0..4_u8, 0..4_usize).prop_map(|(who, card, failure)| Step::Charge { who, card, failure }),
        3 => (0..4_u8, 0..4_usize, amount.clone()).prop_map(|(card, email, amount)| Step::Guest { card, email, amount }),
        3 => (who.clone(), 0..8_u8, any::<bool>(), 1..4_i64).prop_map(|(who, order, paid, quantity)| Step::CheckOut { who, order, paid, quantity }),
        1 => (0..20_usize).prop_map(|order| Step::Cancel { order }),
        3 => (0..20_usize, amount.clone()).prop_map(|(payment, amount)| Step::Refund { payment, amount }),
        2 => (who.clone(), amount.clone(), any::<bool>()).prop_map(|(who, amount, back)| Step::Grant { who, amount, back }),
        2 => (0..20_usize, amount.clone()).prop_map(|(payment, amount)| Step::RefundAsCredit { payment, amount }),
        3 => (who.clone(), 0..8_u8, amount.clone(), prop::bool::weighted(0.2))
            .prop_map(|(who, order, amount, cancelled)| Step::SpendCredit { who, order, amount, cancelled }),
        2 => (0..20_usize, prop::option::of(amount.clone()), prop::bool::weighted(0.2))
            .prop_map(|(payment, amount, off)| Step::Commission { payment, amount, off }),
        1 => Just(Step::PayOut),
        2 => (0..20_usize, amount, 0..3_usize).prop_map(|(payment, amount, status)| Step::Dispute { payment, amount, status }),
        1 => (0..9_usize, any::<bool>()).prop_map(|(dispute, won)| Step::CloseDispute { dispute, won }),
        2 => (0..4_u8, 1..5_000_i64).prop_map(|(which, amount)| Step::Told { which, amount }),
        2 => (who.clone(), 0..4_u8, 1..5_000_i64).prop_map(|(who, which, amount)| Step::Sold { who, which, amount }),
        3 => (0..20_usize, 0..3_u8, 1..5_000_i64, 0..3_usize).prop_map(|(payment, which, amount, status)| Step::TellRefund { payment, which, amount, status }),
        1 => (0..20_usize, 1..5_000_i64).prop_map(|(payment, amount)| Step::TellTotal { payment, amount }),
        2 => (0..20_usize, 1..5_000_i64, 0..3_usize).prop_map(|(payment, amount, status)| Step::TellDispute { payment, amount, status }),
        1 => (0..20_usize).prop_map(|payment| Step::Bounce { payment }),
        2 => (0..20_usize, who.clone()).prop_map(|(payment, who)| Step::Attach { payment, who }),
        2 => (0..20_usize).prop_map(|payment| Step::Undo { payment }),
        2 => (who.clone(), 0..6_usize, prop::option::of(-50..50_i64)).prop_map(|(who, status, ends_in)| Step::Subscribe { who, status, ends_in }),
        1 => (0..9_usize, any::<bool>()).prop_map(|(which, now)| Step::EndSubscription { which, now }),
        1 => who.clone().prop_map(|who| Step::Detach { who }),
        1 => who.clone().prop_map(|who| Step::Choose { who }),
        1 => (who, any::<bool>()).prop_map(|(who, archived)| Step::Archive { who, archived }),
        1 => (0..40_i64, 80..130_u32).prop_map(|(days_ago, cents)| Step::Rate { days_ago, cents }),
        2 => (1..90_i64).prop_map(|days| Step::Wait { days }),
        1 => Just(Step::Sweep),
    ]
}

struct World {
    desk: Desk,
    customers: Vec<CustomerId>,
    payments: Vec<PaymentId>,
    orders: Vec<crate::kit::OrderId>,
    disputes: Vec<crate::kit::DisputeId>,
    subscriptions: Vec<SubscriptionId>,
    affiliate: AffiliateId,
    counter: usize,
}

impl World {
    fn new(db: &TestDb) -> Self {
        let desk = Desk::new(db);
        let customers = (0..3).map(|n| desk.customer(&email(n))).collect();
        let terms = AffiliateInput { name: "Blog".into(), code: "BLOG".into(), terms: Terms::Percent, rate: 750, currency: None };
        let affiliate = desk.write(move |tx, ctx| affiliates::create(tx, ctx, &terms)).unwrap().id;
        Self { desk, customers, payments: vec![], orders: vec![], disputes: vec![], subscriptions: vec![], affiliate, counter: 0 }
    }

    /// A provider may tell what became of it: the money is there, and is no store credit.
    fn is_told(&self, id: &PaymentId) -> bool {
        let id = id.clone();
        let row = self.desk.read(move |tx, ctx| payments::find(tx, ctx, &id)).unwrap();
        row.status == PaymentStatus::Settled && row.provider != credit::PROVIDER
    }

    /// Does it. A refusal is as good as an answer; a fault of ours is not.
    fn take(&mut self, step: Step) {
        match self.one(step.clone()) {
            Ok(()) | Err(Error::Conflict { .. } | Error::Invalid(_)) => {}
            Err(other) => panic!("{step:?}: {other:?}"),
        }
    }

    fn one(&mut self, step: Step) -> crate::Result<()> {
        let desk = self.desk.clone();
        let who = |n: usize| self.customers[n].clone();
        let pick = |n: usize| self.payments.get(n % self.payments.len().max(1)).cloned();
        match step {
            Step::Pay { who: n, amount, days_ago, usd, live } => {
                let currency = Currency::of(if usd { "USD" } else { "EUR" }).unwrap();
                let input = PaymentInput { currency, live, paid_at: desk.now() - days_ago * DAY, ..desk.payment(Some(&who(n)), amount) };
                self.payments.push(desk.put(input)?);
            }
            Step::Charge { who: n, card: c, failure } => {
                let failure = [None, Some("insufficient_funds"), Some("stolen_card"), Some("processing_error")][failure];
                self.payments.push(desk.charge(&who(n), card(&format!("000{c}")), failure));
            }
            Step::Guest { card: c, email: e, amount } => {
                self.counter += 1;
                let reference = format!("g{}", self.counter);
                let basket = Checkout {
                    guest: true,
                    payments: vec![by_card(&reference, amount, &format!("000{c}"))],
                    ..desk.basket(&reference, &email(e))
                };
                let done = desk.check_out(&basket)?;
                self.payments.extend(done.payments);
                self.orders.push(done.order);
            }
            Step::CheckOut { who: n, order, paid, quantity } => {
                let mut basket = desk.basket(&format!("o{order}"), &email(n));
                basket.lines[0].quantity = quantity.to_string();
                basket.shipping = quantity;
                if paid {
                    basket.payments.push(by_card(&format!("po{order}"), 1000, "0001"));
                }
                let done = desk.check_out(&basket)?;
                self.payments.extend(done.payments);
                self.orders.push(done.order);
            }
            Step::Cancel { order } => {
                let Some(id) = self.orders.get(order % self.orders.len().max(1)).cloned() else { return Ok(()) };
                desk.write(move |tx, ctx| orders::cancel(tx, ctx, &id))?;
            }
            Step::Refund { payment, amount } => {
                let Some(id) = pick(payment) else { return Ok(()) };
                let input = RefundInput::of(id, amount, "");
                desk.write(move |tx, ctx| refund(tx, ctx, &input))?;
            }
            Step::Grant { who: n, amount, back } => {
                let input = GrantInput { customer: who(n), currency: eur(), amount, reason: "x".into() };
                desk.write(move |tx, ctx| if back { credit::take_back(tx, ctx, &input) } else { credit::grant(tx, ctx, &input) })?;
            }
            Step::RefundAsCredit { payment, amount } => {
                let Some(payment) = pick(payment) else { return Ok(()) };
                let input = CreditRefund { payment, amount, reason: String::new() };
                desk.write(move |tx, ctx| credit::refund_as_credit(tx, ctx, &input))?;
            }
            Step::SpendCredit { who: n, order, amount, cancelled } => {
                let by_credit =
                    CheckoutPayment { provider: credit::PROVIDER.into(), provider_ref: None, method: None, ..by_card("", amount, "") };
                let mut basket = Checkout { payments: vec![by_credit], ..desk.basket(&format!("c{order}"), &email(n)) };
                basket.affiliate = "blog".into();
                basket.state = if cancelled { orders::State::Cancelled } else { orders::State::Open };
                let done = desk.check_out(&basket)?;
                self.payments.extend(done.payments);
                self.orders.push(done.order);
            }
            Step::Commission { payment, amount, off } => {
                let Some(id) = pick(payment) else { return Ok(()) };
                let change = affiliates::Change { affiliate: (!off).then(|| self.affiliate.clone()), amount };
                desk.write(move |tx, ctx| affiliates::set(tx, ctx, &id, &change))?;
            }
            Step::PayOut => {
                let (affiliate, period) = (self.affiliate.clone(), affiliates::Period::ALL);
                let input = affiliates::PayoutInput { affiliate, currency: eur(), period, expected: None, note: String::new() };
                desk.write(move |tx, ctx| affiliates::pay_out(tx, ctx, &input))?;
            }
            Step::Dispute { payment, amount, status } => {
                let Some(id) = pick(payment) else { return Ok(()) };
                let status = [DisputeStatus::Open, DisputeStatus::Won, DisputeStatus::Lost][status];
                let input = DisputeInput {
                    payment: id,
                    amount,
                    reason: String::new(),
                    provider_ref: None,
                    status,
                    opened_at: desk.now(),
                    due_at: None,
                    closed_at: None,
                };
                let made = desk.write(move |tx, ctx| disputes::put(tx, ctx, &input))?;
                self.disputes.push(made);
            }
            Step::CloseDispute { dispute, won } => {
                let Some(id) = self.disputes.get(dispute % self.disputes.len().max(1)).cloned() else { return Ok(()) };
                desk.write(move |tx, ctx| disputes::close(tx, ctx, &id, won))?;
            }
            Step::Told { which, amount } => {
                let input = PaymentInput { provider_ref: Some(format!("t{which}")), ..desk.payment(None, amount) };
                self.payments.push(desk.write(move |tx, ctx| payments::tell(tx, ctx, &input, None))?);
            }
            Step::Sold { who: n, which, amount } => {
                let payments = vec![by_card(&format!("t{which}"), amount, "0001")];
                let done =
                    desk.check_out(&Checkout { affiliate: "blog".into(), payments, ..desk.basket(&format!("s{which}"), &email(n)) })?;
                self.payments.extend(done.payments);
                self.orders.push(done.order);
            }
            Step::TellRefund { payment, which, amount, status } => {
                let Some(payment) = pick(payment).filter(|id| self.is_told(id)) else { return Ok(()) };
                let told = RefundTold {
                    payment,
                    provider_ref: format!("re{which}"),
                    ours: None,
                    amount,
                    status: RefundStatus::ALL[status],
                    reason: String::new(),
                    failure: String::new(),
                    at: desk.now(),
                };
                desk.write(move |tx, ctx| refunds::tell(tx, ctx, &told))?;
            }
            Step::TellTotal { payment, amount } => {
                let Some(id) = pick(payment).filter(|id| self.is_told(id)) else { return Ok(()) };
                desk.write(move |tx, ctx| refunds::tell_total(tx, ctx, &id, amount))?;
            }
            Step::TellDispute { payment, amount, status } => {
                let Some(payment) = pick(payment).filter(|id| self.is_told(id)) else { return Ok(()) };
                let status = DisputeStatus::ALL[status];
                let provider_ref = Some(format!("dp_{payment}"));
                let (reason, closed_at) = (String::new(), (status != DisputeStatus::Open).then(|| desk.now()));
                let input = DisputeInput { payment, amount, reason, provider_ref, status, opened_at: desk.now(), due_at: None, closed_at };
                desk.write(move |tx, ctx| disputes::tell(tx, ctx, &input, true))?;
            }
            Step::Bounce { payment } => {
                let Some(id) = pick(payment) else { return Ok(()) };
                desk.write(move |tx, ctx| payments::bounce(tx, ctx, &id, ""))?;
            }
            Step::Attach { payment, who: n } => {
                let (Some(id), c) = (pick(payment), who(n)) else { return Ok(()) };
                desk.write(move |tx, ctx| guests::attach(tx, ctx, &id, &c))?;
            }
            Step::Undo { payment } => {
                let Some(id) = pick(payment) else { return Ok(()) };
                desk.write(move |tx, ctx| guests::undo_attach(tx, ctx, &id))?;
            }
            Step::Subscribe { who: n, status, ends_in } => {
                let input = desk.subscription(&who(n), SubscriptionStatus::ALL[status], ends_in.map(|d| desk.now() + d * DAY));
                let made = desk.write(move |tx, ctx| subscriptions::put(tx, ctx, &input))?;
                self.subscriptions.push(made);
            }
            Step::EndSubscription { which, now } => {
                let Some(id) = self.subscriptions.get(which % self.subscriptions.len().max(1)).cloned() else { return Ok(()) };
                desk.write(move |tx, ctx| {
                    if now {
                        subscriptions::cancel_now(tx, ctx, &id)
                    } else {
                        subscriptions::cancel_at_period_end(tx, ctx, &id).map(|_| ())
                    }
                })?;
            }
            Step::Detach { who: n } | Step::Choose { who: n } => {
                let choose = matches!(step, Step::Choose { .. });
                let c = who(n);
                desk.write(move |tx, ctx| match methods::of_customer(tx, ctx, &c)?.last() {
                    Some(m) if choose => methods::choose(tx, ctx, &m.id),
                    Some(m) => methods::detach(tx, ctx, &m.id),
                    None => {
                        let id = methods::attach(tx, ctx, &c, "stripe", &MethodInput { expires_year: Some(2026), ..card("0009") })?;
                        methods::set_outcome(tx, ctx, &id, Outcome::Insufficient)
                    }
                })?;
            }
            Step::Archive { who: n, archived } => {
                let c = who(n);
                desk.write(move |tx, ctx| {
                    if archived { customers::archive(tx, ctx, &c, Some(HowToCancel::PeriodEnd)) } else { customers::unarchive(tx, ctx, &c) }
                })?;
            }
            Step::Rate { days_ago, cents } => {
                let zone = crate::kit::Zone::named("Europe/Paris").unwrap();
                let date = zone.date(desk.now() - days_ago * DAY);
                let rate = format!("{}.{:02}", cents / 100, cents % 100);
                desk.write(move |tx, ctx| crate::rates::put_rate(tx, ctx, Currency::of("USD").unwrap(), date, &rate))?;
            }
            Step::Wait { days } => self.desk = self.desk.days(days),
            Step::Sweep => {
                desk.write(|tx, ctx| customers::facts::sweep(tx, ctx, 10))?;
            }
        }
        Ok(())
    }
}

fn email(n: usize) -> String {
    format!("c{n}@example.com")
}

/// Random stories on this engine, each in a merchant of its own database.
fn stories(engine: store::Engine, cases: u32) {
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, max_shrink_iters: 60, ..Config::default() });
    let story = prop::collection::vec(step(), 1..40);
    runner
        .run(&story, |steps| {
            let db = store::testing::fresh(engine, crate::migrations());
            let mut world = World::new(&db);
            for (i, step) in steps.into_iter().enumerate() {
                world.take(step);
                if i % 8 == 7 {
                    prop_assert_eq!(world.desk.differences(), vec![]);
                }
            }
            prop_assert_eq!(world.desk.differences(), vec![]);
            prop_assert_eq!(world.desk.days(45).differences(), vec![]);
            Ok(())
        })
        .unwrap();
}

#[test]
fn any_story_is_verified_on_sqlite() {
    stories(store::Engine::Sqlite, 40);
}

#[test]
fn any_story_is_verified_on_postgres() {
    stories(store::Engine::Postgres, 10);
}

store::db_test! {
    crate::migrations();

    fn what_somebody_changed_by_hand_is_found(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let payment = desk.pay(&ana, 1000);
        desk.verified();
        static CUSTOMER: store::Stmt = store::Stmt::new("c", "UPDATE customers SET lifetime = lifetime + 1, status = 7 WHERE merchant_id = $1 AND id = $2");
        static PAYMENT: store::Stmt = store::Stmt::new("p", "UPDATE payments SET refund_pending = 5 WHERE merchant_id = $1 AND id = $2");
        static TOTALS: store::Stmt = store::Stmt::new("t", "DELETE FROM customer_totals WHERE merchant_id = $1 AND customer_id = $2");
        desk.write(move |tx, ctx| {
            tx.exec(&CUSTOMER, &[&ctx.merchant, &ana])?;
            tx.exec(&TOTALS, &[&ctx.merchant, &ana])?;
            Ok(tx.exec(&PAYMENT, &[&ctx.merchant, &payment])?)
        }).unwrap();
        let found: Vec<String> = desk.differences().into_iter().map(|d| d.what).collect();
        assert_eq!(found, ["status", "lifetime", "totals", "refund_pending"]);
        let mut told = 0;
        let sum = crate::verify::run(&desk.f.db, AsOf::EndOf(Zone::utc().date(desk.now())), |_| told += 1).unwrap();
        assert_eq!((sum.customers, sum.payments, sum.differences, told), (1, 1, 4, 4));
    }

    fn more_customers_than_a_slice_are_all_looked_at(db) {
        let desk = Desk::new(db);
        let all: Vec<customers::NewCustomer> = (0..2500).map(|n| customers::NewCustomer { email: format!("c{n}@x.example"), ..Default::default() }).collect();
        desk.write(move |tx, ctx| {
            let settings = crate::merchants::settings(tx, ctx)?;
            let ready = all.iter().map(|n| customers::ready(n.clone(), customers::Rules::Import, &settings, ctx.now)).collect::<crate::Result<Vec<_>>>()?;
            customers::create_many(tx, ctx, &ready)
        }).unwrap();
        let last = desk.customer("last@x.example");
        desk.put(PaymentInput { status: PaymentStatus::Settled, ..desk.payment(Some(&last), 5) }).unwrap();
        let mut found = Vec::new();
        let sum = crate::verify::merchant_of(&desk.f.db, &desk.ctx, &mut |d| found.push(d.clone())).unwrap();
        assert_eq!((sum.customers, sum.payments, found), (2501, 1, vec![]));
    }
}
