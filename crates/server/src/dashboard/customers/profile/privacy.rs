//! What the law asks about a customer in one place (SPEC 2.2, 11): their data as a file, what they asked for, whether retention counts for them,
//! and the end of it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use domain::invoices::due_days;
use domain::privacy::requests::{self, Request};
use domain::privacy::retention;

use super::{Asked, Pane, Shown, Topic, open};
use crate::app::App;
use crate::dashboard::privacy::standing;
use crate::dashboard::{moments, show};
use crate::http::Who;
use crate::look::{Form, Frame};

/// A request as a row shows it.
struct Line {
    href: String,
    kind: &'static str,
    due: String,
    tone: &'static str,
    word: &'static str,
}

#[derive(Template)]
#[template(path = "dashboard/customers/profile/privacy.html")]
struct Privacy {
    frame: Frame,
    pane: Pane,
    form: Form,
    requests: Vec<Line>,
    /// *Obfuscate enabled* is ticked (SPEC 11.1).
    retained: bool,
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> Shown {
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    let (frame, pane, (found, retained)) = open(asked, &customer, Topic::Privacy, |tx, ctx, c| {
        Ok((requests::of_customer(tx, ctx, &c.id)?, retention::is_enabled(tx, ctx, &c.id)?))
    })
    .await?;
    let today = i64::from(pane.zone.day(who.ctx.now));
    let requests = found.iter().map(|q| line(q, today)).collect();
    Ok(show(&Privacy { frame, pane, form: Form::of([("format", "html")]), requests, retained }))
}

fn line(q: &Request, today: i64) -> Line {
    let (tone, word) = standing(q, today);
    Line { href: format!("/customers/requests/{}", q.id), kind: q.kind.label(), due: moments::date(due_days(q.due_on)), tone, word }
}
