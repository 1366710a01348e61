//! Overview (SPEC 2.3): what was spent, notes by author, what happened last; who it is stands in the facts beside it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::customers::profile::{self, Spend, Unmatched};
use domain::customers::{Note, notes};
use domain::events::{self, Entry};
use domain::kit::{CustomerId, Money};
use domain::providers::billing::{self, Billing};
use domain::providers::{CallState, Provider};

use super::{Asked, Away, Happened, Pane, Shown, Topic, open};
use crate::app::App;
use crate::dashboard::{PageResult, once, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Chart, Form, Frame, When};

/// Months that the chart shows.
const MONTHS: i32 = 12;
/// Entries of the timeline that are shown here.
const LATEST: usize = 6;

#[derive(Template)]
#[template(path = "dashboard/customers/profile/overview.html")]
struct Overview {
    frame: Frame,
    pane: Pane,
    spent: Chart,
    missing: bool,
    unmatched: Vec<Unmatched>,
    notes: Vec<Note>,
    latest: Vec<Happened>,
    /// The records that providers keep of the customer.
    billing: Vec<Record>,
    form: Form,
    once: String,
}

type Read = (Spend, Vec<Unmatched>, Vec<Note>, Vec<Entry>, Vec<Billing>);

/// A provider's own record of the customer, and whether it is up to date (SPEC 3.3).
struct Record {
    name: String,
    tone: &'static str,
    words: String,
    error: String,
    at: Option<When>,
    may_retry: bool,
}

impl Record {
    fn of(b: Billing, pane: &Pane) -> Self {
        let (tone, words) = match (b.state, b.trying) {
            (None, _) => ("quiet", "Nothing to send"),
            (Some(CallState::Done), _) => ("good", "Synchronised"),
            (Some(CallState::Waiting), false) => ("attention", "Being sent"),
            (Some(CallState::Waiting), true) => ("attention", "Not arrived, tried again"),
            (Some(CallState::Refused), _) => ("problem", "Refused"),
        };
        Self {
            name: format!("{} {}", b.provider.label(), b.reference),
            tone,
            words: words.to_owned(),
            at: b.at.map(|at| pane.moment(&at)),
            may_retry: pane.may.write && b.provider == Provider::Stripe && (b.trying || b.state == Some(CallState::Refused)),
            error: b.error,
        }
    }
}

/// Sends the customer to its providers once more.
pub async fn retry(State(app): State<App>, who: Who, Path(customer): Path<String>) -> PageResult {
    let customer: CustomerId = id(&customer, "customer")?;
    let here = format!("/customers/{customer}");
    app.write(&who.ctx, move |tx, ctx| billing::retry(tx, ctx, &customer)).await?;
    Ok(toasted(see_other(&here), "Sent again.", None))
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> Shown {
    render(Asked { app: &app, who: &who, uri: &uri, headers: &headers }, &customer, StatusCode::OK, Form::default()).await
}

/// The page with a form of notes that was refused, or with an empty one.
///
/// # Errors
/// As [`open`].
pub async fn render(asked: Asked<'_>, customer: &str, status: StatusCode, form: Form) -> Shown {
    let (frame, pane, (spend, unmatched, notes, latest, records)) = read(asked, customer).await?;
    let latest = Happened::all(&latest, &pane.zone);
    let billing = records.into_iter().map(|b| Record::of(b, &pane)).collect();
    let once = once(&form, asked.who);
    let page = Overview { once, billing, spent: chart(&spend), missing: spend.missing, frame, pane, unmatched, notes, latest, form };
    Ok(show_with(status, &page))
}

async fn read(asked: Asked<'_>, customer: &str) -> Result<(Frame, Pane, Read), Away> {
    open(asked, customer, Topic::Overview, |tx, ctx, c| {
        let id: &CustomerId = &c.id;
        Ok((
            profile::spend(tx, ctx, id, MONTHS)?,
            profile::unmatched(tx, ctx, id)?,
            notes::list(tx, ctx, id)?,
            events::timeline(tx, ctx, id, "", None, LATEST)?.entries,
            billing::of_customer(tx, ctx, id)?,
        ))
    })
    .await
}

fn chart(spend: &Spend) -> Chart {
    let total: i64 = spend.months.iter().map(|m| m.spent).fold(0, i64::saturating_add);
    let title = format!("Spent in each of the last {} months, {} in all", spend.months.len(), Money::new(total, spend.currency));
    let bar = |m: &profile::Month| (m.first.strftime("%b %Y").to_string(), Money::new(m.spent, spend.currency).to_string(), m.spent);
    Chart::of(title, spend.months.iter().map(bar))
}
