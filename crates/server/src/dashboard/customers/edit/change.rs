//! Editing. Of two people who edit the same customer the second sees what the first changed, side by side, and chooses (SPEC 3.3).

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use domain::customers::{self, Customer};
use domain::kit::{CustomerId, Stale};
use domain::{Error, merchants};

use super::like::Alike;
use super::sent::Sent;
use super::{Offers, create, fields};
use crate::app::App;
use crate::dashboard::customers::profile::{Away, Shown, field_name, suffix};
use crate::dashboard::{PageError, Typed, frame, moments, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

/// A field that both changed.
#[derive(Clone, Debug)]
struct Both {
    field: String,
    name: String,
    theirs: String,
    yours: String,
}

/// What the other changed meanwhile.
#[derive(Clone, Debug)]
struct Meanwhile {
    by: String,
    at: String,
    both: Vec<Both>,
}

#[derive(Template)]
#[template(path = "dashboard/customers/edit/change.html")]
struct Change {
    frame: Frame,
    form: Form,
    offers: Offers,
    name: String,
    at: String,
    suffix: String,
    picture: String,
    version: i64,
    /// What the form showed first, to tell what was touched.
    was: String,
    meanwhile: Option<Meanwhile>,
    ask_subscription: bool,
    is_new: bool,
    /// Only a new one is compared with others.
    alike: Vec<Alike>,
}

/// What a look at the form begins with.
struct Look {
    status: StatusCode,
    typed: Option<(Typed, Form)>,
    stale: Option<Box<Stale>>,
    ask_subscription: bool,
}

/// The form.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> Shown {
    let look = Look { status: StatusCode::OK, typed: None, stale: None, ask_subscription: false };
    render(&app, &who, &uri, &headers, &customer, look).await
}

fn query(pairs: &[(String, String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

async fn render(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, customer: &str, look: Look) -> Shown {
    let id: CustomerId = id(customer, "customer")?;
    let (c, offers, zone) = app
        .read(&who.ctx, move |tx, ctx| Ok((customers::get(tx, ctx, &id)?, Offers::read(tx, ctx)?, merchants::settings(tx, ctx)?.zone)))
        .await?;
    if c.id.as_str() != customer {
        return Err(Away(Box::new(see_other(&format!("/customers/{}/edit{}", c.id, suffix(uri))))));
    }
    if c.deleted_at.is_some() || c.anonymised_at.is_some() {
        // There is nothing to edit; its page says what can be done.
        return Err(Away(Box::new(see_other(&format!("/customers/{}{}", c.id, suffix(uri))))));
    }
    let stored = fields::of(&c);
    let was = look.typed.as_ref().map(|(t, _)| t.text("was")).filter(|w| !w.is_empty()).unwrap_or_else(|| query(&stored));
    let version = match (&look.stale, &look.typed) {
        (Some(stale), _) => stale.version,
        (None, Some((typed, _))) => typed.get("version").parse().unwrap_or(c.version),
        (None, None) => c.version,
    };
    let form = look.typed.map_or_else(|| Form::of(stored), |(_, form)| form);
    let meanwhile = look.stale.map(|stale| Meanwhile {
        by: stale.by,
        at: moments::moment(&zone, stale.at).shown,
        both: stale
            .fields
            .into_iter()
            .map(|f| Both { name: field_name(&f.field), field: f.field, theirs: f.theirs, yours: f.yours })
            .collect(),
    });
    let frame = frame(app, who, "customers", uri, headers).await?;
    let page = Change {
        frame,
        offers: with_shop(offers, &c).with(&form),
        form,
        picture: c.avatar.as_ref().map_or_else(String::new, |a| format!("/customers/{}/avatar/{a}", c.id)),
        at: format!("/customers/{}", c.id),
        suffix: suffix(uri),
        name: c.display_name,
        version,
        was,
        meanwhile,
        ask_subscription: look.ask_subscription,
        is_new: false,
        alike: Vec::new(),
    };
    Ok(show_with(look.status, &page))
}

/// A shop that was archived since is still where the customer came from.
fn with_shop(mut offers: Offers, c: &Customer) -> Offers {
    if let Some(shop) = &c.shop
        && !offers.shops.iter().any(|(id, _)| *id == shop.id.as_str())
    {
        offers.shops.push((shop.id.to_string(), shop.name.clone()));
    }
    offers
}

/// Saves what was touched.
pub async fn change(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>, mut sent: Sent) -> Shown {
    let leave = fields::settle(&mut sent.typed);
    match save(&app, &who, &customer, &sent, &leave).await {
        Ok(()) => {
            let end = if sent.typed.get("then") == "stay" { "/edit" } else { "" };
            Ok(toasted(see_other(&format!("/customers/{customer}{end}{}", suffix(&uri))), "Saved.", None))
        }
        Err(error) => {
            let look = look(sent.typed, error)?;
            render(&app, &who, &uri, &headers, &customer, look).await
        }
    }
}

async fn save(app: &App, who: &Who, customer: &str, sent: &Sent, leave: &BTreeSet<String>) -> domain::Result<()> {
    let id: CustomerId = id(customer, "customer")?;
    let picture = sent.picture().await?;
    let was = Typed(url::form_urlencoded::parse(sent.typed.get("was").as_bytes()).into_owned().collect());
    let edit = fields::edit(&sent.typed, &was, leave);
    let remove = sent.typed.ticked("remove_avatar");
    app.write(&who.ctx, move |tx, ctx| {
        customers::edit(tx, ctx, &id, edit.clone())?;
        match &picture {
            Some(picture) => drop(customers::set_avatar(tx, ctx, &id, picture)?),
            None if remove => customers::remove_avatar(tx, ctx, &id)?,
            None => {}
        }
        Ok(())
    })
    .await
}

/// The form again, with what stood in the way.
fn look(typed: Typed, error: Error) -> Result<Look, PageError> {
    let mut form = typed.form();
    match error {
        Error::Stale(stale) => {
            Ok(Look { status: StatusCode::CONFLICT, typed: Some((typed, form)), stale: Some(stale), ask_subscription: false })
        }
        Error::Conflict { code: "live_subscription", message, .. } => {
            form.fail("subscription", message);
            Ok(Look { status: StatusCode::CONFLICT, typed: Some((typed, form)), stale: None, ask_subscription: true })
        }
        other => {
            let status = create::shown(&mut form, other)?;
            Ok(Look { status, typed: Some((typed, form)), stale: None, ask_subscription: false })
        }
    }
}
