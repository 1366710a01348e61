//! By which way a shop takes the money of a link.

use store::Tx;

use crate::invoices::{self, Bank};
use crate::kit::{Ctx, Money, Result, ShopId};
use crate::providers::{Account, Provider, accounts};
use crate::subscriptions::followed;

/// One of them; of several the first that is set up.
#[derive(Clone, Debug, PartialEq)]
pub enum Way {
    /// A page of Stripe.
    Stripe(Account),
    /// A page of PayPal.
    Paypal(Account),
    /// A bank transfer that somebody records when it comes.
    Transfer(Bank),
    /// Test cards: no money moves.
    Test(Account),
}

impl Way {
    /// Real money.
    pub fn is_live(&self) -> bool {
        match self {
            Self::Stripe(account) | Self::Paypal(account) => account.live,
            Self::Transfer(_) => true,
            Self::Test(_) => false,
        }
    }
}

/// The way of a shop for this much; `None`: nothing is set up by which a buyer could pay it. PayPal knows fewer currencies than Stripe.
pub fn way(tx: &mut Tx, ctx: &Ctx, shop: &ShopId, price: Money) -> Result<Option<Way>> {
    for live in [true, false] {
        if let Some(account) = accounts::in_use(tx, ctx, shop, Provider::Stripe, live)? {
            return Ok(Some(Way::Stripe(account)));
        }
        if ::providers::paypal::takes(price.minor, price.currency.code())
            && let Some(account) = accounts::in_use(tx, ctx, shop, Provider::Paypal, live)?
        {
            return Ok(Some(Way::Paypal(account)));
        }
    }
    let bank = invoices::settings(tx, &followed(ctx))?.bank;
    if !bank.iban.is_empty() {
        return Ok(Some(Way::Transfer(bank)));
    }
    Ok(accounts::in_use(tx, ctx, shop, Provider::Test, false)?.map(Way::Test))
}
