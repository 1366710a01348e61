//! What is done with many customers at once (SPEC 8): a preview with exact numbers, then the act, then Undo or the page of a job.

mod asked;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::customers::bulk::{self, Action, Preview, Selection, Started};
use domain::kit::{GroupId, Right, TagId};
use domain::labels;
use domain::replies::{self, Reply};
use store::Tx;

pub use asked::Asked;

use super::list::address;
use crate::app::App;
use crate::dashboard::{PageResult, Typed, again, frame, refused, see_other, show_with, toasted, tones};
use crate::http::{Policy, Routes, Who};
use crate::look::{Form, Frame};

/// Preview and run. Each action needs a right of its own, which its verb checks.
pub fn routes(routes: Routes) -> Routes {
    let read = Policy::May(Right::Read);
    routes.post("/customers/bulk", read, preview).post_perhaps_fresh("/customers/bulk/run", read, run)
}

#[derive(Template)]
#[template(path = "dashboard/customers/bulk/page.html")]
struct BulkPage {
    frame: Frame,
    form: Form,
    title: String,
    /// What the button says.
    button: String,
    back: String,
    /// The query string of the list.
    query: String,
    /// The selection, to be sent on.
    carried: Vec<(String, String)>,
    kind: &'static str,
    /// Absent while something is still to be chosen.
    preview: Option<Shown>,
    groups: Vec<(String, String)>,
    tags: Vec<(String, String)>,
    once: String,
}

struct Shown {
    will: u64,
    words: String,
    refused: Vec<(String, String)>,
    live: bool,
    /// `2 customers`: picked by hand though *Obfuscate enabled* is unticked.
    unticked: Option<String>,
}

/// Says exactly what would happen; asks for a group or tags where they are needed.
async fn preview(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let query = uri.query().unwrap_or_default().to_owned();
    let Some(asked) = Asked::of(&typed, &query) else {
        return Ok(toasted(see_other(&address(&query)), "Tick the customers first.", None));
    };
    if asked.kind == "export" {
        return Ok(see_other(&asked.export_address(&query)));
    }
    if asked.kind == "merge" {
        return merge(&app, &who, asked, &query).await;
    }
    if asked.kind == "auto_mail" {
        return crate::dashboard::mailings::choose(&app, &who, &uri, &headers, asked).await;
    }
    let form = typed.form();
    shown(&app, &who, &uri, &headers, asked, form, StatusCode::OK).await
}

/// Two or several become one on the page of merging; the one that came first is suggested to stay.
async fn merge(app: &App, who: &Who, asked: Asked, query: &str) -> PageResult {
    let (indexes, selection) = (app.indexes.clone(), asked.selection);
    let mut ids = app.read(&who.ctx, move |tx, ctx| Ok(bulk::pick(tx, ctx, &indexes, &selection)?.ids)).await?.unwrap_or_default();
    ids.sort();
    ids.dedup();
    match super::merge::address_of(&ids) {
        Some(address) => Ok(see_other(&address)),
        None => Ok(toasted(see_other(&address(query)), "Tick 2 to 21 customers that are one and the same.", None)),
    }
}

async fn shown(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, asked: Asked, form: Form, status: StatusCode) -> PageResult {
    let query = uri.query().unwrap_or_default().to_owned();
    let (indexes, selection, action) = (app.indexes.clone(), asked.selection.clone(), asked.action.clone());
    let kind = asked.kind;
    let (found, total, groups, tags) = app
        .read(&who.ctx, move |tx, ctx| {
            let found = action.as_ref().map(|action| bulk::preview(tx, ctx, &indexes, &selection, action)).transpose()?;
            let total = match &found {
                Some(found) => found.will,
                None => bulk::pick(tx, ctx, &indexes, &selection)?.total,
            };
            let groups = if kind == "set_group" { pairs::<GroupId>(tx, ctx)? } else { Vec::new() };
            let tags = if kind == "remove_tags" || kind == "add_tags" { pairs::<TagId>(tx, ctx)? } else { Vec::new() };
            Ok((found, total, groups, tags))
        })
        .await?;
    let many = customers(total);
    let page = BulkPage {
        frame: frame(app, who, "customers", uri, headers).await?,
        title: asked.title(&many),
        button: if found.is_some() { asked.button(&many) } else { "Next".to_owned() },
        back: address(&query),
        preview: found.map(|found| Shown::of(found, &asked)),
        carried: asked.carried,
        query,
        form,
        kind,
        groups,
        tags,
        once: domain::kit::secret(),
    };
    Ok(show_with(status, &page))
}

fn pairs<I: labels::Kind + AsRef<str>>(tx: &mut Tx, ctx: &domain::Ctx) -> domain::Result<Vec<(String, String)>> {
    Ok(labels::list::<I>(tx, ctx)?.into_iter().map(|l| (l.id.as_ref().to_owned(), l.name)).collect())
}

impl Shown {
    fn of(found: Preview, asked: &Asked) -> Self {
        Self {
            will: found.will,
            words: format!("{} will be {}.", customers(found.will), asked.action.as_ref().map_or("changed", Action::words)),
            live: found.refused.iter().any(|(reason, _)| reason == "live subscription"),
            unticked: (found.unticked > 0).then(|| customers(found.unticked)),
            refused: found.refused.into_iter().map(|(reason, n)| (tones::number(n), reason)).collect(),
        }
    }
}

/// Does it: a few at once, many as a job. The same press again gives the same answer.
async fn run(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let query = uri.query().unwrap_or_default().to_owned();
    let Some((asked, action)) = Asked::of(&typed, &query).and_then(|asked| asked.action.clone().map(|action| (asked, action))) else {
        return Ok(see_other(&address(&query)));
    };
    if action == Action::DeletePermanently && !typed.ticked("sure") {
        let mut form = typed.form();
        form.fail("sure", "Tick that you are sure. Deleting permanently cannot be undone.");
        return shown(&app, &who, &uri, &headers, asked, form, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    if action == Action::Anonymise && !crate::dashboard::privacy::is_confirmed(&typed) {
        let mut form = typed.form();
        form.fail("word", crate::dashboard::privacy::CONFIRM);
        return shown(&app, &who, &uri, &headers, asked, form, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    if matches!(action, Action::DeletePermanently | Action::Anonymise) && !who.signed_in.is_fresh(app.now()) {
        return Ok(again::instead(&app, &who.signed_in, &uri, &headers, &typed));
    }
    let (indexes, selection) = (app.indexes.clone(), asked.selection.clone());
    let picked = app.read(&who.ctx, move |tx, ctx| bulk::pick(tx, ctx, &indexes, &selection)).await?;
    let (selection, once, what) = (asked.selection.clone(), typed.text("once"), action.clone());
    let print = replies::fingerprint("POST", "/customers/bulk/run", format!("{selection:?}{what:?}").as_bytes());
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            let key = (!once.is_empty()).then_some(once.as_str());
            replies::once(tx, ctx, key, &print, |tx| begun(tx, ctx, &selection, &picked, &what))
        })
        .await;
    match done {
        Ok(reply) => answer(&reply, &query, &action),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            shown(&app, &who, &uri, &headers, asked, form, status).await
        }
    }
}

fn begun(tx: &mut Tx, ctx: &domain::Ctx, selection: &Selection, picked: &bulk::Picked, action: &Action) -> domain::Result<Reply> {
    let started = bulk::start(tx, ctx, selection, picked, action)?;
    let location = format!("/jobs/{}", started.job);
    let body = if started.at_once { said(&started, action) } else { String::new() };
    Ok(Reply::new(if started.at_once { 200 } else { 202 }, location, body))
}

fn answer(reply: &Reply, query: &str, action: &Action) -> Result<Response, crate::dashboard::PageError> {
    if reply.status == 202 {
        return Ok(see_other(&reply.location));
    }
    let back: String = url::form_urlencoded::byte_serialize(address(query).as_bytes()).collect();
    let undo = (*action != Action::DeletePermanently).then(|| format!("{}/undo?to={back}", reply.location));
    Ok(toasted(see_other(&address(query)), &reply.body, undo.as_deref()))
}

/// `3 customers archived. 1 not: already archived.`
fn said(started: &Started, action: &Action) -> String {
    let mut text = format!("{} {}.", customers(started.done), action.words());
    for (reason, n) in &started.refused {
        text.push_str(&format!(" {} not: {reason}.", tones::number(*n)));
    }
    text
}

fn customers(n: u64) -> String {
    if n == 1 { "1 customer".to_owned() } else { format!("{} customers", tones::number(n)) }
}
