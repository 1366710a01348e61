//! Values in other currencies: at the rate of their day, or left out and said so.

use super::*;
use crate::kit::{CustomerId, DAY};
use crate::orders::desk::{Desk, refusal};
use crate::payments::PaymentInput;
use crate::payments::refunds::{RefundInput, refund};

fn usd() -> Currency {
    Currency::of("USD").unwrap()
}

fn set(desk: &Desk, day: &str, rate: &'static str) -> Result<Option<CustomerId>> {
    let date: Date = day.parse().unwrap();
    desk.write(move |tx, ctx| put_rate(tx, ctx, usd(), date, rate))
}

store::db_test! {
    crate::migrations();

    fn a_missing_rate_leaves_the_value_out_and_says_so(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        desk.pay(&ana, 5000);
        let foreign = desk.put(PaymentInput { currency: usd(), ..desk.payment(Some(&ana), 10_850) }).unwrap();
        assert_eq!((desk.get(&ana).lifetime, desk.get(&ana).lifetime_missing), (5000, true));
        set(&desk, "2026-06-07", "1.2").unwrap();
        assert_eq!((desk.get(&ana).lifetime, desk.get(&ana).lifetime_missing), (5000, true), "eight days before is too old");
        set(&desk, "2026-06-08", "1.1").unwrap();
        assert_eq!((desk.get(&ana).lifetime, desk.get(&ana).lifetime_missing), (5000 + 9864, false), "seven days before will do");
        set(&desk, "2026-06-15", "1.085").unwrap();
        assert_eq!(desk.get(&ana).lifetime, 5000 + 10_000, "the day itself is better");
        let back = RefundInput::of(foreign, 1085, "");
        desk.days(5).write(move |tx, ctx| refund(tx, ctx, &back)).unwrap();
        assert_eq!(desk.get(&ana).lifetime, 5000 + 9000, "a refund uses its payment's rate");
        assert_eq!(desk.get(&ana).totals.len(), 2);
        desk.verified();
    }

    fn the_file_of_the_ecb(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        desk.put(PaymentInput { currency: Currency::of("JPY").unwrap(), paid_at: desk.now() - DAY, ..desk.payment(Some(&ana), 16_550) }).unwrap();
        let file = "Date,USD,JPY,BGN,ITL,\n2026-06-15,1.0850,166.00,N/A,N/A,\n2026-06-12,1.0801,165.50,1.9558,,\n";
        let take = |text: &'static str| desk.write(move |tx, ctx| import_ecb(tx, ctx, text));
        let done = take(file).unwrap();
        assert_eq!((done.added, done.changed, done.unchanged, done.skipped_columns), (5, 0, 0, vec!["ITL".to_owned()]));
        assert!(!desk.differences().is_empty(), "values wait for the job");
        let mut after = None;
        loop {
            let from = after.clone();
            after = desk.write(move |tx, ctx| refresh_slice(tx, ctx, from.as_ref(), 1)).unwrap();
            if after.is_none() { break }
        }
        assert_eq!((desk.get(&ana).lifetime, desk.get(&ana).lifetime_missing), (10_000, false));
        desk.verified();
        assert_eq!(take(file).unwrap().unchanged, 5);
        assert_eq!(refusal(take("Currency,Rate\n")), "file:invalid");
        assert_eq!(refusal(take("Date,USD\n2026-06-15,abc\n")), "file:invalid");
        assert_eq!(refusal(take("Date,USD\nyesterday,1\n")), "file:invalid");
        assert_eq!(refusal(take("")), "file:invalid");
        assert_eq!(refusal(take("Date,USD,GBP\n2026-06-12,1,0842,0,8711\n")), "file:invalid", "a decimal comma is no rate of another currency");
        assert_eq!(refusal(take("Date,USD\n2999-01-01,1.1\n")), "file:invalid");
        assert_eq!(refusal(take("Date,USD\n1998-12-31,1.1\n")), "file:invalid");
        assert_eq!(take("Date,USD,EUR\n2026-06-12,1.0801,2\n").unwrap().skipped_columns, ["EUR"], "a euro is a euro");
        assert_eq!(desk.read(|tx, ctx| list(tx, ctx, usd(), 10)).unwrap().iter().map(|r| r.per_euro.as_str()).collect::<Vec<_>>(), ["1.085", "1.0801"]);
    }

    fn a_rate_typed_wrong_is_refused(db) {
        let desk = Desk::new(db);
        assert_eq!(refusal(set(&desk, "2026-06-16", "0")), "rate:invalid day:invalid");
        let today: Date = "2026-06-15".parse().unwrap();
        assert_eq!(refusal(desk.write(move |tx, ctx| put_rate(tx, ctx, Currency::of("EUR").unwrap(), today, "1"))), "currency:invalid");
        let without = Desk { ctx: desk.f.without(Right::Settings), ..desk.clone() };
        assert_eq!(refusal(set(&without, "2026-06-15", "1")), "forbidden settings");
    }
}
