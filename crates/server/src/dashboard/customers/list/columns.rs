//! Choosing columns.

use axum::extract::State;
use domain::customers::list::{Column, ListQuery, keep_columns};

use super::load::address;
use crate::app::App;
use crate::dashboard::{PageResult, Typed, see_other};
use crate::http::Who;

/// Keeps the ticked columns with the person and goes back to the list one came from.
pub async fn keep(State(app): State<App>, who: Who, typed: Typed) -> PageResult {
    let chosen: Vec<Column> = typed.all("column").filter_map(|word| word.parse().ok()).collect();
    app.write(&who.ctx, move |tx, ctx| keep_columns(tx, ctx, &chosen)).await?;
    Ok(see_other(&address(&ListQuery::parse(typed.get("query")).0.print())))
}
