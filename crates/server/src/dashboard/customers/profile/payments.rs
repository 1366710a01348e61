//! A customer's payments, newest first, with method, refunds and dispute (SPEC 2.5).

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use domain::kit::{PageKey, PaymentId, Right};
use domain::{affiliates, blocks, payments, providers};

use super::lines::{PaymentLine, address};
use super::{Asked, Pane, Shown, Topic, open, pane, param};
use crate::app::App;
use crate::dashboard::{charges, payment_links, show};
use crate::http::Who;
use crate::look::{Frame, Page, band};

const ROWS: usize = 50;
/// Charges and payment links that stand below them.
const ASKED: i64 = 10;

#[derive(Template)]
#[template(path = "dashboard/customers/profile/payments.html")]
struct Payments {
    frame: Frame,
    pane: Pane,
    lines: Vec<PaymentLine>,
    pages: Page,
    /// A shop has the test provider.
    plays: bool,
    charges: Vec<charges::Line>,
    links: Vec<payment_links::Line>,
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> Shown {
    let after = param(&uri, "after").parse::<PageKey>().ok();
    let behind = after.clone();
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    let (frame, pane, (mut found, commissions, cards, plays, asked_for)) = open(asked, &customer, Topic::Payments, move |tx, ctx, c| {
        let place = behind.as_ref().map(|key| (key.at, PaymentId::from_db(key.id.clone())));
        let found = payments::of_customer(tx, ctx, &c.id, place.as_ref().map(|(at, id)| (*at, id)), ROWS as i64 + 1)?;
        let plays = ctx.may(Right::Payments) && !providers::test_shops(tx, ctx)?.is_empty();
        // What stands beside these payments: newest first, so the last is the oldest.
        let (from, to) = (found.last().map_or(0, |p| p.paid_at), found.first().map_or(0, |p| p.paid_at));
        let commissions = affiliates::commissions_of_customer(tx, ctx, &c.id, from, to)?;
        let asked = (domain::charges::of_customer(tx, ctx, &c.id, ASKED)?, domain::payment_links::of_customer(tx, ctx, &c.id, ASKED)?);
        Ok((found, commissions, blocks::cards_of(tx, ctx, &c.id, from, to)?, plays, asked))
    })
    .await?;
    let more = found.len() > ROWS;
    found.truncate(ROWS);
    let next = found.last().filter(|_| more).map(|p| PageKey { at: p.paid_at, id: p.id.to_string() }.to_string());
    let here = |key: Option<String>| address(&format!("{}/payments", pane.at()), &[("after", key), ("from", pane::from(&uri))]);
    let pages = Page { range: String::new(), previous: after.map(|_| here(None)), next: next.map(|key| here(Some(key))) };
    let line = |p: payments::PaymentView| {
        let commission = commissions.iter().find(|c| c.payment == p.id);
        let affiliate = commission.map_or_else(String::new, |c| format!("Affiliate {}, {}", c.name, c.money(c.earned)));
        PaymentLine { card: cards.get(&p.id).cloned(), affiliate, ..PaymentLine::of(p, &pane.zone) }
    };
    let frame = frame.under(band(found.iter().filter(|p| !p.live).count(), found.len()));
    let lines = found.into_iter().map(line).collect();
    let charges = asked_for.0.into_iter().map(|c| charges::line(c, &pane.zone)).collect();
    let links = asked_for.1.into_iter().map(|l| payment_links::line(l, &pane.zone)).collect();
    Ok(show(&Payments { frame, pane, lines, pages, plays, charges, links }))
}
