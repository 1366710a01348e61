//! Files of orders: invoices, payments, cancellations, and what fits nothing.

use super::*;
use crate::customers::Status;

const HEADER: &str = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n";

fn retail(rows: &str) -> String {
    format!("{HEADER}{rows}")
}

store::db_test! {
    crate::migrations();

    fn a_sale_is_a_closed_order_with_one_payment_rounded_once(db) {
        let desk = Desk::new(db, "Shop");
        let source = desk.file("o.csv", retail(
            "536365,85123A,HOLDER,3,2026-05-01 08:27:00,0.335,17850.0,United Kingdom\n\
             536365,71053,LANTERN,1,2026-05-01 08:26:00,2.55,17850.0,United Kingdom\n"));
        let done = desk.import(&source, None);
        assert_eq!((done.counts.orders, done.counts.payments, done.counts.customers), (1, 1, 1));
        let orders = desk.lines("order");
        // 3 × 0.335 + 2.55 = 3.555, rounded once to 3.56; the earlier of two minutes.
        assert_eq!(orders.len(), 1);
        assert!(orders[0].contains("|536365|17850|0|closed|GBP|0|0|0|356|") && orders[0].contains("1777620360000000"), "{orders:?}");
        assert_eq!(desk.lines("line").len(), 2);
        let customer = desk.by_number("17850");
        assert_eq!((customer.lifetime, customer.order_count, customer.payment_count, customer.status), (356, 1, 1, Status::Active));
        assert_eq!((customer.billing.country.as_str(), customer.balance_due), ("GB", 0));
        desk.verified();
    }

    fn guests_nothings_and_adjustments_have_their_places(db) {
        let desk = Desk::new(db, "Shop");
        let source = desk.file("o.csv", retail(
            "1,A,Thing,1,2026-05-01 08:00,10,,United Kingdom\n\
             2,A,Lost,-5,2026-05-01 09:00,0,,United Kingdom\n\
             A3,B,Adjust bad debt,1,2026-05-01 10:00,11062.06,,United Kingdom\n\
             A4,B,Adjust bad debt,1,2026-05-01 10:01,-11062.06,,United Kingdom\n\
             C5,A,Thing,-1,2026-05-01 11:00,10,,United Kingdom\n"));
        let done = desk.import(&source, None);
        let c = done.counts;
        assert_eq!((c.orders, c.guest_orders, c.payments, c.guest_payments, c.refunds, c.unmatched), (2, 2, 1, 1, 0, 3));
        assert_eq!(desk.lines("customer").len(), 0);
        let unmatched = desk.lines("unmatched");
        assert!(unmatched[0].starts_with("unmatched||adjustment|A3|GBP|1106206|"), "{unmatched:?}");
        assert!(unmatched[2].starts_with("unmatched||cancellation|C5|GBP|1000|"), "{unmatched:?}");
        let mut file = Vec::new();
        assert_eq!(crate::imports::unmatched_rows(&desk.db, &desk.ctx, &done.import, &mut file).unwrap(), 3);
        assert!(String::from_utf8(file).unwrap().contains("C5,cancellation,,10.00,GBP,2026-05-01T10:00:00Z,"));
        desk.verified();
    }

    fn a_cancellation_takes_from_the_same_article_first_then_the_newest_and_never_from_later_sales(db) {
        let desk = Desk::new(db, "Shop");
        let source = desk.file("o.csv", retail(
            "C9,A,Thing,-2,2026-05-10 08:00,10,1,France\n\
             1,A,Thing,1,2026-05-01 08:00,15,1,France\n\
             2,B,Other,1,2026-05-02 08:00,4,1,France\n\
             3,B,Other,1,2026-05-03 08:00,3,1,France\n\
             4,A,Thing,9,2026-05-20 08:00,10,1,France\n\
             C8,Z,Unknown,-1,2026-04-01 08:00,1,1,France\n"));
        let done = desk.import(&source, None);
        // C9 wants 20.00: 15.00 of order 1 (same article), then 3.00 of order 3, the newest, then 2.00 of order 2.
        let mut refunds = desk.lines("refund");
        refunds.sort();
        let taken: Vec<(String, String)> = refunds.iter().map(|l| { let p: Vec<&str> = l.split('|').collect(); (p[2].into(), p[3].into()) }).collect();
        assert_eq!(taken, [("C9".into(), "1500".into()), ("C9".into(), "200".into()), ("C9".into(), "300".into())]);
        assert_eq!((done.counts.refunds, done.counts.refunded, done.counts.unmatched), (3, 2000, 1));
        assert!(desk.lines("unmatched")[0].contains("|cancellation|C8|GBP|100|No earlier payment"));
        assert_eq!(desk.by_number("1").lifetime, 1500 + 400 + 300 + 9000 - 2000);
        desk.verified();
    }

    fn more_than_is_left_is_kept_as_unmatched(db) {
        let desk = Desk::new(db, "Shop");
        let source = desk.file("o.csv", retail(
            "1,A,Thing,1,2026-05-01 08:00,15,1,France\n\
             C2,A,Thing,-1,2026-05-02 08:00,10.005,1,France\n\
             C3,A,Thing,-1,2026-05-03 08:00,10,1,France\n\
             C4,A,Thing,-1,2026-05-04 08:00,10,1,France\n"));
        desk.import(&source, None);
        let sums: Vec<String> = desk.lines("refund").iter().chain(&desk.lines("unmatched")).map(|l| l.split('|').take(7).collect::<Vec<_>>().join("|")).collect();
        assert_eq!(sums, [
            "refund|1001|C2|1001|GBP|done|1777705200000000", "refund|1001|C3|499|GBP|done|1777791600000000",
            "unmatched|1|cancellation|C3|GBP|501|More than is left of this customer’s earlier payments.",
            "unmatched|1|cancellation|C4|GBP|1000|No earlier payment of this customer has anything left."]);
        assert_eq!(desk.by_number("1").lifetime, 0);
    }

    fn of_two_countries_the_latest_wins_and_an_older_file_does_not_take_it_back(db) {
        let desk = Desk::new(db, "Shop");
        let source = desk.file("o.csv", retail("2,A,T,1,2026-05-02 08:00,1,1,Belgium\n1,A,T,1,2026-05-01 08:00,1,1,France\n"));
        desk.import(&source, None);
        assert_eq!(desk.by_number("1").billing.country, "BE");
        let older = desk.file("older.csv", retail("0,A,T,1,2026-04-02 08:00,1,1,Germany\n"));
        desk.import(&older, None);
        assert_eq!(desk.by_number("1").billing.country, "BE");
        let newer = desk.file("newer.csv", retail("3,A,T,1,2026-06-02 08:00,1,1,Germany\n"));
        assert_eq!(desk.import(&newer, None).counts.changed, 1);
        assert_eq!(desk.by_number("1").billing.country, "DE");
        desk.verified();
    }

    fn a_row_that_cannot_be_read_keeps_its_whole_order_out(db) {
        let desk = Desk::new(db, "Shop");
        let source = desk.file("o.csv", retail(
            "1,A,T,1,2026-05-01 08:00,1,1,France\n1,B,T,many,2026-05-01 08:00,1,1,France\n2,A,T,1,2026-05-01 08:00,1,1,France\n,A,T,1,2026-05-01 08:00,1,1,France\n\
             3,A,T,1,2027-05-01 08:00,1,1,France\n4,A,T\n4,A,T,1,2026-05-01 08:00,1,1,France\n"));
        let done = desk.import(&source, None);
        assert_eq!((done.counts.orders, done.counts.failed), (1, 6));
        let failed = desk.failed(&done, &source, None);
        assert!(failed.contains("Quantity: \"\"many\"\" is no number") && failed.contains("Row 2 of the same order"), "{failed}");
        assert!(failed.contains("order number is missing") && failed.contains("in the future") && failed.contains("3 cells where the header has 8"), "{failed}");
        assert_eq!(failed.lines().count(), 7);
    }

    fn other_headers_need_a_map_and_find_customers_by_address(db) {
        let desk = Desk::new(db, "Shop");
        let map = Some("OrderNumber=Ref; SKU=Item; Title=What; Quantity=N; UnitPrice=Price; OrderedAt=When; CustomerEmail=Mail; CustomerName=Who; Currency=Cur");
        let source = desk.file("o.csv", "Ref,Item,What,N,Price,When,Mail,Who,Cur\nR-1,x,Cup,2,\"4,50\",01/06/2026 10:00,ana@example.es,Ana,EUR\nR-2,x,Cup,-1,4.50,02/06/2026 10:00,ANA@example.es,Ana,EUR\n");
        let done = desk.import(&source, map);
        assert_eq!((done.counts.customers, done.counts.orders, done.counts.refunds, done.counts.unmatched), (1, 1, 1, 0));
        let ana = desk.by_email("ana@example.es");
        assert_eq!((ana.name.as_str(), ana.totals[0].paid, ana.totals[0].refunded, ana.totals[0].currency.code()), ("Ana", 900, 450, "EUR"));
        desk.verified();
    }

    fn orders_of_one_who_was_merged_come_to_the_survivor(db) {
        let desk = Desk::new(db, "Shop");
        desk.import(&desk.file("a.csv", retail("1,A,T,1,2026-05-01 08:00,10,7,France\n2,A,T,1,2026-05-01 08:00,5,8,Spain\n")), None);
        let (gone, stays) = (desk.by_number("7").id, desk.by_number("8").id);
        let to = stays.clone();
        desk.write(move |tx, ctx| customers::merge::merge(tx, ctx, std::slice::from_ref(&gone), &to, &customers::merge::Choices::default()));
        let done = desk.import(&desk.file("b.csv", retail("3,A,T,1,2026-05-02 08:00,20,7,Norway\nC4,A,T,-1,2026-05-03 08:00,20,7,Norway\n")), None);
        assert_eq!((done.counts.orders, done.counts.customers, done.counts.refunds, done.counts.failed), (1, 0, 1, 0));
        let ana = desk.by_number("8");
        assert_eq!((&ana.id, ana.order_count, ana.lifetime), (&stays, 3, 1_500));
        assert_eq!(ana.billing.country, "ES", "the file speaks of the one who went");
        desk.verified();
    }

    fn of_one_who_was_anonymised_the_sale_is_kept_and_nothing_of_the_buyer(db) {
        let desk = Desk::new(db, "Shop");
        let map = Some("OrderNumber=Ref; SKU=Item; Title=What; Quantity=N; UnitPrice=Price; OrderedAt=When; CustomerNumber=No; CustomerEmail=Mail; CustomerName=Who; Currency=Cur");
        let file = |name: &str, rows: &str| desk.file(name, format!("Ref,Item,What,N,Price,When,No,Mail,Who,Cur\n{rows}"));
        desk.import(&file("a.csv", "1,x,Cup,1,10,2026-05-01 08:00,7,ana@example.es,Ana Ruiz,GBP\n"), map);
        let ana = desk.by_number("7").id;
        let (vault, id) = (crate::privacy::tests::vault(), ana.clone());
        desk.write(move |tx, ctx| crate::privacy::anonymise(tx, ctx, &vault, &id, crate::privacy::Cause::Hand).map(drop));
        let rows = "2,x,Cup,2,10,2026-05-02 08:00,7,ana@example.es,Ana Ruiz,GBP\n3,x,Cup,-1,10,2026-05-03 08:00,7,ana@example.es,Ana Ruiz,GBP\n";
        let done = desk.import(&file("b.csv", rows), map);
        assert_eq!((done.counts.orders, done.counts.guest_orders, done.counts.guest_payments, done.counts.customers), (1, 1, 1, 0), "{done:?}");
        let dump = desk.dump();
        assert!(!dump.contains("ana@example.es") && !dump.contains("Ana Ruiz"), "{dump}");
        let after = desk.read(move |tx, ctx| customers::get(tx, ctx, &ana));
        assert_eq!((after.status, after.order_count), (Status::Anonymised, 1));
        desk.verified();
    }

    fn what_came_before_an_archiving_is_history_and_what_came_later_is_flagged_or_refused(db) {
        let desk = Desk::new(db, "Shop");
        desk.import(&desk.file("a.csv", retail("1,A,T,1,2026-05-01 08:00,10,7,France\n")), None);
        let ana = desk.by_number("7").id;
        // Archived when the shop had closed for the day of 1 June.
        let at = Ctx { now: 1_780_351_200_000_000, ..desk.ctx.clone() };
        let id = ana.clone();
        desk.write(move |tx, _| customers::archive(tx, &at, &id, None).map(drop));
        let source = desk.file("b.csv", retail(
            "2,A,T,1,2026-05-20 08:00,10,7,France\n3,A,T,1,2026-05-21 08:00,0,7,France\n\
             4,A,T,1,2026-06-03 08:00,10,7,France\n5,A,T,1,2026-06-04 08:00,0,7,France\n"));
        let done = desk.import(&source, None);
        assert_eq!((done.counts.orders, done.counts.payments, done.counts.failed), (3, 2, 1));
        let failed = desk.failed(&done, &source, None);
        assert!(failed.contains("is not active. Unarchive or restore the customer first.") && failed.contains("2026-06-04"), "{failed}");
        let flags = desk.read(|tx, ctx| {
            let orders = store::Stmt::built("SELECT external_id, flag FROM orders WHERE merchant_id = $1 ORDER BY external_id".into());
            Ok(tx.rows(&orders, &[&ctx.merchant], |r| Ok((r.get::<String>(0)?, r.get::<String>(1)?)))?)
        });
        let of = |n: &str| flags.iter().find(|(number, _)| number == n).map(|(_, flag)| flag.as_str());
        assert_eq!((of("1"), of("2"), of("3"), of("4"), of("5")), (Some(""), Some(""), Some(""), Some("customer_inactive"), None));
        assert_eq!((desk.by_number("7").status, desk.by_number("7").order_count), (Status::Archived, 4));
        desk.verified();
    }

    fn a_buyer_who_cannot_be_taken_up_fails_alone(db) {
        let desk = Desk::new(db, "Shop");
        let map = Some("OrderNumber=Ref; SKU=Item; Title=What; Quantity=N; UnitPrice=Price; OrderedAt=When; CustomerNumber=No; CustomerEmail=Mail; CustomerName=Who; Currency=Cur");
        let rows = "1,x,Cup,1,10,2026-05-01 08:00,7,no address,Ana,GBP\n2,x,Cup,1,10,2026-05-01 08:00,8,bob@example.es,Bob,GBP\n";
        let source = desk.file("o.csv", format!("Ref,Item,What,N,Price,When,No,Mail,Who,Cur\n{rows}"));
        let done = desk.import(&source, map);
        assert_eq!((done.state, done.counts.orders, done.counts.customers, done.counts.failed), (State::Done, 1, 1, 1), "{done:?}");
        let failed = desk.failed(&done, &source, map);
        assert!(failed.contains("“no address” is no e-mail address."), "{failed}");
        desk.verified();
    }

    fn the_same_orders_twice_change_nothing(db) {
        let desk = Desk::new(db, "Shop");
        let source = desk.file("o.csv", retail(&history()));
        desk.import(&source, None);
        let before = desk.dump();
        let again = desk.import(&source, None);
        assert_eq!((again.counts.created, again.counts.changed, again.counts.failed), (0, 0, 0));
        assert_eq!(desk.dump(), before);
        desk.verified();
    }
}

/// Some months of a small shop: sales, guests, cancellations, zero totals, two countries.
pub(super) fn history() -> String {
    let mut rows = String::new();
    for n in 0..150 {
        let (day, hour, customer) = (1 + n % 28, n % 24, n % 23);
        let who = if customer == 0 { String::new() } else { format!("{customer}.0") };
        let country = if n > 120 && customer == 5 { "Belgium" } else { "France" };
        let month = 1 + n / 30;
        let letter = if n % 7 == 3 { "C" } else { "" };
        let sign = if n % 7 == 3 { "-" } else { "" };
        for line in 0..=n % 3 {
            let price = if n % 11 == 0 { "0".to_owned() } else { format!("{}.{}5", 1 + n % 9, line) };
            rows += &format!(
                "{letter}{},S{},Thing,{sign}{},2026-0{month}-{day:02} {hour:02}:0{line}:00,{price},{who},{country}\n",
                9000 + n,
                (n + line) % 6,
                1 + line
            );
        }
    }
    rows
}
