//! What a page can do a program can do too (SPEC 13.1): docs/api-table.md names the call of the API for every route of the dashboard, or says why there is
//! none. It is made from the router and api_table.txt; a route that nobody decided about fails here.
//!
//! `REGULARS_WRITE_DOCS=1 cargo nextest run -p regulars --test it api_table` writes the page anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use axum::body::Body;
use axum::http::{Method, Request};
use domain::testing::Fixture;
use serde_json::Value;
use server::http::Policy;
use server::http::routes::Side;

use crate::desk::Desk;

// Why a route has no call. Each stands in the page as a sentence.
const ASKS: &str = "asks";
const DOOR: &str = "door";
const OWN: &str = "own";
const VIEW: &str = "view";
const LINK: &str = "link";
const HAND: &str = "hand";
const HOUSE: &str = "house";

const WHY: &[(&str, &str)] = &[
    (ASKS, "only asks for what the form of the same page sends"),
    (DOOR, "coming in and going out: a key is signed in with every call"),
    (OWN, "somebody’s own account or sign-in: a key is no person"),
    (VIEW, "how somebody looks at a page: nothing is kept but that"),
    (LINK, "for whoever was sent the link: its secret is the permission"),
    (HAND, "gives somebody a way in: by hand alone, after a fresh sign-in"),
    (HOUSE, "a key belongs to one merchant, and makes and changes to no other"),
];

/// Route by route: the calls that do the same, or one of the reasons above.
fn table() -> Vec<(String, String)> {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/api_table.txt")).unwrap();
    let lines = text.lines().filter(|l| !l.is_empty() && !l.starts_with('#'));
    lines.map(|l| l.split_once(" = ").unwrap_or_else(|| panic!("{l}"))).map(|(route, what)| (route.to_owned(), what.to_owned())).collect()
}

/// What every list has: its columns, the ticked rows, its file and its views.
const LISTS: &[(&str, &str, &str)] = &[
    ("POST", "/columns", VIEW),
    ("POST", "/bulk", ASKS),
    ("GET", "/export", ASKS),
    ("POST", "/export", "exportCustomers"),
    ("GET", "/views/new", ASKS),
    ("POST", "/views", "saveView"),
    ("POST", "/views/{id}", "changeView"),
    ("POST", "/views/{id}/delete", "deleteView"),
];

/// What a route has: calls, or a reason. Pages that only show the form of a route are of that route.
fn decided(table: &[(String, String)], method: &Method, path: &str, posts: &BTreeSet<String>) -> Option<String> {
    let name = format!("{method} {path}");
    if let Some((_, what)) = table.iter().find(|(route, _)| *route == name) {
        return Some(what.clone());
    }
    if let Some((_, _, what)) = LISTS.iter().find(|(m, end, _)| method.as_str() == *m && path.ends_with(end)) {
        return Some((*what).to_owned());
    }
    (method == Method::GET && posts.contains(path)).then(|| ASKS.to_owned())
}

/// `listOrders` → `GET /orders`.
fn operations(desk: &Desk) -> BTreeMap<String, String> {
    let answer = desk.send(Request::get("/api/v1/openapi.json").body(Body::empty()).unwrap());
    let api: Value = serde_json::from_str(&answer.body).unwrap();
    let mut all = BTreeMap::new();
    for (path, item) in api["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if let Some(id) = operation["operationId"].as_str() {
                let path = path.strip_prefix("/api/v1").unwrap();
                all.insert(id.to_owned(), format!("{} {path}", method.to_uppercase()));
            }
        }
    }
    all
}

const HEAD: &str = "# What a page does, and the call that does the same\n\n\
    Every route of the dashboard, from the router, with the calls of the [API](api.md) behind `/api/v1` that do the same. A test makes this page and fails when a route\n\
    is missing here, when a call it names is gone, or when an action has neither a call nor a reason.\n\n";

fn page(rows: &[(String, String, Policy)], operations: &BTreeMap<String, String>) -> String {
    let mut text = HEAD.to_owned();
    let has = rows.iter().filter(|(_, what, _)| WHY.iter().all(|(w, _)| w != what)).count();
    writeln!(text, "{} routes: {has} have calls, {} have none for a reason.\n", rows.len(), rows.len() - has).unwrap();
    writeln!(text, "| page | right | call |\n|---|---|---|").unwrap();
    for (route, what, policy) in rows {
        let right = match policy {
            Policy::Public => "anybody",
            Policy::SignedIn => "signed in",
            Policy::May(right) => right.name(),
            Policy::Portal => "customer",
        };
        let call = match WHY.iter().find(|(w, _)| w == what) {
            Some((_, words)) => (*words).to_owned(),
            None => what.split(' ').map(|id| format!("`{}` {id}", operations[id])).collect::<Vec<_>>().join("<br>"),
        };
        writeln!(text, "| `{route}` | {right} | {call} |").unwrap();
    }
    text
}

#[test]
fn every_route_of_the_dashboard_has_its_call_or_its_reason() {
    let db = store::testing::fresh(store::Engine::Sqlite, domain::migrations());
    Fixture::new(&db);
    let desk = Desk::new(&db);
    let pages: Vec<_> =
        desk.table.iter().filter(|l| l.side == Side::Page && !l.path.starts_with("/portal/") && !l.path.starts_with("/hooks/")).collect();
    let posts: BTreeSet<String> = pages.iter().filter(|l| l.method == Method::POST).map(|l| l.path.clone()).collect();
    let (operations, table) = (operations(&desk), table());
    let mut wrong = Vec::new();
    let mut rows = Vec::new();
    for line in &pages {
        let route = format!("{} {}", line.method, line.path);
        let Some(what) = decided(&table, &line.method, &line.path, &posts) else {
            wrong.push(format!("nobody decided about {route}"));
            continue;
        };
        if WHY.iter().all(|(why, _)| *why != what) {
            wrong.extend(
                what.split(' ').filter(|id| !operations.contains_key(*id)).map(|id| format!("{route}: there is no operation {id}")),
            );
        }
        rows.push((route, what, line.policy));
    }
    let known: BTreeSet<&str> = rows.iter().map(|(route, _, _)| route.as_str()).collect();
    wrong.extend(table.iter().filter(|(route, _)| !known.contains(route.as_str())).map(|(route, _)| format!("there is no route {route}")));
    assert!(wrong.is_empty(), "{wrong:#?}");
    rows.sort_by_key(|(route, _, _)| {
        let (method, path) = route.split_once(' ').unwrap();
        (path.to_owned(), method.to_owned())
    });
    let made = page(&rows, &operations);
    let at = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/api-table.md");
    if std::env::var_os("REGULARS_WRITE_DOCS").is_some() {
        std::fs::write(at, &made).unwrap();
    }
    assert!(
        std::fs::read_to_string(at).unwrap_or_default() == made,
        "docs/api-table.md is not what the router says: run this test with REGULARS_WRITE_DOCS=1"
    );
}
