//! What stands in an exported file, and who may have it.

use super::*;
use crate::customers::{self, NewCustomer, Rules};
use crate::kit::{Address, Door};
use crate::testing::Fixture;

fn text(fx: &Fixture, selection: Selection<'_>, extras: &str, format: Format) -> String {
    let mut out = Vec::new();
    let extras = Extra::parse_all(extras.split(',')).unwrap();
    export(&fx.db, &fx.ctx, selection, &extras, format, &mut out).unwrap();
    String::from_utf8_lossy(&out).into_owned()
}

fn make(fx: &Fixture, new: NewCustomer) -> CustomerId {
    let ctx = fx.ctx.clone();
    fx.db.write_now(move |tx| customers::create(tx, &ctx, new.clone(), Rules::Import)).unwrap().id
}

fn ana() -> NewCustomer {
    NewCustomer {
        first_name: "Ana".into(),
        last_name: "Ruiz".into(),
        email: "ana@example.es".into(),
        phone: "+34 612 345 678".into(),
        company: "=Acme".into(),
        billing: Address {
            line1: "Calle 1".into(),
            line2: "Piso 2".into(),
            city: "Madrid".into(),
            zip: "28001".into(),
            country: "ES".into(),
            ..Address::default()
        },
        tags: vec!["vip".into(), "Early".into()],
        metadata: [("birthday".to_owned(), "1990-01-01".to_owned())].into(),
        ..NewCustomer::default()
    }
}

store::db_test! {
    crate::migrations();

    fn the_fourteen_columns_come_first_and_exactly_so(db) {
        let fx = Fixture::new(db);
        make(&fx, ana());
        assert_eq!(
            text(&fx, Selection::All, "", Format::Csv),
            "Name,Email,Company,Company ID,Company Email,Tax ID,Phone,Address,City,State,Zip/Postal Code,Country,VAT Number,Lifetime Value\n\
             Ana Ruiz,ana@example.es,'=Acme,,,,'+34 612 345 678,\"Calle 1\nPiso 2\",Madrid,,28001,ES,,0.00\n"
        );
    }

    fn more_columns_stand_behind_when_asked_for(db) {
        let fx = Fixture::new(db);
        make(&fx, ana());
        let file = text(&fx, Selection::All, "status, Tags,metadata.birthday,lifetime value usd,active", Format::Csv);
        let (header, row) = file.split_once('\n').unwrap();
        assert!(header.ends_with("Lifetime Value,Status,Tags,Metadata: birthday,Lifetime Value USD,Active"), "{header}");
        assert!(row.trim_end().ends_with(",0.00,prospect,\"Early, vip\",1990-01-01,0.00,yes"), "{row}");
        assert!(Extra::parse_all(["colour"]).unwrap_err().to_string().contains("fields"));
        assert_eq!(Extra::parse_all(["all", "status"]).unwrap().len(), EXTRAS.len());
    }

    fn deleted_customers_and_other_merchants_are_not_in_it(db) {
        let fx = Fixture::new(db);
        let (gone, archived) = (make(&fx, ana()), make(&fx, NewCustomer { name: "Arc".into(), active: false, ..NewCustomer::default() }));
        let theirs = make(&fx.other(), NewCustomer { name: "Stranger".into(), ..NewCustomer::default() });
        let (ctx, id) = (fx.ctx.clone(), gone.clone());
        fx.db.write_now(move |tx| customers::delete(tx, &ctx, &id)).unwrap();
        let all = text(&fx, Selection::All, "", Format::Jsonl);
        assert_eq!(all.lines().count(), 1);
        assert!(all.contains("\"Arc\""), "{all}");
        let ids = [archived, gone, theirs];
        let some = text(&fx, Selection::Ids(&ids), "status", Format::Jsonl);
        assert!(some.lines().count() == 2 && !some.contains("Stranger"), "{some}");
    }

    fn an_export_needs_its_right_and_stands_in_the_audit_log(db) {
        let fx = Fixture::new(db);
        make(&fx, ana());
        text(&fx, Selection::All, "", Format::Xlsx);
        let ctx = Ctx { door: Door::Page, ..fx.without(Right::Export) };
        let refused = export(&fx.db, &ctx, Selection::All, &[], Format::Csv, Vec::new());
        assert!(matches!(refused, Err(Error::Forbidden(Right::Export))));
        let ctx = fx.ctx.clone();
        let log: Vec<String> = fx.db.read_now::<_, Error>(move |tx| {
            let sql = store::Stmt::built("SELECT data FROM events WHERE merchant_id = $1 AND kind = 'customers.exported'".into());
            Ok(tx.rows(&sql, &[&ctx.merchant], |r| r.get(0))?)
        }).unwrap();
        assert_eq!(log.len(), 1);
        assert!(log[0].contains("\"count\":1") && log[0].contains("xlsx"), "{log:?}");
    }

    fn all_that_match_come_in_the_order_of_the_list(db) {
        let fx = Fixture::new(db);
        for name in ["Cy", "Ann", "Bob", "Dan"] {
            make(&fx, NewCustomer { name: name.into(), company: if name == "Dan" { String::new() } else { "Acme".into() }, ..NewCustomer::default() });
        }
        let bob = make(&fx, NewCustomer { name: "Bo".into(), company: "Acme".into(), ..NewCustomer::default() });
        let (query, problems) = ListQuery::parse("q=acme&sort=name");
        problems.check().unwrap();
        let selection = Selection::Matching { query: &query, indexes: &Indexes::new(), except: &[bob] };
        let file = text(&fx, selection, "", Format::Csv);
        let names: Vec<&str> = file.lines().skip(1).map(|l| l.split(',').next().unwrap()).collect();
        assert_eq!(names, ["Ann", "Bob", "Cy"]);
    }
}
