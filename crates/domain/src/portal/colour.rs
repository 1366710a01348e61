//! The colour of a merchant's portal, and the ink that can be read on it (WCAG 2.2, 1.4.3).

#![allow(clippy::float_arithmetic, reason = "a contrast is no money")]

use crate::kit::{Error, Problems, Result};

/// A colour as `#rrggbb`, lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Colour {
    text: String,
    rgb: [u8; 3],
}

impl Colour {
    /// The one of a portal that chose none.
    pub const USUAL: &'static str = "#1f4e79";

    /// Reads `#rrggbb`, any case.
    ///
    /// # Errors
    /// A field error for `colour`.
    pub fn parse(text: &str) -> Result<Self> {
        let wrong = || -> Error { Problems::one("colour", "invalid", "Use a colour such as #1f4e79: six digits behind a #.") };
        let text = text.trim().to_lowercase();
        let digits = text.strip_prefix('#').filter(|d| d.len() == 6 && d.bytes().all(|b| b.is_ascii_hexdigit())).ok_or_else(wrong)?;
        let part = |at: usize| digits.get(at..at + 2).and_then(|d| u8::from_str_radix(d, 16).ok()).ok_or_else(wrong);
        let rgb = [part(0)?, part(2)?, part(4)?];
        Ok(Self { text, rgb })
    }

    /// `#rrggbb`.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Black or white, whichever is easier to read on it. One of the two always has a contrast of 4.5 or more.
    pub fn ink(&self) -> &'static str {
        let l = luminance(self.rgb);
        if (l + 0.05) * (l + 0.05) > 1.05 * 0.05 { "#000000" } else { "#ffffff" }
    }
}

/// Relative luminance of sRGB, 0 to 1.
fn luminance(rgb: [u8; 3]) -> f64 {
    let [r, g, b] = rgb.map(|c| {
        let c = f64::from(c) / 255.0;
        if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_can_be_read_on_every_colour() {
        for r in (0..=255u8).step_by(15) {
            for g in (0..=255u8).step_by(15) {
                for b in (0..=255u8).step_by(15) {
                    let colour = Colour::parse(&format!("#{r:02x}{g:02X}{b:02x}")).unwrap();
                    let ink = if colour.ink() == "#ffffff" { 1.0 } else { 0.0 };
                    let (light, dark) = (luminance([r, g, b]).max(ink), luminance([r, g, b]).min(ink));
                    assert!((light + 0.05) / (dark + 0.05) >= 4.5, "{colour:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_no_colour_is_refused() {
        for bad in ["", "red", "#fff", "#12345g", "1f4e79", "#1f4e79;", "#1f4e7\u{e9}"] {
            assert!(Colour::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(Colour::parse(" #1F4E79 ").unwrap().as_str(), Colour::USUAL);
    }
}
