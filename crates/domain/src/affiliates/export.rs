//! Commissions as a CSV file: one line for each payment, as a bookkeeper wants it.

use std::io::Write;

use store::Db;

use super::{Period, commissions};
use crate::events::Event;
use crate::files::formula::neutralise;
use crate::kit::{AffiliateId, Ctx, Error, PageKey, Result, Right, Zone};
use crate::merchants;

/// Lines read at once.
const SLICE: i64 = 1_000;

/// The columns, in their order.
pub const COLUMNS: [&str; 11] =
    ["Affiliate", "Code", "Payment", "Order", "Date", "Currency", "Amount", "Refunded or lost", "Commission", "Earned", "Paid out"];

/// Writes those of an affiliate, or of everybody, of a time; newest first. Gives how many, and notes that they were taken.
pub fn export(db: &Db, ctx: &Ctx, affiliate: Option<&AffiliateId>, period: Period, out: impl Write) -> Result<u64> {
    ctx.must(Right::Export)?;
    let zone = db.spool(|tx| merchants::settings(tx, ctx))?.zone;
    let mut file = csv::Writer::from_writer(out);
    file.write_record(COLUMNS).map_err(|e| fault(&e))?;
    let (mut after, mut done): (Option<PageKey>, u64) = (None, 0);
    loop {
        let place = after.clone();
        let found = db.spool(|tx| commissions(tx, ctx, affiliate, period, place.as_ref(), SLICE))?;
        for c in &found {
            file.write_record(line(c, &zone)).map_err(|e| fault(&e))?;
        }
        done += found.len() as u64;
        match found.last().filter(|_| found.len() as i64 == SLICE) {
            Some(last) => after = Some(PageKey { at: last.paid_at, id: last.payment.to_string() }),
            None => break,
        }
    }
    file.flush().map_err(|e| Error::Internal(format!("the file of commissions: {e}")))?;
    let (ctx, affiliate) = (ctx.clone(), affiliate.cloned());
    db.write_now::<_, Error>(move |tx| {
        let data = serde_json::json!({ "what": "commissions", "affiliate": affiliate, "lines": done });
        Event::new("affiliate.exported").data(data).record(tx, &ctx).map(|_| ())
    })?;
    Ok(done)
}

fn line(c: &super::Commission, zone: &Zone) -> [String; 11] {
    let plain = |minor: i64| c.money(minor).plain();
    [
        neutralise(&c.name).into_owned(),
        neutralise(&c.code).into_owned(),
        c.payment.to_string(),
        neutralise(c.order_number.as_deref().unwrap_or_default()).into_owned(),
        zone.date(c.paid_at).to_string(),
        c.currency.code().to_owned(),
        plain(c.payment_amount),
        plain(c.payment_gone),
        plain(c.amount),
        plain(c.earned),
        plain(c.paid),
    ]
}

fn fault(error: &csv::Error) -> Error {
    Error::Internal(format!("the file of commissions: {error}"))
}
