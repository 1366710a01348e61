//! Duplicates as people press them and programs ask for them: a run, the pairs, *not a duplicate* and its Undo.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use domain::customers::{self, NewCustomer, Rules};
use domain::jobs::{self, Tools};
use domain::kit::{Address, CustomerId, FixedClock, Right, Rights, Role};
use domain::testing::{Fixture, NOW};
use serde_json::{Value, json};

use crate::desk::{Desk, key, of_role};

fn add(f: &Fixture, first: &str, last: &str, street: &str, zip: &str, email: &str) -> CustomerId {
    let new = NewCustomer {
        first_name: first.into(),
        last_name: last.into(),
        email: email.into(),
        billing: Address { line1: street.into(), city: "Rennes".into(), zip: zip.into(), country: "FR".into(), ..Address::default() },
        ..NewCustomer::default()
    };
    let ctx = f.ctx.clone();
    f.db.write_now(move |tx| customers::create(tx, &ctx, new.clone(), Rules::Normal)).unwrap().id
}

/// Thirty strangers, and a woman who is there twice.
fn twice(f: &Fixture) -> (CustomerId, CustomerId) {
    for (i, first) in ["Anna", "Bruno", "Carla", "Dimitri", "Elena", "Farid"].iter().enumerate() {
        for (j, last) in ["Moreau", "Petit", "Garnier", "Lambert", "Roussel"].iter().enumerate() {
            let n = i * 5 + j;
            add(
                f,
                first,
                last,
                &format!("{} {}", n * 3 + 1, ["rue Haute", "quai Sud", "place Neuve"][n % 3]),
                &format!("{}", 35_000 + n * 41),
                &format!("p{n}@example.com"),
            );
        }
    }
    let one = add(f, "Mathilde", "Berthelot", "14 rue des Lilas", "35700", "mathilde@example.fr");
    (one, add(f, "Matilde", "Berthelot", "14 rue des Lilas", "35700", "mb@example.org"))
}

fn work(f: &Fixture) {
    jobs::run_all(&f.db, &server::workers::kinds(), &Tools::default(), &FixedClock(NOW), "worker", &|| false).unwrap();
}

fn say(desk: &Desk, key: &str, method: &str, path: &str) -> (u16, Value) {
    let request = Request::builder().method(method).uri(format!("/api/v1{path}")).header("authorization", format!("Bearer {key}"));
    let answer = desk.send(request.header("content-type", "application/json").body(Body::empty()).unwrap());
    (answer.status.as_u16(), serde_json::from_str(&answer.body).unwrap_or(Value::Null))
}

store::db_test! {
    domain::migrations();

    fn a_person_finds_looks_dismisses_and_takes_it_back(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        let (one, other) = twice(&f);
        assert!(olivia.get("/customers").body.contains("href=\"/customers/duplicates\""), "the list leads there");
        assert!(olivia.get("/customers/duplicates").body.contains("No likely duplicates"));
        let job = olivia.post("/customers/duplicates", &[]).location;
        assert!(job.starts_with("/jobs/job_"), "{job}");
        assert!(olivia.get("/customers/duplicates").body.contains("Looking now"), "no second button while one runs");
        work(&f);
        let told = olivia.get(&job).body;
        assert!(told.contains("Find duplicates") && told.contains("1 likely pair") && told.contains("Look at the pairs"), "{told}");
        assert!(olivia.get("/").body.contains("1 pair of customers is likely one person"));
        let page = olivia.get("/customers/duplicates").body;
        for wanted in ["1 pair", "Mathilde Berthelot", "Matilde Berthelot", "mathilde@example.fr", "mb@example.org", "first name nearly the same", "Not a duplicate"] {
            assert!(page.contains(wanted), "{wanted} is not in {page}");
        }
        assert!(page.contains(&format!("/customers/{other}/merge?into={one}")), "the newer one goes into the older: {page}");
        let at = format!("/customers/duplicates/{one}/{other}/dismissal");
        let done = olivia.post(&at, &[]);
        assert_eq!((done.status, done.location.as_str()), (StatusCode::SEE_OTHER, "/customers/duplicates"));
        let page = olivia.get("/customers/duplicates").body;
        assert!(page.contains("0 pairs") && page.contains(&format!("action=\"{at}/undo\"")), "the Undo is in the toast: {page}");
        let dismissed = olivia.get("/customers/duplicates?state=not_duplicate").body;
        assert!(dismissed.contains("says Olivia") && dismissed.contains("Offer again"), "{dismissed}");
        assert!(olivia.get(&format!("/customers/{one}/timeline")).body.contains("Not the same person as another customer"));
        olivia.post("/customers/duplicates", &[]);
        work(&f);
        assert!(olivia.get("/customers/duplicates").body.contains("0 pairs"), "a later run does not bring it back");
        olivia.post(&format!("{at}/undo"), &[]);
        assert!(olivia.get("/customers/duplicates?sure=no&after=nonsense").body.contains("Matilde"), "what is not understood is left out");
        let mut reader = desk.person(&f, &of_role(&f, Role::ReadOnly));
        let page = reader.get("/customers/duplicates");
        assert!(page.status == StatusCode::OK && !page.body.contains("aria-label=\"Not a duplicate:") && !page.body.contains("/merge?into="), "no button that would be refused");
        assert_eq!(reader.post(&at, &[]).status, StatusCode::FORBIDDEN);
    }

    fn a_program_does_the_same(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let (one, other) = twice(&f);
        let all = key(&f, Rights::all());
        let (status, job) = say(&desk, &all, "POST", "/duplicates/runs");
        assert_eq!((status, job["kind"].as_str()), (202, Some("duplicates")));
        assert_eq!(say(&desk, &all, "POST", "/duplicates/runs").1["id"], job["id"], "one run at a time");
        work(&f);
        let (_, page) = say(&desk, &all, "GET", "/duplicates?score_min=5000");
        assert_eq!((page["total"].as_u64(), page["data"][0]["a"]["id"].as_str(), page["data"][0]["b"]["id"].as_str()), (Some(1), Some(one.as_str()), Some(other.as_str())), "{page}");
        assert_eq!(page["data"][0]["state"], "open");
        let at = format!("/duplicates/{other}/{one}/dismissal");
        let (status, pair) = say(&desk, &all, "POST", &at);
        assert_eq!((status, pair["state"].as_str(), pair["decided_at"].is_string()), (200, Some("not_duplicate"), true), "{pair}");
        assert_eq!(say(&desk, &all, "GET", "/duplicates").1["data"], json!([]));
        assert_eq!(say(&desk, &all, "GET", "/duplicates?state=not_duplicate").1["total"], 1);
        assert_eq!(say(&desk, &all, "DELETE", &at).0, 204);
        assert_eq!(say(&desk, &all, "GET", "/duplicates").1["total"], 1);
        for (wrong, pointer) in [("state=maybe", "/state"), ("score_min=10001", "/score_min"), ("after=x", "/after"), ("limit=0", "/limit"), ("page=2", "/page")] {
            let (status, problem) = say(&desk, &all, "GET", &format!("/duplicates?{wrong}"));
            assert_eq!((status, problem["errors"][0]["pointer"].as_str()), (422, Some(pointer)), "{wrong}: {problem}");
        }
        assert_eq!(say(&desk, &all, "POST", &format!("/duplicates/{one}/{one}/dismissal")).0, 404);
        let reader = key(&f, Rights::default().with(Right::Read));
        assert_eq!((say(&desk, &reader, "POST", &at).0, say(&desk, &reader, "POST", "/duplicates/runs").0), (403, 403));
        let elsewhere = key(&f.other(), Rights::all());
        assert_eq!((say(&desk, &elsewhere, "POST", &at).0, say(&desk, &elsewhere, "GET", "/duplicates").1["total"].as_u64()), (404, Some(0)));
    }

    fn somebody_of_the_same_name_is_pointed_out_whatever_the_address(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let all = key(&f, Rights::all());
        let make = |body: Value| {
            let request = Request::builder().method("POST").uri("/api/v1/customers").header("authorization", format!("Bearer {all}")).header("content-type", "application/json");
            let answer = desk.send(request.body(Body::from(body.to_string())).unwrap());
            serde_json::from_str::<Value>(&answer.body).unwrap()
        };
        let home = json!({ "line1": "Am Ring 4", "city": "Bonn", "zip": "53111" });
        let mia = make(json!({ "email": "mia@example.de", "name": "Mia Hoffmann", "billing": home }));
        assert_eq!(mia["likely_duplicates"], json!([]), "{mia}");
        for (email, name, billing) in [("m2@example.de", "Mia Hoffmann", json!({})), ("m3@example.de", "Hoffmann Mia", home.clone())] {
            let made = make(json!({ "email": email, "name": name, "billing": billing }));
            let found = made["likely_duplicates"].as_array().unwrap();
            assert!(found.iter().any(|d| d["id"] == mia["customer"]["id"] && d["reasons"].as_array().unwrap().contains(&json!("name"))), "{made}");
        }
        let other = make(json!({ "email": "mia@elsewhere.de", "name": "Mia Hoffmann", "billing": { "zip": "80331" } }));
        assert!(other["likely_duplicates"].as_array().unwrap().iter().all(|d| d["id"] != mia["customer"]["id"]), "who lives apart is a namesake: {other}");
    }

    fn somebody_alike_is_pointed_out_while_typing(db) {
        let f = Fixture::new(db);
        let desk = Desk::new(db);
        let mut olivia = desk.owner(&f);
        twice(&f);
        let all = key(&f, Rights::all());
        let body = json!({ "email": "new@example.net", "first_name": "Mathilde", "last_name": "Bertelot", "billing": { "line1": "14, rue des lilas", "city": "Rennes", "zip": "35700" } });
        let request = Request::builder().method("POST").uri("/api/v1/customers").header("authorization", format!("Bearer {all}")).header("content-type", "application/json");
        let answer = desk.send(request.body(Body::from(body.to_string())).unwrap());
        let made: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(answer.status.as_u16(), 201, "{made}");
        let first = &made["likely_duplicates"][0];
        assert!(first["reasons"] == json!(["alike"]) && first["why"].as_str().is_some_and(|why| why.contains("last name nearly the same")), "{made}");
        let typed = [("first_name", "Mathilde"), ("last_name", "Bertelot"), ("billing.line1", "14 rue des Lilas"), ("billing.city", "Rennes"), ("billing.zip", "35700")];
        let query = typed.iter().map(|(k, v)| format!("{k}={}", v.replace(' ', "+"))).collect::<Vec<_>>().join("&");
        let page = olivia.get(&format!("/customers/new?{query}")).body;
        assert!(page.contains("like this are there already") && page.contains("last name nearly the same"), "{page}");
    }
}
