//! What every room relies on, on both engines.
#![allow(clippy::unwrap_used)] // a panic is a failed test

use store::testing::TestDb;
use store::{Bind, Error, Lockable, Migration, Stmt, Value, db_test};

static MIGRATIONS: &[Migration] = &[
    Migration::new(
        1,
        "things",
        r#"CREATE TABLE things (
            merchant_id TEXT COLLATE "C" NOT NULL, id TEXT COLLATE "C" NOT NULL, -- the key; and a stray 'quote
            email TEXT, n BIGINT NOT NULL DEFAULT 0 CHECK (n < 1000000), live BOOLEAN NOT NULL DEFAULT TRUE, raw BYTEA,
            PRIMARY KEY (merchant_id, id), UNIQUE (merchant_id, email)
        ); -- the end"#,
    ),
    Migration::new(
        2,
        "parts",
        "CREATE TABLE parts (id TEXT PRIMARY KEY, merchant_id TEXT NOT NULL, thing_id TEXT NOT NULL,
            FOREIGN KEY (merchant_id, thing_id) REFERENCES things (merchant_id, id));
         CREATE INDEX parts_thing ON parts (merchant_id, thing_id)",
    ),
];

mod sql {
    store::statements! {
        /// A thing with all its columns.
        pub ADD = "INSERT INTO things (merchant_id, id, email, n, live, raw) VALUES ($1, $2, $3, $4, $5, $6)";
        pub ALL_THINGS = r#"SELECT id, email, n, live, raw FROM things WHERE merchant_id = $1 ORDER BY id COLLATE "C""#;
        pub COUNT = "SELECT COUNT(*) FROM things";
        pub ADD_PART = "INSERT INTO parts (id, merchant_id, thing_id) VALUES ($1, $2, $3)";
        pub UPSERT = "INSERT INTO things (merchant_id, id, n) VALUES ($1, $2, $3) ON CONFLICT (merchant_id, id) DO UPDATE SET n = excluded.n RETURNING n";
        pub BY_RAW = "SELECT id FROM things WHERE raw = CAST($1 AS BYTEA)";
        pub WITH_DOLLAR = "SELECT id FROM things WHERE email = '$1' OR id = $1 -- $2";
    }
}

fn add(db: &TestDb, id: &'static str, email: Option<&'static str>) -> Result<u64, Error> {
    db.write_now(move |tx| tx.exec(&sql::ADD, &[&"m", &id, &email, &7_i64, &true, &Some(vec![0_u8, 255])]))
}

fn count(db: &TestDb) -> i64 {
    db.read_now(|tx| tx.scalar::<i64>(&sql::COUNT, &[])).unwrap()
}

db_test! {
    MIGRATIONS;

    fn what_goes_in_comes_out(db) {
        add(db, "a", Some("ä\u{1f600}'\"\\")).unwrap();
        add(db, "B", None).unwrap();
        let rows = db.read_now(|tx| tx.rows(&sql::ALL_THINGS, &[&"m"], |row| {
            let by_name: String = row.get("id")?;
            assert_eq!(row.str(0)?, by_name);
            Ok::<_, Error>((by_name, row.get::<Option<String>>("email")?, row.get::<i64>("n")?, row.get::<bool>(3)?, row.get::<Vec<u8>>(4)?))
        })).unwrap();
        assert_eq!(rows[0], ("B".to_owned(), None, 7, true, vec![0, 255]), "bytes sort, not letters");
        assert_eq!(rows[1], ("a".to_owned(), Some("ä\u{1f600}'\"\\".to_owned()), 7, true, vec![0, 255]));
        assert!(db.read_now(|tx| tx.opt(&sql::BY_RAW, &[&vec![0_u8, 255]], |row| row.get::<String>(0))).unwrap().is_some());
        assert_eq!(db.write_now(|tx| tx.one(&sql::UPSERT, &[&"m", &"a", &9_i32], |row| row.get::<u32>(0))), Ok(9));
        assert_eq!(db.read_now(|tx| tx.one(&sql::WITH_DOLLAR, &[&"a"], |row| row.get::<String>(0))), Ok("a".to_owned()));
    }

    fn every_statement_prepares(db) {
        for stmt in sql::ALL {
            db.prepare(stmt).unwrap();
        }
        assert!(db.prepare(&Stmt::built("SELECT nothing FROM things".to_owned())).is_err());
    }

    fn errors_name_what_the_caller_can_mend(db) {
        add(db, "a", Some("x@example.com")).unwrap();
        assert_eq!(add(db, "a", None), Err(Error::Unique { table: "things".into(), columns: vec!["merchant_id".into(), "id".into()] }));
        let taken = add(db, "b", Some("x@example.com")).unwrap_err();
        assert_eq!(taken, Error::Unique { table: "things".into(), columns: vec!["merchant_id".into(), "email".into()] });
        assert!(taken.is_unique(&["email"]) && !taken.is_unique(&["id"]));
        assert_eq!(db.write_now(|tx| tx.exec(&sql::ADD_PART, &[&"p", &"m", &"nobody"])), Err(Error::ForeignKey));
        assert!(matches!(db.write_now(|tx| tx.exec(&sql::UPSERT, &[&"m", &"a", &None::<i64>])), Err(Error::Check(c)) if c == "things.n"));
        let much = Stmt::new("much", "UPDATE things SET n = 1000000");
        assert!(matches!(db.write_now(move |tx| tx.exec(&much, &[])), Err(Error::Check(_))));
        assert_eq!(db.read_now(|tx| tx.one(&sql::ALL_THINGS, &[&"other"], |_| Ok(()))), Err(Error::NoRow));
        assert!(matches!(db.read_now(|tx| tx.one(&sql::ALL_THINGS, &[&"m"], |row| row.get::<i64>("id"))), Err(Error::Decode { .. })));
        assert_eq!(count(db), 1);
    }

    fn nul_is_refused_at_the_door(db) {
        assert_eq!(add(db, "a\0b", None), Err(Error::BadText));
        let rows = vec![vec![Value::from("m"), Value::from("a\0")]];
        assert_eq!(db.write_now(move |tx| tx.insert_many("things", &["merchant_id", "id"], &rows)), Err(Error::BadText));
        assert_eq!(count(db), 0);
    }

    fn an_error_ends_the_transaction_even_when_the_closure_hides_it(db) {
        add(db, "a", None).unwrap();
        let hidden: Result<(), Error> = db.write_now(|tx| {
            tx.exec(&sql::ADD, &[&"m", &"b", &None::<String>, &1_i64, &true, &None::<Vec<u8>>])?;
            let _swallowed = tx.exec(&sql::ADD, &[&"m", &"a", &None::<String>, &1_i64, &true, &None::<Vec<u8>>]);
            Ok(())
        });
        assert!(matches!(hidden, Err(Error::Unique { .. })));
        assert_eq!(count(db), 1, "b went with it");
    }

    fn a_panic_writes_nothing_and_the_thread_lives_on(db) {
        let done: Result<(), Error> = db.write_now(|tx| {
            tx.exec(&sql::ADD, &[&"m", &"a", &None::<String>, &1_i64, &true, &None::<Vec<u8>>])?;
            panic!("at the disco")
        });
        assert_eq!(done, Err(Error::Panicked("at the disco".to_owned())));
        let inside: Result<Vec<()>, Error> = db.read_now(|tx| tx.rows(&sql::COUNT, &[], |_| panic!("in a row")));
        assert_eq!(inside, Err(Error::Panicked("in a row".to_owned())));
        add(db, "a", None).unwrap();
        assert_eq!(count(db), 1);
    }

    fn a_closure_cannot_steer_its_transaction(db) {
        for text in ["COMMIT", "  /* x */ begin", "-- c\nROLLBACK", "SAVEPOINT a", "PRAGMA user_version = 1", "SELECT 1; COMMIT", "", "end"] {
            let stmt = Stmt::built(text.to_owned());
            let refused = db.write_now(move |tx| tx.exec(&stmt, &[]));
            assert!(matches!(refused, Err(Error::Other(_))), "{text}: {refused:?}");
        }
        let nested = (**db).clone();
        assert!(matches!(db.write_now(move |_| nested.write_now(|_| Ok::<(), Error>(()))), Err(Error::Other(_))));
    }

    fn a_read_cannot_write(db) {
        assert!(matches!(db.read_now(|tx| tx.exec(&sql::UPSERT, &[&"m", &"a", &1_i64])), Err(Error::Other(_))));
        assert_eq!(count(db), 0);
    }

    fn many_rows_go_in_at_once_and_come_out_one_by_one(db) {
        let rows: Vec<Vec<Value>> = (0..200_000_i64).map(|n| vec![
            Value::from("m"), Value::from(format!("id{n:06}")), Value::from(format!("\\N\t{n}\r\n\\.")), Value::from(n), Value::from(n % 2 == 0), Value::from(vec![n as u8, 0]),
        ]).collect();
        let made = db.write_now(move |tx| tx.insert_many("things", &["merchant_id", "id", "email", "n", "live", "raw"], &rows)).unwrap();
        assert_eq!(made, 200_000);
        let mut next = 0;
        db.spool(|tx| tx.each(&sql::ALL_THINGS, &[&"m"], |row| {
            assert_eq!(row.str(0)?, format!("id{next:06}"));
            assert_eq!(row.str(1)?, format!("\\N\t{next}\r\n\\."));
            assert_eq!((row.get::<i64>(2)?, row.get::<bool>(3)?), (next, next % 2 == 0));
            assert_eq!(row.get::<Vec<u8>>(4)?, vec![next as u8, 0]);
            next += 1;
            Ok::<(), Error>(())
        })).unwrap();
        assert_eq!(next, 200_000);
        let stopped = db.read_now(|tx| tx.each(&sql::ALL_THINGS, &[&"m"], |_| Err(Error::NoRow)));
        assert_eq!(stopped, Err(Error::NoRow));
        assert_eq!(count(db), 200_000, "a reader that stopped half way leaves a usable connection");
    }

    fn locks_go_up(db) {
        static CUSTOMER: Lockable = Lockable { rank: 1, table: "things" };
        static SERIES: Lockable = Lockable { rank: 9, table: "things" };
        assert_eq!(db.write_now(|tx| { tx.lock(&CUSTOMER, "m", &["b", "a"])?; tx.lock(&CUSTOMER, "m", &["c"])?; tx.lock(&SERIES, "m", &[]) }), Ok(()));
        assert_eq!(db.write_now(|tx| { tx.lock(&SERIES, "m", &["a"])?; tx.lock(&CUSTOMER, "m", &["a"]) }), Err(Error::LockOrder));
        assert!(db.read_now(|tx| tx.lock(&CUSTOMER, "m", &["a"])).is_err());
    }

    fn parameters_are_counted(db) {
        let one: &dyn Bind = &"m";
        assert!(matches!(db.read_now(|tx| tx.scalar::<i64>(&sql::COUNT, &[&"m"])), Err(Error::Other(_))));
        let gap = Stmt::new("gap", "SELECT $2");
        assert!(db.prepare(&gap).is_err());
        assert_eq!(one.value(), Value::Text("m".to_owned()));
    }
}
