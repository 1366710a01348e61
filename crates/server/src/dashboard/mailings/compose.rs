//! Preparing a mailing (SPEC 7.3): a selection of the list, a template, exact numbers with who is skipped and why, the mail of a real customer,
//! a trial to oneself, and sending. Each step is a form that carries the selection on; only the last one begins anything.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::customers::bulk;
use domain::kit::{Problems, Right};
use domain::mailings::{self as room, NewMailing, Preview};
use domain::replies::Reply;
use domain::templates;

use crate::app::App;
use crate::dashboard::customers::{Asked, address};
use crate::dashboard::{PageError, PageResult, Typed, frame, once, refused, see_other, show_with, toasted, tones};
use crate::http::Who;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/mailings/compose.html")]
struct Page {
    frame: Frame,
    form: Form,
    back: String,
    /// The query string of the list.
    query: String,
    /// The selection, to be sent on.
    carried: Vec<(String, String)>,
    templates: Vec<(String, String)>,
    preview: Option<Shown>,
    /// Said above the form.
    said: String,
    no_server: bool,
    may_write_templates: bool,
    once: String,
}

struct Shown {
    will: u64,
    many: String,
    skipped: Vec<(String, &'static str)>,
    named: Vec<(String, String, String, &'static str)>,
    /// How many are skipped without being named.
    unnamed: u64,
    sample: Option<Sample>,
}

/// The mail of one customer.
struct Sample {
    at: u64,
    customer: String,
    name: String,
    email: String,
    place: String,
    previous: Option<u64>,
    next: Option<u64>,
    subject: String,
    body: String,
}

struct Asking<'a> {
    app: &'a App,
    who: &'a Who,
    uri: &'a Uri,
    headers: &'a HeaderMap,
}

impl Asking<'_> {
    async fn render(self, asked: Asked, form: Form, preview: Option<Preview>, said: String, status: StatusCode) -> PageResult {
        let Self { app, who, uri, headers } = self;
        let found = app.read(&who.ctx, templates::list).await?;
        let open = found.into_iter().filter(|t| t.archived_at.is_none());
        let query = uri.query().unwrap_or_default().to_owned();
        let page = Page {
            frame: frame(app, who, "customers", uri, headers).await?,
            back: address(&query),
            query,
            carried: asked.carried,
            templates: open.map(|t| (t.id.to_string(), format!("{}: {}", t.shop_name, t.name))).collect(),
            preview: preview.map(Shown::of),
            said,
            no_server: app.config.smtp.is_none(),
            may_write_templates: who.ctx.may(Right::Settings),
            once: once(&form, who),
            form,
        };
        Ok(show_with(status, &page))
    }

    /// Back to the choice with what was wrong.
    async fn wrong(self, asked: Asked, mut form: Form, error: domain::Error) -> PageResult {
        let status = refused(&mut form, error)?;
        self.render(asked, form, None, String::new(), status).await
    }
}

/// The first step: which template, how fast.
pub async fn choose(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, asked: Asked) -> PageResult {
    who.ctx.must(Right::BulkMail)?;
    let form = Form::of([("per_minute", "300")]);
    Asking { app, who, uri, headers }.render(asked, form, None, String::new(), StatusCode::OK).await
}

fn nobody(uri: &Uri) -> Result<Response, PageError> {
    Ok(toasted(see_other(&address(uri.query().unwrap_or_default())), "Tick the customers first.", None))
}

/// What the form asks for.
fn read(typed: &Typed, asked: &Asked) -> domain::Result<NewMailing> {
    let mut problems = Problems::default();
    let template = typed.get("template").parse();
    if template.is_err() {
        problems.add("template", "required", "Choose a template.");
    }
    let per_minute = typed.get("per_minute").trim().parse();
    if per_minute.is_err() {
        problems.add("per_minute", "invalid", "Use 1 to 60,000 mails a minute.");
    }
    match (template, per_minute) {
        (Ok(template), Ok(per_minute)) => {
            let (selection, consenting_only) = (asked.selection.clone(), typed.ticked("consenting_only"));
            Ok(NewMailing { template, selection, per_minute, consenting_only })
        }
        _ => Err(domain::Error::Invalid(problems)),
    }
}

async fn look(app: &App, who: &Who, new: &NewMailing, at: u64) -> domain::Result<Preview> {
    let (indexes, new) = (app.indexes.clone(), new.clone());
    app.read(&who.ctx, move |tx, ctx| room::preview(tx, ctx, &indexes, &new, at)).await
}

/// The second step: numbers, who is skipped, and the mail of one of those who get it.
pub async fn preview(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let Some(asked) = Asked::of(&typed, uri.query().unwrap_or_default()) else { return nobody(&uri) };
    let asking = Asking { app: &app, who: &who, uri: &uri, headers: &headers };
    let at = typed.get("at").parse().unwrap_or(0);
    match read(&typed, &asked) {
        Err(error) => asking.wrong(asked, typed.form(), error).await,
        Ok(new) => match look(&app, &who, &new, at).await {
            Err(error) => asking.wrong(asked, typed.form(), error).await,
            Ok(found) => asking.render(asked, typed.form(), Some(found), String::new(), StatusCode::OK).await,
        },
    }
}

/// The mail that is shown, sent to the person who prepares the mailing.
pub async fn trial(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let Some(asked) = Asked::of(&typed, uri.query().unwrap_or_default()) else { return nobody(&uri) };
    let asking = Asking { app: &app, who: &who, uri: &uri, headers: &headers };
    let new = match read(&typed, &asked) {
        Err(error) => return asking.wrong(asked, typed.form(), error).await,
        Ok(new) => new,
    };
    let (template, to, sent) = (new.template.clone(), who.signed_in.person.email.clone(), typed.clone());
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            let customer = sent.get("customer").parse().map_err(|()| Problems::one("", "unknown", "There is no such customer."))?;
            room::send_trial(tx, ctx, &template, &customer, &to)
        })
        .await;
    match done {
        Err(error) => asking.wrong(asked, typed.form(), error).await,
        Ok(_) => {
            let found = look(&app, &who, &new, typed.get("shown").parse().unwrap_or(0)).await?;
            let said = format!("A trial for {} is in the outbox.", who.signed_in.person.email);
            asking.render(asked, typed.form(), Some(found), said, StatusCode::OK).await
        }
    }
}

/// Begins it. The same press again leads to the same mailing.
pub async fn start(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let Some(asked) = Asked::of(&typed, uri.query().unwrap_or_default()) else { return nobody(&uri) };
    let asking = Asking { app: &app, who: &who, uri: &uri, headers: &headers };
    let new = match read(&typed, &asked) {
        Err(error) => return asking.wrong(asked, typed.form(), error).await,
        Ok(new) => new,
    };
    let (indexes, selection) = (app.indexes.clone(), new.selection.clone());
    let picked = app.read(&who.ctx, move |tx, ctx| bulk::pick(tx, ctx, &indexes, &selection)).await;
    let picked = match picked {
        Err(error) => return asking.wrong(asked, typed.form(), error).await,
        Ok(picked) => picked,
    };
    let sent = typed.clone();
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            sent.once(tx, ctx, "/mailings/send", |tx| {
                let id = room::start(tx, ctx, &new, picked.total)?;
                Ok(Reply::new(303, format!("/mailings/{id}"), ""))
            })
        })
        .await;
    match done {
        Ok(reply) => Ok(see_other(&reply.location)),
        Err(error) => asking.wrong(asked, typed.form(), error).await,
    }
}

impl Shown {
    fn of(found: Preview) -> Self {
        let skipped: u64 = found.skipped.values().sum();
        let will = found.will;
        Self {
            many: if will == 1 { "1 customer".to_owned() } else { format!("{} customers", tones::number(will)) },
            skipped: found.skipped.iter().map(|(reason, n)| (tones::number(*n), reason.label())).collect(),
            unnamed: skipped.saturating_sub(found.named.len() as u64),
            named: found.named.into_iter().map(|s| (format!("/customers/{}", s.customer), s.name, s.email, s.reason.label())).collect(),
            sample: found.sample.zip(found.mail).map(|((at, customer, name, email), mail)| Sample {
                customer: customer.to_string(),
                place: format!("{} of {}", tones::number(at + 1), tones::number(will)),
                previous: at.checked_sub(1),
                next: Some(at + 1).filter(|next| *next < will),
                subject: mail.subject,
                body: mail.body,
                at,
                name,
                email,
            }),
            will,
        }
    }
}
