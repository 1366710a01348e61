//! Making and changing templates. A new text is a new version; the old ones stay, because mailings name them.

use store::Tx;

use super::read::find;
use super::{LONGEST, LONGEST_SUBJECT, Template, TemplateInput, engine, queries};
use crate::events::Event;
use crate::kit::{Ctx, Error, Problems, Result, Right, ShopId, TemplateId, clean, name_key};
use crate::merchants::{self, required};
use crate::shops;

/// A new template. Needs [`Right::Settings`].
///
/// # Errors
/// Field errors: a name that the shop has, a shop that is not open, a subject or text that cannot be rendered.
pub fn create(tx: &mut Tx, ctx: &Ctx, shop: &ShopId, input: &TemplateInput) -> Result<Template> {
    ctx.must(Right::Settings)?;
    let shop = shops::get(tx, ctx, shop).ok().filter(|s| s.archived_at.is_none());
    let shop = shop.ok_or_else(|| Problems::one("shop", "unknown", "Choose one of your open shops."))?;
    let new = checked(input)?;
    let id: TemplateId = ctx.id();
    tx.exec(&queries::INSERT, &[&ctx.merchant, &id, &shop.id, &new.name, &name_key(&new.name), &ctx.now]).map_err(taken)?;
    keep(tx, ctx, &id, 1, &new)?;
    Event::new("template.created").on("template", id.as_str()).value("name", None, Some(&new.name)).record(tx, ctx)?;
    find(tx, ctx, &id)
}

/// Changes a template; its shop stays. A new subject or text is its next version. Needs [`Right::Settings`].
///
/// # Errors
/// As [`create`].
pub fn edit(tx: &mut Tx, ctx: &Ctx, id: &TemplateId, input: &TemplateInput) -> Result<Template> {
    ctx.must(Right::Settings)?;
    merchants::lock(tx, &ctx.merchant)?;
    let old = find(tx, ctx, id)?;
    let new = checked(input)?;
    if new.name != old.name {
        tx.exec(&queries::RENAME, &[&ctx.merchant, id, &new.name, &name_key(&new.name)]).map_err(taken)?;
    }
    let version = if (&new.subject, &new.body) == (&old.subject, &old.body) { old.version } else { old.version + 1 };
    if version != old.version {
        keep(tx, ctx, id, version, &new)?;
        tx.exec(&queries::SET_VERSION, &[&ctx.merchant, id, &version])?;
    }
    if version != old.version || new.name != old.name {
        let name = (new.name != old.name).then_some(("name", old.name.as_str(), new.name.as_str()));
        let event = Event::new("template.edited").on("template", id.as_str()).data(serde_json::json!({ "version": version }));
        let event = name.into_iter().fold(event, |event, (field, old, new)| event.value(field, Some(old), Some(new)));
        event.record(tx, ctx)?;
    }
    find(tx, ctx, id)
}

/// Nobody chooses it any more; what was sent still names it. Needs [`Right::Settings`].
pub fn archive(tx: &mut Tx, ctx: &Ctx, id: &TemplateId) -> Result<Template> {
    set_archived(tx, ctx, id, true)
}

/// Open again. Needs [`Right::Settings`].
pub fn unarchive(tx: &mut Tx, ctx: &Ctx, id: &TemplateId) -> Result<Template> {
    set_archived(tx, ctx, id, false)
}

fn set_archived(tx: &mut Tx, ctx: &Ctx, id: &TemplateId, archived: bool) -> Result<Template> {
    ctx.must(Right::Settings)?;
    merchants::lock(tx, &ctx.merchant)?;
    if find(tx, ctx, id)?.archived_at.is_some() != archived {
        tx.exec(&queries::SET_ARCHIVED, &[&ctx.merchant, id, &archived.then_some(ctx.now)])?;
        let kind = if archived { "template.archived" } else { "template.unarchived" };
        Event::new(kind).on("template", id.as_str()).record(tx, ctx)?;
    }
    find(tx, ctx, id)
}

fn keep(tx: &mut Tx, ctx: &Ctx, id: &TemplateId, version: i64, new: &TemplateInput) -> Result<()> {
    tx.exec(&queries::INSERT_VERSION, &[&ctx.merchant, id, &version, &new.subject, &new.body, &ctx.now, &ctx.actor.name])?;
    Ok(())
}

fn checked(input: &TemplateInput) -> Result<TemplateInput> {
    let mut problems = Problems::default();
    let name = required(&mut problems, "name", &input.name, "Give the template a name.");
    let subject = clean(&mut problems, "subject", &input.subject, LONGEST_SUBJECT);
    match () {
        () if subject.is_empty() => problems.add("subject", "required", "Say what the mail is about."),
        () if subject.chars().any(char::is_control) => problems.add("subject", "invalid", "A subject is one line."),
        () => {}
    }
    let body = clean(&mut problems, "body", &input.body.replace("\r\n", "\n"), LONGEST);
    if body.is_empty() {
        problems.add("body", "required", "Write what the mail says.");
    }
    for (field, text) in [("subject", &subject), ("body", &body)] {
        if !problems.0.iter().any(|p| p.field == field)
            && let Err(words) = engine::check(text)
        {
            problems.add(field, "template", words);
        }
    }
    problems.check()?;
    Ok(TemplateInput { name, subject, body })
}

fn taken(error: store::Error) -> Error {
    Error::from(error).or_taken("templates", "name", "The shop has a template of this name.")
}
