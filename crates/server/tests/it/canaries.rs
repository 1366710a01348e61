//! Two merchants in one database: every door is crawled as one of them with the ids of the other in every place of an id. Not one byte of the other comes
//! back, and nothing of it changes (SPEC 16). The doors are the router’s own; the other is a merchant of the demo, whose texts are marked.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use domain::demo::{self, Plan};
use domain::dump;
use domain::imports::Shelf;
use domain::kit::{PersonId, Rights, Role};
use domain::privacy::columns::{self, Tag};
use domain::providers::Vault;
use domain::testing::{Fixture, NOW};
use serde_json::{Map, Value, json};
use server::http::Policy;
use server::http::routes::{Line, Side};
use store::testing::TestDb;
use store::{Engine, Stmt};

use crate::desk::{Answer, Desk, Visitor, key, person_of};
use crate::invoices::seller;
use crate::portal;

/// Stands in every text of the other merchant.
const CANARY: &str = "zqkanarie";
/// Parameters that hold a word and no id.
const WORDS: [&str; 11] = ["secret", "token", "word", "list", "kind", "email", "currency", "day", "month", "address", "name"];

/// The other merchant: its ids by table, and all of them.
struct Other {
    by_table: BTreeMap<&'static str, String>,
    all: BTreeSet<String>,
    merchant: domain::kit::MerchantId,
    email: String,
    few: bool,
}

impl Other {
    /// The demo, with a mark in every text that is somebody’s.
    fn fill(db: &TestDb) -> (Self, Fixture) {
        let plan = Plan { customers: 60, seed: 7, now: NOW };
        let house = demo::open(db, &plan).unwrap();
        let vault = Vault::new(&[7; 32]).unwrap();
        demo::fill(db, &house, &plan, |_| {}).unwrap();
        demo::guests(db, &house, &plan).unwrap();
        demo::bills(db, &house, &plan).unwrap();
        demo::asks(db, &house, &plan).unwrap();
        demo::talks(db, &house, &plan).unwrap();
        demo::business(db, &house).unwrap();
        demo::clubs(db, &house, &plan).unwrap();
        let endpoint = demo::hooks(db, &house, &plan, &vault).unwrap();
        demo::books(db, &house, &plan, &vault, &server::workers::kinds()).unwrap();
        demo::erased(db, &house, &plan, &vault).unwrap();
        demo::merges(db, &house).unwrap();
        demo::offers(db, &house, &plan).unwrap();
        demo::contracts(db, &house, &plan).unwrap();
        demo::charges(db, &house, &plan).unwrap();
        demo::told(db, &house, &plan, &vault, &endpoint).unwrap();
        demo::service(db, &house, &plan).unwrap();
        demo::letters(db, &house, &plan).unwrap();
        let folder = tempfile::tempdir().unwrap();
        demo::files(db, &house, &plan, &Shelf::of(folder.path())).unwrap();
        demo::portal(db, &house, &plan).unwrap();
        let of_demo = Fixture {
            db: (**db).clone(),
            owner: PersonId::from_db(house.ctx.actor.id.clone()),
            shop: house.shops[0].clone(),
            ctx: house.ctx,
        };
        let merchant = of_demo.ctx.merchant.clone();
        let email: String = one(
            db,
            "SELECT email FROM customers WHERE merchant_id = $1 AND email <> '' AND deleted_at IS NULL ORDER BY id LIMIT 1",
            &merchant,
        )
        .unwrap();
        let mut marked = 0;
        for table in columns::tables() {
            let of = if table.name == "merchants" { "id" } else { "merchant_id" };
            for column in table.columns.iter().filter(|c| matches!(c.tag, Tag::Personal | Tag::House)) {
                let name = column.name;
                // What is no text refuses, or has none.
                let text = if db.engine() == Engine::Sqlite { format!("typeof({name}) = 'text' AND") } else { String::new() };
                let stmt = Stmt::built(format!(
                    "UPDATE {} SET {name} = {name} || ' {CANARY}' WHERE {text} {name} <> '' AND {of} = $1",
                    table.name
                ));
                let who = merchant.clone();
                marked += db.write_now::<_, store::Error>(move |tx| tx.exec(&stmt, &[&who])).unwrap_or(0);
            }
        }
        assert!(marked > 1000, "only {marked} texts are marked");
        let (mut by_table, mut all) = (BTreeMap::new(), BTreeSet::new());
        for table in columns::tables().iter().filter(|t| t.column("id").is_some() && t.column("merchant_id").is_some()) {
            let stmt = Stmt::built(format!("SELECT CAST(id AS TEXT) FROM {} WHERE merchant_id = $1 ORDER BY id", table.name));
            let who = merchant.clone();
            let ids: Vec<String> = db.read_now::<_, store::Error>(move |tx| tx.rows(&stmt, &[&who], |r| r.get(0))).unwrap();
            if let Some(first) = ids.first().filter(|id| id.contains('_')) {
                by_table.insert(table.name, first.clone());
                all.extend(ids);
            }
        }
        for table in
            ["accounting_connections", "accounting_runs", "imports", "webhook_endpoints", "webhook_attempts", "mailings", "jobs", "tickets"]
        {
            assert!(by_table.contains_key(table), "the demo fills no {table}: {:?}", by_table.keys());
        }
        assert!(by_table.len() > 35, "the demo fills {} tables: {:?}", by_table.len(), by_table.keys());
        let all = all.into_iter().chain([merchant.to_string()]).collect();
        (Self { by_table, all, merchant, email, few: db.engine() == Engine::Postgres }, of_demo)
    }

    /// The id that belongs behind this word of a path; every kind of id where none is clear.
    fn ids(&self, before: &str, param: &str) -> Vec<&String> {
        let words = [format!("{param}s"), before.replace('-', "_")];
        let clear: Vec<&String> = words.iter().filter_map(|w| self.by_table.get(w.as_str())).collect();
        if clear.is_empty() {
            // Which routes there are is one thing and the engine another: every kind is tried on SQLite, every seventh on PostgreSQL.
            self.by_table.values().step_by(if self.few { 7 } else { 1 }).collect()
        } else {
            clear.into_iter().take(1).chain(self.by_table.get("customers")).collect()
        }
    }

    /// What of the other merchant stands in this answer and was not asked with.
    fn leaked(&self, asked: &str, answer: &Answer) -> Option<String> {
        let text = [answer.body.as_str(), &answer.location].join(" ");
        if text.contains(CANARY) {
            let at = text.find(CANARY).unwrap();
            return Some(text[text.floor_char_boundary(at.saturating_sub(80))..at].to_owned());
        }
        let mut tokens = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        tokens.find(|t| t.len() > 20 && self.all.contains(*t) && !asked.contains(t)).map(str::to_owned)
    }

    /// Everything of the other merchant as text, and how many rows each of its tables has.
    fn state(&self, db: &TestDb) -> (String, Vec<i64>) {
        let mut text = Vec::new();
        dump::stable(db, &self.merchant, &mut text).unwrap();
        let counts = columns::tables().iter().filter(|t| t.column("merchant_id").is_some());
        let counts =
            counts.map(|t| one(db, &format!("SELECT COUNT(*) FROM {} WHERE merchant_id = $1", t.name), &self.merchant).unwrap()).collect();
        (String::from_utf8_lossy(&text).into_owned(), counts)
    }
}

/// Doors that answer otherwise than by 404, each with the answer and the reason: `POST /account/sessions/{id}/end 303: …`.
fn is_known(line: &Line, status: StatusCode) -> bool {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/canaries.txt")).unwrap();
    let wanted = format!("{} {} {}: ", line.method, line.path, status.as_u16());
    text.lines().any(|known| known.strip_prefix(wanted.as_str()).is_some_and(|reason| !reason.is_empty()))
}

fn one<T: store::FromCell + Send + 'static>(db: &TestDb, text: &str, merchant: &domain::kit::MerchantId) -> Result<T, store::Error> {
    let (stmt, who) = (Stmt::built(text.to_owned()), merchant.clone());
    db.read_now::<_, store::Error>(move |tx| tx.scalar(&stmt, &[&who]))
}

/// Every way to put ids of the other into a path; each with whether an id stands in it.
fn paths(other: &Other, own: &BTreeMap<&str, String>, line: &Line) -> (Vec<String>, bool) {
    let mut made = vec![String::new()];
    let (mut before, mut has_id) = ("", false);
    for part in line.path.split('/').skip(1) {
        let Some(param) = part.strip_prefix('{').and_then(|p| p.strip_suffix('}')) else {
            made.iter_mut().for_each(|path| path.push_str(&format!("/{part}")));
            before = part;
            continue;
        };
        let fill: Vec<String> = if WORDS.contains(&param) {
            vec!["nothing".to_owned()]
        } else {
            let ids = other.ids(before, param).into_iter().cloned();
            // Behind an id of one’s own stands the other’s, too; never one’s own alone.
            let mine = own.get(before).filter(|_| line.path.matches('{').count() > 1 && !has_id).cloned();
            has_id = true;
            ids.chain(mine).collect()
        };
        made = made.iter().flat_map(|path| fill.iter().map(move |word| format!("{path}/{word}"))).collect();
    }
    made.retain(|path| !has_id || other.all.iter().any(|id| path.contains(id.as_str())));
    (made, has_id)
}

fn knock(visitor: &mut Visitor<'_>, line: &Line, path: &str, fields: &[(&str, &str)]) -> Answer {
    if line.method == Method::GET { visitor.get(path) } else { visitor.post(path, fields) }
}

fn call(desk: &Desk, secret: &str, method: &Method, path: &str, body: &Value) -> Answer {
    let request = Request::builder().method(method.clone()).uri(path).header("authorization", format!("Bearer {secret}"));
    desk.send(request.header("content-type", "application/json").body(Body::from(body.to_string())).unwrap())
}

/// One’s own merchant, beside the other: its owner, and a few things that have ids.
fn mine(of_demo: &Fixture) -> (Fixture, PersonId, portal::Person) {
    let f = of_demo.other();
    let eve = person_of(&f.staff(Role::Owner));
    seller(&f);
    portal::open(&f, "mine");
    let ana = portal::person(&f, "ana@example.es", "OWNTEA");
    (f, eve, ana)
}

fn own(ana: &portal::Person) -> BTreeMap<&'static str, String> {
    let pairs = [
        ("customers", ana.id.to_string()),
        ("orders", ana.order.clone()),
        ("invoices", ana.invoice.clone()),
        ("subscriptions", ana.subscription.clone()),
    ];
    pairs.into_iter().collect()
}

store::db_test! {
    domain::migrations();

    fn no_page_shows_or_changes_anything_of_another_merchant(db) {
        let (other, of_demo) = Other::fill(db);
        let (f, eve, ana) = mine(&of_demo);
        let (desk, own, before) = (Desk::new(db), own(&ana), other.state(db));
        let (mut wrong, mut asked, reader) = (Vec::new(), 0, desk.person(&f, &eve));
        // What ends sessions comes behind all that is only read.
        let mut lines: Vec<_> = desk.table.iter().filter(|l| l.side == Side::Page && l.policy != Policy::Portal).collect();
        lines.sort_by_key(|l| l.method != Method::GET);
        for line in lines {
            let (all, has_id) = paths(&other, &own, line);
            for path in all {
                let fields = [("customer", other.by_table["customers"].as_str()), ("id", path.rsplit('/').find(|p| p.contains('_')).unwrap_or_default()), ("shop", other.by_table["shops"].as_str()), ("q", other.email.as_str())];
                let mut visitor = if line.method == Method::GET { reader.clone() } else { desk.person(&f, &eve) };
                let at = if line.method == Method::GET && !has_id { format!("{path}?customer={}&q={}&shop={}", fields[0].1, other.email, fields[2].1) } else { path.clone() };
                let answer = knock(&mut visitor, line, &at, &fields);
                asked += 1;
                if let Some(what) = other.leaked(&format!("{at} {fields:?}"), &answer) {
                    wrong.push(format!("{} {at}: {} shows {what}", line.method, answer.status));
                }
                let fits = match line.method {
                    Method::GET => answer.status == StatusCode::NOT_FOUND,
                    _ => matches!(answer.status.as_u16(), 404 | 422),
                };
                if has_id && !fits && !is_known(line, answer.status) {
                    wrong.push(format!("{} {at}: {} {}", line.method, answer.status, answer.location));
                }
                if answer.status.is_server_error() {
                    wrong.push(format!("{} {at}: {}", line.method, answer.status));
                }
            }
        }
        assert!(wrong.is_empty(), "{} of {asked}:\n{}", wrong.len(), wrong.join("\n"));
        assert!(asked > 800, "only {asked} doors");
        assert!(before == other.state(db), "something of the other merchant has changed");
    }

    fn no_operation_tells_or_changes_anything_of_another_merchant(db) {
        let (other, of_demo) = Other::fill(db);
        let (f, _, ana) = mine(&of_demo);
        let (desk, own, before) = (Desk::new(db), own(&ana), other.state(db));
        let secret = key(&f, Rights::all());
        let api: Value = serde_json::from_str(&desk.send(Request::get("/api/v1/openapi.json").body(Body::empty()).unwrap()).body).unwrap();
        let (mut wrong, mut asked, mut named) = (Vec::new(), 0, 0);
        for line in desk.table.iter().filter(|l| l.side == Side::Api) {
            let (all, has_id) = paths(&other, &own, line);
            let operation = &api["paths"][&line.path][line.method.as_str().to_lowercase()];
            for path in all {
                let (body, names) = if line.method == Method::GET { (Value::Null, false) } else { body(&api, operation, &other, &line.path) };
                named += usize::from(names);
                for query in queries(operation, &other, has_id) {
                    let at = format!("{path}{query}");
                    let answer = call(&desk, &secret, &line.method, &at, &body);
                    asked += 1;
                    if let Some(what) = other.leaked(&format!("{at} {body}"), &answer) {
                        wrong.push(format!("{} {at} {body}: {} tells {what}", line.method, answer.status));
                    }
                    let fits = match line.method {
                        Method::GET => answer.status == StatusCode::NOT_FOUND,
                        _ => matches!(answer.status.as_u16(), 404 | 409 | 415 | 422),
                    };
                    // What is named in a body alone is refused as much as what is named in the address.
                    let taken = names && answer.status.is_success();
                    if (has_id && !fits || taken) && !is_known(line, answer.status) {
                        wrong.push(format!("{} {at} {body}: {} {}", line.method, answer.status, answer.body));
                    }
                    if answer.status.is_server_error() {
                        wrong.push(format!("{} {at}: {}", line.method, answer.status));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "{} of {asked}:\n{}", wrong.len(), wrong.join("\n"));
        assert!(asked > 800 && named > 60, "only {asked} doors, {named} with a body that names something of the other");
        assert!(before == other.state(db), "something of the other merchant has changed");
    }

    fn no_portal_shows_anything_of_another_merchant_or_customer(db) {
        let (other, of_demo) = Other::fill(db);
        let (f, _, ana) = mine(&of_demo);
        let (desk, before) = (Desk::new(db), other.state(db));
        let mut browser = portal::inside(&desk, &f, &ana.id);
        let mut asked = 0;
        for line in desk.table.iter().filter(|l| l.policy == Policy::Portal && !l.path.ends_with("/sign-out")) {
            let path = line.path.replace("{word}", "mine");
            let ids: Vec<&str> = if path.contains("{id}") { other.by_table.values().map(String::as_str).collect() } else { vec![""] };
            for id in ids {
                let at = path.replace("{id}", id);
                let answer = knock(&mut browser, line, &at, &[]);
                asked += 1;
                assert_eq!(other.leaked(&at, &answer), None, "{} {at}", line.method);
                assert!(id.is_empty() || answer.status == StatusCode::NOT_FOUND, "{} {at}: {}", line.method, answer.status);
            }
        }
        assert!(asked > 150, "only {asked} doors");
        assert!(before == other.state(db), "something of the other merchant has changed");
    }
}

/// Queries that ask an operation for things of the other, one for each parameter that may hold an id or a word; and none.
fn queries(operation: &Value, other: &Other, has_id: bool) -> Vec<String> {
    let mut all = vec![String::new()];
    let names = operation["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == "query").filter_map(|p| p["name"].as_str());
    for name in names.filter(|_| !has_id) {
        let of_name = other.by_table.get(format!("{name}s").as_str());
        let word = if matches!(name, "q" | "email" | "search") { &other.email } else { of_name.unwrap_or(&other.by_table["customers"]) };
        all.push(format!("?{name}={}", word.replace('@', "%40").replace('+', "%2B")));
    }
    all
}

/// A body that names the other’s things wherever an id may stand, however deep: in lists, in objects of objects, as a value of a map. Whether it does.
/// With a foreign id inside, the required fields beside it have a plausible value, so that the verb is reached and not only the form.
fn body(api: &Value, operation: &Value, other: &Other, path: &str) -> (Value, bool) {
    let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
    let noun = path.split('/').nth(3).unwrap_or_default().replace('-', "_");
    let of = Shapes { api, other, noun };
    match of.object(schema, 0) {
        (Value::Object(made), true) => (Value::Object(made), true),
        _ => (json!({}), false),
    }
}

/// How bodies are made.
struct Shapes<'a> {
    api: &'a Value,
    other: &'a Other,
    /// The table of the operation, as its address names it.
    noun: String,
}

impl<'a> Shapes<'a> {
    /// What a reference, or the first that is no nothing of a choice, means.
    fn meant(&self, schema: &'a Value) -> &'a Value {
        let choice = ["oneOf", "anyOf", "allOf"].iter().find_map(|word| schema[word].as_array());
        match (schema["$ref"].as_str(), choice) {
            (Some(name), _) => self.meant(&self.api["components"]["schemas"][name.rsplit('/').next().unwrap_or_default()]),
            (_, Some(all)) => all.iter().find(|one| one["type"] != "null").map_or(schema, |one| self.meant(one)),
            _ => schema,
        }
    }

    fn kind(schema: &Value) -> &str {
        let of_many = schema["type"].as_array().and_then(|all| all.iter().filter_map(Value::as_str).find(|t| *t != "null"));
        schema["type"].as_str().or(of_many).unwrap_or(if schema["properties"].is_object() { "object" } else { "" })
    }

    fn id(&self, name: &str) -> Option<&String> {
        let own = self.other.by_table.get(self.noun.as_str()).or_else(|| self.other.by_table.get("customers"));
        match name {
            // Words, not the id of one.
            "note" => None,
            "ids" | "except" | "into" | "sources" | "source" | "survivor" | "choices" => own,
            _ => self.other.by_table.get(format!("{}s", name.trim_end_matches('s')).as_str()),
        }
    }

    /// A value for a field of this name, and whether an id of the other stands in it.
    fn value(&self, name: &str, schema: &'a Value, deep: usize) -> Option<(Value, bool)> {
        let schema = self.meant(schema);
        if let Some(first) = schema["enum"].as_array().and_then(|all| all.first()) {
            return Some((first.clone(), false));
        }
        let example = || (!schema["example"].is_null()).then(|| schema["example"].clone());
        match Self::kind(schema) {
            "string" => Some(match self.id(name) {
                Some(id) => (json!(id), true),
                None => {
                    (example().unwrap_or_else(|| json!(if schema["format"] == "date-time" { "2026-06-30T12:00:00Z" } else { "x" })), false)
                }
            }),
            "integer" | "number" => Some((example().unwrap_or_else(|| json!(schema["minimum"].as_i64().unwrap_or(1).max(1))), false)),
            "boolean" => Some((json!(false), false)),
            "array" => {
                let (one, names) = self.value(name, &schema["items"], deep + 1)?;
                Some((json!([one]), names))
            }
            "object" if schema["additionalProperties"].is_object() => {
                let (one, names) = self.value(name, &schema["additionalProperties"], deep + 1)?;
                Some((json!({ "email": one }), names))
            }
            "object" if deep < 4 => Some(self.object(schema, deep + 1)),
            _ => None,
        }
    }

    fn object(&self, schema: &'a Value, deep: usize) -> (Value, bool) {
        let schema = self.meant(schema);
        let required = |name: &String| schema["required"].as_array().is_some_and(|all| all.contains(&json!(name)));
        let fields = schema["properties"].as_object().into_iter().flatten();
        let (mut made, mut any) = (Map::new(), false);
        for (name, of) in fields {
            if let Some((value, names)) = self.value(name, of, deep).filter(|(_, names)| *names || required(name)) {
                any |= names;
                made.insert(name.clone(), value);
            }
        }
        (Value::Object(made), any)
    }
}
