//! The schema as a row of migrations, one text for both engines.

use store::Migration;

/// All migrations, oldest first.
pub fn migrations() -> &'static [Migration] {
    &[
        Migration { version: 1, name: "house", sql: include_str!("../migrations/0001_house.sql"), sqlite: None, postgres: None },
        Migration { version: 2, name: "home", sql: include_str!("../migrations/0002_home.sql"), sqlite: None, postgres: None },
    ]
}
