//! The box: done, taken up again, and several done at once. Whoever ticks stays on the page on which the task was shown.

use axum::extract::{Path, State};
use axum::http::Uri;
use domain::kit::TaskId;
use domain::tasks;
use domain::tasks::listed::LIST;

use super::list::DESK;
use crate::app::App;
use crate::dashboard::customers::profile::param;
use crate::dashboard::lists::chosen;
use crate::dashboard::{PageResult, Typed, see_other, toasted};
use crate::http::Who;
use crate::http::guard::id;

/// So many are marked at once.
const AT_ONCE: usize = 200;

/// The page that is named to go back to, of this house alone; else the list.
fn back(uri: &Uri) -> String {
    let to = param(uri, "back");
    let own = to.starts_with('/') && !to.starts_with("//") && !to.contains(['\\', '\r', '\n', '\t']);
    if own { to } else { DESK.place.address("") }
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// It is done; Undo takes that back.
pub async fn done(State(app): State<App>, who: Who, uri: Uri, Path(task): Path<String>) -> PageResult {
    let (task, back): (TaskId, String) = (id(&task, "task")?, back(&uri));
    let which = task.clone();
    app.write(&who.ctx, move |tx, ctx| tasks::finish(tx, ctx, &which)).await?;
    let undo = format!("/tasks/{task}/reopen?back={}", encoded(&back));
    Ok(toasted(see_other(&back), "Task done.", Some(&undo)))
}

/// It is to be done after all.
pub async fn reopen(State(app): State<App>, who: Who, uri: Uri, Path(task): Path<String>) -> PageResult {
    let (task, back): (TaskId, String) = (id(&task, "task")?, back(&uri));
    let which = task.clone();
    app.write(&who.ctx, move |tx, ctx| tasks::reopen(tx, ctx, &which)).await?;
    let undo = format!("/tasks/{task}/done?back={}", encoded(&back));
    Ok(toasted(see_other(&back), "Task taken up again.", Some(&undo)))
}

/// The ticked ones of the list, or all that match: all or none of them.
pub async fn several(State(app): State<App>, who: Who, uri: Uri, typed: Typed) -> PageResult {
    let query = uri.query().unwrap_or_default();
    let found = chosen(&app, &who.ctx, &LIST, query, &typed, AT_ONCE).await?;
    let ids: Vec<TaskId> = found.iter().filter_map(|id| id.parse().ok()).collect();
    let n = ids.len();
    let words = match n {
        0 => "Tick the tasks first.".to_owned(),
        n if n > AT_ONCE => format!("At most {AT_ONCE} tasks are marked at once. Narrow the list first."),
        _ => {
            app.write(&who.ctx, move |tx, ctx| tasks::finish_many(tx, ctx, &ids)).await?;
            format!("{n} {} done.", LIST.noun(n as u64))
        }
    };
    Ok(toasted(see_other(&DESK.place.address(query)), &words, None))
}
