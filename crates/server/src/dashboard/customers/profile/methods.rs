//! Every payment method bound to a customer (SPEC 2.6).

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use domain::kit::Right;
use domain::method_links::{self, MethodLink, State as Step};
use domain::payments::methods::{self, Method};
use domain::providers;

use super::lines::{method, provider};
use super::pane::{expires, postal};
use super::{Asked, Pane, Shown, Topic, open};
use crate::app::App;
use crate::dashboard::{moments, show, tones};
use crate::http::Who;
use crate::look::{Frame, When, band};

/// Links that are shown.
const LINKS: i64 = 10;

/// A method as a row shows it.
struct Line {
    id: String,
    name: String,
    provider: String,
    expires: String,
    billing: String,
    tone: &'static str,
    status: String,
    is_default: bool,
    /// It pays no real money.
    test: bool,
    /// It can be made the default.
    may_choose: bool,
    /// It can be taken off.
    attached: bool,
    added: When,
}

/// A link that was sent to add one.
struct Sent {
    id: String,
    to: String,
    shop: String,
    tone: &'static str,
    state: &'static str,
    /// It can be taken back.
    open: bool,
    until: When,
}

#[derive(Template)]
#[template(path = "dashboard/customers/profile/methods.html")]
struct Methods {
    frame: Frame,
    pane: Pane,
    lines: Vec<Line>,
    links: Vec<Sent>,
    /// A shop has the test provider.
    plays: bool,
}

/// The page.
pub async fn page(State(app): State<App>, who: Who, uri: Uri, headers: HeaderMap, Path(customer): Path<String>) -> Shown {
    let asked = Asked { app: &app, who: &who, uri: &uri, headers: &headers };
    let (frame, pane, found) = open(asked, &customer, Topic::Methods, |tx, ctx, c| {
        let plays = ctx.may(Right::Orders) && !providers::test_shops(tx, ctx)?.is_empty();
        Ok((methods::of_customer(tx, ctx, &c.id)?, method_links::of_customer(tx, ctx, &c.id, LINKS)?, plays))
    })
    .await?;
    let frame = frame.under(band(found.0.iter().filter(|m| !m.live).count(), found.0.len()));
    let lines = found.0.iter().map(|m| line(m, &pane, who.ctx.now)).collect();
    let plays = found.2;
    let links = found.1.into_iter().map(|l| sent(l, &pane)).collect();
    Ok(show(&Methods { frame, pane, lines, links, plays }))
}

fn sent(l: MethodLink, pane: &Pane) -> Sent {
    Sent {
        id: l.id.to_string(),
        to: l.recipient,
        shop: l.shop_name,
        tone: match l.state {
            Step::Open => "attention",
            Step::Used => "good",
            Step::Expired | Step::Withdrawn => "quiet",
        },
        state: if l.state == Step::Open { "Waiting" } else { l.state.label() },
        open: l.state == Step::Open,
        until: moments::day(&pane.zone, l.expires_at),
    }
}

fn line(m: &Method, pane: &Pane, now: i64) -> Line {
    let is_default = pane.c.default_method.as_ref().is_some_and(|d| d.id == m.id);
    let attached = m.detached_at.is_none();
    // By the calendar of where the merchant lives, as the customer's status says it of the default.
    let status = m.status(&pane.zone, now);
    let (tone, status) = if attached { (tones::of_method(status), status.label()) } else { ("quiet", "Removed") };
    Line {
        id: m.id.to_string(),
        test: !m.live,
        may_choose: attached && m.live && !is_default,
        attached,
        name: method(m.kind.name(), &m.brand, &m.last4),
        provider: provider(&m.provider),
        expires: expires(m.expires_month.zip(m.expires_year)).trim_start_matches("to ").to_owned(),
        billing: m.billing.as_ref().map_or_else(String::new, |a| postal(a).join(", ")),
        tone,
        status: status.to_owned(),
        is_default,
        added: moments::day(&pane.zone, m.added_at),
    }
}
