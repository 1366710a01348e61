//! Who comes in and who does not, and what of whom they see.

use store::Tx;
use store::testing::TestDb;

use super::*;
use crate::customers::{self, NewCustomer, Rules};
use crate::kit::{Ctx, CustomerId, DAY, Door, Error, Micros, Result, Right, Rights, Role};
use crate::privacy::Cause;
use crate::staff::Moment;
use crate::staff::password::Hashed;
use crate::staff::sessions::Device;
use crate::testing::{Fixture, NOW, PASSWORD};

const WORD: &str = "kilde";

fn on() -> SettingsEdit {
    SettingsEdit { enabled: true, word: WORD.into(), colour: Colour::USUAL.into(), may_cancel: true, may_ask: true, may_return: true }
}

fn write<T: Send + 'static>(f: &Fixture, work: impl Fn(&mut Tx, &Ctx) -> Result<T> + Send + Sync + 'static) -> Result<T> {
    let ctx = f.ctx.clone();
    f.db.write_now(move |tx| work(tx, &ctx))
}

fn shop(db: &TestDb) -> Fixture {
    let f = Fixture::new(db);
    write(&f, |tx, ctx| edit(tx, ctx, &on())).unwrap();
    f
}

fn customer(f: &Fixture, email: &str) -> CustomerId {
    let new = NewCustomer { email: email.into(), name: "Ana Ruiz".into(), ..NewCustomer::default() };
    write(f, move |tx, ctx| customers::create(tx, ctx, new.clone(), Rules::Normal)).unwrap().id
}

fn link(f: &Fixture, who: &CustomerId) -> String {
    let who = who.clone();
    match write(f, move |tx, ctx| invite(tx, ctx, &who, &Way::Link)).unwrap() {
        Invited::Link(way, _) => way.rsplit('/').next().unwrap().to_owned(),
        mailed => panic!("{mailed:?}"),
    }
}

/// A browser that nobody knows, from there.
fn at(address: &str) -> Device {
    Device { address: address.to_owned(), ..Device::default() }
}

fn moment(now: Micros) -> Moment {
    Moment::new(now, Door::Portal)
}

fn enter_at(f: &Fixture, link: &str, now: Micros, password: Option<Hashed>) -> Result<String> {
    let secret = Secret { link: link.to_owned(), password };
    f.db.write_now(move |tx| {
        let portal = find(tx, WORD, &moment(now))?;
        by_link(tx, &portal, &moment(now), &secret, &Device::default()).map(|o| o.secret)
    })
}

fn enter(f: &Fixture, link: &str) -> Result<String> {
    enter_at(f, link, NOW, None)
}

fn who(f: &Fixture, word: &str, secret: &str, now: Micros) -> Option<Visitor> {
    let (word, secret) = (word.to_owned(), secret.to_owned());
    f.db.read_now::<_, Error>(move |tx| visitor(tx, &word, &secret, &moment(now))).ok().and_then(|(_, v)| v)
}

fn state(f: &Fixture, who: &CustomerId) -> State {
    let who = who.clone();
    write(f, move |tx, ctx| access(tx, ctx, &who)).unwrap().state
}

fn code<T: std::fmt::Debug>(done: Result<T>) -> &'static str {
    match done {
        Err(Error::Conflict { code, .. }) => code,
        Err(Error::NotFound(_)) => "not_found",
        Err(Error::Forbidden(_)) => "forbidden",
        Err(Error::Invalid(problems)) => problems.0[0].code,
        other => panic!("{other:?}"),
    }
}

store::db_test! {
    crate::migrations();

    fn a_link_opens_once_and_its_password_opens_from_then_on(db) {
        let f = shop(db);
        let ana = customer(&f, "Ana@example.es");
        assert_eq!(state(&f, &ana), State::None);
        let first = link(&f, &ana);
        let second = link(&f, &ana);
        assert_eq!(state(&f, &ana), State::Invited);
        assert_eq!(code(enter(&f, &first)), "not_found", "a second invitation takes the place of the first");
        assert_eq!(code(enter_at(&f, &second, NOW + 7 * DAY, None)), "not_found", "its week is over");
        let secret = enter_at(&f, &second, NOW + DAY, Some(Hashed::of_tests())).unwrap();
        assert_eq!(state(&f, &ana), State::Active);
        assert_eq!(who(&f, WORD, &secret, NOW + DAY).unwrap().customer, ana);
        assert_eq!(code(enter(&f, &second)), "not_found", "once");
        for (mail, password, fits) in [("ana@EXAMPLE.es", PASSWORD, true), ("ana@example.es", "something else", false), ("eve@example.es", PASSWORD, false)] {
            let tried = f.db.write_now::<_, Error>(move |tx| {
                let portal = find(tx, WORD, &moment(NOW))?;
                attempt(tx, &portal, &moment(NOW), mail, &at("10.0.0.1"))
            });
            let Attempt::Check(credentials) = tried.unwrap() else { panic!("slowed") };
            assert_eq!(credentials.verify(password), fits.then(|| ana.clone()), "{mail}");
        }
    }

    fn guessing_is_slowed_alike_for_known_and_unknown(db) {
        let f = shop(db);
        let ana = customer(&f, "ana@example.es");
        link(&f, &ana);
        for mail in ["ana@example.es", "nobody@example.es"] {
            let mut tries = 0;
            let until = loop {
                let tried = f.db.write_now::<_, Error>(move |tx| {
                    let portal = find(tx, WORD, &moment(NOW))?;
                    attempt(tx, &portal, &moment(NOW), mail, &at("10.0.0.1"))
                });
                match tried.unwrap() {
                    Attempt::Check(_) => tries += 1,
                    Attempt::Wait(until) => break until,
                }
            };
            assert_eq!((tries, until), (10, NOW + 15 * 60_000_000), "{mail}");
            let asked = |n: usize| {
                let ask = move |tx: &mut Tx| {
                    let portal = find(tx, WORD, &moment(NOW))?;
                    ask_link(tx, &portal, &moment(NOW), mail, &at(&format!("10.0.1.{n}")), "https://desk.example.com")
                };
                f.db.write_now::<_, Error>(ask).unwrap().is_some()
            };
            assert_eq!((0..12).map(asked).filter(|slowed| *slowed).count(), 0, "who asks from elsewhere is not refused for what strangers did: {mail}");
            assert_eq!((0..6).map(|_| asked(99)).filter(|slowed| *slowed).count(), 1, "who asks too often is: {mail}");
        }
        let mails: i64 = f.db.read_now::<_, Error>(|tx| Ok(tx.scalar(&store::Stmt::built("SELECT COUNT(*) FROM mails".to_owned()), &[])?)).unwrap();
        assert_eq!(mails, 10, "who is not known gets no mail");
    }

    fn strangers_lock_nobody_out_of_a_browser_they_came_in_with(db) {
        let f = shop(db);
        let (ana, vault) = (customer(&f, "ana@example.es"), crate::providers::Vault::new(&[7; 32]).unwrap());
        enter_at(&f, &link(&f, &ana), NOW, Some(Hashed::of_tests())).unwrap();
        let try_from = |device: Device| {
            let tried = f.db.write_now::<_, Error>(move |tx| {
                let portal = find(tx, WORD, &moment(NOW))?;
                attempt(tx, &portal, &moment(NOW), "ana@example.es", &device)
            });
            matches!(tried.unwrap(), Attempt::Check(_))
        };
        assert_eq!((0..60).filter(|n| try_from(at(&format!("10.0.2.{n}")))).count(), 50, "strangers shut the address");
        assert!(!try_from(at("10.0.0.1")), "for every browser that nobody knows");
        let portal = f.db.read_now::<_, Error>(|tx| find(tx, WORD, &moment(NOW))).unwrap();
        let mark = mark(&vault, &portal, "ana@example.es").unwrap();
        assert_eq!(marked(&vault, &portal, "eve@example.es", &mark), None, "a mark is of one address");
        let known = Device { known: marked(&vault, &portal, "Ana@Example.es", &mark), ..at("10.0.0.1") };
        assert!(known.known.is_some() && try_from(known.clone()), "but not for hers");
        assert_eq!((0..20).filter(|_| try_from(known.clone())).count(), 9, "which is slowed by itself");
    }

    fn a_portal_ends_with_its_customer_and_when_it_is_closed(db) {
        let f = shop(db);
        for end in ["close", "delete", "merge", "anonymise", "off"] {
            let ana = customer(&f, &format!("{end}@example.es"));
            let other = customer(&f, &format!("other-{end}@example.es"));
            let secret = enter(&f, &link(&f, &ana)).unwrap();
            let waiting = {
                let ana = ana.clone();
                write(&f, move |tx, ctx| invite(tx, ctx, &ana, &Way::Link)).unwrap()
            };
            let Invited::Link(way, _) = waiting else { panic!() };
            assert!(who(&f, WORD, &secret, NOW).is_some());
            let id = ana.clone();
            write(&f, move |tx, ctx| match end {
                "close" => close(tx, ctx, &id),
                "delete" => customers::delete(tx, ctx, &id),
                "merge" => customers::merge::merge(tx, ctx, std::slice::from_ref(&id), &other, &customers::merge::Choices::default()).map(drop),
                "anonymise" => crate::privacy::anonymise(tx, ctx, &crate::providers::Vault::new(&[7; 32]).unwrap(), &id, Cause::Hand).map(drop),
                _ => edit(tx, ctx, &SettingsEdit { enabled: false, ..on() }).map(drop),
            }).unwrap();
            assert!(who(&f, WORD, &secret, NOW).is_none(), "{end}");
            assert_eq!(code(enter(&f, way.rsplit('/').next().unwrap())), "not_found", "{end}");
            match end {
                "off" => assert_eq!(code(write(&f, move |tx, ctx| invite(tx, ctx, &ana, &Way::Link))), "portal_off"),
                "anonymise" => assert_eq!(state(&f, &ana), State::None),
                _ => assert_eq!(state(&f, &ana), State::Closed, "{end}"),
            }
        }
    }

    fn a_session_ends_when_it_is_not_used_and_with_its_month(db) {
        let f = shop(db);
        let ana = customer(&f, "ana@example.es");
        let secret = enter(&f, &link(&f, &ana)).unwrap();
        assert!(who(&f, WORD, &secret, NOW + IDLE).is_none());
        let mut at = NOW;
        while at + IDLE / 2 < NOW + LONGEST {
            at += IDLE / 2;
            let v = who(&f, WORD, &secret, at).unwrap();
            f.db.write_now::<_, Error>(move |tx| touch(tx, &v)).unwrap();
        }
        assert!(who(&f, WORD, &secret, NOW + LONGEST).is_none());
        let v = who(&f, WORD, &secret, at).unwrap();
        f.db.write_now::<_, Error>(move |tx| sign_out(tx, &v)).unwrap();
        assert!(who(&f, WORD, &secret, at).is_none());
    }

    fn one_merchants_portal_is_not_anothers(db) {
        let f = shop(db);
        let other = f.other();
        assert_eq!(code(write(&other, |tx, ctx| edit(tx, ctx, &on()))), "taken");
        write(&other, |tx, ctx| edit(tx, ctx, &SettingsEdit { word: "other".into(), ..on() })).unwrap();
        let ana = customer(&f, "ana@example.es");
        let way = link(&f, &ana);
        let there = Secret { link: way.clone(), password: None };
        let through = f.db.write_now(move |tx| {
            let portal = find(tx, "other", &moment(NOW))?;
            by_link(tx, &portal, &moment(NOW), &there, &Device::default()).map(drop)
        });
        assert_eq!(code(through), "not_found");
        let secret = enter(&f, &way).unwrap();
        assert!(who(&f, "other", &secret, NOW).is_none());
        let id = ana.clone();
        assert_eq!(code(write(&other, move |tx, ctx| invite(tx, ctx, &id, &Way::Link))), "not_found");
        assert_eq!(code(write(&other, move |tx, ctx| access(tx, ctx, &ana))), "not_found");
        for bad in ["", "ab", "Ümlaut", "a b c", "-abc", "abc-", "a/b/c"] {
            assert_eq!(code(write(&f, move |tx, ctx| edit(tx, ctx, &SettingsEdit { word: bad.into(), ..on() }))), "invalid", "{bad}");
        }
    }

    fn who_may_invite_and_whom(db) {
        let f = shop(db);
        let ana = customer(&f, "ana@example.es");
        let reader = f.staff(Role::ReadOnly);
        let id = ana.clone();
        assert_eq!(code(f.db.write_now(move |tx| invite(tx, &reader, &id, &Way::Link))), "forbidden");
        let id = ana.clone();
        write(&f, move |tx, ctx| customers::archive(tx, ctx, &id, None)).unwrap();
        assert_eq!(code(write(&f, move |tx, ctx| invite(tx, ctx, &ana, &Way::Link))), "customer_inactive");
        let v = f.staff_with(crate::staff::Access::exactly(Role::Support, Rights::of(&[Right::Read])));
        assert_eq!(code(f.db.write_now(move |tx| edit(tx, &v, &on()))), "forbidden");
    }

    fn a_new_address_is_theirs_when_its_link_was_opened(db) {
        let f = shop(db);
        let ana = customer(&f, "ana@example.es");
        let secret = enter(&f, &link(&f, &ana)).unwrap();
        let v = who(&f, WORD, &secret, NOW).unwrap();
        let v2 = v.clone();
        assert_eq!(code(f.db.write_now(move |tx| ask_email(tx, &v2, "no address", "https://desk.example.com"))), "invalid");
        f.db.write_now(move |tx| ask_email(tx, &v, "ana@new.example", "https://desk.example.com")).unwrap();
        let claimed = f.db.write_now(|tx| crate::mail::claim(tx, "w", NOW)).unwrap().unwrap();
        let held = claimed.clone();
        let letter = f.db.read_now(move |tx| crate::mail::letter(tx, &held, NOW)).unwrap();
        assert_eq!(letter.to, "ana@new.example");
        let way = letter.body.lines().find_map(|l| l.strip_prefix("https://desk.example.com/portal/kilde/links/")).unwrap().to_owned();
        assert_eq!(Some(&way), claimed.link.as_ref());
        assert_eq!(code(enter(&f, &way)), "not_found", "it opens nothing");
        let confirm = |way: String| f.db.write_now(move |tx| {
            let portal = find(tx, WORD, &moment(NOW))?;
            confirm_email(tx, &portal, &moment(NOW), &way)
        });
        confirm(way.clone()).unwrap();
        assert_eq!(code(confirm(way)), "not_found", "once");
        let changed = write(&f, move |tx, ctx| customers::get(tx, ctx, &ana)).unwrap();
        assert_eq!(changed.email, "ana@new.example");
        let claimed = f.db.write_now(|tx| crate::mail::claim(tx, "w", NOW)).unwrap().unwrap();
        let letter = f.db.read_now(move |tx| crate::mail::letter(tx, &claimed, NOW)).unwrap();
        assert!(letter.to == "ana@example.es" && letter.subject.contains("was changed"), "the old one is told");
    }

    fn of_two_who_use_a_link_at_once_one_comes_in(db) {
        let f = shop(db);
        let ana = customer(&f, "ana@example.es");
        let way = link(&f, &ana);
        let came = std::thread::scope(|s| {
            let all: Vec<_> = (0..4).map(|_| s.spawn(|| enter(&f, &way).is_ok())).collect();
            all.into_iter().map(|t| t.join().unwrap()).filter(|ok| *ok).count()
        });
        assert_eq!(came, 1);
    }
}
