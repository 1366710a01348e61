//! One merge, looked at from all sides.

use crate::customers::merge::{self, Choices, Field};
use crate::customers::{self, CustomerEdit, ExternalId, Status, notes};
use crate::events;
use crate::kit::{CustomerId, DAY};
use crate::orders::desk::{Desk, by_card, card, refusal};

/// Ana came twice: `ana@…` with one order, `ana.work@…` with two, a card, tags, a note, an id elsewhere.
fn twice(desk: &Desk) -> (CustomerId, CustomerId) {
    let (stays, gone) = (desk.customer("ana@example.com"), desk.customer("ana.work@example.com"));
    desk.check_out(&crate::orders::Checkout { payments: vec![by_card("ch_1", 1000, "card-1")], ..desk.basket("A-1", "ana@example.com") })
        .unwrap();
    desk.check_out(&crate::orders::Checkout {
        payments: vec![by_card("ch_2", 1000, "card-2")],
        ..desk.basket("A-2", "ana.work@example.com")
    })
    .unwrap();
    desk.check_out(&desk.basket("A-3", "ana.work@example.com")).unwrap();
    let edit = |tags: &[&str], phone: &str| CustomerEdit {
        tags: Some(tags.iter().map(|t| (*t).to_owned()).collect()),
        phone: Some(phone.to_owned()),
        ..CustomerEdit::default()
    };
    let (first, second) = (
        edit(&["vip"], ""),
        CustomerEdit {
            external_ids: Some(vec![ExternalId { system: "shopify".into(), id: "77".into() }]),
            company: Some("Ruiz SL".into()),
            metadata: Some([("colour".to_owned(), "red".to_owned())].into()),
            ..edit(&["vip", "press"], "+33 6 12 34 56 78")
        },
    );
    let (a, b) = (stays.clone(), gone.clone());
    desk.write(move |tx, ctx| {
        customers::edit(tx, ctx, &a, first.clone())?;
        customers::edit(tx, ctx, &b, second.clone())?;
        notes::add(tx, ctx, &b, "Likes it dark.").map(drop)
    })
    .unwrap();
    (stays, gone)
}

store::db_test! {
    crate::migrations();

    fn everything_is_the_survivors_and_the_other_is_nowhere(db) {
        let desk = Desk::new(db);
        let (stays, gone) = twice(&desk);
        let done = desk.merge(&[&gone], &stays).unwrap().remove(0);
        assert_eq!((done.moved["orders"], done.moved["payments"], done.moved["notes"], done.moved["tags"]), (2, 1, 1, 1), "{:?}", done.moved);
        let ana = desk.get(&stays);
        assert_eq!((ana.order_count, ana.payment_count, ana.lifetime), (3, 2, 2000));
        assert_eq!(ana.tags.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(), ["press", "vip"]);
        assert_eq!((ana.company.as_str(), ana.phone.as_str(), ana.email.as_str()), ("Ruiz SL", "+33 6 12 34 56 78", "ana@example.com"));
        assert_eq!(ana.emails.iter().map(|e| e.value.as_str()).collect::<Vec<_>>(), ["ana.work@example.com"]);
        assert_eq!(ana.metadata["colour"], "red");
        // The old id, number, address and id elsewhere lead to her.
        assert_eq!(desk.get(&gone).id, stays);
        let (number, g) = (done.gone_number.clone(), gone.clone());
        let found = desk.read(move |tx, ctx| Ok([
            customers::find_by_number(tx, ctx, &number)?,
            customers::find_by_external_id(tx, ctx, "shopify", "77")?,
            customers::find_by_email(tx, ctx, "ANA.work@example.com")?,
            Some(customers::survivor(tx, ctx, &g)?),
        ])).unwrap();
        assert!(found.iter().all(|id| id.as_ref() == Some(&stays)), "{found:?}");
        let old = desk.read({ let gone = gone.clone(); move |tx, ctx| crate::customers::get::load(tx, ctx, &gone) }).unwrap();
        assert_eq!((old.status, old.order_count, old.lifetime, old.tags.len()), (Status::Deleted, 0, 0, 0));
        // A late checkout for the old id, and one with the old address, are hers.
        let late = desk.check_out(&crate::orders::Checkout { buyer: crate::orders::Buyer { customer: Some(gone.clone()), ..desk.basket("A-4", "").buyer }, ..desk.basket("A-4", "") }).unwrap();
        assert_eq!(late.customer.as_ref(), Some(&stays));
        assert_eq!(desk.check_out(&desk.basket("A-5", "ana.work@example.com")).unwrap().customer.as_ref(), Some(&stays));
        desk.verified();
    }

    fn the_timeline_tells_both_lives_by_time_and_pages(db) {
        let desk = Desk::new(db);
        let (stays, gone) = (desk.customer("a@example.com"), desk.customer("b@example.com"));
        for day in 1..=6 {
            desk.days(day).pay(if day % 2 == 0 { &stays } else { &gone }, 100 * day);
        }
        desk.days(7).merge(&[&gone], &stays).unwrap();
        let id = stays.clone();
        let whole = desk.read(move |tx, ctx| events::timeline(tx, ctx, &id, "", None, 100)).unwrap();
        assert!(whole.next.is_none());
        assert!(whole.entries.windows(2).all(|w| w[0].at >= w[1].at));
        assert_eq!(whole.entries.iter().filter(|e| e.kind == "payment.settled" || e.subject_kind == "payment").count(), 6);
        let (mut paged, mut after) = (Vec::new(), None);
        loop {
            let (id, from) = (stays.clone(), after.clone());
            let page = desk.read(move |tx, ctx| events::timeline(tx, ctx, &id, "", from.as_ref(), 3)).unwrap();
            paged.extend(page.entries);
            match page.next {
                // As text and back, as pages and programs carry it.
                Some(next) => after = Some(next.to_string().parse().unwrap()),
                None => break,
            }
        }
        assert_eq!(paged.iter().map(|e| &e.id).collect::<Vec<_>>(), whole.entries.iter().map(|e| &e.id).collect::<Vec<_>>());
    }

    fn a_chosen_value_wins_and_the_other_address_stays_a_further_one(db) {
        let desk = Desk::new(db);
        let (stays, gone) = twice(&desk);
        let choices = Choices::from([(Field::Email, gone.clone()), (Field::Company, stays.clone())]);
        desk.merge_with(&[&gone], &stays, choices).unwrap();
        let ana = desk.get(&stays);
        assert_eq!((ana.email.as_str(), ana.company.as_str()), ("ana.work@example.com", ""));
        assert_eq!(ana.emails.iter().map(|e| e.value.as_str()).collect::<Vec<_>>(), ["ana@example.com"]);
        desk.verified();
        let other = desk.customer("c@example.com");
        let wrong = Choices::from([(Field::Email, gone.clone())]);
        assert_eq!(refusal(desk.merge_with(&[&other], &stays, wrong)), "choices.email:unknown");
    }

    fn several_go_in_one_step_or_none(db) {
        let desk = Desk::new(db);
        let ids: Vec<CustomerId> = (0..4).map(|n| desk.customer(&format!("c{n}@example.com"))).collect();
        ids.iter().for_each(|id| drop(desk.pay(id, 500)));
        let missing: CustomerId = desk.ctx.id();
        assert_eq!(refusal(desk.merge(&[&ids[1], &missing], &ids[0])), "no customer");
        assert_eq!(desk.get(&ids[1]).id, ids[1]);
        let done = desk.merge(&[&ids[1], &ids[2], &ids[3]], &ids[0]).unwrap();
        assert_eq!((done.len(), desk.get(&ids[0]).lifetime), (3, 2000));
        assert_eq!(desk.get(&ids[0]).emails.len(), 3);
        // Undone from the last to the first.
        assert_eq!(refusal(desk.undo_merge(&done[0].id)), "merged_since");
        done.iter().rev().for_each(|m| drop(desk.undo_merge(&m.id).unwrap()));
        assert!(ids.iter().all(|id| desk.get(id).lifetime == 500));
        desk.verified();
    }

    fn the_survivor_keeps_its_default_card(db) {
        let desk = Desk::new(db);
        let (stays, gone) = (desk.customer("a@example.com"), desk.customer("b@example.com"));
        desk.charge(&gone, card("older"), None);
        desk.days(1).charge(&stays, card("newer"), None);
        let default = desk.get(&stays).default_method.unwrap().id;
        let done = desk.days(2).merge(&[&gone], &stays).unwrap().remove(0);
        let ana = desk.get(&stays);
        assert_eq!(ana.default_method.unwrap().id, default);
        assert_ne!(ana.oldest_method.unwrap().id, default);
        desk.days(2).verified();
        desk.days(3).undo_merge(&done.id).unwrap();
        assert_ne!(desk.get(&gone).default_method.unwrap().id, default);
    }

    fn what_was_made_since_stays_but_what_belongs_to_a_moved_order_goes_back(db) {
        let desk = Desk::new(db);
        let (stays, gone) = twice(&desk);
        let open = desk.read({ let gone = gone.clone(); move |tx, ctx| crate::customers::links(tx, ctx, &gone) }).unwrap();
        let order: crate::kit::OrderId = open.iter().rev().find(|l| l.kind == "order").unwrap().id.parse().unwrap();
        let done = desk.merge(&[&gone], &stays).unwrap().remove(0);
        let later = desk.days(3);
        let paid = later.payment(Some(&stays), 1000);
        later.put(crate::payments::PaymentInput { order: Some(order), ..paid }).unwrap();
        later.pay(&stays, 700);
        later.undo_merge(&done.id).unwrap();
        assert_eq!((desk.get(&stays).lifetime, desk.get(&gone).lifetime), (1700, 2000));
        later.verified();
    }

    fn an_edit_since_is_newer_than_the_merge_and_stays(db) {
        let desk = Desk::new(db);
        let (stays, gone) = twice(&desk);
        let done = desk.merge(&[&gone], &stays).unwrap().remove(0);
        let id = stays.clone();
        let edit = CustomerEdit { company: Some("Ruiz y Cía".into()), ..CustomerEdit::default() };
        desk.write(move |tx, ctx| customers::edit(tx, ctx, &id, edit.clone())).unwrap();
        desk.undo_merge(&done.id).unwrap();
        let (ana, other) = (desk.get(&stays), desk.get(&gone));
        assert_eq!((ana.company.as_str(), ana.phone.as_str(), ana.emails.len()), ("Ruiz y Cía", "", 0));
        assert_eq!((other.company.as_str(), other.tags.len(), other.external_ids.len()), ("Ruiz SL", 2, 1));
        assert!(desk.read(move |tx, ctx| merge::standing(tx, ctx, &stays)).unwrap().is_empty());
        desk.verified();
    }

    fn a_picture_comes_along_where_there_was_none_and_what_was_taken_off_comes_back(db) {
        let desk = Desk::new(db);
        let (stays, gone) = twice(&desk);
        let picture = customers::Picture { content_type: "image/png", bytes: vec![1, 2, 3] };
        let id = gone.clone();
        let theirs = desk.write(move |tx, ctx| customers::set_avatar(tx, ctx, &id, &picture)).unwrap();
        let done = desk.merge(&[&gone], &stays).unwrap().remove(0);
        let (id, shown) = (stays.clone(), desk.get(&stays).avatar.unwrap());
        assert_eq!(desk.read(move |tx, ctx| customers::avatar(tx, ctx, &id, &shown)).unwrap().1, [1, 2, 3]);
        // Somebody takes the id in the other system off, and a tag, and writes the addresses anew.
        let id = stays.clone();
        let edit = CustomerEdit { external_ids: Some(Vec::new()), tags: Some(vec!["vip".into()]), emails: Some(vec!["ana.work@example.com".into(), "third@example.com".into()]), ..CustomerEdit::default() };
        desk.write(move |tx, ctx| customers::edit(tx, ctx, &id, edit.clone())).unwrap();
        desk.undo_merge(&done.id).unwrap();
        let (ana, other) = (desk.get(&stays), desk.get(&gone));
        assert_eq!((ana.avatar, other.avatar), (None, Some(theirs)));
        assert_eq!(ana.emails.iter().map(|e| e.value.as_str()).collect::<Vec<_>>(), ["third@example.com"]);
        assert_eq!((other.external_ids.len(), other.tags.len(), ana.tags.len()), (1, 2, 1));
        desk.verified();
    }

    fn deleted_for_good_takes_its_sources_and_undo_copies_along(db) {
        let desk = Desk::new(db);
        let (stays, gone) = (desk.customer("a@example.com"), desk.customer("b@example.com"));
        desk.merge(&[&gone], &stays).unwrap();
        let (a, b) = (stays.clone(), gone.clone());
        assert_eq!(refusal(desk.write(move |tx, ctx| customers::delete_permanently(tx, ctx, &b))), "customer_merged");
        desk.write(move |tx, ctx| customers::delete_permanently(tx, ctx, &a)).unwrap();
        let left = desk.read(|tx, _| {
            let all = store::Stmt::built("SELECT (SELECT COUNT(*) FROM customers) + (SELECT COUNT(*) FROM merges) + (SELECT COUNT(*) FROM merge_moves)".to_owned());
            Ok(tx.scalar::<i64>(&all, &[])?)
        }).unwrap();
        assert_eq!(left, 0);
    }

    fn after_the_term_the_copies_go_and_a_merge_is_final(db) {
        let desk = Desk::new(db);
        let (stays, gone) = twice(&desk);
        let done = desk.merge(&[&gone], &stays).unwrap().remove(0);
        assert_eq!(done.undo_until, Some(desk.now() + 30 * DAY));
        let last = desk.at(desk.now() + 30 * DAY);
        assert!(!last.write(merge::forget).unwrap(), "on the last moment it stands");
        let over = desk.at(last.now() + 1);
        while over.write(merge::forget).unwrap() {}
        let left = desk.read(|tx, _| {
            let all = store::Stmt::built("SELECT (SELECT COUNT(*) FROM merge_copies) + (SELECT COUNT(*) FROM merge_moves)".to_owned());
            Ok(tx.scalar::<i64>(&all, &[])?)
        }).unwrap();
        assert_eq!(left, 0);
        assert_eq!(refusal(over.undo_merge(&done.id)), "undo_expired");
        assert_eq!(desk.get(&gone).id, stays);
    }

    fn with_a_term_of_nought_a_merge_is_final_at_once(db) {
        let desk = Desk::new(db);
        let (stays, gone) = twice(&desk);
        assert_eq!(refusal(desk.write(|tx, ctx| merge::set_undo_days(tx, ctx, 366))), "merge_undo_days:invalid");
        desk.write(|tx, ctx| merge::set_undo_days(tx, ctx, 0)).unwrap();
        let done = desk.merge(&[&gone], &stays).unwrap().remove(0);
        assert_eq!(done.undo_until, None);
        assert_eq!(refusal(desk.undo_merge(&done.id)), "undo_expired");
        desk.verified();
    }
}
