//! The files a page loads, built into the binary and named after their content, so that a browser may keep them for
//! ever. It must never serve anything that is not listed here.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// One file as it is served: `Cache-Control: public, max-age=31536000, immutable` is right for all of them.
#[derive(Debug)]
pub struct Asset {
    /// The name in templates: `app.css`.
    pub name: &'static str,
    /// The address, with a mark of the content: `/assets/app.Zk3q9xWb.css`.
    pub url: String,
    pub content_type: &'static str,
    pub bytes: &'static [u8],
}

/// The tokens come first: one file saves a request, and the values compress with their uses.
const CSS: &str = concat!(include_str!("../../assets/tokens.css"), include_str!("../../assets/app.css"));

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    vec![
        make("app.css", "text/css; charset=utf-8", CSS.as_bytes()),
        make("app.js", "text/javascript; charset=utf-8", include_bytes!("../../assets/app.js")),
        make("htmx.min.js", "text/javascript; charset=utf-8", include_bytes!("../../assets/vendor/htmx.min.js")),
        make("icons.svg", "image/svg+xml", include_bytes!("../../assets/icons.svg")),
        make("favicon.svg", "image/svg+xml", include_bytes!("../../assets/favicon.svg")),
    ]
});

fn make(name: &'static str, content_type: &'static str, bytes: &'static [u8]) -> Asset {
    let mark = URL_SAFE_NO_PAD.encode(&Sha256::digest(bytes)[..6]);
    let (stem, kind) = name.rsplit_once('.').unwrap_or((name, "bin"));
    Asset { name, url: format!("/assets/{stem}.{mark}.{kind}"), content_type, bytes }
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
