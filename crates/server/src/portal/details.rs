//! Phone and addresses, the e-mail address, the password.

use askama::Template;
use axum::Extension;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use domain::customers::Customer;
use domain::kit::Problems;
use domain::portal::{self as room, Contact, Visitor};
use domain::staff::password;

use super::{Shell, Shown, read, show_with, write};
use crate::app::App;
use crate::dashboard::choices::Choices;
use crate::dashboard::customers::profile::postal;
use crate::dashboard::slow::slow;
use crate::dashboard::{Typed, address, refused, see_other};
use crate::look::Form;

#[derive(Template)]
#[template(path = "portal/details.html")]
struct Page {
    shell: Shell,
    c: Customer,
    form: Form,
    email: Form,
    password: Form,
    choices: Choices,
    /// They may change what is known of them; else the two addresses stand there to be read.
    open: bool,
    billing: Vec<String>,
    delivery: Vec<String>,
    /// Links can be mailed.
    mail: bool,
}

/// What is wrong with which of the forms.
#[derive(Default)]
struct Forms {
    contact: Option<Form>,
    email: Form,
    password: Form,
}

fn stored(c: &Customer) -> Form {
    let mut form = Form::of([("version", c.version.to_string()), ("phone", c.phone.clone())]);
    if c.delivery_same {
        form.set("delivery_same", "on");
    }
    for (side, a) in [("billing", &c.billing), ("delivery", &c.delivery)] {
        address::parts(side, a).into_iter().for_each(|(name, value)| form.set(name, value));
    }
    form
}

fn contact(t: &Typed) -> Contact {
    Contact {
        version: t.get("version").parse().unwrap_or(0),
        phone: t.text("phone"),
        billing: address::typed(t, "billing"),
        delivery: (!t.ticked("delivery_same")).then(|| address::typed(t, "delivery")),
    }
}

async fn render(app: &App, v: &Visitor, uri: &Uri, status: StatusCode, forms: Forms) -> Result<Response, domain::Error> {
    let c = read(app, v, room::customer).await?;
    let page = Page {
        shell: Shell::on(v, uri, "/details"),
        form: forms.contact.unwrap_or_else(|| stored(&c)),
        email: forms.email,
        password: forms.password,
        choices: Choices::default(),
        open: !v.archived,
        billing: postal(&c.billing),
        delivery: if c.delivery_same { Vec::new() } else { postal(&c.delivery) },
        mail: app.config.smtp.is_some(),
        c,
    };
    Ok(show_with(status, &page))
}

fn back(v: &Visitor, done: &str) -> Response {
    see_other(&format!("{}/details?done={done}", v.portal.at()))
}

/// The forms.
pub async fn page(State(app): State<App>, Extension(v): Extension<Visitor>, uri: Uri) -> Shown {
    Ok(render(&app, &v, &uri, StatusCode::OK, Forms::default()).await?)
}

/// Saves phone and addresses.
pub async fn save(State(app): State<App>, Extension(v): Extension<Visitor>, uri: Uri, typed: Typed) -> Shown {
    let new = contact(&typed);
    match write(&app, &v, move |tx, v| room::edit_contact(tx, v, &new)).await {
        Ok(()) => Ok(back(&v, "saved")),
        Err(domain::Error::Stale(_)) => {
            let mut form = stored(&read(&app, &v, room::customer).await?);
            form.fail("", "This was changed meanwhile. Look at it, and change it once more if need be.");
            Ok(render(&app, &v, &uri, StatusCode::CONFLICT, Forms { contact: Some(form), ..Forms::default() }).await?)
        }
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            Ok(render(&app, &v, &uri, status, Forms { contact: Some(form), ..Forms::default() }).await?)
        }
    }
}

/// Mails a link to the new address.
pub async fn email(State(app): State<App>, Extension(v): Extension<Visitor>, uri: Uri, typed: Typed) -> Shown {
    if app.config.smtp.is_none() {
        return Err(domain::Error::NotFound("page").into());
    }
    let (new, origin) = (typed.text("email"), app.config.origin());
    match write(&app, &v, move |tx, v| room::ask_email(tx, v, &new, &origin)).await {
        Ok(()) => Ok(back(&v, "email")),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            Ok(render(&app, &v, &uri, status, Forms { email: form, ..Forms::default() }).await?)
        }
    }
}

/// Sets a new password; their other sessions end.
pub async fn password(State(app): State<App>, Extension(v): Extension<Visitor>, uri: Uri, typed: Typed) -> Shown {
    let own = read(&app, &v, room::customer).await?;
    let (new, again) = (typed.text("password"), typed.text("again"));
    let hashed = if new == again {
        slow(move || password::accept(&new, &own.email, &own.name)).await
    } else {
        Err(Problems::one("again", "different", "The two are not the same."))
    };
    let done = match hashed {
        Ok(hashed) => write(&app, &v, move |tx, v| room::set_password(tx, v, &hashed)).await,
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => Ok(back(&v, "password")),
        Err(error) => {
            let mut form = Form::default();
            let status = refused(&mut form, error)?;
            Ok(render(&app, &v, &uri, status, Forms { password: form, ..Forms::default() }).await?)
        }
    }
}
