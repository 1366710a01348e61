//! Mailings on both engines: who gets one, that nobody gets it twice, and what becomes of it.

mod kill;
mod late;
mod reader;
mod run;
mod speed;

use store::testing::TestDb;

use super::*;
use crate::customers::bulk::{self, Selection};
use crate::customers::list::Indexes;
use crate::jobs::{self, Kinds, Tools};
use crate::kit::{Error, FixedClock, Result};
use crate::mail;
use crate::orders::desk::Desk;
use crate::templates::{self, TemplateInput};

fn template(desk: &Desk) -> TemplateId {
    let shop = desk.f.shop.clone();
    let input = TemplateInput { name: "Spring".into(), subject: "Hello {{ customer.name }}".into(), body: "From {{ shop.name }}.".into() };
    desk.write(move |tx, ctx| templates::create(tx, ctx, &shop, &input)).unwrap().id
}

fn to(template: &TemplateId, selection: Selection) -> NewMailing {
    NewMailing { template: template.clone(), selection, per_minute: FASTEST, consenting_only: false }
}

fn all() -> Selection {
    Selection::All { query: String::new(), except: Vec::new() }
}

fn look_at(desk: &Desk, new: &NewMailing) -> Preview {
    let new = new.clone();
    desk.read(move |tx, ctx| preview(tx, ctx, &Indexes::new(), &new, 0)).unwrap()
}

fn begin(desk: &Desk, new: &NewMailing) -> Result<MailingId> {
    let (asked, new) = (new.clone(), new.clone());
    let picked = desk.read(move |tx, ctx| bulk::pick(tx, ctx, &Indexes::new(), &asked.selection))?;
    desk.write(move |tx, ctx| start(tx, ctx, &new, picked.total))
}

fn kinds() -> Kinds {
    Kinds::default().with_look(KIND, look, slice)
}

/// Works all jobs that are due at a moment.
fn work(desk: &Desk, now: Micros) {
    jobs::run_all(&desk.f.db, &kinds(), &Tools::default(), &FixedClock(now), "worker", &|| false).unwrap();
}

/// Tries every mail that is due; gives to whom.
fn post(desk: &Desk, now: Micros, outcome: &mail::Outcome) -> Vec<String> {
    let mut to = Vec::new();
    while let Some(claimed) = desk.write(move |tx, _| mail::claim(tx, "post", now)).unwrap() {
        let (held, outcome) = (claimed.clone(), outcome.clone());
        to.push(desk.read(move |tx, _| mail::letter(tx, &held, now)).unwrap().to);
        desk.write(move |tx, _| mail::done(tx, &claimed, &outcome, now)).unwrap();
    }
    to.sort();
    to
}

fn lines(desk: &Desk, id: &MailingId) -> Vec<Line> {
    let id = id.clone();
    desk.read(move |tx, ctx| rows(tx, ctx, &id, None, 0, 1000)).unwrap()
}

fn counted(desk: &Desk, id: &MailingId) -> Counts {
    let id = id.clone();
    desk.read(move |tx, ctx| counts(tx, ctx, &id)).unwrap()
}

fn state(desk: &Desk, id: &MailingId) -> State {
    let id = id.clone();
    desk.read(move |tx, ctx| get(tx, ctx, &id)).unwrap().state
}

fn crowd(desk: &Desk, many: usize) -> Vec<CustomerId> {
    (0..many).map(|n| desk.customer(&format!("c{n:03}@example.com"))).collect()
}

store::db_test! {
    crate::migrations();

    fn every_statement_is_understood_and_none_goes_over_a_whole_table(db) {
        for statement in queries::all() {
            db.prepare(statement).unwrap_or_else(|e| panic!("{statement:?}: {e}"));
            if db.engine() == store::Engine::Sqlite {
                let plan = plan(db, statement);
                assert!(!plan.iter().any(|line| line.starts_with("SCAN ") && !line.contains("CONSTANT") && !line.starts_with("SCAN found")), "{statement:?}: {plan:?}");
            }
        }
    }
}

fn plan(db: &TestDb, statement: &store::Stmt) -> Vec<String> {
    let text = statement.text().to_owned();
    let places = (1..200).filter(|n| text.contains(&format!("${n}"))).count();
    let explain = store::Stmt::built(format!("EXPLAIN QUERY PLAN {text}"));
    db.write_now::<_, Error>(move |tx| {
        let nothing: Vec<&dyn store::Bind> = vec![&None::<String>; places];
        Ok(tx.rows(&explain, &nothing, |r| r.get::<String>(3))?)
    })
    .unwrap()
}
