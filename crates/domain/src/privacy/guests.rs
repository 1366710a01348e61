//! What somebody bought as a guest (SPEC 2.8), wrote as nobody in particular, or asked without being looked up: no key leads from them to it, but it
//! stands under their addresses. For the one transaction of the verb it is theirs; orders, payments and invoices are a guest's again when it is done.

use std::collections::{BTreeMap, BTreeSet};

use store::{Row, Stmt, Tx};

use super::queries as q;
use super::read::Kept;
use crate::kit::{ConversationId, Ctx, Currency, CustomerId, Link, Money, Result, email_key, phone_key};
use crate::{merchants, payments};

/// Orders and payments of no customer, under addresses that are these customers' alone.
#[derive(Debug, Default)]
pub(super) struct Found {
    orders: BTreeMap<String, Option<Link>>,
    payments: BTreeMap<String, Option<Link>>,
    /// So many are left: another customer has their address too.
    shared: u64,
}

/// What was taken.
#[derive(Debug, Default)]
pub(super) struct Taken {
    orders: Vec<String>,
    payments: Vec<String>,
    invoices: Vec<String>,
}

/// Looks by every address and number that these customers have or had; they are one person.
pub(super) fn find(tx: &mut Tx, ctx: &Ctx, all: &[CustomerId]) -> Result<Found> {
    let (mut found, mut shared) = (Found::default(), BTreeSet::new());
    let mut known = BTreeMap::new();
    for (kind, key) in keys(tx, ctx, all)? {
        let by: [&'static Stmt; 2] = if kind == "email" {
            [&q::GUEST_ORDERS_BY_EMAIL, &q::GUEST_PAYMENTS_BY_EMAIL]
        } else {
            [&q::GUEST_ORDERS_BY_PHONE, &q::GUEST_PAYMENTS_BY_PHONE]
        };
        for (statement, is_order) in by.into_iter().zip([true, false]) {
            let rows = tx.rows(statement, &[&ctx.merchant, &key], |r| {
                let link = if r.get::<bool>(3)? { Some(if is_order { order(r)? } else { payment(r)? }) } else { None };
                Ok((r.get::<String>(0)?, r.get::<String>(1)?, r.get::<String>(2)?, link))
            })?;
            for (id, email, phone, link) in rows {
                if is_of_others(tx, ctx, all, "email", &email, &mut known)? || is_of_others(tx, ctx, all, "phone", &phone, &mut known)? {
                    shared.insert(id);
                } else if is_order {
                    found.orders.insert(id, link);
                } else {
                    found.payments.insert(id, link);
                }
            }
        }
    }
    // What was paid for such an order is the same buyer's, under whatever address.
    for order in found.orders.keys() {
        for (id, link) in tx.rows(&q::GUEST_PAYMENTS_OF, &[&ctx.merchant, order], |r| {
            let link = if r.get::<bool>(3)? { Some(payment(r)?) } else { None };
            Ok((r.get::<String>(0)?, link))
        })? {
            shared.remove(&id);
            found.payments.insert(id, link);
        }
    }
    found.shared = shared.len() as u64;
    Ok(found)
}

fn order(r: &Row) -> std::result::Result<Link, store::Error> {
    Ok(Link { kind: "order", id: r.get(0)?, label: format!("Order {}", r.str(4)?) })
}

fn payment(r: &Row) -> std::result::Result<Link, store::Error> {
    Ok(Link { kind: "payment", id: r.get(0)?, label: format!("Payment of {} on its way", Money::new(r.get(4)?, r.get::<Currency>(5)?)) })
}

fn invoice(r: &Row) -> std::result::Result<Link, store::Error> {
    let label = if r.str(1)?.is_empty() { "A draft of an invoice".to_owned() } else { format!("Invoice {}", r.str(1)?) };
    Ok(Link { kind: "invoice", id: r.get(0)?, label })
}

/// Kind (`email`, `phone`) and key of every address these customers have or had.
fn keys(tx: &mut Tx, ctx: &Ctx, all: &[CustomerId]) -> Result<BTreeSet<(&'static str, String)>> {
    let country = merchants::settings(tx, ctx)?.country;
    let mut keys = BTreeSet::new();
    for id in all {
        for (kind, key) in payments::keys::own(tx, ctx, id)? {
            match kind.as_str() {
                "email" => keys.insert(("email", key)),
                "phone" => keys.insert(("phone", key)),
                _ => false,
            };
        }
        for (field, value) in tx.rows(&q::FORMER, &[&ctx.merchant, id], |r| Ok((r.get::<String>(0)?, r.get::<String>(1)?)))? {
            keys.insert(if field == "email" { ("email", email_key(&value)) } else { ("phone", phone_key(&value, &country)) });
        }
    }
    keys.retain(|(_, key)| !key.is_empty());
    Ok(keys)
}

impl Found {
    /// The ids of what these customers did as nobody in particular, by the table they stand in: what an erasure takes along.
    pub(super) fn all(self, tx: &mut Tx, ctx: &Ctx, people: &[CustomerId]) -> Result<[(&'static str, Vec<String>); 4]> {
        let (orders, payments): (Vec<String>, Vec<String>) = (self.orders.into_keys().collect(), self.payments.into_keys().collect());
        let invoices = invoices_of(tx, ctx, &orders, &payments)?;
        let mut conversations = Vec::new();
        for one in people {
            conversations.extend(tx.rows(&q::KEYED_CONVERSATIONS, &[&ctx.merchant, one], |r| r.get::<String>(0))?);
        }
        conversations.sort();
        conversations.dedup();
        Ok([("orders", orders), ("payments", payments), ("invoices", invoices), ("conversations", conversations)])
    }
}

/// Invoices of a guest's orders, and of payments that are for no order.
fn invoices_of(tx: &mut Tx, ctx: &Ctx, orders: &[String], payments: &[String]) -> Result<Vec<String>> {
    let mut invoices = Vec::new();
    for (statement, things) in [(&q::GUEST_INVOICES_OF_ORDER, orders), (&q::GUEST_INVOICES_OF_PAYMENT, payments)] {
        for thing in things {
            invoices.extend(tx.rows(statement, &[&ctx.merchant, thing], |r| r.get::<String>(0))?);
        }
    }
    Ok(invoices)
}

/// Does a customer beside these have this address?
fn is_of_others(
    tx: &mut Tx,
    ctx: &Ctx,
    all: &[CustomerId],
    kind: &'static str,
    key: &str,
    known: &mut BTreeMap<(&'static str, String), bool>,
) -> Result<bool> {
    if key.is_empty() {
        return Ok(false);
    }
    if let Some(known) = known.get(&(kind, key.to_owned())) {
        return Ok(*known);
    }
    let statement = if kind == "email" { &q::OWNERS_OF_EMAIL } else { &q::OWNERS_OF_PHONE };
    let owners = tx.rows(statement, &[&ctx.merchant, &key], |r| r.get::<CustomerId>(0))?;
    let others = owners.iter().any(|owner| !all.contains(owner));
    known.insert((kind, key.to_owned()), others);
    Ok(others)
}

/// What is still open of it.
pub(super) fn active(tx: &mut Tx, ctx: &Ctx, all: &[CustomerId]) -> Result<Vec<Link>> {
    let found = find(tx, ctx, all)?;
    let mut links: Vec<Link> = found.orders.values().chain(found.payments.values()).flatten().cloned().collect();
    for order in found.orders.keys() {
        let returns = tx.rows(&q::OPEN_RETURNS_OF, &[&ctx.merchant, order], |r| {
            Ok(Link { kind: "return", id: r.get(0)?, label: format!("Return {}", r.str(1)?) })
        })?;
        let invoices = tx.rows(&q::OPEN_INVOICES_OF, &[&ctx.merchant, order], invoice)?;
        links.extend(returns.into_iter().chain(invoices));
    }
    for payment in found.payments.keys() {
        links.extend(tx.rows(&q::OPEN_INVOICES_OF_PAYMENT, &[&ctx.merchant, payment], invoice)?);
        links.extend(tx.rows(&q::OPEN_DISPUTES_OF, &[&ctx.merchant, payment], |r| {
            let money = Money::new(r.get(1)?, r.get::<Currency>(2)?);
            Ok(Link { kind: "dispute", id: r.get(0)?, label: format!("Dispute of {money}") })
        })?);
    }
    for id in all {
        links.extend(tx.rows(&q::OPEN_KEYED_TICKETS, &[&ctx.merchant, id], |r| {
            Ok(Link { kind: "ticket", id: r.get(0)?, label: format!("Ticket {}", r.str(1)?) })
        })?);
    }
    Ok(links)
}

/// Makes it the first one's, with what waited in the inbox under their addresses and the tickets made of that; in a transaction that ends with
/// [`Taken::give_back`] or not at all.
pub(super) fn take(tx: &mut Tx, ctx: &Ctx, all: &[CustomerId], kept: &mut Vec<Kept>) -> Result<Taken> {
    for one in all {
        for conversation in tx.rows(&q::KEYED_CONVERSATIONS, &[&ctx.merchant, one], |r| r.get::<ConversationId>(0))? {
            for statement in [&q::TAKE_CONVERSATION, &q::TAKE_ENTRIES, &q::TAKE_TICKETS] {
                tx.exec(statement, &[&ctx.merchant, &conversation, one])?;
            }
        }
    }
    let Some(first) = all.first() else { return Ok(Taken::default()) };
    let found = find(tx, ctx, all)?;
    let (orders, payments): (Vec<String>, Vec<String>) = (found.orders.into_keys().collect(), found.payments.into_keys().collect());
    let taken = Taken { invoices: invoices_of(tx, ctx, &orders, &payments)?, orders, payments };
    taken.give(tx, ctx, Some(first.clone()))?;
    if found.shared > 0 {
        kept.push(Kept {
            what: "Orders and payments of guests under an address of this customer".to_owned(),
            rule: "Another customer has that address too: they may be theirs.".to_owned(),
            count: Some(found.shared),
            until: None,
        });
    }
    Ok(taken)
}

impl Taken {
    fn give(&self, tx: &mut Tx, ctx: &Ctx, whom: Option<CustomerId>) -> Result<()> {
        for (statement, things) in [(&q::GIVE_ORDER, &self.orders), (&q::GIVE_PAYMENT, &self.payments), (&q::GIVE_INVOICE, &self.invoices)]
        {
            for thing in things {
                tx.exec(statement, &[&ctx.merchant, thing, &whom])?;
            }
        }
        Ok(())
    }

    /// They are a guest's again, and the receipt counts them apart.
    pub(super) fn give_back(&self, tx: &mut Tx, ctx: &Ctx, cleared: &mut BTreeMap<String, u64>) -> Result<()> {
        self.give(tx, ctx, None)?;
        for (table, guests, things) in [
            ("orders", "guest_orders", &self.orders),
            ("payments", "guest_payments", &self.payments),
            ("invoices", "guest_invoices", &self.invoices),
        ] {
            let count = things.len() as u64;
            if count == 0 {
                continue;
            }
            cleared.insert(guests.to_owned(), count);
            let left = cleared.get(table).map_or(0, |n| n.saturating_sub(count));
            if left == 0 {
                cleared.remove(table)
            } else {
                cleared.insert(table.to_owned(), left)
            };
        }
        Ok(())
    }
}

/// Requests about data that were written down without the customer, and name one of these values: they are the customer's.
pub(super) fn take_requests(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, values: &BTreeSet<String>) -> Result<()> {
    let values: Vec<String> = values.iter().map(|v| v.to_lowercase()).collect();
    let unlinked = tx.rows(&q::UNLINKED_REQUESTS, &[&ctx.merchant], |r| {
        Ok((r.get::<String>(0)?, format!("{}\n{}", r.str(1)?, r.str(2)?).to_lowercase()))
    })?;
    for (request, said) in unlinked {
        if values.iter().any(|value| stands_in(value, &said)) {
            tx.exec(&q::TAKE_REQUEST, &[&ctx.merchant, &request, id])?;
        }
    }
    Ok(())
}

/// Does it stand there by itself, and not as a part of a longer address or number?
fn stands_in(value: &str, said: &str) -> bool {
    let goes_on = |c: char| c.is_alphanumeric() || "_-+".contains(c);
    said.match_indices(value).any(|(at, _)| {
        let (before, behind) = (&said[..at], &said[at + value.len()..]);
        // A full stop ends a sentence, and is a part of an address where more follows.
        let ends = |c: Option<char>, next: Option<char>| match c {
            Some('.' | '@') => !next.is_some_and(char::is_alphanumeric),
            Some(c) => !goes_on(c),
            None => true,
        };
        let (mut left, mut right) = (before.chars().rev(), behind.chars());
        ends(left.next(), left.next()) && ends(right.next(), right.next())
    })
}

#[cfg(test)]
mod tests {
    use super::stands_in;

    #[test]
    fn an_address_is_not_a_part_of_another() {
        for said in ["ana@example.com", "mail of ana@example.com.", "<ana@example.com>", "from ana@example.com, by phone"] {
            assert!(stands_in("ana@example.com", said), "{said}");
        }
        for said in ["juana@example.com", "ana@example.com.mx", "j.ana@example.com", "ana@example.community"] {
            assert!(!stands_in("ana@example.com", said), "{said}");
        }
    }
}
