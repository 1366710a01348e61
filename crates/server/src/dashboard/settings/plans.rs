//! Plans that can be subscribed to, and on which days a failed payment is tried again.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::Ctx;
use domain::kit::{Money, PlanId, Problems, ShopId};
use domain::shops;
use domain::subscriptions::{self as room, Plan, PlanInput, RetryDays, Unit};
use store::Tx;

use super::{Item, around};
use crate::app::App;
use crate::dashboard::subscriptions::{number, units};
use crate::dashboard::typed::{Typed, refused};
use crate::dashboard::{PageError, PageResult, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

const HERE: &str = "/settings/plans";

struct Line {
    id: String,
    name: String,
    price: String,
    shop: String,
    free: String,
    is_archived: bool,
}

#[derive(Template)]
#[template(path = "dashboard/settings/plans.html")]
struct PlansPage {
    frame: Frame,
    entries: Vec<Item>,
    lines: Vec<Line>,
    shops: Vec<(String, String)>,
    units: Vec<(&'static str, String)>,
    form: Form,
    retries: Form,
}

#[derive(Template)]
#[template(path = "dashboard/settings/plan.html")]
struct PlanPage {
    frame: Frame,
    entries: Vec<Item>,
    plan: Plan,
    shops: Vec<(String, String)>,
    units: Vec<(&'static str, String)>,
    form: Form,
}

/// The form of a new plan, and that of the days.
#[derive(Default)]
struct Forms {
    plan: Option<Form>,
    retries: Option<Form>,
}

async fn list(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, status: StatusCode, forms: Forms) -> Result<Response, PageError> {
    let (plans, shops, days) =
        app.read(&who.ctx, |tx, ctx| Ok((room::plans(tx, ctx)?, shops::list(tx, ctx)?, room::settings(tx, ctx)?))).await?;
    let named = |id: &ShopId| shops.iter().find(|s| s.id == *id).map_or_else(String::new, |s| s.name.clone());
    let lines = plans.iter().map(|p| Line {
        id: p.id.to_string(),
        name: p.name.clone(),
        price: format!("{} {}", p.price(), p.cycle_words()),
        shop: named(&p.shop),
        free: if p.trial_days > 0 { format!("{} days", p.trial_days) } else { String::new() },
        is_archived: p.archived_at.is_some(),
    });
    let open: Vec<_> = shops.iter().filter(|s| s.archived_at.is_none()).collect();
    let (frame, entries) = around(app, who, uri, headers, HERE).await?;
    let page = PlansPage {
        frame,
        entries,
        lines: lines.collect(),
        form: forms.plan.unwrap_or_else(|| {
            let shop = open.first().map(|s| s.id.to_string()).unwrap_or_default();
            Form::of([("shop", shop), ("cycle_count", "1".to_owned()), ("cycle_unit", Unit::Month.name().to_owned())])
        }),
        retries: forms.retries.unwrap_or_else(|| Form::of([("retry_days", days.text())])),
        shops: open.iter().map(|s| (s.id.to_string(), format!("{} ({})", s.name, s.currency))).collect(),
        units: units(),
    };
    Ok(show_with(status, &page))
}

/// The list.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    list(&app, &who, &uri, &headers, StatusCode::OK, Forms::default()).await
}

/// What the form says, in the currency of the shop.
fn read(tx: &mut Tx, ctx: &Ctx, t: &Typed, of: Option<&Plan>) -> domain::Result<PlanInput> {
    let unknown = || Problems::one("shop", "unknown", "Choose one of your open shops.");
    let shop = match of {
        Some(plan) => plan.shop.clone(),
        None => t.get("shop").parse().map_err(|()| unknown())?,
    };
    let currency = match of {
        Some(plan) => plan.currency,
        None => shops::get(tx, ctx, &shop).map_err(|_| unknown())?.currency,
    };
    let retries = Some(t.get("own_retry_days").trim()).filter(|text| !text.is_empty());
    let wrong = |_| Problems::one("own_retry_days", "invalid", "Use rising days from 1 to 60, such as 1, 3, 5, 7.");
    Ok(PlanInput {
        shop,
        name: t.text("name"),
        currency: Some(currency),
        amount: t.amount(Money::new(1900, currency))?.minor,
        cycle_count: number(t, "cycle_count")?.unwrap_or(1),
        cycle_unit: t
            .get("cycle_unit")
            .parse()
            .map_err(|()| Problems::one("cycle_unit", "unknown", "Choose days, weeks, months or years."))?,
        trial_days: number(t, "trial_days")?.unwrap_or(0),
        retry_days: retries.map(RetryDays::parse).transpose().map_err(wrong)?,
    })
}

/// A new plan.
pub async fn create(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let sent = typed.clone();
    let made = app.write(&who.ctx, move |tx, ctx| {
        let input = read(tx, ctx, &sent, None)?;
        room::create_plan(tx, ctx, &input)
    });
    match made.await {
        Ok(plan) => Ok(toasted(see_other(HERE), &format!("Plan “{}” added.", plan.name), None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            list(&app, &who, &uri, &headers, status, Forms { plan: Some(form), ..Forms::default() }).await
        }
    }
}

/// The merchant's days.
pub async fn retries(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let text = typed.text("retry_days");
    match app.write(&who.ctx, move |tx, ctx| room::edit_settings(tx, ctx, &RetryDays::parse(&text)?)).await {
        Ok(()) => Ok(toasted(see_other(HERE), "Saved.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            list(&app, &who, &uri, &headers, status, Forms { retries: Some(form), ..Forms::default() }).await
        }
    }
}

async fn one(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    plan: PlanId,
    status: StatusCode,
    form: Option<Form>,
) -> Result<Response, PageError> {
    let (plan, shop) = app
        .read(&who.ctx, move |tx, ctx| {
            let plan = room::plan(tx, ctx, &plan)?;
            let shop = shops::get(tx, ctx, &plan.shop)?;
            Ok((plan, shop))
        })
        .await?;
    let form = form.unwrap_or_else(|| {
        Form::of([
            ("name", plan.name.clone()),
            ("shop", plan.shop.to_string()),
            ("amount", plan.price().plain()),
            ("cycle_count", plan.cycle_count.to_string()),
            ("cycle_unit", plan.cycle_unit.name().to_owned()),
            ("trial_days", plan.trial_days.to_string()),
            ("own_retry_days", plan.retry_days.as_ref().map_or_else(String::new, RetryDays::text)),
        ])
    });
    let (frame, entries) = around(app, who, uri, headers, HERE).await?;
    let shops = vec![(shop.id.to_string(), format!("{} ({})", shop.name, plan.currency))];
    Ok(show_with(status, &PlanPage { frame, entries, plan, shops, units: units(), form }))
}

/// One plan.
pub async fn edit_page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(plan): Path<String>) -> PageResult {
    one(&app, &who, &uri, &headers, id(&plan, "plan")?, StatusCode::OK, None).await
}

/// Changes it.
pub async fn edit(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(plan): Path<String>, typed: Typed) -> PageResult {
    let (plan, sent) = (id::<PlanId>(&plan, "plan")?, typed.clone());
    let which = plan.clone();
    let saved = app.write(&who.ctx, move |tx, ctx| {
        let old = room::plan(tx, &crate::api::write::seeing(ctx), &which)?;
        let input = read(tx, ctx, &sent, Some(&old))?;
        room::edit_plan(tx, ctx, &which, &input)
    });
    match saved.await {
        Ok(_) => Ok(toasted(see_other(HERE), "Saved.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            one(&app, &who, &uri, &headers, plan, status, Some(form)).await
        }
    }
}

/// Nobody begins it any more.
pub async fn archive(State(app): State<App>, who: Who, Path(plan): Path<String>) -> PageResult {
    let plan = id::<PlanId>(&plan, "plan")?;
    let undo = format!("{HERE}/{plan}/unarchive");
    let plan = app.write(&who.ctx, move |tx, ctx| room::archive_plan(tx, ctx, &plan)).await?;
    Ok(toasted(see_other(HERE), &format!("Plan “{}” archived.", plan.name), Some(&undo)))
}

/// Open again.
pub async fn unarchive(State(app): State<App>, who: Who, Path(plan): Path<String>) -> PageResult {
    let plan = id::<PlanId>(&plan, "plan")?;
    let plan = app.write(&who.ctx, move |tx, ctx| room::unarchive_plan(tx, ctx, &plan)).await?;
    Ok(toasted(see_other(HERE), &format!("Plan “{}” can be subscribed to again.", plan.name), None))
}
