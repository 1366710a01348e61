//! Lists of all payments, disputes, subscriptions, orders and invoices: the filters of the pages by the same names, read strictly; cursor pages.

mod params;

use axum::extract::{RawQuery, State};
use domain::kit::{Ctx, Problems, Right};
use domain::lists::{self, List, Options, Query, kept};
use serde::Serialize;
use store::Tx;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::asked;
use super::types::{Money, Page, money};
use crate::app::App;
use crate::http::guard::Caller;
use crate::http::{Policy, Problem, Routes};

pub use params::*;

/// A page of a list. `rows` reads what its ids stand for.
///
/// # Errors
/// Field errors for what makes no sense.
pub async fn page<T, R>(
    app: &App,
    ctx: &Ctx,
    list: &'static List,
    raw: Option<&str>,
    rows: impl Fn(&mut Tx, &Ctx, &[String]) -> domain::Result<Vec<T>> + Send + Sync + 'static,
) -> Result<axum::Json<Page<R>>, Problem>
where
    T: Send + 'static,
    R: From<T> + Serialize,
{
    let (query, limit) = query(list, raw.unwrap_or_default())?;
    let indexes = app.indexes.clone();
    let (found, data) = app
        .read(ctx, move |tx, ctx| {
            let query = kept::expand(tx, ctx, query.clone())?;
            let found = lists::find(tx, ctx, &indexes, &Query { per: limit, ..query })?;
            let data = rows(tx, ctx, &found.ids)?;
            Ok((found, data))
        })
        .await?;
    Ok(axum::Json(Page {
        data: data.into_iter().map(Into::into).collect(),
        next: found.after.map(|key| key.to_string()),
        prev: found.before.map(|key| key.to_string()),
        total: None,
    }))
}

/// Reads the query string; without a view, everything is meant.
fn query(list: &'static List, raw: &str) -> domain::Result<(Query, usize)> {
    let mut text = url::form_urlencoded::Serializer::new(String::new());
    let (mut limit, mut view) = (None, false);
    for (key, value) in url::form_urlencoded::parse(raw.as_bytes()) {
        if value.trim().is_empty() && list.filters.iter().any(|f| f.name == key) {
            return Err(Problems::one(key, "invalid", "Give a value, or leave it out."));
        }
        if key == "limit" && !value.is_empty() {
            limit = Some(value.parse::<i64>().map_err(|_| Problems::one("limit", "invalid", "Use 1 to 200."))?);
        } else if key != "limit" {
            view |= key == "view" && !value.is_empty();
            text.append_pair(&key, &value);
        }
    }
    if !view {
        text.append_pair("view", list.whole().word);
    }
    let (query, problems) = Query::parse(list, &text.finish());
    problems.check()?;
    Ok((query, usize::try_from(asked::limit(limit)?).unwrap_or(1)))
}

/// How many match, and how many each option would give.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListCounts {
    /// Exactly so many match.
    pub total: u64,
    /// What is summed of those that match, by currency; never test money together with live money.
    pub sums: Vec<Money>,
    /// The filters of the list, by their names in the query.
    pub filters: Vec<FilterCounts>,
}

/// How many each option of a filter would give, what is chosen in the same filter aside.
#[derive(Debug, Serialize, ToSchema)]
pub struct FilterCounts {
    #[schema(example = "status")]
    pub filter: &'static str,
    pub options: Vec<WordCount>,
}

/// An option by its word in the query.
#[derive(Debug, Serialize, ToSchema)]
pub struct WordCount {
    #[schema(example = "open")]
    pub option: String,
    pub count: u64,
}

async fn counted(app: &App, ctx: &Ctx, list: &'static List, raw: Option<&str>) -> Result<axum::Json<ListCounts>, Problem> {
    let (query, _) = query(list, raw.unwrap_or_default())?;
    let indexes = app.indexes.clone();
    let counts = app
        .read(ctx, move |tx, ctx| {
            let query = kept::expand(tx, ctx, query.clone())?;
            lists::count(tx, ctx, &indexes, &query)
        })
        .await?;
    let option = |(option, count)| WordCount { option, count };
    let filters = list.filters.iter().zip(counts.options).filter(|(filter, _)| !matches!(filter.options, Options::Of(_)));
    Ok(axum::Json(ListCounts {
        total: counts.total,
        sums: counts.sums.into_iter().map(|sum| money(sum.minor, sum.currency)).collect(),
        filters: filters
            .map(|(filter, options)| FilterCounts { filter: filter.name, options: options.into_iter().map(option).collect() })
            .collect(),
    }))
}

/// The operations that count: one for each list, by the same names as the list itself.
macro_rules! counts {
    ($($(#[$about:meta])* $name:ident = $list:path, $path:tt, $id:tt, $tag:tt, $asked:ident;)*) => {
        $(
            $(#[$about])*
            #[utoipa::path(get, path = $path, operation_id = $id, tag = $tag, params($asked), responses((status = 200, body = ListCounts)))]
            async fn $name(State(app): State<App>, Caller(ctx): Caller, RawQuery(raw): RawQuery) -> Result<axum::Json<ListCounts>, Problem> {
                counted(&app, &ctx, &$list, raw.as_deref()).await
            }
        )*
        /// The operations of the room.
        pub fn routes(routes: Routes) -> Routes {
            let read = Policy::May(Right::Read);
            routes$(.api(read, routes!($name)))*
        }
    };
}

counts! {
    /// Count payments.
    ///
    /// How many match, what they brought, and how many each option of each filter would give.
    count_payments = domain::payments::listed::LIST, "/api/v1/payments/counts", "countPayments", "Payments", PaymentsAsked;
    /// Count disputes.
    ///
    /// How many match, their amounts, and how many each option of each filter would give.
    count_disputes = domain::payments::listed_disputes::LIST, "/api/v1/disputes/counts", "countDisputes", "Payments", DisputesAsked;
    /// Count subscriptions.
    ///
    /// How many match, and how many each option of each filter would give.
    count_subscriptions = domain::subscriptions::listed::LIST, "/api/v1/subscriptions/counts", "countSubscriptions", "Subscriptions", SubscriptionsAsked;
    /// Count orders.
    ///
    /// How many match, what was ordered, and how many each option of each filter would give.
    count_orders = domain::orders::listed::LIST, "/api/v1/orders/counts", "countOrders", "Orders", OrdersAsked;
    /// Count invoices.
    ///
    /// How many match, what was invoiced, and how many each option of each filter would give.
    count_invoices = domain::invoices::listed::LIST, "/api/v1/invoices/counts", "countInvoices", "Invoices", InvoicesAsked;
    /// Count offers.
    ///
    /// How many match, what was offered, and how many each option of each filter would give.
    count_offers = domain::offers::listed::LIST, "/api/v1/offers/counts", "countOffers", "Offers", OffersAsked;
    /// Count payment links.
    ///
    /// How many match, what is asked for, and how many each option of each filter would give.
    count_payment_links = domain::payment_links::listed::LIST, "/api/v1/payment-links/counts", "countPaymentLinks", "Payments", PaymentLinksAsked;
    /// Count contracts.
    ///
    /// How many match, and how many each option of each filter would give.
    count_contracts = domain::contracts::listed::LIST, "/api/v1/contracts/counts", "countContracts", "Contracts", ContractsAsked;
    /// Count returns.
    ///
    /// How many match, what came back, and how many each option of each filter would give.
    count_returns = domain::returns::listed::LIST, "/api/v1/returns/counts", "countReturns", "Returns", ReturnsAsked;
    /// Count tickets.
    ///
    /// How many match, and how many each option of each filter would give.
    count_tickets = domain::tickets::listed::LIST, "/api/v1/tickets/counts", "countTickets", "Tickets", TicketsAsked;
    /// Count tasks.
    ///
    /// How many match, and how many each option of each filter would give.
    count_tasks = domain::tasks::listed::LIST, "/api/v1/tasks/counts", "countTasks", "Tasks", TasksAsked;
    /// Count requests about data.
    ///
    /// How many match, and how many each option of each filter would give.
    count_requests = domain::privacy::requests::listed::LIST, "/api/v1/privacy-requests/counts", "countPrivacyRequests", "Privacy", RequestsAsked;
    /// Count mails.
    ///
    /// How many match, and how many each option of each filter would give.
    count_mails = domain::mail::listed::LIST, "/api/v1/mails/counts", "countMails", "Mails", MailsAsked;
    /// Count mailings.
    ///
    /// How many match, and how many each option of each filter would give.
    count_mailings = domain::mailings::listed::LIST, "/api/v1/mailings/counts", "countMailings", "Mailings", MailingsAsked;
}
