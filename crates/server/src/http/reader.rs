//! Who reads the page that is being made: the one place that decides how dates and numbers are written (LOOK). The person's own setting, else what the
//! browser asks for; nobody in particular for programs, files and whoever asks for nothing.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::Response;
use domain::kit::{Locale, within};
use domain::staff::SignedIn;

use super::routes::Side;

/// Goes on to the handler, with the reader of this request. The guard has put in front who is signed in.
pub async fn read_by(side: Side, request: Request, next: Next) -> Response {
    let reader = match side {
        Side::Page => of(request.extensions().get::<SignedIn>(), request.headers()),
        Side::Api => None,
    };
    Reading { reader, making: Box::pin(next.run(request)) }.await
}

fn of(who: Option<&SignedIn>, headers: &HeaderMap) -> Option<&'static Locale> {
    let own = who.and_then(|who| who.person.look.locale);
    own.or_else(|| Locale::asked(headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?))
}

/// A page that is made for a reader, wherever its parts run.
struct Reading {
    reader: Option<&'static Locale>,
    making: Pin<Box<dyn Future<Output = Response> + Send>>,
}

impl Future for Reading {
    type Output = Response;
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Response> {
        let reader = self.reader;
        within(reader, || self.making.as_mut().poll(cx))
    }
}
