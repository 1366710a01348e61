//! The form of the mapping, filled from what the service has to choose from.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::accounting::mapping::{self as room, Mapping, Shop, Tax};
use domain::accounting::sheets::Sheets;
use domain::accounting::{Connection, Service, connections};
use domain::invoices::{Category, due_days};
use domain::kit::{AccountingId, Problems, ShopId, Zone, day_number};
use domain::{merchants, shops};
use jiff::civil::Date;

use super::{HERE, connect, connection};
use crate::app::App;
use crate::dashboard::moments::moment;
use crate::dashboard::settings::{Item, around};
use crate::dashboard::typed::{Typed, refused};
use crate::dashboard::{PageError, PageResult, see_other, show_with, toasted};
use crate::http::Who;
use crate::look::{Form, Frame, When};

/// A way of taxing with the names of its two fields.
struct TaxRow {
    words: String,
    vat: String,
    ledger: String,
    category: Category,
    rate: String,
}

impl TaxRow {
    fn of((category, rate): (Category, String)) -> Self {
        let name = category.name();
        Self {
            words: format!("{} {rate}%", category.label()),
            vat: format!("vat.{name}.{rate}"),
            ledger: format!("ledger.{name}.{rate}"),
            category,
            rate,
        }
    }
}

/// A shop with the name of its field.
struct ShopRow {
    id: ShopId,
    name: String,
    field: String,
}

#[derive(Template)]
#[template(path = "dashboard/settings/accounting_mapping.html")]
struct MappingPage {
    frame: Frame,
    entries: Vec<Item>,
    c: Connection,
    fetched: Option<When>,
    sheets: Sheets,
    taxes: Vec<TaxRow>,
    shops: Vec<ShopRow>,
    form: Form,
}

impl MappingPage {
    fn is_twinfield(&self) -> bool {
        self.c.service == Service::Twinfield
    }
}

struct Seen {
    c: Connection,
    taxes: Vec<TaxRow>,
    shops: Vec<ShopRow>,
    zone: Zone,
}

async fn look(app: &App, who: &Who, id: &AccountingId) -> domain::Result<Seen> {
    let id = id.clone();
    let read = move |tx: &mut store::Tx, ctx: &domain::Ctx| {
        let (c, taxes) = (connections::get(tx, ctx, &id)?, room::known_taxes(tx, ctx, &id)?);
        Ok((c, taxes, shops::list(tx, ctx)?, merchants::settings(tx, ctx)?.zone))
    };
    let (c, taxes, shops, zone) = app.read(&who.ctx, read).await?;
    let shop = |s: shops::Shop| ShopRow { field: format!("shop.{}", s.id), name: s.name, id: s.id };
    Ok(Seen { c, taxes: taxes.into_iter().map(TaxRow::of).collect(), shops: shops.into_iter().map(shop).collect(), zone })
}

/// What is kept, as the form has it.
fn values(seen: &Seen) -> Form {
    let m = &seen.c.mapping;
    let mut form = Form::of([("journal", m.journal.clone()), ("receivable", m.receivable.clone())]);
    let since = m.since.map(due_days).unwrap_or_else(|| seen.zone.date(seen.c.created_at).first_of_month());
    form.set("since", since.to_string());
    for row in &seen.taxes {
        let kept = m.tax(row.category, &row.rate);
        form.set(row.vat.clone(), kept.map_or("", |t| &t.vat_code));
        form.set(row.ledger.clone(), kept.map_or("", |t| &t.ledger));
    }
    for shop in &seen.shops {
        form.set(shop.field.clone(), m.shop(&shop.id));
    }
    if seen.c.daily {
        form.set("daily", "on");
    }
    form
}

/// What was typed; a code that is not in the list (any more) stays a choice.
fn keep_choices(sheets: &mut Sheets, form: &Form, seen: &Seen) {
    let add = |list: &mut Vec<(String, String)>, value: &str| {
        if !list.is_empty() && !value.is_empty() && !list.iter().any(|(known, _)| known == value) {
            list.push((value.to_owned(), value.to_owned()));
        }
    };
    add(&mut sheets.journals, form.value("journal"));
    add(&mut sheets.receivables, form.value("receivable"));
    for row in &seen.taxes {
        add(&mut sheets.vat_codes, form.value(&row.vat));
        add(&mut sheets.ledgers, form.value(&row.ledger));
    }
    for shop in &seen.shops {
        add(&mut sheets.ledgers, form.value(&shop.field));
    }
}

async fn shown(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    status: StatusCode,
    seen: Seen,
    form: Form,
) -> Result<Response, PageError> {
    let (frame, entries) = around(app, who, uri, headers, HERE).await?;
    let mut sheets = seen.c.sheets.clone();
    keep_choices(&mut sheets, &form, &seen);
    let fetched = seen.c.sheets_at.map(|at| moment(&seen.zone, at));
    Ok(show_with(status, &MappingPage { frame, entries, fetched, sheets, taxes: seen.taxes, shops: seen.shops, c: seen.c, form }))
}

/// The form.
pub(super) async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(which): Path<String>) -> PageResult {
    let seen = look(&app, &who, &connection(&which)?).await?;
    let form = values(&seen);
    shown(&app, &who, &uri, &headers, StatusCode::OK, seen, form).await
}

fn read(typed: &Typed, seen: &Seen) -> domain::Result<Mapping> {
    let since: Date = typed.get("since").trim().parse().map_err(|_| Problems::one("since", "invalid", "Choose a day."))?;
    let tax = |row: &TaxRow| Tax {
        category: row.category,
        rate: row.rate.clone(),
        vat_code: typed.text(&row.vat),
        ledger: typed.text(&row.ledger),
    };
    Ok(Mapping {
        journal: typed.text("journal"),
        receivable: typed.text("receivable"),
        since: Some(i64::from(day_number(since))),
        taxes: seen.taxes.iter().map(tax).collect(),
        shops: seen.shops.iter().map(|s| Shop { shop: s.id.clone(), ledger: typed.text(&s.field) }).collect(),
    })
}

/// Keeps it.
pub(super) async fn save(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(which): Path<String>,
    typed: Typed,
) -> PageResult {
    let id = connection(&which)?;
    let seen = look(&app, &who, &id).await?;
    let saved = match read(&typed, &seen) {
        Ok(mapping) => {
            let daily = typed.ticked("daily");
            app.write(&who.ctx, move |tx, ctx| room::save(tx, ctx, &id, &mapping, daily)).await
        }
        Err(error) => Err(error),
    };
    match saved {
        Ok(()) => Ok(toasted(see_other(&format!("{HERE}/{which}")), "Mapping saved.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            shown(&app, &who, &uri, &headers, status, seen, form).await
        }
    }
}

/// Fetches what there is to choose from anew.
pub(super) async fn fetch(State(app): State<App>, who: Who, Path(which): Path<String>) -> PageResult {
    let id = connection(&which)?;
    let found = id.clone();
    let c = app.read(&who.ctx, move |tx, ctx| connections::get(tx, ctx, &found)).await?;
    let words = match connect::fetch(&app, &who.ctx, &id, c.service).await? {
        Ok(()) => "Accounts and VAT codes fetched.".to_owned(),
        Err(words) => words,
    };
    Ok(toasted(see_other(&format!("{HERE}/{which}/mapping")), &words, None))
}
