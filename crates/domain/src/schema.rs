//! The schema as a row of migrations, one text for both engines.

use store::Migration;

static MIGRATIONS: [Migration; 40] = [
    Migration::new(1, "house", include_str!("../migrations/0001_house.sql")),
    Migration::new(2, "home", include_str!("../migrations/0002_home.sql")),
    Migration::new(3, "merged", include_str!("../migrations/0003_merged.sql")),
    // PostgreSQL keeps its statistics by itself.
    Migration {
        version: 4,
        name: "statistics",
        sql: "SELECT 1",
        sqlite: Some(include_str!("../migrations/0004_statistics.sqlite.sql")),
        postgres: None,
    },
    Migration::new(5, "providers", include_str!("../migrations/0005_providers.sql")),
    Migration::new(6, "invoices", include_str!("../migrations/0006_invoices.sql")),
    Migration {
        version: 7,
        name: "lists",
        sql: include_str!("../migrations/0007_lists.sql"),
        sqlite: Some(concat!(include_str!("../migrations/0007_lists.sql"), include_str!("../migrations/0007_lists.sqlite.sql"))),
        postgres: None,
    },
    Migration::new(8, "credit", include_str!("../migrations/0008_credit.sql")),
    Migration::new(9, "subscriptions", include_str!("../migrations/0009_subscriptions.sql")),
    Migration::new(10, "duplicates", include_str!("../migrations/0010_duplicates.sql")),
    Migration::new(11, "merges", include_str!("../migrations/0011_merges.sql")),
    Migration::new(12, "privacy", include_str!("../migrations/0012_privacy.sql")),
    Migration {
        version: 13,
        name: "access",
        sql: include_str!("../migrations/0013_access.sql"),
        sqlite: Some(concat!(include_str!("../migrations/0013_access.sql"), include_str!("../migrations/0013_access.sqlite.sql"))),
        postgres: Some(concat!(include_str!("../migrations/0013_access.sql"), include_str!("../migrations/0013_access.postgres.sql"))),
    },
    Migration {
        version: 14,
        name: "more statistics",
        sql: "SELECT 1",
        sqlite: Some(include_str!("../migrations/0014_statistics.sqlite.sql")),
        postgres: None,
    },
    Migration {
        version: 15,
        name: "service",
        sql: include_str!("../migrations/0015_service.sql"),
        sqlite: Some(concat!(include_str!("../migrations/0015_service.sql"), include_str!("../migrations/0015_service.sqlite.sql"))),
        postgres: None,
    },
    Migration::new(16, "conversations", include_str!("../migrations/0016_conversations.sql")),
    Migration {
        version: 17,
        name: "offers",
        sql: include_str!("../migrations/0017_offers.sql"),
        sqlite: Some(concat!(include_str!("../migrations/0017_offers.sql"), include_str!("../migrations/0017_offers.sqlite.sql"))),
        postgres: None,
    },
    Migration::new(18, "mailings", include_str!("../migrations/0018_mailings.sql")),
    Migration::new(19, "webhooks", include_str!("../migrations/0019_webhooks.sql")),
    Migration::new(20, "portal", include_str!("../migrations/0020_portal.sql")),
    Migration::new(21, "imports", include_str!("../migrations/0021_imports.sql")),
    Migration::new(22, "signin", include_str!("../migrations/0022_signin.sql")),
    Migration {
        version: 23,
        name: "contracts",
        sql: include_str!("../migrations/0023_contracts.sql"),
        sqlite: Some(concat!(include_str!("../migrations/0023_contracts.sql"), include_str!("../migrations/0023_contracts.sqlite.sql"))),
        postgres: None,
    },
    Migration::new(24, "charges", include_str!("../migrations/0024_charges.sql")),
    Migration::new(25, "rest of conversations", include_str!("../migrations/0025_conversations.sql")),
    Migration::new(26, "accounting", include_str!("../migrations/0026_accounting.sql")),
    Migration::new(27, "the rest", include_str!("../migrations/0027_rest.sql")),
    Migration::new(28, "passkeys", include_str!("../migrations/0028_passkeys.sql")),
    Migration::new(29, "identity provider and files of drafts", include_str!("../migrations/0029_signin.sql")),
    Migration::new(30, "reading and finding", include_str!("../migrations/0030_finish.sql")),
    Migration::new(31, "methods", include_str!("../migrations/0031_methods.sql")),
    Migration::new(32, "money", include_str!("../migrations/0032_money.sql")),
    Migration {
        version: 33,
        name: "answers of tickets",
        sql: include_str!("../migrations/0033_talk.sql"),
        sqlite: Some(concat!(include_str!("../migrations/0033_talk.sql"), include_str!("../migrations/0033_talk.sqlite.sql"))),
        postgres: None,
    },
    Migration {
        version: 34,
        name: "outbox",
        sql: include_str!("../migrations/0034_outbox.sql"),
        sqlite: Some(concat!(include_str!("../migrations/0034_outbox.sql"), include_str!("../migrations/0034_outbox.sqlite.sql"))),
        postgres: None,
    },
    Migration::new(35, "guests who are erased", include_str!("../migrations/0035_erase.sql")),
    Migration::new(36, "likely duplicates by tax id and company", include_str!("../migrations/0036_clean.sql")),
    Migration::new(37, "methods of test mode", include_str!("../migrations/0037_money.sql")),
    Migration {
        version: 38,
        name: "counts of the outbox",
        sql: include_str!("../migrations/0038_outbox.sql"),
        sqlite: Some(concat!(include_str!("../migrations/0038_outbox.sql"), include_str!("../migrations/0038_outbox.sqlite.sql"))),
        postgres: None,
    },
    Migration::new(39, "numbers of who was erased", include_str!("../migrations/0039_privacy.sql")),
    Migration::new(41, "payments by the id a shop named", include_str!("../migrations/0041_money.sql")),
];

/// All migrations, oldest first.
pub fn migrations() -> &'static [Migration] {
    &MIGRATIONS
}
