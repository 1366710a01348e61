//! Reading one customer, whole, with its statuses worked out at `ctx.now` (SPEC 2.1 to 2.3).

use std::collections::BTreeMap;

use store::{Row, Tx};

use super::model::{Contact, Customer, ExternalId, MethodLine, Named, Total, display_name};
use super::queries as q;
use super::reason;
use super::status::{MethodStatus, Status};
use crate::kit::{Address, ContactId, Ctx, CustomerId, Error, MethodId, Result, Right, TagId};
use crate::merchants::{self, Settings};

/// One customer. A merged one leads to the survivor (SPEC 10.1): look at `id`.
///
/// # Errors
/// [`Error::NotFound`], also for another merchant's; [`Error::Forbidden`] without [`Right::Read`].
pub fn get(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<Customer> {
    ctx.must(Right::Read)?;
    let id = super::state::survivor(tx, ctx, id)?;
    load(tx, ctx, &id)
}

/// One customer as it stands, without following merges and without asking for a right.
pub(crate) fn load(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<Customer> {
    let settings = merchants::settings(tx, ctx)?;
    let found = tx.opt(&q::FIND, &[&ctx.merchant, id], |r| read(r, ctx, &settings))?;
    let (mut c, links) = found.ok_or(Error::NotFound("customer"))?;
    fill(tx, ctx, &mut c, links)?;
    c.status_reason = reason::words(tx, ctx, &settings, &c)?;
    Ok(c)
}

/// Methods that are looked up behind the row: default, oldest.
type Links = (Option<MethodId>, Option<MethodId>);

/// Reads the row of [`q::FIND`].
fn read(r: &Row, ctx: &Ctx, settings: &Settings) -> std::result::Result<(Customer, Links), store::Error> {
    let (number, name, first_name): (String, String, String) = (r.get("number")?, r.get("name")?, r.get("first_name")?);
    let (last_name, email, company): (String, String, String) = (r.get("last_name")?, r.get("email")?, r.get("company")?);
    let metadata: String = r.get("metadata")?;
    let status = Status::of(r.get("status")?).ok_or(store::Error::Decode { column: "status".into(), want: "a status" })?;
    let method = MethodStatus::of(r.get("method_status")?)
        .ok_or(store::Error::Decode { column: "method_status".into(), want: "a method status" })?;
    let customer = Customer {
        id: r.get("id")?,
        display_name: display_name(&name, &first_name, &last_name, &company, &email, &number),
        number,
        name,
        first_name,
        last_name,
        email,
        emails: Vec::new(),
        phone: r.get("phone")?,
        phones: Vec::new(),
        language: r.get("language")?,
        company,
        company_id: r.get("company_id")?,
        company_email: r.get("company_email")?,
        tax_id: r.get("tax_id")?,
        vat_number: r.get("vat_number")?,
        billing: address(r, 13)?,
        delivery_same: r.get("delivery_same")?,
        delivery: address(r, 20)?,
        shop: r.get::<Option<_>>("shop_id")?.map(|id| Named { id, name: String::new() }),
        shops: Vec::new(),
        group: r.get::<Option<_>>("group_id")?.map(|id| Named { id, name: String::new() }),
        tags: Vec::new(),
        avatar: r.get("avatar_id")?,
        marketing: r.get("marketing")?,
        marketing_at: r.get("marketing_at")?,
        metadata: if metadata.is_empty() { BTreeMap::new() } else { serde_json::from_str(&metadata).unwrap_or_default() },
        external_ids: Vec::new(),
        created_at: r.get("created_at")?,
        updated_at: r.get("updated_at")?,
        archived_at: r.get("archived_at")?,
        deleted_at: r.get("deleted_at")?,
        anonymised_at: r.get("anonymised_at")?,
        merged_into: r.get("merged_into")?,
        import_id: r.get("import_id")?,
        version: r.get("version")?,
        status: status.at(r.get("status_until")?, ctx.now),
        status_reason: String::new(),
        method_status: method.on(r.get("method_expires_day")?, settings.zone.day(ctx.now)),
        default_method: None,
        oldest_method: None,
        currency: settings.currency,
        lifetime: r.get("lifetime")?,
        lifetime_missing: r.get("lifetime_missing")?,
        totals: Vec::new(),
        order_count: r.get("order_count")?,
        order_total: r.get("order_total")?,
        payment_count: r.get("payment_count")?,
        dispute_count: r.get("dispute_count")?,
        open_dispute_count: r.get("open_dispute_count")?,
        balance_due: r.get("balance_due")?,
        first_order_at: r.get("first_order_at")?,
        last_order_at: r.get("last_order_at")?,
        first_paid_at: r.get("first_paid_at")?,
        last_paid_at: r.get("last_paid_at")?,
    };
    Ok((customer, (r.get("default_method_id")?, r.get("oldest_method_id")?)))
}

/// Six columns from `at` on.
fn address(r: &Row, at: usize) -> std::result::Result<Address, store::Error> {
    Ok(Address {
        line1: r.get(at)?,
        line2: r.get(at + 1)?,
        city: r.get(at + 2)?,
        state: r.get(at + 3)?,
        zip: r.get(at + 4)?,
        country: r.get(at + 5)?,
    })
}

/// What stands in other tables.
fn fill(tx: &mut Tx, ctx: &Ctx, c: &mut Customer, (default, oldest): Links) -> Result<()> {
    let contacts = tx.rows(&q::CONTACTS, &[&ctx.merchant, &c.id], |r| {
        Ok((r.get::<String>(1)?, Contact { id: r.get::<ContactId>(0)?, value: r.get(2)? }))
    })?;
    let (emails, phones): (Vec<_>, Vec<_>) = contacts.into_iter().partition(|(kind, _)| kind == "email");
    c.emails = emails.into_iter().map(|(_, e)| e).collect();
    c.phones = phones.into_iter().map(|(_, e)| e).collect();
    c.tags = tags(tx, ctx, &c.id)?;
    c.external_ids = tx.rows(&q::EXTERNAL_IDS, &[&ctx.merchant, &c.id], |r| Ok(ExternalId { system: r.get(0)?, id: r.get(1)? }))?;
    if let Some(shop) = &mut c.shop {
        shop.name = tx.opt(&q::SHOP_NAME, &[&ctx.merchant, &shop.id], |r| r.get(0))?.unwrap_or_default();
    }
    if let Some(group) = &mut c.group {
        group.name = tx.opt(&q::GROUP_NAME, &[&ctx.merchant, &group.id], |r| r.get(0))?.unwrap_or_default();
    }
    c.shops = tx.rows(&q::SHOPS, &[&ctx.merchant, &c.id], |r| Ok(Named { id: r.get(0)?, name: r.get(1)? }))?;
    if let Some(shop) = c.shop.clone().filter(|s| !c.shops.contains(s)) {
        c.shops.insert(0, shop);
    }
    c.totals = tx.rows(&q::TOTALS, &[&ctx.merchant, &c.id], |r| {
        Ok(Total { currency: r.get(0)?, paid: r.get(1)?, refunded: r.get(2)?, lost: r.get(3)? })
    })?;
    c.oldest_method = method(tx, ctx, oldest.as_ref())?;
    c.default_method = if default == oldest { c.oldest_method.clone() } else { method(tx, ctx, default.as_ref())? };
    Ok(())
}

pub(super) fn tags(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<Vec<Named<TagId>>> {
    Ok(tx.rows(&q::TAGS, &[&ctx.merchant, id], |r| Ok(Named { id: r.get(0)?, name: r.get(1)? }))?)
}

fn method(tx: &mut Tx, ctx: &Ctx, id: Option<&MethodId>) -> Result<Option<MethodLine>> {
    let Some(id) = id else { return Ok(None) };
    Ok(tx.opt(&q::METHOD, &[&ctx.merchant, id], |r| {
        Ok(MethodLine {
            id: r.get(0)?,
            kind: r.get(1)?,
            brand: r.get(2)?,
            last4: r.get(3)?,
            expires_year: r.get(4)?,
            expires_month: r.get(5)?,
        })
    })?)
}
