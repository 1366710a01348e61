//! The signed paper of a contract: one file, told apart by what is in it and never by its name.

use serde::Serialize;
use store::Tx;

use super::queries;
use super::read::find_locked;
use crate::events::Event;
use crate::files::kind;
use crate::kit::{ContractId, Ctx, Error, Micros, Problems, Result, Right};

/// The largest file, bytes.
pub const LARGEST: usize = 10 * 1024 * 1024;

/// A file as pages show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct File {
    /// Its name.
    pub name: String,
    /// What it is, by its content.
    pub content_type: String,
    /// Bytes.
    pub size: i64,
    /// Since when it is here, microseconds UTC.
    pub added_at: Micros,
    /// Who brought it.
    pub added_by: String,
}

pub(super) fn of(tx: &mut Tx, ctx: &Ctx, id: &ContractId) -> Result<Option<File>> {
    Ok(tx.opt(&queries::FILE, &[&ctx.merchant, id], |r| {
        Ok(File { name: r.get(0)?, content_type: r.get(1)?, size: r.get(2)?, added_at: r.get(3)?, added_by: r.get(4)? })
    })?)
}

/// Puts a file in the place of the one that was there. Needs [`Right::Orders`].
///
/// # Errors
/// A field error for `file` when it is empty, larger than [`LARGEST`], or none of the kinds that are taken.
pub fn attach(tx: &mut Tx, ctx: &Ctx, id: &ContractId, name: &str, bytes: &[u8]) -> Result<()> {
    ctx.must(Right::Orders)?;
    if bytes.len() > LARGEST {
        return Err(Problems::one("file", "too_large", "The file may have 10 MB."));
    }
    let Some(kind) = kind::of(bytes) else {
        return Err(Problems::one("file", "invalid", "Choose a PDF, a PNG, a JPEG, or a document of Word or OpenDocument."));
    };
    let contract = find_locked(tx, ctx, id)?;
    let name = kind::name(name, || format!("contract-{}.{}", contract.summary.number, kind.ending()));
    let size = bytes.len() as i64;
    tx.exec(&queries::DROP_FILE, &[&ctx.merchant, id])?;
    let values: [&dyn store::Bind; 8] = [&ctx.merchant, id, &name, &kind.media_type(), &size, &bytes.to_vec(), &ctx.now, &ctx.actor.name];
    tx.exec(&queries::ADD_FILE, &values)?;
    Event::new("contract.file_added")
        .of(&contract.summary.customer)
        .on("contract", id.as_str())
        .data(serde_json::json!({ "number": contract.summary.number, "size": size }))
        .value("file", contract.file.as_ref().map(|f| f.name.as_str()), Some(&name))
        .record(tx, ctx)?;
    Ok(())
}

/// Takes the file out; without one, nothing happens. Needs [`Right::Orders`].
pub fn detach(tx: &mut Tx, ctx: &Ctx, id: &ContractId) -> Result<()> {
    ctx.must(Right::Orders)?;
    let contract = find_locked(tx, ctx, id)?;
    let Some(file) = &contract.file else { return Ok(()) };
    tx.exec(&queries::DROP_FILE, &[&ctx.merchant, id])?;
    Event::new("contract.file_removed")
        .of(&contract.summary.customer)
        .on("contract", id.as_str())
        .data(serde_json::json!({ "number": contract.summary.number }))
        .value("file", Some(&file.name), None)
        .record(tx, ctx)?;
    Ok(())
}

/// The file, with its name. Needs [`Right::Read`].
///
/// # Errors
/// [`Error::NotFound`] without one, also for another merchant's.
pub fn download(tx: &mut Tx, ctx: &Ctx, id: &ContractId) -> Result<(String, Vec<u8>)> {
    ctx.must(Right::Read)?;
    tx.opt(&queries::FILE_BYTES, &[&ctx.merchant, id], |r| Ok((r.get(0)?, r.get(1)?)))?.ok_or(Error::NotFound("file"))
}
