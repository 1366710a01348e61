//! How fast mail comes in and a long stream opens. Figures, not promises:
//! `cargo nextest run -p regulars-domain --run-ignored only a_long_stream --no-capture`.

use std::time::{Duration, Instant};

use super::*;

const MANY: usize = 10_000;
const LOOKS: usize = 200;

store::db_test! {
    crate::migrations();

    #[ignore = "a measurement"]
    fn a_long_stream(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.com");
        let began = Instant::now();
        for n in 0..MANY {
            desk.file(&plain("ana@example.com", &format!("Order {}", n / 7), &format!("{n}@x"), "")).unwrap();
        }
        let filed = began.elapsed();
        let mut looks: Vec<Duration> = (0..LOOKS)
            .map(|_| {
                let (id, began) = (ana.clone(), Instant::now());
                let page = desk.read(move |tx, ctx| stream(tx, ctx, &id, &Asked::default(), &PageKey::newest(), 51)).unwrap();
                assert_eq!(page.len(), 51);
                began.elapsed()
            })
            .collect();
        looks.sort();
        println!("{:?}: {MANY} mails parsed and filed in {filed:?}; a page of their stream: p50 {:?}, p95 {:?}", db.engine(), looks[LOOKS / 2], looks[LOOKS * 95 / 100]);
    }
}
