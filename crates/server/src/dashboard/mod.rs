//! The dashboard: one folder per room, each with its routes, handlers and templates.
//!
//! A handler reads the request, calls one verb and shows the outcome. It decides nothing of the trade.

mod account;
pub mod address;
mod affiliates;
pub mod again;
mod anew;
mod blocks;
pub mod buyer;
mod charges;
pub mod choices;
mod contracts;
pub mod conversations;
pub mod cookies;
mod credit;
pub mod customers;
mod discounts;
pub mod door;
mod files;
mod frame;
mod home;
mod imports;
mod invitations;
pub mod invoices;
mod jobs;
pub mod lists;
mod mailings;
mod merchants;
mod method_links;
pub mod moments;
mod new_password;
mod offers;
mod oidc;
pub mod orders;
mod outbox;
mod page;
pub mod parts;
mod passkeys;
mod payment_links;
mod payments;
mod portal;
mod privacy;
mod qr;
mod reason;
mod returns;
mod search;
mod second_factor;
mod second_step;
mod set_up;
mod settings;
pub mod slow;
mod subscriptions;
mod sure;
mod tasks;
mod tickets;
mod toast;
pub mod tones;
mod typed;
mod whom;

pub use files::spooled;
pub use frame::frame;
pub use page::{PageError, PageResult, error_page, hidden, not_found, see_other, show, show_with};
pub use toast::{Toasted, toasted};
pub use typed::{Typed, once, refused, wrong_amount};
pub use whom::whom;

use crate::http::{Policy, Routes};

/// All pages.
pub fn routes(routes: Routes) -> Routes {
    let routes = customers::routes(settings::routes(people(routes)));
    let routes = subscriptions::routes(invoices::routes(payments::routes(orders::routes(routes))));
    let routes = privacy::routes(blocks::routes(affiliates::routes(credit::routes(routes))));
    let routes = returns::routes(offers::routes(routes));
    let routes = contracts::routes(routes);
    let routes = payment_links::routes(charges::routes(method_links::routes(routes)));
    let routes = tasks::routes(tickets::routes(routes));
    let routes = outbox::routes(mailings::routes(routes));
    let routes = conversations::routes(routes);
    let routes = imports::routes(routes);
    let routes = portal::routes(routes);
    home::routes(search::routes(jobs::routes(routes)))
}

/// Coming in, going out, and one's own account.
fn people(routes: Routes) -> Routes {
    let (anybody, person) = (Policy::Public, Policy::SignedIn);
    routes
        .get("/set-up", anybody, set_up::page)
        .post("/set-up", anybody, set_up::create)
        .get("/sign-in", anybody, door::sign_in_page)
        .post("/sign-in", anybody, door::sign_in)
        .post("/sign-out", anybody, door::sign_out)
        .post("/sign-in/passkey", anybody, passkeys::door::sign_in)
        .post("/sign-in/passkey/challenge", anybody, passkeys::door::ask)
        .post("/sign-in/code/challenge", anybody, passkeys::door::ask_behind_password)
        .post("/sign-in/again/challenge", person, passkeys::door::ask_again)
        .get("/sign-in/code", anybody, second_step::page)
        .post("/sign-in/code", anybody, second_step::finish)
        .get("/sign-in/forgot", anybody, new_password::forgot)
        .post("/sign-in/forgot", anybody, new_password::ask)
        .get("/new-password/{secret}", anybody, new_password::page)
        .post("/new-password/{secret}", anybody, new_password::set)
        .get("/sign-in/again", person, again::page)
        .post_fresh("/sign-in/again", person, again::done)
        .get("/sign-in/oidc", anybody, oidc::sign_in)
        .get("/sign-in/oidc/callback", anybody, oidc::callback)
        .get("/sign-in/again/oidc", person, oidc::prove)
        .get("/invitations/{secret}/oidc", anybody, oidc::join)
        .get("/account/oidc", person, oidc::wanted)
        .post_fresh("/account/oidc/connect", person, oidc::connect)
        .post_fresh("/account/oidc/disconnect", person, oidc::disconnect)
        .get("/invitations/{secret}", anybody, invitations::page)
        .post("/invitations/{secret}", anybody, invitations::accept)
        .get("/merchants", person, merchants::page)
        .post("/merchants", person, merchants::create)
        .post("/switch/merchant", person, merchants::switch)
        .post("/switch/shop", person, merchants::switch_shop)
        .get("/account", person, account::page)
        .post("/account/name", person, account::rename)
        .post("/account/look", person, account::set_look)
        .post("/account/signature", person, account::set_signature)
        .post_fresh("/account/password", person, account::change_password)
        .get_fresh("/account/second-factor", person, second_factor::page)
        .post_fresh("/account/second-factor/begin", person, second_factor::begin)
        .post_fresh("/account/second-factor/confirm", person, second_factor::confirm)
        .post_fresh("/account/second-factor/codes", person, second_factor::renew_codes)
        .post_fresh("/account/second-factor/off", person, second_factor::turn_off)
        .get_fresh("/account/passkeys", person, passkeys::own::page)
        .post_fresh("/account/passkeys", person, passkeys::own::add)
        .post_fresh("/account/passkeys/challenge", person, passkeys::own::ask)
        .post_fresh("/account/passkeys/{id}/remove", person, passkeys::own::remove)
        .post("/account/sessions/end-others", person, account::end_others)
        .post("/account/sessions/{id}/end", person, account::end_session)
}
