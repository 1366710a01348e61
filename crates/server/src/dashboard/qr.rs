//! A QR code as the path of an SVG: no picture, no style.

use qrcodegen::{QrCode, QrCodeEcc};

/// The light border that readers need, in modules.
const BORDER: i32 = 4;

/// A code, drawn.
#[derive(Clone, Debug)]
pub struct Drawn {
    /// Modules from edge to edge.
    pub size: i32,
    /// The dark ones, row by row.
    pub path: String,
}

/// Draws a text; `None` when it is too long for a code.
pub fn draw(text: &str) -> Option<Drawn> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|x| code.get_module(*x, y)).count();
            if run > 0 {
                path.push_str(&format!("M{} {}h{run}v1h-{run}z", x + BORDER, y + BORDER));
            }
            x += i32::try_from(run).unwrap_or(0) + 1;
        }
    }
    Some(Drawn { size: code.size() + 2 * BORDER, path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dark_module_is_drawn_once() {
        let text = "otpauth://totp/Regulars:ana%40example.es?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Regulars";
        let (drawn, code) = (draw(text).unwrap(), QrCode::encode_text(text, QrCodeEcc::Medium).unwrap());
        let dark = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y))).filter(|(x, y)| code.get_module(*x, *y)).count();
        let runs = drawn.path.split('M').skip(1).map(|run| run.split(['h', 'v']).nth(1).unwrap().parse::<usize>().unwrap());
        assert_eq!(runs.sum::<usize>(), dark);
        assert_eq!(drawn.size, code.size() + 8);
        assert!(drawn.path.starts_with("M4 4h7v1h-7z"), "the corner that readers look for: {}", &drawn.path[..40]);
    }
}
