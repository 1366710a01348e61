//! Why somebody did not come in, and how it is answered.

use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::super::door::{Next, later, sign_in_form, too_many};
use crate::app::App;
use crate::look::Form;
use crate::oidc::Refusal;

/// Why somebody did not come in, and how it is answered.
pub(super) struct Failed {
    pub(super) status: StatusCode,
    pub(super) words: String,
    /// When to try again, in minutes.
    pub(super) wait: Option<i64>,
}

impl Failed {
    pub(super) fn of(refusal: &Refusal, name: &str) -> Self {
        tracing::warn!(reason = refusal.reason(), "the identity provider let nobody in");
        let status = match refusal {
            Refusal::Trouble(providers::oidc::Trouble::Code) | Refusal::Unfit(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Refusal::Trouble(_) => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self { status, words: refusal.words(name), wait: None }
    }

    pub(super) fn wait(minutes: i64) -> Self {
        Self { status: StatusCode::TOO_MANY_REQUESTS, words: too_many(minutes), wait: Some(minutes) }
    }

    pub(super) fn said(words: String) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, words, wait: None }
    }

    pub(super) fn form(&self) -> Form {
        let mut form = Form::default();
        form.fail("", &self.words);
        form
    }

    /// On the page of the sign-in, where the password is the other way.
    pub(super) fn at_the_door(&self, app: &App, headers: &HeaderMap, next: &Next) -> Response {
        self.timed(sign_in_form(app, headers, self.status, self.form(), next))
    }

    pub(super) fn timed(&self, response: Response) -> Response {
        match self.wait {
            Some(minutes) => later(response, minutes),
            None => response,
        }
    }
}
