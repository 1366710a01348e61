//! The form of a draft: who buys, and lines that can be added without scripts.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::invoices::{self, Category, DraftEdit, Invoice, LineInput, NewInvoice, Party, Prices};
use domain::kit::{CustomerId, EventId, InvoiceId, Problems, discount};
use domain::replies::Reply;
use domain::{Error, customers};

use crate::app::App;
use crate::dashboard::choices::Choices;
use crate::dashboard::customers::profile::param;
use crate::dashboard::discounts;
use crate::dashboard::{PageResult, Typed, address, frame, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

/// Empty lines of a new form, and more than anybody types.
const LINES: usize = 3;
const MOST: usize = 100;
/// The fields of a line.
const PARTS: [&str; 7] = ["title", "sku", "quantity", "unit_price", "discount", "category", "rate"];

#[derive(Template)]
#[template(path = "dashboard/invoices/form.html")]
struct Page {
    frame: Frame,
    form: Form,
    choices: Choices,
    count: usize,
    categories: Vec<(&'static str, &'static str)>,
    prices: Vec<(&'static str, &'static str)>,
    usual: String,
    customer: Option<(String, String)>,
    /// An invoice that is there: then who buys can be changed.
    draft: bool,
    action: String,
    back: String,
    once: String,
}

/// What the form is about.
#[derive(Clone, Debug)]
enum About {
    Customer(CustomerId),
    Draft(InvoiceId),
}

fn count(typed: &Typed) -> usize {
    typed.get("count").parse().unwrap_or(LINES).clamp(1, MOST)
}

/// The lines that somebody filled in, with the place of each in the form.
fn lines(typed: &Typed) -> Vec<(usize, LineInput)> {
    let read = |i: usize| {
        let of = |part: &str| typed.text(&format!("lines.{i}.{part}"));
        LineInput {
            title: of("title"),
            sku: of("sku"),
            quantity: of("quantity"),
            unit_price: of("unit_price"),
            discount: discounts::typed(of("discount")),
            category: of("category"),
            rate: of("rate"),
        }
    };
    let filled = |l: &LineInput| [&l.title, &l.sku, &l.unit_price].iter().any(|t| !t.trim().is_empty());
    (0..count(typed)).map(|i| (i, read(i))).filter(|(_, l)| filled(l)).collect()
}

/// Errors of the verb's lines, at the places of the form.
fn placed(problems: Problems, lines: &[(usize, LineInput)]) -> Problems {
    let place = |field: &str| {
        let (index, part) = field.strip_prefix("lines.")?.split_once('.')?;
        let at = lines.get(index.parse::<usize>().ok()?)?.0;
        Some(format!("lines.{at}.{part}"))
    };
    Problems(
        problems
            .0
            .into_iter()
            .map(|mut p| {
                p.field = place(&p.field).unwrap_or(p.field);
                p
            })
            .collect(),
    )
}

fn party(t: &Typed) -> Party {
    let of = |name: &str| t.text(&format!("buyer.{name}"));
    Party {
        name: of("name"),
        address: address::typed(t, "buyer.address"),
        vat_number: of("vat_number"),
        company_id: of("company_id"),
        email: of("email"),
        phone: of("phone"),
        language: of("language"),
    }
}

/// The form of a draft as it is.
fn stored(i: &Invoice) -> Typed {
    let (s, b) = (&i.summary, &i.summary.buyer);
    let mut pairs = vec![
        ("count".to_owned(), (i.lines.len() + 1).clamp(LINES, MOST).to_string()),
        ("prices".to_owned(), s.prices.name().to_owned()),
        ("note".to_owned(), s.note.clone()),
        ("terms_days".to_owned(), s.terms_days.to_string()),
        ("version".to_owned(), s.version.to_string()),
    ];
    let buyer = [
        ("name", &b.name),
        ("vat_number", &b.vat_number),
        ("company_id", &b.company_id),
        ("email", &b.email),
        ("phone", &b.phone),
        ("language", &b.language),
    ];
    pairs.extend(buyer.map(|(name, value)| (format!("buyer.{name}"), value.clone())));
    pairs.extend(address::parts("buyer.address", &b.address));
    for (n, l) in i.lines.iter().enumerate() {
        let values = [
            l.title.clone(),
            l.sku.clone(),
            l.quantity.normalize().to_string(),
            l.unit_price.normalize().to_string(),
            discount::written(l.discount),
            l.category.name().to_owned(),
            l.rate.normalize().to_string(),
        ];
        pairs.extend(PARTS.iter().zip(values).map(|(part, value)| (format!("lines.{n}.{part}"), value)));
    }
    Typed(pairs)
}

async fn render(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    about: About,
    status: StatusCode,
    typed: Option<(Typed, Form)>,
) -> PageResult {
    let asked = about.clone();
    let (customer, draft, own) = app
        .read(&who.ctx, move |tx, ctx| {
            let draft = if let About::Draft(id) = &asked { Some(invoices::get(tx, ctx, id)?) } else { None };
            let of = match &asked {
                About::Customer(c) => Some(c.clone()),
                About::Draft(_) => draft.as_ref().and_then(|d| d.summary.customer.clone()),
            };
            let customer = of.map(|c| customers::get(tx, ctx, &c)).transpose()?;
            if let (Some(c), About::Customer(_)) = (&customer, &asked) {
                customers::ensure_active(c)?;
            }
            Ok((customer, draft, invoices::settings(tx, ctx)?))
        })
        .await?;
    let (typed, form) = match typed {
        Some(both) => both,
        None => match &draft {
            Some(draft) => (stored(draft), stored(draft).form()),
            None => {
                let pairs = [("prices", Prices::Net.name().to_owned()), ("terms_days", own.terms_days.to_string())];
                (Typed::default(), Form::of(pairs))
            }
        },
    };
    let usual = if own.category == Category::Standard { format!("{} %", own.rate.normalize()) } else { own.category.label().to_owned() };
    let (action, back) = match &about {
        About::Customer(c) => (format!("/customers/{c}/invoices/new"), format!("/customers/{c}/invoices")),
        About::Draft(i) => (format!("/invoices/{i}/edit"), format!("/invoices/{i}")),
    };
    let page = Page {
        frame: frame(app, who, "invoices", uri, headers).await?,
        count: count(&typed),
        categories: Category::ALL.iter().map(|c| (c.name(), c.label())).collect(),
        prices: Prices::ALL.iter().map(|p| (p.name(), p.label())).collect(),
        usual,
        customer: customer.map(|c| (format!("/customers/{}", c.id), c.display_name)),
        draft: matches!(about, About::Draft(_)),
        once: Some(typed.text("once")).filter(|o| !o.is_empty()).unwrap_or_else(|| who.ctx.id::<EventId>().to_string()),
        choices: Choices::default(),
        form,
        action,
        back,
    };
    Ok(show_with(status, &page))
}

/// The empty form for a customer.
pub async fn new(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> PageResult {
    render(&app, &who, &uri, &headers, About::Customer(id(&customer, "customer")?), StatusCode::OK, None).await
}

/// The form of a draft; with `check`, what issuing it would refuse stands beside the fields.
pub async fn edit_page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(invoice): Path<String>) -> PageResult {
    let invoice: InvoiceId = id(&invoice, "invoice")?;
    let about = About::Draft(invoice.clone());
    if param(&uri, "check").is_empty() {
        return render(&app, &who, &uri, &headers, about, StatusCode::OK, None).await;
    }
    let (draft, missing) = app
        .read(&who.ctx, move |tx, ctx| {
            let draft = invoices::get(tx, ctx, &invoice)?;
            let missing = invoices::missing(&draft);
            Ok((draft, missing))
        })
        .await?;
    let typed = stored(&draft);
    let mut form = typed.form();
    for problem in missing.0 {
        form.fail(problem.field, problem.message);
    }
    render(&app, &who, &uri, &headers, about, StatusCode::OK, Some((typed, form))).await
}

/// Makes a draft.
pub async fn create(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(customer): Path<String>,
    typed: Typed,
) -> PageResult {
    submit(&app, &who, &uri, &headers, About::Customer(id(&customer, "customer")?), typed).await
}

/// Saves one.
pub async fn edit(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(invoice): Path<String>, typed: Typed) -> PageResult {
    submit(&app, &who, &uri, &headers, About::Draft(id(&invoice, "invoice")?), typed).await
}

async fn submit(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, about: About, mut typed: Typed) -> PageResult {
    if typed.get("do") == "add" {
        let more = (count(&typed) + 1).min(MOST);
        typed.0.retain(|(name, _)| name != "count");
        typed.0.push(("count".to_owned(), more.to_string()));
        let form = typed.form();
        return render(app, who, uri, headers, about, StatusCode::OK, Some((typed, form))).await;
    }
    let (sent, which) = (typed.clone(), about.clone());
    let done = app.write(&who.ctx, move |tx, ctx| once(tx, ctx, &which, &sent)).await;
    match done {
        Ok(reply) => Ok(toasted(see_other(&reply.location), "Draft saved.", None)),
        Err(error) => {
            let error = if let Error::Invalid(problems) = error { Error::Invalid(placed(problems, &lines(&typed))) } else { error };
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            render(app, who, uri, headers, about, status, Some((typed, form))).await
        }
    }
}

/// Pressed twice is done once.
fn once(tx: &mut store::Tx, ctx: &domain::Ctx, about: &About, t: &Typed) -> domain::Result<Reply> {
    t.once(tx, ctx, &format!("/invoices/form {about:?}"), |tx| {
        let lines: Vec<LineInput> = lines(t).into_iter().map(|(_, l)| l).collect();
        let days = t.get("terms_days").trim().parse().unwrap_or(-1);
        let invoice = match about {
            About::Customer(customer) => {
                let new = NewInvoice {
                    customer: customer.clone(),
                    currency: None,
                    lines,
                    prices: t.text("prices"),
                    note: t.text("note"),
                    terms_days: Some(days),
                };
                invoices::create(tx, ctx, &new)?
            }
            About::Draft(invoice) => {
                let edit = DraftEdit {
                    expected_version: t.get("version").parse().ok(),
                    lines: Some(lines),
                    buyer: Some(party(t)),
                    prices: Some(t.text("prices")),
                    note: Some(t.text("note")),
                    terms_days: Some(days),
                };
                invoices::edit(tx, ctx, invoice, &edit)?;
                invoice.clone()
            }
        };
        Ok(Reply::new(303, format!("/invoices/{invoice}"), ""))
    })
}
