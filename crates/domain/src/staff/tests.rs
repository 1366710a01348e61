//! Who comes in, who does not, and what nobody can give away.

use store::testing::TestDb;

use super::invitations::{Comer, NewPerson};
use super::sessions::{Device, IDLE, LONGEST};
use super::sign_in::{Attempt, PER_PAIR, WINDOW};
use super::*;
use crate::kit::{Ctx, Error, Problems, Result, Right};
use crate::testing::{Fixture, NOW, PASSWORD, merchant, prepared};

fn moment(now: i64) -> Moment {
    Moment { now, door: Door::Page, ids: IdSource::System }
}

fn signed_in(f: &Fixture, person: &PersonId) -> (String, SignedIn) {
    let person = person.clone();
    f.db.write_now(move |tx| {
        let opened = sessions::open(tx, &moment(NOW), &person, &Device::default(), Means::SetUp)?;
        let who = sessions::resolve(tx, &opened.secret, NOW)?.expect("open");
        Ok::<_, Error>((opened.secret, who))
    })
    .unwrap()
}

fn resolve(db: &TestDb, secret: &str, now: i64) -> Option<SignedIn> {
    let secret = secret.to_owned();
    db.read_now(move |tx| sessions::resolve(tx, &secret, now)).unwrap()
}

fn person_of(ctx: &Ctx) -> PersonId {
    PersonId::from_db(ctx.actor.id.clone())
}

fn code<T: std::fmt::Debug>(result: Result<T>) -> String {
    match result {
        Err(Error::Conflict { code, .. }) => code.to_owned(),
        Err(Error::Invalid(Problems(all))) => all.iter().map(|p| format!("{}:{}", p.field, p.code)).collect::<Vec<_>>().join(" "),
        Err(Error::Forbidden(right)) => format!("forbidden {right}"),
        Err(Error::NotFound(what)) => format!("no {what}"),
        other => format!("{other:?}"),
    }
}

fn invite(f: &Fixture, by: &Ctx, email: &'static str, access: Access) -> Result<invitations::Made> {
    let by = by.clone();
    f.db.write_now(move |tx| invitations::invite(tx, &by, email, access))
}

fn accept(db: &TestDb, secret: &str, comer: Comer, now: i64) -> Result<(MerchantId, PersonId)> {
    let secret = secret.to_owned();
    db.write_now(move |tx| invitations::accept(tx, &moment(now), &secret, &comer))
}

fn from(address: &str) -> Device {
    Device { address: address.to_owned(), ..Device::default() }
}

fn newcomer() -> Comer {
    Comer::New(NewPerson::ready("Nina", Hashed::of_tests()))
}

store::db_test! {
    crate::migrations();

    fn the_first_owner_gets_what_was_imported_before(db) {
        let ctx = crate::kit::Ctx::new(crate::kit::MerchantId::of(&[7; 16]), crate::kit::Actor::system("command line"), crate::kit::Door::Import, NOW);
        let (new, at) = (merchant(), ctx.clone());
        db.write_now(move |tx| crate::imports::create_merchant(tx, &at, &new)).unwrap();
        let waiting = db.read_now(set_up::waiting).unwrap();
        assert_eq!((waiting.len(), &waiting[0].id, waiting[0].customers), (1, &ctx.merchant, 0));
        let owner = NewOwner { name: "Ana".into(), email: "ana@example.es".into(), password: PASSWORD.into(), merchant: None }.prepare().unwrap();
        let moment = moment(NOW);
        let made = db.write_now(move |tx| set_up::set_up(tx, &moment, &owner)).unwrap();
        assert_eq!(made.merchant, ctx.merchant);
        assert!(db.read_now(set_up::waiting).unwrap().is_empty());
    }

    fn the_first_start_happens_once(db) {
        assert!(db.read_now(set_up::is_needed).unwrap());
        Fixture::new(db);
        assert!(!db.read_now(set_up::is_needed).unwrap());
        assert_eq!(code(db.write_now(|tx| set_up::set_up(tx, &moment(NOW), &prepared()))), "already_set_up");
    }

    fn the_first_start_tells_all_that_is_wrong_at_once(db) {
        let wrong = NewOwner { email: "nobody".into(), password: "short".into(), merchant: Some(crate::merchants::NewMerchant::default()), ..NewOwner::default() };
        assert_eq!(
            code(wrong.prepare()),
            "name:required email:invalid password:too_short merchant:required currency:unknown time_zone:unknown shop:required"
        );
        let good = NewOwner { name: "Ana".into(), email: "ana@example.es".into(), password: PASSWORD.into(), merchant: Some(merchant()) };
        let ready = good.prepare().unwrap();
        db.write_now(move |tx| set_up::set_up(tx, &moment(NOW), &ready)).unwrap();
    }

    fn a_person_signs_in_with_the_password_and_nobody_else_does(db) {
        let f = Fixture::new(db);
        let verify = |email: &'static str, password: &str| match db.write_now(move |tx| sign_in::attempt(tx, &moment(NOW), email, &from("10.0.0.1"))).unwrap() {
            Attempt::Check(credentials) => credentials.verify(password),
            Attempt::Wait(_) => panic!("too early"),
        };
        assert_eq!(verify("OLIVIA@example.com ", PASSWORD), Some(f.owner.clone()));
        assert_eq!(verify("olivia@example.com", "another password"), None);
        assert_eq!(verify("nobody@example.com", PASSWORD), None);
        assert_eq!(verify("nobody@example.com", "the password of nobody"), None);
    }

    fn guessing_is_stopped_and_begins_anew_later(db) {
        Fixture::new(db);
        let attempt = |now: i64, address: &'static str| db.write_now(move |tx| sign_in::attempt(tx, &moment(now), "olivia@example.com", &from(address))).unwrap();
        for _ in 0..PER_PAIR {
            assert!(matches!(attempt(NOW, "10.0.0.1"), Attempt::Check(_)));
        }
        assert!(matches!(attempt(NOW + 1, "10.0.0.1"), Attempt::Wait(until) if until == NOW + WINDOW));
        assert!(matches!(attempt(NOW + 1, "10.0.0.2"), Attempt::Check(_)), "the owner elsewhere is not locked out");
        assert!(matches!(attempt(NOW + WINDOW + 1, "10.0.0.1"), Attempt::Check(_)));
    }

    fn a_session_opens_with_its_secret_alone(db) {
        let f = Fixture::new(db);
        let (secret, who) = signed_in(&f, &f.owner);
        assert_eq!(who.current.as_ref().map(|m| (&m.merchant, m.role)), Some((f.merchant(), Role::Owner)));
        let hash = crate::kit::secret_hash(&secret);
        for guess in ["", who.session.as_str(), &hash, &secret[1..]] {
            assert!(resolve(db, guess, NOW).is_none(), "{guess}");
        }
    }

    fn a_session_ends_unseen_and_after_thirty_days(db) {
        let f = Fixture::new(db);
        let (secret, who) = signed_in(&f, &f.owner);
        assert!(!resolve(db, &secret, NOW + 1).unwrap().touch, "not written again within the minute");
        assert!(resolve(db, &secret, NOW + IDLE - 1).unwrap().touch);
        assert!(resolve(db, &secret, NOW + IDLE).is_none());
        let mut now = NOW;
        while now + IDLE / 2 < NOW + LONGEST {
            now += IDLE / 2;
            let id = who.session.clone();
            assert!(resolve(db, &secret, now).is_some());
            db.write_now(move |tx| sessions::touch(tx, &id, now)).unwrap();
        }
        assert!(resolve(db, &secret, NOW + LONGEST).is_none());
    }

    fn a_revoked_session_is_out_at_once(db) {
        let f = Fixture::new(db);
        let (first, who) = signed_in(&f, &f.owner);
        let (second, other) = signed_in(&f, &f.owner);
        let (third, _) = signed_in(&f, &f.owner);
        let stranger = signed_in(&f, &person_of(&f.staff(Role::Support))).1;
        let id = other.session.clone();
        assert_eq!(code(db.write_now(move |tx| sessions::revoke(tx, &stranger, &moment(NOW), &id))), "no session");
        let by = who.clone();
        db.write_now(move |tx| sessions::revoke(tx, &by, &moment(NOW), &other.session)).unwrap();
        assert!(resolve(db, &second, NOW).is_none());
        assert!(resolve(db, &third, NOW).is_some());
        let by = who.clone();
        assert_eq!(db.write_now(move |tx| sessions::revoke_others(tx, &by, &moment(NOW))).unwrap(), 1);
        assert!(resolve(db, &third, NOW).is_none());
        let by = who.clone();
        assert_eq!(db.read_now(move |tx| sessions::list(tx, &by, NOW)).unwrap().len(), 1);
        db.write_now(move |tx| sessions::revoke(tx, &who, &moment(NOW), &who.session)).unwrap();
        assert!(resolve(db, &first, NOW).is_none());
    }

    fn a_new_password_ends_the_other_sessions(db) {
        let f = Fixture::new(db);
        let (here, who) = signed_in(&f, &f.owner);
        let (there, _) = signed_in(&f, &f.owner);
        let id = f.owner.clone();
        let present = db.read_now(move |tx| account::present(tx, &id)).unwrap();
        assert_eq!(code(account::check_password(&who, present.clone(), "wrong", "short").map(|_| ())), "password:too_short current:invalid");
        let change = std::sync::Arc::new(account::check_password(&who, present, PASSWORD, "four green tea cups").unwrap());
        let (w, c) = (who.clone(), change.clone());
        assert_eq!(db.write_now(move |tx| account::set_password(tx, &w, &moment(NOW), &c)).unwrap(), 1);
        assert!(resolve(db, &here, NOW).is_some());
        assert!(resolve(db, &there, NOW).is_none());
        assert_eq!(code(db.write_now(move |tx| account::set_password(tx, &who, &moment(NOW), &change))), "password_changed");
    }

    fn a_person_of_two_merchants_switches_and_strangers_do_not(db) {
        let f = Fixture::new(db);
        let other = f.other();
        let (secret, who) = signed_in(&f, &f.owner);
        let to = other.merchant().clone();
        let by = who.clone();
        db.write_now(move |tx| sessions::switch(tx, &by, &to)).unwrap();
        let now = resolve(db, &secret, NOW).unwrap();
        assert_eq!(now.current.unwrap().merchant, *other.merchant());
        assert_eq!(now.memberships.len(), 2);
        let stranger = signed_in(&f, &person_of(&f.staff(Role::Manager))).1;
        let to = other.merchant().clone();
        let by = stranger.clone();
        assert_eq!(code(db.write_now(move |tx| sessions::switch(tx, &by, &to))), "no merchant");
        assert_eq!(code(db.write_now(move |tx| create_merchant(tx, &stranger, &moment(NOW), &merchant()))), "owners_only");
    }

    fn disabled_staff_is_out_at_once(db) {
        let f = Fixture::new(db);
        let sam = person_of(&f.staff(Role::Manager));
        let (secret, who) = signed_in(&f, &sam);
        assert!(who.current.is_some());
        let (ctx, id) = (f.ctx.clone(), sam.clone());
        db.write_now(move |tx| members::disable(tx, &ctx, &id)).unwrap();
        assert!(resolve(db, &secret, NOW).unwrap().current.is_none());
        let (ctx, id) = (f.ctx.clone(), sam.clone());
        db.write_now(move |tx| members::enable(tx, &ctx, &id)).unwrap();
        assert!(resolve(db, &secret, NOW).unwrap().current.is_some());
    }

    fn the_last_owner_stays(db) {
        let f = Fixture::new(db);
        let (ctx, me) = (f.ctx.clone(), f.owner.clone());
        assert_eq!(code(db.write_now(move |tx| members::change(tx, &ctx, &me, Access::role(Role::Manager)))), "last_owner");
        let second = f.staff(Role::Owner);
        let me = f.owner.clone();
        let by = second.clone();
        assert_eq!(code(db.write_now(move |tx| members::disable(tx, &by, &person_of(&by)))), "yourself");
        let by = second.clone();
        db.write_now(move |tx| members::change(tx, &by, &me, Access::role(Role::Support))).unwrap();
        let (by, second) = (second.clone(), person_of(&second));
        assert_eq!(code(db.write_now(move |tx| members::change(tx, &by, &second, Access::role(Role::Support)))), "last_owner");
        let (by, me) = (f.ctx.clone(), f.owner.clone());
        assert_eq!(code(db.write_now(move |tx| members::change(tx, &by, &me, Access::role(Role::Owner)))), "forbidden staff", "the rights of now count, not those of the request");
    }

    fn nobody_gives_more_than_they_have(db) {
        let f = Fixture::new(db);
        // A manager who may also manage staff, but neither purge nor refund.
        let some = Rights::all().without(Right::Purge).without(Right::Refund);
        let boss = f.staff_with(Access::exactly(Role::Manager, some));
        let peer = person_of(&f.staff(Role::Support));
        let above = person_of(&f.staff_with(Access::exactly(Role::Finance, Rights::of(&[Right::Read, Right::Refund]))));
        let change = |person: &PersonId, access: Access| {
            let (by, person) = (boss.clone(), person.clone());
            code(db.write_now(move |tx| members::change(tx, &by, &person, access)).map(|_| ()))
        };
        assert_eq!(change(&peer, Access::role(Role::Owner)), "owners_only");
        assert_eq!(change(&f.owner, Access::role(Role::ReadOnly)), "owners_only");
        assert_eq!(change(&peer, Access::role(Role::Manager)), "rights:invalid");
        assert_eq!(change(&peer, Access { role: Role::ReadOnly, granted: Rights::of(&[Right::Purge]), withdrawn: Rights::NONE }), "rights:invalid");
        assert_eq!(change(&above, Access::role(Role::ReadOnly)), "above_you");
        assert_eq!(change(&person_of(&boss), Access::role(Role::Manager)), "rights:invalid", "nor to themselves");
        assert_eq!(change(&peer, Access::exactly(Role::Manager, some)), "Ok(())");
        assert_eq!(code(invite(&f, &boss, "new@example.com", Access::role(Role::Finance)).map(|_| ())), "rights:invalid");
        assert_eq!(code(invite(&f, &boss, "new@example.com", Access::role(Role::Owner)).map(|_| ())), "owners_only");
        assert_eq!(code(invite(&f, &f.staff(Role::Manager), "new@example.com", Access::role(Role::ReadOnly)).map(|_| ())), "forbidden staff");
        let (by, new) = (boss.clone(), api_keys::NewKey { name: "shop".into(), scopes: Rights::of(&[Right::Read, Right::Refund]), expires_at: None });
        assert_eq!(code(db.write_now(move |tx| api_keys::create(tx, &by, &new))), "scopes:invalid");
    }

    fn an_invitation_works_once_and_for_its_address(db) {
        let f = Fixture::new(db);
        let made = invite(&f, &f.ctx, "Nina@Example.com", Access::role(Role::Support)).unwrap();
        let somebody = person_of(&f.staff(Role::ReadOnly));
        assert_eq!(code(accept(db, &made.secret, Comer::Known(somebody), NOW)), "other_person");
        assert_eq!(code(accept(db, &made.secret, newcomer(), made.expires_at)), "no invitation");
        let (merchant, person) = accept(db, &made.secret, newcomer(), NOW).unwrap();
        assert_eq!(merchant, *f.merchant());
        assert_eq!(code(accept(db, &made.secret, newcomer(), NOW)), "no invitation");
        let who = signed_in(&f, &person).1;
        assert_eq!(who.current.unwrap().rights, Role::Support.rights());
        assert_eq!(code(invite(&f, &f.ctx, "nina@example.com", Access::role(Role::Support)).map(|_| ())), "email:taken");
    }

    fn a_second_invitation_takes_the_place_of_the_first_and_a_revoked_one_is_nothing(db) {
        let f = Fixture::new(db);
        let first = invite(&f, &f.ctx, "nina@example.com", Access::role(Role::Finance)).unwrap();
        let second = invite(&f, &f.ctx, "nina@example.com", Access::role(Role::Support)).unwrap();
        assert_eq!(code(accept(db, &first.secret, newcomer(), NOW)), "no invitation");
        let ctx = f.ctx.clone();
        assert_eq!(db.read_now(move |tx| invitations::list(tx, &ctx)).unwrap().len(), 1);
        let (ctx, id) = (f.ctx.clone(), second.id.clone());
        db.write_now(move |tx| invitations::revoke(tx, &ctx, &id)).unwrap();
        assert_eq!(code(accept(db, &second.secret, newcomer(), NOW)), "no invitation");
    }

    fn a_known_person_accepts_for_another_merchant(db) {
        let f = Fixture::new(db);
        let other = f.other();
        let made = invite(&f, &f.ctx, "nina@example.com", Access::role(Role::Support)).unwrap();
        let (_, nina) = accept(db, &made.secret, newcomer(), NOW).unwrap();
        let made = invite(&other, &other.ctx, "nina@example.com", Access::role(Role::Finance)).unwrap();
        let secret = made.secret.clone();
        assert_eq!(db.read_now(move |tx| invitations::look(tx, &secret, NOW)).unwrap().1, Some(nina.clone()));
        assert_eq!(code(accept(db, &made.secret, newcomer(), NOW)), "email:taken", "nobody takes over an account by its address");
        accept(db, &made.secret, Comer::Known(nina.clone()), NOW).unwrap();
        assert_eq!(signed_in(&f, &nina).1.memberships.len(), 2);
    }

    fn an_inviter_who_lost_the_rights_gives_nothing(db) {
        let f = Fixture::new(db);
        let boss = f.staff_with(Access::exactly(Role::Manager, Rights::all()));
        let made = invite(&f, &boss, "nina@example.com", Access::role(Role::Finance)).unwrap();
        let (by, boss) = (f.ctx.clone(), person_of(&boss));
        db.write_now(move |tx| members::change(tx, &by, &boss, Access::role(Role::Manager))).unwrap();
        assert_eq!(code(accept(db, &made.secret, newcomer(), NOW)), "inviter_lost_rights");
    }

    fn an_api_key_opens_until_it_is_revoked_or_over(db) {
        let f = Fixture::new(db);
        let make = |expires_at: Option<i64>| {
            let (ctx, new) = (f.ctx.clone(), api_keys::NewKey { name: "Storefront".into(), scopes: Rights::of(&[Right::Read, Right::Orders]), expires_at });
            db.write_now(move |tx| api_keys::create(tx, &ctx, &new))
        };
        let open = |secret: &str, now: i64| {
            let secret = secret.to_owned();
            db.read_now(move |tx| api_keys::resolve(tx, &secret, now)).unwrap()
        };
        assert_eq!(code(make(Some(NOW))), "expires_at:invalid");
        let brief = make(Some(NOW + 10)).unwrap();
        assert!(open(&brief.secret, NOW + 9).is_some());
        assert!(open(&brief.secret, NOW + 10).is_none());
        let key = make(None).unwrap();
        assert!(key.secret.starts_with("rk_live_"));
        let used = open(&key.secret, NOW).unwrap();
        assert_eq!((used.merchant.clone(), used.actor.rights), (f.merchant().clone(), Rights::of(&[Right::Read, Right::Orders])));
        assert!(used.touch);
        db.write_now(move |tx| api_keys::touch(tx, &used, NOW)).unwrap();
        assert!(!open(&key.secret, NOW + 1).unwrap().touch, "not written again within the minute");
        let (other, id) = (f.other().ctx, key.id.clone());
        assert_eq!(code(db.write_now(move |tx| api_keys::revoke(tx, &other, &id)).map(|_| ())), "no API key");
        let (ctx, id) = (f.ctx.clone(), key.id.clone());
        db.write_now(move |tx| api_keys::revoke(tx, &ctx, &id)).unwrap();
        assert!(open(&key.secret, NOW).is_none());
        assert!(open("rk_live_", NOW).is_none());
    }

    fn another_merchants_staff_is_not_there(db) {
        let f = Fixture::new(db);
        let sam = person_of(&f.staff(Role::Support));
        let other = f.other().ctx;
        assert_eq!(code(db.write_now(move |tx| members::disable(tx, &other, &sam)).map(|_| ())), "no person");
    }

    fn secrets_are_nowhere_in_the_database(db) {
        let f = Fixture::new(db);
        let (session, _) = signed_in(&f, &f.owner);
        let invitation = invite(&f, &f.ctx, "nina@example.com", Access::role(Role::Support)).unwrap().secret;
        let (ctx, new) = (f.ctx.clone(), api_keys::NewKey { name: "k".into(), scopes: Rights::of(&[Right::Read]), expires_at: None });
        let key = db.write_now(move |tx| api_keys::create(tx, &ctx, &new)).unwrap().secret;
        for (table, column) in [("sessions", "secret_hash"), ("invitations", "secret_hash"), ("api_keys", "secret_hash"), ("events", "data")] {
            let all = store::Stmt::built(format!("SELECT {column} FROM {table}"));
            let texts = db.read_now(move |tx| tx.rows(&all, &[], |r| r.get::<String>(0))).unwrap();
            assert!(!texts.iter().any(|t| [&session, &invitation, &key].iter().any(|s| t.contains(s.as_str()))), "{table}");
        }
    }

    fn looks_are_kept_with_the_person(db) {
        let f = Fixture::new(db);
        let (secret, who) = signed_in(&f, &f.owner);
        assert_eq!(who.person.look, Look::default());
        let look = Look { shortcuts: false, theme: Theme::Dark, density: Density::Compact, locale: crate::kit::Locale::of("de-AT") };
        let by = who.clone();
        db.write_now(move |tx| account::set_look(tx, &by, look)).unwrap();
        db.write_now(move |tx| account::rename(tx, &who, &moment(NOW), " Olivia Verhoeven ")).unwrap();
        let now = resolve(db, &secret, NOW).unwrap();
        assert_eq!((now.person.look, now.person.name.as_str()), (look, "Olivia Verhoeven"));
    }
}

store::db_test_concurrent! {
    crate::migrations();

    fn of_many_first_starts_one_wins(db) {
        let won = db.together(8, |n, db| {
            let owner = set_up::Prepared::of_tests("Owner", &format!("owner{n}@example.com"), merchant());
            db.write_now(move |tx| set_up::set_up(tx, &moment(NOW), &owner)).is_ok()
        });
        assert_eq!(won.iter().filter(|w| **w).count(), 1);
        let count = store::Stmt::built("SELECT COUNT(*) FROM people".into());
        assert_eq!(db.read_now(move |tx| tx.one(&count, &[], |r| r.get::<i64>(0))).unwrap(), 1);
    }

    fn of_many_who_use_one_link_one_comes_in(db) {
        let f = Fixture::new(db);
        let secret = invite(&f, &f.ctx, "nina@example.com", Access::role(Role::Support)).unwrap().secret;
        let won = db.together(16, |_, _| accept(db, &secret, newcomer(), NOW).is_ok());
        assert_eq!(won.iter().filter(|w| **w).count(), 1);
    }

    fn two_owners_who_demote_each_other_leave_one(db) {
        let f = Fixture::new(db);
        let owners = [f.ctx.clone(), f.staff(Role::Owner)];
        let done = db.together(2, |n, db| {
            let (by, other) = (owners[n].clone(), person_of(&owners[1 - n]));
            db.write_now(move |tx| members::change(tx, &by, &other, Access::role(Role::ReadOnly))).is_ok()
        });
        assert_eq!(done.iter().filter(|d| **d).count(), 1);
    }

    fn tries_at_once_are_all_counted(db) {
        Fixture::new(db);
        let open = db.together(32, |_, db| {
            matches!(db.write_now(|tx| sign_in::attempt(tx, &moment(NOW), "olivia@example.com", &from("10.0.0.1"))).unwrap(), Attempt::Check(_))
        });
        assert_eq!(open.iter().filter(|o| **o).count() as i64, PER_PAIR);
    }
}
