//! Passkeys with a device in software: what is taken, and everything that is not.

use serde_json::Value;
use store::testing::TestDb;

use super::soft::{SEEN, Soft};
use super::*;
use crate::kit::{PersonId, Role, SessionId};
use crate::staff::halves::Finished;
use crate::staff::sessions::Opened;
use crate::staff::sign_in::Entered;
use crate::staff::strong::{
    MAIL, SITE, at, enter, finish, from, half, letters, link, opened, person_of, refusal, require, resolve, session, set_password, state,
    turned_on,
};
use crate::staff::{SignedIn, factor, fresh};
use crate::testing::{Fixture, NOW};

fn here() -> Party {
    Party::of("https://desk.example.com").unwrap()
}

fn elsewhere() -> Party {
    Party::of("https://desk.example.com.evil.example").unwrap()
}

/// A device that was told to behave in another way.
fn told(how: impl FnOnce(&mut Soft)) -> Soft {
    let mut soft = Soft::es256();
    how(&mut soft);
    soft
}

fn invited(db: &TestDb, who: &SignedIn) -> Invited {
    let who = who.clone();
    db.write_now(move |tx| invite(tx, &who, &at(NOW))).unwrap()
}

fn give(db: &TestDb, who: &SignedIn, answer: &str) -> crate::kit::Result<Taken<Added>> {
    let (who, answer) = (who.clone(), answer.to_owned());
    db.write_now(move |tx| add(tx, &at(NOW), &here(), &who, &answer, " Phone\n ", Some(SITE)))
}

/// Adds a passkey of this device to the account of a session.
fn added(db: &TestDb, who: &SignedIn, soft: &mut Soft) -> Added {
    let asked = invited(db, who);
    let answer = soft.create(&here(), &asked.challenge, &asked.handle);
    give(db, who, &answer).unwrap().unwrap()
}

/// The owner with a passkey, and a session of before.
fn with_passkey(db: &TestDb, person: &PersonId) -> (SignedIn, Soft) {
    let (secret, who) = session(db, person);
    let mut soft = Soft::es256();
    added(db, &who, &mut soft);
    (resolve(db, &secret, NOW).unwrap(), soft)
}

/// A question at the sign-in page: what is to be signed, and the cookie.
fn at_the_door(db: &TestDb) -> (String, String) {
    match db.write_now(|tx| ask_anybody(tx, &at(NOW), None, "10.0.0.1")).unwrap() {
        AskedAnybody::Asked(asked, cookie) => {
            assert!(asked.allowed.is_empty(), "nobody is known there");
            (asked.challenge, cookie)
        }
        AskedAnybody::Wait(_) => panic!("too early"),
    }
}

fn come_in(db: &TestDb, now: i64, cookie: &str, answer: &str) -> Taken<Opened> {
    let (cookie, answer) = (cookie.to_owned(), answer.to_owned());
    db.write_now(move |tx| sign_in(tx, &at(now), &here(), &cookie, &answer, &from("10.0.0.1", None), Some(SITE))).unwrap()
}

/// Signs in with what the device says to a question of now.
fn signs_in(db: &TestDb, soft: &mut Soft, party: &Party) -> Taken<Opened> {
    let (challenge, cookie) = at_the_door(db);
    let answer = soft.get(party, &challenge);
    come_in(db, NOW, &cookie, &answer)
}

fn behind_password(db: &TestDb, half: &str, soft: &mut Soft) -> crate::kit::Result<Taken<Opened>> {
    let secret = half.to_owned();
    let person = db.read_now({
        let secret = secret.clone();
        move |tx| crate::staff::halves::look(tx, &secret, NOW)
    })?;
    let asked = db.write_now({
        let secret = secret.clone();
        move |tx| ask(tx, &at(NOW), &Visit::Half(secret.clone()), &person.id)
    })?;
    assert!(!asked.allowed.is_empty());
    let answer = soft.get(&here(), &asked.challenge);
    db.write_now(move |tx| second_step(tx, &at(NOW), &here(), &secret, &answer, &from("10.0.0.1", None), Some(SITE)))
}

/// The proof of a fresh sign-in, asked of this session.
fn proves(db: &TestDb, who: &SignedIn, session: &SessionId, now: i64, soft: &mut Soft) -> Taken<()> {
    let (by, visit, person) = (who.clone(), Visit::Again(session.clone()), who.person.id.clone());
    let asked = db.write_now(move |tx| ask(tx, &at(now), &visit, &person)).unwrap();
    let answer = soft.get(&here(), &asked.challenge);
    db.write_now(move |tx| again(tx, &at(now), &here(), &by, &answer, None)).unwrap()
}

fn taken_away(db: &TestDb, who: &SignedIn, passkey: &PasskeyId) -> crate::kit::Result<()> {
    let (who, passkey) = (who.clone(), passkey.clone());
    db.write_now(move |tx| remove(tx, &who, &at(NOW), &passkey, Some(SITE)))
}

fn lines(db: &TestDb, who: &SignedIn) -> Vec<Passkey> {
    let who = who.clone();
    db.read_now(move |tx| list(tx, &who)).unwrap()
}

/// An answer with one of its texts changed in the middle.
fn bent(answer: &str, part: &str) -> String {
    let mut value: Value = serde_json::from_str(answer).unwrap();
    let text = value[part].as_str().unwrap().to_owned();
    let middle = text.len() / 2;
    let other = if &text[middle..=middle] == "A" { "B" } else { "A" };
    value[part] = format!("{}{other}{}", &text[..middle], &text[middle + 1..]).into();
    value.to_string()
}

store::db_test! {
    crate::migrations();

    fn a_passkey_of_each_kind_signs_in_alone(db) {
        let f = Fixture::new(db);
        for mut soft in [Soft::es256(), Soft::eddsa(), Soft::rs256()] {
            let (_, who) = session(db, &f.owner);
            added(db, &who, &mut soft);
            let inside = signs_in(db, &mut soft, &here()).unwrap();
            let found = resolve(db, &inside.secret, NOW).unwrap();
            assert!(found.person.id == f.owner && found.is_fresh(NOW) && found.second_factor && found.passkeys && !found.app);
            assert!(signs_in(db, &mut soft, &here()).is_ok(), "again and again");
        }
        let (_, who) = session(db, &f.owner);
        let all = lines(db, &who);
        assert!(all.len() == 3 && all.iter().all(|k| k.name == "Phone" && k.last_used_at == Some(NOW)));
    }

    fn a_device_that_does_not_count_is_taken(db) {
        let f = Fixture::new(db);
        let (_, who) = session(db, &f.owner);
        let mut soft = told(|s| s.count = None);
        added(db, &who, &mut soft);
        for _ in 0..3 {
            signs_in(db, &mut soft, &here()).unwrap();
        }
    }

    fn answers_that_do_not_fit_open_nothing(db) {
        let f = Fixture::new(db);
        let (_, mut soft) = with_passkey(db, &f.owner);
        let refused = |soft: &mut Soft, party: &Party| signs_in(db, soft, party).unwrap_err();
        assert_eq!(refused(&mut soft, &elsewhere()), Unfit::Site);
        assert_eq!(refused(&mut soft, &Party { origin: elsewhere().origin, ..here() }), Unfit::Site, "the origin alone");
        assert_eq!(refused(&mut soft, &Party { id: elsewhere().id, ..here() }), Unfit::Site, "the site's hash alone");
        assert_eq!(refused(&mut soft, &Party { origin: "http://desk.example.com".into(), ..here() }), Unfit::Site, "not over HTTPS");
        soft.framed = true;
        assert_eq!(refused(&mut soft, &here()), Unfit::Site, "in a frame of another site");
        soft.framed = false;
        for flags in [0, 1, 4] {
            soft.flags = flags;
            assert_eq!(refused(&mut soft, &here()), Unfit::Unseen, "{flags}");
        }
        soft.flags = SEEN;
        soft.says = Some("webauthn.create");
        assert_eq!(refused(&mut soft, &here()), Unfit::Kind);
        soft.says = None;
        let mut stranger = Soft::es256();
        assert_eq!(refused(&mut stranger, &here()), Unfit::Unknown);
        stranger.id = soft.id.clone();
        stranger.user = soft.user.clone();
        assert_eq!(refused(&mut stranger, &here()), Unfit::Signature, "another key under the same number");
        let user = std::mem::take(&mut soft.user);
        assert_eq!(refused(&mut soft, &here()), Unfit::NotTheirs, "at the door a passkey says whose it is");
        soft.user = "somebody".into();
        assert_eq!(refused(&mut soft, &here()), Unfit::NotTheirs);
        soft.user = user;
        for part in ["signature", "data"] {
            let (challenge, cookie) = at_the_door(db);
            let answer = bent(&soft.get(&here(), &challenge), part);
            assert!(matches!(come_in(db, NOW, &cookie, &answer), Err(Unfit::Signature | Unfit::Site | Unfit::Unseen)), "{part}");
        }
        for nothing in ["", "{}", "[]", "null", "\u{0}", &"x".repeat(70_000)] {
            assert_eq!(come_in(db, NOW, "cookie", nothing).unwrap_err(), Unfit::Form);
        }
        assert!(signs_in(db, &mut soft, &here()).is_ok(), "and then the right one still does");
    }

    fn a_question_is_answered_once_in_time_and_by_its_visit(db) {
        let f = Fixture::new(db);
        let (who, mut soft) = with_passkey(db, &f.owner);
        let (challenge, cookie) = at_the_door(db);
        let answer = soft.get(&here(), &challenge);
        assert_eq!(come_in(db, NOW, "another visit", &answer).unwrap_err(), Unfit::Challenge);
        assert_eq!(come_in(db, NOW + HOLDS, &cookie, &answer).unwrap_err(), Unfit::Challenge, "five minutes are over");
        assert!(come_in(db, NOW + HOLDS - 1, &cookie, &answer).is_ok());
        assert_eq!(come_in(db, NOW, &cookie, &answer).unwrap_err(), Unfit::Challenge, "replayed");
        let made_up = soft.get(&here(), &crate::kit::secret());
        assert_eq!(come_in(db, NOW, &cookie, &made_up).unwrap_err(), Unfit::Challenge, "asked by nobody");
        let (challenge, cookie) = at_the_door(db);
        soft.flags = 1;
        let unseen = soft.get(&here(), &challenge);
        assert_eq!(come_in(db, NOW, &cookie, &unseen).unwrap_err(), Unfit::Unseen);
        soft.flags = SEEN;
        let second = soft.get(&here(), &challenge);
        assert_eq!(come_in(db, NOW, &cookie, &second).unwrap_err(), Unfit::Challenge, "a refused answer used it up too");
        let asked = invited(db, &who);
        let carried = soft.get(&here(), &asked.challenge);
        assert_eq!(come_in(db, NOW, &cookie, &carried).unwrap_err(), Unfit::Challenge, "a question to add one opens no door");
        let (cookies, address) = (1 + PER_ADDRESS, "10.9.9.9");
        let waits = (0..cookies).filter(|_| matches!(db.write_now(|tx| ask_anybody(tx, &at(NOW), None, address)).unwrap(), AskedAnybody::Wait(_))).count();
        assert_eq!(waits, 1, "slowed by the address");
    }

    fn only_passkeys_of_this_moment_site_and_session_are_added(db) {
        let f = Fixture::new(db);
        let ((_, who), (_, other)) = (session(db, &f.owner), session(db, &f.owner));
        let made = |soft: &mut Soft, party: &Party| {
            let asked = invited(db, &who);
            soft.create(party, &asked.challenge, &asked.handle)
        };
        let refused = |answer: &str| give(db, &who, answer).unwrap().unwrap_err();
        assert_eq!(refused(&made(&mut Soft::es256(), &elsewhere())), Unfit::Site);
        assert_eq!(refused(&made(&mut told(|s| s.flags = 1), &here())), Unfit::Unseen);
        assert_eq!(refused(&made(&mut told(|s| s.says = Some("webauthn.get")), &here())), Unfit::Kind);
        let good = made(&mut Soft::es256(), &here());
        assert_eq!(give(db, &other, &good).unwrap().unwrap_err(), Unfit::Challenge, "asked of another session");
        assert!(give(db, &who, &good).unwrap().is_ok());
        assert_eq!(refused(&good), Unfit::Challenge, "replayed");
        assert_eq!(refused("{}"), Unfit::Form);
        let mut value: Value = serde_json::from_str(&made(&mut Soft::es256(), &here())).unwrap();
        value["id"] = "AAAA".into();
        assert_eq!(refused(&value.to_string()), Unfit::Form, "not the number that the device says");
    }

    fn a_passkey_is_registered_to_one_account(db) {
        let f = Fixture::new(db);
        let sam = person_of(&f.staff(Role::Support));
        let (_, mut soft) = with_passkey(db, &f.owner);
        let (_, sams) = session(db, &sam);
        let asked = invited(db, &sams);
        let answer = soft.create(&here(), &asked.challenge, &asked.handle);
        assert_eq!(give(db, &sams, &answer).unwrap().unwrap_err(), Unfit::Registered);
        assert!(lines(db, &sams).is_empty());
        let (_, who) = session(db, &f.owner);
        let asked = invited(db, &who);
        assert_eq!(asked.known, [super::soft::text(&soft.id)], "the device is told not to make a second");
        assert!(asked.handle.len() == 43 && !asked.handle.contains(f.owner.as_str()) && asked.handle == invited(db, &who).handle);
    }

    fn a_count_that_goes_back_is_refused_and_told(db) {
        let f = Fixture::new(db);
        let (_, mut soft) = with_passkey(db, &f.owner);
        soft.count = Some(7);
        signs_in(db, &mut soft, &here()).unwrap();
        letters(db, NOW);
        for before in [7, 0] {
            soft.count = Some(before);
            assert_eq!(signs_in(db, &mut soft, &here()).unwrap_err(), Unfit::Copied, "{before}");
        }
        soft.count = None;
        assert_eq!(signs_in(db, &mut soft, &here()).unwrap_err(), Unfit::Copied, "it counted before");
        let told = letters(db, NOW);
        assert!(told.len() == 3 && told.iter().all(|l| l.to == MAIL && l.subject == "Passkey refused" && l.body.contains("“Phone”")));
        static KEPT: store::Stmt = store::Stmt::new("kept", "SELECT COUNT(*) FROM events WHERE kind = 'person.passkey_refused'");
        assert_eq!(db.read_now(|tx| Ok::<_, crate::Error>(tx.one(&KEPT, &[], |r| r.get::<i64>(0))?)).unwrap(), 3);
        soft.count = Some(8);
        assert!(signs_in(db, &mut soft, &here()).is_ok());
    }

    fn the_first_brings_codes_ends_other_sessions_and_is_asked_behind_the_password(db) {
        let f = Fixture::new(db);
        let ((_, who), (other, _)) = (session(db, &f.owner), session(db, &f.owner));
        assert!(matches!(enter(db, NOW, &from("10.0.0.1", None)), Entered::In(_)));
        let mut soft = Soft::es256();
        let codes = added(db, &who, &mut soft).codes;
        assert_eq!(codes.len(), factor::HOW_MANY);
        assert!(resolve(db, &other, NOW).is_none());
        assert!(letters(db, NOW).iter().any(|l| l.subject == "Passkey added" && l.body.contains("Phone")));
        let mut second = Soft::eddsa();
        assert!(added(db, &who, &mut second).codes.is_empty());
        assert!(behind_password(db, &half(db, NOW), &mut soft).unwrap().is_ok());
        let waiting = half(db, NOW);
        assert!(matches!(finish(db, NOW, &waiting, "000000", &from("10.0.0.1", None)), Ok(Finished::Wrong)), "there is no app");
        opened(finish(db, NOW, &waiting, &codes[0], &from("10.0.0.1", None)));
        assert_eq!(refusal(behind_password(db, &waiting, &mut soft)), "no sign-in", "the first step is used up");
    }

    fn a_passkey_of_somebody_else_proves_nothing(db) {
        let f = Fixture::new(db);
        let (who, mut soft) = with_passkey(db, &f.owner);
        let (_, them) = session(db, &person_of(&f.staff(Role::Support)));
        let mut theirs = Soft::es256();
        added(db, &them, &mut theirs);
        assert_eq!(behind_password(db, &half(db, NOW), &mut theirs).unwrap().unwrap_err(), Unfit::NotTheirs);
        assert_eq!(proves(db, &who, &who.session, NOW, &mut theirs), Err(Unfit::NotTheirs));
        assert_eq!(taken_away(db, &who, &lines(db, &them)[0].id).map_err(|e| refusal::<()>(Err(e))), Err("no passkey".to_owned()));
        assert_eq!(lines(db, &them).len(), 1);
        soft.user = String::new();
        assert!(behind_password(db, &half(db, NOW), &mut soft).unwrap().is_ok(), "behind the password the person is known");
    }

    fn a_proof_makes_the_session_fresh(db) {
        let f = Fixture::new(db);
        let (secret, _) = session(db, &f.owner);
        let (who, mut soft) = with_passkey(db, &f.owner);
        assert!(resolve(db, &secret, NOW).is_none());
        let later = NOW + fresh::HOLDS;
        let (_, other) = session(db, &f.owner);
        assert_eq!(proves(db, &who, &other.session, later, &mut soft), Err(Unfit::Challenge), "asked of another session");
        assert!(!who.is_fresh(later));
        assert_eq!(proves(db, &who, &who.session, later, &mut soft), Ok(()));
        static FRESH: store::Stmt = store::Stmt::new("fresh", "SELECT fresh_at FROM sessions WHERE id = $1");
        let id = who.session.clone();
        assert_eq!(db.read_now(move |tx| Ok::<_, crate::Error>(tx.one(&FRESH, &[&id], |r| r.get::<i64>(0))?)).unwrap(), later);
    }

    fn a_passkey_counts_for_roles_and_the_last_stays_while_it_is_wanted(db) {
        let f = Fixture::new(db);
        require(db, &f.ctx, vec![Role::Owner]).unwrap();
        assert!(session(db, &f.owner).1.must_set_up());
        let (who, mut soft) = with_passkey(db, &f.owner);
        assert!(!who.must_set_up());
        let first = lines(db, &who)[0].id.clone();
        assert_eq!(refusal(taken_away(db, &who, &first)), "second_factor_required");
        turned_on(db, &f.owner);
        let (_, who) = session(db, &f.owner);
        taken_away(db, &who, &first).unwrap();
        assert_eq!(refusal(taken_away(db, &who, &first)), "no passkey", "twice");
        assert_eq!(signs_in(db, &mut soft, &here()).unwrap_err(), Unfit::Unknown);
        assert_eq!(state(db, &who), factor::State::On(NOW, 10), "the codes stay with the app");
        let mut second = Soft::es256();
        assert!(added(db, &who, &mut second).codes.is_empty());
        let by = who.clone();
        db.write_now(move |tx| factor::turn_off(tx, &by, &at(NOW), Some(SITE))).unwrap();
        let by = who.clone();
        assert_eq!(db.read_now(move |tx| factor::codes_left(tx, &by)).unwrap(), 10, "the passkey is enough, and keeps them");
        require(db, &f.ctx, vec![]).unwrap();
        taken_away(db, &who, &lines(db, &who)[0].id).unwrap();
        assert_eq!(db.read_now(move |tx| factor::codes_left(tx, &who)).unwrap(), 0);
        assert!(matches!(enter(db, NOW, &from("10.0.0.1", None)), Entered::In(_)), "the password is enough again");
    }

    fn a_new_password_keeps_passkeys_and_an_owner_takes_them_off(db) {
        let f = Fixture::new(db);
        let (_, mut soft) = with_passkey(db, &f.owner);
        letters(db, NOW);
        crate::staff::strong::ask(db, MAIL, NOW);
        set_password(db, &link(&letters(db, NOW)[0]), NOW).unwrap();
        assert!(signs_in(db, &mut soft, &here()).is_ok());
        let sam = person_of(&f.staff(Role::Support));
        let (_, mut sams) = with_passkey(db, &sam);
        let (by, whom) = (f.ctx.clone(), sam.clone());
        db.write_now(move |tx| factor::reset(tx, &by, &whom, Some(SITE))).unwrap();
        assert_eq!(signs_in(db, &mut sams, &here()).unwrap_err(), Unfit::Unknown);
        static OFF: store::Stmt = store::Stmt::new("off", "UPDATE people SET disabled_at = 1 WHERE id = $1");
        let id = f.owner.clone();
        db.write_now(move |tx| Ok::<_, crate::Error>(tx.exec(&OFF, &[&id])?)).unwrap();
        assert_eq!(signs_in(db, &mut soft, &here()).unwrap_err(), Unfit::Unknown, "whose account is closed stays out");
    }

    fn twenty_are_enough(db) {
        let f = Fixture::new(db);
        let (_, who) = session(db, &f.owner);
        for _ in 0..MOST {
            added(db, &who, &mut Soft::eddsa());
        }
        assert_eq!(refusal(db.write_now(move |tx| invite(tx, &who, &at(NOW)))), "too_many_passkeys");
    }
}

#[test]
fn passkeys_belong_to_an_address_that_browsers_trust() {
    for (origin, id) in [
        ("https://desk.example.com", "desk.example.com"),
        ("https://desk.example.com:8443", "desk.example.com"),
        ("http://localhost:8080", "localhost"),
    ] {
        assert_eq!(Party::of(origin), Some(Party { id: id.into(), origin: origin.into() }));
    }
    for none in ["http://desk.example.com", "http://127.0.0.1:8080", "https://192.0.2.1", "https://[::1]", "", "desk.example.com"] {
        assert_eq!(Party::of(none), None, "{none}");
    }
}

#[test]
fn keys_of_other_kinds_and_broken_ones_are_refused() {
    use super::key::{Read, read};
    let good = Soft::es256().cose();
    assert!(matches!(read(&good), Read::Key(_, n) if n == good.len()));
    for end in 0..good.len() {
        assert_eq!(read(&good[..end]), Read::Nothing, "cut at {end}");
    }
    let with = |at: usize, byte: u8| {
        let mut key = good.clone();
        key[at] = byte;
        read(&key)
    };
    assert_eq!(with(4, 0x38), Read::Nothing, "another algorithm, broken");
    assert_eq!(with(4, 0x25), Read::OtherKind, "-6");
    assert_eq!(with(6, 2), Read::Nothing, "another curve");
    assert_eq!(with(2, 1), Read::Nothing, "another kind of key");
    assert_eq!(read(&[0xa0]), Read::OtherKind, "nothing in it");
    assert_eq!(read(&[0xbf, 0xff]), Read::Nothing, "a map without a length");
    assert_eq!(read(&[0xbb; 9]), Read::Nothing, "a map of endless length");
    for soft in [Soft::eddsa(), Soft::rs256()] {
        assert!(matches!(read(&soft.cose()), Read::Key(..)));
    }
    let short = [b"\xa4\x01\x03\x03\x39\x01\x00\x20\x58\x80", &[0x81; 128][..], b"\x21\x43\x01\x00\x01"].concat();
    assert_eq!(read(&short), Read::Nothing, "RSA of 1024 bits");
}

/// Made and used by Chromium's own virtual authenticator.
#[test]
fn what_a_browser_sends_is_read() {
    use super::wire::{Answer, Wanted, kept};
    const MADE: &str = r#"{"id":"b6HEEpmdVPSh8sisOLEBzNeJTR8k5m9EORxiKfywbX0","client":"eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoiQVFFQkFRRUJBUUVCQVFFQkFRRUJBUUVCQVFFQkFRRUJBUUVCQVFFQkFRRSIsIm9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6MzUzMTMiLCJjcm9zc09yaWdpbiI6ZmFsc2V9","made":"o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVikSZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2NFAAAAAQECAwQFBgcIAQIDBAUGBwgAIG-hxBKZnVT0ofLIrDixAczXiU0fJOZvRDkcYin8sG19pQECAyYgASFYIJ-t4yIFqIisc1YKVhEhe56yeGl0zT_9IZ32vjCScy1VIlggo3Fpo8r-OGT48hOwZcjj0DNtb0vu-qytsdG3SmZe09k"}"#;
    const USED: &str = r#"{"id":"b6HEEpmdVPSh8sisOLEBzNeJTR8k5m9EORxiKfywbX0","client":"eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiQXdNREF3TURBd01EQXdNREF3TURBd01EQXdNREF3TURBd01EQXdNREF3TSIsIm9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6MzUzMTMiLCJjcm9zc09yaWdpbiI6ZmFsc2V9","data":"SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MFAAAAAg","signature":"MEQCIC-Vvc5afnF04xaXnlpioTVn6UgF7ixRnqMFk1hWjq8gAiA-5LlJ6Yjv33zhxQjPb7Obp-TxQrvMWiFHMclhbO6CsA","user":"AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI"}"#;
    let party = Party::of("http://localhost:35313").unwrap();
    let made = Answer::read(MADE, Wanted::Create).unwrap();
    made.check(Wanted::Create, &party).unwrap();
    let fresh = made.fresh().unwrap();
    let used = Answer::read(USED, Wanted::Get).unwrap();
    used.check(Wanted::Get, &party).unwrap();
    assert!(used.is_signed(&kept(&fresh.public_key).unwrap()));
    assert_eq!((made.count(), used.count(), used.id == made.id), (1, 2, true));
    assert!(!used.is_signed(&kept(&super::soft::text(&Soft::es256().cose())).unwrap()));
}
