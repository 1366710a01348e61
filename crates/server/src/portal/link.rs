//! The page behind a link of a mail or of an invitation. Looking uses nothing up: programs open links in mails. The button does.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use domain::portal::{self as room, LinkKind, Looked, Portal, Secret};
use domain::staff::password;

use super::door::with_session;
use super::{Shell, Shown, moment, portal, show_with};
use crate::app::App;
use crate::dashboard::slow::slow;
use crate::dashboard::{Typed, door::From, refused};
use crate::look::Form;

#[derive(Template)]
#[template(path = "portal/link.html")]
struct Page {
    shell: Shell,
    form: Form,
    here: String,
    email: String,
    invite: bool,
    confirms: bool,
    /// It did what it was for.
    done: bool,
    /// Links can be mailed: a password may be left out.
    mail: bool,
}

async fn looked(app: &App, portal: &Portal, secret: &str) -> domain::Result<Looked> {
    let (portal, secret, moment) = (portal.clone(), secret.to_owned(), moment(app));
    app.db.read::<_, domain::Error>(move |tx| room::look(tx, &portal, &secret, &moment)).await
}

fn page_of(app: &App, portal: &Portal, looked: &Looked, secret: &str) -> Page {
    Page {
        shell: Shell::of(portal),
        form: Form::default(),
        here: format!("{}/links/{secret}", portal.at()),
        email: looked.email.clone(),
        invite: looked.kind == LinkKind::Invite,
        confirms: looked.kind == LinkKind::Email,
        done: false,
        mail: app.config.smtp.is_some(),
    }
}

/// What the link opens.
pub async fn page(State(app): State<App>, Path((word, secret)): Path<(String, String)>) -> Shown {
    let portal = portal(&app, &word).await?;
    let looked = looked(&app, &portal, &secret).await?;
    Ok(show_with(StatusCode::OK, &page_of(&app, &portal, &looked, &secret)))
}

/// Uses it.
pub async fn open(State(app): State<App>, Path((word, secret)): Path<(String, String)>, From(device): From, typed: Typed) -> Shown {
    let portal = portal(&app, &word).await?;
    let looked = looked(&app, &portal, &secret).await?;
    let mut page = page_of(&app, &portal, &looked, &secret);
    let moment = moment(&app);
    if page.confirms {
        let (p, s) = (portal.clone(), secret.clone());
        return match app.db.write::<_, domain::Error>(move |tx| room::confirm_email(tx, &p, &moment, &s)).await {
            Ok(()) => {
                page.done = true;
                Ok(show_with(StatusCode::OK, &page))
            }
            Err(error) => {
                let status = refused(&mut page.form, error)?;
                Ok(show_with(status, &page))
            }
        };
    }
    let typed_one = typed.text("password");
    let hashed = if page.invite && (!typed_one.is_empty() || !page.mail) {
        let email = looked.email.clone();
        match slow(move || password::accept(&typed_one, &email, "")).await {
            Ok(hashed) => Some(hashed),
            Err(error) => {
                let status = refused(&mut page.form, error)?;
                return Ok(show_with(status, &page));
            }
        }
    } else {
        None
    };
    let (p, used) = (portal.clone(), Secret { link: secret, password: hashed });
    let opened = app.db.write::<_, domain::Error>(move |tx| room::by_link(tx, &p, &moment, &used, &device)).await?;
    with_session(&app, &portal, &opened, &looked.email)
}
