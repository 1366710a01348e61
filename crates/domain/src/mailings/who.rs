//! Who gets a mail and who does not, by one rule for the preview and for the run.

use std::collections::HashMap;

use store::{Row, Tx};

use super::{Skip, queries};
use crate::addresses::{self, Mark};
use crate::customers::display_name;
use crate::customers::list::some_of;
use crate::kit::{Ctx, CustomerId, Email, Micros, Result};
use crate::shops::Shop;
use crate::templates::Values;

/// A customer of a mailing as it is now.
#[derive(Clone, Debug)]
pub(super) struct Recipient {
    pub id: CustomerId,
    pub name: String,
    pub email: String,
    pub email_key: String,
    /// Why not; addresses that two have are left to the caller, who knows who came before.
    pub skip: Option<Skip>,
    fields: [(&'static str, String); 10],
}

impl Recipient {
    /// The values of a template's fields.
    pub(super) fn values(&self, shop: &Shop, merchant: &str) -> Values {
        let own = self.fields.iter().cloned().fold(Values::default(), |values, (field, value)| values.with(field, value));
        own.with("shop.name", &shop.name).with("shop.url", &shop.url).with("merchant.name", merchant)
    }

    fn gone(id: &CustomerId) -> Self {
        let fields = [("customer.name", ""); 10].map(|(field, value)| (field, value.to_owned()));
        Self { id: id.clone(), name: String::new(), email: String::new(), email_key: String::new(), skip: Some(Skip::Gone), fields }
    }
}

/// Whom a mail that goes by itself is written to.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    /// What they are called.
    pub name: String,
    /// Where it goes; may be empty.
    pub email: String,
    /// The values of a template's fields.
    pub values: Values,
    /// Mail to the address came back.
    pub bounced: bool,
    /// Deleted, anonymised or merged: nobody is written to any more.
    pub gone: bool,
}

/// One customer as the reader of such a mail, whatever they said about marketing.
///
/// # Errors
/// None of its own.
pub(crate) fn reader(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, shop: &Shop, merchant: &str) -> Result<Option<Reader>> {
    let mut found = None;
    some_of(tx, ctx, &queries::RECIPIENTS, &[customer.to_string()], |r| {
        found = Some(read(r)?);
        Ok(())
    })?;
    let Some((recipient, standing)) = found else { return Ok(None) };
    let bounced = addresses::marks(tx, ctx, &[&recipient.email_key])?.get(&recipient.email_key).is_some_and(|mark| mark.bounced);
    let values = recipient.values(shop, merchant);
    let gone = standing.deleted || standing.anonymised || standing.merged;
    let email = Email::parse(&recipient.email).map(|e| e.typed).unwrap_or_default();
    Ok(Some(Reader { name: recipient.name, email, values, bounced, gone }))
}

/// What decides beside the address.
struct Standing {
    archived: bool,
    deleted: bool,
    anonymised: bool,
    merged: bool,
    marketing: bool,
    asked: bool,
}

/// At most 100 customers, in the order of the ids. `consenting_only` leaves out who never agreed.
pub(super) fn recipients(tx: &mut Tx, ctx: &Ctx, ids: &[CustomerId], consenting_only: bool) -> Result<Vec<Recipient>> {
    let texts: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let mut found = HashMap::with_capacity(ids.len());
    some_of(tx, ctx, &queries::RECIPIENTS, &texts, |r| {
        let (recipient, standing) = read(r)?;
        found.insert(recipient.id.clone(), (recipient, standing));
        Ok(())
    })?;
    let keys: Vec<&str> = found.values().map(|(recipient, _)| recipient.email_key.as_str()).collect();
    let marks = addresses::marks(tx, ctx, &keys)?;
    let judged = |id| match found.remove(id) {
        None => Recipient::gone(id),
        Some((mut recipient, standing)) => {
            let mark = marks.get(&recipient.email_key).copied().unwrap_or_default();
            recipient.skip = judge(&recipient, &standing, mark, consenting_only);
            recipient
        }
    };
    Ok(ids.iter().map(judged).collect())
}

fn judge(recipient: &Recipient, standing: &Standing, mark: Mark, consenting_only: bool) -> Option<Skip> {
    match () {
        () if standing.merged => Some(Skip::Merged),
        () if standing.anonymised => Some(Skip::Anonymised),
        () if standing.deleted => Some(Skip::Deleted),
        () if standing.archived => Some(Skip::Archived),
        () if Email::parse(&recipient.email).is_none() => Some(Skip::NoAddress),
        // Who agreed after a refusal of the same address agreed: a refusal takes the consent off everybody who has the address.
        () if !standing.marketing && (standing.asked || mark.refused) => Some(Skip::Unsubscribed),
        () if mark.bounced => Some(Skip::Bounced),
        () if consenting_only && !standing.marketing => Some(Skip::NoConsent),
        () => None,
    }
}

fn read(r: &Row) -> std::result::Result<(Recipient, Standing), store::Error> {
    let text = |column: &str| r.get::<String>(column);
    let (first, last, company, email, number) =
        (text("first_name")?, text("last_name")?, text("company")?, text("email")?, text("number")?);
    let name = display_name(r.str(1)?, &first, &last, &company, &email, &number);
    let moment = |column: &str| r.get::<Option<Micros>>(column).map(|at| at.is_some());
    let standing = Standing {
        archived: moment("archived_at")?,
        deleted: moment("deleted_at")?,
        anonymised: moment("anonymised_at")?,
        merged: r.get::<Option<CustomerId>>("merged_into")?.is_some(),
        marketing: r.get("marketing")?,
        asked: moment("marketing_at")?,
    };
    let fields = [
        ("customer.name", name.clone()),
        ("customer.first_name", first),
        ("customer.last_name", last),
        ("customer.email", email.clone()),
        ("customer.phone", text("phone")?),
        ("customer.company", company),
        ("customer.number", number),
        ("customer.language", text("language")?),
        ("customer.city", text("billing_city")?),
        ("customer.country", text("billing_country")?),
    ];
    Ok((Recipient { id: r.get(0)?, name, email, email_key: text("email_key")?, skip: None, fields }, standing))
}
