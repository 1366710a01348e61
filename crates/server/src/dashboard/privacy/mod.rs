//! Anonymising from the profile, its receipt, and the settings of privacy: how long invoices are kept, and after how many months of silence a shop's
//! customers are anonymised (SPEC 11).

mod erase;
mod receipt;
mod rules;

use domain::kit::Right;

use super::Typed;
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
    routes
        .get("/customers/{id}/anonymise", anonymise, erase::ask)
        .post("/customers/{id}/anonymise", anonymise, erase::act)
        .get("/customers/{id}/erasure", Policy::May(Right::Read), receipt::page)
        .get("/invoices/{id}/legal", Policy::May(Right::LegalCopies), receipt::legal)
        .post("/customers/{id}/obfuscate", anonymise, rules::obfuscate)
        .get("/settings/privacy", anonymise, rules::page)
        .post("/settings/privacy/years", anonymise, rules::years)
        .post("/settings/privacy/rules", anonymise, rules::save)
        .post("/settings/privacy/run", anonymise, rules::run)
}
