//! The form of a draft: whose offer, from which shop, the lines of an order's form, and until when it stands.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::invoices::due_days;
use domain::kit::{Ctx, CustomerId, OfferId, Problems};
use domain::offers::{self, DraftEdit, NewOffer, Offer, VALID_DAYS};
use domain::orders::Line;
use domain::replies::Reply;
use domain::shops::Shop;
use domain::{Error, Result, customers, merchants};
use store::Tx;

use crate::app::App;
use crate::dashboard::customers::profile::param;
use crate::dashboard::orders::form as sold;
use crate::dashboard::{PageResult, Typed, frame, once, refused, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/offers/form.html")]
struct Page {
    frame: Frame,
    form: Form,
    shops: Vec<(String, String)>,
    /// Amounts are in this.
    currency: &'static str,
    count: usize,
    /// What is looked for among the articles, and those that were found.
    find: String,
    found: Vec<sold::Found>,
    /// Whose it is, when that is settled: address and name.
    customer: Option<(String, String)>,
    /// The number of the draft that is edited.
    draft: Option<String>,
    today: String,
    once: String,
    action: String,
    back: String,
}

/// What the form is about.
#[derive(Clone, Debug)]
enum About {
    Anybody,
    Customer(CustomerId),
    Draft(OfferId),
}

struct Read {
    shops: Vec<Shop>,
    shop: String,
    customer: Option<(String, String)>,
    draft: Option<Offer>,
    today: jiff::civil::Date,
}

fn read(tx: &mut Tx, ctx: &Ctx, about: &About) -> Result<Read> {
    let draft = if let About::Draft(offer) = about { Some(offers::get(tx, ctx, offer)?) } else { None };
    let of = match about {
        About::Customer(customer) => Some(customer.clone()),
        _ => draft.as_ref().map(|d| d.summary.customer.clone()),
    };
    let customer = of.map(|c| customers::get(tx, ctx, &c)).transpose()?;
    if let (Some(c), About::Customer(_)) = (&customer, about) {
        customers::ensure_active(c)?;
    }
    let (shops, shop) = sold::open_shops(tx, ctx, customer.as_ref())?;
    let today = merchants::settings(tx, ctx)?.zone.date(ctx.now);
    Ok(Read { shops, shop, customer: customer.map(|c| (format!("/customers/{}", c.id), c.display_name)), draft, today })
}

/// The values of a new form, or of the draft.
fn values(r: &Read, shop: &str) -> Typed {
    let Some(draft) = &r.draft else {
        let until = r.today.saturating_add(jiff::Span::new().days(VALID_DAYS)).to_string();
        let shop = if r.shops.iter().any(|s| s.id.as_str() == shop) { shop } else { &r.shop };
        return Typed(
            [("shop", shop), ("lines.0.quantity", "1"), ("valid_until", until.as_str())]
                .map(|(k, v)| (k.to_owned(), v.to_owned()))
                .to_vec(),
        );
    };
    let s = &draft.summary;
    let mut typed = sold::sold(&draft.lines, [draft.discount, draft.shipping, draft.tax], s.currency);
    let own = [
        ("note", draft.note.clone()),
        ("shop", s.shop.to_string()),
        ("version", s.version.to_string()),
        ("valid_until", due_days(s.valid_until).to_string()),
    ];
    typed.0.extend(own.map(|(k, v)| (k.to_owned(), v)));
    typed
}

struct Asked<'a> {
    app: &'a App,
    who: &'a Who,
    uri: &'a Uri,
    headers: &'a HeaderMap,
}

async fn render(asked: &Asked<'_>, about: About, status: StatusCode, typed: Option<(Typed, Form)>) -> PageResult {
    let Asked { app, who, uri, headers } = *asked;
    let (which, looked) = (about.clone(), typed.as_ref().map_or_else(Typed::default, |(typed, _)| typed.clone()));
    let (r, found) = app
        .read(&who.ctx, move |tx, ctx| Ok((read(tx, ctx, &which)?, sold::found(tx, ctx, looked.get("shop"), looked.get("find"))?)))
        .await?;
    let (typed, form) = typed.unwrap_or_else(|| {
        let values = values(&r, &param(uri, "shop"));
        let form = values.form();
        (values, form)
    });
    let chosen = r.shops.iter().find(|s| s.id.as_str() == form.value("shop")).or_else(|| sold::oldest(&r.shops));
    let (action, back) = match (&about, &r.customer) {
        (About::Draft(o), _) => (format!("/offers/{o}/edit"), format!("/offers/{o}")),
        (About::Customer(c), _) => (format!("/customers/{c}/offers/new"), format!("/customers/{c}/offers")),
        (About::Anybody, _) => ("/offers/new".to_owned(), "/offers".to_owned()),
    };
    let page = Page {
        frame: frame(app, who, "offers", uri, headers).await?,
        shops: sold::choices(&r.shops),
        currency: r.draft.as_ref().map(|d| d.summary.currency).or(chosen.map(|s| s.currency)).map_or("", domain::kit::Currency::code),
        count: sold::count(&typed),
        find: typed.text("find"),
        found,
        customer: r.customer,
        draft: r.draft.map(|d| d.summary.number),
        today: r.today.to_string(),
        once: once(&form, who),
        form,
        action,
        back,
    };
    Ok(show_with(status, &page))
}

/// The empty form for anybody.
pub async fn new(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    render(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, About::Anybody, StatusCode::OK, None).await
}

/// The empty form for a customer; `shop` in the address chooses the shop.
pub async fn new_of(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> PageResult {
    let about = About::Customer(id(&customer, "customer")?);
    render(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, about, StatusCode::OK, None).await
}

/// The form of a draft.
pub async fn edit_page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(offer): Path<String>) -> PageResult {
    let about = About::Draft(id(&offer, "offer")?);
    render(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, about, StatusCode::OK, None).await
}

/// Makes it for whom the form names.
pub async fn create(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    submit(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, About::Anybody, typed).await
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
    let about = About::Customer(id(&customer, "customer")?);
    submit(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, about, typed).await
}

/// Saves a draft.
pub async fn edit(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(offer): Path<String>, typed: Typed) -> PageResult {
    let about = About::Draft(id(&offer, "offer")?);
    submit(&Asked { app: &app, who: &who, uri: &uri, headers: &headers }, about, typed).await
}

/// A line more and a look for articles only show the form again; the rest does it, once.
async fn submit(asked: &Asked<'_>, about: About, typed: Typed) -> PageResult {
    if let Some(typed) = sold::again(&typed) {
        let form = typed.form();
        return render(asked, about, StatusCode::OK, Some((typed, form))).await;
    }
    let (which, sent) = (about.clone(), typed.clone());
    let done = asked
        .app
        .write(&asked.who.ctx, move |tx, ctx| {
            sent.once(tx, ctx, &format!("/offers/new {which:?}"), |tx| {
                let offer = match &which {
                    About::Draft(offer) => save(tx, ctx, offer, &sent)?,
                    About::Customer(customer) => make(tx, ctx, customer, &sent)?,
                    About::Anybody => {
                        let customer = sold::customer(tx, ctx, &sent)?;
                        make(tx, ctx, &customer, &sent)?
                    }
                };
                Ok(Reply::new(303, format!("/offers/{offer}"), ""))
            })
        })
        .await;
    match done {
        Ok(reply) => Ok(toasted(see_other(&reply.location), "Draft saved.", None)),
        Err(error) => {
            let mut form = typed.form();
            let error = match error {
                Error::Invalid(problems) => Error::Invalid(sold::placed(problems, &sold::lines(&typed))),
                other => other,
            };
            let status = refused(&mut form, error)?;
            render(asked, about, status, Some((typed, form))).await
        }
    }
}

fn lines(t: &Typed) -> Vec<Line> {
    sold::lines(t).into_iter().map(|(_, line)| line).collect()
}

/// The last day as it is typed; empty is the usual.
fn valid_until(t: &Typed) -> Result<Option<i64>> {
    let text = t.get("valid_until").trim();
    if text.is_empty() {
        return Ok(None);
    }
    let date: jiff::civil::Date = text.parse().map_err(|_| Problems::one("valid_until", "invalid", "Choose a day."))?;
    Ok(Some(i64::from(domain::kit::day_number(date))))
}

fn make(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, t: &Typed) -> Result<OfferId> {
    let shop = sold::shop(tx, ctx, t)?;
    let [discount, shipping, tax] = sold::extras(t, shop.currency)?;
    let new = NewOffer {
        customer: customer.clone(),
        shop: shop.id,
        currency: Some(shop.currency),
        lines: lines(t),
        discount,
        shipping,
        tax,
        note: t.text("note"),
        valid_until: valid_until(t)?,
    };
    offers::create(tx, ctx, &new)
}

fn save(tx: &mut Tx, ctx: &Ctx, offer: &OfferId, t: &Typed) -> Result<OfferId> {
    let now = offers::get(tx, ctx, offer)?;
    let [discount, shipping, tax] = sold::extras(t, now.summary.currency)?;
    let edit = DraftEdit {
        expected_version: t.get("version").parse().ok(),
        lines: Some(lines(t)),
        discount: Some(discount),
        shipping: Some(shipping),
        tax: Some(tax),
        note: Some(t.text("note")),
        valid_until: valid_until(t)?,
    };
    offers::edit(tx, ctx, offer, &edit)?;
    Ok(offer.clone())
}
