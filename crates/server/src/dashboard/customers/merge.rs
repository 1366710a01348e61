//! Merging (SPEC 10.1): find who shall remain, see the fields side by side, what moves and the totals afterwards, and press once.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::customers::list::{self, ListQuery};
use domain::customers::merge::{self as room, Choices, Field, Look, Moved};
use domain::customers::{self, Customer, Duplicate};
use domain::kit::{CustomerId, MergeId, Right};
use domain::replies::Reply;

use super::edit::like::reasons;
use super::profile::{Away, Shown, param};
use crate::app::App;
use crate::dashboard::{PageError, Typed, frame, refused, see_other, show, show_with, toasted, tones, typed};
use crate::http::guard::id;
use crate::http::{Policy, Routes, Who};
use crate::look::{Form, Frame};

/// So many are found at once.
const FOUND: usize = 25;
/// The most who go at once.
const MANY: usize = 20;

/// The page, the press, and the way back.
pub fn routes(routes: Routes) -> Routes {
    let delete = Policy::May(Right::Delete);
    routes.get("/customers/{id}/merge", delete, page).post("/customers/{id}/merge", delete, merge).post(
        "/customers/{id}/merges/{merge}/undo",
        delete,
        undo,
    )
}

/// The page for these customers: the first stays. `None` for fewer than two or too many.
pub fn address_of(ids: &[CustomerId]) -> Option<String> {
    let [stays, gone, more @ ..] = ids else { return None };
    (more.len() < MANY).then(|| format!("/customers/{gone}/merge?into={stays}{}", also(more)))
}

/// Others who go, as the address says it.
fn also(with: &[CustomerId]) -> String {
    with.iter().map(|id| format!("&with={id}")).collect()
}

/// "12 orders, 3 payment methods"
pub fn counts(moved: &Moved) -> String {
    let words = moved.iter().map(|(noun, n)| {
        let noun = if *n == 1 { one(noun) } else { noun.clone() };
        format!("{} {noun}", tones::number(n.unsigned_abs()))
    });
    words.collect::<Vec<_>>().join(", ")
}

/// A noun in the singular: "ids in other systems" gives "id in another system".
fn one(noun: &str) -> String {
    match noun {
        "ids in other systems" => "id in another system".to_owned(),
        "lines of store credit" => "line of store credit".to_owned(),
        "unmatched lines of imports" => "unmatched line of an import".to_owned(),
        "e-mails and phones" => "e-mail or phone".to_owned(),
        "accesses to the portal" => "access to the portal".to_owned(),
        "mails, chats and calls" => "mail, chat or call".to_owned(),
        other => other.trim_end_matches('s').to_owned(),
    }
}

struct Hit {
    href: String,
    name: String,
    more: String,
}

#[derive(Template)]
#[template(path = "dashboard/customers/merge/find.html")]
struct Find {
    frame: Frame,
    c: Customer,
    q: String,
    /// Others who go.
    with: Vec<CustomerId>,
    hits: Vec<Hit>,
    alike: Vec<Hit>,
}

#[derive(Template)]
#[template(path = "dashboard/customers/merge/page.html")]
struct Page {
    frame: Frame,
    form: Form,
    look: Look,
    /// The one of the address, who goes.
    opened: CustomerId,
    /// Others who go.
    with: Vec<CustomerId>,
    /// The same with another of them staying; for each who goes.
    stays_instead: Vec<Hit>,
    /// The search for somebody else who shall stay: then all of several go. Empty where that would be too many.
    another: String,
    /// Days in which it can be undone.
    days: i64,
    once: String,
}

impl Page {
    fn stays(&self) -> &Customer {
        &self.look.all[0]
    }

    fn gone(&self) -> String {
        self.look.all.iter().skip(1).map(|c| c.display_name.as_str()).collect::<Vec<_>>().join(", ")
    }

    fn moved(&self) -> Vec<String> {
        self.look.moved.iter().map(|(noun, n)| counts(&Moved::from([(noun.clone(), *n)]))).collect()
    }

    fn field(&self, field: &Field) -> String {
        format!("choice.{}", field.name())
    }
}

async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> Shown {
    let opened: CustomerId = id(&customer, "customer")?;
    let pairs = url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes());
    let with: Vec<CustomerId> = pairs.filter(|(key, _)| key == "with").filter_map(|(_, id)| id.parse().ok()).take(MANY).collect();
    match param(&uri, "into").parse::<CustomerId>() {
        Ok(into) => {
            let asked = Asked { opened, with, into };
            shown(&app, &who, &uri, &headers, &asked, Form::default(), StatusCode::OK).await.map_err(Away::from)
        }
        Err(()) => find(&app, &who, &uri, &headers, opened, with).await.map_err(Away::from),
    }
}

/// Who is merged into whom.
struct Asked {
    opened: CustomerId,
    with: Vec<CustomerId>,
    into: CustomerId,
}

impl Asked {
    fn gone(&self) -> Vec<CustomerId> {
        std::iter::once(&self.opened).chain(&self.with).cloned().collect()
    }
}

/// The search for who shall remain, with those first who look like the same person.
async fn find(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    opened: CustomerId,
    with: Vec<CustomerId>,
) -> Result<Response, PageError> {
    let q: String = param(uri, "q").trim().replace('\0', "").chars().take(200).collect();
    let (indexes, wanted, asked) = (app.indexes.clone(), opened.clone(), q.clone());
    let (c, rows, alike) = app
        .read(&who.ctx, move |tx, ctx| {
            let c = customers::get(tx, ctx, &wanted)?;
            let like = customers::Like {
                email: c.email.clone(),
                phone: c.phone.clone(),
                country: c.billing.country.clone(),
                name: c.display_name.clone(),
                first_name: c.first_name.clone(),
                last_name: c.last_name.clone(),
                street: c.billing.line1.clone(),
                city: c.billing.city.clone(),
                zip: c.billing.zip.clone(),
                company: c.company.clone(),
                tax_id: c.tax_id.clone(),
                vat_number: c.vat_number.clone(),
            };
            let named = list::named_like(tx, ctx, &indexes, &c.display_name)?;
            let mut alike = customers::likely_duplicates(tx, ctx, &like, &named)?;
            alike.retain(|d| d.id != c.id);
            let query = ListQuery { q: asked.clone(), per: FOUND, ..ListQuery::default() };
            let rows = if asked.is_empty() { Vec::new() } else { list::page_only(tx, ctx, &indexes, &query)?.rows };
            Ok((c, rows, alike))
        })
        .await?;
    let hit = |id: &CustomerId, name: String, more: String| Hit {
        href: format!("/customers/{opened}/merge?into={id}{}", also(&with)),
        name,
        more,
    };
    let goes = |id: &CustomerId| *id == opened || with.contains(id);
    let hits = rows.into_iter().filter(|r| !goes(&r.id)).map(|r| hit(&r.id, r.display_name, format!("{} {}", r.number, r.email))).collect();
    let told = |d: Duplicate| {
        let more = format!("{} ({})", d.email, reasons(&d));
        hit(&d.id, d.display_name, more)
    };
    let alike = alike.into_iter().filter(|d| !goes(&d.id)).map(told).collect();
    Ok(show(&Find { frame: frame(app, who, "customers", uri, headers).await?, c, q, hits, alike, with }))
}

async fn shown(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    asked: &Asked,
    mut form: Form,
    mut status: StatusCode,
) -> Result<Response, PageError> {
    let (gone, stays) = (asked.gone(), asked.into.clone());
    let (look, days) = app.read(&who.ctx, move |tx, ctx| Ok((room::look(tx, ctx, &gone, &stays)?, room::undo_days(tx, ctx)?))).await?;
    if let Some(words) = look.refused.clone().filter(|_| !form.has_errors()) {
        form.fail("", words);
        status = StatusCode::CONFLICT;
    }
    for side in &look.sides {
        let name = format!("choice.{}", side.field.name());
        if form.value(&name).is_empty() {
            form.set(name, side.suggested.to_string());
        }
    }
    let all = || look.all.iter().map(|c| c.id.clone());
    let instead = |c: &Customer| {
        let ids: Vec<CustomerId> = std::iter::once(c.id.clone()).chain(all().filter(|id| *id != c.id)).collect();
        Hit { href: address_of(&ids).unwrap_or_default(), name: c.display_name.clone(), more: c.number.clone() }
    };
    let stays_instead = look.all.iter().skip(1).map(instead).collect();
    let another = match asked.with.is_empty() {
        true => format!("/customers/{}/merge", asked.opened),
        false if look.all.len() > MANY => String::new(),
        false => {
            let with: Vec<CustomerId> = all().filter(|id| *id != asked.opened).collect();
            format!("/customers/{}/merge?{}", asked.opened, also(&with).trim_start_matches('&'))
        }
    };
    let frame = frame(app, who, "customers", uri, headers).await?;
    let once = typed::once(&form, who);
    Ok(show_with(
        status,
        &Page { frame, form, look, opened: asked.opened.clone(), with: asked.with.clone(), stays_instead, another, days, once },
    ))
}

async fn merge(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>, typed: Typed) -> Shown {
    let into = typed.get("into").parse().map_err(|()| domain::Error::NotFound("customer"))?;
    let asked = Asked { opened: id(&customer, "customer")?, with: typed.all("with").filter_map(|id| id.parse().ok()).collect(), into };
    let chosen = |field: &Field| typed.get(&format!("choice.{}", field.name())).parse().ok().map(|id: CustomerId| (*field, id));
    let choices: Choices = Field::ALL.iter().filter_map(chosen).collect::<BTreeMap<_, _>>();
    let (gone, stays, form, path) = (asked.gone(), asked.into.clone(), typed.clone(), uri.path().to_owned());
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            form.once(tx, ctx, &path, |tx| {
                let merges = room::merge(tx, ctx, &gone, &stays, &choices)?;
                let undo = merges.iter().filter(|m| m.undo_until.is_some() && gone.len() == 1).map(|m| m.id.to_string()).next();
                Ok(Reply::new(303, "", undo.unwrap_or_default()))
            })
        })
        .await;
    let at = format!("/customers/{}", asked.into);
    match done {
        Ok(reply) => {
            let undo = Some(format!("{at}/merges/{}/undo", reply.body)).filter(|_| !reply.body.is_empty());
            let words = if asked.with.is_empty() {
                "Merged. Everything of both is here.".to_owned()
            } else {
                "Merged. Everything of all is here.".to_owned()
            };
            Ok(toasted(see_other(&at), &words, undo.as_deref()))
        }
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            shown(&app, &who, &uri, &headers, &asked, form, status).await.map_err(Away::from)
        }
    }
}

async fn undo(State(app): State<App>, who: Who, Path((customer, merge)): Path<(String, String)>) -> Shown {
    let (customer, merge): (CustomerId, MergeId) = (id(&customer, "customer")?, id(&merge, "merge")?);
    let done = app
        .write(&who.ctx, move |tx, ctx| {
            if room::get(tx, ctx, &merge)?.survivor != customer {
                return Err(domain::Error::NotFound("merge"));
            }
            room::undo(tx, ctx, &merge)
        })
        .await?;
    let words = format!("The merge is undone. {} is a customer again.", done.gone_name);
    Ok(toasted(see_other(&format!("/customers/{}", done.gone)), &words, None))
}
