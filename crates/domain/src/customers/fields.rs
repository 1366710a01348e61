//! A customer's fields as flat names and values: what the timeline keeps, what two editors are shown side by side, what an undo compares.

use std::collections::BTreeMap;

use super::model::{Customer, CustomerEdit, NewCustomer};
use crate::kit::Address;

/// Field names (paths as in the API) with their values as text; empty means absent.
pub(super) type Flat = BTreeMap<String, String>;

/// All fields of a customer but its note and dates.
pub(super) fn flat(c: &NewCustomer) -> Flat {
    let mut all = Flat::new();
    let mut put = |field: &str, value: &str| {
        all.insert(field.to_owned(), value.to_owned());
    };
    for (field, value) in [
        ("name", &c.name),
        ("first_name", &c.first_name),
        ("last_name", &c.last_name),
        ("email", &c.email),
        ("phone", &c.phone),
        ("language", &c.language),
        ("company", &c.company),
        ("company_id", &c.company_id),
        ("company_email", &c.company_email),
        ("tax_id", &c.tax_id),
        ("vat_number", &c.vat_number),
    ] {
        put(field, value);
    }
    put("number", c.number.as_deref().unwrap_or_default());
    put("shop", c.shop.as_ref().map_or("", |s| s.as_str()));
    put("group", c.group.as_ref().map_or("", |g| g.as_str()));
    put("marketing", if c.marketing { "yes" } else { "" });
    put("active", if c.active { "yes" } else { "no" });
    for (field, many) in [("emails", &c.emails), ("phones", &c.phones), ("tags", &c.tags)] {
        put(field, &many.join(", "));
    }
    let ids: Vec<String> = c.external_ids.iter().map(|e| format!("{}: {}", e.system, e.id)).collect();
    put("external_ids", &ids.join(", "));
    let none = Address::default();
    for (at, address) in [("billing", &c.billing), ("delivery", c.delivery.as_ref().unwrap_or(&none))] {
        for (part, value) in parts(address) {
            put(&format!("{at}.{part}"), value);
        }
    }
    for (key, value) in &c.metadata {
        put(&format!("metadata.{key}"), value);
    }
    all
}

fn parts(a: &Address) -> [(&'static str, &str); 6] {
    [("line1", &a.line1), ("line2", &a.line2), ("city", &a.city), ("state", &a.state), ("zip", &a.zip), ("country", &a.country)]
}

/// What differs: field, old, new.
pub(super) fn diff(old: &Flat, new: &Flat) -> Vec<(String, String, String)> {
    let mut out = Vec::new();
    let fields: std::collections::BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for field in fields {
        let (a, b) = (old.get(field).map_or("", String::as_str), new.get(field).map_or("", String::as_str));
        if a != b {
            out.push((field.clone(), a.to_owned(), b.to_owned()));
        }
    }
    out
}

/// The customer as one would make it anew: where an edit starts from.
pub(super) fn of(c: &Customer) -> NewCustomer {
    NewCustomer {
        name: c.name.clone(),
        first_name: c.first_name.clone(),
        last_name: c.last_name.clone(),
        email: c.email.clone(),
        emails: c.emails.iter().map(|e| e.value.clone()).collect(),
        phone: c.phone.clone(),
        phones: c.phones.iter().map(|e| e.value.clone()).collect(),
        language: c.language.clone(),
        company: c.company.clone(),
        company_id: c.company_id.clone(),
        company_email: c.company_email.clone(),
        tax_id: c.tax_id.clone(),
        vat_number: c.vat_number.clone(),
        billing: c.billing.clone(),
        delivery: (!c.delivery_same).then(|| c.delivery.clone()),
        shop: c.shop.as_ref().map(|s| s.id.clone()),
        group: c.group.as_ref().map(|g| g.id.clone()),
        tags: c.tags.iter().map(|t| t.name.clone()).collect(),
        note: None,
        marketing: c.marketing,
        metadata: c.metadata.clone(),
        number: Some(c.number.clone()),
        external_ids: c.external_ids.clone(),
        created_at: None,
        active: c.archived_at.is_none(),
        import_id: c.import_id.clone(),
    }
}

/// The customer as the edit wants it.
pub(super) fn apply(mut c: NewCustomer, edit: &CustomerEdit) -> NewCustomer {
    fn set<T: Clone>(field: &mut T, wanted: &Option<T>) {
        if let Some(wanted) = wanted {
            field.clone_from(wanted);
        }
    }
    for (field, wanted) in [
        (&mut c.name, &edit.name),
        (&mut c.first_name, &edit.first_name),
        (&mut c.last_name, &edit.last_name),
        (&mut c.email, &edit.email),
        (&mut c.phone, &edit.phone),
        (&mut c.language, &edit.language),
        (&mut c.company, &edit.company),
        (&mut c.company_id, &edit.company_id),
        (&mut c.company_email, &edit.company_email),
        (&mut c.tax_id, &edit.tax_id),
        (&mut c.vat_number, &edit.vat_number),
    ] {
        set(field, wanted);
    }
    set(&mut c.emails, &edit.emails);
    set(&mut c.phones, &edit.phones);
    set(&mut c.billing, &edit.billing);
    set(&mut c.delivery, &edit.delivery);
    set(&mut c.shop, &edit.shop);
    set(&mut c.group, &edit.group);
    set(&mut c.tags, &edit.tags);
    set(&mut c.marketing, &edit.marketing);
    set(&mut c.metadata, &edit.metadata);
    set(&mut c.external_ids, &edit.external_ids);
    set(&mut c.active, &edit.active);
    if let Some(number) = edit.number.as_ref().filter(|n| !n.trim().is_empty()) {
        c.number = Some(number.clone());
    }
    c
}

/// The field a problem speaks of, without the place in it: `billing.country` and `emails.2` give `billing`, `emails`.
pub(super) fn root(field: &str) -> &str {
    field.split('.').next().unwrap_or(field)
}
