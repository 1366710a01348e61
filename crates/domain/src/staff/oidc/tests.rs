//! Coming in by the provider: whose account it is, what it stands for, and what nobody gets by it.

use store::testing::TestDb;

use super::*;
use crate::kit::{DAY, Role};
use crate::staff::rules::Rules;
use crate::staff::sessions::{Device, Opened};
use crate::staff::sign_in::Entered;
use crate::staff::strong::{MAIL, SITE, at, from, person_of, refusal, resolve, session, turned_on};
use crate::staff::{Access, SignedIn, account, fresh, invitations, passkeys, rules, sessions};
use crate::testing::{Fixture, NOW};

const ISSUER: &str = "https://login.example.com";

fn known(subject: &str, email: &str) -> Known {
    Known {
        issuer: ISSUER.to_owned(),
        subject: subject.to_owned(),
        email: Some(email.to_owned()),
        name: "Mara Holt".to_owned(),
        strong: false,
        proven_at: Some(NOW),
    }
}

fn connect_as(db: &TestDb, who: &SignedIn, known: &Known) -> Taken<()> {
    let (who, known) = (who.clone(), known.clone());
    db.write_now(move |tx| connect(tx, &at(NOW), &who, &known, Some(SITE))).unwrap()
}

fn come(db: &TestDb, known: &Known, now: i64) -> Taken<Entered> {
    let known = known.clone();
    db.write_now(move |tx| sign_in(tx, &at(now), &known, &from("10.0.0.1", None), Some(SITE))).unwrap()
}

fn strings(db: &TestDb, sql: &str) -> Vec<String> {
    let all = store::Stmt::built(sql.to_owned());
    db.read_now(move |tx| tx.rows(&all, &[], |r| r.get::<String>(0))).unwrap()
}

fn inside(entered: Taken<Entered>) -> Opened {
    match entered {
        Ok(Entered::In(opened)) => opened,
        other => panic!("{other:?}"),
    }
}

fn invited(f: &Fixture, email: &str) -> String {
    let (ctx, email) = (f.ctx.clone(), email.to_owned());
    f.db.write_now(move |tx| invitations::invite(tx, &ctx, &email, Access::role(Role::Support))).unwrap().secret
}

fn join_as(db: &TestDb, secret: &str, known: &Known) -> crate::Result<Taken<Opened>> {
    let (hash, known) = (crate::kit::secret_hash(secret), known.clone());
    db.write_now(move |tx| Ok(join(tx, &at(NOW), &hash, &known, &Device::default())?.map(|(_, opened)| opened)))
}

store::db_test! {
    crate::migrations();

    fn a_sign_in_comes_back_once_to_the_browser_that_began_it(db) {
        let begun = |purpose: Purpose, now| db.write_now::<_, crate::Error>(move |tx| begin(tx, &at(now), ISSUER, &purpose, None)).unwrap();
        let back = |b: &Begun, cookie: &str, issuer: &'static str, now| {
            let (state, cookie) = (b.state.clone(), cookie.to_owned());
            db.write_now::<_, crate::Error>(move |tx| come_back(tx, now, issuer, &cookie, &state)).unwrap()
        };
        let (one, other) = (begun(Purpose::SignIn, NOW), begun(Purpose::Join("x".to_owned()), NOW));
        assert!(one.verifier.len() == 64 && one.verifier != one.nonce && one.nonce != other.nonce);
        assert!(back(&one, &other.cookie, ISSUER, NOW).is_none(), "another browser");
        assert!(back(&one, &one.cookie, "https://evil.example", NOW).is_none(), "another provider");
        assert!(back(&one, &one.cookie, ISSUER, NOW + HOLDS).is_none(), "too late");
        let came = back(&one, &one.cookie, ISSUER, NOW + HOLDS - 1).unwrap();
        assert_eq!((came.purpose, came.begun_at, came.nonce, came.verifier), (Purpose::SignIn, NOW, one.nonce.clone(), one.verifier.clone()));
        assert!(back(&one, &one.cookie, ISSUER, NOW).is_none(), "twice");
        assert_eq!(back(&other, &other.cookie, ISSUER, NOW).unwrap().purpose, Purpose::Join("x".to_owned()));
        let kept: Vec<String> = strings(db, "SELECT state_hash || visit_hash || about FROM oidc_visits");
        assert!(kept.iter().all(|row| !row.contains(&one.cookie) && !row.contains(&one.state)));
    }

    fn an_account_signs_in_only_who_connected_it(db) {
        let f = Fixture::new(db);
        let olivia = person_of(&f.ctx);
        let (_, who) = session(db, &olivia);
        let own = known("u-1", "Olivia@Example.com");
        assert_eq!(come(db, &own, NOW).unwrap_err(), Unfit::NotConnected, "the address alone opens nothing");
        assert_eq!(connect_as(db, &who, &known("u-1", "eve@example.com")), Err(Unfit::Address));
        assert_eq!(connect_as(db, &who, &Known { email: None, ..own.clone() }), Err(Unfit::Address));
        assert_eq!(connect_as(db, &who, &own), Ok(()));
        assert_eq!(connect_as(db, &who, &own), Ok(()), "twice is once");
        assert_eq!(connect_as(db, &who, &known("u-2", MAIL)), Err(Unfit::Another));
        let (_, sam) = session(db, &person_of(&f.staff(Role::Support)));
        assert_eq!(connect_as(db, &sam, &known("u-1", &sam.person.email)), Err(Unfit::OtherPerson));

        let opened = inside(come(db, &own, NOW));
        let came = resolve(db, &opened.secret, NOW).unwrap();
        assert_eq!((came.person.id.clone(), came.means, came.connected), (olivia, Some(Means::Provider), true));
        assert!(opened.new_device, "and is told of a browser that is new");
        let means = strings(db, "SELECT data FROM events WHERE kind = 'session.opened' ORDER BY id DESC");
        assert!(means.iter().any(|data| data.contains("\"means\":\"provider\"") && data.contains("new_browser")), "{means:?}");
        assert_eq!(strings(db, "SELECT kind FROM events WHERE kind = 'person.provider_connected'").len(), 1);
        assert_eq!(come(db, &Known { issuer: "https://other.example".to_owned(), ..own.clone() }, NOW).unwrap_err(), Unfit::NotConnected);

        let stale = inside(come(db, &Known { proven_at: Some(NOW - DAY), ..own.clone() }, NOW));
        assert!(!resolve(db, &stale.secret, NOW).unwrap().is_fresh(NOW), "whoever signed in there yesterday proves nothing fresh");
        let silent = inside(come(db, &Known { proven_at: None, ..own.clone() }, NOW));
        assert!(!resolve(db, &silent.secret, NOW).unwrap().is_fresh(NOW));
        assert!(came.is_fresh(NOW));

        let drop = || { let who = came.clone(); db.write_now(move |tx| disconnect(tx, &who, &at(NOW), ISSUER, None)) };
        drop().unwrap();
        assert_eq!(refusal(drop()), "no connection");
        assert_eq!(come(db, &own, NOW).unwrap_err(), Unfit::NotConnected);
    }

    fn it_stands_for_the_password_and_for_two_factors_when_it_says_so(db) {
        let f = Fixture::new(db);
        let olivia = person_of(&f.ctx);
        turned_on(db, &olivia);
        let (_, who) = session(db, &olivia);
        let own = known("u-1", MAIL);
        connect_as(db, &who, &own).unwrap();
        assert!(matches!(come(db, &own, NOW), Ok(Entered::Half(_))), "a code is asked for");
        let strong = Known { strong: true, ..own.clone() };
        let opened = inside(come(db, &strong, NOW));
        assert_eq!(resolve(db, &opened.secret, NOW).unwrap().means, Some(Means::ProviderStrong));

        let again_as = |known: &Known, begun: i64| {
            let (who, known) = (who.clone(), known.clone());
            db.write_now::<_, crate::Error>(move |tx| again(tx, &at(NOW + fresh::HOLDS), &who, &known, begun)).unwrap()
        };
        let now = NOW + fresh::HOLDS;
        assert_eq!(again_as(&strong, now), Err(Unfit::NotNow), "they signed in there before it was asked");
        assert_eq!(again_as(&Known { proven_at: None, ..strong.clone() }, now), Err(Unfit::NotNow));
        let lately = Known { proven_at: Some(now), ..strong };
        assert_eq!(again_as(&Known { strong: false, ..lately.clone() }, now), Err(Unfit::OneFactor));
        assert_eq!(again_as(&Known { subject: "u-9".to_owned(), ..lately.clone() }, now), Err(Unfit::OtherPerson));
        assert_eq!(again_as(&lately, now), Ok(()));
    }

    fn a_required_second_factor_is_had_when_the_provider_asked_for_it(db) {
        let f = Fixture::new(db);
        let (_, who) = session(db, &person_of(&f.ctx));
        connect_as(db, &who, &known("u-1", MAIL)).unwrap();
        let ctx = f.ctx.clone();
        db.write_now(move |tx| rules::set(tx, &ctx, &Rules { required: vec![Role::Owner], ..Rules::default() })).unwrap();
        let of = |strong| inside(come(db, &Known { strong, ..known("u-1", MAIL) }, NOW));
        assert!(resolve(db, &of(false).secret, NOW).unwrap().must_set_up());
        assert!(!resolve(db, &of(true).secret, NOW).unwrap().must_set_up());
    }

    fn an_invitation_is_used_by_whoever_has_its_address(db) {
        let f = Fixture::new(db);
        let secret = invited(&f, "mara@kilde.example");
        assert_eq!(join_as(db, &secret, &known("u-7", "eve@kilde.example")).unwrap().unwrap_err(), Unfit::Address);
        assert_eq!(join_as(db, &secret, &Known { email: None, ..known("u-7", "") }).unwrap().unwrap_err(), Unfit::Address);
        let opened = join_as(db, &secret, &known("u-7", "Mara@Kilde.example")).unwrap().unwrap();
        let mara = resolve(db, &opened.secret, NOW).unwrap();
        assert_eq!((mara.person.name.as_str(), mara.person.email.as_str(), mara.password, mara.connected), ("Mara Holt", "mara@kilde.example", false, true));
        assert_eq!(refusal(join_as(db, &secret, &known("u-8", "mara@kilde.example"))), "no invitation");
        assert_eq!(inside(come(db, &known("u-7", ""), NOW)).secret.len(), 43, "by the number, whatever the address is now");

        let leave = || { let who = mara.clone(); db.write_now(move |tx| disconnect(tx, &who, &at(NOW), ISSUER, None)) };
        assert_eq!(refusal(leave()), "only_way_in");
        let present = { let id = mara.person.id.clone(); db.read_now::<_, crate::Error>(move |tx| account::present(tx, &id)).unwrap() };
        let change = account::check_password(&mara, present, "", "two coffees and a tea").unwrap();
        let who = mara.clone();
        db.write_now(move |tx| account::set_password(tx, &who, &at(NOW), &change)).unwrap();
        leave().unwrap();
        let other = invited(&f, "nils@kilde.example");
        connect_as(db, &mara, &known("u-7", "mara@kilde.example")).unwrap();
        assert_eq!(join_as(db, &other, &known("u-7", "nils@kilde.example")).unwrap().unwrap_err(), Unfit::OtherPerson);
    }

    fn a_merchant_may_want_it_of_a_role_and_nobody_shuts_themselves_out(db) {
        let f = Fixture::new(db);
        let (secret, who) = session(db, &person_of(&f.ctx));
        let want = |roles: &[Role]| {
            let (ctx, provider) = (f.ctx.clone(), roles.to_vec());
            db.write_now(move |tx| rules::set(tx, &ctx, &Rules { provider: provider.clone(), ..Rules::default() }))
        };
        want(&[Role::Support]).unwrap();
        assert_eq!(refusal(want(&[Role::Owner])), "provider:not_connected");
        assert!(!resolve(db, &secret, NOW).unwrap().must_use_provider());
        let (sams, _) = session(db, &person_of(&f.staff(Role::Support)));
        assert!(resolve(db, &sams, NOW).unwrap().must_use_provider(), "by a password");
        connect_as(db, &who, &known("u-1", MAIL)).unwrap();
        want(&[Role::Owner]).unwrap();
        assert!(!resolve(db, &secret, NOW).unwrap().must_use_provider(), "connecting was a sign-in there");
        let (password, _) = session(db, &who.person.id);
        assert!(resolve(db, &password, NOW).unwrap().must_use_provider());
        let opened = inside(come(db, &known("u-1", MAIL), NOW));
        let came = resolve(db, &opened.secret, NOW).unwrap();
        assert!(!came.must_use_provider());
        let leave = db.write_now(move |tx| disconnect(tx, &came, &at(NOW), ISSUER, None));
        assert_eq!(refusal(leave), "provider_required");
        let listed = { let who = who.clone(); db.read_now(move |tx| sessions::list(tx, &who, NOW)).unwrap() };
        assert!(listed.iter().any(|s| s.means == Some(Means::Provider)) && listed.iter().any(|s| s.means == Some(Means::SetUp)));
    }

    fn the_last_passkey_of_who_has_no_password_stays(db) {
        let f = Fixture::new(db);
        let opened = join_as(db, &invited(&f, "mara@kilde.example"), &known("u-7", "mara@kilde.example")).unwrap().unwrap();
        let mara = resolve(db, &opened.secret, NOW).unwrap();
        let party = passkeys::Party::of("https://desk.example.com").unwrap();
        let mut soft = passkeys::soft::Soft::es256();
        let (by, asked) = { let who = mara.clone(); (mara.clone(), db.write_now(move |tx| passkeys::invite(tx, &who, &at(NOW))).unwrap()) };
        let answer = soft.create(&party, &asked.challenge, &asked.handle);
        let added = db.write_now(move |tx| passkeys::add(tx, &at(NOW), &party, &by, &answer, "Phone", None)).unwrap().unwrap();
        let who = mara.clone();
        db.write_now(move |tx| disconnect(tx, &who, &at(NOW), ISSUER, None)).unwrap();
        let refused = db.write_now(move |tx| passkeys::remove(tx, &mara, &at(NOW), &added.id, None));
        assert_eq!(refusal(refused), "only_way_in");
    }
}
