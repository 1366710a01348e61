//! Invoices with their papers, payments, and the methods that are kept.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, RawQuery, State};
use axum::http::Uri;
use domain::invoices::Summary;
use domain::kit::{InvoiceId, Money};
use domain::payments::{PaymentStatus, PaymentView};
use domain::portal::{self as room, Visitor};

use super::{Shell, Shown, after, read, show};
use crate::app::App;
use crate::dashboard::customers::profile::method;
use crate::dashboard::invoices::{Line, file, line};
use crate::dashboard::{hidden, moments, slow::slow};
use crate::http::guard::id;
use crate::look::When;

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

/// A method that is kept.
struct Kept {
    words: String,
    expires: String,
}

#[derive(Template)]
#[template(path = "portal/payments.html")]
struct Payments {
    shell: Shell,
    payments: Vec<Paid>,
    methods: Vec<Kept>,
    next: Option<String>,
}

/// Payments and methods.
pub async fn payments(State(app): State<App>, Extension(v): Extension<Visitor>, uri: Uri, RawQuery(query): RawQuery) -> Shown {
    let key = after(query.as_deref());
    let ((found, next), methods) = read(&app, &v, move |tx, v| Ok((room::payments(tx, v, key.as_ref())?, room::methods(tx, v)?))).await?;
    let expires = |month_and_year: Option<(i64, i64)>| {
        month_and_year.map_or_else(String::new, |(month, year)| format!("valid to {month:02}/{:02}", year.rem_euclid(100)))
    };
    let methods = methods
        .iter()
        .map(|m| Kept { words: method(m.kind.name(), &m.brand, &m.last4), expires: expires(m.expires_month.zip(m.expires_year)) });
    Ok(show(&Payments {
        shell: Shell::on(&v, &uri, "/payments"),
        payments: found.iter().map(|p| paid(&v, p)).collect(),
        methods: methods.collect(),
        next: next.map(|key| format!("{}/payments?after={key}", v.portal.at())),
    }))
}
