//! Before a mailing: exactly who will get it and who will not, and the mail of one of them.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;
use store::Tx;

use super::begin::chosen;
use super::who::{Recipient, recipients};
use super::{NewMailing, Skip};
use crate::customers::bulk;
use crate::customers::list::Indexes;
use crate::kit::{Ctx, CustomerId, Problems, Result, Right};
use crate::merchants;
use crate::templates::{Ready, Written};

/// So many of the skipped are named.
const NAMED: usize = 200;

/// Somebody who will not get it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// Who.
    pub customer: CustomerId,
    /// What the customer is called; the id where there is none any more.
    pub name: String,
    /// The address; may be empty.
    pub email: String,
    /// Why.
    pub reason: Skip,
}

/// What a mailing would do, now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// So many would get it.
    pub will: u64,
    /// So many would not, by reason.
    pub skipped: BTreeMap<Skip, u64>,
    /// Some of those who would not, at most 200.
    pub named: Vec<Skipped>,
    /// Whose mail is shown, with the place among those who would get it, from 0; absent when nobody would.
    pub sample: Option<(u64, CustomerId, String, String)>,
    /// That mail.
    pub mail: Option<Written>,
}

/// Counts, and writes the mail of the recipient at place `at` (of the last one when there are fewer). In a read transaction. Needs
/// [`Right::BulkMail`].
///
/// # Errors
/// Field errors for the query, the template, and a mail that cannot be written for this customer.
pub fn preview(tx: &mut Tx, ctx: &Ctx, indexes: &Indexes, new: &NewMailing, at: u64) -> Result<Preview> {
    ctx.must(Right::BulkMail)?;
    ctx.must(Right::Read)?;
    let (template, shop) = chosen(tx, ctx, &new.template)?;
    let mut found = Preview { will: 0, skipped: BTreeMap::new(), named: Vec::new(), sample: None, mail: None };
    let (mut addresses, mut shown): (HashSet<u64>, Option<Recipient>) = (HashSet::new(), None);
    let hasher = std::hash::RandomState::new();
    bulk::each_block(tx, ctx, indexes, &new.selection, |tx, ids| {
        for some in ids.chunks(100) {
            for mut one in recipients(tx, ctx, some, new.consenting_only)? {
                if one.skip.is_none() && !addresses.insert(std::hash::BuildHasher::hash_one(&hasher, &one.email_key)) {
                    one.skip = Some(Skip::SameAddress);
                }
                match one.skip {
                    None => {
                        if found.will <= at {
                            found.sample = Some((found.will, one.id.clone(), one.name.clone(), one.email.clone()));
                            shown = Some(one);
                        }
                        found.will += 1;
                    }
                    Some(reason) => note(&mut found, one, reason),
                }
            }
        }
        Ok(())
    })?;
    if let Some(one) = shown {
        let merchant = merchants::settings(tx, ctx)?.name;
        let mail = Ready::try_from(&template).and_then(|ready| ready.write(&one.values(&shop, &merchant)));
        found.mail = Some(mail.map_err(|words| Problems::one("template", "template", words))?);
    }
    Ok(found)
}

fn note(found: &mut Preview, one: Recipient, reason: Skip) {
    *found.skipped.entry(reason).or_default() += 1;
    if found.named.len() < NAMED {
        let name = if one.name.is_empty() { one.id.to_string() } else { one.name };
        found.named.push(Skipped { customer: one.id, name, email: one.email, reason });
    }
}
