//! Which columns a person sees in the list, kept with the person (SPEC 1.1). The name is always there: it is the way to the customer.

use store::Tx;

use crate::kit::{Ctx, Result, Right, words};
use crate::lists::kept;

/// Under this name the choice is kept.
const KEPT: &str = "customer_columns";

words! {
    /// A column beside the name.
    pub enum Column {
        /// Primary e-mail address; drawn under the name.
        Email = "email", "E-mail";
        /// Customer status.
        Status = "status", "Status";
        /// Of the default method.
        MethodStatus = "method_status", "Payment method status";
        /// When it was created.
        Created = "created", "Created";
        /// Last order.
        LastOrder = "last_order", "Last order";
        /// In the merchant's currency.
        Lifetime = "lifetime", "Lifetime value";
        /// The oldest one attached (SPEC 1.8).
        Method = "method", "Payment method";
        /// Group.
        Group = "group", "Group";
        /// Where it was created.
        Shop = "shop", "Shop";
        /// Billing country.
        Country = "country", "Country";
        /// Primary phone.
        Phone = "phone", "Phone";
        /// Organisation.
        Company = "company", "Company";
        /// Tags.
        Tags = "tags", "Tags";
    }
}

/// What everybody sees who has chosen nothing: the first six.
pub const DEFAULT_COLUMNS: usize = 6;

/// The columns the person sees, in the order of [`Column::ALL`].
pub fn columns(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Column>> {
    let Some(kept) = kept::state(tx, ctx, KEPT)? else { return Ok(Column::ALL[..DEFAULT_COLUMNS].to_vec()) };
    let chosen: Vec<Column> = kept.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    Ok(Column::ALL.iter().copied().filter(|c| chosen.contains(c)).collect())
}

/// Keeps the person's choice; an empty one leaves the name alone.
///
/// # Errors
/// [`crate::Error::Forbidden`] without [`Right::Read`].
pub fn keep_columns(tx: &mut Tx, ctx: &Ctx, chosen: &[Column]) -> Result<()> {
    ctx.must(Right::Read)?;
    let words: Vec<&str> = chosen.iter().map(|c| c.name()).collect();
    kept::keep(tx, ctx, KEPT, &words.join(" "))
}
