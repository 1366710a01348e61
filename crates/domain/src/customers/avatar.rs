//! Pictures of customers (SPEC 3.6): looked at before decoding, made square, encoded anew, so that nothing of the file that came in is kept.

use std::io::Cursor;

use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use store::Tx;

use super::{queries as q, state, tags};
use crate::kit::{AvatarId, Ctx, CustomerId, Error, Problems, Result, Right};

/// The largest file: 5 MB.
pub const LARGEST: usize = 5 * 1024 * 1024;
/// The longest side that is decoded.
const LONGEST_SIDE: u32 = 8_000;
/// What decoding may take: a picture of the longest sides with four bytes a dot.
const MEMORY: u64 = 8_000 * 8_000 * 4;
/// The side of the picture that is kept.
const SIDE: u32 = 256;

/// A picture ready to be kept: 256 by 256, without metadata.
#[derive(Clone, Debug)]
pub struct Picture {
    /// `image/jpeg`, or `image/png` where something shows through.
    pub content_type: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Makes a picture of a file. Takes time, so it is done before the transaction.
///
/// # Errors
/// A field error for `avatar`: too large, of another kind, too many dots, broken.
pub fn picture(file: &[u8]) -> Result<Picture> {
    let refuse = |code, words: &str| Problems::one("avatar", code, words);
    if file.len() > LARGEST {
        return Err(refuse("too_long", "Use a picture of at most 5 MB."));
    }
    let format = image::guess_format(file).ok().filter(|f| matches!(f, ImageFormat::Png | ImageFormat::Jpeg | ImageFormat::WebP));
    let Some(format) = format else { return Err(refuse("invalid", "Use a PNG, JPEG or WebP picture.")) };
    let broken = |_| refuse("invalid", "This picture cannot be read. Save it again and retry.");
    let (width, height) = ImageReader::with_format(Cursor::new(file), format).into_dimensions().map_err(broken)?;
    if width > LONGEST_SIDE || height > LONGEST_SIDE || width == 0 || height == 0 {
        return Err(refuse("too_large", "Use a picture of at most 8000 by 8000 dots."));
    }
    encode(square(decode(file, format).map_err(broken)?)).map_err(|e| Error::Internal(format!("encoding a picture: {e}")))
}

fn decode(file: &[u8], format: ImageFormat) -> image::ImageResult<DynamicImage> {
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height, limits.max_alloc) = (Some(LONGEST_SIDE), Some(LONGEST_SIDE), Some(MEMORY));
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    let turned = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?;
    picture.apply_orientation(turned);
    Ok(picture)
}

/// The middle of it.
fn square(picture: DynamicImage) -> DynamicImage {
    let side = picture.width().min(picture.height());
    let (x, y) = ((picture.width() - side) / 2, (picture.height() - side) / 2);
    picture.crop_imm(x, y, side, side).resize_exact(SIDE, SIDE, FilterType::Triangle)
}

fn encode(picture: DynamicImage) -> image::ImageResult<Picture> {
    let rgba = picture.to_rgba8();
    let mut bytes = Cursor::new(Vec::new());
    if rgba.pixels().any(|p| p.0[3] < 255) {
        rgba.write_to(&mut bytes, ImageFormat::Png)?;
        return Ok(Picture { content_type: "image/png", bytes: bytes.into_inner() });
    }
    DynamicImage::ImageRgba8(rgba).to_rgb8().write_to(&mut bytes, ImageFormat::Jpeg)?;
    Ok(Picture { content_type: "image/jpeg", bytes: bytes.into_inner() })
}

/// Gives the customer this picture in the place of the old one.
pub fn set_avatar(tx: &mut Tx, ctx: &Ctx, id: &CustomerId, picture: &Picture) -> Result<AvatarId> {
    let had = begin(tx, ctx, id)?;
    let avatar: AvatarId = ctx.id();
    tx.exec(&q::DELETE_AVATARS, &[&ctx.merchant, id])?;
    tx.exec(&q::INSERT_AVATAR, &[&ctx.merchant, &avatar, id, &picture.content_type, &picture.bytes, &ctx.now])?;
    tx.exec(&q::SET_AVATAR, &[&ctx.merchant, id, &Some(&avatar)])?;
    tags::event(tx, ctx, id, "avatar", had.then_some("a picture"), Some("a new picture"))?;
    Ok(avatar)
}

/// Takes the picture away; without one, nothing happens.
pub fn remove_avatar(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<()> {
    if begin(tx, ctx, id)? {
        tx.exec(&q::SET_AVATAR, &[&ctx.merchant, id, &None::<AvatarId>])?;
        tx.exec(&q::DELETE_AVATARS, &[&ctx.merchant, id])?;
        tags::event(tx, ctx, id, "avatar", Some("a picture"), None)?;
    }
    Ok(())
}

fn begin(tx: &mut Tx, ctx: &Ctx, id: &CustomerId) -> Result<bool> {
    ctx.must(Right::Write)?;
    let state = state::locked(tx, ctx, id)?;
    state.ensure_here()?;
    Ok(state.avatar.is_some())
}

/// The file, with its content type. An id names one picture for ever, so it may be cached.
pub fn avatar(tx: &mut Tx, ctx: &Ctx, customer: &CustomerId, id: &AvatarId) -> Result<(String, Vec<u8>)> {
    ctx.must(Right::Read)?;
    tx.opt(&q::AVATAR, &[&ctx.merchant, customer, id], |r| Ok((r.get(0)?, r.get(1)?)))?.ok_or(Error::NotFound("picture"))
}
