//! Creating and editing one customer (SPEC 3.1 to 3.6): the same fields in both, refused forms come back with all that was typed.

mod change;
mod create;
mod fields;
pub(super) mod like;
mod metadata;
mod sent;

use domain::customers::profile;
use domain::kit::{Ctx, Right};
use domain::shops;
use store::Tx;

pub use fields::language_name;

use crate::dashboard::choices::Choices;
use crate::http::{Policy, Routes};
use crate::look::Form;

/// The pages.
pub fn routes(routes: Routes) -> Routes {
    let write = Policy::May(Right::Write);
    routes
        .get("/customers/new", write, create::page)
        .post("/customers/new", write, create::create)
        .get("/customers/{id}/edit", write, change::page)
        .post("/customers/{id}/edit", write, change::change)
}

/// What the select lists of the form offer.
#[derive(Clone, Debug)]
pub struct Offers {
    pub countries: &'static [(String, String)],
    pub languages: Vec<(String, String)>,
    pub shops: Vec<(String, String)>,
    pub groups: Vec<(String, String)>,
}

impl Offers {
    /// Shops that take new customers, groups, and what is chosen already.
    fn read(tx: &mut Tx, ctx: &Ctx) -> domain::Result<Self> {
        let shops = shops::list(tx, ctx)?.into_iter().filter(|s| s.archived_at.is_none()).map(|s| (s.id.to_string(), s.name));
        let groups = profile::groups(tx, ctx)?.into_iter().map(|g| (g.id.to_string(), g.name));
        Ok(Self {
            countries: Choices::default().countries,
            languages: fields::languages(),
            shops: shops.collect(),
            groups: groups.collect(),
        })
    }

    /// What is stored is offered too, also when it would not be offered to a new one.
    fn with(mut self, form: &Form) -> Self {
        let language = form.value("language");
        if !language.is_empty() && !self.languages.iter().any(|(code, _)| code == language) {
            self.languages.push((language.to_owned(), language.to_owned()));
        }
        self
    }
}
