//! The engine: checks a text when it is saved, and writes a mail for one customer.
//!
//! Nothing is read from anywhere but the values; a field that does not exist is an error; how much work and how much text one mail may be is limited.

use std::io::{self, Write};

use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value};

use super::fields::{FIELDS, Values};
use super::lint::lint;
use super::{LONGEST_SUBJECT, Template, Version};

/// Steps that one text may take.
const FUEL: u64 = 20_000;
/// The longest mail, bytes.
const LARGEST: usize = 200_000;

/// A mail as it is written for one customer.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Written {
    /// One line without control characters.
    pub subject: String,
    /// Plain text.
    pub body: String,
}

/// A subject and a text, compiled once for many customers.
#[derive(Debug)]
pub struct Ready<'a>(Environment<'a>);

impl<'a> Ready<'a> {
    /// Compiles them.
    ///
    /// # Errors
    /// In words, what is wrong.
    pub fn of(subject: &'a str, body: &'a str) -> Result<Self, String> {
        let mut env = environment();
        env.add_template("subject", subject).map_err(|e| words(&e))?;
        env.add_template("body", body).map_err(|e| words(&e))?;
        Ok(Self(env))
    }

    /// Writes the mail of one customer.
    ///
    /// # Errors
    /// In words, why there is none: a field that does not exist, too much work or text, an empty subject.
    pub fn write(&self, values: &Values) -> Result<Written, String> {
        let context = values.context();
        let subject = one_line(&self.text("subject", &context)?);
        let body = self.text("body", &context)?;
        let body: String = body.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
        match () {
            () if subject.is_empty() => Err("The subject comes out empty.".to_owned()),
            () if body.trim().is_empty() => Err("The text comes out empty.".to_owned()),
            () => Ok(Written { subject, body }),
        }
    }

    fn text(&self, name: &str, context: &Value) -> Result<String, String> {
        let template = self.0.get_template(name).map_err(|e| words(&e))?;
        let mut out = Limited(Vec::new());
        template.render_captured_to(context, &mut out).map_err(|e| words(&e))?;
        String::from_utf8(out.0).map_err(|e| e.to_string())
    }
}

impl<'a> TryFrom<&'a Template> for Ready<'a> {
    type Error = String;
    fn try_from(t: &'a Template) -> Result<Self, String> {
        Self::of(&t.subject, &t.body)
    }
}

impl<'a> TryFrom<&'a Version> for Ready<'a> {
    type Error = String;
    fn try_from(v: &'a Version) -> Result<Self, String> {
        Self::of(&v.subject, &v.body)
    }
}

/// Goes on when the text can be rendered: it compiles, names fields that exist in every branch, and ends.
///
/// # Errors
/// In words, what is wrong and in which line.
pub fn check(text: &str) -> Result<(), String> {
    lint(text)?;
    let env = environment();
    let template = env.template_from_str(text).map_err(|e| words(&e))?;
    for name in template.undeclared_variables(true) {
        if !FIELDS.iter().any(|(field, _)| *field == name) {
            return Err(format!("There is no field {{{{ {name} }}}}."));
        }
    }
    for values in [Values::sample(), Values::default()] {
        template.render_captured_to(values.context(), Limited(Vec::new())).map_err(|e| words(&e))?;
    }
    Ok(())
}

fn environment<'a>() -> Environment<'a> {
    let mut env = Environment::empty();
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_fuel(Some(FUEL));
    env.set_recursion_limit(50);
    env.add_filter("upper", |text: String| text.to_uppercase());
    env.add_filter("lower", |text: String| text.to_lowercase());
    env.add_filter("trim", |text: String| text.trim().to_owned());
    // What is empty counts as absent: `{{ customer.first_name|default("there") }}`.
    env.add_filter("default", |text: String, other: String| if text.trim().is_empty() { other } else { text });
    env
}

/// One line: what breaks lines or hides in them is a blank, and it is not longer than a subject may be.
fn one_line(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { ' ' } else { c }).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_SUBJECT).collect()
}

fn words(error: &Error) -> String {
    let line = error.line().filter(|line| *line > 0).map_or_else(String::new, |line| format!("Line {line}: "));
    let why = match error.kind() {
        ErrorKind::OutOfFuel => "this takes too many steps".to_owned(),
        ErrorKind::WriteFailure => "the mail becomes too long".to_owned(),
        ErrorKind::UnknownFilter => format!("{}; use upper, lower, trim or default", error.detail().unwrap_or("unknown filter")),
        kind => error.detail().map_or_else(|| kind.to_string(), str::to_owned),
    };
    format!("{line}{why}.")
}

/// Takes so much and no more.
struct Limited(Vec<u8>);

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LARGEST {
            return Err(io::Error::other("too long"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
