//! "New invoice" from anywhere: whose it is to be, by e-mail address or number; then the form of that customer.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::customers::{find_by_email, find_by_number};
use domain::kit::email_key;

use crate::app::App;
use crate::dashboard::customers::profile::param;
use crate::dashboard::{PageResult, frame, see_other, show_with};
use crate::http::Who;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/invoices/whose.html")]
struct Page {
    frame: Frame,
    form: Form,
}

/// The question, or the way to the form.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    let typed = param(&uri, "customer");
    let mut form = Form::of([("customer", typed.clone())]);
    let mut status = StatusCode::OK;
    if !typed.trim().is_empty() {
        let text = typed.trim().replace('\0', "");
        let found = app
            .read(
                &who.ctx,
                move |tx, ctx| {
                    if text.contains('@') { find_by_email(tx, ctx, &email_key(&text)) } else { find_by_number(tx, ctx, &text) }
                },
            )
            .await?;
        match found {
            Some(customer) => return Ok(see_other(&format!("/customers/{customer}/invoices/new"))),
            None => {
                form.fail("customer", "No customer has this e-mail address or number.");
                status = StatusCode::UNPROCESSABLE_ENTITY;
            }
        }
    }
    Ok(show_with(status, &Page { frame: frame(&app, &who, "invoices", &uri, &headers).await?, form }))
}
