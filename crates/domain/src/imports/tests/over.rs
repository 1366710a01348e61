//! Imports over one another, and what others did between an import and its undoing.

use super::*;
use crate::customers::{CustomerEdit, NewCustomer, Rules, Status, facts, notes};
use crate::imports::undo;
use crate::kit::{CustomerId, GroupId, TagId};
use crate::labels;
use crate::shops::{self, ShopInput};

const ONE: &str = "1 customer or order stays, whole or in part, because something was done with it since.";

const DAY: Micros = 86_400_000_000;

impl Desk {
    /// Imports this text.
    fn took(&self, text: &str) -> Outcome {
        self.import(&self.file("f.csv", text), None)
    }

    fn by_hand(&self, id: &CustomerId, edit: CustomerEdit) {
        let (page, id) = (self.at_page(), id.clone());
        self.write(move |tx, _| customers::edit(tx, &page, &id, edit.clone()).map(drop));
    }

    fn changes_of_status(&self, id: &CustomerId) -> usize {
        self.told_of(id).iter().filter(|told| told.starts_with("customer.status_changed")).count()
    }
}

fn tags(c: &Customer) -> Vec<&str> {
    c.tags.iter().map(|t| t.name.as_str()).collect()
}

store::db_test! {
    crate::migrations();

    fn a_number_that_somebody_else_has_by_now_stays_and_keeps_nothing_else_back(db) {
        let desk = Desk::new(db, "Shop");
        desk.took("Name,Email\nAna,ana@example.es\nBo,bo@example.dk\nCy,cy@example.com\n");
        let [ana, bo, cy] = ["ana@example.es", "bo@example.dk", "cy@example.com"].map(|mail| desk.by_email(mail));
        let done = desk.took("Email,Customer Number,Company\nana@example.es,K-77,Acme\nbo@example.dk,K-78,Beta\ncy@example.com,K-79,\n");
        desk.by_hand(&bo.id, CustomerEdit { number: Some(ana.number.clone()), ..CustomerEdit::default() });
        assert_eq!(desk.foretold(&done), [0, 1, 0, 2]);
        assert!(desk.back(&done).starts_with("2 customers or orders stay"));
        let now = |mail: &str| { let c = desk.by_email(mail); (c.number, c.company) };
        assert_eq!(now("ana@example.es"), ("K-77".into(), String::new()));
        assert_eq!(now("bo@example.dk"), (ana.number, String::new()));
        assert_eq!(now("cy@example.com"), (cy.number, String::new()));
        assert!(desk.told_of(&cy.id).contains(&"customer.edited import taken back".to_owned()));
        assert!(undo(&desk.db, &desk.ctx, &FixedClock(NOW), &done.import).is_err(), "it is over");
        desk.verified();
    }

    fn a_group_or_tag_that_was_deleted_meanwhile_does_not_come_back(db) {
        let desk = Desk::new(db, "Shop");
        desk.took("Name,Email,Group,Tags\nAna,ana@example.es,Retail,vip\n");
        let done = desk.took("Email,Phone,Tags\nana@example.es,+34 612 345 678,new\n");
        let page = desk.at_page();
        desk.write(move |tx, _| {
            let group = labels::by_name::<GroupId>(tx, &page, "Retail")?.unwrap().id;
            let tag = labels::by_name::<TagId>(tx, &page, "vip")?.unwrap().id;
            labels::delete(tx, &page, &group)?;
            labels::delete(tx, &page, &tag).map(drop)
        });
        assert_eq!(desk.foretold(&done), [0, 1, 0, 0]);
        assert_eq!(desk.back(&done), "");
        let ana = desk.by_email("ana@example.es");
        assert_eq!((ana.phone.as_str(), ana.group.is_none(), tags(&ana)), ("", true, vec![]));
        desk.verified();
    }

    fn what_an_import_added_goes_and_what_others_added_beside_it_stays(db) {
        let desk = Desk::new(db, "Shop");
        desk.write(|tx, ctx| {
            let new = NewCustomer {
                name: "Ana".into(),
                email: "ana@example.es".into(),
                emails: vec!["old@example.es".into()],
                metadata: [("vat".to_owned(), "1".to_owned())].into(),
                ..NewCustomer::default()
            };
            customers::create(tx, ctx, new, Rules::Normal).map(drop)
        });
        let before = desk.by_email("ana@example.es");
        let file = "Email,Further Emails,Tags,Metadata: vat\nana@example.es,new@example.es,file,2\n";
        let map = Some("Email=Email; Further emails=Further Emails; Tags=Tags; Metadata:vat=Metadata: vat");
        for touched in [false, true] {
            let done = desk.import(&desk.file("f.csv", file), map);
            let ana = desk.by_email("ana@example.es");
            assert_eq!((ana.emails.len(), ana.metadata["vat"].as_str(), tags(&ana)), (2, "2", vec!["file"]));
            if touched {
                let emails = ["old@example.es", "new@example.es", "hand@example.es"].map(str::to_owned).to_vec();
                let metadata = [("vat", "2"), ("size", "L")].map(|(key, value)| (key.to_owned(), value.to_owned())).into();
                let edit = CustomerEdit { emails: Some(emails), tags: Some(vec!["file".into(), "hand".into()]), metadata: Some(metadata), ..CustomerEdit::default() };
                desk.by_hand(&ana.id, edit);
            }
            assert_eq!(desk.foretold(&done), [0, 1, 0, 0], "touched: {touched}");
            assert_eq!(desk.back(&done), "", "touched: {touched}");
            let ana = desk.by_email("ana@example.es");
            let emails: Vec<&str> = ana.emails.iter().map(|e| e.value.as_str()).collect();
            if touched {
                assert_eq!((emails, tags(&ana)), (vec!["old@example.es", "hand@example.es"], vec!["hand"]));
                assert_eq!((ana.metadata["vat"].as_str(), ana.metadata["size"].as_str()), ("1", "L"));
            } else {
                assert_eq!((emails, tags(&ana), &ana.metadata), (vec!["old@example.es"], vec![], &before.metadata));
            }
            desk.verified();
        }
    }

    fn an_archiving_is_taken_back_with_the_rest_unless_a_subscription_runs_by_now(db) {
        let desk = Desk::new(db, "Shop");
        desk.took("Name,Email,Active\nAna,ana@example.es,yes\nBo,bo@example.dk,no\n");
        let [ana, bo] = ["ana@example.es", "bo@example.dk"].map(|mail| desk.by_email(mail));
        let done = desk.took("Email,Active,Company\nana@example.es,no,Acme\nbo@example.dk,yes,Beta\n");
        desk.by_hand(&ana.id, CustomerEdit { language: Some("es".into()), ..CustomerEdit::default() });
        desk.execute(format!(
            "INSERT INTO subscriptions (merchant_id, id, customer_id, shop_id, name, status, live, currency, amount, cycle_unit, cycle_count, provider,
             started_at, created_at, updated_at) VALUES ('{}', 'sub_1', '{}', '{}', 'Club', 'active', TRUE, 'GBP', 100, 'month', 1, 'manual', 1, 1, 1)",
            desk.ctx.merchant, bo.id, desk.shop
        ));
        assert_eq!(desk.foretold(&done), [0, 1, 0, 1]);
        assert_eq!(desk.back(&done), ONE);
        let [ana, bo] = ["ana@example.es", "bo@example.dk"].map(|mail| desk.by_email(mail));
        assert_eq!((ana.archived_at, ana.company.as_str(), ana.language.as_str()), (None, "", "es"));
        assert_eq!((bo.archived_at, bo.company.as_str()), (None, ""), "nobody with a live subscription is archived");
    }

    fn undoing_tells_no_status_that_never_was(db) {
        let desk = Desk::new(db, "Shop");
        desk.took("Name,Email\nAna,ana@example.es\nBo,bo@example.dk\n");
        let orders = |number: u32, mail: &str| {
            let file = desk.file("o.csv", format!("No,A,Q,P,D,M\n{number},A,1,10,2026-06-01,{mail}\n"));
            desk.import(&file, Some("OrderNumber=No; SKU=A; Quantity=Q; UnitPrice=P; OrderedAt=D; CustomerEmail=M"))
        };
        let [ana, bo] = ["ana@example.es", "bo@example.dk"].map(|mail| desk.by_email(mail).id);
        // Orders that came after the import that is taken back.
        let done = desk.took("Email,Company\nana@example.es,Acme\n");
        orders(1, "ana@example.es");
        let told = desk.changes_of_status(&ana);
        assert_eq!(desk.back(&done), "");
        assert_eq!((desk.by_email("ana@example.es").status, desk.changes_of_status(&ana)), (Status::Active, told));
        desk.verified();
        // Time that went by since.
        orders(2, "bo@example.dk");
        let done = desk.took("Email,Company\nbo@example.dk,Beta\n");
        let id = bo.clone();
        desk.write(move |tx, ctx| facts::refresh(tx, &ctx.at(NOW + 800 * DAY), std::slice::from_ref(&id), "time passed"));
        let told = desk.changes_of_status(&bo);
        assert_eq!(undo(&desk.db, &desk.ctx, &FixedClock(NOW + 801 * DAY), &done.import).unwrap(), "");
        assert_eq!((desk.by_email("bo@example.dk").company.as_str(), desk.changes_of_status(&bo)), ("", told));
    }

    fn a_note_that_somebody_wrote_in_or_pinned_stays(db) {
        let desk = Desk::new(db, "Shop");
        desk.took("Name,Email\nAna,ana@example.es\nBo,bo@example.dk\nCy,cy@example.com\n");
        let done = desk.took("Email,Note\nana@example.es,first\nbo@example.dk,second\ncy@example.com,third\n");
        let (page, [ana, bo, _]) = (desk.at_page().at(NOW + DAY), ["ana@example.es", "bo@example.dk", "cy@example.com"].map(|mail| desk.by_email(mail).id));
        desk.write(move |tx, _| {
            let (one, two) = (notes::list(tx, &page, &ana)?.remove(0), notes::list(tx, &page, &bo)?.remove(0));
            notes::edit(tx, &page, &ana, &one.id, "first, and rang her", None)?;
            notes::pin(tx, &page, &bo, &two.id, true).map(drop)
        });
        assert_eq!(desk.foretold(&done), [0, 1, 0, 2]);
        assert!(desk.back(&done).starts_with("2 customers or orders stay"));
        let left = desk.lines("note");
        assert!(left.len() == 2 && left.iter().all(|l| !l.contains("third")), "{left:?}");
    }

    fn a_customer_whom_a_later_import_changed_stays(db) {
        let desk = Desk::new(db, "Shop");
        let first = desk.took("Name,Email\nAna,ana@example.es\nBo,bo@example.dk\n");
        let second = desk.took("Email,Phone\nana@example.es,+34 612 345 678\n");
        assert_eq!(desk.foretold(&first), [1, 0, 0, 1]);
        assert_eq!(desk.back(&first), ONE);
        assert_eq!((desk.lines("customer").len(), desk.by_email("ana@example.es").phone.as_str()), (1, "+34 612 345 678"));
        assert_eq!((desk.back(&second), desk.by_email("ana@example.es").phone.as_str()), (String::new(), ""));
        desk.verified();
    }

    fn of_two_imports_over_one_another_neither_leaves_a_value_whichever_goes_first(db) {
        for order in [[0, 1], [1, 0]] {
            let desk = Desk::new(db, &format!("Shop {order:?}"));
            desk.took("Name,Email\nAna,ana@example.es\n");
            let before = desk.trade();
            let map = Some("Email=Email; Company=Company; Tags=Tags; Number=No; Metadata:a=A; Metadata:b=B");
            let head = "Email,Company,Tags,No,A,B\n";
            let took = |row: &str| desk.import(&desk.file("f.csv", format!("{head}{row}")), map);
            let done = [took("ana@example.es,P1,one,K-1,1,1\n"), took("ana@example.es,P2,two,K-2,1,2\n")];
            let told = order.map(|at| desk.back(&done[at]));
            assert_eq!(told[1], "", "{order:?}");
            assert_eq!(told[0].is_empty(), order == [1, 0], "{told:?}");
            assert_eq!(desk.trade(), before, "{order:?}");
            desk.verified();
        }
    }

    fn what_staff_chose_between_two_imports_comes_back(db) {
        let desk = Desk::new(db, "Shop");
        desk.took("Name,Email\nAna,ana@example.es\n");
        let ana = desk.by_email("ana@example.es").id;
        let first = desk.took("Email,Company\nana@example.es,P1\n");
        desk.by_hand(&ana, CustomerEdit { company: Some("By hand".into()), ..CustomerEdit::default() });
        let second = desk.took("Email,Company\nana@example.es,P2\n");
        assert_eq!((desk.back(&first).as_str(), desk.by_email("ana@example.es").company.as_str()), (ONE, "P2"));
        assert_eq!((desk.back(&second), desk.by_email("ana@example.es").company.as_str()), (String::new(), "By hand"));
    }

    fn a_line_that_cannot_be_read_stays_and_keeps_no_other_back(db) {
        let desk = Desk::new(db, "Shop");
        desk.took("Name,Email\nAna,ana@example.es\nBo,bo@example.dk\n");
        let done = desk.took("Email,Company\nana@example.es,Acme\nbo@example.dk,Beta\n");
        let bo = desk.by_email("bo@example.dk").id;
        desk.execute(format!("UPDATE import_rows SET before = '{{' WHERE row_id = '{bo}'"));
        assert_eq!(desk.back(&done), ONE);
        assert_eq!((desk.by_email("ana@example.es").company.as_str(), desk.by_email("bo@example.dk").company.as_str()), ("", "Beta"));
    }

    fn who_was_moved_to_another_shop_leaves_the_ids_of_the_first_their_name(db) {
        let desk = Desk::new(db, "Shop");
        let other = desk.write(|tx, ctx| {
            let new = ShopInput { name: "Berlin".into(), currency: "EUR".into(), country: "DE".into(), url: String::new() };
            shops::create(tx, ctx, &new).map(|s| s.id)
        });
        let head = "Customer ID;Active (0/1);Email *;Password *;Last Name *;First Name *;Newsletter (0/1);Groups (x,y,z...)\n";
        let into = |shop: &ShopId, rows: &str| {
            let (source, request) = (desk.file("p.csv", format!("{head}{rows}")), Request { shop: shop.clone(), ..desk.request(None) });
            let plan = crate::imports::plan(&source, &request).unwrap();
            counts(&crate::imports::run(&desk.db, &desk.ctx, &FixedClock(NOW), &desk.wall, (&source, &plan, &request), &mut |_| Flow::Go).unwrap())
        };
        let rows = "1;1;a@example.dk;x;Aarhus;Anna;0;\n2;1;b@example.dk;x;Birk;Bo;0;\n3;1;c@example.dk;x;Carl;Cy;0;\n";
        assert_eq!(into(&desk.shop, rows), [3, 0, 0, 0]);
        desk.by_hand(&desk.by_email("a@example.dk").id, CustomerEdit { shop: Some(Some(other.clone())), ..CustomerEdit::default() });
        assert_eq!(into(&desk.shop, rows), [0, 0, 3, 0], "the same file changes nothing");
        assert_eq!(into(&desk.shop, &rows.replace("a@example.dk", "anna@example.dk")), [0, 1, 2, 0], "who was moved is found by the id");
        // The ids of the other shop are others, and stay so.
        let theirs = "1;1;x@example.de;x;Xaver;Xenia;0;\n2;1;y@example.de;x;Yilmaz;Yara;0;\n";
        assert_eq!((into(&other, theirs), into(&other, theirs)), ([2, 0, 0, 0], [0, 0, 2, 0]));
        assert_eq!(into(&desk.shop, &rows.replace("a@example.dk", "anna@example.dk")), [0, 0, 3, 0]);
        assert_eq!(desk.lines("customer").len(), 5);
    }
}
