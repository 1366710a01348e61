//! The typeface: which glyph a character has, how wide it is, and where a line of text breaks. What the typeface lacks is drawn as the
//! replacement character, for everybody to see.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::raw::TableProvider as _;
use skrifa::raw::tables::kern::{Subtable0, SubtableKind};
use skrifa::{FontRef, MetadataProvider as _};
use unicode_normalization::UnicodeNormalization as _;

static REGULAR: &[u8] = include_bytes!("../../fonts/OpenSans-Regular.ttf");
static SEMIBOLD: &[u8] = include_bytes!("../../fonts/OpenSans-Semibold.ttf");

/// One weight.
pub(super) struct Face {
    pub font: Font,
    parsed: FontRef<'static>,
    kerning: Option<Subtable0<'static>>,
    upem: f32,
}

/// Both weights.
pub(super) struct Faces {
    pub regular: Face,
    pub strong: Face,
}

/// Which of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    Strong,
}

/// A text ready to be drawn.
pub(super) struct Shaped {
    pub text: String,
    pub glyphs: Vec<KrillaGlyph>,
    /// Of one em.
    width: f32,
}

impl Shaped {
    /// Points at a size.
    pub(super) fn width(&self, size: f32) -> f32 {
        self.width * size
    }
}

impl Faces {
    pub(super) fn new() -> Option<Self> {
        Some(Self { regular: Face::new(REGULAR)?, strong: Face::new(SEMIBOLD)? })
    }

    pub(super) fn of(&self, weight: Weight) -> &Face {
        if weight == Weight::Strong { &self.strong } else { &self.regular }
    }
}

impl Face {
    fn new(bytes: &'static [u8]) -> Option<Self> {
        let parsed = FontRef::new(bytes).ok()?;
        let kerning = parsed.kern().ok().and_then(|kern| {
            let tables = kern.subtables().filter_map(|t| t.ok()?.kind().ok());
            tables.into_iter().find_map(|kind| if let SubtableKind::Format0(pairs) = kind { Some(pairs) } else { None })
        });
        let font = Font::new(bytes.into(), 0)?;
        let upem = font.units_per_em();
        Some(Self { font, parsed, kerning, upem })
    }

    /// Gives each character its glyph. Composed first, so that an accent sits on its letter; without control characters.
    pub(super) fn shape(&self, text: &str) -> Shaped {
        let (map, widths) = (self.parsed.charmap(), self.parsed.glyph_metrics(Size::unscaled(), LocationRef::default()));
        let mut shaped = Shaped { text: String::new(), glyphs: Vec::new(), width: 0.0 };
        let mut last = None;
        for c in text.nfc().filter(|c| !invisible(*c)) {
            let c = if c.is_whitespace() && c != '\u{a0}' { ' ' } else { c };
            let glyph = map.map(c).or_else(|| map.map('\u{fffd}')).unwrap_or_default();
            let start = shaped.text.len();
            shaped.text.push(c);
            if let (Some(left), Some(pairs)) = (last, &self.kerning)
                && let Some(by) = pairs.kerning(left, glyph)
                && let Some(before) = shaped.glyphs.last_mut()
            {
                before.x_advance += by as f32 / self.upem;
                shaped.width += by as f32 / self.upem;
            }
            let advance = widths.advance_width(glyph).unwrap_or(0.0) / self.upem;
            shaped.width += advance;
            let id = GlyphId::new(glyph.to_u32());
            shaped.glyphs.push(KrillaGlyph::new(id, advance, 0.0, 0.0, 0.0, start..shaped.text.len(), None));
            last = Some(glyph);
        }
        shaped
    }

    /// Points that a text takes at a size.
    pub(super) fn measure(&self, text: &str, size: f32) -> f32 {
        self.shape(text).width(size)
    }

    /// Breaks a text into lines that fit; a word that is wider than a line is cut.
    pub(super) fn wrap(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        let mut lines = Vec::new();
        for paragraph in text.trim().lines() {
            let mut line = String::new();
            for word in paragraph.split([' ', '\t']).filter(|w| !w.is_empty()) {
                let tried = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
                if self.measure(&tried, size) <= width {
                    line = tried;
                    continue;
                }
                if !line.is_empty() {
                    lines.push(std::mem::take(&mut line));
                }
                line = self.cut(word, size, width, &mut lines);
            }
            lines.push(line);
        }
        lines
    }

    /// Puts full lines of a long word into `lines`; gives what is left of it.
    fn cut(&self, word: &str, size: f32, width: f32, lines: &mut Vec<String>) -> String {
        let mut line = String::new();
        if self.measure(word, size) <= width {
            return word.to_owned();
        }
        for c in word.chars() {
            line.push(c);
            if self.measure(&line, size) > width && line.chars().count() > 1 {
                line.pop();
                lines.push(std::mem::replace(&mut line, c.to_string()));
            }
        }
        line
    }
}

/// Characters that draw nothing: controls, marks of direction, joiners.
fn invisible(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}
