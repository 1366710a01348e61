use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as B64;
use ring::hmac;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair, RsaPublicKeyComponents};
use serde_json::{Value, json};

use super::*;
use crate::wire::Reply;

const NOW: i64 = 1_750_000_000;
const ISSUER: &str = "https://login.example.com/realms/desk";

fn client() -> Client {
    Client {
        issuer: ISSUER.to_owned(),
        id: "desk".to_owned(),
        secret: Some("p&ss".to_owned()),
        name: "Kilde".to_owned(),
        domains: Vec::new(),
        second_factor: false,
        trust_email: false,
        local: false,
    }
}

fn reply(status: u16, body: &Value) -> Reply {
    Reply { status, headers: Vec::new(), body: body.to_string().into_bytes() }
}

struct Signer {
    rsa: RsaKeyPair,
    ec: EcdsaKeyPair,
}

impl Signer {
    fn new() -> Self {
        let (chance, kind) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
        let document = EcdsaKeyPair::generate_pkcs8(kind, &chance).unwrap();
        Self {
            rsa: RsaKeyPair::from_pkcs8(include_bytes!("../paypal/keys/key.pk8")).unwrap(),
            ec: EcdsaKeyPair::from_pkcs8(kind, document.as_ref(), &chance).unwrap(),
        }
    }

    fn keys(&self) -> Keys {
        let RsaPublicKeyComponents { n, e } = RsaPublicKeyComponents::<Vec<u8>>::from(self.rsa.public());
        let point = self.ec.public_key().as_ref();
        let said = json!({ "keys": [
            { "kid": "r", "kty": "RSA", "use": "sig", "n": B64.encode(n), "e": B64.encode(e) },
            { "kid": "e", "kty": "EC", "crv": "P-256", "x": B64.encode(&point[1..33]), "y": B64.encode(&point[33..]) },
            { "kid": "h", "kty": "oct", "k": B64.encode("everybody knows it") },
            { "kid": "x", "kty": "RSA", "use": "enc", "n": "AQAB", "e": "AQAB" },
        ] });
        Keys::read(&reply(200, &said)).unwrap()
    }

    fn sign(&self, head: &Value, body: &Value) -> String {
        let text = format!("{}.{}", B64.encode(head.to_string()), B64.encode(body.to_string()));
        let signature = match head["alg"].as_str().unwrap() {
            "RS256" => {
                let mut out = vec![0; self.rsa.public().modulus_len()];
                self.rsa.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text.as_bytes(), &mut out).unwrap();
                out
            }
            "ES256" => self.ec.sign(&SystemRandom::new(), text.as_bytes()).unwrap().as_ref().to_vec(),
            "HS256" => {
                // The old trick: the public key, as everybody has it, taken for a shared secret.
                let RsaPublicKeyComponents { n, .. } = RsaPublicKeyComponents::<Vec<u8>>::from(self.rsa.public());
                hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &n), text.as_bytes()).as_ref().to_vec()
            }
            _ => Vec::new(),
        };
        format!("{text}.{}", B64.encode(signature))
    }
}

fn good() -> Value {
    json!({ "iss": ISSUER, "aud": "desk", "sub": "u-1", "nonce": "n", "exp": NOW + 300, "iat": NOW, "auth_time": NOW - 5,
        "email": "mara@kilde.example", "email_verified": true, "name": "Mara", "amr": ["pwd", "mfa"] })
}

fn with(changes: &Value) -> Value {
    let mut all = good();
    for (name, value) in changes.as_object().unwrap() {
        match value {
            Value::Null => drop(all.as_object_mut().unwrap().remove(name)),
            value => all[name] = value.clone(),
        }
    }
    all
}

fn expected() -> Expected<'static> {
    Expected { issuer: ISSUER, client: "desk", nonce: "n", now: NOW }
}

fn read(signer: &Signer, head: &Value, body: &Value) -> Result<Claims, Unfit> {
    verify(&signer.sign(head, body), &signer.keys(), &expected())
}

#[test]
fn a_token_of_the_provider_for_us_and_for_this_sign_in_is_believed() {
    let signer = Signer::new();
    for head in [json!({"alg": "RS256", "kid": "r"}), json!({"alg": "ES256", "kid": "e", "typ": "JWT"}), json!({"alg": "RS256"})] {
        let claims = read(&signer, &head, &good()).unwrap();
        assert_eq!((claims.subject.as_str(), claims.email.as_deref(), claims.email_verified), ("u-1", Some("mara@kilde.example"), true));
        assert_eq!((claims.auth_time, claims.methods.as_slice()), (Some(NOW - 5), &["pwd".to_owned(), "mfa".to_owned()][..]));
    }
    let head = json!({"alg": "RS256", "kid": "r"});
    for (changes, why) in [
        (json!({ "aud": ["desk", "till"], "azp": "desk" }), "two audiences, and it says which of them asked"),
        (json!({ "exp": NOW - 59, "iat": NOW + 59 }), "clocks a minute apart"),
        (json!({ "email": null, "name": null, "auth_time": null, "amr": null }), "nothing more is needed"),
    ] {
        assert!(read(&signer, &head, &with(&changes)).is_ok(), "{why}");
    }
}

#[test]
fn nothing_else_is_believed() {
    let signer = Signer::new();
    let head = json!({"alg": "RS256", "kid": "r"});
    for (changes, unfit) in [
        (json!({ "iss": "https://login.example.com/realms/other" }), Unfit::Issuer),
        (json!({ "iss": format!("{ISSUER}/") }), Unfit::Issuer),
        (json!({ "aud": "till" }), Unfit::Audience),
        (json!({ "aud": ["desk", "till"] }), Unfit::Audience),
        (json!({ "aud": ["desk"], "azp": "till" }), Unfit::Audience),
        (json!({ "aud": null }), Unfit::Audience),
        (json!({ "exp": NOW - 60 }), Unfit::Expired),
        (json!({ "iat": NOW - 3601 }), Unfit::Expired),
        (json!({ "exp": null }), Unfit::Form),
        (json!({ "iat": NOW + 61 }), Unfit::Early),
        (json!({ "nbf": NOW + 61 }), Unfit::Early),
        (json!({ "nonce": "other" }), Unfit::Nonce),
        (json!({ "nonce": null }), Unfit::Nonce),
        (json!({ "sub": "" }), Unfit::Subject),
        (json!({ "sub": 7 }), Unfit::Subject),
        (json!({ "sub": "x".repeat(256) }), Unfit::Subject),
    ] {
        assert_eq!(read(&signer, &head, &with(&changes)), Err(unfit), "{changes}");
    }
    for (head, unfit) in [
        (json!({"alg": "none"}), Unfit::Algorithm),
        (json!({"alg": "HS256", "kid": "r"}), Unfit::Algorithm),
        (json!({"alg": "HS256", "kid": "h"}), Unfit::Algorithm),
        (json!({"alg": "RS512", "kid": "r"}), Unfit::Algorithm),
        (json!({"alg": "RS256", "kid": "r", "crit": ["x"]}), Unfit::Algorithm),
        (json!({"alg": "RS256", "kid": "new"}), Unfit::Key),
        (json!({"alg": "ES256", "kid": "r"}), Unfit::Key),
    ] {
        assert_eq!(read(&signer, &head, &good()), Err(unfit), "{head}");
    }
    let (token, other) = (signer.sign(&head, &good()), signer.sign(&head, &with(&json!({ "sub": "u-2" }))));
    let (start, signature) = (other.rsplit_once('.').unwrap().0, token.rsplit_once('.').unwrap().1);
    assert_eq!(verify(&format!("{start}.{signature}"), &signer.keys(), &expected()), Err(Unfit::Signature), "another body");
    assert_eq!(verify(&format!("{start}."), &signer.keys(), &expected()), Err(Unfit::Signature), "none");
    for odd in ["", ".", "..", "a.b.c", &format!("{token}.x"), &"x".repeat(70_000)] {
        assert_eq!(verify(odd, &signer.keys(), &expected()), Err(Unfit::Form), "{odd:.20}");
    }
    assert_eq!(verify(&token, &signer.keys(), &Expected { nonce: "", ..expected() }), Err(Unfit::Nonce), "nothing was asked");
}

#[test]
fn a_description_is_believed_when_it_is_the_issuers_own_and_leads_over_tls() {
    let said = json!({ "issuer": ISSUER, "authorization_endpoint": "https://login.example.com/a?x=1", "token_endpoint": "https://login.example.com/t",
        "jwks_uri": "https://keys.example.com/k", "token_endpoint_auth_methods_supported": ["client_secret_post"],
        "id_token_signing_alg_values_supported": ["ES256"], "code_challenge_methods_supported": ["S256"] });
    let at = Metadata::read(&client(), &reply(200, &said)).unwrap();
    assert!(at.secret_in_body && at.signs && at.proof_keys && !at.names_itself && at.userinfo.is_none());
    for (name, value) in [
        ("issuer", "https://evil.example"),
        ("token_endpoint", "http://login.example.com/t"),
        ("jwks_uri", "file:///etc/passwd"),
        ("jwks_uri", "http://127.0.0.1/k"),
        ("authorization_endpoint", ""),
    ] {
        let mut wrong = said.clone();
        wrong[name] = json!(value);
        assert!(Metadata::read(&client(), &reply(200, &wrong)).is_err(), "{name} {value}");
    }
    assert!(Metadata::read(&client(), &reply(404, &said)).unwrap_err().contains("404"));
    let local = Client { local: true, ..client() };
    assert!(local.may_ask("http://127.0.0.1:9/x") && local.may_ask("http://localhost:9/x") && !local.may_ask("http://10.0.0.1/x"));
    assert!(!client().may_ask("http://127.0.0.1:9/x") && !client().may_ask("https://me:pw@login.example.com") && client().may_ask(ISSUER));

    let ask = Ask {
        state: "s",
        nonce: "n",
        verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
        redirect: "https://d/c",
        again: true,
        hint: None,
    };
    let url = authorize(&client(), &at, &ask);
    assert!(url.starts_with("https://login.example.com/a?x=1&response_type=code&"), "{url}");
    // The example of RFC 7636, appendix B.
    assert!(
        url.contains("code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256&prompt=login&max_age=0"),
        "{url}"
    );
    let body = String::from_utf8(exchange(&client(), &at, "c d", "v", "https://d/c").body).unwrap();
    assert!(body.contains("code=c+d") && body.ends_with("client_id=desk&client_secret=p%26ss"), "{body}");
    let basic = exchange(&client(), &Metadata { secret_in_body: false, ..at }, "c", "v", "https://d/c");
    let pair = base64::engine::general_purpose::STANDARD.encode("desk:p%26ss");
    assert!(
        basic.headers.contains(&("authorization", format!("Basic {pair}"))) && !String::from_utf8(basic.body).unwrap().contains("p%26ss")
    );
}

#[test]
fn what_the_provider_answers_is_read_as_what_to_do() {
    assert_eq!(read_tokens(&reply(400, &json!({ "error": "invalid_grant" }))), Err(Trouble::Code));
    assert_eq!(read_tokens(&reply(401, &json!({ "error": "invalid_client" }))), Err(Trouble::Setting("invalid_client".to_owned())));
    assert!(matches!(read_tokens(&reply(500, &json!({}))), Err(Trouble::Down(_))));
    assert!(matches!(read_tokens(&reply(200, &json!({ "access_token": "a" }))), Err(Trouble::Down(_))));
    let mut claims = Claims { subject: "u-1".to_owned(), ..Claims::default() };
    read_more(&mut claims, &reply(200, &json!({ "sub": "u-2", "email": "eve@evil.example", "email_verified": true })));
    assert_eq!(claims.email, None, "of somebody else");
    read_more(&mut claims, &reply(200, &json!({ "sub": "u-1", "email": "Mara@Kilde.example", "email_verified": "true" })));
    assert!(claims.email.as_deref() == Some("Mara@Kilde.example") && claims.email_verified);
    let fenced = Client { domains: vec!["kilde.example".to_owned()], ..client() };
    assert_eq!(fenced.address(&claims), Ok(Some("Mara@Kilde.example")));
    claims.email_verified = false;
    assert_eq!((client().address(&claims), fenced.address(&claims)), (Ok(None), Err(Outside)), "nobody answers for it");
    assert!(Client { trust_email: true, ..client() }.address(&claims).unwrap().is_some());
    claims.email = Some("mara@kilde.example.evil.example".to_owned());
    assert_eq!(Client { trust_email: true, ..fenced }.address(&claims), Err(Outside));
}
