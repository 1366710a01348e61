//! What a person of the house writes under every mail, in each merchant they work for.

use store::Tx;

use super::queries;
use crate::kit::{ActorKind, Ctx, Problems, Result, clean};

/// The longest, in characters.
const LONGEST: usize = 1_000;

/// The signature of who acts; empty when there is none, and for programs.
pub fn signature(tx: &mut Tx, ctx: &Ctx) -> Result<String> {
    Ok(tx.opt(&queries::SIGNATURE, &[&ctx.merchant, &ctx.actor.id], |r| r.get(0))?.unwrap_or_default())
}

/// Sets it; blank takes it away. It changes nothing for anybody else, so it leaves no event.
///
/// # Errors
/// A field error for `signature` when it is longer than 1,000 characters.
pub fn set_signature(tx: &mut Tx, ctx: &Ctx, text: &str) -> Result<()> {
    let mut problems = Problems::default();
    let text = clean(&mut problems, "signature", text, LONGEST).replace("\r\n", "\n");
    problems.check()?;
    if ctx.actor.kind == ActorKind::Staff {
        tx.exec(&queries::SET_SIGNATURE, &[&ctx.merchant, &ctx.actor.id, &text, &ctx.now])?;
    }
    Ok(())
}
