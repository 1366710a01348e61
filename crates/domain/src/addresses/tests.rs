//! Bounced addresses on both engines.

use super::*;
use crate::kit::Right;
use crate::orders::desk::{Desk, refusal};

fn mark(desk: &Desk, email: &'static str, code: &'static str) -> crate::Result<Bounce> {
    desk.write(move |tx, ctx| bounced(tx, ctx, email, code))
}

fn stands(desk: &Desk, email: &'static str) -> Option<String> {
    desk.read(move |tx, ctx| standing(tx, ctx, email)).unwrap().map(|b| b.code)
}

store::db_test! {
    crate::migrations();

    fn every_statement_is_understood(db) {
        for statement in queries::ALL.iter().copied().chain(queries::built()) {
            db.prepare(statement).unwrap_or_else(|e| panic!("{statement:?}: {e}"));
        }
    }

    fn a_mark_is_set_told_again_and_taken_off(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        assert_eq!(stands(&desk, "ana@example.es"), None);
        mark(&desk, "Ana@Example.es", "5.1.1").unwrap();
        mark(&desk, "ana@example.es", "5.2.2").unwrap();
        assert_eq!(stands(&desk, "ANA@example.es").as_deref(), Some("5.2.2"));
        let known = desk.read(|tx, ctx| marks(tx, ctx, &["ana@example.es", "ben@example.es", ""])).unwrap();
        assert_eq!((known.len(), known["ana@example.es"].bounced), (1, true));
        desk.write(|tx, ctx| { clear(tx, ctx, "ana@example.es")?; clear(tx, ctx, "ana@example.es") }).unwrap();
        assert_eq!(stands(&desk, "ana@example.es"), None);
        let told = desk.read(move |tx, ctx| crate::events::timeline(tx, ctx, &ana, "", None, 10)).unwrap();
        let kinds: Vec<_> = told.entries.iter().map(|e| e.kind.as_str()).collect();
        assert_eq!(kinds, ["customer.address_cleared", "customer.address_bounced", "customer.created"], "once each");
    }

    fn nonsense_wrong_rights_and_other_merchants_change_nothing(db) {
        let desk = Desk::new(db);
        assert_eq!(refusal(mark(&desk, "nobody", "5.1.1")), "email:invalid");
        assert_eq!(refusal(mark(&desk, "a@b", "<script>")), "code:invalid");
        let without = Desk { ctx: desk.f.without(Right::Write), ..desk.clone() };
        assert!(mark(&without, "a@b.example", "").is_err());
        mark(&desk, "a@b.example", "").unwrap();
        let other = Desk { ctx: desk.f.other().ctx, ..desk.clone() };
        assert_eq!(stands(&other, "a@b.example"), None);
    }
}
