//! Fills the frame around a signed-in page: rooms, merchants, shops, running jobs, what the person chose.

use axum::http::{HeaderMap, Uri};
use domain::kit::{Locale, Right};
use domain::staff::{Density, Theme};
use domain::{imports, jobs, shops};

use super::toast::Toasted;
use crate::app::App;
use crate::http::Who;
use crate::look::{Frame, Named};

/// The frame of a page in this room.
///
/// # Errors
/// Only what the database says.
pub async fn frame(app: &App, who: &Who, room: &'static str, uri: &Uri, headers: &HeaderMap) -> domain::Result<Frame> {
    let (shops, running) =
        app.read(&who.ctx, |tx, ctx| Ok((shops::list(tx, ctx)?, jobs::running(tx, ctx)?.len() + imports::under_way(tx, ctx)?))).await?;
    let signed_in = &who.signed_in;
    let person = &signed_in.person;
    Ok(Frame {
        theme: match person.look.theme {
            Theme::Light => "light",
            Theme::Dark => "dark",
            Theme::System => "",
        },
        density: if person.look.density == Density::Compact { "compact" } else { "" },
        locale: Locale::current().map_or("", |l| l.tag),
        keys: person.look.shortcuts,
        room,
        here: uri.path_and_query().map_or("/", |p| p.as_str()).to_owned(),
        person: person.name.clone(),
        email: person.email.clone(),
        merchant: who.ctx.merchant.to_string(),
        merchants: signed_in.memberships.iter().map(|m| Named { id: m.merchant.to_string(), name: m.name.clone() }).collect(),
        shop: String::new(),
        shops: shops.into_iter().filter(|s| s.archived_at.is_none()).map(|s| Named { id: s.id.to_string(), name: s.name }).collect(),
        running_jobs: u32::try_from(running).unwrap_or(u32::MAX),
        may_write_customers: who.ctx.may(Right::Write),
        may_write_orders: who.ctx.may(Right::Orders),
        may_open_settings: [Right::Settings, Right::Staff, Right::Audit, Right::Payments].into_iter().any(|right| who.ctx.may(right)),
        toast: Toasted::of(headers).0,
        ..Frame::default()
    })
}
