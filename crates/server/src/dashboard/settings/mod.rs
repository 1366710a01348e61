//! Settings of a merchant, one page each. What a person may not open is not in the list beside them.

mod api_keys;
mod audit;
mod calls;
mod invoices;
mod labels;
mod mail;
mod merchant;
mod payments;
mod plans;
mod rates;
pub(super) mod reveal;
mod rights;
mod shops;
mod sign_in;
mod staff;
mod templates;
mod webhooks;

use axum::http::{HeaderMap, Uri};
use domain::kit::{Ctx, GroupId, Right, TagId};

use super::{PageResult, error_page, frame, see_other};
use crate::app::App;
use crate::http::{Policy, Routes, Who};
use crate::look::Frame;

/// All of them, with their policies.
pub fn routes(routes: Routes) -> Routes {
    let (settings, people) = (Policy::May(Right::Settings), Policy::May(Right::Staff));
    let routes = routes
        .get("/settings", Policy::SignedIn, start)
        .get("/settings/merchant", settings, merchant::page)
        .post("/settings/merchant", settings, merchant::save)
        .get("/settings/shops", settings, shops::page)
        .post("/settings/shops", settings, shops::create)
        .get("/settings/shops/{id}", settings, shops::edit_page)
        .post("/settings/shops/{id}", settings, shops::edit)
        .post("/settings/shops/{id}/archive", settings, shops::archive)
        .post("/settings/shops/{id}/unarchive", settings, shops::unarchive)
        .get("/settings/groups", settings, labels::page::<GroupId>)
        .post("/settings/groups", settings, labels::create::<GroupId>)
        .get("/settings/groups/{id}", settings, labels::edit_page::<GroupId>)
        .post("/settings/groups/{id}", settings, labels::rename::<GroupId>)
        .post("/settings/groups/{id}/delete", settings, labels::delete::<GroupId>)
        .get("/settings/tags", settings, labels::page::<TagId>)
        .post("/settings/tags", settings, labels::create::<TagId>)
        .get("/settings/tags/{id}", settings, labels::edit_page::<TagId>)
        .post("/settings/tags/{id}", settings, labels::rename::<TagId>)
        .post("/settings/tags/{id}/delete", settings, labels::delete::<TagId>)
        .get("/settings/invoices", settings, invoices::page)
        .post("/settings/invoices", settings, invoices::save)
        .post("/settings/invoices/logo", settings, invoices::logo)
        .post("/settings/invoices/logo/remove", settings, invoices::remove_logo)
        .get("/settings/invoices/logo/{id}", Policy::May(Right::Read), invoices::shown_logo)
        .get("/settings/rates", settings, rates::page)
        .post("/settings/rates", settings, rates::put)
        .post("/settings/rates/file", settings, rates::file)
        .get("/settings/payments", settings, payments::page)
        .get_fresh("/settings/payments/new", settings, payments::new_page)
        .post_fresh("/settings/payments/new", settings, payments::create)
        .get_fresh("/settings/payments/{id}", settings, payments::one_page)
        .post_fresh("/settings/payments/{id}", settings, payments::save)
        .post("/settings/payments/{id}/test", settings, payments::test)
        .post("/settings/payments/{id}/retry", settings, payments::retry)
        .post("/settings/payments/{id}/disable", settings, payments::disable)
        .get("/settings/mail", settings, mail::page)
        .post_fresh("/settings/mail/dkim", settings, mail::sign)
        .post("/settings/mail/dkim/remove", settings, mail::unsign)
        .get_fresh("/settings/mail/new", settings, mail::new_page)
        .post_fresh("/settings/mail/new", settings, mail::create)
        .get_fresh("/settings/mail/{id}", settings, mail::one_page)
        .post_fresh("/settings/mail/{id}", settings, mail::save)
        .post("/settings/mail/{id}/look", settings, mail::look)
        .post("/settings/mail/{id}/disable", settings, mail::disable)
        .get("/settings/calls", settings, calls::page)
        .post_fresh("/settings/calls", settings, calls::set_up)
        .post("/settings/calls/{id}/disable", settings, calls::disable)
        .post("/settings/calls/file", settings, calls::file)
        .get("/settings/plans", settings, plans::page)
        .post("/settings/plans", settings, plans::create)
        .post("/settings/plans/retries", settings, plans::retries)
        .get("/settings/plans/{id}", settings, plans::edit_page)
        .post("/settings/plans/{id}", settings, plans::edit)
        .post("/settings/plans/{id}/archive", settings, plans::archive)
        .post("/settings/plans/{id}/unarchive", settings, plans::unarchive)
        .get("/settings/templates", settings, templates::page)
        .post("/settings/templates", settings, templates::create)
        .get("/settings/templates/{id}", settings, templates::edit_page)
        .post("/settings/templates/{id}", settings, templates::edit)
        .post("/settings/templates/{id}/archive", settings, templates::archive)
        .post("/settings/templates/{id}/unarchive", settings, templates::unarchive)
        .get("/settings/audit", Policy::May(Right::Audit), audit::page);
    let routes = webhooks::routes(routes, settings);
    routes
        .get("/settings/staff", people, staff::page)
        .get("/settings/staff/invite", people, staff::invite_page)
        .post("/settings/staff/invite", people, staff::invite)
        .get("/settings/staff/{id}", people, staff::edit_page)
        .post("/settings/staff/{id}", people, staff::edit)
        .post("/settings/staff/{id}/disable", people, staff::disable)
        .post("/settings/staff/{id}/enable", people, staff::enable)
        .post_fresh("/settings/staff/{id}/password-link", people, staff::password_link)
        .post_fresh("/settings/staff/{id}/second-factor/reset", people, staff::reset_factor)
        .get("/settings/sign-in", people, sign_in::page)
        .post_fresh("/settings/sign-in", people, sign_in::save)
        .post("/settings/invitations/{id}/revoke", people, staff::revoke)
        .get("/settings/api-keys", people, api_keys::page)
        .get_fresh("/settings/api-keys/new", people, api_keys::new_page)
        .post_fresh("/settings/api-keys/new", people, api_keys::create)
        .get("/settings/api-keys/{id}", people, api_keys::one_page)
        .post("/settings/api-keys/{id}/revoke", people, api_keys::revoke)
}

/// A line of the list beside every page of settings.
pub(in crate::dashboard) struct Item {
    pub(in crate::dashboard) href: &'static str,
    pub(in crate::dashboard) name: &'static str,
    pub(in crate::dashboard) on: bool,
}

const ENTRIES: [(&str, &str, Right); 21] = [
    ("/settings/merchant", "Merchant", Right::Settings),
    ("/settings/shops", "Shops", Right::Settings),
    ("/settings/payments", "Payments", Right::Settings),
    ("/settings/plans", "Plans", Right::Settings),
    ("/settings/groups", "Groups", Right::Settings),
    ("/settings/tags", "Tags", Right::Settings),
    ("/settings/invoices", "Invoices", Right::Settings),
    ("/settings/templates", "Templates", Right::Settings),
    ("/settings/mail", "Mailboxes", Right::Settings),
    ("/settings/calls", "Calls", Right::Settings),
    ("/settings/rates", "Exchange rates", Right::Settings),
    ("/settings/portal", "Portal", Right::Settings),
    ("/settings/blocks", "Blocked buyers", Right::Payments),
    ("/settings/privacy", "Privacy", Right::Anonymise),
    ("/settings/staff", "Staff", Right::Staff),
    ("/settings/sign-in", "Sign-in", Right::Staff),
    ("/settings/api-keys", "API keys", Right::Staff),
    ("/settings/webhooks", "Webhooks", Right::Settings),
    ("/customers/requests", "Requests about data", Right::PersonalData),
    ("/customers/purge", "Never ordered", Right::Purge),
    ("/settings/audit", "Audit log", Right::Audit),
];

/// What every page of settings has around it: the frame, and the list with the entry `on`.
pub(in crate::dashboard) async fn around(
    app: &App,
    who: &Who,
    uri: &Uri,
    headers: &HeaderMap,
    on: &str,
) -> domain::Result<(Frame, Vec<Item>)> {
    Ok((frame(app, who, "settings", uri, headers).await?, entries(&who.ctx, on)))
}

fn entries(ctx: &Ctx, on: &str) -> Vec<Item> {
    let open = ENTRIES.into_iter().filter(|(_, _, right)| ctx.may(*right));
    open.map(|(href, name, _)| Item { href, name, on: href == on }).collect()
}

/// The first page this person may open.
async fn start(who: Who) -> PageResult {
    match entries(&who.ctx, "").first() {
        Some(entry) => Ok(see_other(entry.href)),
        None => Ok(error_page(Some(&who.signed_in), &domain::Error::Forbidden(Right::Settings).into())),
    }
}
