//! Mails that go by themselves: a shop may choose a template of its own for each kind. Where it chose none, or the template was archived or comes out
//! empty, plain words of ours go instead, so that such a mail is never lost over its words.

use store::Tx;

use super::{Ready, Template, Values, Written, queries, read};
use crate::events::Event;
use crate::kit::{Ctx, Problems, Result, Right, ShopId, TemplateId, words};
use crate::merchants;
use crate::shops;

words! {
    /// A mail that goes by itself.
    pub enum Letter {
        /// Tells the payer of a refund that stands (SPEC 2.5).
        Refund = "refund", "A refund was made";
        /// Warns before a retention rule anonymises (SPEC 11.1).
        Retention = "retention", "Before a retention rule anonymises";
    }
}

/// What a shop chose for each kind; `None`: plain words. Needs [`Right::Read`].
///
/// # Errors
/// `NotFound` for a shop that is not there.
pub fn of_shop(tx: &mut Tx, ctx: &Ctx, shop: &ShopId) -> Result<Vec<(Letter, Option<TemplateId>)>> {
    ctx.must(Right::Read)?;
    chosen(tx, ctx, shop)
}

fn chosen(tx: &mut Tx, ctx: &Ctx, shop: &ShopId) -> Result<Vec<(Letter, Option<TemplateId>)>> {
    shops::get(tx, ctx, shop)?;
    let chosen: Vec<(Letter, TemplateId)> = tx.rows(&queries::LETTERS, &[&ctx.merchant, shop], |r| Ok((r.get(0)?, r.get(1)?)))?;
    let of = |letter: &Letter| chosen.iter().find(|(kind, _)| kind == letter).map(|(_, template)| template.clone());
    Ok(Letter::ALL.iter().map(|letter| (*letter, of(letter))).collect())
}

/// Chooses a template of the shop for a kind of mail; `None` goes back to plain words. Needs [`Right::Settings`].
///
/// # Errors
/// `NotFound` for a shop that is not there; a field error named after the letter for a template that is not the shop's, or archived.
pub fn choose(tx: &mut Tx, ctx: &Ctx, shop: &ShopId, letter: Letter, template: Option<&TemplateId>) -> Result<()> {
    ctx.must(Right::Settings)?;
    merchants::lock(tx, &ctx.merchant)?;
    let before = chosen(tx, ctx, shop)?.into_iter().find(|(kind, _)| *kind == letter).and_then(|(_, template)| template);
    if before.as_ref() == template {
        return Ok(());
    }
    match template {
        Some(id) => {
            let of_ours = |t: &Template| t.shop == *shop && t.archived_at.is_none();
            if !tx.opt(&queries::GET, &[&ctx.merchant, id], read::template)?.is_some_and(|t| of_ours(&t)) {
                return Err(Problems::one(letter.name(), "unknown", "Choose one of the shop’s open templates."));
            }
            tx.exec(&queries::CHOOSE, &[&ctx.merchant, shop, &letter, id, &ctx.now])?;
        }
        None => drop(tx.exec(&queries::LET_GO, &[&ctx.merchant, shop, &letter])?),
    }
    Event::new("shop.letter_chosen")
        .on("shop", shop.as_str())
        .data(serde_json::json!({ "letter": letter, "template": template, "before": before }))
        .record(tx, ctx)?;
    Ok(())
}

/// Writes a letter by the shop's template, else with `plain` words.
pub(crate) fn write(tx: &mut Tx, ctx: &Ctx, shop: &ShopId, letter: Letter, values: &Values, plain: Written) -> Result<Written> {
    let chosen = tx.opt(&queries::CHOSEN, &[&ctx.merchant, shop, &letter], read::template)?;
    let written = chosen.and_then(|template| Ready::try_from(&template).and_then(|ready| ready.write(values)).ok());
    Ok(written.unwrap_or(plain))
}
