//! Which column is which, by what rows are matched, and into which shop: with values that stand in the file beside each choice.

use std::collections::BTreeSet;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use domain::files::{DateOrder, Kind, map};
use domain::imports::{self, Import, Look, MatchBy, Request, Shelf};
use domain::kit::{Currency, ImportId};
use domain::{Error, shops};

use super::page;
use crate::app::App;
use crate::dashboard::{PageResult, Typed, refused, see_other};
use crate::http::{Who, guard};
use crate::look::Form;

/// What the form offers.
#[derive(Debug)]
pub struct Columns {
    pub form: Form,
    pub kind: &'static str,
    /// What it would be as the other kind.
    pub other: (&'static str, &'static str),
    /// `shopify`; empty when the header is not known.
    pub layout: String,
    pub written: String,
    pub columns: Vec<Shown>,
    pub shops: Vec<(String, String)>,
    pub by: Vec<(&'static str, &'static str)>,
    pub dates: Vec<(&'static str, &'static str)>,
    pub orders: bool,
}

/// A column with its choice.
#[derive(Debug)]
pub struct Shown {
    /// `columns.3`
    pub field: String,
    pub name: String,
    pub samples: Vec<String>,
    /// Value and word.
    pub options: Vec<(String, String)>,
}

/// Looks at the file. `typed` is a form that was refused.
///
/// # Errors
/// What cannot be read, as a conflict.
pub async fn look(app: &App, who: &Who, import: &Import, kind: Option<Kind>, typed: Option<Form>) -> domain::Result<Columns> {
    let (shelf, i) = (Shelf::of(&app.config.data), import.clone());
    let seen = tokio::task::spawn_blocking(move || imports::look(&shelf, &i, kind)).await.map_err(|e| Error::Internal(e.to_string()))??;
    let all = app.read(&who.ctx, |tx, ctx| shops::list(tx, ctx)).await?;
    let shops = all.into_iter().filter(|s| s.archived_at.is_none()).map(|s| (s.id.to_string(), s.name)).collect();
    Ok(offer(seen, shops, typed))
}

fn offer(seen: Look, shops: Vec<(String, String)>, typed: Option<Form>) -> Columns {
    let r = &seen.request;
    let mut form = typed.unwrap_or_else(|| {
        Form::of([
            ("shop", r.shop.to_string()),
            ("by", r.by.name().to_owned()),
            ("currency", r.currency.map_or_else(String::new, |c| c.code().to_owned())),
            ("dates", if r.dates == DateOrder::MonthFirst { "month" } else { "day" }.to_owned()),
        ])
    });
    let was_typed = form.has("columns.0");
    let fields: Vec<&str> = map::fields(seen.kind);
    let mut columns = Vec::with_capacity(seen.columns.len());
    for (at, column) in seen.columns.into_iter().enumerate() {
        let field = format!("columns.{at}");
        if !was_typed {
            form.set(field.clone(), column.field.clone());
        }
        let mut more = BTreeSet::from([column.field.clone()]);
        if seen.kind == Kind::Customers && !column.name.is_empty() {
            more.insert(format!("Metadata:{}", column.name));
        }
        let own = more.into_iter().filter(|f| !f.is_empty() && !fields.contains(&f.as_str()));
        let word = |f: String| f.strip_prefix("Metadata:").map_or_else(|| f.clone(), |key| format!("Metadata “{key}”"));
        let options = fields.iter().map(|f| (*f).to_owned()).chain(own).map(|f| (f.clone(), word(f))).collect();
        columns.push(Shown { field, name: column.name, samples: column.samples, options });
    }
    Columns {
        form,
        kind: seen.kind.name(),
        other: if seen.kind == Kind::Orders {
            ("customers", "one customer in each row")
        } else {
            ("orders", "one line of an order in each row")
        },
        layout: seen.layout,
        written: seen.written,
        columns,
        shops,
        by: MatchBy::ALL.iter().map(|b| (b.name(), b.label())).collect(),
        dates: vec![("day", "Day first: 03/04 is the third of April"), ("month", "Month first: 03/04 is the fourth of March")],
        orders: seen.kind == Kind::Orders,
    }
}

/// What the form asks for.
fn request(typed: &Typed, import: &Import, many: usize) -> domain::Result<Request> {
    let wrong = |field: &str, words: &str| domain::kit::Problems::one(field, "invalid", words);
    let shop = typed.get("shop").parse().map_err(|()| wrong("shop", "Choose a shop."))?;
    let currency = match typed.get("currency").trim() {
        "" => None,
        code => Some(Currency::of(code).ok_or_else(|| wrong("currency", "Use a code such as EUR."))?),
    };
    Ok(Request {
        kind: Some(Kind::of(typed.get("kind")).or(Kind::of(&import.kind)).unwrap_or(Kind::Customers)),
        columns: Some((0..many).map(|at| typed.text(&format!("columns.{at}"))).collect()),
        by: typed.get("by").parse().unwrap_or(MatchBy::Auto),
        currency,
        dates: if typed.get("dates") == "month" { DateOrder::MonthFirst } else { DateOrder::DayFirst },
        ..Request::of(shop)
    })
}

/// Keeps the choices and asks for the dry run.
pub async fn save(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(id): Path<String>, typed: Typed) -> PageResult {
    let id: ImportId = guard::id(&id, "import")?;
    let which = id.clone();
    let import = app.read(&who.ctx, move |tx, ctx| imports::load(tx, ctx, &which)).await?;
    match check(&app, &who, &import, &typed).await {
        Ok(()) => Ok(see_other(&format!("/imports/{id}"))),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            form.errors.iter_mut().filter(|e| e.field == "match_by").for_each(|e| e.field = "by".to_owned());
            page::render(&app, &who, &uri, &headers, import, status, (Kind::of(typed.get("kind")), Some(form))).await
        }
    }
}

async fn check(app: &App, who: &Who, import: &Import, typed: &Typed) -> domain::Result<()> {
    let many = typed.0.iter().filter(|(name, _)| name.starts_with("columns.")).count();
    let request = request(typed, import, many)?;
    let (shelf, i, asked) = (Shelf::of(&app.config.data), import.clone(), request.clone());
    let plan =
        tokio::task::spawn_blocking(move || imports::chosen(&shelf, &i, &asked)).await.map_err(|e| Error::Internal(e.to_string()))??;
    let id = import.id.clone();
    app.write(&who.ctx, move |tx, ctx| {
        imports::choose(tx, ctx, &id, &request, &plan)?;
        imports::check(tx, ctx, &id).map(drop)
    })
    .await
}
