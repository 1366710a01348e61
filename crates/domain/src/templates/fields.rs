//! The fields that a template may name, and their values for one customer.

use minijinja::Value;

/// Each field with what it says, as people read it beside the form.
pub const FIELDS: &[(&str, &str)] = &[
    ("customer.name", "what the customer is called"),
    ("customer.first_name", "first name"),
    ("customer.last_name", "last name"),
    ("customer.email", "e-mail address"),
    ("customer.phone", "phone"),
    ("customer.company", "organisation"),
    ("customer.number", "customer number"),
    ("customer.language", "language"),
    ("customer.city", "city of the billing address"),
    ("customer.country", "country of the billing address"),
    ("shop.name", "the shop"),
    ("shop.url", "where buyers find the shop"),
    ("merchant.name", "you"),
    ("refund.amount", "how much went back, in the mail about a refund"),
    ("refund.order", "the number of its order, in the mail about a refund"),
    ("retention.day", "the day from which data are erased, in the mail before it"),
];

/// Values of the fields. An empty one is empty text; a field that does not exist is an error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values(Vec<(&'static str, String)>);

impl Values {
    /// What a template is tried with before it is saved: every field has something in it.
    pub fn sample() -> Self {
        Self(FIELDS.iter().map(|(field, _)| (*field, "Ana".to_owned())).collect())
    }

    /// With this value of a field of [`FIELDS`].
    #[must_use]
    pub fn with(mut self, field: &'static str, value: impl Into<String>) -> Self {
        debug_assert!(FIELDS.iter().any(|(name, _)| *name == field), "{field}");
        self.0.push((field, value.into()));
        self
    }

    /// As the engine takes them: each noun of [`FIELDS`] with its fields.
    pub(super) fn context(&self) -> Value {
        let of = |noun: &str| {
            let fields =
                FIELDS.iter().filter_map(|(path, _)| path.split_once('.').filter(|(n, _)| *n == noun).map(|(_, field)| (*path, field)));
            fields.map(|(path, field)| (field, Value::from(self.get(path)))).collect::<Value>()
        };
        ["customer", "shop", "merchant", "refund", "retention"].into_iter().map(|noun| (noun, of(noun))).collect()
    }

    fn get(&self, path: &str) -> &str {
        self.0.iter().rev().find(|(field, _)| *field == path).map_or("", |(_, value)| value)
    }
}
