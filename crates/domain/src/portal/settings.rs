//! How a merchant's portal looks and what its customers may do there.

use store::Tx;

use super::{Colour, queries};
use crate::events::Event;
use crate::invoices;
use crate::kit::{Actor, Ctx, Door, Error, LogoId, MerchantId, Micros, Problems, Result, Right, Zone};
use crate::merchants;
use crate::staff::Moment;

/// What is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Customers can come in.
    pub enabled: bool,
    /// The merchant's word in the address; empty until one was chosen.
    pub word: String,
    /// The colour of its head and buttons.
    pub colour: Colour,
    /// Customers may cancel subscriptions, to the end of what they paid.
    pub may_cancel: bool,
    /// Customers may ask for their data or for deletion.
    pub may_ask: bool,
    /// Customers may ask for returns.
    pub may_return: bool,
}

/// What is to be set; all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SettingsEdit {
    /// Customers can come in.
    pub enabled: bool,
    /// 3 to 40 small letters, digits and hyphens.
    pub word: String,
    /// `#rrggbb`.
    pub colour: String,
    /// See [`Settings::may_cancel`].
    pub may_cancel: bool,
    /// See [`Settings::may_ask`].
    pub may_ask: bool,
    /// See [`Settings::may_return`].
    pub may_return: bool,
}

/// A portal that is open, as its pages need it.
#[derive(Clone, Debug)]
pub struct Portal {
    /// Whose.
    pub merchant: MerchantId,
    /// What the merchant is called.
    pub name: String,
    /// Where its days begin and end.
    pub zone: Zone,
    /// The picture that stands on its invoices too.
    pub logo: Option<LogoId>,
    /// What is set.
    pub settings: Settings,
}

impl Portal {
    /// `/portal/{word}`: where all its pages are.
    pub fn at(&self) -> String {
        format!("/portal/{}", self.settings.word)
    }
}

/// The settings; of a merchant who never saved any: off, and everything allowed. Needs [`Right::Read`].
pub fn settings(tx: &mut Tx, ctx: &Ctx) -> Result<Settings> {
    ctx.must(Right::Read)?;
    load(tx, ctx)
}

pub(super) fn load(tx: &mut Tx, ctx: &Ctx) -> Result<Settings> {
    let found = tx.opt(&queries::SETTINGS, &[&ctx.merchant], |r| {
        let colour: String = r.get(1)?;
        Ok((r.get::<bool>(0)?, colour, r.get::<bool>(2)?, r.get::<bool>(3)?, r.get::<bool>(4)?, r.get::<String>(5)?))
    })?;
    let (enabled, colour, may_cancel, may_ask, may_return, word) =
        found.unwrap_or_else(|| (false, Colour::USUAL.to_owned(), true, true, true, String::new()));
    Ok(Settings { enabled, word, colour: Colour::parse(&colour)?, may_cancel, may_ask, may_return })
}

/// Changes them; gives what they are now. Needs [`Right::Settings`].
///
/// # Errors
/// Field errors for `word` (also when it is another merchant's) and `colour`.
pub fn edit(tx: &mut Tx, ctx: &Ctx, edit: &SettingsEdit) -> Result<Settings> {
    ctx.must(Right::Settings)?;
    let mut problems = Problems::default();
    let word = edit.word.trim().to_lowercase();
    let shaped = word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !(3..=40).contains(&word.len()) || !shaped || word.starts_with('-') || word.ends_with('-') {
        problems.add("word", "invalid", "Use 3 to 40 small letters, digits and hyphens, such as my-shop.");
    }
    let colour = match Colour::parse(&edit.colour) {
        Ok(colour) => colour.as_str().to_owned(),
        Err(_) => {
            problems.add("colour", "invalid", "Use a colour such as #1f4e79: six digits behind a #.");
            String::new()
        }
    };
    problems.check()?;
    merchants::lock(tx, &ctx.merchant)?;
    let old = load(tx, ctx)?;
    if old.word != word {
        // Kept rows of the directory are found by the word alone: whoever has it, has it.
        tx.exec(&queries::DROP_WORD, &[&ctx.merchant, &word])?;
        if tx.exec(&queries::TAKE_WORD, &[&word, &ctx.merchant])? == 0 {
            return Err(Problems::one("word", "taken", "Somebody else has this word. Choose another one."));
        }
    }
    tx.exec(&queries::PUT_SETTINGS, &[&ctx.merchant, &edit.enabled, &colour, &edit.may_cancel, &edit.may_ask, &edit.may_return, &ctx.now])?;
    let new = load(tx, ctx)?;
    record(tx, ctx, &old, &new)?;
    Ok(new)
}

fn record(tx: &mut Tx, ctx: &Ctx, old: &Settings, new: &Settings) -> Result<()> {
    let yes = |on: bool| if on { "yes" } else { "no" };
    let all = [
        ("enabled", yes(old.enabled), yes(new.enabled)),
        ("word", old.word.as_str(), new.word.as_str()),
        ("colour", old.colour.as_str(), new.colour.as_str()),
        ("may_cancel", yes(old.may_cancel), yes(new.may_cancel)),
        ("may_ask", yes(old.may_ask), yes(new.may_ask)),
        ("may_return", yes(old.may_return), yes(new.may_return)),
    ];
    let changed: Vec<_> = all.into_iter().filter(|(_, a, b)| a != b).collect();
    if changed.is_empty() {
        return Ok(());
    }
    let event = Event::new("merchant.portal_edited").on("merchant", ctx.merchant.as_str());
    changed.into_iter().fold(event, |e, (field, a, b)| e.value(field, Some(a), Some(b))).record(tx, ctx)?;
    Ok(())
}

/// The open portal at this word: for its pages, before anybody is known.
///
/// # Errors
/// `NotFound` for a word that is nobody's, and for a portal that is switched off.
pub fn find(tx: &mut Tx, word: &str, moment: &Moment) -> Result<Portal> {
    let merchant: Option<MerchantId> = tx.opt(&queries::BY_WORD, &[&word], |r| r.get(0))?;
    let merchant = merchant.ok_or(Error::NotFound("page"))?;
    of(tx, &merchant, moment.now)
}

/// The portal of the merchant in `ctx`, where it is open: its look stands around what a buyer opens by a link, too.
///
/// # Errors
/// The database's alone.
pub fn open_of(tx: &mut Tx, ctx: &Ctx) -> Result<Option<Portal>> {
    match of(tx, &ctx.merchant, ctx.now) {
        Err(Error::NotFound(_)) => Ok(None),
        found => found.map(Some),
    }
}

/// The open portal of a merchant.
pub(super) fn of(tx: &mut Tx, merchant: &MerchantId, now: Micros) -> Result<Portal> {
    let ctx = Ctx::new(merchant.clone(), Actor::system("portal"), Door::Portal, now);
    let settings = load(tx, &ctx)?;
    if !settings.enabled || settings.word.is_empty() {
        return Err(Error::NotFound("page"));
    }
    let own = merchants::settings(tx, &ctx)?;
    let logo = invoices::settings(tx, &ctx)?.logo;
    Ok(Portal { merchant: merchant.clone(), name: own.name, zone: own.zone, logo, settings })
}

/// The picture of the portal's head, a PNG.
///
/// # Errors
/// `NotFound` without one.
pub fn logo(tx: &mut Tx, portal: &Portal, now: Micros) -> Result<Vec<u8>> {
    let ctx = Ctx::new(portal.merchant.clone(), Actor::system("portal"), Door::Portal, now);
    let id = portal.logo.as_ref().ok_or(Error::NotFound("page"))?;
    invoices::shown_logo(tx, &ctx, id)
}
