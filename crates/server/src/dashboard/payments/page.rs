//! One payment: where a guest's without an order leads, with all that may be done with it (SPEC 2.5).

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use domain::kit::{PaymentId, Right};
use domain::{affiliates, blocks, merchants, payments};

use crate::app::App;
use crate::dashboard::customers::profile::PaymentLine;
use crate::dashboard::{PageResult, frame, show};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Frame, band};

#[derive(Template)]
#[template(path = "dashboard/payments/page.html")]
struct Page {
    frame: Frame,
    p: PaymentLine,
    /// Name, e-mail and phone of a guest.
    payer: Vec<String>,
    refunds: bool,
    pays: bool,
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(payment): Path<String>) -> PageResult {
    let payment: PaymentId = id(&payment, "payment")?;
    let read = move |tx: &mut store::Tx, ctx: &domain::Ctx| {
        let p = payments::get(tx, ctx, &payment)?;
        let commission = affiliates::commission_of(tx, ctx, &payment)?;
        Ok((p, commission, blocks::card_of(tx, ctx, &payment)?, merchants::settings(tx, ctx)?.zone))
    };
    let (p, commission, card, zone) = app.read(&who.ctx, read).await?;
    let test = usize::from(!p.live);
    let payer = [&p.payer.name, &p.payer.email, &p.payer.phone].into_iter().filter(|t| !t.is_empty()).cloned().collect();
    let affiliate = commission.map_or_else(String::new, |c| format!("Affiliate {}, {}", c.name, c.money(c.earned)));
    let page = Page {
        frame: frame(&app, &who, "payments", &uri, &headers).await?.under(band(test, 1)),
        payer,
        refunds: who.ctx.may(Right::Refund),
        pays: who.ctx.may(Right::Payments),
        p: PaymentLine { card, affiliate, ..PaymentLine::of(p, &zone) },
    };
    Ok(show(&page))
}
