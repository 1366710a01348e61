//! Home: what needs a person today, then the month. Each number leads to the list that counts it (LOOK.md).

mod lists;

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use domain::customers::list::{ListQuery, ListRow};
use domain::home::{self, Entry, Home};
use domain::kit::Right;

use super::customers::address;
use crate::app::App;
use crate::dashboard::{PageResult, frame, moments, show, tones};
use crate::http::{Policy, Routes, Who};
use crate::look::Frame;

/// Home and the lists behind its numbers.
pub fn routes(routes: Routes) -> Routes {
    let read = Policy::May(Right::Read);
    routes.get("/", read, page).get("/home/{list}", read, lists::page)
}

#[derive(Template)]
#[template(path = "dashboard/home/page.html")]
struct HomePage {
    frame: Frame,
    /// `November 2026`
    month: String,
    tasks: Vec<Task>,
    tiles: Vec<Tile>,
    best: Vec<Best>,
}

/// Something that waits.
struct Task {
    icon: &'static str,
    text: String,
    more: String,
    href: String,
}

/// A number.
struct Tile {
    name: &'static str,
    value: String,
    more: String,
    href: String,
}

struct Best {
    name: String,
    href: String,
    value: String,
    status: &'static str,
    tone: &'static str,
}

#[derive(Template)]
#[template(path = "dashboard/home/first.html")]
struct FirstPage {
    frame: Frame,
    address: String,
    may_keys: bool,
}

async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    let indexes = app.indexes.clone();
    let home = app.read(&who.ctx, move |tx, ctx| home::home(tx, ctx, &indexes)).await?;
    let frame = frame(&app, &who, "home", &uri, &headers).await?;
    if home.customers == 0 && home.month.best.is_empty() && home.today.disputes == 0 {
        let base = &app.config.base_url;
        let address = if base.is_empty() { format!("http://{}", app.config.listen) } else { base.clone() };
        return Ok(show(&FirstPage { frame, address, may_keys: who.ctx.may(Right::Staff) }));
    }
    let tiles = tiles(&home);
    let best = home.month.best.iter().map(best).collect();
    Ok(show(&HomePage { frame, month: home.month.first.strftime("%B %Y").to_string(), tasks: tasks(&home), tiles, best }))
}

fn list(query: &ListQuery) -> String {
    address(&query.print())
}

fn counted(n: u64, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{} {many}", tones::number(n)) }
}

/// What waits, the most urgent first; what does not wait is not there.
fn tasks(home: &Home) -> Vec<Task> {
    let today = &home.today;
    let mut tasks = Vec::new();
    let mut task = |n: u64, icon, one: &str, many: &str, more: String, href: String| {
        if n > 0 {
            tasks.push(Task { icon, text: counted(n, one, many), more, href });
        }
    };
    task(today.disputes, "dispute", "open dispute", "open disputes", due(home), format!("/disputes?{}", home::disputes_due().print()));
    let late = match today.requests.overdue {
        0 => String::new(),
        n => counted(n, "is overdue", "are overdue"),
    };
    task(
        today.requests.open,
        "calendar",
        "open request about personal data",
        "open requests about personal data",
        late,
        "/customers/requests?view=open".to_owned(),
    );
    let late = today.tasks.overdue;
    let overdue = if late > 0 { counted(late, "is overdue", "are overdue") } else { String::new() };
    task(today.tasks.all, "task", "task due", "tasks due", overdue, format!("/tasks?{}", home::tasks_due().print()));
    task(today.tickets, "ticket", "open ticket", "open tickets", String::new(), format!("/tickets?{}", home::tickets_open().print()));
    task(
        today.failed,
        "payments",
        "customer whose last payment failed",
        "customers whose last payment failed",
        String::new(),
        list(&home::failed()),
    );
    task(
        today.expiring,
        "calendar",
        "card that ends within 30 days",
        "cards that end within 30 days",
        String::new(),
        "/customers?view=card_expiring".to_owned(),
    );
    task(
        today.unpaid,
        "orders",
        "order waits for money",
        "orders wait for money",
        String::new(),
        format!("/orders?{}", home::unpaid().print()),
    );
    task(
        today.unmatched,
        "import",
        "imported cancellation fits no payment",
        "imported cancellations fit no payment",
        String::new(),
        "/home/unmatched".to_owned(),
    );
    task(
        today.duplicates,
        "group",
        "pair of customers is likely one person",
        "pairs of customers are likely one person",
        String::new(),
        "/customers/duplicates".to_owned(),
    );
    task(
        today.webhooks,
        "warning",
        "webhook endpoint was switched off: it does not answer",
        "webhook endpoints were switched off: they do not answer",
        String::new(),
        "/settings/webhooks".to_owned(),
    );
    task(
        today.books,
        "warning",
        "accounting service has lost its sign-in: nothing goes into the books",
        "accounting services have lost their sign-in: nothing goes into the books",
        String::new(),
        "/settings/accounting".to_owned(),
    );
    tasks
}

/// `Ana Ruiz, €25.00, due 12 Jun 2026`
fn due(home: &Home) -> String {
    let say = |entry: &Entry| {
        let who = entry.customer.as_ref().map_or(entry.contact.as_str(), |(_, name)| name.as_str());
        let due = entry.due_at.map(|at| format!(", due {}", moments::day(&home.zone, at).shown)).unwrap_or_default();
        format!("{who}, {}{due}", entry.money)
    };
    home.today.first_disputes.iter().map(say).collect::<Vec<_>>().join(" · ")
}

fn tiles(home: &Home) -> Vec<Tile> {
    let month = &home.month;
    let others = month.revenue.iter().filter(|m| m.currency != month.total.currency).map(ToString::to_string);
    let mut parts: Vec<String> = others.collect();
    if !parts.is_empty() {
        parts.insert(0, "with".to_owned());
    }
    if month.missing {
        parts.push("(a part has no exchange rate)".to_owned());
    }
    vec![
        Tile {
            name: "New customers",
            value: tones::number(month.new),
            more: format!("{} the month before", tones::number(month.new_before)),
            href: list(&home::new_since(month.first)),
        },
        Tile {
            name: "Revenue",
            value: month.total.to_string(),
            more: parts.join(" "),
            href: format!("/payments?{}", home::received(month.first).print()),
        },
        Tile {
            name: "Churned",
            value: tones::number(month.churned),
            more: format!("{} of all time", tones::number(month.churned_ever)),
            href: list(&home::churned_since(month.first)),
        },
        Tile {
            name: "Customers",
            value: tones::number(home.customers),
            more: "without archived ones".to_owned(),
            href: "/customers?view=all".to_owned(),
        },
    ]
}

fn best(row: &ListRow) -> Best {
    Best {
        href: format!("/customers/{}?from=view%3Dtop100", row.id),
        value: row.lifetime_money().to_string(),
        status: row.status.label(),
        tone: tones::of_status(row.status),
        name: row.display_name.clone(),
    }
}
