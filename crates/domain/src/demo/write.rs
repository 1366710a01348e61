//! Writes stories through the verbs: customer by customer, each at its own moments and with ids of its own row, so that a slice that runs
//! again makes the same.

use store::{Db, Tx};

use super::goods;
use super::story::{self, Card, Ending, Story};
use super::{House, Plan, house};
use crate::affiliates::{self, PayoutInput, Period};
use crate::blocks::{self, BlockInput, Target};
use crate::credit::{self, CreditRefund, GrantInput};
use crate::customers::{self, NewCustomer, Rules};
use crate::kit::{Ctx, Currency, CustomerId, DAY, Error, IdSource, Micros, PaymentId, Result};
use crate::orders::{self, Buyer, Checkout, CheckoutPayment, State};
use crate::payments::disputes::{self, DisputeInput, DisputeStatus};
use crate::payments::refunds::{self, RefundInput};
use crate::payments::{MethodInput, MethodKind, PaymentStatus};
use crate::subscriptions::{self, SubscriptionInput, SubscriptionStatus, Unit};

/// How many customers one slice writes.
const SLICE: usize = 200;

/// Writes all customers; `progress` hears how many are done.
///
/// # Errors
/// What the verbs refuse (a fault of the story) or the database says.
pub fn fill(db: &Db, house: &House, plan: &Plan, mut progress: impl FnMut(usize)) -> Result<()> {
    let mut done = 0;
    while done < plan.customers {
        let end = (done + SLICE).min(plan.customers);
        let (house, plan, range) = (house.clone(), *plan, done..end);
        db.write_slice_now::<_, Error>(move |tx| range.clone().try_for_each(|n| Writer::new(&house, &plan, n).write(tx)))?;
        done = end;
        progress(done);
    }
    Ok(())
}

struct Writer<'a> {
    house: &'a House,
    plan: &'a Plan,
    ctx: Ctx,
    story: Story,
    /// Orders so far: two may fall on one second.
    orders: usize,
}

impl<'a> Writer<'a> {
    fn new(house: &'a House, plan: &'a Plan, n: usize) -> Self {
        let ids = IdSource::seeded(plan.seed.wrapping_mul(1_000_003).wrapping_add(n as u64 + 10));
        Self { house, plan, ctx: Ctx { ids, ..house.ctx.clone() }, story: story::throw(plan, n), orders: 0 }
    }

    fn write(mut self, tx: &mut Tx) -> Result<()> {
        tx.next_verb();
        let customer = self.create(tx)?;
        let mut last = None;
        let bought = std::mem::take(&mut self.story.bought);
        for at in &bought {
            tx.next_verb();
            last = Some(self.buy(tx, &customer, *at)?);
        }
        if matches!(self.story.ending, Ending::Subscriber | Ending::Churned) {
            self.subscribe(tx, &customer)?;
        }
        if self.story.ending == Ending::Prospect {
            self.hesitate(tx, &customer)?;
        }
        if let (Some((payment, amount)), Some(at)) = (last, bought.last()) {
            self.trouble(tx, &payment, amount, *at)?;
            if self.story.n % 29 == 4 {
                self.treat(tx, &customer, *at)?;
            }
        }
        if matches!(self.story.card, Card::Insufficient | Card::Invalid) {
            self.fail(tx, &customer)?;
        }
        self.leave(tx, &customer)
    }

    fn create(&mut self, tx: &mut Tx) -> Result<CustomerId> {
        let london = self.story.london;
        let Story { person, company, dice, .. } = &mut self.story;
        let wholesale = company.is_some();
        let mut tags = Vec::new();
        for (percent, tag) in [(7, "newsletter"), (4, "press"), (3, "priority"), (6, "market stall")] {
            if dice.chance(percent) {
                tags.push(tag.to_owned());
            }
        }
        let note = dice.chance(5).then(|| {
            (*dice.pick(&[
                "Wants invoices by the 3rd of the month.",
                "Prefers lighter roasts.",
                "Call before delivery.",
                "Met at the market in spring.",
            ]))
            .to_owned()
        });
        let new = NewCustomer {
            first_name: person.first.clone(),
            last_name: person.last.clone(),
            email: person.email.clone(),
            phone: if dice.chance(70) { person.phone.clone() } else { String::new() },
            language: person.language.to_owned(),
            company: company.unwrap_or_default().to_owned(),
            vat_number: if wholesale { format!("{}{}", person.address.country, dice.from(10_000_000, 99_999_999)) } else { String::new() },
            billing: if dice.chance(88) { person.address.clone() } else { Default::default() },
            shop: Some(self.house.shops[usize::from(london)].clone()),
            group: if wholesale { Some(self.house.groups[1].clone()) } else { dice.chance(55).then(|| self.house.groups[0].clone()) },
            tags,
            note,
            marketing: dice.chance(45),
            ..NewCustomer::default()
        };
        customers::create(tx, &self.ctx.at(self.story.came), new, Rules::Import).map(|c| c.id)
    }

    fn currency(&self) -> Currency {
        self.house.currencies[usize::from(self.story.london)]
    }

    fn checkout(&mut self, customer: &CustomerId, at: Micros, mark: &str) -> Checkout {
        let lines = goods::basket(&mut self.story.dice, self.story.company.is_some());
        let person = &self.story.person;
        self.orders += 1;
        Checkout {
            shop: self.house.shops[usize::from(self.story.london)].clone(),
            external_id: format!("{}-{}-{mark}", self.story.n + 1, self.orders),
            buyer: Buyer {
                customer: Some(customer.clone()),
                email: person.email.clone(),
                name: format!("{} {}", person.first, person.last),
                phone: person.phone.clone(),
                company: self.story.company.unwrap_or_default().to_owned(),
                billing: person.address.clone(),
                ..Buyer::default()
            },
            guest: false,
            currency: self.currency(),
            state: State::Open,
            abandoned: false,
            lines,
            discount: 0,
            shipping: if self.story.dice.chance(60) { 490 } else { 0 },
            tax: 0,
            note: String::new(),
            ordered_at: Some(at),
            payments: Vec::new(),
            affiliate: if self.story.n % 11 == 5 { house::PARTNERS[self.story.n % 3].to_owned() } else { String::new() },
        }
    }

    /// The amount a checkout comes to.
    fn total(order: &Checkout) -> Result<i64> {
        let mut problems = crate::kit::Problems::default();
        let extras = orders::Extras { discount: order.discount, shipping: order.shipping, tax: order.tax };
        let (_, total) = orders::total(&order.lines, extras, order.currency, &mut problems);
        problems.check().map(|()| total)
    }

    fn method(&mut self) -> (MethodInput, &'static str) {
        let n = self.story.n as i64;
        let kind = match self.story.card {
            Card::Manual | Card::None => {
                return (
                    MethodInput::of(
                        *[MethodKind::Transfer, MethodKind::Cash, MethodKind::Cheque].get(self.story.n % 3).unwrap_or(&MethodKind::Cash),
                    ),
                    "manual",
                );
            }
            Card::Fine if n % 9 == 0 => MethodKind::Wallet,
            Card::Fine if n % 11 == 0 => MethodKind::BankDebit,
            _ => MethodKind::Card,
        };
        let provider = if kind == MethodKind::Wallet { "paypal" } else { "stripe" };
        let mut method =
            MethodInput { provider_ref: Some(format!("pm_demo_{n}")), fingerprint: format!("fp_demo_{n}"), ..MethodInput::of(kind) };
        if kind != MethodKind::Wallet {
            method.last4 = format!("{:04}", 1000 + n * 37 % 9000);
        }
        if kind == MethodKind::Card {
            let today = crate::kit::Zone::utc().date(self.plan.now);
            let (year, month) = (i64::from(today.year()), i64::from(today.month()));
            let ahead = match self.story.card {
                Card::Soon => 0,
                Card::Expired => -(1 + n % 14),
                _ => 3 + n % 40,
            };
            let months = year * 12 + month - 1 + ahead;
            method.brand = (*["visa", "mastercard", "amex", "visa"].get(self.story.n % 4).unwrap_or(&"visa")).to_owned();
            method.expires_year = Some(months / 12);
            method.expires_month = Some(months % 12 + 1);
        }
        (method, provider)
    }

    fn payment(&mut self, amount: i64, at: Micros, status: PaymentStatus, mark: &str) -> CheckoutPayment {
        let (method, provider) = self.method();
        CheckoutPayment {
            provider: provider.to_owned(),
            provider_ref: Some(format!("demo_{}_{}{mark}", self.story.n, self.orders)),
            status,
            amount,
            method: Some(method),
            paid_at: Some(at),
            live: true,
            failure_code: String::new(),
            failure_message: String::new(),
        }
    }

    /// Buys and pays; older orders were sent.
    fn buy(&mut self, tx: &mut Tx, customer: &CustomerId, at: Micros) -> Result<(PaymentId, i64)> {
        let mut order = self.checkout(customer, at, "b");
        let amount = Self::total(&order)?;
        order.state = if self.plan.now - at > 4 * DAY { State::Closed } else { State::Paid };
        order.payments = vec![self.payment(amount, at, PaymentStatus::Settled, "")];
        let done = orders::checkout(tx, &self.ctx.at(at), &order)?;
        let payment = done.payments.first().cloned().ok_or_else(|| Error::Internal("a demo order without its payment".into()))?;
        Ok((payment, amount))
    }

    /// Some come back with a part of it, some go to the bank.
    fn trouble(&mut self, tx: &mut Tx, payment: &PaymentId, amount: i64, at: Micros) -> Result<()> {
        tx.next_verb();
        let (now, dice) = (self.plan.now, &mut self.story.dice);
        let later = (at + dice.from(2, 12) * DAY).min(now - 10_000_000);
        if dice.chance(6) {
            let part = if dice.chance(50) { amount } else { amount / 3 + 1 };
            let reason = *dice.pick(&["one bag damaged", "late delivery", "wrong grind", "changed their mind"]);
            if self.story.n.is_multiple_of(3) {
                let input = CreditRefund { payment: payment.clone(), amount: part, reason: reason.into() };
                credit::refund_as_credit(tx, &self.ctx.at(later), &input)?;
            } else {
                refunds::refund(tx, &self.ctx.at(later), &RefundInput::of(payment.clone(), part, reason))?;
            }
        } else if dice.chance(2) && !matches!(self.story.card, Card::Manual | Card::None) {
            let fresh = now - at < 40 * DAY;
            let status = if fresh { DisputeStatus::Open } else { *dice.pick(&[DisputeStatus::Won, DisputeStatus::Lost]) };
            let due = later + 14 * DAY;
            let dispute = DisputeInput {
                payment: payment.clone(),
                amount,
                reason: (*dice.pick(&["fraudulent", "product_not_received", "duplicate"])).to_owned(),
                provider_ref: Some(format!("dp_demo_{}", self.story.n)),
                status,
                opened_at: later,
                due_at: Some(if fresh { due.max(now + 2 * DAY) } else { due }),
                closed_at: (!fresh).then_some((due + DAY).min(now - 5_000_000)),
            };
            disputes::put(tx, &self.ctx.at((due + DAY).min(now)), &dispute)?;
        }
        Ok(())
    }

    /// Given some credit, and every other of them has spent it.
    fn treat(&mut self, tx: &mut Tx, customer: &CustomerId, at: Micros) -> Result<()> {
        tx.next_verb();
        let reason = ["sorry for the late parcel", "brought a friend", "birthday"][self.story.n % 3].to_owned();
        let gift = GrantInput { customer: customer.clone(), currency: self.currency(), amount: 1500, reason };
        credit::grant(tx, &self.ctx.at(at), &gift)?;
        if self.story.n.is_multiple_of(2) {
            tx.next_verb();
            let mut order = self.checkout(customer, at, "c");
            let amount = Self::total(&order)?;
            let mut by_credit = self.payment(amount.min(gift.amount), at, PaymentStatus::Settled, "c");
            (by_credit.provider, by_credit.provider_ref, by_credit.method) = (credit::PROVIDER.to_owned(), None, None);
            order.payments = vec![by_credit];
            if amount > gift.amount {
                order.payments.push(self.payment(amount - gift.amount, at, PaymentStatus::Settled, "r"));
            }
            orders::checkout(tx, &self.ctx.at(at), &order)?;
        }
        Ok(())
    }

    fn subscribe(&mut self, tx: &mut Tx, customer: &CustomerId) -> Result<()> {
        tx.next_verb();
        let now = self.plan.now;
        let (name, cents, months) = *self.story.dice.pick(&goods::PLANS);
        let live = self.story.ending == Ending::Subscriber;
        let age = (now - self.story.came) / DAY;
        let started = self.story.came + self.story.dice.from(0, (age / 4).max(1)) * DAY + 3_600_000_000;
        let status = if live {
            *self.story.dice.weighed(&[
                (70, SubscriptionStatus::Active),
                (8, SubscriptionStatus::Trialing),
                (9, SubscriptionStatus::PastDue),
                (6, SubscriptionStatus::Paused),
                (7, SubscriptionStatus::Cancelled),
            ])
        } else {
            SubscriptionStatus::Ended
        };
        let ends_at = match status {
            SubscriptionStatus::Cancelled => Some(now + self.story.dice.from(2, 25) * DAY),
            SubscriptionStatus::Ended => Some((started + self.story.dice.from(30, 200) * DAY).min(now - 8 * DAY).max(started + DAY)),
            _ => None,
        };
        let next = matches!(status, SubscriptionStatus::Active | SubscriptionStatus::PastDue | SubscriptionStatus::Trialing)
            .then(|| now + self.story.dice.from(1, 28) * DAY);
        let (method, provider) = self.method();
        let manual = method.kind.is_manual();
        let method =
            if manual { None } else { Some(crate::payments::methods::attach(tx, &self.ctx.at(started), customer, provider, &method)?) };
        tx.next_verb();
        let input = SubscriptionInput {
            customer: customer.clone(),
            shop: self.house.shops[usize::from(self.story.london)].clone(),
            name: name.to_owned(),
            status,
            live: true,
            currency: self.currency(),
            amount: cents,
            cycle_count: months,
            cycle_unit: Unit::Month,
            provider: provider.to_owned(),
            provider_ref: Some(format!("sub_demo_{}", self.story.n)),
            method,
            started_at: started,
            trial_until: (status == SubscriptionStatus::Trialing).then(|| next.unwrap_or(now)),
            next_payment_at: next,
            ends_at,
            import_id: None,
        };
        let at = ends_at.filter(|e| *e < now).unwrap_or(started.max(self.story.came));
        subscriptions::put(tx, &self.ctx.at(at.min(now)), &input).map(|_| ())
    }

    /// Looks, fills a basket, does not pay.
    fn hesitate(&mut self, tx: &mut Tx, customer: &CustomerId) -> Result<()> {
        tx.next_verb();
        let at = (self.story.came + self.story.dice.from(1, 20) * DAY).min(self.plan.now - 3_600_000_000).max(self.story.came + 1_000_000);
        match self.story.dice.from(1, 10) {
            1..=3 => {
                let order = Checkout { abandoned: true, ..self.checkout(customer, at, "a") };
                orders::checkout(tx, &self.ctx.at(at), &order)?;
            }
            4 => {
                let order = self.checkout(customer, at, "o");
                orders::checkout(tx, &self.ctx.at(at), &order)?;
            }
            5 => {
                let order = Checkout { state: State::Draft, ..self.checkout(customer, at, "d") };
                orders::checkout(tx, &self.ctx.at(at), &order)?;
            }
            _ => {}
        }
        if self.story.card == Card::Fine {
            let (method, provider) = self.method();
            crate::payments::methods::attach(tx, &self.ctx.at(at), customer, provider, &method)?;
        }
        Ok(())
    }

    /// The last attempt did not go through.
    fn fail(&mut self, tx: &mut Tx, customer: &CustomerId) -> Result<()> {
        tx.next_verb();
        let days = self.story.dice.from(1, 20).min((self.plan.now - self.story.came) / DAY);
        let at = story::moment(&mut self.story.dice, self.plan.now, days).max(self.story.came + 120_000_000);
        let mut order = self.checkout(customer, at, "f");
        let amount = Self::total(&order)?;
        let (code, words) = match self.story.card {
            Card::Insufficient => ("insufficient_funds", "The card has insufficient funds."),
            _ => ("stolen_card", "The bank declined the card."),
        };
        order.payments = vec![CheckoutPayment {
            failure_code: code.to_owned(),
            failure_message: words.to_owned(),
            ..self.payment(amount, at, PaymentStatus::Failed, "f")
        }];
        orders::checkout(tx, &self.ctx.at(at), &order).map(|_| ())
    }

    fn leave(&mut self, tx: &mut Tx, customer: &CustomerId) -> Result<()> {
        tx.next_verb();
        let days = self.story.dice.from(0, 12);
        let at = self.ctx.at(story::moment(&mut self.story.dice, self.plan.now, days));
        match self.story.ending {
            Ending::Archived => customers::archive(tx, &at, customer, None).map(|_| ()),
            Ending::Deleted => customers::delete(tx, &at, customer).map(|_| ()),
            _ => customers::facts::refresh(tx, &self.ctx, std::slice::from_ref(customer), "time"),
        }
    }
}

/// What the shop does beside selling: last year's commissions are paid out, and one address checks out no more.
///
/// # Errors
/// As [`fill`].
pub fn business(db: &Db, house: &House) -> Result<()> {
    let house = house.clone();
    db.write_slice_now::<_, Error>(move |tx| {
        let ctx = &Ctx { ids: IdSource::seeded(4_711), ..house.ctx.clone() };
        let period = Period { from: i64::MIN, until: ctx.now - 45 * DAY };
        for affiliate in affiliates::list(tx, ctx)? {
            for total in affiliates::totals_of(tx, ctx, &affiliate.id, period)?.into_iter().filter(|t| t.due() > 0) {
                tx.next_verb();
                let (affiliate, currency, note) = (affiliate.id.clone(), total.currency, "SEPA transfer".to_owned());
                affiliates::pay_out(tx, ctx, &PayoutInput { affiliate, currency, period, expected: None, note })?;
            }
        }
        tx.next_verb();
        let target = Target::Email("quick.money@example.net".to_owned());
        blocks::block(tx, ctx, &BlockInput { target, reason: "four disputes in a week".to_owned() }).map(|_| ())
    })
}

/// Guest payments, among them the three cases of SPEC 2.8 and one that matches two customers.
///
/// # Errors
/// As [`fill`].
pub fn guests(db: &Db, house: &House, plan: &Plan) -> Result<()> {
    let (house, plan) = (house.clone(), *plan);
    db.write_slice_now::<_, Error>(move |tx| {
        for n in 0..(plan.customers / 25).max(4) {
            let mut writer = Writer::new(&house, &plan, plan.customers + n);
            let like = story::throw(&plan, (n * 7) % plan.customers.max(1));
            writer.guest(tx, n, &like)?;
        }
        Ok(())
    })
}

impl Writer<'_> {
    fn guest(&mut self, tx: &mut Tx, n: usize, like: &Story) -> Result<()> {
        tx.next_verb();
        self.story.card = Card::Fine;
        let at = story::moment(&mut self.story.dice, self.plan.now, 1 + n as i64 % 300);
        let nobody: CustomerId = self.ctx.id();
        let mut order = self.checkout(&nobody, at, "g");
        let amount = Self::total(&order)?;
        order.buyer.customer = None;
        order.guest = true;
        let mut payment = self.payment(amount, at, PaymentStatus::Settled, "g");
        if let Some(method) = &mut payment.method {
            *method = MethodInput {
                last4: format!("{:04}", 1117 + n),
                fingerprint: format!("fp_guest_{n}"),
                attach: false,
                provider_ref: None,
                ..method.clone()
            };
            method.kind = MethodKind::Card;
            match n % 4 {
                // The same card, another name.
                0 => method.fingerprint = format!("fp_demo_{}", like.n),
                // The same address, another card.
                1 => order.buyer.email = like.person.email.to_uppercase(),
                // The same phone, another card.
                2 => order.buyer.phone = like.person.phone.replace(' ', "-"),
                // The address of one and the card of another.
                _ => {
                    order.buyer.email.clone_from(&like.person.email);
                    method.fingerprint = format!("fp_demo_{}", (like.n + 1) % self.plan.customers.max(1));
                }
            }
        }
        payment.provider = "stripe".to_owned();
        order.payments = vec![payment];
        order.state = State::Closed;
        orders::checkout(tx, &self.ctx.at(at), &order).map(|_| ())
    }
}
