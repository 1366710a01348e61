//! Every route says who may use it (SPEC 16), and that is what happens: for strangers, for each role, for whoever was shut out, for keys of every state, for
//! customers of the portal and for another merchant’s owner. The routes are the router’s own; what each of them may answer is written down in [`Expected`].

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use domain::kit::{ALL_ROLES, Ctx, DAY, IdSource, Rights, Role};
use domain::staff::{api_keys, members};
use domain::testing::{Fixture, NOW};
use server::http::Policy;
use server::http::routes::{Line, Side};

use crate::desk::{Answer, Desk, Visitor, key, of_role, person_of};
use crate::invoices::seller;
use crate::portal;

/// A path of the table with something in the place of each parameter that is no id.
fn path(line: &Line) -> String {
    line.path.split('/').map(|part| if part.starts_with('{') { "nothing" } else { part }).collect::<Vec<_>>().join("/")
}

fn pages(desk: &Desk) -> impl Iterator<Item = &Line> {
    desk.table.iter().filter(|l| l.side == Side::Page)
}

fn ask(desk: &Desk, line: &Line, secret: Option<&str>) -> StatusCode {
    let mut request = Request::builder().method(line.method.clone()).uri(path(line)).header("content-type", "application/json");
    if let Some(secret) = secret {
        request = request.header("authorization", format!("Bearer {secret}"));
    }
    desk.send(request.body(Body::from("{}")).unwrap()).status
}

fn knock(visitor: &mut Visitor<'_>, line: &Line, path: &str) -> Answer {
    if line.method == Method::GET { visitor.get(path) } else { visitor.post(path, &[]) }
}

/// What a route owes to whoever knocks, by its policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Expected {
    /// To the door of the dashboard.
    SignIn,
    /// To choose a merchant: in this one they have nothing to look for.
    Merchants,
    /// To the door of the portal.
    PortalSignIn,
    /// There is nothing here for them.
    Nothing,
    /// Let in: anything but a refusal for who they are.
    In,
}

impl Expected {
    /// Somebody who is nobody to the dashboard.
    fn of_nobody(policy: Policy) -> Self {
        match policy {
            Policy::Public => Self::In,
            Policy::SignedIn | Policy::May(_) => Self::SignIn,
            Policy::Portal => Self::PortalSignIn,
        }
    }

    /// Somebody who may sign in and is of the staff of no merchant any more.
    fn of_disabled(policy: Policy) -> Self {
        if matches!(policy, Policy::May(_)) { Self::Merchants } else { Self::of_owner(policy) }
    }

    /// Whoever has every right in a merchant: no page refuses them, and what they name is not theirs.
    fn of_owner(policy: Policy) -> Self {
        if policy == Policy::Portal { Self::PortalSignIn } else { Self::In }
    }

    fn check(self, answer: &Answer, who: &str, line: &Line) {
        let at = format!("{who} at {} {}: {} {}", line.method, line.path, answer.status, answer.location);
        assert!(!answer.status.is_server_error(), "{at}");
        match self {
            Self::SignIn => assert!(answer.status == StatusCode::SEE_OTHER && answer.location.starts_with("/sign-in"), "{at}"),
            Self::Merchants => assert!(answer.status == StatusCode::SEE_OTHER && answer.location == "/merchants", "{at}"),
            Self::PortalSignIn => assert!(answer.status == StatusCode::SEE_OTHER && answer.location == "/portal/kilde/sign-in", "{at}"),
            Self::Nothing => assert_eq!(answer.status, StatusCode::NOT_FOUND, "{at}"),
            Self::In => {
                let door = answer.location.starts_with("/sign-in") && !line.path.starts_with("/sign-") && !line.path.starts_with("/set-up");
                let refused = answer.status == StatusCode::FORBIDDEN || answer.status == StatusCode::UNAUTHORIZED;
                assert!(!door && !refused, "{at}");
            }
        }
    }
}

/// The path with the portal of the fixture in it.
fn here(line: &Line) -> String {
    path(&Line { path: line.path.replace("{word}", "kilde"), ..line.clone() })
}

/// A key that was good once.
fn spoilt(f: &Fixture, expires_at: Option<i64>, revoked: bool) -> String {
    let ctx = Ctx { now: NOW - 2 * DAY, ids: IdSource::System, ..f.ctx.clone() };
    f.db.write_now::<_, domain::Error>(move |tx| {
        let made = api_keys::create(tx, &ctx, &api_keys::NewKey { name: "once".into(), scopes: Rights::all(), expires_at })?;
        if revoked {
            api_keys::revoke(tx, &ctx, &made.id)?;
        }
        Ok(made.secret)
    })
    .unwrap()
}

store::db_test! {
    domain::migrations();

    fn whoever_is_shut_out_is_a_stranger(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        seller(&f);
        portal::open(&f, "kilde");
        let gone = person_of(&f.staff(Role::Owner));
        let mut disabled = desk.person(&f, &gone);
        assert_eq!(disabled.get("/customers").status, StatusCode::OK);
        let (ctx, who) = (f.ctx.clone(), gone.clone());
        f.db.write_now::<_, domain::Error>(move |tx| members::disable(tx, &ctx, &who)).unwrap();
        let mut expired = desk.person_since(&f, &f.owner, NOW - 40 * DAY);
        let mut guessed = desk.visitor().with("regulars", "a-guess");
        for line in pages(&desk) {
            // What signing out leaves behind is tested by itself.
            if line.path == "/sign-out" {
                continue;
            }
            Expected::of_disabled(line.policy).check(&knock(&mut disabled, line, &here(line)), "a disabled person", line);
            for (name, visitor) in [("an expired session", &mut expired), ("a guessed session", &mut guessed)] {
                Expected::of_nobody(line.policy).check(&knock(visitor, line, &here(line)), name, line);
            }
        }
    }

    fn a_customer_of_the_portal_is_a_stranger_to_the_staff(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        seller(&f);
        portal::open(&f, "kilde");
        let ana = portal::person(&f, "ana@example.es", "ANACANARY");
        let inside = portal::inside(&desk, &f, &ana.id);
        // Signing out ends the session that the others come with.
        for line in pages(&desk).filter(|l| l.path != "/portal/{word}/sign-out") {
            let expected = match line.policy {
                Policy::Portal if line.path.contains("{id}") => Expected::Nothing,
                Policy::Portal => Expected::In,
                other => Expected::of_nobody(other),
            };
            expected.check(&knock(&mut inside.clone(), line, &here(line)), "a customer", line);
        }
        assert_eq!(inside.clone().post("/portal/kilde/sign-out", &[]).location, "/portal/kilde/sign-in");
        assert_eq!(inside.clone().get("/portal/kilde").location, "/portal/kilde/sign-in");
        let inside = portal::inside(&desk, &f, &ana.id);
        let bearer = inside.cookie("regulars-portal-kilde").unwrap().to_owned();
        for line in desk.table.iter().filter(|l| l.side == Side::Api && l.policy != Policy::Public) {
            assert_eq!(ask(&desk, line, Some(&bearer)), StatusCode::UNAUTHORIZED, "{line:?}");
        }
    }

    fn another_merchants_owner_comes_in_and_finds_only_their_own(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        seller(&f);
        portal::open(&f, "kilde");
        let other = f.other();
        let eve = person_of(&other.staff(Role::Owner));
        for line in pages(&desk) {
            let mut visitor = desk.person(&other, &eve);
            Expected::of_owner(line.policy).check(&knock(&mut visitor, line, &here(line)), "another merchant’s owner", line);
        }
    }

    fn a_key_that_was_taken_back_or_ran_out_opens_nothing(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let owner = desk.owner(&f);
        let bad = [spoilt(&f, None, true), spoilt(&f, Some(NOW - DAY), false), owner.cookie("regulars").unwrap().to_owned(), String::new()];
        let api: Vec<_> = desk.table.iter().filter(|l| l.side == Side::Api).collect();
        assert!(api.len() > 300 && api.iter().filter(|l| l.policy == Policy::Public).count() == 0, "every operation names a right");
        for line in api {
            for secret in &bad {
                assert_eq!(ask(&desk, line, Some(secret)), StatusCode::UNAUTHORIZED, "{line:?}");
            }
            // The session of a person is no key.
            let mut visitor = owner.clone();
            let answer = if line.method == Method::GET { visitor.get(&path(line)) } else { visitor.send_as(&path(line), "application/json", "{}".into()) };
            assert!(matches!(answer.status, StatusCode::UNAUTHORIZED | StatusCode::METHOD_NOT_ALLOWED), "{line:?}: {}", answer.status);
        }
    }

    fn a_provider_that_nobody_knows_leaves_nothing(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let hooks: Vec<_> = pages(&desk).filter(|l| l.path.starts_with("/hooks/")).collect();
        assert_eq!(hooks.len(), 2);
        for line in hooks {
            assert_eq!(line.policy, Policy::Public);
            for visitor in [desk.visitor(), desk.owner(&f)] {
                let status = knock(&mut visitor.clone(), line, &path(line)).status;
                assert!(matches!(status, StatusCode::NOT_FOUND | StatusCode::FORBIDDEN | StatusCode::BAD_REQUEST), "{line:?}: {status}");
            }
        }
    }

    fn strangers_are_sent_to_the_sign_in(db) {
        Fixture::new(db);
        let desk = Desk::new(db);
        assert!(desk.table.len() > 60, "the table is the router");
        for line in pages(&desk).filter(|l| !matches!(l.policy, Policy::Public | Policy::Portal)) {
            let mut visitor = desk.visitor();
            let answer = if line.method == Method::GET { visitor.get(&path(line)) } else { visitor.post(&path(line), &[]) };
            assert_eq!(answer.status, StatusCode::SEE_OTHER, "{line:?}");
            assert!(answer.location.starts_with("/sign-in"), "{line:?} leads to {}", answer.location);
        }
    }

    fn each_role_opens_what_its_rights_say_and_nothing_else(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        for role in ALL_ROLES {
            let person = of_role(&f, role);
            for line in pages(&desk) {
                // A session of its own each time: some of these routes end it.
                let mut visitor = desk.person(&f, &person);
                let answer = if line.method == Method::GET { visitor.get(&path(line)) } else { visitor.post(&path(line), &[]) };
                assert!(!answer.status.is_server_error(), "{role:?} {line:?}: {}", answer.status);
                match line.policy {
                    Policy::May(right) if !role.rights().has(right) => assert_eq!(answer.status, StatusCode::FORBIDDEN, "{role:?} {line:?}"),
                    Policy::May(_) => {
                        assert_ne!(answer.status, StatusCode::FORBIDDEN, "{role:?} {line:?}");
                        assert!(!answer.location.starts_with("/sign-in"), "{role:?} {line:?}");
                    }
                    // The staff are strangers there, whatever their role; see the tests of the portal.
                    Policy::Portal => assert_eq!(answer.status, StatusCode::NOT_FOUND, "{role:?} {line:?}"),
                    Policy::Public | Policy::SignedIn => {}
                }
            }
        }
    }

    fn a_key_opens_what_its_scopes_say_and_nothing_else(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let all = key(&f, Rights::all());
        for line in desk.table.iter().filter(|l| l.side == Side::Api) {
            let Policy::May(right) = line.policy else { continue };
            assert_eq!(ask(&desk, line, None), StatusCode::UNAUTHORIZED, "{line:?}");
            assert_eq!(ask(&desk, line, Some("rk_live_guess")), StatusCode::UNAUTHORIZED, "{line:?}");
            let without = key(&f, Rights::all().without(right));
            assert_eq!(ask(&desk, line, Some(&without)), StatusCode::FORBIDDEN, "{line:?}");
            let with = ask(&desk, line, Some(&all));
            assert!(![401, 403, 405].contains(&with.as_u16()) && !with.is_server_error(), "{line:?}: {with}");
        }
    }
}
