//! Customers that are likely one person, two and two beside each other; a run over all, *not a duplicate* and its Undo (SPEC 10.1). Nobody is merged here.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, Uri};
use domain::duplicates::{self, After, Asked, Pair, SURE, Side, State as Decided};
use domain::kit::{CustomerId, Right, Zone};
use serde::Deserialize;

use crate::app::App;
use crate::dashboard::{PageResult, frame, moments, see_other, show, toasted, tones};
use crate::http::guard::id;
use crate::http::{Policy, Routes, Who};
use crate::look::{Frame, Tab, When};

const HERE: &str = "/customers/duplicates";
/// Pairs of a page.
const PER: i64 = 20;

/// The page and what is pressed on it.
pub fn routes(routes: Routes) -> Routes {
    let (read, write) = (Policy::May(Right::Read), Policy::May(Right::Write));
    routes.get(HERE, read, page).post(HERE, write, seek).post("/customers/duplicates/{a}/{b}/dismissal", write, dismiss).post(
        "/customers/duplicates/{a}/{b}/dismissal/undo",
        write,
        undo,
    )
}

/// What the address says.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Which {
    /// `not_duplicate` for those that were dismissed.
    state: String,
    /// `yes`: hardly anybody doubts.
    sure: String,
    after: String,
}

impl Which {
    fn asked(&self) -> Asked {
        Asked {
            state: if self.state == Decided::NotDuplicate.name() { Decided::NotDuplicate } else { Decided::Open },
            from: if self.sure == "yes" { SURE } else { 0 },
            after: After::parse(&self.after),
            limit: PER,
        }
    }
}

#[derive(Template)]
#[template(path = "dashboard/customers/duplicates/page.html")]
struct DuplicatesPage {
    frame: Frame,
    tabs: Vec<Tab>,
    /// `12 pairs`
    counted: String,
    pairs: Vec<PairView>,
    open: bool,
    may_write: bool,
    may_merge: bool,
    /// The run that is under way.
    running: Option<String>,
    next: Option<String>,
    /// Behind the first page.
    first: Option<String>,
}

/// Two beside each other.
struct PairView {
    /// `98 %`
    score: String,
    why: String,
    a: SideView,
    b: SideView,
    /// Where the decision about the two is sent.
    at: String,
    /// Where the newer one is merged into the older.
    merge: String,
    /// Who called them two people, and when.
    decided: Option<(String, When)>,
}

struct SideView {
    href: String,
    name: String,
    number: String,
    email: String,
    phone: String,
    company: String,
    address: String,
    created: When,
    orders: String,
    lifetime: String,
}

impl SideView {
    fn of(side: Side, zone: &Zone) -> Self {
        Self {
            href: format!("/customers/{}", side.id),
            name: side.display_name,
            number: side.number,
            email: side.email,
            phone: side.phone,
            company: side.company,
            address: side.address,
            created: moments::day(zone, side.created_at),
            orders: tones::number(side.orders.unsigned_abs()),
            lifetime: side.lifetime.to_string(),
        }
    }
}

impl PairView {
    fn of(pair: Pair, zone: &Zone) -> Self {
        let decided = pair.decided_at.map(|at| (pair.decided_by, moments::day(zone, at)));
        Self {
            score: pair.score.percent(),
            why: pair.why,
            at: format!("{HERE}/{}/{}/dismissal", pair.a.id, pair.b.id),
            merge: format!("/customers/{}/merge?into={}", pair.b.id, pair.a.id),
            a: SideView::of(pair.a, zone),
            b: SideView::of(pair.b, zone),
            decided,
        }
    }
}

/// The pairs, surest first.
async fn page(State(app): State<App>, who: Who, Query(which): Query<Which>, uri: Uri, headers: HeaderMap) -> PageResult {
    let asked = which.asked();
    let open = asked.state == Decided::Open;
    let (found, running, zone) = app
        .read(&who.ctx, move |tx, ctx| {
            let zone = domain::merchants::settings(tx, ctx)?.zone;
            Ok((duplicates::list(tx, ctx, &asked)?, duplicates::running(tx, ctx)?, zone))
        })
        .await?;
    let address = |after: Option<&After>| {
        let state = if open { "" } else { "state=not_duplicate&" };
        let sure = if which.sure == "yes" { "sure=yes&" } else { "" };
        let after = after.map(|after| format!("after={}", after.print())).unwrap_or_default();
        format!("{HERE}?{state}{sure}{after}").trim_end_matches(['?', '&']).to_owned()
    };
    let page = DuplicatesPage {
        frame: frame(&app, &who, "customers", &uri, &headers).await?,
        tabs: tabs(&which, open),
        counted: if found.total == 1 { "1 pair".to_owned() } else { format!("{} pairs", tones::number(found.total.unsigned_abs())) },
        open,
        may_write: who.ctx.may(Right::Write),
        may_merge: who.ctx.may(Right::Write) && who.ctx.may(Right::Delete),
        running: running.map(|job| format!("/jobs/{}", job.id)),
        next: found.next.as_ref().map(|next| address(Some(next))),
        first: After::parse(&which.after).map(|_| address(None)),
        pairs: found.pairs.into_iter().map(|pair| PairView::of(pair, &zone)).collect(),
    };
    Ok(show(&page))
}

fn tabs(which: &Which, open: bool) -> Vec<Tab> {
    let sure = which.sure == "yes";
    let tab = |name: &str, href: &str, on: bool| Tab { name: name.to_owned(), href: href.to_owned(), on, count: None };
    vec![
        tab("All open", HERE, open && !sure),
        tab("Hardly any doubt", "/customers/duplicates?sure=yes", open && sure),
        tab("Not duplicates", "/customers/duplicates?state=not_duplicate", !open),
    ]
}

/// A run over all customers; its page shows how far it is.
async fn seek(State(app): State<App>, who: Who) -> PageResult {
    let job = app.write(&who.ctx, |tx, ctx| duplicates::seek(tx, ctx)).await?;
    Ok(see_other(&format!("/jobs/{job}")))
}

async fn dismiss(State(app): State<App>, who: Who, Path((a, b)): Path<(String, String)>, uri: Uri) -> PageResult {
    let (a, b): (CustomerId, CustomerId) = (id(&a, "customer")?, id(&b, "customer")?);
    let undo = format!("{HERE}/{a}/{b}/dismissal/undo");
    app.write(&who.ctx, move |tx, ctx| duplicates::dismiss(tx, ctx, &a, &b)).await?;
    Ok(toasted(see_other(&back(&uri)), "Not a duplicate. The two are not offered again.", Some(&undo)))
}

async fn undo(State(app): State<App>, who: Who, Path((a, b)): Path<(String, String)>, uri: Uri) -> PageResult {
    let (a, b): (CustomerId, CustomerId) = (id(&a, "customer")?, id(&b, "customer")?);
    app.write(&who.ctx, move |tx, ctx| duplicates::undo_dismissal(tx, ctx, &a, &b)).await?;
    Ok(toasted(see_other(&back(&uri)), "The two are offered as likely duplicates again.", None))
}

/// The list as it was looked at.
fn back(uri: &Uri) -> String {
    uri.query().filter(|q| !q.is_empty()).map_or_else(|| HERE.to_owned(), |query| format!("{HERE}?{query}"))
}
