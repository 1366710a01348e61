//! Who is there twice is found and offered; what somebody said about a pair stays said; nobody is ever merged.

use serde_json::json;

use super::*;
use crate::customers::{self, NewCustomer, Rules};
use crate::jobs::{self, Kinds, Tools};
use crate::kit::{Address, Ctx, CustomerId, Error, FixedClock, IdSource, JobId, Result, Right};
use crate::testing::{Fixture, NOW};

fn kinds() -> Kinds {
    Kinds::default().with_look(KIND, look, slice)
}

fn write<T: Send + 'static>(f: &Fixture, act: impl Fn(&mut store::Tx, &Ctx) -> Result<T> + Send + Sync + 'static) -> Result<T> {
    let ctx = f.ctx.clone();
    f.db.write_now(move |tx| act(tx, &ctx))
}

fn read<T: Send + 'static>(f: &Fixture, act: impl Fn(&mut store::Tx, &Ctx) -> Result<T> + Send + Sync + 'static) -> Result<T> {
    let ctx = f.ctx.clone();
    f.db.read_now(move |tx| act(tx, &ctx))
}

fn person(first: &str, last: &str, street: &str, city: &str, zip: &str) -> NewCustomer {
    NewCustomer {
        first_name: first.into(),
        last_name: last.into(),
        email: format!("{}.{}@example.com", first.to_lowercase(), last.to_lowercase()).replace(' ', ""),
        billing: Address { line1: street.into(), city: city.into(), zip: zip.into(), country: "FR".into(), ..Address::default() },
        ..NewCustomer::default()
    }
}

fn add(f: &Fixture, new: NewCustomer) -> CustomerId {
    write(f, move |tx, ctx| customers::create(tx, ctx, new.clone(), Rules::Normal)).unwrap().id
}

/// A street of people who are all different.
fn crowd(f: &Fixture) {
    let (first, last) =
        (["Anna", "Bruno", "Carla", "Dimitri", "Elena", "Farid"], ["Moreau", "Petit", "Garnier", "Lambert", "Roussel", "Vidal", "Noël"]);
    for (i, given) in first.iter().enumerate() {
        for (j, surname) in last.iter().enumerate() {
            let n = i * last.len() + j;
            add(
                f,
                person(
                    given,
                    surname,
                    &format!("{} rue {}", n + 3, ["Haute", "Basse", "Neuve", "Verte", "Longue"][n % 5]),
                    ["Lyon", "Lille", "Nantes"][n % 3],
                    &format!("{}", 10_000 + n * 37),
                ),
            );
        }
    }
}

/// A crowd and one woman who is there twice.
fn twice(f: &Fixture) -> (CustomerId, CustomerId) {
    crowd(f);
    let one = add(f, person("Mathilde", "Berthelot", "14 rue des Lilas", "Rennes", "35000"));
    let other =
        add(f, NewCustomer { email: "m.b@example.org".into(), ..person("Matilde", "Berthelot", "14 rue des Lilas", "Rennes", "35000") });
    (one, other)
}

fn ran(f: &Fixture) -> JobId {
    let job = write(f, seek).unwrap();
    jobs::run_all(&f.db, &kinds(), &Tools::default(), &FixedClock(NOW), "worker", &|| false).unwrap();
    job
}

fn pairs(f: &Fixture, state: State) -> Vec<(CustomerId, CustomerId)> {
    let asked = Asked { state, from: 0, after: None, limit: 100 };
    read(f, move |tx, ctx| list(tx, ctx, &asked)).unwrap().pairs.into_iter().map(|p| (p.a.id, p.b.id)).collect()
}

fn dismissed(f: &Fixture, a: &CustomerId, b: &CustomerId) -> Result<()> {
    let (a, b) = (a.clone(), b.clone());
    write(f, move |tx, ctx| dismiss(tx, ctx, &a, &b))
}

store::db_test! {
    crate::migrations();

    fn every_statement_is_understood_and_none_goes_over_a_whole_table(db) {
        let f = Fixture::new(db);
        crowd(&f);
        for statement in queries::ALL.iter().copied().chain(queries::built()) {
            db.prepare(statement).unwrap_or_else(|e| panic!("{statement:?}: {e}"));
            if db.engine() == store::Engine::Sqlite {
                let text = statement.text().to_owned();
                let places = (1..200).filter(|n| text.contains(&format!("${n}"))).count();
                let explain = store::Stmt::built(format!("EXPLAIN QUERY PLAN {text}"));
                let plan: Vec<String> = db.read_now::<_, Error>(move |tx| {
                    let nothing: Vec<&dyn store::Bind> = vec![&None::<String>; places];
                    Ok(tx.rows(&explain, &nothing, |r| r.get::<String>(3))?)
                }).unwrap();
                assert!(!plan.iter().any(|line| line.starts_with("SCAN ") && !line.starts_with("SCAN found") && !line.contains("CONSTANT")), "{statement:?}: {plan:?}");
                if statement.text() == queries::IN_ZIP.text() {
                    assert!(plan[0].contains("customers_zip"), "{plan:?}");
                }
                let by = [(&queries::SAME_EMAIL, "customers_email"), (&queries::SAME_TAX, "customers_tax"), (&queries::SAME_VAT, "customers_vat"), (&queries::IN_COMPANY, "customers_company"), (&queries::IN_COMPANY_NAMED, "customers_company")];
                for (_, index) in by.into_iter().filter(|(same, _)| same.text() == statement.text()) {
                    assert!(plan[0].contains(index), "{plan:?}");
                }
                if statement.text() == queries::LIST.text() {
                    assert!(plan.iter().any(|l| l.contains("duplicate_pairs_list")) && !plan.iter().any(|l| l.contains("TEMP B-TREE")), "{plan:?}");
                }
            }
        }
    }

    fn a_run_finds_who_is_there_twice_and_merges_nobody(db) {
        let f = Fixture::new(db);
        let (one, other) = twice(&f);
        let job = ran(&f);
        assert_eq!(pairs(&f, State::Open), [(one.clone(), other.clone())]);
        let id = job.clone();
        let told = read(&f, move |tx, ctx| jobs::load(tx, ctx, &id)).unwrap();
        assert_eq!((told.state, told.result, told.done), (jobs::State::Done, json!({ "pairs": 1 }), told.total));
        let asked = Asked { state: State::Open, from: 0, after: None, limit: 10 };
        let page = read(&f, move |tx, ctx| list(tx, ctx, &asked)).unwrap();
        assert_eq!((page.total, page.next), (1, None));
        assert!(page.pairs[0].why.contains("first name nearly the same"), "{}", page.pairs[0].why);
        assert!(!page.pairs[0].why.contains("Berthelot"), "no values in words that are kept");
        for id in [one, other] {
            assert!(read(&f, move |tx, ctx| customers::get(tx, ctx, &id)).unwrap().merged_into.is_none());
        }
        assert_eq!(read(&f, count_open).unwrap(), 1);
    }

    fn not_a_duplicate_survives_later_runs_and_can_be_taken_back(db) {
        let f = Fixture::new(db);
        let (one, other) = twice(&f);
        ran(&f);
        dismissed(&f, &other, &one).unwrap();
        dismissed(&f, &one, &other).unwrap();
        ran(&f);
        assert_eq!((pairs(&f, State::Open), pairs(&f, State::NotDuplicate).len()), (vec![], 1));
        let (a, b) = (one.clone(), other.clone());
        write(&f, move |tx, ctx| undo_dismissal(tx, ctx, &a, &b)).unwrap();
        assert_eq!(pairs(&f, State::Open), [(one.clone(), other.clone())]);
        for id in [one, other] {
            let told = read(&f, move |tx, ctx| crate::events::timeline(tx, ctx, &id, "duplicate", None, 10)).unwrap();
            let kinds: Vec<String> = told.entries.into_iter().map(|e| e.kind).collect();
            assert_eq!(kinds, ["duplicate.reopened", "duplicate.dismissed"], "twice is once, on both timelines");
        }
    }

    fn what_is_no_longer_alike_is_taken_away_by_the_next_run(db) {
        let f = Fixture::new(db);
        let (one, other) = twice(&f);
        ran(&f);
        let changed = other.clone();
        write(&f, move |tx, ctx| {
            let edit = customers::CustomerEdit {
                first_name: Some("Yves".into()),
                last_name: Some("Quemener".into()),
                billing: Some(Address { line1: "3 quai Sud".into(), city: "Brest".into(), zip: "29200".into(), country: "FR".into(), ..Address::default() }),
                ..customers::CustomerEdit::default()
            };
            customers::edit(tx, ctx, &changed, edit)
        }).unwrap();
        ran(&f);
        assert_eq!(pairs(&f, State::Open), []);
        assert!(matches!(dismissed(&f, &one, &other), Err(Error::NotFound(_))));
    }

    fn who_is_deleted_is_not_offered_and_deleting_for_good_leaves_no_pair(db) {
        let f = Fixture::new(db);
        let (one, other) = twice(&f);
        ran(&f);
        let gone = other.clone();
        write(&f, move |tx, ctx| customers::delete(tx, ctx, &gone)).unwrap();
        assert_eq!((pairs(&f, State::Open), read(&f, count_open).unwrap()), (vec![], 0));
        let back = other.clone();
        write(&f, move |tx, ctx| customers::restore(tx, ctx, &back)).unwrap();
        assert_eq!(pairs(&f, State::Open), [(one.clone(), other.clone())]);
        write(&f, move |tx, ctx| customers::delete_permanently(tx, ctx, &other)).unwrap();
        let (a, left) = (one.clone(), pairs(&f, State::Open));
        assert_eq!(left, []);
        assert!(read(&f, move |tx, ctx| Ok(tx.opt(&queries::FIND, &[&ctx.merchant, &a, &a], |_| Ok(()))?)).unwrap().is_none());
    }

    fn a_run_that_dies_goes_on_in_another_process_with_the_same_end(db) {
        let f = Fixture::new(db);
        let (one, other) = twice(&f);
        let job = write(&f, seek).unwrap();
        assert_eq!(write(&f, seek).unwrap(), job, "pressed twice is one run");
        // Each slice is done by a process of its own, which has nothing in memory and must read everybody again.
        let (tools, mut turns) = (Tools::default(), 0);
        let held = f.db.write_now::<_, Error>(move |tx| jobs::claim(tx, "a", NOW)).unwrap().unwrap();
        loop {
            turns += 1;
            assert!(turns < 500, "it does not come to an end");
            if turns % 20 == 0 {
                tools.bench.clear();
            }
            let (one, two, h) = (tools.clone(), tools.clone(), held.clone());
            let seen = f.db.read_now::<_, Error>(move |tx| jobs::look(tx, &kinds(), &one, &h, NOW)).unwrap();
            let h = held.clone();
            let tools = Tools { seen, ..two };
            if !f.db.write_now::<_, Error>(move |tx| jobs::slice(tx, &kinds(), &tools, &h, NOW, &IdSource::System)).unwrap() {
                break;
            }
        }
        assert_eq!(pairs(&f, State::Open), [(one, other)]);
    }

    fn only_who_may_edit_decides_and_another_merchant_sees_nothing(db) {
        let f = Fixture::new(db);
        let (one, other) = twice(&f);
        ran(&f);
        let blind = Fixture { ctx: f.without(Right::Write), ..f.clone() };
        assert!(matches!(dismissed(&blind, &one, &other), Err(Error::Forbidden(_))));
        assert!(matches!(write(&blind, seek), Err(Error::Forbidden(_))));
        let elsewhere = f.other();
        assert_eq!(pairs(&elsewhere, State::Open), []);
        assert!(matches!(dismissed(&elsewhere, &one, &other), Err(Error::NotFound(_))));
        assert_eq!(pairs(&f, State::Open).len(), 1);
    }

    fn pages_follow_one_another_and_lose_nobody(db) {
        let f = Fixture::new(db);
        crowd(&f);
        for n in 0..7 {
            for first in ["Mathilde", "Matilde"] {
                add(&f, NewCustomer { email: format!("{first}{n}@example.org"), ..person(first, ["Aubry", "Blin", "Caron", "Droit", "Estève", "Faure", "Girard"][n], &format!("{} rue des Lilas", n * 11 + 1), "Rennes", &format!("{}", 35_000 + n * 100)) });
            }
        }
        ran(&f);
        let all = pairs(&f, State::Open);
        let (mut seen, mut after) = (Vec::new(), None);
        loop {
            let asked = Asked { state: State::Open, from: 0, after, limit: 3 };
            let page = read(&f, move |tx, ctx| list(tx, ctx, &asked)).unwrap();
            assert_eq!(page.total as usize, all.len());
            seen.extend(page.pairs.into_iter().map(|p| (p.a.id, p.b.id)));
            match page.next {
                Some(next) => after = After::parse(&next.print()),
                None => break,
            }
        }
        assert!(all.len() >= 7, "{}", all.len());
        assert_eq!(seen, all);
    }

    fn while_typing_somebody_alike_is_pointed_out_by_name_and_place(db) {
        let f = Fixture::new(db);
        let (one, _) = twice(&f);
        let new = NewCustomer { email: "new@example.net".into(), ..person("Mathilde", "Bertelot", "14, rue des lilas", "RENNES", "35000") };
        let made = write(&f, move |tx, ctx| customers::create(tx, ctx, new.clone(), Rules::Normal)).unwrap();
        let alike: Vec<&customers::Duplicate> = made.likely_duplicates.iter().filter(|d| d.id == one).collect();
        assert_eq!(alike.len(), 1);
        assert_eq!(alike[0].reasons, ["alike"]);
        assert!(alike[0].why.contains("last name nearly the same"), "{}", alike[0].why);
        let stranger = person("Yann", "Le Goff", "2 quai Nord", "Rennes", "35000");
        let made = write(&f, move |tx, ctx| customers::create(tx, ctx, stranger.clone(), Rules::Normal)).unwrap();
        assert_eq!(made.likely_duplicates, []);
        let sibling = person("Olivier", "Berthelot", "14 rue des Lilas", "Rennes", "35000");
        let made = write(&f, move |tx, ctx| customers::create(tx, ctx, sibling.clone(), Rules::Normal)).unwrap();
        assert_eq!(made.likely_duplicates, [], "a family under one roof is no duplicate");
    }

    fn a_company_is_known_by_its_tax_id_however_it_is_written_and_by_its_name(db) {
        let f = Fixture::new(db);
        let company = |email: &str, name: &str, vat: &str, zip: &str| NewCustomer {
            email: email.into(), company: name.into(), vat_number: vat.into(),
            billing: Address { zip: zip.into(), ..Address::default() }, ..NewCustomer::default()
        };
        let make = |new: NewCustomer| write(&f, move |tx, ctx| customers::create(tx, ctx, new.clone(), Rules::Normal)).unwrap();
        let reasons = |made: &customers::Created| made.likely_duplicates.iter().map(|d| (d.id.clone(), d.reasons.clone())).collect::<Vec<_>>();
        let first = make(company("books@roastery.example", "Kilde Roastery", "FR 12.345-678", "35000")).id;
        assert_eq!(reasons(&make(company("new@example.net", "Another Name", "fr12345678", "75001"))), [(first.clone(), vec!["tax_id"])]);
        let named = make(company("desk@example.org", "kilde roastery", "", ""));
        assert!(reasons(&named).contains(&(first.clone(), vec!["company"])), "{named:?}");
        let apart = make(company("south@example.org", "Kilde Roastery", "", "13001"));
        assert!(apart.likely_duplicates.iter().all(|d| d.id != first), "another place, another company: {apart:?}");
        let like = customers::Like { tax_id: "FR12345678".into(), ..customers::Like::default() };
        let found = read(&f, move |tx, ctx| customers::likely_duplicates(tx, ctx, &like, &[])).unwrap();
        assert!(found.iter().any(|d| d.id == first && d.reasons == ["tax_id"]), "a tax id is also looked for among VAT numbers: {found:?}");
    }
}

store::db_test_concurrent! {
    crate::migrations();

    fn eight_who_press_at_once_ask_for_runs_that_end_with_each_pair_once(db) {
        let f = Fixture::new(db);
        let (one, other) = twice(&f);
        db.together(8, |_, _| write(&f, seek).unwrap());
        jobs::run_all(db, &kinds(), &Tools::default(), &FixedClock(NOW), "worker", &|| false).unwrap();
        let (a, b) = (one.clone(), other.clone());
        db.together(8, |n, _| if n % 2 == 0 { dismissed(&f, &a, &b).unwrap() } else { dismissed(&f, &b, &a).unwrap() });
        assert_eq!((pairs(&f, State::Open), pairs(&f, State::NotDuplicate)), (vec![], vec![(one, other)]));
    }
}

/// The file tests of the command line.
mod files {
    use super::super::file::{Truth, read};
    use super::super::judge;

    const PEOPLE: &str = include_str!("../../../likeness/fixtures/people.csv");

    fn judged(text: &'static str, map: Option<&str>, truth: &Truth) -> (u64, u64) {
        let people = read(text.as_bytes(), map, truth).unwrap();
        let judged = judge(&likeness::find(&people.shelf), &people.truth);
        (judged.precision(), judged.recall())
    }

    #[test]
    fn the_headers_of_a_usual_file_are_known_and_the_truth_is_in_the_ids() {
        let (precision, recall) = judged(PEOPLE, None, &Truth::Numbered);
        assert!(precision >= 960 && recall >= 960, "{precision} {recall}");
    }

    #[test]
    fn a_map_says_what_headers_do_not() {
        let text: &'static str =
            Box::leak(PEOPLE.replace("given_name", "a").replace("surname", "b").replace("date_of_birth", "geb").into_boxed_str());
        for map in [
            "First name=a; Last name=b; Metadata:birth=geb",
            "First name=a;Last name=b;geb=extra:birth",
            "First name=a;Last name=b;extra:birth=geb",
        ] {
            let (precision, recall) = judged(text, Some(map), &Truth::Numbered);
            assert!(precision >= 960 && recall >= 960, "{map}: {precision} {recall}");
        }
        let wrong = read(text.as_bytes(), Some("First name=nobody"), &Truth::Unknown);
        assert!(wrong.unwrap_err().to_string().contains("no column \"nobody\""));
    }

    #[test]
    fn a_column_can_be_the_truth_and_its_absence_is_said() {
        let text = "Name;Email;Person\nAna Ruiz;ana@example.es;1\nAna Ruiz;ana@example.es;1\nBo Lund;bo@example.dk;2\n";
        let people = read(text.as_bytes(), None, &Truth::Column("person".into())).unwrap();
        assert_eq!((people.truth, people.rows), (vec!["1".to_owned(), "1".into(), "2".into()], vec![1, 2, 3]));
        let said = read(text.as_bytes(), None, &Truth::Numbered).unwrap_err().to_string();
        assert!(said.contains("--truth=COLUMN"), "{said}");
        let said = read(text.as_bytes(), None, &Truth::Column("nobody".into())).unwrap_err().to_string();
        assert!(said.contains("Columns: Name, Email, Person"), "{said}");
        assert!(read("a,b\n1,2\n".as_bytes(), None, &Truth::Unknown).unwrap_err().to_string().contains("--map"));
    }

    /// The real files, where they are: never worse than what the field's own tool reaches, and the identity number is not looked at.
    #[test]
    fn real_files_are_judged_where_they_are() {
        for (name, precision, recall) in [("people-with-duplicates-1.csv", 1000, 988), ("people-with-duplicates-2.csv", 998, 969)] {
            let Some(path) = crate::testing::real(name) else { continue };
            let people = read(std::fs::File::open(path).unwrap(), None, &Truth::Numbered).unwrap();
            assert!(people.columns.iter().all(|(column, _)| column != "soc_sec_id"));
            let judged = judge(&likeness::find(&people.shelf), &people.truth);
            assert!(judged.precision() >= precision && judged.recall() >= recall, "{name}: {judged:?}");
        }
    }
}
