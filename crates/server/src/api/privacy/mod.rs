//! Personal data: anonymising with its receipts and rules, one person's data as a file, and the register of requests (SPEC 11).

mod erasures;
mod obfuscate;
mod requests;
mod terms;

use crate::http::Routes;

/// Routes of the room.
pub fn routes(routes: Routes) -> Routes {
    terms::routes(requests::routes(obfuscate::routes(erasures::routes(routes))))
}
