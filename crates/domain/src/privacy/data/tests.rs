//! A canary in every column of every table that is shown: it is in the person's own files, and in nobody else's.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use store::{Bind, Engine, Stmt, Value};

use super::*;
use crate::dump::schema::{self, Type};
use crate::kit::{CustomerId, Right};
use crate::orders::desk::{Desk, refusal};
use crate::privacy::columns::{Belongs, Column, Table, Tag, find};
use crate::privacy::whose;

fn file(desk: &Desk, customer: &CustomerId, format: Format) -> String {
    let mut out = Vec::new();
    write(&desk.f.db, &desk.ctx, customer, format, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// What is planted in a column of somebody's row.
fn canary(who: &str, table: &str, column: &str) -> String {
    format!("canary-{who}-{table}-{column}-end")
}

/// A number that is nowhere else.
fn number(who: &str, table: &str, column: &str) -> i64 {
    let sum = format!("{who}{table}{column}").bytes().fold(7_u64, |sum, byte| sum.wrapping_mul(131).wrapping_add(u64::from(byte)));
    700_000_000 + (sum % 90_000_000) as i64
}

/// The table that an id of this name leads to.
fn target(column: &str) -> Option<&'static str> {
    let known = [
        ("order_id", "orders"),
        ("payment_id", "payments"),
        ("invoice_id", "invoices"),
        ("offer_id", "offers"),
        ("contract_id", "contracts"),
        ("payment_link_id", "payment_links"),
        ("method_link_id", "method_links"),
        ("setup_id", "method_setups"),
        ("return_id", "returns"),
        ("refund_id", "refunds"),
        ("dispute_id", "disputes"),
        ("event_id", "events"),
        ("mail_id", "mails"),
        ("group_id", "customer_groups"),
        ("tag_id", "tags"),
        ("subscription_id", "subscriptions"),
        ("ticket_id", "tickets"),
        ("conversation_id", "conversations"),
        ("entry_id", "entries"),
        ("draft_id", "mail_drafts"),
    ];
    known.into_iter().find(|(name, _)| *name == column).map(|(_, table)| table)
}

/// Ids that may lead nowhere.
const NOWHERE: [&str; 8] =
    ["import_id", "method_id", "corrects_id", "logo_id", "plan_id", "replacement_id", "mailbox_id", "portal_link_id"];

fn planted_id(who: &str, table: &str) -> String {
    format!("row-{who}-{table}")
}

/// A row of a table, somebody's: canaries in what is personal, secret or of the house, and what keys want elsewhere.
fn plant(desk: &Desk, who: &str, customer: &CustomerId, table: &Table) {
    let real = schema::table(table.name).unwrap();
    let value = |column: &Column, kind: Type| -> Value {
        let name = column.name;
        let owner = matches!(table.belongs, Belongs::Customer(c) if c == name) || name == "customer_id";
        match (name, column.tag, kind) {
            ("merchant_id", ..) => Value::Text(desk.ctx.merchant.to_string()),
            _ if owner => Value::Text(customer.to_string()),
            ("shop_id", ..) => Value::Text(desk.f.shop.to_string()),
            ("id", ..) => Value::Text(planted_id(who, table.name)),
            ("currency", ..) => Value::Text("EUR".into()),
            ("account_id", ..) => Value::Text("account".into()),
            _ if matches!(table.belongs, Belongs::Parent { column: c, .. } if c == name) || target(name).is_some() => {
                Value::Text(planted_id(who, target(name).unwrap_or("orders")))
            }
            (_, Tag::Neither, Type::Text) if NOWHERE.contains(&name) => Value::Null,
            (_, Tag::Neither, Type::Text) => Value::Text(format!("x-{who}")),
            (_, Tag::Neither, Type::Int) => Value::Int(9_901),
            (_, _, Type::Int) => Value::Int(number(who, table.name, name)),
            (_, _, Type::Bool) => Value::Bool(true),
            (_, _, Type::Bytes) => Value::Bytes(canary(who, table.name, name).into_bytes()),
            (_, _, Type::Text) => Value::Text(canary(who, table.name, name)),
        }
    };
    let kind = |name: &str| real.columns.iter().find(|c| c.name == name).unwrap().kind;
    let mut values: Vec<(&str, Value)> = table.columns.iter().map(|c| (c.name, value(c, kind(c.name)))).collect();
    let text = if table.name == "customers" {
        // The row is there: what says who it is becomes canaries.
        let tag = |name: &str| table.column(name).unwrap().tag;
        values.retain(|(name, _)| ["merchant_id", "id"].contains(name) || (tag(name) == Tag::Personal && *name != "metadata"));
        let at = |name: &str| values.iter().position(|(n, _)| *n == name).unwrap() + 1;
        let set: Vec<String> = values.iter().filter(|(n, _)| tag(n) == Tag::Personal).map(|(n, _)| format!("{n} = ${}", at(n))).collect();
        format!("UPDATE customers SET {} WHERE merchant_id = ${} AND id = ${}", set.join(", "), at("merchant_id"), at("id"))
    } else {
        let (names, places): (Vec<&str>, Vec<String>) =
            values.iter().enumerate().map(|(at, (name, _))| (*name, format!("${}", at + 1))).unzip();
        format!("INSERT INTO {} ({}) VALUES ({})", table.name, names.join(", "), places.join(", "))
    };
    let (statement, name) = (Stmt::built(text), table.name);
    desk.f
        .db
        .write_now::<_, Error>(move |tx| {
            let params: Vec<&dyn Bind> = values.iter().map(|(_, v)| v as &dyn Bind).collect();
            tx.exec(&statement, &params).map_err(|e| Error::Internal(format!("{name}: {e}"))).map(drop)
        })
        .unwrap();
}

/// The tables that are shown.
fn shown() -> impl Iterator<Item = &'static Table> {
    tables().iter().filter(|t| matches!(t.access, Access::Shown(_)) && whose::root(t).is_some())
}

/// What a file of somebody shows of a personal column.
fn seen(who: &str, table: &Table, column: &Column) -> Vec<String> {
    let kind = schema::table(table.name).unwrap().columns.iter().find(|c| c.name == column.name).unwrap().kind;
    match kind {
        Type::Int => vec![number(who, table.name, column.name).to_string()],
        Type::Bytes => vec![STANDARD.encode(canary(who, table.name, column.name))],
        Type::Text | Type::Bool => vec![canary(who, table.name, column.name)],
    }
}

store::db_test! {
    crate::migrations();

    fn every_personal_column_is_in_the_persons_files_and_in_no_others(db) {
        let desk = Desk::new(db);
        let (ana, bob) = (desk.customer("ana@example.es"), desk.customer("bob@example.com"));
        let old = desk.customer("ana.old@example.es");
        for (who, customer) in [("ana", &ana), ("bob", &bob), ("old", &old)] {
            for name in ["tags", "customer_groups"] {
                let made = Stmt::built(format!("INSERT INTO {name} (merchant_id, id, name, name_key, created_at) VALUES ($1, $2, $2, $2, 0)"));
                let id = planted_id(who, name);
                desk.write(move |tx, ctx| Ok(tx.exec(&made, &[&ctx.merchant, &id])?)).unwrap();
            }
            // A mailing that the line of one belongs to.
            for made in [
                "INSERT INTO templates (merchant_id, id, shop_id, name, name_key, version, created_at) VALUES ($1, $2, $3, $2, $2, 1, 0)",
                "INSERT INTO template_versions (merchant_id, template_id, version, subject, body, created_at, created_by)
                    SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), 1, '', '', 0, '' FROM shops WHERE merchant_id = $1 AND id = $3",
                "INSERT INTO mailings (merchant_id, id, state, shop_id, template_id, template_version, name, per_minute, consenting_only, total, job_id,
                    created_at, created_by) VALUES ($1, $2, 'done', $3, $2, 1, '', 1, FALSE, 1, '', 0, '')",
            ] {
                let (made, id) = (Stmt::built(made.to_owned()), format!("x-{who}"));
                let shop = desk.f.shop.clone();
                desk.write(move |tx, ctx| Ok(tx.exec(&made, &[&ctx.merchant, &id, &shop])?)).unwrap();
            }
            // What others point to comes first.
            let (pointed, rest): (Vec<_>, Vec<_>) = shown().partition(|t| t.name == "conversations");
            for table in pointed.into_iter().chain(rest) {
                if table.name == "subscription_periods" {
                    plant(&desk, who, customer, find("subscription_runs").unwrap());
                }
                plant(&desk, who, customer, table);
            }
        }
        static MERGE: Stmt = Stmt::new("merge", "UPDATE customers SET merged_into = $3 WHERE merchant_id = $1 AND id = $2");
        { let (old, ana) = (old.clone(), ana.clone()); desk.write(move |tx, ctx| Ok(tx.exec(&MERGE, &[&ctx.merchant, &old, &ana])?)).unwrap(); }

        for format in [Format::Json, Format::Html] {
            let (of_ana, of_bob) = (file(&desk, &ana, format), file(&desk, &bob, format));
            for table in shown() {
                for column in &table.columns {
                    let place = format!("{format:?}: {}.{}", table.name, column.name);
                    for text in seen("ana", table, column).iter().chain(&seen("old", table, column)) {
                        match column.tag {
                            // The file for people leaves out what only programs need.
                            Tag::Personal if format == Format::Html && words::is_for_programs(table.name, column.name) => {}
                            Tag::Personal if column.name != "metadata" => assert!(of_ana.contains(text), "{place} is missing: {text}"),
                            Tag::Secret | Tag::House => assert!(!of_ana.contains(text), "{place} is shown: {text}"),
                            Tag::Personal | Tag::Neither => {}
                        }
                    }
                    for text in seen("bob", table, column) {
                        assert!(!of_ana.contains(&text), "{place} is somebody else’s");
                        let left_out = format == Format::Html && words::is_for_programs(table.name, column.name);
                        if column.tag == Tag::Personal && column.name != "metadata" && !left_out {
                            assert!(of_bob.contains(&text), "{place} is missing of Bob");
                        }
                    }
                }
            }
            assert!(!of_ana.contains("canary-bob-"), "{format:?}");
            assert!(!of_bob.contains("canary-ana-") && !of_bob.contains("canary-old-"), "{format:?}");
        }
        let json: serde_json::Value = serde_json::from_str(&file(&desk, &ana, Format::Json)).unwrap();
        assert_eq!(json["customers"], serde_json::json!([ana.to_string(), old.to_string()]));
        assert_eq!(json["sections"].as_array().unwrap().len(), shown().count());
        let html = file(&desk, &ana, Format::Html);
        assert!(!html.contains("<script") && !html.contains("src=\"http") && !html.contains("href=\"http"), "nothing from outside");
    }

    fn what_people_typed_cannot_become_markup_and_amounts_have_their_currency(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let body = "<img src=x onerror=alert(1)> & \"quoted\"";
        { let ana = ana.clone(); desk.write(move |tx, ctx| crate::customers::notes::add(tx, ctx, &ana, body).map(drop)).unwrap(); }
        desk.pay(&ana, 1_250);
        let html = file(&desk, &ana, Format::Html);
        assert!(html.contains("&lt;img src=x onerror=alert(1)&gt; &amp; &quot;quoted&quot;") && !html.contains("<img src=x"), "{html}");
        assert!(html.contains("€12.50 (EUR)") && html.contains("15 Jun 2026"), "{html}");
        let json: serde_json::Value = serde_json::from_str(&file(&desk, &ana, Format::Json)).unwrap();
        let section = |table: &str| json["sections"].as_array().unwrap().iter().find(|s| s["table"] == table).unwrap()["rows"].clone();
        assert_eq!(section("payments")[0]["amount"], serde_json::json!({ "amount": 1250, "currency": "EUR", "decimal": "12.50" }));
        assert_eq!(section("notes")[0]["body"], body);
    }

    fn the_file_for_people_says_it_in_words_and_leaves_out_keys_and_versions(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        desk.pay(&ana, 1_250);
        let html = file(&desk, &ana, Format::Html);
        for said in ["<dt>Status</dt><dd dir=\"auto\">Active</dd>", "<dt>Marketing</dt><dd dir=\"auto\">not agreed</dd>", "<dd dir=\"auto\">Customer created</dd>"] {
            assert!(html.contains(said), "{said}: {html}");
        }
        for dumped in ["Sort name", " key</dt>", ">Key</dt>", "ersion</dt>", "Change stamp", "customer.created", "version:"] {
            assert!(!html.contains(dumped), "{dumped}: {html}");
        }
        let json: serde_json::Value = serde_json::from_str(&file(&desk, &ana, Format::Json)).unwrap();
        assert_eq!(json["sections"][0]["rows"][0]["marketing"], serde_json::json!(false), "the same of both engines");
    }

    fn blocks_of_the_persons_address_are_in_it_whoever_set_them_and_others_are_not(db) {
        use crate::blocks::{BlockInput, Target, block};
        let desk = Desk::new(db);
        let set = |target: Target, reason: &str| {
            let input = BlockInput { target, reason: reason.to_owned() };
            desk.write(move |tx, ctx| block(tx, ctx, &input)).unwrap();
        };
        // Set before anybody knew the address.
        set(Target::Email("ANA@example.es".into()), "three chargebacks");
        set(Target::Email("eve@example.es".into()), "a stranger");
        let (ana, bob) = (desk.customer("ana@example.es"), desk.customer("bob@example.com"));
        set(Target::Customer(ana.clone()), "asked for it");
        for format in [Format::Json, Format::Html] {
            let (hers, his) = (file(&desk, &ana, format), file(&desk, &bob, format));
            assert!(hers.contains("three chargebacks") && hers.contains("asked for it") && !hers.contains("a stranger"), "{hers}");
            assert!(!his.contains("chargebacks"), "{his}");
        }
    }

    fn it_needs_a_right_of_its_own_and_is_on_the_timeline(db) {
        let desk = Desk::new(db);
        let ana = desk.customer("ana@example.es");
        let poor = desk.f.without(Right::PersonalData);
        assert!(matches!(write(db, &poor, &ana, Format::Json, Vec::new()), Err(Error::Forbidden(Right::PersonalData))));
        let other = desk.f.other();
        assert_eq!(refusal(write(db, &other.ctx, &ana, Format::Html, Vec::new())), "no customer");
        write(db, &desk.ctx, &ana, Format::Html, Vec::new()).unwrap();
        let seen = desk.read(move |tx, ctx| crate::events::timeline(tx, ctx, &ana, "", None, 5)).unwrap();
        assert_eq!((seen.entries[0].kind.as_str(), seen.entries[0].data["format"].as_str()), ("customer.data_taken", Some("html")));
    }

    fn no_table_is_gone_over_whole_for_one_person(db) {
        if db.engine() != Engine::Sqlite {
            return;
        }
        for statement in statements() {
            let text = statement.text().to_owned();
            let explain = Stmt::built(format!("EXPLAIN QUERY PLAN {text}"));
            let parameters = (1..10).filter(|n| text.contains(&format!("${n}"))).count();
            let steps = db.read_now::<_, Error>(move |tx| {
                let nothing: Vec<&dyn Bind> = vec![&None::<String>; parameters];
                Ok(tx.rows(&explain, &nothing, |r| r.get::<String>(3))?)
            }).unwrap();
            let whole = steps.iter().find(|s| s.starts_with("SCAN ") || s.ends_with("(merchant_id=?)"));
            assert!(whole.is_none(), "{whole:?}: {text}");
        }
        assert!(find("payments").is_some());
    }
}
