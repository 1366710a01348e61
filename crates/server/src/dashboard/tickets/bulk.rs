//! One change to several tickets: the ticked ones, or all that match, are given to somebody or moved to a status.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::kit::{PersonId, Problems, TicketChangeId, TicketId};
use domain::staff::colleagues;
use domain::tickets::listed::LIST;
use domain::tickets::{self, AT_ONCE, Changed, Status};

use super::list::DESK;
use super::people;
use crate::app::App;
use crate::dashboard::lists::chosen;
use crate::dashboard::{PageResult, Typed, frame, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/tickets/change.html")]
struct ChangePage {
    frame: Frame,
    form: Form,
    ids: Vec<String>,
    /// `3 tickets`
    some: String,
    back: String,
    statuses: Vec<(&'static str, &'static str)>,
    people: Vec<(String, String)>,
}

/// On to the form with those that are meant.
pub async fn ask(State(app): State<App>, who: Who, uri: Uri, typed: Typed) -> PageResult {
    let query = uri.query().unwrap_or_default();
    let ids = chosen(&app, &who.ctx, &LIST, query, &typed, AT_ONCE).await?;
    let ids: Vec<TicketId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    let back = DESK.place.address(query);
    let words = match ids.len() {
        0 => "Tick the tickets first.".to_owned(),
        n if n > AT_ONCE => format!("At most {AT_ONCE} tickets are changed at once. Narrow the list first."),
        _ => {
            let ids: Vec<String> = ids.iter().map(|id| format!("id={id}")).collect();
            return Ok(see_other(&format!("/tickets/change?{}", ids.join("&"))));
        }
    };
    Ok(toasted(see_other(&back), &words, None))
}

async fn render(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, status: StatusCode, form: Form, ids: Vec<String>) -> PageResult {
    let all = app.read(&who.ctx, colleagues).await?;
    let page = ChangePage {
        frame: frame(app, who, "tickets", uri, headers).await?,
        form,
        some: format!("{} {}", ids.len(), LIST.noun(ids.len() as u64)),
        ids,
        back: DESK.place.address(""),
        statuses: Status::ALL.iter().map(|s| (s.name(), s.label())).collect(),
        people: std::iter::once(("nobody".to_owned(), "Nobody".to_owned())).chain(people(&all, None)).collect(),
    };
    Ok(show_with(status, &page))
}

/// The form: to whom, and where to.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    let pairs = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let ids: Vec<String> = pairs.filter(|(key, id)| key == "id" && id.parse::<TicketId>().is_ok()).map(|(_, id)| id.into_owned()).collect();
    if ids.is_empty() {
        return Ok(see_other(&DESK.place.address("")));
    }
    render(&app, &who, &uri, &headers, StatusCode::OK, Form::default(), ids).await
}

/// Changes them, all or none.
pub async fn change(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let sent = typed.clone();
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            let (status, assignee) = read(&sent)?;
            let ids: Vec<TicketId> = sent.all("id").filter_map(|id| id.parse().ok()).collect();
            tickets::bulk(tx, ctx, &ids, status, assignee)
        })
        .await;
    match done {
        Ok(Changed { count: n, undo }) => {
            let words = if n == 0 { "They stood so already.".to_owned() } else { format!("{n} {} changed.", LIST.noun(n as u64)) };
            let undo = undo.map(|change| format!("/tickets/change/{change}/undo"));
            Ok(toasted(see_other(&DESK.place.address("")), &words, undo.as_deref()))
        }
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, status, form, typed.all("id").map(str::to_owned).collect()).await
        }
    }
}

/// Takes a change back.
pub async fn undo(State(app): State<App>, who: Who, Path(change): Path<String>) -> PageResult {
    let change: TicketChangeId = id(&change, "change of tickets")?;
    let (back, over) = app.write(&who.ctx, move |tx, ctx| tickets::undo_bulk(tx, ctx, &change)).await?;
    let words = match over {
        0 => format!("{back} {} as before.", LIST.noun(back as u64)),
        _ => format!("{back} {} as before; {over} changed since and stayed.", LIST.noun(back as u64)),
    };
    Ok(toasted(see_other(&DESK.place.address("")), &words, None))
}

/// What is to become of them: a status, and to whom they are given; nobody is somebody too.
fn read(t: &Typed) -> domain::Result<(Option<Status>, Option<Option<PersonId>>)> {
    let status = match t.get("status") {
        "" => None,
        word => Some(word.parse().map_err(|()| Problems::one("status", "invalid", "Choose one of those offered."))?),
    };
    let assignee = match t.get("assignee") {
        "" => None,
        "nobody" => Some(None),
        _ => Some(super::assignee(t)?),
    };
    if status.is_none() && assignee.is_none() {
        return Err(Problems::one("status", "required", "Choose a status, somebody to give them to, or both."));
    }
    Ok((status, assignee))
}
