//! The fields of a customer's form: from the customer to the form, and from what was typed to what the verbs take.

use std::collections::BTreeSet;

use domain::customers::{Customer, CustomerEdit, NewCustomer};
use domain::kit::{Address, GroupId, Problem, ShopId};

use super::metadata;
use crate::dashboard::customers::notes::listed;
use crate::dashboard::{Typed, address};

/// Fields of one line that are kept as typed.
const TEXTS: [&str; 11] =
    ["name", "first_name", "last_name", "email", "phone", "language", "company", "company_id", "company_email", "tax_id", "vat_number"];

/// The values of the form of a customer as it is stored.
pub fn of(c: &Customer) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    let mut put = |name: &str, value: &str| all.push((name.to_owned(), value.to_owned()));
    let texts = [
        &c.name,
        &c.first_name,
        &c.last_name,
        &c.email,
        &c.phone,
        &c.language,
        &c.company,
        &c.company_id,
        &c.company_email,
        &c.tax_id,
        &c.vat_number,
    ];
    TEXTS.iter().zip(texts).for_each(|(name, value)| put(name, value));
    put("number", &c.number);
    put("emails", &c.emails.iter().map(|e| e.value.as_str()).collect::<Vec<_>>().join("\n"));
    put("phones", &c.phones.iter().map(|e| e.value.as_str()).collect::<Vec<_>>().join("\n"));
    let none = Address::default();
    for (at, a) in [("billing", &c.billing), ("delivery", if c.delivery_same { &none } else { &c.delivery })] {
        address::parts(at, a).iter().for_each(|(name, value)| put(name, value));
    }
    put("shop", c.shop.as_ref().map_or("", |s| s.id.as_str()));
    put("group", c.group.as_ref().map_or("", |g| g.id.as_str()));
    put("tags", &c.tags.iter().map(|t| t.name.as_str()).collect::<Vec<_>>().join(", "));
    put("metadata", &metadata::printed(&c.metadata));
    if c.marketing {
        put("marketing", "on");
    }
    if c.archived_at.is_none() {
        put("active", "on");
    }
    all
}

/// An id that cannot be one names nothing that exists, which the verb then says beside the field.
fn shop(t: &Typed) -> Option<ShopId> {
    Some(t.get("shop")).filter(|s| !s.is_empty()).map(|s| s.parse().unwrap_or_else(|_| ShopId::from_db("shp_".to_owned())))
}

fn group(t: &Typed) -> Option<GroupId> {
    Some(t.get("group")).filter(|s| !s.is_empty()).map(|s| s.parse().unwrap_or_else(|_| GroupId::from_db("grp_".to_owned())))
}

/// A customer about to be made.
pub fn new_customer(t: &Typed) -> NewCustomer {
    NewCustomer {
        name: t.text("name"),
        first_name: t.text("first_name"),
        last_name: t.text("last_name"),
        email: t.text("email"),
        emails: listed(t.get("emails")),
        phone: t.text("phone"),
        phones: listed(t.get("phones")),
        language: t.text("language"),
        company: t.text("company"),
        company_id: t.text("company_id"),
        company_email: t.text("company_email"),
        tax_id: t.text("tax_id"),
        vat_number: t.text("vat_number"),
        billing: address::typed(t, "billing"),
        delivery: address::typed_or_none(t, "delivery"),
        shop: shop(t),
        group: group(t),
        tags: listed(t.get("tags")),
        note: Some(t.text("note")).filter(|n| !n.trim().is_empty()),
        marketing: t.ticked("marketing"),
        metadata: metadata::read(t.get("metadata")),
        number: Some(t.text("number")).filter(|n| !n.trim().is_empty()),
        external_ids: Vec::new(),
        created_at: None,
        active: t.ticked("active"),
        import_id: None,
    }
}

/// Only what differs from what the form showed: what somebody else changed meanwhile, and this person did not touch, stays theirs.
pub fn edit(t: &Typed, was: &Typed, leave: &BTreeSet<String>) -> CustomerEdit {
    let touched = |name: &str| !leave.contains(name) && same_lines(t.get(name)) != same_lines(was.get(name));
    let text = |name: &str| touched(name).then(|| t.text(name));
    let ticked = |name: &str| (t.ticked(name) != was.ticked(name)).then(|| t.ticked(name));
    let moved = |at: &str| address::PARTS.iter().any(|part| touched(&format!("{at}.{part}")));
    CustomerEdit {
        expected_version: t.get("version").parse().ok(),
        name: text("name"),
        first_name: text("first_name"),
        last_name: text("last_name"),
        email: text("email"),
        emails: touched("emails").then(|| listed(t.get("emails"))),
        phone: text("phone"),
        phones: touched("phones").then(|| listed(t.get("phones"))),
        language: text("language"),
        company: text("company"),
        company_id: text("company_id"),
        company_email: text("company_email"),
        tax_id: text("tax_id"),
        vat_number: text("vat_number"),
        billing: moved("billing").then(|| address::typed(t, "billing")),
        delivery: moved("delivery").then(|| address::typed_or_none(t, "delivery")),
        shop: touched("shop").then(|| shop(t)),
        group: touched("group").then(|| group(t)),
        tags: touched("tags").then(|| listed(t.get("tags"))),
        marketing: ticked("marketing"),
        metadata: touched("metadata").then(|| metadata::read(t.get("metadata"))),
        number: text("number"),
        external_ids: None,
        active: ticked("active"),
        subscription: crate::dashboard::customers::life::how(t),
    }
}

/// Browsers end lines of a textarea with CR LF.
fn same_lines(text: &str) -> String {
    text.replace("\r\n", "\n").trim().to_owned()
}

/// Takes the other's value where the person chose it. Gives the fields that are to be left alone.
pub fn settle(t: &mut Typed) -> BTreeSet<String> {
    let theirs: Vec<String> =
        t.0.iter().filter(|(_, v)| v == "theirs").filter_map(|(k, _)| k.strip_prefix("choose.").map(str::to_owned)).collect();
    let mut leave = BTreeSet::new();
    for field in theirs {
        let value = t.text(&format!("theirs.{field}"));
        match field.as_str() {
            "shop" | "group" => drop(leave.insert(field)),
            "marketing" | "active" => {
                t.0.retain(|(key, _)| *key != field);
                if value == "yes" {
                    t.0.push((field, "on".to_owned()));
                }
            }
            other => match other.strip_prefix("metadata.") {
                Some(key) => {
                    let mut all = metadata::read(t.get("metadata"));
                    if value.is_empty() {
                        drop(all.remove(key))
                    } else {
                        drop(all.insert(key.to_owned(), value))
                    }
                    put(t, "metadata", metadata::printed(&all));
                }
                None => put(t, other, value),
            },
        }
    }
    leave
}

fn put(t: &mut Typed, name: &str, value: String) {
    t.0.retain(|(key, _)| key != name);
    t.0.push((name.to_owned(), value));
}

/// The input that a problem stands beside: places in a list of lines belong to the list.
pub fn placed(mut problem: Problem) -> Problem {
    for list in ["emails", "phones", "tags", "metadata"] {
        if problem.field.starts_with(&format!("{list}.")) {
            problem.field = list.to_owned();
        }
    }
    problem
}

const LANGUAGES: [(&str, &str); 34] = [
    ("ar", "العربية"),
    ("bg", "Български"),
    ("ca", "Català"),
    ("cs", "Čeština"),
    ("da", "Dansk"),
    ("de", "Deutsch"),
    ("el", "Ελληνικά"),
    ("en", "English"),
    ("en-GB", "English (UK)"),
    ("en-US", "English (US)"),
    ("es", "Español"),
    ("et", "Eesti"),
    ("fi", "Suomi"),
    ("fr", "Français"),
    ("he", "עברית"),
    ("hr", "Hrvatski"),
    ("hu", "Magyar"),
    ("it", "Italiano"),
    ("ja", "日本語"),
    ("ko", "한국어"),
    ("lt", "Lietuvių"),
    ("lv", "Latviešu"),
    ("nb", "Norsk"),
    ("nl", "Nederlands"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("pt-BR", "Português (Brasil)"),
    ("ro", "Română"),
    ("sk", "Slovenčina"),
    ("sl", "Slovenščina"),
    ("sv", "Svenska"),
    ("tr", "Türkçe"),
    ("uk", "Українська"),
    ("zh", "中文"),
];

/// What the form offers.
pub fn languages() -> Vec<(String, String)> {
    LANGUAGES.iter().map(|(code, name)| ((*code).to_owned(), (*name).to_owned())).collect()
}

/// A language by its own name; a code that is not known stays a code.
pub fn language_name(code: &str) -> String {
    LANGUAGES.iter().find(|(c, _)| *c == code).map_or_else(|| code.to_owned(), |(_, name)| (*name).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(pairs: &[(&str, &str)]) -> Typed {
        Typed(pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect())
    }

    #[test]
    fn only_what_was_touched_is_an_edit() {
        let was = typed(&[("company", "Acme"), ("emails", "a@b\nc@d"), ("marketing", "on"), ("active", "on")]);
        let now = typed(&[("company", "Acme & Co"), ("emails", "a@b\r\nc@d"), ("active", "on"), ("version", "7")]);
        let edit = edit(&now, &was, &BTreeSet::new());
        let wanted = CustomerEdit {
            expected_version: Some(7),
            company: Some("Acme & Co".into()),
            marketing: Some(false),
            ..CustomerEdit::default()
        };
        assert_eq!(edit, wanted);
    }

    #[test]
    fn what_is_chosen_of_the_other_takes_the_place_of_what_was_typed() {
        let mut t = typed(&[
            ("company", "Mine"),
            ("choose.company", "theirs"),
            ("theirs.company", "Theirs"),
            ("metadata", "a: 1\nb: 2"),
            ("choose.metadata.a", "theirs"),
            ("theirs.metadata.a", ""),
            ("choose.group", "theirs"),
            ("choose.phone", "yours"),
            ("theirs.phone", "1"),
            ("phone", "2"),
        ]);
        let leave = settle(&mut t);
        assert_eq!((t.get("company"), t.get("metadata"), t.get("phone")), ("Theirs", "b: 2", "2"));
        assert_eq!(leave, BTreeSet::from(["group".to_owned()]));
    }
}
