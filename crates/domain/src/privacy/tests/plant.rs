//! Plants a word in every personal column of every table that can speak of a customer, as the register names them: a new column is covered by itself.

use std::collections::BTreeMap;

use store::{Bind, Stmt, Value};

use crate::dump::schema::{self, Table, Type};
use crate::kit::CustomerId;
use crate::orders::desk::Desk;
use crate::privacy::columns::{self, Belongs, Tag};

/// What a column holds where the program reads it as one of its words.
fn known(table: &str, column: &str) -> Option<&'static str> {
    Some(match (table, column) {
        (_, "currency") => "EUR",
        ("orders", "state") => "closed",
        ("payments", "status") => "settled",
        ("payments" | "payment_methods", "kind") => "card",
        ("payment_methods", "last_outcome") => "ok",
        ("disputes", "status") => "won",
        ("refunds", "status") => "done",
        ("subscriptions", "status") => "ended",
        ("subscriptions", "cycle_unit") => "month",
        ("offers", "state") => "accepted",
        ("contracts", "state") => "cancelled",
        ("contracts", "cycle_unit" | "notice_unit") => "month",
        ("charges" | "payment_links", "state") => "paid",
        ("charges", "provider") => "test",
        ("payment_links", "checkout") => "none",
        ("method_setups", "state") => "done",
        ("method_links", "state") => "used",
        ("returns", "state") => "closed",
        ("return_lines", "reason") => "other",
        ("invoices", "state") => "paid",
        ("invoices", "kind") => "invoice",
        ("invoices", "number") => "INV-77",
        ("jobs" | "imports", "state") => "done",
        ("provider_events" | "provider_calls", "state") => "done",
        ("mails", "state") | ("mailing_rows", "outcome") => "queued",
        ("mailings", "state") => "done",
        ("conversations", "state") => "open",
        ("conversations" | "entries", "kind") => "mail",
        ("entries", "direction") => "in",
        ("provider_facts", "kind") => "customer",
        ("blocks" | "payment_keys" | "customer_contacts", "kind") => "email",
        ("payments" | "subscriptions" | "payment_methods", "provider") => "manual",
        ("tickets", "status") => "closed",
        ("tickets", "priority") => "normal",
        ("ticket_entries", "kind") => "note",
        ("events", "kind") => "customer.edited",
        ("portal_links", "kind") => "invite",
        _ => return None,
    })
}

/// Which table a column points to.
fn target(column: &str) -> Option<&'static str> {
    Some(match column {
        "order_id" => "orders",
        "payment_id" => "payments",
        "invoice_id" => "invoices",
        "offer_id" => "offers",
        "contract_id" => "contracts",
        "payment_link_id" => "payment_links",
        "method_link_id" => "method_links",
        "setup_id" => "method_setups",
        "return_id" => "returns",
        "dispute_id" => "disputes",
        "refund_id" => "refunds",
        "event_id" => "events",
        "mail_id" => "mails",
        "template_id" => "templates",
        "mailing_id" => "mailings",
        "tag_id" => "tags",
        "subscription_id" => "subscriptions",
        "merge_id" => "merges",
        "ticket_id" => "tickets",
        "conversation_id" => "conversations",
        "entry_id" => "entries",
        "draft_id" => "mail_drafts",
        _ => return None,
    })
}

/// Tables that hold something personal of a customer, and those such rows point to.
fn wanted(table: &Table) -> bool {
    let entry = columns::find(table.name).unwrap();
    let pointed =
        ["events", "disputes", "tags", "subscriptions", "subscription_runs", "merges", "templates", "template_versions", "mailings"]
            .contains(&table.name);
    (entry.is_personal() || pointed) && !["customers", "erasure_words"].contains(&table.name)
}

/// The word of a column.
pub(super) fn word(mark: &str, table: &str, column: &str) -> String {
    format!("{mark}-{table}-{column}@canary.example")
}

/// A word of letters alone, as a surname is: it says not who it is, and as what somebody searched for it does.
pub(super) fn weak(mark: &str) -> String {
    let letters = mark.chars().map(|c| c.to_digit(10).and_then(|n| char::from_digit(n + 10, 20)).unwrap_or(c)).collect::<String>();
    format!("{letters}weak")
}

/// The cells of a row of one table, with a word in each personal column.
fn row(
    desk: &Desk,
    table: &Table,
    customer: Option<&CustomerId>,
    ids: &BTreeMap<&str, String>,
    mark: &str,
    planted: &mut usize,
) -> Vec<Value> {
    let entry = columns::find(table.name).unwrap();
    let cell = |c: &crate::dump::schema::Column| {
        let personal = entry.column(c.name).is_some_and(|e| e.tag == Tag::Personal) && entry.belongs != Belongs::House;
        if personal && matches!(c.kind, Type::Text | Type::Bytes) {
            *planted += 1;
            // Rows that are found by what they say name the customer; the others are found by their key.
            let said = match (customer, table.name, c.name) {
                _ if entry.is_searched() => {
                    format!("{{\"of\":\"{}\",\"w\":\"{}\"}}", word(mark, "customers", "email"), word(mark, table.name, c.name))
                }
                (None, _, "email_key" | "address_key") => word(mark, "customers", "email_key"),
                // What stood outside stands there once.
                (None, "entries", "outside_id") => format!("guest-{}", word(mark, table.name, c.name)),
                (None, "privacy_requests", "who") => format!("Mail of {}.", word(mark, "customers", "email")),
                _ => word(mark, table.name, c.name),
            };
            return if c.kind == Type::Text { Value::Text(said) } else { Value::Bytes(said.into_bytes()) };
        }
        if entry.belongs == Belongs::Customer(c.name) {
            return customer.map_or(Value::Null, Bind::value);
        }
        match (c.name, target(c.name).and_then(|t| ids.get(t)), known(table.name, c.name)) {
            ("merchant_id", ..) => desk.ctx.merchant.value(),
            ("shop_id", ..) => desk.f.shop.value(),
            ("id", ..) => Value::Text(ids[table.name].clone()),
            ("number", ..) if customer.is_none() => Value::Text(format!("G-{}", table.name)),
            ("subject_id", ..) if customer.is_none() => Value::Text(ids["orders"].clone()),
            (_, Some(id), _) => Value::Text(id.clone()),
            (_, _, Some(word)) => Value::Text(word.to_owned()),
            ("issued_at", ..) => Value::Int(desk.now()),
            _ if c.nullable => Value::Null,
            _ if c.kind == Type::Text => Value::Text(String::new()),
            _ if c.kind == Type::Int => Value::Int(0),
            _ if c.kind == Type::Bool => Value::Bool(false),
            _ => Value::Bytes(Vec::new()),
        }
    };
    table.columns.iter().map(cell).collect()
}

fn insert(desk: &Desk, table: &Table, values: Vec<Value>) {
    let (name, names) = (table.name, table.names());
    desk.write(move |tx, _| Ok(tx.insert_many(name, &names, std::slice::from_ref(&values))?)).unwrap_or_else(|e| panic!("{name}: {e}"));
}

/// Tables with rows of nobody that may be the customer's all the same, by an address: parents first.
const GUESTS: [&str; 11] = [
    "orders",
    "payments",
    "invoices",
    "conversations",
    "entries",
    "tickets",
    "ticket_entries",
    "ticket_tags",
    "privacy_requests",
    "events",
    "event_values",
];

/// Plants; gives how many words.
pub(super) fn plant(desk: &Desk, customer: &CustomerId, mark: &str) -> usize {
    let mut planted = 0;
    let mut ids: BTreeMap<&str, String> = BTreeMap::new();
    for table in schema::tables().iter().filter(|t| wanted(t)) {
        ids.insert(table.name, format!("x_{}", table.name));
        insert(desk, table, row(desk, table, Some(customer), &ids, mark, &mut planted));
    }
    // The same once more as a guest, under their address alone.
    let mut ids: BTreeMap<&str, String> = BTreeMap::new();
    for name in GUESTS {
        let table = schema::table(name).unwrap();
        ids.insert(name, format!("y_{name}"));
        insert(desk, table, row(desk, table, None, &ids, mark, &mut planted));
    }
    // A group action that was begun from a search by a surname alone.
    let asked = format!("{{\"selection\":{{\"all\":{{\"query\":\"view=all&q={}\"}}}}}}", weak(mark));
    let sql = "INSERT INTO jobs (merchant_id, id, kind, state, input, cursor, done, total, result, error, attempts, cancel_asked, actor_kind, actor_id,
        actor_name, actor_rights, created_at) VALUES ($1, 'y_jobs', 'customers', 'done', $2, '', 0, 0, '', '', 0, FALSE, 'person', '', '', '', 0)";
    desk.write(move |tx, ctx| Ok(tx.exec(&Stmt::built(sql.to_owned()), &[&ctx.merchant, &asked])?)).unwrap();
    // The customer's own row is there already.
    let entry = columns::find("customers").unwrap();
    let personal: Vec<&str> = entry.tagged(Tag::Personal).map(|c| c.name).collect();
    planted += personal.len();
    let said = |c: &str| if c == "last_name" { weak(mark) } else { word(mark, "customers", c) };
    let sets: Vec<String> = personal.iter().map(|c| format!("{c} = '{}'", said(c))).collect();
    let sql = format!("UPDATE customers SET {} WHERE merchant_id = $1 AND id = $2", sets.join(", "));
    let id = customer.clone();
    desk.write(move |tx, ctx| Ok(tx.exec(&Stmt::built(sql.clone()), &[&ctx.merchant, &id])?)).unwrap();
    planted
}
