//! Files of customers: matched, brought up to date, refused row by row.

use super::*;
use crate::customers::export::{self, Selection};
use crate::customers::{CustomerEdit, MethodStatus, NewCustomer, Rules};
use crate::files::Format;
use crate::files::tests::workbooks::{book, row};

const FILE: &str = "Name,Email,Company,Phone,Address,City,Country,Tags,Group,Customer Number\n\
    Ana Ruiz,ana@example.es,Acme,+34 612 345 678,\"Calle 1\nPiso 2\",Madrid,Spain,\"vip, early\",Retail,7001\n\
    Bob,bob@example.com,,,,,,,,\n\
    ,not an address,,,,,,,,\n\
    ,,,,,,,,,\n";

store::db_test! {
    crate::migrations();

    fn rows_become_customers_and_the_rest_comes_back_with_its_reason(db) {
        let desk = Desk::new(db, "Shop");
        let source = desk.file("c.csv", FILE);
        let done = desk.import(&source, None);
        assert_eq!(counts(&done), [2, 0, 0, 1]);
        let ana = desk.by_number("7001");
        assert_eq!((ana.name.as_str(), ana.email.as_str(), ana.billing.line1.as_str(), ana.billing.line2.as_str()), ("Ana Ruiz", "ana@example.es", "Calle 1", "Piso 2"));
        assert_eq!((ana.billing.country.as_str(), ana.group.unwrap().name.as_str()), ("ES", "Retail"));
        assert_eq!(ana.tags.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(), ["early", "vip"]);
        assert_eq!((ana.shop.unwrap().name.as_str(), ana.method_status), ("Online", MethodStatus::None));
        let failed = desk.failed(&done, &source, None);
        let rows: Vec<&str> = failed.lines().collect();
        assert_eq!(rows.len(), 2, "{failed}");
        assert!(rows[0].ends_with("Customer Number,Import Row,Import Problem"), "{failed}");
        assert!(rows[1].contains("not an address") && rows[1].contains(",3,") && rows[1].contains("email"), "{failed}");
        desk.verified();
    }

    fn an_import_by_number_finds_who_has_the_same_address_or_tax_id_already(db) {
        let desk = Desk::new(db, "Keys");
        desk.import(&desk.file("a.csv", "Customer Number,Name,Email,Company,VAT Number\n9001,Mathilde Berthelot,mathilde@example.fr,,\n9002,Jo Roaster,jo@example.fr,Kilde Roastery,FR 123 456 78\n"), None);
        let file = "Customer Number,Name,Email,Company,VAT Number\n9101,Mathilde Berthelot,MATHILDE@example.fr,,\n9102,Jo Roaster,office@example.fr,Kilde Roastery,FR12345678\n9103,Yann Le Goff,yann@example.fr,,\n";
        let id = desk.uploaded("b.csv", file);
        desk.chosen(&id, &["Number", "Name", "Email", "Company", "VAT number"], crate::imports::MatchBy::Number).unwrap();
        desk.press(&id, crate::imports::start).unwrap();
        desk.work();
        let told = crate::imports::resembling(&desk.db, &desk.ctx, &id).unwrap();
        let found: Vec<_> = told.first.iter().map(|(new, old, _, _)| (new.clone(), old.clone())).collect();
        let who = |number: &str| desk.by_number(number).id;
        assert_eq!(found, [(who("9101"), who("9001")), (who("9102"), who("9002"))], "{told:?}");
    }

    fn new_customers_who_resemble_one_that_was_there_are_told_and_offered_and_not_merged(db) {
        let desk = Desk::new(db, "Twice");
        let head = "First Name,Last Name,Email,Address,City,Zip/Postal Code,Country\n";
        let there = desk.import(&desk.file("a.csv", format!("{head}Mathilde,Berthelot,mathilde@example.fr,14 rue des Lilas,Rennes,35700,FR\nYann,Le Goff,yann@example.fr,2 quai Nord,Rennes,35700,FR\n")), None);
        assert_eq!(crate::imports::resembling(&desk.db, &desk.ctx, &there.import).unwrap().alike, 0, "nobody was there before");
        let file = desk.file("b.csv", format!("{head}Matilde,Berthelot,mb@example.org,14 rue des Lilas,Rennes,35700,FR\nBob,Stone,bob@example.com,1 Elm Street,Leeds,LS1 1AA,GB\nOlivier,Berthelot,ob@example.org,14 rue des Lilas,Rennes,35700,FR\n"));
        let done = desk.import(&file, None);
        assert_eq!(counts(&done), [3, 0, 0, 0], "all are made");
        let told = crate::imports::resembling(&desk.db, &desk.ctx, &done.import).unwrap();
        assert_eq!((told.looked_at, told.alike, told.more), (3, 1, false), "{told:?}");
        let (new, old, _, why) = &told.first[0];
        assert_eq!((new.clone(), old.clone()), (desk.by_email("mb@example.org").id, desk.by_email("mathilde@example.fr").id));
        assert!(why.contains("first name nearly the same"), "{why}");
        let open = || desk.db.read_now::<_, crate::Error>({ let ctx = desk.ctx.clone(); move |tx| crate::duplicates::count_open(tx, &ctx) }).unwrap();
        assert_eq!(open(), 1);
        crate::imports::undo(&desk.db, &desk.ctx, &FixedClock(NOW), &done.import).unwrap();
        assert_eq!(open(), 0, "taken back with the import");
        desk.verified();
    }

    fn a_mended_file_of_failed_rows_is_imported_as_it_is(db) {
        let desk = Desk::new(db, "Shop");
        let source = desk.file("c.csv", "Name,Email\nCy,cy at example.com\n");
        let failed = desk.failed(&desk.import(&source, None), &source, None);
        let mended = desk.file("mended.csv", failed.replace("cy at", "cy@").replace("@ ", "@"));
        assert_eq!(counts(&desk.import(&mended, None)), [1, 0, 0, 0]);
        assert_eq!(desk.by_email("cy@example.com").name, "Cy");
    }

    fn the_same_file_twice_changes_nothing(db) {
        let desk = Desk::new(db, "Shop");
        let source = desk.file("c.csv", FILE);
        desk.import(&source, None);
        let before = desk.dump();
        assert_eq!(counts(&desk.import(&source, None)), [0, 0, 2, 1]);
        assert_eq!(desk.dump(), before);
    }

    fn a_changed_cell_changes_that_field_alone_and_a_blank_one_nothing(db) {
        let desk = Desk::new(db, "Shop");
        desk.import(&desk.file("c.csv", FILE), None);
        let before = desk.by_number("7001");
        let second = desk.file("d.csv", "Customer Number,Email,Company,City\n7001,,Acme Ltd,\n");
        assert_eq!(counts(&desk.import(&second, None)), [0, 1, 0, 0]);
        let after = desk.by_number("7001");
        assert_eq!(after.company, "Acme Ltd");
        let same = Customer { company: before.company.clone(), version: before.version, updated_at: before.updated_at, ..after };
        assert_eq!(same, before);
    }

    fn two_rows_of_one_customer_are_one_customer(db) {
        let desk = Desk::new(db, "Shop");
        let source = desk.file("c.csv", "Name,Email,Phone\nAna,ana@example.es,\nAna,ANA@example.es,+34 612345678\nAna,ana@example.es,\n");
        assert_eq!(counts(&desk.import(&source, None)), [1, 1, 1, 0]);
        assert_eq!(desk.lines("customer").len(), 1);
        assert_eq!(desk.by_email("ana@example.es").phone, "+34 612345678");
    }

    fn people_without_any_key_come_once(db) {
        let desk = Desk::new(db, "Shop");
        let source = desk.file("c.csv", "Full,Town\nAna Ruiz,Madrid\nAna Ruiz,Sevilla\nAna Ruiz,Madrid\n");
        let map = Some("Name=Full; City=Town");
        assert_eq!(counts(&desk.import(&source, map)), [2, 0, 1, 0]);
        assert_eq!(counts(&desk.import(&source, map)), [0, 0, 3, 0]);
    }

    fn a_row_of_a_deleted_customer_is_told_and_not_taken(db) {
        let desk = Desk::new(db, "Shop");
        let source = desk.file("c.csv", FILE);
        desk.import(&source, None);
        let ana = desk.by_number("7001").id;
        desk.write(move |tx, ctx| customers::delete(tx, ctx, &ana));
        let done = desk.import(&source, None);
        assert_eq!(counts(&done), [0, 0, 1, 2]);
        assert!(desk.failed(&done, &source, None).contains("Restore the customer first"));
    }

    fn a_moment_of_stripe_is_utc_and_a_zip_of_shopify_loses_its_apostrophe(db) {
        let desk = Desk::new(db, "Shop");
        let stripe = "id,Description,Email,Name,Created (UTC),Delinquent,Plan,Status\ncus_1,,s@example.com,Sam,2026-05-31 23:30,false,,\n";
        assert_eq!(counts(&desk.import(&desk.file("s.csv", stripe), None)), [1, 0, 0, 0]);
        assert_eq!(desk.by_email("s@example.com").created_at, 1_780_270_200_000_000, "in London it is summer");
        let shopify = "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Zip,Default Address Country Code,Phone,Total Spent,Total Orders\n\
            '99,Ann,Doe,a@example.com,no,'01234,US,,0,0\n";
        assert_eq!(counts(&desk.import(&desk.file("y.csv", shopify), None)), [1, 0, 0, 0]);
        assert_eq!(desk.by_email("a@example.com").billing.zip, "01234");
    }

    fn a_failure_names_the_row_that_a_person_counts_in_a_workbook_too(db) {
        let desk = Desk::new(db, "Shop");
        let rows = [row(1, &["Name", "Email"]), row(2, &["Ann", "ann@example.com"]), row(5, &["Bob", "no mail"])].concat();
        let source = desk.file("b.xlsx", book(&[rows]));
        let done = desk.import(&source, None);
        assert_eq!(counts(&done), [1, 0, 0, 1]);
        let failures = crate::imports::first_failures(&desk.db, &desk.ctx, &done.import, 9).unwrap();
        assert_eq!(failures[0].0, 4, "the fifth row of the sheet");
    }

    fn what_has_no_place_here_is_left_out_where_everybody_sees_it(db) {
        let desk = Desk::new(db, "Shop");
        let source = desk.file("d.csv", "Name,Email,Delivery Name,Delivery Address,Delivery City,Delivery Phone\nAna,ana@example.es,Rita,Calle 2,Sevilla,1234\n");
        let plan = desk.plan(&source, Some("regulars")).unwrap();
        assert_eq!(plan.layout.unknown, [2, 5]);
        assert!(desk.plan(&source, Some("Name=Name; Delivery name=Delivery Name")).is_err());
    }

    fn not_active_means_archived(db) {
        let desk = Desk::new(db, "Shop");
        let header = "Customer ID;Active (0/1);Email *;Password *;Last Name *;First Name *;Newsletter (0/1);Groups (x,y,z...)\n";
        let source = desk.file("p.csv", format!("{header}5;0;m@example.com;secret;Banning;Maggie;1;Customer,Carribean\n"));
        assert_eq!(counts(&desk.import(&source, None)), [1, 0, 0, 0]);
        let maggie = desk.read(|tx, ctx| {
            let id = customers::find_by_external_id(tx, ctx, "prestashop", "5")?.unwrap();
            customers::get(tx, ctx, &id)
        });
        assert!(maggie.archived_at.is_some() && maggie.marketing);
        assert_eq!((maggie.group.unwrap().name.as_str(), maggie.tags[0].name.as_str()), ("Customer", "Carribean"));
        assert!(!desk.dump().contains("secret"));
        let active = desk.file("q.csv", format!("{header}5;1;m@example.com;secret;Banning;Maggie;1;\n"));
        assert_eq!(counts(&desk.import(&active, None)), [0, 1, 0, 0]);
        assert!(desk.by_email("m@example.com").archived_at.is_none());
    }

    fn what_an_export_writes_an_import_reads_and_changes_nothing(db) {
        let desk = Desk::new(db, "Shop");
        for (n, text) in NASTY.iter().enumerate() {
            let (text, number) = ((*text).to_owned(), format!("N{n}"));
            desk.write(move |tx, ctx| {
                let new = NewCustomer {
                    name: if n % 3 == 0 { String::new() } else { text.clone() },
                    first_name: if n % 3 == 0 { text.clone() } else { String::new() },
                    last_name: if n % 6 == 0 { text.clone() } else { String::new() },
                    email: if n % 2 == 0 { format!("n{n}@example.com") } else { String::new() },
                    company: text.clone(),
                    tax_id: text.clone(),
                    phone: if n % 5 == 0 { "+34 612 345 678".into() } else { String::new() },
                    emails: if n % 2 == 0 { vec![format!("more{n}@example.com"), format!("third{n}@example.com")] } else { Vec::new() },
                    phones: if n % 5 < 2 { vec!["+34 699 111 222".into(), "01 71 22 23 33".into()] } else { Vec::new() },
                    billing: crate::kit::Address { line1: if n % 9 == 4 { String::new() } else { text.clone() }, line2: if n % 4 == 0 || n % 9 == 4 { text.clone() } else { String::new() }, city: text.clone(), country: "FR".into(), ..Default::default() },
                    delivery: match n % 7 {
                        0 => Some(crate::kit::Address { line1: text.clone(), ..Default::default() }),
                        3 => Some(crate::kit::Address { line2: text.clone(), city: "Lyon".into(), ..Default::default() }),
                        _ => None,
                    },
                    metadata: [("key".to_owned(), text.clone())].into(),
                    number: Some(number.clone()),
                    active: n % 8 != 1,
                    ..NewCustomer::default()
                };
                customers::create(tx, ctx, new, Rules::Import).map(|_| ())
            });
        }
        let before = desk.dump();
        let extras = export::Extra::parse_all("customer number,first name,last name,further emails,further phones,active,language,delivery address,tags,metadata.key".split(',')).unwrap();
        for (extras, format) in [&[][..], &extras].into_iter().flat_map(|e| [Format::Csv, Format::Xlsx, Format::Jsonl].map(|f| (e, f))) {
            let mut out = Vec::new();
            let ctx = desk.ctx.clone();
            let done = desk.db.spool(|tx| export::write(tx, &ctx, Selection::All, extras, format, &mut out)).unwrap();
            assert_eq!(done.rows as usize, NASTY.len());
            let back = desk.import(&desk.file("back.csv", &out), None);
            assert_eq!(counts(&back), [0, 0, NASTY.len() as i64, 0], "{format:?} {}\n{}", String::from_utf8_lossy(&out), desk.failed(&back, &desk.file("back.csv", &out), None));
            assert_eq!(desk.dump(), before);
        }
    }

    fn a_second_street_line_and_further_addresses_arrive_elsewhere_as_they_were(db) {
        let (one, two) = (Desk::new(db, "One"), Desk::new(db, "Two"));
        one.write(|tx, ctx| {
            let new = NewCustomer {
                name: "Ana Ruiz".into(),
                email: "ana@example.es".into(),
                emails: vec!["second@example.es".into()],
                phone: "+34 612 345 678".into(),
                phones: vec!["+34 699 111 222".into()],
                billing: crate::kit::Address { line2: "Unit 5".into(), city: "Madrid".into(), country: "ES".into(), ..Default::default() },
                delivery: Some(crate::kit::Address { line2: "Dock 3".into(), country: "ES".into(), ..Default::default() }),
                ..NewCustomer::default()
            };
            customers::create(tx, ctx, new, Rules::Normal).map(|_| ())
        });
        let extras = export::Extra::parse_all(["further emails", "further phones", "delivery address", "delivery country"]).unwrap();
        for (n, format) in [Format::Csv, Format::Xlsx, Format::Jsonl].into_iter().enumerate() {
            let mut out = Vec::new();
            let ctx = one.ctx.clone();
            one.db.spool(|tx| export::write(tx, &ctx, Selection::All, &extras, format, &mut out)).unwrap();
            assert_eq!(counts(&two.import(&two.file("theirs", &out), None)), if n == 0 { [1, 0, 0, 0] } else { [0, 0, 1, 0] }, "{format:?}");
            let ana = two.by_email("ana@example.es");
            assert_eq!((ana.billing.line1.as_str(), ana.billing.line2.as_str()), ("", "Unit 5"), "{format:?}");
            assert_eq!((ana.delivery.line1.as_str(), ana.delivery.line2.as_str()), ("", "Dock 3"), "{format:?}");
            assert_eq!((ana.emails[0].value.as_str(), ana.phones[0].value.as_str()), ("second@example.es", "+34 699 111 222"), "{format:?}");
        }
    }

    fn of_two_with_one_address_neither_is_written_over_the_other(db) {
        let desk = Desk::new(db, "Shop");
        for (name, company) in [("First Twin", "A"), ("Second Twin", "B")] {
            desk.write(move |tx, ctx| {
                let new = NewCustomer { name: name.into(), email: "twin@x.example".into(), company: company.into(), ..NewCustomer::default() };
                customers::create(tx, ctx, new, Rules::Normal).map(|_| ())
            });
        }
        let before = desk.dump();
        let file = |text: &str| desk.file("twins.csv", format!("Name,Email,Company\n{text}"));
        assert_eq!(counts(&desk.import(&file("Second Twin,twin@x.example,B\nFirst Twin,twin@x.example,A\n"), None)), [0, 0, 2, 0]);
        assert_eq!(counts(&desk.import(&file("Somebody,twin@x.example,C\n"), None)), [0, 0, 0, 1]);
        assert_eq!(desk.dump(), before);
        assert_eq!(counts(&desk.import(&file("Second Twin,twin@x.example,C\n"), None)), [0, 1, 0, 0]);
        desk.verified();
    }

    fn a_live_subscription_keeps_its_customer_from_being_archived_by_a_file(db) {
        let desk = Desk::new(db, "Shop");
        desk.import(&desk.file("a.csv", "Email,Company,Active\nana@example.es,Acme,yes\n"), None);
        let ana = desk.by_email("ana@example.es").id;
        let shop = desk.shop.clone();
        desk.write(move |tx, ctx| {
            let sql = store::Stmt::built(
                "INSERT INTO subscriptions (merchant_id, id, customer_id, shop_id, name, status, live, currency, amount, cycle_unit, cycle_count, provider,
                 started_at, created_at, updated_at) VALUES ($1, 'sub_1', $2, $3, 'Club', 'active', TRUE, 'GBP', 100, 'month', 1, 'manual', $4, $4, $4)".into());
            tx.exec(&sql, &[&ctx.merchant, &ana, &shop, &ctx.now])?;
            crate::customers::facts::refresh(tx, ctx, std::slice::from_ref(&ana), "test")
        });
        let done = desk.import(&desk.file("b.csv", "Email,Company,Active\nana@example.es,Beta,no\n"), None);
        assert_eq!(counts(&done), [0, 0, 0, 1]);
        let ana = desk.by_email("ana@example.es");
        assert!(ana.archived_at.is_none());
        assert_eq!(ana.company, "Acme", "a row that is not taken is not taken in part");
    }

    fn a_stranger_to_the_merchant_is_nobody(db) {
        let (one, two) = (Desk::new(db, "One"), Desk::new(db, "Two"));
        one.import(&one.file("c.csv", FILE), None);
        assert_eq!(counts(&two.import(&two.file("c.csv", FILE), None)), [2, 0, 0, 1]);
        assert_eq!(one.lines("customer").len(), 2);
        let ctx = Ctx { actor: std::sync::Arc::new(Actor { rights: crate::kit::Rights::all().without(crate::kit::Right::Import), ..(*one.ctx.actor).clone() }), ..one.ctx.clone() };
        let (source, request) = (one.file("d.csv", "Email\na@b.c\n"), one.request(None));
        let plan = crate::imports::plan(&source, &request).unwrap();
        let refused = crate::imports::run(&one.db, &ctx, &FixedClock(NOW), &one.wall, (&source, &plan, &request), &mut |_| Flow::Go);
        assert!(matches!(refused, Err(ImportError::Domain(crate::Error::Forbidden(_)))), "{refused:?}");
    }

    fn an_edit_of_the_staff_is_not_undone_by_a_file_that_says_what_it_said(db) {
        let desk = Desk::new(db, "Shop");
        let source = desk.file("c.csv", FILE);
        desk.import(&source, None);
        let ana = desk.by_number("7001").id;
        desk.write(move |tx, ctx| customers::edit(tx, ctx, &ana, CustomerEdit { tags: Some(vec!["vip".into(), "early".into(), "kept".into()]), ..CustomerEdit::default() }).map(|_| ()));
        assert_eq!(counts(&desk.import(&source, None)), [0, 0, 2, 1]);
        assert_eq!(desk.by_number("7001").tags.len(), 3);
    }
}

/// Texts that break naive readers, writers and spreadsheets.
const NASTY: &[&str] = &[
    "=1+1",
    "'=1+1",
    "'t Hooft",
    "-12.50",
    "+31 6",
    "@SUM(A1)",
    "a,b;c\td|e",
    "say \"hi\"",
    "two\nlines",
    "dos\r\nlines",
    "日本語",
    "ñandú",
    "a\u{200b}b",
    "\u{1f600}",
    "'",
    "\"\"",
    "NULL",
    "0x1F",
    "1e5",
    "007",
    "a'b",
    "{}",
    "Ω≈ç√",
    "a\u{301}",
    "\u{feff}x",
    "１２３",
    "'''",
    "==",
    "tail=",
    "x;y",
    "=\"a\"&\"b\"",
    "#REF!",
];
