//! Signing in through an identity provider as people meet it, with one that listens on this machine, and that lies when it is told to.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD as B64};
use domain::kit::Role;
use domain::staff::{Access, fresh, invitations};
use domain::testing::{Fixture, NOW, PASSWORD};
use providers::oidc::Client;
use ring::digest::{SHA256, digest};
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents};
use serde_json::{Value, json};
use store::testing::TestDb;

use crate::binary::output;
use crate::desk::{Answer, Desk, Visitor, of_role};
use crate::signin::{OLIVIA, between};

const SECONDS: i64 = NOW / 1_000_000;

/// What the provider does, and what it was asked.
struct Mind {
    /// Which of its keys it signs with: `r` of RSA, else the name of a key of P-256.
    signs: String,
    /// What it writes as the algorithm, in the place of the truth.
    says: Option<&'static str>,
    /// The keys of P-256 that it shows, by name.
    shown: Vec<String>,
    /// What its tokens say beside, or in the place of, the truth; null leaves it out.
    claims: Value,
    /// What it tells when it is asked for more.
    userinfo: Value,
    /// Sign-ins: code → nonce and challenge.
    codes: HashMap<String, (String, String)>,
    keys: HashMap<String, Arc<EcdsaKeyPair>>,
    keys_asked: usize,
    signed_in: usize,
    down: bool,
}

struct Provider {
    url: String,
    mind: Arc<Mutex<Mind>>,
}

fn p256() -> Arc<EcdsaKeyPair> {
    let (chance, kind) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
    let document = EcdsaKeyPair::generate_pkcs8(kind, &chance).unwrap();
    Arc::new(EcdsaKeyPair::from_pkcs8(kind, document.as_ref(), &chance).unwrap())
}

fn rsa() -> RsaKeyPair {
    RsaKeyPair::from_pkcs8(include_bytes!("../../../providers/src/paypal/keys/key.pk8")).unwrap()
}

fn modulus() -> (Vec<u8>, Vec<u8>) {
    let RsaPublicKeyComponents { n, e } = RsaPublicKeyComponents::<Vec<u8>>::from(rsa().public());
    (n, e)
}

impl Provider {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mind = Arc::new(Mutex::new(Mind {
            signs: "r".to_owned(),
            says: None,
            shown: Vec::new(),
            claims: json!({}),
            userinfo: json!({}),
            codes: HashMap::new(),
            keys: HashMap::new(),
            keys_asked: 0,
            signed_in: 0,
            down: false,
        }));
        let (thinks, at) = (mind.clone(), url.clone());
        std::thread::spawn(move || {
            for line in listener.incoming().flatten() {
                let (mind, at) = (thinks.clone(), at.clone());
                std::thread::spawn(move || answer(line, &mind, &at));
            }
        });
        Self { url, mind }
    }

    fn client(&self) -> Client {
        Client {
            issuer: self.url.clone(),
            id: "desk".to_owned(),
            secret: Some("s3cret".to_owned()),
            name: "Kilde ID".to_owned(),
            domains: Vec::new(),
            second_factor: false,
            trust_email: false,
            local: true,
        }
    }

    fn think(&self, change: impl FnOnce(&mut Mind)) {
        change(&mut self.mind.lock().unwrap());
    }

    fn claim(&self, claims: Value) {
        self.think(|mind| mind.claims = claims);
    }

    /// Somebody signs in there who was sent to this address: where they are sent back to.
    fn at(&self, location: &str) -> String {
        let url = url::Url::parse(location).unwrap_or_else(|_| panic!("not sent to the provider: {location}"));
        assert!(location.starts_with(&format!("{}/authorize?", self.url)), "{location}");
        let asked: HashMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!(
            (asked["response_type"].as_str(), asked["client_id"].as_str(), asked["code_challenge_method"].as_str()),
            ("code", "desk", "S256")
        );
        assert!(asked["scope"].split(' ').any(|s| s == "openid") && asked["redirect_uri"].ends_with("/sign-in/oidc/callback"));
        self.think(|mind| mind.signed_in += 1);
        let code = format!("code-{}x", self.mind.lock().unwrap().signed_in);
        self.think(|mind| drop(mind.codes.insert(code.clone(), (asked["nonce"].clone(), asked["code_challenge"].clone()))));
        let iss: String = url::form_urlencoded::byte_serialize(self.url.as_bytes()).collect();
        format!("/sign-in/oidc/callback?code={code}&state={}&iss={iss}", asked["state"])
    }
}

fn answer(mut line: TcpStream, mind: &Mutex<Mind>, at: &str) {
    let mut reader = BufReader::new(line.try_clone().unwrap());
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut text = String::new();
        if reader.read_line(&mut text).unwrap_or(0) == 0 || text == "\r\n" {
            break;
        }
        if let Some(n) = text.to_lowercase().strip_prefix("content-length:") {
            length = n.trim().parse().unwrap();
        }
        head.push_str(&text);
    }
    let mut body = vec![0; length];
    let _ = reader.read_exact(&mut body);
    let mut mind = mind.lock().unwrap();
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let (status, said) = match path.as_str() {
        _ if mind.down => (503, json!({})),
        "/.well-known/openid-configuration" => (200, description(at)),
        "/keys" => {
            mind.keys_asked += 1;
            (200, shown(&mind))
        }
        "/token" => token(&mut mind, at, &head, &body),
        "/userinfo" => (200, mind.userinfo.clone()),
        _ => (404, json!({})),
    };
    let text = said.to_string();
    let _ = write!(
        line,
        "HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{text}",
        text.len()
    );
}

fn description(at: &str) -> Value {
    json!({ "issuer": at, "authorization_endpoint": format!("{at}/authorize"), "token_endpoint": format!("{at}/token"),
        "jwks_uri": format!("{at}/keys"), "userinfo_endpoint": format!("{at}/userinfo"),
        "authorization_response_iss_parameter_supported": true })
}

fn shown(mind: &Mind) -> Value {
    let (n, e) = modulus();
    let mut all = vec![json!({ "kid": "r", "kty": "RSA", "use": "sig", "alg": "RS256", "n": B64.encode(n), "e": B64.encode(e) })];
    for name in &mind.shown {
        let point = mind.keys[name].public_key().as_ref();
        all.push(json!({ "kid": name, "kty": "EC", "crv": "P-256", "x": B64.encode(&point[1..33]), "y": B64.encode(&point[33..]) }));
    }
    json!({ "keys": all })
}

fn token(mind: &mut Mind, at: &str, head: &str, body: &[u8]) -> (u16, Value) {
    let pair = head.lines().find_map(|l| l.to_lowercase().starts_with("authorization: basic ").then(|| l[21..].trim().to_owned()));
    if pair.and_then(|p| STANDARD.decode(p).ok()).as_deref() != Some(b"desk:s3cret") {
        return (401, json!({ "error": "invalid_client" }));
    }
    let sent: HashMap<String, String> = url::form_urlencoded::parse(body).into_owned().collect();
    let Some((nonce, challenge)) = mind.codes.remove(&sent["code"]) else { return (400, json!({ "error": "invalid_grant" })) };
    if B64.encode(digest(&SHA256, sent["code_verifier"].as_bytes())) != challenge {
        return (400, json!({ "error": "invalid_grant" }));
    }
    let mut claims = json!({ "iss": at, "aud": "desk", "sub": "u-1", "nonce": nonce, "exp": SECONDS + 300, "iat": SECONDS, "auth_time": SECONDS,
        "email": OLIVIA, "email_verified": true, "name": "Olivia" });
    for (name, value) in mind.claims.as_object().unwrap() {
        if value.is_null() { drop(claims.as_object_mut().unwrap().remove(name)) } else { claims[name] = value.clone() }
    }
    (200, json!({ "token_type": "Bearer", "access_token": "a", "id_token": signed(mind, &claims) }))
}

fn signed(mind: &Mind, claims: &Value) -> String {
    let truth = if mind.signs == "r" { "RS256" } else { "ES256" };
    let algorithm = mind.says.unwrap_or(truth);
    let head = json!({ "alg": algorithm, "kid": mind.signs, "typ": "JWT" });
    let text = format!("{}.{}", B64.encode(head.to_string()), B64.encode(claims.to_string()));
    let signature = match algorithm {
        "none" => Vec::new(),
        "HS256" => hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &modulus().0), text.as_bytes()).as_ref().to_vec(),
        "ES256" => mind.keys[&mind.signs].sign(&SystemRandom::new(), text.as_bytes()).unwrap().as_ref().to_vec(),
        _ => {
            let key = rsa();
            let mut out = vec![0; key.public().modulus_len()];
            key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut out).unwrap();
            out
        }
    };
    format!("{text}.{}", B64.encode(signature))
}

fn desk(db: &TestDb) -> (Provider, Desk, Fixture) {
    let provider = Provider::new();
    let desk = Desk::known_by(db, provider.client());
    (provider, desk, Fixture::new(db))
}

/// There, and back with the answer.
fn there_and_back(provider: &Provider, visitor: &mut Visitor<'_>, from: &str) -> Answer {
    let gone = visitor.get(from);
    assert_eq!(gone.status, StatusCode::SEE_OTHER, "{}", gone.body);
    visitor.get(&provider.at(&gone.location))
}

/// Connects the visitor's account from the page.
fn connect(provider: &Provider, visitor: &mut Visitor<'_>) -> Answer {
    let page = visitor.post("/account/oidc/connect", &[]);
    assert_eq!(page.status, StatusCode::OK, "{} {}", page.location, page.body);
    let link = between(&page.body, "<a class=\"button main\" href=\"", "\"").replace("&#38;", "&").replace("&amp;", "&");
    visitor.get(&provider.at(&link))
}

fn signs_in(provider: &Provider, desk: &Desk) -> Answer {
    there_and_back(provider, &mut desk.visitor(), "/sign-in/oidc?next=/orders")
}

fn is_in(answer: &Answer) -> bool {
    answer.cookies.iter().any(|c| c.starts_with("regulars=") && !c.contains("Max-Age=0"))
}

fn refused(answer: &Answer, status: StatusCode, words: &str) {
    assert!(!is_in(answer), "came in: {}", answer.location);
    assert_eq!(answer.status, status, "{}", answer.body);
    assert!(answer.body.contains(words) && answer.body.contains("name=\"password\""), "{words}: {}", answer.body);
}

store::db_test! {
    domain::migrations();

    fn an_account_is_connected_signs_in_and_is_disconnected(db) {
        let (provider, desk, f) = desk(db);
        assert!(desk.visitor().get("/sign-in?next=/orders").body.contains("href=\"/sign-in/oidc?next=%2Forders\">Sign in with Kilde ID"));
        refused(&signs_in(&provider, &desk), StatusCode::UNPROCESSABLE_ENTITY, "not connected with anybody here");

        let mut olivia = desk.owner(&f);
        assert!(olivia.get("/account").body.contains("Not connected"));
        assert_eq!(connect(&provider, &mut olivia).location, "/account");
        let page = olivia.get("/account").body;
        assert!(page.contains("Connected. Kilde ID signs you in from now on.") && page.contains("Not used yet"), "{page}");

        let mut stranger = desk.visitor();
        let inside = there_and_back(&provider, &mut stranger, "/sign-in/oidc?next=/orders");
        assert!(is_in(&inside) && inside.location == "/orders", "{}", inside.body);
        assert_eq!(stranger.get("/orders").status, StatusCode::OK);
        assert!(stranger.cookie("regulars-provider").is_none(), "the visit is over");
        assert!(stranger.get("/account").body.contains("<small>Identity provider</small>"));
        let log = stranger.get("/settings/audit?kind=session").body;
        assert!(log.contains("means: identity provider"), "{log}");

        assert_eq!(olivia.post("/account/oidc/disconnect", &[]).location, "/account");
        refused(&signs_in(&provider, &desk), StatusCode::UNPROCESSABLE_ENTITY, "not connected with anybody here");
    }

    fn nothing_that_lies_comes_in(db) {
        let (provider, desk, f) = desk(db);
        connect(&provider, &mut desk.owner(&f));
        for lie in [
            json!({ "nonce": "another sign-in" }), json!({ "nonce": null }), json!({ "aud": "till" }), json!({ "aud": ["desk", "till"] }),
            json!({ "exp": SECONDS - 61 }), json!({ "iat": SECONDS + 120 }), json!({ "iss": "https://evil.example" }), json!({ "sub": "" }),
        ] {
            provider.claim(lie.clone());
            let answer = signs_in(&provider, &desk);
            assert!(!is_in(&answer) && answer.status == StatusCode::UNPROCESSABLE_ENTITY, "{lie}: {}", answer.body);
            assert!(answer.body.contains("can’t be trusted"), "{lie}: {}", answer.body);
        }
        provider.claim(json!({}));
        for says in ["none", "HS256"] {
            provider.think(|mind| mind.says = Some(says));
            refused(&signs_in(&provider, &desk), StatusCode::UNPROCESSABLE_ENTITY, "can’t be trusted");
        }
        provider.think(|mind| mind.says = None);
        assert!(is_in(&signs_in(&provider, &desk)), "the truth does");
    }

    fn an_answer_counts_once_and_in_its_own_browser(db) {
        let (provider, desk, f) = desk(db);
        connect(&provider, &mut desk.owner(&f));
        let over = "took too long, was begun in another browser, or is over";
        let mut olivia = desk.visitor();
        let back = provider.at(&olivia.get("/sign-in/oidc").location);
        refused(&desk.visitor().get(&back), StatusCode::UNPROCESSABLE_ENTITY, over);
        let mut other = desk.visitor();
        let theirs = provider.at(&other.get("/sign-in/oidc").location);
        refused(&other.get(&back), StatusCode::UNPROCESSABLE_ENTITY, over);
        let mut again = olivia.clone();
        assert!(is_in(&olivia.get(&back)));
        refused(&again.get(&back), StatusCode::UNPROCESSABLE_ENTITY, over);
        let _ = theirs;

        // The code of one sign-in with the state of another: PKCE does not fit.
        let (mut one, mut two) = (desk.visitor(), desk.visitor());
        let (first, second) = (provider.at(&one.get("/sign-in/oidc").location), provider.at(&two.get("/sign-in/oidc").location));
        let code = between(&first, "code=", "&").to_owned();
        let mixed = second.replace(between(&second, "code=", "&"), &code);
        refused(&two.get(&mixed), StatusCode::UNPROCESSABLE_ENTITY, "did not take this sign-in");
        // An answer that names another provider, or none where it always does.
        for iss in ["https%3A%2F%2Fevil.example", ""] {
            let mut mara = desk.visitor();
            let back = provider.at(&mara.get("/sign-in/oidc").location);
            let (start, _) = back.split_once("&iss=").unwrap();
            refused(&mara.get(&format!("{start}&iss={iss}")), StatusCode::UNPROCESSABLE_ENTITY, over);
        }
        let mut mara = desk.visitor();
        let back = provider.at(&mara.get("/sign-in/oidc").location);
        let state = between(&back, "state=", "&").to_owned();
        let iss = back.split_once("&iss=").unwrap().1.to_owned();
        let answer = mara.get(&format!("/sign-in/oidc/callback?error=access_denied&error_description=%3Cb%3E&state={state}&iss={iss}"));
        refused(&answer, StatusCode::UNPROCESSABLE_ENTITY, "You did not sign in at Kilde ID");
        assert!(desk.visitor().get("/sign-in/oidc/callback").status == StatusCode::UNPROCESSABLE_ENTITY);
    }

    fn a_new_key_is_fetched_once_a_minute_at_most(db) {
        let (provider, desk, f) = desk(db);
        connect(&provider, &mut desk.owner(&f));
        let asked = || provider.mind.lock().unwrap().keys_asked;
        assert_eq!(asked(), 1);
        assert!(is_in(&signs_in(&provider, &desk)));
        assert_eq!(asked(), 1, "keys are kept");
        provider.think(|mind| {
            mind.signs = "new".to_owned();
            mind.keys.insert("new".to_owned(), p256());
            mind.shown.push("new".to_owned());
        });
        assert!(is_in(&signs_in(&provider, &desk)), "the key was changed");
        assert_eq!(asked(), 2);
        provider.think(|mind| {
            mind.signs = "hidden".to_owned();
            mind.keys.insert("hidden".to_owned(), p256());
        });
        for _ in 0..3 {
            refused(&signs_in(&provider, &desk), StatusCode::UNPROCESSABLE_ENTITY, "can’t be trusted");
        }
        assert_eq!(asked(), 2, "not again within a minute");
    }

    fn a_provider_that_is_down_leaves_the_password(db) {
        let (provider, desk, f) = desk(db);
        connect(&provider, &mut desk.owner(&f));
        let mut olivia = desk.visitor();
        let back = provider.at(&olivia.get("/sign-in/oidc?next=/orders").location);
        provider.think(|mind| mind.down = true);
        let answer = olivia.get(&back);
        refused(&answer, StatusCode::SERVICE_UNAVAILABLE, "Kilde ID can’t be reached right now");
        assert!(answer.body.contains("value=\"/orders\""), "and leads on to the same page");
        let inside = olivia.post("/sign-in", &[("email", OLIVIA), ("password", PASSWORD), ("next", "/orders")]);
        assert!(is_in(&inside) && inside.location == "/orders");
        assert!(desk.visitor().get("/account/oidc").location.starts_with("/sign-in?next="));
        let without = Desk::new(db);
        assert_eq!(without.visitor().get("/sign-in/oidc").status, StatusCode::NOT_FOUND);
        assert!(!without.visitor().get("/sign-in").body.contains("/sign-in/oidc"));
    }

    fn the_address_is_believed_when_the_provider_answers_for_it(db) {
        let (provider, desk, f) = desk(db);
        let mut olivia = desk.owner(&f);
        for (claims, words) in [
            (json!({ "email_verified": false }), "does not say that your e-mail address here is yours"),
            (json!({ "email": "eve@example.com" }), "does not say that your e-mail address here is yours"),
            (json!({ "email": null }), "does not say that your e-mail address here is yours"),
        ] {
            provider.claim(claims);
            assert_eq!(connect(&provider, &mut olivia).location, "/account");
            let page = olivia.get("/account").body;
            assert!(page.contains(words) && page.contains("Not connected"), "{page}");
        }
        provider.think(|mind| mind.userinfo = json!({ "sub": "u-1", "email": OLIVIA, "email_verified": true }));
        connect(&provider, &mut olivia);
        assert!(olivia.get("/account").body.contains("Connected"), "some tell the address only when they are asked for more");

        let secret = {
            let ctx = f.ctx.clone();
            db.write_now(move |tx| invitations::invite(tx, &ctx, "mara@kilde.example", Access::role(Role::Support))).unwrap().secret
        };
        let (mut mara, link) = (desk.visitor(), format!("/invitations/{secret}"));
        assert!(mara.get(&link).body.contains(&format!("href=\"{link}/oidc\">Join with Kilde ID")));
        provider.claim(json!({ "sub": "u-2", "email": "mara@kilde.example", "email_verified": false }));
        let answer = there_and_back(&provider, &mut mara, &format!("{link}/oidc"));
        assert!(!is_in(&answer) && answer.body.contains("does not say that your e-mail address here is yours") && answer.body.contains("Join with Kilde ID"), "{}", answer.body);
        provider.claim(json!({ "sub": "u-2", "email": "mara@kilde.example", "name": "Mara Holt" }));
        let joined = there_and_back(&provider, &mut mara, &format!("{link}/oidc"));
        assert!(is_in(&joined), "{}", joined.body);
        let page = mara.get("/account").body;
        assert!(page.contains("value=\"Mara Holt\"") && page.contains("Choose password") && !page.contains("name=\"current\""), "{page}");
        assert_eq!(mara.post("/account/oidc/disconnect", &[]).location, "/account");
        assert!(mara.get("/account").body.contains("This is your only way in. Choose a password first."));
        assert_eq!(mara.post("/account/password", &[("password", "two coffees and a tea")]).location, "/account");
        assert_eq!(mara.post("/account/oidc/disconnect", &[]).location, "/account");
        assert!(mara.get("/account").body.contains("Not connected"));
    }

    fn a_domain_may_keep_others_out(db) {
        let provider = Provider::new();
        let desk = Desk::known_by(db, Client { domains: vec!["kilde.example".to_owned()], ..provider.client() });
        let f = Fixture::new(db);
        let mut olivia = desk.owner(&f);
        connect(&provider, &mut olivia);
        assert!(olivia.get("/account").body.contains("an e-mail address that may not come in here"));
        refused(&signs_in(&provider, &desk), StatusCode::UNPROCESSABLE_ENTITY, "an e-mail address that may not come in here");
    }

    fn the_proof_before_what_is_grave_is_a_new_sign_in_there(db) {
        let (provider, desk, f) = desk(db);
        connect(&provider, &mut desk.owner(&f));
        let mut olivia = desk.person_since(&f, &f.owner, NOW - fresh::HOLDS);
        let page = olivia.post("/settings/api-keys/new", &[("name", "Till"), ("rights", "read")]);
        assert_eq!(page.status, StatusCode::FORBIDDEN);
        let ask = "/sign-in/again?next=%2Fsettings%2Fapi-keys%2Fnew";
        let page = olivia.get(ask).body;
        assert!(page.contains("href=\"/sign-in/again/oidc?next=%2Fsettings%2Fapi-keys%2Fnew\">Sign in with Kilde ID"), "{page}");
        let way = "/sign-in/again/oidc?next=/settings/api-keys/new";
        let gone = olivia.get(way);
        assert!(gone.location.contains("prompt=login&max_age=0&login_hint=olivia%40example.com"), "{}", gone.location);
        for (claims, words) in [
            (json!({ "auth_time": SECONDS - 900 }), "does not say that you signed in there just now"),
            (json!({ "auth_time": null }), "does not say that you signed in there just now"),
            (json!({ "sub": "u-9" }), "belongs to somebody else here"),
        ] {
            provider.claim(claims);
            let answer = there_and_back(&provider, &mut olivia, way);
            assert!(answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.body.contains(words), "{}", answer.body);
            assert_eq!(olivia.get("/account/passkeys").location, "/sign-in/again?next=%2Faccount%2Fpasskeys", "nothing was proven");
        }
        provider.claim(json!({}));
        let mut elsewhere = desk.person_since(&f, &f.owner, NOW - fresh::HOLDS);
        let back = provider.at(&elsewhere.get(way).location);
        let carried = elsewhere.cookie("regulars-provider").unwrap().to_owned();
        let other = olivia.clone().with("regulars-provider", &carried).get(&back);
        assert_eq!(other.location, "/account", "another session's");
        assert_eq!(there_and_back(&provider, &mut olivia, way).location, "/settings/api-keys/new");
        assert_eq!(olivia.get("/account/passkeys").status, StatusCode::OK);
    }

    fn a_merchant_wants_it_of_a_role(db) {
        let (provider, desk, f) = desk(db);
        let mut olivia = desk.owner(&f);
        let refused = olivia.post("/settings/sign-in", &[("provider", "owner")]);
        assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY && refused.body.contains("you would shut yourself out"), "{}", refused.body);
        connect(&provider, &mut olivia);
        assert_eq!(olivia.post("/settings/sign-in", &[("provider", "owner"), ("provider", "support")]).location, "/settings/sign-in");
        assert_eq!(olivia.get("/orders").status, StatusCode::OK, "connecting was a sign-in there");
        let mut sam = desk.person(&f, &of_role(&f, Role::Support));
        assert_eq!(sam.get("/orders").location, "/account/oidc");
        let page = sam.get("/account/oidc").body;
        assert!(page.contains("wants everybody with your role to sign in with Kilde ID") && page.contains("action=\"/account/oidc/connect\""), "{page}");
        assert_eq!(sam.get("/merchants").status, StatusCode::OK);
        let email = { let id = of_role(&f, Role::Manager); let mut member = desk.person(&f, &id); assert_eq!(member.get("/orders").status, StatusCode::OK, "others are not concerned"); id };
        let _ = email;

        let mut password = desk.visitor();
        password.post("/sign-in", &[("email", OLIVIA), ("password", PASSWORD)]);
        assert_eq!(password.get("/orders").location, "/account/oidc");
        assert!(password.get("/account/oidc").body.contains("href=\"/sign-in/oidc\""));
        assert_eq!(there_and_back(&provider, &mut password, "/sign-in/oidc?next=/orders").location, "/orders");
        assert_eq!(password.get("/orders").status, StatusCode::OK);
        assert!(desk.owner(&f).post("/account/oidc/disconnect", &[]).location == "/account");
        assert_eq!(Desk::new(db).owner(&f).get("/orders").status, StatusCode::OK, "an operator who takes the provider away lets everybody in again");
    }

    fn the_doctor_asks_it_for_its_description_and_keys(db) {
        let (provider, folder) = (Provider::new(), tempfile::tempdir().unwrap());
        Fixture::new(db);
        let file = folder.path().join("regulars.toml");
        let says = |more: &str| {
            std::fs::write(&file, format!("base_url = 'https://desk.example.com'\noidc_client_id = 'desk'\n{more}")).unwrap();
            let out = output(&db.url(), folder.path(), &["doctor", "--json", "--config", file.to_str().unwrap()]);
            let read: Value = serde_json::from_slice(&out.stdout).unwrap();
            let all = read["checks"].as_array().unwrap().iter().filter(|f| f["check"] == "identity provider");
            all.map(|f| format!("{}: {}", f["mark"].as_str().unwrap(), f["says"].as_str().unwrap())).collect::<Vec<_>>()
        };
        assert_eq!(says(""), Vec::<String>::new(), "there is none");
        let here = format!("oidc_issuer = '{}'\noidc_local = true", provider.url);
        let found = says(&here);
        assert!(found[0].contains("describes itself and shows its keys") && found[1].contains("https://desk.example.com/sign-in/oidc/callback"), "{found:?}");
        provider.think(|mind| mind.down = true);
        assert!(says(&here)[0].starts_with("todo:") && says(&here)[0].contains("503"));
        assert!(says(&format!("oidc_issuer = '{}'", provider.url))[0].contains("https://"), "not over plain HTTP");
    }
}
