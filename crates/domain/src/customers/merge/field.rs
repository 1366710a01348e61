//! The fields of which a merge keeps one value: which columns each is, how it reads, and when it is empty.

use std::sync::LazyLock;

use serde_json::Value as Json;
use store::Stmt;

use crate::customers::model::Customer;
use crate::dump::schema::{self, Table};
use crate::files::countries;
use crate::kit::{Address, words};

words! {
    /// A field that a merge keeps one value of.
    pub enum Field {
        /// Display name, first and last name.
        Name = "name", "Name";
        /// Primary e-mail address; the other one stays as a further one.
        Email = "email", "E-mail";
        /// Primary phone; the other one stays as a further one.
        Phone = "phone", "Phone";
        /// BCP 47.
        Language = "language", "Language";
        /// Organisation.
        Company = "company", "Company";
        /// Its registration number.
        CompanyId = "company_id", "Company ID";
        /// Its e-mail address.
        CompanyEmail = "company_email", "Company e-mail";
        /// Tax id.
        TaxId = "tax_id", "Tax ID";
        /// VAT number.
        VatNumber = "vat_number", "VAT number";
        /// Billing address, whole.
        Billing = "billing", "Billing address";
        /// Delivery address, whole.
        Delivery = "delivery", "Delivery address";
        /// Where it was created.
        Shop = "shop", "Shop";
        /// At most one.
        Group = "group", "Group";
        /// Wants marketing: the survivor's word unless another is chosen, never filled in.
        Marketing = "marketing", "Marketing";
    }
}

/// The columns of customers that a merge may change: those of each field, then what is not chosen: metadata (united) and the day it became a
/// customer (the earlier).
const COLUMNS: [(&str, &[&str]); 16] = [
    ("name", &["name", "first_name", "last_name"]),
    ("email", &["email", "email_key"]),
    ("phone", &["phone", "phone_key"]),
    ("language", &["language"]),
    ("company", &["company"]),
    ("company_id", &["company_id"]),
    ("company_email", &["company_email"]),
    ("tax_id", &["tax_id"]),
    ("vat_number", &["vat_number"]),
    ("billing", &["billing_line1", "billing_line2", "billing_city", "billing_state", "billing_zip", "billing_country"]),
    (
        "delivery",
        &["delivery_same", "delivery_line1", "delivery_line2", "delivery_city", "delivery_state", "delivery_zip", "delivery_country"],
    ),
    ("shop", &["shop_id"]),
    ("group", &["group_id"]),
    ("marketing", &["marketing", "marketing_at"]),
    ("metadata", &["metadata"]),
    ("created_at", &["created_at"]),
];

/// What an import may change beside them, and a merge never does.
const BESIDE: [(&str, &[&str]); 2] = [("number", &["number"]), ("archived_at", &["archived_at"])];

/// A part of the row: its columns as a table of its own, and the statements that read and write them.
pub(super) struct Part {
    pub name: &'static str,
    pub table: Table,
    /// `$1` merchant, `$2` customer.
    pub read: Stmt,
    /// The same, then a parameter for each column.
    pub write: Stmt,
}

/// All of [`COLUMNS`].
pub(super) static PARTS: LazyLock<Vec<Part>> = LazyLock::new(|| COLUMNS.iter().map(part_of).collect());

/// All of [`BESIDE`].
static OTHERS: LazyLock<Vec<Part>> = LazyLock::new(|| BESIDE.iter().map(part_of).collect());

fn part_of((name, columns): &(&'static str, &[&'static str])) -> Part {
    let all = schema::table("customers").map_or(&[][..], |t| t.columns.as_slice());
    let columns = columns.iter().filter_map(|c| all.iter().find(|known| known.name == *c).cloned());
    let table = Table { name: "customers", columns: columns.collect(), key: vec!["merchant_id", "id"] };
    let set: Vec<String> = table.names().iter().enumerate().map(|(at, c)| format!("{c} = ${}", at + 3)).collect();
    Part {
        name,
        read: Stmt::built(format!("SELECT {} FROM customers WHERE merchant_id = $1 AND id = $2", table.names().join(", "))),
        write: Stmt::built(format!("UPDATE customers SET {} WHERE merchant_id = $1 AND id = $2", set.join(", "))),
        table,
    }
}

/// Every part that a merge or an import may change.
pub(super) fn parts() -> impl Iterator<Item = &'static Part> {
    PARTS.iter().chain(OTHERS.iter())
}

/// The part of a field.
pub(super) fn part(name: &str) -> Option<&'static Part> {
    parts().find(|p| p.name == name)
}

/// For the test that prepares every statement.
pub(super) fn built() -> Vec<&'static Stmt> {
    parts().flat_map(|p| [&p.read, &p.write]).collect()
}

/// Columns of a part as text, for the timeline: what is empty is left out.
pub(super) fn plain(values: &[Json]) -> String {
    let words = values.iter().filter_map(|v| match v {
        Json::String(text) => Some(text.clone()).filter(|t| !t.is_empty()),
        Json::Bool(b) => Some(if *b { "yes" } else { "no" }.to_owned()),
        _ => None,
    });
    words.collect::<Vec<_>>().join(", ")
}

/// What a field says of a customer, for people; empty when it says nothing.
pub fn text(c: &Customer, field: Field) -> String {
    let address = |a: &Address| {
        let country = countries::name_of(&a.country).unwrap_or(&a.country);
        let all = [&a.line1, &a.line2, &a.zip, &a.city, &a.state].into_iter().map(String::as_str).chain([country]);
        all.filter(|t| !t.is_empty()).collect::<Vec<_>>().join(", ")
    };
    match field {
        Field::Name => {
            let both = format!("{} {}", c.first_name, c.last_name).trim().to_owned();
            match (c.name.is_empty(), both.is_empty() || both == c.name) {
                (true, _) => both,
                (false, true) => c.name.clone(),
                (false, false) => format!("{} ({both})", c.name),
            }
        }
        Field::Email => c.email.clone(),
        Field::Phone => c.phone.clone(),
        Field::Language => c.language.clone(),
        Field::Company => c.company.clone(),
        Field::CompanyId => c.company_id.clone(),
        Field::CompanyEmail => c.company_email.clone(),
        Field::TaxId => c.tax_id.clone(),
        Field::VatNumber => c.vat_number.clone(),
        Field::Billing => address(&c.billing),
        Field::Delivery if c.delivery_same => String::new(),
        Field::Delivery => address(&c.delivery),
        Field::Shop => c.shop.as_ref().map_or_else(String::new, |s| s.name.clone()),
        Field::Group => c.group.as_ref().map_or_else(String::new, |g| g.name.clone()),
        Field::Marketing => if c.marketing { "Yes" } else { "No" }.to_owned(),
    }
}
