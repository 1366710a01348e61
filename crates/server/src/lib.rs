//! Pages, API and command line of Regulars; knows HTTP and no SQL.

pub mod look;
