//! Second factors, the step between password and code, browsers that are new, links to a new password, and what merchants ask of roles.

use store::testing::TestDb;

use super::factor::{PER_PAIR, State, code};
use super::halves::{Finished, HOLDS};
use super::members;
use super::rules::Rules;
use super::sessions::{Device, Opened};
use super::sign_in::{Attempt, Entered, WINDOW};
use super::*;
use crate::kit::{Actor, Ctx, Currency, Error, Money, Problems, Result};
use crate::mail;
use crate::providers::Vault;
use crate::testing::{Fixture, NOW, PASSWORD};

pub(in crate::staff) const STEP: i64 = 30_000_000;
pub(in crate::staff) const SITE: &str = "https://desk.example.com";
pub(in crate::staff) const MAIL: &str = "olivia@example.com";

pub(in crate::staff) fn at(now: i64) -> Moment {
    Moment { now, door: Door::Page, ids: IdSource::System }
}

pub(in crate::staff) fn vault() -> Vault {
    Vault::new(&[7; 32]).unwrap()
}

pub(in crate::staff) fn from(address: &str, known: Option<&str>) -> Device {
    Device { user_agent: "Firefox".to_owned(), address: address.to_owned(), known: known.map(str::to_owned) }
}

pub(in crate::staff) fn refusal<T: std::fmt::Debug>(result: Result<T>) -> String {
    match result {
        Err(Error::Conflict { code, .. }) => code.to_owned(),
        Err(Error::Invalid(Problems(all))) => all.iter().map(|p| format!("{}:{}", p.field, p.code)).collect::<Vec<_>>().join(" "),
        Err(Error::NotFound(what)) => format!("no {what}"),
        Err(Error::Forbidden(right)) => format!("forbidden {right}"),
        other => format!("{other:?}"),
    }
}

pub(in crate::staff) fn person_of(ctx: &Ctx) -> PersonId {
    PersonId::from_db(ctx.actor.id.clone())
}

pub(in crate::staff) fn resolve(db: &TestDb, secret: &str, now: i64) -> Option<SignedIn> {
    let secret = secret.to_owned();
    db.read_now(move |tx| sessions::resolve(tx, &secret, now)).unwrap()
}

/// A session of somebody who joins.
pub(in crate::staff) fn session(db: &TestDb, person: &PersonId) -> (String, SignedIn) {
    let person = person.clone();
    let opened = db.write_now(move |tx| sessions::open(tx, &at(NOW), &person, &Device::default(), Means::SetUp)).unwrap();
    let who = resolve(db, &opened.secret, NOW).unwrap();
    (opened.secret, who)
}

pub(in crate::staff) fn state(db: &TestDb, who: &SignedIn) -> State {
    let who = who.clone();
    db.read_now(move |tx| factor::state(tx, &vault(), &who, NOW)).unwrap()
}

fn begun(db: &TestDb, who: &SignedIn) -> String {
    let by = who.clone();
    db.write_now(move |tx| factor::begin(tx, &vault(), &by, &at(NOW))).unwrap();
    match state(db, who) {
        State::Begun { secret, .. } => secret,
        other => panic!("{other:?}"),
    }
}

fn confirm(db: &TestDb, who: &SignedIn, code: &str) -> Result<Vec<String>> {
    let (who, code) = (who.clone(), code.to_owned());
    db.write_now(move |tx| factor::confirm(tx, &vault(), &who, &at(NOW), &code))
}

/// The owner with a second factor: its secret and the recovery codes.
pub(in crate::staff) fn turned_on(db: &TestDb, person: &PersonId) -> (String, Vec<String>) {
    let (_, who) = session(db, person);
    let secret = begun(db, &who);
    let codes = confirm(db, &who, &code(&secret, NOW)).unwrap();
    (secret, codes)
}

/// The right password of the owner, from here.
pub(in crate::staff) fn enter(db: &TestDb, now: i64, device: &Device) -> Entered {
    let device = device.clone();
    db.write_now(move |tx| {
        let Attempt::Check(credentials) = sign_in::attempt(tx, &at(now), MAIL, &device)? else { panic!("too early") };
        let person = credentials.verify(PASSWORD).expect("the password of tests");
        sign_in::succeed(tx, &at(now), &person, MAIL, &device, Some(SITE))
    })
    .unwrap()
}

pub(in crate::staff) fn half(db: &TestDb, now: i64) -> String {
    match enter(db, now, &from("10.0.0.1", None)) {
        Entered::Half(secret) => secret,
        Entered::In(_) => panic!("in without a code"),
    }
}

pub(in crate::staff) fn finish(db: &TestDb, now: i64, half: &str, code: &str, device: &Device) -> Result<Finished> {
    let (half, code, device) = (half.to_owned(), code.to_owned(), device.clone());
    db.write_now(move |tx| halves::finish(tx, &vault(), &at(now), &half, &code, &device, Some(SITE)))
}

pub(in crate::staff) fn opened(result: Result<Finished>) -> Opened {
    match result {
        Ok(Finished::In(opened)) => opened,
        other => panic!("{other:?}"),
    }
}

/// Everything in the outbox, as it is handed to a server now.
pub(in crate::staff) fn letters(db: &TestDb, now: i64) -> Vec<mail::Letter> {
    let mut all = Vec::new();
    while let Some(claimed) = db.write_now(move |tx| mail::claim(tx, "worker", now)).unwrap() {
        all.push(db.read_now(move |tx| mail::letter(tx, &claimed, now)).unwrap());
    }
    all
}

pub(in crate::staff) fn ask(db: &TestDb, email: &'static str, now: i64) {
    assert_eq!(db.write_now(move |tx| resets::ask(tx, &at(now), email, "10.0.0.1", SITE)).unwrap(), None);
}

pub(in crate::staff) fn link(letter: &mail::Letter) -> String {
    letter.body.split("/new-password/").nth(1).unwrap().split_whitespace().next().unwrap().to_owned()
}

pub(in crate::staff) fn set_password(db: &TestDb, link: &str, now: i64) -> Result<()> {
    let link = link.to_owned();
    db.write_now(move |tx| resets::finish(tx, &at(now), &link, &Hashed::of_tests(), Some(SITE)))
}

pub(in crate::staff) fn require(db: &TestDb, ctx: &Ctx, required: Vec<Role>) -> Result<()> {
    let ctx = ctx.clone();
    db.write_now(move |tx| rules::set(tx, &ctx, &Rules { required: required.clone(), refund_limit: None, ..Rules::default() }))
}

store::db_test! {
    crate::migrations();

    fn a_second_factor_is_on_when_its_first_code_fits(db) {
        let f = Fixture::new(db);
        let ((_, who), (other, _)) = (session(db, &f.owner), session(db, &f.owner));
        assert_eq!(state(db, &who), State::None);
        assert_eq!(refusal(confirm(db, &who, "123456")), "not_begun");
        let secret = begun(db, &who);
        assert_eq!(begun(db, &who), secret, "a second tab shows the same");
        assert_eq!(refusal(confirm(db, &who, &code(&secret, NOW + 10 * STEP))), "code:invalid");
        assert!(matches!(enter(db, NOW, &from("10.0.0.1", None)), Entered::In(_)), "not asked for before it is confirmed");
        let codes = confirm(db, &who, &code(&secret, NOW)).unwrap();
        assert_eq!(codes.len(), factor::HOW_MANY);
        assert_eq!(state(db, &who), State::On(NOW, 10));
        assert!(resolve(db, &other, NOW).is_none(), "all other sessions end");
        assert_eq!(refusal(confirm(db, &who, &code(&secret, NOW + STEP))), "second_factor_on");
        let by = who.clone();
        assert_eq!(refusal(db.write_now(move |tx| factor::begin(tx, &vault(), &by, &at(NOW)))), "second_factor_on");
    }

    fn what_was_begun_is_not_shown_for_ever(db) {
        let f = Fixture::new(db);
        let (_, who) = session(db, &f.owner);
        let (secret, by) = (begun(db, &who), who.clone());
        let later = db.read_now(move |tx| factor::state(tx, &vault(), &by, NOW + 3_600_000_000)).unwrap();
        assert_eq!(later, State::None);
        let (by, wrong_key) = (who, Vault::new(&[8; 32]).unwrap());
        assert_eq!(db.read_now(move |tx| factor::state(tx, &wrong_key, &by, NOW)).unwrap(), State::None, "sealed with the key of the configuration");
        assert_eq!(secret.len(), 32);
    }

    fn the_password_alone_opens_nothing_and_the_code_opens_once(db) {
        let f = Fixture::new(db);
        let (secret, _) = turned_on(db, &f.owner);
        let (first, here) = (half(db, NOW), from("10.0.0.1", None));
        assert!(resolve(db, &first, NOW).is_none(), "no session");
        let guess = first.clone();
        assert!(db.read_now(move |tx| api_keys::resolve(tx, &guess, NOW)).unwrap().is_none(), "no key");
        assert!(matches!(finish(db, NOW, &first, &code(&secret, NOW), &here), Ok(Finished::Wrong)), "the code that turned it on was used");
        assert!(matches!(finish(db, NOW, &first, &code(&secret, NOW + 3 * STEP), &here), Ok(Finished::Wrong)), "far from now");
        let second = half(db, NOW);
        let next = code(&secret, NOW + STEP);
        let in_one_tab = opened(finish(db, NOW, &first, &next, &here));
        assert!(resolve(db, &in_one_tab.secret, NOW).unwrap().is_fresh(NOW));
        assert!(matches!(finish(db, NOW, &second, &next, &here), Ok(Finished::Wrong)), "the same code in the other tab");
        assert_eq!(refusal(finish(db, NOW, &first, &next, &here)), "no sign-in", "the first step is used up");
        assert!(matches!(finish(db, NOW + STEP, &second, &code(&secret, NOW), &here), Ok(Finished::Wrong)), "one behind the last used");
        opened(finish(db, NOW + 2 * STEP, &second, &code(&secret, NOW + 2 * STEP), &here));
        let late = half(db, NOW + 3 * STEP);
        let over = NOW + 3 * STEP + HOLDS;
        assert_eq!(refusal(finish(db, over, &late, &code(&secret, over), &here)), "no sign-in", "ten minutes are over");
    }

    fn a_recovery_code_works_once_and_not_behind_new_ones(db) {
        let f = Fixture::new(db);
        let (_, codes) = turned_on(db, &f.owner);
        let here = from("10.0.0.1", None);
        let typed = codes[0].to_uppercase().replace('-', " ");
        let inside = opened(finish(db, NOW, &half(db, NOW), &typed, &here));
        let who = resolve(db, &inside.secret, NOW).unwrap();
        assert_eq!(state(db, &who), State::On(NOW, 9));
        assert!(matches!(finish(db, NOW, &half(db, NOW), &codes[0], &here), Ok(Finished::Wrong)), "used");
        let by = who.clone();
        let new = db.write_now(move |tx| factor::renew_codes(tx, &by, &at(NOW))).unwrap();
        assert!(matches!(finish(db, NOW, &half(db, NOW), &codes[1], &here), Ok(Finished::Wrong)), "made before the new ones");
        opened(finish(db, NOW, &half(db, NOW), &new[1], &here));
        assert_eq!(state(db, &who), State::On(NOW, 9));
        assert_eq!(new.iter().chain(&codes).collect::<std::collections::BTreeSet<_>>().len(), 20, "all differ");
    }

    fn wrong_codes_are_slowed_and_a_known_browser_is_not_locked_out(db) {
        let f = Fixture::new(db);
        let (secret, codes) = turned_on(db, &f.owner);
        let known = opened(finish(db, NOW, &half(db, NOW), &codes[0], &from("10.0.0.9", None))).device;
        let waiting = half(db, NOW);
        let mut refused = 0;
        for n in 0..40 {
            let place = from(&format!("10.1.0.{}", n / 5), None);
            match finish(db, NOW, &waiting, "000000", &place).unwrap() {
                Finished::Wait(until) => { assert_eq!(until, NOW + WINDOW); refused += 1; }
                Finished::Wrong => {}
                Finished::In(_) => panic!("guessed"),
            }
        }
        assert_eq!(refused, 40 - (factor::PER_PERSON - 1), "twenty anywhere, with the one that was good");
        let good = code(&secret, NOW + STEP);
        assert!(matches!(finish(db, NOW, &waiting, &good, &from("10.2.0.1", None)), Ok(Finished::Wait(_))), "too many from unknown browsers");
        let mine = from("10.2.0.1", Some(&known));
        for _ in 1..PER_PAIR {
            assert!(matches!(finish(db, NOW, &waiting, "000000", &mine), Ok(Finished::Wrong)));
        }
        opened(finish(db, NOW, &waiting, &good, &mine));
    }

    fn strangers_who_guess_the_password_do_not_lock_a_known_browser_out(db) {
        Fixture::new(db);
        let Entered::In(first) = enter(db, NOW, &from("10.0.0.1", None)) else { panic!("no code is asked for") };
        let attempt = |device: Device| db.write_now(move |tx| sign_in::attempt(tx, &at(NOW), MAIL, &device)).unwrap();
        for n in 0..sign_in::PER_EMAIL {
            attempt(from(&format!("10.1.0.{n}"), None));
        }
        assert!(matches!(attempt(from("10.0.0.2", None)), Attempt::Wait(_)));
        assert!(matches!(attempt(from("10.0.0.2", Some("a guessed browser"))), Attempt::Wait(_)));
        assert!(matches!(attempt(from("10.0.0.2", Some(&first.device))), Attempt::Check(_)));
        for _ in 1..sign_in::PER_PAIR {
            attempt(from("10.0.0.2", Some(&first.device)));
        }
        assert!(matches!(attempt(from("10.0.0.2", Some(&first.device))), Attempt::Wait(_)), "it has a count of its own");
    }

    fn a_new_browser_is_told_once_and_marked(db) {
        let f = Fixture::new(db);
        session(db, &f.owner);
        assert!(letters(db, NOW).is_empty(), "joining tells nobody");
        let Entered::In(first) = enter(db, NOW, &from("10.0.0.1", None)) else { panic!("no code is asked for") };
        let told = letters(db, NOW);
        assert_eq!((told.len(), told[0].to.as_str(), told[0].subject.as_str()), (1, MAIL, "Signed in with a new browser"));
        let when = told[0].body.lines().find_map(|line| line.strip_prefix("When: ")).unwrap();
        assert!(when.ends_with(" UTC") && !when.contains(['.', '-', 'Z']), "a moment as people say it: {when}");
        assert!(told[0].body.contains("10.0.0.1") && told[0].body.contains("https://desk.example.com/account"), "{}", told[0].body);
        let Entered::In(second) = enter(db, NOW + 1, &from("10.0.0.2", Some(&first.device))) else { panic!("no code is asked for") };
        assert_eq!((second.device, second.new_device), (first.device, false));
        assert!(letters(db, NOW + 1).is_empty());
        let who = resolve(db, &second.secret, NOW + 1).unwrap();
        let lines = db.read_now(move |tx| sessions::list(tx, &who, NOW + 1)).unwrap();
        assert_eq!(lines.iter().filter(|s| s.new_device).count(), 1);
        let Entered::In(third) = enter(db, NOW + 2, &from("10.0.0.2", Some("too short to be ours"))) else { panic!("no code is asked for") };
        assert!(third.new_device && third.device.len() == 43);
        let quiet = db.write_now(|tx| {
            let person = tx.opt(&queries::PERSON_BY_EMAIL, &[&MAIL], |r| Ok(PersonId::from_db(r.get("id")?)))?.unwrap();
            sign_in::succeed(tx, &at(NOW), &person, MAIL, &from("10.0.0.3", None), None)
        });
        assert!(matches!(quiet, Ok(Entered::In(o)) if o.new_device));
        assert_eq!(letters(db, NOW + 2).len(), 1, "without mail nothing waits for ever");
    }

    fn a_role_that_needs_a_second_factor_sets_it_up_first(db) {
        let f = Fixture::new(db);
        let (manager, finance) = (f.staff(Role::Manager), f.staff(Role::Finance));
        assert_eq!(refusal(require(db, &manager, vec![])), "forbidden staff");
        require(db, &f.ctx, vec![Role::Manager, Role::Owner]).unwrap();
        let must = |ctx: &Ctx| session(db, &person_of(ctx)).1.must_set_up();
        assert!(must(&manager) && must(&f.ctx) && !must(&finance));
        turned_on(db, &person_of(&manager));
        assert!(!must(&manager));
        let (_, who) = session(db, &person_of(&manager));
        let by = who.clone();
        assert_eq!(refusal(db.write_now(move |tx| factor::turn_off(tx, &by, &at(NOW), Some(SITE)))), "second_factor_required");
        require(db, &f.ctx, vec![Role::Owner]).unwrap();
        db.write_now(move |tx| factor::turn_off(tx, &who, &at(NOW), Some(SITE))).unwrap();
        assert_eq!(letters(db, NOW).iter().filter(|l| l.subject == "Second factor turned off").count(), 1);
        assert!(!must(&manager));
        let got = { let ctx = f.ctx.clone(); db.read_now(move |tx| rules::get(tx, &ctx)).unwrap() };
        assert_eq!(got.required, [Role::Owner]);
    }

    fn a_refund_is_large_above_the_limit_and_when_its_worth_is_unknown(db) {
        let f = Fixture::new(db);
        let large = |minor: i64, currency: &'static str| {
            let (ctx, amount) = (f.ctx.clone(), Money::new(minor, Currency::of(currency).unwrap()));
            db.read_now(move |tx| rules::is_large_refund(tx, &ctx, amount, NOW)).unwrap()
        };
        assert!(!large(1_000_000, "EUR"), "no limit");
        let (ctx, limit) = (f.ctx.clone(), Money::new(10_000, Currency::of("EUR").unwrap()));
        db.write_now(move |tx| rules::set(tx, &ctx, &Rules { required: vec![], refund_limit: Some(limit), ..Rules::default() })).unwrap();
        assert!(!large(10_000, "EUR") && large(10_001, "EUR"));
        assert!(large(1, "USD"), "no rate of the dollar");
        let ctx = f.other().ctx;
        let dear = Money::new(1_000_000, Currency::of("EUR").unwrap());
        assert!(!db.read_now(move |tx| rules::is_large_refund(tx, &ctx, dear, NOW)).unwrap(), "another merchant's rules are its own");
    }

    fn many_small_refunds_of_one_person_count_as_a_large_one(db) {
        use crate::payments::refunds::{RefundInput, refund};
        let desk = crate::orders::desk::Desk::new(db);
        let payment = desk.pay(&desk.customer("ana@example.es"), 50_000);
        let limit = Money::new(10_000, Currency::of("EUR").unwrap());
        desk.write(move |tx, ctx| rules::set(tx, ctx, &Rules { required: vec![], refund_limit: Some(limit), ..Rules::default() })).unwrap();
        let large = |ctx: &Ctx, minor: i64, proven: i64| {
            let (ctx, amount) = (ctx.clone(), Money::new(minor, limit.currency));
            db.read_now(move |tx| rules::is_large_refund(tx, &ctx, amount, proven)).unwrap()
        };
        for _ in 0..3 {
            let part = RefundInput::of(payment.clone(), 3_000, "");
            desk.write(move |tx, ctx| refund(tx, ctx, &part)).unwrap();
        }
        let (now, before) = (&desk.ctx, NOW - 1);
        assert!(!large(now, 1_000, before) && large(now, 1_001, before), "90 and then 10 make 100");
        assert!(!large(now, 10_000, NOW), "whoever proved it since begins anew");
        let colleague = Ctx { merchant: now.merchant.clone(), ..desk.f.staff(Role::Manager) };
        assert!(!large(&colleague, 10_000, before), "each for themselves");
        let tomorrow = desk.days(1);
        assert!(!large(&tomorrow.ctx, 10_000, before), "within a day");
    }

    fn a_link_sets_a_password_once_ends_sessions_and_keeps_the_second_factor(db) {
        let f = Fixture::new(db);
        let (secret, _) = turned_on(db, &f.owner);
        let (cookie, _) = session(db, &f.owner);
        let waiting = half(db, NOW);
        letters(db, NOW);
        ask(db, "OLIVIA@example.com ", NOW);
        ask(db, MAIL, NOW + 1);
        let mails = letters(db, NOW + 1);
        assert_eq!(mails.len(), 2);
        let (first, second) = (link(&mails[0]), link(&mails[1]));
        assert!(first.len() == 43 && first != second && mails[0].body.contains("https://desk.example.com/new-password/"));
        assert_eq!(refusal(set_password(db, &first, NOW + resets::HOLDS)), "no link", "half an hour is over");
        assert_eq!(refusal(set_password(db, "guess", NOW)), "no link");
        set_password(db, &first, NOW + 2).unwrap();
        assert_eq!(refusal(set_password(db, &first, NOW + 2)), "no link", "used");
        assert_eq!(refusal(set_password(db, &second, NOW + 2)), "no link", "the other one ended with it");
        assert!(resolve(db, &cookie, NOW + 2).is_none(), "sessions end");
        assert_eq!(refusal(finish(db, NOW + 2, &waiting, &code(&secret, NOW + STEP), &from("10.0.0.1", None))), "no sign-in", "and what was between the steps");
        let again = half(db, NOW + 3);
        opened(finish(db, NOW + 3, &again, &code(&secret, NOW + STEP), &from("10.0.0.1", None)));
        assert!(letters(db, NOW + 3).iter().any(|l| l.subject == "Your password was changed"));
    }

    fn asking_for_a_link_tells_nothing_and_floods_nobody(db) {
        Fixture::new(db);
        ask(db, "nobody@example.com", NOW);
        assert!(letters(db, NOW).is_empty());
        for _ in 0..resets::PER_EMAIL + 4 {
            ask(db, MAIL, NOW);
        }
        assert_eq!(letters(db, NOW).len() as i64, resets::PER_EMAIL);
        let again = || db.write_now(|tx| resets::ask(tx, &at(NOW), "other@example.com", "10.0.0.1", SITE)).unwrap();
        let until = (0..resets::PER_ADDRESS).find_map(|_| again());
        assert_eq!(until, Some(NOW + WINDOW), "from one address it is slowed, whoever is asked for");
    }

    fn a_link_stands_in_no_row_before_its_mail_goes(db) {
        Fixture::new(db);
        ask(db, MAIL, NOW);
        static KEPT: store::Stmt = store::Stmt::new("kept", "SELECT secret_hash FROM password_resets");
        let kept = || db.read_now(|tx| Ok::<_, Error>(tx.rows(&KEPT, &[], |r| r.get::<Option<String>>(0))?)).unwrap();
        assert_eq!(kept(), [None]);
        let secret = link(&letters(db, NOW)[0]);
        assert_eq!(kept(), [Some(crate::kit::secret_hash(&secret))]);
    }

    fn owners_help_their_staff_back_in_and_nobody_elses(db) {
        let f = Fixture::new(db);
        let sam = f.staff(Role::Support);
        let sams = person_of(&sam);
        let make = |by: &Ctx, whom: &PersonId| {
            let (by, whom) = (by.clone(), whom.clone());
            db.write_now(move |tx| resets::by_owner(tx, &by, &whom)).map(|made| made.secret)
        };
        let take_off = |by: &Ctx, whom: &PersonId| {
            let (by, whom) = (by.clone(), whom.clone());
            db.write_now(move |tx| factor::reset(tx, &by, &whom, Some(SITE)))
        };
        let manager = f.staff_with(members::Access::exactly(Role::Manager, Role::Manager.rights().with(crate::kit::Right::Staff)));
        assert_eq!(refusal(make(&manager, &sams)), "owners_only");
        assert_eq!(refusal(take_off(&manager, &sams)), "owners_only");
        assert_eq!(refusal(make(&f.ctx, &f.owner)), "yourself");
        let system = Ctx { actor: Actor::system("clock").into(), ..f.ctx.clone() };
        assert_eq!(refusal(make(&system, &sams)), "owners_only");
        let secret = make(&f.ctx, &sams).unwrap();
        set_password(db, &secret, NOW).unwrap();
        assert_eq!(refusal(take_off(&f.ctx, &sams)), "second_factor_off");
        turned_on(db, &sams);
        let (cookie, _) = session(db, &sams);
        take_off(&f.ctx, &sams).unwrap();
        assert!(resolve(db, &cookie, NOW).is_none(), "sessions end");
        let (_, who) = session(db, &sams);
        assert_eq!(state(db, &who), State::None);

        // Sam works for a merchant of somebody else, too: an account is one for all merchants.
        let other = f.other();
        let (by, at_work) = (other.ctx.clone(), sams.clone());
        db.write_now(move |tx| {
            set_up::insert_staff(tx, &by.merchant, &at_work, Role::Support.name(), "", "", NOW)
        })
        .unwrap();
        assert!(make(&f.ctx, &sams).is_ok(), "the same owner owns both");
        let (other_owner, by) = (f.staff(Role::Support), other.ctx.clone());
        let second = person_of(&other_owner);
        let who = second.clone();
        db.write_now(move |tx| set_up::insert_staff(tx, &by.merchant, &who, Role::Owner.name(), "", "", NOW)).unwrap();
        let theirs = Ctx { actor: std::sync::Arc::new(Actor { id: second.to_string(), ..(*f.ctx.actor).clone() }), ..other.ctx.clone() };
        assert_eq!(refusal(make(&theirs, &sams)), "other_merchants");
        assert_eq!(refusal(take_off(&theirs, &sams)), "other_merchants");
    }

    fn the_operator_helps_anybody(db) {
        let f = Fixture::new(db);
        turned_on(db, &f.owner);
        let link = db.write_now(|tx| resets::by_operator(tx, &at(NOW), "Olivia@Example.com")).unwrap();
        set_password(db, &link.secret, NOW).unwrap();
        assert_eq!(refusal(db.write_now(|tx| resets::by_operator(tx, &at(NOW), "nobody@example.com"))), "no person");
        let (cookie, _) = session(db, &f.owner);
        db.write_now(|tx| factor::reset_by_operator(tx, &at(NOW), MAIL, None)).unwrap();
        assert!(resolve(db, &cookie, NOW).is_none());
        assert!(matches!(enter(db, NOW, &from("10.0.0.1", None)), Entered::In(_)), "the password is enough again");
        assert_eq!(refusal(db.write_now(|tx| factor::reset_by_operator(tx, &at(NOW), MAIL, None))), "second_factor_off");
    }

    fn a_proof_is_fresh_for_a_quarter_of_an_hour(db) {
        let f = Fixture::new(db);
        let (cookie, who) = session(db, &f.owner);
        assert!(who.is_fresh(NOW + fresh::HOLDS - 1) && !who.is_fresh(NOW + fresh::HOLDS));
        let later = NOW + fresh::HOLDS;
        db.write_now(move |tx| fresh::renew(tx, &who, &at(later))).unwrap();
        assert!(resolve(db, &cookie, later).unwrap().is_fresh(later));
        let (secret, codes) = turned_on(db, &f.owner);
        let (_, who) = session(db, &f.owner);
        let give = |typed: String| {
            let who = who.clone();
            db.write_now(move |tx| fresh::by_code(tx, &vault(), &who, &at(later), &from("10.0.0.1", None), &typed)).unwrap()
        };
        assert_eq!(give("000000".into()), factor::Taken::Wrong);
        assert_eq!(give(code(&secret, later)), factor::Taken::Good);
        assert_eq!(give(code(&secret, later)), factor::Taken::Wrong, "used");
        assert_eq!(give(codes[0].clone()), factor::Taken::Good);
    }
}
