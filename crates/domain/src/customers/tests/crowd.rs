//! Many at once: whoever has committed sees it in the next answer, and when all is quiet the image and the rows agree.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::customers;
use crate::customers::list::{self, Indexes, ListQuery};

store::db_test_concurrent! {
    crate::migrations();

    fn nobody_misses_what_they_have_written(db) {
        let f = Fixture::new(db);
        let (indexes, edits) = (Indexes::new(), AtomicUsize::new(0));
        let ids: Vec<CustomerId> = (0..4).map(|i| with_email(&f, &format!("shared{i}@example.com"))).collect();
        db.together(12, |n, _| {
            for round in 0..12 {
                // Everybody renames the same few, and makes and deletes one of their own.
                let name = format!("writer{n:02}round{round:02}");
                let (id, new) = (ids[(n + round) % ids.len()].clone(), name.clone());
                edit(&f, &f.ctx, &id, CustomerEdit { company: Some(new), ..CustomerEdit::default() }).unwrap();
                let own = with_email(&f, &format!("{name}@example.com"));
                assert_eq!(found(&f, &indexes, &format!("{name}@")), std::slice::from_ref(&own), "{name} does not see its own");
                if round % 3 == 0 {
                    let gone = own.clone();
                    write(&f, &f.ctx, move |tx, ctx| customers::delete_permanently(tx, ctx, &gone)).unwrap();
                    assert_eq!(found(&f, &indexes, &format!("{name}@")), [], "{name} still sees what it deleted");
                }
                edits.fetch_add(1, Ordering::Relaxed);
            }
        });
        assert_eq!(edits.load(Ordering::Relaxed), 144);
        let all = found(&f, &indexes, "");
        assert_eq!(all.len(), 4 + 144 - 48);
        let fresh = Indexes::new();
        assert_eq!(found(&f, &fresh, "").len(), all.len());
        for id in &ids {
            let company = get(&f, id).company;
            assert!(found(&f, &indexes, &company).contains(id), "{company} is not in the image");
            assert_eq!(found(&f, &indexes, &company), found(&f, &fresh, &company));
        }
    }
}

fn found(f: &Fixture, indexes: &Indexes, text: &str) -> Vec<CustomerId> {
    let (indexes, query) = (indexes.clone(), ListQuery { q: text.into(), ..ListQuery::default() });
    read(f, &f.ctx, move |tx, ctx| Ok(list::ids(tx, ctx, &indexes, &query, None, usize::MAX)?.0)).unwrap()
}
