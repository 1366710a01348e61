//! The customers of a merchant: the list, what is done with many, and each one's own pages.

mod list;

use crate::http::Routes;

/// All pages of customers.
pub fn routes(routes: Routes) -> Routes {
    list::routes(routes)
}
