//! REST API v1 (SPEC 13.1): the same verbs as the pages, with keys, scopes, problem+json and cursor pages.

mod customers;
mod describe;
mod pointer;
pub mod types;
pub mod write;

pub use describe::describe;

use crate::http::Routes;

/// All operations of the API.
pub fn routes(routes: Routes) -> Routes {
    customers::routes(routes)
}
