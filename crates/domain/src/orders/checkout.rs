//! A storefront's checkout in one call, and the same call for each order of a bulk synchronisation (SPEC 6.1, 3.4).
//!
//! The shop's own order id makes it idempotent: the same id again brings the order up to date, the same content again changes nothing.
//! Money that was taken is never refused: a paid order of an archived customer is recorded and flagged (SPEC 10.2).

use serde::{Deserialize, Serialize};
use store::Tx;

use super::paid::{self, AMOUNT_DIFFERS};
use super::put::{self, OrderInput};
use super::read::shop_currency;
use super::totals::Extras;
use super::{Line, State, gone, queries};
use crate::affiliates::{self, Brought};
use crate::customers::{self, NewCustomer, Rules, facts};
use crate::kit::{
    Address, AffiliateId, Ctx, Currency, CustomerId, Email, Error, Micros, OrderId, PaymentId, Problems, Result, Right, ShopId, clean,
    email_key, locks, phone_key,
};
use crate::merchants;
use crate::payments::{self, MethodInput, Payer, PaymentInput, PaymentStatus, must_exist};
use crate::{blocks, credit, providers};

/// One order as a storefront tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkout {
    /// Which shop.
    pub shop: ShopId,
    /// The shop's own order id.
    pub external_id: String,
    /// Who buys.
    pub buyer: Buyer,
    /// Stays a guest: no customer is made or found (SPEC 3.4).
    #[serde(default)]
    pub guest: bool,
    /// ISO 4217.
    pub currency: Currency,
    /// How far the order is.
    #[serde(default = "open")]
    pub state: State,
    /// Left in the basket.
    #[serde(default)]
    pub abandoned: bool,
    /// What is bought.
    #[serde(default)]
    pub lines: Vec<Line>,
    /// Minor units.
    #[serde(default)]
    pub discount: i64,
    /// Minor units.
    #[serde(default)]
    pub shipping: i64,
    /// Minor units.
    #[serde(default)]
    pub tax: i64,
    /// A remark.
    #[serde(default)]
    pub note: String,
    /// Microseconds UTC; absent: now.
    #[serde(default)]
    pub ordered_at: Option<Micros>,
    /// What was paid, or tried.
    #[serde(default)]
    pub payments: Vec<CheckoutPayment>,
    /// The code of the affiliate who brought the buyer.
    #[serde(default)]
    pub affiliate: String,
}

fn open() -> State {
    State::Open
}

/// Who buys.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Buyer {
    /// A customer the shop knows already.
    pub customer: Option<CustomerId>,
    /// E-mail address; needed unless the customer is named or stays a guest.
    pub email: String,
    /// Name.
    pub name: String,
    /// Phone in any format.
    pub phone: String,
    /// Organisation.
    pub company: String,
    /// VAT number.
    pub vat_number: String,
    /// Billing address.
    pub billing: Address,
    /// Delivery address; absent: the billing address.
    pub delivery: Option<Address>,
    /// BCP 47.
    pub language: String,
    /// Wants marketing.
    pub marketing: bool,
}

/// A payment within a checkout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckoutPayment {
    /// Who moved the money.
    pub provider: String,
    /// The provider's id.
    #[serde(default)]
    pub provider_ref: Option<String>,
    /// How far it came.
    #[serde(default = "settled")]
    pub status: PaymentStatus,
    /// Minor units of the order's currency.
    pub amount: i64,
    /// What it came by.
    #[serde(default)]
    pub method: Option<MethodInput>,
    /// Microseconds UTC; absent: when it was ordered.
    #[serde(default)]
    pub paid_at: Option<Micros>,
    /// Real money.
    #[serde(default = "yes")]
    pub live: bool,
    /// The provider's code of a failure.
    #[serde(default)]
    pub failure_code: String,
    /// The provider's words.
    #[serde(default)]
    pub failure_message: String,
}

fn settled() -> PaymentStatus {
    PaymentStatus::Settled
}

fn yes() -> bool {
    true
}

/// What became of a checkout.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CheckoutOutcome {
    /// The order.
    pub order: OrderId,
    /// Whose it is; nobody: a guest's.
    pub customer: Option<CustomerId>,
    /// Its payments, in the order given.
    pub payments: Vec<PaymentId>,
    /// The order was not there before.
    pub created: bool,
    /// Something of it is different now.
    pub changed: bool,
    /// The customer was not there before.
    pub customer_created: bool,
    /// Something to look at: `customer_inactive` when it was recorded for an archived customer, `customer_gone` without the name of one who was
    /// anonymised or deleted for good, `blocked` for a blocked buyer, `credit_missing` when its store credit did not suffice, `amount_differs`
    /// when a payment brought another amount than the shop says, `affiliate_unknown` when nobody who earns has its code.
    pub flag: &'static str,
    /// Who brought the buyer.
    pub affiliate: Option<AffiliateId>,
}

/// Takes it in.
///
/// # Errors
/// `Invalid` with everything that is wrong; `Conflict` (`customer_inactive`) for a new order of an archived customer that is not paid,
/// `customer_gone` for that of one who was erased, `blocked` for that of a blocked buyer, `credit_insufficient` for store credit that is not there.
pub fn checkout(tx: &mut Tx, ctx: &Ctx, input: &Checkout) -> Result<CheckoutOutcome> {
    ctx.must(Right::Orders)?;
    let settings = merchants::settings(tx, ctx)?;
    let country = phone_country(input, &settings.country);
    check_shop_and_buyer(tx, ctx, input)?;
    let known = put::by_external(tx, ctx, &input.shop, input.external_id.trim())?;
    let bare = gone::nameless(tx, ctx, input, known.as_ref())?;
    let input = bare.as_ref().unwrap_or(input);
    let (customer, customer_created) = match &known {
        Some(order) => (order.customer.clone(), false),
        None => find_or_create(tx, ctx, input)?,
    };
    let flag = match &customer {
        Some(customer) if known.is_none() => flag(tx, ctx, input, customer)?,
        _ => "",
    };
    let flag = if bare.is_some() && flag.is_empty() { gone::FLAG } else { flag };
    let flag = if known.is_none() { blocked(tx, ctx, (input, &country), customer.as_ref(), flag)? } else { flag };
    let mut order = order_input(ctx, input, customer.clone(), flag);
    let mut problems = Problems::default();
    let checked = put::check(ctx, &order, &mut problems);
    let mut payments: Vec<PaymentInput> = (0..input.payments.len()).map(|i| payment_input(ctx, input, i, &order)).collect();
    for (i, payment) in payments.iter().enumerate() {
        payments::check(ctx, payment, &format!("payments.{i}."), &mut problems);
    }
    credit::check(&payments, input.guest, &mut problems);
    problems.check()?;
    let late = input.took_money() || input.state == State::Cancelled;
    paid::weigh(tx, ctx, (&mut order, &mut payments), customer.as_ref(), late, checked.total)?;
    if known.is_none() {
        paid::settle(&mut order, &payments, checked.total);
    }
    let put = put::write(tx, ctx, &order, &checked, &country, known)?;
    let mut done = CheckoutOutcome {
        order: put.id.clone(),
        customer: put.customer.clone(),
        payments: Vec::new(),
        created: put.created,
        changed: put.changed,
        customer_created,
        flag: order.flag,
        affiliate: None,
    };
    bring(tx, ctx, input, &mut done)?;
    let credit = payments.iter().any(|p| p.provider == credit::PROVIDER);
    let mut tied = false;
    for payment in payments {
        let payment = PaymentInput { order: Some(put.id.clone()), customer: put.customer.clone(), ..payment };
        // Another amount than was known a moment ago is its provider's word, and nothing that the shop could mend.
        let put = match payment.provider.as_str() {
            credit::PROVIDER => payments::put_later(tx, ctx, &payment, &country)?,
            _ => payments::put_as_known(tx, ctx, &payment, &country)?,
        };
        credit::spend(tx, ctx, &payment, &put)?;
        affiliates::earn(tx, ctx, &payment, &put)?;
        done.changed |= !done.created && (put.created || put.changed || put.tied);
        tied |= put.tied;
        done.payments.push(put.id);
    }
    if bare.is_some() && !done.created && !done.changed {
        done.flag = "";
    }
    if credit && super::read::find(tx, ctx, &put.id)?.state == State::Cancelled {
        credit::returned_of_order(tx, ctx, &put.id)?;
    }
    if done.created || done.changed {
        if !done.created || tied {
            put::follow_payments(tx, ctx, &put.id)?;
        }
        facts::refresh_with(tx, ctx, &settings, put.customer.as_slice(), cause(input))?;
    }
    if done.flag == AMOUNT_DIFFERS && !done.created {
        tx.exec(&queries::SET_FLAG, &[&ctx.merchant, &done.order, &done.flag, &ctx.now])?;
    }
    if done.created {
        put::number(tx, ctx, &put.id)?;
        providers::order_came(tx, ctx, &input.shop, input.external_id.trim())?;
    }
    Ok(done)
}

/// Notes whose buyer it was, when the checkout says.
fn bring(tx: &mut Tx, ctx: &Ctx, input: &Checkout, done: &mut CheckoutOutcome) -> Result<()> {
    if input.affiliate.trim().is_empty() {
        return Ok(());
    }
    match affiliates::bring(tx, ctx, &done.order, done.customer.as_ref(), &input.affiliate, done.created)? {
        Brought::By(affiliate) => done.affiliate = Some(affiliate),
        Brought::Unknown if done.flag.is_empty() => done.flag = "affiliate_unknown",
        Brought::Unknown => {}
    }
    Ok(())
}

fn check_shop_and_buyer(tx: &mut Tx, ctx: &Ctx, input: &Checkout) -> Result<()> {
    let mut problems = Problems::default();
    if shop_currency(tx, ctx, &input.shop)?.is_none() {
        problems.add("shop", "unknown", "Use the id of one of your shops.");
    }
    if clean(&mut problems, "external_id", &input.external_id, 200).is_empty() {
        problems.add("external_id", "required", "Send the shop's own order id.");
    }
    let email = input.buyer.email.trim();
    let known = input.guest || input.buyer.customer.is_some();
    if email.is_empty() && !known {
        problems.add("buyer.email", "required", "Send the buyer's e-mail address, or mark the checkout as a guest's.");
    } else if !email.is_empty() && Email::parse(email).is_none() {
        problems.add("buyer.email", "invalid", "Send an address such as ana@example.com.");
    }
    if input.guest && input.buyer.customer.is_some() {
        problems.add("guest", "invalid", "A guest's checkout names no customer.");
    }
    clean(&mut problems, "affiliate", &input.affiliate, 100);
    if input.payments.len() > 50 {
        problems.add("payments", "too_long", "Use at most 50 payments.");
    }
    problems.check()
}

/// The buyer's customer, locked: named, found by e-mail, or made of the checkout's details (SPEC 3.4).
fn find_or_create(tx: &mut Tx, ctx: &Ctx, input: &Checkout) -> Result<(Option<CustomerId>, bool)> {
    if input.guest {
        return Ok((None, false));
    }
    let key = email_key(&input.buyer.email);
    let named = match &input.buyer.customer {
        Some(customer) => Some(customers::survivor(tx, ctx, customer)?),
        None => customers::find_by_email(tx, ctx, &key)?,
    };
    if let Some(customer) = named {
        locks::customers(tx, ctx, &[&customer])?;
        return Ok((Some(customer), false));
    }
    // Two first orders at the same moment make one customer: the second waits here for the first.
    let claim = format!("email:{key}");
    tx.exec(&queries::CLAIM, &[&ctx.merchant, &claim])?;
    let (customer, created) = match customers::find_by_email(tx, ctx, &key)? {
        Some(customer) => (customer, false),
        None => (make(tx, ctx, input)?, true),
    };
    tx.exec(&queries::UNCLAIM, &[&ctx.merchant, &claim])?;
    if !created {
        locks::customers(tx, ctx, &[&customer])?;
    }
    Ok((Some(customer), created))
}

/// Whoever may take orders may have their buyers made; the e-mail address was checked.
fn make(tx: &mut Tx, ctx: &Ctx, input: &Checkout) -> Result<CustomerId> {
    let buyer = &input.buyer;
    let new = NewCustomer {
        name: buyer.name.clone(),
        email: buyer.email.clone(),
        phone: buyer.phone.clone(),
        company: buyer.company.clone(),
        vat_number: buyer.vat_number.clone(),
        billing: buyer.billing.clone(),
        delivery: buyer.delivery.clone(),
        language: buyer.language.clone(),
        marketing: buyer.marketing,
        shop: Some(input.shop.clone()),
        created_at: Some(input.ordered_at.unwrap_or(ctx.now).min(ctx.now)),
        ..NewCustomer::default()
    };
    match customers::make(tx, ctx, new, Rules::Import) {
        Ok(created) => Ok(created.id),
        Err(Error::Invalid(mut problems)) => {
            problems.0.iter_mut().for_each(|p| p.field = format!("buyer.{}", p.field));
            Err(Error::Invalid(problems))
        }
        Err(other) => Err(other),
    }
}

/// Refuses a new order of an archived customer, unless money was taken: then it is flagged.
fn flag(tx: &mut Tx, ctx: &Ctx, input: &Checkout, customer: &CustomerId) -> Result<&'static str> {
    let standing = match must_exist(tx, ctx, customer) {
        Err(Error::NotFound(_)) => return Err(Problems::one("buyer.customer", "unknown", "There is no such customer.")),
        standing => standing?,
    };
    if standing.is_active() {
        return Ok("");
    }
    if input.took_money() {
        return Ok("customer_inactive");
    }
    standing.must_be_active().map(|()| "")
}

/// Refuses a new order of a blocked buyer, unless money was taken: then it is flagged. `country` is where a phone without `+` is from.
fn blocked(
    tx: &mut Tx,
    ctx: &Ctx,
    (input, country): (&Checkout, &str),
    customer: Option<&CustomerId>,
    flag: &'static str,
) -> Result<&'static str> {
    let cards = input.payments.iter().filter_map(|p| p.method.as_ref()).map(|m| m.fingerprint.as_str());
    match blocks::hit(tx, ctx, (&input.buyer.email, &phone_key(&input.buyer.phone, country)), customer, cards)? {
        None => Ok(flag),
        Some(_) if input.took_money() => Ok(if flag.is_empty() { blocks::FLAG } else { flag }),
        Some(kind) => Err(Error::conflict("blocked", kind.refusal())),
    }
}

impl Checkout {
    /// Was money taken already? Store credit is not: we take it ourselves, here and now.
    pub(super) fn took_money(&self) -> bool {
        let (credit, money): (Vec<_>, Vec<_>) = self.payments.iter().partition(|p| p.provider.trim() == credit::PROVIDER);
        let said = matches!(self.state, State::Paid | State::Fulfilled | State::Closed) && credit.is_empty();
        (said && !self.only_tests()) || money.iter().any(|p| p.brought_money())
    }

    /// Its payments are tests, every one: then its word that it is paid is one too.
    fn only_tests(&self) -> bool {
        !self.payments.is_empty() && self.payments.iter().all(|p| !p.is_live())
    }

    /// How far the order is; a test pays none.
    fn state(&self) -> State {
        if self.state == State::Paid && self.only_tests() { State::Open } else { self.state }
    }
}

impl CheckoutPayment {
    fn is_live(&self) -> bool {
        self.live && self.provider.trim() != "test"
    }

    fn brought_money(&self) -> bool {
        self.status == PaymentStatus::Settled && self.is_live()
    }
}

fn cause(input: &Checkout) -> &'static str {
    match input.payments.last() {
        Some(payment) => payment.status.cause(),
        None => "order received",
    }
}

fn order_input(ctx: &Ctx, input: &Checkout, customer: Option<CustomerId>, flag: &'static str) -> OrderInput {
    let ordered_at = input.ordered_at.unwrap_or(ctx.now);
    // A shop that sends payments lets them speak; one that sends none says by the state whether it is paid.
    let said = match input.state() {
        State::Paid => true,
        State::Fulfilled | State::Closed => input.payments.is_empty() || input.payments.iter().any(CheckoutPayment::brought_money),
        _ => false,
    };
    OrderInput {
        shop: input.shop.clone(),
        external_id: Some(input.external_id.trim().to_owned()),
        number: None,
        customer,
        guest: input.guest,
        state: input.state(),
        abandoned: input.abandoned,
        currency: input.currency,
        lines: input.lines.clone(),
        extras: Extras { discount: input.discount, shipping: input.shipping, tax: input.tax },
        payer: payer(&input.buyer),
        company: input.buyer.company.clone(),
        billing: input.buyer.billing.clone(),
        delivery: input.buyer.delivery.clone().unwrap_or_else(|| input.buyer.billing.clone()),
        note: input.note.clone(),
        flag,
        ordered_at,
        paid_at: said.then_some(ordered_at),
        import_id: None,
    }
}

/// Where a phone without `+` is from: the buyer's country, else the merchant's.
fn phone_country(input: &Checkout, own: &str) -> String {
    let country = input.buyer.billing.country.trim().to_ascii_uppercase();
    if country.len() == 2 { country } else { own.to_owned() }
}

fn payer(buyer: &Buyer) -> Payer {
    Payer { name: buyer.name.clone(), email: buyer.email.clone(), phone: buyer.phone.clone() }
}

/// One without a reference of its provider gets one of the shop's order id and its place, so that it too comes once.
fn payment_input(ctx: &Ctx, input: &Checkout, i: usize, order: &OrderInput) -> PaymentInput {
    let p = &input.payments[i];
    let own = p.provider_ref.as_deref().map(str::trim).filter(|r| !r.is_empty()).map(str::to_owned);
    // Store credit pays once in an order, whatever place it has among the payments and whatever it is called.
    let own = if p.provider.trim() == credit::PROVIDER { Some(format!("{}/{}", input.shop, input.external_id.trim())) } else { own };
    PaymentInput {
        provider_ref: Some(own.unwrap_or_else(|| format!("{}/{}#{i}", input.shop, input.external_id.trim()))),
        status: p.status,
        live: p.live,
        method: p.method.clone(),
        payer: payer(&input.buyer),
        failure_code: p.failure_code.trim().to_owned(),
        failure_message: p.failure_message.trim().to_owned(),
        flag: order.flag,
        ..PaymentInput::settled(
            input.shop.clone(),
            p.provider.trim(),
            input.currency,
            p.amount,
            p.paid_at.unwrap_or(order.ordered_at).min(ctx.now),
        )
    }
}
