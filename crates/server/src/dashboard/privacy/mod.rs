//! Personal data: anonymising from the profile, its receipt, and the settings of privacy (how long invoices are kept, after how many months of
//! silence a shop's customers are anonymised); the register of what people ask, one person's data as a file, and the purge of prospects who
//! never ordered (SPEC 10.3, 11).

mod data;
mod erase;
mod list;
mod purge;
mod receipt;
mod request;
mod rules;

use domain::kit::Right;

pub use list::standing;

use super::{Typed, lists};
use crate::http::{Policy, Routes};

/// What is said when the word was not typed.
pub const CONFIRM: &str = "Type ANONYMISE, in capitals or not. This cannot be undone.";

/// Was the word typed that nobody types by mistake?
pub fn is_confirmed(typed: &Typed) -> bool {
    typed.get("word").trim().eq_ignore_ascii_case("anonymise")
}

/// The pages.
pub fn routes(routes: Routes) -> Routes {
    let anonymise = Policy::May(Right::Anonymise);
    let (read, answer, purge) = (Policy::May(Right::Read), Policy::May(Right::PersonalData), Policy::May(Right::Purge));
    let routes = lists::routes(routes, &list::DESK, crate::list_paths!("/customers/requests"));
    routes
        .get_fresh("/customers/{id}/anonymise", anonymise, erase::ask)
        .post_fresh("/customers/{id}/anonymise", anonymise, erase::act)
        .get("/customers/{id}/erasure", Policy::May(Right::Read), receipt::page)
        .get("/invoices/{id}/legal", Policy::May(Right::LegalCopies), receipt::legal)
        .post("/customers/{id}/obfuscate", anonymise, rules::obfuscate)
        .get("/settings/privacy", anonymise, rules::page)
        .post("/settings/privacy/years", anonymise, rules::years)
        .post_fresh("/settings/privacy/rules", anonymise, rules::save)
        .post_fresh("/settings/privacy/run", anonymise, rules::run)
        .get("/customers/requests/new", answer, request::new)
        .post("/customers/requests/new", answer, request::create)
        .get("/customers/requests/{id}", read, request::page)
        .post("/customers/requests/{id}", answer, request::edit)
        .post("/customers/requests/{id}/close", answer, request::close)
        .post("/customers/requests/{id}/reopen", answer, request::reopen)
        .post("/customers/requests/{id}/extend", answer, request::extend)
        .post_fresh("/customers/{id}/data", answer, data::file)
        .get("/customers/purge", purge, purge::page)
}
