//! The tokenizer: whatever stands in literals, quoted names and comments comes out as it went in.
#![allow(clippy::unwrap_used)] // a panic is a failed test

use proptest::prelude::*;
use store::dialect::{Token, parameters, refusal, to_sqlite, tokens};

/// A piece of SQL and what SQLite must get for it.
fn piece() -> impl Strategy<Value = (String, String)> {
    let same = |text: String| (text.clone(), text);
    let inner = "[ -~äß€😀\n]{0,12}";
    prop_oneof![
        inner.prop_map(move |s| same(format!("'{}'", s.replace('\'', "''")))),
        inner.prop_map(move |s| same(format!("E'{}'", s.replace('\\', "\\\\").replace('\'', "\\'")))),
        inner.prop_map(move |s| same(format!("\"{}\"", s.replace('"', "\"\"")))),
        inner.prop_map(move |s| same(format!("--{}\n", s.replace('\n', " ")))),
        inner.prop_map(move |s| same(format!("/*{}*/", s.replace(['*', '/'], " ")))),
        Just(same("/* a /* $1 bigint */ $2 */".to_owned())),
        inner.prop_map(move |s| same(format!("$tag${}$tag$", s.replace('$', "")))),
        (1_u32..999).prop_map(|n| (format!("${n}"), format!("?{n}"))),
        "[a-zäß_][a-z0-9_$]{0,8}x".prop_map(same),
        Just(("BIGINT".to_owned(), "INTEGER".to_owned())),
        Just(("bytea".to_owned(), "BLOB".to_owned())),
        Just(("COLLATE \"C\"".to_owned(), String::new())),
        Just(same("COLLATE \"de\"".to_owned())),
        "[0-9(),.=<>+*;]".prop_map(same),
    ]
}

proptest! {
    #[test]
    fn only_what_stands_bare_is_rewritten(pieces in prop::collection::vec(piece(), 0..20)) {
        let sql: String = pieces.iter().map(|(from, _)| format!("{from} ")).collect();
        let wanted: String = pieces.iter().map(|(_, to)| format!("{to} ")).collect();
        prop_assert_eq!(to_sqlite(&sql), wanted);
    }

    #[test]
    fn no_text_is_lost_and_none_panics(sql in "\\PC{0,60}|[$'\"/*\\-; aé0-9E\\\\\n]{0,60}") {
        let joined: String = tokens(&sql).map(Token::text).collect();
        prop_assert_eq!(&joined, &sql);
        let _any = (to_sqlite(&sql), parameters(&sql), refusal(&sql));
    }
}

#[test]
fn dollars_that_are_no_parameters() {
    for sql in ["'$1'", "\"$1\"", "-- $1", "/* $1 */", "a$1", "$$ $1 $$", "$x$ $1 $x$", "E'\\'$1'", "'it''s $1'"] {
        assert_eq!(to_sqlite(sql), sql);
        assert_eq!(parameters(sql), Ok(0), "{sql}");
    }
    assert_eq!(to_sqlite("($1,$12)=$2"), "(?1,?12)=?2");
    assert_eq!(parameters("$2 $1 $1"), Ok(2));
    assert!(parameters("$1 $3").is_err());
    assert!(parameters("$0").is_err());
}

#[test]
fn every_table_is_strict_also_before_a_comment() {
    assert_eq!(
        to_sqlite(
            "CREATE TABLE a (x BIGINT, y TEXT COLLATE \"C\" NOT NULL) -- note\n;\nCREATE INDEX i ON a (x); create table if not exists b (z BYTEA, w boolean)\n-- end"
        ),
        "CREATE TABLE a (x INTEGER, y TEXT  NOT NULL) STRICT -- note\n;\nCREATE INDEX i ON a (x); create table if not exists b (z BLOB, w INTEGER) STRICT\n-- end"
    );
    assert_eq!(to_sqlite("INSERT INTO t SELECT 'create table x (y)'"), "INSERT INTO t SELECT 'create table x (y)'");
}

#[test]
fn a_closure_says_one_thing_and_not_begin() {
    assert!(refusal("SELECT 1").is_none());
    assert!(refusal("SELECT 'a;b' -- ;\n").is_none());
    for sql in ["", "-- only a comment", "SELECT 1; SELECT 2", "/**/COMMIT", "Savepoint x", "SELECT 1;"] {
        assert!(refusal(sql).is_some(), "{sql}");
    }
}
