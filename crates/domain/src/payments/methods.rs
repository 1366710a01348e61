//! Payment methods bound to a customer: attach, detach, choose the default, and what the last attempt said about each.

mod told;

use serde::Serialize;
use store::{Row, Tx};

pub(crate) use told::{by_ref, gone, since, tell};

use super::{MethodInput, MethodKind, Outcome, put, queries};
use crate::customers::status::{MethodStatus, last_day};
use crate::customers::{facts, survivor};
use crate::events::Event;
use crate::kit::{Address, Ctx, CustomerId, Error, ImportId, MethodId, Micros, Problems, Result, Right, Zone, clean, locks};
use crate::providers::setups;

/// A method as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Method {
    /// Its id.
    pub id: MethodId,
    /// Whose.
    pub customer: CustomerId,
    /// Card, debit, wallet, or manual.
    pub kind: MethodKind,
    /// Who keeps it.
    pub provider: String,
    /// The provider's id of it.
    pub provider_ref: Option<String>,
    /// `visa`.
    pub brand: String,
    /// Last four digits.
    pub last4: String,
    /// Year it ends.
    pub expires_year: Option<i64>,
    /// Month it ends.
    pub expires_month: Option<i64>,
    /// The same card has the same one wherever it is used.
    #[serde(skip)]
    pub fingerprint: String,
    /// Where its bills go.
    pub billing: Option<Address>,
    /// Chosen as the default by somebody.
    pub chosen: bool,
    /// What the last attempt said.
    pub last_outcome: Outcome,
    /// Since when it is attached.
    pub added_at: Micros,
    /// Since when it is not any more.
    pub detached_at: Option<Micros>,
    /// It pays real money: one of test mode is no default and counts for no status (SPEC 6.2).
    pub live: bool,
}

/// Attached and detached ones, oldest first.
pub fn of_customer(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<Vec<Method>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&queries::METHODS, &[&ctx.merchant, customer], read)?)
}

impl Method {
    /// Its card's last day is over, where the merchant lives (SPEC 4).
    pub fn is_expired(&self, zone: &Zone, now: Micros) -> bool {
        self.last_day().is_some_and(|last| zone.day(now) > last)
    }

    /// What the customer's status would be if this one were the default (SPEC 4): by its last attempt, and by the calendar where the merchant lives.
    pub fn status(&self, zone: &Zone, now: Micros) -> MethodStatus {
        let base = match self.last_outcome {
            _ if self.kind.is_manual() => return MethodStatus::Manual,
            Outcome::Ok => MethodStatus::Active,
            Outcome::Invalid => MethodStatus::Invalid,
            Outcome::Insufficient => MethodStatus::InsufficientFunds,
        };
        base.on(self.last_day(), zone.day(now))
    }

    fn last_day(&self) -> Option<i32> {
        self.expires_year.zip(self.expires_month).and_then(|(year, month)| last_day(year, month))
    }
}

/// One method, for whoever may read.
///
/// # Errors
/// `NotFound`, also for another merchant's.
pub fn read_one(tx: &mut Tx, ctx: &Ctx, id: &MethodId) -> Result<Method> {
    ctx.must(Right::Read)?;
    find(tx, ctx, id)
}

/// One method.
///
/// # Errors
/// `NotFound`, also for another merchant's.
pub(crate) fn get(tx: &mut Tx, ctx: &Ctx, id: &MethodId) -> Result<Method> {
    find(tx, ctx, id)
}

/// Attaches a method, or brings a known one up to date. The same card of the same provider is the same method.
///
/// # Errors
/// `Invalid` for digits or dates that are none; `Conflict` (`customer_inactive`) for an archived or deleted customer.
pub fn attach(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, provider: &str, input: &MethodInput) -> Result<MethodId> {
    ctx.must(Right::Orders)?;
    let customer = &survivor(tx, ctx, customer)?;
    locks::customers(tx, ctx, &[customer])?;
    put::must_exist(tx, ctx, customer)?.must_be_active()?;
    let mut problems = Problems::default();
    check(input, "", &mut problems);
    if input.kind == MethodKind::Card && input.last4.trim().is_empty() {
        problems.add("last4", "required", "Give the last four digits of the card.");
    }
    let provider = clean(&mut problems, "provider", provider, 40);
    problems.check()?;
    let from = From { provider: &provider, live: provider != "test", at: ctx.now, import: None };
    let id = put_later(tx, ctx, customer, from, input)?.id;
    facts::refresh(tx, ctx, std::slice::from_ref(customer), "payment method attached")?;
    Ok(id)
}

/// Takes a method off, here and at its provider; its payments keep it.
pub fn detach(tx: &mut Tx, ctx: &Ctx, id: &MethodId) -> Result<()> {
    ctx.must(Right::Orders)?;
    let method = locked(tx, ctx, id)?;
    if method.detached_at.is_some() {
        return Ok(());
    }
    tx.exec(&queries::DETACH_METHOD, &[&ctx.merchant, id, &ctx.now])?;
    event(tx, ctx, "method.detached", &method.customer, id)?;
    facts::refresh(tx, ctx, std::slice::from_ref(&method.customer), "payment method detached")?;
    setups::forget(tx, ctx, &method)
}

/// Makes a method the default.
///
/// # Errors
/// `Conflict`: `detached` for one that was taken off, `test_mode` for one that pays no real money.
pub fn choose(tx: &mut Tx, ctx: &Ctx, id: &MethodId) -> Result<()> {
    ctx.must(Right::Orders)?;
    let method = locked(tx, ctx, id)?;
    if method.detached_at.is_some() {
        return Err(Error::conflict("detached", "This payment method was taken off. Attach it again first."));
    }
    if !method.live {
        return Err(Error::conflict("test_mode", "This payment method is a test: it pays no real money, so it cannot be the default."));
    }
    if method.chosen {
        return Ok(());
    }
    tx.exec(&queries::CHOOSE_NONE, &[&ctx.merchant, &method.customer])?;
    tx.exec(&queries::CHOOSE, &[&ctx.merchant, id])?;
    event(tx, ctx, "method.chosen", &method.customer, id)?;
    facts::refresh(tx, ctx, std::slice::from_ref(&method.customer), "default payment method chosen")
}

/// What a provider says about a method outside of a payment: its card was reported stolen, the bank sent a new one.
pub fn set_outcome(tx: &mut Tx, ctx: &Ctx, id: &MethodId, outcome: Outcome) -> Result<()> {
    ctx.must(Right::Orders)?;
    let method = locked(tx, ctx, id)?;
    if tx.exec(&queries::SET_OUTCOME, &[&ctx.merchant, id, &outcome])? > 0 {
        Event::new("method.checked")
            .of(&method.customer)
            .on("payment_method", id.as_str())
            .data(serde_json::json!({ "outcome": outcome, "before": method.last_outcome }))
            .record(tx, ctx)?;
    }
    facts::refresh(tx, ctx, std::slice::from_ref(&method.customer), "payment method checked")
}

/// A method that a payment came by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The method.
    pub id: MethodId,
    /// What its last attempt said.
    pub said: Outcome,
    /// Its fingerprint.
    pub card: String,
}

/// Who tells of a method, and since when it is there.
#[derive(Clone, Copy, Debug)]
pub struct From<'a> {
    /// Who keeps it.
    pub provider: &'a str,
    /// It pays real money.
    pub live: bool,
    /// Since when it is attached.
    pub at: Micros,
    /// The import that brought it.
    pub import: Option<&'a ImportId>,
}

/// Attaches or updates without locks and facts: for payments, checkouts and imports.
pub fn put_later(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, from: From, input: &MethodInput) -> Result<Bound> {
    let From { provider, live, at: added_at, import } = from;
    let (known, reference) = known(tx, ctx, customer, (provider, live), input)?;
    let billing = postal(input.billing.as_ref())?;
    let (brand, last4, card) = (input.brand.trim(), input.last4.trim(), input.fingerprint.trim());
    if let Some(method) = known {
        update(tx, ctx, &method, input, reference)?;
        if method.detached_at.is_some_and(|since| since < added_at) {
            tx.exec(&queries::REATTACH_METHOD, &[&ctx.merchant, &method.id, &added_at])?;
            event(tx, ctx, "method.attached", customer, &method.id)?;
        }
        let card = if method.fingerprint.is_empty() { card.to_owned() } else { method.fingerprint };
        return Ok(Bound { id: method.id, said: method.last_outcome, card });
    }
    let id: MethodId = ctx.id();
    tx.exec(
        &queries::INSERT_METHOD,
        &[
            &ctx.merchant,
            &id,
            customer,
            &input.kind,
            &provider,
            &reference,
            &brand,
            &last4,
            &input.expires_year,
            &input.expires_month,
            &card,
            &billing,
            &added_at,
            &import,
            &live,
        ],
    )?;
    event(tx, ctx, "method.attached", customer, &id)?;
    Ok(Bound { id, said: Outcome::Ok, card: card.to_owned() })
}

/// What the input does not say stays as it was, and so does the fingerprint, by which guests of that card are found. `reference` is what the provider
/// calls it, where that was not known yet.
fn update(tx: &mut Tx, ctx: &Ctx, method: &Method, input: &MethodInput, reference: Option<String>) -> Result<()> {
    let or = |new: &str, old: &str| if new.trim().is_empty() { old.to_owned() } else { new.trim().to_owned() };
    let new = Method {
        brand: or(&input.brand, &method.brand),
        last4: or(&input.last4, &method.last4),
        fingerprint: or(&method.fingerprint, &input.fingerprint),
        provider_ref: method.provider_ref.clone().or(reference),
        expires_year: input.expires_year.or(method.expires_year),
        expires_month: input.expires_month.or(method.expires_month),
        billing: input.billing.clone().or_else(|| method.billing.clone()),
        ..method.clone()
    };
    if new != *method {
        let billing = postal(new.billing.as_ref())?;
        tx.exec(
            &queries::UPDATE_METHOD,
            &[
                &ctx.merchant,
                &new.id,
                &new.brand,
                &new.last4,
                &new.expires_year,
                &new.expires_month,
                &new.fingerprint,
                &billing,
                &new.provider_ref,
            ],
        )?;
        let ends = |m: &Method| m.expires_month.zip(m.expires_year).map(|(month, year)| format!("{month:02}/{year}"));
        let (before, now) = (ends(method), ends(&new));
        if before != now {
            Event::new("method.updated")
                .of(&method.customer)
                .on("payment_method", method.id.as_str())
                .value("expires", before.as_deref(), now.as_deref())
                .record(tx, ctx)?;
        }
    }
    Ok(())
}

fn postal(address: Option<&Address>) -> Result<String> {
    address.map_or(Ok(String::new()), |a| serde_json::to_string(a).map_err(|e| Error::Internal(e.to_string())))
}

/// The method this customer has already, and the reference to keep for it or for a new one: a provider's id that another customer has is not taken
/// away from it, and the customer's own method of the same card goes without one.
fn known(
    tx: &mut Tx,
    ctx: &Ctx,
    customer: &CustomerId,
    (provider, live): (&str, bool),
    input: &MethodInput,
) -> Result<(Option<Method>, Option<String>)> {
    let mut reference = input.provider_ref.as_deref().map(str::trim).filter(|r| !r.is_empty());
    if let Some(told) = reference
        && let Some((id, owner)) =
            tx.opt(&queries::METHOD_BY_REF, &[&ctx.merchant, &provider, &told], |r| Ok((r.get::<MethodId>(0)?, r.get::<CustomerId>(1)?)))?
    {
        if owner == *customer {
            return Ok((Some(find(tx, ctx, &id)?), None));
        }
        reference = None;
    }
    let same = |m: &Method| {
        let card = input.fingerprint.trim();
        let alike = if card.is_empty() { m.brand == input.brand.trim() && m.last4 == input.last4.trim() } else { m.fingerprint == card };
        m.kind == input.kind && m.provider == provider && m.live == live && alike && (reference.is_none() || m.provider_ref.is_none())
    };
    let methods = tx.rows(&queries::METHODS, &[&ctx.merchant, customer], read)?;
    Ok((methods.into_iter().find(same), reference.map(str::to_owned)))
}

/// What an attempt at `at` said about a method, unless a later one has said more since.
pub(crate) fn note_outcome(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, method: &MethodId, outcome: Outcome, at: Micros) -> Result<()> {
    let later =
        tx.opt(&queries::LATER_ATTEMPT, &[&ctx.merchant, customer, &at, method, &(outcome != Outcome::Ok)], |r| r.get::<String>(0))?;
    if later.is_none() {
        tx.exec(&queries::SET_OUTCOME, &[&ctx.merchant, method, &outcome])?;
    }
    Ok(())
}

pub(crate) fn check(input: &MethodInput, at: &str, problems: &mut Problems) {
    clean(problems, &format!("{at}provider_ref"), input.provider_ref.as_deref().unwrap_or_default(), 200);
    clean(problems, &format!("{at}brand"), &input.brand, 40);
    clean(problems, &format!("{at}fingerprint"), &input.fingerprint, 200);
    let last4 = input.last4.trim();
    let fits = match input.kind {
        // Of a bank account it may be the end of an IBAN; of a card it is four digits, where it is known.
        MethodKind::Card => last4.is_empty() || (last4.len() == 4 && last4.bytes().all(|b| b.is_ascii_digit())),
        _ => last4.len() <= 4 && last4.bytes().all(|b| b.is_ascii_alphanumeric()),
    };
    if !fits {
        problems.add(format!("{at}last4"), "invalid", "Use the last four digits.");
    }
    if input.expires_year.is_some_and(|y| !(2000..=2100).contains(&y)) {
        problems.add(format!("{at}expires_year"), "invalid", "Use a year of four digits.");
    }
    if input.expires_month.is_some_and(|m| !(1..=12).contains(&m)) {
        problems.add(format!("{at}expires_month"), "invalid", "Use a month from 1 to 12.");
    }
}

fn find(tx: &mut Tx, ctx: &Ctx, id: &MethodId) -> Result<Method> {
    tx.opt(&queries::METHOD, &[&ctx.merchant, id], read)?.ok_or(Error::NotFound("payment method"))
}

fn locked(tx: &mut Tx, ctx: &Ctx, id: &MethodId) -> Result<Method> {
    let owner = find(tx, ctx, id)?.customer;
    locks::customers(tx, ctx, &[&owner])?;
    find(tx, ctx, id)
}

fn event(tx: &mut Tx, ctx: &Ctx, kind: &'static str, customer: &CustomerId, id: &MethodId) -> Result<()> {
    Event::new(kind).of(customer).on("payment_method", id.as_str()).record(tx, ctx)?;
    Ok(())
}

fn read(r: &Row<'_>) -> std::result::Result<Method, store::Error> {
    Ok(Method {
        id: r.get(0)?,
        customer: r.get(1)?,
        kind: r.get(2)?,
        provider: r.get(3)?,
        provider_ref: r.get(4)?,
        brand: r.get(5)?,
        last4: r.get(6)?,
        expires_year: r.get(7)?,
        expires_month: r.get(8)?,
        fingerprint: r.get(9)?,
        billing: serde_json::from_str(r.str(10)?).ok(),
        chosen: r.get(11)?,
        last_outcome: r.get(12)?,
        added_at: r.get(13)?,
        detached_at: r.get(14)?,
        live: r.get(15)?,
    })
}
