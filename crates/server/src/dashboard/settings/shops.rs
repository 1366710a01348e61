//! Shops: the list with the form for a new one, and a page for each.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::Response;
use domain::kit::{Problems, ShopId};
use domain::merchants;
use domain::shops::{self, Shop, ShopInput};
use domain::templates::{
    self,
    letters::{self, Letter},
};

use super::{Item, around};
use crate::app::App;
use crate::dashboard::choices::Choices;
use crate::dashboard::typed::{Typed, refused};
use crate::dashboard::{PageError, PageResult, see_other, show_with, toasted};
use crate::http::Who;
use crate::http::guard::id;
use crate::look::{Form, Frame};

const HERE: &str = "/settings/shops";

#[derive(Template)]
#[template(path = "dashboard/settings/shops.html")]
struct ShopsPage {
    frame: Frame,
    entries: Vec<Item>,
    shops: Vec<Shop>,
    form: Form,
    choices: Choices,
}

#[derive(Template)]
#[template(path = "dashboard/settings/shop.html")]
struct ShopPage {
    frame: Frame,
    entries: Vec<Item>,
    shop: Shop,
    /// It is not the only one that is open.
    may_archive: bool,
    form: Form,
    choices: Choices,
    /// Mails that go by themselves, with the template that speaks in each.
    letters: Vec<Letter>,
    /// The shop's open templates.
    templates: Vec<(String, String)>,
}

fn input(typed: &Typed) -> ShopInput {
    ShopInput { name: typed.text("name"), currency: typed.text("currency"), country: typed.text("country"), url: typed.text("url") }
}

async fn list(app: &App, who: &Who, uri: &Uri, headers: &HeaderMap, status: StatusCode, form: Option<Form>) -> Result<Response, PageError> {
    let (shops, own) = app.read(&who.ctx, |tx, ctx| Ok((shops::list(tx, ctx)?, merchants::settings(tx, ctx)?))).await?;
    let form = form.unwrap_or_else(|| Form::of([("currency", own.currency.code().to_owned()), ("country", own.country)]));
    let (frame, entries) = around(app, who, uri, headers, HERE).await?;
    Ok(show_with(status, &ShopsPage { frame, entries, shops, form, choices: Choices::default() }))
}

/// The list.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap) -> PageResult {
    list(&app, &who, &uri, &headers, StatusCode::OK, None).await
}

/// A new shop.
pub async fn create(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, typed: Typed) -> PageResult {
    let new = input(&typed);
    match app.write(&who.ctx, move |tx, ctx| shops::create(tx, ctx, &new)).await {
        Ok(shop) => Ok(toasted(see_other(HERE), &format!("Shop “{}” added.", shop.name), None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            list(&app, &who, &uri, &headers, status, Some(form)).await
        }
    }
}

async fn one(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    shop: ShopId,
    status: StatusCode,
    form: Option<Form>,
) -> Result<Response, PageError> {
    let (shop, all, letters, templates) = app
        .read(&who.ctx, move |tx, ctx| {
            let seeing = crate::api::write::seeing(ctx);
            let (letters, templates) = (letters::of_shop(tx, &seeing, &shop)?, templates::list(tx, &seeing)?);
            Ok((shops::get(tx, ctx, &shop)?, shops::list(tx, ctx)?, letters, templates))
        })
        .await?;
    let form = form.unwrap_or_else(|| {
        let of_shop = [
            ("name", shop.name.clone()),
            ("currency", shop.currency.code().to_owned()),
            ("country", shop.country.clone()),
            ("url", shop.url.clone()),
        ];
        let chosen = letters.iter().filter_map(|(letter, template)| Some((letter.name(), template.as_ref()?.to_string())));
        Form::of(of_shop.into_iter().chain(chosen))
    });
    let letters = letters.into_iter().map(|(letter, _)| letter).collect();
    let of_shop = |t: &templates::Template| t.shop == shop.id && t.archived_at.is_none();
    let templates = templates.into_iter().filter(of_shop).map(|t| (t.id.to_string(), t.name)).collect();
    let may_archive = all.iter().any(|s| s.archived_at.is_none() && s.id != shop.id);
    let (frame, entries) = around(app, who, uri, headers, HERE).await?;
    Ok(show_with(status, &ShopPage { frame, entries, shop, may_archive, form, choices: Choices::default(), letters, templates }))
}

/// One shop.
pub async fn edit_page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(shop): Path<String>) -> PageResult {
    one(&app, &who, &uri, &headers, id(&shop, "shop")?, StatusCode::OK, None).await
}

/// Changes it.
pub async fn edit(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(shop): Path<String>, typed: Typed) -> PageResult {
    let (shop, new) = (id::<ShopId>(&shop, "shop")?, input(&typed));
    let which = shop.clone();
    match app.write(&who.ctx, move |tx, ctx| shops::edit(tx, ctx, &which, &new)).await {
        Ok(_) => Ok(toasted(see_other(HERE), "Saved.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            one(&app, &who, &uri, &headers, shop, status, Some(form)).await
        }
    }
}

/// Which templates speak in the mails that go by themselves.
pub async fn letters(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(shop): Path<String>, typed: Typed) -> PageResult {
    let shop = id::<ShopId>(&shop, "shop")?;
    let (which, sent) = (shop.clone(), typed.clone());
    let chosen = app.write(&who.ctx, move |tx, ctx| {
        for letter in Letter::ALL {
            let template = Some(sent.get(letter.name())).filter(|text| !text.is_empty());
            let unknown = |()| Problems::one(letter.name(), "unknown", "Choose one of the shop’s open templates.");
            let template = template.map(str::parse).transpose().map_err(unknown)?;
            letters::choose(tx, ctx, &which, *letter, template.as_ref())?;
        }
        Ok(())
    });
    match chosen.await {
        Ok(()) => Ok(toasted(see_other(&format!("{HERE}/{shop}")), "Saved.", None)),
        Err(error) => {
            let mut form = typed.form();
            let status = refused(&mut form, error)?;
            one(&app, &who, &uri, &headers, shop, status, Some(form)).await
        }
    }
}

/// Takes nothing new any more.
pub async fn archive(State(app): State<App>, who: Who, Path(shop): Path<String>) -> PageResult {
    let shop = id::<ShopId>(&shop, "shop")?;
    let undo = format!("{HERE}/{shop}/unarchive");
    let shop = app.write(&who.ctx, move |tx, ctx| shops::archive(tx, ctx, &shop)).await?;
    Ok(toasted(see_other(HERE), &format!("Shop “{}” archived.", shop.name), Some(&undo)))
}

/// Open again.
pub async fn unarchive(State(app): State<App>, who: Who, Path(shop): Path<String>) -> PageResult {
    let shop = id::<ShopId>(&shop, "shop")?;
    let shop = app.write(&who.ctx, move |tx, ctx| shops::unarchive(tx, ctx, &shop)).await?;
    Ok(toasted(see_other(HERE), &format!("Shop “{}” is open again.", shop.name), None))
}
