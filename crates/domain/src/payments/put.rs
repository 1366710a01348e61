//! A payment that a provider, a checkout or an import tells of: the same provider and reference again is the same payment, and only
//! moves forward.

use store::Tx;

use super::told::{concerned, moved};
use super::{MAX_MINOR, Outcome, PaymentInput, PaymentRow, PaymentStatus, keys, methods, queries};
use crate::customers::facts;
use crate::events::Event;
use crate::kit::{Ctx, CustomerId, Error, MethodId, Micros, PaymentId, Problems, Result, Right, clean, email_key, locks, phone_key};
use crate::{affiliates, blocks, charges, invoices, merchants, orders, subscriptions};

/// How far ahead of ours a provider's clock may be.
const CLOCK_SKEW: Micros = 300_000_000;

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Put {
    /// The payment.
    pub id: PaymentId,
    /// It was not there before.
    pub created: bool,
    /// It was there and went further.
    pub changed: bool,
    /// It was there, told by its provider, and got its order or its owner now.
    pub tied: bool,
}

/// Takes in a payment, follows its order, keeps the facts of its customer and of the order's.
///
/// # Errors
/// `Invalid` for an amount that is not above zero, a moment in the future, another amount than the first time; `Conflict` (`moved`) when it was changed
/// between our look and our lock, which a second try heals.
pub fn put(tx: &mut Tx, ctx: &Ctx, input: &PaymentInput) -> Result<Put> {
    ctx.must(Right::Payments)?;
    let settings = merchants::settings(tx, ctx)?;
    let touched = concerned(tx, ctx, input.customer.as_ref(), input.order.as_ref())?;
    if let Some(customer) = &input.customer {
        must_exist(tx, ctx, customer)?;
    }
    let input = &blocks::flagged(tx, ctx, input, &settings.country)?;
    let put = put_later(tx, ctx, input, &settings.country)?;
    affiliates::earn(tx, ctx, input, &put)?;
    if put.changed && input.status == PaymentStatus::Bounced {
        invoices::bounced(tx, ctx, &put.id)?;
    }
    if put.changed {
        subscriptions::follow(tx, ctx, &put.id, input)?;
        charges::follow(tx, ctx, &put.id)?;
    }
    if let Some(order) = &input.order {
        orders::follow_payments(tx, ctx, order)?;
    }
    facts::refresh(tx, ctx, &touched, input.status.cause())?;
    Ok(put)
}

/// The same without locks, order and facts: for checkouts and imports, which see to them once for many payments. `country` is where a phone
/// without `+` is from.
pub fn put_later(tx: &mut Tx, ctx: &Ctx, input: &PaymentInput, country: &str) -> Result<Put> {
    put_as(tx, ctx, input, country, false)
}

/// The same with the amount that is known of it ([`known_otherwise`]): when that is another one by now, its provider told a moment ago.
///
/// # Errors
/// `Conflict` (`moved`) then; a second try finds the new amount.
pub(crate) fn put_as_known(tx: &mut Tx, ctx: &Ctx, input: &PaymentInput, country: &str) -> Result<Put> {
    put_as(tx, ctx, input, country, true)
}

fn put_as(tx: &mut Tx, ctx: &Ctx, input: &PaymentInput, country: &str, was_known: bool) -> Result<Put> {
    let mut problems = Problems::default();
    check(ctx, input, "", &mut problems);
    problems.check()?;
    if let Some(known) = known(tx, ctx, input)? {
        let same = was_known || is_same(&known, input);
        return forward(tx, ctx, &known.id, input, same);
    }
    let bound = match (&input.customer, &input.method_id, &input.method) {
        (_, Some(_), _) => None,
        (Some(customer), None, Some(m)) if m.attach && !m.kind.is_manual() => {
            let from =
                methods::From { provider: &input.provider, live: input.is_live(), at: input.paid_at, import: input.import_id.as_ref() };
            Some(methods::put_later(tx, ctx, customer, from, m)?)
        }
        _ => None,
    };
    let method = bound.as_ref().map(|b| b.id.clone()).or_else(|| input.method_id.clone());
    let id: PaymentId = ctx.id();
    let card = bound.as_ref().map_or("", |b| &b.card);
    if insert(tx, ctx, &id, input, method.as_ref(), card, country)? == 0 {
        // Somebody else inserted the same reference meanwhile; their row is visible now.
        let known = known(tx, ctx, input)?.ok_or_else(|| Error::Internal("a payment's reference is taken and not there".to_owned()))?;
        return forward(tx, ctx, &known.id, input, true);
    }
    if let Some(customer) = &input.customer
        && bound.as_ref().map(|b| b.said) != outcome(input)
    {
        note_outcome(tx, ctx, customer, method.as_ref(), input)?;
    }
    record(tx, ctx, &id, input.customer.as_ref(), input)?;
    Ok(Put { id, created: true, changed: false, tied: false })
}

/// Everything that is wrong with the input; `at` is the path in front of the field.
pub(crate) fn check(ctx: &Ctx, input: &PaymentInput, at: &str, problems: &mut Problems) {
    if input.amount <= 0 {
        problems.add(format!("{at}amount"), "invalid", "Use an amount above zero.");
    } else if input.amount > MAX_MINOR {
        problems.add(format!("{at}amount"), "invalid", "That is too large.");
    }
    if !(0..=ctx.now + CLOCK_SKEW).contains(&input.paid_at) {
        problems.add(format!("{at}paid_at"), "invalid", "Use a moment after 1970 that is not in the future.");
    }
    clean(problems, &format!("{at}provider"), &input.provider, 40);
    if input.provider.trim().is_empty() {
        problems.add(format!("{at}provider"), "required", "Say who moved the money: stripe, paypal, manual.");
    }
    let texts = [
        ("provider_ref", input.provider_ref.as_deref().unwrap_or_default(), 200),
        ("payer.name", &input.payer.name, 300),
        ("payer.email", &input.payer.email, 254),
        ("payer.phone", &input.payer.phone, 60),
        ("failure_code", &input.failure_code, 100),
        ("failure_message", &input.failure_message, 500),
        ("note", &input.note, 2000),
    ];
    for (field, text, max) in texts {
        clean(problems, &format!("{at}{field}"), text, max);
    }
    if let Some(method) = &input.method {
        methods::check(method, &format!("{at}method."), problems);
    }
}

/// By the provider's id, or by another id that the provider uses for the same payment.
fn known(tx: &mut Tx, ctx: &Ctx, input: &PaymentInput) -> Result<Option<PaymentRow>> {
    match &input.provider_ref {
        Some(reference) => super::by_ref(tx, ctx, &input.provider, reference),
        None => Ok(None),
    }
}

/// What is known of this payment by another amount or in another currency: a provider's word about money that moved stands above what a shop says of it.
pub(crate) fn known_otherwise(tx: &mut Tx, ctx: &Ctx, input: &PaymentInput) -> Result<Option<PaymentRow>> {
    Ok(known(tx, ctx, input)?.filter(|row| !is_same(row, input)))
}

fn is_same(row: &PaymentRow, input: &PaymentInput) -> bool {
    row.amount == input.amount && row.currency == input.currency
}

/// A payment that is there already gets the order and the owner it lacks, and goes on to a later state, or stays. `was_same`: a moment ago nothing else
/// was known of its amount.
fn forward(tx: &mut Tx, ctx: &Ctx, id: &PaymentId, input: &PaymentInput, was_same: bool) -> Result<Put> {
    locks::payment(tx, ctx, id)?;
    let known = find(tx, ctx, id)?;
    if !is_same(&known, input) {
        if was_same {
            return Err(moved());
        }
        return Err(Problems::one("amount", "invalid", "This payment is known with another amount; a payment's amount does not change."));
    }
    let (known, tied) = super::told::tie(tx, ctx, known, input)?;
    // Of a payment that is another customer's its provider will tell; a shop's word about it changes nothing of theirs.
    let elses = known.customer.is_some() && known.customer != input.customer;
    if elses || !known.status.goes_to(input.status) {
        return Ok(Put { id: known.id, created: false, changed: false, tied });
    }
    let at = input.paid_at.min(ctx.now);
    tx.exec(&queries::SET_STATUS, &[&ctx.merchant, &known.id, &input.status, &input.failure_code, &input.failure_message, &at, &ctx.now])?;
    if let Some(customer) = &known.customer {
        note_outcome(tx, ctx, customer, known.method.as_ref(), input)?;
    }
    record(tx, ctx, &known.id, known.customer.as_ref(), input)?;
    Ok(Put { id: known.id, created: false, changed: true, tied })
}

impl PaymentStatus {
    /// May a payment go from here to there? Late and repeated messages of a provider may not take it back.
    pub fn goes_to(self, to: Self) -> bool {
        matches!(
            (self, to),
            (Self::Pending, Self::Settled | Self::Failed) | (Self::Failed, Self::Settled) | (Self::Pending | Self::Settled, Self::Bounced)
        )
    }

    /// In words, as the cause of what follows from it.
    pub fn cause(self) -> &'static str {
        match self {
            Self::Pending => "payment begun",
            Self::Settled => "payment settled",
            Self::Failed => "payment failed",
            Self::Bounced => "payment bounced",
        }
    }

    fn event(self) -> &'static str {
        match self {
            Self::Pending => "payment.begun",
            Self::Settled => "payment.settled",
            Self::Failed => "payment.failed",
            Self::Bounced => "payment.bounced",
        }
    }
}

fn insert(
    tx: &mut Tx,
    ctx: &Ctx,
    id: &PaymentId,
    input: &PaymentInput,
    method: Option<&MethodId>,
    bound: &str,
    country: &str,
) -> Result<u64> {
    let m = input.method.as_ref();
    let text = |f: fn(&super::MethodInput) -> &str| m.map_or("", f).trim();
    let (email, phone) = (input.payer.email.trim(), input.payer.phone.trim());
    let (email_key, phone_key) = (email_key(email), phone_key(phone, country));
    let fingerprint = text(|m| &m.fingerprint);
    let done = tx.exec(
        &queries::INSERT,
        &[
            &ctx.merchant,
            id,
            &input.shop,
            &input.order,
            &input.customer,
            &method,
            &input.subscription,
            &input.provider,
            &input.provider_ref,
            &input.status,
            &input.is_live(),
            &input.currency,
            &input.amount,
            &text(|m| m.kind.name()),
            &text(|m| &m.brand),
            &text(|m| &m.last4),
            &fingerprint,
            &input.payer.name.trim(),
            &email,
            &email_key,
            &phone,
            &phone_key,
            &input.failure_code,
            &input.failure_message,
            &input.note,
            &input.flag,
            &input.paid_at.min(ctx.now),
            &ctx.now,
            &input.import_id,
        ],
    )?;
    if let Some(customer) = input.customer.as_ref().filter(|_| done > 0) {
        let card = if fingerprint == bound { "" } else { fingerprint };
        keys::note(tx, ctx, customer, card, &email_key, &phone_key)?;
    }
    Ok(done)
}

/// What the payment says about its method.
fn outcome(input: &PaymentInput) -> Option<Outcome> {
    match input.status {
        PaymentStatus::Settled => Some(Outcome::Ok),
        PaymentStatus::Failed | PaymentStatus::Bounced => Outcome::of_failure(&input.failure_code),
        PaymentStatus::Pending => None,
    }
}

/// A success clears what was wrong with the method; a failure that is the method's own marks it (SPEC 4).
pub(super) fn note_outcome(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, method: Option<&MethodId>, input: &PaymentInput) -> Result<()> {
    match (method, outcome(input)) {
        (Some(method), Some(outcome)) => methods::note_outcome(tx, ctx, customer, method, outcome, input.paid_at),
        _ => Ok(()),
    }
}

fn record(tx: &mut Tx, ctx: &Ctx, id: &PaymentId, customer: Option<&CustomerId>, input: &PaymentInput) -> Result<()> {
    Event::new(input.status.event())
        .of_opt(customer)
        .on("payment", id.as_str())
        .data(serde_json::json!({
            "amount": input.amount, "currency": input.currency, "provider": input.provider, "order": input.order,
            "failure": input.failure_code, "flag": input.flag,
        }))
        .record(tx, ctx)?;
    Ok(())
}

/// A payment of this merchant.
pub(crate) fn find(tx: &mut Tx, ctx: &Ctx, id: &PaymentId) -> Result<PaymentRow> {
    tx.opt(&queries::FIND, &[&ctx.merchant, id], super::read::row)?.ok_or(Error::NotFound("payment"))
}

/// Reads a payment under the locks of its customer, its order and itself.
///
/// # Errors
/// `Conflict` (`moved`) when somebody gave it to another customer while we waited.
pub(crate) fn find_locked(tx: &mut Tx, ctx: &Ctx, id: &PaymentId) -> Result<PaymentRow> {
    Ok(find_concerned(tx, ctx, id)?.0)
}

/// The same, with all whom it concerns: whose it is, and whose order it pays.
///
/// # Errors
/// As [`find_locked`].
pub(super) fn find_concerned(tx: &mut Tx, ctx: &Ctx, id: &PaymentId) -> Result<(PaymentRow, Vec<CustomerId>)> {
    let seen = find(tx, ctx, id)?;
    let touched = concerned(tx, ctx, seen.customer.as_ref(), seen.order.as_ref())?;
    locks::payment(tx, ctx, id)?;
    let row = find(tx, ctx, id)?;
    if row.customer != seen.customer {
        return Err(moved());
    }
    Ok((row, touched))
}

/// What may be begun with a customer who is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Active,
    Archived,
    Deleted,
}

impl Standing {
    pub(crate) fn is_active(self) -> bool {
        self == Self::Active
    }

    /// # Errors
    /// `Conflict` (`customer_inactive`) for an archived or deleted customer: nothing new begins with it (SPEC 10.2).
    pub(crate) fn must_be_active(self) -> Result<()> {
        let words = match self {
            Self::Active => return Ok(()),
            Self::Archived => "This customer is archived. Unarchive it first.",
            Self::Deleted => "This customer is deleted. Restore it first.",
        };
        Err(Error::conflict("customer_inactive", words))
    }
}

/// Is the customer there (also archived or deleted: money that was taken is never refused, SPEC 10.2), and not merged or anonymised?
pub(crate) fn must_exist(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<Standing> {
    let state = tx.opt(&queries::CUSTOMER_STATE, &[&ctx.merchant, id], |r| Ok([r.get::<bool>(0)?, r.get(1)?, r.get(2)?]))?;
    match state {
        None => Err(Error::NotFound("customer")),
        Some([_, _, true]) => Err(Error::conflict("customer_gone", "This customer was merged or anonymised.")),
        Some([_, true, _]) => Ok(Standing::Deleted),
        Some([true, ..]) => Ok(Standing::Archived),
        Some(_) => Ok(Standing::Active),
    }
}
