//! Passkeys as people meet them, with a device in software: added on the account page, used at the sign-in page, behind the password and before
//! what is grave, and removed.

use axum::http::StatusCode;
use domain::kit::Role;
use domain::staff::fresh;
use domain::staff::passkeys::Party;
use domain::staff::passkeys::soft::Soft;
use domain::testing::{Fixture, NOW, PASSWORD};
use serde_json::Value;

use crate::desk::{Answer, Desk, Visitor, of_role};
use crate::signin::{FACTOR, OLIVIA, between, password};

const HERE: &str = "http://localhost:8080";
const MINE: &str = "/account/passkeys";

fn here() -> Party {
    Party::of(HERE).unwrap()
}

fn asked(visitor: &mut Visitor<'_>, path: &str) -> Value {
    let answer = visitor.post(path, &[]);
    assert_eq!(answer.status, StatusCode::OK, "{path}: {} {}", answer.location, answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

fn text<'a>(value: &'a Value, at: &str) -> &'a str {
    value.pointer(at).and_then(Value::as_str).unwrap_or_else(|| panic!("{at} of {value}"))
}

/// What a device says to the question of this address.
fn says(visitor: &mut Visitor<'_>, soft: &mut Soft, path: &str) -> String {
    let question = asked(visitor, path);
    soft.get(&here(), text(&question, "/challenge"))
}

/// Adds a passkey from the page; gives what the page answered.
fn add(visitor: &mut Visitor<'_>, soft: &mut Soft, name: &str) -> Answer {
    let question = asked(visitor, &format!("{MINE}/challenge"));
    let answer = soft.create(&here(), text(&question, "/challenge"), text(&question, "/user/id"));
    visitor.post(MINE, &[("name", name), ("passkey", &answer)])
}

fn come_in(visitor: &mut Visitor<'_>, soft: &mut Soft) -> Answer {
    let answer = says(visitor, soft, "/sign-in/passkey/challenge");
    visitor.post("/sign-in/passkey", &[("next", "/settings/shops"), ("passkey", &answer)])
}

store::db_test! {
    domain::migrations();

    fn a_passkey_is_added_signs_in_and_is_removed(db) {
        let f = Fixture::new(db);
        let desk = Desk::with(db, HERE);
        let mut olivia = desk.owner(&f);
        let page = olivia.get(MINE).body;
        assert!(page.contains("data-passkey=\"/account/passkeys/challenge\"") && page.contains("src=\"/assets/passkey.") && page.contains("value=\"Firefox on Linux\""), "{page}");
        let question = asked(&mut olivia, &format!("{MINE}/challenge"));
        assert_eq!((text(&question, "/rp/id"), text(&question, "/attestation"), text(&question, "/user/name")), ("localhost", "none", OLIVIA));
        assert_eq!(text(&question, "/authenticatorSelection/userVerification"), "required");
        let mut soft = Soft::es256();
        let added = add(&mut olivia, &mut soft, "Key <b>");
        assert_eq!((added.status, added.location.as_str()), (StatusCode::SEE_OTHER, FACTOR), "{}", added.body);
        assert_eq!(between(&olivia.get(FACTOR).body, "<ul class=\"mono\">", "</ul>").matches("<li>").count(), 10);
        assert!(olivia.get(FACTOR).body.contains("A passkey is your second factor. 10 recovery codes are left"));
        let page = olivia.get("/account").body;
        assert!(page.contains("Key &#60;b&#62;") && page.contains("Never"), "{page}");
        let second = add(&mut olivia, &mut Soft::eddsa(), "");
        assert_eq!(second.location, "/account", "no codes but the first time: {}", second.body);

        let mut stranger = desk.visitor();
        assert!(stranger.get("/sign-in").body.contains("data-passkey=\"/sign-in/passkey/challenge\""));
        let inside = come_in(&mut stranger, &mut soft);
        assert_eq!(inside.location, "/settings/shops", "{}", inside.body);
        assert!(inside.cookies.iter().any(|c| c.starts_with("regulars=") && c.contains("HttpOnly")));
        assert_eq!(stranger.get("/settings/shops").status, StatusCode::OK);
        assert!(stranger.cookie("regulars-passkey").is_none(), "the visit is over");

        let page = olivia.get("/account").body;
        assert_eq!(page.matches("Never").count(), 1, "one was used");
        let id = between(&page, "/account/passkeys/psk_", "/remove").to_owned();
        let mut sam = desk.person(&f, &of_role(&f, Role::Support));
        assert_eq!(sam.post(&format!("{MINE}/psk_{id}/remove"), &[]).status, StatusCode::NOT_FOUND, "not theirs");
        assert_eq!(olivia.post(&format!("{MINE}/psk_{id}/remove"), &[]).location, "/account");
        let refused = come_in(&mut desk.visitor(), &mut soft);
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.body.contains("not known here"), "{}", refused.body);
    }

    fn an_answer_counts_once_and_in_its_own_browser(db) {
        let f = Fixture::new(db);
        let desk = Desk::with(db, HERE);
        let mut soft = Soft::es256();
        add(&mut desk.owner(&f), &mut soft, "Phone");
        let mut stranger = desk.visitor();
        let answer = says(&mut stranger, &mut soft, "/sign-in/passkey/challenge");
        let send = |visitor: &mut Visitor<'_>| visitor.post("/sign-in/passkey", &[("passkey", &answer)]);
        let (without, mut other) = (send(&mut desk.visitor()), desk.visitor());
        assert!(without.status == StatusCode::UNPROCESSABLE_ENTITY && without.body.contains("Try again"), "without the cookie");
        asked(&mut other, "/sign-in/passkey/challenge");
        assert_eq!(send(&mut other).status, StatusCode::UNPROCESSABLE_ENTITY, "in another browser");
        let mut again = stranger.clone();
        assert_eq!(send(&mut stranger).location, "/");
        assert_eq!(send(&mut again).status, StatusCode::UNPROCESSABLE_ENTITY, "twice");
        let nothing = desk.visitor().post("/sign-in/passkey", &[("passkey", "\0"), ("next", "//evil.example")]);
        assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
        let guess = Soft::es256().get(&here(), "guess");
        assert_eq!(stranger.post(MINE, &[("passkey", &guess)]).status, StatusCode::UNPROCESSABLE_ENTITY);
    }

    fn a_passkey_stands_for_the_code_behind_the_password(db) {
        let f = Fixture::new(db);
        let desk = Desk::with(db, HERE);
        let (mut olivia, mut soft) = (desk.owner(&f), Soft::es256());
        assert_eq!(add(&mut olivia, &mut soft, "Phone").location, FACTOR);
        let codes = olivia.get(FACTOR).body;
        let code = between(&codes, "<li>", "</li>").to_owned();
        let mut stranger = desk.visitor();
        assert_eq!(stranger.post("/sign-in/code/challenge", &[]).location, "/sign-in", "not without the password");
        assert_eq!(password(&mut stranger).location, "/sign-in/code?next=%2Fsettings%2Fshops");
        let page = stranger.get("/sign-in/code").body;
        assert!(page.contains("data-passkey=\"/sign-in/code/challenge\"") && page.contains("Recovery code") && !page.contains("Code of your app"), "{page}");
        let question = asked(&mut stranger, "/sign-in/code/challenge");
        assert_eq!(text(&question, "/allowCredentials/0"), domain::staff::passkeys::soft::text(&soft.id));
        let wrong = Soft::es256().get(&here(), text(&question, "/challenge"));
        let refused = stranger.post("/sign-in/code", &[("passkey", &wrong)]);
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.body.contains("not known here"), "{}", refused.body);
        let right = says(&mut stranger, &mut soft, "/sign-in/code/challenge");
        assert_eq!(stranger.post("/sign-in/code", &[("passkey", &right), ("next", "/orders")]).location, "/orders");
        assert_eq!(stranger.get("/orders").status, StatusCode::OK);
        let mut other = desk.visitor();
        password(&mut other);
        assert_eq!(other.post("/sign-in/code", &[("code", &code)]).location, "/", "or a recovery code");
    }

    fn the_proof_before_what_is_grave_is_a_passkey(db) {
        let f = Fixture::new(db);
        let desk = Desk::with(db, HERE);
        let mut soft = Soft::es256();
        add(&mut desk.owner(&f), &mut soft, "Phone");
        let mut olivia = desk.person_since(&f, &f.owner, NOW - fresh::HOLDS);
        let form = [("name", "Till"), ("rights", "read")];
        let page = olivia.post("/settings/api-keys/new", &form).body;
        assert!(page.contains("data-passkey=\"/sign-in/again/challenge\"") && page.contains("name=\"again_passkey\"") && !page.contains("again_password"), "{page}");
        assert_eq!(olivia.post("/settings/api-keys/new", &[&form[..], &[("again_password", PASSWORD)]].concat()).status, StatusCode::UNPROCESSABLE_ENTITY);
        let strange = Soft::es256().get(&here(), "guess");
        let refused = olivia.post("/settings/api-keys/new", &[&form[..], &[("again_code", ""), ("again_passkey", &strange)]].concat());
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.body.contains("value=\"Till\""), "{}", refused.body);
        assert_eq!(olivia.post(&format!("{MINE}/challenge"), &[]).status, StatusCode::FORBIDDEN, "adding wants the proof too");
        let right = says(&mut olivia, &mut soft, "/sign-in/again/challenge");
        let done = olivia.post("/settings/api-keys/new", &[&form[..], &[("again_code", ""), ("again_passkey", &right)]].concat());
        assert_eq!(done.location, "/settings/api-keys", "{}", done.body);
        assert_eq!(olivia.get(MINE).status, StatusCode::OK, "fresh for a while");
    }

    fn a_passkey_is_enough_where_a_second_factor_is_wanted(db) {
        let f = Fixture::new(db);
        let desk = Desk::with(db, HERE);
        let manager = of_role(&f, Role::Manager);
        desk.owner(&f).post("/settings/sign-in", &[("required", "manager")]);
        let mut sam = desk.person(&f, &manager);
        assert_eq!(sam.get("/customers").location, FACTOR);
        assert!(sam.get(FACTOR).body.contains("href=\"/account/passkeys\"") && sam.get(MINE).body.contains("A passkey is one"));
        assert_eq!(add(&mut sam, &mut Soft::eddsa(), "Phone").location, FACTOR);
        assert_eq!(sam.get("/customers").status, StatusCode::OK);
        let page = sam.get("/account").body;
        let last = sam.post(&format!("{MINE}/psk_{}/remove", between(&page, "/account/passkeys/psk_", "/remove")), &[]);
        assert!(last.status == StatusCode::CONFLICT && last.body.contains("wants a second factor of everybody with your role"), "{}", last.body);
        let mut olivia = desk.owner(&f);
        assert!(olivia.get("/settings/staff").body.contains(">On<"));
        olivia.post(&format!("/settings/staff/{manager}/second-factor/reset"), &[]);
        assert!(!olivia.get("/settings/staff").body.contains(">On<"), "an owner takes passkeys off, too");
    }

    fn where_browsers_know_none_no_button_is_shown(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        assert!(!desk.visitor().get("/sign-in").body.contains("data-passkey"));
        let page = olivia.get(MINE).body;
        assert!(page.contains("reached over HTTPS by its name") && !page.contains("data-passkey"), "{page}");
        for (visitor, path) in [(&mut desk.visitor(), "/sign-in/passkey/challenge"), (&mut olivia, "/account/passkeys/challenge")] {
            let answer = visitor.post(path, &[]);
            assert!(answer.status == StatusCode::CONFLICT && answer.body.starts_with("{\"error\":"), "{path}: {}", answer.body);
        }
        let secure = Desk::with(db, "https://desk.example.com");
        let asked = secure.visitor().post("/sign-in/passkey/challenge", &[]);
        assert!(asked.body.contains("\"rpId\":\"desk.example.com\"") && asked.cookies[0].starts_with("__Host-regulars-passkey=") && asked.cookies[0].contains("Secure"));
        for _ in 0..domain::staff::passkeys::PER_ADDRESS {
            secure.visitor().post("/sign-in/passkey/challenge", &[]);
        }
        let slowed = secure.visitor().post("/sign-in/passkey/challenge", &[]);
        assert!(slowed.status == StatusCode::TOO_MANY_REQUESTS && slowed.headers.contains_key("retry-after") && slowed.body.contains("Too many tries"));
    }
}
