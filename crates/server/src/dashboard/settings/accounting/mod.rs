//! Accounting services: connect one, sign in there, map accounts and VAT codes, run exports and see what became of each row (SPEC 13.3).

mod books;
mod connect;
mod mapping;
mod runs;

use domain::accounting::{Connection, State as How};
use domain::kit::{AccountingId, Right, Zone};

pub(in crate::dashboard) use self::runs::LogLine;

use crate::dashboard::moments::moment;
use crate::http::guard::id;
use crate::http::{Policy, Routes};
use crate::look::When;

const HERE: &str = "/settings/accounting";

/// Its pages. Runs are of those who keep the books, the rest of those who change settings.
pub fn routes(routes: Routes, settings: Policy) -> Routes {
    let books = Policy::May(Right::Payments);
    routes
        .get("/settings/accounting", books, books::list)
        .get_fresh("/settings/accounting/connect", settings, connect::new_page)
        .post_fresh("/settings/accounting/connect", settings, connect::save)
        .get("/settings/accounting/callback", settings, connect::callback)
        .get("/settings/accounting/{id}", books, books::page)
        .post_fresh("/settings/accounting/{id}/sign-in", settings, connect::sign_in)
        .post("/settings/accounting/{id}/disconnect", settings, connect::disconnect)
        .get("/settings/accounting/{id}/mapping", settings, mapping::page)
        .post("/settings/accounting/{id}/mapping", settings, mapping::save)
        .post("/settings/accounting/{id}/lists", settings, mapping::fetch)
        .post("/settings/accounting/{id}/runs", books, runs::start)
        .post("/settings/accounting/{id}/exports/{subject}/retry", books, runs::again_one)
        .get("/settings/accounting/runs/{run}", books, runs::page)
        .post("/settings/accounting/runs/{run}/retry", books, runs::again)
}

/// A connection as a line of the list and the head of its pages.
struct Line {
    c: Connection,
    tone: &'static str,
    connected: Option<When>,
    quiet: Option<When>,
}

impl Line {
    fn of(c: Connection, zone: &Zone, now: i64) -> Self {
        let tone = match c.state {
            How::On => "good",
            How::New => "attention",
            How::Lost => "problem",
            How::Off => "quiet",
        };
        let quiet = (c.quiet_until > now && c.state == How::On).then(|| moment(zone, c.quiet_until));
        Self { tone, connected: c.connected_at.map(|at| moment(zone, at)), quiet, c }
    }

    fn is_on(&self) -> bool {
        self.c.state == How::On
    }

    fn is_off(&self) -> bool {
        self.c.state == How::Off
    }

    fn is_ready(&self) -> bool {
        self.is_on() && self.c.mapping.is_ready()
    }
}

fn connection(text: &str) -> domain::Result<AccountingId> {
    id(text, "accounting connection")
}
