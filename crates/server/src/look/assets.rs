//! The files a page loads, built into the binary and named after their content, so that a browser may keep them for
//! ever. It must never serve anything that is not listed here.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// One file as it is served: `Cache-Control: max-age=31536000, immutable` is right for all of them.
#[derive(Debug)]
pub struct Asset {
    /// The name in templates: `app.css`.
    pub name: &'static str,
    /// The address, with a mark of the content: `/assets/app.Zk3q9xWb.css`.
    pub url: String,
    pub content_type: &'static str,
    pub bytes: &'static [u8],
    /// The same, packed as small as brotli can.
    brotli: Vec<u8>,
}

impl Asset {
    /// The bytes for a request with this `Accept-Encoding`, and their `Content-Encoding` where they are packed
    /// (answer `Vary: accept-encoding` with both). Packing once and hard saves a tenth of a first visit over packing each time.
    pub fn for_request(&'static self, accept_encoding: &str) -> (Option<&'static str>, &'static [u8]) {
        let takes_brotli = accept_encoding.split(',').any(|one| {
            let mut parts = one.split(';').map(str::trim);
            parts.next() == Some("br") && !parts.any(|weight| weight == "q=0")
        });
        if takes_brotli { (Some("br"), &self.brotli) } else { (None, self.bytes) }
    }
}

/// The tokens come first: one file saves a request, and the values compress with their uses.
const CSS: &str = concat!(include_str!("../../assets/tokens.css"), include_str!("../../assets/app.css"));

static STYLE: LazyLock<String> = LazyLock::new(|| squeeze_css(CSS));
/// What the list of customers does without until something opens over it: a first visit weighs that much less (SPEC 16).
static ROOMS: LazyLock<String> = LazyLock::new(|| squeeze_css(include_str!("../../assets/rooms.css")));
static SCRIPT: LazyLock<String> = LazyLock::new(|| squeeze_js(include_str!("../../assets/app.js")));
static PANEL: LazyLock<String> = LazyLock::new(|| squeeze_js(include_str!("../../assets/panel.js")));
static PASSKEY: LazyLock<String> = LazyLock::new(|| squeeze_js(include_str!("../../assets/passkey.js")));

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    vec![
        make("app.css", "text/css", STYLE.as_bytes()),
        make("rooms.css", "text/css", ROOMS.as_bytes()),
        make("app.js", "text/javascript", SCRIPT.as_bytes()),
        make("panel.js", "text/javascript", PANEL.as_bytes()),
        make("passkey.js", "text/javascript", PASSKEY.as_bytes()),
        make("htmx.min.js", "text/javascript", include_bytes!("../../assets/vendor/htmx.min.js")),
        make("icons.svg", "image/svg+xml", include_bytes!("../../assets/icons.svg")),
        make("favicon.svg", "image/svg+xml", include_bytes!("../../assets/favicon.svg")),
    ]
});

fn make(name: &'static str, content_type: &'static str, bytes: &'static [u8]) -> Asset {
    let mark = URL_SAFE_NO_PAD.encode(&Sha256::digest(bytes)[..6]);
    let (stem, kind) = name.rsplit_once('.').unwrap_or((name, "bin"));
    Asset { name, url: format!("/assets/{stem}.{mark}.{kind}"), content_type, bytes, brotli: pack(bytes) }
}

fn pack(mut bytes: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    let how = brotli::enc::BrotliEncoderParams { quality: 11, ..Default::default() };
    // A Vec takes every write.
    let _ = brotli::BrotliCompress(&mut bytes, &mut packed, &how);
    packed
}

/// Our own sheet without comments and the white space that CSS does not need. It holds no string with such white space
/// in it (a test looks), so plain replacing is enough.
fn squeeze_css(text: &str) -> String {
    let mut rest = text;
    let mut bare = String::with_capacity(text.len());
    while let Some((before, comment)) = rest.split_once("/*") {
        bare.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    bare.push_str(rest);
    let joined: String = bare.lines().map(str::trim).collect();
    [("; ", ";"), (" {", "{"), ("{ ", "{"), (" }", "}"), (", ", ","), (": ", ":"), (";}", "}")]
        .into_iter()
        .fold(joined, |text, (long, short)| text.replace(long, short))
}

/// Our own script without comment lines and indentation; it has no text that spans lines.
fn squeeze_js(text: &str) -> String {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// The address of a file by its plain name, for templates. Empty for a name that is not listed: a test renders every
/// template and looks for that.
pub fn asset(name: &str) -> &'static str {
    ASSETS.iter().find(|asset| asset.name == name).map_or("", |asset| &asset.url)
}

/// The file behind a request path such as `/assets/app.Zk3q9xWb.css`, or nothing (404).
pub fn served(path: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.url == path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squeezing_drops_only_what_nobody_reads() {
        let long = "/* why */\n.a > .b:not(.c), .d {\n  color: red;\n  margin: 0 auto;\n}\n";
        assert_eq!(squeeze_css(long), ".a > .b:not(.c),.d{color:red;margin:0 auto}");
        assert_eq!(squeeze_js("// why\n(() => {\n  go(); // said\n})();\n"), "(() => {\ngo(); // said\n})();");
        assert_eq!(CSS.matches('{').count(), STYLE.matches('{').count());
        assert!(!CSS.replace("\"Segoe UI\"", "").replace("\"Noto Sans\"", "").split('"').skip(1).step_by(2).any(|text| text.contains(' ')));
    }

    #[test]
    fn packed_bytes_unpack_to_the_same() {
        for asset in ASSETS.iter() {
            let (encoding, packed) = asset.for_request("gzip, deflate, br;q=0.9");
            assert_eq!(encoding, Some("br"), "{}", asset.name);
            let mut plain = Vec::new();
            brotli::BrotliDecompress(&mut &packed[..], &mut plain).expect("unpacks");
            assert_eq!(plain, asset.bytes, "{}", asset.name);
            assert_eq!(asset.for_request("gzip, br;q=0").0, None);
        }
    }

    #[test]
    fn a_first_visit_stays_inside_its_budget() {
        let packed = |one: &str| ASSETS.iter().filter(|asset| asset.name == one).map(|asset| asset.brotli.len()).sum::<usize>();
        let all: usize = ASSETS.iter().map(|asset| asset.brotli.len()).sum();
        // Loaded by the few pages that ask for a passkey, with the first panel, and by all but the list of customers.
        let (passkey, panel, rooms) = (packed("passkey.js"), packed("panel.js"), packed("rooms.css"));
        assert!(passkey <= 1_100, "{passkey} bytes");
        assert!(panel <= 1_300, "{panel} bytes");
        assert!(rooms <= 2_900, "{rooms} bytes");
        // SPEC 16 gives 30 KB to the first list page; its own HTML needs up to 7 of them.
        let first = all - passkey - panel - rooms;
        assert!(first <= 22_800, "{first} bytes");
    }
}
