//! One small SQL interface over two engines: SQLite by default, PostgreSQL by `DATABASE_URL`. It runs synchronous closures with a
//! transaction (`Db::read`, `Db::write`) on threads that own the connections, so that the trade above is plain synchronous Rust.
//! It must never know the trade: no table of it is named here but `schema_migrations` and `store_counter`. It must never let a caller
//! believe that a write happened when nobody knows (`Error::UnknownOutcome`), nor answer before a commit has reached the disk.

mod db;
pub mod dialect;
mod error;
mod inspect;
mod job;
mod migrate;
mod postgres;
mod queue;
mod row;
mod sqlite;
mod stmt;
mod target;
#[cfg(feature = "testing")]
pub mod testing;
mod tx;
mod upkeep;
mod value;

pub use db::Db;
pub use error::{Error, Kind};
pub use inspect::{Inspection, Schema};
pub use migrate::Migration;
pub use row::{Cell, ColumnIndex, FromCell, Row};
pub use stmt::Stmt;
pub use target::{Engine, Options, Target};
pub use tx::{Lockable, Tx};
pub use value::{Bind, Value, ValueRef};
