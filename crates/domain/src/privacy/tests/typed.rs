//! What staff typed, and what an import foretold, names nobody who was erased since.

use super::*;
use crate::customers::{self, NewCustomer, Rules};
use crate::testing::NOW;

fn wanda(desk: &Desk) -> CustomerId {
    let new = NewCustomer {
        first_name: "Wanda".into(),
        last_name: "Canthird".into(),
        email: "wanda1@zq.example".into(),
        phone: "+34 612 345 678".into(),
        ..NewCustomer::default()
    };
    desk.write(move |tx, ctx| customers::create(tx, ctx, new.clone(), Rules::Normal)).unwrap().id
}

store::db_test! {
    crate::migrations();

    fn what_was_searched_by_a_part_of_a_name_an_address_or_a_number_is_forgotten(db) {
        let folder = tempfile::tempdir().unwrap();
        let desk = Desk::new(db);
        let gone = wanda(&desk);
        let searches = [
            ("gone1", "view=all&q=Canthird"), ("gone2", "q=wanda1%40zq"), ("gone3", "q=CANTHIRD+wanda&view=all"), ("gone4", "q=612+345"),
            ("kept1", "view=all&q=Ruiz"), ("kept2", "q=zq.example"), ("kept3", "view=all&status=active"), ("kept4", "q=wa"),
        ];
        for (name, query) in searches {
            change(&desk, &format!("INSERT INTO list_states (merchant_id, person_id, list, query, updated_at) SELECT id, 'p', '{name}', '{query}', 1 FROM merchants"));
            change(&desk, &format!("INSERT INTO views (merchant_id, id, list, person_id, name, name_key, shared, query, created_at)
                SELECT id, 'view_{name}', 'orders', 'p', '{name}', '{name}', FALSE, '{query}', 1 FROM merchants"));
        }
        erase(&desk, &gone).unwrap();
        work(db, NOW);
        settled(db, folder.path(), NOW);
        for table in ["list_states", "views"] {
            let column = if table == "views" { "name" } else { "list" };
            assert_eq!(count(&desk, &format!("SELECT COUNT(*) FROM {table} WHERE {column} LIKE 'gone%'")), 0, "{table}");
            assert_eq!(count(&desk, &format!("SELECT COUNT(*) FROM {table} WHERE {column} LIKE 'kept%'")), 4, "{table}");
        }
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM erasure_words"), 0);
    }

    fn what_an_import_foretold_of_them_is_forgotten(db) {
        let folder = tempfile::tempdir().unwrap();
        let desk = Desk::new(db);
        let (gone, other) = (wanda(&desk), desk.customer("bo@example.com"));
        for (id, whom) in [("imp_gone", &gone), ("imp_kept", &other)] {
            // Under a short name that finds nobody by itself.
            let checked = format!("{{\"changes\":[{{\"customer\":\"{whom}\",\"name\":\"Wanda\",\"fields\":[[\"city\",\"Rom\",\"Ulm\"]]}}]}}");
            change(&desk, &format!("INSERT INTO imports (merchant_id, id, kind, layout, file_name, file_hash, input, shop_id, state, cursor, done, total, created,
                changed, unchanged, failed, result, actor_name, lease_until, started_at, checked)
                SELECT id, '{id}', 'customers', '', 'people.csv', 'h', '{{}}', NULL, 'done', '', 0, 0, 0, 1, 0, 0, '', 'Olivia', 0, {}, '{checked}' FROM merchants", NOW - 1));
        }
        erase(&desk, &gone).unwrap();
        work(db, NOW);
        settled(db, folder.path(), NOW);
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM imports WHERE id = 'imp_gone' AND checked = ''"), 1);
        assert_eq!(count(&desk, "SELECT COUNT(*) FROM imports WHERE id = 'imp_kept' AND checked <> ''"), 1);
        assert!(receipt(&desk, &gone).swept_at.is_some());
    }
}
