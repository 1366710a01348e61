//! What stands around the pages that somebody opens by a link of their own (an invoice, an offer, a payment): the shop's name, and its logo and colour where its
//! portal is open. Nothing leads to the staff's door, and an error says no more than that the link does not hold.

use domain::kit::Ctx;
use domain::{Result, portal};
use store::Tx;

use crate::look::initials;

/// Around a page; the default has no head, for pages that know nobody.
#[derive(Clone, Debug, Default)]
pub struct House {
    /// What the shop is called.
    pub name: String,
    pub letters: String,
    /// Where its logo is; empty: none.
    pub logo: String,
    /// Where the sheet with its colour is; empty: none.
    pub sheet: String,
}

impl House {
    /// Of the merchant of `ctx`, under this name.
    ///
    /// # Errors
    /// The database's alone.
    pub fn of(tx: &mut Tx, ctx: &Ctx, name: &str) -> Result<Self> {
        let bare = Self { name: name.to_owned(), letters: initials(name), ..Self::default() };
        Ok(match portal::open_of(tx, ctx)? {
            None => bare,
            Some(open) => {
                let at = open.at();
                let logo = if open.logo.is_some() { format!("{at}/logo") } else { String::new() };
                Self { logo, sheet: format!("{at}/look.css?{}", open.settings.colour.as_str().trim_start_matches('#')), ..bare }
            }
        })
    }
}
