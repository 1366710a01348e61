//! Who sells, as it stands on invoices, and how they are numbered, taxed and rounded; the logo.

use askama::Template;
use axum::extract::{Multipart, Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use domain::invoices::{self, Bank, Category, Party, Prices, Rounding, Settings, SettingsEdit};
use domain::kit::{LogoId, Problems};

use super::{Item, around};
use crate::app::App;
use crate::dashboard::choices::Choices;
use crate::dashboard::slow::slow;
use crate::dashboard::typed::{Typed, refused};
use crate::dashboard::{PageResult, address, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

const HERE: &str = "/settings/invoices";

#[derive(Template)]
#[template(path = "dashboard/settings/invoices.html")]
struct Page {
    frame: Frame,
    entries: Vec<Item>,
    form: Form,
    file: Form,
    choices: Choices,
    roundings: Vec<(&'static str, &'static str)>,
    prices: Vec<(&'static str, &'static str)>,
    categories: Vec<(&'static str, &'static str)>,
    logo: Option<String>,
}

fn stored(s: &Settings) -> Form {
    let p = &s.seller;
    let mut form = Form::of([
        ("seller.name", p.name.clone()),
        ("seller.vat_number", p.vat_number.clone()),
        ("seller.company_id", p.company_id.clone()),
        ("seller.email", p.email.clone()),
        ("seller.phone", p.phone.clone()),
        ("bank.name", s.bank.name.clone()),
        ("bank.iban", s.bank.iban.clone()),
        ("bank.bic", s.bank.bic.clone()),
        ("terms", s.terms.clone()),
        ("terms_days", s.terms_days.to_string()),
        ("footer", s.footer.clone()),
        ("format", s.format.clone()),
        ("credit_format", s.credit_format.clone()),
        ("rounding", s.rounding.name().to_owned()),
        ("prices", s.prices.name().to_owned()),
        ("category", s.category.name().to_owned()),
        ("rate", s.rate.normalize().to_string()),
        ("exemption", s.exemption.clone()),
    ]);
    address::parts("seller.address", &p.address).into_iter().for_each(|(name, value)| form.set(name, value));
    form
}

fn edit(t: &Typed) -> SettingsEdit {
    let of = |name: &str| t.text(name);
    SettingsEdit {
        seller: Party {
            name: of("seller.name"),
            address: address::typed(t, "seller.address"),
            vat_number: of("seller.vat_number"),
            company_id: of("seller.company_id"),
            email: of("seller.email"),
            phone: of("seller.phone"),
            language: String::new(),
        },
        bank: Bank { name: of("bank.name"), iban: of("bank.iban"), bic: of("bank.bic") },
        terms: of("terms"),
        terms_days: t.get("terms_days").trim().parse().unwrap_or(-1),
        footer: of("footer"),
        format: of("format"),
        credit_format: of("credit_format"),
        rounding: of("rounding"),
        prices: of("prices"),
        category: of("category"),
        rate: of("rate"),
        exemption: of("exemption"),
    }
}

async fn render(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, status: StatusCode, form: Option<Form>, file: Form) -> PageResult {
    let settings = app.read(&who.ctx, invoices::settings).await?;
    let (frame, entries) = around(app, who, uri, headers, HERE).await?;
    let page = Page {
        frame,
        entries,
        form: form.unwrap_or_else(|| stored(&settings)),
        file,
        choices: Choices::default(),
        roundings: Rounding::ALL.iter().map(|r| (r.name(), r.label())).collect(),
        prices: Prices::ALL.iter().map(|p| (p.name(), p.label())).collect(),
        categories: Category::ALL.iter().map(|c| (c.name(), c.label())).collect(),
        logo: settings.logo.map(|id| format!("{HERE}/logo/{id}")),
    };
    Ok(show_with(status, &page))
}

/// The form.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    render(&app, &who, &uri, &headers, StatusCode::OK, None, Form::default()).await
}

/// Saves it.
pub async fn save(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let edit = edit(&typed);
    match app.write(&who.ctx, move |tx, ctx| invoices::edit_settings(tx, ctx, &edit)).await {
        Ok(_) => Ok(toasted(see_other(HERE), "Saved. Invoices that are issued stay as they are.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(&app, &who, &uri, &headers, status, Some(form), Form::default()).await
        }
    }
}

/// Takes a picture.
pub async fn logo(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, mut parts: Multipart) -> PageResult {
    let mut bytes = Vec::new();
    let mut fault = None;
    while let Ok(Some(part)) = parts.next_field().await {
        if part.name() == Some("logo") {
            match part.bytes().await {
                Ok(read) => bytes = read.to_vec(),
                Err(_) => fault = Some("The file is too large or broke off."),
            }
        }
    }
    let picture = match fault {
        Some(fault) => Err(Problems::one("logo", "invalid", fault)),
        None if bytes.is_empty() => Err(Problems::one("logo", "required", "Choose a PNG or JPEG picture.")),
        None => slow(move || invoices::logo_picture(&bytes)).await,
    };
    let done = match picture {
        Ok(picture) => app.write(&who.ctx, move |tx, ctx| invoices::set_logo(tx, ctx, &picture)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(_) => Ok(toasted(see_other(HERE), "Logo saved.", None)),
        Err(error) => {
            let mut file = Form::default();
            let status = refused(&mut file, error)?;
            render(&app, &who, &uri, &headers, status, None, file).await
        }
    }
}

/// Takes it off.
pub async fn remove_logo(State(app): State<App>, who: Who) -> PageResult {
    app.write(&who.ctx, invoices::remove_logo).await?;
    Ok(toasted(see_other(HERE), "Logo removed.", None))
}

/// The picture. An id names one for ever, so the browser may keep it.
pub async fn shown_logo(State(app): State<App>, who: Who, Path(logo): Path<String>) -> Result<Response, crate::dashboard::PageError> {
    let logo: LogoId = id(&logo, "logo")?;
    let bytes = app.read(&who.ctx, move |tx, ctx| invoices::shown_logo(tx, ctx, &logo)).await?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("image/png"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable"));
    Ok(response)
}
