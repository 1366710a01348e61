//! Every statement of every room is prepared on both engines, and no room is forgotten.

use std::path::Path;

use store::Stmt;

/// All rooms with SQL. A new `queries.rs` that is not named here fails the second test.
fn rooms() -> Vec<(&'static str, &'static [&'static Stmt])> {
    vec![
        ("accounting/queries.rs", domain::accounting::queries::ALL),
        ("addresses/queries.rs", domain::addresses::queries::ALL),
        ("affiliates/queries.rs", domain::affiliates::queries::ALL),
        ("blocks/queries.rs", domain::blocks::queries::ALL),
        ("charges/queries.rs", domain::charges::queries::ALL),
        ("checkup/queries.rs", domain::checkup::queries::ALL),
        ("contracts/queries.rs", domain::contracts::queries::ALL),
        ("conversations/mailboxes/queries.rs", domain::conversations::mailboxes::queries::ALL),
        ("conversations/phones/queries.rs", domain::conversations::phones::queries::ALL),
        ("conversations/queries.rs", domain::conversations::queries::ALL),
        ("credit/queries.rs", domain::credit::queries::ALL),
        ("customers/bulk/queries.rs", domain::customers::bulk::queries::ALL),
        ("customers/export/queries.rs", domain::customers::export::queries::ALL),
        ("customers/facts/queries.rs", domain::customers::facts::queries::ALL),
        ("customers/list/queries.rs", domain::customers::list::queries::ALL),
        ("customers/merge/queries.rs", domain::customers::merge::queries::ALL),
        ("customers/profile/queries.rs", domain::customers::profile::queries::ALL),
        ("customers/queries.rs", domain::customers::queries::ALL),
        ("dump/queries.rs", domain::dump::queries::ALL),
        ("duplicates/queries.rs", domain::duplicates::queries::ALL),
        ("events/queries.rs", domain::events::queries::ALL),
        ("home/queries.rs", domain::home::queries::ALL),
        ("housekeeping/queries.rs", domain::housekeeping::queries::ALL),
        ("imports/queries.rs", domain::imports::queries::ALL),
        ("invoices/queries.rs", domain::invoices::queries::ALL),
        ("jobs/queries.rs", domain::jobs::queries::ALL),
        ("labels/queries.rs", domain::labels::queries::ALL),
        ("lists/queries.rs", domain::lists::queries::ALL),
        ("mail/queries.rs", domain::mail::queries::ALL),
        ("mailings/queries.rs", domain::mailings::queries::ALL),
        ("merchants/queries.rs", domain::merchants::queries::ALL),
        ("method_links/queries.rs", domain::method_links::queries::ALL),
        ("method_setups/queries.rs", domain::method_setups::queries::ALL),
        ("offers/queries.rs", domain::offers::queries::ALL),
        ("payment_links/queries.rs", domain::payment_links::queries::ALL),
        ("portal/queries.rs", domain::portal::queries::ALL),
        ("orders/queries.rs", domain::orders::queries::ALL),
        ("payments/queries.rs", domain::payments::queries::ALL),
        ("privacy/queries.rs", domain::privacy::queries::ALL),
        ("privacy/requests/queries.rs", domain::privacy::requests::queries::ALL),
        ("providers/queries.rs", domain::providers::queries::ALL),
        ("rates/queries.rs", domain::rates::queries::ALL),
        ("replies/queries.rs", domain::replies::queries::ALL),
        ("returns/queries.rs", domain::returns::queries::ALL),
        ("webhooks/queries.rs", domain::webhooks::queries::ALL),
        ("shops/queries.rs", domain::shops::queries::ALL),
        ("staff/oidc/queries.rs", domain::staff::oidc::queries::ALL),
        ("staff/passkeys/queries.rs", domain::staff::passkeys::queries::ALL),
        ("staff/queries.rs", domain::staff::queries::ALL),
        ("subscriptions/queries.rs", domain::subscriptions::queries::ALL),
        ("tasks/queries.rs", domain::tasks::queries::ALL),
        ("templates/queries.rs", domain::templates::queries::ALL),
        ("tickets/queries.rs", domain::tickets::queries::ALL),
        ("verify/queries.rs", domain::verify::queries::ALL),
    ]
}

store::db_test! {
    domain::migrations();

    fn every_statement_is_understood(db) {
        let built = domain::customers::list::queries::built().into_iter().chain(domain::customers::bulk::queries::built());
        let built = built.chain(domain::customers::merge::queries::built()).chain(domain::duplicates::queries::built());
        let built = built.chain(domain::payments::queries::built()).chain(domain::orders::queries::built()).chain(domain::subscriptions::queries::built());
        let built = built.chain(domain::invoices::queries::built()).chain(domain::privacy::requests::queries::built());
        let built = built.chain(domain::offers::queries::built()).chain(domain::returns::queries::built()).chain(domain::mail::queries::built());
        let built = built.chain(domain::contracts::queries::built());
        let built = built.chain(domain::tickets::queries::built()).chain(domain::tasks::queries::built());
        let built = built.chain(domain::customers::ties::statements());
        let of_register = domain::privacy::data::statements();
        let all = rooms().into_iter().flat_map(|(_, all)| all.iter().copied()).chain(built).chain(&of_register);
        let refused: Vec<String> = all.filter_map(|s| db.prepare(s).err().map(|e| e.to_string())).collect();
        assert!(refused.is_empty(), "{}", refused.join("\n"));
    }
}

#[test]
fn no_room_is_forgotten() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    walk(&source, &source, &mut found);
    found.sort();
    let mut named: Vec<String> = rooms().into_iter().map(|(file, _)| file.to_owned()).collect();
    named.sort();
    assert_eq!(found, named);
}

fn walk(root: &Path, folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(root, &path, found);
        } else if path.file_name().is_some_and(|name| name.to_string_lossy().ends_with("queries.rs")) {
            found.push(path.strip_prefix(root).unwrap().to_string_lossy().into_owned());
        }
    }
}
