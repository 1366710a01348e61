//! Who a new customer may be already (SPEC 3.5): pointed out, never decided.

use domain::customers::list::{Indexes, named_like};
use domain::customers::{Duplicate, Like, display_name, likely_duplicates};
use domain::kit::Ctx;
use store::Tx;

use crate::dashboard::Typed;

/// A likely duplicate as the page shows it.
#[derive(Clone, Debug)]
pub struct Alike {
    pub href: String,
    pub name: String,
    pub email: String,
    /// "same e-mail, same phone"
    pub reasons: String,
}

/// Looks by what was typed so far.
pub fn find(tx: &mut Tx, ctx: &Ctx, indexes: &Indexes, t: &Typed) -> domain::Result<Vec<Alike>> {
    // Names only: an e-mail address alone must not make everybody of its domain a namesake.
    let name = display_name(t.get("name").trim(), t.get("first_name").trim(), t.get("last_name").trim(), "", "", "");
    let name = if name.starts_with("Customer ") { String::new() } else { name };
    let like = Like {
        email: t.text("email"),
        phone: t.text("phone"),
        country: t.text("billing.country"),
        zip: t.text("billing.zip"),
        company: t.text("company"),
        first_name: t.text("first_name"),
        last_name: t.text("last_name"),
        street: t.text("billing.line1"),
        city: t.text("billing.city"),
        tax_id: t.text("tax_id"),
        vat_number: t.text("vat_number"),
        name,
    };
    let named = named_like(tx, ctx, indexes, &like.name)?;
    Ok(likely_duplicates(tx, ctx, &like, &named)?.into_iter().map(shown).collect())
}

fn shown(d: Duplicate) -> Alike {
    Alike { href: format!("/customers/{}", d.id), reasons: reasons(&d), name: d.display_name, email: d.email }
}

/// What is the same, or how they are alike, in words.
pub fn reasons(d: &Duplicate) -> String {
    let word = |reason: &&str| match *reason {
        "email" => "same e-mail",
        "phone" => "same phone",
        "name" => "same name",
        "tax_id" => "same tax id",
        "company" => "same company",
        _ => "alike",
    };
    match d.reasons[..] {
        ["alike"] => d.why.clone(),
        _ => d.reasons.iter().map(word).collect::<Vec<_>>().join(", "),
    }
}
