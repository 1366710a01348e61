//! What a merchant sets up: itself, its shops, groups, tags and rates.

mod labels;
mod merchant;
mod providers;
mod rates;
mod shops;

use crate::http::Routes;

/// The operations of the room.
pub fn routes(routes: Routes) -> Routes {
    providers::routes(rates::routes(labels::routes(shops::routes(merchant::routes(routes)))))
}
