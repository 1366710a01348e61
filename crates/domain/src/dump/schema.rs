//! The tables as the migrations make them: names, columns with their types, primary keys, in an order in which a table follows those it
//! points to. Read from the text of the migrations once.

use std::sync::OnceLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;
use store::{Cell, Row, Value};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Text,
    Int,
    Bool,
    Bytes,
}

/// A column.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub name: &'static str,
    pub kind: Type,
    pub nullable: bool,
}

/// A table.
#[derive(Clone, Debug)]
pub(crate) struct Table {
    pub name: &'static str,
    pub columns: Vec<Column>,
    pub key: Vec<&'static str>,
}

impl Table {
    /// The names of its columns.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.columns.iter().map(|c| c.name).collect()
    }

    /// A row of a statement that asked for all columns in their order, as JSON.
    pub(crate) fn json(&self, row: &Row<'_>) -> Result<Vec<Json>, store::Error> {
        self.columns.iter().enumerate().map(|(at, column)| cell(row, at, column)).collect()
    }

    /// The way back. `None` when the JSON is not of this table.
    pub(crate) fn values(&self, row: &[Json]) -> Option<Vec<Value>> {
        (row.len() == self.columns.len()).then_some(())?;
        self.columns.iter().zip(row).map(|(column, json)| value(column.kind, json)).collect()
    }
}

fn cell(row: &Row<'_>, at: usize, column: &Column) -> Result<Json, store::Error> {
    let wrong = || store::Error::Decode { column: column.name.to_owned(), want: "what the migrations say" };
    Ok(match (row.cell(at).ok_or_else(wrong)?, column.kind) {
        (Cell::Null, _) => Json::Null,
        (Cell::Text(text), Type::Text) => Json::from(text),
        (Cell::Int(n), Type::Int) => Json::from(n),
        (Cell::Bool(b), Type::Bool) => Json::from(b),
        (Cell::Int(n @ 0..=1), Type::Bool) => Json::from(n == 1),
        (Cell::Bytes(bytes), Type::Bytes) => Json::from(STANDARD.encode(bytes)),
        _ => return Err(wrong()),
    })
}

fn value(kind: Type, json: &Json) -> Option<Value> {
    Some(match (kind, json) {
        (_, Json::Null) => Value::Null,
        (Type::Text, Json::String(text)) => Value::Text(text.clone()),
        (Type::Int, json) => Value::Int(json.as_i64()?),
        (Type::Bool, json) => Value::Bool(json.as_bool()?),
        (Type::Bytes, Json::String(text)) => Value::Bytes(STANDARD.decode(text).ok()?),
        _ => return None,
    })
}

/// All tables of the trade, those pointed to first.
pub(crate) fn tables() -> &'static [Table] {
    static TABLES: OnceLock<Vec<Table>> = OnceLock::new();
    TABLES.get_or_init(|| {
        let mut tables = Vec::new();
        crate::migrations().iter().for_each(|m| read(m.sql, &mut tables));
        tables
    })
}

/// One table by name.
pub(crate) fn table(name: &str) -> Option<&'static Table> {
    tables().iter().find(|t| t.name == name)
}

/// The newest migration of this program.
pub(crate) fn version() -> i64 {
    crate::migrations().iter().map(|m| m.version).max().unwrap_or(0)
}

/// Adds what a migration makes: its tables, and columns to those that were there. A table that it drops is gone.
fn read(sql: &'static str, tables: &mut Vec<Table>) {
    let mut inside = false;
    for line in sql.lines() {
        if let Some(rest) = line.strip_prefix("CREATE TABLE ") {
            tables.push(Table { name: rest.trim_end_matches([' ', '(']), columns: Vec::new(), key: Vec::new() });
            inside = true;
        } else if let Some(name) = line.strip_prefix("DROP TABLE ") {
            tables.retain(|t| t.name != name.trim_end_matches(';'));
        } else if let Some((name, column)) = line.strip_prefix("ALTER TABLE ").and_then(|rest| rest.split_once(" ADD COLUMN ")) {
            if let Some(table) = tables.iter_mut().find(|t| t.name == name) {
                part(table, column);
            }
        } else if line.starts_with(");") {
            inside = false;
        } else if let Some(table) = tables.last_mut().filter(|_| inside) {
            part(table, line.trim());
        }
    }
}

/// One line of a CREATE TABLE: a column, the primary key, or something a dump need not know.
fn part(table: &mut Table, line: &'static str) {
    let mut words = line.split_whitespace();
    let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    if first == "PRIMARY" {
        let inside = line.split_once('(').map_or("", |(_, rest)| rest).split(')').next().unwrap_or_default();
        table.key = inside.split(',').map(str::trim).collect();
        return;
    }
    let kind = match second.trim_end_matches([',', ';']) {
        "TEXT" => Type::Text,
        "BIGINT" => Type::Int,
        "BOOLEAN" => Type::Bool,
        "BYTEA" => Type::Bytes,
        _ => return,
    };
    table.columns.push(Column { name: first, kind, nullable: !line.contains("NOT NULL") });
    if line.contains("PRIMARY KEY") {
        table.key = vec![first];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_of_the_migrations_is_known_with_a_key_and_stands_behind_those_it_points_to() {
        let mut all = Vec::new();
        for migration in crate::migrations() {
            let sum = |tables: &[Table]| (tables.len(), tables.iter().map(|t| t.columns.len()).sum::<usize>());
            let before = sum(&all);
            read(migration.sql, &mut all);
            let dropped = migration.sql.matches("DROP TABLE ").count();
            assert_eq!(all.len() + dropped - before.0, migration.sql.matches("CREATE TABLE ").count());
            let added = migration.sql.matches("ALTER TABLE").count();
            assert_eq!(added, migration.sql.matches(" ADD COLUMN ").count(), "only columns are added to a table that is there");
            assert!(dropped > 0 || sum(&all).1 - before.1 >= added, "a column that is added later is read too");
        }
        assert!(all.iter().all(|t| !t.columns.is_empty() && !t.key.is_empty() && t.key.iter().all(|k| t.names().contains(k))), "{all:?}");
        assert!(table("bounces").is_none() && table("bounced_addresses").is_some(), "what was dropped is gone");
        assert!(table("tickets").unwrap().names().contains(&"conversation_id"));
        assert!(table("invoices").unwrap().names().contains(&"country"));
        let place = |name: &str| tables().iter().position(|t| t.name == name).unwrap();
        assert!(place("merchants") < place("customers") && place("customers") < place("orders") && place("payments") < place("refunds"));
        assert_eq!(table("customers").unwrap().columns.iter().find(|c| c.name == "marketing").unwrap().kind, Type::Bool);
        assert_eq!(table("avatars").unwrap().columns.iter().find(|c| c.name == "bytes").unwrap().kind, Type::Bytes);
    }
}
