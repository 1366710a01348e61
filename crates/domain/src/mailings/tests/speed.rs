//! How fast mails enter the outbox and leave it. Figures, not promises:
//! `cargo nextest run -p regulars-domain --run-ignored only mails_a_second --no-capture`.

use std::time::Instant;

use super::*;
use crate::customers::{self, NewCustomer, Rules};

const MANY: usize = 5_000;

store::db_test! {
    crate::migrations();

    #[ignore = "a measurement"]
    fn mails_a_second(db) {
        let desk = Desk::new(db);
        let template = template(&desk);
        let settings = desk.read(crate::merchants::settings).unwrap();
        let new = |n: usize| NewCustomer { email: format!("c{n:05}@example.com"), ..NewCustomer::default() };
        let ready: Vec<_> = (0..MANY).map(|n| customers::ready(new(n), Rules::Normal, &settings, desk.now()).unwrap()).collect();
        desk.write(move |tx, ctx| customers::create_many(tx, ctx, &ready).map(drop)).unwrap();
        let id = begin(&desk, &to(&template, all())).unwrap();
        let began = Instant::now();
        let mut now = desk.now();
        while state(&desk, &id) == State::Sending {
            work(&desk, now);
            now += 5_000_000;
        }
        let queued = began.elapsed();
        let began = Instant::now();
        let sent = post(&desk, now, &mail::Outcome::Sent).len();
        assert_eq!(sent, MANY);
        println!("{:?}: {MANY} queued in {queued:?}, claimed and noted in {:?}", db.engine(), began.elapsed());
    }
}
