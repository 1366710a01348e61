//! Customers as people name them in a field of a form.

use domain::customers::{find_by_email, find_by_number};
use domain::kit::{Ctx, CustomerId, Problems, email_key};
use store::Tx;

/// The customer with this e-mail address or number, as typed into the field `customer`; nobody for an empty one.
///
/// # Errors
/// A field error for `customer` when nobody has it.
pub fn whom(tx: &mut Tx, ctx: &Ctx, typed: &str) -> domain::Result<Option<CustomerId>> {
    let text = typed.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let found = match () {
        () if text.contains('\0') => None,
        () if text.contains('@') => find_by_email(tx, ctx, &email_key(text))?,
        () => find_by_number(tx, ctx, text)?,
    };
    let unknown = "No customer has this e-mail address or number. Leave it empty when nobody is known yet.";
    found.map(Some).ok_or_else(|| Problems::one("customer", "unknown", unknown))
}
