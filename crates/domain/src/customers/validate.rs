//! What a customer's fields must be (SPEC 3.2): trimmed, measured, recognised. All problems are noted at once, by field.
//!
//! Pure: what only the database knows (does the group exist, is the number taken) is asked by the verbs.

use std::collections::{BTreeMap, HashSet};

use super::model::{ExternalId, NewCustomer, Rules};
use crate::files::countries;
use crate::kit::{Address, Email, ImportId, Phone, Problems, Result, as_one_line, clean, clean_opt, name_key, one_line};
use crate::merchants::Settings;

/// At most so many further e-mail addresses, phones, ids in other systems.
const MANY: usize = 20;
/// At most so many digits in a phone: 15 by E.164, and a few of an extension.
const DIGITS: usize = 20;
/// At most so many tags.
const TAGS: usize = 100;

/// A customer that was looked at: cleaned, with the keys by which its contacts are found. Only [`ready`] and [`look`] make one.
#[derive(Clone, Debug)]
pub struct Ready {
    pub(super) new: NewCustomer,
    pub(super) email_key: String,
    pub(super) phone_key: String,
    pub(super) emails: Vec<Email>,
    pub(super) phones: Vec<Phone>,
}

impl Ready {
    /// The cleaned fields.
    pub fn fields(&self) -> &NewCustomer {
        &self.new
    }

    /// By what the primary e-mail address is found; may be empty.
    pub fn email_key(&self) -> &str {
        &self.email_key
    }

    /// The same, made by an import.
    pub(crate) fn of_import(mut self, import: &ImportId) -> Self {
        self.new.import_id = Some(import.clone());
        self
    }
}

/// A customer that may be made. Pure and free of the database, so an import can do it on other threads.
///
/// # Errors
/// [`crate::Error::Invalid`] with every problem.
pub fn ready(new: NewCustomer, rules: Rules, settings: &Settings, now: i64) -> Result<Ready> {
    let (ready, problems) = look(new, rules, settings, now);
    problems.check()?;
    Ok(ready)
}

/// The cleaned customer and all that is wrong with it: an edit drops the problems of fields that it leaves alone.
pub(super) fn look(new: NewCustomer, rules: Rules, settings: &Settings, now: i64) -> (Ready, Problems) {
    let mut p = Problems::default();
    let mut new = texts(new, rules, &mut p);
    required(&new, rules, &mut p);
    new.billing = address(&mut p, "billing", &new.billing);
    new.delivery = new.delivery.as_ref().map(|a| address(&mut p, "delivery", a)).filter(|a| !a.is_empty());
    let email = email(&mut p, "email", &new.email);
    let emails = further_emails(&mut p, &new.emails, &email);
    let home = if new.billing.country.len() == 2 { new.billing.country.clone() } else { settings.country.clone() };
    let phone = phone(&mut p, "phone", &new.phone, &home, rules);
    let phones = further_phones(&mut p, &new.phones, &phone, &home, rules);
    new.company_email = self::email(&mut p, "company_email", &new.company_email).typed;
    language(&mut p, &mut new.language);
    new.tags = tags(&mut p, &new.tags);
    new.metadata = metadata(&mut p, &new.metadata);
    new.external_ids = external_ids(&mut p, &new.external_ids);
    if new.created_at.is_some_and(|at| at > now) {
        p.add("created_at", "invalid", "Use a moment that is not in the future.");
    }
    new.email = email.typed;
    new.phone = phone.typed;
    new.emails = emails.iter().map(|e| e.typed.clone()).collect();
    new.phones = phones.iter().map(|e| e.typed.clone()).collect();
    (Ready { new, email_key: email.key, phone_key: phone.key, emails, phones }, p)
}

fn texts(new: NewCustomer, rules: Rules, p: &mut Problems) -> NewCustomer {
    // A person is asked for one line; what a file says in several is put into one.
    let name = |p: &mut Problems, field: &str, text: &str, max: usize| match rules {
        Rules::Normal => one_line(p, field, text, max),
        Rules::Import => clean(p, field, &as_one_line(text), max),
    };
    NewCustomer {
        name: name(p, "name", &new.name, 200),
        first_name: name(p, "first_name", &new.first_name, 100),
        last_name: name(p, "last_name", &new.last_name, 100),
        company: name(p, "company", &new.company, 200),
        company_id: clean(p, "company_id", &new.company_id, 100),
        tax_id: clean(p, "tax_id", &new.tax_id, 100),
        vat_number: clean(p, "vat_number", &new.vat_number, 100),
        note: clean_opt(p, "note", new.note.as_deref(), 10_000),
        number: clean_opt(p, "number", new.number.as_deref(), 40),
        ..new
    }
}

/// SPEC 3.2: only the e-mail address; an import may lack it when something else says who it is.
fn required(new: &NewCustomer, rules: Rules, p: &mut Problems) {
    if !new.email.trim().is_empty() {
        return;
    }
    let known = [&new.name, &new.first_name, &new.last_name, &new.company, &new.phone].into_iter().any(|t| !t.trim().is_empty());
    match rules {
        Rules::Normal => p.add("email", "required", "Enter an e-mail address."),
        Rules::Import if known || new.number.is_some() || !new.external_ids.is_empty() => {}
        Rules::Import => p.add("email", "required", "Give an e-mail address, a customer number, an id or a name."),
    }
}

/// Reads an address of mail; blank is blank.
fn email(p: &mut Problems, field: &str, text: &str) -> Email {
    let typed = text.trim();
    Email::parse(typed).unwrap_or_else(|| {
        if !typed.is_empty() {
            p.add(field, "invalid", "Enter an e-mail address like ana@example.com.");
        }
        Email { typed: typed.to_owned(), key: String::new() }
    })
}

fn further_emails(p: &mut Problems, texts: &[String], primary: &Email) -> Vec<Email> {
    let mut seen = HashSet::from([primary.key.clone()]);
    let given = texts.iter().enumerate().filter(|(_, t)| !t.trim().is_empty());
    let mut all: Vec<Email> = given.map(|(i, t)| email(p, &format!("emails.{i}"), t)).collect();
    all.retain(|e| seen.insert(e.key.clone()));
    if all.len() > MANY {
        p.add("emails", "too_many", format!("Keep at most {MANY} further e-mail addresses."));
    }
    all
}

fn phone(p: &mut Problems, field: &str, text: &str, country: &str, rules: Rules) -> Phone {
    let phone = Phone::typed(&clean(p, field, text, 50), country);
    if phone.key.is_empty() && !phone.typed.is_empty() && rules == Rules::Normal {
        p.add(field, "invalid", "Enter a phone number with digits.");
    } else if phone.key.len() > DIGITS && rules == Rules::Normal {
        p.add(field, "invalid", format!("Enter a phone number: it has at most {DIGITS} digits."));
    }
    phone
}

fn further_phones(p: &mut Problems, texts: &[String], primary: &Phone, country: &str, rules: Rules) -> Vec<Phone> {
    let mut seen = HashSet::from([(primary.key.clone(), String::new())]);
    let given = texts.iter().enumerate().filter(|(_, t)| !t.trim().is_empty());
    let mut all: Vec<Phone> = given.map(|(i, t)| phone(p, &format!("phones.{i}"), t, country, rules)).collect();
    all.retain(|e| seen.insert((e.key.clone(), if e.key.is_empty() { e.typed.clone() } else { String::new() })));
    if all.len() > MANY {
        p.add("phones", "too_many", format!("Keep at most {MANY} further phones."));
    }
    all
}

/// BCP 47 in shape: letters, then parts of letters and digits.
fn language(p: &mut Problems, text: &mut String) {
    let typed = text.trim();
    let mut parts = typed.split('-');
    let first = parts.next().is_some_and(|f| (2..=8).contains(&f.len()) && f.bytes().all(|b| b.is_ascii_alphabetic()));
    let rest = parts.all(|r| (1..=8).contains(&r.len()) && r.bytes().all(|b| b.is_ascii_alphanumeric()));
    let fits = first && rest && typed.len() <= 35;
    if !typed.is_empty() && !fits {
        p.add("language", "invalid", "Use a language code like es or en-GB.");
    }
    *text = typed.to_owned();
}

/// Cleans an address; `at` is its path: `billing`, `delivery`.
pub(crate) fn address(p: &mut Problems, at: &str, a: &Address) -> Address {
    let typed = clean(p, &format!("{at}.country"), &a.country, 60);
    let country = country(&typed).unwrap_or_else(|| {
        p.add(format!("{at}.country"), "unknown", "Choose a country, or give its two letters.");
        typed
    });
    Address {
        line1: clean(p, &format!("{at}.line1"), &a.line1, 200),
        line2: clean(p, &format!("{at}.line2"), &a.line2, 200),
        city: clean(p, &format!("{at}.city"), &a.city, 100),
        state: clean(p, &format!("{at}.state"), &a.state, 100),
        zip: clean(p, &format!("{at}.zip"), &a.zip, 20),
        country,
    }
}

/// ISO 3166 alpha-2 of the letters or the English name; blank is blank.
fn country(typed: &str) -> Option<String> {
    if typed.is_empty() { Some(String::new()) } else { countries::code_of(typed).map(str::to_owned) }
}

/// Names of tags: trimmed, each once (case does not matter), none blank.
pub(super) fn tags(p: &mut Problems, names: &[String]) -> Vec<String> {
    let mut seen = HashSet::new();
    let mut all: Vec<String> = names.iter().map(|n| clean(p, "tags", n, 50)).filter(|n| !n.is_empty()).collect();
    all.retain(|n| seen.insert(name_key(n)));
    if all.iter().any(|n| n.contains([',', '\n'])) {
        p.add("tags", "invalid", "A tag cannot hold a comma.");
    }
    if all.len() > TAGS {
        p.add("tags", "too_many", format!("Use at most {TAGS} tags."));
    }
    all
}

fn metadata(p: &mut Problems, all: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    if all.len() > 50 {
        p.add("metadata", "too_many", "Use at most 50 keys.");
    }
    let mut out = BTreeMap::new();
    for (key, value) in all {
        let field = format!("metadata.{key}");
        let key = clean(p, "metadata", key, 40);
        let value = clean(p, &field, value, 500);
        if key.is_empty() {
            p.add("metadata", "required", "Give every value a key.");
        } else {
            out.insert(key, value);
        }
    }
    out
}

fn external_ids(p: &mut Problems, all: &[ExternalId]) -> Vec<ExternalId> {
    let mut out: Vec<ExternalId> = Vec::new();
    for (i, e) in all.iter().enumerate() {
        let field = format!("external_ids.{i}");
        let cleaned = ExternalId { system: clean(p, &field, &e.system, 40).to_lowercase(), id: clean(p, &field, &e.id, 200) };
        if cleaned.system.is_empty() || cleaned.id.is_empty() {
            p.add(field, "required", "Give both the system and the id there.");
        } else if !out.contains(&cleaned) {
            out.push(cleaned);
        }
    }
    if out.len() > MANY {
        p.add("external_ids", "too_many", format!("Keep at most {MANY} ids."));
    }
    out.sort();
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kit::{Currency, IdSource, MerchantId, Zone};

    fn settings() -> Settings {
        Settings {
            id: MerchantId::of(&IdSource::System.next(0)),
            name: String::new(),
            currency: Currency::of("EUR").unwrap(),
            zone: Zone::utc(),
            zone_name: "UTC".into(),
            country: "FR".into(),
            active_days: 60,
            rule_version: 1,
            demo: false,
            created_at: 0,
        }
    }

    fn problems(new: NewCustomer, rules: Rules) -> Vec<String> {
        look(new, rules, &settings(), 10).1.0.into_iter().map(|p| p.field).collect()
    }

    #[test]
    fn one_answer_tells_everything_that_is_wrong() {
        let bad = NewCustomer {
            email: "nobody".into(),
            phone: "call me".into(),
            language: "english!".into(),
            billing: Address { country: "Atlantis".into(), ..Address::default() },
            metadata: [("k".repeat(41), String::new())].into(),
            tags: vec!["a,b".into()],
            created_at: Some(11),
            ..NewCustomer::default()
        };
        assert_eq!(problems(bad, Rules::Normal), ["billing.country", "email", "phone", "language", "tags", "metadata", "created_at"]);
        assert_eq!(problems(NewCustomer::default(), Rules::Normal), ["email"]);
        assert_eq!(problems(NewCustomer { number: Some("17850".into()), ..NewCustomer::default() }, Rules::Import), Vec::<String>::new());
        assert_eq!(problems(NewCustomer::default(), Rules::Import), ["email"]);
    }

    #[test]
    fn a_name_has_one_line_and_a_phone_the_digits_of_one() {
        let typed = NewCustomer {
            name: "Ana\nRuiz".into(),
            company: "A\r\nB".into(),
            email: "a@b".into(),
            phone: "6".repeat(42),
            ..NewCustomer::default()
        };
        assert_eq!(problems(typed.clone(), Rules::Normal), ["name", "company", "phone"]);
        let (read, wrong) = look(typed, Rules::Import, &settings(), 10);
        assert_eq!((read.new.name.as_str(), read.new.company.as_str(), wrong.0.len()), ("Ana Ruiz", "A B", 0));
    }

    #[test]
    fn contacts_are_kept_once_and_found_by_their_keys() {
        let new = NewCustomer {
            email: " Ana@Example.com ".into(),
            emails: vec!["ana@example.COM".into(), "b@c".into(), " ".into(), "B@C".into()],
            phone: "06 12 34 56 78".into(),
            phones: vec!["+33 6 12 34 56 78".into(), "+34 612345678".into()],
            ..NewCustomer::default()
        };
        let ready = ready(new, Rules::Normal, &settings(), 10).unwrap();
        assert_eq!((ready.new.email.as_str(), ready.email_key()), ("Ana@Example.com", "ana@example.com"));
        assert_eq!(ready.new.emails, ["b@c"]);
        assert_eq!((ready.phone_key.as_str(), ready.phones.len()), ("33612345678", 1));
    }
}
