//! What a form sent, and how a verb's refusal comes back beside its fields.

use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use domain::Error;
use domain::kit::{Ctx, EventId, Money, Problems, typed_number};
use domain::replies::{self, Reply};
use store::Tx;

use super::PageError;
use crate::http::Who;
use crate::look::Form;

/// The pairs of a form in their order; a name may come several times.
#[derive(Clone, Debug, Default)]
pub struct Typed(pub Vec<(String, String)>);

impl<S: Send + Sync> FromRequest<S> for Typed {
    type Rejection = Response;
    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        let read = axum::Form::<Vec<(String, String)>>::from_request(request, state).await;
        read.map(|axum::Form(pairs)| Self(pairs)).map_err(IntoResponse::into_response)
    }
}

impl Typed {
    /// The first value of a name; empty when it was not sent.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// The same, owned: for closures that go to the database.
    pub fn text(&self, name: &str) -> String {
        self.get(name).to_owned()
    }

    /// All values of a name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Was a box of this name ticked?
    pub fn ticked(&self, name: &str) -> bool {
        self.0.iter().any(|(key, _)| key == name)
    }

    /// The field `amount`, in the currency of the example that is named when it is none.
    ///
    /// # Errors
    /// A field error for `amount`.
    pub fn amount(&self, example: Money) -> domain::Result<Money> {
        Money::typed(self.get("amount"), example.currency)
            .ok_or_else(|| Problems::one("amount", "invalid", wrong_amount(self.get("amount"), example)))
    }

    /// Does what the form asks for, however often it is pressed: the second press gets the first answer. In a write transaction; `path` is
    /// where the form was sent.
    pub fn once(&self, tx: &mut Tx, ctx: &Ctx, path: &str, work: impl FnOnce(&mut Tx) -> domain::Result<Reply>) -> domain::Result<Reply> {
        let key = Some(self.get("once")).filter(|once| !once.is_empty());
        let request = replies::fingerprint("POST", path, format!("{:?}", self.0).as_bytes());
        replies::once(tx, ctx, key, &request, work)
    }

    /// The form as it was typed, to be shown again.
    pub fn form(&self) -> Form {
        Form::of(self.0.iter().cloned())
    }
}

/// What to type instead of an amount that is none, or that can be read in two ways.
pub fn wrong_amount(text: &str, example: Money) -> String {
    match typed_number(text).is_none() && typed_number(&text.replacen(',', ".", 1)).is_some() {
        true => format!("“{}” can be read in two ways. Type it without parting thousands, such as {}.", text.trim(), example.plain()),
        false => format!("Type an amount such as {}.", example.plain()),
    }
}

/// What a form hides so that pressing it twice is once ([`Typed::once`]): the same again when it comes back with errors.
pub fn once(form: &Form, who: &Who) -> String {
    let had = form.value("once");
    if had.is_empty() { who.ctx.id::<EventId>().to_string() } else { had.to_owned() }
}

/// Puts a refusal into the form: field errors beside their fields (422), a conflict above them (409). What a form cannot mend stays an error.
///
/// # Errors
/// The error itself, when it is of neither kind.
pub fn refused(form: &mut Form, error: Error) -> Result<StatusCode, PageError> {
    match error {
        Error::Invalid(problems) => {
            for problem in problems.0 {
                form.fail(problem.field, problem.message);
            }
            Ok(StatusCode::UNPROCESSABLE_ENTITY)
        }
        Error::Conflict { message, .. } => {
            form.fail("", message);
            Ok(StatusCode::CONFLICT)
        }
        other => Err(other.into()),
    }
}
