//! The dialog that says what happens, wants a word typed, and lists what stands in the way.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::Error;
use domain::customers;
use domain::kit::{CustomerId, Link};
use domain::privacy::{self, Cause};

use super::{CONFIRM, is_confirmed};
use crate::app::App;
use crate::dashboard::customers::{Linked, linked};
use crate::dashboard::{PageResult, Typed, frame, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

#[derive(Template)]
#[template(path = "dashboard/privacy/ask.html")]
struct Ask {
    frame: Frame,
    form: Form,
    name: String,
    at: String,
    links: Vec<Linked>,
}

struct Asked<'a> {
    app: &'a App,
    who: &'a Who,
    uri: &'a Uri,
    headers: &'a HeaderMap,
}

async fn render(asked: Asked<'_>, customer: CustomerId, status: StatusCode, form: Form, links: Option<Vec<Link>>) -> PageResult {
    let which = customer.clone();
    let (name, found) = asked
        .app
        .read(&asked.who.ctx, move |tx, ctx| {
            let c = customers::get(tx, ctx, &which)?;
            Ok((c.display_name, privacy::active(tx, ctx, &which)?))
        })
        .await?;
    let links = linked(&customer, &links.unwrap_or(found));
    let frame = frame(asked.app, asked.who, "customers", asked.uri, asked.headers).await?;
    Ok(show_with(status, &Ask { frame, form, name, at: format!("/customers/{customer}"), links }))
}

/// The dialog.
pub async fn ask(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> PageResult {
    let customer: CustomerId = id(&customer, "customer")?;
    render(Asked { app: &app, who: &who, uri: &uri, headers: &headers }, customer, StatusCode::OK, Form::default(), None).await
}

/// Does it. Pressed twice it shows the same receipt.
pub async fn act(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>, typed: Typed) -> PageResult {
    let customer: CustomerId = id(&customer, "customer")?;
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    if !is_confirmed(&typed) {
        let mut form = typed.form();
        form.fail("word", CONFIRM);
        return render(asked, customer, StatusCode::UNPROCESSABLE_ENTITY, form, None).await;
    }
    let (which, vault) = (customer.clone(), app.config.vault.clone());
    match app.write(&who.ctx, move |tx, ctx| privacy::anonymise(tx, ctx, &vault, &which, Cause::Hand)).await {
        Ok(_) => {
            app.erased().await?;
            Ok(toasted(see_other(&format!("/customers/{customer}/erasure")), "Anonymised for good.", None))
        }
        Err(Error::Conflict { message, links, .. }) => {
            let mut form = typed.form();
            form.fail("", message);
            render(asked, customer, StatusCode::CONFLICT, form, Some(links)).await
        }
        Err(other) => Err(other.into()),
    }
}
