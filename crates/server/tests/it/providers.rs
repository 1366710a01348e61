//! Payment providers as they knock, as they are asked, and as people set them up: over a provider of our own that listens on this machine.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::customers::{self, NewCustomer, Rules};
use domain::kit::{AccountId, CustomerId, FixedClock, PaymentId};
use domain::payments::{self, PaymentView};
use domain::providers::accounts::{self, AccountInput};
use domain::providers::{Addresses, Provider, Vault, inbox};
use domain::testing::{Fixture, NOW};
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde_json::{Value, json};
use server::outside::{self, Tokens};
use store::testing::TestDb;

use crate::desk::{Answer, Desk};

/// Status and body for a request's line and body.
pub type Script = Box<dyn FnMut(&str, &str) -> (u16, String) + Send>;

/// A provider: answers what its script says and remembers what it was asked.
pub struct Fake {
    pub address: String,
    asked: Arc<Mutex<Vec<(String, String)>>>,
}

impl Fake {
    pub fn new(mut script: Script) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { continue };
                let mut reader = BufReader::new(stream.try_clone().unwrap());
                let (mut head, mut length) = (String::new(), 0);
                loop {
                    let mut line = String::new();
                    if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
                        break;
                    }
                    if let Some(n) = line.to_lowercase().strip_prefix("content-length:") {
                        length = n.trim().parse().unwrap();
                    }
                    head.push_str(&line);
                }
                let mut body = vec![0; length];
                let _ = reader.read_exact(&mut body);
                let body = String::from_utf8_lossy(&body).into_owned();
                let line = head.lines().next().unwrap_or_default().to_owned();
                let (status, answer) = script(&line, &body);
                seen.lock().unwrap().push((head, body));
                let _ = write!(stream, "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{answer}", answer.len());
            }
        });
        Self { address, asked }
    }

    pub fn asked(&self) -> Vec<(String, String)> {
        self.asked.lock().unwrap().clone()
    }
}

pub(crate) struct House {
    pub f: Fixture,
    pub desk: Desk,
    account: AccountId,
    address: String,
}

pub(crate) fn house(db: &TestDb, provider: Provider, at: &str) -> House {
    let f = Fixture::new(db);
    let own = Addresses { stripe: at.into(), paypal: at.into(), paypal_sandbox: at.into(), paypal_certificates: Some(at.into()) };
    let desk = Desk::asking(db, "", own);
    let input = AccountInput {
        shop: f.shop.clone(),
        provider,
        live: true,
        client: "client".into(),
        secret: "sk_live_1234567890".into(),
        webhook: "whsec_1".into(),
    };
    let (ctx, vault) = (f.ctx.clone(), Vault::new(&[7; 32]).unwrap());
    let (account, address) =
        f.db.write_now::<_, domain::Error>(move |tx| {
            let id = accounts::put(tx, &ctx, &vault, &input)?;
            Ok((id.clone(), accounts::get(tx, &ctx, &id)?.address))
        })
        .unwrap();
    House { f, desk, account, address }
}

impl House {
    fn knock(&self, headers: &[(&str, String)], body: &str) -> Answer {
        let mut request =
            Request::builder().method("POST").uri(format!("/hooks/{}", self.address)).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        self.desk.send(request.body(Body::from(body.to_owned())).unwrap())
    }

    fn stripe(&self, event: &Value) -> Answer {
        let body = event.to_string();
        self.knock(&[("stripe-signature", signed(&body, NOW / 1_000_000))], &body)
    }

    fn work(&self) {
        inbox::work(&self.f.db, &FixedClock(NOW), &|| false).unwrap();
    }

    /// One turn of the sender.
    pub fn send(&self) -> usize {
        outside::work(&self.desk.app, &mut Tokens::default(), &|| false).unwrap()
    }

    fn stored(&self) -> i64 {
        let id = self.account.clone();
        let ctx = self.f.ctx.clone();
        self.f.db.read_now::<_, domain::Error>(move |tx| inbox::waiting(tx, &ctx, &id)).unwrap()
    }

    fn payment(&self, customer: &CustomerId) -> PaymentView {
        let (ctx, customer) = (self.f.ctx.clone(), customer.clone());
        self.f.db.read_now::<_, domain::Error>(move |tx| payments::of_customer(tx, &ctx, &customer, None, 1)).unwrap().remove(0)
    }

    /// A customer of Stripe with a payment of 10.00.
    fn paid(&self) -> (CustomerId, PaymentId) {
        self.stripe(&customer());
        self.stripe(&charge("evt_2", "ch_1"));
        self.work();
        let ctx = self.f.ctx.clone();
        let ana = self.f.db.read_now::<_, domain::Error>(move |tx| customers::find_by_email(tx, &ctx, "ana@example.es")).unwrap().unwrap();
        let payment = self.payment(&ana).id;
        (ana, payment)
    }
}

fn signed(body: &str, at: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"whsec_1");
    let tag: String = hmac::sign(&key, format!("{at}.{body}").as_bytes()).as_ref().iter().map(|b| format!("{b:02x}")).collect();
    format!("t={at},v1={tag}")
}

fn event(id: &str, kind: &str, object: Value) -> Value {
    json!({ "id": id, "object": "event", "type": kind, "created": NOW / 1_000_000 - 60, "livemode": true, "data": { "object": object } })
}

fn customer() -> Value {
    event("evt_1", "customer.created", json!({ "id": "cus_1", "name": "Ana", "email": "ana@example.es" }))
}

fn charge(event_id: &str, id: &str) -> Value {
    event(
        event_id,
        "charge.succeeded",
        json!({ "id": id, "amount": 1000, "captured": true, "currency": "eur", "status": "succeeded", "customer": "cus_1",
        "created": NOW / 1_000_000 - 60 }),
    )
}

fn nobody() -> String {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    format!("http://{port}")
}

store::db_test! {
    domain::migrations();

    fn a_genuine_webhook_is_stored_once_and_answered_at_once(db) {
        let house = house(db, Provider::Stripe, &nobody());
        for _ in 0..3 {
            assert_eq!(house.stripe(&charge("evt_1", "ch_1")).status, StatusCode::OK);
        }
        assert_eq!(house.stored(), 1);
        house.work();
        assert_eq!(house.stripe(&charge("evt_1", "ch_1")).status, StatusCode::OK, "also when it was read long ago");
        assert_eq!(house.stored(), 0);
    }

    fn a_forged_an_old_and_an_altered_one_are_400_and_leave_no_row(db) {
        let house = house(db, Provider::Stripe, &nobody());
        let (body, now) = (charge("evt_1", "ch_1").to_string(), NOW / 1_000_000);
        let good = signed(&body, now);
        let altered = body.replace("1000", "9000");
        for (what, signature, body) in [
            ("none", String::new(), &body),
            ("forged", format!("t={now},v1={}", "0".repeat(64)), &body),
            ("old", signed(&body, now - 301), &body),
            ("of the future", signed(&body, now + 301), &body),
            ("altered", good.clone(), &altered),
        ] {
            assert_eq!(house.knock(&[("stripe-signature", signature)], body).status, StatusCode::BAD_REQUEST, "{what}");
        }
        let nonsense = "[]".to_owned();
        assert_eq!(house.knock(&[("stripe-signature", signed(&nonsense, now))], &nonsense).status, StatusCode::BAD_REQUEST);
        let large = "x".repeat(1024 * 1024 + 1);
        assert_eq!(house.knock(&[("stripe-signature", good.clone())], &large).status, StatusCode::PAYLOAD_TOO_LARGE);
        assert_eq!(house.stored(), 0);
        let elsewhere = House { address: "nothing".into(), ..house };
        assert_eq!(elsewhere.knock(&[("stripe-signature", good)], &body).status, StatusCode::NOT_FOUND);
    }

    fn paypals_signature_is_checked_with_its_certificate(db) {
        let fake = Fake::new(Box::new(|line, _| match line {
            l if l.starts_with("GET /cert") => (200, include_str!("../../../providers/src/paypal/keys/cert.pem").to_owned()),
            _ => (404, String::new()),
        }));
        let house = house(db, Provider::Paypal, &fake.address);
        let body = json!({ "id": "WH-1", "event_type": "PAYMENT.CAPTURE.COMPLETED", "create_time": "2026-06-15T11:59:00Z",
            "resource": { "id": "CAP1", "amount": { "value": "10.00", "currency_code": "EUR" } } }).to_string();
        let headers = |text: &str, url: &str| {
            let key = RsaKeyPair::from_pkcs8(include_bytes!("../../../providers/src/paypal/keys/key.pk8")).unwrap();
            let time = "2026-06-15T12:00:00Z";
            let mut signature = vec![0; key.public().modulus_len()];
            let said = format!("t-1|{time}|whsec_1|{}", crc32(text.as_bytes()));
            key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), said.as_bytes(), &mut signature).unwrap();
            [("paypal-transmission-id", "t-1".to_owned()), ("paypal-transmission-time", time.to_owned()), ("paypal-auth-algo", "SHA256withRSA".to_owned()),
                ("paypal-transmission-sig", STANDARD.encode(signature)), ("paypal-cert-url", url.to_owned())]
        };
        let url = format!("{}/cert", fake.address);
        assert_eq!(house.knock(&headers(&body, &url), &body).status, StatusCode::OK);
        assert_eq!(house.knock(&headers(&body, &url), &body.replace("10.00", "99.00")).status, StatusCode::BAD_REQUEST);
        assert_eq!(house.knock(&headers(&body, "https://paypal.com.evil.example/cert"), &body).status, StatusCode::BAD_REQUEST);
        assert_eq!((house.stored(), fake.asked().len()), (1, 1), "the certificate is fetched once");
        house.work();
        assert_eq!(house.stored(), 0);
    }

    fn a_refund_goes_through_the_provider_and_its_page_says_how_it_stands(db) {
        let mut first = true;
        let fake = Fake::new(Box::new(move |line, body| match line {
            l if l.contains("/v1/refunds") && std::mem::take(&mut first) => (503, "<html>down</html>".to_owned()),
            l if l.contains("/v1/refunds") => {
                let ours = body.split("regulars_refund%5D=").nth(1).unwrap().split('&').next().unwrap();
                (200, json!({ "id": "re_1", "object": "refund", "charge": "ch_1", "amount": 400, "currency": "eur", "status": "succeeded",
                    "metadata": { "regulars_refund": ours } }).to_string())
            }
            _ => (200, json!({ "object": "list", "data": [], "has_more": false }).to_string()),
        }));
        let house = house(db, Provider::Stripe, &fake.address);
        let (ana, payment) = house.paid();
        let mut olivia = house.desk.owner(&house.f);
        let dialog = format!("/payments/{payment}/refund");
        assert!(olivia.get(&dialog).body.contains("Stripe is asked to give it back."));
        for _ in 0..2 {
            // Pressed twice.
            olivia.post(&dialog, &[("amount", "4.00"), ("reason", "broken"), ("once", "k1")]);
        }
        let page = olivia.get(&format!("/customers/{ana}/payments")).body;
        assert!(page.contains("€4.00 on its way back, Olivia: broken") && page.contains("Refund pending"), "{page}");
        assert_eq!(olivia.post(&dialog, &[("amount", "6.01"), ("once", "k2")]).status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(house.send() > 0);
        assert_eq!(house.payment(&ana).refund_pending, 400, "down: nothing is lost");
        let trouble = olivia.get(&format!("/settings/payments/{}", house.account)).body;
        assert!(trouble.contains("Not arrived") && trouble.contains("503"), "{trouble}");
        let later = NOW + 60_000_000;
        let claimed = house.f.db.write_now::<_, domain::Error>(move |tx| domain::providers::calls::claim(tx, later)).unwrap().unwrap();
        assert_eq!(claimed.merchant, house.f.ctx.merchant);
        let hurried = claimed.call.clone();
        let ctx = house.f.ctx.at(later + 200_000_000);
        house.f.db.write_now::<_, domain::Error>(move |tx| domain::providers::calls::hurry(tx, &ctx, &hurried)).unwrap();
        let clock = FixedClock(later + 200_000_001);
        let app = server::app::App { clock: Arc::new(clock), ..house.desk.app.clone() };
        assert!(app.clock.now() > later);
        outside::work(&app, &mut Tokens::default(), &|| false).unwrap();
        let p = house.payment(&ana);
        assert_eq!((p.refunded, p.refund_pending, p.refunds.len()), (400, 0, 1));
        let keys: Vec<String> = fake.asked().iter().filter(|(head, _)| head.contains("/v1/refunds"))
            .filter_map(|(head, _)| head.lines().find(|l| l.to_lowercase().starts_with("idempotency-key")).map(str::to_owned)).collect();
        assert_eq!((keys.len(), &keys[0]), (2, &keys[1]), "the same key both times");
    }

    fn an_edit_reaches_stripe_and_the_page_says_so(db) {
        let mut count = 0;
        let fake = Fake::new(Box::new(move |line, _| {
            if !line.contains("/v1/customers/cus_1") {
                return (200, json!({ "object": "list", "data": [], "has_more": false }).to_string());
            }
            count += 1;
            if count == 1 { (404, json!({ "error": { "message": "No such customer: 'cus_1'" } }).to_string()) } else { (200, json!({ "id": "cus_1" }).to_string()) }
        }));
        let house = house(db, Provider::Stripe, &fake.address);
        let (ana, _) = house.paid();
        let mut olivia = house.desk.owner(&house.f);
        let here = format!("/customers/{ana}");
        let ctx = domain::Ctx { ids: domain::kit::IdSource::System, ..house.f.ctx.clone() };
        let id = ana.clone();
        house.f.db.write_now::<_, domain::Error>(move |tx| {
            customers::edit(tx, &ctx, &id, customers::CustomerEdit { name: Some("Ana Ruiz".into()), ..Default::default() }).map(|_| ())
        }).unwrap();
        assert!(olivia.get(&here).body.contains("Being sent"));
        house.send();
        let refused = olivia.get(&here).body;
        assert!(refused.contains("No such customer") && refused.contains("/billing/retry"), "{refused}");
        let all = crate::desk::key(&house.f, domain::kit::Rights::all());
        let (_, known) = crate::offers::ask(&house.desk, &all, "GET", &format!("{here}/billing"), &Value::Null);
        assert_eq!((&known["data"][0]["state"], &known["data"][0]["reference"]), (&json!("refused"), &json!("cus_1")), "{known}");
        let (_, health) = crate::offers::ask(&house.desk, &all, "GET", &format!("/provider-accounts/{}/health", house.account), &Value::Null);
        assert!(health["waiting"] == 0 && health["calls"][0]["message"].as_str().is_some_and(|m| m.contains("No such customer")), "{health}");
        let (status, again) = crate::offers::ask(&house.desk, &all, "POST", &format!("{here}/billing"), &Value::Null);
        assert_eq!((status, &again["data"][0]["state"]), (200, &json!("waiting")), "{again}");
        house.send();
        let page = olivia.get(&here).body;
        assert!(page.contains("Synchronised"), "{page}");
        assert!(fake.asked().iter().any(|(_, body)| body.starts_with("name=Ana+Ruiz&email=ana%40example.es")));
    }

    fn missed_events_are_caught_up_with(db) {
        let fake = Fake::new(Box::new(|line, _| {
            let data = if line.contains("starting_after=evt_2") { vec![customer()] } else { vec![charge("evt_2", "ch_1")] };
            (200, json!({ "object": "list", "has_more": !line.contains("starting_after"), "data": data }).to_string())
        }));
        let house = house(db, Provider::Stripe, &fake.address);
        house.stripe(&charge("evt_2", "ch_1"));
        assert_eq!(house.send(), 1);
        assert_eq!((house.stored(), house.send()), (2, 0), "what was there already is there once, and it is not done again at once");
        house.work();
        let (ctx, count) = (house.f.ctx.clone(), house.stored());
        let ana = house.f.db.read_now::<_, domain::Error>(move |tx| customers::find_by_email(tx, &ctx, "ana@example.es")).unwrap();
        assert_eq!((house.payment(&ana.unwrap()).amount, count), (1000, 0));
    }

    fn a_provider_is_set_up_tried_and_switched_off_on_its_page(db) {
        let fake = Fake::new(Box::new(|line, _| match line {
            l if l.contains("/v1/balance") => (401, json!({ "error": { "message": "Invalid API Key provided: sk_live_****" } }).to_string()),
            _ => (500, String::new()),
        }));
        let house = house(db, Provider::Stripe, &fake.address);
        let mut olivia = house.desk.owner(&house.f);
        let shop = house.f.shop.to_string();
        let wrong = olivia.post("/settings/payments/new", &[("shop", &shop), ("provider", "stripe"), ("mode", "test"), ("secret", "sk_live_x"), ("webhook", "")]);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("This is a live key.") && wrong.body.contains("whsec_") && !wrong.body.contains("sk_live_x"), "{}", wrong.body);
        let made = olivia.post("/settings/payments/new", &[("shop", &shop), ("provider", "test"), ("mode", "live")]);
        assert_eq!(made.status, StatusCode::SEE_OTHER);
        let here = format!("/settings/payments/{}", house.account);
        let page = olivia.get(&here).body;
        assert!(page.contains(&format!("http://desk.test/hooks/{}", house.address)) && page.contains("…7890") && !page.contains("sk_live_1234567890"), "{page}");
        olivia.post(&format!("{here}/test"), &[]);
        let tried = olivia.get(&here).body;
        assert!(tried.contains("Invalid API Key provided") && tried.contains("Keys do not work"), "{tried}");
        assert_eq!(olivia.post(&here, &[("secret", "sk_live_other_key_9999"), ("webhook", "")]).status, StatusCode::SEE_OTHER);
        assert!(olivia.get(&here).body.contains("…9999"));
        olivia.post(&format!("{here}/disable"), &[]);
        assert!(olivia.get("/settings/payments").body.contains("Switched off"));
        assert_eq!(house.stripe(&charge("evt_1", "ch_1")).status, StatusCode::NOT_FOUND);
    }

    fn a_test_card_plays_on_a_customer(db) {
        let house = house(db, Provider::Test, &nobody());
        let (ctx, new) = (house.f.ctx.clone(), NewCustomer { email: "ana@example.es".into(), ..NewCustomer::default() });
        let ana = house.f.db.write_now::<_, domain::Error>(move |tx| customers::create(tx, &ctx, new.clone(), Rules::Normal)).unwrap().id;
        let mut olivia = house.desk.owner(&house.f);
        let here = format!("/customers/{ana}/payments");
        assert!(olivia.get(&here).body.contains(&format!("{here}/test")));
        assert!(olivia.get(&format!("{here}/test")).body.contains("4000 0000 0000 9995"));
        let shop = house.f.shop.to_string();
        let wrong = olivia.post(&format!("{here}/test"), &[("shop", &shop), ("amount", "5"), ("number", "4242"), ("once", "a")]);
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(wrong.body.contains("Type the number of a test card."));
        for _ in 0..2 {
            olivia.post(&format!("{here}/test"), &[("shop", &shop), ("amount", "5"), ("number", "4000 0000 0000 9995"), ("once", "b")]);
        }
        let page = olivia.get(&here).body;
        assert!(page.contains("Failed: insufficient funds") && page.contains("Test, not real money"), "{page}");
        assert_eq!(page.matches("Failed: insufficient funds").count(), 1, "pressed twice, played once");
    }
}

/// The checksum in PayPal's signature, by its definition.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0u32, |crc, b| (0..8).fold(crc ^ u32::from(*b), |c, _| (c >> 1) ^ (0xedb8_8320 & (c & 1).wrapping_neg())))
}
