//! Reading templates and their versions.

use store::{Row, Tx};

use super::{Template, Version, queries};
use crate::kit::{Ctx, Error, Result, Right, TemplateId};

/// All templates by shop and name, archived ones too.
///
/// # Errors
/// [`Error::Forbidden`] without [`Right::Read`].
pub fn list(tx: &mut Tx, ctx: &Ctx) -> Result<Vec<Template>> {
    ctx.must(Right::Read)?;
    Ok(tx.rows(&queries::LIST, &[&ctx.merchant], template)?)
}

/// One template with the version that counts.
///
/// # Errors
/// `NotFound`, also for another merchant's.
pub fn get(tx: &mut Tx, ctx: &Ctx, id: &TemplateId) -> Result<Template> {
    ctx.must(Right::Read)?;
    find(tx, ctx, id)
}

pub(super) fn find(tx: &mut Tx, ctx: &Ctx, id: &TemplateId) -> Result<Template> {
    tx.opt(&queries::GET, &[&ctx.merchant, id], template)?.ok_or(Error::NotFound("template"))
}

/// One version, also an old one.
///
/// # Errors
/// `NotFound`, also for another merchant's.
pub fn version(tx: &mut Tx, ctx: &Ctx, id: &TemplateId, version: i64) -> Result<Version> {
    ctx.must(Right::Read)?;
    tx.opt(&queries::VERSION, &[&ctx.merchant, id, &version], row)?.ok_or(Error::NotFound("version of a template"))
}

/// Its versions, newest first; at most 200.
///
/// # Errors
/// `NotFound` for a template that is not there.
pub fn versions(tx: &mut Tx, ctx: &Ctx, id: &TemplateId) -> Result<Vec<Version>> {
    get(tx, ctx, id)?;
    Ok(tx.rows(&queries::VERSIONS, &[&ctx.merchant, id], row)?)
}

fn row(r: &Row) -> std::result::Result<Version, store::Error> {
    Ok(Version { version: r.get(0)?, subject: r.get(1)?, body: r.get(2)?, saved_at: r.get(3)?, saved_by: r.get(4)? })
}

pub(super) fn template(r: &Row) -> std::result::Result<Template, store::Error> {
    Ok(Template {
        id: r.get(0)?,
        shop: r.get(1)?,
        shop_name: r.get(2)?,
        name: r.get(3)?,
        version: r.get(4)?,
        subject: r.get(5)?,
        body: r.get(6)?,
        created_at: r.get(7)?,
        saved_at: r.get(8)?,
        saved_by: r.get(9)?,
        archived_at: r.get(10)?,
    })
}
