//! Drafts and signatures: each of one person.

use super::*;
use crate::kit::{Ctx, MailDraftId, Right, Rights, Role};
use crate::orders::desk::refusal;

fn typed(subject: &str, body: &str) -> Draft {
    Draft { to: "ana@example.com".into(), subject: subject.into(), body: body.into(), ..Draft::default() }
}

fn save(desk: &Desk, begun: Begun, draft: Draft) -> Result<MailDraftId> {
    desk.write(move |tx, ctx| save_draft(tx, ctx, &begun, &draft))
}

fn all(desk: &Desk) -> Vec<KeptDraft> {
    desk.read(|tx, ctx| drafts(tx, ctx, &PageKey::newest(), 100)).unwrap()
}

fn staff(desk: &Desk) -> Desk {
    Desk { ctx: desk.f.staff(Role::Support), ..desk.clone() }
}

store::db_test! {
    crate::migrations();

    fn a_draft_is_kept_once_and_gone_when_it_is_sent(db) {
        let house = Desk::new(db);
        let (ana, desk) = (house.customer("ana@example.com"), staff(&house));
        let new = Begun::Mail(ana.clone());
        let id = save(&desk, new.clone(), typed("About", "")).unwrap();
        assert_eq!(save(&desk.days(1), new.clone(), typed("About", "It\r\nleft")).unwrap(), id, "the same draft");
        let filed = desk.file(&plain("ana@example.com", "Hi", "a@x", "")).unwrap();
        let answer = Begun::Answer(filed.entry.clone());
        save(&desk, answer.clone(), typed("", "Soon")).unwrap();
        let kept = all(&desk);
        assert_eq!((kept.len(), kept[0].body.as_str(), kept[0].to.as_str(), &kept[1].begun), (2, "It\nleft", "ana@example.com", &answer));
        assert_eq!(desk.write_to(&ana, typed("", "x")).map(|_| ()).map_err(|_| ()), Err(()));
        assert_eq!(all(&desk).len(), 2, "what was refused leaves the draft");
        desk.write_to(&ana, typed("About", "It left")).unwrap();
        assert_eq!(all(&desk).iter().map(|d| &d.begun).collect::<Vec<_>>(), [&answer]);
        desk.answer(&filed.entry, "Soon").unwrap();
        assert!(all(&desk).is_empty());
    }

    fn nobody_sees_the_draft_of_another(db) {
        let house = Desk::new(db);
        let (ana, desk, other) = (house.customer("ana@example.com"), staff(&house), staff(&house));
        assert_ne!(desk.ctx.actor.id, other.ctx.actor.id);
        let id = save(&desk, Begun::Mail(ana.clone()), typed("Mine", "b")).unwrap();
        assert!(all(&other).is_empty());
        let (one, who) = (id.clone(), ana.clone());
        assert_eq!(other.read(move |tx, ctx| Ok((draft(tx, ctx, &Begun::Mail(who.clone()))?, drafts_of(tx, ctx, &who)?.len(), count_drafts(tx, ctx)?))).unwrap(), (None, 0, 0));
        assert_eq!(refusal(other.write(move |tx, ctx| drop_draft(tx, ctx, &one))), "no draft");
        save(&other, Begun::Mail(ana.clone()), typed("Theirs", "b")).unwrap();
        assert_eq!(all(&desk)[0].subject, "Mine");
        assert_eq!(desk.write(move |tx, ctx| drop_draft(tx, ctx, &id)).unwrap(), ana);
        assert_eq!((all(&desk).len(), all(&other).len()), (0, 1));
        let set = |desk: &Desk, text: &'static str| desk.write(move |tx, ctx| set_signature(tx, ctx, text));
        set(&desk, "Olivia\r\nKilde").unwrap();
        assert_eq!(desk.read(|tx, ctx| signature(tx, ctx)).unwrap(), "Olivia\nKilde");
        assert_eq!(other.read(|tx, ctx| signature(tx, ctx)).unwrap(), "");
        set(&desk, " ").unwrap();
        assert_eq!(desk.read(|tx, ctx| signature(tx, ctx)).unwrap(), "");
    }

    fn what_is_attached_is_kept_with_a_draft_and_goes_with_the_mail(db) {
        let house = Desk::new(db);
        let (ana, desk) = (house.customer("ana@example.com"), staff(&house));
        let new = Begun::Mail(ana.clone());
        let file = |name: &str, bytes: &[u8]| NewFile { name: name.into(), content_type: "text/plain".into(), bytes: bytes.to_vec() };
        let id = save(&desk, new.clone(), Draft { files: vec![file("../a.txt", b"a"), file("b.txt", b"bb")], ..typed("Two", "") }).unwrap();
        let of = |desk: &Desk| { let id = id.clone(); desk.read(move |tx, ctx| draft_files(tx, ctx, &id)).unwrap() };
        let kept = of(&desk);
        assert_eq!(kept.iter().map(|f| (f.name.as_str(), f.size)).collect::<Vec<_>>(), [("a.txt", 1), ("b.txt", 2)]);
        let stay = vec![kept[1].id.clone()];
        save(&desk, new.clone(), Draft { files: vec![file("c.txt", b"ccc")], kept: stay.clone(), ..typed("Two", "") }).unwrap();
        assert_eq!(of(&desk).iter().map(|f| f.name.clone()).collect::<Vec<_>>(), ["b.txt", "c.txt"]);
        let large = Draft { files: vec![file("d", &vec![0; 10 * 1024 * 1024])], kept: stay.clone(), ..typed("Two", "") };
        assert_eq!(refusal(save(&desk, new.clone(), large)), "files:too_large");
        assert_eq!(of(&desk).len(), 2, "what was refused changes nothing");
        let (other, all_of_them) = (staff(&house), of(&desk).into_iter().map(|f| f.id).collect::<Vec<_>>());
        let theirs = Draft { kept: all_of_them.clone(), ..typed("Theirs", "b") };
        let entry = { let (ana, theirs) = (ana.clone(), theirs.clone()); other.write(move |tx, ctx| compose(tx, ctx, &ana, &theirs)).unwrap() };
        let files = |entry: EntryId| desk.read(move |tx, ctx| Ok(super::super::entry(tx, ctx, &entry)?.files)).unwrap();
        assert!(files(entry).is_empty(), "nobody sends what another kept");
        let mail = Draft { kept: stay, files: vec![file("e.txt", b"e")], ..typed("Two", "b") };
        let entry = { let ana = ana.clone(); desk.write(move |tx, ctx| compose(tx, ctx, &ana, &mail)).unwrap() };
        assert_eq!(files(entry).iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["b.txt", "e.txt"]);
        assert!(of(&desk).is_empty() && all(&desk).is_empty(), "and nothing is left of the draft");
        let again = save(&desk, new, Draft { files: vec![file("f.txt", b"f")], ..typed("", "") }).unwrap();
        desk.write(move |tx, ctx| drop_draft(tx, ctx, &again)).unwrap();
    }

    fn a_program_goes_on_with_what_somebody_began(db) {
        let house = Desk::new(db);
        let (ana, desk) = (house.customer("ana@example.com"), staff(&house));
        let person: crate::kit::PersonId = desk.ctx.actor.id.parse().unwrap();
        let key = |rights| Ctx { actor: crate::kit::Actor { kind: crate::kit::ActorKind::ApiKey, id: "key_1".into(), name: "Till".into(), rights }.into(), ..house.ctx.clone() };
        let begin = |ctx: Ctx, who: crate::kit::PersonId| {
            let begun = Begun::Mail(ana.clone());
            db.write_now(move |tx| {
                let theirs = of_person(tx, &ctx, &who)?;
                save_draft(tx, &theirs, &begun, &typed("From the till", "b"))
            })
        };
        begin(key(Rights::all()), person.clone()).unwrap();
        assert_eq!(all(&desk)[0].subject, "From the till");
        assert_eq!(refusal(begin(key(Rights::all().without(Right::Staff)), person.clone())), "forbidden staff");
        assert_eq!(refusal(begin(key(Rights::all().without(Right::Write)), person.clone())), "forbidden write");
        let other = Ctx { merchant: desk.f.other().ctx.merchant, ..key(Rights::all()) };
        assert_eq!(refusal(begin(other, person)), "no person");
    }

    fn what_may_not_be_written_is_not_begun(db) {
        let house = Desk::new(db);
        let (ana, desk) = (house.customer("ana@example.com"), staff(&house));
        assert_eq!(refusal(save(&desk, Begun::Mail(ana.clone()), typed("", " "))), "body:required");
        assert_eq!(refusal(save(&desk, Begun::Mail(ana.clone()), typed("a\nb", "b"))), "subject:invalid");
        let looks = Desk { ctx: desk.f.staff(Role::ReadOnly), ..desk.clone() };
        assert_eq!(refusal(save(&looks, Begun::Mail(ana.clone()), typed("a", "b"))), "forbidden write");
        let stranger = desk.file(&plain("who@example.com", "Hi", "a@x", "")).unwrap();
        assert_eq!(refusal(save(&desk, Begun::Answer(stranger.entry), typed("a", "b"))), "no_customer");
        let other = Desk { ctx: desk.f.other().ctx, ..desk.clone() };
        assert!(save(&other, Begun::Mail(ana.clone()), typed("a", "b")).is_err(), "another merchant's");
        house.archive(&ana, true);
        assert_eq!(refusal(save(&desk, Begun::Mail(ana.clone()), typed("a", "b"))), "customer_inactive");
    }

    fn drafts_move_with_a_merge_and_go_with_the_person(db) {
        let house = Desk::new(db);
        let (ana, ann, desk) = (house.customer("ana@example.com"), house.customer("ann@example.com"), staff(&house));
        for who in [&ana, &ann] {
            save(&desk, Begun::Mail(who.clone()), typed("a", "b")).unwrap();
        }
        let (gone, stays) = (ann.clone(), ana.clone());
        house.write(move |tx, ctx| crate::customers::merge::merge(tx, ctx, std::slice::from_ref(&gone), &stays, &Default::default())).unwrap();
        assert!(all(&desk).iter().all(|d| d.customer == ana) && all(&desk).len() == 2);
        desk.write_to(&ana, typed("a", "b")).unwrap();
        assert!(all(&desk).is_empty(), "both were for her");
        save(&desk, Begun::Mail(ana.clone()), typed("a", "b")).unwrap();
        house.write(move |tx, ctx| {
            let vault = crate::providers::Vault::new(&[7; 32])?;
            crate::privacy::anonymise(tx, ctx, &vault, &ana, crate::privacy::Cause::Hand)
        })
        .unwrap();
        assert!(all(&desk).is_empty());
    }
}
