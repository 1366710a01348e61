//! Group actions: the preview is exact, big ones survive a restart, undo puts back.

use super::*;
use crate::customers;
use crate::customers::bulk::{self, Action, Picked, Preview, Selection, Started};
use crate::customers::list::{self, Indexes, ListQuery};
use crate::customers::status::Status;
use crate::jobs::{self, Kinds, Tools};
use crate::kit::{FixedClock, GroupId, JobId, Right};

fn crowd(f: &Fixture, many: usize) -> Vec<CustomerId> {
    let settings = read(f, &f.ctx, crate::merchants::settings).unwrap();
    let new = |i| NewCustomer { email: format!("c{i:04}@example.com"), created_at: Some(f.ctx.now - i as i64), ..NewCustomer::default() };
    let ready: Vec<_> = (0..many).map(|i| customers::ready(new(i), Rules::Import, &settings, f.ctx.now).unwrap()).collect();
    write(f, &f.ctx, move |tx, ctx| customers::create_many(tx, ctx, &ready)).unwrap().into_iter().map(|c| c.id).collect()
}

fn begin(f: &Fixture, indexes: &Indexes, selection: &Selection, action: &Action) -> (Preview, Picked, Started) {
    let (i, s, a) = (indexes.clone(), selection.clone(), action.clone());
    let (preview, picked) =
        read(f, &f.ctx, move |tx, ctx| Ok((bulk::preview(tx, ctx, &i, &s, &a)?, bulk::pick(tx, ctx, &i, &s)?))).unwrap();
    let (s, p, a) = (selection.clone(), picked.clone(), action.clone());
    let started = write(f, &f.ctx, move |tx, ctx| bulk::start(tx, ctx, &s, &p, &a)).unwrap();
    (preview, picked, started)
}

fn kinds() -> Kinds {
    Kinds::default().with_look(bulk::KIND, bulk::look, bulk::slice).with(bulk::UNDO, bulk::undo_slice)
}

fn work(f: &Fixture, indexes: &Indexes) {
    let tools = Tools { indexes: indexes.clone(), ..Tools::default() };
    jobs::run_all(&f.db, &kinds(), &tools, &FixedClock(f.ctx.now), "worker", &|| false).unwrap();
}

fn job(f: &Fixture, id: &JobId) -> jobs::Job {
    let id = id.clone();
    read(f, &f.ctx, move |tx, ctx| jobs::load(tx, ctx, &id)).unwrap()
}

fn count(f: &Fixture, indexes: &Indexes, query: &str) -> u64 {
    let (indexes, query) = (indexes.clone(), ListQuery::parse(query).0);
    read(f, &f.ctx, move |tx, ctx| list::count(tx, ctx, &indexes, &query)).unwrap()
}

fn undo(f: &Fixture, id: &JobId) -> JobId {
    let id = id.clone();
    write(f, &f.ctx, move |tx, ctx| bulk::undo(tx, ctx, &id)).unwrap()
}

const ARCHIVE: Action = Action::Archive { subscription: None };

store::db_test! {
    crate::migrations();

    fn a_few_are_done_at_once_exactly_as_previewed_and_undone(db) {
        let (f, indexes) = (Fixture::new(db), Indexes::new());
        let ids = crowd(&f, 5);
        let (gone, archived) = (ids[0].clone(), ids[1].clone());
        write(&f, &f.ctx, move |tx, ctx| {
            customers::delete(tx, ctx, &gone)?;
            customers::archive(tx, ctx, &archived, None)
        }).unwrap();
        let mut some = ids.clone();
        some.push(ids[2].clone());
        let (preview, picked, started) = begin(&f, &indexes, &Selection::Ids(some), &ARCHIVE);
        assert_eq!(preview, Preview { will: 3, refused: vec![("already archived".into(), 1), ("deleted".into(), 1)], unticked: 0 });
        assert_eq!((picked.total, started.at_once, started.done, started.refused), (5, true, preview.will, preview.refused));
        assert_eq!(job(&f, &started.job).state, jobs::State::Done);
        assert_eq!(count(&f, &indexes, "active=false"), 4);
        undo(&f, &started.job);
        assert_eq!((count(&f, &indexes, "active=false"), count(&f, &indexes, "status=deleted"), count(&f, &indexes, "")), (1, 1, 3));
        undo(&f, &started.job);
        assert_eq!(count(&f, &indexes, "active=false"), 1);
    }

    fn undo_leaves_what_somebody_decided_since(db) {
        let (f, indexes) = (Fixture::new(db), Indexes::new());
        let ids = crowd(&f, 3);
        let (_, _, archived) = begin(&f, &indexes, &Selection::Ids(vec![ids[0].clone(), ids[1].clone()]), &ARCHIVE);
        let (_, _, deleted) = begin(&f, &indexes, &Selection::Ids(vec![ids[2].clone()]), &Action::Delete);
        let (again, gone) = (ids[0].clone(), ids[2].clone());
        write(&f, &f.ctx, move |tx, ctx| {
            customers::unarchive(tx, ctx, &again)?;
            customers::archive(tx, ctx, &again, None)?;
            customers::restore(tx, ctx, &gone)?;
            customers::delete(tx, ctx, &gone)
        }).unwrap();
        let undone = undo(&f, &archived.job);
        assert_eq!(job(&f, &undone).result, serde_json::json!({ "done": 1, "refused": 1 }));
        let undone = undo(&f, &deleted.job);
        assert_eq!(job(&f, &undone).result, serde_json::json!({ "done": 0, "refused": 1 }));
        assert_eq!((count(&f, &indexes, "active=false"), count(&f, &indexes, "status=deleted"), count(&f, &indexes, "")), (1, 1, 1));
    }

    fn all_that_match_but_the_unticked_are_worked_through_a_restart(db) {
        let (f, indexes) = (Fixture::new(db), Indexes::new());
        let ids = crowd(&f, 260);
        let except = vec![ids[7].clone(), ids[210].clone()];
        let selection = Selection::All { query: "q=example&sort=name".into(), except };
        let (preview, picked, started) = begin(&f, &indexes, &selection, &ARCHIVE);
        assert_eq!((preview.will, picked.total, picked.ids, started.at_once), (258, 258, None, false));
        // Came later, so not meant.
        let late = f.ctx.at(f.ctx.now + 60_000_000);
        write(&f, &late, |tx, ctx| customers::create(tx, ctx, NewCustomer { email: "late@example.com".into(), ..NewCustomer::default() }, Rules::Normal)).unwrap();
        let tools = Tools { indexes: indexes.clone(), ..Tools::default() };
        // A worker that dies behind its first slice; however quick it is, a slice treats at most the 200 that were looked up.
        let now = f.ctx.now;
        let claimed = f.db.write_now(move |tx| jobs::claim(tx, "dies", now)).unwrap().unwrap();
        let (looking, using, held) = (kinds(), tools.clone(), claimed.clone());
        let seen = f.db.read_now(move |tx| jobs::look(tx, &looking, &using, &held, now)).unwrap();
        let (kinds_of, dying) = (kinds(), Tools { seen, ..tools.clone() });
        assert!(f.db.write_now(move |tx| jobs::slice(tx, &kinds_of, &dying, &claimed, now, &crate::kit::IdSource::System)).unwrap());
        let half = job(&f, &started.job).done;
        assert!(half > 0 && half < 258, "{half}");
        // Nobody else may take it before its lease is over; then the next goes on behind it, with images of its own.
        work(&f, &indexes);
        assert_eq!(job(&f, &started.job).done, half);
        let later = FixedClock(f.ctx.now + 120_000_000);
        jobs::run_all(&f.db, &kinds(), &Tools::default(), &later, "lives", &|| false).unwrap();
        let done = job(&f, &started.job);
        assert_eq!((done.state, done.done, done.total, done.result["done"].as_u64()), (jobs::State::Done, 258, 258, Some(258)));
        assert_eq!((count(&f, &indexes, "active=false"), count(&f, &indexes, "")), (258, 3));
        let id = started.job.clone();
        let rows = read(&f, &f.ctx, move |tx, ctx| jobs::rows(tx, ctx, &id, None, 0, 1000)).unwrap();
        let each: std::collections::BTreeSet<&str> = rows.iter().map(|r| r.subject_id.as_str()).collect();
        assert_eq!((rows.len(), each.len(), rows.iter().filter(|r| r.outcome == "done").count()), (258, 258, 258));
        let back = undo(&f, &started.job);
        jobs::run_all(&f.db, &kinds(), &tools, &later, "lives", &|| false).unwrap();
        assert_eq!((job(&f, &back).state, count(&f, &indexes, ""), count(&f, &indexes, "active=false")), (jobs::State::Done, 261, 0));
    }

    fn a_whole_shop_is_anonymised_without_those_who_are_unticked(db) {
        let (f, indexes) = (Fixture::new(db), Indexes::new());
        let ids = crowd(&f, 3);
        let kept = ids[1].clone();
        write(&f, &f.ctx, move |tx, ctx| crate::privacy::retention::set_enabled(tx, ctx, &kept, false)).unwrap();
        let all = Selection::All { query: "q=example".into(), except: vec![] };
        let (preview, _, started) = begin(&f, &indexes, &all, &Action::Anonymise);
        assert_eq!(preview, Preview { will: 2, refused: vec![("Obfuscate enabled is unticked".into(), 1)], unticked: 0 });
        let tools = Tools { indexes: indexes.clone(), vault: Some(crate::privacy::tests::vault()), ..Tools::default() };
        let kinds = kinds().with(crate::privacy::sweep::KIND, crate::privacy::sweep::slice);
        jobs::run_all(&f.db, &kinds, &tools, &FixedClock(f.ctx.now), "worker", &|| false).unwrap();
        assert_eq!(job(&f, &started.job).result["refused"]["Obfuscate enabled is unticked"].as_u64(), Some(1));
        let stays = ids[1].clone();
        assert!(read(&f, &f.ctx, move |tx, ctx| customers::get(tx, ctx, &stays)).unwrap().anonymised_at.is_none());
        let picked = Selection::Ids(vec![ids[1].clone()]);
        let (preview, _, _) = begin(&f, &indexes, &picked, &Action::Anonymise);
        assert_eq!((preview.will, preview.unticked), (1, 1), "picked by hand it is possible, and said");
    }

    fn a_selection_that_cannot_be_read_means_nobody_and_not_everybody(db) {
        let (f, indexes) = (Fixture::new(db), Indexes::new());
        crowd(&f, 3);
        let view = write(&f, &f.ctx, |tx, ctx| list::save_view(tx, ctx, "Nobody", false, &ListQuery::parse("q=nobody").0)).unwrap();
        let preview = |query: String| {
            let (indexes, selection) = (indexes.clone(), Selection::All { query, except: vec![] });
            read(&f, &f.ctx, move |tx, ctx| bulk::preview(tx, ctx, &indexes, &selection, &Action::Delete))
        };
        assert_eq!(fields(preview("status=archvied".into())), ["query"]);
        assert_eq!(fields(preview("staus=archived".into())), ["query"]);
        assert_eq!(preview(format!("view={}", view.id)).unwrap().will, 0);
        assert_eq!(preview("view=never_ordered".into()).unwrap().will, 3);
        for word in ["paying", "top100", "card_expiring"] {
            let query = ListQuery::parse(&format!("view={word}")).0;
            let view = write(&f, &f.ctx, move |tx, ctx| list::save_view(tx, ctx, word, false, &query)).unwrap();
            assert_eq!(preview(format!("view={}", view.id)).unwrap().will, 0, "{word}");
            assert_eq!(preview(format!("view={}&sort=name", view.id)).unwrap().will, 0, "{word}, sorted");
        }
        let nothing = Selection::Ids(vec![]);
        let tagless = read(&f, &f.ctx, move |tx, ctx| bulk::preview(tx, ctx, &Indexes::new(), &nothing, &Action::AddTags { tags: vec![" ".into()] }));
        assert_eq!(fields(tagless), ["tags"]);
    }

    fn group_and_tags_go_back_to_what_each_had(db) {
        let (f, indexes) = (Fixture::new(db), Indexes::new());
        let ids = crowd(&f, 3);
        let group = |name: &'static str| write(&f, &f.ctx, move |tx, ctx| crate::labels::create::<GroupId>(tx, ctx, name)).unwrap().id;
        let (retail, wholesale) = (group("Retail"), group("Wholesale"));
        let (a, r) = (ids[0].clone(), retail.clone());
        write(&f, &f.ctx, move |tx, ctx| {
            customers::set_group(tx, ctx, &a, Some(&r))?;
            customers::add_tags(tx, ctx, &a, &["VIP".into()])
        }).unwrap();
        let all = Selection::Ids(ids.clone());
        let (_, _, grouped) = begin(&f, &indexes, &all, &Action::SetGroup { group: Some(wholesale) });
        let (preview, _, tagged) = begin(&f, &indexes, &all, &Action::AddTags { tags: vec!["vip".into()] });
        assert_eq!(preview, Preview { will: 2, refused: vec![("already tagged so".into(), 1)], unticked: 0 });
        assert_eq!(get(&f, &ids[1]).tags[0].name, "VIP");
        undo(&f, &tagged.job);
        undo(&f, &grouped.job);
        let (first, second) = (get(&f, &ids[0]), get(&f, &ids[1]));
        assert_eq!((first.group.map(|g| g.id), first.tags.len()), (Some(retail), 1));
        assert_eq!((second.group, second.tags.len()), (None, 0));
    }

    fn an_undo_leaves_what_somebody_changed_since_and_counts_only_what_went_back(db) {
        let (f, indexes) = (Fixture::new(db), Indexes::new());
        let ids = crowd(&f, 2);
        let group = |name: &'static str| write(&f, &f.ctx, move |tx, ctx| crate::labels::create::<GroupId>(tx, ctx, name)).unwrap().id;
        let (retail, wholesale) = (group("Retail"), group("Wholesale"));
        let (_, _, grouped) = begin(&f, &indexes, &Selection::Ids(ids.clone()), &Action::SetGroup { group: Some(wholesale) });
        let (a, r) = (ids[0].clone(), retail.clone());
        write(&f, &f.ctx, move |tx, ctx| customers::set_group(tx, ctx, &a, Some(&r))).unwrap();
        let undone = undo(&f, &grouped.job);
        assert_eq!(get(&f, &ids[0]).group.map(|g| g.id), Some(retail));
        assert!(get(&f, &ids[1]).group.is_none());
        assert_eq!(job(&f, &undone).result, serde_json::json!({ "done": 1, "refused": 1 }));
    }

    fn deleting_many_for_good_keeps_who_is_linked_and_cannot_be_undone(db) {
        let (f, indexes) = (Fixture::new(db), Indexes::new());
        let ids = crowd(&f, 4);
        let paid = crate::payments::ManualPayment {
            order: None, customer: Some(ids[2].clone()), shop: Some(f.shop.clone()), currency: crate::kit::Currency::of("EUR"), amount: 100,
            kind: crate::payments::MethodKind::Cash, paid_at: None, note: String::new(),
        };
        write(&f, &f.ctx, move |tx, ctx| crate::payments::record(tx, ctx, &paid)).unwrap();
        let (preview, _, started) = begin(&f, &indexes, &Selection::All { query: String::new(), except: vec![] }, &Action::DeletePermanently);
        assert_eq!((preview.will, preview.refused), (3, vec![("linked to something that stays, such as an order".to_owned(), 1)]));
        assert_eq!((started.done, count(&f, &indexes, "")), (3, 1));
        assert_eq!(get(&f, &ids[2]).status, Status::Active);
        let id = started.job.clone();
        assert_eq!(code(write(&f, &f.ctx, move |tx, ctx| bulk::undo(tx, ctx, &id))), "not_undoable");
        let selection = Selection::Ids(ids);
        let without = f.without(Right::Purge);
        let refused = read(&f, &without, move |tx, ctx| bulk::preview(tx, ctx, &Indexes::new(), &selection, &Action::DeletePermanently));
        assert!(matches!(refused, Err(Error::Forbidden(Right::Purge))));
    }
}
