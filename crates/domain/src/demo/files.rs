//! A file that somebody brought in three days before the end of the story: who reads the newsletter, with three rows that could not be taken.

use std::io::Write as _;

use store::Db;

use super::{House, Plan};
use crate::customers::list::{self, Indexes, ListQuery, View};
use crate::imports::{self, ImportError, Shelf};
use crate::kit::{Ctx, DAY, Error, FixedClock, IdSource, ImportId, Result, SystemClock};

/// Customers of the file.
const READERS: usize = 40;

/// Brings it in, by the same steps as a person does.
///
/// # Errors
/// What the verbs refuse (a fault of the story), the disk or the database says.
pub fn files(db: &Db, house: &House, plan: &Plan, shelf: &Shelf) -> Result<()> {
    let ctx = Ctx { ids: IdSource::seeded(plan.seed.wrapping_mul(1_000_003).wrapping_add(31)), ..house.ctx.clone() }.at(plan.now - 3 * DAY);
    let reader = ctx.clone();
    let rows = db.read_now::<_, Error>(move |tx| {
        let query = ListQuery { view: View::Top100, per: READERS, ..ListQuery::default() };
        Ok(list::page_only(tx, &reader, &Indexes::default(), &query)?.rows)
    })?;
    let mut text = "Name,Email,Shop,Active,Metadata: Newsletter\n".to_owned();
    for (n, row) in rows.iter().filter(|row| !row.email.is_empty()).enumerate() {
        let (shop, active) = match n {
            4 => ("Kilde Moon", ""),
            11 => ("", "perhaps"),
            17 => ("Kilde Market", "no idea"),
            _ => ("", ""),
        };
        text.push_str(&format!(",{},{shop},{active},{}\n", row.email, ["brew tips", "new beans", "events"][n % 3]));
    }
    let io = |error: std::io::Error| Error::Internal(error.to_string());
    let mut part = shelf.part().map_err(io)?;
    part.write_all(text.as_bytes()).map_err(io)?;
    let said = |error: ImportError| match error {
        ImportError::Domain(error) => error,
        other => Error::Internal(other.to_string()),
    };
    let file = imports::receive(shelf, part, "newsletter-readers.csv", ctx.id::<ImportId>()).map_err(said)?;
    let starter = ctx.clone();
    db.write_now::<_, Error>(move |tx| {
        imports::upload(tx, &starter, &file)?;
        imports::start(tx, &starter, &file.id).map(drop)
    })?;
    imports::work(db, shelf, &FixedClock(ctx.now), &SystemClock, &|| false).map(drop)
}
