//! An import is one unit: killed at any slice it goes on; cancelled, failed or undone it leaves nothing.

use super::history::history;
use super::*;
use crate::customers::CustomerEdit;
use crate::imports::run::ROWS;
use crate::imports::{list, scratch, undo};

/// More than two slices of customers.
const PEOPLE: usize = 2 * ROWS + 100;

/// So many customers, some known, some wrong.
fn people() -> String {
    let mut rows = "Name,Email,Company,Tags,Group\n".to_owned();
    for n in 0..PEOPLE {
        let email = match n % 50 {
            7 => format!("p{}@example.com", n - 1),
            9 => "nowhere".to_owned(),
            _ => format!("p{n}@example.com"),
        };
        rows += &format!("Person {n},{email},Acme {},t{},g{}\n", n % 10, n % 4, n % 3);
    }
    rows
}

fn orders() -> String {
    format!("InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n{}", history())
}

/// A merchant that knows some of them already, with an order, so that taking back must tell its own from others'.
fn known(db: &Db, name: &str) -> Desk {
    let desk = Desk::new(db, name);
    desk.import(&desk.file("known.csv", "Email,Customer Number,Company,Tags\np3@example.com,5,Old,t1\nq@example.com,6,,mine\n"), None);
    desk.import(
        &desk.file(
            "o.csv",
            "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\nK1,S1,Thing,1,2025-05-01 08:00,5,5,Italy\n",
        ),
        None,
    );
    desk
}

/// Kills at every slice, goes on, and compares with the straight run.
fn kill_everywhere(db: &Db, file: &str) {
    let straight = known(db, "Straight");
    let source = straight.file("f.csv", file);
    let mut slices = 0;
    let done = straight.told(&source, None, &mut |_| {
        slices += 1;
        Flow::Go
    });
    let wanted = straight.dump();
    assert!(slices > 3, "{slices}");
    for after in 0..slices {
        let desk = known(db, &format!("Killed {after}"));
        let source = desk.file("f.csv", file);
        assert_eq!(desk.killed_after(&source, None, after).state, State::Running);
        let resumed = desk.import(&source, None);
        assert!(resumed.resumed);
        assert_eq!(resumed.counts, done.counts, "after {after}");
        assert!(desk.dump() == wanted, "after {after}:\n{}", difference(&desk.dump(), &wanted));
        assert_eq!(desk.failed(&resumed, &source, None), straight.failed(&done, &straight.file("f.csv", file), None));
    }
    straight.verified();
}

fn cancel_everywhere(db: &Db, file: &str) {
    let mut slices = 0;
    let counted = known(db, "Counted");
    counted.told(&counted.file("f.csv", file), None, &mut |_| {
        slices += 1;
        Flow::Go
    });
    for after in 0..slices {
        let desk = known(db, &format!("Cancelled {after}"));
        let before = desk.trade();
        let source = desk.file("f.csv", file);
        let done = desk.stopped_after(&source, None, after, Flow::Cancel);
        assert_eq!((done.state, done.message.as_str()), (State::Cancelled, ""));
        assert!(desk.trade() == before, "after {after}:\n{}", difference(&desk.trade(), &before));
        desk.verified();
    }
}

fn difference(a: &str, b: &str) -> String {
    let (left, right): (Vec<&str>, Vec<&str>) = (a.lines().collect(), b.lines().collect());
    let minus = left.iter().filter(|l| !right.contains(l)).map(|l| format!("- {l}"));
    minus.chain(right.iter().filter(|l| !left.contains(l)).map(|l| format!("+ {l}"))).take(20).collect::<Vec<_>>().join("\n")
}

store::db_test! {
    crate::migrations();

    fn customers_killed_at_any_slice_end_as_if_nothing_had_happened(db) {
        kill_everywhere(db, &people());
    }

    fn orders_killed_at_any_slice_end_as_if_nothing_had_happened(db) {
        kill_everywhere(db, &orders());
    }

    fn customers_cancelled_at_any_slice_leave_nothing(db) {
        cancel_everywhere(db, &people());
    }

    fn orders_cancelled_at_any_slice_leave_nothing(db) {
        cancel_everywhere(db, &orders());
    }

    fn a_file_that_ends_too_early_leaves_nothing(db) {
        use std::io::Write as _;
        let desk = known(db, "Cut");
        let before = desk.trade();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::none());
        gzip.write_all(people().as_bytes()).unwrap();
        let packed = gzip.finish().unwrap();
        let source = desk.file("cut.csv.gz", &packed[..packed.len() - 2_000]);
        let done = desk.told(&source, None, &mut |_| Flow::Go);
        assert_eq!(done.state, State::Failed);
        assert!(done.message.contains("ends too early"), "{}", done.message);
        assert!(desk.trade() == before, "{}", difference(&desk.trade(), &before));
        let told = desk.read(|tx, ctx| list(tx, ctx, None, 10)).into_iter().find(|i| i.id == done.import).unwrap();
        assert_eq!(told.state, State::Failed);
        let whole = desk.file("whole.csv.gz", &packed);
        assert_eq!(desk.import(&whole, None).counts.failed, PEOPLE as i64 / 50);
    }

    fn what_was_done_can_be_undone_later(db) {
        let desk = known(db, "Undone");
        let before = desk.trade();
        for file in [people(), orders()] {
            let done = desk.import(&desk.file("f.csv", file), None);
            assert!(desk.trade() != before);
            assert_eq!(undo(&desk.db, &desk.ctx, &FixedClock(NOW), &done.import).unwrap(), "");
            assert!(desk.trade() == before, "{}", difference(&desk.trade(), &before));
            assert!(undo(&desk.db, &desk.ctx, &FixedClock(NOW), &done.import).is_err());
        }
        desk.verified();
    }

    fn undoing_keeps_what_others_have_built_upon(db) {
        let desk = known(db, "Built upon");
        let done = desk.import(&desk.file("f.csv", people()), None);
        let (id, changed) = (desk.by_email("p10@example.com").id, desk.by_email("p3@example.com").id);
        desk.write(move |tx, ctx| {
            let staff = Ctx { door: Door::Page, ..ctx.clone() };
            customers::edit(tx, &staff, &changed, CustomerEdit { company: Some("By hand".into()), ..CustomerEdit::default() })?;
            Ok(())
        });
        let file = desk.file("o.csv", format!("OrderNumber,SKU,N,P,At,Mail\nX,a,1,3,2026-05-01,{}\n", "p10@example.com"));
        desk.import(&file, Some("OrderNumber=OrderNumber; SKU=SKU; Quantity=N; UnitPrice=P; OrderedAt=At; CustomerEmail=Mail"));
        let kept = undo(&desk.db, &desk.ctx, &FixedClock(NOW), &done.import).unwrap();
        assert!(kept.starts_with("2 customers or orders stay"), "{kept}");
        assert_eq!(desk.by_email("p10@example.com").id, id);
        assert_eq!(desk.by_email("p3@example.com").company, "By hand");
        desk.verified();
    }

    fn undoing_goes_field_by_field_where_somebody_worked_on_another(db) {
        let desk = Desk::new(db, "Fields");
        desk.import(&desk.file("there.csv", "Name,Email,Company,Tags\nBo Lund,bo@example.dk,Old,mine\n"), None);
        let before = desk.by_email("bo@example.dk");
        let by_hand = |edit: CustomerEdit| {
            let id = before.id.clone();
            desk.write(move |tx, ctx| customers::edit(tx, &Ctx { door: Door::Page, ..ctx.clone() }, &id, edit.clone()).map(drop));
        };
        let file = desk.file("f.csv", "Name,Email,Company,Tags\nBo Lundgren,bo@example.dk,New,t9\n");
        let done = desk.import(&file, None);
        assert_eq!((desk.by_email("bo@example.dk").name.as_str(), done.counts.changed), ("Bo Lundgren", 1));
        by_hand(CustomerEdit { phone: Some("+45 20 12 34 56".into()), ..CustomerEdit::default() });
        let told = crate::imports::foretell(&desk.db, &desk.ctx, &done.import).unwrap();
        assert_eq!((told.restored, told.kept), (1, 0), "nothing of the import has to stay");
        assert_eq!(undo(&desk.db, &desk.ctx, &FixedClock(NOW), &done.import).unwrap(), "");
        let bo = desk.by_email("bo@example.dk");
        assert_eq!((bo.name.as_str(), bo.company.as_str(), bo.phone.as_str()), ("Bo Lund", "Old", "+45 20 12 34 56"));
        assert_eq!(bo.tags.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(), ["mine"]);
        assert!(bo.version > before.version + 1, "nobody takes it for a page of before");
        desk.verified();
        // What somebody changed of the import's own fields stays, and is told.
        let done = desk.import(&desk.file("g.csv", "Name,Email,Company,Tags\nBo Lundgren,bo@example.dk,Newer,t9\n"), None);
        by_hand(CustomerEdit { company: Some("By hand".into()), ..CustomerEdit::default() });
        let told = crate::imports::foretell(&desk.db, &desk.ctx, &done.import).unwrap();
        assert_eq!((told.restored, told.kept), (0, 1));
        assert!(undo(&desk.db, &desk.ctx, &FixedClock(NOW), &done.import).unwrap().starts_with("1 customer or order stays, whole or in part, because something was done with it since."));
        let bo = desk.by_email("bo@example.dk");
        assert_eq!((bo.name.as_str(), bo.company.as_str()), ("Bo Lund", "By hand"));
        desk.verified();
    }

    fn a_dry_run_tells_the_same_and_writes_nothing(db) {
        let desk = known(db, "Dry");
        for file in [people(), orders()] {
            let before = desk.dump();
            let source = desk.file("f.csv", file);
            let copy = scratch(&desk.db).unwrap();
            let dry = desk.at(&copy.db, &source, None, &mut |_| Flow::Go).unwrap();
            assert_eq!(desk.dump(), before);
            assert_eq!(desk.import(&source, None).counts, dry.counts);
        }
    }

    fn two_at_once_are_one(db) {
        let desk = known(db, "Twice");
        let source = desk.file("f.csv", people());
        assert_eq!(desk.killed_after(&source, None, 1).state, State::Running);
        // Another process takes it over in the middle of ours; ours notices and writes nothing more.
        let mut other = None;
        let ours = desk.at(&desk.db, &source, None, &mut |_| {
            if other.is_none() {
                other = Some(desk.import(&source, None));
            }
            Flow::Go
        });
        assert!(matches!(ours, Err(ImportError::Domain(crate::Error::Conflict { code: "import_running", .. }))), "{ours:?}");
        let other = other.unwrap();
        assert_eq!(other.counts.created + other.counts.changed + other.counts.unchanged + other.counts.failed, PEOPLE as i64);
    }

    fn what_is_no_file_of_customers_is_told_before_anything_is_written(db) {
        let desk = Desk::new(db, "Bad");
        let before = desk.dump();
        for (bytes, word) in [
            (&b""[..], "empty"),
            (b"\x89PNG\r\n\x1a\n....", "PNG"),
            (b"a,b,c\n1,2,3\n", "not one Regulars knows"),
            (b"\"Name,Email\nx,y\n", "quote"),
        ] {
            let source = desk.file("bad", bytes);
            let error = desk.plan(&source, None).unwrap_err().to_string();
            assert!(error.contains(word), "{error}");
        }
        let broken = desk.folder.path().join("broken");
        std::fs::write(&broken, b"PK\x03\x04rest").unwrap();
        let error = Source::of(&broken).unwrap_err().to_string();
        assert!(error.contains("XLSX"), "{error}");
        let error = desk.plan(&desk.file("m", "a,b\n1,2\n"), Some("Nam=a")).unwrap_err().to_string();
        assert!(error.contains("There is no field \"Nam\""), "{error}");
        assert_eq!(desk.dump(), before);
    }
}
