//! The register against the real schema of both engines.

use std::collections::{BTreeMap, BTreeSet};

use store::testing::fresh;
use store::{Engine, Stmt};

use super::{After, Belongs, Fate, Table, Tag, find, tables};

/// Tables of the engine itself and of the store.
const FOREIGN: [&str; 2] = ["schema_migrations", "store_counter"];

/// Every column of every table, as the engine itself tells it.
fn real(engine: Engine) -> BTreeMap<String, BTreeSet<String>> {
    let db = fresh(engine, crate::migrations());
    let sql = match engine {
        Engine::Sqlite => {
            "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
        }
        Engine::Postgres => {
            "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT) FROM information_schema.columns WHERE table_schema = CURRENT_SCHEMA()"
        }
    };
    let rows = db
        .read_now::<_, crate::Error>(move |tx| {
            Ok(tx.rows(&Stmt::built(sql.to_owned()), &[], |r| Ok((r.get::<String>(0)?, r.get::<String>(1)?)))?)
        })
        .unwrap();
    let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (table, column) in rows.into_iter().filter(|(table, _)| !FOREIGN.contains(&table.as_str())) {
        tables.entry(table).or_default().insert(column);
    }
    tables
}

#[test]
fn every_column_of_both_engines_is_tagged_and_every_tagged_one_exists() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let real = real(engine);
        assert!(real.len() > 60, "{engine:?}: {}", real.len());
        for (name, columns) in &real {
            let table = find(name).unwrap_or_else(|| panic!("{engine:?}: nobody said in privacy::columns whether {name} is personal"));
            for column in columns {
                assert!(table.column(column).is_some(), "{engine:?}: {name}.{column} is tagged nowhere in privacy::columns");
            }
        }
        for table in tables() {
            let columns = real.get(table.name).unwrap_or_else(|| panic!("{engine:?}: {} is tagged and does not exist", table.name));
            for column in &table.columns {
                assert!(columns.contains(column.name), "{engine:?}: {}.{} is tagged and does not exist", table.name, column.name);
            }
        }
    }
}

#[test]
fn each_is_tagged_once() {
    let mut seen = BTreeSet::new();
    for table in tables() {
        assert!(seen.insert(table.name.to_owned()), "{} twice", table.name);
        for column in &table.columns {
            assert!(seen.insert(format!("{}.{}", table.name, column.name)), "{}.{} twice", table.name, column.name);
        }
    }
}

#[test]
fn nothing_personal_of_a_customer_survives_by_its_line() {
    for table in tables() {
        match (table.belongs, table.fate) {
            (Belongs::House, Fate::Kept(_)) => assert_eq!(table.tagged(Tag::Personal).count(), 0, "{}: whose is it?", table.name),
            (Belongs::House, fate) => panic!("{}: {fate:?}, but of no customer", table.name),
            (_, Fate::Kept(why)) => assert_eq!(table.tagged(Tag::Personal).count(), 0, "{}: kept as {why:?}", table.name),
            (_, Fate::Deleted) => {}
            (_, Fate::Replaced | Fate::Legal) => {
                for column in table.tagged(Tag::Personal) {
                    assert_ne!(column.after, After::Same, "{}.{}", table.name, column.name);
                }
            }
        }
    }
}

#[test]
fn rows_lead_to_a_customer_by_columns_that_exist() {
    for table in tables() {
        assert!(table.columns.iter().any(|c| c.name == "merchant_id") || table.belongs == Belongs::House, "{}", table.name);
        let mut at: &Table = table;
        for _ in 0..5 {
            match at.belongs {
                Belongs::Customer(column) => assert!(at.column(column).is_some(), "{}.{column}", at.name),
                Belongs::Parent { column, table: parent, key } => {
                    assert!(at.column(column).is_some(), "{}.{column}", at.name);
                    at = find(parent).unwrap_or_else(|| panic!("{}: {parent}", table.name));
                    assert!(at.column(key).is_some(), "{parent}.{key}");
                    continue;
                }
                Belongs::Mention | Belongs::House => {}
            }
            break;
        }
        assert!(!matches!(at.belongs, Belongs::Parent { .. }), "{} leads to nobody", table.name);
    }
}

#[test]
fn a_table_with_a_column_for_a_customer_belongs_to_one() {
    for table in tables().iter().filter(|t| t.column("customer_id").is_some()) {
        assert_eq!(table.belongs, Belongs::Customer("customer_id"), "{}", table.name);
    }
}
