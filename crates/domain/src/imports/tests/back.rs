//! Taking an import back: what stays, what goes, and who is told.

use super::*;
use crate::customers::{CustomerEdit, Status, notes};
use crate::dump::schema::{self, Type};
use crate::imports::{foretell, undo};
use crate::jobs::{self, Kinds, Tools};
use crate::kit::CustomerId;
use crate::privacy::columns::{self, Belongs};
use crate::privacy::sweep;

fn many(n: usize) -> String {
    let line = |i: usize| format!("Person {i},p{i}@example.com\n");
    std::iter::once("Name,Email\n".to_owned()).chain((0..n).map(line)).collect()
}

/// Tables whose rows the kept figures of a customer are worked out of: a row of nonsense is none of theirs.
const FACTS: [&str; 4] = ["orders", "payments", "payment_methods", "subscriptions"];

impl Desk {
    pub(super) fn at_page(&self) -> Ctx {
        Ctx { door: Door::Page, ..self.ctx.clone() }
    }

    /// A row of nonsense of this table that hangs on the customer; false where the table takes none by itself.
    fn hang(&self, table: &'static schema::Table, column: &'static str, customer: &CustomerId) -> bool {
        let (customer, shop) = (customer.clone(), self.shop.clone());
        let row = move |ctx: &Ctx| -> Vec<store::Value> {
            let of = |c: &schema::Column| match (c.name, c.kind) {
                ("merchant_id", _) => store::Value::Text(ctx.merchant.to_string()),
                (name, _) if name == column => store::Value::Text(customer.to_string()),
                ("shop_id", _) => store::Value::Text(shop.to_string()),
                _ if c.nullable => store::Value::Null,
                (_, Type::Text) => store::Value::Text(format!("x-{}", table.name)),
                (_, Type::Int) => store::Value::Int(1),
                (_, Type::Bool) => store::Value::Bool(false),
                (_, Type::Bytes) => store::Value::Bytes(Vec::new()),
            };
            table.columns.iter().map(of).collect()
        };
        let ctx = self.ctx.clone();
        self.db.write_now::<_, crate::Error>(move |tx| Ok(tx.insert_many(table.name, &table.names(), &[row(&ctx)])?)).is_ok()
    }

    pub(super) fn back(&self, done: &Outcome) -> String {
        undo(&self.db, &self.ctx, &FixedClock(NOW), &done.import).unwrap()
    }

    pub(super) fn foretold(&self, done: &Outcome) -> [usize; 4] {
        let told = foretell(&self.db, &self.ctx, &done.import).unwrap();
        [told.deleted, told.restored, told.orders, told.kept]
    }

    pub(super) fn told_of(&self, id: &CustomerId) -> Vec<String> {
        let id = id.clone();
        self.read(move |tx, ctx| {
            let sql =
                store::Stmt::built("SELECT kind, cause FROM events WHERE merchant_id = $1 AND customer_id = $2 ORDER BY version".into());
            Ok(tx.rows(&sql, &[&ctx.merchant, &id], |r| Ok(format!("{} {}", r.str(0)?, r.str(1)?).trim().to_owned()))?)
        })
    }

    pub(super) fn execute(&self, sql: String) {
        self.write(move |tx, _| Ok(tx.exec(&store::Stmt::built(sql.clone()), &[]).map(drop)?));
    }
}

store::db_test! {
    crate::migrations();

    fn whatever_hangs_on_a_made_customer_keeps_it_and_the_others_go_as_foretold(db) {
        let desk = Desk::new(db, "Shop");
        let done = desk.import(&desk.file("c.csv", many(60)), None);
        let mut hung = Vec::new();
        for table in columns::tables() {
            let Belongs::Customer(column) = table.belongs else { continue };
            let goes = ["customers", "customer_contacts", "customer_tags", "customer_shops", "customer_totals", "external_ids", "notes", "avatars",
                "payment_keys", "duplicate_pairs", "retention_warnings", "events", "erasures", "erasure_words", "erased_numbers", "legal_copies"];
            if goes.contains(&table.name) || FACTS.contains(&table.name) {
                continue;
            }
            let id = desk.by_email(&format!("p{}@example.com", hung.len())).id;
            if desk.hang(schema::table(table.name).unwrap(), column, &id) {
                hung.push(table.name);
            }
        }
        assert!(["credit_balances", "blocks", "unmatched"].iter().all(|t| hung.contains(t)) && hung.len() > 8, "{hung:?}");
        assert_eq!(desk.foretold(&done), [60 - hung.len(), 0, 0, hung.len()]);
        assert_eq!(desk.back(&done), format!("{} customers or orders stay, whole or in part, because something was done with them since.", hung.len()));
        assert_eq!(desk.lines("customer").len(), hung.len());
    }

    fn what_staff_did_with_made_customers_stays(db) {
        let desk = Desk::new(db, "Shop");
        let done = desk.import(&desk.file("c.csv", many(6)), None);
        let ids: Vec<CustomerId> = (0..3).map(|n| desk.by_email(&format!("p{n}@example.com")).id).collect();
        let (page, some) = (desk.at_page(), ids.clone());
        desk.write(move |tx, _| {
            notes::add(tx, &page, &some[0], "typed by hand")?;
            customers::edit(tx, &page, &some[1], CustomerEdit { company: Some("By hand".into()), ..CustomerEdit::default() })?;
            customers::archive(tx, &page, &some[2], None)
        });
        assert_eq!(desk.foretold(&done), [3, 0, 0, 3]);
        assert!(desk.back(&done).starts_with("3 customers or orders stay"));
        assert_eq!((desk.lines("customer").len(), desk.lines("note").len()), (3, 1));
        assert_eq!(desk.by_email("p1@example.com").company, "By hand");
        desk.verified();
    }

    fn what_is_asked_of_each_customer_and_order_goes_over_no_table_whole(db) {
        if db.engine() != store::Engine::Sqlite {
            return;
        }
        for statement in [&*crate::imports::links::CUSTOMER, &*crate::imports::links::ORDER, &crate::imports::queries::NOTED_BY_OTHERS] {
            let explain = store::Stmt::built(format!("EXPLAIN QUERY PLAN {}", statement.text()));
            let steps = db.read_now::<_, crate::Error>(move |tx| Ok(tx.rows(&explain, &[&"m", &"x", &"i"], |r| r.get::<String>(3))?)).unwrap();
            let whole: Vec<&String> = steps.iter().filter(|s| (s.starts_with("SCAN ") && !s.contains("CONSTANT")) || s.ends_with("(merchant_id=?)")).collect();
            assert!(whole.is_empty() && steps.len() > 1, "{whole:?}");
        }
    }

    fn one_who_is_anonymised_keeps_no_other_from_going(db) {
        let desk = Desk::new(db, "Shop");
        for swept in [false, true] {
            let done = desk.import(&desk.file("c.csv", many(40)), None);
            let (id, vault) = (desk.by_email("p7@example.com").id, crate::privacy::tests::vault());
            let one = id.clone();
            desk.write(move |tx, ctx| crate::privacy::anonymise(tx, ctx, &vault, &one, crate::privacy::Cause::Hand).map(drop));
            if swept {
                let kinds = Kinds::default().with(sweep::KIND, sweep::slice);
                jobs::run_all(&desk.db, &kinds, &Tools::default(), &FixedClock(NOW), "worker", &|| false).unwrap();
            }
            assert_eq!(desk.foretold(&done), [39, 0, 0, usize::from(!swept)], "swept: {swept}");
            desk.back(&done);
            let left = desk.read(move |tx, ctx| customers::get(tx, ctx, &id));
            assert_eq!(left.status, Status::Anonymised);
            assert!(desk.lines("customer").iter().all(|l| !l.contains("@example.com")), "swept: {swept}");
        }
        desk.verified();
    }

    fn undoing_tells_what_an_edit_and_a_deletion_tell_and_forgets_nothing(db) {
        let desk = Desk::new(db, "Shop");
        desk.import(&desk.file("there.csv", "Name,Email\nAna,ana@example.es\n"), None);
        let ana = desk.by_email("ana@example.es");
        let done = desk.import(&desk.file("c.csv", "Name,Email,Company,Active,Note\nAna,ana@example.es,Acme,no,came by file\nBob,bob@example.com,,,\n"), None);
        let bob = desk.by_email("bob@example.com").id;
        assert_eq!(desk.back(&done), "");
        let after = desk.by_email("ana@example.es");
        assert_eq!((after.company.as_str(), after.archived_at, after.status), ("", None, ana.status));
        assert!(after.version > ana.version + 2, "nobody takes it for a page of before");
        let told = desk.told_of(&ana.id);
        for kind in ["customer.edited", "customer.archived", "note.added", "customer.edited import taken back", "customer.unarchived import taken back", "note.deleted import taken back"] {
            assert!(told.iter().any(|t| t == kind), "{kind}: {told:?}");
        }
        assert_eq!(desk.told_of(&bob), ["customer.created", "customer.deleted_permanently import taken back"]);
        assert!(!desk.lines("customer").iter().any(|l| l.contains("bob@")));
        desk.verified();
    }

    fn what_the_database_will_not_let_go_stays_and_keeps_no_other_back(db) {
        let desk = Desk::new(db, "Shop");
        let done = desk.import(&desk.file("o.csv", "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n\
            1,A,T,1,2026-05-01 08:00,10,7,France\n2,A,T,1,2026-05-01 08:00,10,8,France\n3,A,T,1,2026-05-01 08:00,10,9,France\n"), None);
        // An order that was given to somebody else stays for its task, and its payment is the first one's still.
        desk.execute("UPDATE orders SET customer_id = (SELECT id FROM customers WHERE number = '8') WHERE external_id = '1'".into());
        desk.execute("INSERT INTO tasks (merchant_id, id, subject_kind, subject_id, title, note, assignee_id, created_at, created_by, done_by, version)
            SELECT merchant_id, 'tsk_1', 'order', id, 'Ring', '', '', 1, '', '', 1 FROM orders WHERE external_id = '1'".into());
        let kept = desk.back(&done);
        assert!(kept.contains("customers or orders stay"), "{kept}");
        let left: Vec<String> = desk.lines("customer").iter().map(|l| l.split('|').nth(1).unwrap().to_owned()).collect();
        assert_eq!(left, ["7", "8"]);
        assert_eq!(desk.lines("order").len(), 1);
        assert!(undo(&desk.db, &desk.ctx, &FixedClock(NOW), &done.import).is_err(), "it is over");
    }

    fn a_row_is_taken_whole_or_not_at_all_and_labels_nobody_got_are_not_made(db) {
        let desk = Desk::new(db, "Shop");
        desk.import(&desk.file("a.csv", "Email,Company\nana@example.es,Acme\n"), None);
        let before = desk.dump();
        let source = desk.file("b.csv", "Name,Email,Group,Tags\nX,bad-mail,GrpX,TagX\n");
        assert_eq!(counts(&desk.import(&source, None)), [0, 0, 0, 1]);
        assert!(desk.lines("group").is_empty() && desk.lines("label").is_empty(), "{:?}", desk.lines("label"));
        let customers = |dump: &str| dump.lines().filter(|l| l.starts_with("customer|")).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(customers(&desk.dump()), customers(&before));
        let some = desk.file("c.csv", "Name,Email,Group,Tags\nX,bad-mail,GrpX,TagX\nY,y@example.com,GrpY,TagY\n");
        desk.import(&some, None);
        assert_eq!((desk.lines("group").join(","), desk.lines("label").join(",")), ("group|GrpY|".into(), "label|TagY|".into()));
        desk.verified();
    }

    fn the_same_number_in_two_shops_with_the_same_software_is_two_customers(db) {
        let desk = Desk::new(db, "Shop");
        let other = desk.write(|tx, ctx| {
            let new = crate::shops::ShopInput { name: "Berlin".into(), currency: "EUR".into(), country: "DE".into(), url: String::new() };
            crate::shops::create(tx, ctx, &new).map(|s| s.id)
        });
        let header = "Customer ID;Active (0/1);Email *;Password *;Last Name *;First Name *;Newsletter (0/1);Groups (x,y,z...)\n";
        let first = desk.file("a.csv", format!("{header}501;1;anna@example.dk;x;Aarhus;Anna;0;\n"));
        let second = desk.file("b.csv", format!("{header}501;1;bert@example.de;x;Berlin;Bert;0;\n"));
        let into = |shop: &ShopId, source: &Source| {
            let request = Request { shop: shop.clone(), ..desk.request(None) };
            let plan = crate::imports::plan(source, &request).unwrap();
            crate::imports::run(&desk.db, &desk.ctx, &FixedClock(NOW), &desk.wall, (source, &plan, &request), &mut |_| Flow::Go).unwrap()
        };
        assert_eq!(counts(&into(&desk.shop, &first)), [1, 0, 0, 0]);
        assert_eq!(counts(&into(&other, &second)), [1, 0, 0, 0], "not the same 501");
        assert_eq!((desk.by_email("anna@example.dk").last_name.as_str(), desk.by_email("bert@example.de").last_name.as_str()), ("Aarhus", "Berlin"));
        // Both files come again, with other addresses: each finds its own.
        assert_eq!(counts(&into(&desk.shop, &desk.file("c.csv", format!("{header}501;1;anna2@example.dk;x;Aarhus;Anna;0;\n")))), [0, 1, 0, 0]);
        assert_eq!(counts(&into(&other, &desk.file("d.csv", format!("{header}501;1;bert2@example.de;x;Berlin;Bert;0;\n")))), [0, 1, 0, 0]);
        assert_eq!(desk.lines("customer").len(), 2);
        desk.verified();
    }

    fn an_order_that_was_not_paid_makes_no_payment(db) {
        let desk = Desk::new(db, "Shop");
        let map = Some("OrderNumber=No; SKU=A; Quantity=Q; OrderedAt=D; UnitPrice=P; OrderState=S; CustomerEmail=M");
        let rows = "1,A,1,2026-05-01,10,cancelled,c@example.com\n2,A,1,2026-05-01,10,Open,o@example.com\n3,A,1,2026-05-01,10,draft,d@example.com\n\
            4,A,1,2026-05-01,10,Fulfilled,f@example.com\n5,A,1,2026-05-01,10,,n@example.com\n6,A,1,2026-05-01,10,nonsense,x@example.com\n\
            7,A,1,2026-05-01,10,open,t@example.com\n7,B,1,2026-05-01,10,paid,t@example.com\n8,A,-1,2026-05-02,10,open,f@example.com\n";
        let source = desk.file("o.csv", format!("No,A,Q,D,P,S,M\n{rows}"));
        let done = desk.import(&source, map);
        assert_eq!((done.counts.orders, done.counts.payments, done.counts.refunds, done.counts.failed), (5, 2, 0, 4));
        let states: Vec<String> = desk.lines("order").iter().map(|l| { let p: Vec<&str> = l.split('|').collect(); format!("{} {}", p[3], p[6]) }).collect();
        assert_eq!(states, ["1 cancelled", "2 open", "3 draft", "4 fulfilled", "5 closed"]);
        let of = |mail: &str| { let c = desk.by_email(mail); (c.lifetime, c.status) };
        assert_eq!((of("c@example.com").0, of("o@example.com").0, of("d@example.com").0), (0, 0, 0));
        assert_eq!((of("f@example.com"), of("n@example.com")), ((1000, Status::Active), (1000, Status::Active)));
        let failed = desk.failed(&done, &source, map);
        assert!(failed.contains("no state of an order") && failed.contains("two states") && failed.contains("nothing was paid back"), "{failed}");
        desk.verified();
    }
}
