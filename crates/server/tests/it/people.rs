//! Coming in, going out, and one's own account.

use axum::http::StatusCode;
use domain::imports;
use domain::kit::{Actor, Ctx, Door, MerchantId, Role};
use domain::merchants::NewMerchant;
use domain::staff::sign_in::PER_PAIR;
use domain::testing::{Fixture, NOW, PASSWORD};

use crate::desk::{Desk, of_role};

const OWNER: [(&str, &str); 8] = [
    ("name", "Ana Ruiz"),
    ("email", "ana@example.es"),
    ("password", "three blue tea cups"),
    ("merchant", "Kilde"),
    ("shop", "Online"),
    ("currency", "EUR"),
    ("country", "ES"),
    ("time_zone", "Europe/Madrid"),
];

store::db_test! {
    domain::migrations();

    fn the_first_start_asks_for_the_owner_and_lets_them_in(db) {
        let desk = Desk::new(db);
        let mut ana = desk.visitor();
        assert_eq!(ana.get("/account").location, "/sign-in?next=%2Faccount");
        assert_eq!(ana.get("/sign-in").location, "/set-up");
        assert!(ana.get("/set-up").body.contains("You become the owner"));
        let wrong = ana.post("/set-up", &[("name", "Ana <b>"), ("email", "nobody"), ("password", "secret")]);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        for field in ["email", "password", "merchant", "shop", "currency", "time_zone"] {
            assert!(wrong.body.contains(&format!("id=\"f-{field}-error\"")), "{field}");
        }
        assert!(wrong.body.contains("value=\"Ana &#60;b&#62;\""), "what was typed is still there");
        assert!(!wrong.body.contains("\"secret\""), "but not the password");
        assert_eq!(ana.post("/set-up", &OWNER).location, "/");
        assert_eq!(ana.get("/account").status, StatusCode::OK);
        assert_eq!(desk.visitor().get("/set-up").location, "/sign-in");
        assert_eq!(desk.visitor().post("/set-up", &OWNER).location, "/sign-in", "nobody becomes owner a second time");
    }

    fn the_first_start_over_an_imported_merchant_shows_it_and_its_owner_sees_its_customers(db) {
        let ctx = Ctx::new(MerchantId::of(&[7; 16]), Actor::system("command line"), Door::Import, NOW);
        let new = NewMerchant { name: "Kilde & Co".into(), currency: "EUR".into(), time_zone: "Europe/Madrid".into(), country: "ES".into(), shop: "Online".into(), demo: false };
        db.write_now(move |tx| imports::create_merchant(tx, &ctx, &new)).unwrap();
        let desk = Desk::new(db);
        let mut ana = desk.visitor();
        let page = ana.get("/set-up").body;
        assert!(page.contains("What is here already") && page.contains("Kilde &#38; Co") && !page.contains("name=\"merchant\""), "{page}");
        let wrong = ana.post("/set-up", &OWNER[..2]);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("f-password-error") && wrong.body.contains("Kilde &#38; Co"), "a slip does not lose what is here");
        assert_eq!(ana.post("/set-up", &OWNER[..3]).location, "/");
        assert!(ana.get("/settings/merchant").body.contains("Kilde &#38; Co"));
        assert_eq!(ana.get("/customers").status, StatusCode::OK);
        assert_eq!(desk.visitor().get("/set-up").location, "/sign-in");
    }

    fn a_person_comes_to_the_page_they_wanted_and_goes_out_for_good(db) {
        Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.visitor();
        let answer = olivia.post("/sign-in", &[("email", "Olivia@example.com"), ("password", PASSWORD), ("next", "/settings/shops?x=1")]);
        assert_eq!((answer.status, answer.location.as_str()), (StatusCode::SEE_OTHER, "/settings/shops?x=1"));
        assert!(answer.cookies[0].contains("HttpOnly; SameSite=Lax"));
        assert_eq!(olivia.get("/settings/shops").status, StatusCode::OK);
        let mut thief = olivia.clone();
        olivia.post("/sign-out", &[]);
        assert!(olivia.cookie("regulars").is_none());
        assert_eq!(thief.get("/settings/shops").status, StatusCode::SEE_OTHER, "the cookie of before opens nothing");
    }

    fn a_wrong_password_tells_nothing_and_guessing_ends(db) {
        Fixture::new(db);
        let desk = Desk::new(db);
        let mut guesser = desk.visitor();
        let known = guesser.post("/sign-in", &[("email", "olivia@example.com"), ("password", "wrong")]);
        let unknown = guesser.post("/sign-in", &[("email", "nobody@example.com"), ("password", "wrong")]);
        assert_eq!((known.status, unknown.status), (StatusCode::UNPROCESSABLE_ENTITY, StatusCode::UNPROCESSABLE_ENTITY));
        assert_eq!(known.body.replace("olivia@example.com", ""), unknown.body.replace("nobody@example.com", ""));
        for _ in 1..PER_PAIR {
            guesser.post("/sign-in", &[("email", "olivia@example.com"), ("password", "wrong")]);
        }
        let right = guesser.post("/sign-in", &[("email", "olivia@example.com"), ("password", PASSWORD)]);
        assert_eq!(right.status, StatusCode::TOO_MANY_REQUESTS);
        assert!(right.body.contains("Try again in"));
    }

    fn odd_forms_are_refused_and_break_nothing(db) {
        Fixture::new(db);
        let desk = Desk::new(db);
        for (email, password) in [("\0", "x"), ("", ""), ("a@b", "\0"), ("' OR 1=1 --", "' OR 1=1 --"), (&"x".repeat(100_000), &"y".repeat(100_000))] {
            let answer = desk.visitor().post("/sign-in", &[("email", email), ("password", password)]);
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
        assert_eq!(desk.visitor().get("/invitations/nothing").status, StatusCode::NOT_FOUND);
        assert_eq!(desk.visitor().get("/invitations/%00%ff").status, StatusCode::NOT_FOUND);
        let undecodable = desk.visitor().get("/customers/cus_%ff");
        assert!(undecodable.status == StatusCode::NOT_FOUND && undecodable.body.contains("nothing at this address"), "{}", undecodable.body);
    }

    fn behind_https_the_cookie_is_bound_to_the_host(db) {
        Fixture::new(db);
        let desk = Desk::with(db, "https://desk.example.com");
        let answer = desk.visitor().post("/sign-in", &[("email", "olivia@example.com"), ("password", PASSWORD)]);
        let cookie = &answer.cookies[0];
        assert!(cookie.starts_with("__Host-regulars=") && cookie.ends_with("; Secure") && cookie.contains("Path=/;"), "{cookie}");
        assert!(!cookie.contains("Domain"));
    }

    fn a_form_of_another_site_changes_nothing(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        assert_eq!(olivia.post_from_elsewhere("/sign-out").status, StatusCode::FORBIDDEN);
        assert_eq!(olivia.get("/account").status, StatusCode::OK);
    }

    fn the_account_changes_name_look_and_password(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let (mut here, mut there) = (desk.owner(&f), desk.owner(&f));
        here.post("/account/name", &[("name", "Olivia Verhoeven")]);
        let page = here.get("/account").body;
        assert!(page.contains("value=\"Olivia Verhoeven\"") && page.contains("Name saved."));
        assert!(!here.get("/account").body.contains("Name saved."), "a notice is shown once");
        here.post("/account/look", &[("theme", "dark"), ("density", "compact")]);
        let page = here.get("/account").body;
        assert!(page.contains("data-theme=\"dark\"") && page.contains("data-density=\"compact\"") && page.contains("data-keys=\"off\""));
        let wrong = here.post("/account/password", &[("current", "wrong"), ("password", "password123")]);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("f-current-error") && wrong.body.contains("f-password-error"));
        here.post("/account/password", &[("current", PASSWORD), ("password", "four green tea cups")]);
        assert_eq!(here.get("/account").status, StatusCode::OK);
        assert_eq!(there.get("/account").status, StatusCode::SEE_OTHER, "the other session has ended");
        let again = desk.visitor().post("/sign-in", &[("email", "olivia@example.com"), ("password", "four green tea cups")]);
        assert_eq!(again.status, StatusCode::SEE_OTHER);
    }

    fn a_session_is_ended_from_another(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let (mut here, mut there) = (desk.owner(&f), desk.owner(&f));
        let page = here.get("/account").body;
        let end = page.split("action=\"").find(|s| s.starts_with("/account/sessions/ses_")).unwrap().split('"').next().unwrap().to_owned();
        assert_eq!(here.post(&end, &[]).location, "/account");
        assert_eq!(there.get("/account").status, StatusCode::SEE_OTHER);
        let mut stranger = desk.person(&f, &of_role(&f, Role::Manager));
        let mine = here.get("/account").body;
        assert!(!mine.contains("/account/sessions/ses_"), "one’s own session is ended by signing out");
        assert_eq!(stranger.post(&end, &[]).status, StatusCode::NOT_FOUND);
    }

    fn a_person_switches_merchants_and_sees_only_that_one(db) {
        let f = Fixture::new(db);
        let other = f.other();
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        assert!(olivia.get("/merchants").body.contains("Another merchant"));
        olivia.post("/switch/merchant", &[("merchant", other.merchant().as_str())]);
        assert!(olivia.get("/settings/merchant").body.contains("value=\"Other\""));
        assert_eq!(olivia.get(&format!("/settings/shops/{}", f.shop)).status, StatusCode::NOT_FOUND);
        let mut sam = desk.person(&f, &of_role(&f, Role::Manager));
        assert_eq!(sam.post("/switch/merchant", &[("merchant", other.merchant().as_str())]).status, StatusCode::NOT_FOUND);
        assert!(!sam.get("/merchants").body.contains("Make merchant"), "no button that would be refused");
    }
}
