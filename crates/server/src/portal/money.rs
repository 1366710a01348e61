//! Invoices with their papers, and payments; under these stand the methods that are kept ([`super::methods`]).

use askama::Template;
use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::http::{StatusCode, Uri};
use domain::invoices::Summary;
use domain::kit::{InvoiceId, Money, PageKey};
use domain::method_setups::State as Step;
use domain::payments::{PaymentStatus, PaymentView};
use domain::portal::{self as room, Visitor};

use super::methods::{Methods, kept};
use super::{Shell, Shown, after, read, show, show_with};
use crate::app::App;
use crate::dashboard::customers::profile::method;
use crate::dashboard::invoices::{Line, file, line};
use crate::dashboard::{hidden, moments, slow::slow};
use crate::http::guard::id;
use crate::look::{Form, When};

/// An invoice in a list.
pub struct Bill {
    pub line: Line,
    pub pdf: String,
    /// What is still to be paid.
    pub rest: String,
}

/// Makes one.
pub fn bill(v: &Visitor, s: Summary) -> Bill {
    let rest = s.rest();
    Bill {
        pdf: format!("{}/invoices/{}/pdf", v.portal.at(), s.id),
        rest: if rest > 0 { Money::new(rest, s.currency).to_string() } else { String::new() },
        line: line(s, i64::from(v.portal.zone.day(v.ctx().now))),
    }
}

#[derive(Template)]
#[template(path = "portal/invoices.html")]
struct Invoices {
    shell: Shell,
    bills: Vec<Bill>,
    next: Option<String>,
}

/// Invoices and credit notes.
pub async fn invoices(State(app): State<App>, Extension(v): Extension<Visitor>, uri: Uri, RawQuery(query): RawQuery) -> Shown {
    let key = after(query.as_deref());
    let page = read(&app, &v, move |tx, v| room::invoices(tx, v, key.as_ref())).await?;
    Ok(show(&Invoices {
        shell: Shell::on(&v, &uri, "/invoices"),
        bills: page.invoices.into_iter().map(|i| bill(&v, i)).collect(),
        next: page.next.map(|key| format!("{}/invoices?after={key}", v.portal.at())),
    }))
}

/// The paper of one.
pub async fn pdf(State(app): State<App>, Extension(v): Extension<Visitor>, Path((_, invoice)): Path<(String, String)>) -> Shown {
    let invoice: InvoiceId = id(&invoice, "invoice")?;
    let paper = read(&app, &v, move |tx, v| room::invoice_paper(tx, v, &invoice)).await?;
    let name = paper.file_name.clone();
    Ok(hidden(file(slow(move || paper.pdf()).await?, "application/pdf", &name)))
}

/// A payment in a list.
struct Paid {
    at: When,
    order: String,
    method: String,
    tone: &'static str,
    state: &'static str,
    amount: String,
    /// What came back of it.
    back: String,
}

fn paid(v: &Visitor, p: &PaymentView) -> Paid {
    let (tone, state) = match p.status {
        PaymentStatus::Settled if p.refunded > 0 && p.refunded >= p.amount => ("quiet", "Refunded"),
        PaymentStatus::Settled => ("good", "Paid"),
        PaymentStatus::Pending => ("attention", "Pending"),
        PaymentStatus::Failed | PaymentStatus::Bounced => ("problem", "Failed"),
    };
    Paid {
        at: moments::day(&v.portal.zone, p.paid_at),
        order: p.order_number.clone().unwrap_or_default(),
        method: method(&p.kind, &p.brand, &p.last4),
        tone,
        state,
        amount: Money::new(p.amount, p.currency).to_string(),
        back: if p.refunded > 0 { Money::new(p.refunded, p.currency).to_string() } else { String::new() },
    }
}

#[derive(Template)]
#[template(path = "portal/payments.html")]
struct Payments {
    shell: Shell,
    form: Form,
    payments: Vec<Paid>,
    methods: Methods,
    next: Option<String>,
}

/// Payments and methods.
pub async fn payments(State(app): State<App>, Extension(v): Extension<Visitor>, uri: Uri, RawQuery(query): RawQuery) -> Shown {
    render(&app, &v, &uri, after(query.as_deref()), StatusCode::OK, Form::default()).await
}

/// The page, also for a press that was refused.
pub async fn render(app: &App, v: &Visitor, uri: &Uri, key: Option<PageKey>, status: StatusCode, form: Form) -> Shown {
    let ((found, next), methods) = read(app, v, move |tx, v| Ok((room::payments(tx, v, key.as_ref())?, kept(tx, v)?))).await?;
    Ok(show_with(
        status,
        &Payments {
            shell: Shell::on(v, uri, "/payments"),
            form,
            payments: found.iter().map(|p| paid(v, p)).collect(),
            methods,
            next: next.map(|key| format!("{}/payments?after={key}", v.portal.at())),
        },
    ))
}
