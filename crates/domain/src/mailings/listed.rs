//! The list of all mailings, described ([`crate::lists`]), newest first.

use std::collections::HashMap;

use serde::Serialize;
use store::Tx;

use super::{Counts, Mailing, Outcome, queries, read};
use crate::customers::list::some_of;
use crate::kit::{Ctx, Result, rfc3339};
use crate::lists::parts;
use crate::lists::{BuiltIn, By, Column, Filter, List, Opt, Options, Search, Sort};
use crate::merchants::Settings;

/// A mailing of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// The mailing.
    #[serde(flatten)]
    pub mailing: Mailing,
    /// Its lines by outcome.
    pub counts: Counts,
}

/// What has not ended. These words stand in an index (migration 0018).
macro_rules! open {
    ($and:literal) => {
        concat!("m.state IN ('sending', 'paused')", $and)
    };
}

/// The list.
pub static LIST: List = List {
    name: "mailings",
    title: "Mailings",
    nouns: ["mailing", "mailings"],
    prefix: "mlg",
    from: "mailings m",
    joined: "",
    id: "m.id",
    merchant: "m.merchant_id",
    search: &[Search {
        by: By::Reference,
        rows: "SELECT y.id FROM mailings y WHERE y.merchant_id = $1 AND LOWER(y.name) COLLATE \"C\" >= LOWER(CAST({a} AS TEXT))
                AND LOWER(y.name) COLLATE \"C\" <= LOWER(CAST({b} AS TEXT))",
    }],
    searched: "Template",
    filters: &[
        Filter {
            name: "state",
            label: "Status",
            options: Options::Words(&[
                Opt { word: "sending", label: "Sending", when: open!(" AND m.state = 'sending'"), walks: true },
                Opt { word: "paused", label: "Paused", when: open!(" AND m.state = 'paused'"), walks: true },
                Opt { word: "done", label: "Done", when: "m.state = 'done'", walks: false },
                Opt { word: "cancelled", label: "Cancelled", when: "m.state = 'cancelled'", walks: false },
            ]),
        },
        parts::shop("m.shop_id"),
    ],
    ranges: &[parts::days("created_from", "created_to", "Begun", "m.created_at")],
    sorts: &[Sort { word: "created", column: "m.created_at", descending: true }],
    views: &[
        BuiltIn { word: "all", name: "All", chooses: &[], sort: None },
        BuiltIn { word: "open", name: "Not ended", chooses: &[("state", &["sending", "paused"])], sort: None },
    ],
    columns: &[
        Column { word: "name", label: "Template", shown: true, number: false, spare: false, sort: None },
        Column { word: "status", label: "Status", shown: true, number: false, spare: false, sort: None },
        Column { word: "shop", label: "Shop", shown: true, number: false, spare: true, sort: None },
        Column { word: "total", label: "Chosen", shown: true, number: true, spare: false, sort: None },
        Column { word: "sent", label: "Sent", shown: true, number: true, spare: false, sort: None },
        Column { word: "waiting", label: "Waiting", shown: true, number: true, spare: true, sort: None },
        Column { word: "skipped", label: "Skipped", shown: true, number: true, spare: true, sort: None },
        Column { word: "failed", label: "Failed", shown: true, number: true, spare: true, sort: None },
        Column { word: "unknown", label: "Unknown", shown: false, number: true, spare: true, sort: None },
        Column { word: "created", label: "Begun", shown: true, number: false, spare: true, sort: Some("created") },
        Column { word: "by", label: "By", shown: false, number: false, spare: true, sort: None },
    ],
    sum: None,
    headers: &[
        ("Template", false),
        ("Version", true),
        ("Shop", false),
        ("Status", false),
        ("Chosen", true),
        ("Sent", true),
        ("Waiting", true),
        ("Skipped", true),
        ("Failed", true),
        ("Unknown", true),
        ("Begun", false),
        ("By", false),
        ("Ended", false),
        ("ID", false),
    ],
    cells,
    exported: "mailings.exported",
};

/// The mailings with these ids, in this order, with their lines counted.
///
/// # Errors
/// [`crate::Error::Forbidden`] without [`Right::Read`](crate::kit::Right).
pub fn rows(tx: &mut Tx, ctx: &Ctx, ids: &[String]) -> Result<Vec<Listed>> {
    let mailings = parts::in_order(tx, ctx, &queries::LISTED, ids, |r| read::mailing(r).map(|m| (m.id.to_string(), m)))?;
    let mut counts: HashMap<String, Counts> = HashMap::new();
    for some in ids.chunks(crate::customers::list::queries::MANY) {
        some_of(tx, ctx, &queries::OUTCOMES, some, |r| {
            counts.entry(r.get(0)?).or_default().outcomes.insert(r.get::<Outcome>(1)?, r.get(2)?);
            Ok(())
        })?;
    }
    let listed = |mailing: Mailing| Listed { counts: counts.remove(mailing.id.as_str()).unwrap_or_default(), mailing };
    Ok(mailings.into_iter().map(listed).collect())
}

fn cells(tx: &mut Tx, ctx: &Ctx, _: &Settings, ids: &[String]) -> Result<Vec<Vec<String>>> {
    Ok(rows(tx, ctx, ids)?.into_iter().map(line).collect())
}

fn line(row: Listed) -> Vec<String> {
    let (m, of) = (row.mailing, |outcome| row.counts.of(outcome).to_string());
    vec![
        m.name,
        m.version.to_string(),
        m.shop_name,
        m.state.name().to_owned(),
        m.total.to_string(),
        of(Outcome::Sent),
        of(Outcome::Queued),
        of(Outcome::Skipped),
        of(Outcome::Failed),
        of(Outcome::Unknown),
        rfc3339(m.created_at),
        m.created_by,
        m.ended_at.map(rfc3339).unwrap_or_default(),
        m.id.to_string(),
    ]
}
