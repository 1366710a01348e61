//! The dashboard: one folder per room, each with its routes, handlers and templates.
//!
//! A handler reads the request, calls one verb and shows the outcome. It decides nothing of the trade.

mod customers;
mod frame;
pub mod moments;
mod page;
mod toast;
pub mod tones;
mod typed;

pub use frame::frame;
pub use page::{PageError, PageResult, error_page, not_found, see_other, show, show_with};
pub use toast::{Toasted, toasted};
pub use typed::{Typed, refused};

use crate::http::Routes;

/// All pages.
pub fn routes(routes: Routes) -> Routes {
    customers::routes(routes)
}
