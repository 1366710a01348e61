//! Methods as their provider tells of them: in any order, also for a customer with whom nothing new may begin (SPEC 10.2).

use store::Tx;

use super::super::{MethodInput, put, queries};
use super::{From, check, event, locked, put_later};
use crate::customers::facts;
use crate::kit::{Ctx, CustomerId, MethodId, Micros, Problems, Result, locks};

/// A method of its provider, by the provider's id: the method and whose it is.
pub(crate) fn by_ref(tx: &mut Tx, ctx: &Ctx, provider: &str, reference: &str) -> Result<Option<(MethodId, CustomerId)>> {
    Ok(tx.opt(&queries::METHOD_BY_REF, &[&ctx.merchant, &provider, &reference], |r| Ok((r.get(0)?, r.get(1)?)))?)
}

/// Takes in a method from its provider, also for a customer with whom nothing new may begin (SPEC 10.2). `newer`: nothing newer has been told of it,
/// so what it says counts; else only that it was there so early.
pub(crate) fn tell(
    tx: &mut Tx,
    ctx: &Ctx,
    customer: &CustomerId,
    (provider, live): (&str, bool),
    input: &MethodInput,
    at: Micros,
    newer: bool,
) -> Result<MethodId> {
    locks::customers(tx, ctx, &[customer])?;
    put::must_exist(tx, ctx, customer)?;
    let mut problems = Problems::default();
    check(input, "", &mut problems);
    problems.check()?;
    let input = if newer {
        input.clone()
    } else {
        MethodInput { provider_ref: input.provider_ref.clone(), fingerprint: input.fingerprint.clone(), ..MethodInput::of(input.kind) }
    };
    let id = put_later(tx, ctx, customer, From { provider, live, at, import: None }, &input)?.id;
    tx.exec(&queries::SET_ADDED, &[&ctx.merchant, &id, &at])?;
    facts::refresh(tx, ctx, std::slice::from_ref(customer), "payment method attached")?;
    Ok(id)
}

/// A method was there so early: of a customer's methods the oldest counts (SPEC 1.8).
pub(crate) fn since(tx: &mut Tx, ctx: &Ctx, id: &MethodId, customer: &CustomerId, at: Micros) -> Result<()> {
    locks::customers(tx, ctx, &[customer])?;
    if tx.exec(&queries::SET_ADDED, &[&ctx.merchant, id, &at])? > 0 {
        facts::refresh(tx, ctx, std::slice::from_ref(customer), "payment method attached")?;
    }
    Ok(())
}

/// Takes a method off at the moment its provider did.
pub(crate) fn gone(tx: &mut Tx, ctx: &Ctx, id: &MethodId, at: Micros) -> Result<()> {
    let method = locked(tx, ctx, id)?;
    if method.detached_at.is_some() {
        return Ok(());
    }
    tx.exec(&queries::DETACH_METHOD, &[&ctx.merchant, id, &at.min(ctx.now)])?;
    event(tx, ctx, "method.detached", &method.customer, id)?;
    facts::refresh(tx, ctx, std::slice::from_ref(&method.customer), "payment method detached")
}
