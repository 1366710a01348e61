//! What became of a charge, in words, and what can be done then.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::charges::{self, Charge, State as Step};
use domain::kit::{ChargeId, Money, Right, Zone};
use domain::payments::methods;
use domain::{customers, merchants};

use crate::app::App;
use crate::dashboard::customers::profile::{method, provider};
use crate::dashboard::{PageResult, frame, moments, show_with};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Frame, When, band};

/// A charge in a list.
#[derive(Clone, Debug)]
pub struct Line {
    pub c: Charge,
    pub amount: String,
    pub tone: &'static str,
    pub at: When,
}

/// As lists show it.
pub fn line(c: Charge, zone: &Zone) -> Line {
    let tone = match c.state {
        Step::Paid => "good",
        Step::Asked => "attention",
        Step::Failed | Step::Unclear => "problem",
    };
    Line { amount: Money::new(c.amount, c.currency).to_string(), tone, at: moments::moment(zone, c.created_at), c }
}

/// What became of it.
fn says(c: &Charge) -> String {
    let through = provider(&c.provider);
    match c.state {
        Step::Paid if !c.live => "Paid with test money: nothing moved.".to_owned(),
        Step::Paid => "The money is there.".to_owned(),
        Step::Asked if c.payment.is_some() => format!("{through} works on it. The answer comes by itself."),
        Step::Asked => format!("{through} is asked. Until it answers, the same question goes out again: it is charged once."),
        Step::Failed if c.needs_buyer() => {
            "The bank wants to ask the buyer. Send a payment link: on its page the buyer can answer.".to_owned()
        }
        Step::Failed if c.failure.is_empty() => "The payment was refused.".to_owned(),
        Step::Failed | Step::Unclear => c.failure.clone(),
    }
}

#[derive(Template)]
#[template(path = "dashboard/charges/page.html")]
struct Page {
    frame: Frame,
    line: Line,
    says: String,
    /// The customer's page and name.
    whose: (String, String),
    paid_with: String,
    /// What a further try begins with: "?order=…".
    again: String,
    may_charge: bool,
    may_link: bool,
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(charge): Path<String>) -> PageResult {
    let charge: ChargeId = id(&charge, "charge")?;
    let (c, customer, all, zone) = app
        .read(&who.ctx, move |tx, ctx| {
            let c = charges::get(tx, ctx, &charge)?;
            let customer = customers::get(tx, ctx, &c.customer)?;
            let all = methods::of_customer(tx, ctx, &c.customer)?;
            Ok((c, customer, all, merchants::settings(tx, ctx)?.zone))
        })
        .await?;
    let over = matches!(c.state, Step::Failed) && customer.is_active();
    let used = all.iter().find(|m| Some(&m.id) == c.method.as_ref());
    let again = match (&c.order, &c.invoice) {
        (_, Some(invoice)) => format!("?invoice={invoice}"),
        (Some(order), None) => format!("?order={order}"),
        (None, None) => String::new(),
    };
    let page = Page {
        frame: frame(&app, &who, "customers", &uri, &headers).await?.under(band(usize::from(!c.live), 1)),
        says: says(&c),
        whose: (format!("/customers/{}", c.customer), customer.display_name),
        paid_with: used.map_or_else(String::new, |m| method(m.kind.name(), &m.brand, &m.last4)),
        again,
        may_charge: over && who.ctx.may(Right::Payments),
        may_link: over && who.ctx.may(Right::Orders),
        line: line(c, &zone),
    };
    Ok(show_with(StatusCode::OK, &page))
}
