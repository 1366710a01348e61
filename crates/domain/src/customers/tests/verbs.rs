//! Creating, editing, noting, tagging.

use super::*;
use crate::customers::status::Status;
use crate::customers::{self, ExternalId, notes};
use crate::events;
use crate::kit::{Address, Right};

store::db_test! {
    crate::migrations();

    fn every_statement_of_the_room_is_understood(db) {
        let built = customers::list::queries::built().into_iter().chain(customers::bulk::queries::built());
        let all = customers::queries::ALL.iter().chain(customers::list::queries::ALL).chain(customers::bulk::queries::ALL).copied().chain(built);
        for statement in all {
            db.prepare(statement).unwrap_or_else(|e| panic!("{statement:?}: {e}"));
        }
        db.prepare(crate::customers::queries::numbers()).unwrap();
    }

    fn an_email_address_is_all_that_is_needed(db) {
        let f = Fixture::new(db);
        let made = create(&f, NewCustomer { email: "ana@example.com".into(), ..NewCustomer::default() });
        let ana = get(&f, &made.id);
        assert_eq!((ana.number.as_str(), ana.display_name.as_str(), ana.status, ana.version), ("1001", "ana@example.com", Status::Prospect, 1));
        assert_eq!(ana.status_reason, "Prospect: has not paid for anything yet");
        let nothing = write(&f, &f.ctx, |tx, ctx| customers::create(tx, ctx, NewCustomer::default(), Rules::Normal));
        assert_eq!(fields(nothing), ["email"]);
        assert_eq!(create(&f, NewCustomer { email: "b@c".into(), ..NewCustomer::default() }).number, "1002");
    }

    fn everything_that_is_typed_comes_back(db) {
        let f = Fixture::new(db);
        let group = write(&f, &f.ctx, |tx, ctx| crate::labels::create::<crate::kit::GroupId>(tx, ctx, "Wholesale")).unwrap().id;
        let new = NewCustomer {
            name: "Ana Ruiz".into(), email: "Ana@Example.com".into(), emails: vec!["ana@work.example".into()], phone: "612 345 678".into(),
            phones: vec!["+34 911 111 111".into()], language: "es".into(), company: "Café Ruiz".into(), vat_number: "ESX1234567X".into(),
            billing: Address { line1: "Calle 1".into(), city: "Madrid".into(), country: "Spain".into(), ..Address::default() },
            delivery: Some(Address { line1: "Calle 2".into(), country: "PT".into(), ..Address::default() }),
            shop: Some(f.shop.clone()), group: Some(group), tags: vec!["VIP".into(), "vip".into(), "Coffee".into()], note: Some("Likes it dark".into()),
            marketing: true, metadata: [("size".to_owned(), "L".to_owned())].into(), number: Some("A-7".into()),
            external_ids: vec![ExternalId { system: "Stripe".into(), id: "cus_9".into() }], ..NewCustomer::default()
        };
        let id = create(&f, new).id;
        let ana = get(&f, &id);
        assert_eq!((ana.billing.country.as_str(), ana.delivery.country.as_str(), ana.delivery_same), ("ES", "PT", false));
        assert_eq!(ana.tags.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(), ["Coffee", "VIP"]);
        assert_eq!((ana.emails[0].value.as_str(), ana.phones[0].value.as_str(), ana.number.as_str()), ("ana@work.example", "+34 911 111 111", "A-7"));
        assert_eq!((ana.external_ids[0].system.as_str(), ana.metadata["size"].as_str()), ("stripe", "L"));
        assert_eq!((ana.group.unwrap().name.as_str(), ana.shops.len(), ana.marketing_at), ("Wholesale", 1, Some(f.ctx.now)));
        let notes = read(&f, &f.ctx, move |tx, ctx| notes::list(tx, ctx, &id)).unwrap();
        assert_eq!((notes[0].body.as_str(), notes[0].author_name.as_str()), ("Likes it dark", "Olivia"));
    }

    fn nobody_sees_or_changes_another_merchants_customer(db) {
        let f = Fixture::new(db);
        let (other, id) = (f.other(), with_email(&f, "ana@example.com"));
        let theirs = id.clone();
        assert!(matches!(read(&f, &other.ctx, move |tx, ctx| customers::get(tx, ctx, &theirs)), Err(Error::NotFound(_))));
        assert!(matches!(edit(&f, &other.ctx, &id, CustomerEdit { name: Some("X".into()), ..CustomerEdit::default() }), Err(Error::NotFound(_))));
        let theirs = id.clone();
        assert!(matches!(write(&f, &other.ctx, move |tx, ctx| customers::delete_permanently(tx, ctx, &theirs)), Err(Error::NotFound(_))));
        let shop = f.shop.clone();
        let foreign = NewCustomer { email: "x@y".into(), shop: Some(shop), ..NewCustomer::default() };
        assert_eq!(fields(write(&f, &other.ctx, move |tx, ctx| customers::create(tx, ctx, foreign.clone(), Rules::Normal))), ["shop"]);
        assert_eq!(read(&f, &other.ctx, |tx, ctx| customers::find_by_email(tx, ctx, "ana@example.com")).unwrap(), None);
        assert_eq!(get(&f, &id).name, "");
    }

    fn without_the_right_nothing_happens(db) {
        let f = Fixture::new(db);
        let id = with_email(&f, "ana@example.com");
        for (right, act) in [(Right::Write, 0), (Right::Delete, 1), (Right::Purge, 2), (Right::Read, 3)] {
            let id = id.clone();
            let result = write(&f, &f.without(right), move |tx, ctx| match act {
                0 => customers::archive(tx, ctx, &id, None),
                1 => customers::delete(tx, ctx, &id),
                2 => customers::delete_permanently(tx, ctx, &id),
                _ => customers::get(tx, ctx, &id).map(drop),
            });
            assert!(matches!(result, Err(Error::Forbidden(r)) if r == right), "{right}");
        }
        assert_eq!(get(&f, &id).status, Status::Prospect);
    }

    fn only_what_changed_is_told_and_nothing_is_no_change(db) {
        let f = Fixture::new(db);
        let id = with_email(&f, "ana@example.com");
        let same = edit(&f, &f.ctx, &id, CustomerEdit { email: Some(" ana@example.com ".into()), ..CustomerEdit::default() }).unwrap();
        assert_eq!(same.version, 1);
        let changed = edit(&f, &f.ctx, &id, CustomerEdit { first_name: Some("Ana".into()), tags: Some(vec!["VIP".into()]), ..CustomerEdit::default() }).unwrap();
        assert_eq!((changed.version, changed.display_name.as_str()), (2, "Ana"));
        let told = read(&f, &f.ctx, move |tx, ctx| events::timeline(tx, ctx, &id, "", None, 10)).unwrap();
        let edited = told.entries.iter().find(|e| e.kind == "customer.edited").unwrap();
        assert_eq!(edited.values.iter().map(|v| (v.field.as_str(), v.new.as_deref())).collect::<Vec<_>>(), [("first_name", Some("Ana")), ("tags", Some("VIP"))]);
        assert_eq!(told.entries.iter().filter(|e| e.kind == "customer.edited").count(), 1);
    }

    fn the_second_of_two_editors_sees_what_the_first_did(db) {
        let f = Fixture::new(db);
        let id = with_email(&f, "ana@example.com");
        let phone = |number: &str| CustomerEdit { expected_version: Some(1), phone: Some(number.into()), ..CustomerEdit::default() };
        edit(&f, &f.ctx, &id, phone("+34 611 111 111")).unwrap();
        let Err(Error::Stale(stale)) = edit(&f, &f.ctx, &id, phone("+34 622 222 222")) else { panic!("the first edit was lost") };
        assert_eq!((stale.version, stale.by.as_str(), stale.fields.len()), (2, "Olivia", 1));
        assert_eq!((stale.fields[0].theirs.as_str(), stale.fields[0].yours.as_str()), ("+34 611 111 111", "+34 622 222 222"));
        // Who changes something else, or the same to the same, takes nothing away.
        edit(&f, &f.ctx, &id, phone("+34 611 111 111")).unwrap();
        let other = CustomerEdit { expected_version: Some(1), company: Some("Acme".into()), ..CustomerEdit::default() };
        assert_eq!(edit(&f, &f.ctx, &id, other).unwrap().company, "Acme");
        assert_eq!(edit(&f, &f.ctx, &id, CustomerEdit { expected_version: Some(3), ..phone("+34 622 222 222") }).unwrap().phone, "+34 622 222 222");
        for never in [0, -1, 99] {
            let edited = edit(&f, &f.ctx, &id, CustomerEdit { expected_version: Some(never), ..phone("+34 633 333 333") });
            assert!(matches!(edited, Err(Error::Invalid(p)) if p.0[0].field == "expected_version"), "{never}");
        }
    }

    fn an_imported_customer_without_email_can_be_edited(db) {
        let f = Fixture::new(db);
        let new = NewCustomer { number: Some("17850".into()), billing: Address { country: "United Kingdom".into(), ..Address::default() }, ..NewCustomer::default() };
        let made = write(&f, &f.ctx, move |tx, ctx| customers::create(tx, ctx, new.clone(), Rules::Import)).unwrap();
        let edited = edit(&f, &f.ctx, &made.id, CustomerEdit { email: Some(String::new()), name: Some("Mr Brown".into()), ..CustomerEdit::default() }).unwrap();
        assert_eq!((edited.display_name.as_str(), edited.billing.country.as_str()), ("Mr Brown", "GB"));
        let taken = NewCustomer { email: "x@y".into(), number: Some("17850".into()), ..NewCustomer::default() };
        assert_eq!(fields(write(&f, &f.ctx, move |tx, ctx| customers::create(tx, ctx, taken.clone(), Rules::Normal))), ["number"]);
    }

    fn many_at_once_are_the_same_as_one_by_one(db) {
        let f = Fixture::new(db);
        with_email(&f, "first@example.com");
        let settings = read(&f, &f.ctx, crate::merchants::settings).unwrap();
        let ready: Vec<_> = (0..50).map(|i| {
            let number = (i == 3).then(|| "1004".to_owned());
            let new = NewCustomer { email: format!("c{i}@example.com"), phones: vec![format!("+34 6000000{i:02}")], tags: vec!["Bulk".into()], number, ..NewCustomer::default() };
            customers::ready(new, Rules::Import, &settings, f.ctx.now).unwrap()
        }).collect();
        let made = write(&f, &f.ctx, move |tx, ctx| customers::create_many(tx, ctx, &ready)).unwrap();
        let numbers: std::collections::BTreeSet<&str> = made.iter().map(|m| m.number.as_str()).collect();
        assert_eq!((made.len(), numbers.len(), made[3].number.as_str(), made[0].number.as_str(), made[4].number.as_str()), (50, 50, "1004", "1002", "1006"));
        let last = get(&f, &made[49].id);
        assert_eq!((last.tags[0].name.as_str(), last.phones.len(), last.status, last.currency.code()), ("Bulk", 1, Status::Prospect, "EUR"));
        let id = made[49].id.clone();
        let told = read(&f, &f.ctx, move |tx, ctx| events::timeline(tx, ctx, &id, "", None, 10)).unwrap();
        assert_eq!(told.entries.iter().map(|e| (e.kind.as_str(), e.version)).collect::<Vec<_>>(), [("customer.created", 1)]);
    }

    fn a_buyer_is_the_oldest_living_customer_with_the_address(db) {
        let f = Fixture::new(db);
        let first = with_email(&f, "ana@example.com");
        let second = create(&f, NewCustomer { email: "x@example.com".into(), emails: vec!["ANA@example.com".into()], created_at: Some(1), ..NewCustomer::default() });
        assert_eq!(second.likely_duplicates.iter().map(|d| (&d.id, d.reasons.as_slice())).collect::<Vec<_>>(), [(&first, ["email"].as_slice())]);
        let find = || read(&f, &f.ctx, |tx, ctx| customers::find_by_email(tx, ctx, "Ana@Example.com")).unwrap();
        assert_eq!(find(), Some(second.id.clone()));
        // Archived: what is new belongs to somebody who may have it (SPEC 10.2).
        let shelf = second.id.clone();
        write(&f, &f.ctx, { let shelf = shelf.clone(); move |tx, ctx| customers::archive(tx, ctx, &shelf, None) }).unwrap();
        assert_eq!(find(), Some(first.clone()));
        write(&f, &f.ctx, move |tx, ctx| customers::unarchive(tx, ctx, &shelf)).unwrap();
        assert_eq!(find(), Some(second.id.clone()));
        let gone = second.id.clone();
        write(&f, &f.ctx, move |tx, ctx| customers::delete(tx, ctx, &gone)).unwrap();
        assert_eq!(find(), Some(first.clone()));
        write(&f, &f.ctx, move |tx, ctx| customers::delete(tx, ctx, &first)).unwrap();
        assert_eq!(find(), None);
    }

    fn likely_duplicates_share_an_address_a_phone_or_name_and_zip(db) {
        let f = Fixture::new(db);
        let person = |name: &str, email: &str, phone: &str, zip: &str| NewCustomer {
            name: name.into(), email: email.into(), phone: phone.into(), billing: Address { zip: zip.into(), ..Address::default() }, ..NewCustomer::default()
        };
        let ana = create(&f, person("Ana Ruíz", "ana@example.com", "+34 612 345 678", "28001")).id;
        create(&f, person("Ana Ruiz", "other@example.com", "", "08001"));
        let indexes = customers::list::Indexes::new();
        let like = |email: &str, phone: &str, name: &str, zip: &str| {
            let like = customers::Like { email: email.into(), phone: phone.into(), name: name.into(), zip: zip.into(), ..customers::Like::default() };
            let indexes = indexes.clone();
            let found = read(&f, &f.ctx, move |tx, ctx| {
                let named = customers::list::named_like(tx, ctx, &indexes, &like.name)?;
                customers::likely_duplicates(tx, ctx, &like, &named)
            });
            found.unwrap().into_iter().map(|d| (d.id, d.reasons)).collect::<Vec<_>>()
        };
        assert_eq!(like("ANA@example.com", "0034612345678", "", ""), [(ana.clone(), vec!["email", "phone"])]);
        assert_eq!(like("", "", "ana ruiz", "28001"), [(ana.clone(), vec!["name"])]);
        assert_eq!(like("", "", "ana ruiz", "99999"), [], "who lives apart is a namesake");
        assert_eq!(like("", "", "Ruiz Ana", "28001").len(), 1, "first and last name in any order");
        assert_eq!(like("new@example.com", "", "Ana Ruiz", "").len(), 2, "nothing says that it is another");
        assert_eq!(like("", "", "Ana", ""), [], "a part of a name is none");
        let written = person("Ruiz, Ana", "third@example.com", "", "");
        let told = write(&f, &f.ctx, { let (new, named) = (written, [ana.clone()]); move |tx, ctx| customers::create_beside(tx, ctx, new.clone(), &named) }).unwrap();
        assert_eq!(told.likely_duplicates.iter().map(|d| (&d.id, d.reasons[0])).collect::<Vec<_>>(), [(&ana, "name")]);
        assert_eq!(like("nobody@example.com", "", "", ""), []);
    }

    fn notes_are_pinned_first_and_their_words_are_told(db) {
        let f = Fixture::new(db);
        let id = with_email(&f, "ana@example.com");
        let (a, b) = (id.clone(), id.clone());
        let first = write(&f, &f.ctx, move |tx, ctx| notes::add(tx, ctx, &a, "First")).unwrap();
        write(&f, &f.ctx.at(f.ctx.now + 1), move |tx, ctx| notes::add(tx, ctx, &b, "Second")).unwrap();
        let (c, note) = (id.clone(), first.id.clone());
        write(&f, &f.ctx, move |tx, ctx| {
            notes::edit(tx, ctx, &c, &note, "First, changed", Some("First"))?;
            notes::pin(tx, ctx, &c, &note, true)
        }).unwrap();
        let d = id.clone();
        let bodies: Vec<String> = read(&f, &f.ctx, move |tx, ctx| notes::list(tx, ctx, &d)).unwrap().into_iter().map(|n| n.body).collect();
        assert_eq!(bodies, ["First, changed", "Second"]);
        let (e, note) = (id.clone(), first.id.clone());
        write(&f, &f.ctx, move |tx, ctx| notes::delete(tx, ctx, &e, &note)).unwrap();
        let (g, note) = (id.clone(), first.id);
        assert!(matches!(write(&f, &f.ctx, move |tx, ctx| notes::delete(tx, ctx, &g, &note)), Err(Error::NotFound("note"))));
        assert_eq!(fields(write(&f, &f.ctx, move |tx, ctx| notes::add(tx, ctx, &id, "  "))), ["body"]);
    }

    fn tags_and_group_are_put_on_and_taken_off(db) {
        let f = Fixture::new(db);
        let id = with_email(&f, "ana@example.com");
        let a = id.clone();
        write(&f, &f.ctx, move |tx, ctx| {
            customers::add_tags(tx, ctx, &a, &["VIP".into(), "Coffee".into()])?;
            customers::add_tags(tx, ctx, &a, &["vip".into()])?;
            customers::remove_tags(tx, ctx, &a, &["COFFEE".into(), "unknown".into()])
        }).unwrap();
        let ana = get(&f, &id);
        assert_eq!((ana.tags.len(), ana.tags[0].name.as_str(), ana.version), (1, "VIP", 3));
        let b = id.clone();
        let unknown = write(&f, &f.ctx, move |tx, ctx| customers::set_group(tx, ctx, &b, Some(&ctx.id())));
        assert_eq!(fields(unknown), ["group"]);
    }
}
