//! The part that the dialogs of charges and of payment links have in common: how much, what for, and for which order or invoice.

use axum::http::Uri;
use domain::charges::{self, Offered};
use domain::customers;
use domain::kit::{Ctx, CustomerId, InvoiceId, Money, OrderId, Problems, ShopId};
use domain::shops;
use store::Tx;

use crate::dashboard::Typed;
use crate::look::Form;

/// What stands on the page.
#[derive(Clone, Debug)]
pub struct WantedPage {
    pub name: String,
    /// The page of the customer.
    pub at: String,
    /// What is due of the order or the invoice.
    pub due: Option<Offered>,
    pub order: String,
    pub invoice: String,
    pub shops: Vec<(String, String)>,
}

impl WantedPage {
    /// For a customer; the order or the invoice as the address or the form names it.
    pub fn read(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, order: &str, invoice: &str) -> domain::Result<Self> {
        let c = customers::get(tx, ctx, customer)?;
        let (which, bill) = (order.parse::<OrderId>().ok(), invoice.parse::<InvoiceId>().ok());
        let due = match charges::offered(tx, ctx, which.as_ref(), bill.as_ref()) {
            Ok(due) => due.filter(|d| d.customer == c.id),
            Err(domain::Error::NotFound(_) | domain::Error::Conflict { .. }) => None,
            Err(error) => return Err(error),
        };
        let own = c.shop.as_ref().map(|s| s.id.to_string());
        let mut shops: Vec<_> = shops::list(tx, ctx)?.into_iter().filter(|s| s.archived_at.is_none()).collect();
        // The customer's own shop stands first.
        shops.sort_by_key(|s| own.as_deref() != Some(s.id.as_str()));
        Ok(Self {
            name: c.display_name,
            at: format!("/customers/{}", c.id),
            order: if due.is_some() { order.to_owned() } else { String::new() },
            invoice: if due.is_some() { invoice.to_owned() } else { String::new() },
            due,
            shops: shops.iter().map(|s| (s.id.to_string(), format!("{} ({})", s.name, s.currency))).collect(),
        })
    }

    /// What the fields hold at first.
    pub fn begin(&self) -> Vec<(&'static str, String)> {
        let amount = self.due.as_ref().map_or_else(String::new, |d| d.due.plain());
        let purpose = self.due.as_ref().map_or_else(String::new, |d| d.words.clone());
        vec![("amount", amount), ("purpose", purpose)]
    }
}

/// What somebody typed.
#[derive(Clone, Debug)]
pub struct Wanted {
    pub shop: Option<ShopId>,
    pub amount: Option<i64>,
    pub purpose: String,
    pub order: Option<OrderId>,
    pub invoice: Option<InvoiceId>,
}

impl Wanted {
    /// Reads it.
    ///
    /// # Errors
    /// Field errors for `amount` and `shop`.
    pub fn read(tx: &mut Tx, ctx: &Ctx, t: &Typed) -> domain::Result<Self> {
        let (order, invoice) = (t.get("order").parse::<OrderId>().ok(), t.get("invoice").parse::<InvoiceId>().ok());
        let purpose = t.text("purpose");
        if let Some(due) = charges::offered(tx, &crate::api::write::seeing(ctx), order.as_ref(), invoice.as_ref())? {
            let amount = Some(t.amount(due.due)?.minor);
            return Ok(Self { shop: None, amount, purpose, order, invoice });
        }
        let unknown = || Problems::one("shop", "unknown", "Choose one of your shops.");
        let shop: ShopId = t.get("shop").parse().map_err(|()| unknown())?;
        let currency = shops::get(tx, ctx, &shop).map_err(|_| unknown())?.currency;
        let amount = Some(t.amount(Money::new(1900, currency))?.minor);
        Ok(Self { shop: Some(shop), amount, purpose, order, invoice })
    }
}

/// Order and invoice as the address names them, or the form that was sent.
pub fn named(uri: &Uri, form: Option<&Form>) -> (String, String) {
    let of = |name: &str| match form {
        Some(form) => form.value(name).to_owned(),
        None => url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes())
            .find(|(key, _)| key == name)
            .map_or_else(String::new, |(_, value)| value.into_owned()),
    };
    (of("order"), of("invoice"))
}
