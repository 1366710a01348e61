//! Settings as people change them.

use axum::http::StatusCode;
use domain::kit::Role;
use domain::testing::Fixture;

use crate::desk::{Desk, of_role};

/// The part of a page between two words.
fn between<'a>(page: &'a str, from: &str, to: &str) -> &'a str {
    page.split_once(from).and_then(|(_, rest)| rest.split_once(to)).map_or("", |(found, _)| found)
}

store::db_test! {
    domain::migrations();

    fn the_merchant_is_edited_and_what_is_wrong_stands_beside_its_field(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let form = [("name", "Roastery"), ("currency", "EUR"), ("time_zone", "Europe/Paris"), ("country", "FR")];
        let wrong = olivia.post("/settings/merchant", &[&form[..], &[("active_days", "a year")]].concat());
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("Choose 1 to 730 days.") && wrong.body.contains("value=\"a year\""));
        olivia.post("/settings/merchant", &[&form[..], &[("active_days", "90")]].concat());
        let page = olivia.get("/settings/merchant").body;
        assert!(page.contains("value=\"90\"") && page.contains("worked out anew"));
    }

    fn shops_are_added_and_archived_with_a_way_back(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let here = format!("/settings/shops/{}", f.shop);
        assert!(!olivia.get(&here).body.contains("/archive\""), "the only shop has no such button");
        assert_eq!(olivia.post(&format!("{here}/archive"), &[]).status, StatusCode::CONFLICT);
        assert_eq!(olivia.post("/settings/shops", &[("name", "online"), ("currency", "EUR")]).status, StatusCode::UNPROCESSABLE_ENTITY);
        olivia.post("/settings/shops", &[("name", "Market & stall"), ("currency", "EUR")]);
        assert!(olivia.get("/settings/shops").body.contains("Market &#38; stall"));
        olivia.post(&format!("{here}/archive"), &[]);
        let page = olivia.get("/settings/shops").body;
        let undo = between(&page, "<div class=\"toast\">", "</form>");
        assert!(undo.contains(&format!("{here}/unarchive")));
        olivia.post(&format!("{here}/unarchive"), &[]);
        assert!(!olivia.get("/settings/shops").body.contains("Archived"));
    }

    fn a_shop_chooses_which_template_speaks_in_its_mails(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let here = format!("/settings/shops/{}", f.shop);
        olivia.post("/settings/templates", &[("name", "Money back"), ("shop", f.shop.as_str()), ("subject", "{{ refund.amount }}"), ("body", "Dear {{ customer.name }}")]);
        let page = olivia.get(&here).body;
        let select = between(&page, "name=\"refund\"", "</select>");
        assert!(select.contains("Plain words") && select.contains(">Money back<"), "{page}");
        let template = between(select, "value=\"tpl_", "\"");
        let template = format!("tpl_{template}");
        assert_eq!(olivia.post(&format!("{here}/letters"), &[("refund", "tpl_x"), ("retention", "")]).status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(olivia.post(&format!("{here}/letters"), &[("refund", template.as_str()), ("retention", "")]).location, here);
        let page = olivia.get(&here).body;
        assert!(between(&page, "name=\"refund\"", "</select>").contains(&format!("value=\"{template}\" selected")), "{page}");
        let mut sam = desk.person(&f, &of_role(&f, Role::Support));
        assert_eq!(sam.post(&format!("{here}/letters"), &[("refund", "")]).status, StatusCode::FORBIDDEN);
    }

    fn tags_and_groups_are_added_renamed_and_deleted(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        for room in ["/settings/tags", "/settings/groups"] {
            assert_eq!(olivia.post(room, &[("name", "")]).status, StatusCode::UNPROCESSABLE_ENTITY);
            olivia.post(room, &[("name", "<script>alert(1)</script>")]);
            let page = olivia.get(room).body;
            assert!(!page.contains("<script>alert") && page.contains("&#60;script&#62;alert(1)"));
            let edit = format!("{room}/{}", between(&page, &format!("href=\"{room}/"), "\""));
            assert!(olivia.get(&edit).body.contains("No customer has it."));
            olivia.post(&edit, &[("name", "VIP")]);
            assert!(olivia.get(room).body.contains(">VIP<"));
            olivia.post(&format!("{edit}/delete"), &[]);
            assert_eq!(olivia.get(&edit).status, StatusCode::NOT_FOUND);
        }
    }

    fn an_invitation_is_shown_once_and_lets_one_person_in(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        assert_eq!(olivia.post("/settings/staff/invite", &[("email", "x")]).status, StatusCode::UNPROCESSABLE_ENTITY);
        olivia.post("/settings/staff/invite", &[("email", "nina@example.com"), ("role", "support"), ("how", "role"), ("rights", "purge")]);
        let page = olivia.get("/settings/staff").body;
        let link = between(&page, "http://desk.test", "\"").to_owned();
        assert!(link.starts_with("/invitations/"));
        assert!(!olivia.get("/settings/staff").body.contains(&link), "shown once");
        assert!(olivia.get(&link).body.contains("somebody else"), "the inviter is told that it is not for them");
        let mut nina = desk.visitor();
        assert!(nina.get(&link).body.contains("nina@example.com"));
        assert_eq!(nina.post(&link, &[("name", "Nina"), ("password", "short")]).status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(nina.post(&link, &[("name", "Nina"), ("password", "four green tea cups")]).location, "/");
        assert!(nina.get("/account").body.contains("Support of"));
        assert_eq!(nina.get("/settings/staff").status, StatusCode::FORBIDDEN, "ticked rights count only when chosen by hand");
        assert_eq!(desk.visitor().get(&link).status, StatusCode::NOT_FOUND);
    }

    fn somebody_shut_out_is_out_with_the_next_click(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let manager = of_role(&f, Role::Manager);
        let (mut olivia, mut sam) = (desk.owner(&f), desk.person(&f, &manager));
        assert_eq!(sam.get("/settings/shops").status, StatusCode::OK);
        let here = format!("/settings/staff/{manager}");
        olivia.post(&format!("{here}/disable"), &[]);
        assert_eq!(sam.get("/settings/shops").location, "/merchants");
        assert!(sam.get("/merchants").body.contains("You belong to no merchant any more"));
        olivia.post(&format!("{here}/enable"), &[]);
        assert_eq!(sam.get("/settings/shops").status, StatusCode::OK);
        olivia.post(&here, &[("role", "support"), ("how", "hand"), ("rights", "read"), ("rights", "audit")]);
        assert_eq!(sam.get("/settings/shops").status, StatusCode::FORBIDDEN);
        assert_eq!(sam.get("/settings").location, "/settings/audit");
        let last = olivia.post(&format!("/settings/staff/{}", f.owner), &[("role", "support"), ("how", "role")]);
        assert_eq!(last.status, StatusCode::CONFLICT);
        assert!(last.body.contains("This is the last owner."));
    }

    fn a_key_is_shown_once_and_ends_when_revoked(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let wrong = olivia.post("/settings/api-keys/new", &[("name", ""), ("expires_at", "yesterday")]);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        for field in ["name", "scopes", "expires_at"] {
            assert!(wrong.body.contains(&format!("f-{field}-error")), "{field}");
        }
        olivia.post("/settings/api-keys/new", &[("name", "Shop"), ("rights", "read")]);
        let page = olivia.get("/settings/api-keys").body;
        let secret = between(&page, "value=\"rk_live_", "\"").to_owned();
        assert!(secret.len() > 30);
        let page = olivia.get("/settings/api-keys").body;
        assert!(!page.contains(&secret), "shown once");
        let here = format!("/settings/api-keys/key_{}", between(&page, "/settings/api-keys/key_", "\""));
        olivia.post(&format!("{here}/revoke"), &[]);
        assert!(olivia.get(&here).body.contains("Revoked"));
    }

    fn a_key_and_an_invitation_are_made_once_however_often_they_are_pressed(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        assert!(olivia.get("/settings/api-keys/new").body.contains("name=\"once\" value=\"") && olivia.get("/settings/staff/invite").body.contains("name=\"once\" value=\""));
        let key = [("once", "k1"), ("name", "Shop"), ("rights", "read")];
        olivia.post("/settings/api-keys/new", &key);
        let page = olivia.get("/settings/api-keys").body;
        let secret = between(&page, "value=\"rk_live_", "\"").to_owned();
        assert!(secret.len() > 30);
        let keys = page.matches("/settings/api-keys/key_").count();
        let again = olivia.post("/settings/api-keys/new", &key);
        let page = olivia.get(&again.location).body;
        assert!(page.contains("This key was made a moment ago.") && !page.contains(&secret));
        assert_eq!(page.matches("/settings/api-keys/key_").count(), keys);
        let invite = [("once", "i1"), ("email", "nina@example.com"), ("role", "support"), ("how", "role")];
        olivia.post("/settings/staff/invite", &invite);
        let link = between(&olivia.get("/settings/staff").body, "http://desk.test", "\"").to_owned();
        let again = olivia.post("/settings/staff/invite", &invite);
        let page = olivia.get(&again.location).body;
        assert!(page.contains("This invitation was made a moment ago.") && !page.contains(&link));
        let kept = f.db.read_now::<_, domain::Error>(|tx| {
            Ok(tx.rows(&store::Stmt::built("SELECT location, body FROM replies".into()), &[], |r| Ok(format!("{} {}", r.str(0)?, r.str(1)?)))?)
        });
        let kept = kept.unwrap().join("\n");
        assert!(!kept.contains(&secret) && !kept.contains(link.rsplit('/').next().unwrap()), "no secret is kept with an answer");
    }

    fn rates_come_by_hand_and_from_the_bank(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        assert_eq!(olivia.post("/settings/rates", &[("currency", ""), ("day", "")]).status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(olivia.post("/settings/rates", &[("currency", "USD"), ("day", "2026-06-01"), ("rate", "-1")]).status, StatusCode::UNPROCESSABLE_ENTITY);
        let saved = olivia.post("/settings/rates", &[("currency", "USD"), ("day", "2026-06-01"), ("rate", "1.0842")]);
        assert_eq!(saved.location, "/settings/rates?currency=USD");
        assert!(olivia.get("/settings/rates?currency=USD").body.matches("1.0842").count() >= 2);
    }

    fn the_audit_log_shows_who_did_what_and_filters(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        olivia.post("/settings/tags", &[("name", "VIP")]);
        let page = olivia.get("/settings/audit").body;
        assert!(page.contains("Tag created") && page.contains("name: VIP") && page.contains("Olivia"));
        let shops = olivia.get("/settings/audit?kind=shop&from=2026-06-15&to=2026-06-15").body;
        assert!(shops.contains("Shop created") && !shops.contains("Tag created"));
        assert!(olivia.get("/settings/audit?to=2026-06-14").body.contains("No entry fits these filters."));
        for odd in ["after=1~2", "from=yesterday", "customer=cus_1", "kind=%27%3B--", "actor=%F0%9F%8D%B5"] {
            assert_eq!(olivia.get(&format!("/settings/audit?{odd}")).status, StatusCode::OK, "{odd}");
        }
    }
}
