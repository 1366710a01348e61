//! Lists of all payments, disputes, subscriptions, orders and invoices: the filters of the pages by the same names, read strictly; cursor pages.

use axum::extract::{RawQuery, State};
use domain::kit::{Ctx, Problems, Right};
use domain::lists::{self, List, Options, Query, kept};
use serde::Serialize;
use store::Tx;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::asked;
use super::types::{Money, Page, money};
use super::words;
use crate::app::App;
use crate::http::guard::Caller;
use crate::http::{Policy, Problem, Routes};

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
    /// Count mailings.
    ///
    /// How many match, and how many each option of each filter would give.
    count_mailings = domain::mailings::listed::LIST, "/api/v1/mailings/counts", "countMailings", "Mailings", MailingsAsked;
}

/// Describes the query string of a list. Only the description is used: the one grammar of lists reads it.
macro_rules! asked {
    ($($(#[$about:meta])* $name:ident { $($(#[$meta:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$about])*
        #[derive(IntoParams)]
        #[into_params(parameter_in = Query)]
        #[expect(dead_code, reason = "described, and read by the grammar that pages use too")]
        pub struct $name {
            $($(#[$meta])* $field: $type,)*
            /// The id of a customer; may be repeated.
            #[param(explode = true)]
            customer: Option<Vec<String>>,
            /// Ids of shops; may be repeated.
            #[param(explode = true)]
            shop: Option<Vec<String>>,
            /// ISO 4217; may be repeated.
            #[param(explode = true)]
            currency: Option<Vec<String>>,
            /// A built-in view, or the id of a saved one.
            view: Option<String>,
            /// `asc` or `desc`.
            #[param(pattern = "^(asc|desc)?$")]
            dir: Option<String>,
            /// `next` of the page before.
            after: Option<String>,
            /// `prev` of the page behind.
            before: Option<String>,
            /// 1 to 200; 50 unless said.
            #[param(minimum = 1, maximum = 200)]
            limit: Option<i64>,
        }
    )*};
}

asked! {
    /// Which payments.
    PaymentsAsked {
        /// A customer as the list of customers finds them; or the beginning of a guest's name, e-mail or phone, of an order's number or the
        /// provider's id; or the last four digits.
        q: Option<String>,
        /// `paid`, `pending`, `failed`, `bounced`, `partly_refunded`, `refunded`, `dispute_lost`; may be repeated.
        #[param(explode = true)]
        status: Option<Vec<String>>,
        /// With a dispute of this state; may be repeated.
        #[param(value_type = Option<Vec<words::DisputeState>>, explode = true)]
        dispute: Option<Vec<String>>,
        /// `stripe`, `paypal`, `manual`, …; may be repeated.
        #[param(explode = true)]
        provider: Option<Vec<String>>,
        /// `card`, `bank_debit`, `wallet`, `cash`, …, or `none`; may be repeated.
        #[param(explode = true)]
        method: Option<Vec<String>>,
        /// Paid by a guest, or by a customer.
        guest: Option<bool>,
        /// `live` or `test`.
        #[param(pattern = "^(live|test)?$")]
        mode: Option<String>,
        /// Something to look at.
        flagged: Option<bool>,
        /// Paid on this day or later, in the merchant's time zone.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        paid_from: Option<String>,
        /// Paid on this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        paid_to: Option<String>,
        /// At least, in major units of each payment's currency.
        #[param(example = "100.00")]
        amount_min: Option<String>,
        /// At most.
        amount_max: Option<String>,
        /// `paid` or `amount`.
        #[param(pattern = "^(paid|amount)?$")]
        sort: Option<String>,
    }
    /// Which disputes.
    DisputesAsked {
        /// A customer as the list of customers finds them; or the beginning of a guest's e-mail, an order's number or the provider's id.
        q: Option<String>,
        /// May be repeated.
        #[param(value_type = Option<Vec<words::DisputeState>>, explode = true)]
        status: Option<Vec<String>>,
        /// `fraudulent`, …, or `none`; may be repeated.
        #[param(explode = true)]
        reason: Option<Vec<String>>,
        /// Who moved the payment; may be repeated.
        #[param(explode = true)]
        provider: Option<Vec<String>>,
        /// `live` or `test`.
        #[param(pattern = "^(live|test)?$")]
        mode: Option<String>,
        /// To be answered on this day or later.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        due_from: Option<String>,
        /// To be answered on this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        due_to: Option<String>,
        /// Opened on this day or later.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        opened_from: Option<String>,
        /// Opened on this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        opened_to: Option<String>,
        /// At least, in major units of each dispute's currency.
        amount_min: Option<String>,
        /// At most.
        amount_max: Option<String>,
        /// `opened`, `due` or `amount`.
        #[param(pattern = "^(opened|due|amount)?$")]
        sort: Option<String>,
    }
    /// Which subscriptions.
    SubscriptionsAsked {
        /// The beginning of its name, or a customer as the list of customers finds them.
        q: Option<String>,
        /// At this moment; may be repeated.
        #[param(value_type = Option<Vec<words::SubscriptionState>>, explode = true)]
        status: Option<Vec<String>>,
        /// What the cycle is counted in; may be repeated.
        #[param(value_type = Option<Vec<words::CycleUnit>>, explode = true)]
        cycle: Option<Vec<String>>,
        /// Who charges it; may be repeated.
        #[param(explode = true)]
        provider: Option<Vec<String>>,
        /// `live` or `test`.
        #[param(pattern = "^(live|test)?$")]
        mode: Option<String>,
        /// Next charged on this day or later.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        next_from: Option<String>,
        /// Next charged on this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        next_to: Option<String>,
        /// Started on this day or later.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        started_from: Option<String>,
        /// Started on this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        started_to: Option<String>,
        /// At least for each cycle, in major units of its currency.
        amount_min: Option<String>,
        /// At most.
        amount_max: Option<String>,
        /// `started`, `next` or `amount`.
        #[param(pattern = "^(started|next|amount)?$")]
        sort: Option<String>,
    }
    /// Which orders.
    OrdersAsked {
        /// The beginning of an order's number, of a guest's name or e-mail address; or a customer as the list of customers finds them.
        q: Option<String>,
        /// May be repeated.
        #[param(value_type = Option<Vec<words::OrderState>>, explode = true)]
        state: Option<Vec<String>>,
        /// Left in the basket, or not.
        abandoned: Option<bool>,
        /// Of a guest, or of a customer.
        guest: Option<bool>,
        /// Something to look at.
        flagged: Option<bool>,
        /// Ordered on this day or later, in the merchant's time zone.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        ordered_from: Option<String>,
        /// Ordered on this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        ordered_to: Option<String>,
        /// At least, in major units of each order's currency.
        total_min: Option<String>,
        /// At most.
        total_max: Option<String>,
        /// `ordered` or `total`.
        #[param(pattern = "^(ordered|total)?$")]
        sort: Option<String>,
    }
    /// Which offers.
    OffersAsked {
        /// The beginning of an offer's or its order's number; or a customer as the list of customers finds them.
        q: Option<String>,
        /// On this day; may be repeated.
        #[param(value_type = Option<Vec<words::OfferState>>, explode = true)]
        state: Option<Vec<String>>,
        /// Begun on this day or later, in the merchant's time zone.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        created_from: Option<String>,
        /// Begun on this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        created_to: Option<String>,
        /// Valid until this day or later.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        valid_from: Option<String>,
        /// Valid until this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        valid_to: Option<String>,
        /// At least, in major units of each offer's currency.
        total_min: Option<String>,
        /// At most.
        total_max: Option<String>,
        /// `created`, `valid` or `total`.
        #[param(pattern = "^(created|valid|total)?$")]
        sort: Option<String>,
    }
    /// Which contracts.
    ContractsAsked {
        /// The beginning of a contract's number or title; or a customer as the list of customers finds them.
        q: Option<String>,
        /// On this day; may be repeated.
        #[param(value_type = Option<Vec<words::ContractState>>, explode = true)]
        state: Option<Vec<String>>,
        /// Its last day is this one or later.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        end_from: Option<String>,
        /// Its last day is this one or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        end_to: Option<String>,
        /// The last day for giving notice is this one or later.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        notice_from: Option<String>,
        /// The last day for giving notice is this one or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        notice_to: Option<String>,
        /// Begun on this day or later, in the merchant's time zone.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        created_from: Option<String>,
        /// Begun on this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        created_to: Option<String>,
        /// At least, in major units of each contract's currency.
        value_min: Option<String>,
        /// At most.
        value_max: Option<String>,
        /// `created`, `end`, `notice` or `value`.
        #[param(pattern = "^(created|end|notice|value)?$")]
        sort: Option<String>,
    }
    /// Which returns.
    ReturnsAsked {
        /// The beginning of a return's or its order's number, of a guest's name or e-mail address; or a customer as the list of customers finds
        /// them.
        q: Option<String>,
        /// May be repeated.
        #[param(value_type = Option<Vec<words::ReturnState>>, explode = true)]
        state: Option<Vec<String>>,
        /// Asked for on this day or later, in the merchant's time zone.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        created_from: Option<String>,
        /// Asked for on this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        created_to: Option<String>,
        /// At least, in major units of each order's currency.
        value_min: Option<String>,
        /// At most.
        value_max: Option<String>,
        /// `created` or `value`.
        #[param(pattern = "^(created|value)?$")]
        sort: Option<String>,
    }
    /// Which invoices and credit notes.
    InvoicesAsked {
        /// The beginning of an invoice's or an order's number, of a guest's name or e-mail address; or a customer as the list of customers finds
        /// them.
        q: Option<String>,
        /// Of invoices; may be repeated. Credit notes are found by `kind`.
        #[param(value_type = Option<Vec<words::InvoiceState>>, explode = true)]
        state: Option<Vec<String>>,
        /// Something is left to pay and its day is over.
        overdue: Option<bool>,
        #[param(value_type = Option<Vec<words::InvoiceKind>>, explode = true)]
        kind: Option<Vec<String>>,
        /// The buyer's, two letters, or `none`; may be repeated.
        #[param(explode = true)]
        country: Option<Vec<String>>,
        /// Issued on this day or later.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        issued_from: Option<String>,
        /// Issued on this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        issued_to: Option<String>,
        /// To be paid by this day or later.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        due_from: Option<String>,
        /// To be paid by this day or before.
        #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
        due_to: Option<String>,
        /// At least, in major units of each invoice's currency.
        total_min: Option<String>,
        /// At most.
        total_max: Option<String>,
        /// `created`, `issued`, `due` or `total`.
        #[param(pattern = "^(created|issued|due|total)?$")]
        sort: Option<String>,
    }
}

/// Which requests about data.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "described, and read by the grammar that pages use too")]
pub struct RequestsAsked {
    /// A customer as the list of customers finds them, or the beginning of who asks.
    q: Option<String>,
    #[param(value_type = Option<Vec<words::RequestState>>, explode = true)]
    state: Option<Vec<String>>,
    /// Open, and its day is over.
    overdue: Option<bool>,
    #[param(value_type = Option<Vec<words::RequestKind>>, explode = true)]
    kind: Option<Vec<String>>,
    /// The id of a customer; may be repeated.
    #[param(explode = true)]
    customer: Option<Vec<String>>,
    /// To be answered on this day or later.
    #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
    due_from: Option<String>,
    /// To be answered on this day or before.
    #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
    due_to: Option<String>,
    /// Received on this day or later.
    #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
    received_from: Option<String>,
    /// Received on this day or before.
    #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
    received_to: Option<String>,
    /// A built-in view, or the id of a saved one.
    view: Option<String>,
    /// `due` or `received`.
    #[param(pattern = "^(due|received)?$")]
    sort: Option<String>,
    /// `asc` or `desc`.
    #[param(pattern = "^(asc|desc)?$")]
    dir: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// `prev` of the page behind.
    before: Option<String>,
    /// 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Which tickets.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "described, and read by the grammar that pages use too")]
pub struct TicketsAsked {
    /// The beginning of a number, a subject or a tag; or a customer as the list of customers finds them.
    q: Option<String>,
    /// May be repeated.
    #[param(value_type = Option<Vec<words::TicketStatus>>, explode = true)]
    status: Option<Vec<String>>,
    /// May be repeated.
    #[param(value_type = Option<Vec<words::TicketPriority>>, explode = true)]
    priority: Option<Vec<String>>,
    /// The id of a person of the staff, or `none`; may be repeated.
    #[param(explode = true)]
    assignee: Option<Vec<String>>,
    /// Of whoever asks; a key has none.
    mine: Option<bool>,
    /// Last said or changed on this day or later, in the merchant's time zone.
    #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
    updated_from: Option<String>,
    /// Last said or changed on this day or before.
    #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
    updated_to: Option<String>,
    /// Made on this day or later, in the merchant's time zone.
    #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
    created_from: Option<String>,
    /// Made on this day or before.
    #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
    created_to: Option<String>,
    /// The id of a customer; may be repeated.
    #[param(explode = true)]
    customer: Option<Vec<String>>,
    /// A built-in view, or the id of a saved one.
    view: Option<String>,
    /// `updated` or `created`.
    #[param(pattern = "^(updated|created)?$")]
    sort: Option<String>,
    /// `asc` or `desc`.
    #[param(pattern = "^(asc|desc)?$")]
    dir: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// `prev` of the page behind.
    before: Option<String>,
    /// 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Which tasks.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "described, and read by the grammar that pages use too")]
pub struct TasksAsked {
    /// The beginning of what is to be done, or a customer as the list of customers finds them.
    q: Option<String>,
    /// `open` or `done`.
    #[param(explode = true)]
    state: Option<Vec<String>>,
    /// `overdue`, `today` (or its reminder has come), `later`, `none`: of those to be done; may be repeated.
    #[param(explode = true)]
    due: Option<Vec<String>>,
    /// The id of a person of the staff, or `none`; may be repeated.
    #[param(explode = true)]
    assignee: Option<Vec<String>>,
    /// Of whoever asks; a key has none.
    mine: Option<bool>,
    /// What it is on: `customer`, `order`, `invoice`, `ticket`, `contract`, `nothing`; may be repeated.
    #[param(explode = true)]
    on: Option<Vec<String>>,
    /// Due on this day or later, in the merchant's time zone.
    #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
    due_from: Option<String>,
    /// Due on this day or before.
    #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
    due_to: Option<String>,
    /// Made on this day or later, in the merchant's time zone.
    #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
    created_from: Option<String>,
    /// Made on this day or before.
    #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
    created_to: Option<String>,
    /// The id of a customer; may be repeated.
    #[param(explode = true)]
    customer: Option<Vec<String>>,
    /// A built-in view, or the id of a saved one.
    view: Option<String>,
    /// `due` or `created`.
    #[param(pattern = "^(due|created)?$")]
    sort: Option<String>,
    /// `asc` or `desc`.
    #[param(pattern = "^(asc|desc)?$")]
    dir: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// `prev` of the page behind.
    before: Option<String>,
    /// 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

/// Which mailings.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "described, and read by the grammar that pages use too")]
pub struct MailingsAsked {
    /// The beginning of the template's name.
    q: Option<String>,
    #[param(value_type = Option<Vec<words::MailingState>>, explode = true)]
    state: Option<Vec<String>>,
    /// Ids of shops; may be repeated.
    #[param(explode = true)]
    shop: Option<Vec<String>>,
    /// Begun on this day or later.
    #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
    created_from: Option<String>,
    /// Begun on this day or before.
    #[param(pattern = "^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
    created_to: Option<String>,
    /// A built-in view, or the id of a saved one.
    view: Option<String>,
    /// `created`.
    #[param(pattern = "^(created)?$")]
    sort: Option<String>,
    /// `asc` or `desc`.
    #[param(pattern = "^(asc|desc)?$")]
    dir: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// `prev` of the page behind.
    before: Option<String>,
    /// 1 to 200; 50 unless said.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<i64>,
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn what_is_described_is_what_the_grammar_takes() {
        let described = |params: Vec<utoipa::openapi::path::Parameter>| params.into_iter().map(|p| p.name).collect::<BTreeSet<_>>();
        for (list, params) in [
            (&domain::payments::listed::LIST, PaymentsAsked::into_params(|| None)),
            (&domain::payments::listed_disputes::LIST, DisputesAsked::into_params(|| None)),
            (&domain::subscriptions::listed::LIST, SubscriptionsAsked::into_params(|| None)),
            (&domain::invoices::listed::LIST, InvoicesAsked::into_params(|| None)),
            (&domain::offers::listed::LIST, OffersAsked::into_params(|| None)),
            (&domain::contracts::listed::LIST, ContractsAsked::into_params(|| None)),
            (&domain::returns::listed::LIST, ReturnsAsked::into_params(|| None)),
            (&domain::privacy::requests::listed::LIST, RequestsAsked::into_params(|| None)),
            (&domain::orders::listed::LIST, OrdersAsked::into_params(|| None)),
            (&domain::tickets::listed::LIST, TicketsAsked::into_params(|| None)),
            (&domain::tasks::listed::LIST, TasksAsked::into_params(|| None)),
            (&domain::mailings::listed::LIST, MailingsAsked::into_params(|| None)),
        ] {
            let mut taken: BTreeSet<String> = list.names().into_iter().filter(|n| *n != "per").map(str::to_owned).collect();
            taken.insert("limit".to_owned());
            assert_eq!(described(params), taken, "{}", list.name);
        }
    }
}
