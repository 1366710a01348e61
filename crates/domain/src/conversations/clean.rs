//! HTML of strangers: what is left is text with its shape. No script, no style, no picture, no form, no address that is fetched by itself.

use std::collections::HashSet;
use std::sync::OnceLock;

use ammonia::Builder;

/// The largest HTML that is kept, bytes; of a larger one the text remains.
const LARGEST: usize = 2 * 1024 * 1024;

/// What a page may show in a frame of its own; empty when it is too large.
pub(super) fn clean(html: &str) -> String {
    static BUILDER: OnceLock<Builder<'static>> = OnceLock::new();
    if html.len() > LARGEST {
        return String::new();
    }
    let builder = BUILDER.get_or_init(|| {
        let mut builder = Builder::default();
        builder
            .rm_tags(["img", "map", "area"])
            .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
            .url_relative(ammonia::UrlRelative::Deny)
            .link_rel(Some("noopener noreferrer nofollow"))
            .set_tag_attribute_value("a", "target", "_blank");
        builder
    });
    builder.clean(html).to_string().replace('\0', "")
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn nothing_runs_and_nothing_is_fetched() {
        let hostile = r#"<p onclick="x()">Hi <b>Ana</b></p><script>alert(1)</script><style>@import "http://e.example/x"; p{background:url(http://e.example/y)}</style>
            <img src="http://e.example/p.gif"><img src=x onerror=alert(1)><svg><script>alert(2)</script></svg><iframe src="http://e.example"></iframe>
            <link rel=stylesheet href="http://e.example/s.css"><meta http-equiv=refresh content="0;url=http://e.example"><base href="http://e.example">
            <form action="http://e.example"><input name=q></form><a href="javascript:alert(3)">a</a><a href="data:text/html,x">b</a>
            <a href="https://shop.example/x" style="position:fixed">c</a><video src="http://e.example/v"></video><p style="background:url(http://e.example/z)">d</p>
            <table background="http://e.example/t"><tr><td>e</td></tr></table><object data="http://e.example/o"></object><math><mi xlink:href="javascript:x">f</mi></math>"#;
        let kept = clean(hostile);
        for bad in [
            "script",
            "onclick",
            "onerror",
            "<img",
            "<svg",
            "iframe",
            "e.example",
            "javascript:",
            "data:",
            "style",
            "<form",
            "<input",
            "<meta",
            "<base",
            "<link",
        ] {
            assert!(!kept.contains(bad), "{bad} in {kept}");
        }
        assert!(kept.contains("<b>Ana</b>") && kept.contains("https://shop.example/x") && kept.contains("target=\"_blank\""), "{kept}");
        assert!(kept.contains("noopener"));
        assert_eq!(clean(&"<p>x</p>".repeat(400_000)), "");
    }

    #[test]
    fn depth_and_open_ends_stop_nothing() {
        let deep = format!("{}x{}", "<div>".repeat(20_000), "<b".repeat(50));
        assert!(clean(&deep).contains('x'));
        assert_eq!(clean("<<<>>><!--<!-- <p"), clean("<<<>>><!--<!-- <p"));
    }
}
