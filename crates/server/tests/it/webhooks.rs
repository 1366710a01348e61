//! Webhooks as a receiver gets them, as people set them up, and as programs do: over a receiver that listens on this machine.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use domain::customers::{self, NewCustomer, Rules};
use domain::kit::Rights;
use domain::testing::{Fixture, NOW};
use serde_json::{Value, json};
use server::webhooks;

use crate::desk::{Answer, Desk, key};
use crate::receiver::{Mood, Receiver, header, verify};

struct House {
    f: Fixture,
    desk: Desk,
    key: String,
}

impl House {
    fn new(db: &store::testing::TestDb) -> Self {
        let f = Fixture::new(db);
        let (desk, key) = (Desk::new(db), key(&f, Rights::all()));
        Self { f, desk, key }
    }

    fn api(&self, method: &str, path: &str, body: &Value) -> Answer {
        self.api_with(method, path, body, None)
    }

    fn api_with(&self, method: &str, path: &str, body: &Value, once: Option<&str>) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header("authorization", format!("Bearer {}", self.key))
            .header("content-type", "application/json");
        if let Some(once) = once {
            request = request.header("idempotency-key", once);
        }
        let body = if body.is_null() { String::new() } else { body.to_string() };
        self.desk.send(request.body(Body::from(body)).unwrap())
    }

    /// An endpoint told of everything; gives its path and its secret.
    fn endpoint(&self, url: &str) -> (String, String) {
        let made = self.api("POST", "/webhook-endpoints", &json!({ "url": url, "events": ["*"] }));
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
        let body = read(&made);
        (format!("/webhook-endpoints/{}", body["id"].as_str().unwrap()), body["secret"].as_str().unwrap().to_owned())
    }

    fn customer(&self, email: &str) {
        let (ctx, new) = (self.f.ctx.clone(), NewCustomer { name: "Ana".into(), email: email.into(), ..NewCustomer::default() });
        self.f.db.write_now::<_, domain::Error>(move |tx| customers::create(tx, &ctx, new.clone(), Rules::Normal)).unwrap();
    }

    fn send(&self) -> u64 {
        webhooks::work(&self.desk.app).unwrap()
    }

    fn only(&self, endpoint: &str) -> Value {
        let list = read(&self.api("GET", &format!("{endpoint}/deliveries"), &Value::Null));
        assert_eq!(list["data"].as_array().unwrap().len(), 1, "{list}");
        let event = list["data"][0]["event"].as_str().unwrap().to_owned();
        read(&self.api("GET", &format!("{endpoint}/deliveries/{event}"), &Value::Null))
    }
}

fn read(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("{answer:?}"))
}

store::db_test! {
    domain::migrations();

    fn a_change_reaches_the_receiver_signed_and_once(db) {
        let (house, receiver) = (House::new(db), Receiver::ok());
        let (endpoint, secret) = house.endpoint(&receiver.url);
        house.customer("ana@example.com");
        assert_eq!(house.send(), 1);
        assert_eq!(house.send(), 0);
        let got = receiver.got();
        assert_eq!(got.len(), 1);
        let (head, body) = &got[0];
        assert!(head.starts_with("POST /hooks HTTP/1.1") && header(head, "content-type") == "application/json");
        assert!(verify(&secret, head, body));
        assert!(!verify(&secret, head, &body.replace("customer", "customers")), "another body has another signature");
        assert_eq!(header(head, "webhook-timestamp"), (NOW / 1_000_000).to_string());
        let said: Value = serde_json::from_str(body).unwrap();
        assert_eq!((said["type"].as_str(), said["data"]["event"].as_str()), (Some("customer.created"), Some(header(head, "webhook-id"))));
        assert!(!body.contains("ana@example.com"));
        let seen = house.only(&endpoint);
        assert_eq!((seen["delivery"]["state"].as_str(), seen["attempts"][0]["status"].as_i64(), seen["attempts"][0]["answer"].as_str()), (Some("delivered"), Some(200), Some("thanks")));
        let sent = &seen["attempts"][0];
        assert_eq!((sent["signature"].as_str(), sent["timestamp"].as_i64()), (Some(header(head, "webhook-signature")), Some(NOW / 1_000_000)));
        assert_eq!(seen["body"].as_str(), Some(body.as_str()));
    }

    fn while_secrets_change_over_both_are_good_and_an_answer_is_not_told_twice(db) {
        let (house, receiver) = (House::new(db), Receiver::ok());
        let (endpoint, old) = house.endpoint(&receiver.url);
        let turn = || house.api_with("POST", &format!("{endpoint}/rotate-secret"), &Value::Null, Some("turn"));
        let new = read(&turn())["secret"].as_str().unwrap().to_owned();
        assert_eq!(read(&turn())["secret"], Value::Null, "a repeated answer has no secret");
        house.customer("ana@example.com");
        house.send();
        let (head, body) = receiver.got().remove(0);
        assert!(verify(&old, &head, &body) && verify(&new, &head, &body));
        assert!(!read(&house.api("GET", &endpoint, &Value::Null)).to_string().contains("whsec_"));
    }

    fn what_is_refused_waits_and_goes_out_again_under_the_same_id(db) {
        let (house, receiver) = (House::new(db), Receiver::new(Mood::Answer(500, "<script>alert(1)</script>".into())));
        // Signing in is an event too: before there is an endpoint.
        let mut olivia = house.desk.owner(&house.f);
        let (endpoint, _) = house.endpoint(&receiver.url);
        house.customer("ana@example.com");
        assert_eq!(house.send(), 0);
        let seen = house.only(&endpoint);
        assert_eq!((seen["delivery"]["state"].as_str(), seen["delivery"]["error"].as_str()), (Some("waiting"), Some("It answered 500.")));
        let event = seen["delivery"]["event"].as_str().unwrap().to_owned();
        // A page shows the answer as the text it is.
        let page = olivia.get(&format!("/settings/webhooks/{}/messages/{event}", &endpoint[19..])).body;
        assert!(page.contains("&#60;script&#62;alert(1)") && !page.contains("<script>alert"));
        receiver.feel(Mood::Answer(204, String::new()));
        assert_eq!(house.api("POST", &format!("{endpoint}/deliveries/{event}/replay"), &Value::Null).status, StatusCode::ACCEPTED);
        assert_eq!(house.send(), 1);
        let ids: Vec<_> = receiver.got().iter().map(|(head, _)| header(head, "webhook-id").to_owned()).collect();
        assert_eq!(ids, [event.clone(), event]);
    }

    fn a_redirect_is_not_followed_and_gone_is_the_end(db) {
        let (house, elsewhere) = (House::new(db), Receiver::ok());
        let receiver = Receiver::new(Mood::Redirect(elsewhere.url.clone()));
        let (endpoint, _) = house.endpoint(&receiver.url);
        house.customer("ana@example.com");
        assert_eq!(house.send(), 0);
        assert!(elsewhere.got().is_empty());
        let seen = house.only(&endpoint);
        assert!(seen["delivery"]["error"].as_str().unwrap().contains("redirects are not followed"), "{seen}");
        receiver.feel(Mood::Answer(410, String::new()));
        let event = seen["delivery"]["event"].as_str().unwrap();
        house.api("POST", &format!("{endpoint}/deliveries/{event}/replay"), &Value::Null);
        house.send();
        let now = read(&house.api("GET", &endpoint, &Value::Null));
        assert_eq!((now["state"].as_str(), now["off_reason"].as_str()), (Some("off"), Some("gone")));
        // Home tells those who can change it.
        assert!(house.desk.owner(&house.f).get("/").body.contains("/settings/webhooks"));
    }

    fn an_answer_without_end_is_cut(db) {
        let (house, receiver) = (House::new(db), Receiver::new(Mood::Stream));
        let (endpoint, _) = house.endpoint(&receiver.url);
        house.customer("ana@example.com");
        let began = Instant::now();
        assert_eq!(house.send(), 1, "it said 200");
        assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
        assert_eq!(house.only(&endpoint)["attempts"][0]["answer"].as_str().unwrap().len(), 4096);
    }

    fn a_silent_receiver_holds_up_nobody_else(db) {
        let (house, silent, quick) = (House::new(db), Receiver::new(Mood::Silent), Receiver::ok());
        house.endpoint(&silent.url);
        house.endpoint(&quick.url);
        for n in 0..3 { house.customer(&format!("c{n}@example.com")); }
        let stop = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| webhooks::serve(&house.desk.app, &stop));
            let began = Instant::now();
            while quick.got().len() < 3 && began.elapsed() < Duration::from_secs(7) { std::thread::sleep(Duration::from_millis(20)); }
            let took = began.elapsed();
            stop.store(true, std::sync::atomic::Ordering::Relaxed);
            assert!(quick.got().len() == 3 && took < Duration::from_secs(6), "{took:?}");
        });
        assert_eq!(silent.got().len(), 3, "one round went out to it");
    }

    fn a_name_that_leads_to_another_network_is_not_connected_to(db) {
        let f = Fixture::new(db);
        // Not local: as in service. The name is good to look at and leads to this machine.
        let desk = Desk::closed(db);
        let receiver = Receiver::ok();
        let port = receiver.url.rsplit(':').next().unwrap().split('/').next().unwrap().to_owned();
        let house = House { key: key(&f, Rights::all()), f, desk };
        for url in [receiver.url.clone(), format!("https://127.0.0.1:{port}/"), format!("https://2130706433:{port}/"), "https://169.254.169.254/".into(), format!("https://[::ffff:7f00:1]:{port}/")] {
            let answer = house.api("POST", "/webhook-endpoints", &json!({ "url": url, "events": ["*"] }));
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{url}");
            assert_eq!(read(&answer)["errors"][0]["pointer"].as_str(), Some("/url"));
        }
        let (endpoint, _) = house.endpoint("https://hooks.example.com/");
        // Somebody changed what the address leads to behind our back.
        db.write_now::<_, domain::Error>(move |tx| {
            let change = store::Stmt::built("UPDATE webhook_endpoints SET url = $1".to_owned());
            Ok(tx.exec(&change, &[&format!("http://localhost:{port}/")])?)
        }).unwrap();
        house.customer("ana@example.com");
        assert_eq!(house.send(), 0);
        assert!(receiver.got().is_empty());
        assert_eq!(house.only(&endpoint)["delivery"]["error"].as_str(), Some("The name leads to an address that is not on the public internet."));
    }

    fn people_set_one_up_see_its_secret_once_and_change_it(db) {
        let (house, receiver) = (House::new(db), Receiver::ok());
        let mut olivia = house.desk.owner(&house.f);
        let wrong = olivia.post("/settings/webhooks/new", &[("url", "https://10.0.0.1/"), ("which", "some"), ("more", "nonsense")]);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("not on the public internet") && wrong.body.contains("is not a name like") && wrong.body.contains("value=\"https://10.0.0.1/\""));
        let made = olivia.post("/settings/webhooks/new", &[("url", &receiver.url), ("description", "Shop & stock"), ("which", "some"), ("events", "order.*"), ("more", "customer.merged")]);
        assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.body);
        let page = olivia.get("/settings/webhooks").body;
        assert!(page.contains("value=\"whsec_") && page.contains("Shop &#38; stock") && page.contains("customer.merged, order.*"), "{page}");
        assert!(!olivia.get("/settings/webhooks").body.contains("whsec_"), "shown once");
        let here = format!("/settings/webhooks/{}", page.split_once("/settings/webhooks/whe_").map(|(_, r)| format!("whe_{}", &r[..26])).unwrap());
        let sent = olivia.post(&format!("{here}/test"), &[]);
        assert!(sent.location.contains("/messages/evt_"), "{sent:?}");
        assert_eq!(house.send(), 1);
        assert!(receiver.got()[0].1.contains("webhook.test"));
        let message = olivia.get(&sent.location).body;
        assert!(message.contains("Delivered") && message.contains("thanks"), "{message}");
        olivia.post(&here, &[("url", &receiver.url), ("which", "all")]);
        assert!(olivia.get("/settings/webhooks").body.contains("Everything"));
        let gone = olivia.post(&format!("{here}/replay"), &[("from", "2020-01-01"), ("until", "2020-01-02")]);
        assert!(gone.status == StatusCode::UNPROCESSABLE_ENTITY && gone.body.contains("Go back at most 30 days."));
        olivia.post(&format!("{here}/off"), &[]);
        let off = olivia.get(&here).body;
        assert!(off.contains("Switched off by hand") && off.contains(&format!("{here}/on")) && !off.contains(&format!("{here}/test")));
        olivia.post(&format!("{here}/on"), &[]);
        olivia.post(&format!("{here}/secret"), &[]);
        assert!(olivia.get("/settings/webhooks").body.contains("value=\"whsec_"));
        assert!(olivia.get(&here).body.contains("Signs too until"));
        olivia.post(&format!("{here}/remove"), &[]);
        assert_eq!(olivia.get(&here).status, StatusCode::NOT_FOUND);
        house.send();
    }

    fn programs_page_through_messages_and_replay_a_time(db) {
        let (house, receiver) = (House::new(db), Receiver::ok());
        let (endpoint, _) = house.endpoint(&receiver.url);
        for n in 0..5 { house.customer(&format!("c{n}@example.com")); }
        let waiting = read(&house.api("GET", &format!("{endpoint}/deliveries?state=waiting&limit=3"), &Value::Null));
        assert_eq!(waiting["data"].as_array().unwrap().len(), 3);
        let rest = read(&house.api("GET", &format!("{endpoint}/deliveries?state=waiting&limit=3&after={}", waiting["next"].as_str().unwrap()), &Value::Null));
        assert_eq!((rest["data"].as_array().unwrap().len(), rest.get("next")), (2, None));
        assert_eq!(house.send(), 5);
        for (query, status) in [("?state=delivered", 200), ("?state=lost", 422), ("?stat=failed", 422), ("?limit=0", 422)] {
            assert_eq!(house.api("GET", &format!("{endpoint}/deliveries{query}"), &Value::Null).status.as_u16(), status, "{query}");
        }
        let at = |micros: i64| domain::kit::rfc3339(micros);
        let span = json!({ "from": at(NOW - 1_000_000), "until": at(NOW + 1_000_000), "all": true });
        let begun = house.api("POST", &format!("{endpoint}/replays"), &span);
        assert_eq!(begun.status, StatusCode::ACCEPTED, "{}", begun.body);
        let tools = domain::jobs::Tools::default();
        domain::jobs::run_all(db, &server::workers::kinds(), &tools, &domain::kit::FixedClock(NOW), "test", &|| false).unwrap();
        // The key and the fixture are events too; an endpoint is told of those a replay finds in the span.
        assert!(house.send() >= 5);
        let job = read(&house.api("GET", begun.location.strip_prefix("/api/v1").unwrap(), &Value::Null));
        assert_eq!(job["state"].as_str(), Some("done"));
        assert_eq!(house.api("DELETE", &endpoint, &Value::Null).status, StatusCode::NO_CONTENT);
        assert_eq!(house.api("GET", &endpoint, &Value::Null).status, StatusCode::NOT_FOUND);
    }
}
