//! Customers and methods as providers tell of them.
//!
//! What was edited here is the merchant's word and stays: a provider's field is taken over where ours is empty or still what the provider said before.

use ::providers::news::{self, News};
use sha2::{Digest, Sha256};
use store::Tx;

use super::apply::{Source, fact, is_newest, note, park, wake};
use super::{billing, queries};
use crate::customers::{self, Customer, CustomerEdit, NewCustomer, Rules};
use crate::kit::{Address, Ctx, CustomerId, Email, Error, MethodId, Micros, Result, hex};
use crate::payments::{MethodInput, MethodKind, methods};

/// Which of our customers a provider's customer is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// This one; also archived or deleted, because money is never refused.
    Known(CustomerId),
    /// It was ours and is deleted for good or anonymised: what comes stays nobody's.
    Gone,
    /// Not told of yet.
    Unknown,
}

/// Follows merges to the survivor (SPEC 10.1).
pub(super) fn whose(tx: &mut Tx, ctx: &Ctx, s: &Source, reference: &str) -> Result<Whose> {
    if fact(tx, ctx, s, billing::GONE, &billing::gone(reference))?.is_some() {
        return Ok(Whose::Gone);
    }
    let linked = fact(tx, ctx, s, "customer", reference)?.map(CustomerId::from_db);
    let linked = match linked {
        Some(id) => Some(id),
        None => customers::find_by_external_id(tx, ctx, s.provider, reference)?,
    };
    let Some(id) = linked else { return Ok(Whose::Unknown) };
    let id = customers::survivor(tx, ctx, &id)?;
    let erased = tx.opt(&queries::ERASED, &[&ctx.merchant, &id], |r| r.get::<bool>(0))?;
    Ok(if erased == Some(false) { Whose::Known(id) } else { Whose::Gone })
}

/// A customer: linked by id, else to the oldest live one with its e-mail address, else made. One of test mode is linked alone: a test makes nobody and
/// changes nobody, and its payments stay a guest's (SPEC 6.2).
pub(super) fn customer(tx: &mut Tx, ctx: &Ctx, s: &Source, c: &news::Customer) -> Result<()> {
    let newest = is_newest(tx, ctx, s, "customer_at", &c.reference)?;
    if c.deleted {
        return Ok(()); // Deleted there says nothing about the customer here.
    }
    let id = match whose(tx, ctx, s, &c.reference)? {
        Whose::Gone => return Ok(()),
        Whose::Known(id) => {
            note(tx, ctx, s, "customer", &c.reference, id.as_str())?;
            id
        }
        Whose::Unknown => match link(tx, ctx, s, c)? {
            Some(id) => id,
            None => return Ok(()),
        },
    };
    if newest && s.live {
        take_over(tx, ctx, s, &id, c)?;
        default(tx, ctx, s, &id, c)?;
    }
    wake(tx, ctx, s, &format!("customer:{}", c.reference))
}

fn link(tx: &mut Tx, ctx: &Ctx, s: &Source, c: &news::Customer) -> Result<Option<CustomerId>> {
    if let Some(id) = asked_for(tx, ctx, c)? {
        note(tx, ctx, s, "customer", &c.reference, id.as_str())?;
        return Ok(Some(id));
    }
    let email = Email::parse(&c.email).map(|e| e.typed).unwrap_or_default();
    let known = if email.is_empty() { None } else { customers::find_by_email(tx, ctx, &email)? };
    let id = match known {
        Some(id) => id,
        None if !s.live || email.is_empty() && c.name.trim().is_empty() => return Ok(None),
        None => {
            let new = NewCustomer {
                name: short(&c.name, 200),
                email,
                phone: short(&c.phone, 60),
                billing: c.address.as_ref().map(address).unwrap_or_default(),
                shop: Some(s.account.shop.clone()),
                ..NewCustomer::default()
            };
            let plain = NewCustomer { phone: String::new(), billing: Address::default(), ..new.clone() };
            match customers::make(tx, ctx, new, Rules::Import) {
                // What our rules do not take is not a reason to have no customer.
                Err(Error::Invalid(_)) => customers::make(tx, ctx, plain, Rules::Import)?.id,
                made => made?.id,
            }
        }
    };
    note(tx, ctx, s, "customer", &c.reference, id.as_str())?;
    Ok(Some(id))
}

/// Ours, when we asked for the provider's record: nobody is looked for by an address then.
fn asked_for(tx: &mut Tx, ctx: &Ctx, c: &news::Customer) -> Result<Option<CustomerId>> {
    let Some(Ok(id)) = c.ours.as_deref().map(str::parse::<CustomerId>) else { return Ok(None) };
    let id = customers::survivor(tx, ctx, &id)?;
    let erased = tx.opt(&queries::ERASED, &[&ctx.merchant, &id], |r| r.get::<bool>(0))?;
    Ok(Some(id).filter(|_| erased == Some(false)))
}

fn take_over(tx: &mut Tx, ctx: &Ctx, s: &Source, id: &CustomerId, c: &news::Customer) -> Result<()> {
    tx.next_verb();
    let ours = customers::get(tx, ctx, id)?;
    let said = fact(tx, ctx, s, "customer_said", &c.reference)?.unwrap_or_default();
    let before: Vec<&str> = said.split(' ').collect();
    let billing = c.address.as_ref().map(address).unwrap_or_default();
    let lines = |a: &Address| [&a.line1, &a.line2, &a.city, &a.state, &a.zip, &a.country].map(|t| t.trim().to_owned()).join("\n");
    let fields = [
        (ours.name.clone(), short(&c.name, 200)),
        (ours.email.clone(), Email::parse(&c.email).map(|e| e.typed).unwrap_or_default()),
        (ours.phone.clone(), short(&c.phone, 60)),
        (lines(&ours.billing), lines(&billing)),
    ];
    let take: Vec<bool> = fields
        .iter()
        .enumerate()
        .map(|(i, (own, told))| {
            let untouched = own.trim().is_empty() || before.get(i).is_some_and(|b| *b == mark(&c.reference, own));
            own != told && !told.trim().is_empty() && untouched
        })
        .collect();
    let marks: Vec<String> = fields.iter().map(|(_, told)| mark(&c.reference, told)).collect();
    note(tx, ctx, s, "customer_said", &c.reference, &marks.join(" "))?;
    let named = !ours.first_name.is_empty() || !ours.last_name.is_empty();
    let [(_, name), (_, email), (_, phone), _] = fields;
    let edit = CustomerEdit {
        name: (take[0] && !named).then_some(name),
        email: take[1].then_some(email),
        phone: take[2].then_some(phone),
        billing: take[3].then_some(billing),
        ..CustomerEdit::default()
    };
    if edit == CustomerEdit::default() || is_gone(&ours) {
        return Ok(());
    }
    match customers::edit(tx, ctx, id, edit) {
        // A value that our rules do not take is not a reason to lose what else the event says.
        Ok(_) | Err(Error::Invalid(_)) => Ok(()),
        Err(other) => Err(other),
    }
}

fn is_gone(c: &Customer) -> bool {
    matches!(c.status, customers::Status::Deleted | customers::Status::Anonymised)
}

/// What was told, without keeping it: enough to see whether ours is still that.
fn mark(reference: &str, value: &str) -> String {
    hex(&Sha256::digest(format!("{reference}\n{}", value.trim()).as_bytes())[..8])
}

fn default(tx: &mut Tx, ctx: &Ctx, s: &Source, id: &CustomerId, c: &news::Customer) -> Result<()> {
    let Some(method) = &c.default_method else { return Ok(()) };
    note(tx, ctx, s, "default", &c.reference, method)?;
    choose(tx, ctx, s, id, method)
}

/// Makes the method the default, when it is there and the customer's.
fn choose(tx: &mut Tx, ctx: &Ctx, s: &Source, id: &CustomerId, reference: &str) -> Result<()> {
    tx.next_verb();
    match methods::by_ref(tx, ctx, s.provider, reference)? {
        Some((method, owner)) if owner == *id => match methods::choose(tx, ctx, &method) {
            Ok(()) | Err(Error::Conflict { code: "detached" | "test_mode", .. }) => Ok(()),
            Err(other) => Err(other),
        },
        _ => Ok(()),
    }
}

/// A method, attached or changed.
pub(super) fn method(tx: &mut Tx, ctx: &Ctx, s: &Source, m: &news::Method, news: &News) -> Result<()> {
    let (Some(customer), Some(reference)) = (&m.customer, &m.reference) else { return Ok(()) };
    let owner = match whose(tx, ctx, s, customer)? {
        Whose::Known(id) => id,
        Whose::Gone => return Ok(()),
        Whose::Unknown => return park(tx, ctx, s, &format!("customer:{customer}"), news),
    };
    let newer = is_newest(tx, ctx, s, "method_at", reference)?;
    let id = methods::tell(tx, ctx, &owner, (s.provider, s.live), &method_input(m), m.at.clamp(0, ctx.now), newer)?;
    bound(tx, ctx, s, &id, m)
}

/// What follows once a method is there: it may have been chosen, or taken off, before we knew of it.
pub(super) fn bound(tx: &mut Tx, ctx: &Ctx, s: &Source, id: &MethodId, m: &news::Method) -> Result<()> {
    let Some(reference) = &m.reference else { return Ok(()) };
    if let Some((_, owner)) = methods::by_ref(tx, ctx, s.provider, reference)? {
        if let Some(customer) = &m.customer
            && fact(tx, ctx, s, "default", customer)?.as_deref() == Some(reference)
        {
            choose(tx, ctx, s, &owner, reference)?;
        }
        tx.next_verb();
        methods::since(tx, ctx, id, &owner, m.at.clamp(0, ctx.now))?;
    }
    if let Some(at) = fact(tx, ctx, s, "method_gone", reference)? {
        tx.next_verb();
        methods::gone(tx, ctx, id, at.parse().unwrap_or(ctx.now))?;
    }
    wake(tx, ctx, s, &format!("method:{reference}"))
}

/// A method was taken off; a provider attaches none a second time.
pub(super) fn method_gone(tx: &mut Tx, ctx: &Ctx, s: &Source, reference: &str, at: Micros) -> Result<()> {
    note(tx, ctx, s, "method_gone", reference, &at.clamp(0, ctx.now).to_string())?;
    match methods::by_ref(tx, ctx, s.provider, reference)? {
        Some((id, _)) => methods::gone(tx, ctx, &id, at.clamp(0, ctx.now)),
        None => Ok(()),
    }
}

fn is_four_digits(text: &str) -> bool {
    text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit())
}

/// A method as the room of payments takes it. One without an id cannot be used again and stays with the payment alone.
pub(super) fn method_input(m: &news::Method) -> MethodInput {
    let kind = match m.kind {
        news::MethodKind::Card => MethodKind::Card,
        news::MethodKind::BankDebit => MethodKind::BankDebit,
        news::MethodKind::Wallet => MethodKind::Wallet,
        news::MethodKind::Transfer => MethodKind::Transfer,
    };
    MethodInput {
        provider_ref: m.reference.clone(),
        brand: short(&m.brand, 40),
        last4: if kind == MethodKind::Card && !is_four_digits(&m.last4) {
            String::new()
        } else {
            m.last4.chars().filter(char::is_ascii_alphanumeric).take(4).collect()
        },
        expires_year: m.expires_year.filter(|y| (2000..=2100).contains(y)),
        expires_month: m.expires_month.filter(|m| (1..=12).contains(m)),
        fingerprint: short(&m.fingerprint, 200),
        billing: m.billing.as_ref().map(address),
        attach: m.reference.is_some(),
        ..MethodInput::of(kind)
    }
}

pub(super) fn address(a: &news::Address) -> Address {
    Address {
        line1: short(&a.line1, 200),
        line2: short(&a.line2, 200),
        city: short(&a.city, 100),
        state: short(&a.state, 100),
        zip: short(&a.zip, 20),
        country: Some(a.country.to_uppercase()).filter(|c| c.len() == 2 && c.bytes().all(|b| b.is_ascii_uppercase())).unwrap_or_default(),
    }
}

/// Text of a provider, cut to what our rules keep.
pub(super) fn short(text: &str, max: usize) -> String {
    text.trim().chars().filter(|c| *c != '\0').take(max).collect()
}
