//! Every route says who may use it (SPEC 16), and that is what happens: for strangers, for each role, and for keys without the scope.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use domain::kit::{ALL_ROLES, Rights};
use domain::testing::Fixture;
use server::http::Policy;
use server::http::routes::{Line, Side};

use crate::desk::{Desk, key, of_role};

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

store::db_test! {
    domain::migrations();

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
