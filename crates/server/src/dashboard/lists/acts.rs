//! What can be done with ticked rows of a list beside exporting them.

use domain::Result;
use domain::kit::{Ctx, Right};
use domain::lists::{self, List, Query, kept};

use crate::app::App;
use crate::dashboard::Typed;
use crate::http::Who;

/// The list, the right, where the ticked rows are sent, and the words of the button.
static ACTS: [(&str, Right, &str, &str); 2] =
    [("tickets", Right::Write, "/tickets/change", "Assign or set status"), ("tasks", Right::Write, "/tasks/done", "Mark as done")];

/// What this person may do with rows of a list.
pub fn of(list: &List, who: &Who) -> Vec<(&'static str, &'static str)> {
    ACTS.iter().filter(|(name, right, ..)| *name == list.name && who.ctx.may(*right)).map(|(_, _, at, word)| (*at, *word)).collect()
}

/// The ids that a form of a list means: the ticked ones, or all that match but those unticked. At most one more than `most`, so that the caller sees
/// when there are too many.
///
/// # Errors
/// What the database says.
pub async fn chosen(app: &App, ctx: &Ctx, list: &'static List, query: &str, typed: &Typed, most: usize) -> Result<Vec<String>> {
    if !typed.ticked("all") {
        return Ok(typed.all("id").map(str::to_owned).collect());
    }
    let (asked, indexes, except) = (Query::parse(list, query).0.first_page(), app.indexes.clone(), typed.clone());
    app.read(ctx, move |tx, ctx| {
        let query = kept::expand(tx, ctx, asked.clone())?;
        let without: Vec<&str> = except.all("except").collect();
        let found = lists::pick(tx, ctx, &indexes, &query, None, most + 1 + without.len())?;
        Ok(found.ids.into_iter().filter(|id| !without.contains(&id.as_str())).take(most + 1).collect())
    })
    .await
}
