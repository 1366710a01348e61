//! The list of moves against the schema as it is.

use std::collections::BTreeSet;

use store::{Db, Engine, Stmt};

use crate::customers::merge::MOVES;

/// Columns that name a customer: by their name, by a foreign key to customers, or because they hold the id of anything.
fn named(db: &Db) -> BTreeSet<(String, String)> {
    let (columns, keys) = match db.engine() {
        Engine::Sqlite => (
            "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'",
            "SELECT m.name, f.\"from\" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table' AND f.\"table\" = 'customers'",
        ),
        Engine::Postgres => (
            "SELECT CAST(table_name AS TEXT), CAST(column_name AS TEXT) FROM information_schema.columns WHERE table_schema = current_schema()",
            "SELECT CAST(r.relname AS TEXT), CAST(a.attname AS TEXT) FROM pg_constraint k JOIN pg_class r ON r.oid = k.conrelid
             JOIN pg_class t ON t.oid = k.confrelid JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)
             WHERE k.contype = 'f' AND t.relname = 'customers' AND r.relnamespace = CAST(current_schema() AS regnamespace)",
        ),
    };
    let read = |sql: &'static str| {
        db.read_now::<_, store::Error>(move |tx| {
            tx.rows(&Stmt::built(sql.to_owned()), &[], |r| Ok((r.get::<String>(0)?, r.get::<String>(1)?)))
        })
        .unwrap()
    };
    let speaks = |column: &str| {
        column.contains("customer")
            || column.contains("survivor")
            || column.contains("gone_id")
            || ["merged_into", "subject_id"].contains(&column)
    };
    let by_name = read(columns).into_iter().filter(|(_, column)| speaks(column));
    let by_key = read(keys).into_iter().filter(|(_, column)| column != "merchant_id");
    by_name.chain(by_key).collect()
}

store::db_test! {
    crate::migrations();

    fn every_column_that_names_a_customer_has_its_line(db) {
        let found = named(db);
        assert!(found.contains(&("orders".to_owned(), "customer_id".to_owned())), "the schema was read: {found:?}");
        let lacks: Vec<_> = found.iter().filter(|(t, c)| !MOVES.iter().any(|m| m.table == t && m.column == c)).collect();
        assert!(lacks.is_empty(), "a merge does not know what becomes of {lacks:?}: give each a line in MOVES");
        // Columns that hold a customer's id beside other things stand there too; no line speaks of what is not there.
        for m in MOVES {
            let statement = Stmt::built(format!("SELECT {} FROM {} LIMIT 1", m.column, m.table));
            db.read_now::<_, store::Error>(move |tx| tx.opt(&statement, &[], |_| Ok(()))).unwrap_or_else(|e| panic!("{m:?}: {e}"));
        }
    }
}
