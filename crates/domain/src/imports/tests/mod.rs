//! What a merchant sees of an import, and what must never be left behind by one.

mod back;
mod history;
mod over;
mod people;
mod real;
mod unit;
mod uploaded;

use std::sync::atomic::{AtomicI64, Ordering};

use store::{Db, Tx};

use super::{Flow, ImportError, Outcome, Plan, Progress, Request, Source, State, create_merchant};
use crate::customers::{self, Customer};
use crate::files::DateOrder;
use crate::kit::{Actor, Clock, Ctx, Door, FixedClock, IdSource, MerchantId, Micros, ShopId};
use crate::merchants::NewMerchant;
use crate::testing::NOW;

store::db_test! {
    crate::migrations();

    fn every_statement_of_the_room_is_understood(db) {
        for statement in crate::imports::queries::ALL.iter().chain(crate::dump::queries::ALL).chain(crate::customers::export::queries::ALL) {
            db.prepare(statement).unwrap_or_else(|e| panic!("{statement:?}: {e}"));
        }
        for table in crate::dump::schema::tables().iter().filter(|t| t.key.first() == Some(&"merchant_id") && t.names().contains(&"customer_id")) {
            for statement in [crate::imports::queries::of_customer(table), crate::imports::queries::drop_of(table)] {
                db.prepare(&statement).unwrap_or_else(|e| panic!("{statement:?}: {e}"));
            }
        }
        for statement in [crate::imports::queries::addresses(), &crate::imports::links::CUSTOMER, &crate::imports::links::ORDER] {
            db.prepare(statement).unwrap();
        }
    }
}

/// A clock that goes on ten seconds whenever it is looked at: no lease outlives a look.
#[derive(Debug)]
struct Ticking(AtomicI64);

impl Clock for Ticking {
    fn now(&self) -> Micros {
        self.0.fetch_add(10_000_000, Ordering::Relaxed)
    }
}

/// A merchant and files that lie beside it.
struct Desk {
    db: Db,
    ctx: Ctx,
    shop: ShopId,
    folder: tempfile::TempDir,
    wall: Ticking,
}

impl Desk {
    /// A merchant of its own in this database.
    fn new(db: &Db, name: &str) -> Self {
        let ctx = Ctx::new(MerchantId::of(&IdSource::System.next(NOW)), Actor::system("command line"), Door::Import, NOW);
        let new = NewMerchant {
            name: name.into(),
            currency: "GBP".into(),
            time_zone: "Europe/London".into(),
            country: "GB".into(),
            shop: "Online".into(),
            demo: false,
        };
        let c = ctx.clone();
        let shop = db.write_now(move |tx| create_merchant(tx, &c, &new)).unwrap();
        Self { db: db.clone(), ctx, shop, folder: tempfile::tempdir().unwrap(), wall: Ticking(AtomicI64::new(NOW)) }
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> Source {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        Source::of(&path).unwrap()
    }

    fn request(&self, map: Option<&str>) -> Request {
        Request {
            shop: self.shop.clone(),
            kind: None,
            map: map.map(str::to_owned),
            columns: None,
            by: super::MatchBy::Auto,
            currency: None,
            dates: DateOrder::DayFirst,
        }
    }

    fn plan(&self, source: &Source, map: Option<&str>) -> Result<Plan, ImportError> {
        super::plan(source, &self.request(map))
    }

    /// Imports while `flow` says go on.
    fn told(&self, source: &Source, map: Option<&str>, flow: &mut dyn FnMut(&Progress) -> Flow) -> Outcome {
        self.at(&self.db, source, map, flow).unwrap()
    }

    fn at(&self, db: &Db, source: &Source, map: Option<&str>, flow: &mut dyn FnMut(&Progress) -> Flow) -> Result<Outcome, ImportError> {
        let plan = self.plan(source, map)?;
        super::run(db, &self.ctx, &FixedClock(NOW), &self.wall, (source, &plan, &self.request(map)), flow)
    }

    /// Imports to the end.
    fn import(&self, source: &Source, map: Option<&str>) -> Outcome {
        let done = self.told(source, map, &mut |_| Flow::Go);
        assert_eq!(done.state, State::Done, "{done:?}");
        done
    }

    /// Stops after so many slices, as if the process had been killed.
    fn killed_after(&self, source: &Source, map: Option<&str>, slices: usize) -> Outcome {
        self.stopped_after(source, map, slices, Flow::Leave)
    }

    fn stopped_after(&self, source: &Source, map: Option<&str>, slices: usize, how: Flow) -> Outcome {
        let mut seen = 0;
        self.told(source, map, &mut |_| {
            seen += 1;
            if seen > slices { how } else { Flow::Go }
        })
    }

    /// Everything the merchant has, as text.
    fn dump(&self) -> String {
        let mut out = Vec::new();
        crate::dump::stable(&self.db, &self.ctx.merchant, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// The same without what is told of the import itself and of what it did, which stays on record when it is taken back, and without the
    /// versions of customers, which only go on.
    fn trade(&self) -> String {
        let part = |line: &str, at: usize| line.split('|').nth(at).unwrap_or_default().to_owned();
        let told = |l: &&str| part(l, 0) == "event" && part(l, 5) == "import" && !["order", "payment"].contains(&part(l, 4).as_str());
        let plain = |l: &str| match part(l, 0).as_str() {
            "customer" => l.split('|').enumerate().filter(|(at, _)| *at != 33).map(|(_, p)| format!("{p}|")).collect(),
            _ => l.to_owned(),
        };
        self.dump().lines().filter(|l| !l.contains("|import.") && !told(l)).map(|l| format!("{}\n", plain(l))).collect()
    }

    fn lines(&self, word: &str) -> Vec<String> {
        self.dump().lines().filter(|l| l.split('|').next() == Some(word)).map(str::to_owned).collect()
    }

    fn read<T: Send + 'static>(&self, f: impl Fn(&mut Tx, &Ctx) -> crate::Result<T> + Send + Sync + 'static) -> T {
        let ctx = self.ctx.clone();
        self.db.read_now(move |tx| f(tx, &ctx)).unwrap()
    }

    fn write<T: Send + 'static>(&self, f: impl Fn(&mut Tx, &Ctx) -> crate::Result<T> + Send + Sync + 'static) -> T {
        let ctx = self.ctx.clone();
        self.db.write_now(move |tx| f(tx, &ctx)).unwrap()
    }

    fn by_number(&self, number: &str) -> Customer {
        let number = number.to_owned();
        self.read(move |tx, ctx| {
            let id = customers::find_by_number(tx, ctx, &number)?.expect("a customer with this number");
            customers::get(tx, ctx, &id)
        })
    }

    fn by_email(&self, email: &str) -> Customer {
        let email = email.to_owned();
        self.read(move |tx, ctx| {
            let id = customers::find_by_email(tx, ctx, &email)?.expect("a customer with this address");
            customers::get(tx, ctx, &id)
        })
    }

    /// Every kept figure is what the facts give.
    fn verified(&self) {
        let mut found = Vec::new();
        crate::verify::merchant_of(&self.db, &self.ctx, &mut |d| found.push(format!("{d:?}"))).unwrap();
        assert!(found.is_empty(), "{found:#?}");
    }

    fn failed(&self, outcome: &Outcome, source: &Source, map: Option<&str>) -> String {
        let mut out = Vec::new();
        super::failed_rows(&self.db, &self.ctx, &outcome.import, source, &self.plan(source, map).unwrap(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }
}

/// created, changed, unchanged, failed
fn counts(o: &Outcome) -> [i64; 4] {
    [o.counts.created, o.counts.changed, o.counts.unchanged, o.counts.failed]
}
