//! What is known of many addresses at once.

use std::collections::{HashMap, HashSet};

use store::Tx;

use super::{Bounce, queries};
use crate::customers::list::queries::Some2;
use crate::customers::list::some_of;
use crate::kit::{Ctx, Result, Right, email_key};
use crate::privacy::refusals;

/// What is known of an address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Mail to it came back.
    pub bounced: bool,
    /// Whoever has it wants no marketing.
    pub refused: bool,
}

/// An address that bounced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    /// The address as it was asked for.
    pub email: String,
    /// What is known.
    pub bounce: Bounce,
}

/// Which of at most 100 addresses bounced, in their order. Needs [`Right::Read`].
///
/// # Errors
/// [`crate::Error::Forbidden`].
pub fn marked(tx: &mut Tx, ctx: &Ctx, emails: &[String]) -> Result<Vec<Marked>> {
    ctx.must(Right::Read)?;
    let Some(key) = refusals::key(tx, ctx)? else { return Ok(Vec::new()) };
    let hashes: Vec<String> = emails.iter().map(|e| refusals::hash(&key, &email_key(e))).collect();
    let mut found = HashMap::new();
    some_of(tx, ctx, &queries::BOUNCED, &hashes, |r| {
        found.insert(r.get::<String>(0)?, Bounce { code: r.get(1)?, at: r.get(2)? });
        Ok(())
    })?;
    let all = emails.iter().zip(&hashes);
    Ok(all.filter_map(|(email, hash)| Some(Marked { email: email.clone(), bounce: found.get(hash)?.clone() })).collect())
}

/// What is known of at most 100 addresses, by their keys ([`crate::kit::email_key`]); what is unknown is absent.
pub(crate) fn marks(tx: &mut Tx, ctx: &Ctx, keys: &[&str]) -> Result<HashMap<String, Mark>> {
    // Without a key nothing was ever hashed.
    let Some(key) = refusals::key(tx, ctx)? else { return Ok(HashMap::new()) };
    let by_hash: Vec<(String, &str)> = keys.iter().filter(|k| !k.is_empty()).map(|k| (refusals::hash(&key, k), *k)).collect();
    let hashes: Vec<String> = by_hash.iter().map(|(hash, _)| hash.clone()).collect();
    let found = |tx: &mut Tx, statement: &Some2| -> Result<HashSet<String>> {
        let mut found = HashSet::new();
        some_of(tx, ctx, statement, &hashes, |r| {
            found.insert(r.get(0)?);
            Ok(())
        })?;
        Ok(found)
    };
    let (bounced, refused) = (found(tx, &queries::BOUNCED)?, found(tx, &queries::REFUSED)?);
    let marks =
        by_hash.iter().map(|(hash, key)| ((*key).to_owned(), Mark { bounced: bounced.contains(hash), refused: refused.contains(hash) }));
    Ok(marks.filter(|(_, mark)| *mark != Mark::default()).collect())
}
