//! Related guest payments (SPEC 2.8): what a guest paid with this customer's card, e-mail or phone, and the switch that gives it to them.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use domain::kit::{CustomerId, PaymentId};
use domain::payments::guests::{self, Other};
use domain::payments::{self};

use super::lines::PaymentLine;
use super::{Asked, Pane, Shown, Topic, open, suffix};
use crate::app::App;
use crate::dashboard::{PageResult, Typed, see_other, show, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::Frame;

struct Line {
    p: PaymentLine,
    reasons: Vec<&'static str>,
    others: Vec<Other>,
}

#[derive(Template)]
#[template(path = "dashboard/customers/profile/guests.html")]
struct Guests {
    frame: Frame,
    pane: Pane,
    lines: Vec<Line>,
    /// Attached by hand, newest first; each can be taken back.
    attached: Vec<PaymentLine>,
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> Shown {
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    let (frame, pane, (found, attached)) =
        open(asked, &customer, Topic::Guests, |tx, ctx, c| Ok((guests::related(tx, ctx, &c.id)?, guests::attached(tx, ctx, &c.id)?)))
            .await?;
    let line = |g: guests::GuestPayment| Line {
        p: PaymentLine::of(g.payment, &pane.zone),
        reasons: g.reasons.iter().map(|r| r.label()).collect(),
        others: g.others,
    };
    let lines = found.into_iter().map(line).collect();
    let attached = attached.into_iter().map(|p| PaymentLine::of(p, &pane.zone)).collect();
    Ok(show(&Guests { frame, pane, lines, attached }))
}

/// Gives it to the customer whose page this is.
pub async fn attach(State(app): State<App>, who: Who, uri: Uri, Path(payment): Path<String>, typed: Typed) -> PageResult {
    let payment: PaymentId = id(&payment, "payment")?;
    let customer: CustomerId = id(typed.get("customer"), "customer")?;
    let (back, undo) = (format!("/customers/{customer}/guest-payments{}", suffix(&uri)), format!("/payments/{payment}/detach"));
    app.write(&who.ctx, move |tx, ctx| guests::attach(tx, ctx, &payment, &customer)).await?;
    Ok(toasted(see_other(&back), "Payment attached. It counts now.", Some(&undo)))
}

/// Gives all that were ticked to the customer, one after the other: each by itself can be taken back.
pub async fn attach_many(State(app): State<App>, who: Who, uri: Uri, Path(customer): Path<String>, typed: Typed) -> PageResult {
    let customer: CustomerId = id(&customer, "customer")?;
    let back = format!("/customers/{customer}/guest-payments{}", suffix(&uri));
    let ticked: Vec<PaymentId> = typed.all("payment").filter_map(|id| id.parse().ok()).collect();
    let mut done = 0;
    for payment in ticked {
        let customer = customer.clone();
        match app.write(&who.ctx, move |tx, ctx| guests::attach(tx, ctx, &payment, &customer)).await {
            Ok(_) => done += 1,
            // Somebody was faster with this one.
            Err(domain::Error::Conflict { code: "attached", .. } | domain::Error::NotFound("payment")) => {}
            Err(other) => return Err(other.into()),
        }
    }
    let said = match done {
        0 => "Nothing was attached. Tick guest payments first.".to_owned(),
        1 => "1 payment attached. It counts now.".to_owned(),
        n => format!("{n} payments attached. They count now."),
    };
    Ok(toasted(see_other(&back), &said, None))
}

/// Makes it a guest's again.
pub async fn detach(State(app): State<App>, who: Who, uri: Uri, Path(payment): Path<String>) -> PageResult {
    let payment: PaymentId = id(&payment, "payment")?;
    let owner = app
        .write(&who.ctx, move |tx, ctx| {
            let owner = payments::get(tx, ctx, &payment)?.customer;
            guests::undo_attach(tx, ctx, &payment)?;
            Ok(owner)
        })
        .await?;
    let back = owner.map_or_else(|| "/customers".to_owned(), |c| format!("/customers/{c}/guest-payments{}", suffix(&uri)));
    Ok(toasted(see_other(&back), "Taken back: it is a guest’s payment again.", None))
}
