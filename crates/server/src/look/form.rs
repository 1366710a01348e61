//! The state of a form between two looks at it: what was typed, and what is wrong with it. A refused form is shown
//! again with all its values (422). Passwords are never shown again: their macro does not read values.

/// One thing to put right. `field` is the input's name; empty when the whole form is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    pub field: String,
    /// Says what to do, in plain words.
    pub message: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Form {
    values: Vec<(String, String)>,
    pub errors: Vec<FieldError>,
}

impl Form {
    /// A form that shows these values: what a body had, or what is stored.
    pub fn of<K: Into<String>, V: Into<String>>(values: impl IntoIterator<Item = (K, V)>) -> Self {
        let values = values.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self { values, errors: Vec::new() }
    }

    /// Adds a value; a name may have several (checkboxes).
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.values.push((name.into(), value.into()));
    }

    /// Notes what is wrong with a field (`""`: with the whole).
    pub fn fail(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.errors.push(FieldError { field: field.into(), message: message.into() });
    }

    /// The first value of a name, or nothing typed.
    pub fn value(&self, name: &str) -> &str {
        self.values.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// Whether a name has any value, an empty one too.
    pub fn has(&self, name: &str) -> bool {
        self.values.iter().any(|(key, _)| key == name)
    }

    /// Whether a name has this value: a ticked box, a chosen option.
    pub fn is(&self, name: &str, value: &str) -> bool {
        self.values.iter().any(|(key, had)| key == name && had == value)
    }

    /// The first error of a field.
    pub fn error(&self, name: &str) -> Option<&str> {
        self.errors.iter().find(|error| error.field == name).map(|error| error.message.as_str())
    }

    pub fn has_errors(&self) -> bool {
        !self.errors.is_empty()
    }

    /// The title of the summary of errors.
    pub fn headline(&self) -> String {
        match self.errors.len() {
            1 => "One thing to put right".to_owned(),
            n => format!("{n} things to put right"),
        }
    }
}

/// The ids that `aria-describedby` of an input names: its hint and its error, those that are there.
pub fn described_by(form: &Form, name: &str, hint: &str) -> String {
    let hint = (!hint.is_empty()).then(|| format!("f-{name}-hint"));
    let error = form.error(name).map(|_| format!("f-{name}-error"));
    [hint, error].into_iter().flatten().collect::<Vec<_>>().join(" ")
}
