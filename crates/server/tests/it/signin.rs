//! Strong sign-in as people meet it: two steps, required second factors, a fresh sign-in before what is grave, links to a new password.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use domain::kit::{Rights, Role};
use domain::staff::factor::code;
use domain::staff::fresh;
use domain::testing::{Fixture, NOW, PASSWORD};
use serde_json::{Value, json};
use server::http::Policy;
use server::http::guard::Asks;
use server::http::routes::{Line, Side};

use crate::desk::{Answer, Desk, Visitor, key, of_role};

const STEP: i64 = 30_000_000;
pub const FACTOR: &str = "/account/second-factor";
pub const OLIVIA: &str = "olivia@example.com";

/// A path of the table with something in the place of each parameter that is no id.
fn path(line: &Line) -> String {
    line.path.split('/').map(|part| if part.starts_with('{') { "nothing" } else { part }).collect::<Vec<_>>().join("/")
}

fn knock(visitor: &mut Visitor<'_>, line: &Line) -> Answer {
    if line.method == Method::GET { visitor.get(&path(line)) } else { visitor.post(&path(line), &[]) }
}

pub fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    page.split_once(from).and_then(|(_, rest)| rest.split_once(to)).map_or("", |(found, _)| found)
}

/// Turns the second factor on from the page: its secret and the recovery codes.
fn turn_on(visitor: &mut Visitor<'_>) -> (String, Vec<String>) {
    assert_eq!(visitor.post(&format!("{FACTOR}/begin"), &[]).location, FACTOR);
    let page = visitor.get(FACTOR).body;
    assert!(page.contains("<svg width=\"200\"") && page.contains("M4 4h7v1h-7z"), "a code to scan: {page}");
    let secret: String = between(&page, "<code class=\"mono\">", "</code>").split(' ').collect();
    let done = visitor.post(&format!("{FACTOR}/confirm"), &[("code", &code(&secret, NOW))]);
    assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, FACTOR), "{}", done.body);
    let page = visitor.get(FACTOR).body;
    let codes: Vec<String> =
        between(&page, "<ul class=\"mono\">", "</ul>").split("<li>").skip(1).map(|li| li.replace("</li>", "")).collect();
    assert_eq!(codes.len(), 10, "{page}");
    assert!(!visitor.get(FACTOR).body.contains(&codes[0]), "shown once");
    (secret, codes)
}

pub fn password(visitor: &mut Visitor<'_>) -> Answer {
    visitor.post("/sign-in", &[("email", OLIVIA), ("password", PASSWORD), ("next", "/settings/shops")])
}

/// A payment of 25.00 EUR.
fn payment(f: &Fixture, desk: &Desk) -> String {
    let basket = json!({ "shop": f.shop, "external_id": "A", "currency": "EUR", "buyer": { "email": "ana@example.es", "name": "Ana Ruiz" },
        "lines": [{ "sku": "COF", "title": "Coffee", "quantity": "2", "unit_price": "12.50" }],
        "payments": [{ "provider": "stripe", "provider_ref": "pi_A", "amount": 2500,
            "method": { "kind": "card", "brand": "visa", "last4": "4242", "fingerprint": "fp_1" } }] });
    let request = Request::post("/api/v1/checkouts").header("authorization", format!("Bearer {}", key(f, Rights::all())));
    let answer = desk.send(request.header("content-type", "application/json").body(Body::from(basket.to_string())).unwrap());
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    body["payments"][0].as_str().unwrap_or_else(|| panic!("{body}")).to_owned()
}

fn stale<'a>(desk: &'a Desk, f: &Fixture) -> Visitor<'a> {
    desk.person_since(f, &f.owner, NOW - fresh::HOLDS)
}

store::db_test! {
    domain::migrations();

    fn signing_in_takes_two_steps_and_the_first_opens_nothing(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let (secret, codes) = turn_on(&mut desk.owner(&f));
        let mut olivia = desk.visitor();
        assert_eq!(olivia.get("/sign-in/code").location, "/sign-in", "not without the password");
        let first = password(&mut olivia);
        assert_eq!(first.location, "/sign-in/code?next=%2Fsettings%2Fshops");
        assert!(olivia.cookie("regulars").is_none() && olivia.cookie("regulars-half").is_some());
        assert!(olivia.get(&first.location).body.contains("Code of your app"));
        for line in desk.table.iter().filter(|l| l.side == Side::Page && !matches!(l.policy, Policy::Public | Policy::Portal)) {
            assert!(knock(&mut olivia, line).location.starts_with("/sign-in?") || path(line) == "/", "{line:?}");
        }
        let half = olivia.cookie("regulars-half").unwrap().to_owned();
        for cookie in [format!("regulars={half}"), format!("regulars-half={half}")] {
            let request = Request::get("/account").header("cookie", cookie).body(Body::empty()).unwrap();
            assert_eq!(desk.send(request).status, StatusCode::SEE_OTHER, "not under another name either");
        }
        let request = Request::get("/api/v1/customers").header("authorization", format!("Bearer {half}")).body(Body::empty()).unwrap();
        assert_eq!(desk.send(request).status, StatusCode::UNAUTHORIZED);
        let wrong = olivia.post("/sign-in/code", &[("code", &code(&secret, NOW)), ("next", "/settings/shops")]);
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("f-code-error"), "the code of setting it up was used");
        let mut other_tab = olivia.clone();
        let inside = olivia.post("/sign-in/code", &[("code", &code(&secret, NOW + STEP)), ("next", "/settings/shops")]);
        assert_eq!(inside.location, "/settings/shops");
        assert_eq!(olivia.get("/settings/shops").status, StatusCode::OK);
        assert!(olivia.cookie("regulars-half").is_none());
        assert_eq!(other_tab.post("/sign-in/code", &[("code", &codes[0])]).location, "/sign-in", "the first step is used up");

        let mut guesser = desk.visitor();
        password(&mut guesser);
        let guesses: Vec<_> = (0..6).map(|_| guesser.post("/sign-in/code", &[("code", "000000")]).status).collect();
        assert_eq!(guesses[5], StatusCode::TOO_MANY_REQUESTS, "{guesses:?}");
        let next = desk.visitor().post("/sign-in/code", &[("code", "000000"), ("next", "https://evil.example")]);
        assert_eq!(next.location, "/sign-in");
    }

    fn who_needs_a_second_factor_is_led_to_it_from_every_page(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let manager = of_role(&f, Role::Manager);
        let mut olivia = desk.owner(&f);
        assert_eq!(olivia.post("/settings/sign-in", &[("required", "manager"), ("refund_limit", "x")]).status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(olivia.post("/settings/sign-in", &[("required", "manager"), ("refund_limit", "")]).location, "/settings/sign-in");
        assert!(olivia.get("/settings/sign-in").body.contains("value=\"manager\" checked"));
        let open = [FACTOR, "/account/passkeys", "/sign-in/again", "/switch/merchant"];
        for line in desk.table.iter().filter(|l| l.side == Side::Page && !matches!(l.policy, Policy::Public | Policy::Portal)) {
            let mut sam = desk.person(&f, &manager);
            let answer = knock(&mut sam, line);
            if open.iter().any(|at| path(line).starts_with(at)) || (path(line) == "/merchants" && line.method == Method::GET) {
                assert_ne!((answer.status, path(line) == FACTOR), (StatusCode::FORBIDDEN, true), "{line:?}");
            } else {
                assert_eq!((answer.status, answer.location.as_str()), (StatusCode::SEE_OTHER, FACTOR), "{line:?}");
            }
        }
        let mut sam = desk.person(&f, &manager);
        assert!(sam.get(FACTOR).body.contains("wants a second factor"));
        turn_on(&mut sam);
        assert_eq!(sam.get("/customers").status, StatusCode::OK);
        let off = sam.post(&format!("{FACTOR}/off"), &[]);
        assert!(off.status == StatusCode::CONFLICT && off.body.contains("wants a second factor of everybody with your role"));
        assert!(olivia.get("/settings/staff").body.contains(">On<"));
    }

    fn what_is_grave_asks_for_a_fresh_sign_in(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = stale(&desk, &f);
        let doors = [
            "/customers/export", "/orders/export", "/affiliates/export", "/customers/{id}/anonymise", "/customers/{id}/delete-permanently",
            "/settings/privacy/rules", "/settings/privacy/run", "/settings/api-keys/new", "/settings/payments/new", "/settings/payments/{id}",
            "/settings/webhooks/new", "/settings/webhooks/{id}/secret", "/settings/sign-in", "/account/password", "/account/second-factor/begin",
            "/account/second-factor/confirm", "/account/second-factor/codes", "/account/second-factor/off", "/settings/staff/{id}/password-link",
            "/settings/staff/{id}/second-factor/reset", "/account/passkeys", "/account/passkeys/challenge", "/account/passkeys/{id}/remove",
            "/customers/{id}/data", "/settings/mail/dkim", "/settings/mail/new", "/settings/mail/{id}",
            "/settings/calls",
        ];
        let grave = |path: &str, asks: Asks| desk.table.iter().any(|l| l.path == path && l.method == Method::POST && l.asks == asks);
        for door in doors {
            assert!(grave(door, Asks::Fresh), "{door}");
        }
        for door in ["/customers/bulk/run", "/payments/{id}/refund", "/payments/{id}/refund/credit", "/returns/{id}/refund", "/subscriptions/{id}/cancel"] {
            assert!(grave(door, Asks::Perhaps), "{door}");
        }
        for line in desk.table.iter().filter(|l| l.side == Side::Page && l.path.ends_with("/export")) {
            assert_eq!(line.asks, Asks::Fresh, "{line:?}");
        }
        for line in desk.table.iter().filter(|l| l.asks == Asks::Fresh) {
            let answer = knock(&mut olivia, line);
            if line.method == Method::GET {
                assert!(answer.location.starts_with("/sign-in/again?next=%2F"), "{line:?} {}", answer.status);
            } else {
                assert_eq!(answer.status, StatusCode::FORBIDDEN, "{line:?}");
                assert!(answer.body.contains("Please sign in again") && answer.body.contains("name=\"again_password\""), "{line:?}");
            }
        }
    }

    fn the_form_is_kept_and_goes_on_with_the_proof(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = stale(&desk, &f);
        let form = [("name", "Shop <b>"), ("rights", "read"), ("rights", "export")];
        let asked = olivia.post("/settings/api-keys/new", &form);
        for kept in ["name=\"name\" value=\"Shop &#60;b&#62;\"", "name=\"rights\" value=\"read\"", "name=\"rights\" value=\"export\"", "action=\"/settings/api-keys/new\""] {
            assert!(asked.body.contains(kept), "{kept}: {}", asked.body);
        }
        let wrong = olivia.post("/settings/api-keys/new", &[&form[..], &[("again_password", "wrong")]].concat());
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.body.contains("f-again_password-error") && wrong.body.contains("value=\"export\""));
        assert!(!olivia.get("/settings/api-keys").body.contains("Shop &#60;b"), "nothing was done");
        let done = olivia.post("/settings/api-keys/new", &[&form[..], &[("again_username", OLIVIA), ("again_password", PASSWORD)]].concat());
        assert_eq!(done.location, "/settings/api-keys", "{}", done.body);
        let page = olivia.get("/settings/api-keys").body;
        assert!(page.contains("Shop &#60;b&#62;") && page.contains("rk_live_"));
        assert_eq!(olivia.get("/settings/api-keys/new").status, StatusCode::OK, "fresh for a while");

        let mut other = stale(&desk, &f);
        assert_eq!(other.get("/customers/export?view=paying").location, "/sign-in/again?next=%2Fcustomers%2Fexport%3Fview%3Dpaying");
        let page = other.get("/sign-in/again?next=%2Fcustomers%2Fexport%3Fview%3Dpaying").body;
        assert!(page.contains("name=\"next\" value=\"/customers/export?view=paying\""), "{page}");
        let on = other.post("/sign-in/again", &[("next", "/customers/export?view=paying"), ("again_password", PASSWORD)]);
        assert_eq!(on.location, "/customers/export?view=paying");
        let mut evil = stale(&desk, &f);
        assert_eq!(evil.post("/sign-in/again", &[("next", "//evil.example"), ("again_password", PASSWORD)]).location, "/");
    }

    fn passwords_and_keys_are_not_repeated_by_the_page(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = stale(&desk, &f);
        let asked = olivia.post("/account/password", &[("current", PASSWORD), ("password", "four green tea cups")]);
        assert_eq!(asked.status, StatusCode::FORBIDDEN);
        assert!(!asked.body.contains("tea cups") && asked.body.contains("fill in the form once more") && asked.body.contains("action=\"/sign-in/again\""));
        let keys = olivia.post("/settings/payments/new", &[("provider", "stripe"), ("secret", "sk_test_1"), ("webhook", "whsec_1")]);
        assert!(!keys.body.contains("sk_test_1") && !keys.body.contains("whsec_1"));
        let mut guesser = stale(&desk, &f);
        let tries: Vec<_> = (0..11).map(|_| guesser.post("/sign-in/again", &[("again_password", "wrong")]).status).collect();
        assert_eq!((tries[0], tries[10]), (StatusCode::UNPROCESSABLE_ENTITY, StatusCode::TOO_MANY_REQUESTS));
    }

    fn with_a_second_factor_the_proof_is_a_code(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let (secret, codes) = turn_on(&mut desk.owner(&f));
        let mut olivia = stale(&desk, &f);
        let begun = olivia.get(FACTOR);
        assert!(begun.location.starts_with("/sign-in/again") && !begun.body.contains(&secret));
        let asked = olivia.post(&format!("{FACTOR}/codes"), &[]).body;
        assert!(asked.contains("name=\"again_code\"") && !asked.contains("name=\"again_password\""));
        assert_eq!(olivia.post(&format!("{FACTOR}/codes"), &[("again_password", PASSWORD)]).status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(olivia.post(&format!("{FACTOR}/codes"), &[("again_code", &codes[0])]).location, FACTOR);
        assert!(olivia.get(FACTOR).body.contains("Your recovery codes"));
        assert_eq!(olivia.post(&format!("{FACTOR}/off"), &[]).location, "/account");
        assert_eq!(password(&mut desk.visitor()).location, "/settings/shops", "the password is enough again");
    }

    fn a_refund_above_the_limit_asks_and_one_below_does_not(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let at = format!("/payments/{}/refund", payment(&f, &desk));
        desk.owner(&f).post("/settings/sign-in", &[("refund_limit", "5.00")]);
        assert!(desk.owner(&f).get("/settings/sign-in").body.contains("value=\"5.00\""));
        let mut olivia = stale(&desk, &f);
        let small = olivia.post(&at, &[("amount", "5.00"), ("reason", "one bag"), ("once", "a")]);
        assert_eq!(small.status, StatusCode::SEE_OTHER, "{}", small.body);
        let form = [("amount", "5.01"), ("reason", "two bags"), ("once", "b")];
        let asked = olivia.post(&at, &form);
        assert!(asked.status == StatusCode::FORBIDDEN && asked.body.contains("value=\"two bags\"") && asked.body.contains("value=\"5.01\""), "{}", asked.body);
        assert_eq!(olivia.post(&at, &[&form[..], &[("again_password", "wrong")]].concat()).status, StatusCode::UNPROCESSABLE_ENTITY);
        let done = olivia.post(&at, &[&form[..], &[("again_password", PASSWORD)]].concat());
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.body);
        let page = olivia.get(&done.location).body;
        assert!(page.contains("€5.01") || page.contains("€10.01"), "{page}");
        let credit = stale(&desk, &f).post(&format!("{at}/credit"), &[("amount", "6.00"), ("reason", "x")]);
        assert_eq!(credit.status, StatusCode::FORBIDDEN);
    }

    fn anonymising_many_asks_and_tagging_them_does_not(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        payment(&f, &desk);
        let mut olivia = stale(&desk, &f);
        let asked = olivia.post("/customers/bulk/run", &[("action", "anonymise"), ("all", "on"), ("word", "anonymise"), ("once", "k")]);
        assert!(asked.status == StatusCode::FORBIDDEN && asked.body.contains("name=\"word\" value=\"anonymise\""), "{}", asked.body);
        let gone = olivia.post("/customers/bulk/run", &[("action", "delete_permanently"), ("all", "on"), ("sure", "on")]);
        assert_eq!(gone.status, StatusCode::FORBIDDEN);
        let archived = olivia.post("/customers/bulk/run", &[("action", "archive"), ("all", "on"), ("once", "l")]);
        assert_eq!(archived.status, StatusCode::SEE_OTHER, "{}", archived.body);
    }

    fn asking_for_a_link_answers_the_same_for_everybody(db) {
        Fixture::new(db);
        let desk = Desk::new(db);
        assert!(desk.visitor().get("/sign-in").body.contains("href=\"/sign-in/forgot\""));
        let known = desk.visitor().post("/sign-in/forgot", &[("email", OLIVIA)]);
        let unknown = desk.visitor().post("/sign-in/forgot", &[("email", "nobody@example.com")]);
        assert_eq!((known.status, &known.body), (unknown.status, &unknown.body));
        assert!(known.body.contains("If there is an account"));
        assert_eq!(desk.visitor().post("/sign-in/forgot", &[("email", "\0")]).status, StatusCode::UNPROCESSABLE_ENTITY);
        for nothing in ["/new-password/nothing", "/new-password/%00"] {
            assert_eq!(desk.visitor().get(nothing).status, StatusCode::NOT_FOUND);
            assert_eq!(desk.visitor().post(nothing, &[("password", "four green tea cups")]).status, StatusCode::NOT_FOUND);
        }
    }

    fn an_owner_makes_a_link_that_works_once(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let sam = of_role(&f, Role::Support);
        let mut olivia = desk.owner(&f);
        assert!(olivia.get(&format!("/settings/staff/{sam}")).body.contains("Make a link to a new password"));
        assert!(!olivia.get(&format!("/settings/staff/{}", f.owner)).body.contains("Make a link to a new password"), "not for oneself");
        olivia.post(&format!("/settings/staff/{sam}/password-link"), &[]);
        let page = olivia.get("/settings/staff").body;
        let link = format!("/new-password/{}", between(&page, "/new-password/", "\""));
        assert!(link.len() > 50 && !olivia.get("/settings/staff").body.contains("/new-password/"), "shown once");
        let mut sams = desk.person(&f, &sam);
        let opened = desk.visitor().get(&link);
        assert!(opened.body.contains("Choose a new password") && opened.headers["referrer-policy"] == "no-referrer");
        let weak = desk.visitor().post(&link, &[("password", "short")]);
        assert!(weak.status == StatusCode::UNPROCESSABLE_ENTITY && weak.body.contains("f-password-error"));
        assert!(desk.visitor().post(&link, &[("password", "four green tea cups")]).body.contains("Your password is new"));
        let twice = desk.visitor().post(&link, &[("password", "five black tea cups")]);
        assert!(twice.status == StatusCode::NOT_FOUND && twice.body.contains("does not work any more"));
        assert_eq!(sams.get("/account").status, StatusCode::SEE_OTHER, "their sessions have ended");
    }

    fn the_account_shows_the_second_factor_and_new_browsers(db) {
        Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.visitor();
        let inside = password(&mut olivia);
        assert!(inside.cookies.iter().any(|c| c.starts_with("regulars-browser=") && c.contains("HttpOnly") && c.contains("Max-Age=34560000")));
        let page = olivia.get("/account").body;
        assert!(page.contains("New browser") && page.contains(FACTOR));
        olivia.post("/sign-out", &[]);
        password(&mut olivia);
        assert_eq!(olivia.get("/account").body.matches("New browser").count(), 0, "the first session has ended, this browser is known");
    }
}
