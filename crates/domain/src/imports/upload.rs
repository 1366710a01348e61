//! A file comes in (SPEC 9.2): it is looked at before a row speaks of it, so that what is no table leaves nothing behind.

use store::Tx;
use tempfile::NamedTempFile;

use super::plan::{Source, header_of};
use super::shelf::Shelf;
use super::state::{self, Import};
use super::{COLUMNS_MAX, ImportError, KEPT, Request, place, queries};
use crate::files::{self, Kind, Row};
use crate::kit::{Ctx, ImportId, Result, Right};

/// A file that lies on the shelf.
#[derive(Clone, Debug)]
pub struct Uploaded {
    /// The import it will be.
    pub id: ImportId,
    /// Its name without folders.
    pub name: String,
    /// Bytes, as it came.
    pub size: u64,
    hash: String,
    kind: Kind,
    layout: String,
}

/// Puts a file that has come to its end onto the shelf: a workbook or JSON Lines as CSV. Reads it once; blocks.
///
/// # Errors
/// In words: no table, nothing below the header, too many columns; the disk.
pub fn receive(shelf: &Shelf, part: NamedTempFile, name: &str, id: ImportId) -> std::result::Result<Uploaded, ImportError> {
    let size = part.as_file().metadata()?.len();
    let mut came = part.reopen()?;
    let part = files::as_csv(&mut came, shelf.folder()?)?.unwrap_or(part);
    let source = Source::of(part.path())?;
    let mut table = source.table()?;
    let header = header_of(table.header());
    if header.len() > COLUMNS_MAX {
        return Err(ImportError::File(format!("The file has {} columns. Take out what is not needed: up to {COLUMNS_MAX}.", header.len())));
    }
    match table.read(&mut Row::default()) {
        None => return Err(ImportError::File("There is no row below the header.".to_owned())),
        Some(Err(fault)) if fault.is_fatal() => return Err(fault.into()),
        Some(_) => {}
    }
    let known = files::recognise(&header);
    part.as_file().sync_all()?;
    part.persist(shelf.file(&id)).map_err(|e| e.error)?;
    let bare = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let bare: String = bare.chars().filter(|c| !c.is_control()).take(200).collect();
    Ok(Uploaded {
        id,
        name: if bare.trim().is_empty() { "file".to_owned() } else { bare },
        size,
        hash: source.hash,
        kind: known.as_ref().map_or(Kind::Customers, |l| l.kind),
        layout: known.map_or_else(String::new, |l| l.name),
    })
}

/// Writes down that it is here, for the oldest shop and as it is recognised. Needs [`Right::Import`].
///
/// # Errors
/// A refusal of the right; a conflict when there is no shop.
pub fn upload(tx: &mut Tx, ctx: &Ctx, file: &Uploaded) -> Result<Import> {
    ctx.must(Right::Import)?;
    let shop = place::find_shop(tx, ctx, None)?;
    let (input, size) = (Request::of(shop.clone()).text(), file.size as i64);
    tx.exec(
        &queries::UPLOAD,
        &[
            &ctx.merchant,
            &file.id,
            &file.kind.name(),
            &file.layout,
            &file.name,
            &file.hash,
            &input,
            &shop,
            &ctx.actor.name,
            &ctx.now,
            &size,
            &(ctx.now + KEPT),
        ],
    )?;
    state::load(tx, ctx, &file.id)
}
