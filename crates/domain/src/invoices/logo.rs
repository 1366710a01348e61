//! The merchant's logo: looked at before decoding, made small enough, kept as PNG without what else was in the file. Issued invoices keep the
//! one they were issued with.

use std::io::Cursor;

use image::{ImageFormat, ImageReader, Limits};
use store::Tx;

use super::queries;
use crate::events::Event;
use crate::kit::{Ctx, Error, LogoId, Problems, Result, Right};
use crate::merchants;

/// The largest file: 2 MB.
const LARGEST: usize = 2 * 1024 * 1024;
/// The longest side that is decoded.
const LONGEST_SIDE: u32 = 4_000;
/// The largest that is kept, in dots.
const KEPT: (u32, u32) = (900, 300);

/// A logo ready to be kept.
#[derive(Clone, Debug)]
pub struct LogoPicture {
    png: Vec<u8>,
}

/// Makes a logo of a PNG or JPEG file. Takes time, so it is done before the transaction.
///
/// # Errors
/// A field error for `logo`.
pub fn logo_picture(file: &[u8]) -> Result<LogoPicture> {
    let refuse = |code, words: &str| Problems::one("logo", code, words);
    if file.len() > LARGEST {
        return Err(refuse("too_long", "Use a picture of at most 2 MB."));
    }
    let format = image::guess_format(file).ok().filter(|f| matches!(f, ImageFormat::Png | ImageFormat::Jpeg));
    let Some(format) = format else { return Err(refuse("invalid", "Use a PNG or JPEG picture.")) };
    let broken = |_| refuse("invalid", "This picture cannot be read. Save it again and retry.");
    let (width, height) = ImageReader::with_format(Cursor::new(file), format).into_dimensions().map_err(broken)?;
    if width == 0 || height == 0 || width > LONGEST_SIDE || height > LONGEST_SIDE {
        return Err(refuse("too_large", "Use a picture of at most 4000 by 4000 dots."));
    }
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(u64::from(LONGEST_SIDE) * u64::from(LONGEST_SIDE) * 8);
    reader.limits(limits);
    let picture = reader.decode().map_err(broken)?;
    let picture = if width > KEPT.0 || height > KEPT.1 { picture.thumbnail(KEPT.0, KEPT.1) } else { picture };
    let mut png = Cursor::new(Vec::new());
    picture.to_rgba8().write_to(&mut png, ImageFormat::Png).map_err(|e| Error::Internal(format!("encoding a logo: {e}")))?;
    Ok(LogoPicture { png: png.into_inner() })
}

/// Puts it on invoices issued from now on. Needs [`Right::Settings`], and settings that were saved.
///
/// # Errors
/// A conflict `no_settings` before the seller's details were saved.
pub fn set_logo(tx: &mut Tx, ctx: &Ctx, picture: &LogoPicture) -> Result<LogoId> {
    ctx.must(Right::Settings)?;
    merchants::lock(tx, &ctx.merchant)?;
    let id: LogoId = ctx.id();
    tx.exec(&queries::INSERT_LOGO, &[&ctx.merchant, &id, &picture.png, &ctx.now])?;
    put(tx, ctx, Some(&id))?;
    Ok(id)
}

/// Takes it off.
pub fn remove_logo(tx: &mut Tx, ctx: &Ctx) -> Result<()> {
    ctx.must(Right::Settings)?;
    merchants::lock(tx, &ctx.merchant)?;
    put(tx, ctx, None)
}

fn put(tx: &mut Tx, ctx: &Ctx, id: Option<&LogoId>) -> Result<()> {
    if tx.exec(&queries::SET_LOGO, &[&ctx.merchant, &id])? == 0 {
        return Err(Error::conflict("no_settings", "Save who sells first, then the logo."));
    }
    let (old, new) = if id.is_some() { (None, Some("a picture")) } else { (Some("a picture"), None) };
    Event::new("merchant.invoices_edited").on("merchant", ctx.merchant.as_str()).value("logo", old, new).record(tx, ctx)?;
    Ok(())
}

/// The file, a PNG. An id names one picture for ever.
pub fn shown_logo(tx: &mut Tx, ctx: &Ctx, id: &LogoId) -> Result<Vec<u8>> {
    tx.opt(&queries::LOGO, &[&ctx.merchant, id], |r| r.get(0))?.ok_or(Error::NotFound("logo"))
}

/// Its dots, for the page.
pub(super) fn dots(png: &[u8]) -> Option<paper::Logo> {
    let picture = image::load_from_memory_with_format(png, ImageFormat::Png).ok()?.to_rgba8();
    Some(paper::Logo { width: picture.width(), height: picture.height(), rgba: picture.into_raw() })
}
