//! Orders made by staff: for a customer, for somebody found by e-mail or number, or for a guest; and the editing of drafts.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::customers;
use domain::kit::{Ctx, CustomerId, EventId, OrderId, Problems};
use domain::orders::{self, Buyer, Checkout, DraftEdit, Line, NewOrder};
use domain::replies::Reply;
use domain::shops::Shop;
use domain::{Error, Result};
use store::Tx;

use super::form;
use crate::app::App;
use crate::dashboard::{PageError, PageResult, Typed, frame, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/orders/form.html")]
struct Desk {
    frame: Frame,
    form: Form,
    shops: Vec<(String, String)>,
    /// Amounts are in this.
    currency: &'static str,
    count: usize,
    /// What is looked for among the articles, and those that were found.
    find: String,
    found: Vec<form::Found>,
    /// Whose it is, when that is settled: address and name.
    customer: Option<(String, String)>,
    /// The draft that is edited: its address and number.
    draft: Option<(String, String)>,
    once: String,
    /// Where the form is sent and where Cancel leads.
    action: String,
    back: String,
}

/// What the form is about.
#[derive(Clone, Debug)]
enum About {
    Anybody,
    Customer(CustomerId),
    Draft(OrderId),
}

struct Shown {
    shops: Vec<Shop>,
    customer: Option<(String, String)>,
    shop: String,
    draft: Option<orders::Order>,
}

fn read(tx: &mut Tx, ctx: &Ctx, about: &About) -> Result<Shown> {
    let draft = if let About::Draft(order) = about { Some(orders::get(tx, ctx, order)?) } else { None };
    let of = match about {
        About::Customer(customer) => Some(customer.clone()),
        _ => draft.as_ref().and_then(|d| d.summary.customer.clone()),
    };
    let customer = of.map(|c| customers::get(tx, ctx, &c)).transpose()?;
    if let (Some(c), About::Customer(_)) = (&customer, about) {
        customers::ensure_active(c)?;
    }
    let (open, shop) = form::open_shops(tx, ctx, customer.as_ref())?;
    Ok(Shown { shops: open, customer: customer.map(|c| (format!("/customers/{}", c.id), c.display_name)), shop, draft })
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
    let (asked, looked) = (about.clone(), typed.as_ref().map_or_else(Typed::default, |(typed, _)| typed.clone()));
    let (shown, found) = app
        .read(&who.ctx, move |tx, ctx| Ok((read(tx, ctx, &asked)?, form::found(tx, ctx, looked.get("shop"), looked.get("find"))?)))
        .await?;
    let (typed, form) = match typed {
        Some((typed, form)) => (typed, form),
        None => match &shown.draft {
            Some(draft) => (form::of(draft), form::of(draft).form()),
            None => (Typed::default(), form::empty(&shown.shop)),
        },
    };
    let chosen = shown.shops.iter().find(|s| s.id.as_str() == form.value("shop")).or_else(|| form::oldest(&shown.shops));
    let currency = shown.draft.as_ref().map(|d| d.summary.currency).or(chosen.map(|s| s.currency)).map_or("", domain::kit::Currency::code);
    let action = match &about {
        About::Anybody => "/orders/new".to_owned(),
        About::Customer(c) => format!("/customers/{c}/orders/new"),
        About::Draft(o) => format!("/orders/{o}/edit"),
    };
    let back = match (&about, &shown.customer) {
        (About::Draft(o), _) => format!("/orders/{o}"),
        (_, Some((at, _))) => at.clone(),
        _ => "/orders".to_owned(),
    };
    let page = Desk {
        frame: frame(app, who, "orders", uri, headers).await?,
        shops: form::choices(&shown.shops),
        currency,
        count: form::count(&typed),
        find: typed.text("find"),
        found,
        customer: shown.customer,
        draft: shown.draft.map(|d| (format!("/orders/{}", d.summary.id), d.summary.number)),
        once: Some(typed.text("once")).filter(|o| !o.is_empty()).unwrap_or_else(|| who.ctx.id::<EventId>().to_string()),
        form,
        action,
        back,
    };
    Ok(show_with(status, &page))
}

/// The empty form for anybody.
pub async fn new(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    render(&app, &who, &uri, &headers, About::Anybody, StatusCode::OK, None).await
}

/// The empty form for a customer.
pub async fn new_of(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> PageResult {
    render(&app, &who, &uri, &headers, About::Customer(id(&customer, "customer")?), StatusCode::OK, None).await
}

/// The form of a draft.
pub async fn edit_page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(order): Path<String>) -> PageResult {
    render(&app, &who, &uri, &headers, About::Draft(id(&order, "order")?), StatusCode::OK, None).await
}

/// Makes it for whom the form names.
pub async fn create(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    submit(&app, &who, &uri, &headers, About::Anybody, typed).await
}

/// Makes it for this customer.
pub async fn create_of(
    State(app): State<App>,
    who: Who,
    uri: Uri,
    headers: HeaderMap,
    Path(customer): Path<String>,
    typed: Typed,
) -> PageResult {
    submit(&app, &who, &uri, &headers, About::Customer(id(&customer, "customer")?), typed).await
}

/// Saves a draft.
pub async fn edit(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(order): Path<String>, typed: Typed) -> PageResult {
    submit(&app, &who, &uri, &headers, About::Draft(id(&order, "order")?), typed).await
}

/// A line more and a look for articles only show the form again; the rest does it.
async fn submit(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, about: About, typed: Typed) -> PageResult {
    if let Some(typed) = form::again(&typed) {
        let form = typed.form();
        return render(app, who, uri, headers, about, StatusCode::OK, Some((typed, form))).await;
    }
    let sent = Sent { about: about.clone(), lines: form::lines(&typed), typed: typed.clone() };
    match app.write(&who.ctx, move |tx, ctx| sent.once(tx, ctx)).await {
        Ok(reply) => Ok(said(&about, &reply)),
        Err(error) => {
            let mut form = typed.form();
            let status = shown(&mut form, error, &typed)?;
            render(app, who, uri, headers, about, status, Some((typed, form))).await
        }
    }
}

fn said(about: &About, reply: &Reply) -> Response {
    let words = if matches!(about, About::Draft(_)) { "Draft saved." } else { "Order created." };
    toasted(see_other(&reply.location), words, None)
}

fn shown(form: &mut Form, error: Error, typed: &Typed) -> std::result::Result<StatusCode, PageError> {
    match error {
        Error::Invalid(problems) => refused(form, Error::Invalid(form::placed(problems, &form::lines(typed)))),
        Error::Conflict { code: "key_reused", .. } => {
            form.fail("", "This form was sent before and has made an order. Open that order, or begin a new form.");
            Ok(StatusCode::CONFLICT)
        }
        other => refused(form, other),
    }
}

/// A form that was sent.
#[derive(Clone, Debug)]
struct Sent {
    about: About,
    lines: Vec<(usize, Line)>,
    typed: Typed,
}

impl Sent {
    /// Pressed twice is done once.
    fn once(&self, tx: &mut Tx, ctx: &Ctx) -> Result<Reply> {
        self.typed.once(tx, ctx, &format!("/orders/new {:?}", self.about), |tx| {
            let order = match &self.about {
                About::Draft(order) => self.edit(tx, ctx, order)?,
                About::Customer(customer) => self.make(tx, ctx, customer)?,
                About::Anybody if self.typed.get("whose") == "guest" => self.guest(tx, ctx)?,
                About::Anybody => {
                    let customer = form::customer(tx, ctx, &self.typed)?;
                    self.make(tx, ctx, &customer)?
                }
            };
            Ok(Reply::new(303, format!("/orders/{order}"), ""))
        })
    }

    fn only_lines(&self) -> Vec<Line> {
        self.lines.iter().map(|(_, line)| line.clone()).collect()
    }

    fn state(&self) -> orders::State {
        if self.typed.get("do") == "draft" { orders::State::Draft } else { orders::State::Open }
    }

    fn make(&self, tx: &mut Tx, ctx: &Ctx, customer: &CustomerId) -> Result<OrderId> {
        let shop = form::shop(tx, ctx, &self.typed)?;
        let [discount, shipping, tax] = form::extras(&self.typed, shop.currency)?;
        let new = NewOrder {
            customer: customer.clone(),
            shop: shop.id,
            state: self.state(),
            currency: Some(shop.currency),
            lines: self.only_lines(),
            discount,
            shipping,
            tax,
            note: self.typed.text("note"),
        };
        orders::create(tx, ctx, &new)
    }

    /// A guest's order is a checkout that stays a guest's; its id in the shop is the key of this form.
    fn guest(&self, tx: &mut Tx, ctx: &Ctx) -> Result<OrderId> {
        let shop = form::shop(tx, ctx, &self.typed)?;
        let [discount, shipping, tax] = form::extras(&self.typed, shop.currency)?;
        if self.lines.is_empty() && self.state() == orders::State::Open {
            return Err(Problems::one("lines", "required", "Add at least one line."));
        }
        let t = &self.typed;
        let buyer = Buyer { name: t.text("guest_name"), email: t.text("guest_email"), phone: t.text("guest_phone"), ..Buyer::default() };
        let checkout = Checkout {
            shop: shop.id,
            external_id: format!(
                "desk-{}",
                Some(t.text("once")).filter(|o| !o.is_empty()).unwrap_or_else(|| ctx.id::<EventId>().to_string())
            ),
            buyer,
            guest: true,
            currency: shop.currency,
            state: self.state(),
            abandoned: false,
            lines: self.only_lines(),
            discount,
            shipping,
            tax,
            note: t.text("note"),
            ordered_at: None,
            payments: Vec::new(),
            affiliate: String::new(),
        };
        Ok(orders::checkout(tx, ctx, &checkout).map_err(guest_fields)?.order)
    }

    fn edit(&self, tx: &mut Tx, ctx: &Ctx, order: &OrderId) -> Result<OrderId> {
        let now = orders::get(tx, ctx, order)?;
        let [discount, shipping, tax] = form::extras(&self.typed, now.summary.currency)?;
        let edit = DraftEdit {
            expected_version: self.typed.get("version").parse().ok(),
            lines: Some(self.only_lines()),
            discount: Some(discount),
            shipping: Some(shipping),
            tax: Some(tax),
            note: Some(self.typed.text("note")),
        };
        orders::edit_draft(tx, ctx, order, &edit)?;
        Ok(order.clone())
    }
}

/// The checkout's words for its fields, in those of this form.
fn guest_fields(error: Error) -> Error {
    match error {
        Error::Invalid(mut problems) => {
            for problem in &mut problems.0 {
                if let Some(part) = problem.field.strip_prefix("buyer.") {
                    problem.field = format!("guest_{part}");
                }
            }
            Error::Invalid(problems)
        }
        other => other,
    }
}
