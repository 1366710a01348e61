//! Trying an address again that mail came back from.

use axum::extract::State;
use domain::addresses;

use crate::app::App;
use crate::dashboard::{PageResult, Typed, see_other, toasted};
use crate::http::Who;

/// Takes the mark off an address, and goes back to the page it stood on.
pub async fn clear(State(app): State<App>, who: Who, typed: Typed) -> PageResult {
    let email = typed.text("email");
    app.write(&who.ctx, move |tx, ctx| addresses::clear(tx, ctx, &email)).await?;
    let back = Some(typed.get("back")).filter(|b| b.starts_with("/customers/") || b.starts_with("/entries/")).unwrap_or("/inbox");
    Ok(toasted(see_other(back), "Mail goes to this address again.", None))
}
