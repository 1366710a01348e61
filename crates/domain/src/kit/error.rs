//! Errors, named by what the caller can do next. The rest is internal, logged once at the door, and told to nobody.

use super::actor::Right;

/// The result of a verb.
pub type Result<T> = std::result::Result<T, Error>;

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Problem {
    /// Path of the field: `email`, `billing.country`, `lines.0.quantity`.
    pub field: String,
    /// For programs: `required`, `too_long`, `invalid`, `taken`, `unknown`.
    pub code: &'static str,
    /// For people: what to do.
    pub message: String,
}

/// All that is wrong with an input, so that one answer tells everything.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Notes one.
    pub fn add(&mut self, field: impl Into<String>, code: &'static str, message: impl Into<String>) {
        self.0.push(Problem { field: field.into(), code, message: message.into() });
    }

    /// One alone, as an error.
    pub fn one(field: impl Into<String>, code: &'static str, message: impl Into<String>) -> Error {
        let mut all = Self::default();
        all.add(field, code, message);
        Error::Invalid(all)
    }

    /// Goes on when nothing was noted.
    ///
    /// # Errors
    /// [`Error::Invalid`] with all of them.
    pub fn check(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Invalid(self)) }
    }
}

/// Something an error points to: what keeps a customer from being deleted.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Link {
    /// `order`, `payment`, …
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// What a person calls it: "Order 1042".
    pub label: String,
}

/// One field that somebody else changed meanwhile.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct StaleField {
    /// Path of the field.
    pub field: String,
    /// What it is now.
    pub theirs: String,
    /// What this edit wanted.
    pub yours: String,
}

/// The second of two editors learns what changed (SPEC 3.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stale {
    /// The version to edit now.
    pub version: i64,
    /// Who changed it last.
    pub by: String,
    /// When, microseconds UTC.
    pub at: i64,
    /// Field by field.
    pub fields: Vec<StaleField>,
}

/// Why a verb refused or failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// No such thing here; also what belongs to another merchant. (404)
    #[error("no such {0}")]
    NotFound(&'static str),
    /// The actor lacks this right. (403)
    #[error("you need the right to {} for this", .0.words())]
    Forbidden(Right),
    /// Field errors. (422)
    #[error("some fields need attention")]
    Invalid(Problems),
    /// The state of things does not allow it. (409)
    #[error("{message}")]
    Conflict {
        /// For programs: `customer_inactive`, `linked`, `live_subscription`, …
        code: &'static str,
        /// For people.
        message: String,
        /// What stands in the way.
        links: Vec<Link>,
    },
    /// Somebody else was faster. (409, `stale`)
    #[error("somebody else changed this meanwhile")]
    Stale(Box<Stale>),
    /// The database said no. (503, 507 or 500, by kind)
    #[error(transparent)]
    Store(#[from] store::Error),
    /// A fault of ours. (500)
    #[error("internal: {0}")]
    Internal(String),
}

impl Error {
    /// A conflict without links.
    pub fn conflict(code: &'static str, message: impl Into<String>) -> Self {
        Self::Conflict { code, message: message.into(), links: Vec::new() }
    }

    /// For the log: the kind, the code and which fields, and nothing that anybody typed. What a conflict says to people may name somebody.
    pub fn logged(&self) -> String {
        match self {
            Self::Invalid(problems) => {
                let fields: Vec<String> = problems.0.iter().map(|p| format!("{} {}", p.field, p.code)).collect();
                format!("refused fields: {}", fields.join(", "))
            }
            Self::Conflict { code, .. } => format!("conflict: {code}"),
            Self::NotFound(_) | Self::Forbidden(_) | Self::Stale(_) | Self::Store(_) | Self::Internal(_) => self.to_string(),
        }
    }

    /// A name that the table's unique key refused, as the error of a field: the verb looked before, somebody else was faster.
    #[must_use]
    pub fn or_taken(self, table: &str, field: &str, message: &str) -> Self {
        match self {
            Self::Store(store::Error::Unique { table: ref t, .. }) if t == table => Problems::one(field, "taken", message),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_logged_names_codes_and_fields_and_nobody() {
        let taken = Error::conflict("blocked", "ana@example.es is blocked since Monday.");
        assert_eq!(taken.logged(), "conflict: blocked");
        let typed = Problems::one("billing.country", "unknown", "“Anaruizland” is no country.");
        assert_eq!(typed.logged(), "refused fields: billing.country unknown");
        let stale = Stale { version: 3, by: "Ana Ruiz".into(), at: 0, fields: Vec::new() };
        assert!(!Error::Stale(Box::new(stale)).logged().contains("Ana"));
        assert_eq!(Error::Store(store::Error::Busy).logged(), "the database is busy");
    }
}
