//! What a customer has a set of: the survivor gets what it lacks, and undo takes off just that. The rows of the one who goes stay, but for its
//! tags and group, which are counted.

use std::collections::BTreeSet;

use serde_json::json;
use store::Tx;

use super::queries as q;
use crate::customers::queries as customer;
use crate::kit::{AvatarId, ContactId, Ctx, CustomerId, MergeId, MethodId, Result};
use crate::payments::keys;

fn note(tx: &mut Tx, ctx: &Ctx, merge: &MergeId, mark: &str, row: &str) -> Result<()> {
    tx.exec(&q::NOTE, &[&ctx.merchant, merge, &mark, &row])?;
    Ok(())
}

/// An e-mail address or phone: kind, as typed, key.
pub(super) type Contact = (String, String, String);

fn name((kind, value, key): &Contact) -> String {
    format!("{kind} {}", if key.is_empty() { value } else { key })
}

/// The primary ones of a row.
pub(super) fn primary(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<Vec<Contact>> {
    let [email, email_key, phone, phone_key]: [String; 4] =
        tx.one(&q::PRIMARY, &[&ctx.merchant, id], |r| Ok([r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?]))?;
    let both = [("email".to_owned(), email, email_key), ("phone".to_owned(), phone, phone_key)];
    Ok(both.into_iter().filter(|(_, value, _)| !value.is_empty()).collect())
}

fn further(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<Vec<Contact>> {
    Ok(tx.rows(&q::CONTACTS, &[&ctx.merchant, id], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?)))?)
}

/// Every address and phone of both is the survivor's; `was` are its primary ones before. Gives how many came.
pub(super) fn contacts(tx: &mut Tx, ctx: &Ctx, merge: &MergeId, gone: &CustomerId, stays: &CustomerId, was: Vec<Contact>) -> Result<i64> {
    let mut known: BTreeSet<String> = primary(tx, ctx, stays)?.iter().chain(&further(tx, ctx, stays)?).map(name).collect();
    let wanted = was.into_iter().chain(primary(tx, ctx, gone)?).chain(further(tx, ctx, gone)?);
    let mut count = 0;
    for contact in wanted {
        if known.insert(name(&contact)) {
            let (kind, value, key) = &contact;
            let id: ContactId = ctx.id();
            tx.exec(&customer::INSERT_CONTACT, &[&ctx.merchant, &id, stays, kind, value, key, &(ctx.now + count)])?;
            note(tx, ctx, merge, "customer_contacts", &name(&contact))?;
            count += 1;
        }
    }
    Ok(count)
}

/// The tags of both. Gives how many came.
pub(super) fn tags(tx: &mut Tx, ctx: &Ctx, merge: &MergeId, gone: &CustomerId, stays: &CustomerId) -> Result<i64> {
    let came = tx.exec(&q::NOTE_TAGS, &[&ctx.merchant, merge, gone, stays])?;
    tx.exec(&q::ADD_TAGS, &[&ctx.merchant, merge, stays])?;
    tx.exec(&q::NOTE_TAGS_OF_GONE, &[&ctx.merchant, merge, gone])?;
    tx.exec(&q::DROP_TAGS, &[&ctx.merchant, merge, gone, &"customer_tags.gone"])?;
    Ok(came as i64)
}

/// Cards, e-mails and phones on the payments that came, by which guest payments are found (SPEC 2.8).
pub(super) fn payment_keys(tx: &mut Tx, ctx: &Ctx, merge: &MergeId, stays: &CustomerId) -> Result<()> {
    let all = |tx: &mut Tx| tx.rows(&q::KEYS, &[&ctx.merchant, stays], |r| r.get::<String>(0));
    let before: BTreeSet<String> = all(tx)?.into_iter().collect();
    keys::add_missing(tx, ctx, stays)?;
    for key in all(tx)?.into_iter().filter(|k| !before.contains(k)) {
        note(tx, ctx, merge, "payment_keys", &key)?;
    }
    Ok(())
}

/// A survivor without a picture gets a copy of the other's.
pub(super) fn avatar(tx: &mut Tx, ctx: &Ctx, merge: &MergeId, gone: &CustomerId, stays: &CustomerId) -> Result<()> {
    let of = |tx: &mut Tx, id: &CustomerId| tx.one(&q::AVATAR_OF, &[&ctx.merchant, id], |r| r.get::<Option<AvatarId>>(0));
    let (Some(theirs), None) = (of(tx, gone)?, of(tx, stays)?) else { return Ok(()) };
    let copy: AvatarId = ctx.id();
    if tx.exec(&q::COPY_AVATAR, &[&ctx.merchant, &theirs, &copy, stays])? > 0 {
        tx.exec(&customer::SET_AVATAR, &[&ctx.merchant, stays, &Some(&copy)])?;
        note(tx, ctx, merge, "avatars", copy.as_str())?;
    }
    Ok(())
}

/// The survivor keeps its default payment method, whatever comes to it. Before the methods move.
pub(super) fn default_method(tx: &mut Tx, ctx: &Ctx, merge: &MergeId, gone: &CustomerId, stays: &CustomerId) -> Result<()> {
    let Some(default) = tx.one(&q::DEFAULT, &[&ctx.merchant, stays], |r| r.get::<Option<MethodId>>(0))? else { return Ok(()) };
    let change = |tx: &mut Tx, id: &MethodId, chosen: bool| -> Result<()> {
        let (before, after) = (json!(!chosen).to_string(), json!(chosen).to_string());
        tx.exec(&q::COPY, &[&ctx.merchant, merge, &"payment_methods.chosen", id, &before, &after])?;
        tx.exec(&q::SET_CHOSEN, &[&ctx.merchant, id, &chosen])?;
        Ok(())
    };
    for theirs in tx.rows(&q::CHOSEN, &[&ctx.merchant, gone], |r| r.get::<MethodId>(0))? {
        change(tx, &theirs, false)?;
    }
    let chosen = tx.rows(&q::CHOSEN, &[&ctx.merchant, stays], |r| r.get::<MethodId>(0))?;
    if !chosen.contains(&default) {
        change(tx, &default, true)?;
    }
    Ok(())
}

/// Takes off the survivor what the merge added, and gives the one who went its tags back. The keys follow once the payments are back.
pub(super) fn undo(tx: &mut Tx, ctx: &Ctx, merge: &MergeId, gone: &CustomerId, stays: &CustomerId) -> Result<()> {
    tx.exec(&q::DROP_CONTACTS, &[&ctx.merchant, merge, stays])?;
    tx.exec(&q::DROP_TAGS, &[&ctx.merchant, merge, stays, &"customer_tags"])?;
    tx.exec(&q::TAGS_BACK, &[&ctx.merchant, merge, gone])?;
    tx.exec(&q::DROP_KEYS, &[&ctx.merchant, merge, stays])?;
    for copy in noted(tx, ctx, merge, "avatars")? {
        let now = tx.one(&q::AVATAR_OF, &[&ctx.merchant, stays], |r| r.get::<Option<String>>(0))?;
        if now.as_ref() == Some(&copy) {
            tx.exec(&customer::SET_AVATAR, &[&ctx.merchant, stays, &None::<AvatarId>])?;
        }
        tx.exec(&q::DROP_AVATAR, &[&ctx.merchant, stays, &copy])?;
    }
    for (id, before, after) in
        tx.rows(&q::COPIES, &[&ctx.merchant, merge, &"payment_methods.chosen"], |r| Ok((r.get::<String>(0)?, r.get(1)?, r.get(2)?)))?
    {
        let (before, after): (String, String) = (before, after);
        let now = tx.opt(&q::IS_CHOSEN, &[&ctx.merchant, &id], |r| r.get::<bool>(0))?;
        if now.is_some_and(|now| now.to_string() == after) {
            tx.exec(&q::SET_CHOSEN, &[&ctx.merchant, &id, &(before == "true")])?;
        }
    }
    for row in noted(tx, ctx, merge, "external_ids")? {
        if let Some((system, id)) = row.split_once('\t') {
            tx.exec(&q::EXTERNAL_ID_BACK, &[&ctx.merchant, &system, &id, gone])?;
        }
    }
    Ok(())
}

fn noted(tx: &mut Tx, ctx: &Ctx, merge: &MergeId, mark: &str) -> Result<Vec<String>> {
    Ok(tx.rows(&q::NOTED, &[&ctx.merchant, merge, &mark], |r| r.get(0))?)
}
