//! The customers of a merchant: the list, what is done with many, and each one's own pages.

mod bulk;
mod duplicates;
mod edit;
mod export;
mod life;
mod list;
mod merge;
mod notes;
pub mod profile;

pub use bulk::Asked;
pub use life::{Linked, linked};
pub use list::address;

use crate::http::Routes;

/// All pages of customers.
pub fn routes(routes: Routes) -> Routes {
    let routes = edit::routes(export::routes(bulk::routes(list::routes(routes))));
    let routes = duplicates::routes(merge::routes(routes));
    profile::routes(notes::routes(life::routes(routes)))
}
