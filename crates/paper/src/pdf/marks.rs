//! What stands on a page: words, lines and the logo, each at its place. Pages are put together as marks first, because only the last one
//! tells how many there are.

use krilla::color::rgb;
use krilla::geom::{PathBuilder, Point, Rect, Size, Transform};
use krilla::image::Image;
use krilla::num::NormalizedF32;
use krilla::paint::{Fill, FillRule};
use krilla::surface::Surface;

use super::face::{Faces, Weight};
use crate::document::Logo;

/// How dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ink {
    Text,
    Quiet,
    Line,
}

/// One thing on a page; `y` is the baseline of words, counted from above.
#[derive(Clone, Debug)]
pub(super) enum Mark {
    Words { x: f32, y: f32, size: f32, weight: Weight, ink: Ink, text: String },
    Rule { x: f32, y: f32, width: f32, thickness: f32, ink: Ink },
    Logo { x: f32, y: f32, width: f32, height: f32 },
}

pub(super) fn draw(surface: &mut Surface<'_>, marks: &[Mark], faces: &Faces, logo: Option<&Logo>) {
    for mark in marks {
        match mark {
            Mark::Words { x, y, size, weight, ink, text } => {
                let face = faces.of(*weight);
                let shaped = face.shape(text);
                if shaped.glyphs.is_empty() {
                    continue;
                }
                surface.set_fill(Some(fill(*ink)));
                surface.draw_glyphs(Point::from_xy(*x, *y), &shaped.glyphs, face.font.clone(), &shaped.text, *size, false);
            }
            Mark::Rule { x, y, width, thickness, ink } => {
                let mut path = PathBuilder::new();
                if let Some(rect) = Rect::from_xywh(*x, *y, *width, *thickness) {
                    path.push_rect(rect);
                }
                if let Some(path) = path.finish() {
                    surface.set_fill(Some(fill(*ink)));
                    surface.draw_path(&path);
                }
            }
            Mark::Logo { x, y, width, height } => {
                if let (Some(logo), Some(size)) = (logo, Size::from_wh(*width, *height)) {
                    surface.push_transform(&Transform::from_translate(*x, *y));
                    surface.draw_image(Image::from_rgba8(logo.rgba.clone(), logo.width, logo.height), size);
                    surface.pop();
                }
            }
        }
    }
}

fn fill(ink: Ink) -> Fill {
    let (r, g, b) = match ink {
        Ink::Text => (0x1c, 0x1a, 0x17),
        Ink::Quiet => (0x5f, 0x5b, 0x55),
        Ink::Line => (0xc9, 0xc4, 0xbc),
    };
    Fill { paint: rgb::Color::new(r, g, b).into(), opacity: NormalizedF32::ONE, rule: FillRule::default() }
}
