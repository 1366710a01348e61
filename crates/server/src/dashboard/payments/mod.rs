//! Money: the lists of payments and disputes; and by hand a payment recorded on a customer, and a refund. Each of these is a page that also shows in a dialog.

mod ask;
mod bank;
mod disputes;
mod evidence;
mod list;
mod methods;
mod page;
mod record;
mod refund;
mod test;

use domain::kit::{Ctx, Micros, Problems, Right};
use domain::merchants;
use domain::payments::MethodKind;
use store::Tx;

pub use refund::back;

use super::lists;
use crate::http::{Policy, Routes};

/// The pages.
pub fn routes(routes: Routes) -> Routes {
    let routes = lists::routes(routes, &list::DESK, crate::list_paths!("/payments"));
    let routes = lists::routes(routes, &disputes::DESK, crate::list_paths!("/disputes"));
    let (pay, give_back, order) = (Policy::May(Right::Payments), Policy::May(Right::Refund), Policy::May(Right::Orders));
    routes
        .get("/customers/{id}/methods/test", order, methods::test_page)
        .post("/customers/{id}/methods/test", order, methods::test)
        .get("/methods/{id}/default", order, methods::choose_page)
        .post("/methods/{id}/default", order, methods::choose)
        .get("/methods/{id}/remove", order, methods::remove_page)
        .post("/methods/{id}/remove", order, methods::remove)
        .get("/payments/{id}", Policy::May(Right::Read), page::page)
        .get("/payments/{id}/bounce", pay, bank::bounce_page)
        .post("/payments/{id}/bounce", pay, bank::bounce)
        .get("/disputes/{id}/decide", pay, bank::decide_page)
        .post("/disputes/{id}/decide", pay, bank::decide)
        .get("/customers/{id}/payments/new", pay, record::page)
        .post("/customers/{id}/payments/new", pay, record::record)
        .get("/customers/{id}/payments/test", pay, test::page)
        .post("/customers/{id}/payments/test", pay, test::play)
        .get("/disputes/{id}/evidence", pay, evidence::page)
        .post("/disputes/{id}/evidence", pay, evidence::save)
        .post("/disputes/{id}/evidence/files", pay, evidence::add_file)
        .post("/disputes/{id}/evidence/files/{kind}/remove", pay, evidence::remove_file)
        .get("/payments/{id}/refund", give_back, refund::page)
        .post_perhaps_fresh("/payments/{id}/refund", give_back, refund::refund)
}

/// What is recorded by hand: word and label.
pub fn kinds() -> Vec<(&'static str, &'static str)> {
    MethodKind::ALL.iter().filter(|k| k.is_manual()).map(|k| (k.name(), k.label())).collect()
}

/// The kind as typed.
///
/// # Errors
/// A field error for `kind`.
pub fn manual(text: &str) -> domain::Result<MethodKind> {
    let kind = text.parse::<MethodKind>().ok().filter(|k| k.is_manual());
    kind.ok_or_else(|| Problems::one("kind", "invalid", "Choose cash, cheque or transfer."))
}

/// The moment of a day in the merchant's zone: noon of a day before today; `None`, which is now, for today and when nothing was typed.
///
/// # Errors
/// A field error for `day`, also for one in the future.
pub fn moment_of(tx: &mut Tx, ctx: &Ctx, day: &str) -> domain::Result<Option<Micros>> {
    if day.trim().is_empty() {
        return Ok(None);
    }
    let zone = merchants::settings(tx, ctx)?.zone;
    let wrong = |words: &str| Problems::one("day", "invalid", words);
    let date: jiff::civil::Date = day.trim().parse().map_err(|_| wrong("Choose a day."))?;
    let today = zone.date(ctx.now);
    if date > today {
        return Err(wrong("Choose a day that is not in the future."));
    }
    Ok(if date == today { None } else { Some(zone.at(date.at(12, 0, 0, 0))) })
}
